# SPDX-License-Identifier: GPL-2.0
# IPv6 prefix translation with connection tracking: a prefix inside for one outside, both ways; by nft and by
# NETMAP of ip6tables. (RFC 6296 without state has no connection that the helper could follow.)
# limit: 300
. ./lib.sh
. ./scenes.sh

needs xt_NETMAP
topo
guard rtr 'iifname "r1" ip6 daddr fd00:1::/64 meta l4proto { udp, tcp } th dport 5060 accept'
ip -n wan -6 route add 2001:db8:2::/64 via $ROUTER6
nat rtr 'oifname "r1" snat ip6 prefix to ip6 saddr map { fd00:1::/64 : 2001:db8:2::/64 };' \
	'iifname "r1" dnat ip6 prefix to ip6 daddr map { 2001:db8:2::/64 : fd00:1::/64 };'
load
attach rtr prerouting
peer onetoone $PHONE6 2001:db8:2::2
in_ns rtr nft delete table inet nat
in_ns rtr ip6tables-nft -t nat -A POSTROUTING -o r1 -s fd00:1::/64 -j NETMAP --to 2001:db8:2::/64
in_ns rtr ip6tables-nft -t nat -A PREROUTING -i r1 -d 2001:db8:2::/64 -j NETMAP --to fd00:1::/64
peer onetoone $PHONE6 2001:db8:2::2
sound
finish
