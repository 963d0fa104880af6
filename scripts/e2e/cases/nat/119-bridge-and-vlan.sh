# SPDX-License-Identifier: GPL-2.0
# The lan side of the router is a bridge with two ports, a VLAN, and a bridge with a VLAN on one port.
# limit: 300
. ./lib.sh
. ./scenes.sh

needs bridge 8021q
topo
host lan2
cable lan2 l0 rtr r2
addr lan2 192.168.1.3/24 l0
addr lan2 fd00:1::3/64 l0
gateway lan2 192.168.1.1
gateway lan2 fd00:1::1
guard rtr
nat rtr 'oifname "r1" masquerade;'
load
attach rtr prerouting

# inner DEVICE: the router's inside addresses move there
inner() {
	ip -n rtr addr flush dev r0
	addr rtr 192.168.1.1/24 "$1"
	addr rtr fd00:1::1/64 "$1"
}

ip -n rtr link add br0 type bridge
ip -n rtr link set r0 master br0
ip -n rtr link set r2 master br0
ip -n rtr link set br0 up
inner br0
peer ports lan/$PHONE lan2/192.168.1.3 lan/$PHONE6 lan2/fd00:1::3

ip -n rtr link del br0
ip -n rtr link add link r0 name r0.10 type vlan id 10
ip -n rtr link set r0.10 up
inner r0.10
ip -n lan addr flush dev l0
ip -n lan -6 route flush default	# else it stays, and leads out without the VLAN
ip -n lan link add link l0 name l0.10 type vlan id 10
ip -n lan link set l0.10 up
for a in $PHONE/24 $PHONE6/64; do addr lan $a l0.10; done
gateway lan 192.168.1.1
gateway lan fd00:1::1
peer ports lan/$PHONE lan/$PHONE6

ip -n rtr link add br0 type bridge
ip -n rtr addr flush dev r0.10
ip -n rtr link set r0.10 master br0
ip -n rtr link set r2 master br0
ip -n rtr link set br0 up
inner br0
peer ports lan/$PHONE lan2/192.168.1.3
sound
finish
