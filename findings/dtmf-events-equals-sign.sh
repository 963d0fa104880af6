#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dtmf-events-equals-sign.sh - semantic-sdp writes the list of DTMF events as "0-15=".
#
# usage: dtmf-events-equals-sign.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# The format parameters of telephone-event are a bare list of events, "a=fmtp:101 0-15" (RFC 4733 2.4.1); other formats
# have bare values, too, such as "a=fmtp:97 111/111" of the redundant audio of RFC 2198. Seen with semantic-sdp 3.31.1:
# SDPInfo.parse() makes a name with an empty value of it, and toString() writes "a=fmtp:101 0-15=". That is no list of
# events, so a peer that reads it by the RFC finds no event that it may send: the keys of a call may do nothing.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=3.31.1
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund semantic-sdp@$version \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > again.js <<'J'
const { SDPInfo } = require('semantic-sdp');
const offer = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'a=group:BUNDLE a',
	       'a=ice-ufrag:abcd', 'a=ice-pwd:0123456789012345678901', 'a=fingerprint:sha-256 AA:BB', 'a=setup:actpass',
	       'm=audio 4000 UDP/TLS/RTP/SAVPF 111 101', 'a=mid:a', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2',
	       'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15',
	       'a=sendrecv', ''].join('\r\n');
console.log(SDPInfo.parse(offer).toString().split('\r\n').filter(l => l.startsWith('a=fmtp:')).join('\n'));
J
node again.js > seen || exit 2
sed "s/^/semantic-sdp $version: /" seen
diff - seen <<'S'
a=fmtp:111 minptime=10;useinbandfec=1
a=fmtp:101 0-15=
S
