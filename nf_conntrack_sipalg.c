// SPDX-License-Identifier: GPL-2.0
/*
 * nf_conntrack_sipalg: the conntrack helper for SIP.
 *
 * The way of a packet, from top to bottom:
 *
 *	help()		is it ours at all; the connection's life is renewed
 *	read		one linear buffer, one parse; what is not SIP passes untouched
 *	judge		may this message open anything?
 *	decide		registrations and calls; pinholes are opened
 *	translate	(NAT module) edits are planned
 *	commit		(NAT module) the packet is written, once
 *	verdict		accept, or drop with a named reason
 *
 * A message that fails on the way takes back what it opened and passes as it came.
 * Verdicts are made here and nowhere below, by sipalg_pass() and sipalg_drop().
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/proc_fs.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sip_binding.h"
#include "sip_call.h"
#include "sip_chars.h"
#include "sip_pinhole.h"
#include "sipalg_compat.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"
#include "sipalg_net.h"

enum {
	PORT_MIN	= 1024,		/* SECURITY P3: nobody's service is behind a pinhole */
	HOOK_PRIORITY	= -150,		/* behind conntrack (-200), before DNAT (-100) */
};

static const struct sipalg_nat_hooks __rcu *nat_hooks __read_mostly;

void sipalg_set_nat_hooks(const struct sipalg_nat_hooks *hooks)
{
	rcu_assign_pointer(nat_hooks, hooks);
}

/* ---- verdicts --------------------------------------------------------------------- */

static int sipalg_pass(struct sipalg_ctx *ctx, enum sipalg_stat stat)
{
	sipalg_count(ctx->sn, stat);
	return NF_ACCEPT;
}

static int sipalg_drop(struct sipalg_ctx *ctx, enum sipalg_stat stat)
{
	sipalg_count(ctx->sn, stat);
	return NF_DROP;
}

static int sipalg_pass_malformed(struct sipalg_ctx *ctx, enum sip_fault fault)
{
	sipalg_count(ctx->sn, SIPALG_STAT_MALFORMED + fault);
	return ctx->set->strict ? sipalg_drop(ctx, SIPALG_STAT_MALFORMED_DROPPED) : NF_ACCEPT;
}

static int sipalg_pass_failed(struct sipalg_ctx *ctx, int err)
{
	switch (err) {
	case -E2BIG:
		return sipalg_pass(ctx, SIPALG_STAT_TOO_MANY_EDITS);
	case -ENOMEM:
		return sipalg_pass(ctx, SIPALG_STAT_NO_MEMORY);
	case -EADDRINUSE:	/* counted where the pinhole was not had */
	case -ENOSPC:
		return NF_ACCEPT;
	default:
		return sipalg_pass(ctx, SIPALG_STAT_COMMIT_FAILED);
	}
}

/* ---- context ------------------------------------------------------------------------ */

/*
 * One context waits on each CPU.  It is taken out while it is used, so this needs
 * neither preemption nor softirqs to be off; who finds the place empty, having
 * interrupted another user, makes one of its own.
 */
static struct sipalg_ctx * __percpu *ctx_slots;

static struct sipalg_ctx *ctx_get(void)
{
	struct sipalg_ctx *ctx = this_cpu_xchg(*ctx_slots, NULL);

	return ctx ? ctx : kmalloc(sizeof(*ctx), GFP_ATOMIC);
}

static void ctx_put(struct sipalg_ctx *ctx)
{
	kfree(this_cpu_xchg(*ctx_slots, ctx));
}

static void ctx_teardown(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(*per_cpu_ptr(ctx_slots, cpu));
	free_percpu(ctx_slots);
}

static int ctx_setup(void)
{
	int cpu;

	ctx_slots = alloc_percpu(struct sipalg_ctx *);
	if (!ctx_slots)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct sipalg_ctx *ctx = kmalloc_node(sizeof(*ctx), GFP_KERNEL, cpu_to_node(cpu));

		if (!ctx) {
			ctx_teardown();
			return -ENOMEM;
		}
		*per_cpu_ptr(ctx_slots, cpu) = ctx;
	}
	return 0;
}

/*
 * Four views of two parties.  help() runs behind NAT for the headers, so the
 * tuples tell all: each direction's source is its sender as it sees itself, and
 * the other direction's destination is that sender as the other side sees it.
 */
static void ctx_fill_flow(struct sipalg_ctx *ctx)
{
	const struct nf_conntrack_tuple *there = &ctx->ct->tuplehash[ctx->dir].tuple;
	const struct nf_conntrack_tuple *back = &ctx->ct->tuplehash[!ctx->dir].tuple;
	struct sipalg_flow_data *data = sipalg_flow_data(ctx->ct);
	struct sip_flow *flow = &ctx->flow;

	flow->self = sip_source_of(there);
	flow->self_mapped = sip_destination_of(back);
	flow->peer = sip_destination_of(there);
	flow->peer_real = sip_source_of(back);
	flow->memo = (struct sip_via_memo){ .form = SIP_VIA_UNSEEN };
	/* a connection that a binding let in goes to what the binding published */
	flow->is_published = test_bit(IPS_EXPECTED_BIT, &ctx->ct->status) &&
			     ctx->dir == IP_CT_DIR_ORIGINAL;
	if (data) {
		flow->memo = sipalg_flow_memo(data, !ctx->dir);
		flow->is_published |= READ_ONCE(data->published[!ctx->dir]);
	}
	ctx->is_nat = !sip_endpoint_equal(&flow->self, &flow->self_mapped) ||
		      !sip_endpoint_equal(&flow->peer, &flow->peer_real);
}

static bool sender_is_translated(const struct sipalg_ctx *ctx)
{
	return !sip_endpoint_equal(&ctx->flow.self, &ctx->flow.self_mapped);
}

static bool receiver_is_translated(const struct sipalg_ctx *ctx)
{
	return !sip_endpoint_equal(&ctx->flow.peer, &ctx->flow.peer_real);
}

/* Inside is who is hidden by NAT; without NAT, everybody is. */
static bool sender_is_inside(const struct sipalg_ctx *ctx)
{
	return sender_is_translated(ctx) || !ctx->is_nat;
}

static bool receiver_is_inside(const struct sipalg_ctx *ctx)
{
	return receiver_is_translated(ctx) || !ctx->is_nat;
}

/* ---- judge: SECURITY rules M1 and M3 --------------------------------------------------- */

static bool via_is_senders(struct sipalg_ctx *ctx)
{
	const struct sip_via *via = &ctx->msg.via;
	const struct sip_addr *by = &via->by.addr;

	if (via->transport == SIP_TRANSPORT_TCP)
		return false;
	return !by->family || sip_addr_equal(by, &ctx->flow.self.addr) ||
	       sip_addr_equal(by, &ctx->flow.self_mapped.addr);
}

static bool judge(struct sipalg_ctx *ctx)
{
	if (!sip_is_request(&ctx->msg))
		return true;	/* a response is judged by the request that it answers */
	if (ctx->msg.uri[0].scheme == SIP_SCHEME_OTHER)
		return false;
	if (via_is_senders(ctx))
		return true;
	sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_VIA);
	return false;
}

/* ---- media ------------------------------------------------------------------------------ */

/* Only these carry offers and answers: RFC 3261 13, 14, RFC 3262 5, RFC 3311 5, RFC 6337 2. */
static bool may_carry_sdp(const struct sip_msg *msg)
{
	if (!(msg->flags & SIP_MSG_SDP) || msg->flags & SIP_MSG_ENCODED || !msg->body.len)
		return false;
	switch (msg->method) {
	case SIP_INVITE:
	case SIP_UPDATE:
	case SIP_PRACK:
		return sip_is_request(msg) || msg->status < 300;
	case SIP_ACK:
		return true;
	default:
		return false;
	}
}

/* one media section on its way into the call */
struct section {
	struct sipalg_ctx *ctx;
	enum sip_side side;
	u64 tag;
	u8 index;
	const struct sdp_media *sdp;
	struct sip_endpoint rtp;
};

/* The ports that a section needs: RTP and RTCP in pairs, or a run of single ones. */
static u8 section_ports(const struct section *s, u16 *ports)
{
	u32 count = min_t(u32, s->sdp->count, SDP_MAX_PAIRS);
	u16 rtcp = sdp_rtcp_of(s->sdp);
	u32 i, step, n;

	if (s->sdp->rtcp_conn.addr.family &&
	    !sip_addr_equal(&s->sdp->rtcp_conn.addr, &s->rtp.addr))
		rtcp = 0;	/* RTCP goes to another host */
	step = rtcp >= PORT_MIN ? 2 : 1;
	for (i = 0, n = 0; i < count; i++) {
		u32 port = s->rtp.port + i * (s->sdp->is_rtp ? 2 : 1);

		if (port + 1 > 65535)
			break;
		ports[n++] = port;
		if (step == 2)
			ports[n++] = i ? port + 1 : rtcp;
	}
	return n;
}

static struct sip_pinhole_want media_want(const struct sipalg_ctx *ctx)
{
	u32 spread = ctx->call->id % (SIP_PINHOLE_CLASSES - SIP_PINHOLE_MEDIA);

	return (struct sip_pinhole_want){
		.sn = ctx->sn,
		.ct = ctx->ct,
		.real = ctx->flow.self.addr,
		.mapped = ctx->flow.self_mapped.addr,
		.keep_ports = !ctx->is_nat,
		.proto = IPPROTO_UDP,
		.class = SIP_PINHOLE_MEDIA + spread,
		.ttl_s = SIP_CALL_TTL_S,
	};
}

static int section_open(const struct section *s, struct sip_media *media)
{
	struct sipalg_ctx *ctx = s->ctx;
	struct sip_call *call = ctx->call;
	struct sip_pinhole_want want = media_want(ctx);
	struct sip_addr peer = ctx->flow.peer_real.addr;
	u32 max = ctx->set->pinholes_per_call;
	int err;

	want.n = section_ports(s, want.ports);
	want.is_pairs = s->sdp->is_rtp && want.n > 1;
	if (max && call->n_pinholes + want.n > max) {
		sipalg_count(ctx->sn, SIPALG_STAT_PINHOLES_FULL);
		return -ENOSPC;
	}
	/* the same on every node of a failover pair, so not keyed */
	want.seed = jhash(sip_slice_ptr(&ctx->text, ctx->msg.call_id), ctx->msg.call_id.len,
			  s->index);
	if (ctx->set->media_source == SIPALG_MEDIA_SIGNALLING)
		want.source = &peer;
	/* announced: nothing comes in before it is known from where; see arm_announced() */
	if (ctx->set->media_source == SIPALG_MEDIA_ANNOUNCED)
		err = sip_pinhole_reserve(&want, media->pin);
	else
		err = sip_pinhole_open(&want, media->pin);
	if (err)
		return err;
	media->n = want.n;
	call->n_pinholes += want.n;
	return 0;
}

/* Why a section of the sender's own address gets no pinhole; 0: it gets one. */
static int section_refused(const struct section *s)
{
	if (s->sdp->transport == SDP_TRANSPORT_TCP)
		return SIPALG_STAT_TCP_MEDIA;
	if (s->rtp.port < PORT_MIN)
		return SIPALG_STAT_LOW_PORT;
	return 0;
}

/* A stream at the sender's own address: found again, or opened. */
static int own_section(const struct section *s, struct sdp_target *target)
{
	struct sip_media *media;
	int refused = section_refused(s);
	int err;

	if (refused) {
		sipalg_count(s->ctx->sn, refused);
		return 0;
	}
	if (s->sdp->transport != SDP_TRANSPORT_UDP)
		return 0;
	media = sip_call_media(s->ctx->call, s->side, &s->rtp, IPPROTO_UDP);
	if (!media) {
		media = sip_call_add_media(s->ctx->call, s->side);
		if (!media)
			return -ENOMEM;
		media->rtp = s->rtp;
		media->proto = IPPROTO_UDP;
		err = section_open(s, media);
		if (err)
			return err;
	}
	media->tag = s->tag;
	media->index = s->index;
	media->is_held = s->sdp->is_held;
	media->rtcp = sdp_rtcp_of(s->sdp);
	if (media->n && s->ctx->is_nat) {
		target->port = media->pin[0]->mapped.port;
		if (s->sdp->is_rtp && media->n > 1)
			target->rtcp = media->pin[1]->mapped.port;
	}
	return 0;
}

/* A stream somewhere else: where it is, is remembered for the other side's pinholes. */
static int other_section(const struct section *s)
{
	struct sip_call *call = s->ctx->call;
	struct sip_media *media;

	list_for_each_entry(media, &call->media, node)
		if (!media->n && media->side == s->side && media->index == s->index &&
		    media->tag == s->tag)
			goto found;
	media = sip_call_add_media(call, s->side);
	if (!media)
		return -ENOMEM;
	media->tag = s->tag;
	media->index = s->index;
	media->proto = IPPROTO_UDP;
found:
	media->rtp = s->rtp;
	media->rtcp = sdp_rtcp_of(s->sdp);
	return 0;
}

/*
 * A description on its way to an inside host may name one of our own mappings,
 * because both parties are behind this NAT: the receiver gets the address behind it
 * and talks to the other one directly.
 */
static void hairpin_section(struct sipalg_ctx *ctx, u32 i)
{
	const struct sip_addr *addr = sdp_conn_of(&ctx->sdp, i);
	const struct sdp_media *media = &ctx->sdp.media[i];
	struct sdp_target *target = &ctx->sdp_plan.media[i];
	struct sip_pinhole_key key = {
		.addr = *addr, .port = media->port, .zone = nf_ct_zone(ctx->ct)->id,
		.proto = IPPROTO_UDP,
	};
	struct sip_pinhole *pin;

	if (!ctx->set->hairpin || !addr->family || !receiver_is_translated(ctx))
		return;
	pin = sip_pinhole_by_mapped(ctx->sn, &key);
	if (!pin || !pin->is_nat)
		return;
	target->addr = pin->real.addr;
	target->port = pin->real.port;
	key.port = sdp_rtcp_of(media);
	pin = key.port ? sip_pinhole_by_mapped(ctx->sn, &key) : NULL;
	if (pin && sip_addr_equal(&pin->real.addr, &target->addr))
		target->rtcp = pin->real.port;
}

static int decide_section(struct sipalg_ctx *ctx, u32 i, enum sip_side side)
{
	const struct sip_addr *addr = sdp_conn_of(&ctx->sdp, i);
	struct sdp_target *target = &ctx->sdp_plan.media[i];
	struct section s = {
		.ctx = ctx,
		.side = side,
		.index = i,
		.sdp = &ctx->sdp.media[i],
		.rtp = { *addr, ctx->sdp.media[i].port },
	};
	bool is_any = sip_addr_is_any(addr);
	bool is_own = sender_is_inside(ctx) && sip_addr_equal(addr, &ctx->flow.self.addr);
	const struct sip_msg *msg = &ctx->msg;
	struct sip_slice tag = sip_is_request(msg) ? msg->from_tag : msg->to_tag;

	if (is_own)
		target->addr = ctx->flow.self_mapped.addr;
	else
		hairpin_section(ctx, i);
	if (!ctx->call || !ctx->may_open)
		return 0;
	sip_call_hold(ctx->call, side, i, s.sdp->is_held || is_any);
	/* RFC 3264 8.2 and 8.4: a section that is off, and an old hold, name no stream */
	if (!s.rtp.port || !addr->family || is_any)
		return 0;
	s.tag = sipalg_digest(sip_slice_ptr(&ctx->text, tag), tag.len);
	if (is_own)
		return own_section(&s, target);
	if (sender_is_inside(ctx))
		sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_MEDIA);
	return other_section(&s);
}

/* media_source=announced: each pinhole lets in the address that the other side has announced. */
static int arm_announced(struct sipalg_ctx *ctx)
{
	struct sip_pinhole_want want = media_want(ctx);
	struct sip_media *media;
	struct sip_addr peer;
	u32 i;
	int err;

	want.source = &peer;
	list_for_each_entry(media, &ctx->call->media, node)
		for (i = 0; i < media->n; i++) {
			peer = sip_pinhole_peer(media->pin[i]).addr;
			err = peer.family ? sip_pinhole_arm(media->pin[i], &want) : 0;
			if (err)
				return err;
		}
	return 0;
}

/* Return: 0; -EBADMSG: the description is broken; or why a pinhole was not had. */
static int decide_media(struct sipalg_ctx *ctx, enum sip_side side)
{
	int err;
	u32 i;

	err = sdp_parse(&ctx->text, ctx->msg.body, &ctx->sdp);
	if (err == -ENOMSG)	/* says it is SDP, but is something else: none of ours */
		return 0;
	if (err) {
		ctx->msg.fault = SIP_FAULT_SDP;
		return err;
	}
	memset(&ctx->sdp_plan, 0, sizeof(ctx->sdp_plan));
	ctx->has_sdp = true;
	if (sender_is_translated(ctx)) {
		ctx->sdp_plan.from = ctx->flow.self.addr;
		ctx->sdp_plan.to = ctx->flow.self_mapped.addr;
	}
	if (ctx->sdp.n_over)
		sipalg_count(ctx->sn, SIPALG_STAT_MEDIA_OVER);
	for (i = 0; i < ctx->sdp.n_media; i++) {
		err = decide_section(ctx, i, side);
		if (err)
			return err;
	}
	if (!ctx->call || !ctx->may_open)
		return 0;
	sip_call_pair_media(ctx->call);
	return ctx->set->media_source == SIPALG_MEDIA_ANNOUNCED ? arm_announced(ctx) : 0;
}

/* ---- calls --------------------------------------------------------------------------------- */

static u64 digest_of(const struct sipalg_ctx *ctx, struct sip_slice s)
{
	return sipalg_digest(sip_slice_ptr(&ctx->text, s), s.len);
}

static struct sip_call_event call_event(const struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;

	return (struct sip_call_event){
		.sn = ctx->sn,
		.call_id = digest_of(ctx, msg->call_id),
		.from_tag = digest_of(ctx, msg->from_tag),
		.to_tag = digest_of(ctx, msg->to_tag),
		.branch = digest_of(ctx, msg->via.branch),
		.zone = nf_ct_zone(ctx->ct)->id,
		.cseq = msg->cseq,
		.session_s = msg->flags & SIP_MSG_SESSION ? msg->session : 0,
		.status = msg->status,
		.method = msg->method,
		.call_id_text = sip_slice_ptr(&ctx->text, msg->call_id),
		.call_id_len = msg->call_id.len,
		.sender = ctx->flow.self,
		.flow = &ctx->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple,
	};
}

/*
 * The sender wants to be reached on a port that no connection of its own has, as a
 * phone does that sends from one port and listens on another.  Requests of the
 * dialog, and responses by RFC 3261 18.2.2, will come there.
 */
static void open_contact(struct sipalg_ctx *ctx, const struct sip_host *at, u16 port)
{
	struct sip_pinhole_key key = {
		.addr = ctx->flow.self.addr, .port = port, .zone = nf_ct_zone(ctx->ct)->id,
		.proto = IPPROTO_UDP,
	};
	struct sip_pinhole_want want = media_want(ctx);
	struct sip_pinhole *pin;

	if (port == ctx->flow.self.port || port < PORT_MIN ||
	    !sip_addr_equal(&at->addr, &ctx->flow.self.addr))
		return;
	pin = sip_pinhole_signalling(ctx->sn, &key);
	if (pin && sip_call_has_contact(ctx->call, pin))
		return;
	if (!pin || !sip_pinhole_get(pin)) {
		want.ports[0] = port;
		want.n = 1;
		want.class = SIP_PINHOLE_SIGNALLING;
		want.is_lasting = true;
		want.seed = port;
		if (sip_pinhole_open(&want, &pin))
			return;		/* counted there; the address is translated all the same */
	}
	if (!sip_call_add_contact(ctx->call, pin))
		sip_pinhole_close(ctx->sn, pin, SIP_PINHOLE_LET);
}

static void open_contacts(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	const struct sip_via *via = &msg->via;
	u32 i;

	if (!sender_is_inside(ctx) || msg->method == SIP_ACK)
		return;
	if (sip_is_request(msg) && !via->has_rport)
		open_contact(ctx, &via->by, via->by.port.len ? via->by.num : SIP_PORT_DEFAULT);
	for (i = 0; i < msg->n_uris; i++)
		if (msg->uri[i].role == SIP_ROLE_CONTACT)
			open_contact(ctx, &msg->uri[i].at, sip_uri_port(&msg->uri[i]));
}

static int decide_call(struct sipalg_ctx *ctx)
{
	struct sip_call_event ev = call_event(ctx);
	enum sip_side request_side = SIP_CALLER;
	enum sip_side side;

	if (ctx->may_open) {
		ctx->call = sip_call_enter(&ev, &request_side);
		if (IS_ERR(ctx->call)) {	/* counted where it was not had */
			ctx->call = NULL;
			ctx->may_open = false;
		}
	}
	if (!ctx->call || sip_call_advance(ctx->call, &ev, request_side))
		ctx->may_open = false;
	if (ctx->may_open)
		open_contacts(ctx);
	if (ctx->call && ctx->call->state != SIP_CALL_ENDED)
		sipalg_flow_keep(ctx->ct, ctx->skb, SIP_CALL_TTL_S);
	if (!may_carry_sdp(&ctx->msg))
		return 0;
	side = sip_is_request(&ctx->msg) ? request_side : !request_side;
	return decide_media(ctx, side);
}

/* ---- registrations ---------------------------------------------------------------------------- */

/* A REGISTER and its answer speak of the phone: of the sender, then of the receiver. */
static struct sip_register register_of(const struct sipalg_ctx *ctx)
{
	const struct sip_flow *flow = &ctx->flow;
	bool is_request = sip_is_request(&ctx->msg);

	return (struct sip_register){
		.sn = ctx->sn,
		.ct = ctx->ct,
		.aor = digest_of(ctx, ctx->msg.to),
		.aor_text = sip_slice_ptr(&ctx->text, ctx->msg.to),
		.aor_len = ctx->msg.to.len,
		.call_id = digest_of(ctx, ctx->msg.call_id),
		.cseq = ctx->msg.cseq,
		.self = is_request ? flow->self : flow->peer_real,
		.mapped = is_request ? flow->self_mapped : flow->peer,
		.registrar = is_request ? flow->peer_real : flow->self,
		.proto = IPPROTO_UDP,
	};
}

static u32 expires_of(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	if (uri && uri->has_expires)
		return uri->expires;
	if (ctx->msg.flags & SIP_MSG_EXPIRES)
		return ctx->msg.expires;
	return ctx->set->register_default;
}

static void decide_register(struct sipalg_ctx *ctx)
{
	struct sip_register reg = register_of(ctx);
	u32 i;

	if (!ctx->may_open || !sender_is_inside(ctx))
		return;
	if (ctx->msg.flags & SIP_MSG_STAR)
		sip_binding_ask_none(&reg);
	for (i = 0; i < ctx->msg.n_uris; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];

		if (uri->role != SIP_ROLE_CONTACT)
			continue;
		if (!sip_addr_equal(&uri->at.addr, &reg.self.addr)) {
			sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_CONTACT);
			continue;
		}
		if (sip_uri_port(uri) < PORT_MIN) {
			sipalg_count(ctx->sn, SIPALG_STAT_LOW_PORT);
			continue;
		}
		/* without a pinhole the contact is still translated; why is counted */
		sip_binding_ask(&reg, sip_uri_port(uri), expires_of(ctx, uri));
	}
}

static void decide_registered(struct sipalg_ctx *ctx)
{
	struct sip_grant grants[SIP_MAX_VALUES];
	struct sip_register reg = register_of(ctx);
	u32 i, n = 0, life;

	if (ctx->msg.status / 100 != 2 || !receiver_is_inside(ctx))
		return;
	for (i = 0; i < ctx->msg.n_uris; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];

		if (uri->role != SIP_ROLE_CONTACT)
			continue;
		grants[n].contact.addr = uri->at.addr;
		grants[n].contact.port = sip_uri_port(uri);
		grants[n++].expires_s = expires_of(ctx, uri);
	}
	life = sip_binding_grant(&reg, grants, n, expires_of(ctx, NULL));
	if (life)
		sipalg_flow_keep(ctx->ct, ctx->skb, life);
}

/* RFC 6665 4.1.2: notifications come for the granted time, over the flow that subscribed. */
static void decide_subscribed(struct sipalg_ctx *ctx)
{
	if (ctx->msg.status / 100 == 2 && ctx->msg.flags & SIP_MSG_EXPIRES && ctx->msg.expires)
		sipalg_flow_keep(ctx->ct, ctx->skb,
				 min(ctx->msg.expires, ctx->set->register_max) +
				 SIP_BINDING_GRACE_S);
}

/* ---- pipeline ---------------------------------------------------------------------------------- */

static int decide(struct sipalg_ctx *ctx)
{
	bool is_request = sip_is_request(&ctx->msg);

	switch (ctx->msg.method) {
	case SIP_REGISTER:
		if (is_request)
			decide_register(ctx);
		else
			decide_registered(ctx);
		return 0;
	case SIP_SUBSCRIBE:
		if (!is_request)
			decide_subscribed(ctx);
		return 0;
	case SIP_OPTIONS:
	case SIP_PUBLISH:
	case SIP_METHOD_OTHER:
		return 0;
	default:
		return decide_call(ctx);
	}
}

/* What later messages of the connection need to know of this one. */
static void remember(struct sipalg_ctx *ctx)
{
	struct sipalg_flow_data *data = sipalg_flow_data(ctx->ct);
	u32 i;

	if (!data)
		return;
	if (sip_is_request(&ctx->msg))
		sipalg_flow_set_memo(data, ctx->dir, sip_via_form(&ctx->msg, &ctx->flow));
	if (!sender_is_translated(ctx) || !ctx->set->rewrite)
		return;
	for (i = 0; i < ctx->msg.n_uris; i++)
		if (ctx->msg.uri[i].role == SIP_ROLE_CONTACT &&
		    sip_addr_equal(&ctx->msg.uri[i].at.addr, &ctx->flow.self.addr))
			WRITE_ONCE(data->published[ctx->dir], 1);
}

static int translate_and_commit(struct sipalg_ctx *ctx, const struct sipalg_nat_hooks *nat)
{
	int err;

	if (!ctx->is_nat || !ctx->set->rewrite)
		return 0;
	err = nat->translate(ctx);
	if (err || !ctx->edits.n)
		return err;
	err = nat->commit(ctx);
	if (!err)
		sipalg_count(ctx->sn, SIPALG_STAT_TRANSLATED);
	return err;
}

static int handle_message(struct sipalg_ctx *ctx)
{
	const struct sipalg_nat_hooks *nat = rcu_dereference(nat_hooks);
	int err;

	ctx_fill_flow(ctx);
	if (ctx->msg.method == SIP_METHOD_OTHER) {
		if (!(ctx->is_nat ? ctx->set->unknown_nat : ctx->set->unknown_route))
			return sipalg_drop(ctx, SIPALG_STAT_UNKNOWN_DROPPED);
		sipalg_count(ctx->sn, SIPALG_STAT_UNKNOWN_METHOD);
	}
	if (ctx->is_nat && ctx->set->rewrite && !nat) {
		pr_info_once("connections are translated, but nf_nat_sipalg is not loaded\n");
		return sipalg_pass(ctx, SIPALG_STAT_NO_NAT_MODULE);
	}
	/* under NAT a pinhole is of use only where its port can be published */
	ctx->may_open = judge(ctx) && (!ctx->is_nat || ctx->set->rewrite);
	ctx->has_sdp = false;
	ctx->call = NULL;
	sip_edit_init(&ctx->edits);

	err = decide(ctx);
	if (!err)
		err = translate_and_commit(ctx, nat);
	if (ctx->call)
		sip_call_leave(ctx->sn, ctx->call, !err);
	if (err == -EBADMSG)
		return sipalg_pass_malformed(ctx, ctx->msg.fault);
	if (err)
		return sipalg_pass_failed(ctx, err);
	remember(ctx);
	return sipalg_pass(ctx, SIPALG_STAT_MESSAGES);
}

static int handle_datagram(struct sipalg_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;
	const struct udphdr *udph;
	int ret;

	ctx->dataoff = ctx->protoff + sizeof(struct udphdr);
	if (ctx->dataoff >= skb->len)
		return sipalg_pass(ctx, SIPALG_STAT_NOT_SIP);
	if (skb_is_gso(skb))
		return sipalg_pass(ctx, SIPALG_STAT_UDP_GSO);
	if (skb_linearize(skb))
		return sipalg_pass(ctx, SIPALG_STAT_NO_MEMORY);
	udph = (const struct udphdr *)(skb->data + ctx->protoff);
	if (ntohs(udph->len) != skb->len - ctx->protoff)
		return sipalg_pass(ctx, SIPALG_STAT_UDP_LENGTH);

	ctx->text = (struct sip_text){ skb->data + ctx->dataoff, skb->len - ctx->dataoff };
	ctx->base = sip_keepalive_len(&ctx->text);
	ctx->text.p += ctx->base;
	ctx->text.len -= ctx->base;
	ret = sip_parse_datagram(&ctx->text, &ctx->msg);
	if (ret == -ENOMSG)
		return sipalg_pass(ctx, SIPALG_STAT_NOT_SIP);
	if (ret < 0)
		return sipalg_pass_malformed(ctx, ctx->msg.fault);
	sipalg_count(ctx->sn, sip_is_request(&ctx->msg) ? SIPALG_STAT_REQUESTS :
							  SIPALG_STAT_RESPONSES);
	return handle_message(ctx);
}

/* ICMP errors about the connection reach a helper too, and so may the wrong protocol. */
static bool is_udp(const struct sk_buff *skb, const struct nf_conn *ct)
{
	__be16 frag_off;
	u8 proto;

	if (nf_ct_l3num(ct) == NFPROTO_IPV4)
		return ip_hdr(skb)->protocol == IPPROTO_UDP;
	proto = ipv6_hdr(skb)->nexthdr;
	return ipv6_skip_exthdr(skb, skb_network_offset(skb) + sizeof(struct ipv6hdr), &proto,
				&frag_off) >= 0 && proto == IPPROTO_UDP;
}

static int sipalg_help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo)
{
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	const struct sipalg_settings *set = sipalg_settings(sn);
	struct sipalg_ctx *ctx;
	int verdict;

	/* on loopback a packet comes by twice, the second time translated already */
	if (!set->enabled || !is_udp(skb, ct) || nf_is_loopback_packet(skb))
		return NF_ACCEPT;
	sipalg_count(sn, SIPALG_STAT_PACKETS);
	sipalg_flow_refresh(ct, skb);
	ctx = ctx_get();
	if (!ctx) {
		sipalg_count(sn, SIPALG_STAT_NO_MEMORY);
		return NF_ACCEPT;
	}
	ctx->skb = skb;
	ctx->ct = ct;
	ctx->ctinfo = ctinfo;
	ctx->dir = CTINFO2DIR(ctinfo);
	ctx->protoff = protoff;
	ctx->sn = sn;
	ctx->set = set;
	verdict = handle_datagram(ctx);
	ctx_put(ctx);
	return verdict;
}

/* ---- helpers and hooks -------------------------------------------------------------------------- */

/*
 * The times hold on a failover peer until it hears of the call itself; here they
 * are extended for as long as an owner needs the pinhole.  Never change the order.
 */
static const struct nf_conntrack_expect_policy policy[SIP_PINHOLE_CLASSES] = {
	{ .name = "signalling", .max_expected = NF_CT_EXPECT_MAX_CNT, .timeout = 3632 },
	{ .name = "media-a", .max_expected = NF_CT_EXPECT_MAX_CNT, .timeout = 240 },
	{ .name = "media-b", .max_expected = NF_CT_EXPECT_MAX_CNT, .timeout = 240 },
	{ .name = "media-c", .max_expected = NF_CT_EXPECT_MAX_CNT, .timeout = 240 },
};

static struct sipalg_helpers helpers;

/* A packet of a new connection that no rule has given a helper yet. */
static bool is_unhelped(const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return ct && ctinfo == IP_CT_NEW && !nf_ct_is_confirmed(ct) && !nf_ct_is_template(ct) &&
	       nf_ct_protonum(ct) == IPPROTO_UDP;
}

static bool port_is_listed(const struct sipalg_ports *ports, u16 port)
{
	u32 i;

	for (i = 0; i < ports->n; i++)
		if (ports->port[i] == port)
			return true;
	return false;
}

/* auto_attach: what a rule "ct helper set" would do. */
static unsigned int attach_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	struct nf_conntrack_helper *helper;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct nf_conn_help *help;
	u16 port;

	if (!is_unhelped(ct, ctinfo) || test_bit(IPS_HELPER_BIT, &ct->status) || nfct_help(ct))
		return NF_ACCEPT;
	port = ntohs(ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u.udp.port);
	if (!port_is_listed(&sipalg_settings(sn)->ports, port))
		return NF_ACCEPT;
	helper = sipalg_helper(&helpers, nf_ct_l3num(ct) == NFPROTO_IPV6);
	help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help || !sipalg_helper_get(helper))
		return NF_ACCEPT;
	rcu_assign_pointer(help->helper, helper);
	set_bit(IPS_HELPER_BIT, &ct->status);
	sipalg_count(sn, SIPALG_STAT_AUTO_ATTACHED);
	return NF_ACCEPT;
}

/* As init_conntrack() does for an expected connection; @ct takes the reference over. */
static void relate(struct sk_buff *skb, struct nf_conn *ct, struct nf_conn *master)
{
	ct->master = master;
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	ct->mark = READ_ONCE(master->mark);
#endif
#if IS_ENABLED(CONFIG_NF_CONNTRACK_SECMARK)
	ct->secmark = master->secmark;
#endif
	set_bit(IPS_EXPECTED_BIT, &ct->status);
	nf_ct_set(skb, ct, IP_CT_RELATED);
}

/*
 * A host sends media before it hears any: the connection is related to the call
 * like one that a pinhole let in, and leaves from the published port.  Only to
 * the peer that was announced for the stream.
 */
static unsigned int media_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	const struct sipalg_nat_hooks *nat = rcu_dereference(nat_hooks);
	struct nf_conntrack_tuple_hash *h;
	const struct nf_conntrack_tuple *t;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct sip_pinhole_key key;
	struct sip_endpoint peer;
	struct sip_pinhole *pin;

	if (!is_unhelped(ct, ctinfo))
		return NF_ACCEPT;
	t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	key = (struct sip_pinhole_key){
		.addr = sip_addr_of(t->src.l3num, &t->src.u3),
		.port = ntohs(t->src.u.udp.port),
		.zone = nf_ct_zone(ct)->id,
		.proto = IPPROTO_UDP,
	};
	peer = sip_destination_of(t);
	pin = sip_pinhole_by_real(sn, &key, &peer);
	if (!pin || pin->class == SIP_PINHOLE_SIGNALLING)
		return NF_ACCEPT;
	h = nf_conntrack_find_get(state->net, nf_ct_zone(ct), &pin->master);
	if (!h)
		return NF_ACCEPT;
	relate(skb, ct, nf_ct_tuplehash_to_ctrack(h));
	sip_pinhole_used(sn, pin, ct);
	if (pin->is_nat && nat)
		nat->source(ct, pin);
	sipalg_count(sn, SIPALG_STAT_MEDIA_OUT);
	return NF_ACCEPT;
}

#define HOOK(fn, family, num)						\
	{ .hook = fn, .pf = family, .hooknum = num, .priority = HOOK_PRIORITY }

static const struct nf_hook_ops attach_ops[] = {
	HOOK(attach_hook, NFPROTO_IPV4, NF_INET_PRE_ROUTING),
	HOOK(attach_hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT),
	HOOK(attach_hook, NFPROTO_IPV6, NF_INET_PRE_ROUTING),
	HOOK(attach_hook, NFPROTO_IPV6, NF_INET_LOCAL_OUT),
};

static const struct nf_hook_ops media_ops[] = {
	HOOK(media_hook, NFPROTO_IPV4, NF_INET_PRE_ROUTING),
	HOOK(media_hook, NFPROTO_IPV6, NF_INET_PRE_ROUTING),
};

/* Without a rule that needs it conntrack is off in a namespace, so auto_attach asks for it. */
static int set_attached(struct sipalg_net *sn, bool on)
{
	int err;

	if (!on) {
		nf_unregister_net_hooks(sn->net, attach_ops, ARRAY_SIZE(attach_ops));
		nf_ct_netns_put(sn->net, NFPROTO_INET);
		return 0;
	}
	err = nf_ct_netns_get(sn->net, NFPROTO_INET);
	if (err)
		return err;
	err = nf_register_net_hooks(sn->net, attach_ops, ARRAY_SIZE(attach_ops));
	if (err)
		nf_ct_netns_put(sn->net, NFPROTO_INET);
	return err;
}

/* ---- namespaces and module ------------------------------------------------------------------------ */

static void gc_work(struct work_struct *work)
{
	struct sipalg_net *sn = container_of(to_delayed_work(work), struct sipalg_net, gc);

	bool more = sip_call_gc(sn);

	more |= sip_binding_gc(sn);
	if (more)
		sipalg_gc_soon(sn);
}

/* "end ID", written to the list of calls */
static int calls_write(struct file *file, char *buf, size_t size)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(file->private_data));
	u32 id;

	if (strncmp(buf, "end ", 4) || kstrtou32(strim(buf + 4), 10, &id))
		return -EINVAL;
	return sip_call_end_by_id(sn, id);
}

static void remove_files(struct sipalg_net *sn)
{
	remove_proc_subtree("calls", sn->proc);
	remove_proc_subtree("bindings", sn->proc);
}

static int __net_init sipalg_net_init(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);
	int err;

	INIT_DELAYED_WORK(&sn->gc, gc_work);
	err = sipalg_net_setup(sn, net);
	if (err)
		return err;
	err = sip_pinhole_setup(sn);
	if (err)
		goto teardown_net;
	err = sip_call_setup(sn);
	if (err)
		goto teardown_pinholes;
	err = sip_binding_setup(sn);
	if (err)
		goto teardown_calls;
	err = -ENOMEM;
	if (!proc_create_net_data_write("calls", 0600, sn->proc, &sip_call_seq_ops, calls_write,
					sip_call_seq_size(), NULL) ||
	    !proc_create_net_data("bindings", 0400, sn->proc, &sip_binding_seq_ops,
				  sip_binding_seq_size(), NULL))
		goto remove_files;
	err = nf_register_net_hooks(net, media_ops, ARRAY_SIZE(media_ops));
	if (err)
		goto remove_files;
	return 0;

remove_files:
	remove_files(sn);
	sip_binding_teardown(sn);
teardown_calls:
	sip_call_teardown(sn);
teardown_pinholes:
	sip_pinhole_teardown(sn);
teardown_net:
	sipalg_net_teardown(sn);
	return err;
}

/* No packet comes any more: the helpers are unregistered, or the namespace has no devices. */
static void __net_exit sipalg_net_exit(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);

	nf_unregister_net_hooks(net, media_ops, ARRAY_SIZE(media_ops));
	cancel_delayed_work_sync(&sn->gc);
	remove_files(sn);
	sip_binding_teardown(sn);
	sip_call_teardown(sn);
	sip_pinhole_teardown(sn);
	sipalg_net_teardown(sn);
}

static struct pernet_operations sipalg_net_ops = {
	.init = sipalg_net_init,
	.exit = sipalg_net_exit,
	.id = &sipalg_net_id,
	.size = sizeof(struct sipalg_net),
};

static int __init sipalg_init(void)
{
	int err;

	sipalg_hash_init();
	err = ctx_setup();
	if (err)
		return err;
	err = sip_pinhole_module_init();
	if (err)
		goto free_ctx;
	err = sip_call_module_init();
	if (err)
		goto exit_pinholes;
	err = sip_binding_module_init();
	if (err)
		goto exit_calls;
	sipalg_helper_init(&helpers.h[0], NFPROTO_IPV4, IPPROTO_UDP, "sipalg", policy,
			   ARRAY_SIZE(policy) - 1, sipalg_help);
	sipalg_helper_init(&helpers.h[1], NFPROTO_IPV6, IPPROTO_UDP, "sipalg", policy,
			   ARRAY_SIZE(policy) - 1, sipalg_help);
	sipalg_set_attach(set_attached);
	err = register_pernet_subsys(&sipalg_net_ops);
	if (err)
		goto exit_bindings;
	err = sipalg_helpers_register(&helpers);
	if (err) {
		pr_err("cannot register the helper: %d\n", err);
		goto unregister_net;
	}
	return 0;

unregister_net:
	unregister_pernet_subsys(&sipalg_net_ops);
exit_bindings:
	sip_binding_module_exit();
exit_calls:
	sip_call_module_exit();
exit_pinholes:
	sip_pinhole_module_exit();
free_ctx:
	ctx_teardown();
	return err;
}

static void __exit sipalg_exit(void)
{
	sipalg_helpers_unregister(&helpers);
	synchronize_rcu();
	unregister_pernet_subsys(&sipalg_net_ops);
	sip_binding_module_exit();
	sip_call_module_exit();
	sip_pinhole_module_exit();
	ctx_teardown();
}

module_init(sipalg_init);
module_exit(sipalg_exit);

/* what the NAT module and the unit tests use; the text core itself knows no kernel */
SIPALG_EXPORT(sipalg_set_nat_hooks);
SIPALG_EXPORT(sip_chars);
SIPALG_EXPORT(sip_addr_parse);
SIPALG_EXPORT(sip_addr_write);
SIPALG_EXPORT(sip_edit_add);
SIPALG_EXPORT(sip_edit_mark);
SIPALG_EXPORT(sip_edit_rollback);
SIPALG_EXPORT(sip_edit_render);
SIPALG_EXPORT(sip_parse);
SIPALG_EXPORT(sip_parse_body);
SIPALG_EXPORT(sip_parse_datagram);
SIPALG_EXPORT(sip_keepalive_len);
SIPALG_EXPORT(sip_number);
SIPALG_EXPORT(sip_number_write);
SIPALG_EXPORT(sip_line_end);
SIPALG_EXPORT(sip_uri_port);
SIPALG_EXPORT(sip_via_form);
SIPALG_EXPORT(sip_header_decide);
SIPALG_EXPORT(sip_header_plan);
SIPALG_EXPORT(sip_length_plan);
SIPALG_EXPORT(sdp_parse);
SIPALG_EXPORT(sdp_conn_of);
SIPALG_EXPORT(sdp_rtcp_of);
SIPALG_EXPORT(sdp_plan);

MODULE_DESCRIPTION("SIP application layer gateway: connection tracking helper");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NFCT_HELPER("sipalg");
