#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# rtp-parser-csrc-extension.sh - rtp-parser gives header extension and padding as sound, and other sources than sent.
#
# usage: rtp-parser-csrc-extension.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# An RTP packet may have up to 15 contributing sources after its fixed header, an extension after these, and padding
# at its end (RFC 3550 5.1, 5.3.1). Conferences send the first, WebRTC the second. Seen with rtp-parser 1.0.0: it has
# the flags of extension and padding, but the bytes of both stay in "payload", so a decoder of G.711 plays them as
# noise. The sources 4 and 5 come back as 768 and 1024: each is read three bytes too early. A plain packet is right.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=1.0.0
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund rtp-parser@$version \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > read.js <<'J'
const { parseRtpPacket } = require('rtp-parser');
const packets = {
	plain: '80000001 00000002 00000003 aabb',
	sources: '82000001 00000002 00000003 00000004 00000005 aabb',
	extension: '90000001 00000002 00000003 bede0001 10ff0000 aabb',
	padding: 'a0000001 00000002 00000003 aabb0002',
};
for (const name in packets) {
	const rtp = parseRtpPacket(Buffer.from(packets[name].replaceAll(' ', ''), 'hex'));
	console.log(`${name}: sources [${rtp.csrc}] payload ${Buffer.from(rtp.payload).toString('hex')}`);
}
J
node read.js > seen || exit 2
sed "s/^/rtp-parser $version: /" seen
diff - seen <<'S'
plain: sources [] payload aabb
sources: sources [768,1024] payload aabb
extension: sources [] payload bede000110ff0000aabb
padding: sources [] payload aabb0002
S
