# SPDX-License-Identifier: GPL-2.0
# The messages of case 30, with addresses where documents write the names of hosts: most of them are translated.
# limit: 300
. ./lib.sh

[ -d "$E2E/corpora/rfc3665" ] || {
	skip 'published messages' 'no corpora: 506 messages not sent, each four times'
	finish
	exit
}
topo
masquerade
load
no_limits
attach_nft
in_ns rtr nft -f - <<- N
	table inet published {
		map at4 { type inet_service : ipv4_addr . inet_service; }
		chain post {	# in front of masquerade
			type nat hook postrouting priority 99;
			ip saddr $PHONE meta l4proto { tcp, udp } snat ip to th sport map @at4
		}
	}
N
peer corpus "$E2E/corpora" out-udp-4a-nat in-udp-4a-nat out-tcp-4a-nat in-tcp-4a-nat
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat no_memory) $(stat too_many_edits)"
finish
