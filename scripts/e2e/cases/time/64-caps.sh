# SPDX-License-Identifier: GPL-2.0
# Every table has a cap: what does not fit passes as it came and opens nothing, what is open stays,
# and when something has gone there is room again.
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
peer caps
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
