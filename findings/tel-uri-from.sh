#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tel-uri-from.sh - JsSIP and SIP.js do not read a message whose From has a tel URI.
#
# usage: tel-uri-from.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# From and To may have any URI (RFC 3261 20.20 and 25.1, addr-spec), and a call from the telephone network often has
# "<tel:+15550100>" (RFC 3966). Seen with jssip 3.13.8 and sip.js 0.21.2: parseMessage() returns nothing for an INVITE
# with such a From. The user agents of both drop what is not read, without an answer, not even 400. So the caller hears
# no ringing until its timer ends, and the phone has not shown the call. The same INVITE with a SIP URI in From, and the
# tel URI in P-Asserted-Identity, is read.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund jssip@3.13.8 sip.js@0.21.2 \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > read.js <<'J'
const jssip = require('jssip/lib/Parser');
const { Parser } = require('sip.js/lib/core');
const log = { log() {}, debug() {}, warn() {}, error() {} };
const invite = from => ['INVITE sip:bob@example.com SIP/2.0', 'Via: SIP/2.0/WSS 192.0.2.1;branch=z9hG4bK1',
			`From: ${from};tag=a`, 'To: <sip:bob@example.com>', 'Call-ID: one', 'CSeq: 1 INVITE',
			'Max-Forwards: 70', 'Contact: <sip:gateway@192.0.2.1>', 'P-Asserted-Identity: <tel:+15550100>',
			'Content-Length: 0', '', ''].join('\r\n');

for (const from of ['<sip:+15550100@example.com;user=phone>', '<tel:+15550100>']) {
	for (const [name, message] of [['jssip ', jssip.parseMessage(invite(from), {})],
				       ['sip.js', Parser.parseMessage(invite(from), log)]])
		console.log(`${name} ${from} -> ${message ? `${message.method} from ${message.from.uri}` : message}`);
}
J
node read.js > seen || exit 2
cat seen
diff - seen <<'S'
jssip  <sip:+15550100@example.com;user=phone> -> INVITE from sip:+15550100@example.com;user=phone
sip.js <sip:+15550100@example.com;user=phone> -> INVITE from sip:+15550100@example.com;user=phone
jssip  <tel:+15550100> -> undefined
sip.js <tel:+15550100> -> undefined
S
