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

/* how sipalg_flow_data.syn holds what the first SYN said: besides, its MSS in 16 bits */
enum {
	SYN_SEEN	= 1 << 31,
	SYN_HAS_SCALE	= 1 << 30,
	SYN_HAS_TIME	= 1 << 29,
	SYN_SCALE_SHIFT	= 16,
	SYN_SCALE	= 0xf << SYN_SCALE_SHIFT,
};

static u32 pack_syn(const struct sipalg_options *o)
{
	return SYN_SEEN | (o->has_scale ? SYN_HAS_SCALE : 0) | (o->time ? SYN_HAS_TIME : 0) |
	       (u32)o->scale << SYN_SCALE_SHIFT | o->mss;
}

/*
 * What a SYN may carry that would lead bytes past us.  Its data: the receiver may take it
 * or leave it, so it is left out and the sender repeats it (RFC 7413 4.2.2).  And
 * the wish to map bytes to another count than this connection's (RFC 8684 3.7: both
 * ends do without where it gets lost).
 */
static void clean_syn(struct sipalg_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;
	bool has_data = skb->len > ctx->dataoff;
	struct sipalg_options o = sipalg_options_of(ctx);

	if (!has_data && !o.mptcp)
		return;
	if (skb_ensure_writable(skb, ctx->dataoff) || pskb_trim(skb, ctx->dataoff))
		return;
	o = sipalg_options_of(ctx);
	if (o.mptcp)
		memset(o.mptcp, TCPOPT_NOP, o.mptcp[1]);
	sipalg_packet_set_length(skb, sipalg_is_ipv4(ctx));
	sipalg_packet_set_checksum(skb, ctx->protoff, sipalg_is_ipv4(ctx));
}

static void see_syn(struct sipalg_ctx *ctx)
{
	struct sipalg_options o = sipalg_options_of(ctx);
	struct sipalg_flow_data *data;

	if (ctx->dir != IP_CT_DIR_ORIGINAL)	/* both open at once: nobody's stream begins */
		return;
	/* where the kernel keeps its own count of the offsets; only while it is new */
	if (!nf_ct_is_confirmed(ctx->ct) && !nfct_seqadj(ctx->ct))
		nfct_seqadj_ext_add(ctx->ct);
	data = sipalg_flow_data(ctx->ct);
	if (!data)
		return;
	WRITE_ONCE(data->syn, pack_syn(&o));
	clean_syn(ctx);
}

static void fill_ends(struct sipalg_stream *s, const struct sipalg_ctx *ctx, u32 syn,
		      const struct sipalg_options *o)
{
	struct sipalg_tcp_end *first = &s->end[IP_CT_DIR_ORIGINAL];
	struct sipalg_tcp_end *second = &s->end[IP_CT_DIR_REPLY];
	const struct tcphdr *th = sipalg_tcp_of(ctx);

	*first = (struct sipalg_tcp_end){ .mss = syn, .has_time = syn & SYN_HAS_TIME };
	*second = (struct sipalg_tcp_end){ .mss = o->mss, .has_time = o->time };
	if (syn & SYN_HAS_SCALE && o->has_scale) {
		first->scale = (syn & SYN_SCALE) >> SYN_SCALE_SHIFT;
		second->scale = o->scale;
	}
	/* RFC 7323 2.2: in a SYN it is not shifted */
	second->window = ntohs(th->window) >> second->scale;
	if (o->time)
		second->time = get_unaligned_be32(o->time);
}

/* No byte has passed: a server that forgot its first SYN-ACK may begin anew. */
static bool is_pristine(const struct sipalg_stream *s)
{
	const struct sip_tcp_half *a = &s->half[0], *b = &s->half[1];

	return a->next == a->acked && b->next == b->acked && !a->last && !b->last &&
	       sip_tcp_is_quiet(a) && sip_tcp_is_quiet(b) && !s->is_bypassed;
}

static void see_syn_ack(struct sipalg_ctx *ctx)
{
	struct sipalg_flow_data *data = sipalg_flow_data(ctx->ct);
	struct sipalg_options o = sipalg_options_of(ctx);
	const struct tcphdr *th = sipalg_tcp_of(ctx);
	u32 seq[IP_CT_DIR_MAX] = { ntohl(th->ack_seq), ntohl(th->seq) + 1 };
	u32 syn = data ? READ_ONCE(data->syn) : 0;
	struct sipalg_stream *s;

	/* the kernel counts bytes there for somebody else (SYNPROXY) */
	if (ctx->dir != IP_CT_DIR_REPLY || !(syn & SYN_SEEN) ||
	    test_bit(IPS_SEQ_ADJUST_BIT, &ctx->ct->status))
		return;
	s = sipalg_stream_enter(ctx->sn, ctx->ct);
	if (!s && !READ_ONCE(data->stream)) {
		if (!sipalg_stream_add(ctx->sn, ctx->ct, seq)) {
			sipalg_count(ctx->sn, SIPALG_STAT_TCP_FULL);
			return;
		}
		s = sipalg_stream_enter(ctx->sn, ctx->ct);
	}
	if (!s)
		return;
	if (is_pristine(s)) {
		sip_tcp_init(&s->half[IP_CT_DIR_ORIGINAL], seq[IP_CT_DIR_ORIGINAL]);
		sip_tcp_init(&s->half[IP_CT_DIR_REPLY], seq[IP_CT_DIR_REPLY]);
		fill_ends(s, ctx, syn, &o);
	}
	sipalg_stream_leave(ctx->sn, s);
}

void sipalg_handshake_see(struct sipalg_ctx *ctx)
{
	const struct tcphdr *th = sipalg_tcp_of(ctx);

	if (!ctx->set->enabled || th->rst || th->fin)
		return;
	if (th->ack)
		see_syn_ack(ctx);
	else
		see_syn(ctx);
}

/* ---- without a handshake --------------------------------------------------------- */

bool sipalg_handshake_is_missed(struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data(ctx->ct);

	if (!data || READ_ONCE(data->stream) || READ_ONCE(data->syn) & SYN_SEEN ||
	    ctx->skb->len <= ctx->dataoff || sipalg_tcp_of(ctx)->syn ||
	    test_bit(IPS_SEQ_ADJUST_BIT, &ctx->ct->status) || skb_linearize(ctx->skb))
		return false;
	ctx->text = (struct sip_text){
		ctx->skb->data + ctx->dataoff, ctx->skb->len - ctx->dataoff,
	};
	return sip_parse(&ctx->text, &ctx->msg) > 0;
}

bool sipalg_handshake_make_up(struct sipalg_ctx *ctx)
{
	struct sipalg_options o = sipalg_options_of(ctx);
	const struct tcphdr *th = sipalg_tcp_of(ctx);
	u32 seq[IP_CT_DIR_MAX];
	struct sipalg_stream *s;
	int dir;

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
			.time = o.time ? get_unaligned_be32(o.time + 4 * (dir != ctx->dir)) : 0,
		};
	sipalg_stream_leave(ctx->sn, s);
	return true;
}
