# SPDX-License-Identifier: GPL-2.0
# A SIP server on the router itself, phones in the lan and outside: INPUT lets SIP in, and of media only what
# belongs to a call.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr
nat rtr 'oifname "r1" masquerade;'
rules rtr << 'N'
table inet own {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		meta l4proto ipv6-icmp accept
		meta l4proto { udp, tcp } th dport 5060 accept
	}
}
N
load
attach rtr output
attach rtr prerouting
peer ownserver 4
peer ownserver 6
is 'packets that were translated' 0 "$(count translated)"
sound
finish
