# SPDX-License-Identifier: GPL-2.0
# Calls of every kind and registrations come and go; then the router has as many connections, pinholes
# and objects in memory as before.
# limit: 180
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
no_limits
attach_nft
peer baseline
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
