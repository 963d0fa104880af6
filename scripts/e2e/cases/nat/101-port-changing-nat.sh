# SPDX-License-Identifier: GPL-2.0
# NAT that changes ports: masquerade at random, and SNAT to a range of ports. Signalling is published where its
# connection is, media where a pinhole could be had, and both are reached there.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
guard rtr
addr lan 192.168.1.3/24
nat rtr 'meta nfproto ipv4 oifname "r1" masquerade random;'
load
attach rtr prerouting
peer portnat random
new_nat rtr 'meta nfproto ipv4 oifname "r1" meta l4proto { udp, tcp } snat ip to 203.0.113.1:40000-40999;'
peer portnat steady
new_nat rtr 'meta nfproto ipv4 oifname "r1" meta l4proto { udp, tcp } masquerade to :50000-50099 fully-random;'
peer portnat random
sound
finish
