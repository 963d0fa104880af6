// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_dialog: what a message of a call opens.  See sipalg_decide.h.
 *
 * The call machine says whether the message is in order; then its contacts and its
 * streams get what they need.
 */
#include <net/netfilter/nf_conntrack_zones.h>

#include "sip_call.h"
#include "sip_pinhole.h"
#include "sipalg_ctx.h"
#include "sipalg_decide.h"
#include "sipalg_emergency.h"
#include "sipalg_flow.h"
#include "sipalg_media.h"

/* ---- calls ----------------------------------------------------------------------- */

static struct sip_call_event call_event(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;

	return (struct sip_call_event){
		.sn = ctx->sn,
		.call_id = sipalg_id_of(ctx, &ctx->ids.call_id, msg->call_id),
		.from_tag = sipalg_id_of(ctx, &ctx->ids.from_tag, msg->from_tag),
		.to_tag = sipalg_id_of(ctx, &ctx->ids.to_tag, msg->to_tag),
		.branch = sipalg_id_of(ctx, &ctx->ids.branch, msg->via.branch),
		.zone = nf_ct_zone(ctx->ct)->id,
		.cseq = msg->cseq,
		.session_s = msg->flags & SIP_MSG_SESSION ? msg->session : 0,
		.status = msg->status,
		.method = msg->method,
		.call_id_text = sip_slice_ptr(&ctx->text, msg->call_id),
		.call_id_len = msg->call_id.len,
		.sender = ctx->flow.self,
		.receiver = ctx->flow.peer_real.addr,
		.dir = ctx->dir,
		.flow = &ctx->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple,
		.is_inside = { sipalg_sender_is_inside(ctx), sipalg_receiver_is_inside(ctx) },
		.is_emergency = sipalg_is_emergency(ctx),
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
		.proto = ctx->proto,
	};
	struct sip_pinhole_want want = sipalg_media_want(ctx);
	struct sip_addr peer = ctx->flow.peer_real.addr;
	struct sip_pinhole *pin;

	if (port == ctx->flow.self.port || port < SIPALG_PORT_MIN ||
	    !sip_addr_equal(&at->addr, &ctx->flow.self.addr))
		return;
	want.ports[0] = port;
	want.n = 1;
	want.proto = ctx->proto;
	want.class = SIP_PINHOLE_SIGNALLING;
	want.is_lasting = true;
	want.seed = port;
	if (ctx->set->signalling_source == SIPALG_SIGNALLING_REGISTRAR)
		want.source = &peer;
	pin = sip_pinhole_signalling(ctx->sn, &key);
	if (pin && sip_call_has_contact(ctx->call, pin))
		return;
	if (!pin || !sip_pinhole_get(pin)) {
		if (sip_pinhole_open(&want, &pin))
			return;		/* counted; the address is translated all the same */
	} else if (!READ_ONCE(pin->is_armed)) {
		sip_pinhole_arm(pin, &want);	/* a REGISTER has only reserved it */
	}
	sip_pinhole_add_caller(pin, &peer);
	if (!sip_call_add_contact(ctx->call, pin))
		sip_pinhole_close(ctx->sn, pin, SIP_PINHOLE_LET);
}

static void open_contacts(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	const struct sip_via *via = &msg->via;
	u32 i;

	if (!sipalg_sender_is_inside(ctx) || sipalg_is_silent(ctx) || msg->method == SIP_ACK)
		return;
	/* RFC 5626: over TCP the connection is used, by the other side as well */
	if (ctx->seg && !ctx->set->tcp_contact)
		return;
	if (sip_is_request(msg) && !via->has_rport && !ctx->seg)
		open_contact(ctx, &via->by, via->by.port.len ? via->by.num : SIP_PORT_DEFAULT);
	for (i = 0; i < msg->n_uris; i++)
		if (msg->uri[i].role == SIP_ROLE_CONTACT)
			open_contact(ctx, &msg->uri[i].at, sip_uri_port(&msg->uri[i]));
}

int sipalg_decide_passive(struct sipalg_ctx *ctx)
{
	int err = sipalg_media_read(ctx);

	ctx->may_open = false;
	return err ? err : sipalg_media_decide(ctx, SIP_CALLER);
}

int sipalg_decide_dialog(struct sipalg_ctx *ctx)
{
	struct sip_call_event ev = call_event(ctx);
	enum sip_side request_side = SIP_CALLER;
	int err;

	err = sipalg_media_read(ctx);
	if (err)
		return err;
	/* tells a copy of a request from another one, to nobody but its sender: 32 bits do */
	if (ctx->body.n && sip_is_request(&ctx->msg))
		ev.body = sipalg_hash(sip_slice_ptr(&ctx->text, ctx->msg.body),
				      ctx->msg.body.len, 0);
	if (ctx->may_open) {
		ctx->call = sip_call_enter(&ev, &request_side);
		if (IS_ERR(ctx->call)) {	/* counted where it was not had */
			err = PTR_ERR(ctx->call);
			ctx->call = NULL;
			return err;
		}
	}
	if (!ctx->call || sip_call_advance(ctx->call, &ev, request_side))
		ctx->may_open = false;
	if (ctx->may_open)
		open_contacts(ctx);
	if (ctx->call && ctx->call->state != SIP_CALL_ENDED)
		sipalg_flow_keep(ctx->ct, ctx->skb, SIP_CALL_TTL_S);
	return sipalg_media_decide(ctx, sip_is_request(&ctx->msg) ? request_side : !request_side);
}
