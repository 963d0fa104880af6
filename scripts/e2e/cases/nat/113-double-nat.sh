# SPDX-License-Identifier: GPL-2.0
# Two routers in a row, both translate and both have the helper: each publishes what it got from the one before,
# and an incoming call and its media find their way back through both. IPv4 and IPv6.
# limit: 300
. ./lib.sh
. ./scenes.sh

needs bridge
host lan rtr edge dmz wan
forwards rtr edge
cable lan l0 rtr r0
cable rtr r1 edge r2
cable dmz l0 edge r3
cable edge r1 wan w0
ip -n edge link add r0 type bridge
ip -n edge link set r2 master r0
ip -n edge link set r3 master r0
ip -n edge link set r0 up
for a in $PHONE/24 $PHONE6/64; do addr lan $a; done
for a in 192.168.1.1/24 fd00:1::1/64; do addr rtr $a; done
for a in 10.9.0.2/24 fd00:9::2/64; do addr rtr $a r1; done
for a in 10.9.0.3/24 fd00:9::3/64; do addr dmz $a l0; done
for a in 10.9.0.1/24 fd00:9::1/64; do addr edge $a r0; done
for a in $ROUTER/24 $ROUTER6/64; do addr edge $a r1; done
for a in $PROVIDER/24 $PROVIDER6/64 $OTHER/24 $OTHER6/64; do addr wan $a; done
gateway lan 192.168.1.1
gateway lan fd00:1::1
for ns in rtr dmz; do gateway $ns 10.9.0.1; gateway $ns fd00:9::1; done
for ns in rtr edge; do
	guard $ns
	nat $ns 'oifname "r1" masquerade;'
done
load
for ns in rtr edge; do attach $ns prerouting; done
peer doublenat 4
peer doublenat 6
sound rtr edge
finish
