# SPDX-License-Identifier: GPL-2.0
# Descriptions as parts of multiparts, with candidates for ICE, with RTCP on the RTP port, bundled: what
# the provider reads, and that media comes through it.
# tags: 6.12 6.1 7 uml
. ./lib.sh

topo
masquerade
load
attach_nft udp
peer descriptions
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
