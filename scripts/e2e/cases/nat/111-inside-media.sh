# SPDX-License-Identifier: GPL-2.0
# A PBX inside that passes its phones' descriptions through untouched, with inside_media=1: what is published
# leads to the phone, not to the PBX.
# limit: 300
# tags: 6.12 7
. ./lib.sh
. ./scenes.sh

topo
for i in 3 4; do addr lan 192.168.1.$i/24; done
guard rtr
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting
peer insidemedia
sound
finish
