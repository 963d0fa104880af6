#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sdp-port-count.sh - a number of ports in a media line: sdp-transform writes "m=undefined", libre reads port 0.
#
# usage: sdp-port-count.sh      needs Debian 12, gcc, apt, Node.js, npm; installs nothing, works in a temporary folder
#
# RFC 8866 5.14 lets a media line announce several pairs of ports: "m=audio 49170/2 RTP/AVP 0" means 49170 to 49173, as
# hierarchical codings use it. Two libraries get the same valid description. Seen with sdp-transform 3.0.0: the line is
# no media line to its grammar, and write() of what parse() returned has "m=undefined NaN undefined" in its place. Port,
# protocol and format are lost, and no error is reported. Seen with libre0 1.1.0-1+b2: sdp_decode() returns 0, and the
# port of the peer is 0. That is the sign of a refused stream (RFC 3264 6), so the call has no sound, and no error.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
npm=3.0.0 deb=1.1.0-1+b2
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libre0=$deb libre-dev=$deb 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
for file in *.deb; do dpkg-deb -x "$file" root; done
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund sdp-transform@$npm \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

printf '%s\r\n' v=0 'o=- 1 1 IN IP4 192.0.2.1' s=- 'c=IN IP4 192.0.2.1' 't=0 0' 'm=audio 49170/2 RTP/AVP 0' > sdp
cat > again.js <<'J'
const { parse, write } = require('sdp-transform');
const out = write(parse(require('fs').readFileSync('sdp', 'latin1')));
console.log('sdp-transform ' + out.split('\r\n').find(line => line.startsWith('m=')).trimEnd());
J
cat > port.c <<'C'
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <re.h>

int main(void)
{
	struct mbuf *text = mbuf_alloc(512);
	struct sdp_session *session;
	struct sdp_media *media;
	struct sa own;
	char sdp[512];
	size_t len;
	int err;

	libre_init();
	len = fread(sdp, 1, sizeof(sdp), fopen("sdp", "r"));
	mbuf_write_mem(text, (const uint8_t *)sdp, len);
	text->pos = 0;
	sa_set_str(&own, "192.0.2.9", 0);
	if (sdp_session_alloc(&session, &own) ||
	    sdp_media_add(&media, session, "audio", 4000, "RTP/AVP") ||
	    sdp_format_add(NULL, media, false, "0", "PCMU", 8000, 1, NULL, NULL, NULL, false, NULL))
		return 2;
	err = sdp_decode(session, text, true);
	printf("libre error %d port %u\n", err, sdp_media_rport(media));
	return 0;
}
C
# the library's headers leave these two to the build
gcc -w -DHAVE_INET6 -DHAVE_STDBOOL_H -DHAVE_SOCKLEN_T -o port port.c -Iroot/usr/include/re \
	-Lroot/usr/lib/x86_64-linux-gnu -lre || exit 2
{ node again.js && LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./port; } > seen || exit 2
cat seen
diff - seen <<'S'
sdp-transform m=undefined NaN undefined
libre error 0 port 0
S
