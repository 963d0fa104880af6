# SPDX-License-Identifier: GPL-2.0
# Two inside networks of one NAT, and a firewall between them that asks for a pinhole: phones of each are joined
# by an agent outside, or call each other without NAT.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
host lan2
cable lan2 l0 rtr r2
addr rtr 192.168.2.1/24 r2
addr lan2 192.168.2.2/24 l0
gateway lan2 192.168.2.1
guard rtr 'iifname "r2" meta l4proto { udp, tcp } th dport 5060 accept'
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting
peer twolans
sound
finish
