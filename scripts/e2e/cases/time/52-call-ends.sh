# SPDX-License-Identifier: GPL-2.0
# Every way for a call to end: what happens to its media, what it is listed with, and that no other
# call of the same flow is hurt.
# limit: 240
. ./lib.sh

topo
masquerade
load
attach_nft
peer ends
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
