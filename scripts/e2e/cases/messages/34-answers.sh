# SPDX-License-Identifier: GPL-2.0
# Answers come to where a phone listens, though they are sent to where it sends from; and who was called hangs up
# from another port than it was called at. Nobody else gets in by that, and nothing is led to another host.
# tags: 6.12 6.1 7
. ./lib.sh

topo
addr lan 192.168.1.3/24
addr wan 203.0.113.4/24
masquerade ip6
load
attach_nft
peer answers
is 'expectations left' '' "$(expectations)"
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
finish
