# SPDX-License-Identifier: GPL-2.0
# The 333 messages of RFC 3665 and 3666 and the 49 of RFC 4475 go through the NAT from the addresses
# that stand in them: none is dropped, none is harmed, and those that cannot be read pass as they are.
. ./lib.sh

[ -d "$E2E/corpora/rfc3665" ] || {
	skip 'RFC 3665, 3666 and 4475' 'no corpora: 382 messages not sent'
	finish
	exit
}
topo
masquerade
load
attach_nft
# answers to the addresses of the messages have a way back
ip -n rtr route add 192.0.2.0/24 via $PHONE
peer corpus "$E2E/corpora" rfc3665 rfc3666 rfc4475
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat no_memory) $(stat too_many_edits)"
finish
