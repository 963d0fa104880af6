// SPDX-License-Identifier: GPL-2.0
/*
 * nf_nat_sipalg: the part of the SIP helper that works under NAT.
 *
 * It does three things: it plans the edits of a message from the addresses that are known, it
 * writes the packet once, and it sets up the NAT of connections that belong to a call.  Before
 * that, nf_conntrack_sipalg has decided which pinholes to open and which addresses to trust.
 */
#include <linux/module.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_helper.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_expect.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_compat.h"
#include "sipalg_contact.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"

/* ---- planning -------------------------------------------------------------------- */

/*
 * A URI or Via has the own address of the sender, with another port than the connection: if a
 * pinhole publishes this port, the published port is written.  Return: whether one does.
 */
static bool refine_own(struct sipalg_ctx *ctx, u16 port, struct sip_target *target)
{
	struct sipalg_pinhole_key key = sipalg_contact_key(ctx, port, ctx->proto);
	struct sip_endpoint mapped = { target->to.addr };
	struct sipalg_pinhole *pin = sipalg_pinhole_signalling(ctx->sn, &key, &mapped);

	if (!pin)
		return false;
	target->change = SIP_SET;
	target->to.port = pin->mapped.port;
	return true;
}

/* Whether the other side will send requests to a URI. */
static bool is_way_back(const struct sip_uri *uri)
{
	return uri->role == SIP_ROLE_CONTACT || uri->role == SIP_ROLE_RECORD_ROUTE ||
	       uri->role == SIP_ROLE_PATH;
}

/*
 * Handles a contact or hop at another port than the connection.  Over TCP the sender listens at
 * this port, which cannot be reached without a pinhole.  So the connection itself is published,
 * and a proxy uses it for requests to the contact (RFC 5626, RFC 5923).
 */
static void refine_way_back(struct sipalg_ctx *ctx, const struct sip_uri *uri,
			    struct sip_target *target)
{
	if (!refine_own(ctx, sip_uri_port(uri), target) && ctx->seg)
		target->change = SIP_SET;
}

/* Leads back a URI that names a mapping of the receiver, published on another connection. */
static void refine_back(struct sipalg_ctx *ctx, const struct sip_uri *uri,
			struct sip_target *target)
{
	/* most URIs name the own address of the receiver, which has no mapping here */
	if (sip_addr_equal(&uri->at.addr, &ctx->flow.peer_real.addr) &&
	    !sipalg_receiver_is_translated(ctx))
		return;
	if (sipalg_contact_back(ctx, uri, &target->to))
		target->change = SIP_SET;
}

/* Whether a URI may lead a mapping that we published back to its owner. */
static bool may_come_back(const struct sip_msg *msg, const struct sip_uri *uri)
{
	switch (uri->role) {
	case SIP_ROLE_REQUEST:
	case SIP_ROLE_ROUTE:
		return sip_is_request(msg);
	case SIP_ROLE_CONTACT:
		return !sip_is_request(msg) && msg->method == SIP_REGISTER;
	default:
		return true;
	}
}

/* Corrects the target that the flow gives a URI, by pinholes and bindings. */
static void refine_uri(struct sipalg_ctx *ctx, const struct sip_uri *uri,
		       struct sip_target *target)
{
	bool is_own = target->change == SIP_SET || target->change == SIP_SET_ADDR;

	if (is_own && sipalg_contact_is_elsewhere(ctx, uri, &target->to))
		target->change = SIP_SET;
	else if (target->change == SIP_SET_ADDR && is_way_back(uri))
		refine_way_back(ctx, uri, target);
	else if (target->change == SIP_KEEP && uri->at.addr.family &&
		 may_come_back(&ctx->msg, uri))
		refine_back(ctx, uri, target);
}

static void refine_rewrite(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	struct sip_header_plan *plan = &ctx->plan;
	u32 i;

	if (sip_is_request(msg) && plan->via.change == SIP_SET_ADDR)
		refine_own(ctx, sipalg_via_port(&msg->via), &plan->via);
	for (i = 0; i < msg->n_uris; i++)
		refine_uri(ctx, &msg->uri[i], &plan->uri[i]);
}

/* Whether the top Via of a response names a port of the receiver when it arrives there. */
static bool via_says(const struct sipalg_ctx *ctx, u16 port)
{
	const struct sip_target *target = &ctx->plan.via;
	const struct sip_via *via = &ctx->msg.via;

	if (target->change != SIP_KEEP)
		return target->to.port == port;
	return sip_addr_equal(&via->by.addr, &ctx->flow.peer_real.addr) &&
	       sipalg_via_port(via) == port;
}

/*
 * RFC 3261 18.2.2: without rport a response goes to the port of the Via.  Some servers send it to
 * the port from which the request came, where the phone does not listen.  Then it is led to the
 * port of the Via.  A request of such a server is led there as well, unless the Contact of the
 * phone names the port from which it sends.
 */
static u16 led_to(const struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	bool is_meant;

	if (!ctx->via_port || !data)
		return 0;
	if (sip_is_request(&ctx->msg))
		is_meant = !(READ_ONCE(data->published[!ctx->dir]) & SIPALG_FLOW_AT_PORT);
	else
		is_meant = via_says(ctx, ctx->via_port);
	return is_meant ? ctx->via_port : 0;
}

static int translate_message(struct sipalg_ctx *ctx)
{
	int err;

	sip_header_decide(&ctx->text, &ctx->msg, &ctx->flow, &ctx->plan);
	refine_rewrite(ctx);
	ctx->lead_to = led_to(ctx);
	/* from the front to the back, in which order adding edits takes the least work */
	err = sip_header_plan_edits(&ctx->edits, &ctx->text, ctx->base, &ctx->msg, &ctx->plan);
	if (!err && ctx->body.n)
		err = sip_body_plan(&ctx->edits, &ctx->text, ctx->base, &ctx->msg, &ctx->body);
	return err;
}

/* ---- writing --------------------------------------------------------------------- */

/*
 * Changes the length of the packet at its end by @delta bytes, and corrects lengths and checksums.
 * The kernel has the checksum computed when the packet leaves, so the payload may be written
 * before this and after it.
 */
static int resize_payload(struct sipalg_ctx *ctx, u32 len, s32 delta)
{
	u32 grow = delta > 0 ? delta : 0, shrink = delta < 0 ? -delta : 0;

	/* the new room may be filled with any @grow readable bytes */
	static_assert(sizeof(ctx->edits.pool) >= SIP_MAX_GROWTH);
	if (!nf_nat_mangle_udp_packet(ctx->skb, ctx->ct, ctx->ctinfo, ctx->protoff,
				      len - shrink, shrink, ctx->edits.pool, grow))
		return -ENOMEM;
	return 0;
}

/* Whether the packet leaves this host in one piece; no other host cuts a packet with DF. */
static bool fits_mtu(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return dst && skb->len <= dst_mtu(dst);
}

/*
 * A packet that grows may become too long for its path.  Its sender can do nothing about that, so
 * it is cut even if it has DF set or is IPv6.  A packet with DF needs no identification of its own
 * (RFC 6864 4.1), but its fragments do.
 */
static void allow_fragments(struct sk_buff *skb, const struct nf_conn *ct)
{
	struct iphdr *iph = ip_hdr(skb);

	skb->ignore_df = 1;
	if (nf_ct_l3num(ct) != NFPROTO_IPV4 || !(iph->frag_off & htons(IP_DF)) || fits_mtu(skb))
		return;
	__ip_select_ident(nf_ct_net(ct), iph, 1);
	ip_send_check(iph);
}

/* May run before or after resize_payload(): the checksum is computed when the packet leaves. */
static void lead_to_listener(struct sipalg_ctx *ctx)
{
	struct udphdr *udph = (struct udphdr *)(ctx->skb->data + ctx->protoff);

	if (ctx->lead_to)
		udph->dest = htons(ctx->lead_to);
}

/*
 * The commit moves the text, so no slice of ctx->msg may be read after it.  Each step that can fail
 * comes before the first byte is changed: a packet that grows gets its room before it is written,
 * and a packet that shrinks is written before it is cut.
 */
static int commit_edits(struct sipalg_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;
	u32 len = skb->len - ctx->dataoff;
	s32 delta = ctx->edits.delta;
	int ret;

	if (delta > 0 && skb->len + delta > SIP_MAX_MESSAGE)
		return -E2BIG;
	if (delta > 0)
		ret = resize_payload(ctx, len, delta);
	else
		ret = skb_ensure_writable(skb, skb->len);
	if (ret)
		return ret;
	ret = sip_edit_render(&ctx->edits, skb->data + ctx->dataoff, len,
			      skb->len - ctx->dataoff);
	/* the edits lie in the text that they came from, so this does not fail */
	if (WARN_ON_ONCE(ret < 0))
		return ret;
	lead_to_listener(ctx);
	if (delta <= 0)
		return resize_payload(ctx, len, delta);
	allow_fragments(skb, ctx->ct);
	return 0;
}

/* ---- connections ----------------------------------------------------------------- */

static struct nf_nat_range2 range_of(const union nf_inet_addr *addr,
				     union nf_conntrack_man_proto proto)
{
	return (struct nf_nat_range2){
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
		.min_addr = *addr,
		.max_addr = *addr,
		.min_proto = proto,
		.max_proto = proto,
	};
}

static void snat_media(struct nf_conn *ct, const struct sip_endpoint *mapped)
{
	union nf_inet_addr addr = sipalg_inet_of_addr(&mapped->addr);
	union nf_conntrack_man_proto port = { .all = htons(mapped->port) };
	struct nf_nat_range2 range = range_of(&addr, port);

	if (!(ct->status & IPS_SRC_NAT_DONE))
		nf_nat_setup_info(ct, &range, NF_NAT_MANIP_SRC);
}

/*
 * The host that comes through the pinhole may be inside itself, and its port may be published.
 * Then its packets get the published address as their source (RFC 4787 REQ-9): the other host
 * knows this address, and its answer to it is the other direction of the same connection.
 */
static void turn_around(struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	struct sip_endpoint from = sipalg_inet_source_of(t), peer = sipalg_inet_destination_of(t);
	struct sipalg_pinhole_key key = {
		.addr = from.addr,
		.port = from.port,
		.zone = nf_ct_zone(ct)->id,
		.proto = t->dst.protonum,
	};
	struct sipalg_pinhole *pin = sipalg_pinhole_by_real(sn, &key, &peer);
	struct sip_endpoint mapped;

	if (!pin || !pin->is_nat || pin->class == SIPALG_PINHOLE_SIGNALLING)
		return;
	sipalg_pinhole_expect_conn(sn, pin, ct);
	mapped = (struct sip_endpoint){ pin->mapped.addr, pin->mapped.port };
	snat_media(ct, &mapped);
}

/*
 * A packet came through a pinhole and is led to the real address of the pinhole.  User space or a
 * failover peer may have made the expectation, so nothing in it is taken for granted.
 */
static void nat_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	struct nf_nat_range2 range;

	if (ct->status & IPS_NAT_DONE_MASK || !sipalg_expect_has_nat(exp))
		return;
	range = range_of(&exp->saved_addr, exp->saved_proto);
	nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST);
	turn_around(ct);
}

/* ---- module ---------------------------------------------------------------------- */

static const struct sipalg_nat_hooks hooks = {
	.translate = translate_message,
	.commit = commit_edits,
	.snat = snat_media,
};

static struct nf_conntrack_nat_helper nat_helper = NF_CT_NAT_HELPER_INIT(SIPALG_NAME);

static int __init sipalg_nat_init(void)
{
	nf_nat_helper_register(&nat_helper);
	sipalg_pinhole_expect_nat(nat_expected);
	sipalg_set_nat_hooks(&hooks);
	return 0;
}

static void __exit sipalg_nat_exit(void)
{
	nf_nat_helper_unregister(&nat_helper);
	sipalg_set_nat_hooks(NULL);
	synchronize_rcu();	/* no packet makes an expectation with NAT any more */
	sipalg_pinhole_expect_nat(NULL);
}

module_init(sipalg_nat_init);
module_exit(sipalg_nat_exit);

MODULE_DESCRIPTION("SIP application layer gateway: NAT helper");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NF_NAT_HELPER(SIPALG_NAME);
SIPALG_IMPORT_NS;
