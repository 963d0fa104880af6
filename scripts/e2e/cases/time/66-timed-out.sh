# SPDX-License-Identifier: GPL-2.0
# call_timeout and the session timer end a call that nobody has hung up, and nothing else does.
# limit: 300
. ./lib.sh

topo
masquerade
load
attach_nft
peer timedout
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
