#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nist-sip-folded-lines.sh - the JAIN SIP of Android joins folded lines without a space, and so loses header fields.
#
# usage: nist-sip-folded-lines.sh      needs Debian 12, apt and a JDK; installs nothing, works in a temporary folder
#
# A line break that white space follows stands for one space (RFC 3261 7.3.1; the first message of RFC 4475 has many).
# Seen with libnist-sip-aosp-java 9.0.0+r35-1.1: the parser takes the break and the white space away. "Subject: second",
# folded in front of "call", becomes "secondcall", and the display name "Alice Smith" becomes "AliceSmith". Worse where
# the space told two words apart: Via and Authorization that are folded after "SIP/2.0/UDP" and after "Digest" are not
# in the message any more, and no exception is thrown. So the answer cannot find its way, and a REGISTER with
# credentials looks like one without. A break where no space is needed, such as in front of ";tag", does no harm.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages, or javac, cannot be had.
set -euo pipefail
version=9.0.0+r35-1.1
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
command -v javac > /dev/null || { echo "no javac" >&2; exit 2; }
apt-get -qq -o APT::Sandbox::User=root download libnist-sip-aosp-java=$version 2> apt.log ||
	{ tail -1 apt.log >&2; exit 2; }
dpkg-deb -x libnist-sip-aosp-java_*.deb root

cat > Fold.java <<'J'
import gov.nist.javax.sip.parser.StringMsgParser;

public class Fold {
	private static final String TEXT =
		"REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP~192.0.2.1;branch=z9hG4bK1\n" +
		"From: \"Alice~Smith\" <sip:alice@example.com>~;tag=a\nTo: <sip:alice@example.com>\nCall-ID: one\n" +
		"CSeq: 1 REGISTER\nMax-Forwards: 70\nSubject: second~call\n" +
		"Authorization: Digest~username=\"alice\", realm=\"example.com\", nonce=\"n\", " +
		"uri=\"sip:example.com\", response=\"00000000000000000000000000000000\"\nContent-Length: 0\n\n";

	private static void show(String how, String space) throws Exception {
		String text = TEXT.replace("\n", "\r\n").replace("~", space);
		String out = new StringMsgParser().parseSIPMessage(text).toString();
		for (String line : out.split("\r\n"))
			if (line.matches("(Via|From|Subject|Authorization):.*"))
				System.out.println(how + " " + line.replaceAll(",.*", ""));
	}

	public static void main(String[] args) throws Exception {
		show("one-line", " ");
		show("folded", "\r\n ");
	}
}
J
jar=root/usr/share/java/nist-sip-aosp.jar
javac -nowarn -cp $jar Fold.java && java -cp $jar:. Fold > seen || exit 2
sed "s/^/nist-sip $version: /" seen
diff - seen <<'S'
one-line Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
one-line From: "Alice Smith" <sip:alice@example.com>;tag=a
one-line Subject: second call
one-line Authorization: Digest username="alice"
folded From: "AliceSmith" <sip:alice@example.com>;tag=a
folded Subject: secondcall
S
