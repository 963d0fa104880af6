# SPDX-License-Identifier: GPL-2.0
# IPv6 behind masquerade, what 27-nat66 leaves out: calls in after registration, strangers, TCP.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting
peer snatother $ROUTER6
nft_random='oifname "r1" masquerade random;'
new_nat rtr "$nft_random"
peer snatother $ROUTER6
sound
finish
