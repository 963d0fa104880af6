# SPDX-License-Identifier: GPL-2.0
# What is not SIP passes a TCP port of the helper bit for bit, both ways, from the first byte or from a
# framing error on; what was translated before does not disturb what follows.
# limit: 300
. ./lib.sh

topo
tcp_addresses
masquerade
load
no_limits
attach_nft
no_spurious
peer tcpnotsip
is 'expectations left' '' "$(expectations)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
