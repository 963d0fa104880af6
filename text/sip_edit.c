// SPDX-License-Identifier: GPL-2.0
/*
 * sip_edit: the edit list and its renderer.  See sip_edit.h for the life of an edit.
 *
 * Rendering in place.  The edits cut the text into pieces, each of which moves as
 * a whole by the sum of the deltas before it.  Pieces that move left are moved
 * from the first to the last, pieces that move right from the last to the first.
 * No piece lands on one that has yet to move, for pieces keep their order.  A piece that moves
 * right ends at the new start of the next piece.  If the next piece moves left, its new start is
 * before its old start; if it moves right, it was moved before.  The same holds in the other
 * direction.  The new texts fill the gaps last.
 *
 * Where all pieces move one way, one pass does both.  To the right it begins at the last edit: a
 * new text begins no earlier than the text that it replaces, so all pieces before it are still
 * there.  To the left it begins at the first edit: a new text ends no later than the old one.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_cursor.h"
#include "sip_edit.h"
#include "sip_word.h"

enum {
	NUMBER_ROOM	= 10,	/* what sip_number_write() may write */
	HALF		= sizeof(struct sip_half_word),
};

static u32 edit_end(const struct sip_edit *e)
{
	return e->off + e->old_len;
}

/* Return: the index after the edits that come before one at @off with @old_len bytes. */
static u32 edit_slot(const struct sip_edits *edits, u32 off, u32 old_len)
{
	u32 i = edits->n;

	while (i) {
		const struct sip_edit *e = &edits->e[i - 1];

		if (e->off < off)
			break;
		if (e->off == off && (!e->old_len || old_len))
			break;
		i--;
	}
	return i;
}

static bool edit_overlaps(const struct sip_edits *edits, u32 slot, u32 off, u32 old_len)
{
	if (slot && edit_end(&edits->e[slot - 1]) > off)
		return true;
	return slot < edits->n && off + old_len > edits->e[slot].off;
}

/* Puts an edit where it belongs. */
static int edit_insert(struct sip_edits *edits, struct sip_edit new)
{
	u32 slot = edit_slot(edits, new.off, new.old_len);
	struct sip_edit *e = &edits->e[slot];

	if (edit_overlaps(edits, slot, new.off, new.old_len))
		return -EEXIST;
	memmove(e + 1, e, (edits->n - slot) * sizeof(*e));
	*e = new;
	return 0;
}

/* Adds an edit whose new text, of @len bytes, stands at @text in the pool. */
static __always_inline int edit_add(struct sip_edits *edits, u32 off, u32 old_len, u32 text,
				    u32 len)
{
	s32 delta = edits->delta + (s32)(len - old_len);
	struct sip_edit new = { off, old_len, len, text };
	u32 n = edits->n;

	if (n == SIP_MAX_EDITS || old_len > SIP_MAX_MESSAGE || delta > SIP_MAX_GROWTH)
		return -E2BIG;
	/* edits come from the front to the back, mostly */
	if (likely(!n || off > edit_end(&edits->e[n - 1])))
		edits->e[n] = new;
	else if (edit_insert(edits, new))
		return -EEXIST;
	edits->delta = delta;
	edits->n = n + 1;
	return 0;
}

int sip_edit_add(struct sip_edits *edits, u32 off, u32 old_len, const char *text, u32 len)
{
	u32 at = edits->pool_len;
	int err;

	if (!old_len && !len)
		return 0;
	if (len > SIP_MAX_EDIT_TEXT - at)
		return -E2BIG;
	err = edit_add(edits, off, old_len, at, len);
	if (err)
		return err;
	memcpy(edits->pool + at, text, len);
	edits->pool_len = at + len;
	return 0;
}

int sip_edit_add_number(struct sip_edits *edits, u32 off, u32 old_len, u32 n)
{
	u32 at = edits->pool_len, len;
	char buf[NUMBER_ROOM];
	int err;

	if (unlikely(at > SIP_MAX_EDIT_TEXT - NUMBER_ROOM))
		return sip_edit_add(edits, off, old_len, buf, sip_number_write(n, buf));
	len = sip_number_write(n, edits->pool + at);
	err = edit_add(edits, off, old_len, at, len);
	if (!err)
		edits->pool_len = at + len;
	return err;
}

/* Whether the address that was written last is this one, in the same form. */
static __always_inline bool has_addr(const struct sip_edits *edits, const struct sip_addr *addr,
				     bool brackets)
{
	return sip_addr_equal(&edits->addr, addr) &&
	       (addr->family == SIP_FAMILY_IPV4 || edits->addr_brackets == brackets);
}

static int write_addr(struct sip_edits *edits, const struct sip_addr *addr, bool brackets)
{
	u32 at = edits->pool_len;

	if (at > SIP_MAX_EDIT_TEXT - SIP_ADDR_TEXT_MAX)
		return -E2BIG;
	edits->addr = *addr;
	edits->addr_brackets = brackets;
	edits->addr_text = at;
	edits->addr_len = sip_addr_write(addr, edits->pool + at, brackets);
	edits->port_len = 0;
	edits->pool_len = at + edits->addr_len;
	return 0;
}

int sip_edit_add_addr(struct sip_edits *edits, u32 off, u32 old_len, const struct sip_addr *addr,
		      bool brackets)
{
	if (!has_addr(edits, addr, brackets) && write_addr(edits, addr, brackets))
		return -E2BIG;
	if (!old_len && !edits->addr_len)
		return 0;
	return edit_add(edits, off, old_len, edits->addr_text, edits->addr_len);
}

/* Writes a port after the address that was written last, which is written again if need be. */
static int write_port(struct sip_edits *edits, const struct sip_endpoint *to)
{
	bool is_last = edits->addr_text + edits->addr_len == edits->pool_len;
	char *at;

	if ((!has_addr(edits, &to->addr, true) || !is_last) && write_addr(edits, &to->addr, true))
		return -E2BIG;
	if (edits->pool_len > SIP_MAX_EDIT_TEXT - NUMBER_ROOM - 1)
		return -E2BIG;
	at = edits->pool + edits->pool_len;
	*at = ':';
	edits->port = to->port;
	edits->port_len = 1 + sip_number_write(to->port, at + 1);
	edits->pool_len += edits->port_len;
	return 0;
}

int sip_edit_add_endpoint(struct sip_edits *edits, u32 off, u32 old_len,
			  const struct sip_endpoint *to)
{
	bool is_same = edits->port_len && edits->port == to->port &&
		       has_addr(edits, &to->addr, true);

	if (!is_same && write_port(edits, to))
		return -E2BIG;
	return edit_add(edits, off, old_len, edits->addr_text, edits->addr_len + edits->port_len);
}

struct sip_edit_mark sip_edit_take_mark(const struct sip_edits *edits)
{
	return (struct sip_edit_mark){ edits->n, edits->pool_len, edits->delta };
}

void sip_edit_rollback(struct sip_edits *edits, struct sip_edit_mark mark)
{
	edits->n = mark.n;
	edits->pool_len = mark.pool_len;
	edits->delta = mark.delta;
	edits->addr.family = SIP_FAMILY_NONE;
	edits->addr_len = 0;
	edits->port_len = 0;
}

/* Return: the length of the piece of text after edit @i. */
static u32 piece_len(const struct sip_edits *edits, u32 i, u32 len)
{
	u32 end = i + 1 < edits->n ? edits->e[i + 1].off : len;

	return end - edit_end(&edits->e[i]);
}

static void move_left_pieces(const struct sip_edits *edits, char *buf, u32 len)
{
	s32 shift = 0;
	u32 i;

	for (i = 0; i < edits->n; i++) {
		const struct sip_edit *e = &edits->e[i];

		shift += (s32)e->new_len - (s32)e->old_len;
		if (shift < 0)
			memmove(buf + edit_end(e) + shift, buf + edit_end(e),
				piece_len(edits, i, len));
	}
}

static void move_right_pieces(const struct sip_edits *edits, char *buf, u32 len)
{
	s32 shift = edits->delta;
	u32 i;

	for (i = edits->n; i--;) {
		const struct sip_edit *e = &edits->e[i];

		if (shift > 0)
			memmove(buf + edit_end(e) + shift, buf + edit_end(e),
				piece_len(edits, i, len));
		shift -= (s32)e->new_len - (s32)e->old_len;
	}
}

/* Copies a new text, which is an address or a port, mostly. */
static __always_inline void put_new(const struct sip_edits *edits, const struct sip_edit *e,
				    char *to)
{
	const char *from = edits->pool + e->text;
	u32 len = e->new_len;

	if (len >= SIP_WORD && len <= 2 * SIP_WORD) {	/* two words that overlap */
		u64 last = sip_word_at(from + len - SIP_WORD);

		sip_word_put(to, sip_word_at(from));
		sip_word_put(to + len - SIP_WORD, last);
	} else if (len >= HALF && len < SIP_WORD) {
		const struct sip_half_word *first = (const void *)from;
		const struct sip_half_word *last = (const void *)(from + len - HALF);

		*(struct sip_half_word *)to = *first;
		*(struct sip_half_word *)(to + len - HALF) = *last;
	} else if (len < SIP_WORD) {
		while (len--)
			*to++ = *from++;
	} else if (len <= 3 * SIP_WORD) {
		u64 last = sip_word_at(from + len - SIP_WORD);

		sip_word_put(to, sip_word_at(from));
		sip_word_put(to + SIP_WORD, sip_word_at(from + SIP_WORD));
		sip_word_put(to + len - SIP_WORD, last);
	} else {
		memcpy(to, from, len);
	}
}

static void fill_gaps(const struct sip_edits *edits, char *buf)
{
	s32 shift = 0;
	u32 i;

	for (i = 0; i < edits->n; i++) {
		const struct sip_edit *e = &edits->e[i];

		put_new(edits, e, buf + e->off + shift);
		shift += (s32)e->new_len - (s32)e->old_len;
	}
}

/* Whether no piece moves left. */
static bool moves_right(const struct sip_edits *edits)
{
	s32 shift = 0, all = 0;
	u32 i;

	for (i = 0; i < edits->n; i++) {
		shift += (s32)edits->e[i].new_len - (s32)edits->e[i].old_len;
		all |= shift;
	}
	return all >= 0;
}

/* From the last piece to the first, each followed by the new text before it. */
static void render_right(const struct sip_edits *edits, char *buf, u32 len)
{
	s32 shift = edits->delta;
	u32 i = edits->n, end = len;

	while (i--) {
		const struct sip_edit *e = &edits->e[i];
		u32 from = edit_end(e);

		if (shift)
			memmove(buf + from + shift, buf + from, end - from);
		shift -= (s32)e->new_len - (s32)e->old_len;
		put_new(edits, e, buf + e->off + shift);
		end = e->off;
	}
}

/* From the first piece to the last, where each one moves left or stays. */
static void render_left(const struct sip_edits *edits, char *buf, u32 len)
{
	s32 shift = 0;
	u32 i;

	for (i = 0; i < edits->n; i++) {
		const struct sip_edit *e = &edits->e[i];

		put_new(edits, e, buf + e->off + shift);
		shift += (s32)e->new_len - (s32)e->old_len;
		if (shift)
			memmove(buf + edit_end(e) + shift, buf + edit_end(e),
				piece_len(edits, i, len));
	}
}

/* Whether no piece moves right. */
static bool moves_left(const struct sip_edits *edits)
{
	s32 shift = 0;
	u32 i;

	for (i = 0; i < edits->n; i++) {
		shift += (s32)edits->e[i].new_len - (s32)edits->e[i].old_len;
		if (shift > 0)
			return false;
	}
	return true;
}

int sip_edit_render(const struct sip_edits *edits, char *buf, u32 len, u32 cap)
{
	if (!edits->n)
		return len;
	if (edits->e[edits->n - 1].off > len || edit_end(&edits->e[edits->n - 1]) > len)
		return -EINVAL;
	if (len > cap || (edits->delta > 0 && (u32)edits->delta > cap - len))
		return -ENOSPC;

	if (moves_right(edits)) {	/* in nearly all messages all pieces move one way */
		render_right(edits, buf, len);
	} else if (moves_left(edits)) {
		render_left(edits, buf, len);
	} else {
		move_left_pieces(edits, buf, len);
		move_right_pieces(edits, buf, len);
		fill_gaps(edits, buf);
	}
	return (s32)len + edits->delta;
}
