# SPDX-License-Identifier: GPL-2.0
# Every counter can be made to move, and every packet that is dropped moves exactly one of those that say so.
# limit: 400
# tags: 6.12
. ./lib.sh

topo
tcp_addresses
in_ns rtr nft -f - <<- N
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat;
			meta nfproto ipv4 oifname "r1" masquerade
		}
	}
N
ip -n wan -6 route add fd00:1::/64 via $ROUTER6
load
attach_nft
LINES_SHOWN=100 peer counters ./sipalg_stats.h
is 'expectations left' '' "$(expectations)"
finish
