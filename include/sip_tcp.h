/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_tcp: one direction of a TCP connection that is read and changed.
 *
 * The sender counts bytes as it has sent them, and the receiver counts them as they reach it.
 * These are two sequence spaces, called S and R here.  They differ by an offset that moves with
 * each change of the length of a message.
 *
 * The life of a byte.  It is *taken* when it comes in order.  As long as its message is not
 * complete the byte is *held*: it does not go on, and an acknowledgment tells its sender that it
 * has arrived (a sender that waits for this might never send the rest).  The segment that
 * completes the message carries all its bytes, *emitted* in R.  Bytes that pass unchanged are
 * forgotten then: their sender repeats them if they are lost.  All other bytes, those that were
 * acknowledged to their sender and those that were changed, are kept as a *patch* until the
 * receiver has acknowledged them.
 *
 * This unit repeats no byte without a segment of the sender.  Emitted bytes travel on a segment
 * of which the last byte, or the FIN, is not acknowledged to its sender, so the sender repeats it.
 * When repeated bytes touch a patch, all of the patch goes again, with the same bytes.  An
 * acknowledgment of the receiver is passed on in S.  One that ends inside a patch acknowledges no
 * more than was acknowledged before; one that covers all emitted bytes covers the held bytes too.
 *
 * There is one exception.  A stream that begins with one word, and no more, may be of any
 * protocol, and the other end may have to answer to the word.  So the word goes on at once, is not
 * acknowledged to its sender, and goes again with its message, which begins with the same bytes.
 *
 * The code is pure: it knows bytes and numbers, but no packets and no connection.  The caller
 * holds a lock for each direction.
 */
#ifndef _SIP_TCP_H
#define _SIP_TCP_H

#include <linux/types.h>

#include "sip_edit.h"
#include "sip_stream.h"

/**
 * sip_seq_before() - compare two sequence numbers, which wrap (RFC 9293 3.4)
 * @a: a sequence number
 * @b: a sequence number less than 2^31 away from @a
 *
 * Context: any; no lock, no allocation.
 * Return: true where @a is before @b.
 */
static inline bool sip_seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * sip_seq_max() - choose the later one of two sequence numbers
 * @a: a sequence number
 * @b: a sequence number less than 2^31 away from @a
 *
 * Context: any; no lock, no allocation.
 * Return: @a or @b.
 */
static inline u32 sip_seq_max(u32 a, u32 b)
{
	return sip_seq_before(a, b) ? b : a;
}

/**
 * sip_seq_min() - choose the earlier one of two sequence numbers
 * @a: a sequence number
 * @b: a sequence number less than 2^31 away from @a
 *
 * Context: any; no lock, no allocation.
 * Return: @a or @b.
 */
static inline u32 sip_seq_min(u32 a, u32 b)
{
	return sip_seq_before(a, b) ? a : b;
}

enum {
	SIP_TCP_HELD_MAX	= 65536,	/* bytes held in one direction */
	SIP_TCP_PATCHED_MAX	= 262144,	/* bytes of patches in one direction */
	SIP_TCP_PATCHES_MAX	= 512,		/* number of patches in one direction */
};

/**
 * struct sip_tcp_patch - bytes that the sender will not repeat as they were emitted
 * @seq: S: first byte of the patch
 * @out: R: first byte of the patch
 * @row: S: first byte of the row of patches, without a gap, that this patch continues
 * @old_len: length of the patch in S, in bytes
 * @len: length of the patch in R, in bytes
 * @data: bytes of the patch in R
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
 * struct sip_tcp_half - one direction of a connection
 * @next: S: the byte that is expected next
 * @out: S: the first byte that was not emitted; the bytes from here to @next are held
 * @told: S: the highest acknowledgment that the sender has seen
 * @acked: R: the highest acknowledgment of the receiver
 * @first: offset from S to R before the first patch
 * @last: offset from S to R after the last patch
 * @patch: ring of the patches in order; none of them is acknowledged in full; NULL: @n_places is 0
 * @n_places: number of places in @patch, used or not; a power of two, or 0
 * @front: number of the first patch; its place in @patch is this number modulo @n_places
 * @patched: memory that all patches take, in bytes
 * @n_patches: number of patches
 * @sent: R: end of the patched bytes that were emitted; more may wait for the window to open
 * @held: buffer for held bytes; NULL: @room is 0
 * @room: size of @held, in bytes
 * @frame: how far the held message was read
 * @word: number of held bytes, at the front, that went on although they are held
 * @claim: R: last acknowledgment of bytes that were not seen here
 * @has_claim: whether @claim is valid
 * @is_proven: whether a unit was emitted: the stream is one of SIP
 * @is_bypassed: whether bytes are not read any more, so that only offsets are left to apply
 * @is_ended: whether the FIN was taken
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
 * struct sip_tcp_segment - a segment of the sender of a direction
 * @seq: S: first byte of the segment
 * @len: length of the payload in bytes
 * @data: bytes of the payload
 * @fin: whether the segment ends the stream
 * @out: half->out before the segment; set by sip_tcp_take()
 * @next: half->next before the segment; set by sip_tcp_take()
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
 * struct sip_tcp_emission - the bytes that a segment carries to the receiver
 * @seq: R: first byte
 * @len: number of bytes
 * @same: whether these are the bytes of the segment, all of them and unchanged
 * @fin: whether the stream ends after them
 */
struct sip_tcp_emission {
	u32 seq;
	u32 len;
	bool same;
	bool fin;
};

/**
 * sip_tcp_init() - set up a direction before its first byte
 * @half: the direction, in any memory; what the memory holds is not freed
 * @seq: sequence number of the first byte: that of the SYN plus one
 *
 * Context: any; no lock, no allocation.
 */
void sip_tcp_init(struct sip_tcp_half *half, u32 seq);

/**
 * sip_tcp_exit() - free the patches and the held bytes of a direction
 * @half: the direction
 *
 * Context: any but hard interrupt.
 */
void sip_tcp_exit(struct sip_tcp_half *half);

/**
 * sip_tcp_held() - count the held bytes
 * @half: the direction
 *
 * Context: any; no allocation.
 * Return: number of bytes, at most SIP_TCP_HELD_MAX.
 */
static inline u32 sip_tcp_held(const struct sip_tcp_half *half)
{
	return half->next - half->out;
}

/**
 * sip_tcp_end() - tell the end of the emitted bytes
 * @half: the direction
 *
 * Context: any; no allocation.
 * Return: R: the byte after them.
 */
static inline u32 sip_tcp_end(const struct sip_tcp_half *half)
{
	return half->out + half->last;
}

/**
 * sip_tcp_edge() - tell the end of the bytes that may have come to the receiver
 * @half: the direction
 *
 * Context: any; no allocation.
 * Return: R: the byte after the emitted bytes and a word that went on.
 */
static inline u32 sip_tcp_edge(const struct sip_tcp_half *half)
{
	return sip_tcp_end(half) + half->word;
}

/**
 * sip_tcp_bytes() - count the memory that a direction takes
 * @half: the direction
 *
 * Context: any; no allocation.
 * Return: bytes of memory for held bytes, patches and their ring.
 */
static inline u32 sip_tcp_bytes(const struct sip_tcp_half *half)
{
	return half->room + half->patched + half->n_places * sizeof(half->patch[0]);
}

/**
 * sip_tcp_is_quiet() - ask whether a direction needs nothing but one offset
 * @half: the direction
 *
 * Context: any; no allocation.
 * Return: true where no byte is held and no patch is kept.
 */
static inline bool sip_tcp_is_quiet(const struct sip_tcp_half *half)
{
	return half->next == half->out && !half->n_patches;
}

/**
 * sip_tcp_take() - take the new bytes of a segment
 * @half: the direction
 * @seg: the segment; this sets seg->out and seg->next
 * @text: out: the bytes that may be read now, held ones and then new ones, from half->out on;
 *	empty in a direction that is bypassed
 *
 * The caller then reads units from the front of @text, hands each unit to sip_tcp_pass() or
 * sip_tcp_replace(), and calls sip_tcp_keep() at the end.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: 0; -EAGAIN: bytes before the segment are missing; -EFBIG: more than SIP_TCP_HELD_MAX
 * bytes would be held; -EILSEQ: held bytes came again with other values; -ENOMEM.  On error no byte
 * was taken, and @text is the held bytes.
 */
int sip_tcp_take(struct sip_tcp_half *half, struct sip_tcp_segment *seg, struct sip_text *text);

/**
 * sip_tcp_pass() - emit bytes unchanged
 * @half: the direction
 * @seg: the segment that sip_tcp_take() has taken
 * @text: the bytes that sip_tcp_take() has given; this removes the emitted ones from its front
 * @len: number of bytes to emit, at most text->len
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: 0; -ENOMEM; -ENOBUFS: SIP_TCP_PATCHED_MAX or SIP_TCP_PATCHES_MAX would be exceeded.  On
 * error no byte was emitted.
 */
int sip_tcp_pass(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		 struct sip_text *text, u32 len);

/**
 * sip_tcp_replace() - emit bytes changed
 * @half: the direction
 * @text: the bytes that sip_tcp_take() has given; this removes the emitted ones from its front
 * @len: number of bytes to emit, before the change, at most text->len
 * @edits: the changes, with offsets from the first byte; NULL: a CRLF replaces the bytes, except a
 *	word at their front that went on before
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: 0; -ENOMEM; -ENOBUFS: SIP_TCP_PATCHED_MAX or SIP_TCP_PATCHES_MAX would be exceeded; or
 * the error of sip_edit_render().  On error no byte was emitted.
 */
int sip_tcp_replace(struct sip_tcp_half *half, struct sip_text *text, u32 len,
		    const struct sip_edits *edits);

/**
 * sip_tcp_keep() - hold the bytes that were not emitted
 * @half: the direction
 * @seg: the segment that sip_tcp_take() has taken
 * @text: the bytes that are left
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: 0; -ENOMEM: then the new bytes are dropped, as if they had not come.
 */
int sip_tcp_keep(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		 struct sip_text *text);

/**
 * sip_tcp_untake() - drop the new bytes that were not emitted, as if they had not come
 * @half: the direction
 * @seg: the segment that sip_tcp_take() has taken; its sender repeats it
 * @text: the bytes that are left; afterwards those of them that are still held
 *
 * It is called instead of sip_tcp_keep().
 *
 * Context: any but hard interrupt, the direction locked.
 */
void sip_tcp_untake(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		    struct sip_text *text);

/**
 * sip_tcp_bypass() - read no more bytes of a direction, and emit those that are left unchanged
 * @half: the direction
 * @seg: the segment that sip_tcp_take() has taken
 * @text: the bytes that are left; afterwards it is empty
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: 0; or the error of sip_tcp_pass(): then the direction is not bypassed.
 */
int sip_tcp_bypass(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		   struct sip_text *text);

/**
 * sip_tcp_emit() - tell what a segment carries to the receiver, be it new or repeated
 * @half: the direction
 * @seg: the segment that sip_tcp_take() has taken
 * @window: number of bytes after half->acked that the receiver takes
 * @max: number of bytes that the packet has room for
 *
 * @window and @max do not limit an emission that is the segment of the sender, unchanged.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: the emission; sip_tcp_copy() gives its bytes.
 */
struct sip_tcp_emission sip_tcp_emit(struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
				     u32 window, u32 max);

/**
 * sip_tcp_more() - find bytes of a patch that can be emitted without a segment of the sender
 * @half: the direction
 * @window: number of bytes after half->acked that the receiver takes
 * @max: number of bytes that the packet has room for
 * @what: out, where not NULL is returned: the emission
 *
 * Where the window of the receiver is smaller than a message, the receiver gets the rest as it
 * makes room.  Its acknowledgments are the clock for this.  If these bytes are lost, the sender
 * repeats its segment after its timeout.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: what->len bytes, which count as emitted; NULL: nothing can be emitted now.
 */
const u8 *sip_tcp_more(struct sip_tcp_half *half, u32 window, u32 max,
		       struct sip_tcp_emission *what);

/**
 * sip_tcp_copy() - copy the bytes of an emission
 * @half: the direction
 * @seg: the segment for which sip_tcp_emit() has made the emission
 * @what: the emission
 * @to: out: buffer of what->len bytes, which does not overlap seg->data
 *
 * Context: any but hard interrupt, the direction locked.
 */
void sip_tcp_copy(const struct sip_tcp_half *half, const struct sip_tcp_segment *seg,
		  const struct sip_tcp_emission *what, u8 *to);

/**
 * sip_tcp_seq() - tell where a segment without bytes stands for the receiver
 * @half: the direction
 * @seq: S: sequence number of the segment
 *
 * Held bytes have no place in R, so a number among them stands at the end of the bytes that may
 * have come to the receiver.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: R: sequence number of the segment.
 */
u32 sip_tcp_seq(const struct sip_tcp_half *half, u32 seq);

/**
 * sip_tcp_reset() - tell where a reset stands for the receiver
 * @half: the direction
 * @seq: S: sequence number of the reset
 *
 * A receiver takes a reset only at exactly the number that it expects next (RFC 5961 3.2), so a
 * reset that is not at the place of the sender must not get to this number.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: R: sequence number of the reset.
 */
u32 sip_tcp_reset(const struct sip_tcp_half *half, u32 seq);

/**
 * sip_tcp_ack() - handle an acknowledgment of the receiver
 * @half: the direction that is acknowledged
 * @ack: R: acknowledgment number
 *
 * An acknowledgment of bytes that were never seen here is passed on and remembered.  It is
 * believed only when the sender goes on from there: then sip_tcp_take() bypasses the direction.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: S: acknowledgment number for the sender, never lower than one that it was told before.
 */
u32 sip_tcp_ack(struct sip_tcp_half *half, u32 ack);

/**
 * sip_tcp_sack() - translate a selective acknowledgment of the receiver (RFC 2018)
 * @half: the direction that is acknowledged
 * @left: first byte of the block, in R; afterwards in S
 * @right: byte after the block, in R; afterwards in S
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: false where nothing is left of the block in S: then it must not be passed on.
 */
bool sip_tcp_sack(const struct sip_tcp_half *half, u32 *left, u32 *right);

/**
 * sip_tcp_tell() - ask whether to acknowledge the held bytes in the name of the receiver
 * @half: the direction
 *
 * Where emitted bytes are not acknowledged yet, an acknowledgment of the receiver is still to
 * come, and this one covers the held bytes too.
 *
 * Context: any but hard interrupt, the direction locked.
 * Return: true: the caller must acknowledge half->next to the sender, and this counts as done.
 */
bool sip_tcp_tell(struct sip_tcp_half *half);

#endif /* _SIP_TCP_H */
