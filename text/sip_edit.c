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
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_edit.h"

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

/* Makes room in the list.  @out: the edit, whose text is still missing.  Return: 0; -errno. */
static int edit_insert(struct sip_edits *edits, u32 off, u32 old_len, u32 len,
		       struct sip_edit **out)
{
	s32 delta = len - old_len;
	struct sip_edit *e;
	u32 slot = edits->n;

	if (edits->n == SIP_MAX_EDITS || old_len > SIP_MAX_MESSAGE ||
	    edits->delta + delta > SIP_MAX_GROWTH)
		return -E2BIG;
	/* edits come from the front to the back, mostly */
	if (slot && off <= edit_end(&edits->e[slot - 1])) {
		slot = edit_slot(edits, off, old_len);
		if (edit_overlaps(edits, slot, off, old_len))
			return -EEXIST;
	}
	e = &edits->e[slot];
	if (slot < edits->n)
		memmove(e + 1, e, (edits->n - slot) * sizeof(*e));
	e->off = off;
	e->old_len = old_len;
	e->new_len = len;
	edits->delta += delta;
	edits->n++;
	*out = e;
	return 0;
}

int sip_edit_add(struct sip_edits *edits, u32 off, u32 old_len, const char *text, u32 len)
{
	struct sip_edit *e;
	int err;

	if (!old_len && !len)
		return 0;
	if (len > SIP_MAX_EDIT_TEXT - edits->pool_len)
		return -E2BIG;
	err = edit_insert(edits, off, old_len, len, &e);
	if (err)
		return err;
	e->text = edits->pool_len;
	memcpy(edits->pool + edits->pool_len, text, len);
	edits->pool_len += len;
	return 0;
}

int sip_edit_add_addr(struct sip_edits *edits, u32 off, u32 old_len, const struct sip_addr *addr,
		      bool brackets)
{
	struct sip_edit *e;
	int err;

	if (edits->addr_brackets != brackets || !sip_addr_equal(&edits->addr, addr)) {
		if (edits->pool_len > SIP_MAX_EDIT_TEXT - SIP_ADDR_TEXT_MAX)
			return -E2BIG;
		edits->addr = *addr;
		edits->addr_brackets = brackets;
		edits->addr_text = edits->pool_len;
		edits->addr_len = sip_addr_write(addr, edits->pool + edits->pool_len, brackets);
		edits->pool_len += edits->addr_len;
	}
	if (!old_len && !edits->addr_len)
		return 0;
	err = edit_insert(edits, off, old_len, edits->addr_len, &e);
	if (!err)
		e->text = edits->addr_text;
	return err;
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

static void fill_gaps(const struct sip_edits *edits, char *buf)
{
	s32 shift = 0;
	u32 i;

	for (i = 0; i < edits->n; i++) {
		const struct sip_edit *e = &edits->e[i];

		memcpy(buf + e->off + shift, edits->pool + e->text, e->new_len);
		shift += (s32)e->new_len - (s32)e->old_len;
	}
}

int sip_edit_render(const struct sip_edits *edits, char *buf, u32 len, u32 cap)
{
	if (!edits->n)
		return len;
	if (edits->e[edits->n - 1].off > len || edit_end(&edits->e[edits->n - 1]) > len)
		return -EINVAL;
	if (len > cap || (edits->delta > 0 && (u32)edits->delta > cap - len))
		return -ENOSPC;

	move_left_pieces(edits, buf, len);
	move_right_pieces(edits, buf, len);
	fill_gaps(edits, buf);
	return (s32)len + edits->delta;
}
