#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# translate-ctstate-dnat.sh - iptables-translate keeps only "dnat" of firewalld's rule for RELATED,ESTABLISHED,DNAT.
#
# usage: translate-ctstate-dnat.sh      needs Debian 12 and apt; installs nothing, works in a temporary folder
#
# DNAT and SNAT are states of "-m conntrack --ctstate" beside the usual ones, and a list matches when one of them does
# (iptables-extensions(8)). firewalld's rules for iptables begin with such a list. Two packages meet: the rule is read
# out of python3-firewall 1.3.3-1~deb12u2, and given to iptables-translate of iptables 1.8.9-2. Seen: it becomes
# "ct status dnat counter accept". RELATED and ESTABLISHED are gone, without a word and with status 0. In the ruleset
# that is made of it the answers to calls from within, and the media that a helper announced, meet the last rule, which
# rejects them. A list of usual states is translated whole.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
iptables=1.8.9-2 firewalld=1.3.3-1~deb12u2
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download iptables=$iptables libxtables12=$iptables libip4tc2=$iptables \
	libip6tc2=$iptables libnftnl11 libmnl0 python3-firewall=$firewalld 2> apt.log || { tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu XTABLES_LIBDIR=root/usr/lib/x86_64-linux-gnu/xtables

rule=$(grep -o -- '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED[^"]*' \
	root/usr/lib/python3/dist-packages/firewall/core/ipXtables.py) || exit 1
for rule in "$rule" "${rule/,DNAT/}"; do
	# shellcheck disable=SC2086 # the words of the rule
	printf '%s\n\t%s\n' "$rule" "$(root/usr/sbin/xtables-nft-multi iptables-translate $rule)"
done > seen || exit 2
cat seen
diff - seen <<'S'
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
	nft 'add rule ip filter FORWARD ct status dnat counter accept'
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	nft 'add rule ip filter FORWARD ct state related,established counter accept'
S
