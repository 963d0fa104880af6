# SPDX-License-Identifier: GPL-2.0
# Messages over TCP cut into segments in every way, both directions, longer and shorter by translation:
# the receiver reads the translated stream and nothing else, and nobody has to send anything twice.
# limit: 400
# tags: 6.12 uml
. ./lib.sh

topo
tcp_addresses
masquerade
load
no_limits
attach_nft
no_spurious
ok 'a capture runs' capture wan w0
peer tcpcuts nat
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
