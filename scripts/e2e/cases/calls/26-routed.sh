# SPDX-License-Identifier: GPL-2.0
# Without NAT: no byte is changed, the pinholes open all the same, IPv4 and IPv6.
# tags: smoke 6.12 uml
. ./lib.sh

topo
route_only
load
attach_nft
peer twoways routed 4
peer twoways routed 6
is 'packets that were translated' 0 "$(stat translated)"
is 'expectations left' '' "$(expectations)"
is 'nothing failed' '0 0 0' "$(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
