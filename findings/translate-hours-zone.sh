#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# translate-hours-zone.sh - a rule with hours is moved by the time zone when it goes from iptables to nft.
#
# usage: translate-hours-zone.sh      needs Debian 12 and apt, and makes a network namespace of its own; installs
#                                     nothing, works in a temporary folder
#
# Hours of "-m time" count in UTC (iptables-extensions(8)); those of nft's "meta hour" count in the zone of the process
# that reads them, and go to the kernel as seconds of UTC. Two tools meet: iptables-translate of iptables 1.8.9-2 hands
# "--timestart 08:00" on as it is, and nft of nftables 1.0.6-2+deb12u2 subtracts the zone from it. Seen, in what nft -c
# would give to the kernel: 08:00 is 28800 seconds with TZ=UTC, and 9000, which is 02:30, in a zone 5:30 hours east. On
# a machine with that zone a rule that let calls through from 08:00 to 18:00 UTC does so from 02:30 to 12:30 UTC once it
# is translated.
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

# zone TZ: the first hour of the rule, as iptables-translate writes it, and in seconds as nft does
zone() {
	local rule hex
	rule=$(TZ=$1 root/usr/sbin/xtables-nft-multi iptables-translate -A FORWARD -p udp --dport 5060 \
		-m time --timestart 08:00 --timestop 18:00 -j ACCEPT | sed "s/^nft '\(.*\)'$/\1/")
	printf 'add table ip filter\nadd chain ip filter FORWARD\n%s\n' "$rule" > rules.nft
	TZ=$1 unshare -rn root/usr/sbin/nft -c --debug=netlink -f rules.nft > netlink || return 2
	# reg 1 has the number in the order of the network, shown as one of this machine
	hex=$(sed -n 's/.*cmp gte reg 1 0x\([0-9a-f]\{8\}\) .*/\1/p' netlink)
	printf '%s %s %d\n' "$1" "$(grep -o 'meta hour "[^"]*"' <<< "$rule")" "0x${hex:6:2}${hex:4:2}${hex:2:2}${hex:0:2}"
}
{ zone UTC && zone IST-5:30; } > seen || exit 2
cat seen
diff - seen <<'S'
UTC meta hour "08:00:00" 28800
IST-5:30 meta hour "08:00:00" 9000
S
