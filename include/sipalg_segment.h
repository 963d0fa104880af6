/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_segment: one TCP packet of a stream, on its way in and on its way out.
 *
 * Between sipalg_segment_begin() and sipalg_segment_end() the caller reads units off
 * the stream and says what becomes of each.  The packet is written at the end, once:
 * it carries what its bytes have become, stands where the receiver counts, and its
 * acknowledgment is what its own receiver counts.
 *
 * A segment that is held travels on as a bare acknowledgment, or not at all where
 * that would be no news: three equal ones would tell the other side of a loss
 * (RFC 5681 3.2).  Its bytes are acknowledged to its sender by a packet of ours.
 */
#ifndef _SIPALG_SEGMENT_H
#define _SIPALG_SEGMENT_H

#include "sip_tcp.h"
#include "sipalg_ctx.h"
#include "sipalg_stream.h"

/**
 * struct sipalg_segment - a TCP packet under way
 * @ctx: of the same packet
 * @stream: its connection's, entered
 * @half: the direction of its bytes
 * @back: the direction that it acknowledges
 * @in: the segment as its sender made it
 * @text: what is to be read
 * @ack: its acknowledgment as it is to be passed on
 * @ack_old: and as it came
 * @time: its time stamp, as it came
 * @is_beyond: bytes before it are missing
 * @is_taken: the unit at hand was replaced already
 * @is_reset: it ends the connection
 * @has_sack: it says what its sender has behind a hole
 * @own_ack: a packet that tells its sender that its bytes arrived; NULL: none
 * @own_more: a packet with more of what it acknowledges; NULL: none
 */
struct sipalg_segment {
	struct sipalg_ctx *ctx;
	struct sipalg_stream *stream;
	struct sip_tcp_half *half;
	struct sip_tcp_half *back;
	struct sip_tcp_segment in;
	struct sip_text text;
	u32 ack;
	u32 ack_old;
	u32 time;
	bool is_beyond;
	bool is_taken;
	bool is_reset;
	bool has_sack;
	struct sk_buff *own_ack;
	struct sk_buff *own_more;
};

/* what becomes of a packet */
enum sipalg_segment_fate {
	SIPALG_SEGMENT_FORWARD,	/* on, as it is now */
	SIPALG_SEGMENT_CONSUMED,	/* here: it would say nothing */
	SIPALG_SEGMENT_RETRANSMIT,	/* here: its sender repeats it */
};

/**
 * sipalg_segment_begin() - a TCP packet comes
 * @seg: room
 * @ctx: the packet, no SYN; ctx->dataoff is set
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0: to be read, and sipalg_segment_end() must follow; -ENOENT where the packet
 * is none of ours and goes on as it is; -ENOMEM where its sender must repeat it.
 */
int sipalg_segment_begin(struct sipalg_segment *seg, struct sipalg_ctx *ctx);

/**
 * sipalg_segment_next() - the next unit
 * @seg: the packet
 *
 * Return: as sip_frame_next(), its bytes are at the front of seg->text; 0 as well
 * where nothing is to be read.
 */
int sipalg_segment_next(struct sipalg_segment *seg);

/* The unit goes on as it is.  Return: 0 or -errno. */
int sipalg_segment_pass(struct sipalg_segment *seg, u32 len);

/* It goes on with edits, offsets from its start; NULL: a CRLF stands in its place. */
int sipalg_segment_replace(struct sipalg_segment *seg, u32 len, const struct sip_edits *edits);

/* From here on the connection is not read: both directions (SECURITY S2, S3).  0 or -errno. */
int sipalg_segment_bypass(struct sipalg_segment *seg);

/**
 * sipalg_segment_end() - write the packet, and leave the stream
 * @seg: the packet
 * @err: what went wrong on the way: its sender repeats what was not emitted
 *
 * Return: what becomes of it.
 */
enum sipalg_segment_fate sipalg_segment_end(struct sipalg_segment *seg, int err);

#endif /* _SIPALG_SEGMENT_H */
