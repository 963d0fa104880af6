# SPDX-License-Identifier: GPL-2.0
# Messages with something odd in them: a value that nobody can read, a line or a section of the description, a frame
# with other line ends. What is odd stays as it is, all else is translated, and the media is heard; in both
# directions. What two readers could read differently is not touched at all.
# limit: 300
# tags: 6.12 6.1 7
. ./lib.sh

topo
masquerade
load
no_limits
attach_nft udp
LINES_SHOWN=60 peer oddlines
peer oddanswers
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat too_many_edits)"
finish
