# SPDX-License-Identifier: GPL-2.0
# SNAT to a pool of addresses, by connection and persistent: what is published is on the address that the
# signalling connection was mapped to, and leads in there.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr
for i in 3 4 5 6 7; do addr lan 192.168.1.$i/24; done
for i in 4 5 6 7; do addr wan 203.0.113.$i/24; done
ip -n wan route add 198.51.100.0/24 via $ROUTER
nat rtr 'meta nfproto ipv4 oifname "r1" snat ip to 198.51.100.16-198.51.100.23;'
load
attach rtr prerouting
peer pool changing
new_nat rtr 'meta nfproto ipv4 oifname "r1" snat ip to 198.51.100.16-198.51.100.23 persistent;'
peer pool persistent
sound
finish
