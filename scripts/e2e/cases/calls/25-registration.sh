# SPDX-License-Identifier: GPL-2.0
# A registered phone is reachable for the granted time, whatever the idle times of UDP are, by the
# registrar and by others; and not a moment longer.
# tags: smoke 6.12 6.1 7 uml
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
in_ns rtr sysctl -q net.netfilter.nf_conntrack_udp_timeout=2 net.netfilter.nf_conntrack_udp_timeout_stream=2
peer registered
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'expectations left' '' "$(expectations)"
is 'none failed' '0 0 0' "$(stat bindings_full) $(stat pinholes_no_port) $(stat commit_failed)"
finish
