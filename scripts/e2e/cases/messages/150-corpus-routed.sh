# SPDX-License-Identifier: GPL-2.0
# The messages of case 30 through a router without NAT: not a byte is changed, and none is dropped.
# limit: 300
. ./lib.sh

[ -d "$E2E/corpora/rfc3665" ] || {
	skip 'published messages' 'no corpora: 506 messages not sent, each eight times'
	finish
	exit
}
topo
route_only
load
no_limits
attach_nft
peer corpus "$E2E/corpora" out-udp-4-routed in-udp-4-routed out-tcp-4-routed in-tcp-4-routed \
	out-udp-6-routed in-udp-6-routed out-tcp-6-routed in-tcp-6-routed
is 'nothing was translated' '0 0 0' "$(stat translated) $(stat commit_failed) $(stat no_memory)"
finish
