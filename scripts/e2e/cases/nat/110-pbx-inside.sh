# SPDX-License-Identifier: GPL-2.0
# A PBX inside with phones beside it and a trunk outside: media through the PBX; a phone's description that the
# PBX passes on is another machine's, stays as it is and opens nothing.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
for i in 3 4; do addr lan 192.168.1.$i/24; done
guard rtr
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting
peer pbx
sound
finish
