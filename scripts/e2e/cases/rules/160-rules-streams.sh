# SPDX-License-Identifier: GPL-2.0
# The rules S1 to S6 of streams, and M3 where a stream has a say in it: of each, what is accepted and opens
# something, and what is refused, passes bit for bit and opens nothing.
# limit: 400
. ./lib.sh

topo
tcp_addresses
masquerade
load
attach_nft
no_spurious
LINES_SHOWN=80 peer rulestreams
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
