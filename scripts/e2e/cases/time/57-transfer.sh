# SPDX-License-Identifier: GPL-2.0
# Transfers: REFER, its NOTIFYs, and a new call with Replaces, from inside and from outside; the end of
# the first call hurts nothing of the second.
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
peer transfer
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat out_of_dialog)"
finish
