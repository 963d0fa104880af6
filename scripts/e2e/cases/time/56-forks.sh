# SPDX-License-Identifier: GPL-2.0
# Forked calls, outside and inside: early media of every branch is heard until one answers; what
# becomes of the others; answers that cross a CANCEL, and a second answer.
. ./lib.sh

topo
addr lan 192.168.1.3/24
addr wan 203.0.113.4/24
masquerade
load
attach_nft
peer forks
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
