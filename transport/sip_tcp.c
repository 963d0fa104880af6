// SPDX-License-Identifier: GPL-2.0
/*
 * sip_tcp: one direction of a TCP connection.  See sip_tcp.h.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sip_step.h"
#include "sip_tcp.h"

enum {
	HELD_MIN	= 2048,	/* room for most messages, so that it need not grow */
	PLACES_LEAST	= 8,	/* places for patches; their number is always a power of two */
};

void sip_tcp_init(struct sip_tcp_half *half, u32 seq)
{
	memset(half, 0, sizeof(*half));
	half->next = seq;
	half->out = seq;
	half->told = seq;
	half->acked = seq;
	half->sent = seq;
}

/* Patch number @i, from 0 on. */
static struct sip_tcp_patch *patch_at(const struct sip_tcp_half *half, u32 i)
{
	return half->patch[(half->front + i) & (half->n_places - 1)];
}

/* Frees the first patch. */
static void patch_free(struct sip_tcp_half *half)
{
	struct sip_tcp_patch *p = patch_at(half, 0);

	half->patched -= sizeof(*p) + p->len;
	half->n_patches--;
	half->front++;
	kfree(p);
}

static void held_free(struct sip_tcp_half *half)
{
	kfree(half->held);
	half->held = NULL;
	half->room = 0;
}

void sip_tcp_exit(struct sip_tcp_half *half)
{
	while (half->n_patches)
		patch_free(half);
	kfree(half->patch);
	half->patch = NULL;
	half->n_places = 0;
	held_free(half);
}

/* Whether the held bytes are one word and no more. */
static bool is_word(const struct sip_tcp_half *half)
{
	return half->word && half->word == sip_tcp_held(half);
}

/* ---- two sequence spaces --------------------------------------------------------- */

static u32 patch_end(const struct sip_tcp_patch *p)
{
	return p->seq + p->old_len;
}

static s32 patch_delta(const struct sip_tcp_patch *p)
{
	return (s32)p->len - (s32)p->old_len;
}

/* R: the end of a patch */
static u32 patch_out_end(const struct sip_tcp_patch *p)
{
	return p->out + p->len;
}

static u32 patch_place(const struct sip_tcp_half *half, u32 i, bool is_out)
{
	const struct sip_tcp_patch *p = patch_at(half, i);

	return is_out ? p->out : p->seq;
}

/*
 * Counts the patches that begin before a place in S, or in R where @is_out is true.  The search
 * uses their order: a receiver that acknowledges nothing lets patches become many, and each packet
 * asks several times.
 */
static u32 patches_before(const struct sip_tcp_half *half, u32 seq, bool is_out)
{
	u32 low = 0, high = half->n_patches, middle, first;

	first = high ? patch_place(half, 0, is_out) : seq;
	if (!sip_seq_before(first, seq))
		return 0;
	sipalg_step();
	/* most callers ask about a place after all of them */
	if (patch_place(half, high - 1, is_out) - first < seq - first)
		return high;
	while (low < high) {
		sipalg_step();
		middle = (low + high) / 2;
		if (patch_place(half, middle, is_out) - first < seq - first)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Return: the last patch that begins before a place; NULL: none does. */
static const struct sip_tcp_patch *patch_before(const struct sip_tcp_half *half, u32 seq,
						bool is_out)
{
	u32 n = patches_before(half, seq, is_out);

	return n ? patch_at(half, n - 1) : NULL;
}

/* Translates a place that is not inside a patch from S to R. */
static u32 to_receiver(const struct sip_tcp_half *half, u32 seq)
{
	const struct sip_tcp_patch *p = patch_before(half, seq, false);

	return p ? patch_out_end(p) + (seq - patch_end(p)) : seq + half->first;
}

/* Translates from R to S; inside a patch this gives the start of it, or with @up its end. */
static u32 to_sender(const struct sip_tcp_half *half, u32 seq, bool up)
{
	const struct sip_tcp_patch *p = patch_before(half, seq, true);

	if (!p)
		return seq - half->first;
	if (sip_seq_before(seq, patch_out_end(p)))
		return up ? patch_end(p) : p->seq;
	return patch_end(p) + (seq - patch_out_end(p));
}

u32 sip_tcp_seq(const struct sip_tcp_half *half, u32 seq)
{
	if (!sip_seq_before(seq, half->next))
		return sip_tcp_edge(half) + (seq - half->next);
	/* a keep-alive probe asks for an answer (RFC 9293 3.8.4), and the receiver gives it */
	if (seq == half->told - 1)
		return half->acked - 1;
	/*
	 * A segment that the sender repeats, or sends from its old place, must get a number
	 * that the receiver accepts.  This holds for no number that is further back than bytes
	 * can be held, or else any number would be accepted.
	 */
	if (sip_seq_before(seq, half->told) && half->told - seq <= SIP_TCP_HELD_MAX)
		return half->acked;
	return sip_seq_before(half->out, seq) ? sip_tcp_edge(half) :
						to_receiver(half, seq);
}

u32 sip_tcp_reset(const struct sip_tcp_half *half, u32 seq)
{
	if (!sip_seq_before(seq, half->next))
		return sip_tcp_edge(half) + (seq - half->next);
	return seq == half->told ? half->acked : to_receiver(half, seq);
}

/* ---- taking ---------------------------------------------------------------------- */

static int held_grow(struct sip_tcp_half *half, u32 need)
{
	u32 room = max_t(u32, half->room, HELD_MIN);
	u8 *held;

	if (need <= half->room)
		return 0;
	while (room < need)
		room *= 2;
	held = krealloc(half->held, room, GFP_ATOMIC | __GFP_NOWARN);
	if (!held)
		return -ENOMEM;
	half->held = held;
	half->room = room;
	return 0;
}

/*
 * Whether held bytes came again with other values (SECURITY S4).  A sender that does this wants the
 * receiver to read something else than we do.
 */
static bool differs_from_held(const struct sip_tcp_half *half, const struct sip_tcp_segment *seg)
{
	u32 from = sip_seq_max(seg->seq, half->out);
	u32 to = sip_seq_min(seg->seq + seg->len, half->next);

	/* the one byte of a keep-alive probe means nothing (RFC 9293 3.8.4) */
	if (seg->len == 1 && seg->seq == half->told - 1)
		return false;
	return sip_seq_before(from, to) &&
	       memcmp(half->held + (from - half->out), seg->data + (from - seg->seq), to - from);
}

/*
 * The receiver has bytes that were not seen here, so the bytes that follow cannot be read.  From
 * now on only sequence numbers are translated.
 */
static void lose_track(struct sip_tcp_half *half, u32 ack)
{
	sip_tcp_exit(half);
	half->first = half->last;
	half->acked = ack;
	half->sent = ack;
	half->next = ack - half->last;
	half->out = half->next;
	half->told = half->next;
	half->word = 0;
	half->is_bypassed = true;
}

/* Bytes are not read any more, so those after a hole need not wait either. */
static void take_bypassed(struct sip_tcp_half *half, struct sip_tcp_segment *seg)
{
	half->next = sip_seq_max(half->next, seg->seq + seg->len);
	half->out = half->next;
	seg->out = half->out;
}

int sip_tcp_take(struct sip_tcp_half *half, struct sip_tcp_segment *seg, struct sip_text *text)
{
	u32 held = sip_tcp_held(half), old, n;
	int err;

	seg->out = half->out;
	seg->next = half->next;
	*text = (struct sip_text){ (const char *)half->held, held };
	if (half->is_bypassed) {
		take_bypassed(half, seg);
		return 0;
	}
	if (sip_seq_before(half->next, seg->seq)) {
		if (!half->has_claim || seg->seq != half->claim - half->last)
			return -EAGAIN;
		/* both ends agree: the bytes before the segment took another way */
		lose_track(half, half->claim);
		*text = (struct sip_text){};
		take_bypassed(half, seg);
		return 0;
	}
	if (differs_from_held(half, seg))
		return -EILSEQ;
	old = half->next - seg->seq;
	if (old >= seg->len)
		return 0;
	n = seg->len - old;
	if (!held) {
		*text = (struct sip_text){ (const char *)seg->data + old, n };
	} else {
		if (held + n > SIP_TCP_HELD_MAX)
			return -EFBIG;
		err = held_grow(half, held + n);
		if (err)
			return err;
		memcpy(half->held + held, seg->data + old, n);
		*text = (struct sip_text){ (const char *)half->held, held + n };
	}
	half->next += n;
	return 0;
}

/* Makes a place for one more patch after the last one. */
static int places_grow(struct sip_tcp_half *half)
{
	u32 i, n = half->n_places ? 2 * half->n_places : PLACES_LEAST;
	struct sip_tcp_patch **patch;

	if (half->n_patches < half->n_places)
		return 0;
	patch = kmalloc_array(n, sizeof(*patch), GFP_ATOMIC | __GFP_NOWARN);
	if (!patch)
		return -ENOMEM;
	for (i = 0; i < half->n_patches; i++)
		patch[i] = patch_at(half, i);
	kfree(half->patch);
	half->patch = patch;
	half->n_places = n;
	half->front = 0;
	return 0;
}

static struct sip_tcp_patch *patch_alloc(struct sip_tcp_half *half, u32 old_len, u32 room)
{
	struct sip_tcp_patch *p;

	if (half->patched + sizeof(*p) + room > SIP_TCP_PATCHED_MAX ||
	    half->n_patches == SIP_TCP_PATCHES_MAX)
		return ERR_PTR(-ENOBUFS);
	if (places_grow(half))
		return ERR_PTR(-ENOMEM);
	p = kmalloc(sizeof(*p) + room, GFP_ATOMIC | __GFP_NOWARN);
	if (!p)
		return ERR_PTR(-ENOMEM);
	p->seq = half->out;
	p->out = half->out + half->last;
	p->old_len = old_len;
	return p;
}

static void patch_add(struct sip_tcp_half *half, struct sip_tcp_patch *p)
{
	const struct sip_tcp_patch *last = NULL;

	if (half->n_patches)
		last = patch_at(half, half->n_patches - 1);
	/* acknowledged patches leave the row, which could become longer than 2^31 bytes else */
	p->row = last && patch_end(last) == p->seq ?
		 sip_seq_max(last->row, patch_at(half, 0)->seq) : p->seq;
	half->patch[(half->front + half->n_patches) & (half->n_places - 1)] = p;
	half->patched += sizeof(*p) + p->len;
	half->n_patches++;
	half->last += patch_delta(p);
}

static void move_on(struct sip_tcp_half *half, struct sip_text *text, u32 len)
{
	if (!len)
		return;
	half->out += len;
	half->word = 0;
	half->is_proven = true;
	text->p += len;
	text->len -= len;
}

int sip_tcp_pass(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		 struct sip_text *text, u32 len)
{
	struct sip_tcp_patch *p;

	/* bytes that the segment does not carry, or that its sender may not repeat, are kept */
	if (len && (sip_seq_before(half->out, seg->seq) ||
		    sip_seq_before(half->out, half->told))) {
		p = patch_alloc(half, len, len);
		if (IS_ERR(p))
			return PTR_ERR(p);
		p->len = len;
		memcpy(p->data, text->p, len);
		patch_add(half, p);
	}
	move_on(half, text, len);
	return 0;
}

int sip_tcp_replace(struct sip_tcp_half *half, struct sip_text *text, u32 len,
		    const struct sip_edits *edits)
{
	static const char crlf[] = "\r\n";
	u32 room = edits ? len + max(edits->delta, 0) : half->word + sizeof(crlf) - 1;
	struct sip_tcp_patch *p = patch_alloc(half, len, room);
	int ret = room;

	if (IS_ERR(p))
		return PTR_ERR(p);
	memcpy(p->data, text->p, edits ? len : half->word);
	if (edits)
		ret = sip_edit_render(edits, (char *)p->data, len, room);
	else
		memcpy(p->data + half->word, crlf, sizeof(crlf) - 1);
	if (ret < 0) {
		kfree(p);
		return ret;
	}
	p->len = ret;
	patch_add(half, p);
	move_on(half, text, len);
	return 0;
}

int sip_tcp_keep(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		 struct sip_text *text)
{
	if (!text->len) {
		held_free(half);
		return 0;
	}
	/* where bytes were held before, the new bytes are in the same buffer already */
	if (seg->next == seg->out && held_grow(half, text->len)) {
		sip_tcp_untake(half, seg, text);
		return -ENOMEM;
	}
	if (text->p != (const char *)half->held)
		memmove(half->held, text->p, text->len);
	if (!half->is_proven && sip_frame_word(text) == text->len)
		half->word = text->len;
	return 0;
}

void sip_tcp_untake(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		    struct sip_text *text)
{
	u32 next = sip_seq_max(half->out, seg->next);

	/* bytes that were held before and were not emitted are still in their place */
	text->len = next - half->out;
	if (text->len)
		memmove(half->held, text->p, text->len);
	half->next = next;
	sip_frame_init(&half->frame);
}

int sip_tcp_bypass(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		   struct sip_text *text)
{
	int err = sip_tcp_pass(half, seg, text, text->len);

	if (err)
		return err;
	half->is_bypassed = true;
	held_free(half);
	return 0;
}

/* ---- emitting -------------------------------------------------------------------- */

/* S: the start of the emission for a segment, which is never inside a patch */
static u32 emission_start(const struct sip_tcp_half *half, const struct sip_tcp_segment *seg)
{
	u32 start = seg->out == half->out ? seg->seq : sip_seq_min(seg->seq, seg->out);
	const struct sip_tcp_patch *p = patch_before(half, start, false);

	if (!p || sip_seq_before(patch_end(p), start))
		return start;
	/*
	 * The sender repeats from the first byte that was not acknowledged to it.  The patches
	 * right before this byte were acknowledged to it by us and may be missing as well, so we
	 * repeat all of their row.
	 */
	if (!sip_seq_before(half->told, seg->seq))
		return p->row;
	return patch_end(p) == start ? start : p->seq;
}

/* S: the end of the emission for a segment, which is never inside a patch */
static u32 emission_end(const struct sip_tcp_half *half, const struct sip_tcp_segment *seg)
{
	u32 end = sip_seq_min(seg->seq + seg->len, half->out);
	const struct sip_tcp_patch *p = patch_before(half, end, false);

	return p && sip_seq_before(end, patch_end(p)) ? patch_end(p) : end;
}

static bool touches_patch(const struct sip_tcp_half *half, u32 start, u32 end)
{
	const struct sip_tcp_patch *p = patch_before(half, end, false);

	return p && sip_seq_before(start, patch_end(p));
}

/* How many of @len bytes from @from on (R) the receiver takes. */
static u32 fit_window(const struct sip_tcp_half *half, u32 from, u32 len, u32 window)
{
	u32 edge = half->acked + window;

	return sip_seq_before(from, edge) ? min(len, edge - from) : 0;
}

struct sip_tcp_emission sip_tcp_emit(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
				     u32 window, u32 max)
{
	u32 start = emission_start(half, seg), end = emission_end(half, seg);
	u32 from = sip_seq_max(to_receiver(half, start), half->acked);
	u32 to = to_receiver(half, end);
	struct sip_tcp_emission what = { .seq = from };

	/* only a word is held, and part of it is in the segment */
	if (is_word(half) && seg->len && sip_seq_before(half->out, seg->seq + seg->len))
		return (struct sip_tcp_emission){ .seq = sip_tcp_end(half), .len = half->word };

	/* a bare acknowledgment that asks for no answer, as a probe would */
	if (!seg->len && !seg->fin && seg->out == half->out &&
	    !sip_seq_before(seg->seq, half->next))
		to = from;
	what.fin = seg->fin && end == seg->seq + seg->len;
	if (!sip_seq_before(from, to)) {
		/* there is nothing to carry; the receiver shall answer where all bytes are old */
		what.seq = what.fin ? to : sip_tcp_seq(half, seg->seq);
		what.same = !seg->len;
		return what;
	}
	what.len = to - from;
	what.same = start == seg->seq && what.len == seg->len && !touches_patch(half, start, end);
	if (!what.same)
		what.len = fit_window(half, from, min(to - from, max), window);
	what.fin &= what.len == to - from;
	half->sent = sip_seq_max(half->sent, from + what.len);
	return what;
}

const u8 *sip_tcp_more(struct sip_tcp_half *half, u32 window, u32 max,
		       struct sip_tcp_emission *what)
{
	u32 from = sip_seq_max(half->sent, half->acked), len, rest;
	const struct sip_tcp_patch *p = patch_before(half, from + 1, true);

	if (!p || !sip_seq_before(from, patch_out_end(p)))
		return NULL;
	rest = patch_out_end(p) - from;
	len = fit_window(half, from, min(rest, max), window);
	/* a small piece waits until nothing else is under way (RFC 9293 3.8.6.2.1) */
	if (!len || (len < rest && len < max && from != half->acked))
		return NULL;
	*what = (struct sip_tcp_emission){ .seq = from, .len = len };
	half->sent = from + len;
	return p->data + (from - p->out);
}

void sip_tcp_copy(const struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		  const struct sip_tcp_emission *what, u8 *to)
{
	u32 at = what->seq, end = at + what->len, offset = half->first, i, n;
	const struct sip_tcp_patch *p;

	if (!what->len)
		return;
	if (at == sip_tcp_end(half)) {	/* the emission is a word */
		memcpy(to, half->held, what->len);
		return;
	}
	i = patches_before(half, at, true);
	for (i -= i > 0; i < half->n_patches; i++) {
		sipalg_step();
		p = patch_at(half, i);
		if (sip_seq_before(at, p->out)) {
			n = sip_seq_min(p->out, end) - at;
			memcpy(to, seg->data + (at - (p->out - p->seq) - seg->seq), n);
			to += n;
			at += n;
		}
		if (at == end)
			return;
		if (sip_seq_before(at, patch_out_end(p))) {
			n = min(patch_out_end(p) - at, end - at);
			memcpy(to, p->data + (at - p->out), n);
			to += n;
			at += n;
		}
		offset = patch_out_end(p) - patch_end(p);
	}
	memcpy(to, seg->data + (at - offset - seg->seq), end - at);
}

/* ---- acknowledgments ------------------------------------------------------------ */

static void forget_acked(struct sip_tcp_half *half)
{
	const struct sip_tcp_patch *p;

	while (half->n_patches) {
		sipalg_step();
		p = patch_at(half, 0);
		if (sip_seq_before(half->acked, patch_out_end(p)))
			return;
		half->first += patch_delta(p);
		patch_free(half);
	}
}

u32 sip_tcp_ack(struct sip_tcp_half *half, u32 ack)
{
	u32 end = sip_tcp_end(half), over, seq;

	if (sip_seq_before(ack, end)) {
		seq = to_sender(half, ack, false);
	} else if (is_word(half) && ack - end <= half->word) {
		seq = half->out + (ack - end);
	} else {
		over = ack - end > half->word ? ack - end - half->word : 0;
		seq = half->next + over;
		if (over > 1) {		/* more than the FIN: believed only if the sender agrees */
			half->claim = ack;
			half->has_claim = true;
			return seq;
		}
	}
	half->acked = sip_seq_max(half->acked, sip_seq_min(ack, end));
	half->told = sip_seq_max(half->told, seq);
	forget_acked(half);
	return half->told;
}

bool sip_tcp_sack(const struct sip_tcp_half *half, u32 *left, u32 *right)
{
	/*
	 * A block that came twice (RFC 2883) is before the acknowledged bytes, and their offsets
	 * are forgotten.
	 */
	if (!sip_seq_before(half->acked, *right) && (half->last || half->first))
		return false;
	*left = to_sender(half, *left, true);
	*right = to_sender(half, *right, false);
	return sip_seq_before(*left, *right);
}

bool sip_tcp_tell(struct sip_tcp_half *half)
{
	if (half->acked != sip_tcp_end(half) || is_word(half))
		return false;
	half->told = sip_seq_max(half->told, half->next);
	return true;
}
