# SPDX-License-Identifier: GPL-2.0
# A phone sends from one port and wants to be reached on another: responses by a Via without rport,
# requests of the dialog, and calls after a REGISTER come to that port, as long as they may.
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
peer contactport
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
