// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_dialog: the pinholes that a message of a call opens.  See sipalg_dialog.h.
 *
 * The state machine of calls tells whether the message is in order.  If it is, its contacts and its
 * streams get the pinholes that they need.
 */
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_call.h"
#include "sipalg_call_contact.h"
#include "sipalg_call_event.h"
#include "sipalg_caller.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_source.h"
#include "sipalg_contact.h"
#include "sipalg_ctx.h"
#include "sipalg_dialog.h"
#include "sipalg_emergency.h"
#include "sipalg_flow.h"
#include "sipalg_legacy_expect.h"
#include "sipalg_media.h"

/* ---- calls ----------------------------------------------------------------------- */

static struct sipalg_call_event call_event(struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	bool is_given = data && sipalg_flow_is_given(data);
	const struct sip_msg *msg = &ctx->msg;

	return (struct sipalg_call_event){
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
		.is_heir = sipalg_legacy_is_heir(ctx->sn),
		.is_given = is_given,
		.may_ring = is_given && sipalg_legacy_is_recent(ctx->sn),
		.is_emergency = sipalg_is_emergency(ctx),
		.is_proven = ctx->source && sipalg_source_is_good(ctx->sn, ctx->source),
	};
}

/* a port at which the sender can be reached */
struct way_in {
	u16 port;	/* host byte order */
	u8 proto;	/* IPPROTO_UDP or IPPROTO_TCP */
	bool is_flows;	/* it is the port of the connection that the message came on */
};

/*
 * The sender wants to be reached at a port that no connection of its own has: a phone may send
 * from one port and listen on another.  Requests of the dialog, and responses by RFC 3261 18.2.2,
 * will come there.
 *
 * Or the sender wants to be reached at the port of the connection.  The other end of the connection
 * comes in anyway.  A user agent that was called without a proxy between may send its BYE from
 * another port (RFC 3261 18.1.1 allows any), so the pinhole is for the address of this user agent.
 */
static struct sipalg_pinhole_want way_in_want(const struct sipalg_ctx *ctx,
					      const struct way_in *way)
{
	struct sipalg_pinhole_want want = sipalg_media_want(ctx);

	want.ports[0] = way->port;
	want.n = 1;
	want.proto = way->proto;
	want.class = SIPALG_PINHOLE_SIGNALLING;
	want.is_lasting = true;
	want.seed = way->port;
	want.is_for_peers = way->is_flows;
	if (way->is_flows)
		want.mapped_port = ctx->flow.self_mapped.port;
	if (way->is_flows || ctx->set->signalling_source == SIPALG_SIGNALLING_REGISTRAR)
		want.source = &ctx->flow.peer_real.addr;
	return want;
}

/*
 * Whether the wanted mapped port has a pinhole of another host.  NAT may give one port to two hosts
 * that send to different hosts.  Then the answers come over the connection only.  Or another router
 * has opened the port for the registration of this host, and it must not end with the call.
 */
static bool is_taken(const struct sipalg_ctx *ctx, const struct sipalg_pinhole_want *want)
{
	u16 port = want->mapped_port ? want->mapped_port : want->ports[0];
	struct sipalg_pinhole_key mapped = sipalg_contact_key(ctx, port, want->proto);
	const struct sip_endpoint real = { want->real, want->ports[0] };

	mapped.addr = want->mapped;
	return (want->mapped_port && sipalg_pinhole_by_mapped(ctx->sn, &mapped)) ||
	       sipalg_legacy_is_registered(ctx->sn, &mapped, &real);
}

/*
 * Whether NAT lets only the other end of the connection in at its port.  The sender of a
 * connection that came in from outside has a pinhole already.
 */
static bool is_alone(const struct sipalg_ctx *ctx)
{
	return sipalg_sender_is_translated(ctx) && ctx->dir == IP_CT_DIR_ORIGINAL;
}

/*
 * Whether the call has the way in at the port of the connection already, as it has from its second
 * message on.  A mapped endpoint has one pinhole, so no table is asked.
 */
static bool has_flows_way_in(const struct sipalg_ctx *ctx, const struct sipalg_pinhole_key *real)
{
	struct sipalg_pinhole **contact = sipalg_call_contacts(ctx->call);
	const struct sip_endpoint *mapped = &ctx->flow.self_mapped;
	u32 i;

	for (i = 0; i < ctx->call->n_contacts; i++) {
		sipalg_step();
		if (contact[i]->mapped.port == mapped->port &&
		    sip_addr_equal(&contact[i]->mapped.addr, &mapped->addr) &&
		    !sipalg_pinhole_keys_differ(&contact[i]->real, real))
			return true;
	}
	return false;
}

/* Return: the pinhole, with a reference for the call; NULL: none, or the call has it already. */
static struct sipalg_pinhole *get_way_in(struct sipalg_ctx *ctx, const struct way_in *way)
{
	struct sipalg_pinhole_key real = sipalg_contact_key(ctx, way->port, way->proto);
	struct sip_endpoint mapped = ctx->flow.self_mapped;
	struct sipalg_pinhole_want want;
	struct sipalg_pinhole *pin;

	if (way->is_flows && has_flows_way_in(ctx, &real))
		return NULL;
	if (!way->is_flows)
		mapped.port = 0;
	pin = sipalg_pinhole_signalling(ctx->sn, &real, &mapped);
	if (pin && sipalg_call_has_contact(ctx->call, pin))
		return NULL;
	want = way_in_want(ctx, way);
	if (!pin || !sipalg_pinhole_get(pin)) {
		/* a failure is counted, and the address is still translated */
		return is_taken(ctx, &want) || sipalg_pinhole_open(&want, &pin) ? NULL : pin;
	}
	/* a REGISTER has only reserved the pinhole, or it waits for other hosts */
	if (!READ_ONCE(pin->is_armed) || READ_ONCE(pin->is_for_peers))
		sipalg_pinhole_arm(pin, &want);
	return pin;
}

static void open_contact(struct sipalg_ctx *ctx, const struct sip_host *at, u16 port, u8 proto)
{
	struct way_in way = { port, proto, port == ctx->flow.self.port && proto == ctx->proto };
	struct sip_addr peer = ctx->flow.peer_real.addr;
	struct sipalg_pinhole *pin;

	if (port < SIPALG_PORT_MIN || !sip_addr_equal(&at->addr, &ctx->flow.self.addr))
		return;
	/* RFC 5626: over TCP the connection is used, by the other side as well */
	if (proto == IPPROTO_TCP && (way.is_flows || !ctx->set->tcp_contact))
		return;
	if (way.is_flows && !is_alone(ctx))
		return;
	pin = get_way_in(ctx, &way);
	if (!pin)
		return;
	if (!READ_ONCE(pin->is_for_peers))
		sipalg_pinhole_add_caller(pin, &peer);
	if (!sipalg_call_add_contact(ctx->call, pin))
		sipalg_pinhole_close(ctx->sn, pin, SIPALG_PINHOLE_KEEP_CONNS);
}

static void open_contacts(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	const struct sip_via *via = &msg->via;
	u32 i;

	if (!sipalg_sender_is_inside(ctx) || sipalg_is_silent(ctx) || msg->method == SIP_ACK)
		return;
	if (sip_is_request(msg) && !via->has_rport && !ctx->seg &&
	    sipalg_via_port(via) != ctx->flow.self.port)
		open_contact(ctx, &via->by, sipalg_via_port(via), ctx->proto);
	for (i = 0; i < msg->n_uris; i++)
		if (msg->uri[i].role == SIP_ROLE_CONTACT)
			open_contact(ctx, &msg->uri[i].at, sip_uri_port(&msg->uri[i]),
				     sipalg_contact_proto(ctx, &msg->uri[i]));
}

int sipalg_decide_passive(struct sipalg_ctx *ctx)
{
	int err = sipalg_media_read(ctx);

	ctx->may_open = false;
	ctx->may_note = false;
	return err ? err : sipalg_media_decide(ctx, SIPALG_CALLER);
}

/*
 * Whether an answer ends its call (RFC 3261 15.1.2, 12.2.1.2).  An answer to an INVITE whose call
 * is not known may be one to a re-INVITE, so it must say that the called end takes no call.
 */
static bool is_end(const struct sipalg_call_event *ev)
{
	if (ev->method == SIP_BYE)
		return ev->status / 100 == 2 || ev->status == 408 || ev->status == 481;
	return ev->method == SIP_INVITE && sipalg_call_is_no(ev->status);
}

/*
 * What another router has opened for a call ends with the call, as far as it is known.  A call that
 * was taken up may have had a stream that no message has named here.
 */
static void end_legacy(struct sipalg_ctx *ctx, const struct sipalg_call_event *ev)
{
	const struct sipalg_call *call = ctx->call;

	if (!call || (call->is_taken_up && call->state == SIPALG_CALL_ENDED))
		if (ev->is_given && is_end(ev))
			sipalg_legacy_end(ctx->sn, ctx->ct);
}

/* User space may have missed what the first packet of the connection has opened. */
static void tell_again(struct sipalg_ctx *ctx)
{
	struct sipalg_pinhole **contact = sipalg_call_contacts(ctx->call), *pin;
	struct sipalg_call_media *media;
	u32 i;

	if (ctx->msg.method != SIP_INVITE || sip_is_request(&ctx->msg))
		return;
	for (i = 0; i < ctx->call->n_contacts; i++)
		sipalg_pinhole_tell(ctx->sn, contact[i]);
	/* a registration may share the contact, but the streams are those of this call alone */
	if (!ctx->call->is_untold)
		return;
	ctx->call->is_untold = false;
	list_for_each_entry(media, &ctx->call->media, node)
		for (i = 0; i < media->n; i++) {
			pin = sipalg_call_media_pin(media, i);
			sipalg_pinhole_tell(ctx->sn, pin);
			ctx->call->is_untold |= READ_ONCE(pin->is_untold);
		}
}

int sipalg_decide_dialog(struct sipalg_ctx *ctx)
{
	struct sipalg_call_event ev = call_event(ctx);
	enum sipalg_call_side request_side = SIPALG_CALLER;
	enum sipalg_call_step step = SIPALG_CALL_OUT_OF_ORDER;
	int err;

	/* the memory of the call comes while the body is read */
	if (ctx->may_open)
		sipalg_call_look(&ev);
	err = sipalg_media_read(ctx);
	if (err)
		return err;
	/* a hash of 32 bits is enough: a sender can only deceive itself about its own requests */
	if (ctx->body.n && sip_is_request(&ctx->msg))
		ev.body = sipalg_hash(sip_slice_ptr(&ctx->text, ctx->msg.body),
				      ctx->msg.body.len, 0);
	if (ctx->may_open) {
		ctx->call = sipalg_call_enter(&ev, &request_side);
		if (IS_ERR(ctx->call)) {	/* sipalg_call_enter() has counted it */
			err = PTR_ERR(ctx->call);
			ctx->call = NULL;
			return err;
		}
	}
	if (ctx->call)
		step = sipalg_call_advance(ctx->call, &ev, request_side);
	if (ctx->call && !nf_ct_is_confirmed(ctx->ct))
		ctx->call->is_untold = true;
	if (ctx->may_open)
		end_legacy(ctx, &ev);
	if (step != SIPALG_CALL_MAY_OPEN)
		ctx->may_open = false;
	if (ctx->may_open)
		open_contacts(ctx);
	/* a message that the call does not know keeps no connection (security.md B2) */
	if (step != SIPALG_CALL_OUT_OF_ORDER && ctx->call->state != SIPALG_CALL_ENDED)
		sipalg_flow_keep(ctx->ct, ctx->skb, SIPALG_CALL_TTL_S);
	if (ctx->call)
		tell_again(ctx);
	return sipalg_media_decide(ctx, sip_is_request(&ctx->msg) ? request_side : !request_side);
}
