// SPDX-License-Identifier: GPL-2.0
/*
 * sip_edit: what may stand in the list, and that rendering in place gives what
 * building the text anew gives.
 */
#include <linux/errno.h>

#include "sip_edit.h"
#include "sipalg_kunit.h"

static struct sip_edits *new_list(struct kunit *test)
{
	struct sip_edits *edits = kunit_kmalloc(test, sizeof(*edits), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, edits);
	/* lists are not cleared before: what sip_edit_init() forgets is no valid bool */
	memset(edits, 0xa5, sizeof(*edits));
	sip_edit_init(edits);
	return edits;
}

static int add(struct sip_edits *edits, u32 off, u32 old_len, const char *s)
{
	return sip_edit_add(edits, off, old_len, s, strlen(s));
}

/* Renders into memory that ends where the longer of both texts ends. */
static void expect_render(struct kunit *test, const struct sip_edits *edits, const char *text,
			  const char *want)
{
	u32 len = strlen(text), cap = max_t(u32, len, strlen(want));
	char *buf = kunit_kzalloc(test, cap, GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	memcpy(buf, text, len);
	ret = sip_edit_render(edits, buf, len, cap);
	KUNIT_EXPECT_EQ(test, ret, (int)strlen(want));
	if (ret > 0)
		test_expect_bytes(test, buf, ret, want, strlen(want));
}

static void edit_nothing(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_EXPECT_EQ(test, add(edits, 3, 0, ""), 0);
	KUNIT_EXPECT_EQ(test, (int)edits->n, 0);
	expect_render(test, edits, "abcdef", "abcdef");
}

static void edit_any_order(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_EXPECT_EQ(test, add(edits, 8, 2, "long text"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 0, 1, "A"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 4, 3, ""), 0);
	KUNIT_EXPECT_EQ(test, edits->delta, 9 - 2 - 3);
	expect_render(test, edits, "0123456789", "A1237long text");
}

static void edit_whole_text(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_EXPECT_EQ(test, add(edits, 0, 6, "x"), 0);
	expect_render(test, edits, "abcdef", "x");
	sip_edit_init(edits);
	KUNIT_EXPECT_EQ(test, add(edits, 0, 1, "xyz"), 0);
	expect_render(test, edits, "a", "xyz");
}

/* Insertions at one place keep their order, and stand before what replaces that place. */
static void edit_same_place(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_EXPECT_EQ(test, add(edits, 2, 0, "1"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 2, 2, "R"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 2, 0, "2"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 4, 0, "3"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 2, 0, "4"), 0);
	expect_render(test, edits, "abcdef", "ab124R3ef");
}

static void edit_both_ends(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_EXPECT_EQ(test, add(edits, 3, 0, ">"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 0, 0, "<"), 0);
	expect_render(test, edits, "abc", "<abc>");
}

static void edit_overlap_refused(struct kunit *test)
{
	static const struct {
		u32 off;
		u32 len;
		int want;
	} tries[] = {
		{ 4, 4, -EEXIST }, { 4, 1, -EEXIST }, { 7, 1, -EEXIST }, { 5, 2, -EEXIST },
		{ 3, 2, -EEXIST }, { 7, 3, -EEXIST }, { 0, 20, -EEXIST }, { 5, 0, -EEXIST },
		{ 7, 0, -EEXIST }, { 0, 13, -EEXIST }, { 11, 2, -EEXIST },
		{ 0, 4, 0 }, { 8, 4, 0 }, { 12, 5, 0 }, { 8, 0, 0 },
	};
	struct sip_edits *edits = new_list(test), *copy = new_list(test);

	KUNIT_ASSERT_EQ(test, add(edits, 4, 4, "x"), 0);
	KUNIT_ASSERT_EQ(test, add(edits, 12, 0, "y"), 0);
	for (u32 i = 0; i < ARRAY_SIZE(tries); i++) {
		memcpy(copy, edits, sizeof(*copy));
		KUNIT_EXPECT_EQ_MSG(test, sip_edit_add(copy, tries[i].off, tries[i].len, "z", 1),
				    tries[i].want, "case %u", i);
		if (tries[i].want)
			KUNIT_EXPECT_TRUE_MSG(test, !memcmp(copy, edits, sizeof(*copy)),
					      "case %u changed the list", i);
	}
}

static void edit_count_bound(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	for (u32 i = 0; i < SIP_MAX_EDITS; i++)
		KUNIT_ASSERT_EQ(test, add(edits, 2 * i, 1, "x"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 2 * SIP_MAX_EDITS, 1, "x"), -E2BIG);
	KUNIT_EXPECT_EQ(test, add(edits, 1, 0, "x"), -E2BIG);
	KUNIT_EXPECT_EQ(test, (int)edits->n, (int)SIP_MAX_EDITS);
	KUNIT_EXPECT_EQ(test, add(edits, 1, 0, ""), 0);
}

static void edit_text_bound(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);
	char *big = kunit_kzalloc(test, SIP_MAX_EDIT_TEXT + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, big);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, 0, big, SIP_MAX_EDIT_TEXT + 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, 0, big, SIP_MAX_EDIT_TEXT), 0);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 5, 0, big, 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 5, 1, big, 0), 0);
	KUNIT_EXPECT_EQ(test, edits->delta, SIP_MAX_EDIT_TEXT - 1);
}

/* All of one packet may not grow over the limit, however much text is still free. */
static void edit_growth_bound(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	edits->delta = SIP_MAX_GROWTH - 1;
	KUNIT_EXPECT_EQ(test, add(edits, 0, 0, "xx"), -E2BIG);
	KUNIT_EXPECT_EQ(test, add(edits, 0, 0, "x"), 0);
	KUNIT_EXPECT_EQ(test, add(edits, 5, 0, "x"), -E2BIG);
	KUNIT_EXPECT_EQ(test, add(edits, 5, 1, "x"), 0);
}

/* SECURITY R6: sizes that would wrap are refused, not truncated. */
static void edit_sizes(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, SIP_MAX_MESSAGE + 1, "", 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, U32_MAX, "", 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, 1, "", U32_MAX), -E2BIG);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, 1, "", 0x80000000u), -E2BIG);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, 1, "", 65536), -E2BIG);
	KUNIT_EXPECT_EQ(test, (int)edits->n, 0);
	KUNIT_EXPECT_EQ(test, sip_edit_add(edits, 0, SIP_MAX_MESSAGE, "", 0), 0);
	KUNIT_EXPECT_EQ(test, edits->delta, -SIP_MAX_MESSAGE);
}

static void edit_outside_refused(struct kunit *test)
{
	static const struct {
		u32 off;
		u32 len;
	} out[] = { { 6, 1 }, { 7, 0 }, { 0, 7 }, { 5, 2 }, { 100, 1 }, { U32_MAX, 1 } };
	char *buf = (char *)test_text(test, "abcdef").p;

	for (u32 i = 0; i < ARRAY_SIZE(out); i++) {
		struct sip_edits *edits = new_list(test);

		KUNIT_ASSERT_EQ(test, sip_edit_add(edits, out[i].off, out[i].len, "x", 1), 0);
		KUNIT_EXPECT_EQ_MSG(test, sip_edit_render(edits, buf, 6, 6), -EINVAL, "case %u", i);
		test_expect_bytes(test, buf, 6, "abcdef", 6);
	}
}

static void edit_no_space(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);
	char *buf = (char *)test_text(test, "abcdef??").p;

	KUNIT_ASSERT_EQ(test, add(edits, 3, 0, "xx"), 0);
	KUNIT_EXPECT_EQ(test, sip_edit_render(edits, buf, 6, 7), -ENOSPC);
	KUNIT_EXPECT_EQ(test, sip_edit_render(edits, buf, 6, 6), -ENOSPC);
	KUNIT_EXPECT_EQ(test, sip_edit_render(edits, buf, 6, 0), -ENOSPC);
	test_expect_bytes(test, buf, 8, "abcdef??", 8);
	KUNIT_EXPECT_EQ(test, sip_edit_render(edits, buf, 6, 8), 8);
	test_expect_bytes(test, buf, 8, "abcxxdef", 8);
}

/* Rendering does not use the list up: the same bytes again give the same again. */
static void edit_render_twice(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);

	KUNIT_ASSERT_EQ(test, add(edits, 1, 1, "BBB"), 0);
	KUNIT_ASSERT_EQ(test, add(edits, 4, 2, ""), 0);
	expect_render(test, edits, "abcdef", "aBBBcd");
	expect_render(test, edits, "uvwxyz", "uBBBwx");
}

/* One address in many places is written out once, each spelling of it for itself. */
static void edit_address(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);
	struct sip_edit_mark mark;
	struct sip_addr addr;

	KUNIT_ASSERT_TRUE(test, sip_addr_parse(&addr, "2001:db8::1", 11));
	KUNIT_ASSERT_EQ(test, sip_edit_add_addr(edits, 0, 1, &addr, false), 0);
	mark = sip_edit_take_mark(edits);
	KUNIT_ASSERT_EQ(test, sip_edit_add_addr(edits, 2, 1, &addr, false), 0);
	KUNIT_EXPECT_EQ(test, (int)edits->pool_len, 11);
	KUNIT_ASSERT_EQ(test, sip_edit_add_addr(edits, 4, 1, &addr, true), 0);
	KUNIT_ASSERT_EQ(test, sip_edit_add_addr(edits, 6, 1, &addr, true), 0);
	KUNIT_EXPECT_EQ(test, (int)edits->pool_len, 24);
	expect_render(test, edits, "a b c d",
		      "2001:db8::1 2001:db8::1 [2001:db8::1] [2001:db8::1]");
	sip_edit_rollback(edits, mark);
	KUNIT_ASSERT_EQ(test, sip_edit_add_addr(edits, 4, 1, &addr, true), 0);
	expect_render(test, edits, "a b c d", "2001:db8::1 b [2001:db8::1] d");
}

static void edit_rollback(struct kunit *test)
{
	struct sip_edits *edits = new_list(test);
	struct sip_edit_mark empty = sip_edit_take_mark(edits), first;

	KUNIT_ASSERT_EQ(test, add(edits, 1, 2, "first"), 0);
	first = sip_edit_take_mark(edits);
	KUNIT_ASSERT_EQ(test, add(edits, 20, 2, "second"), 0);
	KUNIT_ASSERT_EQ(test, add(edits, 12, 0, "third"), 0);
	sip_edit_rollback(edits, first);
	KUNIT_EXPECT_EQ(test, (int)edits->n, 1);
	KUNIT_EXPECT_EQ(test, (int)edits->pool_len, 5);
	KUNIT_EXPECT_EQ(test, edits->delta, 3);
	expect_render(test, edits, "abcdef", "afirstdef");
	KUNIT_ASSERT_EQ(test, add(edits, 5, 1, "again"), 0);
	expect_render(test, edits, "abcdef", "afirstdeagain");
	sip_edit_rollback(edits, empty);
	KUNIT_EXPECT_EQ(test, edits->delta, 0);
	expect_render(test, edits, "abcdef", "abcdef");
}

/* ---- the stupid twin ------------------------------------------------------------- */

#define TWIN_TEXT	300
#define TWIN_EDITS	24

struct twin_edit {
	u32 off;
	u32 old_len;
	u32 new_len;
	char text[32];
};

struct twin {
	u32 n;
	struct twin_edit e[TWIN_EDITS];
	char text[TWIN_TEXT];
	char want[TWIN_TEXT + TWIN_EDITS * 32];
};

/* Whether @b may be in the list beside @a: their old bytes must not meet. */
static bool twin_fits(const struct twin_edit *a, const struct twin_edit *b)
{
	u32 a_end = a->off + a->old_len, b_end = b->off + b->old_len;

	if (!a->old_len)
		return a->off <= b->off || a->off >= b_end;
	if (!b->old_len)
		return b->off <= a->off || b->off >= a_end;
	return a_end <= b->off || b_end <= a->off;
}

/* Builds the new text byte by byte; insertions at a place in the order of the list. */
static u32 twin_render(struct twin *tw, u32 len)
{
	u32 n = 0;

	for (u32 at = 0; at <= len;) {
		const struct twin_edit *gone = NULL;

		for (u32 i = 0; i < tw->n; i++) {
			if (tw->e[i].off != at)
				continue;
			if (tw->e[i].old_len) {
				gone = &tw->e[i];
				continue;
			}
			memcpy(tw->want + n, tw->e[i].text, tw->e[i].new_len);
			n += tw->e[i].new_len;
		}
		if (gone) {
			memcpy(tw->want + n, gone->text, gone->new_len);
			n += gone->new_len;
			at += gone->old_len;
			continue;
		}
		if (at < len)
			tw->want[n++] = tw->text[at];
		at++;
	}
	return n;
}

/* @kind: 0 mixed, 1 growing, 2 shrinking, 3 insertions at few places */
static void twin_choose(struct twin_edit *e, u32 len, u32 kind, u32 *seed)
{
	u32 max_old = kind == 1 ? 2 : 20, max_new = kind == 2 ? 3 : 30;

	e->off = test_random(seed) % (len + 1);
	if (kind == 3)
		e->off &= ~31u;
	e->old_len = test_random(seed) % 3 ? test_random(seed) % max_old : 0;
	if (kind == 3 && test_random(seed) % 4)
		e->old_len = 0;
	e->old_len = min(e->old_len, len - e->off);
	e->new_len = test_random(seed) % max_new;
	for (u32 i = 0; i < e->new_len; i++)
		e->text[i] = 'A' + test_random(seed) % 26;
}

static void twin_add(struct kunit *test, struct twin *tw, struct sip_edits *edits,
		     const struct twin_edit *e)
{
	bool fits = true, is_empty = !e->old_len && !e->new_len;
	int ret = sip_edit_add(edits, e->off, e->old_len, e->text, e->new_len);

	for (u32 i = 0; i < tw->n; i++)
		fits = fits && twin_fits(&tw->e[i], e);
	if (is_empty)
		KUNIT_ASSERT_EQ(test, ret, 0);
	else
		KUNIT_ASSERT_EQ(test, ret, fits ? 0 : -EEXIST);
	if (!ret && !is_empty)
		tw->e[tw->n++] = *e;
}

static void twin_round(struct kunit *test, struct twin *tw, struct sip_edits *edits, char *end,
		       u32 *seed)
{
	u32 len = test_random(seed) % TWIN_TEXT, tries = test_random(seed) % TWIN_EDITS;
	u32 kind = test_random(seed) % 4, want, cap;
	struct twin_edit e;
	int ret;

	for (u32 i = 0; i < len; i++)
		tw->text[i] = 'a' + test_random(seed) % 26;
	tw->n = 0;
	sip_edit_init(edits);
	for (u32 i = 0; i < tries; i++) {
		twin_choose(&e, len, kind, seed);
		twin_add(test, tw, edits, &e);
	}
	want = twin_render(tw, len);
	KUNIT_ASSERT_EQ(test, (s32)(want - len), edits->delta);
	cap = max(want, len);
	memcpy(end - cap, tw->text, len);
	ret = sip_edit_render(edits, end - cap, len, cap);
	KUNIT_ASSERT_EQ(test, ret, (int)want);
	test_expect_bytes(test, end - cap, want, tw->want, want);
}

static void edit_render_twin(struct kunit *test)
{
	struct twin *tw = kunit_kzalloc(test, sizeof(*tw), GFP_KERNEL);
	struct sip_edits *edits = new_list(test);
	char *buf = kunit_kzalloc(test, sizeof(tw->want), GFP_KERNEL);
	u32 seed = 4711;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tw);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (u32 round = 0; round < 25000; round++)
		twin_round(test, tw, edits, buf + sizeof(tw->want), &seed);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(edit_nothing),
	KUNIT_CASE(edit_any_order),
	KUNIT_CASE(edit_whole_text),
	KUNIT_CASE(edit_same_place),
	KUNIT_CASE(edit_both_ends),
	KUNIT_CASE(edit_overlap_refused),
	KUNIT_CASE(edit_count_bound),
	KUNIT_CASE(edit_text_bound),
	KUNIT_CASE(edit_growth_bound),
	KUNIT_CASE(edit_sizes),
	KUNIT_CASE(edit_outside_refused),
	KUNIT_CASE(edit_no_space),
	KUNIT_CASE(edit_render_twice),
	KUNIT_CASE(edit_address),
	KUNIT_CASE(edit_rollback),
	KUNIT_CASE(edit_render_twin),
	{}
};

struct kunit_suite sip_edit_suite = {
	.name = "sip_edit",
	.test_cases = cases,
};
