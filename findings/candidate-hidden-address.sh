#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# candidate-hidden-address.sh - libre writes the related port of an ICE candidate without its hidden related address.
#
# usage: candidate-hidden-address.sh      needs Debian 12, gcc and apt; installs nothing, works in a temporary folder
#
# A candidate that is not of type host must have "raddr" and "rport"; who will not tell its address writes
# "raddr 0.0.0.0 rport 9" or "raddr :: rport 9" (RFC 8839 5.1, rel-addr). Seen with libre0 1.1.0-1+b2:
# ice_cand_attr_decode() takes the line, and ice_cand_attr_encode() writes "rport 9" alone, since the address "any"
# counts as none. With an address that is told, both stay. A reader that demands the pair refuses the candidate, and the
# call loses that path through NAT.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=1.1.0-1+b2
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libre0=$version libre-dev=$version 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done

cat > again.c <<'C'
#include <stdint.h>
#include <sys/socket.h>
#include <re.h>

int main(void)
{
	static const char *const value[] = {
		"1 1 UDP 1694498815 203.0.113.1 45664 typ srflx raddr 192.0.2.9 rport 8998",
		"1 1 UDP 1694498815 203.0.113.1 45664 typ srflx raddr 0.0.0.0 rport 9",
		"1 1 UDP 1694498815 2001:db8::1 45664 typ srflx raddr :: rport 9",
	};
	struct ice_cand_attr cand;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (ice_cand_attr_decode(&cand, value[i]))
			re_printf("refused\n");
		else
			re_printf("%H\n", ice_cand_attr_encode, &cand);
	}
	return 0;
}
C
# the library's headers leave these three to the build
gcc -w -DHAVE_INET6 -DHAVE_STDBOOL_H -DHAVE_SOCKLEN_T -o again again.c -Iroot/usr/include/re \
	-Lroot/usr/lib/x86_64-linux-gnu -lre || exit 2
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./again > seen || exit 2
sed "s/^/libre $version: /" seen
diff - seen <<'S'
1 1 UDP 1694498815 203.0.113.1 45664 typ srflx raddr 192.0.2.9 rport 8998
1 1 UDP 1694498815 203.0.113.1 45664 typ srflx rport 9
1 1 UDP 1694498815 2001:db8::1 45664 typ srflx rport 9
S
