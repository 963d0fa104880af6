/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_segment: one TCP packet of a stream, on its way in and on its way out.
 *
 * Between sipalg_segment_begin() and sipalg_segment_end() the caller reads units from the stream
 * and says what becomes of each unit.  sipalg_segment_end() writes the packet once: with the
 * bytes that its payload has become, and with sequence and acknowledgment numbers as the machine
 * that it goes to counts them.
 *
 * A segment with held bytes goes on as a bare acknowledgment.  It is dropped where this
 * acknowledgment would be no news: three equal ones tell the other side that a segment was lost
 * (RFC 5681 3.2).  A packet of ours acknowledges the held bytes to their sender.
 */
#ifndef _SIPALG_SEGMENT_H
#define _SIPALG_SEGMENT_H

#include "sip_tcp.h"
#include "sipalg_ctx.h"
#include "sipalg_stream.h"

/**
 * struct sipalg_segment - a TCP packet on its way through
 * @ctx: context of the packet
 * @stream: stream of the connection of the packet, locked
 * @half: the direction of the stream in which the packet travels
 * @back: the direction of the stream that the packet acknowledges
 * @in: the segment as its sender has made it
 * @text: the bytes that can be read now
 * @ack: acknowledgment number of the packet as it will be passed on
 * @ack_old: acknowledgment number of the packet as it came
 * @time: time stamp of the packet as it came
 * @is_beyond: whether bytes before those of the packet are missing
 * @is_taken: whether the unit at the front of @text was replaced already
 * @is_reset: whether the packet resets the connection
 * @has_sack: whether the packet has selective acknowledgments
 * @own_ack: a packet of ours that acknowledges held bytes to the sender; NULL: none is needed
 * @own_more: a packet of ours to the sender with more bytes of direction @back; NULL: none is
 *	needed
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

/**
 * enum sipalg_segment_fate - what must become of a packet
 * @SIPALG_SEGMENT_FORWARD: it goes on as it is now
 * @SIPALG_SEGMENT_CONSUMED: it is dropped, because nothing in it is new to its receiver
 * @SIPALG_SEGMENT_RETRANSMIT: it is dropped, and its sender repeats it
 */
enum sipalg_segment_fate {
	SIPALG_SEGMENT_FORWARD,
	SIPALG_SEGMENT_CONSUMED,
	SIPALG_SEGMENT_RETRANSMIT,
};

/**
 * sipalg_segment_begin() - begin to handle a TCP packet
 * @seg: room for the segment; this fills it
 * @ctx: context of a packet that is no SYN; ctx->dataoff is set
 *
 * Context: softirq or BH, under rcu_read_lock().  Where 0 is returned the stream is locked.
 * Return: 0: the packet can be read, and sipalg_segment_end() must follow; -ENOENT: the packet has
 * no stream and goes on unchanged; -ENOMEM: the packet must be dropped, and its sender repeats it.
 */
int sipalg_segment_begin(struct sipalg_segment *seg, struct sipalg_ctx *ctx);

/**
 * sipalg_segment_next() - find the next unit of the stream
 * @seg: the segment, begun
 *
 * Context: softirq or BH, under rcu_read_lock(), the stream locked.
 * Return: length of the unit in bytes, which is at the front of seg->text; 0: no whole unit is
 * there, or the stream is not read any more; below 0: the error of sip_frame_next().
 */
int sipalg_segment_next(struct sipalg_segment *seg);

/**
 * sipalg_segment_pass() - have the unit at the front of seg->text go on unchanged
 * @seg: the segment, begun
 * @len: length of the unit in bytes, as sipalg_segment_next() has returned it
 *
 * Context: softirq or BH, under rcu_read_lock(), the stream locked.
 * Return: 0; -ENOBUFS: the stream may take no more memory; or the error of sip_tcp_pass().  The
 * caller gives an error to sipalg_segment_end().
 */
int sipalg_segment_pass(struct sipalg_segment *seg, u32 len);

/**
 * sipalg_segment_replace() - have the unit at the front of seg->text go on changed
 * @seg: the segment, begun
 * @len: length of the unit in bytes, as sipalg_segment_next() has returned it
 * @edits: the changes, with offsets from the start of the unit; NULL: a CRLF replaces the unit
 *
 * Context: softirq or BH, under rcu_read_lock(), the stream locked.
 * Return: 0; -ENOBUFS: the stream may take no more memory; or the error of sip_tcp_replace(): then
 * the unit is still there.
 */
int sipalg_segment_replace(struct sipalg_segment *seg, u32 len, const struct sip_edits *edits);

/**
 * sipalg_segment_bypass() - read the connection no more, in both directions (SECURITY S2, S3)
 * @seg: the segment, begun
 *
 * The bytes in seg->text go on unchanged.
 *
 * Context: softirq or BH, under rcu_read_lock(), the stream locked.
 * Return: 0; or the error of sip_tcp_bypass(), which the caller gives to sipalg_segment_end().
 */
int sipalg_segment_bypass(struct sipalg_segment *seg);

/**
 * sipalg_segment_end() - write the packet, and leave the stream
 * @seg: the segment, begun
 * @err: 0, or the error of a function above: then the sender repeats the bytes that were not
 *	emitted
 *
 * Context: softirq or BH, under rcu_read_lock(), the stream locked; it is unlocked afterwards.
 * Return: what must become of the packet.
 */
enum sipalg_segment_fate sipalg_segment_end(struct sipalg_segment *seg, int err);

#endif /* _SIPALG_SEGMENT_H */
