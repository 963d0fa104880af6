#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# net-sip-user-parameters.sh - Net::SIP takes a number with parameters for the host of its URI.
#
# usage: net-sip-user-parameters.sh      needs Debian 12, apt and perl; installs nothing, works in a temporary folder
#
# The user part of a SIP URI may hold ";" (RFC 3261 25.1, user-unreserved), and a local number must have its context
# there: "sip:0100;phone-context=+1-555@example.com;user=phone" (RFC 3261 19.1.6, RFC 3966 5.1.5). Seen with
# libnet-sip-perl 0.835-1: sip_uri2parts() cuts at the first ";", so the host is "0100", there is no user, and
# "phone-context" is a parameter of the URI with the true host as its end. Without the parameter both are right. What
# routes by it looks for a machine that is called like the number.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=0.835-1
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libnet-sip-perl=$version 2> apt.log || { tail -1 apt.log >&2; exit 2; }
dpkg-deb -x libnet-sip-perl_*.deb root

cat > parts.pl <<'P'
use Net::SIP::Util 'sip_uri2parts';
for my $uri ('sip:0100@example.com;user=phone', 'sip:0100;phone-context=+1-555@example.com;user=phone') {
	my ($host, $user, $scheme, $param) = sip_uri2parts($uri);
	print "$uri -> host $host user ", $user // 'none', map { " $_=$param->{$_}" } sort keys %$param;
	print "\n";
}
P
perl -Iroot/usr/share/perl5 parts.pl > seen || exit 2
sed "s/^/Net::SIP $version: /" seen
diff - seen <<'S'
sip:0100@example.com;user=phone -> host example.com user 0100 user=phone
sip:0100;phone-context=+1-555@example.com;user=phone -> host 0100 user none phone-context=+1-555@example.com user=phone
S
