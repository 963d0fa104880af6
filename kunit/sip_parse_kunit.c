// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse: what is SIP, what is broken, where the pieces stand, and that every
 * bound holds from both sides.
 */
#include <linux/errno.h>

#include "sip_start.h"
#include "sipalg_kunit.h"

#define OPTIONS "OPTIONS sip:a@b SIP/2.0"

/* ---- where the pieces stand --------------------------------------------------- */

static void parse_invite(struct kunit *test)
{
	struct sip_text t = test_text(test, test_invite);
	struct sip_msg *msg = test_parsed(test, &t);

	KUNIT_EXPECT_TRUE(test, sip_is_request(msg));
	KUNIT_EXPECT_EQ(test, (int)msg->flags, SIP_MSG_LENGTH | SIP_MSG_SDP);
	KUNIT_EXPECT_EQ(test, (int)msg->method, SIP_INVITE);
	KUNIT_EXPECT_EQ(test, msg->cseq, 1u);
	KUNIT_EXPECT_EQ(test, msg->content_length, 189u);
	test_expect_slice(test, &t, msg->method_name, "INVITE");
	test_expect_slice(test, &t, msg->length, "189");
	test_expect_slice(test, &t, msg->call_id, "3848276298220188511@192.168.1.2");
	test_expect_slice(test, &t, msg->from, "sip:alice@example.com");
	test_expect_slice(test, &t, msg->from_tag, "9fxced76sl");
	test_expect_slice(test, &t, msg->to, "sip:bob@203.0.113.9");
	test_expect_slice(test, &t, msg->to_tag, "");
	KUNIT_EXPECT_EQ(test, (int)msg->body.len, 189);
	KUNIT_EXPECT_EQ(test, sip_slice_end(msg->body), t.len);
}

static void parse_invite_via(struct kunit *test)
{
	struct sip_text t = test_text(test, test_invite);
	struct sip_msg *msg = test_parsed(test, &t);
	struct sip_addr addr = test_addr(test, "192.168.1.2");

	KUNIT_EXPECT_EQ(test, (int)msg->n_vias, 1);
	KUNIT_EXPECT_EQ(test, (int)msg->via.transport, SIP_TRANSPORT_UDP);
	KUNIT_EXPECT_EQ(test, (int)msg->via.by.num, 5060);
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(&msg->via.by.addr, &addr));
	KUNIT_EXPECT_TRUE(test, msg->via.has_rport);
	test_expect_slice(test, &t, msg->via.by.host, "192.168.1.2");
	test_expect_slice(test, &t, msg->via.by.port, "5060");
	test_expect_slice(test, &t, msg->via.branch, "z9hG4bK74bf9");
	test_expect_slice(test, &t, msg->via.rport, "");
	KUNIT_EXPECT_EQ(test, (int)msg->via.received.len, 0);
	KUNIT_EXPECT_EQ(test, (int)msg->via.maddr.len, 0);
}

static void parse_invite_uris(struct kunit *test)
{
	struct sip_text t = test_text(test, test_invite);
	struct sip_msg *msg = test_parsed(test, &t);

	KUNIT_ASSERT_EQ(test, (int)msg->n_uris, 3);
	KUNIT_EXPECT_EQ(test, (int)msg->uri[0].role, SIP_ROLE_REQUEST);
	KUNIT_EXPECT_EQ(test, (int)msg->uri[1].role, SIP_ROLE_ROUTE);
	KUNIT_EXPECT_EQ(test, (int)msg->uri[2].role, SIP_ROLE_CONTACT);
	test_expect_slice(test, &t, msg->uri[0].at.host, "203.0.113.9");
	test_expect_slice(test, &t, msg->uri[1].at.host, "203.0.113.2");
	test_expect_slice(test, &t, msg->uri[2].at.host, "192.168.1.2");
	test_expect_slice(test, &t, msg->uri[2].at.port, "5060");
	KUNIT_EXPECT_EQ(test, (int)msg->uri[0].at.num, 0);
	KUNIT_EXPECT_EQ(test, (int)msg->uri[0].at.port.off,
			(int)sip_slice_end(msg->uri[0].at.host));
	KUNIT_EXPECT_EQ(test, (int)msg->uri[2].transport, SIP_TRANSPORT_UDP);
}

static void parse_response(struct kunit *test)
{
	struct sip_text t = test_text(test,
		"SIP/2.0 180 Ringing \xc3\xa4\r\n"
		"Via: SIP/2.0/TCP [2001:db8::2]:5070;received=2001:db8::3;rport=4711\r\n"
		" ;branch=z9hG4bKq;maddr=\"x\", SIP/2.0/UDP 1.2.3.4\r\n"
		"Via: garbage that nobody reads\r\n"
		"f: sip:a@b;tag=f1\r\nt: <sip:c@d>;x;tag = t2\r\ni: c1\r\n"
		"CSeq: 4294967 INVITE\r\nm: *\r\nSession-Expires: 1800;refresher=uac\r\n\r\n");
	struct sip_msg *msg = test_parsed(test, &t);

	KUNIT_EXPECT_EQ(test, (int)msg->flags, SIP_MSG_RESPONSE | SIP_MSG_SESSION | SIP_MSG_STAR);
	KUNIT_EXPECT_EQ(test, (int)msg->status, 180);
	KUNIT_EXPECT_EQ(test, (int)msg->method, SIP_INVITE);
	KUNIT_EXPECT_EQ(test, msg->session, 1800u);
	KUNIT_EXPECT_EQ(test, (int)msg->via.by.num, 5070);
	KUNIT_EXPECT_EQ(test, (int)msg->via.transport, SIP_TRANSPORT_TCP);
	KUNIT_EXPECT_EQ(test, (int)msg->n_vias, 2);
	test_expect_slice(test, &t, msg->via.by.host, "[2001:db8::2]");
	test_expect_slice(test, &t, msg->via.received, "2001:db8::3");
	test_expect_slice(test, &t, msg->via.rport, "4711");
	test_expect_slice(test, &t, msg->via.maddr, "x");
	test_expect_slice(test, &t, msg->from_tag, "f1");
	test_expect_slice(test, &t, msg->from, "sip:a@b");
	test_expect_slice(test, &t, msg->to_tag, "t2");
	KUNIT_EXPECT_EQ(test, (int)msg->n_uris, 0);
}

/* ---- the start line: SECURITY M1, both outcomes --------------------------------- */

struct start_case {
	const char *line;
	u8 fault;
};

#define NOT_SIP SIP_FAULT_COUNT

static const struct start_case starts[] = {
	{ "OPTIONS sip:bob@example.com SIP/2.0", SIP_FAULT_NONE },
	{ "OPTIONS sips:bob@example.com SIP/2.0", SIP_FAULT_NONE },
	{ "OPTIONS SIP:bob@example.com sip/2.0", SIP_FAULT_NONE },	/* RFC 3261 7.1 */
	{ "OPTIONS tel:+1-201-555-0123 SIP/2.0", SIP_FAULT_NONE },
	{ "OPTIONS urn:service:sos SIP/2.0", SIP_FAULT_NONE },
	{ "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", SIP_FAULT_NONE }, /* RFC 4475 3.3.3 */
	{ "OPTIONS sip:[2001:db8::1]:5070;lr SIP/2.0", SIP_FAULT_NONE },
	{ "OPTIONS sip:a;b?c@example.com?h=v SIP/2.0", SIP_FAULT_NONE },
	{ "OPTIONS  sip:bob@example.com SIP/2.0", NOT_SIP },		/* RFC 4475 3.1.2.9 */
	{ "OPTIONS sip:bob@example.com  SIP/2.0", NOT_SIP },
	{ "OPTIONS sip:bob@example.com SIP/2.0 ", NOT_SIP },		/* RFC 4475 3.1.2.10 */
	{ " OPTIONS sip:bob@example.com SIP/2.0", NOT_SIP },
	{ "OPTIONS\tsip:bob@example.com SIP/2.0", NOT_SIP },
	{ "OPTIONS sip:bob@example.com\tSIP/2.0", NOT_SIP },
	{ "OPTIONS <sip:bob@example.com> SIP/2.0", NOT_SIP },		/* RFC 4475 3.1.2.7 */
	{ "OPTIONS sip:bob@example.com; lr SIP/2.0", NOT_SIP },	/* RFC 4475 3.1.2.8 */
	{ "OPTIONS sip:bob@example.com SIP/7.0", NOT_SIP },		/* RFC 4475 3.1.2.16 */
	{ "OPTIONS sip:bob@example.com SIP/2.00", NOT_SIP },
	{ "OPTIONS sip:bob@example.com SIP/2.", NOT_SIP },
	{ "OPTIONS sip:bob@example.com HTTP/1.1", NOT_SIP },
	{ "OPTIONS /x HTTP/1.1", NOT_SIP },
	{ "OPTIONS /x SIP/2.0", NOT_SIP },
	{ "OPTIONS * SIP/2.0", NOT_SIP },
	{ "OPTIONS sip: SIP/2.0", NOT_SIP },
	{ "OPTIONS sip SIP/2.0", NOT_SIP },
	{ "OPTIONS  SIP/2.0", NOT_SIP },
	{ "OPTIONS SIP/2.0", NOT_SIP },
	{ "OPTIONS", NOT_SIP },
	{ "OPTIONS sip:bob@[2001:db8::1 SIP/2.0", NOT_SIP },
	{ "OPTIONS sip:bob@a@b SIP/2.0", NOT_SIP },
	{ "OPTIONS sip:b\"ob@example.com SIP/2.0", NOT_SIP },
	{ "OPTIONS sip:bob\001@example.com SIP/2.0", NOT_SIP },		/* M4 */
	{ "OPTIONS sip:b\xc3\xb6@example.com SIP/2.0", NOT_SIP },
	{ "OPT(ONS sip:bob@example.com SIP/2.0", NOT_SIP },
	{ "OPTIONS sip:bob@example.com:70000 SIP/2.0", SIP_FAULT_NUMBER },
	{ "POST / HTTP/1.1", NOT_SIP },
	{ "PRI * HTTP/2.0", NOT_SIP },
	{ "", NOT_SIP },
	{ "SIP/2.0 200 OK", SIP_FAULT_NONE },
	{ "sip/2.0 200 OK", SIP_FAULT_NONE },
	{ "SIP/2.0 200 ", SIP_FAULT_NONE },
	{ "SIP/2.0 100 ", SIP_FAULT_NONE },
	{ "SIP/2.0 699 x", SIP_FAULT_NONE },
	{ "SIP/2.0 200 \xd0\xba\tx", SIP_FAULT_NONE },
	{ "SIP/2.0 200", NOT_SIP },
	{ "SIP/2.0 099 x", NOT_SIP },		/* R6: 100..699 */
	{ "SIP/2.0 700 x", NOT_SIP },
	{ "SIP/2.0 20 x", NOT_SIP },
	{ "SIP/2.0 2000 x", NOT_SIP },
	{ "SIP/2.0 4294967301 better", NOT_SIP },	/* RFC 4475 3.1.2.19 */
	{ "SIP/2.0 -20 x", NOT_SIP },
	{ "SIP/2.0 2 0 x", NOT_SIP },
	{ "SIP/2.0  200 OK", NOT_SIP },
	{ "SIP/2.0\t200 OK", NOT_SIP },
	{ "SIP/2.0\t200 OK", NOT_SIP },
	{ "SIP/2.01 200 OK", NOT_SIP },
	{ "SIP/2.0 200 O\001K", NOT_SIP },
	{ "SIP/7.0 200 OK", NOT_SIP },
	{ "HTTP/1.1 200 OK", NOT_SIP },
};

static void parse_start_line(struct kunit *test)
{
	for (u32 i = 0; i < ARRAY_SIZE(starts); i++) {
		struct sip_text t = test_message(test, starts[i].line, "");

		test_expect_fault(test, &t, starts[i].fault, starts[i].line);
	}
}

static void parse_start_line_end(struct kunit *test)
{
	static const struct start_case whole[] = {
		{ OPTIONS, NOT_SIP },		/* no line end at all */
		{ "OPTIONS sip:a@b SIP/2.0\r", NOT_SIP },
		{ "OPTIONS sip:a@b SIP/2.0\n\n", NOT_SIP },
		{ "OPTIONS sip:a@b SIP/2.0\n\r\n", NOT_SIP },
		{ "OPTIONS sip:a@b SIP/2.0\r\r\n", NOT_SIP },
		{ "OPTIONS sip:a@b SIP/2.0\r\n", SIP_FAULT_TRUNCATED },
		{ "SIP/2.0 200 OK\r\n", SIP_FAULT_TRUNCATED },
		{ "\n", NOT_SIP }, { "\r\n", NOT_SIP }, { "\r\n\r\n", NOT_SIP }, { "\r", NOT_SIP },
		{ "\001\001 ", NOT_SIP }, { "\x80\x08", NOT_SIP }, { "", NOT_SIP },
	};

	for (u32 i = 0; i < ARRAY_SIZE(whole); i++) {
		struct sip_text t = test_text(test, whole[i].line);

		test_expect_fault(test, &t, whole[i].fault, whole[i].line);
	}
}

/* what else arrives on the port: a NUL, STUN, RTP - needs no more bytes to be told apart */
static void parse_not_sip_at_once(struct kunit *test)
{
	static const char *const first[] = { "\0", "\001", "\x80", "\r", "\n", " ", "<", "\x16" };
	struct sip_msg *msg = test_new_msg(test);

	for (u32 i = 0; i < ARRAY_SIZE(first); i++) {
		struct sip_text t = test_bytes(test, first[i], 1);

		KUNIT_EXPECT_EQ_MSG(test, sip_parse(&t, msg), -ENOMSG, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, sip_parse_datagram(&t, msg), -ENOMSG, "case %u", i);
	}
}

/* RFC 3261 7.1: method names are case-sensitive */
static void parse_methods(struct kunit *test)
{
	static const char *const names[] = {
		[SIP_INVITE] = "INVITE", [SIP_ACK] = "ACK", [SIP_BYE] = "BYE",
		[SIP_CANCEL] = "CANCEL", [SIP_PRACK] = "PRACK", [SIP_UPDATE] = "UPDATE",
		[SIP_REGISTER] = "REGISTER", [SIP_OPTIONS] = "OPTIONS",
		[SIP_SUBSCRIBE] = "SUBSCRIBE", [SIP_NOTIFY] = "NOTIFY", [SIP_PUBLISH] = "PUBLISH",
		[SIP_INFO] = "INFO", [SIP_REFER] = "REFER", [SIP_MESSAGE] = "MESSAGE",
		"invite", "INVITES", "INVIT", "X", "!interesting-Method0123456789_*+`.%~",
	};

	for (u32 i = 1; i < ARRAY_SIZE(names); i++) {
		u8 want = i <= SIP_MESSAGE ? i : SIP_METHOD_OTHER;
		char *buf = kunit_kzalloc(test, 512, GFP_KERNEL);
		struct sip_text t;

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
		sprintf(buf, "%s sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>\r\n"
			"To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 7 %s\r\n\r\n", names[i], names[i]);
		t = test_text(test, buf);
		KUNIT_EXPECT_EQ_MSG(test, (int)test_parsed(test, &t)->method, (int)want, "%s",
				    names[i]);
		sprintf(buf, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>\r\n"
			"To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 7 %s\r\n\r\n", names[i]);
		t = test_text(test, buf);
		KUNIT_EXPECT_EQ_MSG(test, (int)test_parsed(test, &t)->method, (int)want, "%s",
				    names[i]);
	}
}

/* ---- faults: the reference INVITE with one thing changed --------------------------- */

struct change_case {
	const char *old;
	const char *new;
	u8 fault;
};

#define FROM_LINE	"From: \"Alice \\\"A\\\" <x>\" <sip:alice@example.com>;tag=9fxced76sl\r\n"
#define TO_LINE		"To: Bob <sip:bob@203.0.113.9>\r\n"
#define CALL_ID_LINE	"Call-ID: 3848276298220188511@192.168.1.2\r\n"
#define CONTACT		"Contact: <sip:alice@192.168.1.2:5060;transport=udp>\r\n"

static const struct change_case changes[] = {
	/* M2: Via, From, To, Call-ID and CSeq are there, the last four once */
	{ VIA_LINE, "", SIP_FAULT_VIA },
	{ VIA_LINE, VIA_LINE VIA_LINE, 0 },
	{ FROM_LINE, "", SIP_FAULT_FROM },
	{ FROM_LINE, FROM_LINE FROM_LINE, SIP_FAULT_FROM },
	{ FROM_LINE, FROM_LINE "f: <sip:a@b>\r\n", SIP_FAULT_FROM },
	{ TO_LINE, "", SIP_FAULT_TO },
	{ TO_LINE, TO_LINE TO_LINE, SIP_FAULT_TO },
	{ CALL_ID_LINE, "", SIP_FAULT_CALL_ID },
	{ CALL_ID_LINE, CALL_ID_LINE CALL_ID_LINE, SIP_FAULT_CALL_ID },
	{ "CSeq: 1 INVITE\r\n", "", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE\r\n", "CSeq: 1 INVITE\r\nCSeq: 1 INVITE\r\n", SIP_FAULT_CSEQ },
	/* M2: the CSeq method is the request's */
	{ "CSeq: 1 INVITE", "CSeq: 1 ACK", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 1 invite", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 1 INVITES", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 1 INVIT", SIP_FAULT_CSEQ },
	/* R6: CSeq 0..2^31-1 */
	{ "CSeq: 1 INVITE", "CSeq: 0 INVITE", 0 },
	{ "CSeq: 1 INVITE", "CSeq: 2147483647 INVITE", 0 },
	{ "CSeq: 1 INVITE", "CSeq: 0000000000001 INVITE", 0 },
	{ "CSeq: 1 INVITE", "CSeq: 2147483648 INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 4294967297 INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 18446744073709551617 INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: -1 INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: +1 INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 1INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: INVITE", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 1", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq:", SIP_FAULT_CSEQ },
	{ "CSeq: 1 INVITE", "CSeq: 1 INVITE x", SIP_FAULT_CSEQ },
	/* R6, S6: Content-Length */
	{ "Content-Length: 189", "Content-Length: 00000000000000000189", 0 },
	{ "Content-Length: 189", "Content-Length: 188", 0 },
	{ "Content-Length: 189", "Content-Length: 0", 0 },
	{ "Content-Length: 189\r\n", "", 0 },
	{ "Content-Length: 189", "Content-Length: 190", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 65536", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 4294967485", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 18446744073709551805", SIP_FAULT_LENGTH },
	/* RFC 4475 3.1.2.3 */
	{ "Content-Length: 189", "Content-Length: -999", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: +189", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 189x", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 1 89", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 189, 189", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 0xbd", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length:", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 189\r\nl: 189", SIP_FAULT_LENGTH },
	{ "Content-Length: 189", "Content-Length: 189\r\nl: 188", SIP_FAULT_LENGTH },
	/* lines */
	{ "Max-Forwards: 70", "Max-Forwards 70", SIP_FAULT_LINE },
	{ "Max-Forwards: 70", ": 70", SIP_FAULT_LINE },
	{ "Max-Forwards: 70", "Max Forwards: 70", SIP_FAULT_LINE },
	{ "Max-Forwards: 70", "Max-Forwards \t : 70", 0 },
	/* HCOLON has no fold */
	{ "Max-Forwards: 70", "Max-Forwards\r\n : 70", SIP_FAULT_LINE },
	{ "Max-Forwards: 70", "Max-Forwards: 70\nX: y", SIP_FAULT_LINE },
	{ "Max-Forwards: 70\r\n", "Max-Forwards: 70\n\r\n", SIP_FAULT_LINE },
	{ "Max-Forwards: 70\r\n", "\n", SIP_FAULT_LINE },
	/* M4: in a field that we use only */
	{ "Max-Forwards: 70", "Max-Forwards: \001", 0 },
	{ "Max-Forwards: 70", "", SIP_FAULT_FROM },	/* the header ends here */
	/* Via */
	{ "Via: SIP/2.0/UDP 192", "Via: SIP/2.0/UDP192", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP ", "Via: SIP/2.0 ", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP ", "Via: SIP/3.0/UDP ", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP ", "Via: HTTP/2.0/UDP ", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP ", "Via: SIP/2.0/ ", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP ", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP [2001:db8::1", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP [2001:db8::x]", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP 2001:db8::1", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP a:65535", 0 },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP a:65536", SIP_FAULT_NUMBER },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP a:4294972356", SIP_FAULT_NUMBER },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP a:", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP a:x", SIP_FAULT_VIA },
	{ "Via: SIP/2.0/UDP 192.168.1.2:5060", "Via: SIP/2.0/UDP a b", SIP_FAULT_VIA },
	{ ";rport\r\n", ";\r\n", SIP_FAULT_VIA },
	{ ";rport\r\n", ";;rport\r\n", SIP_FAULT_VIA },
	{ ";rport\r\n", ";rport x\r\n", SIP_FAULT_VIA },
	{ ";rport\r\n", ";x=\"\r\n", SIP_FAULT_VIA },
	{ ";rport\r\n", ";x=\"\\\"\r\n", SIP_FAULT_VIA },
	{ ";rport\r\n", ";x=\"\\\"\"\r\n", 0 },
	{ ";rport\r\n", ";rport, SIP/2.0/UDP x\r\n", 0 },
	/* From, To, Call-ID */
	{ ">;tag=9fxced76sl", "", SIP_FAULT_FROM },
	{ "From: \"Alice ", "From: \"Ali\r\nce: ", SIP_FAULT_FROM },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Alice", SIP_FAULT_FROM },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Alice\" x", SIP_FAULT_FROM },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: Al\"ice\"", SIP_FAULT_FROM },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Al\001ice\"", SIP_FAULT_FROM },
	/* RFC 4475 3.1.1.2 */
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Al\\\001ice\"", 0 },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Al\\\r\n ice\"", SIP_FAULT_FROM },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Al\\\rice\"", SIP_FAULT_LINE },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Al\\", SIP_FAULT_FROM },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: Al\rice", SIP_FAULT_LINE },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \"Al\rice\"", SIP_FAULT_LINE },
	{ "Max-Forwards: 70", "Subject: x\rContact: <sip:a@b>", SIP_FAULT_LINE },
	{ "From: \"Alice \\\"A\\\" <x>\"", "From: \xc3\x84lice", 0 },
	{ "<sip:alice@example.com>;tag", "<>;tag", SIP_FAULT_FROM },
	{ "To: Bob <sip:bob@203.0.113.9>", "To: <sip:bob@203.0.113.9>, <sip:x@y>", SIP_FAULT_TO },
	{ "To: Bob <sip:bob@203.0.113.9>", "To: sip:bob@203.0.113.9?x=y", SIP_FAULT_TO },
	{ "To: Bob <sip:bob@203.0.113.9>", "To:", SIP_FAULT_TO },
	{ "To: Bob <sip:bob@203.0.113.9>", "To: <sip:bob@203.0.113.9", SIP_FAULT_TO },
	{ "To: Bob <sip:bob@203.0.113.9>", "To: <sip:bob@x>;tag=\"a", SIP_FAULT_TO },
	{ "Call-ID: 3848276298220188511@192.168.1.2", "Call-ID:", SIP_FAULT_CALL_ID },
	{ "Call-ID: 3848276298220188511@192.168.1.2", "Call-ID: a b", SIP_FAULT_CALL_ID },
	{ "Call-ID: 3848276298220188511@192.168.1.2", "Call-ID: a\001b", SIP_FAULT_CALL_ID },
	{ "Call-ID: 3848276298220188511@192.168.1.2", "Call-ID: a\177", SIP_FAULT_CALL_ID },
	{ "Call-ID: 3848276298220188511@192.168.1.2", "Call-ID: ({[<\"\\/?>]})", 0 },
	/* Contact and the others */
	{ CONTACT, "Contact: *\r\n", 0 },
	{ CONTACT, "Contact:\r\n", 0 },
	{ CONTACT, "Contact: *;expires=0\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: *, <sip:a@b>\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: <sip:a@b>,\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: ,<sip:a@b>\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: <sip:a@b> <sip:c@d>\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: <sip:a@b\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: <sip:a@b >\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: <sip:a\001@b>\r\n", SIP_FAULT_CONTACT },
	{ CONTACT, "Contact: <sip:a@b:65536>\r\n", SIP_FAULT_NUMBER },
	{ CONTACT, "Contact: <sip:a@b:65535>\r\n", 0 },
	{ CONTACT, "Contact: <sip:a@b>;expires=4294967295\r\n", 0 },
	{ CONTACT, "Contact: <sip:a@b>;expires=4294967296\r\n", SIP_FAULT_NUMBER },
	{ CONTACT, "Contact: <sip:a@b>;expires=soon\r\n", 0 },
	{ "Route: <sip:203.0.113.2;lr>", "Route: <sip:203.0.113.2;lr", SIP_FAULT_ROUTE },
	{ "Route: <sip:203.0.113.2;lr>", "Record-Route: x", SIP_FAULT_ROUTE },
	{ "Route: <sip:203.0.113.2;lr>", "Path: <sip:[::1>", SIP_FAULT_ROUTE },
	{ "Route: <sip:203.0.113.2;lr>", "Service-Route: <sip:a@b@c>", SIP_FAULT_ROUTE },
	{ "Route: <sip:203.0.113.2;lr>", "Refer-To: <sip:>", SIP_FAULT_REFER },
	{ "Route: <sip:203.0.113.2;lr>", "Referred-By: \"x", SIP_FAULT_REFER },
	{ "Route: <sip:203.0.113.2;lr>", "b: \"x", SIP_FAULT_REFER },
	{ "Route: <sip:203.0.113.2;lr>", "r: \"x", SIP_FAULT_REFER },
	{ "Route: <sip:203.0.113.2;lr>", "Reply-To: <1:a@b>", SIP_FAULT_REFER },
	{ "Route: <sip:203.0.113.2;lr>", "Reply-To: <sip:a@b:99999>", SIP_FAULT_NUMBER },
	{ "User-Agent: phone/1.0", "Expires: 4294967295", 0 },
	{ "User-Agent: phone/1.0", "Expires: 4294967296", SIP_FAULT_NUMBER },
	{ "User-Agent: phone/1.0", "Expires: 18446744073709551616", SIP_FAULT_NUMBER },
	{ "User-Agent: phone/1.0", "Expires: Thu, 01 Dec 1994 16:00:00 GMT", 0 },
	{ "User-Agent: phone/1.0", "Session-Expires: 4294967296;refresher=uas", SIP_FAULT_NUMBER },
	{ "User-Agent: phone/1.0", "x: 4294967296", SIP_FAULT_NUMBER },
};

static void parse_faults(struct kunit *test)
{
	for (u32 i = 0; i < ARRAY_SIZE(changes); i++) {
		struct sip_text t = test_replace(test, test_invite, changes[i].old, changes[i].new);

		test_expect_fault(test, &t, changes[i].fault, changes[i].new);
	}
}

/* M4: a NUL in any byte of a field that we use; the length tells where the text ends. */
static void parse_nul(struct kunit *test)
{
	static const char *const fields[] = {
		"INVITE sip:bob@203.0.113.9 SIP/2.0",
		"SIP/2.0/UDP 192.168.1.2:5060;branch=z9hG4bK74bf9",
		"<sip:203.0.113.2;lr>", "\"Alice \\\"A\\\" <x>\" <", "Bob <",
		"3848276298220188511@192.168.1.2",
		"1 INVITE", "<sip:alice@192.168.1.2:5060;transport=udp>", "189\r\n",
	};
	struct sip_msg *msg = test_new_msg(test);

	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		struct sip_text t = test_text(test, test_invite);
		u32 from = strstr(test_invite, fields[i]) - test_invite;
		char *p = (char *)t.p;

		for (u32 at = from; at < from + strlen(fields[i]); at++) {
			char was = p[at];

			if (at && p[at - 1] == '\\')	/* a quoted-pair may be any byte */
				continue;
			p[at] = 0;
			KUNIT_EXPECT_LE_MSG(test, sip_parse_datagram(&t, msg), -1, "at %u of %s",
					    at - from, fields[i]);
			p[at] = was;
		}
	}
}

/* Whatever one byte is, the parser ends, inside of the text, with one of its three outcomes. */
static void parse_any_byte_anywhere(struct kunit *test)
{
	static const char bytes[] = "\r\n\0\"\\<>;,:@=? \t\x80[]*%/5Az";
	struct sip_text t = test_text(test, test_invite);
	struct sip_msg *msg = test_new_msg(test);
	char *p = (char *)t.p;

	for (u32 at = 0; at < t.len; at++) {
		char was = p[at];

		for (u32 i = 0; i < sizeof(bytes) - 1; i++) {
			int ret;

			p[at] = bytes[i];
			ret = sip_parse_datagram(&t, msg);
			KUNIT_EXPECT_TRUE_MSG(test, ret == -ENOMSG || ret == -EBADMSG ||
					      (ret > 0 && ret <= (int)t.len), "%d at %u", ret, at);
			if (ret == -EBADMSG)
				KUNIT_EXPECT_TRUE_MSG(test, msg->fault &&
						      msg->fault < SIP_FAULT_COUNT, "at %u", at);
		}
		p[at] = was;
	}
}

/* ---- framing ---------------------------------------------------------------------- */

static void parse_truncated(struct kunit *test)
{
	struct sip_text whole = test_text(test, test_invite);
	u32 head = strstr(test_invite, "\r\n\r\n") + 4 - test_invite;
	u32 start = strstr(test_invite, "\r\n") + 2 - test_invite;
	u32 via = start + 1;		/* a line that may become one */
	/* without a digit it is no number */
	u32 length = strstr(test_invite, "Content-Length: 189") + 16 - test_invite;
	char *end = (char *)whole.p + whole.len;
	u32 whole_len = whole.len;
	struct sip_msg *msg = test_new_msg(test);
	int ret, want;

	for (u32 len = 1; len < whole_len; len++) {
		struct sip_text t = { end - len, len };

		memmove(end - len, test_invite, len);
		ret = sip_parse(&t, msg);
		KUNIT_EXPECT_EQ_MSG(test, ret, len < head ? 0 : (int)head, "stream of %u", len);
		ret = sip_parse_datagram(&t, msg);
		/* a datagram ends the header section, but not a body whose length was said */
		if (len < start)
			KUNIT_EXPECT_EQ_MSG(test, ret, -ENOMSG, "datagram of %u", len);
		else if (len < via || len > length)
			KUNIT_EXPECT_EQ_MSG(test, ret, -EBADMSG, "datagram of %u", len);
		else
			KUNIT_EXPECT_EQ_MSG(test, ret, (int)len, "datagram of %u", len);
		if (len >= start)
			KUNIT_EXPECT_EQ_MSG(test, !!(msg->left & 1U << SIP_LEFT_END), len < head,
					    "datagram of %u", len);
		want = len < start ? SIP_FAULT_COUNT : len < head ? SIP_FAULT_TRUNCATED :
								    SIP_FAULT_LENGTH;
		test_expect_fault(test, &t, want, "to someone who is strict");
	}
}

/* What was left of one header says nothing about the next ones, which nobody reads. */
static void parse_left_is_of_one_header(struct kunit *test)
{
	static const char text[] = "OPTIONS sip:a@b SIP/2.0\r\n"
				   "v: SIP/2.0/UDP c;;branch=z\r\nY: z\nv: \0\r\n"
				   "f: <sip:a@b>;tag=1\r\nt: <sip:a@b>\r\ni: 1\r\n"
				   "CSeq: 1 OPTIONS\r\nUser-Agent: \0\r\n\r\n";
	struct sip_text t = test_bytes(test, text, sizeof(text) - 1);
	struct sip_msg *msg = test_parsed(test, &t);

	KUNIT_EXPECT_EQ(test, msg->left, 1U << SIP_LEFT_LINE | 1U << SIP_LEFT_VIA);
	KUNIT_EXPECT_TRUE(test, sip_may_act(msg));
}

/* SECURITY M4: nobody can be sure what an odd header with a control character in it means. */
static void parse_control_in_odd_header(struct kunit *test)
{
	static const char * const lines[] = {
		"Contact: <sip:a@b\r\n", "Contact: <sip:a@\x01\r\n",
		"no header\r\n", "no \x7fheader\r\n",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		struct sip_text t = test_replace(test, test_invite, "Max-Forwards: 70\r\n",
						 lines[i]);
		struct sip_msg *msg = test_parsed(test, &t);
		bool has_control = i & 1;

		KUNIT_EXPECT_NE_MSG(test, (int)msg->left, 0, "%s", lines[i]);
		KUNIT_EXPECT_EQ_MSG(test, sip_may_act(msg), !has_control, "%s", lines[i]);
	}
}

/* Nor of such a start line; and a CR in it may be a line's end for others. */
static void parse_control_in_start_line(struct kunit *test)
{
	static const struct {
		const char *line;
		int want;
	} cases[] = {
		{ "INVITE sip:bob smith@example.com SIP/2.0\r\n", 1 },
		{ "INVITE sip:bob\x01@example.com SIP/2.0\r\n", 0 },
		{ "INVITE sip:bob\r@example.com SIP/2.0\r\n", -ENOMSG },
	};
	u32 i, len = strstr(test_invite, "\r\n") + 2 - test_invite;
	char *start = kunit_kzalloc(test, len + 1, GFP_KERNEL);
	struct sip_msg *msg = test_new_msg(test);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, start);
	memcpy(start, test_invite, len);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sip_text t = test_replace(test, test_invite, start, cases[i].line);
		int ret = sip_parse_datagram(&t, msg);

		if (ret > 0)
			ret = sip_may_act(msg);
		KUNIT_EXPECT_EQ_MSG(test, ret, cases[i].want, "case %u", i);
	}
}

static void parse_body(struct kunit *test)
{
	struct sip_text t = test_replace(test, test_invite, "Content-Length: 189", "l: 0100");
	struct sip_msg *msg = test_new_msg(test);
	u32 head = sip_parse(&t, msg);

	KUNIT_EXPECT_EQ(test, sip_parse_body(&t, msg, head), (int)head + 100);
	KUNIT_EXPECT_EQ(test, (int)msg->body.len, 100);
	KUNIT_EXPECT_EQ(test, (u32)msg->body.off, head);
	test_expect_slice(test, &t, msg->length, "0100");

	t = test_replace(test, test_invite, "Content-Length: 189\r\n", "");
	head = sip_parse(&t, msg);	/* RFC 3261 18.3: the body is all that follows */
	KUNIT_EXPECT_EQ(test, sip_parse_body(&t, msg, head), (int)t.len);
	KUNIT_EXPECT_EQ(test, (int)msg->body.len, 189);

	t = test_message(test, OPTIONS, "Content-Length: 1\r\n");
	head = sip_parse(&t, msg);
	KUNIT_EXPECT_EQ(test, head, t.len);
	KUNIT_EXPECT_EQ(test, sip_parse_body(&t, msg, head), -EBADMSG);
	KUNIT_EXPECT_EQ(test, (int)msg->fault, SIP_FAULT_LENGTH);
}

static void parse_keepalives(struct kunit *test)
{
	static const struct {
		const char *text;
		u32 want;
	} k[] = {
		{ "", 0 }, { "\r", 0 }, { "\n", 0 }, { "\r\n", 2 }, { "\r\n\r", 2 },
		{ "\r\n\r\n", 4 }, { "\r\n\r\nINVITE", 4 }, { "\n\r\n", 0 }, { "\r\r\n", 0 },
		{ " \r\n", 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(k); i++) {
		struct sip_text t = test_text(test, k[i].text);

		KUNIT_EXPECT_EQ_MSG(test, sip_keepalive_len(&t), k[i].want, "case %u", i);
	}
}

/* The fast search against a byte by byte one, at every alignment and length. */
static void parse_line_end(struct kunit *test)
{
	char *buf = kunit_kmalloc(test, 40, GFP_KERNEL);
	u32 seed = 5, at, want;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (u32 round = 0; round < 3000; round++) {
		/* neighbours of LF, and bytes that trick the arithmetic */
		for (u32 i = 0; i < 40; i++)
			buf[i] = "\x0b\x09\x8a\x0a\x80\x00\x01\xff"[test_random(&seed) % 8] |
				 (test_random(&seed) % 4 ? 0x20 : 0);
		at = test_random(&seed) % 41;
		for (want = at; want < 40 && buf[want] != '\n'; want++)
			;
		KUNIT_EXPECT_EQ(test, sip_line_end(buf, at, 40), want);
	}
}

/* ---- bounds: BEHAVIOUR 9 ------------------------------------------------------------ */

/* A valid message with @n times @line before the blank line. */
static struct sip_text with_lines(struct kunit *test, const char *start, const char *line, u32 n)
{
	u32 len = strlen(line);
	char *more = kunit_kzalloc(test, n * len + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, more);
	for (u32 i = 0; i < n; i++)
		memcpy(more + i * len, line, len);
	return test_message(test, start, more);
}

static void bound_headers(struct kunit *test)
{
	struct sip_text t = with_lines(test, OPTIONS, "X: y\r\n", SIP_MAX_HEADERS - 5);

	test_expect_fault(test, &t, SIP_FAULT_NONE, "128 headers");
	t = with_lines(test, OPTIONS, "X: y\r\n", SIP_MAX_HEADERS - 4);
	test_expect_fault(test, &t, SIP_FAULT_LIMIT, "129 headers");
}

static void bound_vias(struct kunit *test)
{
	struct sip_text t = with_lines(test, OPTIONS, "v: SIP/2.0/UDP a\r\n", SIP_MAX_VIAS - 1);

	test_expect_fault(test, &t, SIP_FAULT_NONE, "70 Vias");
	t = with_lines(test, OPTIONS, "v: SIP/2.0/UDP a\r\n", SIP_MAX_VIAS);
	test_expect_fault(test, &t, SIP_FAULT_LIMIT, "71 Vias");
}

static void bound_values(struct kunit *test)
{
	static const char *const lines[] = {
		"m: <sip:a@b>\r\n", "Route: <sip:a@b>\r\n", "Record-Route: <sip:a@b>\r\n",
		"Path: <sip:a@b>\r\n", "Service-Route: <sip:a@b>\r\n", "r: <sip:a@b>\r\n",
	};

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		struct sip_text t = with_lines(test, OPTIONS, lines[i], SIP_MAX_VALUES);

		test_expect_fault(test, &t, SIP_FAULT_NONE, lines[i]);
		t = with_lines(test, OPTIONS, lines[i], SIP_MAX_VALUES + 1);
		test_expect_fault(test, &t, SIP_FAULT_LIMIT, lines[i]);
	}
}

/* the Request-URI is one of them */
static void bound_uris(struct kunit *test)
{
	static const char three[] = "m: <sip:a@b>\r\nRoute: <sip:a@b>\r\nPath: sip:a@b\r\n";
	struct sip_text t = with_lines(test, OPTIONS, three, 21);

	test_expect_fault(test, &t, SIP_FAULT_NONE, "64 URIs");
	KUNIT_EXPECT_EQ(test, (int)test_parsed(test, &t)->n_uris, (int)SIP_MAX_URIS);
	t = with_lines(test, OPTIONS "\r\nr: sip:a@b", three, 21);
	test_expect_fault(test, &t, SIP_FAULT_LIMIT, "65 URIs");
}

/* A header of @len bytes, its CR among them, folded where @folded. */
static struct sip_text with_long_line(struct kunit *test, u32 len, bool folded)
{
	char *line = kunit_kzalloc(test, len + 2, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	memset(line, 'y', len);
	memcpy(line, "X:", 2);
	memcpy(line + len - 1, "\r\n", 2);
	if (folded)
		memcpy(line + len / 2, "\r\n ", 3);
	return with_lines(test, OPTIONS, line, 1);
}

static void bound_line(struct kunit *test)
{
	for (u32 folded = 0; folded < 2; folded++) {
		struct sip_text t = with_long_line(test, SIP_MAX_HEADER, folded);

		test_expect_fault(test, &t, SIP_FAULT_NONE, "line at the limit");
		t = with_long_line(test, SIP_MAX_HEADER + 1, folded);
		test_expect_fault(test, &t, SIP_FAULT_LINE, "line over the limit");
	}
}

/* Whatever its length, a line may go on. */
static void bound_line_unfinished(struct kunit *test)
{
	struct sip_text t = with_long_line(test, SIP_MAX_HEADER + 400, false);
	struct sip_msg *msg = test_new_msg(test);
	u32 from = test_message(test, OPTIONS, "").len - 2;

	t.len = from + SIP_MAX_HEADER;
	KUNIT_EXPECT_EQ(test, sip_parse(&t, msg), 0);
}

static void bound_start_line(struct kunit *test)
{
	u32 cap = SIP_MAX_LINE + 16;
	char *line = kunit_kzalloc(test, cap, GFP_KERNEL);
	struct sip_text t;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	for (u32 over = 0; over < 2; over++) {
		u32 len = SIP_MAX_LINE - 1 + over;

		memset(line, 'y', len);
		memcpy(line, "OPTIONS sip:", 12);
		memcpy(line + len - 8, " SIP/2.0", 8);
		line[len] = 0;
		t = test_message(test, line, "");
		test_expect_fault(test, &t, over ? NOT_SIP : SIP_FAULT_NONE, "start line");
	}
}

/* A message of @len bytes with Content-Length @length. */
static struct sip_text big_message(struct kunit *test, u32 len, const char *length)
{
	char *buf = kunit_kmalloc(test, len, GFP_KERNEL);
	char *more = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct sip_text t;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, more);
	sprintf(more, "Content-Length: %s\r\n", length);
	t = test_message(test, OPTIONS, more);
	memset(buf, 'z', len);
	memcpy(buf, t.p, t.len);
	return (struct sip_text){ buf, len };
}

static void bound_message(struct kunit *test)
{
	struct sip_text t = big_message(test, SIP_MAX_MESSAGE, "65000");

	test_expect_fault(test, &t, SIP_FAULT_NONE, "65535 bytes");
	t = big_message(test, SIP_MAX_MESSAGE + 1, "65000");
	test_expect_fault(test, &t, NOT_SIP, "65536 bytes");
}

/* 65535 is a number that may stand there, though no message holds so much. */
static void bound_content_length(struct kunit *test)
{
	struct sip_text t = big_message(test, 1000, "65535");
	struct sip_msg *msg = test_new_msg(test);

	KUNIT_EXPECT_GT_MSG(test, sip_parse(&t, msg), 0, "65535");
	KUNIT_EXPECT_EQ(test, msg->content_length, (u32)SIP_MAX_CONTENT_LENGTH);
	t = big_message(test, 1000, "65536");
	KUNIT_EXPECT_EQ(test, sip_parse(&t, msg), -EBADMSG);
}

/* ---- numbers ----------------------------------------------------------------------- */

static void number_table(struct kunit *test)
{
	static const struct {
		const char *text;
		u32 max;
		int ret;
		u32 value;
	} n[] = {
		{ "0", U32_MAX, 0, 0 }, { "0", 0, 0, 0 }, { "1", 0, -ERANGE, 0 },
		{ "2147483647", S32_MAX, 0, 2147483647 }, { "2147483648", S32_MAX, -ERANGE, 0 },
		{ "2147483648", U32_MAX, 0, 2147483648u }, { "4294967295", U32_MAX, 0, U32_MAX },
		{ "4294967296", U32_MAX, -ERANGE, 0 }, { "4294967297", U32_MAX, -ERANGE, 0 },
		{ "18446744073709551615", U32_MAX, -ERANGE, 0 },
		{ "18446744073709551616", U32_MAX, -ERANGE, 0 },
		{ "18446744073709551617", U32_MAX, -ERANGE, 0 },
		{ "184467440737095516160000000000000000000000001", U32_MAX, -ERANGE, 0 },
		{ "65535", 65535, 0, 65535 }, { "65536", 65535, -ERANGE, 0 },
		{ "9", 9, 0, 9 }, { "10", 9, -ERANGE, 0 },
		{ "0000000000000000000000000000000000000000007", 9, 0, 7 },
		{ "", 9, -EBADMSG, 0 }, { "-1", 9, -EBADMSG, 0 }, { "+1", 9, -EBADMSG, 0 },
		{ " 1", 9, -EBADMSG, 0 }, { "1 ", 9, -EBADMSG, 0 }, { "1a", 9, -EBADMSG, 0 },
		{ "0x1", 9, -EBADMSG, 0 }, { "1.0", 9, -EBADMSG, 0 }, { "\xb2", 9, -EBADMSG, 0 },
		{ "99999999999x", 9, -EBADMSG, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(n); i++) {
		struct sip_text t = test_text(test, n[i].text);
		u32 value = 4711;

		KUNIT_EXPECT_EQ_MSG(test, sip_number(&t, (struct sip_slice){ 0, t.len }, n[i].max,
						     &value), n[i].ret, "\"%s\"", n[i].text);
		KUNIT_EXPECT_EQ_MSG(test, value, n[i].ret ? 4711u : n[i].value, "\"%s\"",
				    n[i].text);
	}
}

static void number_write(struct kunit *test)
{
	static const u32 special[] = {
		0, 1, 9, 10, 99, 100, 65535, 65536, S32_MAX, U32_MAX - 1, U32_MAX,
	};
	char *buf = kunit_kmalloc(test, 10, GFP_KERNEL);
	u32 seed = 3, n, len;
	char want[16];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (u32 i = 0; i < 5000; i++) {
		n = i < ARRAY_SIZE(special) ? special[i] : test_random(&seed) >> (i % 32);
		len = sip_number_write(n, buf);
		test_expect_bytes(test, buf, len, want, sprintf(want, "%u", n));
	}
}

static void parse_forgets(struct kunit *test)
{
	struct sip_text invite = test_text(test, test_invite);
	struct sip_text plain = test_message(test, OPTIONS, "");
	struct sip_msg *msg = test_new_msg(test), *fresh = test_parsed(test, &plain);

	KUNIT_ASSERT_GT(test, sip_parse_datagram(&invite, msg), 0);
	KUNIT_ASSERT_GT(test, sip_parse_datagram(&plain, msg), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(msg, fresh, offsetof(struct sip_msg, uri)));
	KUNIT_EXPECT_TRUE(test, !memcmp(msg->uri, fresh->uri, msg->n_uris * sizeof(*msg->uri)));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(parse_invite),
	KUNIT_CASE(parse_invite_via),
	KUNIT_CASE(parse_invite_uris),
	KUNIT_CASE(parse_response),
	KUNIT_CASE(parse_start_line),
	KUNIT_CASE(parse_start_line_end),
	KUNIT_CASE(parse_not_sip_at_once),
	KUNIT_CASE(parse_methods),
	KUNIT_CASE(parse_faults),
	KUNIT_CASE(parse_nul),
	KUNIT_CASE(parse_any_byte_anywhere),
	KUNIT_CASE(parse_truncated),
	KUNIT_CASE(parse_left_is_of_one_header),
	KUNIT_CASE(parse_control_in_odd_header),
	KUNIT_CASE(parse_control_in_start_line),
	KUNIT_CASE(parse_body),
	KUNIT_CASE(parse_keepalives),
	KUNIT_CASE(parse_line_end),
	KUNIT_CASE(bound_headers),
	KUNIT_CASE(bound_vias),
	KUNIT_CASE(bound_values),
	KUNIT_CASE(bound_uris),
	KUNIT_CASE(bound_line),
	KUNIT_CASE(bound_line_unfinished),
	KUNIT_CASE(bound_start_line),
	KUNIT_CASE(bound_message),
	KUNIT_CASE(bound_content_length),
	KUNIT_CASE(number_table),
	KUNIT_CASE(number_write),
	KUNIT_CASE(parse_forgets),
	{}
};

struct kunit_suite sip_parse_suite = {
	.name = "sip_parse",
	.test_cases = cases,
};
