# SPDX-License-Identifier: GPL-2.0
# SNAT to another address than that of the interface: a second one of the router's own, and one that no
# device has, which is only routed here; IPv4 and IPv6, UDP and TCP.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr
addr rtr 203.0.113.9/24 r1
addr rtr 2001:db8:1::9/64 r1
nat rtr 'meta nfproto ipv4 oifname "r1" snat ip to 203.0.113.9; meta nfproto ipv6 oifname "r1" snat ip6 to 2001:db8:1::9;'
load
attach rtr prerouting
peer snatother 203.0.113.9 2001:db8:1::9

ip -n wan route add 198.51.100.0/24 via $ROUTER
ip -n wan -6 route add 2001:db8:2::/64 via $ROUTER6
new_nat rtr 'meta nfproto ipv4 oifname "r1" snat ip to 198.51.100.7; meta nfproto ipv6 oifname "r1" snat ip6 to 2001:db8:2::7;'
peer snatother 198.51.100.7 2001:db8:2::7
sound
finish
