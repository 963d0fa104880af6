# SPDX-License-Identifier: GPL-2.0
# A PBX with 60 calls on one flow, all waiting for media: each is heard, whoever speaks first.
# tags: 6.12 6.1 uml
. ./lib.sh

topo
masquerade
load
attach_nft
no_limits
peer trunk
is 'one connection carries all the signalling' 1 "$(in_ns rtr conntrack -L -p udp --orig-port-dst 5060 2> /dev/null | wc -l)"
is 'expectations left' '' "$(expectations)"
is 'calls added' 120 "$(stat calls_added)"
is 'calls ended' 120 "$(stat calls_ended)"
is 'malformed or lost' '0 0 0' "$(stat out_of_dialog) $(stat commit_failed) $(stat pinholes_full)"
finish
