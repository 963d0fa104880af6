# SPDX-License-Identifier: GPL-2.0
# A firewall without NAT, what 26 and 78 leave out: calls in after registration over UDP and TCP, a stranger's
# too, and a server inside on a port of its own; IPv4 and IPv6. No byte of a message is changed.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr 'iifname "r1" meta l4proto { udp, tcp } th dport 5070 accept'
ip -n wan route add 192.168.1.0/24 via $ROUTER
ip -n wan -6 route add fd00:1::/64 via $ROUTER6
load
attach rtr prerouting '{ 5060, 5070 }'
peer routedscene
is 'packets that were translated' 0 "$(count translated)"
sound
finish
