// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse: every form that the grammar allows (RFC 3261 25.1): white space, folding,
 * header names, URIs, Via.
 */
#include <linux/errno.h>

#include "sipalg_kunit.h"

#define OPTIONS "OPTIONS sip:a@b SIP/2.0"

/* ---- white space and folding: RFC 3261 7.3.1, 25.1 ----------------------------------- */

/*
 * '~': white space may stand here; '_': some must; '^': blanks and tabs only.
 * Every place in turn gets every kind.
 */
static const char *const folds[] = {
	"Via^:~SIP~/~2.0~/~UDP_192.168.1.2~:~5060~;~branch~=~z9hG4bK1~;~rport~;~received~=~1.2.3~",
	"v^:~SIP~/~2.0~/~UDP_192.168.1.2~:~5060~;~branch~=~z9hG4bK1~;~x~=~\"a_b\"~,~SIP/2.0/UDP_x~",
	"From^:~\"A \\\",~<x>;\"~<sip:alice@example.com>~;~tag~=~abc~",
	"From^:~Alice_B~<sip:alice@example.com>~;~tag~=~abc~",
	"f^:~sip:alice@example.com~;~tag~=~abc~;~x~",
	"To^:~<sip:bob@example.com>~",
	"Call-ID^:~x@y~",
	"CSeq^:~1_OPTIONS~",
	"Contact^:~\"A,~B\"~<sip:alice@192.168.1.2:5060>~;~expires~=~60~,~sip:b@c~;~q~=~0.5~",
	"m^:~*~",
	"Content-Length^:~7~",
	"l^:~0007~",
	"Content-Type^:~application~/~sdp~;~charset~=~utf-8~",
	"Content-Encoding^:~gzip~",
	"Expires^:~60~",
	"Session-Expires^:~1800~;~refresher~=~uac~",
	"Route^:~<sip:1.2.3.4;lr>~,~A_B~<sip:1.2.3.5;lr>~;~p~=~q~",
	"Record-Route^:~<sip:1.2.3.4;lr>~,~<sip:1.2.3.5;lr>~",
	"Refer-To^:~<sip:a@b?x=y>~;~p~",
};

static const char *const blanks[] = {
	" ", "\t", "  \t ", "\r\n ", "\r\n\t", " \r\n   ", "\t\r\n\t",
};

/* Writes @pattern with its @nth place filled by @blank.  Return: whether there was such a place. */
static bool fold_fill(const char *pattern, u32 nth, const char *blank, char *out)
{
	bool hit = false;
	u32 place = 0;

	for (; *pattern; pattern++) {
		const char *fill;

		if (!strchr("~_^", *pattern)) {
			*out++ = *pattern;
			continue;
		}
		fill = *pattern == '_' ? " " : "";
		if (place++ == nth) {
			hit = true;
			if (*pattern != '^' || !strchr(blank, '\n'))
				fill = blank;
		}
		while (*fill)
			*out++ = *fill++;
	}
	*out = 0;
	return hit;
}

/* The five headers of every message, without the one whose place @line takes. */
static struct sip_text fold_message(struct kunit *test, const char *line)
{
	static const char *const base[] = {
		"v:SIP/2.0/UDP 192.168.1.2:5060;branch=z9hG4bK1", "f:<sip:a@b>;tag=abc",
		"to:<sip:c@d>", "call-id:x@y", "CSeq:1 OPTIONS",
	};
	char *buf = kunit_kzalloc(test, 1024, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	test_cat(test, buf, 1024, "OPTIONS sip:a@b SIP/2.0\r\n");
	for (u32 i = 0; i < ARRAY_SIZE(base); i++) {
		bool is_same = (line[0] | 0x20) == (base[i][0] | 0x20) &&
			       (i < 3 || (line[1] | 0x20) == (base[i][1] | 0x20));

		test_cat(test, buf, 1024, is_same ? line : base[i]);
		test_cat(test, buf, 1024, "\r\n");
	}
	if (!strchr("VvFfT", line[0]) && strncmp(line, "Call", 4) && strncmp(line, "CSeq", 4)) {
		test_cat(test, buf, 1024, line);
		test_cat(test, buf, 1024, "\r\n");
	}
	test_cat(test, buf, 1024, "\r\n1234567");
	return test_text(test, buf);
}

static void fold_check(struct kunit *test, const char *line)
{
	struct sip_text t = fold_message(test, line);
	struct sip_msg *msg = test_parsed(test, &t);

	test_expect_slice(test, &t, msg->via.by.host, "192.168.1.2");
	test_expect_slice(test, &t, msg->via.by.port, "5060");
	test_expect_slice(test, &t, msg->via.branch, "z9hG4bK1");
	test_expect_slice(test, &t, msg->from_tag, "abc");
	test_expect_slice(test, &t, msg->call_id, "x@y");
	KUNIT_EXPECT_EQ_MSG(test, msg->cseq, 1u, "%s", line);
	if (!strncmp(line, "Contact", 7)) {
		KUNIT_ASSERT_EQ(test, (int)msg->n_uris, 3);
		test_expect_slice(test, &t, msg->uri[1].at.host, "192.168.1.2");
		KUNIT_EXPECT_EQ_MSG(test, msg->uri[1].expires, 60u, "%s", line);
		test_expect_slice(test, &t, msg->uri[2].at.host, "c");
	}
	if (!strncmp(line, "R", 1))
		KUNIT_EXPECT_TRUE_MSG(test, msg->n_uris >= 2, "%s", line);
	if (!strncmp(line, "m", 1))
		KUNIT_EXPECT_TRUE_MSG(test, msg->flags & SIP_MSG_STAR, "%s", line);
	if (!strncmp(line, "Content-Type", 12))
		KUNIT_EXPECT_TRUE_MSG(test, msg->flags & SIP_MSG_SDP, "%s", line);
	if (!strncmp(line, "Content-Enc", 11))
		KUNIT_EXPECT_TRUE_MSG(test, msg->flags & SIP_MSG_ENCODED, "%s", line);
	if (!strncmp(line, "Content-L", 9) || line[0] == 'l')
		KUNIT_EXPECT_EQ_MSG(test, msg->content_length, 7u, "%s", line);
	if (!strncmp(line, "Expires", 7))
		KUNIT_EXPECT_EQ_MSG(test, msg->expires, 60u, "%s", line);
	if (!strncmp(line, "Session", 7))
		KUNIT_EXPECT_EQ_MSG(test, msg->session, 1800u, "%s", line);
}

static void fold_everywhere(struct kunit *test)
{
	char *line = kunit_kzalloc(test, 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	for (u32 i = 0; i < ARRAY_SIZE(folds); i++)
		for (u32 nth = 0; fold_fill(folds[i], nth, "", line); nth++)
			for (u32 b = 0; b < ARRAY_SIZE(blanks); b++) {
				fold_fill(folds[i], nth, blanks[b], line);
				fold_check(test, line);
			}
}

/* ---- header names ---------------------------------------------------------------------- */

static void header_names_in_any_case(struct kunit *test)
{
	static const char *const lines[] = {
		"VIA: SIP/2.0/udp 192.168.1.2:5060;BRANCH=z9hG4bK1", "FROM: <SIP:a@b>;TAG=abc",
		"tO: <sip:c@d>", "CALL-id: x@y", "cseq: 1 OPTIONS",
	};
	char *buf = kunit_kzalloc(test, 1024, GFP_KERNEL);
	struct sip_text t;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	test_cat(test, buf, 1024, "OPTIONS sip:a@b SIP/2.0\r\n");
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		test_cat(test, buf, 1024, lines[i]);
		test_cat(test, buf, 1024, "\r\n");
	}
	test_cat(test, buf, 1024, "\r\n");
	t = test_text(test, buf);
	test_expect_slice(test, &t, test_parsed(test, &t)->from_tag, "abc");
	test_expect_slice(test, &t, test_parsed(test, &t)->via.branch, "z9hG4bK1");
}

struct name_case {
	const char *line;
	u16 flags;
	u8 n_uris;	/* beside the Request-URI */
	u8 role;
};

static const struct name_case names[] = {
	{ "Contact: <sip:a@b>", 0, 1, SIP_ROLE_CONTACT },
	{ "m: <sip:a@b>", 0, 1, SIP_ROLE_CONTACT },
	{ "M: <sip:a@b>", 0, 1, SIP_ROLE_CONTACT },
	{ "CONTACT: <sip:a@b>,<sips:c@d>", 0, 2, SIP_ROLE_CONTACT },
	{ "route: <sip:a@b>", 0, 1, SIP_ROLE_ROUTE },
	{ "rEcOrD-rOuTe: <sip:a@b>", 0, 1, SIP_ROLE_RECORD_ROUTE },
	{ "path: <sip:a@b>", 0, 1, SIP_ROLE_PATH },
	{ "service-route: <sip:a@b>", 0, 1, SIP_ROLE_SERVICE_ROUTE },
	{ "refer-to: <sip:a@b>", 0, 1, SIP_ROLE_REFER_TO },
	{ "R: <sip:a@b>", 0, 1, SIP_ROLE_REFER_TO },
	{ "referred-by: <sip:a@b>", 0, 1, SIP_ROLE_REFERRED_BY },
	{ "b: <sip:a@b>", 0, 1, SIP_ROLE_REFERRED_BY },
	{ "reply-to: <sip:a@b>", 0, 1, SIP_ROLE_REPLY_TO },
	{ "content-type: Application/SDP", SIP_MSG_SDP, 0, 0 },
	{ "c: application/sdp;x=y", SIP_MSG_SDP, 0, 0 },
	{ "c: application/sdp2", 0, 0, 0 },
	{ "c: text/sdp", 0, 0, 0 },
	{ "c: application", 0, 0, 0 },
	{ "Content-Encoding: gzip", SIP_MSG_ENCODED, 0, 0 },
	{ "E: gzip", SIP_MSG_ENCODED, 0, 0 },
	{ "e: Identity", 0, 0, 0 },
	{ "EXPIRES: 1", SIP_MSG_EXPIRES, 0, 0 },
	{ "Expires: x", 0, 0, 0 },
	{ "x: 90", SIP_MSG_SESSION, 0, 0 },
	{ "SESSION-expires: 90", SIP_MSG_SESSION, 0, 0 },
	{ "L: 0", SIP_MSG_LENGTH, 0, 0 },
	/* what only looks alike */
	{ "Contacts: <sip:a@b>", 0, 0, 0 },
	{ "Contac: <sip:a@b>", 0, 0, 0 },
	{ "X-Contact: <sip:a@b>", 0, 0, 0 },
	{ "n: <sip:a@b>", 0, 0, 0 },
	{ "P-Asserted-Identity: <sip:a@b>", 0, 0, 0 },
	{ "Min-Expires: 5", 0, 0, 0 },
	{ "~: z", 0, 0, 0 }, { "`: z", 0, 0, 0 }, { "!: z", 0, 0, 0 }, { "z: z", 0, 0, 0 },
	{ "1: z", 0, 0, 0 },
};

static void header_names(struct kunit *test)
{
	char *line = kunit_kzalloc(test, 128, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		struct sip_msg *msg;
		struct sip_text t;

		sprintf(line, "%s\r\n", names[i].line);
		t = test_message(test, OPTIONS, line);
		msg = test_parsed(test, &t);
		KUNIT_EXPECT_EQ_MSG(test, (int)msg->flags, (int)names[i].flags, "%s",
				    names[i].line);
		KUNIT_EXPECT_EQ_MSG(test, msg->n_uris - 1, (int)names[i].n_uris, "%s",
				    names[i].line);
		if (names[i].n_uris)
			KUNIT_EXPECT_EQ_MSG(test, (int)msg->uri[1].role, (int)names[i].role, "%s",
					    names[i].line);
	}
}

/* ---- URIs and Via ------------------------------------------------------------------------ */

struct uri_case {
	const char *value;	/* of a Contact; NULL host: the message is refused */
	const char *host;
	const char *port;
	const char *maddr;
	u8 scheme;
	u8 transport;
	u8 family;
};

#define SIP SIP_SCHEME_SIP

static const struct uri_case uris[] = {
	{ "<sip:bob@10.0.0.1>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<sip:10.0.0.1>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<sip:10.0.0.1:5070>", "10.0.0.1", "5070", "", SIP, 0, 4 },
	{ "<sip:bob:pass@10.0.0.1:05070>", "10.0.0.1", "05070", "", SIP, 0, 4 },
	{ "<sip:b;x=y?z@10.0.0.1:1;lr>", "10.0.0.1", "1", "", SIP, 0, 4 },
	{ "<SIPS:bob@example.com>", "example.com", "", "", SIP_SCHEME_SIPS, 0, 0 },
	{ "<sip:bob@[2001:db8::1]:5070;transport=tcp>", "[2001:db8::1]", "5070", "", SIP,
	  SIP_TRANSPORT_TCP, 6 },
	{ "<sip:[2001:db8::1]>", "[2001:db8::1]", "", "", SIP, 0, 6 },
	{ "<sip:bob@10.0.0.1;transport=UDP;maddr=239.1.1.1;ttl=3>", "10.0.0.1", "", "239.1.1.1",
	  SIP, SIP_TRANSPORT_UDP, 4 },
	{ "<sip:bob@10.0.0.1;Maddr=a?maddr=b>", "10.0.0.1", "", "a", SIP, 0, 4 },
	{ "<sip:bob@10.0.0.1;x-maddr=a>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<sip:bob@10.0.0.1;maddr>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<sip:bob@10.0.0.1?maddr=1.2.3.4;transport=tcp>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<sip:bob@10.0.0.1;transport=ws>", "10.0.0.1", "", "", SIP, SIP_TRANSPORT_OTHER, 4 },
	{ "<sip:bob@host.invalid;transport=wss>", "host.invalid", "", "", SIP, SIP_TRANSPORT_OTHER,
	  0 },
	{ "<sip:bob@10.0.0.1.example>", "10.0.0.1.example", "", "", SIP, 0, 0 },
	{ "<sip:bob@10.0.0>", "10.0.0", "", "", SIP, 0, 0 },
	{ "<sip:bob@under_score>", "under_score", "", "", SIP, 0, 0 },
	{ "<sip:@10.0.0.1>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<sip:bob@10.0.0.1:0>", "10.0.0.1", "0", "", SIP, 0, 4 },
	{ "sip:bob@10.0.0.1", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "sip:bob@10.0.0.1:6;q=1", "10.0.0.1", "6", "", SIP, 0, 4 },
	{ "Bob <sip:bob@10.0.0.1>;expires=7", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "\"B, <sip:x@9.9.9.9>\\\" ;\" <sip:bob@10.0.0.1>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "\"\"<sip:bob@10.0.0.1>", "10.0.0.1", "", "", SIP, 0, 4 },
	{ "<tel:+1-201-555-0123>", "", "", "", SIP_SCHEME_TEL, 0, 0 },
	{ "<urn:service:sos>", "", "", "", SIP_SCHEME_URN, 0, 0 },
	{ "<mailto:bob@10.0.0.1>", "", "", "", SIP_SCHEME_OTHER, 0, 0 },
	{ "<sipx:bob@10.0.0.1>", "", "", "", SIP_SCHEME_OTHER, 0, 0 },
	{ "<sip:bob@10.0.0.1 >", NULL, "", "", 0, 0, 0 },
	{ "< sip:bob@10.0.0.1>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@10.0.0.1:>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@10.0.0.1:50:60>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@10.0.0.1/x>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@[]>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@[10.0.0.1]>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@[2001:db8::1]x>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@2001:db8::1>", NULL, "", "", 0, 0, 0 },
	{ "<sip:bob@>", NULL, "", "", 0, 0, 0 },
	{ "<sip>", NULL, "", "", 0, 0, 0 },
	{ "<:x>", NULL, "", "", 0, 0, 0 },
	{ "<1sip:x@y>", NULL, "", "", 0, 0, 0 },
	{ "<sip:b\xc3\xb6@y>", NULL, "", "", 0, 0, 0 },
};

static void uri_forms(struct kunit *test)
{
	char *line = kunit_kzalloc(test, 256, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	for (u32 i = 0; i < ARRAY_SIZE(uris); i++) {
		const struct uri_case *c = &uris[i];
		struct sip_text t;
		struct sip_uri *u;

		sprintf(line, "Contact: %s\r\n", c->value);
		t = test_message(test, OPTIONS, line);
		if (!c->host) {
			test_expect_fault(test, &t, SIP_FAULT_CONTACT, c->value);
			continue;
		}
		u = &test_parsed(test, &t)->uri[1];
		test_expect_slice(test, &t, u->at.host, c->host);
		test_expect_slice(test, &t, u->at.port, c->port);
		test_expect_slice(test, &t, u->maddr, c->maddr);
		KUNIT_EXPECT_EQ_MSG(test, (int)u->scheme, (int)c->scheme, "%s", c->value);
		KUNIT_EXPECT_EQ_MSG(test, (int)u->transport, (int)c->transport, "%s", c->value);
		KUNIT_EXPECT_EQ_MSG(test, (int)u->at.addr.family, (int)c->family, "%s", c->value);
	}
}

static void uri_contact_expires(struct kunit *test)
{
	struct sip_text t = test_message(test, "OPTIONS sip:a@b SIP/2.0",
		"Contact: <sip:a@b;expires=1>;expires=2, <sip:c@d>;q=0.1;EXPIRES=\"3\"\r\n"
		"Contact: <sip:e@f;expires=4>;expires\r\nRoute: <sip:g@h>;expires=5\r\n");
	struct sip_msg *msg = test_parsed(test, &t);

	KUNIT_EXPECT_TRUE(test, msg->uri[1].has_expires);
	KUNIT_EXPECT_EQ(test, msg->uri[1].expires, 2u);
	KUNIT_EXPECT_TRUE(test, msg->uri[2].has_expires);
	KUNIT_EXPECT_EQ(test, msg->uri[2].expires, 3u);
	KUNIT_EXPECT_FALSE(test, msg->uri[3].has_expires);
	KUNIT_EXPECT_FALSE(test, msg->uri[4].has_expires);
}

struct via_case {
	const char *value;
	const char *host;
	const char *port;
	u8 transport;
	u8 has_rport;
};

static const struct via_case vias[] = {
	{ "SIP/2.0/UDP host", "host", "", SIP_TRANSPORT_UDP, false },
	{ "SIP/2.0/tcp 1.2.3.4", "1.2.3.4", "", SIP_TRANSPORT_TCP, false },
	{ "sip/2.0/TLS 1.2.3.4:5061", "1.2.3.4", "5061", SIP_TRANSPORT_TLS, false },
	{ "SIP/2.0/WSS df7jal23ls0d.invalid;rport", "df7jal23ls0d.invalid", "", SIP_TRANSPORT_OTHER,
	  true },
	{ "SIP/2.0/UDPX 1.2.3.4", "1.2.3.4", "", SIP_TRANSPORT_OTHER, false },
	{ "SIP/2.0/UDP 1.2.3.4;rport=5", "1.2.3.4", "", SIP_TRANSPORT_UDP, true },
	{ "SIP/2.0/UDP 1.2.3.4;rport=", "1.2.3.4", "", SIP_TRANSPORT_UDP, true },
	{ "SIP/2.0/UDP 1.2.3.4;RPORT", "1.2.3.4", "", SIP_TRANSPORT_UDP, true },
	{ "SIP/2.0/UDP 1.2.3.4;xrport", "1.2.3.4", "", SIP_TRANSPORT_UDP, false },
	{ "SIP/2.0/UDP [::1] : 9 ;a", "[::1]", "9", SIP_TRANSPORT_UDP, false },
	{ "SIP  /\t2.0/ UDP  1.2.3.4 :5060", "1.2.3.4", "5060", SIP_TRANSPORT_UDP, false },
	{ "SIP/2.0/UDP a,b", "a", "", SIP_TRANSPORT_UDP, false },
};

static void via_forms(struct kunit *test)
{
	char *line = kunit_kzalloc(test, 256, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	for (u32 i = 0; i < ARRAY_SIZE(vias); i++) {
		struct sip_msg *msg;
		struct sip_text t;

		sprintf(line, "Via: %s\r\n", vias[i].value);
		t = test_replace(test, test_invite, VIA_LINE, line);
		msg = test_parsed(test, &t);
		test_expect_slice(test, &t, msg->via.by.host, vias[i].host);
		test_expect_slice(test, &t, msg->via.by.port, vias[i].port);
		KUNIT_EXPECT_EQ_MSG(test, (int)msg->via.transport, (int)vias[i].transport, "%s",
				    vias[i].value);
		KUNIT_EXPECT_EQ_MSG(test, (int)msg->via.has_rport, (int)vias[i].has_rport, "%s",
				    vias[i].value);
	}
}

/* Nothing of the last message is left in the result of the next. */
static struct kunit_case cases[] = {
	KUNIT_CASE(fold_everywhere),
	KUNIT_CASE(header_names_in_any_case),
	KUNIT_CASE(header_names),
	KUNIT_CASE(uri_forms),
	KUNIT_CASE(uri_contact_expires),
	KUNIT_CASE(via_forms),
	{}
};

struct kunit_suite sip_grammar_suite = {
	.name = "sip_grammar",
	.test_cases = cases,
};
