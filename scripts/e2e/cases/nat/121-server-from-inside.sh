# SPDX-License-Identifier: GPL-2.0
# A server inside behind DNAT, and a phone of the same network that knows only its public address: both ends of
# their connections are translated. The router puts its public address for the phone, or its inside one.
# limit: 300
. ./lib.sh
. ./scenes.sh

bridged_lan
guard rtr 'ip daddr 192.168.1.2 meta l4proto { udp, tcp } th dport 5060 accept'
forward='ip daddr 203.0.113.1 meta l4proto { udp, tcp } th dport 5060 dnat ip to 192.168.1.2;'
nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" snat ip to 203.0.113.1;' "$forward"
load
attach rtr prerouting
peer serverinside $ROUTER
new_nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" masquerade;' "$forward"
peer serverinside 192.168.1.1
sound
finish
