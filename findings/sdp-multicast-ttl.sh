#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sdp-multicast-ttl.sh - a multicast address has a TTL in SDP: libre reads it as 0.0.0.0, Net::SIP refuses the text.
#
# usage: sdp-multicast-ttl.sh      needs Debian 12, gcc, apt and perl; installs nothing, works in a temporary folder
#
# An IPv4 multicast address must be followed by its time to live in a "c=" line: "c=IN IP4 233.252.0.1/127" (RFC 8866
# 5.7). Paging and announcements to many phones use such descriptions. Seen with libre0 1.1.0-1+b2: sdp_decode() returns
# 0, and the address of the peer is 0.0.0.0, which is the old sign of a call on hold (RFC 2543 B.5, still understood by
# RFC 3264 8.4). Seen with libnet-sip-perl 0.835-1: new() ends with "bad IP4 address", so the whole offer is lost, with
# its other streams. Both read the same address without the TTL, which the RFC forbids.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
c=1.1.0-1+b2 perl=0.835-1
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libre0=$c libre-dev=$c libnet-sip-perl=$perl 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done

cat > address.c <<'C'
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <re.h>

int main(int argc, char **argv)
{
	struct mbuf *text = mbuf_alloc(512);
	struct sdp_session *session;
	struct sdp_media *media;
	struct sa own;
	int err;

	libre_init();
	mbuf_printf(text, "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n",
		    argv[1]);
	text->pos = 0;
	sa_set_str(&own, "192.0.2.9", 0);
	if (sdp_session_alloc(&session, &own) ||
	    sdp_media_add(&media, session, "audio", 4000, "RTP/AVP") ||
	    sdp_format_add(NULL, media, false, "0", "PCMU", 8000, 1, NULL, NULL, NULL, false, NULL))
		return 2;
	err = sdp_decode(session, text, true);
	re_printf("libre %s -> error %d address %j\n", argv[1], err, sdp_media_raddr(media));
	return 0;
}
C
cat > address.pl <<'P'
use Net::SIP::SDP;
my $sdp = eval { Net::SIP::SDP->new("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 $ARGV[0]\r\nt=0 0\r\n" .
				    "m=audio 5004 RTP/AVP 0\r\n") };
print "Net::SIP $ARGV[0] -> ", $sdp ? "address " . ($sdp->get_media)[0]{addr} : $@ =~ s/ at .*//sr, "\n";
P
# the library's headers leave these three to the build
gcc -w -DHAVE_INET6 -DHAVE_STDBOOL_H -DHAVE_SOCKLEN_T -o address address.c -Iroot/usr/include/re \
	-Lroot/usr/lib/x86_64-linux-gnu -lre || exit 2
for address in 233.252.0.1 233.252.0.1/127; do
	LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./address $address && perl -Iroot/usr/share/perl5 address.pl $address
done > seen || exit 2
cat seen
diff - seen <<'S'
libre 233.252.0.1 -> error 0 address 233.252.0.1
Net::SIP 233.252.0.1 -> address 233.252.0.1
libre 233.252.0.1/127 -> error 0 address 0.0.0.0
Net::SIP 233.252.0.1/127 -> bad IP4 address: '233.252.0.1/127'
S
