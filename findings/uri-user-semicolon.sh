#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uri-user-semicolon.sh - JavaScript libraries escape the ";" of a user part, C libraries take the escape away.
#
# usage: uri-user-semicolon.sh      needs Debian 12, gcc, apt, Node.js, npm; installs nothing, works in a temporary
#                                   folder
#
# In a user part ";" and "%3B" are two things: ";" is reserved, and only characters that are not are equivalent to their
# escape (RFC 3261 19.1.4). Two habits meet. Seen with jssip 3.13.8 and sip.js 0.21.2: the user
# "0100;phone-context=+1-555" is written as "0100%3Bphone-context%3D+1-555", so a gateway gets no number with a context
# (RFC 3261 19.1.6), but a user of an odd name. Seen with libosip2-15 5.3.0-2.1 and libsofia-sip-ua0
# 1.12.11+20110422.1+1e14eea~dfsg-6: of the user "a%3Bb" they make "a;b". So what one of them registered is not what the
# next one asks for.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
osip=5.3.0-2.1 sofia=1.12.11+20110422.1+1e14eea~dfsg-6
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libosip2-15=$osip libosip2-dev=$osip libsofia-sip-ua0=$sofia \
	libsofia-sip-ua-dev=$sofia 2> apt.log || { tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund jssip@3.13.8 sip.js@0.21.2 \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > again.js <<'J'
const { URI } = require('jssip');
const { UserAgent } = require('sip.js');
const number = 'sip:0100;phone-context=+1-555@example.com;user=phone';
console.log(`jssip  ${number} -> ${URI.parse(number)}`);
console.log(`sip.js ${number} -> ${UserAgent.makeURI(number)}`);
J
cat > again.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <osipparser2/osip_parser.h>
#include <sofia-sip/url.h>

int main(void)
{
	static const char user[] = "sip:a%3Bb@example.com";
	su_home_t home[1] = { SU_HOME_INIT(home) };
	osip_uri_t *uri;
	char *out;

	parser_init();
	if (osip_uri_init(&uri) || osip_uri_parse(uri, user) || osip_uri_to_str(uri, &out))
		return 2;
	printf("osip   %s -> %s\n", user, out);
	printf("sofia  %s -> %s\n", user, url_as_string(home, url_make(home, user)));
	return 0;
}
C
gcc -w -o again again.c -Iroot/usr/include -Iroot/usr/include/sofia-sip-1.12 -Lroot/usr/lib/x86_64-linux-gnu \
	-losipparser2 -lsofia-sip-ua || exit 2
{ node again.js && LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./again; } > seen || exit 2
cat seen
diff - seen <<'S'
jssip  sip:0100;phone-context=+1-555@example.com;user=phone -> sip:0100%3Bphone-context%3D+1-555@example.com;user=phone
sip.js sip:0100;phone-context=+1-555@example.com;user=phone -> sip:0100%3Bphone-context%3D+1-555@example.com;user=phone
osip   sip:a%3Bb@example.com -> sip:a;b@example.com
sofia  sip:a%3Bb@example.com -> sip:a;b@example.com
S
