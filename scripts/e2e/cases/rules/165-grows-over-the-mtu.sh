# SPDX-License-Identifier: GPL-2.0
# What the router makes longer than a packet may be, the router cuts: its sender can do nothing about it.
. ./lib.sh

topo
tcp_addresses
masquerade ip6
load
attach_nft udp
peer grows
is 'expectations left' '' "$(expectations)"
finish
