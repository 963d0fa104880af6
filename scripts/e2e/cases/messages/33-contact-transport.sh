# SPDX-License-Identifier: GPL-2.0
# A Contact is published for the transport that it is reached by: what it says, or was registered with, whichever
# transport the message came by. Requests come there, and the calls have media.
# tags: 6.12 6.1 7
. ./lib.sh

topo
masquerade
load
attach_nft
peer contacttransport
is 'expectations left' '' "$(expectations)"
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
