# SPDX-License-Identifier: GPL-2.0
# As 112, hairpin=0, and only who was announced may use a pinhole: what was announced is the other's mapping, what
# comes is from the other itself.
# limit: 300
. ./lib.sh
. ./scenes.sh

bridged_lan
guard rtr
load
attach rtr prerouting
nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat snat ip to 203.0.113.1;'
peer turnedround announced
new_nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat masquerade;'
peer turnedround announced
sound
finish
