# SPDX-License-Identifier: GPL-2.0
# One-to-one NAT: an inside machine has a public address for itself, in both directions, and calls begin on
# either side; by a pair of rules for a host, by prefix, and by NETMAP of iptables.
# limit: 300
. ./lib.sh
. ./scenes.sh

needs xt_NETMAP
topo
guard rtr 'iifname "r1" ip daddr 192.168.1.0/24 meta l4proto { udp, tcp } th dport 5060 accept'
ip -n wan route add 198.51.100.0/24 via $ROUTER
nat rtr 'oifname "r1" ip saddr 192.168.1.2 snat ip to 198.51.100.2;' \
	'iifname "r1" ip daddr 198.51.100.2 dnat ip to 192.168.1.2;'
load
attach rtr prerouting
peer onetoone $PHONE 198.51.100.2
new_nat rtr 'oifname "r1" snat ip prefix to ip saddr map { 192.168.1.0/28 : 198.51.100.16/28 };' \
	'iifname "r1" dnat ip prefix to ip daddr map { 198.51.100.16/28 : 192.168.1.0/28 };'
peer onetoone $PHONE 198.51.100.18
in_ns rtr nft delete table inet nat
in_ns rtr iptables-nft -t nat -A POSTROUTING -o r1 -s 192.168.1.0/24 -j NETMAP --to 198.51.100.0/24
in_ns rtr iptables-nft -t nat -A PREROUTING -i r1 -d 198.51.100.0/24 -j NETMAP --to 192.168.1.0/24
peer onetoone $PHONE 198.51.100.2
sound
finish
