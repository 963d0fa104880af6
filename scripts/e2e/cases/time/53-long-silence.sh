# SPDX-License-Identifier: GPL-2.0
# The kernel forgets a UDP flow after 2 s; a call lives on: the other side's BYE and re-INVITE get in
# long after, and so does a call to a registered phone. What renews a call, and for how long.
# limit: 180
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
in_ns rtr sysctl -q net.netfilter.nf_conntrack_udp_timeout=2 net.netfilter.nf_conntrack_udp_timeout_stream=2
peer quiet
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
finish
