// SPDX-License-Identifier: GPL-2.0
/*
 * sip_body: where the parts of a body begin and end, which of them are descriptions, and
 * that every length around a change is right again.
 */
#include "sip_body.h"
#include "sipalg_kunit.h"

#define C_SDP	"c: application/sdp\r\n"

#define SDP	"v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\n" \
		"t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"

/* one message under test */
struct fixture {
	struct sip_text t;
	struct sip_msg *msg;
	struct sip_body body;
	struct sip_edits edits;
	char out[8192];
	int len;
};

/* A message of that type with that body, without Content-Length; the body is read. */
static struct fixture *read_as(struct kunit *test, const char *type, const char *body)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	u32 cap = strlen(body) + strlen(type) + 512;
	char *buf = kunit_kzalloc(test, cap, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	test_cat(test, buf, cap, "OPTIONS sip:bob@example.com SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP 10.0.0.2\r\nFrom: <sip:a@example.com>;tag=1\r\n"
		 "To: <sip:b@example.com>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Type: ");
	test_cat(test, buf, cap, type);
	test_cat(test, buf, cap, "\r\n\r\n");
	test_cat(test, buf, cap, body);
	f->t = test_text(test, buf);
	f->msg = test_parsed(test, &f->t);
	sip_edit_init(&f->edits);
	memset(&f->body, 0x5a, sizeof(f->body));
	return f;
}

static struct fixture *parts_of(struct kunit *test, const char *type, const char *body)
{
	struct fixture *f = read_as(test, type, body);

	sip_body_read(&f->t, f->msg, &f->body);
	return f;
}

static struct fixture *in_mixed(struct kunit *test, const char *body)
{
	return parts_of(test, "multipart/mixed;boundary=b", body);
}

static void expect_part(struct kunit *test, const struct fixture *f, u32 i, const char *want)
{
	KUNIT_ASSERT_TRUE(test, i < f->body.parts.n);
	KUNIT_EXPECT_FALSE(test, f->body.parts.part[i].is_sdp);
	test_expect_slice(test, &f->t, f->body.parts.part[i].body, want);
}

static void expect_sdp(struct kunit *test, const struct fixture *f, u32 i, const char *want)
{
	KUNIT_ASSERT_TRUE(test, i < f->body.parts.n);
	KUNIT_EXPECT_TRUE(test, f->body.parts.part[i].is_sdp);
	test_expect_slice(test, &f->t, f->body.parts.part[i].body, want);
}

static void expect_parents(struct kunit *test, const struct fixture *f, const u8 *parent, u32 n)
{
	u32 i;

	KUNIT_ASSERT_EQ(test, (u32)f->body.parts.n, n);
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ(test, (int)f->body.parts.part[i].parent, (int)parent[i]);
}

static void body_alone(struct kunit *test)
{
	struct fixture *f = parts_of(test, "application/sdp", SDP);

	KUNIT_EXPECT_EQ(test, f->body.parts.n, 1);
	expect_sdp(test, f, 0, SDP);
	KUNIT_EXPECT_EQ(test, f->body.n, 1);
	KUNIT_EXPECT_EQ(test, f->body.desc[0].sdp.media[0].port, 4000);
	f = parts_of(test, "application/sdp", "");
	KUNIT_EXPECT_EQ(test, f->body.parts.n, 0);
	KUNIT_EXPECT_EQ(test, f->body.n, 0);
	f = parts_of(test, "text/plain", SDP);
	KUNIT_EXPECT_EQ(test, f->body.n, 0);
	/* says it is one, and is not */
	f = parts_of(test, "application/sdp", "hello");
	KUNIT_EXPECT_EQ(test, f->body.n, 0);
}

/* RFC 2046 5.1.1: the line end before a boundary line belongs to that */
static void body_parts(struct kunit *test)
{
	struct fixture *f = in_mixed(test, "preamble\r\n--b\r\nc: text/plain\r\n\r\none\r\n"
				  "--b \t\r\n" C_SDP "\r\n" SDP "\r\n--b--\r\nepilogue\r\n");

	KUNIT_EXPECT_EQ(test, f->body.parts.n, 2);
	expect_part(test, f, 0, "one");
	expect_sdp(test, f, 1, SDP);
	KUNIT_EXPECT_EQ(test, f->body.n, 1);
	KUNIT_EXPECT_EQ(test, f->body.desc[0].part, 1);
}

static void body_part_forms(struct kunit *test)
{
	/* no headers at all: plain text; and nothing in it */
	struct fixture *f = in_mixed(test, "--b\r\n\r\none\r\n--b\r\n\r\n--b--");

	KUNIT_EXPECT_EQ(test, f->body.parts.n, 2);
	expect_part(test, f, 0, "one");
	expect_part(test, f, 1, "");
	/* lines that end with LF in the content, and before the boundary */
	f = in_mixed(test, "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\ns=-\n--b--\r\n");
	expect_sdp(test, f, 0, "v=0\ns=-");
	/* two in a row, and a folded header in any case */
	f = in_mixed(test, "--b\r\ncontent-TYPE:\r\n APPLICATION/SDP;\r\n\tcharset=x\r\n\r\nv=0\r\n"
		  "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b--");
	KUNIT_EXPECT_EQ(test, f->body.n, 2);
	expect_sdp(test, f, 1, "v=0\r\n");
	/* headers that are no headers end nothing well: that part is nobody's */
	f = in_mixed(test, "--b\r\nnon\rsense\r\n\r\nv=0\r\n--b\r\n" C_SDP "\r\nv=0\r\n--b--");
	KUNIT_EXPECT_EQ(test, f->body.parts.n, 1);
	expect_sdp(test, f, 0, "v=0");
	/* the last boundary is missing: the part ends with the body */
	f = in_mixed(test, "--b\r\n" C_SDP "\r\nv=0\r\ns=-\r\n");
	expect_sdp(test, f, 0, "v=0\r\ns=-");
}

static void body_boundary_forms(struct kunit *test)
{
	static const char *const types[] = {
		"multipart/mixed;boundary=b=c", "Multipart/Mixed ; x=y ; BOUNDARY = \"b=c\"",
		"multipart/alternative;\r\n boundary=\"b=c\"",
		"multipart/related;boundary=b=c;start=x",
	};
	static const char *const others[] = {
		"multipart/signed;boundary=b=c", "multipart/encrypted;boundary=b=c",
		"multipart/digest;boundary=b=c", "multipart/mixed", "multipart/mixed;boundary=",
		"multipart/mixed;boundary=\"b\\=c\"", "multipart/mixed;boundary=b",
		"multipart/mixed;boundary=b=cc", "multipart/mixed;boundary=B=C",
	};
	static const char body[] = "--b=c\r\n" C_SDP "\r\nv=0\r\n--b=c--\r\n";
	struct fixture *f;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		f = parts_of(test, types[i], body);
		KUNIT_EXPECT_EQ_MSG(test, f->body.n, 1, "%s", types[i]);
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		f = parts_of(test, others[i], body);
		KUNIT_EXPECT_EQ_MSG(test, f->body.n, 0, "%s", others[i]);
	}
}

/* RFC 2046 5.1.1: 70 characters and no more */
static void body_boundary_length(struct kunit *test)
{
	char type[128] = "multipart/mixed;boundary=", body[256] = "--";
	struct fixture *f;
	u32 i, n;

	for (n = 70; n <= 71; n++) {
		type[25] = 0;
		body[2] = 0;
		for (i = 0; i < n; i++) {
			test_cat(test, type, sizeof(type), "x");
			test_cat(test, body, sizeof(body), "x");
		}
		test_cat(test, body, sizeof(body), "\r\n" C_SDP "\r\nv=0\r\n");
		f = parts_of(test, type, body);
		KUNIT_EXPECT_EQ(test, f->body.n, n == 70);
	}
}

/* RFC 2046 5.1.1: behind its last boundary a multipart has no parts */
static void body_epilogue(struct kunit *test)
{
	struct fixture *f = in_mixed(test, "--b\r\n\r\none\r\n--b--\r\n--b\r\n" C_SDP
				     "\r\nv=0\r\n--b--");

	KUNIT_EXPECT_EQ(test, f->body.parts.n, 1);
	f = in_mixed(test, "--b\r\nc: multipart/mixed;boundary=i\r\n\r\n--i--\r\n--i\r\n" C_SDP
		     "\r\nv=0\r\n--b--");
	KUNIT_EXPECT_EQ(test, f->body.parts.n, 1);
}

/* what looks like a boundary line and is none */
static void body_no_boundary(struct kunit *test)
{
	struct fixture *f = in_mixed(test, "--b\r\n\r\n--\r\n--bb\r\n--b-\r\n--b---\r\n"
				     "--b x\r\n -b\r\nx--b\r\n--b--x\r\n--b\r\r\n--b--\r\n");

	KUNIT_EXPECT_EQ(test, f->body.parts.n, 1);
	expect_part(test, f, 0,
		    "--\r\n--bb\r\n--b-\r\n--b---\r\n--b x\r\n -b\r\nx--b\r\n--b--x\r\n--b\r");
}

static void body_nested(struct kunit *test)
{
	static const u8 around[] = { SIP_PART_MESSAGE, 0, 0, SIP_PART_MESSAGE };
	static const char inner[] = "--i\r\n\r\none\r\n--i\r\n" C_SDP "\r\nv=0\r\n"
				    "--i--\r\nend";
	struct fixture *f = in_mixed(test, "--b\r\nc: multipart/alternative;boundary=i\r\n\r\n"
				  "--i\r\n\r\none\r\n--i\r\n" C_SDP "\r\nv=0\r\n"
				  "--i--\r\nend\r\n--b\r\n" C_SDP "\r\nv=0\r\n--b--\r\n");

	expect_parents(test, f, around, ARRAY_SIZE(around));
	expect_part(test, f, 0, inner);
	expect_part(test, f, 1, "one");
	expect_sdp(test, f, 2, "v=0");
	expect_sdp(test, f, 3, "v=0");
	/* an outer boundary ends all that is inside */
	f = in_mixed(test, "--b\r\nc: multipart/mixed;boundary=i\r\n\r\n--i\r\n" C_SDP "\r\n"
		  "v=0\r\n--b\r\n\r\n--i\r\n--b--\r\n");
	KUNIT_EXPECT_EQ(test, f->body.parts.n, 3);
	expect_part(test, f, 0, "--i\r\n" C_SDP "\r\nv=0");
	expect_sdp(test, f, 1, "v=0");
	expect_part(test, f, 2, "--i");
}

/* nobody may change what is signed, encrypted or encoded */
static void body_opaque(struct kunit *test)
{
	static const char *const heads[] = {
		"c: multipart/signed;boundary=i\r\n\r\n--i\r\n" C_SDP "\r\nv=0\r\n--i--\r\n",
		"c: multipart/encrypted;boundary=i\r\n\r\n--i\r\n" C_SDP "\r\nv=0\r\n--i--\r\n",
		C_SDP "Content-Encoding: gzip\r\n\r\nv=0\r\n",
		C_SDP "e: gzip\r\n\r\nv=0\r\n",
		C_SDP "Content-Transfer-Encoding: base64\r\n\r\nv=0\r\n",
		C_SDP "Content-Transfer-Encoding:quoted-printable\r\n\r\nv=0\r\n",
		"c: multipart/mixed;boundary=i\r\ne: deflate\r\n\r\n--i\r\n" C_SDP "\r\nv=0",
		"c: message/sip\r\n\r\nv=0\r\n",
	};
	char body[256];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		struct fixture *f;

		strcpy(body, "--b\r\n");
		test_cat(test, body, sizeof(body), heads[i]);
		test_cat(test, body, sizeof(body), "--b--\r\n");
		f = in_mixed(test, body);
		KUNIT_EXPECT_EQ_MSG(test, f->body.parts.n, 1, "%s", heads[i]);
		KUNIT_EXPECT_EQ_MSG(test, f->body.n, 0, "%s", heads[i]);
	}
	for (i = 0; i < 4; i++) {
		static const char *const plain[] = { "7bit", "8BIT", "binary", "identity" };
		struct fixture *f;

		strcpy(body, "--b\r\n" C_SDP "Content-Transfer-Encoding: ");
		test_cat(test, body, sizeof(body), plain[i]);
		test_cat(test, body, sizeof(body), "\r\n\r\nv=0\r\n--b--\r\n");
		f = in_mixed(test, body);
		KUNIT_EXPECT_EQ(test, f->body.n, 1);
	}
}

static void body_limits(struct kunit *test)
{
	static const char part[] = "--b\r\n" C_SDP "\r\nv=0\r\n";
	char *body = kunit_kzalloc(test, 2048, GFP_KERNEL);
	struct fixture *f;
	u32 n;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, body);
	for (n = 0; n < SIP_MAX_PARTS; n++)
		test_cat(test, body, 2048, part);
	f = in_mixed(test, body);
	KUNIT_EXPECT_EQ(test, f->body.parts.n, SIP_MAX_PARTS);
	KUNIT_EXPECT_EQ(test, f->body.n, SDP_MAX_DESCRIPTIONS);
	KUNIT_EXPECT_EQ(test, f->body.n_over, SIP_MAX_PARTS - SDP_MAX_DESCRIPTIONS);
	test_cat(test, body, 2048, part);
	KUNIT_EXPECT_EQ(test, f->msg->left, 0);
	f = in_mixed(test, body);
	KUNIT_EXPECT_EQ(test, f->body.parts.n, SIP_MAX_PARTS);
	KUNIT_EXPECT_EQ(test, f->msg->left, 1U << SIP_LEFT_LIMIT);
	KUNIT_EXPECT_EQ(test, sip_strict_fault(f->msg), SIP_FAULT_LIMIT);
	f = in_mixed(test, "--b\r\n" C_SDP "\r\nv=0\r\nm=audio x RTP/AVP 0\r\n--b--");
	KUNIT_EXPECT_EQ(test, f->body.n, 1);
	KUNIT_EXPECT_EQ(test, f->body.desc[0].sdp.n_media, 0);
	KUNIT_EXPECT_EQ(test, f->msg->left, 1U << SIP_LEFT_SDP_LINE);
	KUNIT_EXPECT_EQ(test, sip_strict_fault(f->msg), SIP_FAULT_SDP);
}

/* A body that does not say what it is, and one that says two things. */
static void body_untyped(struct kunit *test)
{
	struct fixture *f = parts_of(test, "application", "v=0\r\nc=IN IP4 10.0.0.2\r\n");

	KUNIT_EXPECT_EQ(test, f->body.n, 1);
	KUNIT_EXPECT_EQ(test, parts_of(test, "application", "v=0")->body.n, 0);
	KUNIT_EXPECT_EQ(test, parts_of(test, "application", "x=0\r\nv=0\r\n")->body.n, 0);
	KUNIT_EXPECT_EQ(test, parts_of(test, "text/plain", "v=0\r\ns=-\r\n")->body.n, 0);
	f = read_as(test, "application", "v=0\r\ns=-\r\n");
	f->msg->flags |= SIP_MSG_STRICT;
	sip_body_read(&f->t, f->msg, &f->body);
	KUNIT_EXPECT_EQ(test, f->body.n, 0);
	f = parts_of(test, "text/plain\r\nc: application/sdp", "v=0\r\ns=-\r\n");
	KUNIT_EXPECT_EQ(test, f->body.n, 0);
	KUNIT_EXPECT_EQ(test, f->msg->left, 1U << SIP_LEFT_SDP_LINE);
	f = parts_of(test, "application/sdp\r\nc: application/sdp", "v=0\r\ns=-\r\n");
	KUNIT_EXPECT_EQ(test, f->body.n, 1);
}

/* multiparts inside of each other: the message's own is the first of SIP_MAX_NESTING */
static void body_nesting(struct kunit *test)
{
	u32 depth, i;

	for (depth = 1; depth <= SIP_MAX_NESTING + 1; depth++) {
		char body[512] = "", line[] = "--b";
		struct fixture *f;

		for (i = 1; i < depth; i++) {
			test_cat(test, body, sizeof(body), line);
			line[2] = 'b' + i;
			test_cat(test, body, sizeof(body), "\r\nc: multipart/mixed;boundary=");
			test_cat(test, body, sizeof(body), line + 2);
			test_cat(test, body, sizeof(body), "\r\n\r\n");
		}
		test_cat(test, body, sizeof(body), line);
		test_cat(test, body, sizeof(body), "\r\n" C_SDP "\r\nv=0\r\n");
		f = in_mixed(test, body);
		KUNIT_EXPECT_EQ_MSG(test, f->body.n, depth <= SIP_MAX_NESTING, "%u: %s", depth,
				    body);
	}
}

/* Every byte after which the body may end: nothing is read behind it. */
static void body_truncated(struct kunit *test)
{
	static const char body[] = "--b\r\nc: multipart/alternative;boundary=i\r\nl: 40\r\n\r\n"
				   "--i\r\n" C_SDP "l: 5\r\n\r\nv=0\r\n--i--\r\n--b--\r\n";
	struct fixture *f = read_as(test, "multipart/mixed;boundary=b", body);
	u32 head = f->msg->body.off, i;

	for (i = 0; i <= f->msg->body.len; i++) {
		struct sip_text cut = test_bytes(test, f->t.p, head + i);
		struct sip_msg *msg = test_parsed(test, &cut);

		sip_body_read(&cut, msg, &f->body);
		KUNIT_EXPECT_LE(test, f->body.n, 1);
	}
}

/* ---- lengths --------------------------------------------------------------------- */

static void publish(struct kunit *test, struct fixture *f, u32 i, u16 port)
{
	struct sip_description *desc = &f->body.desc[i];

	desc->plan.from = test_addr(test, "10.0.0.2");
	desc->plan.to = test_addr(test, "203.0.113.100");
	desc->plan.media[0].addr = desc->plan.to;
	desc->plan.media[0].port = port;
}

static void expect_out(struct kunit *test, struct fixture *f, const char *want)
{
	KUNIT_ASSERT_EQ(test, sip_body_plan(&f->edits, &f->t, 0, f->msg, &f->body), 0);
	memcpy(f->out, f->t.p, f->t.len);
	f->len = sip_edit_render(&f->edits, f->out, f->t.len, sizeof(f->out));
	KUNIT_ASSERT_GT(test, f->len, 0);
	test_expect_bytes(test, f->out + f->msg->body.off, f->len - f->msg->body.off, want,
			  strlen(want));
}

#define NEW	"v=0\r\no=- 1 1 IN IP4 203.0.113.100\r\ns=-\r\nc=IN IP4 203.0.113.100\r\n" \
		"t=0 0\r\nm=audio 10000 RTP/AVP 0\r\n"

/* SDP has 85 bytes, NEW 96; each stated length grows by that, where it was right */
static void body_part_lengths(struct kunit *test)
{
	struct fixture *f = in_mixed(test, "--b\r\n" C_SDP "Content-Length: 85\r\n\r\n" SDP
				  "\r\n--b\r\nl: 3\r\n\r\none\r\n--b--\r\n");

	publish(test, f, 0, 10000);
	expect_out(test, f, "--b\r\n" C_SDP "Content-Length: 96\r\n\r\n" NEW
		   "\r\n--b\r\nl: 3\r\n\r\none\r\n--b--\r\n");
	/* some count the line end of the boundary */
	f = in_mixed(test, "--b\r\n" C_SDP "l: 87\r\n\r\n" SDP "\r\n--b--\r\n");
	publish(test, f, 0, 10000);
	expect_out(test, f, "--b\r\n" C_SDP "l: 98\r\n\r\n" NEW "\r\n--b--\r\n");
	/* what was wrong stays as it was */
	f = in_mixed(test, "--b\r\n" C_SDP "l: 86\r\n\r\n" SDP "\r\n--b--\r\n");
	publish(test, f, 0, 10000);
	expect_out(test, f, "--b\r\n" C_SDP "l: 86\r\n\r\n" NEW "\r\n--b--\r\n");
	f = in_mixed(test, "--b\r\n" C_SDP "l: 99999\r\n\r\n" SDP "\r\n--b--\r\n");
	publish(test, f, 0, 10000);
	expect_out(test, f, "--b\r\n" C_SDP "l: 99999\r\n\r\n" NEW "\r\n--b--\r\n");
}

/* a part around a part: its length grows by the inner one's digits, too */
static void body_nested_lengths(struct kunit *test)
{
	struct fixture *f = in_mixed(test, "--b\r\nc: multipart/mixed;boundary=i\r\nl: 131\r\n\r\n"
				     "--i\r\n" C_SDP "l: 90\r\n\r\n" SDP "a=x\r\n"
				     "\r\n--i--\r\n--b--\r\n");

	KUNIT_ASSERT_EQ(test, f->body.parts.part[0].body.len, 131);
	publish(test, f, 0, 10000);
	expect_out(test, f, "--b\r\nc: multipart/mixed;boundary=i\r\nl: 143\r\n\r\n"
		   "--i\r\n" C_SDP "l: 101\r\n\r\n" NEW "a=x\r\n\r\n--i--\r\n--b--\r\n");
}

/* each description has a plan of its own */
static void body_two_descriptions(struct kunit *test)
{
	struct fixture *f = in_mixed(test, "--b\r\n" C_SDP "\r\n" SDP
				  "\r\n--b\r\n" C_SDP "l: 85\r\n\r\n" SDP "\r\n--b--\r\n");

	publish(test, f, 1, 10000);
	expect_out(test, f, "--b\r\n" C_SDP "\r\n" SDP
		   "\r\n--b\r\n" C_SDP "l: 96\r\n\r\n" NEW "\r\n--b--\r\n");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(body_alone),
	KUNIT_CASE(body_parts),
	KUNIT_CASE(body_part_forms),
	KUNIT_CASE(body_boundary_forms),
	KUNIT_CASE(body_boundary_length),
	KUNIT_CASE(body_epilogue),
	KUNIT_CASE(body_no_boundary),
	KUNIT_CASE(body_nested),
	KUNIT_CASE(body_opaque),
	KUNIT_CASE(body_limits),
	KUNIT_CASE(body_untyped),
	KUNIT_CASE(body_nesting),
	KUNIT_CASE(body_truncated),
	KUNIT_CASE(body_part_lengths),
	KUNIT_CASE(body_nested_lengths),
	KUNIT_CASE(body_two_descriptions),
	{}
};

struct kunit_suite sip_body_suite = {
	.name = "sip_body",
	.test_cases = cases,
};
