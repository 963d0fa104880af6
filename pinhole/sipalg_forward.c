// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_forward: what the rules of NAT answer.  See sipalg_forward.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "sipalg_forward.h"
#include "sipalg_inet.h"
#include "sipalg_compat.h"

enum {
	PACKET_MAX	= sizeof(struct ipv6hdr) + sizeof(struct tcphdr),	/* bytes */
	HOPS		= 64,	/* hop limit of the packet */
};

static u8 family_of(const struct sipalg_forward_question *q)
{
	return sipalg_inet_nfproto(&q->to.addr);
}

static struct nf_conntrack_tuple tuple_of(const struct sipalg_forward_question *q)
{
	struct nf_conntrack_tuple t = {
		.src.l3num = family_of(q),
		.src.u3 = sipalg_inet_of_addr(&q->from.addr),
		.src.u.all = htons(q->from.port),
		.dst.u3 = sipalg_inet_of_addr(&q->to.addr),
		.dst.u.all = htons(q->to.port),
		.dst.protonum = q->proto,
		.dst.dir = IP_CT_DIR_ORIGINAL,
	};

	return t;
}

/*
 * Makes a connection as conntrack makes it before NAT sees it.
 * Return: the connection, for which nf_ct_put() is to follow; NULL: there is no memory.
 */
static struct nf_conn *conn_of(const struct sipalg_forward_question *q)
{
	struct nf_conntrack_tuple there = tuple_of(q), back = {
		.src.l3num = there.src.l3num,
		.src.u3 = there.dst.u3,
		.src.u.all = there.dst.u.all,
		.dst.u3 = there.src.u3,
		.dst.u.all = there.src.u.all,
		.dst.protonum = q->proto,
		.dst.dir = IP_CT_DIR_REPLY,
	};
	struct nf_conn *ct = nf_conntrack_alloc(q->net, q->zone, &there, &back, GFP_ATOMIC);

	if (IS_ERR(ct))
		return NULL;
	refcount_set(&ct->ct_general.use, 1);
	return ct;
}

static void put_network_header(const struct sipalg_forward_question *q, struct sk_buff *skb,
			       u32 len)
{
	union nf_inet_addr from = sipalg_inet_of_addr(&q->from.addr);
	union nf_inet_addr to = sipalg_inet_of_addr(&q->to.addr);

	skb_reset_network_header(skb);
	if (family_of(q) == NFPROTO_IPV4) {
		struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 4;
		iph->ihl = sizeof(*iph) / 4;
		iph->tot_len = htons(sizeof(*iph) + len);
		iph->ttl = HOPS;
		iph->protocol = q->proto;
		iph->saddr = from.ip;
		iph->daddr = to.ip;
		ip_send_check(iph);
		skb->protocol = htons(ETH_P_IP);
	} else {
		struct ipv6hdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 6;
		iph->payload_len = htons(len);
		iph->nexthdr = q->proto;
		iph->hop_limit = HOPS;
		iph->saddr = from.in6;
		iph->daddr = to.in6;
		skb->protocol = htons(ETH_P_IPV6);
	}
}

static void put_transport_header(const struct sipalg_forward_question *q, struct sk_buff *skb)
{
	skb_set_transport_header(skb, skb->len);
	if (q->proto == IPPROTO_UDP) {
		struct udphdr *udp = skb_put_zero(skb, sizeof(*udp));

		udp->source = htons(q->from.port);
		udp->dest = htons(q->to.port);
		udp->len = htons(sizeof(*udp));
	} else {
		struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));

		tcp->source = htons(q->from.port);
		tcp->dest = htons(q->to.port);
		tcp->doff = sizeof(*tcp) / 4;
		tcp->syn = 1;
	}
}

/*
 * Makes the first packet of @ct, as the hook of NAT before routing gets it.
 * Return: the packet, which holds @ct; NULL: there is no memory.
 */
static struct sk_buff *packet_of(const struct sipalg_forward_question *q, struct nf_conn *ct)
{
	u32 len = q->proto == IPPROTO_UDP ? sizeof(struct udphdr) : sizeof(struct tcphdr);
	struct sk_buff *skb = alloc_skb(PACKET_MAX, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb->dev = q->in;
	skb->skb_iif = q->in->ifindex;
	put_network_header(q, skb, len);
	put_transport_header(q, skb);
	nf_conntrack_get(&ct->ct_general);
	nf_ct_set(skb, ct, IP_CT_NEW);
	return skb;
}

static const struct nf_hook_entries *hooks_of(const struct sipalg_forward_question *q)
{
	if (family_of(q) == NFPROTO_IPV4)
		return rcu_dereference(q->net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]);
	return rcu_dereference(q->net->nf.hooks_ipv6[NF_INET_PRE_ROUTING]);
}

/*
 * The hook of NAT calls all chains that have registered with it, in their order.  A chain of nft
 * may have the same priority and not belong to NAT; the type of its hook tells them apart.
 * Return: the hook; NULL: NAT has no hook.
 */
static const struct nf_hook_entry *nat_of(const struct nf_hook_entries *hooks)
{
	struct nf_hook_ops **ops;
	u32 i;

	if (!hooks)
		return NULL;
	ops = nf_hook_entries_get_hook_ops(hooks);
	for (i = 0; i < hooks->num_hook_entries; i++)
		if (ops[i]->priority == NF_IP_PRI_NAT_DST &&
		    ops[i]->hook_ops_type == SIPALG_OP_NAT)
			return &hooks->hooks[i];
	return NULL;
}

static void ask_nat_hook(const struct sipalg_forward_question *q, const struct nf_hook_entry *nat,
			 struct sk_buff *skb)
{
	struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = family_of(q),
		.in = q->in,
		.net = q->net,
	};

	if (nf_hook_entry_hookfn(nat, skb, &state) != NF_STOLEN)
		kfree_skb(skb);
}

struct sip_endpoint sipalg_forward_of(const struct sipalg_forward_question *q)
{
	const struct nf_hook_entry *nat = nat_of(hooks_of(q));
	struct nf_conn *ct = nat ? conn_of(q) : NULL;
	struct sip_endpoint to = q->to;
	struct sk_buff *skb;

	if (!ct)
		return to;
	skb = packet_of(q, ct);
	if (skb) {
		ask_nat_hook(q, nat, skb);
		to = sipalg_inet_source_of(&ct->tuplehash[IP_CT_DIR_REPLY].tuple);
	}
	nf_ct_put(ct);
	return to;
}
SIPALG_EXPORT_TEST(sipalg_forward_of);
