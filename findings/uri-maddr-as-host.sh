#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uri-maddr-as-host.sh - JsSIP and SIP.js put the value of "maddr" in the place of the host.
#
# usage: uri-maddr-as-host.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# The parameter "maddr" of a SIP URI says where a request is sent; the host keeps its meaning (RFC 3261 19.1.1), and
# 19.1.4 counts both when URIs are compared. In a Via it is where a multicast response goes, and the host stays the one
# that sent (18.2.2). Seen with jssip 3.13.8 and sip.js 0.21.2, which share the origin of their grammar: the last host
# that is read wins, so "sip:alice@example.com;maddr=192.0.2.9" comes back as "sip:alice@192.0.2.9;maddr=192.0.2.9". The
# domain of the user is gone; a request to that URI names another user than the one that was asked for. JsSIP reads the
# sent-by of a Via in the same way.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund jssip@3.13.8 sip.js@0.21.2 \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > host.js <<'J'
const jssip = require('jssip');
const { UserAgent } = require('sip.js');
for (const uri of ['sip:alice@example.com', 'sip:alice@example.com;maddr=192.0.2.9',
		   'sip:alice@example.com;maddr=proxy.example.net']) {
	console.log(`jssip  ${uri} -> ${jssip.URI.parse(uri)}`);
	console.log(`sip.js ${uri} -> ${UserAgent.makeURI(uri)}`);
}
const via = 'SIP/2.0/UDP pc.example.com;maddr=233.252.0.1;ttl=16;branch=z9hG4bK1';
console.log(`jssip  ${via} -> ${jssip.Grammar.parse(via, 'Via').host}`);
J
node host.js > seen || exit 2
cat seen
diff - seen <<'S'
jssip  sip:alice@example.com -> sip:alice@example.com
sip.js sip:alice@example.com -> sip:alice@example.com
jssip  sip:alice@example.com;maddr=192.0.2.9 -> sip:alice@192.0.2.9;maddr=192.0.2.9
sip.js sip:alice@example.com;maddr=192.0.2.9 -> sip:alice@192.0.2.9;maddr=192.0.2.9
jssip  sip:alice@example.com;maddr=proxy.example.net -> sip:alice@proxy.example.net;maddr=proxy.example.net
sip.js sip:alice@example.com;maddr=proxy.example.net -> sip:alice@proxy.example.net;maddr=proxy.example.net
jssip  SIP/2.0/UDP pc.example.com;maddr=233.252.0.1;ttl=16;branch=z9hG4bK1 -> 233.252.0.1
S
