# SPDX-License-Identifier: GPL-2.0
# sipvicious, and guessers like it, at a registrar inside and at one outside: whoever goes on failing is blocked, longer
# each time, and nobody beside him. Ordinary challenges and refusals block nobody.
# needs: scanners
# limit: 900
. ./lib.sh

# block_time doubles from 4 s to 16 s
scanned() {
	load
	attach_nft
	in_ns rtr sysctl -q net.netfilter.sipalg.block_time=4 net.netfilter.sipalg.block_time_max=16
	LINES_SHOWN=80 peer scanners $1
	is 'nothing failed' '0 0' "$(stat commit_failed) $(stat no_memory)"
}

topo
masquerade
in_ns rtr nft -f - <<- N
	table inet nat {
		chain pre {
			type nat hook prerouting priority dstnat;
			iifname "r1" ip daddr $ROUTER udp dport 5060 dnat ip to $PHONE
		}
	}
	table inet fw {
		chain forward {
			iifname "r1" ip daddr $PHONE udp dport 5060 accept
		}
	}
N
scanned in
cleanup

topo
masquerade
scanned out
finish
