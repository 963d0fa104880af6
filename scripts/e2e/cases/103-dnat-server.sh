# SPDX-License-Identifier: GPL-2.0
# A server behind the NAT, reached by DNAT on its own port and on another: phones outside register at it, call
# it, are called, and talk through it.
# limit: 180
. ./lib.sh
. ./scenes.sh

topo
guard rtr 'iifname "r1" ip daddr 192.168.1.2 meta l4proto { udp, tcp } th dport 5060 accept'
nat rtr 'meta nfproto ipv4 oifname "r1" masquerade;' \
	'iifname "r1" ip daddr 203.0.113.1 meta l4proto { udp, tcp } th dport 5060 dnat ip to 192.168.1.2;
	iifname "r1" ip daddr 203.0.113.1 meta l4proto { udp, tcp } th dport 5070 dnat ip to 192.168.1.2:5060;'
load
attach rtr prerouting '{ 5060, 5070 }'
peer dnat 5060
peer dnat 5070
sound
finish
