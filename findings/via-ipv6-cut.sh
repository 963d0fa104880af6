#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# via-ipv6-cut.sh - sip and drachtio-srf read an IPv6 address in a Via up to its first colon.
#
# usage: via-ipv6-cut.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# The sent-by of a Via may be an IPv6 address in brackets (RFC 3261 25.1, RFC 5118 4.1). Seen with sip 0.0.6: of
# "[2001:db8::9]:5060;branch=z9hG4bK1;rport" its parser keeps the host "[2001", without port, branch and rport, and
# reports nothing. makeResponse() answers with "Via: SIP/2.0/UDP [2001". The client has no transaction with such a Via
# (17.1.3 compares the branch), so each request is sent again until it runs out of time, although it was answered.
# Seen with drachtio-srf 5.0.29: getParsedHeader('via') of the same request gives the same cut host and no branch. Both
# read an IPv4 address, and a name, whole.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund sip@0.0.6 drachtio-srf@5.0.29 \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > answer.js <<'J'
const sip = require('sip');
const { SipMessage } = require('drachtio-srf');
for (const host of ['192.0.2.9', '[2001:db8::9]']) {
	const options = ['OPTIONS sip:bob@example.com SIP/2.0', `Via: SIP/2.0/UDP ${host}:5060;branch=z9hG4bK1;rport`,
			 'From: <sip:alice@example.com>;tag=a', 'To: <sip:bob@example.com>', 'Call-ID: one',
			 'CSeq: 1 OPTIONS', 'Max-Forwards: 70', 'Content-Length: 0', '', ''].join('\r\n');
	const answer = sip.stringify(sip.makeResponse(sip.parse(options), 200, 'OK'));
	const via = new SipMessage(options).getParsedHeader('via')[0];
	console.log('sip          ' + answer.split('\r\n').find(line => line.startsWith('Via:')));
	console.log(`drachtio-srf host ${via.host} branch ${via.params.branch}`);
}
J
node answer.js > seen || exit 2
cat seen
diff - seen <<'S'
sip          Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1;rport
drachtio-srf host 192.0.2.9 branch z9hG4bK1
sip          Via: SIP/2.0/UDP [2001
drachtio-srf host [2001 branch undefined
S
