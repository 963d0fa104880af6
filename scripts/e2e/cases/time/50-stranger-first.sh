# SPDX-License-Identifier: GPL-2.0
# A stranger's packet takes the pinhole of a stream before the announced peer: he gets in all the
# same, after one stranger and after twenty; media_source says who may come at all.
. ./lib.sh

topo
for i in 4 5 6 7; do addr wan 203.0.113.$i/24; done
masquerade
load
attach_nft
peer stranger
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
