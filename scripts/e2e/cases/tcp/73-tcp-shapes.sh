# SPDX-License-Identifier: GPL-2.0
# Crafted segments: overlaps, halves sent again, holes, FIN and RST in the middle of a message, SYN with
# data, probes, windows, timestamps, SACK, sequence numbers that wrap around.
# limit: 300
# tags: 6.12
. ./lib.sh

topo
tcp_addresses
masquerade
load
no_limits
attach_nft
LINES_SHOWN=80 peer tcpshapes
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
