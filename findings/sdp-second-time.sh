#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# sdp-second-time.sh - of a session with two times sdp-transform keeps the second, sofia-sip the first.
#
# usage: sdp-second-time.sh      needs Debian 12, gcc, apt, Node.js, npm; installs nothing, works in a temporary folder
#
# A description may have several "t=" lines, and each "r=" repeats the one in front of it (RFC 8866 5.9, 5.10), as the
# announcement of a conference on two days has them. Seen with sdp-transform 3.0.0: what parse() and write() leave is
# the last "t=" with the "r=" of the first after it, so another time than the announced one is repeated. Seen with
# libsofia-sip-ua0 1.12.11+20110422.1+1e14eea~dfsg-6: sdp_parse() and sdp_print() leave the first "t=" with its "r=". So
# of one announcement two programs make two sessions that have no time in common, and neither reports a loss.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
npm=3.0.0 deb=1.12.11+20110422.1+1e14eea~dfsg-6
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libsofia-sip-ua0=$deb libsofia-sip-ua-dev=$deb 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
for file in *.deb; do dpkg-deb -x "$file" root; done
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund sdp-transform@$npm \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

printf '%s\r\n' v=0 'o=- 1 1 IN IP4 192.0.2.1' s=- 'c=IN IP4 192.0.2.1' 't=3034423619 3042462419' 'r=7d 1h 0' \
	't=3050000000 3050003600' 'm=audio 4000 RTP/AVP 0' > sdp
cat > again.js <<'J'
const { parse, write } = require('sdp-transform');
const out = write(parse(require('fs').readFileSync('sdp', 'latin1')));
console.log('sdp-transform ' + out.split('\r\n').filter(line => /^[tr]=/.test(line)).join(', '));
J
cat > again.c <<'C'
#include <sofia-sip/sdp.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sdp_session_t *sdp;
	const char *out, *t;
	char text[512];
	size_t len = fread(text, 1, sizeof(text), fopen("sdp", "r"));

	sdp = sdp_session(sdp_parse(home, text, len, 0));
	out = sdp ? sdp_message(sdp_print(home, sdp, NULL, 0, 0)) : NULL;
	t = out ? strstr(out, "t=") : NULL;
	if (!t)
		return 2;
	printf("sofia-sip     %.*s\n", (int)(strstr(t, "m=") - t - 2), t);
	return 0;
}
C
gcc -w -o again again.c -Iroot/usr/include/sofia-sip-1.12 -Lroot/usr/lib/x86_64-linux-gnu -lsofia-sip-ua || exit 2
{ node again.js && LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./again; } > out || exit 2
sed ':a; /\r$/{N; s/\r\n/, /; ba}' out > seen
cat seen
diff - seen <<'S'
sdp-transform t=3050000000 3050003600, r=7d 1h 0
sofia-sip     t=3034423619 3042462419, r=7d 1h 0
S
