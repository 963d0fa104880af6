# SPDX-License-Identifier: GPL-2.0
# A phone registered over TCP is called in over the same connection, however long it was idle; its own
# port is opened only by tcp_contact=1; a call that changes its transport keeps its ports.
# limit: 240
. ./lib.sh

topo
tcp_addresses
masquerade
load
attach_nft
in_ns rtr sysctl -q net.netfilter.nf_conntrack_udp_timeout=2 net.netfilter.nf_conntrack_udp_timeout_stream=2
peer tcpregistered
is 'expectations left' '' "$(expectations)"
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'none failed' '0 0 0' "$(stat bindings_full) $(stat pinholes_no_port) $(stat commit_failed)"
finish
