# SPDX-License-Identifier: GPL-2.0
# Media connections carry no helper, so they go through a flowtable; signalling stays with the helper.
. ./lib.sh

topo
masquerade
in_ns rtr sysctl -q net.netfilter.nf_conntrack_acct=0
load
attach_nft
fast() {
	in_ns rtr nft -f - <<- N
	table inet fast {
		flowtable f {
			hook ingress priority filter
			devices = { r0, r1 }
		}
		chain forward {
			type filter hook forward priority filter - 1; policy accept;
			meta l4proto udp flow add @f
		}
	}
	N
}
fast 2> $T/fast.err || skip_all "this kernel has no flowtable: $(head -1 $T/fast.err)"
in_ns rtr sysctl -q net.netfilter.nf_flowtable_udp_timeout=2
peer offloaded
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
