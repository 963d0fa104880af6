# SPDX-License-Identifier: GPL-2.0
# Detectors of SIP ALGs, over UDP and TCP, IPv4 and IPv6: with rewrite=0 they see nothing, with rewrite=1 they do.
# tags: 6.12
. ./lib.sh

topo
masquerade ip6
load
attach_nft
peer detector
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
