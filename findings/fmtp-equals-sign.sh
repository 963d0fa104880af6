#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fmtp-equals-sign.sh - three SDP libraries of JavaScript cut or refuse a parameter of "a=fmtp" with "=" in its value.
#
# usage: fmtp-equals-sign.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# RFC 6184 8.2.1 puts the parameter sets of an H.264 video in "sprop-parameter-sets", in base64, so the value may end
# with the padding "=" or "==" (RFC 4648 4). Seen with sdp 3.2.2 and sdp-jingle-json 3.1.0: the value ends in front of
# its first "=". Who writes the line again sends base64 without its padding, which a strict decoder refuses, and no
# picture can be decoded until the sender repeats the sets in the stream. Seen with @webex/ts-sdp 1.8.2: the whole
# description is refused, with "Fmtp params is invalid". The packages split a parameter at each "=", and two take the
# first two pieces.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund sdp@3.2.2 \
	sdp-jingle-json@3.1.0 @webex/ts-sdp@1.8.2 > npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > again.js <<'J'
const line = 'a=fmtp:96 sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==;packetization-mode=1';
const offer = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=video 5000 RTP/AVP 96',
	       'a=rtpmap:96 H264/90000', line, ''].join('\r\n');
const sdp = require('sdp');
const jingle = require('sdp-jingle-json');
const webex = require('@webex/ts-sdp');
const fmtp = text => text.split('\r\n').find(l => l.startsWith('a=fmtp:'));

console.log('sdp             ' + fmtp(sdp.writeFmtp({ payloadType: 96, parameters: sdp.parseFmtp(line) })));
const side = { role: 'initiator', direction: 'outgoing' };
console.log('sdp-jingle-json ' + fmtp(jingle.toSessionSDP(jingle.toSessionJSON(offer, side), side)));
try {
	console.log('@webex/ts-sdp   ' + fmtp(webex.parse(offer).toString()));
} catch (error) {
	console.log('@webex/ts-sdp   ' + error.message);
}
J
node again.js > seen || exit 2
cat seen
diff - seen <<'S'
sdp             a=fmtp:96 sprop-parameter-sets=Z0IACpZTBYmI,aMljiA;packetization-mode=1
sdp-jingle-json a=fmtp:96 sprop-parameter-sets=Z0IACpZTBYmI,aMljiA;packetization-mode=1
@webex/ts-sdp   Fmtp params is invalid with sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==;packetization-mode=1
S
