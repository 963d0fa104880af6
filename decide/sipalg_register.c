// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_register: the pinholes of registrations and subscriptions, and the hosts that may call in
 * through them.  See sipalg_register.h.
 */
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_binding.h"
#include "sipalg_caller.h"
#include "sipalg_pinhole.h"
#include "sipalg_contact.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"
#include "sipalg_register.h"

/* ---- registrations --------------------------------------------------------------- */

/* A REGISTER is about its sender, the phone; its answer is about its receiver, the same phone. */
static struct sipalg_binding_request register_of(struct sipalg_ctx *ctx)
{
	const struct sip_flow *flow = &ctx->flow;
	bool is_request = sip_is_request(&ctx->msg);
	const struct sip_via *via = &ctx->msg.via;

	return (struct sipalg_binding_request){
		.sn = ctx->sn,
		.ct = ctx->ct,
		.aor = sipalg_digest_of(ctx, ctx->msg.to),
		.aor_text = sip_slice_ptr(&ctx->text, ctx->msg.to),
		.aor_len = ctx->msg.to.len,
		.call_id = sipalg_id_of(ctx, &ctx->ids.call_id, ctx->msg.call_id),
		.cseq = ctx->msg.cseq,
		.branch = sipalg_id_of(ctx, &ctx->ids.branch, ctx->msg.via.branch),
		.self = is_request ? flow->self : flow->peer_real,
		.mapped = is_request ? flow->self_mapped : flow->peer,
		.registrar = is_request ? flow->peer_real : flow->self,
		.answer_port = is_request && !ctx->seg && !via->has_rport ?
			       sipalg_via_port(via) : 0,
		.proto = ctx->proto,
		.on_flow = ctx->seg && !ctx->set->tcp_contact,
	};
}

/* The request for a contact over @proto; over the other protocol no port of it is known. */
static struct sipalg_binding_request register_by(const struct sipalg_ctx *ctx,
						 const struct sipalg_binding_request *reg, u8 proto)
{
	struct sipalg_binding_request other = *reg;

	if (proto == reg->proto)
		return other;
	other.proto = proto;
	other.self.port = 0;
	other.mapped.port = 0;
	other.answer_port = 0;
	other.on_flow = false;
	return other;
}

static u32 expires_of(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	if (uri && uri->has_expires)
		return uri->expires;
	if (ctx->msg.flags & SIP_MSG_EXPIRES)
		return ctx->msg.expires;
	return ctx->set->register_default;
}

void sipalg_decide_register(struct sipalg_ctx *ctx)
{
	struct sipalg_binding_request reg = register_of(ctx);
	u32 i;

	if (!ctx->may_open || !sipalg_sender_is_inside(ctx) || sipalg_is_silent(ctx))
		return;
	if (ctx->msg.flags & SIP_MSG_STAR)
		sipalg_binding_ask_none(&reg);
	for (i = 0; i < ctx->msg.n_uris; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];
		struct sipalg_binding_request by;

		if (uri->role != SIP_ROLE_CONTACT)
			continue;
		if (!sip_addr_equal(&uri->at.addr, &reg.self.addr)) {
			sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_CONTACT);
			continue;
		}
		if (sip_uri_port(uri) < SIPALG_PORT_MIN) {
			sipalg_count(ctx->sn, SIPALG_STAT_LOW_PORT);
			continue;
		}
		/* without a pinhole the contact is still translated, and the reason is counted */
		by = register_by(ctx, &reg, sipalg_contact_proto(ctx, uri));
		sipalg_binding_ask(&by, sip_uri_port(uri), expires_of(ctx, uri));
	}
}

/*
 * signalling_source=learned: finds the hosts through which the registrar reaches the phone
 * (RFC 3327 5.3), and those to which the phone shall send its requests (RFC 3608 6.1).  Return:
 * number of hosts.
 */
static u32 callers_of(const struct sipalg_ctx *ctx, struct sip_addr *callers, u32 max)
{
	u32 i, n = 0;

	if (ctx->set->signalling_source != SIPALG_SIGNALLING_LEARNED)
		return 0;
	for (i = 0; i < ctx->msg.n_uris && n < max; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];

		if (uri->at.addr.family && (uri->role == SIP_ROLE_PATH ||
					    uri->role == SIP_ROLE_SERVICE_ROUTE))
			callers[n++] = uri->at.addr;
	}
	return n;
}

/*
 * With rewrite=0, or for a phone outside, the registrar knows that the phone is reached over the
 * connection, which lives as long as the longest registration that the answer lists.
 */
static void keep_registered(struct sipalg_ctx *ctx)
{
	u32 i, life = 0;

	if (!ctx->was_asked)
		return;
	for (i = 0; i < ctx->msg.n_uris; i++)
		if (ctx->msg.uri[i].role == SIP_ROLE_CONTACT)
			life = max(life, expires_of(ctx, &ctx->msg.uri[i]));
	if (life)
		sipalg_flow_keep(ctx->ct, ctx->skb, clamp(life, ctx->set->register_min,
							  ctx->set->register_max) +
				 SIPALG_BINDING_GRACE_S);
}

void sipalg_decide_registered(struct sipalg_ctx *ctx)
{
	struct sipalg_grant *grants = ctx->grants;
	struct sip_addr callers[SIPALG_PINHOLE_CALLERS - 1];	/* the registrar has one place */
	struct sipalg_binding_request reg = register_of(ctx);
	u32 i, n = 0, life;

	if (ctx->msg.status / 100 != 2 || (ctx->is_nat && !sipalg_receiver_is_translated(ctx)))
		return;
	/* the registrar of a phone outside has the connection to it, and needs no pinhole */
	if (sipalg_is_silent(ctx) || ctx->is_outside[1]) {
		keep_registered(ctx);
		return;
	}
	for (i = 0; i < ctx->msg.n_uris; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];

		if (uri->role != SIP_ROLE_CONTACT)
			continue;
		grants[n].contact.addr = uri->at.addr;
		grants[n].contact.port = sip_uri_port(uri);
		grants[n++].expires_s = expires_of(ctx, uri);
	}
	reg.callers = callers;
	reg.n_callers = callers_of(ctx, callers, ARRAY_SIZE(callers));
	life = sipalg_binding_grant(&reg, grants, n, expires_of(ctx, NULL));
	if (life)
		sipalg_flow_keep(ctx->ct, ctx->skb, life);
}

void sipalg_decide_subscribed(struct sipalg_ctx *ctx)
{
	if (!ctx->was_asked || !sipalg_receiver_is_inside(ctx))
		return;
	if (ctx->msg.status / 100 == 2 && ctx->msg.flags & SIP_MSG_EXPIRES && ctx->msg.expires)
		sipalg_flow_keep(ctx->ct, ctx->skb,
				 min(ctx->msg.expires, ctx->set->register_max) +
				 SIPALG_BINDING_GRACE_S);
}

/* ---- hosts that may call in ------------------------------------------------------ */

/* Return: the pinhole through which the receiver of this message is reached; NULL: none. */
static struct sipalg_pinhole *receivers_pinhole(const struct sipalg_ctx *ctx)
{
	struct sipalg_pinhole_key key = {
		.addr = ctx->flow.peer.addr,
		.port = ctx->flow.peer.port,
		.zone = nf_ct_zone(ctx->ct)->id,
		.proto = ctx->proto,
	};
	struct sipalg_pinhole *pin = sipalg_pinhole_by_mapped(ctx->sn, &key);

	return pin && pin->class == SIPALG_PINHOLE_SIGNALLING ? pin : NULL;
}

/*
 * An expectation can name one source only.  So with signalling_source=learned, and where a pinhole
 * is for the peers of several calls, it lets any host in, and the connection of a stranger is
 * dropped here before it is confirmed.
 */
bool sipalg_caller_is_refused(const struct sipalg_ctx *ctx)
{
	bool is_asked = ctx->set->signalling_source == SIPALG_SIGNALLING_LEARNED;
	struct sipalg_pinhole *pin = receivers_pinhole(ctx);

	return pin && (is_asked || READ_ONCE(pin->is_for_peers)) &&
	       !sipalg_pinhole_has_caller(pin, &ctx->flow.self.addr);
}

/* The word that the master has published, where the receiver began the master; else 0. */
static u32 published_by_master(const struct sipalg_ctx *ctx)
{
	const struct nf_conn *master = ctx->ct->master;
	const struct sipalg_flow_data *data = master ? sipalg_flow_data_of(master) : NULL;
	struct sip_endpoint phone;

	if (!data)
		return 0;
	phone = sipalg_inet_source_of(&master->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	return sip_addr_equal(&phone.addr, &ctx->flow.peer_real.addr) ?
	       READ_ONCE(data->published[IP_CT_DIR_ORIGINAL]) : 0;
}

bool sipalg_caller_inherits(struct sipalg_ctx *ctx)
{
	struct sipalg_pinhole *pin = receivers_pinhole(ctx);
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	u32 published;

	if (!pin || !READ_ONCE(pin->is_for_peers) || !data)
		return false;
	published = published_by_master(ctx) & ~SIPALG_FLOW_REGISTERED;
	WRITE_ONCE(data->published[!ctx->dir], published | SIPALG_FLOW_OF_CALL);
	return true;
}
