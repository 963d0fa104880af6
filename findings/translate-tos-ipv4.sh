#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# translate-tos-ipv4.sh - iptables-translate writes the mark of voice for IPv4 as one of IPv6, which nft refuses.
#
# usage: translate-tos-ipv4.sh      needs Debian 12 and apt, and makes a network namespace of its own; installs nothing,
#                                   works in a temporary folder
#
# The target TOS sets the byte that has the DSCP, 0xb8 for voice (EF, RFC 3246, RFC 4594 4.1), in IPv4 and IPv6. Seen
# with iptables 1.8.9-2: iptables-translate writes "ip6 dscp set 0x2e" for the table "ip mangle". nft 1.0.6-2+deb12u2
# refuses that line: "conflicting protocols specified: ip vs. ip6". A file is loaded as a whole or not at all, so with
# one such rule nothing of the translated ruleset is. The target DSCP, with the same value, becomes "ip dscp set 0x2e",
# and nft takes it.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages, or a namespace, cannot be had.
set -euo pipefail
iptables=1.8.9-2 nft=1.0.6-2+deb12u2
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download iptables=$iptables libxtables12=$iptables libip4tc2=$iptables \
	libip6tc2=$iptables nftables=$nft libnftables1=$nft libnftnl11 libmnl0 libjansson4 libgmp10 libedit2 libbsd0 libmd0 \
	2> apt.log || { tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu XTABLES_LIBDIR=root/usr/lib/x86_64-linux-gnu/xtables
printf 'add table ip mangle\nadd chain ip mangle FORWARD\n' > empty.nft
unshare -rn root/usr/sbin/nft -c -f empty.nft || exit 2

for target in 'DSCP --set-dscp-class EF' 'TOS --set-tos 0xb8'; do
	# shellcheck disable=SC2086 # the words of the target
	rule=$(root/usr/sbin/xtables-nft-multi iptables-translate -t mangle -A FORWARD -p udp -j $target |
		sed "s/^nft '\(.*\)'$/\1/") || exit 2
	{ cat empty.nft; echo "$rule"; } > rules.nft
	printf '%s: %s\n' "$target" "$rule"
	unshare -rn root/usr/sbin/nft -c -f rules.nft 2>&1 | sed -n 's/.*Error: /\trefused: /p' || :
done > seen
cat seen
diff - seen <<'S'
DSCP --set-dscp-class EF: add rule ip mangle FORWARD ip protocol udp counter ip dscp set 0x2e
TOS --set-tos 0xb8: add rule ip mangle FORWARD ip protocol udp counter ip6 dscp set 0x2e
	refused: conflicting protocols specified: ip vs. ip6
S
