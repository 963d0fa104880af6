#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libre-display-name.sh - libre keeps the last word of a display name that has no quotes.
#
# usage: libre-display-name.sh      needs Debian 12, gcc and apt; installs nothing, works in a temporary folder
#
# A display name is a quoted string, or any number of tokens with white space between them (RFC 3261 25.1,
# display-name), as in the "From: Anonymous Caller <sip:...>" of many gateways. Seen with libre0 1.1.0-1+b2:
# sip_addr_decode() returns 0 for "Alice Mary Smith <sip:alice@example.com>", and the name is "Smith". With quotes the
# name is whole. A phone on it shows, and a call list keeps, another name than the one that was sent.
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

cat > name.c <<'C'
#include <stdint.h>
#include <sys/socket.h>
#include <re.h>

int main(void)
{
	static const char *const from[] = {
		"\"Alice Mary Smith\" <sip:alice@example.com>;tag=a",
		"Alice Mary Smith <sip:alice@example.com>;tag=a",
		"Alice <sip:alice@example.com>;tag=a",
	};
	struct sip_addr addr;
	struct pl text;
	unsigned int i;
	int err;

	for (i = 0; i < 3; i++) {
		pl_set_str(&text, from[i]);
		err = sip_addr_decode(&addr, &text);
		re_printf("%s -> error %d name %r\n", from[i], err, &addr.dname);
	}
	return 0;
}
C
# the library's headers leave these three to the build
gcc -w -DHAVE_INET6 -DHAVE_STDBOOL_H -DHAVE_SOCKLEN_T -o name name.c -Iroot/usr/include/re \
	-Lroot/usr/lib/x86_64-linux-gnu -lre || exit 2
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./name > seen || exit 2
sed "s/^/libre $version: /" seen
diff - seen <<'S'
"Alice Mary Smith" <sip:alice@example.com>;tag=a -> error 0 name Alice Mary Smith
Alice Mary Smith <sip:alice@example.com>;tag=a -> error 0 name Smith
Alice <sip:alice@example.com>;tag=a -> error 0 name Alice
S
