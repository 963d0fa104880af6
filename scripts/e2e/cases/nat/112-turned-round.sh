# SPDX-License-Identifier: GPL-2.0
# Two phones on two cables of one NAT, joined by an agent outside: told to talk directly, and with hairpin=0
# turned round by the router, whatever its rules make of the sender: its public address, its inside one, or nothing.
# limit: 300
# tags: 6.12
. ./lib.sh
. ./scenes.sh

bridged_lan
guard rtr
load
attach rtr prerouting
nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat snat ip to 203.0.113.1;'
peer turnedround
new_nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat masquerade;'
peer turnedround
new_nat rtr 'oifname "r1" masquerade;'
peer turnedround
sound
finish
