// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_segment: TCP packets.  See sipalg_segment.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>

#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_segment.h"

enum {
	PACKET_MAX	= 65535,
	OPTION_MPTCP	= 30,	/* RFC 8684 */
	MSS_DEFAULT	= 536,	/* RFC 9293 3.7.1 */
	/* what a sender may always send while its bytes are held, in segments (RFC 5681 3.1) */
	WINDOW_SEGMENTS	= 2,
};

static struct tcphdr *tcp_of(const struct sipalg_ctx *ctx)
{
	return (struct tcphdr *)(ctx->skb->data + ctx->protoff);
}

static bool is_ipv4(const struct sipalg_ctx *ctx)
{
	return nf_ct_l3num(ctx->ct) == NFPROTO_IPV4;
}

/* ---- options --------------------------------------------------------------------- */

struct tcp_options {
	u16 mss;
	u8 scale;
	bool has_scale;
	bool has_time;
	u8 *time;	/* both time stamps */
	u8 *sack;	/* the option of the blocks, kind and length included */
	u8 *mptcp;
};

static void take_option(struct tcp_options *o, u8 *p, u8 len)
{
	switch (p[0]) {
	case TCPOPT_MSS:
		if (len == TCPOLEN_MSS)
			o->mss = get_unaligned_be16(p + 2);
		break;
	case TCPOPT_WINDOW:
		if (len == TCPOLEN_WINDOW) {
			o->scale = min_t(u8, p[2], TCP_MAX_WSCALE);
			o->has_scale = true;
		}
		break;
	case TCPOPT_TIMESTAMP:
		if (len == TCPOLEN_TIMESTAMP) {
			o->has_time = true;
			o->time = p + 2;
		}
		break;
	case TCPOPT_SACK:
		if (len >= TCPOLEN_SACK_BASE + TCPOLEN_SACK_PERBLOCK &&
		    !((len - TCPOLEN_SACK_BASE) % TCPOLEN_SACK_PERBLOCK))
			o->sack = p;
		break;
	case OPTION_MPTCP:
		o->mptcp = p;
		break;
	}
}

/* RFC 9293 3.1: a list of kind, length, value; two kinds have no length. */
static struct tcp_options read_options(const struct sipalg_ctx *ctx, u32 hdrlen)
{
	u8 *p = (u8 *)(tcp_of(ctx) + 1), *end = (u8 *)tcp_of(ctx) + hdrlen;
	struct tcp_options o = { .mss = MSS_DEFAULT };

	while (p < end && *p != TCPOPT_EOL) {
		if (*p == TCPOPT_NOP) {
			p++;
			continue;
		}
		if (end - p < 2 || p[1] < 2 || p[1] > end - p)
			break;
		take_option(&o, p, p[1]);
		p += p[1];
	}
	return o;
}

/* ---- writing --------------------------------------------------------------------- */

/* The sum over header and bytes is made when the packet leaves. */
static void set_checksum(struct sk_buff *skb, u32 protoff, bool ipv4)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + protoff);
	u32 len = skb->len - protoff;

	if (ipv4)
		th->check = ~tcp_v4_check(len, ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, 0);
	else
		th->check = ~tcp_v6_check(len, &ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + protoff;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

static void set_ip_length(struct sk_buff *skb, bool ipv4)
{
	u32 len = skb->len - skb_network_offset(skb);

	if (ipv4) {
		ip_hdr(skb)->tot_len = htons(len);
		ip_send_check(ip_hdr(skb));
	} else {
		ipv6_hdr(skb)->payload_len = htons(len - sizeof(struct ipv6hdr));
	}
}

/* Bytes that one segment to the packet's receiver may carry. */
static u32 segment_size(const struct sipalg_segment *seg)
{
	const struct sipalg_ctx *ctx = seg->ctx;
	const struct dst_entry *dst = skb_dst(ctx->skb);
	u32 options = seg->hdrlen - sizeof(struct tcphdr);
	u32 headers = ctx->dataoff - skb_network_offset(ctx->skb);
	u32 size = max_t(u32, seg->stream->end[!ctx->dir].mss, options + 1) - options;

	if (dst && dst_mtu(dst) > headers)
		size = min(size, dst_mtu(dst) - headers);
	if (skb_is_gso(ctx->skb))
		size = min_t(u32, size, skb_shinfo(ctx->skb)->gso_size);
	return size;
}

/* What exceeds a segment leaves as several, cut by the device or right before it. */
static void set_gso(struct sipalg_segment *seg, u32 len, u32 size)
{
	struct sipalg_ctx *ctx = seg->ctx;
	struct skb_shared_info *info = skb_shinfo(ctx->skb);

	if (len <= size) {
		info->gso_size = 0;
		info->gso_segs = 0;
		info->gso_type = 0;
		return;
	}
	info->gso_size = size;
	info->gso_segs = DIV_ROUND_UP(len, size);
	info->gso_type = is_ipv4(ctx) ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
	if (tcp_of(ctx)->cwr)
		info->gso_type |= SKB_GSO_TCP_ECN;
}

/* The payload becomes @len bytes, which the caller fills. */
static int set_length(struct sipalg_segment *seg, u32 len)
{
	struct sipalg_ctx *ctx = seg->ctx;
	struct sk_buff *skb = ctx->skb;
	u32 old = skb->len - ctx->dataoff, size = segment_size(seg);
	u32 grow = len > old ? len - old : 0, room = skb_tailroom(skb);

	if (grow > room || skb_cloned(skb)) {
		if (pskb_expand_head(skb, 0, grow > room ? grow - room : 0, GFP_ATOMIC))
			return -ENOMEM;
	}
	if (grow)
		skb_put(skb, grow);
	else if (pskb_trim(skb, ctx->dataoff + len))
		return -ENOMEM;
	set_ip_length(skb, is_ipv4(ctx));
	set_gso(seg, len, size);
	return 0;
}

/* Blocks that say nothing in the other count are left out. */
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

/*
 * What a receiver may still be sent, less what is held for it already.  While a message
 * is held its rest must be able to come, so the window never closes over it.
 */
static u16 window_of(const struct sipalg_stream *s, const struct sip_tcp_half *half, int receiver)
{
	const struct sipalg_tcp_end *end = &s->end[receiver];
	u32 window = (u32)end->window << end->scale, held = sip_tcp_held(half);
	u32 least = WINDOW_SEGMENTS * s->end[!receiver].mss;

	if (!held || !window)
		return end->window;
	window = max(window > held ? window - held : 0, least);
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
	err = set_length(seg, what->len);
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
	struct tcp_options options;
	struct tcphdr *th = tcp_of(ctx);
	bool sacks;

	options = read_options(ctx, seg->hdrlen);
	sacks = sack_changes(seg->back, options.sack);
	if (what->same && what->fin == th->fin && what->seq == ntohl(th->seq) && !sacks &&
	    (!th->ack || (seg->ack == seg->ack_old && window == ntohs(th->window))))
		return 0;
	if (skb_ensure_writable(ctx->skb, ctx->dataoff) || write_payload(seg, what))
		return -ENOMEM;
	th = tcp_of(ctx);	/* the packet may have moved */
	th->seq = htonl(what->seq);
	th->fin = what->fin;
	if (!what->len)
		th->psh = 0;
	if (th->ack) {
		th->ack_seq = htonl(seg->ack);
		th->window = htons(window);
	}
	if (sacks)
		write_sack(seg->back, read_options(ctx, seg->hdrlen).sack);
	set_checksum(ctx->skb, ctx->protoff, is_ipv4(ctx));
	return 0;
}

/* ---- acknowledging --------------------------------------------------------------- */

/* an acknowledgement in the receiver's name: what it says, so that no lock is held to send it */
struct bare_ack {
	u32 seq;
	u32 ack;
	u16 window;
	bool has_time;
	u32 time;
	u32 echo;
};

static struct bare_ack ack_of(const struct sipalg_segment *seg)
{
	const struct sipalg_stream *s = seg->stream;
	int receiver = !seg->ctx->dir;

	return (struct bare_ack){
		.seq = seg->ack_old,
		.ack = seg->half->told,
		.window = window_of(s, seg->half, receiver),
		.has_time = s->end[receiver].has_time && s->end[!receiver].has_time,
		.time = s->end[receiver].time,
		.echo = seg->time,
	};
}

static void put_addresses(struct sk_buff *skb, const struct nf_conntrack_tuple *t)
{
	struct ipv6hdr *ip6h;
	struct iphdr *iph;

	skb_reset_network_header(skb);
	if (t->src.l3num == NFPROTO_IPV4) {
		iph = skb_put_zero(skb, sizeof(*iph));
		iph->version = 4;
		iph->ihl = sizeof(*iph) / 4;
		iph->frag_off = htons(IP_DF);
		iph->ttl = 64;
		iph->protocol = IPPROTO_TCP;
		iph->saddr = t->dst.u3.ip;
		iph->daddr = t->src.u3.ip;
		skb->protocol = htons(ETH_P_IP);
	} else {
		ip6h = skb_put_zero(skb, sizeof(*ip6h));
		ip6h->version = 6;
		ip6h->hop_limit = 64;
		ip6h->nexthdr = IPPROTO_TCP;
		ip6h->saddr = t->dst.u3.in6;
		ip6h->daddr = t->src.u3.in6;
		skb->protocol = htons(ETH_P_IPV6);
	}
}

static void put_tcp(struct sk_buff *skb, const struct nf_conntrack_tuple *t,
		    const struct bare_ack *ack)
{
	u32 hdrlen = sizeof(struct tcphdr) + (ack->has_time ? TCPOLEN_TSTAMP_ALIGNED : 0);
	struct tcphdr *th;
	u8 *option;

	skb_set_transport_header(skb, skb->len);
	th = skb_put_zero(skb, hdrlen);
	th->source = t->dst.u.tcp.port;
	th->dest = t->src.u.tcp.port;
	th->seq = htonl(ack->seq);
	th->ack_seq = htonl(ack->ack);
	th->doff = hdrlen / 4;
	th->ack = 1;
	th->window = htons(ack->window);
	if (!ack->has_time)
		return;
	option = (u8 *)(th + 1);
	option[0] = TCPOPT_NOP;
	option[1] = TCPOPT_NOP;
	option[2] = TCPOPT_TIMESTAMP;
	option[3] = TCPOLEN_TIMESTAMP;
	put_unaligned_be32(ack->time, option + 4);
	put_unaligned_be32(ack->echo, option + 8);
}

static int route(struct net *net, struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return ip_route_me_harder(net, NULL, skb, RTN_UNSPEC);
	return nf_ip6_route_me_harder(net, NULL, skb);
}

/*
 * Sends it back to where the packet came from.  It is the receiver's as that sender sees
 * him, so no NAT and no tracking shall touch it, and no rule about what the router itself
 * may send; a mark that decides on routes is most often the connection's (CONNMARK).
 */
static void send_ack(const struct sipalg_ctx *ctx, const struct bare_ack *ack)
{
	const struct nf_conntrack_tuple *t = &ctx->ct->tuplehash[ctx->dir].tuple;
	struct sk_buff *skb;

	if (!skb_dst(ctx->skb))		/* asked by a bridge or a switch: nobody routes here */
		return;
	skb = alloc_skb(MAX_TCP_HEADER + sizeof(struct ipv6hdr) + sizeof(struct tcphdr) +
			TCPOLEN_TSTAMP_ALIGNED, GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, MAX_TCP_HEADER);
	put_addresses(skb, t);
	put_tcp(skb, t, ack);
	set_ip_length(skb, is_ipv4(ctx));
	set_checksum(skb, skb_transport_offset(skb), is_ipv4(ctx));
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	skb->mark = READ_ONCE(ctx->ct->mark);
#endif
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	skb_dst_set_noref(skb, skb_dst(ctx->skb));
	if (route(ctx->sn->net, skb)) {
		kfree_skb(skb);
		return;
	}
	sipalg_count(ctx->sn, SIPALG_STAT_TCP_ACKED);
	dst_output(ctx->sn->net, NULL, skb);
}

/* ---- the handshake --------------------------------------------------------------- */

/* how sipalg_flow_data.syn holds what the first SYN said: besides, its MSS in 16 bits */
enum {
	SYN_SEEN	= 1 << 31,
	SYN_HAS_SCALE	= 1 << 30,
	SYN_HAS_TIME	= 1 << 29,
	SYN_SCALE_SHIFT	= 16,
	SYN_SCALE	= 0xf << SYN_SCALE_SHIFT,
};

static u32 pack_syn(const struct tcp_options *o)
{
	return SYN_SEEN | (o->has_scale ? SYN_HAS_SCALE : 0) | (o->has_time ? SYN_HAS_TIME : 0) |
	       (u32)o->scale << SYN_SCALE_SHIFT | o->mss;
}

/*
 * What a SYN may carry that would lead bytes past us.  Its data: the receiver may take it
 * or leave it, so it is left out and the sender repeats it (RFC 7413 4.2.2).  And
 * the wish to map bytes to another count than this connection's (RFC 8684 3.7: both
 * ends do without where it gets lost).
 */
static void clean_syn(struct sipalg_ctx *ctx, u32 hdrlen)
{
	struct sk_buff *skb = ctx->skb;
	bool has_data = skb->len > ctx->dataoff;
	struct tcp_options o = read_options(ctx, hdrlen);

	if (!has_data && !o.mptcp)
		return;
	if (skb_ensure_writable(skb, ctx->dataoff) || pskb_trim(skb, ctx->dataoff))
		return;
	o = read_options(ctx, hdrlen);
	if (o.mptcp)
		memset(o.mptcp, TCPOPT_NOP, o.mptcp[1]);
	set_ip_length(skb, is_ipv4(ctx));
	set_checksum(skb, ctx->protoff, is_ipv4(ctx));
}

static void see_syn(struct sipalg_ctx *ctx, u32 hdrlen)
{
	struct tcp_options o = read_options(ctx, hdrlen);
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
	clean_syn(ctx, hdrlen);
}

static void fill_ends(struct sipalg_stream *s, const struct sipalg_ctx *ctx, u32 syn,
		      const struct tcp_options *o)
{
	struct sipalg_tcp_end *first = &s->end[IP_CT_DIR_ORIGINAL];
	struct sipalg_tcp_end *second = &s->end[IP_CT_DIR_REPLY];
	const struct tcphdr *th = tcp_of(ctx);

	*first = (struct sipalg_tcp_end){ .mss = syn, .has_time = syn & SYN_HAS_TIME };
	*second = (struct sipalg_tcp_end){ .mss = o->mss, .has_time = o->has_time };
	if (syn & SYN_HAS_SCALE && o->has_scale) {
		first->scale = (syn & SYN_SCALE) >> SYN_SCALE_SHIFT;
		second->scale = o->scale;
	}
	/* RFC 7323 2.2: in a SYN it is not shifted */
	second->window = ntohs(th->window) >> second->scale;
	if (o->has_time)
		second->time = get_unaligned_be32(o->time);
}

/* No byte has passed: a server that forgot its first SYN-ACK may begin anew. */
static bool is_pristine(const struct sipalg_stream *s)
{
	const struct sip_tcp_half *a = &s->half[0], *b = &s->half[1];

	return a->next == a->acked && b->next == b->acked && !a->last && !b->last &&
	       sip_tcp_is_quiet(a) && sip_tcp_is_quiet(b) && !s->is_bypassed;
}

static void see_syn_ack(struct sipalg_ctx *ctx, u32 hdrlen)
{
	struct sipalg_flow_data *data = sipalg_flow_data(ctx->ct);
	struct tcp_options o = read_options(ctx, hdrlen);
	const struct tcphdr *th = tcp_of(ctx);
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

/* ---- the way in ------------------------------------------------------------------ */

static void hear_end(struct sipalg_segment *seg, const struct tcphdr *th)
{
	struct sipalg_tcp_end *end = &seg->stream->end[seg->ctx->dir];
	struct tcp_options o = read_options(seg->ctx, seg->hdrlen);

	seg->ack_old = ntohl(th->ack_seq);
	seg->ack = seg->ack_old;
	if (th->ack) {
		seg->ack = sip_tcp_ack(seg->back, seg->ack_old);
		end->window = ntohs(th->window);
	}
	if (o.time) {
		seg->time = get_unaligned_be32(o.time);
		if (sip_seq_before(end->time, seg->time))
			end->time = seg->time;
	}
}

/* Over a cap what is held goes on as it is, and nothing is read any more (SECURITY S5). */
static int give_up(struct sipalg_segment *seg)
{
	sipalg_count(seg->ctx->sn, SIPALG_STAT_TCP_FULL);
	return sipalg_segment_bypass(seg);
}

static int take(struct sipalg_segment *seg)
{
	int err = sip_tcp_take(seg->half, &seg->in, &seg->text);

	if (err == -EFBIG) {
		err = give_up(seg);
		if (!err)
			err = sip_tcp_take(seg->half, &seg->in, &seg->text);
	}
	if (err == -EAGAIN) {
		sipalg_count(seg->ctx->sn, SIPALG_STAT_TCP_BEYOND);
		seg->is_beyond = true;
		seg->text.len = 0;
		return 0;
	}
	if (err)
		return err;
	if (seg->stream->is_bypassed && !seg->half->is_bypassed)
		err = sipalg_segment_bypass(seg);
	if (err)
		sip_tcp_untake(seg->half, &seg->in, &seg->text);
	return err;
}

int sipalg_segment_begin(struct sipalg_segment *seg, struct sipalg_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;
	const struct tcphdr *th;
	u32 hdrlen;
	int err;

	if (!pskb_may_pull(skb, ctx->protoff + sizeof(*th)))
		return -ENOENT;
	hdrlen = __tcp_hdrlen(tcp_of(ctx));
	if (hdrlen < sizeof(*th) || !pskb_may_pull(skb, ctx->protoff + hdrlen))
		return -ENOENT;
	ctx->dataoff = ctx->protoff + hdrlen;
	th = tcp_of(ctx);
	if (th->syn) {
		if (!ctx->set->enabled || th->rst || th->fin)
			return -ENOENT;
		if (th->ack)
			see_syn_ack(ctx, hdrlen);
		else
			see_syn(ctx, hdrlen);
		return -ENOENT;
	}
	*seg = (struct sipalg_segment){ .ctx = ctx, .hdrlen = hdrlen };
	seg->stream = sipalg_stream_enter(ctx->sn, ctx->ct);
	if (!seg->stream)
		return -ENOENT;
	seg->half = &seg->stream->half[ctx->dir];
	seg->back = &seg->stream->half[!ctx->dir];
	if (!ctx->set->enabled)
		seg->stream->is_bypassed = true;
	err = -ENOMEM;
	if (!seg->half->is_bypassed && skb_linearize(skb))
		goto leave;
	th = tcp_of(ctx);
	hear_end(seg, th);
	seg->in.seq = ntohl(th->seq);
	seg->in.data = skb->data + ctx->dataoff;
	if (!th->rst) {		/* bytes of a reset are nobody's */
		seg->in.len = skb->len - ctx->dataoff;
		seg->in.fin = th->fin;
	}
	err = take(seg);
	if (!err)
		return 0;
leave:
	sipalg_stream_leave(ctx->sn, seg->stream);
	return -ENOMEM;
}

int sipalg_segment_next(struct sipalg_segment *seg)
{
	if (seg->half->is_bypassed || seg->half->next == seg->in.next)
		return 0;
	seg->is_taken = false;
	return sip_frame_next(&seg->half->frame, &seg->text, &seg->ctx->msg);
}

int sipalg_segment_pass(struct sipalg_segment *seg, u32 len)
{
	return sip_tcp_pass(seg->half, &seg->in, &seg->text, len);
}

int sipalg_segment_replace(struct sipalg_segment *seg, u32 len, const struct sip_edits *edits)
{
	int err = sip_tcp_replace(seg->half, &seg->text, len, edits);

	seg->is_taken = !err;
	return err;
}

int sipalg_segment_bypass(struct sipalg_segment *seg)
{
	/* the other direction follows with its next packet, on which what it holds can ride */
	seg->stream->is_bypassed = true;
	return sip_tcp_bypass(seg->half, &seg->in, &seg->text);
}

/* ---- the way out ----------------------------------------------------------------- */

/*
 * The kernel tracks windows, too, and knows one offset a direction.  With the one that
 * holds when nothing is under way it counts rightly then, so that an idle connection
 * does not look like one that waits for an acknowledgement; meanwhile it must be
 * liberal.  Its own adjustment stays off: that would come on top of ours.
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

/* Nothing is said that was not said before.  The router's own packets must not get lost. */
static bool is_no_news(const struct sipalg_segment *seg, const struct sip_tcp_emission *what)
{
	const struct sipalg_tcp_end *end = &seg->stream->end[seg->ctx->dir];

	return seg->in.len && !what->len && !what->fin && seg->ctx->skb->skb_iif &&
	       what->seq == sip_tcp_end(seg->half) && end->ack == seg->ack &&
	       end->passed_window == window_of(seg->stream, seg->back, seg->ctx->dir);
}

static enum sipalg_segment_fate finish(struct sipalg_segment *seg, int err)
{
	struct sipalg_tcp_end *end = &seg->stream->end[seg->ctx->dir];
	u32 room = PACKET_MAX - (seg->ctx->dataoff - skb_network_offset(seg->ctx->skb));
	struct sip_tcp_emission what;

	if (seg->is_beyond)
		what = (struct sip_tcp_emission){ .seq = sip_tcp_end(seg->half) };
	else
		what = sip_tcp_emit(seg->half, &seg->in, room);
	if (err && !what.len)
		return SIPALG_SEGMENT_AGAIN;
	/* where the receiver is asked, or hears something, it answers by itself */
	if (seg->in.len && !what.len && what.seq == sip_tcp_end(seg->half))
		seg->wants_ack = sip_tcp_tell(seg->half) || seg->is_beyond;
	if (sip_tcp_held(seg->half) && seg->in.len)
		sipalg_count(seg->ctx->sn, SIPALG_STAT_TCP_HELD);
	tell_kernel(seg);
	if (is_no_news(seg, &what))
		return SIPALG_SEGMENT_STAYS;
	end->ack = seg->ack;
	end->passed_window = window_of(seg->stream, seg->back, seg->ctx->dir);
	return write_segment(seg, &what) ? SIPALG_SEGMENT_AGAIN : SIPALG_SEGMENT_GOES;
}

enum sipalg_segment_fate sipalg_segment_end(struct sipalg_segment *seg, int err)
{
	struct sipalg_ctx *ctx = seg->ctx;
	enum sipalg_segment_fate fate;
	struct bare_ack ack = {};

	if (!err && !seg->half->is_bypassed && !seg->is_beyond) {
		if (seg->in.fin)	/* half a message will not become a whole one */
			err = sip_tcp_bypass(seg->half, &seg->in, &seg->text);
		else if (seg->text.len && sipalg_stream_is_full(ctx->sn))
			err = give_up(seg);
	}
	if (err)
		sip_tcp_untake(seg->half, &seg->in, &seg->text);
	else if (!seg->is_beyond)
		err = sip_tcp_keep(seg->half, &seg->in, &seg->text);
	fate = finish(seg, err);
	if (seg->wants_ack)
		ack = ack_of(seg);
	if (sipalg_stream_is_idle(seg->stream))
		sipalg_stream_end(ctx->sn, ctx->ct, seg->stream);
	sipalg_stream_leave(ctx->sn, seg->stream);
	if (seg->wants_ack)
		send_ack(ctx, &ack);
	return fate;
}
