# SPDX-License-Identifier: GPL-2.0
# A phone signals from one IPv6 address and has its media at another: second_address, under NAT and without, by
# neighbour entries that neighbour discovery has made; and whose address is not the phone's: another host's, a
# router's that answers for others, one behind a router, one that nobody has heard of.
#
#   lan  192.168.1.2 fd00:1::2 fd00:1::22 fd00:9::22 ---+
#                                                        br0 rtr r1 --- wan
#   lan2             fd00:1::3                       ---+
# limit: 300
# tags: 6.12 6.1 7
. ./lib.sh
. ./scenes.sh

bridged_lan
addr rtr fd00:1::1/64 br0
addr rtr fd00:9::1/64 br0
for a in fd00:1::22 fd00:9::22 fd00:1::2a; do addr lan $a/64 l0 preferred_lft 0; done
addr lan2 fd00:1::3/64 l0
ip -n lan -6 route replace default via fd00:1::1
ip -n lan2 -6 route add default via fd00:1::1
# what is behind a router, in a prefix of its own and in that of the link
ip -n rtr -6 route add fd00:3::/64 via fd00:1::2
ip -n rtr -6 route add fd00:1::8/128 via fd00:1::3
guard rtr
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting
peer secondaddress nat
in_ns rtr nft delete table inet nat
for p in 1 9; do ip -n wan -6 route add fd00:$p::/64 via $ROUTER6; done
peer secondaddress routed
sound
finish
