# SPDX-License-Identifier: GPL-2.0
# A proxy inside whose trunk is a TCP connection: Record-Route and Route name the connection outside, and inside
# what the proxy had written.
# tags: 6.12 uml
. ./lib.sh

topo
masquerade
load
attach_nft tcp
peer tcpproxy
is 'expectations left' '' "$(expectations)"
finish
