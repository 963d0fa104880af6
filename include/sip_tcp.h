/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_tcp: one direction of a TCP connection whose bytes are read, and changed.
 *
 * The sender counts bytes as it sent them, the receiver as they reach it: two
 * sequence spaces, here S and R.  They differ by an offset that moves with every
 * message whose length changes.
 *
 * The life of a byte.  It is *taken* when it comes in order.  As long as its message
 * is not complete it is *held*: it does not go on, and its sender is told that it
 * arrived (else the sender, waiting for that, might never send the rest).  The segment that
 * completes the message carries all of it, *emitted* in R.  Bytes that pass as they
 * came are forgotten then: their sender repeats them if they are lost.  Everything
 * else is kept as a *patch* until the receiver has acknowledged it: what the sender
 * was told to have arrived, and what was written anew.
 *
 * Nothing is repeated here by itself.  What is emitted rides on a segment of which
 * at least the last byte, or the FIN, is not acknowledged to its sender, so the
 * sender repeats that; and whichever bytes it repeats, all of a patch that they touch goes
 * again, the same bytes.  An acknowledgment of the receiver's is passed on in S:
 * inside a patch it says no more than was said before, and where it covers all that
 * was emitted it covers what is held too.
 *
 * One exception: a stream that begins with a word, and no more, may be anything, and the
 * other end may have to answer to it.  So the word goes on at once, is not told to have
 * arrived, and goes again with its message, which begins with the same bytes.
 *
 * Pure: knows bytes and numbers, no packets and no connection.  The caller has a lock.
 */
#ifndef _SIP_TCP_H
#define _SIP_TCP_H

#include <linux/types.h>

#include "sip_edit.h"
#include "sip_stream.h"

/* Sequence numbers wrap; these hold for two that are less than 2^31 apart (RFC 9293 3.4). */
static inline bool sip_seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

static inline u32 sip_seq_max(u32 a, u32 b)
{
	return sip_seq_before(a, b) ? b : a;
}

static inline u32 sip_seq_min(u32 a, u32 b)
{
	return sip_seq_before(a, b) ? a : b;
}

enum {
	SIP_TCP_HELD_MAX	= 65536,	/* bytes held in one direction */
	SIP_TCP_PATCHED_MAX	= 262144,	/* bytes of patches in one direction */
	SIP_TCP_PATCHES_MAX	= 512,		/* and how many */
};

/**
 * struct sip_tcp_patch - bytes that their sender cannot be asked for again
 * @seq: their place in S
 * @out: their place in R
 * @row: S: where the patches begin that this one continues without a gap
 * @old_len: bytes there
 * @len: bytes in R
 * @data: these
 */
struct sip_tcp_patch {
	u32 seq;
	u32 out;
	u32 row;
	u32 old_len;
	u32 len;
	u8 data[];
};

/**
 * struct sip_tcp_half - one direction
 * @next: S: the byte that is expected next
 * @out: S: the first byte that was not emitted; from here to @next bytes are held
 * @told: S: the highest acknowledgment that the sender has seen
 * @acked: R: the highest acknowledgment of the receiver
 * @first: offset from S to R before the first patch
 * @last: offset from S to R behind the last patch
 * @patch: patches, in order, none acknowledged in full: a ring
 * @n_places: of the ring, used or not
 * @front: its place that has the first one, when what goes round is taken off
 * @patched: bytes of all patches, as they lie in memory
 * @n_patches: how many
 * @sent: R: the end of what was emitted of them; the receiver's window may be too small for all
 * @held: room for held bytes
 * @room: its size
 * @frame: how far the held message was read
 * @word: the first bytes that are held, which went on although they are held
 * @claim: R: an acknowledgment of bytes that were not seen here
 * @has_claim: there was one
 * @is_proven: a unit was emitted: the stream is SIP's
 * @is_bypassed: nothing is read any more; only the offsets stay
 * @is_ended: since the FIN
 */
struct sip_tcp_half {
	u32 next;
	u32 out;
	u32 told;
	u32 acked;
	s32 first;
	s32 last;
	struct sip_tcp_patch **patch;
	u32 n_places;
	u32 front;
	u32 patched;
	u32 n_patches;
	u32 sent;
	u8 *held;
	u32 room;
	struct sip_frame frame;
	u32 word;
	u32 claim;
	bool has_claim;
	bool is_proven;
	bool is_bypassed;
	bool is_ended;
};

/**
 * struct sip_tcp_segment - a segment of the half's sender
 * @seq: S: its first byte
 * @len: its bytes
 * @data: these
 * @fin: whether it ends the stream
 * @out: half->out as it was before; set by sip_tcp_take()
 * @next: half->next as it was before; set by sip_tcp_take()
 */
struct sip_tcp_segment {
	u32 seq;
	u32 len;
	const u8 *data;
	bool fin;
	u32 out;
	u32 next;
};

/**
 * struct sip_tcp_emission - what a segment carries instead
 * @seq: R: its first byte
 * @len: its bytes
 * @same: they are the segment's own, all of them
 * @fin: whether the stream ends behind them
 */
struct sip_tcp_emission {
	u32 seq;
	u32 len;
	bool same;
	bool fin;
};

/**
 * sip_tcp_init() - a direction before its first byte
 * @half: the direction
 * @seq: sequence number of its first byte: that of the SYN plus one
 */
void sip_tcp_init(struct sip_tcp_half *half, u32 seq);

/* Frees what it holds. */
void sip_tcp_exit(struct sip_tcp_half *half);

static inline u32 sip_tcp_held(const struct sip_tcp_half *half)
{
	return half->next - half->out;
}

/* R: the end of what was emitted. */
static inline u32 sip_tcp_end(const struct sip_tcp_half *half)
{
	return half->out + half->last;
}

/* R: the end of what may have come to the receiver. */
static inline u32 sip_tcp_edge(const struct sip_tcp_half *half)
{
	return sip_tcp_end(half) + half->word;
}

/* What it remembers, in memory. */
static inline u32 sip_tcp_bytes(const struct sip_tcp_half *half)
{
	return half->room + half->patched + half->n_places * sizeof(half->patch[0]);
}

/* Whether the direction is what it would be without us, but for one offset. */
static inline bool sip_tcp_is_quiet(const struct sip_tcp_half *half)
{
	return half->next == half->out && !half->n_patches;
}

/**
 * sip_tcp_take() - new bytes of a segment
 * @half: the direction
 * @seg: the segment
 * @text: what may be read now: held bytes and the new ones, from the first that was not emitted
 *
 * The caller then reads units off the front of @text, hands each to sip_tcp_pass() or
 * sip_tcp_replace(), and calls sip_tcp_keep() at the end.  In a direction that is
 * bypassed @text is empty.
 *
 * Return: 0; -EAGAIN where bytes are missing before the segment; -EFBIG where more
 * than SIP_TCP_HELD_MAX would be held; -EILSEQ where bytes that are held came again
 * as other ones; -ENOMEM.  On error nothing was taken, and @text is what is held.
 */
int sip_tcp_take(struct sip_tcp_half *half, struct sip_tcp_segment *seg, struct sip_text *text);

/**
 * sip_tcp_pass() - emit bytes as they are
 * @half: the direction
 * @seg: the segment at hand
 * @text: as of sip_tcp_take(); moves on
 * @len: how many bytes
 *
 * Return: 0; -ENOMEM, or -ENOBUFS over SIP_TCP_PATCHED_MAX or SIP_TCP_PATCHES_MAX: then
 * nothing was emitted.
 */
int sip_tcp_pass(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		 struct sip_text *text, u32 len);

/**
 * sip_tcp_replace() - emit other bytes
 * @half: the direction
 * @text: as of sip_tcp_take(); moves on
 * @len: bytes that go
 * @edits: what changes in them, offsets from their start; NULL: all of them become a CRLF,
 *	but for a word that went on before
 *
 * Return: 0; -ENOMEM, -ENOBUFS or the error of sip_edit_render(): then nothing was emitted.
 */
int sip_tcp_replace(struct sip_tcp_half *half, struct sip_text *text, u32 len,
		    const struct sip_edits *edits);

/**
 * sip_tcp_keep() - hold the rest
 * @half: the direction
 * @seg: the segment at hand
 * @text: what is left of it
 *
 * Return: 0; -ENOMEM: then the rest is as if it had not come.
 */
int sip_tcp_keep(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		 struct sip_text *text);

/**
 * sip_tcp_untake() - instead of that: what was not emitted is as if it had not come
 * @half: the direction
 * @seg: the segment at hand; its sender repeats it
 * @text: what is left of it
 */
void sip_tcp_untake(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		    struct sip_text *text);

/**
 * sip_tcp_bypass() - read no more; what is left goes on as it is
 * @half: the direction
 * @seg: the segment at hand
 * @text: what is left of it
 *
 * Return: as sip_tcp_pass(); on error the direction is not bypassed.
 */
int sip_tcp_bypass(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		   struct sip_text *text);

/**
 * sip_tcp_emit() - what a segment carries, be it new or repeated
 * @half: the direction, the segment taken
 * @seg: the segment
 * @window: bytes behind what is acknowledged that the receiver takes
 * @max: bytes that there is room for
 *
 * Both bounds are for what the sender has not made itself.
 *
 * Return: see struct sip_tcp_emission.
 */
struct sip_tcp_emission sip_tcp_emit(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
				     u32 window, u32 max);

/**
 * sip_tcp_more() - what can be emitted of a patch without a segment of its sender
 * @half: the direction
 * @window: bytes behind what is acknowledged that the receiver takes
 * @max: bytes that there is room for
 * @what: the emission
 *
 * A receiver whose window is smaller than a message gets the rest as it makes room.  Its
 * acknowledgments are the clock; what of this is lost, the sender repeats in its time.
 *
 * Return: the bytes, counted as emitted; NULL where there is nothing to emit now.
 */
const u8 *sip_tcp_more(struct sip_tcp_half *half, u32 window, u32 max,
		       struct sip_tcp_emission *what);

/**
 * sip_tcp_copy() - the bytes of an emission
 * @half: the direction
 * @seg: the segment that it was made for
 * @what: the emission
 * @to: room for what->len bytes, not in seg->data
 */
void sip_tcp_copy(const struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		  const struct sip_tcp_emission *what, u8 *to);

/**
 * sip_tcp_seq() - where a segment without bytes stands
 * @half: the direction
 * @seq: S
 *
 * Return: R; what is held has no place of its own there.
 */
u32 sip_tcp_seq(const struct sip_tcp_half *half, u32 seq);

/**
 * sip_tcp_reset() - where a reset stands
 * @half: the direction
 * @seq: S
 *
 * A reset is believed only exactly where the receiver is (RFC 5961 3.2), so a number that
 * is not the sender's own place stays beside that.
 *
 * Return: R.
 */
u32 sip_tcp_reset(const struct sip_tcp_half *half, u32 seq);

/**
 * sip_tcp_ack() - the receiver acknowledges
 * @half: the direction that it acknowledges
 * @ack: R
 *
 * One of bytes that were never seen here is passed on and remembered, but believed only
 * when the sender goes on from there: then sip_tcp_take() bypasses the direction.
 *
 * Return: S, for the sender: never less than it was told before.
 */
u32 sip_tcp_ack(struct sip_tcp_half *half, u32 ack);

/**
 * sip_tcp_sack() - the receiver has a block behind a hole (RFC 2018)
 * @half: the direction
 * @left: its first byte, R, then S
 * @right: the byte behind it, R, then S
 *
 * Return: whether anything is left of it in S.
 */
bool sip_tcp_sack(const struct sip_tcp_half *half, u32 *left, u32 *right);

/**
 * sip_tcp_tell() - acknowledge what is held, in the receiver's name
 * @half: the direction
 *
 * Only where all that was emitted is acknowledged: else the receiver's own
 * acknowledgment is to come, and covers what is held.
 *
 * Return: whether half->next is to be told to the sender; it counts as told then.
 */
bool sip_tcp_tell(struct sip_tcp_half *half);

#endif /* _SIP_TCP_H */
