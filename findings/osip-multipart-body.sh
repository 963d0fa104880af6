#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# osip-multipart-body.sh - libosip2 5.3.0 changes the bytes of a multipart body that it was only asked to write again.
#
# usage: osip-multipart-body.sh      needs Debian 12, gcc and apt; installs nothing, works in a temporary folder
#
# A valid INFO with a body of two parts (RFC 2046 5.1.1, RFC 5621) is parsed, and written by osip_message_to_str() with
# no change asked for. Seen with libosip2-15 5.3.0-2.1: an empty line is put in front of the first boundary, the names
# of the header fields of the parts are written anew ("Content-Type" becomes "content-type"), and Content-Length is
# counted for that, 94 in place of 92. The parts mean the same, but a signature over the body (multipart/signed,
# RFC 8551) or a digest that covers it (auth-int, RFC 3261 22.4) is broken by a proxy or B2BUA that is built on it.
# Whoever translates such a message between two of them sees other bytes on each side of the same call.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=5.3.0-2.1
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libosip2-15=$version libosip2-dev=$version 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done

cat > again.c <<'C'
#include <stdio.h>
#include <string.h>
#include <osipparser2/osip_parser.h>

static const char body[] =
	"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
	"--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x--\r\n";

int main(void)
{
	osip_message_t *msg;
	const char *again;
	char text[1024];
	char *out;
	size_t len;

	snprintf(text, sizeof(text),
		 "INFO sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKone\r\n"
		 "From: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\nCall-ID: one\r\n"
		 "CSeq: 1 INFO\r\nMax-Forwards: 70\r\nMIME-Version: 1.0\r\n"
		 "Content-Type: multipart/mixed;boundary=x\r\nContent-Length: %zu\r\n\r\n%s",
		 strlen(body), body);
	parser_init();
	if (osip_message_init(&msg) || osip_message_parse(msg, text, strlen(text)) ||
	    osip_message_force_update(msg) || osip_message_to_str(msg, &out, &len))
		return 2;
	again = strstr(out, "\r\n\r\n") + 4;
	printf("in %zu out %zu%s%s\n", strlen(body), strlen(again),
	       strncmp(again, "\r\n--x\r\n", 7) ? "" : " empty-line-in-front",
	       strstr(again, "\r\ncontent-type:") ? " lower-case-names" : "");
	return 0;
}
C
gcc -o again again.c -Iroot/usr/include -Lroot/usr/lib/x86_64-linux-gnu -losipparser2
seen=$(LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./again)
echo "libosip2 $version: $seen"
[ "$seen" = 'in 92 out 94 empty-line-in-front lower-case-names' ]
