#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# compact-content-encoding.sh - sip and drachtio-srf spell the compact form of Content-Encoding "contact-encoding".
#
# usage: compact-content-encoding.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# "e" is the short name of Content-Encoding (RFC 3261 20.12). Seen with sip 0.0.6 and drachtio-srf 5.0.29, whose parser
# descends from it: a message with "e: gzip" has no header field "content-encoding", but one called "contact-encoding",
# which is written out when the message goes on. The receiver no longer learns that the body is compressed, and takes it
# for text: no description of media is found in it. With the long name both read and write the field as it is.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund sip@0.0.6 drachtio-srf@5.0.29 \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > again.js <<'J'
const sip = require('sip');
const { SipMessage } = require('drachtio-srf');
const message = name => ['MESSAGE sip:bob@example.com SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
			 'From: <sip:alice@example.com>;tag=a', 'To: <sip:bob@example.com>', 'Call-ID: one',
			 'CSeq: 1 MESSAGE', 'Max-Forwards: 70', 'Content-Type: text/plain', `${name}: gzip`,
			 'Content-Length: 0', '', ''].join('\r\n');
const encoding = text => text.split('\r\n').find(line => /gzip/.test(line));

for (const name of ['Content-Encoding', 'e']) {
	console.log(`sip          ${name} -> ${encoding(sip.stringify(sip.parse(message(name))))}`);
	console.log(`drachtio-srf ${name} -> ${encoding(new SipMessage(message(name)).toString())}`);
}
J
node again.js > seen || exit 2
cat seen
diff - seen <<'S'
sip          Content-Encoding -> Content-Encoding: gzip
drachtio-srf Content-Encoding -> content-encoding: gzip
sip          e -> Contact-Encoding: gzip
drachtio-srf e -> contact-encoding: gzip
S
