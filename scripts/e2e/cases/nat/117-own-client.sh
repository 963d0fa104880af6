# SPDX-License-Identifier: GPL-2.0
# A SIP client on the router itself: what it sends has the helper in the output hook, nothing needs translation
# while nobody has its ports, and the pinholes let media and calls in through an INPUT that drops.
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
		iifname "lo" accept
	}
}
N
load
attach rtr output
attach rtr prerouting
peer ownclient 4
peer ownclient 6
sound
finish
