# SPDX-License-Identifier: GPL-2.0
# Media over TCP, MSRP and fax: who connects to whom, what is published, and that nothing opens without tcp_media=1.
# tags: 6.12 6.1 7 uml
. ./lib.sh

topo
masquerade
load
attach_nft udp
peer tcpmedia
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
