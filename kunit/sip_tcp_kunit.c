// SPDX-License-Identifier: GPL-2.0
/*
 * sip_tcp, what is taken and emitted: new, again, at the end of the stream, over a bound,
 * without memory.  What a network may do to all of it is sip_tcp_model_kunit.c's.
 */
#include "sip_tcp_line.h"

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
	KUNIT_EXPECT_EQ(test, patched(l), 5u);
	KUNIT_EXPECT_EQ(test, take(l, 10, " too"), 0);
	expect_text(l, ", you too");
	KUNIT_EXPECT_EQ(test, pass(l, 9), 0);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	KUNIT_EXPECT_TRUE(test, !l->half.held);
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
	KUNIT_EXPECT_EQ(test, patched(l), 5u);
	emits(l, 0, "hello");
	again(l, 3, "lo");
	emits(l, 0, "hello");
	again(l, 4, "o");
	emits(l, 0, "hello");
}

/* Of several messages he was told of he repeats what comes behind them: all go again, in a row. */
static void tcp_repeats_a_row(struct kunit *test)
{
	struct line *l = line_new(test);

	told(l, 0, "abcd");
	KUNIT_EXPECT_EQ(test, take(l, 4, "ef"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 2, "AB1"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 2, "CD2"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 2), 0);
	emits(l, 0, "AB1CD2ef");
	again(l, 4, "ef");
	emits(l, 0, "AB1CD2ef");
	KUNIT_EXPECT_EQ(test, ack(l, 3), 4u);
	again(l, 4, "ef");
	emits(l, 3, "CD2ef");
	/* what is not next to them is no part of it */
	passed(l, 6, "gh");
	emits_same(l, 8, "gh");
	replaced(l, 8, "ij", "IJ3");
	emits(l, 10, "IJ3");
	again(l, 8, "ij");
	emits(l, 10, "IJ3");
}

/* What is passed need not be kept where it was not told and the segment carries it. */
static void tcp_keeps_what_it_must(struct kunit *test)
{
	struct line *l = line_new(test);

	told(l, 0, "hel");
	KUNIT_EXPECT_EQ(test, take(l, 3, "lo"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 3), 0);
	KUNIT_EXPECT_EQ(test, patched(l), 3u);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	KUNIT_EXPECT_EQ(test, patched(l), 3u);
	KUNIT_EXPECT_EQ(test, pass(l, 0), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	emits(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, patched(l), 3u);
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
	emits(l, 6, "");	/* where the receiver listens */
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
	emits(l, 14, "");
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

/* The bounds are for what we have made: what its sender made fits. */
static void tcp_emits_what_there_is_room_for(struct kunit *test)
{
	struct line *l = line_new(test);

	KUNIT_EXPECT_EQ(test, take_fin(l, 0, "hello"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 5), 0);
	KUNIT_EXPECT_TRUE(test, emit_in(l, 0, 0, 0, "hello").fin);
	l = line_new(test);
	held(l, 0, "hel");
	KUNIT_EXPECT_EQ(test, take_fin(l, 3, "lo"), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	KUNIT_EXPECT_FALSE(test, emit_max(l, 4, 0, "hell").fin);
	KUNIT_EXPECT_TRUE(test, emit_max(l, 5, 0, "hello").fin);
	KUNIT_EXPECT_FALSE(test, emit_in(l, 4, 5, 0, "hell").fin);
	KUNIT_EXPECT_TRUE(test, emit_in(l, 5, 5, 0, "hello").fin);
	KUNIT_EXPECT_FALSE(test, emit_in(l, 0, 5, 0, "").fin);
	l = line_grown(test);
	again(l, 3, "3");
	emit_max(l, 13, 0, "ABCDEFGHIJKLM");
	emit_max(l, 14, 0, "ABCDEFGHIJKLMN");
	KUNIT_EXPECT_EQ(test, ack(l, 13), 0u);
	emit_max(l, 13, 13, "N");
	again(l, 3, "3456789ab");
	emit_in(l, 1, LINE_MAX, 13, "N");
	emit_in(l, 2, LINE_MAX, 13, "Na");
}

/* The CRLF that stands for a message that must not go on. */
static void tcp_cuts_a_message(struct kunit *test)
{
	struct line *l = line_new(test);

	KUNIT_EXPECT_EQ(test, take(l, 0, "secret"), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 6, NULL), 0);
	emits(l, 0, "\r\n");
	KUNIT_EXPECT_EQ(test, patched(l), 2u);
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
	/* an old place: where the receiver listens; the last before what was told: a probe */
	for (i = 0; i < 11; i++)
		KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + i) - l->isn, 16u);
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + 11) - l->isn, 15u);
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
	again(l, 17, "?");			/* RFC 9293 3.8.4: it means nothing */
	expect_text(l, "xyz");
	KUNIT_EXPECT_EQ(test, take(l, 16, "?"), -EILSEQ);
	KUNIT_EXPECT_EQ(test, take(l, 17, "??"), -EILSEQ);
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
	KUNIT_EXPECT_FALSE(test, sip_tcp_emit(&l->half, &l->seg, LINE_MAX, LINE_MAX).fin);
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
	KUNIT_EXPECT_EQ(test, patched(l), (u32)SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_EQ(test, take_bytes(l, SIP_TCP_HELD_MAX, p, 1), 0);
}

static void tcp_patched_limit(struct kunit *test)
{
	struct line *l = line_new(test);
	char *p = many(test, SIP_TCP_HELD_MAX);
	u32 at = 0, rest = 1 + sizeof(struct sip_tcp_patch), i;

	sip_edit_init(l->edits);
	for (i = 0; i < 4; i++, at += SIP_TCP_HELD_MAX) {
		KUNIT_EXPECT_EQ(test, take_bytes(l, at, p, SIP_TCP_HELD_MAX), 0);
		if (i == 3)	/* all but one, and what four more take in memory */
			KUNIT_EXPECT_EQ(test, pass(l, 1 + 5 * sizeof(struct sip_tcp_patch)), 0);
		KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, l->text.len,
						      l->edits), 0);
	}
	KUNIT_EXPECT_EQ(test, l->half.patched, SIP_TCP_PATCHED_MAX - rest);
	KUNIT_EXPECT_EQ(test, take(l, at, "ab"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 2, "AB"), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, replace(l, 1, "AB"), -ENOBUFS);	/* room for it while it is made */
	KUNIT_EXPECT_EQ(test, replace(l, 2, "A"), -ENOBUFS);
	expect_text(l, "ab");
	KUNIT_EXPECT_EQ(test, l->half.patched, SIP_TCP_PATCHED_MAX - rest);
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
	KUNIT_EXPECT_EQ(test, patched(l), 1u);
	bypassed(l, at + 3, "d");
	KUNIT_EXPECT_EQ(test, patched(l), 3u);
}

static void tcp_patches_limit(struct kunit *test)
{
	struct line *l = line_new(test);
	u32 i;

	for (i = 0; i < SIP_TCP_PATCHES_MAX; i++)
		replaced(l, i, "a", "b");
	KUNIT_EXPECT_EQ(test, l->half.n_patches, (u32)SIP_TCP_PATCHES_MAX);
	KUNIT_EXPECT_EQ(test, take(l, i, "a"), 0);
	KUNIT_EXPECT_EQ(test, replace(l, 1, "b"), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, pass(l, 1), 0);
	KUNIT_EXPECT_EQ(test, ack(l, 1), 1u);
	replaced(l, i + 1, "a", "b");
	KUNIT_EXPECT_EQ(test, l->half.n_patches, (u32)SIP_TCP_PATCHES_MAX);
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
	KUNIT_EXPECT_EQ(test, patched(l), 0u);
	KUNIT_EXPECT_EQ(test, end(l), 0u);
	KUNIT_EXPECT_TRUE(test, !l->half.n_patches);
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
	KUNIT_EXPECT_EQ(test, patched(l), 14u);
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
	/* on a bare segment, where the other direction is bypassed */
	l = line_new(test);
	told(l, 0, "half");
	KUNIT_EXPECT_EQ(test, take(l, 4, ""), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits(l, 0, "half");
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
	KUNIT_EXPECT_EQ(test, patched(l), 0u);
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
	KUNIT_CASE_PARAM(tcp_repeats_a_row, seq_gen_params),
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
	KUNIT_CASE_PARAM(tcp_held_bytes_differ, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_held_limit, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_patched_limit, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_patches_limit, seq_gen_params),
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
