# SPDX-License-Identifier: GPL-2.0
# What it costs a message over TCP to be held until it is whole, on a path without loss: no timer's time.
# limit: 200
. ./lib.sh

topo
tcp_addresses
masquerade
port_open 5070
load
no_limits
attach_nft
peer tcpcost
is 'expectations left' '' "$(expectations)"
finish
