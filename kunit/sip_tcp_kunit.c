// SPDX-License-Identifier: GPL-2.0
/*
 * sip_tcp: each function, step by step.  What a network may do to all of them together
 * is sip_tcp_model_kunit.c's.
 */
#include <linux/errno.h>
#include <linux/slab.h>

#include "sip_tcp.h"
#include "sipalg_kunit.h"

/* ---- a direction, step by step ---------------------------------------------------- */

/*
 * Cases count from the first byte of the stream; each runs with several first sequence
 * numbers, so that the count wraps in the middle of what it does.
 */
static const u32 first_seqs[] = {
	0, 1000, 0xffffffff, 0xfffffffd, 0xfffffffa, 0xfffffff6, 0xfffffff1, 0xffffffe8, 0x7ffffff8,
};

static void describe_seq(const u32 *seq, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %u", *seq);
}

KUNIT_ARRAY_PARAM(seq, first_seqs, describe_seq);

/**
 * struct line - a direction, and the segment at hand
 * @test: the case
 * @isn: the first sequence number
 * @half: the direction
 * @seg: the segment
 * @text: what may be read
 * @edits: room for them
 * @bytes: what was emitted
 */
struct line {
	struct kunit *test;
	u32 isn;
	struct sip_tcp_half half;
	struct sip_tcp_segment seg;
	struct sip_text text;
	struct sip_edits *edits;
	u8 *bytes;
};

enum { LINE_MAX = 2 * SIP_TCP_HELD_MAX };

/* Ends the case's line; nothing is left of it. */
static void line_end(struct kunit *test)
{
	struct line *l = test->priv;

	if (!l)
		return;
	sip_tcp_exit(&l->half);
	KUNIT_EXPECT_TRUE(test, list_empty(&l->half.patches));
	KUNIT_EXPECT_EQ(test, l->half.patched, 0u);
	KUNIT_EXPECT_TRUE(test, !l->half.held);
	test->priv = NULL;
}

/* A line, instead of that which the case had before. */
static struct line *line_new(struct kunit *test)
{
	struct line *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, l);
	line_end(test);
	l->test = test;
	l->isn = test->param_value ? *(const u32 *)test->param_value : 0xffffff00;
	l->edits = kunit_kzalloc(test, sizeof(*l->edits), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, l->edits);
	l->bytes = kunit_kmalloc(test, LINE_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, l->bytes);
	sip_tcp_init(&l->half, l->isn);
	test->priv = l;
	return l;
}

static int take_bytes(struct line *l, u32 at, const char *p, u32 len)
{
	struct sip_text t = test_bytes(l->test, p, len);

	l->seg = (struct sip_tcp_segment){ .seq = l->isn + at, .len = len, .data = (u8 *)t.p };
	return sip_tcp_take(&l->half, &l->seg, &l->text);
}

static int take(struct line *l, u32 at, const char *s)
{
	return take_bytes(l, at, s, strlen(s));
}

/* the same segment, ending the stream */
static int take_fin(struct line *l, u32 at, const char *s)
{
	int err = take(l, at, s);

	l->seg.fin = true;
	return err;
}

static int pass(struct line *l, u32 len)
{
	return sip_tcp_pass(&l->half, &l->seg, &l->text, len);
}

/* The unit of @len bytes becomes @s. */
static int replace(struct line *l, u32 len, const char *s)
{
	sip_edit_init(l->edits);
	KUNIT_EXPECT_EQ(l->test, sip_edit_add(l->edits, 0, len, s, strlen(s)), 0);
	return sip_tcp_replace(&l->half, &l->text, len, l->edits);
}

static int keep(struct line *l)
{
	return sip_tcp_keep(&l->half, &l->seg, &l->text);
}

static void untake(struct line *l)
{
	sip_tcp_untake(&l->half, &l->seg, &l->text);
}

static int bypass(struct line *l)
{
	return sip_tcp_bypass(&l->half, &l->seg, &l->text);
}

static u32 ack(struct line *l, u32 at)
{
	return sip_tcp_ack(&l->half, l->isn + at) - l->isn;
}

static u32 end(struct line *l)
{
	return sip_tcp_end(&l->half) - l->isn;
}

static void expect_text(struct line *l, const char *want)
{
	test_expect_bytes(l->test, l->text.p, l->text.len, want, strlen(want));
}

/* What the segment at hand emits, with room for @max bytes. */
static struct sip_tcp_emission emit_max(struct line *l, u32 max, u32 at, const char *want)
{
	struct sip_tcp_emission what = sip_tcp_emit(&l->half, &l->seg, max);
	u32 len = strlen(want);

	KUNIT_EXPECT_EQ(l->test, what.seq - l->isn, at);
	KUNIT_EXPECT_EQ(l->test, what.len, len);
	KUNIT_ASSERT_LE(l->test, what.len, (u32)LINE_MAX);
	sip_tcp_copy(&l->half, &l->seg, &what, l->bytes + LINE_MAX - what.len);
	test_expect_bytes(l->test, (char *)l->bytes + LINE_MAX - what.len, what.len, want, len);
	if (what.same)
		test_expect_bytes(l->test, (char *)l->seg.data, l->seg.len, want, len);
	return what;
}

/* ... where it is not the segment's own, nor the end */
static void emits(struct line *l, u32 at, const char *want)
{
	struct sip_tcp_emission what = emit_max(l, LINE_MAX, at, want);

	KUNIT_EXPECT_EQ(l->test, (int)what.fin, 0);
	KUNIT_EXPECT_EQ(l->test, (int)what.same, 0);
}

/* ... as it came */
static void emits_same(struct line *l, u32 at, const char *want)
{
	struct sip_tcp_emission what = emit_max(l, LINE_MAX, at, want);

	KUNIT_EXPECT_EQ(l->test, (int)what.fin, (int)l->seg.fin);
	KUNIT_EXPECT_EQ(l->test, (int)what.same, 1);
}

/* ... and the stream's end */
static void emits_fin(struct line *l, u32 at, const char *want)
{
	struct sip_tcp_emission what = emit_max(l, LINE_MAX, at, want);

	KUNIT_EXPECT_EQ(l->test, (int)what.fin, 1);
}

/* A segment all of which is passed, held, replaced, or the last that is read. */
static void passed(struct line *l, u32 at, const char *s)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, pass(l, l->text.len), 0);
}

static void held(struct line *l, u32 at, const char *s)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, keep(l), 0);
}

/* ... and its sender is told so */
static void told(struct line *l, u32 at, const char *s)
{
	held(l, at, s);
	KUNIT_EXPECT_TRUE(l->test, sip_tcp_tell(&l->half));
}

static void bypassed(struct line *l, u32 at, const char *s)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, bypass(l), 0);
}

static void replaced(struct line *l, u32 at, const char *s, const char *new)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, replace(l, l->text.len, new), 0);
}

/* A segment that came before, or is a probe: nothing is new in it. */
static void again(struct line *l, u32 at, const char *s)
{
	u32 was = sip_tcp_held(&l->half);

	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, l->text.len, was);
	KUNIT_EXPECT_EQ(l->test, l->half.next, l->seg.next);
}

static void tcp_new_bytes(struct kunit *test)
{
	struct line *l = line_new(test);

	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	KUNIT_EXPECT_EQ(test, take(l, 0, "hello"), 0);
	expect_text(l, "hello");
	KUNIT_EXPECT_EQ(test, l->seg.out, l->isn);
	KUNIT_EXPECT_EQ(test, l->seg.next, l->isn);
	KUNIT_EXPECT_EQ(test, pass(l, 2), 0);
	expect_text(l, "llo");
	KUNIT_EXPECT_EQ(test, pass(l, 3), 0);
	emits_same(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, end(l), 5u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	passed(l, 5, "!");
	emits_same(l, 5, "!");
	KUNIT_EXPECT_EQ(test, ack(l, 6), 6u);
}

static void tcp_new_and_old_bytes(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, take(l, 3, "lo you"), 0);
	expect_text(l, " you");
	KUNIT_EXPECT_EQ(test, pass(l, 4), 0);
	emits_same(l, 3, "lo you");
	KUNIT_EXPECT_EQ(test, take(l, 10, "hole"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, l->text.len, 0u);
	KUNIT_EXPECT_EQ(test, l->half.next - l->isn, 9u);
}

static void tcp_holds(struct kunit *test)
{
	struct line *l = line_new(test);

	KUNIT_EXPECT_EQ(test, take(l, 0, "hel"), 0);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 0, "");
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), 3u);
	KUNIT_EXPECT_FALSE(test, sip_tcp_is_quiet(&l->half));
	KUNIT_EXPECT_EQ(test, take(l, 3, "l"), 0);
	expect_text(l, "hell");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 0, "");
	KUNIT_EXPECT_EQ(test, take(l, 5, "!"), -EAGAIN);
	expect_text(l, "hell");
	KUNIT_EXPECT_EQ(test, take(l, 4, "o, you"), 0);
	expect_text(l, "hello, you");
	KUNIT_EXPECT_EQ(test, pass(l, 5), 0);
	expect_text(l, ", you");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, l->half.patched, 5u);
	KUNIT_EXPECT_EQ(test, take(l, 10, " too"), 0);
	expect_text(l, ", you too");
	KUNIT_EXPECT_EQ(test, pass(l, 9), 0);
	emits(l, 5, ", you too");
	KUNIT_EXPECT_EQ(test, ack(l, 14), 14u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
}

/* Held, but its sender was not told so and sends all of it again: nothing need be kept. */
static void tcp_held_comes_again(struct kunit *test)
{
	struct line *l = line_new(test);

	held(l, 0, "hel");
	KUNIT_EXPECT_EQ(test, take(l, 0, "hello"), 0);
	expect_text(l, "hello");
	KUNIT_EXPECT_EQ(test, pass(l, 5), 0);
	emits_same(l, 0, "hello");
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
}

/* ... but if he was told so, he may next time repeat the rest alone */
static void tcp_told_comes_again(struct kunit *test)
{
	struct line *l = line_new(test);

	told(l, 0, "hel");
	KUNIT_EXPECT_EQ(test, take(l, 0, "hello"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 5), 0);
	KUNIT_EXPECT_EQ(test, l->half.patched, 5u);
	emits(l, 0, "hello");
	again(l, 3, "lo");
	emits(l, 0, "hello");
	again(l, 4, "o");
	emits(l, 0, "hello");
}

/* What is passed need not be kept where it was not told and the segment carries it. */
static void tcp_keeps_what_it_must(struct kunit *test)
{
	struct line *l = line_new(test);

	told(l, 0, "hel");
	KUNIT_EXPECT_EQ(test, take(l, 3, "lo"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 3), 0);
	KUNIT_EXPECT_EQ(test, l->half.patched, 3u);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	KUNIT_EXPECT_EQ(test, l->half.patched, 3u);
	KUNIT_EXPECT_EQ(test, pass(l, 0), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	emits(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, l->half.patched, 3u);
}

/* ---- repeating --------------------------------------------------------------------- */

static void tcp_repeats_what_passed(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "0123456789");
	again(l, 0, "01234");
	emits_same(l, 0, "01234");
	again(l, 5, "56789");
	emits_same(l, 5, "56789");
	again(l, 2, "234567");
	emits_same(l, 2, "234567");
	again(l, 0, "0123456789");
	emits_same(l, 0, "0123456789");
	/* more than all: what is new is held */
	KUNIT_EXPECT_EQ(test, take(l, 0, "0123456789ab"), 0);
	expect_text(l, "ab");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 0, "0123456789");
	again(l, 5, "56789ab");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 5, "56789");
	again(l, 10, "ab");
	emits(l, 10, "");
	again(l, 11, "b");
	emits(l, 10, "");
	KUNIT_EXPECT_EQ(test, ack(l, 6), 6u);
	again(l, 0, "0123456789");
	emits(l, 6, "6789");
	again(l, 6, "6789");
	emits_same(l, 6, "6789");
	again(l, 0, "012");
	emits(l, 5, "");	/* the receiver shall say that it is old */
}

/* ten bytes that become fourteen, then five as they are */
static struct line *line_grown(struct kunit *test)
{
	struct line *l = line_new(test);

	replaced(l, 0, "0123456789", "ABCDEFGHIJKLMN");
	emits(l, 0, "ABCDEFGHIJKLMN");
	KUNIT_EXPECT_EQ(test, end(l), 14u);
	passed(l, 10, "abcde");
	emits_same(l, 14, "abcde");
	KUNIT_EXPECT_EQ(test, end(l), 19u);
	return l;
}

static void tcp_repeats_a_patch(struct kunit *test)
{
	struct line *l = line_grown(test);

	again(l, 0, "01234");
	emits(l, 0, "ABCDEFGHIJKLMN");
	again(l, 5, "56789");
	emits(l, 0, "ABCDEFGHIJKLMN");
	again(l, 9, "9");
	emits(l, 0, "ABCDEFGHIJKLMN");
	again(l, 0, "0123456789");
	emits(l, 0, "ABCDEFGHIJKLMN");
	again(l, 0, "0123456789abcde");
	emits(l, 0, "ABCDEFGHIJKLMNabcde");
	again(l, 4, "456789abc");
	emits(l, 0, "ABCDEFGHIJKLMNabc");
	again(l, 10, "abc");
	emits_same(l, 14, "abc");
	again(l, 12, "cde");
	emits_same(l, 16, "cde");
	/* in part acknowledged */
	KUNIT_EXPECT_EQ(test, ack(l, 6), 0u);
	again(l, 0, "01234");
	emits(l, 6, "GHIJKLMN");
	KUNIT_EXPECT_EQ(test, ack(l, 13), 0u);
	again(l, 8, "89ab");
	emits(l, 13, "Nab");
	KUNIT_EXPECT_EQ(test, ack(l, 14), 10u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	again(l, 0, "0123456789");
	emits(l, 13, "");
	again(l, 8, "89ab");
	emits(l, 14, "ab");
	KUNIT_EXPECT_EQ(test, ack(l, 16), 12u);
	again(l, 10, "abcde");
	emits(l, 16, "cde");
}

static void tcp_repeats_a_shrunk_patch(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "abc");
	replaced(l, 3, "0123456789", "X");
	emits(l, 3, "X");
	replaced(l, 13, "9876", "YZ");
	emits(l, 4, "YZ");
	passed(l, 17, "def");
	emits_same(l, 6, "def");
	again(l, 12, "9");
	emits(l, 3, "X");
	again(l, 12, "998");
	emits(l, 3, "XYZ");
	again(l, 2, "c0");
	emits(l, 2, "cX");
	again(l, 16, "6d");
	emits(l, 4, "YZd");
	again(l, 0, "abc01234567899876def");
	emits(l, 0, "abcXYZdef");
	KUNIT_EXPECT_EQ(test, ack(l, 4), 13u);
	again(l, 0, "abc0123456789987");
	emits(l, 4, "YZ");
	KUNIT_EXPECT_EQ(test, ack(l, 9), 20u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	passed(l, 20, "g");
	emits_same(l, 9, "g");
}

static void tcp_emits_what_there_is_room_for(struct kunit *test)
{
	struct sip_tcp_emission what;
	struct line *l = line_new(test);

	KUNIT_EXPECT_EQ(test, take_fin(l, 0, "hello"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 5), 0);
	what = emit_max(l, 4, 0, "hell");
	KUNIT_EXPECT_FALSE(test, what.fin);
	KUNIT_EXPECT_FALSE(test, what.same);
	what = emit_max(l, 5, 0, "hello");
	KUNIT_EXPECT_TRUE(test, what.fin);
	KUNIT_EXPECT_TRUE(test, what.same);
	emit_max(l, 0, 0, "");
	l = line_grown(test);
	again(l, 3, "3");
	emit_max(l, 13, 0, "ABCDEFGHIJKLM");
	emit_max(l, 14, 0, "ABCDEFGHIJKLMN");
	KUNIT_EXPECT_EQ(test, ack(l, 13), 0u);
	emit_max(l, 13, 13, "N");
}

/* The CRLF that stands for a message that must not go on. */
static void tcp_cuts_a_message(struct kunit *test)
{
	struct line *l = line_new(test);

	KUNIT_EXPECT_EQ(test, take(l, 0, "secret"), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 6, NULL), 0);
	emits(l, 0, "\r\n");
	KUNIT_EXPECT_EQ(test, l->half.patched, 2u);
	KUNIT_EXPECT_EQ(test, take(l, 6, "x"), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 1, NULL), 0);
	emits(l, 2, "\r\n");
	again(l, 5, "tx");
	emits(l, 0, "\r\n\r\n");
	KUNIT_EXPECT_EQ(test, end(l), 4u);
}

/* What the sender was told to have arrived, and then goes with another segment. */
static void tcp_repeats_what_was_told(struct kunit *test)
{
	struct line *l = line_new(test);

	told(l, 0, "abc");
	bypassed(l, 3, "def");	/* one patch, all of it */
	emits(l, 0, "abcdef");
	again(l, 5, "f");
	emits(l, 0, "abcdef");
	/* it ends where the sender goes on: he does not know that it is missing */
	l = line_new(test);
	told(l, 0, "abc");
	KUNIT_EXPECT_EQ(test, take(l, 3, "def"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 3), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 3), 0);
	emits(l, 0, "abcdef");
	again(l, 3, "def");
	emits(l, 0, "abcdef");
	again(l, 4, "ef");			/* he knows that the d is missing */
	emits_same(l, 4, "ef");
	KUNIT_EXPECT_EQ(test, ack(l, 3), 3u);
	again(l, 3, "def");
	emits_same(l, 3, "def");
}

/* ---- segments without bytes -------------------------------------------------------- */

static void tcp_bare_segments(struct kunit *test)
{
	struct line *l = line_grown(test);

	again(l, 15, "");
	emits_same(l, 19, "");
	KUNIT_EXPECT_EQ(test, ack(l, 19), 15u);
	again(l, 15, "");
	emits_same(l, 19, "");
	held(l, 15, "xyz");
	again(l, 18, "");
	emits_same(l, 19, "");
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	again(l, 18, "");
	emits_same(l, 19, "");
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + 19) - l->isn, 20u);
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + 18) - l->isn, 19u);
}

static void tcp_seq_of_each_place(struct kunit *test)
{
	struct line *l = line_grown(test);
	u32 i;

	held(l, 15, "xyz");
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn) - l->isn, 0u);
	for (i = 10; i < 15; i++)
		KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + i) - l->isn, i + 4);
	for (i = 15; i <= 18; i++)
		KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + i) - l->isn, 19u);
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + 20) - l->isn, 21u);
	KUNIT_EXPECT_EQ(test, ack(l, 16), 12u);
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + i) - l->isn, 15u);
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + 12) - l->isn, 16u);
}

/* RFC 9293 3.8.4: one before what is expected, with a byte or none. */
static void tcp_probes(struct kunit *test)
{
	struct line *l = line_new(test);

	again(l, 0xffffffff, "");
	emits_same(l, 0xffffffff, "");
	again(l, 0xffffffff, "?");
	emits(l, 0xffffffff, "");
	l = line_grown(test);
	KUNIT_EXPECT_EQ(test, ack(l, 19), 15u);
	again(l, 14, "");
	emits_same(l, 18, "");
	again(l, 14, "?");
	emits(l, 18, "");
	told(l, 15, "xyz");
	again(l, 17, "");
	emits_same(l, 18, "");
	again(l, 17, "z");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 18, "");
	/* one that stands in a patch asks for it */
	l = line_new(test);
	told(l, 0, "abc");
	KUNIT_EXPECT_EQ(test, take(l, 3, "d"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 4), 0);
	again(l, 2, "");
	emits(l, 0, "abcd");
	again(l, 4, "");			/* and one behind it does not */
	emits_same(l, 4, "");
	l = line_new(test);
	told(l, 0, "abc");
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	again(l, 3, "");			/* ... though its sender thinks it is there */
	emits_same(l, 3, "");
}

/* ---- the end ----------------------------------------------------------------------- */

static void tcp_fin(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, take_fin(l, 5, ""), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_fin(l, 5, "");
	KUNIT_EXPECT_EQ(test, take_fin(l, 5, ""), 0);
	emits_fin(l, 5, "");
	KUNIT_EXPECT_EQ(test, take_fin(l, 3, "lo"), 0);
	emits_fin(l, 3, "lo");
	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	KUNIT_EXPECT_EQ(test, take_fin(l, 3, "lo"), 0);
	emits_fin(l, 5, "");
	KUNIT_EXPECT_EQ(test, ack(l, 6), 6u);
	KUNIT_EXPECT_EQ(test, take_fin(l, 5, ""), 0);
	emits_fin(l, 5, "");
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 6u);
	/* what its sender acknowledges afterwards stands behind it */
	KUNIT_EXPECT_EQ(test, take(l, 6, ""), 0);
	emits_same(l, 6, "");
	KUNIT_EXPECT_EQ(test, ack(l, 6), 6u);
}

static void tcp_fin_with_bytes(struct kunit *test)
{
	struct line *l = line_grown(test);

	KUNIT_EXPECT_EQ(test, take_fin(l, 15, "end"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 3), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_same(l, 19, "end");
	KUNIT_EXPECT_EQ(test, take_fin(l, 8, "89abcdeend"), 0);
	emits_fin(l, 0, "ABCDEFGHIJKLMNabcdeend");
	/* half of it again, and not the end */
	KUNIT_EXPECT_EQ(test, take(l, 15, "en"), 0);
	emits_same(l, 19, "en");
	KUNIT_EXPECT_EQ(test, ack(l, 23), 19u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
}

static void tcp_fin_with_held_bytes(struct kunit *test)
{
	struct line *l = line_new(test);

	held(l, 0, "hal");
	KUNIT_EXPECT_EQ(test, take_fin(l, 3, "f"), 0);
	expect_text(l, "half");
	/* half a message does not end the stream as long as it is held */
	KUNIT_EXPECT_FALSE(test, sip_tcp_emit(&l->half, &l->seg, LINE_MAX).fin);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_fin(l, 0, "half");
	/* bare, behind bytes that were told: with it they are repeated */
	l = line_new(test);
	told(l, 0, "half");
	KUNIT_EXPECT_EQ(test, take_fin(l, 4, ""), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_fin(l, 0, "half");
	KUNIT_EXPECT_EQ(test, take_fin(l, 4, ""), 0);
	emits_fin(l, 0, "half");
	KUNIT_EXPECT_EQ(test, ack(l, 3), 4u);
	KUNIT_EXPECT_EQ(test, take_fin(l, 4, ""), 0);
	emits_fin(l, 3, "f");
	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	/* bytes that were not told are repeated by their sender */
	l = line_new(test);
	held(l, 0, "half");
	KUNIT_EXPECT_EQ(test, take_fin(l, 4, ""), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_fin(l, 0, "half");
	KUNIT_EXPECT_EQ(test, take_fin(l, 4, ""), 0);
	emits_fin(l, 4, "");
}

/* ---- acknowledging ----------------------------------------------------------------- */

static void tcp_ack_in_a_patch(struct kunit *test)
{
	struct line *l = line_new(test);
	u32 i;

	passed(l, 0, "ab");
	replaced(l, 2, "cde", "CCDDEE");
	passed(l, 5, "fg");
	KUNIT_EXPECT_EQ(test, ack(l, 0), 0u);
	KUNIT_EXPECT_EQ(test, ack(l, 1), 1u);
	for (i = 2; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, ack(l, i), 2u);
		KUNIT_EXPECT_EQ(test, l->half.patched, 6u);
	}
	KUNIT_EXPECT_EQ(test, ack(l, 8), 5u);
	KUNIT_EXPECT_EQ(test, l->half.patched, 0u);
	KUNIT_EXPECT_EQ(test, l->half.first, 3);
	KUNIT_EXPECT_EQ(test, ack(l, 9), 6u);
	for (i = 0; i < 9; i++) {	/* old ones say nothing new */
		KUNIT_EXPECT_EQ(test, ack(l, i), 6u);
		KUNIT_EXPECT_EQ(test, l->half.acked - l->isn, 9u);
	}
	KUNIT_EXPECT_EQ(test, ack(l, 10), 7u);
}

static void tcp_ack_forgets_in_order(struct kunit *test)
{
	struct line *l = line_new(test);

	replaced(l, 0, "abc", "A");
	replaced(l, 3, "def", "DDDDDD");
	replaced(l, 6, "g", "G");
	KUNIT_EXPECT_EQ(test, l->half.patched, 8u);
	KUNIT_EXPECT_EQ(test, l->half.last, 1);
	KUNIT_EXPECT_EQ(test, ack(l, 6), 3u);
	KUNIT_EXPECT_EQ(test, l->half.patched, 7u);
	KUNIT_EXPECT_EQ(test, l->half.first, -2);
	KUNIT_EXPECT_EQ(test, ack(l, 7), 6u);
	KUNIT_EXPECT_EQ(test, l->half.patched, 1u);
	KUNIT_EXPECT_EQ(test, l->half.first, 1);
	KUNIT_EXPECT_EQ(test, ack(l, 8), 7u);
	KUNIT_EXPECT_EQ(test, l->half.patched, 0u);
	KUNIT_EXPECT_EQ(test, l->half.first, l->half.last);
}

static void tcp_ack_covers_held(struct kunit *test)
{
	struct line *l = line_grown(test);

	held(l, 15, "xyz");
	KUNIT_EXPECT_FALSE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, ack(l, 18), 14u);
	KUNIT_EXPECT_FALSE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 14u);
	KUNIT_EXPECT_EQ(test, ack(l, 19), 18u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, ack(l, 18), 18u);
	held(l, 18, "!");
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 18u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 19u);
	/* told, and then in a patch: one in the middle of it takes nothing back */
	KUNIT_EXPECT_EQ(test, take(l, 19, "?"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 5, "XXXXXXXX"), 0);
	KUNIT_EXPECT_EQ(test, ack(l, 19), 19u);
	KUNIT_EXPECT_EQ(test, ack(l, 26), 19u);
	KUNIT_EXPECT_FALSE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, ack(l, 27), 20u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 20u);
}

static void tcp_ack_beyond(struct kunit *test)
{
	struct line *l = line_grown(test);

	/* of bytes that were not sent: goes on as it is, and is not remembered */
	KUNIT_EXPECT_EQ(test, ack(l, 21), 17u);
	KUNIT_EXPECT_EQ(test, ack(l, 1000), 996u);
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 0u);
	KUNIT_EXPECT_EQ(test, l->half.acked - l->isn, 0u);
	KUNIT_EXPECT_EQ(test, l->half.patched, 14u);
	KUNIT_EXPECT_EQ(test, ack(l, 14), 10u);
	/* the FIN's own: no byte stands for it */
	KUNIT_EXPECT_EQ(test, ack(l, 20), 16u);
	KUNIT_EXPECT_EQ(test, l->half.acked - l->isn, 19u);
	KUNIT_EXPECT_EQ(test, ack(l, 19), 16u);
}

/* ---- blocks: RFC 2018 --------------------------------------------------------------- */

static void expect_sack(struct line *l, u32 left, u32 right, u32 want_left, u32 want_right)
{
	u32 a = l->isn + left, b = l->isn + right;
	bool is_left = sip_tcp_sack(&l->half, &a, &b);

	KUNIT_EXPECT_EQ_MSG(l->test, (int)is_left, (int)(want_left < want_right), "%u-%u", left,
			    right);
	if (!is_left)
		return;
	KUNIT_EXPECT_EQ_MSG(l->test, a - l->isn, want_left, "%u-%u", left, right);
	KUNIT_EXPECT_EQ_MSG(l->test, b - l->isn, want_right, "%u-%u", left, right);
}

static void tcp_sack(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "abcdefghij");
	expect_sack(l, 3, 7, 3, 7);
	replaced(l, 10, "0123456789", "ABCDEFGHIJKLMN");
	passed(l, 20, "klmnopqrst");
	expect_sack(l, 24, 34, 20, 30);	/* behind the patch */
	expect_sack(l, 25, 33, 21, 29);
	expect_sack(l, 2, 10, 2, 10);	/* before it */
	expect_sack(l, 10, 24, 10, 20);	/* the patch */
	expect_sack(l, 5, 30, 5, 26);	/* around it */
	expect_sack(l, 5, 24, 5, 20);
	expect_sack(l, 10, 30, 10, 26);
	expect_sack(l, 11, 23, 0, 0);	/* inside */
	expect_sack(l, 10, 23, 0, 0);
	expect_sack(l, 11, 24, 0, 0);
	expect_sack(l, 5, 15, 5, 10);	/* over one end */
	expect_sack(l, 5, 23, 5, 10);
	expect_sack(l, 11, 30, 20, 26);
	expect_sack(l, 23, 25, 20, 21);
	held(l, 30, "xyz");
	expect_sack(l, 28, 34, 24, 30);	/* what is held is no part of it */
}

/* RFC 2883: a block that is acknowledged already. */
static void tcp_d_sack(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "abcdefghij");
	KUNIT_EXPECT_EQ(test, ack(l, 10), 10u);
	expect_sack(l, 2, 5, 2, 5);	/* both count alike */
	expect_sack(l, 2, 10, 2, 10);
	replaced(l, 10, "0123456789", "ABCDEFGHIJKLMN");
	passed(l, 20, "klmnopqrst");
	expect_sack(l, 2, 5, 0, 0);
	expect_sack(l, 2, 10, 0, 0);
	expect_sack(l, 25, 30, 21, 26);
	KUNIT_EXPECT_EQ(test, ack(l, 24), 20u);
	expect_sack(l, 2, 5, 0, 0);
	expect_sack(l, 12, 24, 0, 0);
	expect_sack(l, 25, 30, 21, 26);	/* twice, but not yet acknowledged */
	expect_sack(l, 24, 25, 20, 21);
	KUNIT_EXPECT_EQ(test, ack(l, 34), 30u);
	expect_sack(l, 25, 34, 0, 0);
	/* back to where both count alike, but for the past */
	replaced(l, 30, "0123456789", "ABCDEF");
	KUNIT_EXPECT_EQ(test, l->half.last, 0);
	expect_sack(l, 25, 34, 0, 0);
}

/* ---- held bytes that come again as others: SECURITY S4 ------------------------------ */

static void tcp_held_bytes_differ(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "ab");
	held(l, 2, "cdef");
	again(l, 2, "cdef");
	again(l, 3, "de");
	again(l, 0, "XXcdef");		/* what is out is not remembered */
	KUNIT_EXPECT_EQ(test, take(l, 2, "X"), -EILSEQ);
	expect_text(l, "cdef");
	KUNIT_EXPECT_EQ(test, take(l, 5, "X"), -EILSEQ);
	KUNIT_EXPECT_EQ(test, take(l, 2, "cdeX"), -EILSEQ);
	KUNIT_EXPECT_EQ(test, take(l, 0, "abX"), -EILSEQ);
	KUNIT_EXPECT_EQ(test, take(l, 4, "eXgh"), -EILSEQ);
	KUNIT_EXPECT_EQ(test, take(l, 0, "abcdeXgh"), -EILSEQ);
	KUNIT_EXPECT_EQ(test, l->half.next - l->isn, 6u);
	KUNIT_EXPECT_EQ(test, take(l, 4, "efgh"), 0);
	expect_text(l, "cdefgh");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	KUNIT_EXPECT_EQ(test, take(l, 4, "efgX"), -EILSEQ);
	expect_text(l, "cdefgh");
	/* the first ones go on */
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	KUNIT_EXPECT_EQ(test, take(l, 4, "efgX"), 0);
	emits(l, 2, "cdefgh");
}

/* ---- bounds ------------------------------------------------------------------------ */

static char *many(struct kunit *test, u32 len)
{
	char *p = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	memset(p, 'x', len);
	return p;
}

static void tcp_held_limit(struct kunit *test)
{
	struct line *l = line_new(test);
	char *p = many(test, SIP_TCP_HELD_MAX);

	KUNIT_EXPECT_EQ(test, take_bytes(l, 0, p, SIP_TCP_HELD_MAX - 10), 0);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	KUNIT_EXPECT_EQ(test, take_bytes(l, SIP_TCP_HELD_MAX - 10, p, 11), -EFBIG);
	KUNIT_EXPECT_EQ(test, l->text.len, SIP_TCP_HELD_MAX - 10u);
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), SIP_TCP_HELD_MAX - 10u);
	/* old bytes do not count */
	KUNIT_EXPECT_EQ(test, take_bytes(l, SIP_TCP_HELD_MAX - 1000, p, 1000), 0);
	KUNIT_EXPECT_EQ(test, l->text.len, (u32)SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	KUNIT_EXPECT_EQ(test, take_bytes(l, SIP_TCP_HELD_MAX, p, 0), 0);
	KUNIT_EXPECT_EQ(test, take_bytes(l, SIP_TCP_HELD_MAX, p, 1), -EFBIG);
	KUNIT_EXPECT_EQ(test, l->text.len, (u32)SIP_TCP_HELD_MAX);
	/* all of it goes on unread, with the segment at hand */
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	KUNIT_EXPECT_EQ(test, l->half.patched, (u32)SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_EQ(test, take_bytes(l, SIP_TCP_HELD_MAX, p, 1), 0);
}

static void tcp_patched_limit(struct kunit *test)
{
	struct line *l = line_new(test);
	char *p = many(test, SIP_TCP_HELD_MAX);
	u32 at = 0, i;

	sip_edit_init(l->edits);
	for (i = 0; i < 4; i++, at += SIP_TCP_HELD_MAX) {
		KUNIT_EXPECT_EQ(test, take_bytes(l, at, p, SIP_TCP_HELD_MAX), 0);
		if (i == 3)	/* all but one */
			KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
		KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, l->text.len,
						      l->edits), 0);
	}
	KUNIT_EXPECT_EQ(test, l->half.patched, SIP_TCP_PATCHED_MAX - 1u);
	KUNIT_EXPECT_EQ(test, take(l, at, "ab"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 2, "AB"), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, replace(l, 1, "AB"), -ENOBUFS);	/* room for it while it is made */
	KUNIT_EXPECT_EQ(test, replace(l, 2, "A"), -ENOBUFS);
	expect_text(l, "ab");
	KUNIT_EXPECT_EQ(test, l->half.patched, SIP_TCP_PATCHED_MAX - 1u);
	KUNIT_EXPECT_EQ(test, replace(l, 1, "A"), 0);
	KUNIT_EXPECT_EQ(test, l->half.patched, (u32)SIP_TCP_PATCHED_MAX);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 1, NULL), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);	/* nothing to keep */
	held(l, at + 2, "c");
	KUNIT_EXPECT_EQ(test, take(l, at + 3, "d"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 2), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, bypass(l), -ENOBUFS);
	KUNIT_EXPECT_FALSE(test, l->half.is_bypassed);
	expect_text(l, "cd");
	untake(l);
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), 1u);
	/* the receiver makes room */
	KUNIT_EXPECT_EQ(test, ack(l, at), at);
	KUNIT_EXPECT_EQ(test, l->half.patched, 1u);
	bypassed(l, at + 3, "d");
	KUNIT_EXPECT_EQ(test, l->half.patched, 3u);
}

/* What cannot be written leaves all as it was. */
static void tcp_replace_fails(struct kunit *test)
{
	struct line *l = line_new(test);

	KUNIT_EXPECT_EQ(test, take(l, 0, "abc"), 0);
	sip_edit_init(l->edits);
	KUNIT_EXPECT_EQ(test, sip_edit_add(l->edits, 2, 2, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 3, l->edits), -EINVAL);
	expect_text(l, "abc");
	KUNIT_EXPECT_EQ(test, l->half.patched, 0u);
	KUNIT_EXPECT_EQ(test, end(l), 0u);
	KUNIT_EXPECT_TRUE(test, list_empty(&l->half.patches));
}

/* ---- untaking ---------------------------------------------------------------------- */

static void tcp_untakes(struct kunit *test)
{
	struct line *l = line_new(test);

	/* nothing held, nothing emitted */
	KUNIT_EXPECT_EQ(test, take(l, 0, "abc"), 0);
	untake(l);
	KUNIT_EXPECT_EQ(test, l->text.len, 0u);
	KUNIT_EXPECT_EQ(test, l->half.next, l->isn);
	emits(l, 0, "");
	/* nothing held, part emitted */
	KUNIT_EXPECT_EQ(test, take(l, 0, "abc"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	untake(l);
	KUNIT_EXPECT_EQ(test, l->half.next - l->isn, 1u);
	emits(l, 0, "a");
	KUNIT_EXPECT_EQ(test, take(l, 0, "abc"), 0);
	expect_text(l, "bc");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	/* held stays held */
	KUNIT_EXPECT_EQ(test, take(l, 3, "def"), 0);
	l->half.frame.at = 1;
	untake(l);
	KUNIT_EXPECT_EQ(test, l->half.frame.at, 0u);
	expect_text(l, "bc");
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), 2u);
	/* part of it is emitted */
	KUNIT_EXPECT_EQ(test, take(l, 3, "def"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	untake(l);
	expect_text(l, "c");
	KUNIT_EXPECT_EQ(test, take(l, 3, "de"), 0);
	expect_text(l, "cde");
	/* all of it, and a new byte; the rest as if it had not come */
	KUNIT_EXPECT_EQ(test, pass(l, 2), 0);
	untake(l);
	KUNIT_EXPECT_EQ(test, l->half.next - l->isn, 4u);
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), 0u);
	emits(l, 2, "cd");	/* what went before is its sender's to repeat */
	KUNIT_EXPECT_EQ(test, take(l, 4, "e"), 0);
	expect_text(l, "e");
}

/* ---- bypass ------------------------------------------------------------------------ */

static void tcp_bypasses(struct kunit *test)
{
	struct line *l = line_grown(test);

	bypassed(l, 15, "POST");
	KUNIT_EXPECT_TRUE(test, l->half.is_bypassed);
	KUNIT_EXPECT_EQ(test, l->text.len, 0u);
	emits_same(l, 19, "POST");
	KUNIT_EXPECT_EQ(test, l->half.patched, 14u);
	KUNIT_EXPECT_EQ(test, take(l, 19, " /"), 0);
	KUNIT_EXPECT_EQ(test, l->text.len, 0u);
	emits_same(l, 23, " /");
	/* a hole is nobody's business here */
	KUNIT_EXPECT_EQ(test, take(l, 25, "xy"), 0);
	emits_same(l, 29, "xy");
	KUNIT_EXPECT_EQ(test, take(l, 21, "1234"), 0);
	emits_same(l, 25, "1234");
	KUNIT_EXPECT_EQ(test, l->half.next - l->isn, 27u);
	KUNIT_EXPECT_EQ(test, ack(l, 29), 25u);
	KUNIT_EXPECT_EQ(test, take(l, 21, "1234xyz"), 0);
	emits(l, 29, "xyz");
	/* what was patched before is so still */
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	KUNIT_EXPECT_EQ(test, ack(l, 32), 28u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
}

static void tcp_bypasses_with_a_patch(struct kunit *test)
{
	struct line *l = line_grown(test);

	bypassed(l, 15, "x");
	KUNIT_EXPECT_EQ(test, take(l, 20, "beyond"), 0);
	emits_same(l, 24, "beyond");
	KUNIT_EXPECT_EQ(test, take(l, 4, "456789abcdex"), 0);
	emits(l, 0, "ABCDEFGHIJKLMNabcdex");
	expect_sack(l, 24, 30, 20, 26);
	KUNIT_EXPECT_EQ(test, ack(l, 15), 11u);
}

static void tcp_bypasses_held_bytes(struct kunit *test)
{
	struct line *l = line_new(test);

	told(l, 0, "hal");
	bypassed(l, 3, "f?");
	KUNIT_EXPECT_TRUE(test, !l->half.held);
	emits(l, 0, "half?");
	KUNIT_EXPECT_EQ(test, take(l, 5, "!"), 0);
	emits_same(l, 5, "!");
	KUNIT_EXPECT_EQ(test, take(l, 3, "f?!"), 0);
	emits(l, 0, "half?!");
	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	/* where nothing of the segment was taken it goes behind them */
	l = line_new(test);
	told(l, 0, "half");
	KUNIT_EXPECT_EQ(test, take(l, 5, "hole"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	KUNIT_EXPECT_EQ(test, take(l, 4, "?"), 0);
	emits(l, 0, "half?");
}

/* ---- no memory: host_allocs_left ---------------------------------------------------- */

#ifndef __KERNEL__
static void tcp_no_memory_to_hold(struct kunit *test)
{
	struct line *l = line_new(test);
	char *p = many(test, 4096);

	KUNIT_EXPECT_EQ(test, take(l, 0, "abc"), 0);
	host_allocs_left = 0;
	KUNIT_EXPECT_EQ(test, keep(l), -ENOMEM);
	host_allocs_left = -1;
	KUNIT_EXPECT_EQ(test, l->text.len, 0u);
	KUNIT_EXPECT_EQ(test, l->half.next, l->isn);
	emits(l, 0, "");
	held(l, 0, "abc");
	/* there is room for a message, so that only a larger one asks for more */
	host_allocs_left = 0;
	held(l, 3, "def");
	KUNIT_EXPECT_EQ(test, take_bytes(l, 6, p, 4096), -ENOMEM);
	host_allocs_left = -1;
	expect_text(l, "abcdef");
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), 6u);
	KUNIT_EXPECT_EQ(test, take_bytes(l, 6, p, 4096), 0);
	KUNIT_EXPECT_EQ(test, l->text.len, 4102u);
	KUNIT_EXPECT_EQ(test, memcmp(l->text.p, "abcdefxx", 8), 0);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
}

static void tcp_no_memory_to_patch(struct kunit *test)
{
	struct line *l = line_new(test);

	held(l, 0, "abc");
	KUNIT_EXPECT_EQ(test, take(l, 3, "de"), 0);
	host_allocs_left = 0;
	KUNIT_EXPECT_EQ(test, pass(l, 4), -ENOMEM);
	KUNIT_EXPECT_EQ(test, replace(l, 4, "ABCD"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 4, NULL), -ENOMEM);
	KUNIT_EXPECT_EQ(test, bypass(l), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, l->half.is_bypassed);
	expect_text(l, "abcde");
	untake(l);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 0, "");
	host_allocs_left = -1;
	KUNIT_EXPECT_EQ(test, sip_tcp_held(&l->half), 3u);
	KUNIT_EXPECT_EQ(test, l->half.patched, 0u);
	KUNIT_EXPECT_EQ(test, take(l, 3, "de"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 4, "ABCD"), 0);
	/* and in the middle of a segment */
	host_allocs_left = 0;
	KUNIT_EXPECT_EQ(test, replace(l, 1, "E"), -ENOMEM);
	host_allocs_left = -1;
	untake(l);
	emits(l, 0, "ABCD");
	KUNIT_EXPECT_EQ(test, take(l, 3, "de"), 0);
	expect_text(l, "e");
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	emits(l, 0, "ABCDe");
}

/* The end of the stream does not go before what is held. */
static void tcp_no_memory_to_end(struct kunit *test)
{
	struct line *l = line_new(test);

	held(l, 0, "abc");
	KUNIT_EXPECT_EQ(test, take_fin(l, 3, ""), 0);
	host_allocs_left = 0;
	KUNIT_EXPECT_EQ(test, bypass(l), -ENOMEM);
	host_allocs_left = -1;
	untake(l);
	KUNIT_EXPECT_FALSE(test, emit_max(l, LINE_MAX, 0, "").fin);
	KUNIT_EXPECT_EQ(test, take_fin(l, 3, ""), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_fin(l, 0, "abc");
}
#endif

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(tcp_new_bytes, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_new_and_old_bytes, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_holds, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_held_comes_again, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_told_comes_again, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_keeps_what_it_must, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_repeats_what_passed, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_repeats_a_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_repeats_a_shrunk_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_emits_what_there_is_room_for, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_cuts_a_message, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_repeats_what_was_told, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_bare_segments, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_seq_of_each_place, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_probes, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_fin, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_fin_with_bytes, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_fin_with_held_bytes, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_in_a_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_forgets_in_order, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_covers_held, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_beyond, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_sack, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_d_sack, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_held_bytes_differ, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_held_limit, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_patched_limit, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_replace_fails, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_untakes, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_bypasses, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_bypasses_with_a_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_bypasses_held_bytes, seq_gen_params),
#ifndef __KERNEL__
	KUNIT_CASE_PARAM(tcp_no_memory_to_hold, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_no_memory_to_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_no_memory_to_end, seq_gen_params),
#endif
	{}
};

struct kunit_suite sip_tcp_suite = {
	.name = "sip_tcp",
	.exit = line_end,
	.test_cases = cases,
};
