// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_packet: a TCP packet as bytes.  See sipalg_packet.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "sipalg_compat.h"
#include "sipalg_packet.h"

enum {
	OPTION_MPTCP	= 30,	/* RFC 8684 3 */
	MSS_DEFAULT	= 536,	/* RFC 9293 3.7.1 */
};

/* ---- options --------------------------------------------------------------------- */

static void take_option(struct sipalg_options *o, u8 *p, u8 len)
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
		if (len == TCPOLEN_TIMESTAMP)
			o->time = p + 2;
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
struct sipalg_options sipalg_options_of(const struct sipalg_ctx *ctx)
{
	u8 *p = (u8 *)(sipalg_tcp_of(ctx) + 1), *end = ctx->skb->data + ctx->dataoff;
	struct sipalg_options o = { .mss = MSS_DEFAULT };

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

/* ---- lengths --------------------------------------------------------------------- */

void sipalg_packet_set_checksum(struct sk_buff *skb, u32 protoff, bool is_ipv4)
{
	struct tcphdr *th = (struct tcphdr *)(skb->data + protoff);
	u32 len = skb->len - protoff;

	if (is_ipv4)
		th->check = ~tcp_v4_check(len, ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, 0);
	else
		th->check = ~tcp_v6_check(len, &ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + protoff;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_set_transport_header(skb, protoff);
}

void sipalg_packet_set_length(struct sk_buff *skb, bool is_ipv4)
{
	u32 len = skb->len - skb_network_offset(skb);

	if (is_ipv4) {
		ip_hdr(skb)->tot_len = htons(len);
		ip_send_check(ip_hdr(skb));
	} else {
		ipv6_hdr(skb)->payload_len = htons(len - sizeof(struct ipv6hdr));
	}
}

void sipalg_packet_set_gso(struct sk_buff *skb, u32 len, u32 size, bool is_ipv4)
{
	struct skb_shared_info *info = skb_shinfo(skb);

	if (len <= size) {
		info->gso_size = 0;
		info->gso_segs = 0;
		info->gso_type = 0;
		return;
	}
	info->gso_size = size;
	info->gso_segs = DIV_ROUND_UP(len, size);
	info->gso_type = is_ipv4 ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
}

int sipalg_packet_resize(struct sipalg_ctx *ctx, u32 len, u32 size)
{
	struct sk_buff *skb = ctx->skb;
	u32 old = skb->len - ctx->dataoff, room = skb_tailroom(skb);
	u32 grow = len > old ? len - old : 0;

	if ((grow > room || skb_cloned(skb)) &&
	    pskb_expand_head(skb, 0, grow > room ? grow - room : 0, GFP_ATOMIC))
		return -ENOMEM;
	if (grow)
		skb_put(skb, grow);
	else if (pskb_trim(skb, ctx->dataoff + len))
		return -ENOMEM;
	sipalg_packet_set_length(skb, sipalg_is_ipv4(ctx));
	sipalg_packet_set_gso(skb, len, size, sipalg_is_ipv4(ctx));
	if (len > size && sipalg_tcp_of(ctx)->cwr)
		skb_shinfo(skb)->gso_type |= SKB_GSO_TCP_ECN;
	return 0;
}
