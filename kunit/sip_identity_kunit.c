// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse_identity: what a bounded look finds, and that it is what the whole walk finds;
 * and the headers of RFC 3261 22, which say who knows a password.
 */
#include <linux/errno.h>

#include "sip_start.h"
#include "sipalg_kunit.h"

#define START	"BYE sip:a@b SIP/2.0\r\n"
#define VIA	"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx1\r\n"
#define FROM	"From: <sip:a@b>;tag=f\r\n"
#define TO	"To: <sip:c@d>;tag=t\r\n"
#define CALL_ID	"Call-ID: abc@d\r\n"
#define CSEQ	"CSeq: 7 BYE\r\n"
#define MORE	"X: y\r\n"	/* a header ends where the next line does not go on with it */
#define ALL	"" VIA FROM TO CALL_ID CSEQ

/* Return: what sip_parse_identity() says. */
static int identity(struct kunit *test, const struct sip_text *t, struct sip_msg *msg)
{
	int line = sip_parse_start(t, msg);

	KUNIT_ASSERT_GT(test, line, 0);
	return sip_parse_identity(t, msg, line);
}

static int identity_of(struct kunit *test, const char *text)
{
	struct sip_text t = test_text(test, text);

	return identity(test, &t, test_new_msg(test));
}

static void identity_is_found(struct kunit *test)
{
	struct sip_text t = test_text(test, START ALL "Contact: broken <<\r\n");
	struct sip_msg *msg = test_new_msg(test);

	KUNIT_EXPECT_EQ(test, identity(test, &t, msg), 0);
	test_expect_slice(test, &t, msg->via.branch, "z9hG4bKx1");
	test_expect_slice(test, &t, msg->call_id, "abc@d");
	test_expect_slice(test, &t, msg->from_tag, "f");
	test_expect_slice(test, &t, msg->to_tag, "t");
	KUNIT_EXPECT_EQ(test, msg->cseq, 7u);
	KUNIT_EXPECT_EQ(test, (int)msg->method, SIP_BYE);
}

/* What stands beside them is not read, and may be anything. */
static void identity_looks_at_nothing_else(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, identity_of(test, START "Contact: <<<\r\nl: -1\r\n" ALL MORE), 0);
	KUNIT_EXPECT_EQ(test, identity_of(test, START ALL "l: 5\r\n\r\n"), 0);
	KUNIT_EXPECT_EQ(test, identity_of(test, START VIA "v: x\r\n" FROM TO CALL_ID CSEQ MORE),
			0);
}

static void identity_is_not_there(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, identity_of(test, START VIA FROM TO CALL_ID "\r\n" CSEQ MORE),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START VIA FROM TO CALL_ID), -E2BIG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START VIA FROM TO CALL_ID "CSeq: 7 BYE"), -E2BIG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START VIA FROM "f: <sip:x@y>\r\n" TO MORE),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START VIA FROM TO CALL_ID "CSeq: 7 ACK\r\n" MORE),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START "Via: x\r\n" FROM TO CALL_ID CSEQ MORE),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START "Via: x\r\n" ALL MORE), -EBADMSG);
	KUNIT_EXPECT_EQ(test, identity_of(test, START "no colon\r\n" ALL MORE), 0);
}

/* The look has an end, and one byte decides. */
static void identity_is_bounded(struct kunit *test)
{
	u32 rest = SIP_MAX_IDENTITY - (sizeof(START ALL "X") - 1);
	char *text = kunit_kzalloc(test, SIP_MAX_IDENTITY + 128, GFP_KERNEL);
	u32 more;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	for (more = 0; more < 2; more++) {
		u32 n = sizeof(START) - 1, fill = rest + more;

		strcpy(text, START);
		text[n++] = 'X';
		text[n++] = ':';
		memset(text + n, 'x', fill - 4);
		strcpy(text + n + fill - 4, "\r\n" ALL MORE);
		KUNIT_EXPECT_EQ(test, identity_of(test, text), more ? -E2BIG : 0);
	}
}

static void identity_is_what_the_walk_finds(struct kunit *test)
{
	struct sip_text t = test_text(test, test_invite);
	struct sip_msg *whole = test_parsed(test, &t), *msg = test_new_msg(test);

	KUNIT_EXPECT_EQ(test, identity(test, &t, msg), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&msg->via, &whole->via, sizeof(msg->via)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&msg->call_id, &whole->call_id, sizeof(msg->call_id)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&msg->from_tag, &whole->from_tag, sizeof(msg->from_tag)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&msg->to_tag, &whole->to_tag, sizeof(msg->to_tag)), 0);
	KUNIT_EXPECT_EQ(test, msg->cseq, whole->cseq);
	KUNIT_EXPECT_EQ(test, (int)msg->method, (int)whole->method);
	/* and the whole walk, begun behind the start line, finds all the same */
	memset(msg, 0x5a, sizeof(*msg));
	KUNIT_EXPECT_EQ(test, sip_parse_rest(&t, msg, sip_parse_start(&t, msg), NULL), (int)t.len);
	KUNIT_EXPECT_EQ(test, memcmp(msg, whole, offsetof(struct sip_msg, uri)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(msg->uri, whole->uri, whole->n_uris * sizeof(msg->uri[0])), 0);
}

/* ---- passwords ------------------------------------------------------------------- */

static u32 flags_of(struct kunit *test, const char *header)
{
	char *text = kunit_kzalloc(test, sizeof(START ALL) + strlen(header) + 8, GFP_KERNEL);
	struct sip_text t;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, text);
	strcpy(text, START ALL);
	strcpy(text + sizeof(START ALL) - 1, header);
	strcpy(text + strlen(text), "\r\n\r\n");
	t = test_text(test, text);
	return test_parsed(test, &t)->flags & (SIP_MSG_CREDENTIALS | SIP_MSG_STALE);
}

static void credentials_are_seen(struct kunit *test)
{
	static const struct {
		const char *header;
		u32 flags;
	} rows[] = {
		{ "Authorization: Digest username=\"u\"", SIP_MSG_CREDENTIALS },
		{ "proxy-AUTHORIZATION : Digest a=b", SIP_MSG_CREDENTIALS },
		{ "Authorization:", SIP_MSG_CREDENTIALS },
		{ "Authorizations: Digest", 0 },
		{ "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=true", SIP_MSG_STALE },
		{ "WWW-Authenticate: Digest stale=TRUE,nonce=x", SIP_MSG_STALE },
		{ "WWW-Authenticate: Digest stale = \"true\"", SIP_MSG_STALE },
		{ "Proxy-Authenticate: Digest a=\"b\",\r\n\tSTALE=true", SIP_MSG_STALE },
		{ "WWW-Authenticate: Digest stale=false", 0 },
		{ "WWW-Authenticate: Digest realm=\"stale=true\"", 0 },
		{ "WWW-Authenticate: Digest realm=\"\\\", stale=true, \"", 0 },
		{ "WWW-Authenticate: Digest xstale=true, stale=truer", 0 },
		{ "WWW-Authenticate: Digest realm=\"no end, stale=true", 0 },
		{ "WWW-Authenticate: ,, Digest ,,stale=true,,", SIP_MSG_STALE },
		{ "WWW-Authenticate: Digest (), stale=true", 0 },
		{ "WWW-Authenticate: Digest stale", 0 },
		{ "WWW-Authenticate: Digest stale=", 0 },
		{ "WWW-Authenticate: Basic realm=x, Digest stale=true", SIP_MSG_STALE },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, flags_of(test, rows[i].header), rows[i].flags, "%s",
				    rows[i].header);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(identity_is_found),
	KUNIT_CASE(identity_looks_at_nothing_else),
	KUNIT_CASE(identity_is_not_there),
	KUNIT_CASE(identity_is_bounded),
	KUNIT_CASE(identity_is_what_the_walk_finds),
	KUNIT_CASE(credentials_are_seen),
	{}
};

struct kunit_suite sip_identity_suite = {
	.name = "sip_identity",
	.test_cases = cases,
};
