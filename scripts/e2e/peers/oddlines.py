# SPDX-License-Identifier: GPL-2.0
"""INVITEs of the phone with one odd line, or an odd frame: each costs no call."""
from odd import *

FROM, TO = 'From: <sip:alice@example.com>;tag={tag}', 'To: <sip:bob@example.com>'
CONTACT, VIA = '<sip:alice@{me}:{port}>', '{me}:{port};branch={branch}'
SECOND = 'm=video {video} RTP/AVP 96\r\n'
LONG = 'eyJ' + 'x' * 9000

# a value that nobody needs, or that is read all the same
VALUES = [
    Odd('a comma in the name of From', (FROM, 'From: Doe, John <sip:alice@example.com>;tag={tag}'), left=['from']),
    Odd('a comma in the name of To', (TO, 'To: Roe, Jane <sip:bob@example.com>'), left=['to']),
    Odd('quotes in quotes', (TO, 'To: ""unknown"" <sip:bob@example.com>'), left=['to']),
    Odd('a quote that has no end', (FROM, 'From: "Alice <sip:alice@example.com>;tag={tag}'), left=['from']),
    Odd('a semicolon at the end of From', (FROM, FROM + ';'), left=['from']),
    Odd('a semicolon at the end of To', (TO, TO + ';'), left=['to']),
    Odd('two semicolons in From', (FROM, FROM.replace(';', ';;')), left=['from']),
    Odd('a semicolon at the end of Contact', (CONTACT, CONTACT + ';'), left=['contact']),
    Odd('two semicolons in Contact', (CONTACT, CONTACT + ';;q=0.5'), left=['contact']),
    Odd('a semicolon at the end of Via', (VIA, VIA + ';'), left=['via']),
    Odd('two semicolons in Via', (VIA, VIA.replace(';', ';;')), left=['via']),
    Odd('a Via that says TLS', ('SIP/2.0/UDP ' + VIA, 'SIP/2.0/TLS ' + VIA)),
    Odd('a Via that says SCTP', ('SIP/2.0/UDP ' + VIA, 'SIP/2.0/SCTP ' + VIA)),
    Odd('CSeq over 2**31', cseq=2164992235, left=['cseq']),
    Odd('a Route that is empty', ('', 'Route:\r\n'), left=['route']),
    Odd('a Route that has no end', ('', 'Route: <sip:proxy.example.com;lr\r\n'), left=['route']),
    Odd('a Route of blanks', ('', 'Route:   \r\n'), left=['route']),
    Odd('a Record-Route that is empty', ('', 'Record-Route: \r\n'), left=['route']),
    Odd('a Referred-By that is empty', ('', 'Referred-By:\r\n'), left=['refer']),
    Odd('a Referred-By that is a word', ('', 'Referred-By: alice\r\n'), left=['refer']),
    Odd('a Reply-To without a scheme', ('', 'Reply-To: Alice <alice@example.org>\r\n'), left=['refer']),
    Odd('a Refer-To without an end', ('', 'Refer-To: <sip:carol@example.org\r\n'), left=['refer']),
    Odd('a line without a colon', ('', 'This is no header\r\n'), left=['line']),
    Odd('a blank in a name', ('', 'X Token: 7\r\n'), left=['line']),
    Odd('a name of no letters', ('', 'X\u00fc: 7\r\n'), left=['line']),
    Odd('Expires over 2**32', ('', 'Expires: 4294967296\r\n'), left=['number']),
    Odd('Expires that is no number', ('', 'Expires: soon\r\n')),
    Odd('Session-Expires that is no number', ('', 'Session-Expires: never;refresher=uac\r\n')),
    Odd('a second Contact that cannot be read', (CONTACT, CONTACT + ', <sip:alice@2001:db8::7>'), left=['contact']),
    Odd('a first Contact that cannot be read', (CONTACT, '<sip:alice@2001:db8::7>, ' + CONTACT), left=['contact']),
    Odd('a Contact without an end in a line of its own', ('', 'Contact: <sip:alice@{me}:{port}\r\n'), left=['contact']),
    Odd('a lower Via that nobody can read', ('', 'Via: SIP/2.0/UDP ;;;\r\n')),
]

# nothing may hang on who speaks and in which order: these are translated, and open nothing
NOBODY = [
    Odd('a From without an end', (FROM, 'From: <sip:alice@example.com;tag={tag}'), left=['from'], opens=False),
    Odd('a To without an end', (TO, 'To: <sip:bob@example.com'), left=['to'], opens=False),
    Odd('a CSeq that is no number', ('{cseq} INVITE', 'x INVITE'), left=['cseq'], opens=False),
    Odd('a CSeq over 2**32', ('{cseq} INVITE', '4294967296 INVITE'), left=['cseq'], opens=False),
]

# what is only stepped over has no bound
LARGE = [
    Odd('a header of 9,000 bytes', ('', f'Identity: {LONG}\r\n'), left=['long']),
    Odd('a header of 9,000 bytes, folded', ('', 'Geolocation: ' + '\r\n '.join(['<cid:x@example.org>'] * 450) + '\r\n'), left=['long']),
    Odd('140 headers', ('', ''.join(f'X-{i}: {i}\r\n' for i in range(140))), left=['limit']),
    Odd('400 headers', ('', ''.join(f'X-{i}: {i}\r\n' for i in range(400))), left=['limit']),
    Odd('40 values of Record-Route', ('', 'Record-Route: ' + ','.join(f'<sip:p{i}.example.org;lr>' for i in range(40)) + '\r\n'),
        left=['limit']),
    Odd('20 sections', ('c=IN IP4 {me}', 'c=IN IP4 192.168.1.2'), ('AVP 0\r\n', 'AVP 0\r\n{own_c}'),
        *[('', f'm=text {5000 + 2 * i} RTP/AVP 98\r\nc=IN IP4 198.51.100.7\r\n') for i in range(19)]),
    Odd('20 sections, of which one is on', *[('', 'm=text 0 RTP/AVP 98\r\n')] * 19),
    Odd('an attribute of 9,000 bytes', ('', f'a=fmtp:0 {LONG}\r\n')),
]

# one line of the description
SDP = [
    Odd('m= without a port', ('', 'm=video\r\n'), left=['sdp_line']),
    Odd('m= with a port below 0', ('', 'm=video -1 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'), left=['sdp_line']),
    Odd('m= with a word for a port', ('', 'm=video x RTP/AVP 96\r\n'), left=['sdp_line']),
    Odd('m= with a port of six digits', ('', 'm=video 492170 RTP/AVP 96\r\n'), left=['sdp_line']),
    Odd('the first of two with a port of six digits', ('m=audio', 'm=video 492170 RTP/AVP 96\r\nm=audio'), left=['sdp_line']),
    Odd('a=rtcp over 65535', ('', 'a=rtcp:70000\r\n'), left=['sdp_line']),
    Odd('a=rtcp with a word', ('', 'a=rtcp:x IN IP4 192.168.1.2\r\n')),
    Odd('a candidate that cannot be read', ('', 'a=candidate:1 1 UDP\r\n')),
    Odd('o= with a name of two words', ('o=- 1 1 IN IP4 {me}', 'o=Jane Doe 1 1 IN IP4 192.168.1.2')),
    Odd('o= of one word', ('o=- 1 1 IN IP4 {me}', 'o=-')),
    Odd('a c= of one section that cannot be read', ('', 'm=video 0 RTP/AVP 96\r\nc=IN\r\n')),
    Odd('a line without an equals sign', ('', 'a=x\r\nwhatever\r\n')),
    Odd('an unreadable section between two good ones', ('', 'm=text x RTP/AVP 98\r\n' + SECOND), left=['sdp_line']),
]

# the datagram is the frame
FRAMES = [
    Odd('the header section ends with the datagram', end='\r\n', left=['end']),
    Odd('bytes behind what Content-Length counts', more='and some more bytes: m=audio 4000 RTP/AVP 0\r\n'),
    Odd('a Content-Length that is no number', ('Content-Length: {length}', 'Content-Length: many'), left=['content_length'], opens=False),
    Odd('a Content-Length that covers nothing', ('o=- 1 1 IN IP4 {me}', 'o=- 1 1 IN IP4 192.168.1.2'),
        ('c=IN IP4 {me}', 'c=IN IP4 192.168.1.2'), ('m=audio {audio}', 'm=audio 4000'), length=0),
    Odd('a Via that says TCP', ('SIP/2.0/UDP', 'SIP/2.0/TCP')),
    Odd('lines that end with LF', eol='\n', left=['line', 'start']),
    Odd('one line that ends with LF', ('Max-Forwards: 70\r\n', 'Max-Forwards: 70\n'), left=['line']),
    Odd('a line that ends with CR CR LF', ('Max-Forwards: 70\r\n', 'Max-Forwards: 70\r\r\n'), left=['line']),
]

# the start line
STARTS = [
    Odd('a blank after the request line', (' SIP/2.0\r\n', ' SIP/2.0 \r\n'), left=['start']),
    Odd('a blank in the Request-URI', ('INVITE {uri} ', 'INVITE sip:bob smith@203.0.113.2:5060 '), left=['start']),
    Odd('UTF-8 in the Request-URI', ('INVITE {uri} ', 'INVITE sip:j\u00f6rg@203.0.113.2:5060 '), left=['start']),
]

play(*odd_calls(*VALUES, *NOBODY, *LARGE, *SDP, *FRAMES, *STARTS))
