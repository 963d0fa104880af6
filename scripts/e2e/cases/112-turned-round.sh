# SPDX-License-Identifier: GPL-2.0
# Two phones on two cables of one NAT, joined by an agent outside: told to talk directly, and with hairpin=0
# turned round by the router, whatever it makes of the sender: its public address (what RFC 4787 REQ-9 asks
# for), its inside address, or nothing.
# limit: 180
. ./lib.sh
. ./scenes.sh

topo
host lan2
cable lan2 l0 rtr r2
ip -n rtr addr flush dev r0
ip -n rtr link add br0 type bridge
ip -n rtr link set r0 master br0
ip -n rtr link set r2 master br0
ip -n rtr link set br0 up
addr rtr 192.168.1.1/24 br0
addr lan2 192.168.1.3/24 l0
gateway lan2 192.168.1.1
guard rtr
load
attach rtr prerouting
nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat snat ip to 203.0.113.1;'
peer turnedround public
new_nat rtr 'oifname "r1" masquerade; iifname "br0" oifname "br0" ct status dnat masquerade;'
peer turnedround private
new_nat rtr 'oifname "r1" masquerade;'
peer turnedround none
sound
finish
