// SPDX-License-Identifier: GPL-2.0
/*
 * sip_tcp, what the receiver says: its numbers and blocks, its window, and the word that
 * may go on before its message.
 */
#include "sip_tcp_line.h"

/* ---- more of a patch ---------------------------------------------------------------- */

static void expect_more(struct line *l, u32 window, u32 max, u32 at, const char *want)
{
	struct sip_tcp_emission what = {};
	const u8 *bytes = sip_tcp_more(&l->half, window, max, &what);

	if (!*want) {
		KUNIT_EXPECT_TRUE(l->test, !bytes);
		return;
	}
	KUNIT_ASSERT_NOT_NULL(l->test, bytes);
	KUNIT_EXPECT_EQ(l->test, what.seq - l->isn, at);
	KUNIT_EXPECT_FALSE(l->test, what.fin);
	test_expect_bytes(l->test, (const char *)bytes, what.len, want, strlen(want));
}

/* A receiver whose window is smaller than a message. */
static void tcp_more_of_a_patch(struct kunit *test)
{
	struct line *l = line_new(test);

	passed(l, 0, "abc");
	emits_same(l, 0, "abc");
	expect_more(l, 100, 100, 0, "");
	replaced(l, 3, "0123456789", "ABCDEFGHIJKLMN");
	emit_in(l, 8, 100, 3, "ABCDE");
	expect_more(l, 8, 100, 0, "");			/* no room */
	expect_more(l, 9, 100, 0, "");			/* little, while others are under way */
	KUNIT_EXPECT_EQ(test, ack(l, 3), 3u);
	expect_more(l, 8, 3, 8, "FGH");			/* as much as a packet holds */
	expect_more(l, 8, 3, 0, "");
	KUNIT_EXPECT_EQ(test, ack(l, 11), 3u);
	expect_more(l, 4, 100, 11, "IJKL");		/* little, and nothing else */
	KUNIT_EXPECT_EQ(test, ack(l, 12), 3u);
	expect_more(l, 4, 100, 0, "");
	expect_more(l, 5, 100, 15, "MN");			/* the rest */
	expect_more(l, 100, 100, 0, "");
	KUNIT_EXPECT_EQ(test, ack(l, 17), 13u);
	expect_more(l, 100, 100, 0, "");
	/* a repeated segment repeats from what is acknowledged on, and counts as well */
	replaced(l, 13, "01", "PQRS");
	emit_in(l, 1, 100, 17, "P");
	again(l, 13, "01");
	emit_in(l, 3, 100, 17, "PQR");
	expect_more(l, 4, 100, 20, "S");
	/* what is acknowledged, though it was not sent here, is not sent either */
	KUNIT_EXPECT_EQ(test, ack(l, 19), 13u);
	replaced(l, 15, "2", "0123456789");
	emit_in(l, 4, 100, 21, "01");
	KUNIT_EXPECT_EQ(test, ack(l, 25), 15u);
	expect_more(l, 100, 100, 25, "456789");
	KUNIT_EXPECT_EQ(test, ack(l, 31), 16u);
	/* two patches, one after the other */
	replaced(l, 16, "3", "TU");
	replaced(l, 17, "4", "VW");
	expect_more(l, 100, 100, 31, "TU");
	expect_more(l, 100, 100, 33, "VW");
	expect_more(l, 100, 100, 0, "");
}

/* ---- a word ------------------------------------------------------------------------- */

static struct line *line_word(struct kunit *test, const char *word)
{
	struct line *l = line_new(test);

	l->half.is_proven = false;
	held(l, 0, word);
	emits(l, 0, word);
	return l;
}

static void tcp_word_goes_on(struct kunit *test)
{
	struct line *l = line_word(test, "hel");

	KUNIT_EXPECT_FALSE(test, sip_tcp_tell(&l->half));
	held(l, 3, "lo");
	emits(l, 0, "hello");
	again(l, 1, "e");
	emits(l, 0, "hello");
	again(l, 0xffffffff, "?");	/* a probe asks for an answer, not for bytes */
	emits(l, 0xffffffff, "");
	again(l, 5, "");
	emits_same(l, 5, "");
	KUNIT_EXPECT_EQ(test, ack(l, 0), 0u);
	KUNIT_EXPECT_EQ(test, ack(l, 3), 3u);
	KUNIT_EXPECT_EQ(test, ack(l, 2), 3u);
	KUNIT_EXPECT_EQ(test, l->half.acked - l->isn, 0u);
	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	/* more than a word: nothing of it goes on before all of it does */
	held(l, 5, " you");
	emits(l, 5, "");
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 9u);
	again(l, 9, "");
	emits_same(l, 5, "");
	KUNIT_EXPECT_EQ(test, take(l, 9, "!"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 10), 0);
	emits(l, 0, "hello you!");
	KUNIT_EXPECT_EQ(test, ack(l, 5), 9u);
	KUNIT_EXPECT_EQ(test, ack(l, 10), 10u);
	/* the stream is SIP's now */
	held(l, 10, "word");
	emits(l, 10, "");
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
}

static void tcp_word_is_no_sip(struct kunit *test)
{
	struct line *l = line_word(test, "hello");

	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	bypassed(l, 5, "\r\n");
	emits(l, 0, "hello\r\n");
	KUNIT_EXPECT_EQ(test, ack(l, 7), 7u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	/* the end of the stream behind it */
	l = line_word(test, "hello");
	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	KUNIT_EXPECT_EQ(test, take_fin(l, 5, ""), 0);
	KUNIT_EXPECT_EQ(test, bypass(l), 0);
	emits_fin(l, 0, "hello");
	KUNIT_EXPECT_EQ(test, ack(l, 5), 5u);
	KUNIT_EXPECT_EQ(test, take_fin(l, 5, ""), 0);
	emits_fin(l, 5, "");
}

/* What went on stays, be the rest as it may. */
static void tcp_word_of_a_cut_message(struct kunit *test)
{
	struct line *l = line_word(test, "BYE");

	KUNIT_EXPECT_EQ(test, take(l, 3, " secret"), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 10, NULL), 0);
	emits(l, 0, "BYE\r\n");
	KUNIT_EXPECT_EQ(test, take(l, 10, "more"), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_replace(&l->half, &l->text, 4, NULL), 0);
	emits(l, 5, "\r\n");
}

static void tcp_no_word_behind_another_byte(struct kunit *test)
{
	struct line *l = line_new(test);

	l->half.is_proven = false;
	held(l, 0, "hel lo");
	emits(l, 0, "");
	KUNIT_EXPECT_EQ(test, l->half.word, 0u);
	l = line_new(test);
	l->half.is_proven = false;
	held(l, 0, "\r");
	emits(l, 0, "");
	/* and a keep-alive proves nothing is lost by waiting */
	KUNIT_EXPECT_EQ(test, take(l, 1, "\nhel"), 0);
	KUNIT_EXPECT_EQ(test, pass(l, 2), 0);
	KUNIT_EXPECT_EQ(test, keep(l), 0);
	emits(l, 0, "\r\n");
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
		KUNIT_EXPECT_EQ(test, patched(l), 6u);
	}
	KUNIT_EXPECT_EQ(test, ack(l, 8), 5u);
	KUNIT_EXPECT_EQ(test, patched(l), 0u);
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
	KUNIT_EXPECT_EQ(test, patched(l), 8u);
	KUNIT_EXPECT_EQ(test, l->half.last, 1);
	KUNIT_EXPECT_EQ(test, ack(l, 6), 3u);
	KUNIT_EXPECT_EQ(test, patched(l), 7u);
	KUNIT_EXPECT_EQ(test, l->half.first, -2);
	KUNIT_EXPECT_EQ(test, ack(l, 7), 6u);
	KUNIT_EXPECT_EQ(test, patched(l), 1u);
	KUNIT_EXPECT_EQ(test, l->half.first, 1);
	KUNIT_EXPECT_EQ(test, ack(l, 8), 7u);
	KUNIT_EXPECT_EQ(test, patched(l), 0u);
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

	/* the FIN's own: no byte stands for it */
	KUNIT_EXPECT_EQ(test, ack(l, 20), 16u);
	KUNIT_EXPECT_EQ(test, l->half.acked - l->isn, 19u);
	KUNIT_EXPECT_EQ(test, ack(l, 19), 16u);
	KUNIT_EXPECT_FALSE(test, l->half.is_bypassed);
	/* bytes that went past us, says the receiver, as anybody may: alone it is not believed */
	l = line_grown(test);
	KUNIT_EXPECT_EQ(test, ack(l, 1000), 996u);
	KUNIT_EXPECT_FALSE(test, l->half.is_bypassed);
	KUNIT_EXPECT_EQ(test, l->half.told - l->isn, 0u);
	KUNIT_EXPECT_EQ(test, take(l, 17, "else"), -EAGAIN);
	KUNIT_EXPECT_EQ(test, ack(l, 21), 17u);
	KUNIT_EXPECT_EQ(test, take(l, 18, "else"), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, l->half.is_bypassed);
	KUNIT_EXPECT_EQ(test, ack(l, 14), 10u);
	/* but if the sender goes on right there: what they are, nobody knows */
	KUNIT_EXPECT_EQ(test, take(l, 17, "more"), 0);
	KUNIT_EXPECT_TRUE(test, l->half.is_bypassed);
	KUNIT_EXPECT_TRUE(test, sip_tcp_is_quiet(&l->half));
	emits_same(l, 21, "more");
	KUNIT_EXPECT_EQ(test, end(l), 25u);
	KUNIT_EXPECT_EQ(test, ack(l, 19), 17u);
}

static u32 reset(struct line *l, u32 at)
{
	return sip_tcp_reset(&l->half, l->isn + at) - l->isn;
}

/* RFC 5961 3.2: only what is exactly the sender's place becomes exactly the receiver's. */
static void tcp_resets(struct kunit *test)
{
	struct line *l = line_grown(test);
	u32 at;

	KUNIT_EXPECT_EQ(test, ack(l, 19), 15u);
	held(l, 15, "xyz");
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&l->half));
	KUNIT_EXPECT_EQ(test, reset(l, 18), 19u);
	for (at = 0; at < 200000; at++)
		if (at != 18 && at != 15)
			KUNIT_EXPECT_NE(test, reset(l, at), 19u);
	for (at = 1; at < 200000; at++)
		KUNIT_EXPECT_NE(test, reset(l, -at), 19u);
	/* what is heard though it is old is no older than what may be held */
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&l->half, l->isn + 18 - SIP_TCP_HELD_MAX) - l->isn, 19u);
	KUNIT_EXPECT_NE(test, sip_tcp_seq(&l->half, l->isn + 17 - SIP_TCP_HELD_MAX) - l->isn, 19u);
}

/* ---- blocks: RFC 2018 --------------------------------------------------------------- */

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

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(tcp_more_of_a_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_word_goes_on, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_word_is_no_sip, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_word_of_a_cut_message, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_no_word_behind_another_byte, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_in_a_patch, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_forgets_in_order, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_covers_held, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_ack_beyond, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_resets, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_sack, seq_gen_params),
	KUNIT_CASE_PARAM(tcp_d_sack, seq_gen_params),
	{}
};

struct kunit_suite sip_tcp_ack_suite = {
	.name = "sip_tcp_ack",
	.exit = line_end,
	.test_cases = cases,
};
