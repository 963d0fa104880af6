// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_dialog: what a message of a call opens.  See sipalg_decide.h.
 *
 * The call machine says whether the message is in order; here its description is
 * read, and each stream of an inside party gets its pinholes.
 */
#include <linux/jhash.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sip_call.h"
#include "sip_pinhole.h"
#include "sipalg_ctx.h"
#include "sipalg_decide.h"
#include "sipalg_flow.h"

/* ---- media ----------------------------------------------------------------------- */

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
	step = rtcp >= SIPALG_PORT_MIN ? 2 : 1;
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
	return (struct sip_pinhole_want){
		.sn = ctx->sn,
		.ct = ctx->ct,
		.real = ctx->flow.self.addr,
		.mapped = ctx->flow.self_mapped.addr,
		.keep_ports = !ctx->is_nat,
		.proto = IPPROTO_UDP,
		.class = ctx->call->id & 1 ? SIP_PINHOLE_MEDIA : SIP_PINHOLE_MEDIA_TOO,
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
		return -EDQUOT;
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
	if (s->rtp.port < SIPALG_PORT_MIN)
		return SIPALG_STAT_LOW_PORT;
	return 0;
}

/* The ports of a stream that has pinholes are written into the description. */
static void publish(const struct section *s, const struct sip_media *media,
		    struct sdp_target *target)
{
	if (!s->ctx->is_nat)
		return;
	if (!media->n) {	/* over the quota: a mapped address alone leads nowhere */
		memset(&target->addr, 0, sizeof(target->addr));
		return;
	}
	target->port = media->pin[0]->mapped.port;
	if (s->sdp->is_rtp && media->n > 1)
		target->rtcp = media->pin[1]->mapped.port;
}

/* The router has got another address: what was published leads nowhere. */
static bool has_moved(const struct sipalg_ctx *ctx, const struct sip_media *media)
{
	return !sip_addr_equal(&media->pin[0]->mapped.addr, &ctx->flow.self_mapped.addr);
}

/* A stream at the sender's own address: found again, or opened. */
static int own_section(const struct section *s, struct sdp_target *target)
{
	struct sip_media *media;
	int refused = section_refused(s);
	int err;
	u32 i;

	if (refused) {
		sipalg_count(s->ctx->sn, refused);
		return 0;
	}
	if (s->sdp->transport != SDP_TRANSPORT_UDP)
		return 0;
	media = sip_call_media(s->ctx->call, s->side, &s->rtp, IPPROTO_UDP);
	if (media && media->n && has_moved(s->ctx, media)) {
		sip_call_drop_media(s->ctx->sn, s->ctx->call, media);
		media = NULL;
	}
	if (!media) {
		media = sip_call_add_media(s->ctx->call, s->side);
		if (!media)
			return -ENOMEM;
		media->rtp = s->rtp;
		media->proto = IPPROTO_UDP;
		media->cseq = s->ctx->msg.cseq;
		media->index = s->index;
		media->is_agreed = !sip_is_request(&s->ctx->msg);
		err = section_open(s, media);
		if (err == -EDQUOT)	/* SECURITY R2: the section passes unmapped */
			memset(&target->addr, 0, sizeof(target->addr));
		if (err)
			return err == -EDQUOT ? 0 : err;
	}
	/* bundled sections share one (RFC 9143): the first one's index is the stream's */
	if (!media->is_fresh && media->named != s->ctx->msg.cseq)
		media->index = s->index;
	media->tag = s->tag;
	media->named = s->ctx->msg.cseq;
	media->is_held = s->sdp->is_held;
	media->rtcp = sdp_rtcp_of(s->sdp);
	for (i = 0; !media->is_fresh && i < media->n; i++)
		sip_pinhole_follow(s->ctx->sn, media->pin[i], s->ctx->ct);
	publish(s, media, target);
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
	media->cseq = s->ctx->msg.cseq;
	media->is_agreed = !sip_is_request(&s->ctx->msg);
found:
	/* what is offered may be refused, and then the old one is in force again */
	if (sip_is_request(&s->ctx->msg) && media->is_agreed) {
		media->old = media->rtp;
		media->old_rtcp = media->rtcp;
		media->has_old = true;
		media->is_agreed = false;
		media->cseq = s->ctx->msg.cseq;
	}
	media->named = s->ctx->msg.cseq;
	media->rtp = s->rtp;
	media->rtcp = sdp_rtcp_of(s->sdp);
	list_move_tail(&media->node, &call->media);	/* the last announced is in force */
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

	if (!ctx->set->hairpin || !addr->family || !sipalg_receiver_is_translated(ctx))
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
	bool is_own = sipalg_sender_is_inside(ctx) && sip_addr_equal(addr, &ctx->flow.self.addr);
	const struct sip_msg *msg = &ctx->msg;
	struct sip_slice tag = sip_is_request(msg) ? msg->from_tag : msg->to_tag;

	if (is_own)
		target->addr = ctx->flow.self_mapped.addr;
	else
		hairpin_section(ctx, i);
	if (ctx->call && !ctx->may_open && is_own) {
		/* opens nothing, but what is open keeps its port: a copy must be like the first */
		const struct sip_media *media = sip_call_media(ctx->call, side, &s.rtp,
							       IPPROTO_UDP);

		if (media)
			publish(&s, media, target);
	}
	if (!ctx->call || !ctx->may_open)
		return 0;
	sip_call_hold(ctx->call, side, i, s.sdp->is_held || is_any);
	/* RFC 3264 8.2 and 8.4: a section that is off, and an old hold, name no stream */
	if (!s.rtp.port || !addr->family || is_any)
		return 0;
	s.tag = sipalg_digest(sip_slice_ptr(&ctx->text, tag), tag.len);
	if (is_own)
		return own_section(&s, target);
	if (sipalg_sender_is_inside(ctx))
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

/* Before anything is decided: a message whose description is broken changes nothing at all. */
static int read_sdp(struct sipalg_ctx *ctx)
{
	int err;

	if (!may_carry_sdp(&ctx->msg))
		return 0;
	err = sdp_parse(&ctx->text, ctx->msg.body, &ctx->sdp);
	if (err == -ENOMSG)	/* says it is SDP, but is something else: none of ours */
		return 0;
	if (err) {
		ctx->msg.fault = SIP_FAULT_SDP;
		return err;
	}
	memset(&ctx->sdp_plan, 0, sizeof(ctx->sdp_plan));
	ctx->has_sdp = true;
	return 0;
}

/* Return: 0, or why a pinhole was not had. */
static int decide_media(struct sipalg_ctx *ctx, enum sip_side side)
{
	int err;
	u32 i;

	if (sipalg_sender_is_translated(ctx)) {
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
	sip_call_pair_media(ctx->sn, ctx->call);
	return ctx->set->media_source == SIPALG_MEDIA_ANNOUNCED ? arm_announced(ctx) : 0;
}

/* ---- calls ----------------------------------------------------------------------- */

static struct sip_call_event call_event(const struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;

	return (struct sip_call_event){
		.sn = ctx->sn,
		.call_id = sipalg_digest_of(ctx, msg->call_id),
		.from_tag = sipalg_digest_of(ctx, msg->from_tag),
		.to_tag = sipalg_digest_of(ctx, msg->to_tag),
		.branch = sipalg_digest_of(ctx, msg->via.branch),
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
	struct sip_pinhole_want want = media_want(ctx);
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

	if (!sipalg_sender_is_inside(ctx) || msg->method == SIP_ACK)
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

int sipalg_decide_dialog(struct sipalg_ctx *ctx)
{
	struct sip_call_event ev = call_event(ctx);
	enum sip_side request_side = SIP_CALLER;
	int err;

	err = read_sdp(ctx);
	if (err)
		return err;
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
	if (!ctx->has_sdp)
		return 0;
	return decide_media(ctx, sip_is_request(&ctx->msg) ? request_side : !request_side);
}
