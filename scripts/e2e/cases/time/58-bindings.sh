# SPDX-License-Identifier: GPL-2.0
# Registrations as /proc/net/sipalg/bindings lists them: several contacts and accounts, refresh,
# refusal, loss and repetition without a gap; who may call in; how long each lives.
# limit: 180
. ./lib.sh

topo
addr lan 192.168.1.3/24
for i in 4 5; do addr wan 203.0.113.$i/24; done
masquerade
load
attach_nft
in_ns rtr sysctl -q net.netfilter.nf_conntrack_udp_timeout=2 net.netfilter.nf_conntrack_udp_timeout_stream=2
peer bindings
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'expectations left' '' "$(expectations)"
is 'none failed' '0 0 0' "$(stat bindings_full) $(stat pinholes_no_port) $(stat commit_failed)"
finish
