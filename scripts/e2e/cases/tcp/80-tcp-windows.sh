# SPDX-License-Identifier: GPL-2.0
# Receivers with small windows, readers that stop for a while: messages larger than the window arrive,
# about as fast as without the helper, and the streams are what they must be.
# limit: 240
. ./lib.sh

topo
tcp_addresses
masquerade
port_open 5070
load
no_limits
attach_nft
ok 'a capture runs' capture wan w0
peer tcpwindow
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
