#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# stun-ipv6-read-wrong.sh - @msimerson/stun reads another IPv6 address than it would write.
#
# usage: stun-ipv6-read-wrong.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# XOR-MAPPED-ADDRESS of IPv6 is mixed with the magic cookie and the transaction (RFC 8489 14.2); RFC 5769 2.3 has a
# response with 2001:db8:1234:5678:11:2233:4455:6677 as its example. Seen with @msimerson/stun 3.2.1: of that response
# it reads 2001:db8:a5d3:f179:bc25:f4b5:bed2:b9d9. Only the first 32 bits were mixed back; the port is right. With IPv4,
# and when it writes, it is right, too. The package stun 2.1.0, with the same functions, reads the right address. A
# client that learns its address from it announces one that nobody has, and its call stays silent.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund stun@2.1.0 \
	@msimerson/stun@3.2.1 > npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > read.js <<'J'
const transaction = 'b7e7a701bc34d686fa87dfae';
const mixed = '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9';
for (const name of ['stun', '@msimerson/stun']) {
	const stun = require(name);
	const response = Buffer.from('010100182112a442' + transaction + mixed, 'hex');
	const { address, port } = stun.decode(response).getXorAddress();
	const own = stun.createMessage(stun.constants.STUN_BINDING_RESPONSE, Buffer.from(transaction, 'hex'));
	own.addXorAddress('2001:db8:1234:5678:11:2233:4455:6677', 32853);
	console.log(`${name} reads ${address} port ${port}, writes as the example: ${stun.encode(own).equals(response)}`);
}
J
node read.js > seen || exit 2
cat seen
diff - seen <<'S'
stun reads 2001:db8:1234:5678:11:2233:4455:6677 port 32853, writes as the example: true
@msimerson/stun reads 2001:db8:a5d3:f179:bc25:f4b5:bed2:b9d9 port 32853, writes as the example: true
S
