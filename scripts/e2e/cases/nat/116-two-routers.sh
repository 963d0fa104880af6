# SPDX-License-Identifier: GPL-2.0
# Two routers in network namespaces of their own, with the same addresses on all sides: calls, counters and
# settings are apart, and one may go while the other works.
# limit: 300
. ./lib.sh
. ./scenes.sh

for i in 1 2; do
	host lan$i rtr$i wan$i
	forwards rtr$i
	cable lan$i l0 rtr$i r0
	cable rtr$i r1 wan$i w0
	addr lan$i $PHONE/24 l0
	addr rtr$i 192.168.1.1/24 r0
	addr rtr$i $ROUTER/24 r1
	addr wan$i $PROVIDER/24 w0
	addr wan$i $OTHER/24 w0
	gateway lan$i 192.168.1.1
	guard rtr$i
	nat rtr$i 'oifname "r1" masquerade;'
done
load
for i in 1 2; do attach rtr$i prerouting; done
peer tworouters
sound rtr1
finish
