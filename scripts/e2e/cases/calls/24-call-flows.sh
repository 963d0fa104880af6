# SPDX-License-Identifier: GPL-2.0
# Offers and answers in every message that may carry one; calls that are refused, cancelled,
# challenged, forked, forgotten; what ends a call and what does not.
# tags: smoke 6.12 6.1 7 uml
. ./lib.sh

topo
addr lan 192.168.1.3/24
addr lan 192.168.1.200/24	# longer and shorter than the router's own
addr lan 10.0.0.2/24
addr rtr 10.0.0.1/24 r0
masquerade
load
attach_nft
peer flows
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat too_many_edits)"
finish
