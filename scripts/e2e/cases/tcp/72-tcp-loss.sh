# SPDX-License-Identifier: GPL-2.0
# Messages over TCP, cut at random, over a network that loses, doubles, delays and reorders in both
# directions: the streams are the translated ones, nothing private leaves, nothing storms.
# limit: 400
# tags: 6.1
. ./lib.sh

topo
tcp_addresses
masquerade
port_open 5070
load
no_limits
attach_nft
ok 'a capture runs' capture wan w0
lossy 'loss 3% duplicate 2% delay 4ms 2ms reorder 10% 50%'
peer tcploss nat
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
