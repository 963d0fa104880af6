/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_tcp_line: one direction of a connection, step by step, for the cases about it.
 *
 * Cases count from the first byte of the stream; each runs with several first sequence
 * numbers, so that the count wraps in the middle of what it does.
 */
#ifndef _SIP_TCP_LINE_H
#define _SIP_TCP_LINE_H

#include <linux/errno.h>
#include <linux/slab.h>

#include "sip_tcp.h"
#include "sipalg_kunit.h"

static const u32 first_seqs[] = {
	0, 1000, 0xffffffff, 0xfffffffd, 0xfffffffa, 0xfffffff6, 0xfffffff1, 0xffffffe8, 0x7ffffff8,
};

static inline void describe_seq(const u32 *seq, char *desc)
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
static inline void line_end(struct kunit *test)
{
	struct line *l = test->priv;

	if (!l)
		return;
	sip_tcp_exit(&l->half);
	KUNIT_EXPECT_TRUE(test, !l->half.n_patches);
	KUNIT_EXPECT_EQ(test, l->half.patched, 0u);
	KUNIT_EXPECT_TRUE(test, !l->half.held);
	test->priv = NULL;
}

/* A line, instead of that which the case had before. */
static inline struct line *line_new(struct kunit *test)
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
	l->half.is_proven = true;	/* what comes is no word; those have cases of their own */
	test->priv = l;
	return l;
}

static inline int take_bytes(struct line *l, u32 at, const char *p, u32 len)
{
	struct sip_text t = test_bytes(l->test, p, len);

	l->seg = (struct sip_tcp_segment){ .seq = l->isn + at, .len = len, .data = (u8 *)t.p };
	return sip_tcp_take(&l->half, &l->seg, &l->text);
}

static inline int take(struct line *l, u32 at, const char *s)
{
	return take_bytes(l, at, s, strlen(s));
}

/* the same segment, ending the stream */
static inline int take_fin(struct line *l, u32 at, const char *s)
{
	int err = take(l, at, s);

	l->seg.fin = true;
	return err;
}

static inline int pass(struct line *l, u32 len)
{
	return sip_tcp_pass(&l->half, &l->seg, &l->text, len);
}

/* The unit of @len bytes becomes @s. */
static inline int replace(struct line *l, u32 len, const char *s)
{
	sip_edit_init(l->edits);
	KUNIT_EXPECT_EQ(l->test, sip_edit_add(l->edits, 0, len, s, strlen(s)), 0);
	return sip_tcp_replace(&l->half, &l->text, len, l->edits);
}

static inline int keep(struct line *l)
{
	return sip_tcp_keep(&l->half, &l->seg, &l->text);
}

static inline void untake(struct line *l)
{
	sip_tcp_untake(&l->half, &l->seg, &l->text);
}

static inline int bypass(struct line *l)
{
	return sip_tcp_bypass(&l->half, &l->seg, &l->text);
}

static inline u32 ack(struct line *l, u32 at)
{
	return sip_tcp_ack(&l->half, l->isn + at) - l->isn;
}

/* bytes of the patches */
static inline u32 patched(struct line *l)
{
	return l->half.patched - l->half.n_patches * sizeof(struct sip_tcp_patch);
}

static inline u32 end(struct line *l)
{
	return sip_tcp_end(&l->half) - l->isn;
}

static inline void expect_text(struct line *l, const char *want)
{
	test_expect_bytes(l->test, l->text.p, l->text.len, want, strlen(want));
}

/* What the segment at hand emits to a receiver that takes @window, and with room for @max. */
static inline struct sip_tcp_emission emit_in(struct line *l, u32 window, u32 max, u32 at,
					      const char *want)
{
	struct sip_tcp_emission what = sip_tcp_emit(&l->half, &l->seg, window, max);
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

static inline struct sip_tcp_emission emit_max(struct line *l, u32 max, u32 at, const char *want)
{
	return emit_in(l, LINE_MAX, max, at, want);
}

/* ... where it is not the segment's own, nor the end */
static inline void emits(struct line *l, u32 at, const char *want)
{
	struct sip_tcp_emission what = emit_max(l, LINE_MAX, at, want);

	KUNIT_EXPECT_EQ(l->test, (int)what.fin, 0);
	KUNIT_EXPECT_EQ(l->test, (int)what.same, 0);
}

/* ... as it came */
static inline void emits_same(struct line *l, u32 at, const char *want)
{
	struct sip_tcp_emission what = emit_max(l, LINE_MAX, at, want);

	KUNIT_EXPECT_EQ(l->test, (int)what.fin, (int)l->seg.fin);
	KUNIT_EXPECT_EQ(l->test, (int)what.same, 1);
}

/* ... and the stream's end */
static inline void emits_fin(struct line *l, u32 at, const char *want)
{
	struct sip_tcp_emission what = emit_max(l, LINE_MAX, at, want);

	KUNIT_EXPECT_EQ(l->test, (int)what.fin, 1);
}

/* A segment all of which is passed, held, replaced, or the last that is read. */
static inline void passed(struct line *l, u32 at, const char *s)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, pass(l, l->text.len), 0);
}

static inline void held(struct line *l, u32 at, const char *s)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, keep(l), 0);
}

/* ... and its sender is told so */
static inline void told(struct line *l, u32 at, const char *s)
{
	held(l, at, s);
	KUNIT_EXPECT_TRUE(l->test, sip_tcp_tell(&l->half));
}

static inline void bypassed(struct line *l, u32 at, const char *s)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, bypass(l), 0);
}

static inline void replaced(struct line *l, u32 at, const char *s, const char *new)
{
	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, replace(l, l->text.len, new), 0);
}

/* A segment that came before, or is a probe: nothing is new in it. */
static inline void again(struct line *l, u32 at, const char *s)
{
	u32 was = sip_tcp_held(&l->half);

	KUNIT_EXPECT_EQ(l->test, take(l, at, s), 0);
	KUNIT_EXPECT_EQ(l->test, l->text.len, was);
	KUNIT_EXPECT_EQ(l->test, l->half.next, l->seg.next);
}

/* The block, as the receiver counts, is to be told so, or, where that is empty, not at all. */
static inline void expect_sack(struct line *l, u32 left, u32 right, u32 want_left, u32 want_right)
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

/* ten bytes that become fourteen, then five as they are */
static inline struct line *line_grown(struct kunit *test)
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

#endif /* _SIP_TCP_LINE_H */
