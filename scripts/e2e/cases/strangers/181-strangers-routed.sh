# SPDX-License-Identifier: GPL-2.0
# A firewall without NAT, whose default route leads to the strangers: their offers and registrations take no pinhole, and
# what an inside host sends is let out as under NAT, and no more. IPv4 and IPv6.
# limit: 300
# tags: 6.12
. ./lib.sh
. ./scenes.sh

topo
guard rtr 'iifname "r1" ip daddr 192.168.1.2 udp dport 5060 accept' 'iifname "r1" ip6 daddr fd00:1::2 udp dport 5060 accept'
ip -n wan route add 192.168.1.0/24 via $ROUTER
ip -n wan -6 route add fd00:1::/64 via $ROUTER6
ip -n rtr route add default via $PROVIDER
ip -n rtr -6 route add default via $PROVIDER6
for i in $(seq 4 13); do
	addr wan 203.0.113.$i/24
	addr wan 2001:db8:1::$i/64 w0 preferred_lft 0
done
load
attach rtr prerouting
peer routedstrangers
peer routedstrangers 6
is 'packets that were translated' 0 "$(count translated)"
sound
finish
