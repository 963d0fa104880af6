// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_datagram: headers of packets and the text of a datagram.  See sipalg_datagram.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "sip_start.h"
#include "sipalg_ctx.h"
#include "sipalg_datagram.h"

int sipalg_find_header(const struct sk_buff *skb, const struct nf_conn *ct, u8 protocol)
{
	int at = skb_network_offset(skb);
	__be16 frag_off;
	u8 proto;

	if (nf_ct_l3num(ct) == NFPROTO_IPV4)
		return ip_hdr(skb)->protocol == protocol ? at + ip_hdrlen(skb) : -1;
	proto = ipv6_hdr(skb)->nexthdr;
	at = ipv6_skip_exthdr(skb, at + sizeof(struct ipv6hdr), &proto, &frag_off);
	return proto == protocol ? at : -1;
}

bool sipalg_take_datagram(struct sipalg_ctx *ctx, enum sipalg_stat *why)
{
	struct sk_buff *skb = ctx->skb;
	const struct udphdr *udph;

	ctx->dataoff = ctx->protoff + sizeof(struct udphdr);
	*why = SIPALG_STAT_NOT_SIP;
	if (ctx->dataoff >= skb->len)
		return false;
	*why = SIPALG_STAT_UDP_GSO;
	if (skb_is_gso(skb))
		return false;
	*why = SIPALG_STAT_NO_MEMORY;
	if (skb_linearize(skb))
		return false;
	udph = (const struct udphdr *)(skb->data + ctx->protoff);
	*why = SIPALG_STAT_UDP_LENGTH;
	if (ntohs(udph->len) != skb->len - ctx->protoff)
		return false;

	ctx->text = (struct sip_text){ skb->data + ctx->dataoff, skb->len - ctx->dataoff };
	ctx->base = sip_keepalive_len(&ctx->text);
	ctx->text.p += ctx->base;
	ctx->text.len -= ctx->base;
	return true;
}
