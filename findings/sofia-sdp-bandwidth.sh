#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sofia-sdp-bandwidth.sh - the SDP printer of sofia-sip calls each bandwidth that it does not know "AS".
#
# usage: sofia-sdp-bandwidth.sh      needs Debian 12, gcc and apt; installs nothing, works in a temporary folder
#
# A valid description has the bandwidths of RFC 3556 ("b=RS:1000" and "b=RR:3000", bits a second for RTCP) and of
# RFC 3890 ("b=TIAS:64000", bits a second without the headers). Seen with libsofia-sip-ua0
# 1.12.11+20110422.1+1e14eea~dfsg-6: sdp_parse() followed by sdp_print() writes each as "b=AS:" with the same number, so
# the line has "AS" four times with four values, and "AS" counts kilobits. A limit of 64 kbit/s is passed on as one of
# 64 Mbit/s, and the share of RTCP as a limit of the media. A peer that takes the smallest or the last has another limit
# than the one that was asked for. The name is lost while it reads: b_modifier_name is NULL.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=1.12.11+20110422.1+1e14eea~dfsg-6
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libsofia-sip-ua0=$version libsofia-sip-ua-dev=$version 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done

cat > again.c <<'C'
#include <sofia-sip/sdp.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
	"b=AS:80\r\nb=RS:1000\r\nb=RR:3000\r\nb=TIAS:64000\r\n";

int main(void)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sdp_session_t *sdp = sdp_session(sdp_parse(home, text, strlen(text), 0));
	const sdp_bandwidth_t *b;
	const char *out;

	if (!sdp || !sdp->sdp_media)
		return 2;
	for (b = sdp->sdp_media->m_bandwidths; b; b = b->b_next)
		printf("read %s %lu\n", b->b_modifier_name ? b->b_modifier_name : "NULL", b->b_value);
	out = sdp_message(sdp_print(home, sdp, NULL, 0, 0));
	printf("%s", out ? strstr(out, "b=") : "nothing\n");
	return 0;
}
C
gcc -w -o again again.c -Iroot/usr/include/sofia-sip-1.12 -Lroot/usr/lib/x86_64-linux-gnu -lsofia-sip-ua || exit 2
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./again | tr -d '\r' > seen || exit 2
sed "s/^/sofia-sip $version: /" seen
diff - seen <<'S'
read AS 80
read NULL 1000
read NULL 3000
read NULL 64000
b=AS:80
b=AS:1000
b=AS:3000
b=AS:64000
S
