// SPDX-License-Identifier: GPL-2.0
/*
 * Messages written by others, joined to streams and cut: the same messages come out.
 *
 * usage: stream DIR
 *
 * A message takes part where its Content-Length is that of its body, by a reading of
 * its own that is slow and simple.  Four of them, keep-alives between them, are a
 * stream; it is read cut in two at every byte, and in random pieces.  What comes out is
 * read by sip_parse_datagram() with the result that it had alone.
 *
 * All is done twice: with streams of which nobody knows whether they are SIP, and with known
 * ones, whose messages may be odd (docs/behaviour.md, T12).  Of a message that takes no part the
 * framer must say so too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpora.h"
#include "sip_start.h"
#include "sip_stream.h"

enum { JOINED = 4, RANDOM_READINGS = 50, ROOM = JOINED * (SIP_MAX_MESSAGE + 8) };

enum verdict {
	TAKEN, NOT_SIP, NO_END, UNSURE, NO_LENGTH, TWO_LENGTHS, BAD_LENGTH, SHORT_BODY, LONG_BODY,
	VERDICTS
};

static const char *const verdict_names[VERDICTS] = {
	[TAKEN] = "taken", [NOT_SIP] = "not SIP", [NO_LENGTH] = "without a length",
	[TWO_LENGTHS] = "with two", [BAD_LENGTH] = "with one that is no number",
	[SHORT_BODY] = "cut short", [LONG_BODY] = "with bytes behind the body",
	[NO_END] = "without an end of the header", [UNSURE] = "with an end that readers differ about",
};

static unsigned int totals[VERDICTS], skipped_sets, streams, readings, passed, failed;
static bool known;	/* both ends of the streams have sent a message */
static u32 seed = 1;

/* one stream, and the messages in it */
static struct joined {
	char text[ROOM];
	u32 len, n;
	u32 at[JOINED], msg_len[JOINED];
} joined;

static u32 rnd(u32 n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

/* ---- which messages ---------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a Content-Length at @p; -1: it is another header; -2: no number. */
static long length_of(const char *p, const char *end)
{
	const char *name = p;
	long value = 0;

	while (p < end && *p != ':' && !is_blank(*p))
		p++;
	if (!(p - name == 14 && !strncasecmp(name, "Content-Length", 14)) &&
	    !(p - name == 1 && (*name == 'l' || *name == 'L')))
		return -1;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || *p++ != ':')
		return -2;
	while (p < end && is_blank(*p))
		p++;
	if (p == end || *p < '0' || *p > '9')
		return -2;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		if ((value = value * 10 + *p - '0') > SIP_MAX_MESSAGE)
			return -2;
	while (p < end && is_blank(*p))
		p++;
	return p == end ? value : -2;
}

/* After the empty line as a reader sees it to whom only LF ends a line, or only CR LF; 0: none. */
static u32 head_len(const char *p, u32 len, bool knows_lf)
{
	const char *end = memmem(p, len, "\r\n\r\n", 4);
	u32 at;

	if (!knows_lf)
		return end ? end + 4 - p : 0;
	for (at = 0; at < len; at++) {
		if (p[at] != '\n')
			continue;
		while (at + 1 < len && p[at + 1] == '\r')
			at++;
		if (at + 1 < len && p[at + 1] == '\n')
			return at + 2;
	}
	return 0;
}

/* Whether an LF is there that no CR comes before. */
static bool has_bare_lf(const char *p, const char *end)
{
	const char *lf;

	for (lf = p; (lf = memchr(lf, '\n', end - lf)); lf++)
		if (lf == p || lf[-1] != '\r')
			return true;
	return false;
}

/* After the header at @p with its folded lines, at each kind of line end. */
static const char *header_end(const char *p, const char *end)
{
	do {
		p = (char *)memchr(p, '\n', end - p) + 1;
	} while (p < end && (*p == ' ' || *p == '\t'));
	return p;
}

static enum verdict judge_length(const char *p, u32 len)
{
	const char *end = p + head_len(p, len, false), *from, *to;
	long value, length = -1;

	from = (char *)memchr(p, '\n', len) + 1;
	for (; from < end - 2; from = to) {
		to = header_end(from, end);
		value = length_of(from, to);
		if (value == -1)
			continue;
		/* to who knows CRLF alone it is none, or longer */
		if (from[-2] != '\r')
			return UNSURE;
		if (value == -2 || has_bare_lf(from, to) || memmem(from, to - from, "\r\r", 2))
			return BAD_LENGTH;
		if (length >= 0 && value != length)
			return TWO_LENGTHS;
		length = value;
	}
	if (length < 0)
		return NO_LENGTH;
	if (length == p + len - end)
		return TAKEN;
	return length < p + len - end ? LONG_BODY : SHORT_BODY;
}

/* A start line that a stream does not take before both ends have sent a message. */
static bool is_for_known(const struct sip_msg *msg)
{
	return msg->left & 1U << SIP_LEFT_START && !(msg->left & 1U << SIP_LEFT_NUMBER);
}

static enum verdict judge(const char *p, u32 len)
{
	static struct sip_msg msg;
	const char *lf = memchr(p, '\n', len);
	struct sip_text line = { p, lf ? lf + 1 - p : len };
	u32 head = head_len(p, len, false);

	if (!lf || sip_parse_start(&line, &msg) == -ENOMSG || (!known && is_for_known(&msg)))
		return NOT_SIP;
	if (head != head_len(p, len, true))
		return UNSURE;
	if (!head)
		return NO_END;
	return has_bare_lf(p, p + head) && !known ? UNSURE : judge_length(p, len);
}

/* ---- reading a stream -------------------------------------------------------------- */

static void fail(const char *what, u32 cut)
{
	if (failed++ < 20)
		printf("not ok - %s, cut at %u: %.60s\n", what, cut, joined.text);
}

/* What the framer says of a message alone must be what was said of it here. */
static void check_verdict(const char *p, u32 len, enum verdict v, const char *path)
{
	struct sip_frame frame = { .is_known = known };
	struct sip_text text = { p, len };
	static struct sip_msg msg;
	int ret = sip_frame_next(&frame, &text, &msg);
	enum verdict is = ret == -ENOMSG ? NOT_SIP : ret == -EBADMSG ? UNSURE :
			  !ret ? SHORT_BODY : ret < len ? LONG_BODY : TAKEN;

	if (v == NO_LENGTH || v == TWO_LENGTHS || v == BAD_LENGTH)
		v = UNSURE;
	if (v == is || (v == NO_END && is != TAKEN && is != LONG_BODY) ||
	    (v == NOT_SIP && !memchr(p, '\n', len) && is != TAKEN))
		return;
	failed++;
	printf("not ok - %s: %s, but the framer returns %d\n", path, verdict_names[v], ret);
}

static bool parses_alike(u32 i)
{
	static struct sip_msg alone, framed;
	struct sip_text t = { joined.text + joined.at[i], joined.msg_len[i] };
	char *copy = malloc(t.len);
	struct sip_text exact = { copy, t.len };
	int a, b;

	memcpy(copy, t.p, t.len);
	memset(&alone, 0, sizeof(alone));
	memset(&framed, 0, sizeof(framed));
	a = sip_parse_datagram(&exact, &alone);
	b = sip_parse_datagram(&t, &framed);
	free(copy);
	return a == b && !memcmp(&alone, &framed, sizeof(alone));
}

/**
 * struct reader - one reading of the stream
 * @frame: of the unit at hand
 * @at: where that begins
 * @n: messages so far
 */
struct reader {
	struct sip_frame frame;
	u32 at, n;
};

/* All units among the first @have bytes. */
static bool read_to(struct reader *r, u32 have)
{
	static struct sip_msg msg;
	struct sip_text t = { joined.text + r->at, have - r->at };
	int ret;

	while ((ret = sip_frame_next(&r->frame, &t, &msg)) > 0) {
		if (!r->frame.is_keepalive &&
		    (r->n == joined.n || r->at != joined.at[r->n] ||
		     (u32)ret != joined.msg_len[r->n++]))
			return false;
		r->at += ret;
		t.p += ret;
		t.len -= ret;
	}
	return !ret;
}

static void read_cut_at(u32 cut)
{
	struct reader r = { .frame.is_known = known };

	readings++;
	if (!read_to(&r, cut) || !read_to(&r, joined.len) || r.n != joined.n)
		fail("other messages", cut);
}

static void read_in_pieces(u32 step)
{
	struct reader r = { .frame.is_known = known };
	u32 have = 0;

	readings++;
	while (have < joined.len) {
		have += 1 + rnd(step);
		have = have < joined.len ? have : joined.len;
		if (!read_to(&r, have))
			break;
	}
	if (have < joined.len || r.n != joined.n)
		fail("other messages in pieces", have);
}

static void run_stream(void)
{
	u32 i;

	if (!joined.n)
		return;
	streams++;
	for (i = 0; i <= joined.len; i++)
		read_cut_at(i);
	for (i = 0; i < RANDOM_READINGS; i++)
		read_in_pieces(1 + rnd(i & 1 ? 2000 : 60));
	for (i = 0; i < joined.n; i++)
		if (!parses_alike(i))
			fail("read otherwise than alone", joined.at[i]);
	joined.n = 0;
	joined.len = 0;
}

static void join(const char *p, u32 len)
{
	u32 crlf;

	for (crlf = rnd(4); crlf > 1; crlf--) {
		memcpy(joined.text + joined.len, "\r\n", 2);
		joined.len += 2;
	}
	memcpy(joined.text + joined.len, p, len);
	joined.at[joined.n] = joined.len;
	joined.msg_len[joined.n++] = len;
	joined.len += len;
	if (joined.n == JOINED)
		run_stream();
}

/* ---- files ------------------------------------------------------------------------- */

static void run_file(const char *path, void *arg)
{
	unsigned int *counts = arg;
	static char buf[SIP_MAX_MESSAGE];
	u32 len = corpora_to_wire(buf, corpora_read(path, buf));
	enum verdict v = judge(buf, len);

	check_verdict(buf, len, v, path);
	if (v == TAKEN)
		join(buf, len);
	counts[v]++;
	totals[v]++;
}

/* ---- lines that the sets have not ---------------------------------------------------- */

#define ODD(lines)	"OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1" lines

static const struct {
	const char *text;
	enum verdict is_new, is_known;
} own[] = {
	{ ODD("\r\nContent-Length: 0\r\n\r\n"), TAKEN, TAKEN },
	{ ODD("\nX: 1\r\nContent-Length: 0\r\n\r\n"), UNSURE, TAKEN },
	{ ODD("\n X\r\nContent-Length: 0\r\n\r\n"), UNSURE, TAKEN },
	{ ODD("\r\r\nContent-Length: 0\r\n\r\n"), TAKEN, TAKEN },
	{ ODD("\nContent-Length: 0\r\n\r\n"), UNSURE, UNSURE },
	{ ODD("\r\nContent-Length: 0\n\r\n"), UNSURE, UNSURE },
	{ ODD("\r\nContent-Length: 0\r\n\n"), UNSURE, UNSURE },
	{ ODD("\r\nContent-Length: 0\r\nX: 1\n\r\n\r\n"), UNSURE, UNSURE },
	{ ODD("\r\nContent-Length: 0\r\n\r\r\n\r\n"), UNSURE, UNSURE },
	{ ODD("\r\nContent-Length: 0\r\r\n\r\n"), BAD_LENGTH, BAD_LENGTH },
	{ ODD("\r\nContent-Length:\n 0\r\n\r\n"), UNSURE, BAD_LENGTH },
	{ ODD("\r\nContent-Length: 0\r\nl: 0\r\n\r\n"), TAKEN, TAKEN },
	{ ODD("\r\nContent-Length: 0\r\nl: 1\r\n\r\n"), TWO_LENGTHS, TWO_LENGTHS },
	{ "OPTIONS sip:a@example.com SIP/2.0\nl: 0\r\nX: 1\r\n\r\n", NOT_SIP, UNSURE },
	{ "OPTIONS sip:a@example.com SIP/2.0\nX: 1\r\nl: 0\r\n\r\n", NOT_SIP, TAKEN },
	{ "OPTIONS sip:a@example.com SIP/2.0\n\r\nl: 0\r\n\r\n", NOT_SIP, UNSURE },
	{ "OPTIONS  sip:a@example.com SIP/2.0\r\nl: 0\r\n\r\n", NOT_SIP, TAKEN },
	{ "SIP/2.0 200\r\nl: 0\r\n\r\n", NOT_SIP, TAKEN },
	{ "SIP/7.0 200 OK\r\nl: 0\r\n\r\n", NOT_SIP, TAKEN },
	{ "SIP/2.0 4294967301 X\r\nl: 0\r\n\r\n", NOT_SIP, TAKEN },
	{ "OPTIONS sip:a@example.com SIP/7.0\r\nl: 0\r\n\r\n", NOT_SIP, TAKEN },
	{ "SIP/2 200 OK\r\nl: 0\r\n\r\n", NOT_SIP, NOT_SIP },
	{ "OPTIONS / SIP/2.0\r\nl: 0\r\n\r\n", NOT_SIP, NOT_SIP },
};

/* Each line of the table, by the slow reader and by the framer; what is taken is joined, too. */
static void run_own(void)
{
	enum verdict v, want;
	size_t i;
	u32 len;

	for (i = 0; i < sizeof(own) / sizeof(*own); i++) {
		want = known ? own[i].is_known : own[i].is_new;
		len = strlen(own[i].text);
		v = judge(own[i].text, len);
		check_verdict(own[i].text, len, want, own[i].text);
		if (v == TAKEN)
			join(own[i].text, len);
		totals[v]++;
		if (v == want)
			continue;
		failed++;
		printf("not ok - not %s: %s\n", verdict_names[want], own[i].text);
	}
	run_stream();
}

static void print_counts(const char *name, const unsigned int *counts)
{
	int i;

	printf("%-16s %-5s %u %s", name, known ? "known" : "new", counts[TAKEN],
	       verdict_names[TAKEN]);
	for (i = TAKEN + 1; i < VERDICTS; i++)
		if (counts[i])
			printf(", %u %s", counts[i], verdict_names[i]);
	putchar('\n');
}

static void run_set(const char *dir, const char *name)
{
	unsigned int counts[VERDICTS] = {};

	if (!corpora_walk(dir, name, run_file, counts)) {
		skipped_sets++;
		return;
	}
	run_stream();
	print_counts(name, counts);
}

static void run_all(const char *dir)
{
	size_t i;

	memset(totals, 0, sizeof(totals));
	skipped_sets = 0;	/* each is counted once */
	for (i = 0; i < CORPORA_SIP; i++)
		run_set(dir, corpora_sets[i]);
	run_own();
	print_counts("all", totals);
	passed += totals[TAKEN];
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	run_all(argv[1]);
	known = true;
	run_all(argv[1]);
	printf("%u streams, read %u times\n", streams, readings);
	printf("%u passed, %u failed, %u skipped\n", failed ? 0 : passed, failed, skipped_sets);
	return failed != 0;
}
