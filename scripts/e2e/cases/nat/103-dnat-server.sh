# SPDX-License-Identifier: GPL-2.0
# A server behind the NAT, reached by DNAT on its own port and on another: phones outside register at it, call
# it, are called, and talk through it. IPv4 and IPv6.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr 'iifname "r1" ip daddr 192.168.1.2 meta l4proto { udp, tcp } th dport 5060 accept' \
	'iifname "r1" ip6 daddr fd00:1::2 meta l4proto { udp, tcp } th dport 5060 accept'
to='meta l4proto { udp, tcp } th dport'
nat rtr 'oifname "r1" masquerade;' "iifname r1 ip daddr $ROUTER $to 5060 dnat ip to $PHONE
	iifname r1 ip daddr $ROUTER $to 5070 dnat ip to $PHONE:5060
	iifname r1 ip6 daddr $ROUTER6 $to 5060 dnat ip6 to $PHONE6
	iifname r1 ip6 daddr $ROUTER6 $to 5070 dnat ip6 to [$PHONE6]:5060"
load
attach rtr prerouting '{ 5060, 5070 }'
for port in 5060 5070; do
	peer dnat $port
	peer dnat $port 6
done
sound
finish
