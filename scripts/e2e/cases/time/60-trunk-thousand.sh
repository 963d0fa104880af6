# SPDX-License-Identifier: GPL-2.0
# A trunk with 1,000 calls on one flow, 700 of them waiting for their first media at once: each is
# heard, by its own socket; they end in any order, and nothing is left.
# limit: 900
. ./lib.sh

topo
masquerade
load
attach_nft
no_limits
# media that flows keeps its connections; here a few packets stand for it
in_ns rtr sysctl -q net.netfilter.nf_conntrack_udp_timeout=900 net.netfilter.nf_conntrack_udp_timeout_stream=900 \
	net.netfilter.sipalg.media_timeout=3600
LINES_SHOWN=80 peer thousand
is 'one connection carries all the signalling' 1 "$(in_ns rtr conntrack -L -p udp --orig-port-dst 5060 2> /dev/null | wc -l)"
is 'expectations left' '' "$(expectations)"
is 'calls added and ended' '1000 1000' "$(stat calls_added) $(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat out_of_dialog) $(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
