#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uri-short-host.sh - drachtio-srf takes the parameters of a URI for a part of a host that has neither dot nor port.
#
# usage: uri-short-host.sh      needs Node.js and npm; installs nothing, works in a temporary folder
#
# A host name of one label, such as "proxy" of a local network or of containers, is a host of a SIP URI (RFC 3261 25.1,
# hostname). Seen with drachtio-srf 5.0.29: parseUri('sip:proxy;lr') gives the host "proxy;lr" and no parameter. With a
# dot in the name, or with a port after it, host and parameters are told apart. So a route through "sip:proxy;lr" looks
# like one to a strict router, "transport=tcp" is not seen, and a lookup is made for a host that cannot exist.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
npm_config_cache=$d/cache npm install --prefix . --ignore-scripts --no-audit --no-fund drachtio-srf@5.0.29 \
	> npm.log 2>&1 || { head -2 npm.log >&2; exit 2; }

cat > host.js <<'J'
const { parseUri } = require('drachtio-srf');
for (const text of ['sip:proxy;lr', 'sip:proxy:5060;lr', 'sip:proxy.example.com;lr', 'sip:alice@proxy;transport=tcp']) {
	const uri = parseUri(text);
	console.log(`${text} -> host ${uri.host} parameters ${Object.keys(uri.params)}`.trimEnd());
}
J
node host.js > seen || exit 2
cat seen
diff - seen <<'S'
sip:proxy;lr -> host proxy;lr parameters
sip:proxy:5060;lr -> host proxy parameters lr
sip:proxy.example.com;lr -> host proxy.example.com parameters lr
sip:alice@proxy;transport=tcp -> host proxy;transport=tcp parameters
S
