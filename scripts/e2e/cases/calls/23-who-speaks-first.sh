# SPDX-License-Identifier: GPL-2.0
# Media begins inside, outside, or on both sides at once, through a firewall that admits related
# packets only; the published port is where it is heard and where it comes from.
# tags: smoke 6.12 6.1 uml
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
peer speaks
is 'connections that began inside' yes "$([ "$(stat media_out)" -ge 3 ] && echo yes)"
is 'pinholes that were used' yes "$([ "$(stat pinholes_taken)" -ge 4 ] && echo yes)"
is 'expectations left' '' "$(expectations)"
finish
