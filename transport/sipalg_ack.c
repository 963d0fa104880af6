// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_ack: packets of our own to the sender of a packet.  See sipalg_ack.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/tcp.h>

#include "sipalg_ack.h"
#include "sipalg_compat.h"
#include "sipalg_packet.h"

enum { TTL = 64 };

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
		iph->ttl = TTL;
		iph->protocol = IPPROTO_TCP;
		iph->saddr = t->dst.u3.ip;
		iph->daddr = t->src.u3.ip;
		skb->protocol = htons(ETH_P_IP);
	} else {
		ip6h = skb_put_zero(skb, sizeof(*ip6h));
		ip6h->version = 6;
		ip6h->hop_limit = TTL;
		ip6h->nexthdr = IPPROTO_TCP;
		ip6h->saddr = t->dst.u3.in6;
		ip6h->daddr = t->src.u3.in6;
		skb->protocol = htons(ETH_P_IPV6);
	}
}

static void put_tcp(struct sk_buff *skb, const struct nf_conntrack_tuple *t,
		    const struct sipalg_ack *ack)
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
	th->ack = !ack->is_reset;
	th->rst = ack->is_reset;
	th->psh = ack->len > 0;
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

static int route_packet(struct net *net, struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return ip_route_me_harder(net, NULL, skb, RTN_UNSPEC);
	return nf_ip6_route_me_harder(net, NULL, skb);
}

bool sipalg_ack_is_possible(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return dst && !(dst->flags & DST_FAKE_RTABLE);
}

struct sk_buff *sipalg_ack_make(const struct sipalg_ctx *ctx, const struct sipalg_ack *ack)
{
	const struct nf_conntrack_tuple *t = &ctx->ct->tuplehash[ctx->dir].tuple;
	struct sk_buff *skb;

	skb = alloc_skb(MAX_TCP_HEADER + sizeof(struct ipv6hdr) + sizeof(struct tcphdr) +
			TCPOLEN_TSTAMP_ALIGNED + ack->len, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, MAX_TCP_HEADER);
	put_addresses(skb, t);
	put_tcp(skb, t, ack);
	if (ack->len) {
		skb_put_data(skb, ack->data, ack->len);
		sipalg_packet_set_gso(skb, ack->len, ack->size, sipalg_is_ipv4(ctx));
	}
	sipalg_packet_set_length(skb, sipalg_is_ipv4(ctx));
	sipalg_packet_set_checksum(skb, skb_transport_offset(skb), sipalg_is_ipv4(ctx));
	return skb;
}

/*
 * The packet has the addresses of the other end as its receiver sees them, so neither NAT nor
 * conntrack may change it, and no rule for packets of the router itself may see it.  Rules that
 * route by marks usually take the mark from the connection (CONNMARK), so the packet gets that.
 *
 * Return: whether the packet was sent.
 */
static bool send_packet(const struct sipalg_ctx *ctx, struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	skb->mark = READ_ONCE(ctx->ct->mark);
#endif
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	skb_dst_set_noref(skb, skb_dst(ctx->skb));
	if (route_packet(ctx->sn->net, skb)) {
		kfree_skb(skb);
		return false;
	}
	dst_output(ctx->sn->net, NULL, skb);
	return true;
}

void sipalg_ack_send(const struct sipalg_ctx *ctx, struct sk_buff *skb)
{
	if (skb && send_packet(ctx, skb))
		sipalg_count(ctx->sn, SIPALG_STAT_TCP_ACKED);
}

/* RFC 9293 3.5.2: the number that the segment acknowledges is the one that its sender expects. */
void sipalg_ack_send_reset(const struct sipalg_ctx *ctx)
{
	const struct tcphdr *th = sipalg_tcp_of(ctx);
	struct sipalg_ack reset = { .seq = ntohl(th->ack_seq), .is_reset = true };
	struct sk_buff *skb;

	if (!th->ack || th->rst || !sipalg_ack_is_possible(ctx->skb))
		return;
	skb = sipalg_ack_make(ctx, &reset);
	if (skb)
		send_packet(ctx, skb);
}
