# SPDX-License-Identifier: GPL-2.0
# Outward as inward, docs/security.md B6: a phone sends from its published port to other ports of the announced
# address, to port 53, and to an announced address of another inside network, through a firewall that admits what
# is established or related; with NAT and without.
# limit: 300
# tags: 6.12
. ./lib.sh
. ./scenes.sh

topo
host lan2
cable lan2 l0 rtr r2
addr rtr 192.168.2.1/24 r2
addr lan2 192.168.2.2/24 l0
gateway lan2 192.168.2.1
guard rtr
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting
peer outward
new_nat rtr
ip -n wan route add 192.168.1.0/24 via "$ROUTER"
peer outward
sound
finish
