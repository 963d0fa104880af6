// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_handshake: how streams begin.  See sipalg_handshake.h.
 */
#include <linux/tcp.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>

#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_handshake.h"
#include "sipalg_packet.h"
#include "sipalg_stream.h"

/*
 * The bits of sipalg_flow_data.syn, which holds the options of the last SYN; the low 16 bits are
 * its MSS.  While SYN_WAITS is set, sipalg_flow_data.stream is the number that the SYN-ACK must
 * acknowledge, and not the number of a stream.
 */
enum {
	SYN_SEEN	= 1 << 31,
	SYN_HAS_SCALE	= 1 << 30,
	SYN_HAS_TIME	= 1 << 29,
	SYN_WAITS	= 1 << 28,
	SYN_PASSED	= 1 << 27,	/* the SYN was not remembered: all bytes pass unchanged */
	SYN_SCALE_SHIFT	= 16,
	SYN_SCALE	= 0xf << SYN_SCALE_SHIFT,
};

static u32 pack_syn(const struct sipalg_options *o)
{
	return SYN_SEEN | (o->has_scale ? SYN_HAS_SCALE : 0) | (o->time ? SYN_HAS_TIME : 0) |
	       (u32)o->scale << SYN_SCALE_SHIFT | o->mss;
}

/*
 * Removes two things from a packet of a handshake, by which bytes would pass this machine unread.
 * One is data: a receiver may ignore it, so its sender repeats it (RFC 7413 4.2.2).  The other is
 * the option of Multipath TCP, which counts bytes of several connections together: both ends do
 * without it where the option gets lost (RFC 8684 3.7).
 */
static int clean_options(struct sipalg_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;
	struct sipalg_options o = sipalg_options_of(ctx);

	if (skb->len == ctx->dataoff && !o.mptcp)
		return 0;
	if (skb_ensure_writable(skb, ctx->dataoff) || pskb_trim(skb, ctx->dataoff))
		return -ENOMEM;
	o = sipalg_options_of(ctx);
	if (o.mptcp)
		memset(o.mptcp, TCPOPT_NOP, o.mptcp[1]);
	sipalg_packet_set_length(skb, sipalg_is_ipv4(ctx));
	sipalg_packet_set_checksum(skb, ctx->protoff, sipalg_is_ipv4(ctx));
	return 0;
}

/*
 * Whether the kernel has a place for its own count of the offsets.  It can be added only while a
 * connection is new.  A connection that is not translated has no offsets and needs no place.
 */
static bool has_seqadj(struct nf_conn *ct)
{
	if (nfct_seqadj(ct))
		return true;
	if (!nf_ct_is_confirmed(ct))
		return nfct_seqadj_ext_add(ct);
	return !(ct->status & IPS_NAT_MASK);
}

static int see_syn(struct sipalg_ctx *ctx)
{
	u32 begin = ntohl(sipalg_tcp_of(ctx)->seq) + 1;
	struct sipalg_options o;
	struct sipalg_flow_data *data;
	struct sipalg_stream *s;
	int err;

	if (ctx->dir != IP_CT_DIR_ORIGINAL)	/* both ends open at once: no stream begins */
		return 0;
	err = clean_options(ctx);
	if (err || !has_seqadj(ctx->ct))
		return err;
	data = sipalg_flow_data_of(ctx->ct);	/* the data may have moved */
	if (!data)
		return 0;
	o = sipalg_options_of(ctx);
	s = sipalg_stream_enter(ctx->sn, ctx->ct);
	if (s) {
		s->syn = begin;
		if (s->begin[IP_CT_DIR_ORIGINAL] != begin)
			WRITE_ONCE(data->syn, pack_syn(&o));
		sipalg_stream_leave(ctx->sn, s);
		return 0;
	}
	WRITE_ONCE(data->stream, begin);
	WRITE_ONCE(data->syn, pack_syn(&o) | SYN_WAITS);
	return 0;
}

static void fill_ends(struct sipalg_stream *s, const struct sipalg_ctx *ctx, u32 syn)
{
	struct sipalg_tcp_end *first = &s->end[IP_CT_DIR_ORIGINAL];
	struct sipalg_tcp_end *second = &s->end[IP_CT_DIR_REPLY];
	struct sipalg_options o = sipalg_options_of(ctx);

	*first = (struct sipalg_tcp_end){ .mss = syn, .has_time = syn & SYN_HAS_TIME };
	*second = (struct sipalg_tcp_end){
		.mss = o.mss,
		.has_time = o.time,
		.is_heard = true,
		.time = o.time ? get_unaligned_be32(o.time) : 0,
		.heard = ntohl(sipalg_tcp_of(ctx)->ack_seq),
		.window = ntohs(sipalg_tcp_of(ctx)->window),
	};
	if (syn & SYN_HAS_SCALE && o.has_scale) {
		first->scale = (syn & SYN_SCALE) >> SYN_SCALE_SHIFT;
		second->scale = o.scale;
		second->window >>= o.scale;	/* RFC 7323 2.2: a SYN has it unshifted */
	}
}

/* The SYN-ACK acknowledges a SYN that was seen: the stream begins, or begins once more. */
static void answer_syn(struct sipalg_stream *s, const struct sipalg_ctx *ctx, const u32 *seq,
		       u32 syn)
{
	const struct sip_tcp_half *first = &s->half[IP_CT_DIR_ORIGINAL];
	const struct sip_tcp_half *second = &s->half[IP_CT_DIR_REPLY];

	if (seq[IP_CT_DIR_ORIGINAL] == s->begin[IP_CT_DIR_ORIGINAL]) {
		if (seq[IP_CT_DIR_REPLY] == s->begin[IP_CT_DIR_REPLY] &&
		    s->end[IP_CT_DIR_REPLY].is_heard)
			return;		/* the same SYN-ACK again */
		/* else the server has forgotten its first SYN-ACK, before either end sent a byte */
		if (s->is_bypassed || first->next != s->begin[IP_CT_DIR_ORIGINAL] ||
		    second->next != s->begin[IP_CT_DIR_REPLY] ||
		    second->acked != s->begin[IP_CT_DIR_REPLY])
			return;
	}
	sipalg_stream_begin(s, seq);
	fill_ends(s, ctx, syn);
}

static int see_syn_ack(struct sipalg_ctx *ctx)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	const struct tcphdr *th = sipalg_tcp_of(ctx);
	u32 seq[IP_CT_DIR_MAX] = { ntohl(th->ack_seq), ntohl(th->seq) + 1 };
	u32 syn = data ? READ_ONCE(data->syn) : 0;
	struct sipalg_stream *s;

	/* with IPS_SEQ_ADJUST another user has the count of the kernel (SYNPROXY) */
	if (ctx->dir != IP_CT_DIR_REPLY || !(syn & SYN_SEEN) ||
	    test_bit(IPS_SEQ_ADJUST_BIT, &ctx->ct->status))
		return 0;
	if (clean_options(ctx))
		return -ENOMEM;
	if (syn & SYN_WAITS) {
		if (READ_ONCE(data->stream) != seq[IP_CT_DIR_ORIGINAL])
			return 0;
		WRITE_ONCE(data->syn, syn & ~SYN_WAITS);
		if (!sipalg_stream_add(ctx->sn, ctx->ct, seq)) {
			WRITE_ONCE(data->stream, 0);
			sipalg_count(ctx->sn, SIPALG_STAT_TCP_FULL);
			return 0;
		}
	}
	s = sipalg_stream_enter(ctx->sn, ctx->ct);
	if (!s)
		return 0;
	if (s->syn == seq[IP_CT_DIR_ORIGINAL])
		answer_syn(s, ctx, seq, syn);
	sipalg_stream_leave(ctx->sn, s);
	return 0;
}

int sipalg_handshake_see(struct sipalg_ctx *ctx)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	const struct tcphdr *th = sipalg_tcp_of(ctx);

	/* by its originator alone: another SYN begins no stream (SECURITY S7) */
	if (data && !READ_ONCE(data->syn) && ctx->dir == IP_CT_DIR_ORIGINAL && !th->ack &&
	    !th->rst && !th->fin)
		WRITE_ONCE(data->syn, SYN_PASSED);
	if (!ctx->set->enabled || th->rst || th->fin)
		return 0;
	return th->ack ? see_syn_ack(ctx) : see_syn(ctx);
}

/* ---- without a handshake --------------------------------------------------------- */

bool sipalg_handshake_is_lost(const struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	return ctx->is_nat && data && !(READ_ONCE(data->syn) & (SYN_SEEN | SYN_PASSED)) &&
	       !test_bit(IPS_SEQ_ADJUST_BIT, &ctx->ct->status);
}

bool sipalg_handshake_is_missed(struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	if (!data || READ_ONCE(data->syn) & SYN_SEEN || sipalg_handshake_is_lost(ctx) ||
	    ctx->skb->len <= ctx->dataoff ||
	    test_bit(IPS_SEQ_ADJUST_BIT, &ctx->ct->status) || skb_linearize(ctx->skb))
		return false;
	ctx->text = (struct sip_text){
		ctx->skb->data + ctx->dataoff, ctx->skb->len - ctx->dataoff,
	};
	return sip_parse(&ctx->text, &ctx->msg) > 0;
}

bool sipalg_handshake_make_up(struct sipalg_ctx *ctx)
{
	const struct tcphdr *th = sipalg_tcp_of(ctx);
	struct sipalg_options o = sipalg_options_of(ctx);
	struct sipalg_flow_data *data;
	u32 seq[IP_CT_DIR_MAX];
	struct sipalg_stream *s;
	int dir;

	if (!has_seqadj(ctx->ct))
		return false;
	data = sipalg_flow_data_of(ctx->ct);
	if (!data)
		return false;
	WRITE_ONCE(data->syn, SYN_SEEN);	/* no second stream is made up */
	seq[ctx->dir] = ntohl(th->seq);
	seq[!ctx->dir] = ntohl(th->ack_seq);
	if (!sipalg_stream_add(ctx->sn, ctx->ct, seq))
		return false;
	s = sipalg_stream_enter(ctx->sn, ctx->ct);
	if (!s)
		return false;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++)
		s->end[dir] = (struct sipalg_tcp_end){
			.mss = o.mss,
			.scale = ctx->ct->proto.tcp.seen[dir].td_scale,
			.has_time = o.time,
		};
	sipalg_stream_leave(ctx->sn, s);
	return true;
}
