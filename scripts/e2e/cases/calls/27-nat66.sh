# SPDX-License-Identifier: GPL-2.0
# IPv6 behind masquerade: addresses are translated with their brackets, media goes both ways; IPv4 beside it.
# tags: smoke 6.12 7
. ./lib.sh

topo
masquerade ip6
load
attach_nft
peer twoways nat 6
peer twoways nat 4
is 'expectations left' '' "$(expectations)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
