// SPDX-License-Identifier: GPL-2.0
/* test_invite: the reference message, whose instructions are counted, too (kunit/host/bench.c). */
#include "sipalg_kunit.h"

const char test_invite[] =
	"INVITE sip:bob@203.0.113.9 SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 192.168.1.2:5060;branch=z9hG4bK74bf9;rport\r\n"
	"Max-Forwards: 70\r\n"
	"Route: <sip:203.0.113.2;lr>\r\n"
	"From: \"Alice \\\"A\\\" <x>\" <sip:alice@example.com>;tag=9fxced76sl\r\n"
	"To: Bob <sip:bob@203.0.113.9>\r\n"
	"Call-ID: 3848276298220188511@192.168.1.2\r\n"
	"CSeq: 1 INVITE\r\n"
	"Contact: <sip:alice@192.168.1.2:5060;transport=udp>\r\n"
	"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
	"User-Agent: phone/1.0\r\n"
	"Content-Type: application/sdp\r\n"
	"Content-Length: 189\r\n"
	"\r\n"
	"v=0\r\n"
	"o=alice 2890844526 2890844526 IN IP4 192.168.1.2\r\n"
	"s=-\r\n"
	"c=IN IP4 192.168.1.2\r\n"
	"t=0 0\r\n"
	"m=audio 49170 RTP/AVP 0 8 101\r\n"
	"a=rtpmap:0 PCMU/8000\r\n"
	"a=rtpmap:101 telephone-event/8000\r\n"
	"a=sendrecv\r\n";
