# SPDX-License-Identifier: GPL-2.0
# Two networks with the same addresses behind one router, a conntrack zone for each, which the public address of
# each names for what comes in; also with a zone of the original direction alone. Calls of both at once, with the
# same ports and the same Call-ID.
# limit: 300
. ./lib.sh
. ./scenes.sh

needs rules
topo
host lan2
cable lan2 l0 rtr r2
addr lan2 $PHONE/24 l0
gateway lan2 192.168.1.1
ip -n wan route add 198.51.100.0/24 via $ROUTER
ip -n rtr addr flush dev r0
for i in 0 2; do
	ip -n rtr addr add 192.168.1.1/24 dev r$i noprefixroute
	ip -n rtr route add 192.168.1.0/24 dev r$i table 10$i
	ip -n rtr rule add pref 10$i fwmark $((i + 1)) lookup 10$i
done
guard rtr 'iifname "r2" meta l4proto { udp, tcp } th dport 5060 accept'
# zones HOW: original: of that direction alone; the reply is in the default zone
zones() {
	rules rtr <<- N
	table inet zone {
		chain set_zone {
			type filter hook prerouting priority raw;
			iifname "r0" ct $1 zone set 1
			iifname "r2" ct $1 zone set 3
			ip daddr 198.51.100.1 ct $1 zone set 1
			ip daddr 198.51.100.3 ct $1 zone set 3
		}
		chain back {
			type filter hook prerouting priority mangle + 5;
			iifname "r1" ct zone 1 meta mark set 1
			iifname "r1" ct zone 3 meta mark set 3
		}
	}
	N
}
zones ''
nat rtr 'oifname "r1" ct zone 1 snat ip to 198.51.100.1; oifname "r1" ct zone 3 snat ip to 198.51.100.3;'
load
attach rtr prerouting
peer zones 198.51.100.1 198.51.100.3
flush
in_ns rtr nft delete table inet zone
zones original
peer zones 198.51.100.1 198.51.100.3
sound
finish
