# SPDX-License-Identifier: GPL-2.0
# All messages of RFC 3665, 3666, 4475 and 5118, of kamailio, of pjsip, and the descriptions of sdp-transform go through
# the NAT, from inside and to the inside, over UDP and TCP, IPv4 and IPv6: what arrives is what was sent, but for the addresses.
# limit: 300
# tags: 6.12
. ./lib.sh

[ -d "$E2E/corpora/rfc3665" ] || {
	skip 'published messages' 'no corpora: 506 messages not sent, each eight times'
	finish
	exit
}
topo
masquerade ip6
load
no_limits
attach_nft
in_ns rtr nft -f - <<- N
	table inet published {
		map at4 { type inet_service : ipv4_addr . inet_service; }
		map at6 { type inet_service : ipv6_addr . inet_service; }
		chain post {	# in front of masquerade
			type nat hook postrouting priority 99;
			ip saddr $PHONE meta l4proto { tcp, udp } snat ip to th sport map @at4
			ip6 saddr $PHONE6 meta l4proto { tcp, udp } snat ip6 to th sport map @at6
		}
	}
N
peer corpus "$E2E/corpora" out-udp-4-nat in-udp-4-nat out-tcp-4-nat in-tcp-4-nat \
	out-udp-6-nat in-udp-6-nat out-tcp-6-nat in-tcp-6-nat
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat no_memory) $(stat too_many_edits)"
finish
