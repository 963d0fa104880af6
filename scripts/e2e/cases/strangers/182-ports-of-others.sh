# SPDX-License-Identifier: GPL-2.0
# Rule B3: a telephone asks for a port that a server of the router has, that is kept, or that is forwarded to
# another host. Whose port it is goes on getting its packets, and the call has another one.
# limit: 300
# tags: smoke 6.12 6.1 7
. ./lib.sh

topo
addr lan 192.168.1.3/24
addr lan fd00:1::3/64
masquerade ip6
in_ns rtr nft -f - <<- N
	table ip forwards {
		chain pre {
			type nat hook prerouting priority dstnat;
			iifname r1 udp dport 5060 dnat to 192.168.1.3
		}
	}
	table ip6 forwards {
		chain pre {
			type nat hook prerouting priority dstnat;
		}
	}
	add rule inet fw forward iifname r1 ip daddr 192.168.1.3 accept
	add rule inet fw forward iifname r1 ip6 daddr fd00:1::3 accept
N
load
attach_nft
peer otherports
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
