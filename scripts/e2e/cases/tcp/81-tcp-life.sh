# SPDX-License-Identifier: GPL-2.0
# What begins, moves and ends a stream besides its bytes: a server's SYN-ACKs, the same ports again, probes,
# small segments, enabled and tcp_resync, and the end of the module, which connections survive.
# limit: 240
# tags: 6.12 uml
. ./lib.sh

topo
tcp_addresses
masquerade
load
attach_nft
peer tcplife
is 'expectations left' '' "$(expectations)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
peer tcplife unload 10.0.0.77
load
attach_nft
peer tcplife unload 192.168.1.177
finish
