# SPDX-License-Identifier: GPL-2.0
# All that 71-tcp-cuts cuts - at every byte, at random, byte by byte, several messages a segment, 20 kB over
# an MSS of 536 - over a network that loses, doubles and reorders: the streams are the translated ones.
# limit: 1500
. ./lib.sh

topo
tcp_addresses
masquerade
load
no_limits
attach_nft
ok 'a capture runs' capture wan w0
lossy 'loss 1% duplicate 1% delay 2ms 1ms reorder 5% 50%'
peer tcpcuts nat 5060 lossy
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
