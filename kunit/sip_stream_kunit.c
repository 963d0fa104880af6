// SPDX-License-Identifier: GPL-2.0
/*
 * sip_stream: where a unit ends, what no SIP message begins with, what nobody can
 * frame, and that it never matters in which pieces the bytes come.
 */
#include <linux/errno.h>

#include "sip_stream.h"
#include "sipalg_kunit.h"

#define START	"INVITE sip:bob@203.0.113.9 SIP/2.0\r\n"

enum { ROOM = 2 * SIP_MAX_MESSAGE };

/**
 * struct stream - a reader, and where its text stands
 * @test: the case
 * @msg: room for the reader
 * @frame: how far it is
 * @room: ROOM bytes; the text is their end, so that reading on is a fault
 */
struct stream {
	struct kunit *test;
	struct sip_msg *msg;
	struct sip_frame frame;
	char *room;
};

static struct stream *stream_new(struct kunit *test)
{
	struct stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	s->test = test;
	s->msg = test_new_msg(test);
	s->room = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->room);
	return s;
}

/* More bytes of the same unit: @len of them in all. */
static int stream_next(struct stream *s, const char *p, u32 len)
{
	struct sip_text text = { s->room + ROOM - len, len };

	memcpy(s->room + ROOM - len, p, len);
	return sip_frame_next(&s->frame, &text, s->msg);
}

static int stream_read(struct stream *s, const char *p, u32 len)
{
	sip_frame_init(&s->frame);
	return stream_next(s, p, len);
}

/* After a unit nothing is left of it, but for what it was. */
static void expect_fresh(struct stream *s, bool is_keepalive)
{
	const struct sip_frame *f = &s->frame;

	KUNIT_EXPECT_EQ(s->test, f->at | f->header | f->total | f->length, 0u);
	KUNIT_EXPECT_FALSE(s->test, f->has_length);
	KUNIT_EXPECT_EQ(s->test, (int)f->is_keepalive, (int)is_keepalive);
}

/* ---- a whole stream, in pieces ----------------------------------------------------- */

enum { UNITS_MAX = 64 };

/**
 * struct units - what was read of a stream
 * @n: how many units, CRLFs that follow one another counted as one
 * @len: their lengths
 * @is_keepalive: and what they are
 * @at: where the reader stands at last
 * @end: 0: it wants more; else its error
 */
struct units {
	u32 n;
	u32 len[UNITS_MAX];
	bool is_keepalive[UNITS_MAX];
	u32 at;
	int end;
};

static void units_add(struct units *u, u32 len, bool is_keepalive)
{
	u->at += len;
	if (u->n && is_keepalive && u->is_keepalive[u->n - 1]) {
		u->len[u->n - 1] += len;
	} else if (u->n < UNITS_MAX) {
		u->len[u->n] = len;
		u->is_keepalive[u->n++] = is_keepalive;
	}
}

/* @step: bytes at most that come together; 0: all at once. */
static void read_units(struct stream *s, const struct sip_text *t, u32 step, u32 *seed,
		       struct units *u)
{
	u32 have = 0, n = t->len;
	int ret;

	memset(u, 0, sizeof(*u));
	sip_frame_init(&s->frame);
	while (have < t->len && !u->end) {
		if (step)
			n = 1 + test_random(seed) % step;
		have = min(have + n, t->len);
		while ((ret = stream_next(s, t->p + u->at, have - u->at)) > 0) {
			expect_fresh(s, s->frame.is_keepalive);
			units_add(u, ret, s->frame.is_keepalive);
		}
		u->end = ret;
	}
}

static void expect_same_units(struct stream *s, const struct sip_text *t, const struct units *a,
			      const struct units *b, u32 step)
{
	bool same = a->n == b->n && a->at == b->at && a->end == b->end &&
		    !memcmp(a->len, b->len, a->n * sizeof(*a->len)) &&
		    !memcmp(a->is_keepalive, b->is_keepalive, a->n);

	KUNIT_EXPECT_TRUE_MSG(s->test, same,
			      "%u units, %u bytes, %d; in steps of %u: %u, %u, %d: \"%.*s\"", a->n,
			      a->at, a->end, step, b->n, b->at, b->end, (int)t->len, t->p);
}

/* Reads the stream at once, byte by byte, and in random pieces: all the same. */
static void expect_any_pieces(struct stream *s, const struct sip_text *t, struct units *u)
{
	static const u32 steps[] = { 1, 3, 20, 200 };
	u32 seed = 1 + t->len, i;
	struct units *other = u + 1;

	read_units(s, t, 0, &seed, u);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		read_units(s, t, steps[i], &seed, other);
		expect_same_units(s, t, u, other, steps[i]);
	}
}

/* room for the units of two readings */
static struct units *new_units(struct kunit *test)
{
	struct units *u = kunit_kzalloc(test, 2 * sizeof(*u), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, u);
	return u;
}

/* ---- keep-alives: RFC 3261 7.5, RFC 5626 4.4.1 ------------------------------------- */

static void stream_keepalives(struct kunit *test)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", 0 },
		{ "\r", 0 },				/* its LF may be on the way */
		{ "\r\n", 2 },
		{ "\r\n\r", 2 },			/* the rest is a unit of its own */
		{ "\r\n\r\n", 4 },
		{ "\r\n\r\n\r\n\r\n\r\n\r\n", 12 },
		{ "\r\nINVITE", 2 },
		{ "\r\n\r\n\n", 4 },
		{ "\r\nPOST /", 2 },
		{ "\r\r", -ENOMSG },
		{ "\r\r\n", -ENOMSG },
		{ "\rI", -ENOMSG },
		{ "\r ", -ENOMSG },
		{ "\n", -ENOMSG },
		{ "\n\r\n", -ENOMSG },
		{ "\n\n", -ENOMSG },
	};
	struct stream *s = stream_new(test);
	u32 i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ret = stream_read(s, cases[i].text, strlen(cases[i].text));
		KUNIT_EXPECT_EQ_MSG(test, ret, cases[i].want, "case %u", i);
		if (ret > 0)
			expect_fresh(s, true);
	}
}

static void stream_keepalive_is_cut(struct kunit *test)
{
	struct stream *s = stream_new(test);

	KUNIT_EXPECT_EQ(test, stream_read(s, "\r", 1), 0);
	KUNIT_EXPECT_EQ(test, stream_next(s, "\r\n", 2), 2);
	expect_fresh(s, true);
	KUNIT_EXPECT_EQ(test, stream_next(s, "I", 1), 0);
	KUNIT_EXPECT_FALSE(test, s->frame.is_keepalive);
	KUNIT_EXPECT_EQ(test, stream_read(s, "\r", 1), 0);
	KUNIT_EXPECT_EQ(test, stream_next(s, "\rI", 2), -ENOMSG);
}

static void stream_message_after_keepalive(struct kunit *test)
{
	static const char text[] = "\r\n\r\n" START "l: 2\r\n\r\nab\r\n";
	struct stream *s = stream_new(test);
	u32 len = sizeof(text) - 1 - 4 - 2;

	KUNIT_EXPECT_EQ(test, stream_read(s, text, sizeof(text) - 1), 4);
	expect_fresh(s, true);
	KUNIT_EXPECT_EQ(test, stream_next(s, text + 4, len + 2), (int)len);
	expect_fresh(s, false);
	KUNIT_EXPECT_EQ(test, stream_next(s, text + 4 + len, 2), 2);
	expect_fresh(s, true);
}

/* ---- start lines: SECURITY S2, M1 -------------------------------------------------- */

#define METHOD_64 "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"

static const char * const good_starts[] = {
	START,
	"OPTIONS tel:+1-201-555-0123 sip/2.0\r\n",	/* RFC 3261 7.1: any case */
	"REGISTER sips:[2001:db8::1]:5061;x=y?z=%41 SIP/2.0\r\n",
	"INVITE urn:service:sos SIP/2.0\r\n",
	"MESSAGE soap.beep://192.0.2.103:3002 Sip/2.0\r\n",
	"X a-b+c.d+:x SIP/2.0\r\n",
	"SIP x:y SIP/2.0\r\n",
	"SIP2 x:y SIP/2.0\r\n",
	"!%*_+`'~-.9 x:y SIP/2.0\r\n",
	METHOD_64 " x:y SIP/2.0\r\n",
	"!interesting-Method0123456789_*+`.%indeed'~ x:y SIP/2.0\r\n",	/* RFC 4475 3.1.1.2 */
	"SIP/2.0 200 OK\r\n",
	"sip/2.0 100 \r\n",
	"SIP/2.0 699 \xc3\xa4\t!\r\n",
};

static void stream_good_starts(struct kunit *test)
{
	struct stream *s = stream_new(test);
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(good_starts); i++)
		for (k = 0; k <= strlen(good_starts[i]); k++)
			KUNIT_EXPECT_EQ_MSG(test, stream_read(s, good_starts[i], k), 0,
					    "%u bytes of %s", k, good_starts[i]);
}

/* Broken, but SIP's: a port over its range is the parser's business. */
static void stream_broken_uri_is_sip(struct kunit *test)
{
	static const char text[] = "OPTIONS sip:a@b:65536 SIP/2.0\r\nl:0\r\n\r\n";
	struct stream *s = stream_new(test);

	KUNIT_EXPECT_EQ(test, stream_read(s, text, sizeof(text) - 1), (int)sizeof(text) - 1);
}

struct bad_start {
	const char *text;
	u32 len;
	u32 first;	/* bytes up to the one that shows it */
};

/* what may still become SIP, and what follows, whose first byte cannot */
#define X(good, bad) { good bad, sizeof(good bad) - 1, sizeof(good) }

static const struct bad_start bad_starts[] = {
	X("POST ", "/x HTTP/1.1\r\nHost: h\r\n\r\n"),
	X("GET ", "/ HTTP/1.1\r\n"),
	X("GET http://h/ ", "HTTP/1.1\r\n"),
	X("CONNECT h:443 ", "HTTP/1.1\r\n"),
	X("REGISTER ", "/x HTTP/1.1\r\n"),
	X("REGISTER ", "/x SIP/2.0\r\n"),
	X("REGISTER sip:x ", "HTTP/1.1\r\n"),
	X("OPTIONS ", "* SIP/2.0\r\n"),
	X("OPTIONS rtsp://h/x ", "RTSP/1.0\r\n"),
	X("PRI ", "* HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	X("HTTP", "/1.1 200 OK\r\n"),
	X("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "\r\n"),
	X("SSH-2.0-x", "\r\n"),
	X("EHLO mail.example.com", "\r\n"),
	X("220 mail.example.com", " ESMTP\r\n"),
	X("", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),	/* TLS */
	X("", "\x00\x01\x00\x08!\x12\xa4\x42"),			/* STUN */
	X("", "\x00\x00\x00\x00"),
	X("I", "\x00NVITE sip:a SIP/2.0\r\n"),
	X("", "\xff"),
	X("", " INVITE sip:a SIP/2.0\r\n"),
	X("", "\tINVITE sip:a SIP/2.0\r\n"),
	X("", ":"),
	X(METHOD_64, "G sip:a SIP/2.0\r\n"),
	X("INVITE", "\tsip:a SIP/2.0\r\n"),
	X("INVITE", "\r\n"),
	X("INVITE", "\n"),
	X("INVITE", ": x\r\n"),
	X("INVITE ", " sip:a SIP/2.0\r\n"),
	X("INVITE ", "\tsip:a SIP/2.0\r\n"),
	X("INVITE ", "\r\n"),
	X("INVITE ", ":a SIP/2.0\r\n"),
	X("INVITE ", "1sip:a SIP/2.0\r\n"),
	X("INVITE ", "-sip:a SIP/2.0\r\n"),
	X("INVITE ", "+sip:a SIP/2.0\r\n"),
	X("INVITE ", "[2001:db8::1] SIP/2.0\r\n"),
	X("INVITE ", "<sip:a> SIP/2.0\r\n"),
	X("INVITE sip", " SIP/2.0\r\n"),
	X("INVITE sip+x", "/y:z SIP/2.0\r\n"),
	X("INVITE sip", "@a SIP/2.0\r\n"),
	X("INVITE sip:a", "\r\n"),
	X("INVITE sip:a", "\n"),
	X("INVITE sip:a", "\tSIP/2.0\r\n"),
	X("INVITE sip:a", "\"b SIP/2.0\r\n"),
	X("INVITE sip:a", "<b SIP/2.0\r\n"),
	X("INVITE sip:a", "\x80 SIP/2.0\r\n"),
	X("INVITE sip:a", "\x7f SIP/2.0\r\n"),
	X("INVITE sip:a ", " SIP/2.0\r\n"),
	X("INVITE sip:a ", "b SIP/2.0\r\n"),
	X("INVITE sip:a SIP/", "3.0\r\n"),
	X("INVITE sip:a SIP/2.", "1\r\n"),
	X("INVITE sip:a SIP/2", "\r\n"),
	X("INVITE sip:a SIP/2.0", " \r\n"),
	X("INVITE sip:a SIP/2.0", "0\r\n"),
	X("INVITE sip:a SIP/2.0", "\n"),
	X("INVITE sip:a SIP/2.0\r", "\r\n"),
	X("INVITE sip:a SIP/2.0\r", "l:0\r\n"),
	X("INVITE sip: SIP/2.0\r", "\n"),		/* a URI that is none shows at its end */
	X("INVITE sip:a@ SIP/2.0\r", "\n"),
	X("INVITE x: SIP/2.0\r", "\n"),
	X("SIP/", "1.0 200 OK\r\n"),
	X("SIP/", "3.0 200 OK\r\n"),
	X("SIP/2.", "1 200 OK\r\n"),
	X("SIP", "\r\n"),
	X("SIP/2.0", "\r\n"),
	X("SIP/2.0", "0 200 OK\r\n"),
	X("SIP/2.0", "\t200 OK\r\n"),
	X("SIP/2.0 ", " 200 OK\r\n"),
	X("SIP/2.0 ", "OK\r\n"),
	X("SIP/2.0 ", "\r\n"),
	X("SIP/2.0 ", "099 OK\r\n"),
	X("SIP/2.0 ", "700 OK\r\n"),
	X("SIP/2.0 20", " OK\r\n"),
	X("SIP/2.0 200", "0 OK\r\n"),
	X("SIP/2.0 200", "\r\n"),
	X("SIP/2.0 200", "\tOK\r\n"),
	X("SIP/2.0 200 O", "\x00K\r\n"),
	X("SIP/2.0 200 O", "\x7fK\r\n"),
	X("SIP/2.0 200 OK", "\n"),
	X("SIP/2.0 200 OK\r", "x\r\n"),
	X("SIP/2.0 200 OK\r", "\r\n"),
};

#undef X

static void stream_bad_starts(struct kunit *test)
{
	struct stream *s = stream_new(test);
	const struct bad_start *bad;
	u32 k;

	for (bad = bad_starts; bad < bad_starts + ARRAY_SIZE(bad_starts); bad++)
		for (k = 0; k <= bad->len; k++)
			KUNIT_EXPECT_EQ_MSG(test, stream_read(s, bad->text, k),
					    k < bad->first ? 0 : -ENOMSG, "%u bytes of %s", k,
					    bad->text);
}

/* ... and none of them is taken as a second message either, or behind a keep-alive. */
static void stream_bad_starts_later(struct kunit *test)
{
	struct units *u = new_units(test);
	struct stream *s = stream_new(test);
	char *buf = kunit_kzalloc(test, 256, GFP_KERNEL);
	struct sip_text text = { buf, 0 };
	const struct bad_start *bad;
	u32 len;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	test_cat(test, buf, 256, START "l: 2\r\n\r\nab\r\n\r\n");
	len = strlen(buf);
	for (bad = bad_starts; bad < bad_starts + ARRAY_SIZE(bad_starts); bad++) {
		memcpy(buf + len, bad->text, bad->len);
		text.len = len + bad->len;
		expect_any_pieces(s, &text, u);
		KUNIT_EXPECT_EQ(test, u->end, -ENOMSG);
		KUNIT_EXPECT_EQ(test, u->at, len);
		KUNIT_EXPECT_EQ(test, u->n, 2u);
	}
}

/* ---- Content-Length: SECURITY S6 --------------------------------------------------- */

enum { BODY = 12 };

struct length_case {
	const char *headers;
	int body;	/* -EBADMSG, or bytes of the body */
};

static const struct length_case lengths[] = {
	{ "Content-Length: 5\r\n", 5 },
	{ "Content-Length: 0\r\n", 0 },
	{ "content-length: 12\r\n", 12 },
	{ "CONTENT-LENGTH:5\r\n", 5 },
	{ "cOnTeNt-LeNgTh:5\r\n", 5 },
	{ "l: 5\r\n", 5 },
	{ "L:5\r\n", 5 },
	{ "l:5\r\n", 5 },
	{ "l :5\r\n", 5 },
	{ "l\t: 5\r\n", 5 },
	{ "l \t \t:\t \t5\t \t\r\n", 5 },
	{ "Content-Length  :  5  \r\n", 5 },
	{ "l:\r\n 5\r\n", 5 },			/* RFC 3261 7.3.1: folded */
	{ "l:\r\n\t\r\n  \r\n 5\r\n", 5 },
	{ "l: 5\r\n \r\n", 5 },
	{ "l: 5 \r\n\t\r\n \r\n", 5 },
	{ "l: 0000000000000000000000000000000005\r\n", 5 },
	{ "l: 00\r\n", 0 },
	{ "A: b\r\nl: 5\r\nC: d\r\n", 5 },
	{ "A: b\r\n c\r\nl: 5\r\nC: d\r\n\te\r\n", 5 },
	{ "A:\r\n l: 7\r\nl: 5\r\n", 5 },	/* in a folded line of another header */
	{ "A: b\r\n Content-Length: 7\r\nl: 5\r\n", 5 },
	{ "X-Content-Length: 7\r\nl: 5\r\n", 5 },	/* in another one's name */
	{ "Content-Length-X: 7\r\nl: 5\r\n", 5 },
	{ "Content-Lengt: 7\r\nl: 5\r\n", 5 },
	{ "Content-Lengthh: 7\r\nl: 5\r\n", 5 },
	{ "ll: 7\r\nl: 5\r\n", 5 },
	{ "k: 7\r\nl: 5\r\n", 5 },
	{ "Subject: Content-Length: 7\r\nl: 5\r\n", 5 },	/* in its value */
	{ "Subject: l: 7\r\nl: 5\r\n", 5 },
	{ "no colon\r\nl: 5\r\n", 5 },		/* broken, which is the parser's business */
	{ ": 7\r\nl: 5\r\n", 5 },
	{ "\"l: 7\r\nl: 5\r\n", 5 },
	{ " l: 7\r\nl: 5\r\n", 5 },		/* no header before it that it would fold */

	{ "", -EBADMSG },
	{ "A: b\r\n", -EBADMSG },
	{ "X-Content-Length: 5\r\n", -EBADMSG },
	{ "A: b\r\n l: 5\r\n", -EBADMSG },
	{ " l: 5\r\n", -EBADMSG },
	{ "Subject: l: 5\r\n", -EBADMSG },
	{ "l: 5\r\nl: 5\r\n", 5 },			/* SECURITY S6: the same again */
	{ "l: 5\r\nContent-Length: 05\r\n", 5 },
	{ "l: 5\r\nA: b\r\nContent-Length: 6\r\n", -EBADMSG },
	{ "l: 0\r\nl: 0\r\n", 0 },
	{ "l: 0\r\nl: 0\r\nl: 1\r\n", -EBADMSG },
	{ "l: 5, 5\r\n", -EBADMSG },
	{ "l: 5 5\r\n", -EBADMSG },
	{ "l: 5\r\n 5\r\n", -EBADMSG },
	{ "l:\r\n", -EBADMSG },
	{ "l: \t \r\n", -EBADMSG },
	{ "l:\r\n \r\n", -EBADMSG },
	{ "l: -5\r\n", -EBADMSG },
	{ "l: -0\r\n", -EBADMSG },
	{ "l: +5\r\n", -EBADMSG },
	{ "l: 0x5\r\n", -EBADMSG },
	{ "l: 5x\r\n", -EBADMSG },
	{ "l: x5\r\n", -EBADMSG },
	{ "l: 5;a\r\n", -EBADMSG },
	{ "l: 5.0\r\n", -EBADMSG },
	{ "l: 5e0\r\n", -EBADMSG },
	{ "l: \"5\"\r\n", -EBADMSG },
	{ "l: 5 (five)\r\n", -EBADMSG },
	{ "l: \xb2\r\n", -EBADMSG },
	{ "l: 65535\r\n", -EBADMSG },		/* the message would be over the limit */
	{ "l: 65536\r\n", -EBADMSG },
	{ "l: 65541\r\n", -EBADMSG },		/* 2^16 + 5 */
	{ "l: 4294967295\r\n", -EBADMSG },
	{ "l: 4294967301\r\n", -EBADMSG },	/* 2^32 + 5 */
	{ "l: 18446744073709551621\r\n", -EBADMSG },	/* 2^64 + 5 */
	{ "l\r\n", -EBADMSG },
	{ "l 5\r\n", -EBADMSG },
	{ "l= 5\r\n", -EBADMSG },
	{ "l@: 5\r\n", -EBADMSG },
	{ "l\r\n : 5\r\n", -EBADMSG },		/* RFC 3261 25.1 HCOLON: no fold before the colon */
	{ "l x: 5\r\n", -EBADMSG },
	{ "l l: 5\r\n", -EBADMSG },
	{ "l:: 5\r\n", -EBADMSG },
	{ "l: :5\r\n", -EBADMSG },
};

static void stream_content_length(struct kunit *test)
{
	struct stream *s = stream_new(test);
	struct units *u = new_units(test);
	char *buf = kunit_kmalloc(test, 1024, GFP_KERNEL);
	struct sip_text text = { buf, 0 };
	u32 i, head;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		memset(buf, 0, 1024);
		test_cat(test, buf, 1024, START);
		test_cat(test, buf, 1024, lengths[i].headers);
		test_cat(test, buf, 1024, "\r\n");
		head = strlen(buf);
		/* the body names a length, too, and is no start of a message */
		test_cat(test, buf, 1024, "\nl: 9\r\n\r\n\r\n/");
		text.len = head + BODY;
		KUNIT_EXPECT_EQ_MSG(test, stream_read(s, buf, text.len), lengths[i].body < 0 ?
				    -EBADMSG : (int)head + lengths[i].body, "%s",
				    lengths[i].headers);
		if (lengths[i].body >= 0)
			text.len = head + lengths[i].body;
		expect_any_pieces(s, &text, u);
		KUNIT_EXPECT_EQ(test, u->n, lengths[i].body < 0 ? 0u : 1u);
	}
}

/* Bytes that some take for a line end or for nothing: where they matter nobody frames. */
static void stream_length_with_odd_bytes(struct kunit *test)
{
	static const struct {
		const char *header;
		u32 len;
	} cases[] = {
		{ SIP_LIT("l\0: 5\r\n") },
		{ SIP_LIT("l:\0 5\r\n") },
		{ SIP_LIT("l: \0005\r\n") },
		{ SIP_LIT("l: 5\0\r\n") },
		{ SIP_LIT("l: 5\0005\r\n") },
		{ SIP_LIT("l:\v5\r\n") },
		{ SIP_LIT("l: 5\f\r\n") },
		{ SIP_LIT("l: 5\x7f\r\n") },
		{ SIP_LIT("l: 5\xc2\xa0\r\n") },
		{ SIP_LIT("l:\r5\r\n") },
		{ SIP_LIT("l: 5\r\r\n") },
		{ SIP_LIT("l: 5\r \r\n") },
		{ SIP_LIT("l\r: 5\r\n") },
		{ SIP_LIT("l: 1\r2\r\n") },
	};
	struct stream *s = stream_new(test);
	char *buf = kunit_kzalloc(test, 256, GFP_KERNEL);
	u32 i, at;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(buf, START, sizeof(START) - 1);
		at = sizeof(START) - 1;
		memcpy(buf + at, cases[i].header, cases[i].len);
		at += cases[i].len;
		memcpy(buf + at, SIP_LIT("\r\n0123456789"));
		KUNIT_EXPECT_EQ_MSG(test, stream_read(s, buf, at + 12), -EBADMSG, "case %u", i);
	}
}

/* ---- lines ------------------------------------------------------------------------- */

#define LENGTH(s) ((int)sizeof(s) - 1)

static void stream_line_ends(struct kunit *test)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ START "l: 0\n\r\n", -EBADMSG },
		{ START "A: b\nl: 0\r\n\r\n", -EBADMSG },
		{ START "A: b\n c\r\nl: 0\r\n\r\n", -EBADMSG },
		{ START "A: b\r\n c\nl: 0\r\n\r\n", -EBADMSG },
		{ START "l: 0\r\n\n", -EBADMSG },
		{ START "l: 0\r\n\nx", -EBADMSG },
		{ START "l: 0\r\n\n\n", -EBADMSG },
		{ START "l: 0\n\n", -EBADMSG },
		{ START "\nl: 0\r\n\r\n", -EBADMSG },
		{ START "l: 0\r\nx\n", -EBADMSG },
		{ START "l: 0\r\nx\ny", -EBADMSG },
		{ START "l: 0\r\n\r", 0 },
		{ START "l: 0\r\n\r\r", 0 },
		{ START "l: 0\r\n\r\r\n", -EBADMSG },	/* empty to some */
		{ START "A: b\rl: 7\r\nl: 0\r\n\r\n", LENGTH(START "A: b\rl: 7\r\nl: 0\r\n\r\n") },
		{ START "\r\n", -EBADMSG },
		{ START "l: 0\r\n\r\n", LENGTH(START "l: 0\r\n\r\n") },
		{ START "l: 0\r\n\r\n\r\n", LENGTH(START "l: 0\r\n\r\n") },
		{ START "l: 0\r\n\r\n x", LENGTH(START "l: 0\r\n\r\n") },
	};
	struct stream *s = stream_new(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, stream_read(s, cases[i].text, strlen(cases[i].text)),
				    cases[i].want, "case %u", i);
}

/* ---- bounds, each from both sides -------------------------------------------------- */

/* A text of @head, then @fill times "x", then @tail. */
static struct sip_text filled(struct kunit *test, const char *head, u32 fill, const char *tail)
{
	u32 n = strlen(head), len = n + fill + strlen(tail);
	char *buf = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	memcpy(buf, head, n);
	memset(buf + n, 'x', fill);
	memcpy(buf + n + fill, tail, strlen(tail));
	return (struct sip_text){ buf, len };
}

static void expect_read(struct stream *s, const struct sip_text *t, int want)
{
	KUNIT_EXPECT_EQ_MSG(s->test, stream_read(s, t->p, t->len), want, "%u bytes", t->len);
}

/* ... at once, and in two pieces around its end, and in random ones. */
static void expect_read_in_pieces(struct stream *s, const struct sip_text *t, int want)
{
	u32 seed = t->len, have = 0, cut;
	int ret = 0;

	expect_read(s, t, want);
	for (cut = t->len - 4; cut < t->len; cut++) {
		ret = stream_read(s, t->p, cut);
		if (!ret)
			ret = stream_next(s, t->p, t->len);
		KUNIT_EXPECT_EQ_MSG(s->test, ret, want, "cut at %u of %u", cut, t->len);
	}
	sip_frame_init(&s->frame);
	for (ret = 0; !ret && have < t->len;) {
		have += 1 + test_random(&seed) % 4000;
		have = min(have, t->len);
		ret = stream_next(s, t->p, have);
	}
	KUNIT_EXPECT_EQ_MSG(s->test, ret, want, "%u bytes in pieces", t->len);
}

static void stream_start_line_limit(struct kunit *test)
{
	static const char tail[] = " SIP/2.0\r\nl: 0\r\n\r\n";
	u32 fill = SIP_MAX_LINE - (sizeof("X x:") - 1) - (sizeof(" SIP/2.0\r") - 1);
	struct stream *s = stream_new(test);
	struct sip_text t = filled(test, "X x:", fill, tail);

	expect_read_in_pieces(s, &t, t.len);
	t = filled(test, "X x:", fill + 1, tail);
	expect_read_in_pieces(s, &t, -ENOMSG);
	/* its end is not there */
	t = filled(test, "X x:", SIP_MAX_LINE - 4, "");
	expect_read(s, &t, 0);
	t = filled(test, "X x:", SIP_MAX_LINE - 3, "");
	expect_read(s, &t, -ENOMSG);
}

/* A header has no limit of its own. */
static void stream_header_line_limit(struct kunit *test)
{
	struct stream *s = stream_new(test);
	struct sip_text t;

	t = filled(test, START "l: 0\r\nA:", 9000, "\r\n\r\n");
	expect_read_in_pieces(s, &t, t.len);
	t = filled(test, START "l: 0\r\nA:\r\n b\r\n ", 60000, "\r\n\r\n");
	expect_read_in_pieces(s, &t, t.len);
	/* its end is not there */
	t = filled(test, START "A:", SIP_MAX_MESSAGE - LENGTH(START "A:"), "");
	expect_read(s, &t, 0);
	t = filled(test, START "A:", SIP_MAX_MESSAGE + 1 - LENGTH(START "A:"), "");
	expect_read(s, &t, -EBADMSG);
}

static void stream_message_limit(struct kunit *test)
{
	static const char head[] = START "l: 65490\r\n\r\n";	/* 48 bytes: that is over */
	static const char fits[] = START "l: 65487\r\n\r\n";
	struct stream *s = stream_new(test);
	struct sip_text t;

	KUNIT_ASSERT_EQ(test, (int)sizeof(head) - 1, 48);
	t = filled(test, fits, 65487, "");
	KUNIT_ASSERT_EQ(test, t.len, (u32)SIP_MAX_MESSAGE);
	expect_read_in_pieces(s, &t, SIP_MAX_MESSAGE);
	t = filled(test, START "l: 65488\r\n\r\n", 65488, "");
	expect_read_in_pieces(s, &t, -EBADMSG);
	/* it shows with the header section, whatever follows */
	expect_read(s, &(struct sip_text){ head, sizeof(head) - 1 }, -EBADMSG);
	expect_read(s, &(struct sip_text){ head, sizeof(head) - 2 }, 0);
	/* another message behind it takes nothing away from it */
	t = filled(test, fits, 65487, START);
	expect_read(s, &t, SIP_MAX_MESSAGE);
}

/* Header lines only: 7 of 8192 bytes, then one of @last, then the end. */
static struct sip_text many_lines(struct kunit *test, u32 last, const char *tail)
{
	struct sip_text t = filled(test, START "l: 0\r\n", 7 * SIP_MAX_LINE + last, tail);
	char *p = (char *)t.p + sizeof(START "l: 0\r\n") - 1;
	u32 i;

	for (i = 0; i < 7; i++)
		memcpy(p + (i + 1) * SIP_MAX_LINE - 2, "\r\n", 2);
	return t;
}

static void stream_header_section_limit(struct kunit *test)
{
	u32 left = SIP_MAX_MESSAGE - 7 * SIP_MAX_LINE - (sizeof(START "l: 0\r\n") - 1);
	struct stream *s = stream_new(test);
	struct sip_text t;

	t = many_lines(test, left - 4, "\r\n\r\n");
	KUNIT_ASSERT_EQ(test, t.len, (u32)SIP_MAX_MESSAGE);
	expect_read_in_pieces(s, &t, SIP_MAX_MESSAGE);
	t = many_lines(test, left - 3, "\r\n\r\n");
	expect_read_in_pieces(s, &t, -EBADMSG);
	/* its end is not there, in the middle of a line, behind a line, in the last line end */
	t = many_lines(test, left, "");
	expect_read_in_pieces(s, &t, 0);
	t = many_lines(test, left + 1, "");
	expect_read_in_pieces(s, &t, -EBADMSG);
	t = many_lines(test, left - 2, "\r\n");
	expect_read_in_pieces(s, &t, 0);
	t = many_lines(test, left - 1, "\r\n");
	expect_read_in_pieces(s, &t, -EBADMSG);
	t = many_lines(test, left - 3, "\r\n\r");
	expect_read_in_pieces(s, &t, 0);
	t = many_lines(test, left - 2, "\r\n\r");
	expect_read_in_pieces(s, &t, -EBADMSG);
}

/* ---- messages ---------------------------------------------------------------------- */

static void stream_message_is_cut_anywhere(struct kunit *test)
{
	struct stream *s = stream_new(test);
	u32 len = strlen(test_invite), cut, again;

	for (cut = 0; cut < len; cut++) {
		KUNIT_EXPECT_EQ_MSG(test, stream_read(s, test_invite, cut), 0, "%u bytes", cut);
		/* nothing new is no news */
		KUNIT_EXPECT_EQ(test, stream_next(s, test_invite, cut), 0);
		KUNIT_EXPECT_EQ_MSG(test, stream_next(s, test_invite, len), (int)len, "cut at %u",
				    cut);
		expect_fresh(s, false);
	}
	for (cut = 1; cut < len; cut += 37) {
		for (again = cut; again < len; again += 11) {
			stream_read(s, test_invite, cut);
			KUNIT_EXPECT_EQ(test, stream_next(s, test_invite, again), 0);
			KUNIT_EXPECT_EQ(test, stream_next(s, test_invite, len), (int)len);
		}
	}
}

/* What was read is not read again, so that a byte at a time costs no more than all at once. */
static void stream_reads_a_byte_once(struct kunit *test)
{
	struct stream *s = stream_new(test);
	struct sip_text t = test_text(test, test_invite);
	u32 head = strstr(test_invite, "\r\n\r\n") + 4 - test_invite, was = 0;

	sip_frame_init(&s->frame);
	for (t.len = 1; t.len < strlen(test_invite); t.len++) {
		KUNIT_EXPECT_EQ(test, sip_frame_next(&s->frame, &t, s->msg), 0);
		KUNIT_EXPECT_LE(test, was, s->frame.at);
		if (t.len < head)
			KUNIT_EXPECT_LE(test, t.len, s->frame.at + 1);
		was = s->frame.at;
	}
	KUNIT_EXPECT_EQ(test, s->frame.total, (u32)strlen(test_invite));
}

static void stream_many_messages(struct kunit *test)
{
	static const char text[] =
		"\r\n\r\n" START "l: 3\r\n\r\nabcSIP/2.0 200 OK\r\nl: 0\r\n\r\n\r\n"
		"BYE sip:a SIP/2.0\r\nVia: x\r\n y\r\nContent-Length: 4\r\n\r\n\r\n\r\n"
		"ACK sip:a SIP/2.0\r\nl: 41\r\n\r\nINVITE sip:x SIP/2.0\r\nContent-Length: 0\r\n"
		"INFO sip:a SIP/2.0\r\nl: 9\r\n\r\nhalf";
	static const u32 want[] = { 4, 47, 24, 2, 56, 69 };
	struct stream *s = stream_new(test);
	struct units *u = new_units(test);
	struct sip_text t = test_bytes(test, text, sizeof(text) - 1);
	u32 i;

	expect_any_pieces(s, &t, u);
	KUNIT_ASSERT_EQ(test, u->n, (u32)ARRAY_SIZE(want));
	for (i = 0; i < u->n; i++) {
		KUNIT_EXPECT_EQ_MSG(test, u->len[i], want[i], "unit %u", i);
		KUNIT_EXPECT_EQ(test, (int)u->is_keepalive[i], (int)(i == 0 || i == 3));
	}
	KUNIT_EXPECT_EQ(test, u->end, 0);
}

/* ---- whatever comes, in whatever pieces -------------------------------------------- */

enum { RANDOM_MAX = 1024, RANDOM_TEXTS = 6000 };

static const char * const pieces_start[] = {
	START, START, START, START, "SIP/2.0 200 OK\r\n", "sip/2.0 404 no\r\n",
	"BYE tel:1 SIP/2.0\r\n", "X a-b+c:d SIP/2.0\r\n", "SIP x:y SIP/2.0\r\n",
	"POST /x HTTP/1.1\r\n", "OPTIONS * SIP/2.0\r\n", "INVITE sip: SIP/2.0\r\n",
	"SIP/2.0 20 x\r\n", "INVITE sip:a:70000 SIP/2.0\r\n", "INVITE sip:a SIP/2.0\n",
	METHOD_64 "X sip:a SIP/2.0\r\n", "X a_b:c SIP/2.0\r\n", "X a!b:c SIP/2.0\r\n",
	"X a%b:c SIP/2.0\r\n", "SIP/2.0\r\n", "SIP/2.0x 200 OK\r\n", "\xff",
};

static const char * const pieces_header[] = {
	"Via: SIP/2.0/TCP h\r\n", "A:\r\n", "A: b\r\n c\r\n", "A: b\r\n\t\r\n", "B : l: 3\r\n",
	"From: \"l: 4\r\n \"<sip:a>\r\n", "X-l: 9\r\n", "\r\r\n", "A: b\n", "A: \r \r\n", "x\r\n",
	" l: 3\r\n",
};

static const char * const pieces_length[] = {
	"l: 0\r\n", "l: 4\r\n", "Content-Length: 11\r\n", "L\t:\r\n 3\r\n",
	"content-length:0007\r\n", "l: 4\r\n", "l: 0\r\n", "l: 9\r\n", "l: x\r\n",
	"l: 4\r\nl: 4\r\n", "", "l 4\r\n", "l: 65535\r\n", "l: 4294967300\r\n",
};

static u32 put_piece(char *buf, u32 n, const char *s)
{
	u32 len = min((u32)strlen(s), RANDOM_MAX - n);

	memcpy(buf + n, s, len);
	return n + len;
}

static u32 put_any(char *buf, u32 n, const char * const *pieces, u32 n_pieces, u32 *seed)
{
	return put_piece(buf, n, pieces[test_random(seed) % n_pieces]);
}

static u32 random_stream(char *buf, u32 *seed)
{
	static const char bytes[] = "\r\n\r\n :\t0l/SX";
	u32 n = 0, messages = 1 + test_random(seed) % 4, i, k;

	for (i = 0; i < messages; i++) {
		if (!(test_random(seed) % 3))
			n = put_piece(buf, n, "\r\n\r\n");
		n = put_any(buf, n, pieces_start, ARRAY_SIZE(pieces_start), seed);
		for (k = test_random(seed) % 3; k; k--)
			n = put_any(buf, n, pieces_header, ARRAY_SIZE(pieces_header), seed);
		n = put_any(buf, n, pieces_length, ARRAY_SIZE(pieces_length), seed);
		if (!(test_random(seed) % 3))
			n = put_any(buf, n, pieces_header, ARRAY_SIZE(pieces_header), seed);
		n = put_piece(buf, n, "\r\n");
		n = put_piece(buf, n, &"l: 1\r\n\r\nabcd"[test_random(seed) % 13]);
	}
	for (k = test_random(seed) % 6; k > 3 && n; k--)
		buf[test_random(seed) % n] = bytes[test_random(seed) % (sizeof(bytes) - 1)];
	return n;
}

static void stream_pieces_do_not_matter(struct kunit *test)
{
	struct stream *s = stream_new(test);
	struct units *u = new_units(test);
	char *buf = kunit_kmalloc(test, RANDOM_MAX, GFP_KERNEL);
	struct sip_text text = { buf, 0 };
	u32 seed = 2024, i, lost = 0, read = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (i = 0; i < RANDOM_TEXTS; i++) {
		text.len = random_stream(buf, &seed);
		expect_any_pieces(s, &text, u);
		read += u->n;
		lost += u->end < 0;
	}
	/* both kinds are there */
	KUNIT_EXPECT_GT(test, read, RANDOM_TEXTS / 2);
	KUNIT_EXPECT_GT(test, lost, RANDOM_TEXTS / 4);
	KUNIT_EXPECT_LT(test, lost, RANDOM_TEXTS);
}

/* ---- ends that speak SIP: docs/behaviour.md T12 --------------------------------------- */

#define REQUEST	"OPTIONS sip:a@example.com SIP/2.0"

/* An odd line costs a stream nothing once both ends have sent SIP, but never its frame. */
static void stream_odd_lines(struct kunit *test)
{
	enum { WHOLE = 1 };
	static const struct {
		const char *text;
		int want[2];	/* of a new stream, of a known one; WHOLE: all of it is a message */
	} cases[] = {
		{ REQUEST "\r\nl: 0\r\n\r\n", { WHOLE, WHOLE } },
		{ REQUEST "\r\nX: 1\nl: 0\r\nY: 1\r\n\r\n", { -EBADMSG, -EBADMSG } },
		{ REQUEST "\r\nX: 1\nY: 1\r\nl: 0\r\n\r\n", { -EBADMSG, WHOLE } },
		{ REQUEST "\nX: 1\r\nl: 0\r\n\r\n", { -ENOMSG, WHOLE } },
		{ REQUEST "\nl: 0\r\nX: 1\r\n\r\n", { -ENOMSG, -EBADMSG } },
		{ REQUEST "\n\r\nl: 0\r\n\r\n", { -ENOMSG, -EBADMSG } },
		{ REQUEST "\r\nl: 0\r\nX: 1\n\r\n", { -EBADMSG, -EBADMSG } },
		{ REQUEST "\r\nl: 0\r\n\n", { -EBADMSG, -EBADMSG } },
		{ "OPTIONS  sip:a@example.com SIP/2.0\r\nl: 0\r\n\r\n", { -ENOMSG, WHOLE } },
		{ "SIP/2.0 200\r\nl: 0\r\n\r\n", { -ENOMSG, WHOLE } },
		{ "SIP/7.0 200 OK\r\nl: 0\r\n\r\n", { -ENOMSG, WHOLE } },
		{ "SIP/2.0 4294967301 X\r\nl: 0\r\n\r\n", { -ENOMSG, WHOLE } },
		{ "OPTIONS sip:a@example.com SIP/7.0\r\nl: 0\r\n\r\n", { -ENOMSG, WHOLE } },
		{ "SIP/2 200 OK\r\nl: 0\r\n\r\n", { -ENOMSG, -ENOMSG } },
		{ "GET / HTTP/1.1\r\nl: 0\r\n\r\n", { -ENOMSG, -ENOMSG } },
	};
	struct stream *s = stream_new(test);
	int ret, len, want;
	u32 i, known;

	for (i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		known = i % 2;
		len = strlen(cases[i / 2].text);
		want = cases[i / 2].want[known];
		sip_frame_init(&s->frame);
		s->frame.is_known = known;
		ret = stream_next(s, cases[i / 2].text, len);
		KUNIT_EXPECT_EQ_MSG(test, ret, want == WHOLE ? len : want, "case %u, known %u",
				    i / 2, known);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stream_keepalives),
	KUNIT_CASE(stream_odd_lines),
	KUNIT_CASE(stream_keepalive_is_cut),
	KUNIT_CASE(stream_message_after_keepalive),
	KUNIT_CASE(stream_good_starts),
	KUNIT_CASE(stream_broken_uri_is_sip),
	KUNIT_CASE(stream_bad_starts),
	KUNIT_CASE(stream_bad_starts_later),
	KUNIT_CASE(stream_content_length),
	KUNIT_CASE(stream_length_with_odd_bytes),
	KUNIT_CASE(stream_line_ends),
	KUNIT_CASE(stream_start_line_limit),
	KUNIT_CASE(stream_header_line_limit),
	KUNIT_CASE(stream_message_limit),
	KUNIT_CASE(stream_header_section_limit),
	KUNIT_CASE(stream_message_is_cut_anywhere),
	KUNIT_CASE(stream_reads_a_byte_once),
	KUNIT_CASE(stream_many_messages),
	KUNIT_CASE(stream_pieces_do_not_matter),
	{}
};

struct kunit_suite sip_stream_suite = {
	.name = "sip_stream",
	.test_cases = cases,
};
