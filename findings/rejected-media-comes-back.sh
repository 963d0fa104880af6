#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# rejected-media-comes-back.sh - two SDP libraries write a refused media section with a port that is not zero.
#
# usage: rejected-media-comes-back.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# Port 0 in an answer refuses that stream (RFC 3264 6, RFC 8829 5.3.1), and a stream that ended keeps its line with
# port 0 (RFC 3264 8.2). Seen with sdp-jingle-json 3.1.0 and semantic-sdp 3.31.1, on an answer that takes the sound and
# refuses the video: what is read and written again has the video with port 1 and 9, and with "a=sendrecv". Neither
# library keeps the refusal. The peer of such a translator is told that its video was taken, and sends to nobody.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund sdp-jingle-json@3.1.0 \
	semantic-sdp@3.31.1 > npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > again.js <<'J'
const jingle = require('sdp-jingle-json');
const { SDPInfo } = require('semantic-sdp');
const answer = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'a=group:BUNDLE a',
		'a=ice-ufrag:abcd', 'a=ice-pwd:0123456789012345678901', 'a=fingerprint:sha-256 AA:BB', 'a=setup:active',
		'm=audio 4000 UDP/TLS/RTP/SAVPF 111', 'a=mid:a', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2', 'a=sendrecv',
		'm=video 0 UDP/TLS/RTP/SAVPF 96', 'a=mid:b', 'a=rtcp-mux', 'a=rtpmap:96 VP8/90000', ''].join('\r\n');
const video = text => text.slice(text.indexOf('m=video')).split('\r\n').filter(l => /^(m=|a=(send|recv|inac))/.test(l));
const side = { role: 'responder', direction: 'outgoing' };

console.log('sdp-jingle-json ' + video(jingle.toSessionSDP(jingle.toSessionJSON(answer, side), side)));
console.log('semantic-sdp    ' + video(SDPInfo.parse(answer).toString()));
J
node again.js > seen || exit 2
cat seen
diff - seen <<'S'
sdp-jingle-json m=video 1 UDP/TLS/RTP/SAVPF 96,a=sendrecv
semantic-sdp    m=video 9 UDP/TLS/RTP/SAVPF 96,a=sendrecv
S
