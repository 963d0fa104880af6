# SPDX-License-Identifier: GPL-2.0
# A stream falls silent: its connection goes, the call stays, the pinhole is armed again, and media
# comes back through the same port; a held stream has more time.
# limit: 180
. ./lib.sh

topo
masquerade
load
attach_nft
peer silence
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
