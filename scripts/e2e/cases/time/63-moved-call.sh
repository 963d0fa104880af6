# SPDX-License-Identifier: GPL-2.0
# A call moves to another connection: the phone signals from another port, or another server of the
# provider goes on with it. It is the same call, with the same ports, and lives by the new connection.
. ./lib.sh

topo
masquerade
load
attach_nft
peer moved
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat out_of_dialog)"
finish
