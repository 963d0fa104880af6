# SPDX-License-Identifier: GPL-2.0
# Odd messages on a TCP stream: one on which both ends have spoken SIP goes on over a message whose start line or
# header is odd, as long as its end is known; one that begins so is left alone for ever.
# limit: 300
# tags: 6.12 6.1 7
. ./lib.sh

topo
masquerade
load
no_limits
attach_nft
no_spurious
LINES_SHOWN=60 peer oddstreams
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat too_many_edits)"
finish
