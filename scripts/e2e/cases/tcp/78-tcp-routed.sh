# SPDX-License-Identifier: GPL-2.0
# SIP over TCP without NAT: no byte is changed however messages are cut, calls are known and pinholes
# open in a firewall that drops by default, IPv4 and IPv6.
# limit: 300
. ./lib.sh

topo
tcp_addresses
route_only
ip -n wan route add 10.0.0.0/24 via $ROUTER
load
no_limits
attach_nft
no_spurious
peer tcpcall routed 4
peer tcpcall routed 6
ok 'a capture runs' capture wan w0
peer tcpcuts routed
ok 'on the wire no byte of a stream had two values' wire w0 5060 routed
is 'packets that were translated' 0 "$(stat translated)"
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'nothing failed' '0 0 0' "$(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
