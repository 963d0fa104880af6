# SPDX-License-Identifier: GPL-2.0
# The rules P1, P2 and P5 where routes and connections have a say: to whom pinholes lead, and to whom never, even
# where a route leads there.
# limit: 300
. ./lib.sh
. ./scenes.sh

topo
masquerade ip6
for a in 192.168.1.3/24 169.254.7.2/16 fd00:1::3/64; do addr lan $a; done
ip -n rtr route add 169.254.0.0/16 dev r0
ip -n rtr route add multicast 224.0.0.0/4 dev r0
ip -n rtr route add fe80::2/128 dev r0
load
attach rtr prerouting
attach rtr output
for family in 4 6; do peer rulehosts $family; done
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
