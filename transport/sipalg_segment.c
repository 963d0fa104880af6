// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_segment: TCP packets.  See sipalg_segment.h.
 */
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>

#include "sipalg_ack.h"
#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_packet.h"
#include "sipalg_segment.h"

enum {
	PACKET_MAX	= 65535,
	SIZE_LEAST	= 216,	/* payload of a segment that every path carries */
	SIZE_DEFAULT	= 536,	/* payload that every end takes (RFC 9293 3.7.1) */
	/* segments that a sender may always send while its bytes are held (RFC 5681 3.1) */
	WINDOW_SEGMENTS	= 2,
	MORE_SEGMENTS	= 4,	/* segments of a message that are sent on at a time */
};

/* ---- writing --------------------------------------------------------------------- */

static u32 payload_size(const struct sk_buff *skb, u32 len)
{
	return skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : len;
}

/* Bytes that one segment to @end may carry, less @options; the path is known to carry @known. */
static u32 size_to(const struct sipalg_tcp_end *end, u32 options, u32 known)
{
	u32 size = end->mss > options ? end->mss - options : 0;

	return max_t(u32, min(size, max_t(u32, known, SIZE_DEFAULT)), SIZE_LEAST);
}

/*
 * Bytes that one segment may carry in the place of this packet.  Only the sender knows the MTU of
 * the path beyond the router: the size of the segments that it sends and repeats shows it.
 */
static u32 segment_size(const struct sipalg_segment *seg)
{
	const struct sipalg_ctx *ctx = seg->ctx;
	const struct dst_entry *dst = skb_dst(ctx->skb);
	u32 options = ctx->dataoff - ctx->protoff - sizeof(struct tcphdr);
	u32 headers = ctx->dataoff - skb_network_offset(ctx->skb);
	bool is_repeated = seg->half->next == seg->in.next;
	u32 known = is_repeated ? payload_size(ctx->skb, seg->in.len) :
				  seg->stream->end[ctx->dir].largest;
	u32 size = size_to(&seg->stream->end[!ctx->dir], options, known);

	if (dst && dst_mtu(dst) > headers + SIZE_LEAST)
		size = min(size, dst_mtu(dst) - headers);
	return size;
}

/* Writes the blocks in S, and leaves out the blocks of which nothing is left in S. */
static void write_sack(const struct sip_tcp_half *half, u8 *option)
{
	u8 *from = option + TCPOLEN_SACK_BASE, *to = from, *end = option + option[1];
	u32 left, right;

	for (; from < end; from += TCPOLEN_SACK_PERBLOCK) {
		left = get_unaligned_be32(from);
		right = get_unaligned_be32(from + 4);
		if (!sip_tcp_sack(half, &left, &right))
			continue;
		put_unaligned_be32(left, to);
		put_unaligned_be32(right, to + 4);
		to += TCPOLEN_SACK_PERBLOCK;
	}
	if (to == option + TCPOLEN_SACK_BASE)
		to = option;
	else
		option[1] = to - option;
	memset(to, TCPOPT_NOP, end - to);
}

static bool sack_changes(const struct sip_tcp_half *half, const u8 *option)
{
	return option && (half->last || !sip_tcp_is_quiet(half));
}

static u32 room_of(const struct sipalg_tcp_end *receiver)
{
	return (u32)receiver->window << receiver->scale;
}

/*
 * The window to pass on: that of the receiver, less the bytes that were acknowledged in its name
 * and that it has not got.  While a message is held its rest must be able to come, so the window
 * never closes before it.
 */
static u16 window_of(const struct sipalg_stream *s, const struct sip_tcp_half *half, int receiver)
{
	const struct sipalg_tcp_end *end = &s->end[receiver];
	u32 window = room_of(end), least = WINDOW_SEGMENTS * end->mss, ahead;

	if (!sip_tcp_held(half) || !window || !sip_seq_before(half->out, half->told))
		return end->window;
	ahead = half->told - half->out;
	window = max(window > ahead ? window - ahead : 0, least);
	return min_t(u32, DIV_ROUND_UP(window, 1U << end->scale), U16_MAX);
}

static int write_payload(struct sipalg_segment *seg, const struct sip_tcp_emission *what)
{
	struct sipalg_ctx *ctx = seg->ctx;
	u8 *bytes = NULL;
	int err;

	if (what->same)
		return 0;
	if (skb_linearize(ctx->skb))
		return -ENOMEM;
	seg->in.data = ctx->skb->data + ctx->dataoff;
	if (what->len) {
		bytes = kmalloc(what->len, GFP_ATOMIC | __GFP_NOWARN);
		if (!bytes)
			return -ENOMEM;
		sip_tcp_copy(seg->half, &seg->in, what, bytes);
	}
	err = sipalg_packet_resize(ctx, what->len, segment_size(seg));
	if (!err && what->len)
		memcpy(ctx->skb->data + ctx->dataoff, bytes, what->len);
	kfree(bytes);
	return err;
}

static int write_segment(struct sipalg_segment *seg, const struct sip_tcp_emission *what)
{
	struct sipalg_ctx *ctx = seg->ctx;
	struct sipalg_stream *s = seg->stream;
	u16 window = window_of(s, seg->back, ctx->dir);
	struct sipalg_options options;
	struct tcphdr *th = sipalg_tcp_of(ctx);
	bool sacks;

	options = sipalg_options_of(ctx);
	sacks = sack_changes(seg->back, options.sack);
	if (what->same && what->fin == th->fin && what->seq == ntohl(th->seq) && !sacks &&
	    (!th->ack || (seg->ack == seg->ack_old && window == ntohs(th->window))))
		return 0;
	if (skb_ensure_writable(ctx->skb, ctx->dataoff) || write_payload(seg, what))
		return -ENOMEM;
	th = sipalg_tcp_of(ctx);	/* the packet may have moved */
	th->seq = htonl(what->seq);
	th->fin = what->fin;
	if (!what->len)
		th->psh = 0;
	if (!what->same) {	/* the urgent pointer would point elsewhere */
		th->urg = 0;
		th->urg_ptr = 0;
	}
	if (th->ack) {
		th->ack_seq = htonl(seg->ack);
		th->window = htons(window);
	}
	if (sacks)
		write_sack(seg->back, sipalg_options_of(ctx).sack);
	sipalg_packet_set_checksum(ctx->skb, ctx->protoff, sipalg_is_ipv4(ctx));
	return 0;
}

/* ---- acknowledging --------------------------------------------------------------- */

/* Makes an acknowledgment to the sender of the packet, in the name of the receiver of its bytes. */
static struct sk_buff *make_ack(const struct sipalg_segment *seg)
{
	const struct sipalg_stream *s = seg->stream;
	const struct sipalg_tcp_end *sender = &s->end[seg->ctx->dir];
	const struct sipalg_tcp_end *receiver = &s->end[!seg->ctx->dir];
	struct sipalg_ack ack = {
		.seq = sender->heard,
		.ack = seg->half->told,
		.window = window_of(s, seg->half, !seg->ctx->dir),
		.has_time = receiver->has_time && sender->has_time,
		.time = receiver->time,
		.echo = seg->time,
	};

	return sipalg_ack_make(seg->ctx, &ack);
}

/* Makes a packet with more of a message to the sender of an acknowledgment, for the other end. */
static struct sk_buff *make_more(const struct sipalg_segment *seg)
{
	const struct sipalg_stream *s = seg->stream;
	const struct sipalg_tcp_end *sender = &s->end[!seg->ctx->dir];
	const struct sipalg_tcp_end *receiver = &s->end[seg->ctx->dir];
	struct sipalg_ack ack = {
		.ack = sender->ack,
		.window = sender->passed_window,
		.has_time = receiver->has_time && sender->has_time,
		.time = sender->time,
		.echo = seg->time,
	};
	struct sip_tcp_emission what;

	if (!seg->back->n_patches || !sender->is_passed)
		return NULL;
	ack.size = size_to(receiver, ack.has_time ? TCPOLEN_TSTAMP_ALIGNED : 0, sender->largest);
	ack.data = sip_tcp_more(seg->back, room_of(receiver), MORE_SEGMENTS * ack.size, &what);
	if (!ack.data)
		return NULL;
	ack.seq = what.seq;
	ack.len = what.len;
	return sipalg_ack_make(seg->ctx, &ack);
}

/* ---- the way in ------------------------------------------------------------------ */

static void hear_end(struct sipalg_segment *seg, const struct tcphdr *th)
{
	struct sipalg_tcp_end *end = &seg->stream->end[seg->ctx->dir];
	struct sipalg_options o = sipalg_options_of(seg->ctx);

	seg->has_sack = o.sack;
	seg->ack_old = ntohl(th->ack_seq);
	seg->ack = seg->ack_old;
	if (th->ack) {
		seg->ack = sip_tcp_ack(seg->back, seg->ack_old);
		if (!end->is_heard || sip_seq_before(end->heard, seg->ack_old))
			end->heard = seg->ack_old;
	}
	if (o.time) {
		seg->time = get_unaligned_be32(o.time);
		if (!end->is_heard || sip_seq_before(end->time, seg->time))
			end->time = seg->time;
	}
	if (th->rst)		/* the window of a reset means nothing */
		return;
	if (th->ack)
		end->window = ntohs(th->window);
	end->is_heard = true;
}

/* Held bytes go on unchanged, and the stream is not read any more (SECURITY S4, S5). */
static int give_up(struct sipalg_segment *seg, enum sipalg_stat why)
{
	if (!seg->stream->is_bypassed)
		sipalg_count(seg->ctx->sn, why);
	return sipalg_segment_bypass(seg);
}

static int segment_take(struct sipalg_segment *seg)
{
	int err = sip_tcp_take(seg->half, &seg->in, &seg->text);

	if (err == -EFBIG || err == -EILSEQ) {
		err = give_up(seg, err == -EFBIG ? SIPALG_STAT_TCP_FULL : SIPALG_STAT_TCP_BROKEN);
		if (!err)
			err = sip_tcp_take(seg->half, &seg->in, &seg->text);
	}
	if (err == -EAGAIN) {
		if (seg->in.len)
			sipalg_count(seg->ctx->sn, SIPALG_STAT_TCP_BEYOND);
		seg->is_beyond = true;
		seg->text.len = 0;
		return 0;
	}
	if (err)
		return err;
	seg->stream->is_bypassed |= seg->half->is_bypassed && !seg->half->is_ended;
	if (seg->stream->is_bypassed && !seg->half->is_bypassed)
		err = sipalg_segment_bypass(seg);
	if (err)
		sip_tcp_untake(seg->half, &seg->in, &seg->text);
	return err;
}

/* Takes the bytes of the packet; the stream is locked. */
static int come_in(struct sipalg_segment *seg)
{
	struct sipalg_ctx *ctx = seg->ctx;
	struct sipalg_tcp_end *end = &seg->stream->end[ctx->dir];
	struct sk_buff *skb = ctx->skb;
	const struct tcphdr *th;

	seg->half = &seg->stream->half[ctx->dir];
	seg->back = &seg->stream->half[!ctx->dir];
	if (!ctx->set->enabled)
		seg->stream->is_bypassed = true;
	if (!seg->half->is_bypassed && skb_linearize(skb))
		goto leave;
	th = sipalg_tcp_of(ctx);
	hear_end(seg, th);
	seg->in.seq = ntohl(th->seq);
	seg->in.data = skb->data + ctx->dataoff;
	seg->is_reset = th->rst;
	if (!th->rst) {		/* bytes of a reset do not belong to the stream */
		seg->in.len = skb->len - ctx->dataoff;
		seg->in.fin = th->fin;
	}
	end->largest = max(end->largest, payload_size(skb, seg->in.len));
	if (!segment_take(seg))
		return 0;
leave:
	sipalg_stream_leave(ctx->sn, seg->stream);
	return -ENOMEM;
}

int sipalg_segment_begin(struct sipalg_segment *seg, struct sipalg_ctx *ctx)
{
	*seg = (struct sipalg_segment){ .ctx = ctx };
	seg->stream = sipalg_stream_enter(ctx->sn, ctx->ct);
	return seg->stream ? come_in(seg) : -ENOENT;
}

int sipalg_segment_next(struct sipalg_segment *seg)
{
	struct sipalg_stream *s = seg->stream;
	struct sip_frame *frame = &seg->half->frame;
	int len;

	if (seg->half->is_bypassed || seg->half->next == seg->in.next)
		return 0;
	seg->is_taken = false;
	frame->is_known = s->has_spoken[0] && s->has_spoken[1];
	len = sip_frame_next(frame, &seg->text, &seg->ctx->msg);
	if (len > 0 && !frame->is_keepalive)
		s->has_spoken[seg->ctx->dir] = true;
	return len;
}

int sipalg_segment_pass(struct sipalg_segment *seg, u32 len)
{
	if (sip_seq_before(seg->half->out, seg->in.seq) &&
	    sipalg_stream_is_full(seg->ctx->sn, seg->stream))
		return -ENOBUFS;
	return sip_tcp_pass(seg->half, &seg->in, &seg->text, len);
}

int sipalg_segment_replace(struct sipalg_segment *seg, u32 len, const struct sip_edits *edits)
{
	int err = -ENOBUFS;

	if (!sipalg_stream_is_full(seg->ctx->sn, seg->stream))
		err = sip_tcp_replace(seg->half, &seg->text, len, edits);
	seg->is_taken = !err;
	return err;
}

int sipalg_segment_bypass(struct sipalg_segment *seg)
{
	/* the other direction follows with its next packet, which can carry its held bytes */
	seg->stream->is_bypassed = true;
	return sip_tcp_bypass(seg->half, &seg->in, &seg->text);
}

/* ---- the way out ----------------------------------------------------------------- */

/*
 * The kernel tracks windows as well, and knows one offset for each direction.  It gets the offset
 * that is right when no byte is under way, so an idle connection does not look like one that waits
 * for an acknowledgment.  While bytes are under way it must be liberal.  The adjustment of the
 * kernel stays off, as it would be added to ours.
 */
static void tell_kernel(struct sipalg_segment *seg)
{
	enum ip_conntrack_dir dir = seg->ctx->dir;
	struct nf_conn *ct = seg->ctx->ct;
	struct nf_conn_seqadj *seqadj = nfct_seqadj(ct);
	s32 offset = seg->half->last;

	if (!seg->stream->is_ours && !sip_tcp_is_quiet(seg->half)) {
		seg->stream->is_ours = true;
		spin_lock_bh(&ct->lock);
		ct->proto.tcp.seen[0].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
		ct->proto.tcp.seen[1].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
		spin_unlock_bh(&ct->lock);
	}
	if (!seqadj || seqadj->seq[dir].offset_after == offset)
		return;
	spin_lock_bh(&ct->lock);
	seqadj->seq[dir].offset_before = offset;
	seqadj->seq[dir].offset_after = offset;
	spin_unlock_bh(&ct->lock);
}

/*
 * Whether the packet would tell its receiver nothing new.  A packet of the router itself must not
 * be dropped, and a probe is a question that needs its answer.
 */
static bool is_no_news(const struct sipalg_segment *seg, const struct sip_tcp_emission *what)
{
	const struct sipalg_tcp_end *end = &seg->stream->end[seg->ctx->dir];

	return seg->in.len && !what->len && !what->fin && seg->ctx->skb->skb_iif &&
	       !seg->has_sack && end->is_passed && !sip_seq_before(what->seq, seg->half->acked) &&
	       end->ack == seg->ack &&
	       end->passed_window == window_of(seg->stream, seg->back, seg->ctx->dir);
}

static struct sip_tcp_emission emission_of(struct sipalg_segment *seg)
{
	const struct sipalg_tcp_end *receiver = &seg->stream->end[!seg->ctx->dir];
	u32 room = PACKET_MAX - (seg->ctx->dataoff - skb_network_offset(seg->ctx->skb));

	if (seg->is_reset)	/* a reset stands at the byte that the receiver expects next */
		return (struct sip_tcp_emission){
			.seq = sip_tcp_reset(seg->half, seg->in.seq), .same = true,
		};
	if (seg->is_beyond)
		return (struct sip_tcp_emission){
			.seq = sip_tcp_edge(seg->half), .same = !seg->in.len,
		};
	return sip_tcp_emit(seg->half, &seg->in, receiver->is_heard ? room_of(receiver) : room,
			    room);
}

/*
 * The bytes of the packet are held here, or came before, and only we can acknowledge them.  Where
 * the receiver gets a question or any bytes, it answers itself.
 */
static void ack_consumed(struct sipalg_segment *seg, struct sip_tcp_emission *what)
{
	const struct sip_tcp_half *half = seg->half;
	bool is_old = sip_seq_before(seg->in.seq, half->told);
	bool tells;

	if (what->len || what->fin || seg->is_reset || what->seq == half->acked - 1)
		return;
	/* a bare acknowledgment from an old place may ask about bytes that only we have */
	if (!seg->in.len && !(is_old && sip_seq_before(half->out, half->told)))
		return;
	if (!sipalg_ack_is_possible(seg->ctx->skb) ||
	    !seg->stream->end[!seg->ctx->dir].is_heard) {
		what->seq = seg->half->acked - 1;	/* so the receiver must answer */
		return;
	}
	tells = sip_tcp_tell(seg->half);
	if (tells || is_old || seg->is_beyond)
		seg->own_ack = make_ack(seg);
}

static enum sipalg_segment_fate segment_finish(struct sipalg_segment *seg, int err)
{
	struct sipalg_tcp_end *end = &seg->stream->end[seg->ctx->dir];
	struct sip_tcp_emission what = emission_of(seg);

	if (err && !what.len)
		return SIPALG_SEGMENT_RETRANSMIT;
	ack_consumed(seg, &what);
	if (sip_tcp_held(seg->half) && seg->half->next != seg->in.next)
		sipalg_count(seg->ctx->sn, SIPALG_STAT_TCP_HELD);
	tell_kernel(seg);
	if (is_no_news(seg, &what))
		return SIPALG_SEGMENT_CONSUMED;
	/* a receiver ignores the contents of a segment from before the byte that it expects */
	if (!sip_seq_before(what.seq, seg->half->acked)) {
		end->ack = seg->ack;
		end->passed_window = window_of(seg->stream, seg->back, seg->ctx->dir);
		end->is_passed = true;
	}
	return write_segment(seg, &what) ? SIPALG_SEGMENT_RETRANSMIT : SIPALG_SEGMENT_FORWARD;
}

enum sipalg_segment_fate sipalg_segment_end(struct sipalg_segment *seg, int err)
{
	struct sipalg_ctx *ctx = seg->ctx;
	enum sipalg_segment_fate fate;

	if (!err && !seg->half->is_bypassed && !seg->is_beyond) {
		if (seg->in.fin)	/* the rest of a message will not come any more */
			err = sip_tcp_bypass(seg->half, &seg->in, &seg->text);
		else if (seg->text.len && sipalg_stream_is_full(ctx->sn, seg->stream))
			err = give_up(seg, SIPALG_STAT_TCP_FULL);
		seg->half->is_ended |= seg->in.fin && !err;
	}
	if (err)
		sip_tcp_untake(seg->half, &seg->in, &seg->text);
	else if (!seg->is_beyond)
		err = sip_tcp_keep(seg->half, &seg->in, &seg->text);
	if (sipalg_ack_is_possible(ctx->skb) && !seg->is_reset)
		seg->own_more = make_more(seg);
	fate = segment_finish(seg, err);
	if (sipalg_stream_is_idle(seg->stream))
		sipalg_stream_end(ctx->sn, seg->stream);
	sipalg_stream_leave(ctx->sn, seg->stream);
	sipalg_ack_send(ctx, seg->own_ack);
	sipalg_ack_send(ctx, seg->own_more);
	return fate;
}
