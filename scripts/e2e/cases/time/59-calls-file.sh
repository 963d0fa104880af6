# SPDX-License-Identifier: GPL-2.0
# /proc/net/sipalg/calls: its columns, and that it may be read all the time while calls come and go:
# no line is torn, none is there twice, traffic is not stopped.
. ./lib.sh

topo
masquerade
load
attach_nft
peer callsfile
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat out_of_dialog)"
finish
