#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nft-json-ct-objects.sh - nft loses the times of a "ct timeout", and refuses a "ct expectation", that it wrote as JSON.
#
# usage: nft-json-ct-objects.sh      needs Debian 12 and apt, and makes network namespaces of its own; installs nothing,
#                                    works in a temporary folder
#
# A ruleset can be written and read as JSON (libnftables-json(5)), as tools do that keep or copy it. "ct timeout" is how
# a router keeps the connection of a phone between two registrations, "ct expectation" how it awaits a second one. Seen
# with nftables 1.0.6-2+deb12u2: "nft -j list ruleset" has the policy of a timeout whole, in a member "policy" of which
# the manual knows nothing; "nft -j -f" takes it with status 0, and then the policy is empty, so the kernel's own times
# count, and "ip" has become "inet". An expectation in JSON is refused with "missing options". A "ct helper", and all
# three as text, come back as they were.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages, or a namespace with such objects, cannot be had.
set -euo pipefail
nft=1.0.6-2+deb12u2
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download nftables=$nft libnftables1=$nft libnftnl11 libmnl0 libjansson4 \
	libgmp10 libedit2 libbsd0 libmd0 libxtables12 2> apt.log || { tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu

objects=(
	'ct helper a { type "sip" protocol udp; l3proto ip; }'
	'ct timeout b { protocol udp; l3proto ip; policy = { unreplied : 40, replied : 300 }; }'
	'ct expectation c { protocol udp; dport 5060; timeout 240s; size 12; l3proto ip; }'
)
{ echo "table inet t {"; printf '\t%s\n' "${objects[@]}"; echo "}"; } > all.nft
unshare -rn root/usr/sbin/nft -f all.nft || exit 2

# round OBJECT HOW: the object as it is listed after it was listed and read again, as text (-nn) or as JSON (-j)
round() {
	printf 'table inet t {\n\t%s\n}\n' "$1" > in.nft
	# shellcheck disable=SC2016 # the shell of the namespace expands these
	unshare -rn bash -c 'nft=root/usr/sbin/nft
		$nft -f in.nft && $nft $0 list ruleset > kept && $nft flush ruleset && $nft $0 -f kept && $nft list ruleset' \
		"$2" 2>&1 | tr -s '\n\t ' ' ' | sed 's/^.*Error: /refused: /; s/^table inet t { //; s/ } $//; s/ $//'
}
for object in "${objects[@]}"; do
	printf 'text %s\nJSON %s\n' "$(round "$object" -nn)" "$(round "$object" -j)"
done > seen
cat seen
diff - seen <<'S'
text ct helper a { type "sip" protocol udp l3proto ip }
JSON ct helper a { type "sip" protocol udp l3proto ip }
text ct timeout b { protocol udp l3proto ip policy = { unreplied : 40, replied : 300 } }
JSON ct timeout b { protocol udp l3proto inet policy = { } }
text ct expectation c { protocol udp dport 5060 timeout 4m size 12 l3proto ip }
JSON refused: missing options
S
