# SPDX-License-Identifier: GPL-2.0
# As 112, hairpin=0, and each must hear the other from where it was announced (RFC 4787 REQ-9), as phones demand
# that check the source of media: with a rule for it, and without.
# limit: 300
. ./lib.sh
. ./scenes.sh

bridged_lan
guard rtr
load
attach rtr prerouting
nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat snat ip to 203.0.113.1;'
peer turnedround exact
new_nat rtr 'oifname "r1" masquerade;'
peer turnedround exact
sound
finish
