# SPDX-License-Identifier: GPL-2.0
# conntrack -F under calls that are up, and every setting changed under them: what the next message
# of the call brings back, and that nothing is harmed.
# limit: 180
. ./lib.sh

topo
masquerade
load
attach_nft
peer flushed
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
finish
