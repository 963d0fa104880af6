# SPDX-License-Identifier: GPL-2.0
# A thousand phones register within seconds when the link is back, each with an address of its own and with digest, and
# 200 over TCP: with the default settings all are registered, after no more than their ordinary repetitions.
# limit: 600
. ./lib.sh

topo
ip -n rtr route add 10.0.0.0/8 via $PHONE
masquerade
load
attach_nft
sysctl -q net.netfilter.nf_conntrack_max=65536	# of all namespaces
LINES_SHOWN=80 peer avalanche 1000 200
is 'nothing failed' '0 0' "$(stat commit_failed) $(stat no_memory)"
finish
