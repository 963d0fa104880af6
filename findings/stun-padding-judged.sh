#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# stun-padding-judged.sh - two STUN libraries call a valid message damaged when the padding of an attribute is not zero.
#
# usage: stun-padding-judged.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# The bytes that fill an attribute up to four may be anything (RFC 5389 15), and a receiver must ignore what they are
# (RFC 8489 14); FINGERPRINT covers them as they were sent. The response of RFC 5769 2.2 fills with a blank. Seen with
# stun 2.1.0 and @msimerson/stun 3.2.1: validateFingerprint() writes the decoded message again, with zeros, and computes
# over that. So it says false for the example of the RFC, and true for the same message with zeros and a FINGERPRINT to
# fit. validateMessageIntegrity() does the same. Who drops what is judged so has no answer from servers that fill with
# something else.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund stun@2.1.0 \
	@msimerson/stun@3.2.1 > npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > judge.js <<'J'
const crypto = require('crypto');
const password = 'VOkJxbRl1RmTxUk/WvJxBt'; // the one of the example
const crc32 = bytes => {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
};
// SOFTWARE, filled with FILL, and XOR-MAPPED-ADDRESS; then MESSAGE-INTEGRITY and FINGERPRINT, by RFC 8489 14.5 and 14.7
const response = fill => {
	const text = Buffer.from('010100342112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f72' + fill +
				 '002000080001a147e112a643', 'hex');
	const hmac = crypto.createHmac('sha1', password).update(text).digest();
	const message = Buffer.concat([text, Buffer.from('00080014', 'hex'), hmac, Buffer.from('8028000400000000', 'hex')]);
	message[3] = 0x3c;
	message.writeUInt32BE((crc32(message.subarray(0, -8)) ^ 0x5354554e) >>> 0, message.length - 4);
	return message;
};
for (const fill of ['20', '00'])
	for (const name of ['stun', '@msimerson/stun']) {
		const stun = require(name);
		const message = stun.decode(response(fill));
		console.log(`${name} filled with ${fill}: FINGERPRINT ${stun.validateFingerprint(message)},`,
			    `MESSAGE-INTEGRITY ${stun.validateMessageIntegrity(message, password)}`);
	}
// what this script makes is the example, byte for byte
console.log(response('20').subarray(-32).toString('hex'));
J
node judge.js > seen || exit 2
cat seen
diff - seen <<'S'
stun filled with 20: FINGERPRINT false, MESSAGE-INTEGRITY false
@msimerson/stun filled with 20: FINGERPRINT false, MESSAGE-INTEGRITY false
stun filled with 00: FINGERPRINT true, MESSAGE-INTEGRITY true
@msimerson/stun filled with 00: FINGERPRINT true, MESSAGE-INTEGRITY true
000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96
S
