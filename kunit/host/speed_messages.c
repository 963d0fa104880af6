// SPDX-License-Identifier: GPL-2.0
/* speed_messages: what is read, as a phone and its provider send it.  See speed_messages.h. */
#include "speed_messages.h"

#define PHONE_VIA	"Via: SIP/2.0/UDP 192.168.1.2:5060;branch=z9hG4bK74bf9;rport\r\n"
#define MAPPED_VIA	"Via: SIP/2.0/UDP 203.0.113.100:40000;branch=z9hG4bK74bf9;" \
			"received=203.0.113.100;rport=40000\r\n"
#define SERVER_VIA	"Via: SIP/2.0/UDP 203.0.113.2:5060;branch=z9hG4bKa7c1.5e2f\r\n" \
			"Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK0e11;rport=5060\r\n"
#define FROM		"From: \"Alice \\\"A\\\" <x>\" <sip:alice@example.com>;tag=9fxced76sl\r\n"
#define CALL		"Call-ID: 3848276298220188511@192.168.1.2\r\n"
#define CONTACT		"Contact: <sip:alice@192.168.1.2:5060;transport=udp>\r\n"
#define ROUTE		"Max-Forwards: 70\r\nRoute: <sip:203.0.113.2;lr>\r\n"
#define ABOUT		"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n" \
			"Supported: replaces, 100rel, path, outbound\r\n" \
			"Accept: application/sdp, text/plain\r\n" \
			"User-Agent: phone/1.0\r\n"
#define EMPTY		"Content-Length: 0\r\n\r\n"
#define DESCRIPTION	"Content-Type: application/sdp\r\nContent-Length: 189\r\n\r\n" \
			"v=0\r\n" \
			"o=alice 2890844526 2890844526 IN IP4 192.168.1.2\r\n" \
			"s=-\r\n" \
			"c=IN IP4 192.168.1.2\r\n" \
			"t=0 0\r\n" \
			"m=audio 49170 RTP/AVP 0 8 101\r\n" \
			"a=rtpmap:0 PCMU/8000\r\n" \
			"a=rtpmap:101 telephone-event/8000\r\n" \
			"a=sendrecv\r\n"

const struct speed_message speed_messages[] = {
	{ "INVITE", true,
	  "INVITE sip:bob@203.0.113.9 SIP/2.0\r\n" PHONE_VIA ROUTE FROM
	  "To: Bob <sip:bob@203.0.113.9>\r\n" CALL "CSeq: 1 INVITE\r\n" CONTACT ABOUT DESCRIPTION },
	{ "OPTIONS", true,
	  "OPTIONS sip:bob@203.0.113.9 SIP/2.0\r\n" PHONE_VIA ROUTE FROM
	  "To: Bob <sip:bob@203.0.113.9>\r\n" CALL "CSeq: 1 OPTIONS\r\n" CONTACT ABOUT EMPTY },
	{ "BYE", true,
	  "BYE sip:bob@203.0.113.9:5060;transport=udp SIP/2.0\r\n" PHONE_VIA ROUTE FROM
	  "To: Bob <sip:bob@203.0.113.9>;tag=314159\r\n" CALL "CSeq: 2 BYE\r\n"
	  "User-Agent: phone/1.0\r\n" EMPTY },
	{ "200-SDP", true,
	  "SIP/2.0 200 OK\r\n" SERVER_VIA "Record-Route: <sip:203.0.113.2;lr>\r\n"
	  "From: Bob <sip:bob@203.0.113.9>;tag=314159\r\n"
	  "To: <sip:alice@example.com>;tag=9fxced76sl\r\n" CALL "CSeq: 101 INVITE\r\n" CONTACT
	  "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nUser-Agent: phone/1.0\r\n" DESCRIPTION },
	{ "REGISTER", true,
	  "REGISTER sip:example.com SIP/2.0\r\n" PHONE_VIA ROUTE FROM
	  "To: <sip:alice@example.com>\r\n" CALL "CSeq: 17 REGISTER\r\n" CONTACT "Expires: 3600\r\n"
	  ABOUT EMPTY },
	{ "200", false,
	  "SIP/2.0 200 OK\r\n" MAPPED_VIA FROM "To: Bob <sip:bob@203.0.113.9>;tag=314159\r\n" CALL
	  "CSeq: 3 INFO\r\nContact: <sip:bob@203.0.113.2:5060>\r\nServer: proxy/2.0\r\n" EMPTY },
	{ },
};
