// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_media: the streams of descriptions and their pinholes.  See sipalg_media.h.
 */
#include <linux/jhash.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_call_timer.h"
#include "sipalg_call_media.h"
#include "sipalg_pinhole_peer.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"
#include "sipalg_inside.h"
#include "sipalg_legacy.h"
#include "sipalg_media.h"
#include "sipalg_pinhole_expect.h"
#include "sipalg_said.h"

/* RFC 3261 13, 14, RFC 3262 5, RFC 3311 5, RFC 6337 2: the messages of offers and answers. */
static bool may_carry_sdp(const struct sip_msg *msg)
{
	switch (msg->method) {
	case SIP_INVITE:
	case SIP_UPDATE:
	case SIP_PRACK:
		return sip_is_request(msg) || msg->status < 300;
	case SIP_ACK:
		return true;
	case SIP_METHOD_OTHER:	/* a response without a readable CSeq may answer one of these */
		return !sip_is_request(msg) && msg->status < 300 && !sip_may_act(msg);
	default:
		return false;
	}
}

static const u8 protos[] = {
	[SDP_TRANSPORT_UDP] = IPPROTO_UDP,
	[SDP_TRANSPORT_TCP] = IPPROTO_TCP,
};

/* a media section that is being handled */
struct section {
	struct sipalg_ctx *ctx;
	enum sipalg_call_side side;
	u64 tag;
	u8 index;
	u8 proto;
	const struct sdp_media *sdp;
	struct sip_endpoint rtp;
	bool is_published;	/* it named the address that we had published */
	bool is_second;		/* it is at another address of the sender */
};

/* Whether RTCP has a port of its own at the same host. */
static bool has_rtcp_port(const struct section *s)
{
	const struct sip_addr *addr = &s->sdp->rtcp_conn.addr;
	u16 rtcp = sdp_rtcp_of(s->sdp);

	if (addr->family && !sip_addr_equal(addr, &s->rtp.addr))
		return false;
	return rtcp >= SIPALG_PORT_MIN && rtcp != s->rtp.port;
}

/* The ports that a section needs: RTP and RTCP in pairs, or a run of single ones. */
static u8 section_ports(const struct section *s, u16 *ports)
{
	u32 count = min_t(u32, s->sdp->count, SDP_MAX_PAIRS);
	bool is_pairs = has_rtcp_port(s);
	u32 i, n;

	for (i = 0, n = 0; i < count; i++) {
		u32 port = s->rtp.port + i * (s->sdp->is_rtp ? 2 : 1);

		/* has_rtcp_port() has checked the RTCP port of the first pair */
		if (port + (i && is_pairs) > 65535)
			break;
		ports[n++] = port;
		if (is_pairs)
			ports[n++] = i ? port + 1 : sdp_rtcp_of(s->sdp);
	}
	return n;
}

struct sipalg_pinhole_want sipalg_media_want(const struct sipalg_ctx *ctx)
{
	return (struct sipalg_pinhole_want){
		.sn = ctx->sn,
		.ct = ctx->ct,
		.master = sipalg_call_master(ctx->call, ctx->ct),
		.real = ctx->flow.self.addr,
		.mapped = ctx->flow.self_mapped.addr,
		.keep_ports = !ctx->is_nat,
		.proto = IPPROTO_UDP,
		.class = ctx->call->id & 1 ? SIPALG_PINHOLE_MEDIA : SIPALG_PINHOLE_MEDIA_B,
		.ttl_s = SIPALG_CALL_TTL_S,
	};
}

/* Return: key of the RTP port of a section, or of another port of its host. */
static struct sipalg_pinhole_key section_key(const struct section *s, u16 port)
{
	return (struct sipalg_pinhole_key){
		.addr = s->rtp.addr, .port = port, .zone = nf_ct_zone(s->ctx->ct)->id,
		.proto = s->proto,
	};
}

/*
 * Return: the port that another router has published for the RTP port of a section; 0: none is
 * known.  Only a call that began there has one (security.md B3).
 */
static u16 port_to_adopt(const struct section *s, const struct sipalg_pinhole_want *want)
{
	struct sipalg_pinhole_key real = section_key(s, s->rtp.port);

	if (!s->ctx->call->is_taken_up || want->keep_ports || want->is_anothers)
		return 0;
	return sipalg_legacy_port(want->sn, &real, &want->mapped);
}

/* The stream of a call that was taken up has the port that it had, so it was agreed before. */
static void section_adopt(const struct section *s, const struct sipalg_pinhole_want *want,
			  struct sipalg_call_media *media)
{
	u32 i;

	if (!want->adopted || sipalg_call_media_pin(media, 0)->mapped.port != want->adopted)
		return;
	media->is_agreed = true;
	for (i = 0; i < media->n; i++)
		sipalg_legacy_adopt(s->ctx->sn, sipalg_call_media_pin(media, i));
}

static int section_open(const struct section *s, struct sipalg_call_media *media)
{
	struct sipalg_ctx *ctx = s->ctx;
	struct sipalg_call *call = ctx->call;
	struct sipalg_pinhole_want want = sipalg_media_want(ctx);
	struct sip_addr peer = ctx->flow.peer_real.addr;
	u32 max = ctx->set->pinholes_per_call;
	struct sipalg_pinhole **pins;
	int err;

	want.real = s->rtp.addr;
	want.is_anothers = !s->is_second && !sip_addr_equal(&s->rtp.addr, &ctx->flow.self.addr);
	/* a host with many addresses may not have more pinholes for that */
	if (s->is_second)
		want.charged = &ctx->flow.self.addr;
	/*
	 * Without NAT a stream keeps its port.  It does so as well with rewrite=0, where no
	 * description can name another port: then media that the host sends belongs to the call,
	 * and no media comes in before that.
	 */
	if (!ctx->is_nat || sipalg_is_silent(ctx)) {
		want.mapped = s->rtp.addr;
		want.keep_ports = true;
	}
	want.proto = s->proto;
	want.is_pairs = has_rtcp_port(s);
	want.n = section_ports(s, want.ports);
	if (max && call->n_pinholes + want.n > max) {
		sipalg_count(ctx->sn, SIPALG_STAT_PINHOLES_FULL);
		return -EDQUOT;
	}
	/* not keyed, as both nodes of a failover pair need the same value */
	want.seed = jhash(sip_slice_ptr(&ctx->text, ctx->msg.call_id), ctx->msg.call_id.len,
			  s->index);
	if (ctx->set->media_source == SIPALG_MEDIA_SIGNALLING)
		want.source = &peer;
	if (!want.keep_ports && sipalg_legacy_is_awaited(ctx->sn))
		return -EAGAIN;
	want.is_taken_up = call->is_taken_up && !want.is_anothers;
	want.adopted = port_to_adopt(s, &want);
	pins = sipalg_call_media_room(media, want.n);
	if (!pins)
		return -ENOMEM;
	/* announced: the pinhole opens when the source is known, see arm_announced() */
	if (ctx->set->media_source == SIPALG_MEDIA_ANNOUNCED)
		err = sipalg_pinhole_reserve(&want, pins);
	else
		err = sipalg_pinhole_open(&want, pins);
	if (err) {
		sipalg_call_media_unroom(media, pins);
		return err;
	}
	sipalg_call_media_take(call, media, pins, want.n);
	media->is_pairs = want.is_pairs;
	section_adopt(s, &want, media);
	return 0;
}

/* May a section of the sender's own address get a pinhole?  @why: the counter that says why not. */
static bool section_may_open(const struct section *s, enum sipalg_stat *why)
{
	*why = SIPALG_STAT_TCP_MEDIA;
	if (s->proto == IPPROTO_TCP && !s->ctx->set->tcp_media)
		return false;
	*why = SIPALG_STAT_LOW_PORT;
	return s->rtp.port >= SIPALG_PORT_MIN;
}

/* RFC 4145 4.1: a host that opens the connection itself has no port at which others connect. */
static bool needs_pinhole(const struct section *s)
{
	return s->proto && !(s->proto == IPPROTO_TCP && s->sdp->setup == SDP_SETUP_ACTIVE);
}

/* The ports of a stream that has pinholes are written into the description. */
static void publish_ports(const struct section *s, const struct sipalg_call_media *media,
			  struct sdp_target *target)
{
	if (!s->ctx->is_nat)
		return;
	if (!media->n) {	/* over the quota: a mapped address alone is of no use */
		memset(&target->addr, 0, sizeof(target->addr));
		return;
	}
	target->port = sipalg_call_media_pin(media, 0)->mapped.port;
	if (media->is_pairs)
		target->rtcp = sipalg_call_media_pin(media, 1)->mapped.port;
}

/* Whether the router has another address now, so that the published one leads nowhere. */
static bool has_moved(const struct sipalg_ctx *ctx, const struct sipalg_call_media *media)
{
	const struct sip_addr *mapped = &sipalg_call_media_pin(media, 0)->mapped.addr;

	return ctx->is_nat && !sipalg_is_silent(ctx) &&
	       !sip_addr_equal(mapped, &ctx->flow.self_mapped.addr);
}

/*
 * Notes whether the section is on hold and has RTCP at the RTP port.  In a bundle one section may
 * say for all sections that RTCP comes to the RTP port (RFC 9143 7.1.3), and the stream is on hold
 * only if all of them are.
 */
static void set_modes(const struct section *s, struct sipalg_call_media *media)
{
	bool again = media->named == s->ctx->msg.cseq;

	if (!again)
		media->old_mux = media->has_mux;
	media->has_mux = s->sdp->has_mux || (again && media->has_mux);
	media->is_held = s->sdp->is_held && (!again || media->is_held);
}

/* Remembers a stream at another address, for the pinholes of the other side. */
static int other_section(const struct section *s)
{
	struct sipalg_call *call = s->ctx->call;
	struct sipalg_call_media *media;
	int err;

	media = sipalg_call_media_foreign(call, s->side, s->index, s->tag);
	if (!media) {
		media = sipalg_call_media_add(s->ctx->sn, call, s->side);
		if (media == ERR_PTR(-EDQUOT)) {
			sipalg_count(s->ctx->sn, SIPALG_STAT_MEDIA_OVER);
			return 0;
		}
		if (IS_ERR(media))
			return PTR_ERR(media);
		media->tag = s->tag;
		media->index = s->index;
		media->proto = s->proto;
		media->cseq = s->ctx->msg.cseq;
		media->is_agreed = !sip_is_request(&s->ctx->msg);
	}
	/* the offer may be refused, and then the old stream is in force again */
	if (sip_is_request(&s->ctx->msg) && media->is_agreed) {
		err = sipalg_call_media_offer(media, s->ctx->msg.cseq);
		if (err)
			return err;
	}
	media->named = s->ctx->msg.cseq;
	media->has_mux = s->sdp->has_mux;
	media->rtp = s->rtp;
	media->rtcp = sdp_rtcp_of(s->sdp);
	list_move_tail(&media->node, &call->media);	/* the last one announced is in force */
	return 0;
}

/* Return: a new stream of the sender, with its pinholes; or -errno. */
static struct sipalg_call_media *add_own(const struct section *s)
{
	struct sipalg_ctx *ctx = s->ctx;
	struct sipalg_call_media *media = sipalg_call_media_add(ctx->sn, ctx->call, s->side);
	int err;

	if (IS_ERR(media))
		return media;
	media->rtp = s->rtp;
	media->proto = s->proto;
	media->cseq = ctx->msg.cseq;
	media->index = s->index;
	media->is_agreed = !sip_is_request(&ctx->msg);
	err = section_open(s, media);
	if (!err)
		return media;
	sipalg_call_media_drop(ctx->sn, ctx->call, media);
	return ERR_PTR(err);
}

/* Finds the stream of a section at the own address of the sender, or opens it. */
static int own_section(const struct section *s, struct sdp_target *target)
{
	struct sipalg_call_media *media;
	enum sipalg_stat why;
	u32 i;

	if (!needs_pinhole(s))
		return 0;
	if (!section_may_open(s, &why)) {
		sipalg_count(s->ctx->sn, why);
		return 0;
	}
	media = sipalg_call_media_find(s->ctx->call, s->side, &s->rtp, s->proto);
	/* without a pinhole another inside host has named the stream before its owner did */
	if (media && (!media->n || has_moved(s->ctx, media))) {
		sipalg_call_media_drop(s->ctx->sn, s->ctx->call, media);
		media = NULL;
	}
	if (!media)
		media = add_own(s);
	if (media == ERR_PTR(-EDQUOT)) {	/* SECURITY R2: the section passes unmapped */
		memset(&target->addr, 0, sizeof(target->addr));
		return other_section(s);
	}
	if (IS_ERR(media))
		return PTR_ERR(media);
	/* bundled sections share a stream (RFC 9143), which has the index of the first one */
	if (!media->is_fresh && media->named != s->ctx->msg.cseq)
		media->index = s->index;
	set_modes(s, media);
	media->tag = s->tag;
	media->named = s->ctx->msg.cseq;
	if (!s->is_published)
		media->rtcp = sdp_rtcp_of(s->sdp);
	for (i = 0; !media->is_fresh && i < media->n; i++)
		sipalg_pinhole_follow(s->ctx->sn, sipalg_call_media_pin(media, i), s->ctx->ct);
	if (!s->is_published)
		publish_ports(s, media, target);
	return 0;
}

/*
 * A description on its way to an inside host may name one of our own mappings, because both
 * parties are inside.  The receiver gets the real address of the mapping, and its media goes
 * directly to the other party.
 */
static void hairpin_section(const struct section *s, struct sdp_target *target)
{
	struct sipalg_ctx *ctx = s->ctx;
	struct sipalg_pinhole_key key = section_key(s, s->rtp.port);
	struct sipalg_pinhole *pin;

	if (!ctx->set->hairpin || !s->rtp.addr.family || !s->proto ||
	    !sipalg_receiver_is_translated(ctx))
		return;
	pin = sipalg_pinhole_by_mapped(ctx->sn, &key);
	if (!pin || !pin->is_nat)
		return;
	target->addr = pin->real.addr;
	target->port = pin->real.port;
	key.port = sdp_rtcp_of(s->sdp);
	if (!key.port || key.port == s->rtp.port)
		return;
	pin = sipalg_pinhole_by_mapped(ctx->sn, &key);
	if (pin && sip_addr_equal(&pin->real.addr, &target->addr))
		target->rtcp = pin->real.port;
}

/*
 * Whether the section is at an address of the sender, or with inside_media=1 at the address of
 * another host inside (SECURITY P1).
 */
static bool is_own(struct section *s)
{
	const struct sipalg_ctx *ctx = s->ctx;
	const struct sip_addr *addr = &s->rtp.addr;

	s->is_second = false;
	if (!addr->family || !sipalg_sender_is_inside(ctx))
		return false;
	if (sip_addr_equal(addr, &ctx->flow.self.addr))
		return true;
	s->is_second = sipalg_is_second(ctx, addr);
	return s->is_second || (ctx->set->inside_media && sipalg_is_inside(ctx, addr));
}

/* Opens no pinhole, but publishes those that are open: a copy must be like the first message. */
static void publish_again(const struct section *s, struct sdp_target *target)
{
	const struct sipalg_call_media *media = sipalg_call_media_find(s->ctx->call, s->side,
								       &s->rtp, s->proto);

	if (media && media->n)
		publish_ports(s, media, target);
}

/* Publishes the ports that another router has published, where the call is not known here. */
static void publish_legacy(const struct section *s, struct sdp_target *target)
{
	const struct sip_addr *mapped = &s->ctx->flow.self_mapped.addr;
	struct sipalg_pinhole_key key = section_key(s, s->rtp.port);

	target->port = sipalg_legacy_port(s->ctx->sn, &key, mapped);
	if (!target->port || !has_rtcp_port(s))
		return;
	key = section_key(s, sdp_rtcp_of(s->sdp));
	target->rtcp = sipalg_legacy_port(s->ctx->sn, &key, mapped);
}

/*
 * The other side of a call that is not known here says where it is.  The inside host may send there
 * before it gets media (security.md B6).
 */
static void note_announced(const struct section *s)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(s->ctx->ct);
	struct sip_endpoint at = s->rtp;

	if (!s->ctx->may_note || !data || !sipalg_flow_is_given(data) || !s->rtp.addr.family ||
	    !s->proto)
		return;
	sipalg_legacy_announce(s->ctx->sn, s->ctx->ct, &at);
	at.port = sdp_rtcp_of(s->sdp);
	if (has_rtcp_port(s))
		sipalg_legacy_announce(s->ctx->sn, s->ctx->ct, &at);
}

/*
 * Where no pinhole was opened the section keeps its port.  If that port of the mapped address leads
 * to another host, by our tables or by the kernel's, the section keeps its address as well.
 */
static void spare_others(const struct section *s, struct sdp_target *target)
{
	const struct sip_endpoint *mapped = &s->ctx->flow.self_mapped;
	struct sipalg_pinhole_key key = section_key(s, s->rtp.port);
	const struct sipalg_pinhole *pin;
	bool is_others;

	if (target->port || !s->rtp.port || !sip_addr_equal(&target->addr, &mapped->addr))
		return;
	key.addr = mapped->addr;
	pin = sipalg_pinhole_by_mapped(s->ctx->sn, &key);
	if (pin)
		is_others = !sip_addr_equal(&pin->real.addr, &s->rtp.addr);
	else
		is_others = s->proto &&
			    (sipalg_legacy_is_others(s->ctx->sn, &key, &s->rtp) ||
			     sipalg_pinhole_expect_is_others(s->ctx->sn, &key, &s->rtp.addr,
							     &s->ctx->flow.peer_real.addr));
	if (is_others)
		*target = (struct sdp_target){};
}

/*
 * Finds the stream of a section that names its published address.  A sender may learn this address
 * by ICE, and the offer that concludes ICE names it (RFC 8839 4.4.1.2.2).  The section stays as it
 * is written, and means the same stream.
 */
static bool find_published(struct section *s)
{
	struct sipalg_ctx *ctx = s->ctx;
	struct sipalg_pinhole_key key = section_key(s, s->rtp.port);
	struct sip_endpoint real;
	struct sipalg_pinhole *pin;

	if (!ctx->call || !s->rtp.addr.family || !sipalg_sender_is_translated(ctx))
		return false;
	pin = sipalg_pinhole_by_mapped(ctx->sn, &key);
	if (!pin || !pin->is_nat)
		return false;
	real = (struct sip_endpoint){ pin->real.addr, pin->real.port };
	if (!sipalg_call_media_find(ctx->call, s->side, &real, s->proto))
		return false;
	s->rtp = real;
	return true;
}

static int decide_section(struct section *s, struct sdp_target *target)
{
	struct sipalg_ctx *ctx = s->ctx;
	bool is_any = sip_addr_is_any(&s->rtp.addr);
	bool own = is_own(s);

	s->is_published = !own && find_published(s);
	if (s->is_published)
		own = true;
	else if (own)
		target->addr = ctx->flow.self_mapped.addr;
	else
		hairpin_section(s, target);
	if (ctx->call && !ctx->may_open && own && !s->is_published)
		publish_again(s, target);
	if (own && !s->is_published && !target->port && ctx->is_nat && !sipalg_is_silent(ctx) &&
	    (!ctx->call || (ctx->call->is_taken_up && !ctx->may_open))) {
		if (sipalg_legacy_is_awaited(ctx->sn))
			return -EAGAIN;
		publish_legacy(s, target);
	}
	if (!ctx->call && !own && sipalg_receiver_is_translated(ctx))
		note_announced(s);
	if (!ctx->call || !ctx->may_open)
		return 0;
	sipalg_call_hold(ctx->call, s->side, s->index, s->sdp->is_held || is_any);
	/* RFC 3264 8.2 and 8.4: a section that is off, and an old hold, name no stream */
	if (!s->rtp.port || !s->rtp.addr.family || is_any)
		return 0;
	if (own)
		return own_section(s, target);
	if (sipalg_sender_is_inside(ctx))
		sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_MEDIA);
	return other_section(s);
}

/* media_source=announced: each pinhole lets in the address that the other side has announced. */
static int arm_announced(struct sipalg_ctx *ctx)
{
	struct sipalg_pinhole_want want = sipalg_media_want(ctx);
	struct sipalg_call_media *media;
	struct sipalg_pinhole *pin;
	struct sip_addr peer;
	u32 i;
	int err;

	want.source = &peer;
	list_for_each_entry(media, &ctx->call->media, node) {
		sipalg_step();
		for (i = 0; i < media->n; i++) {
			sipalg_step();
			pin = sipalg_call_media_pin(media, i);
			peer = sipalg_pinhole_comes_from(pin);
			err = peer.family ? sipalg_pinhole_arm(pin, &want) : 0;
			if (err)
				return err;
		}
	}
	return 0;
}

int sipalg_media_read(struct sipalg_ctx *ctx)
{
	struct sip_msg *msg = &ctx->msg;

	if (!may_carry_sdp(msg))
		return 0;
	sip_body_read(&ctx->text, msg, &ctx->body);
	if (!ctx->set->strict || !msg->left)
		return 0;
	msg->fault = sip_strict_fault(msg);
	return -EBADMSG;
}

/* @first: index of the first section; all sections of a message have different indexes */
static int decide_description(struct sipalg_ctx *ctx, struct sip_description *desc,
			      enum sipalg_call_side side, u8 first)
{
	const struct sip_msg *msg = &ctx->msg;
	struct section s = { .ctx = ctx, .side = side };
	int err = 0;
	u32 i;

	s.tag = sip_is_request(msg) ? sipalg_id_of(ctx, &ctx->ids.from_tag, msg->from_tag) :
				      sipalg_id_of(ctx, &ctx->ids.to_tag, msg->to_tag);
	if (sipalg_sender_is_translated(ctx)) {
		desc->plan.from = ctx->flow.self.addr;
		desc->plan.to = ctx->flow.self_mapped.addr;
	}
	if (desc->sdp.n_over)
		sipalg_count(ctx->sn, SIPALG_STAT_MEDIA_OVER);
	for (i = 0; !err && i < desc->sdp.n_media; i++) {
		s.sdp = &desc->sdp.media[i];
		s.index = first + s.sdp->index;
		s.proto = protos[s.sdp->transport];
		s.rtp.addr = *sdp_conn_of(&desc->sdp, i);
		s.rtp.port = s.sdp->port;
		err = decide_section(&s, &desc->plan.media[i]);
		spare_others(&s, &desc->plan.media[i]);
	}
	return err;
}

/* The same description again is published as before, and no stream is looked at. */
static void say_again(struct sipalg_ctx *ctx, const struct sipalg_call_said *said)
{
	struct sip_description *desc = &ctx->body.desc[0];
	struct section s = {
		.ctx = ctx,
		.sdp = &desc->sdp.media[0],
		.proto = protos[desc->sdp.media[0].transport],
		.rtp = { *sdp_conn_of(&desc->sdp, 0), desc->sdp.media[0].port },
	};

	if (sipalg_sender_is_translated(ctx)) {
		desc->plan.from = ctx->flow.self.addr;
		desc->plan.to = ctx->flow.self_mapped.addr;
	}
	if (sipalg_sender_is_inside(ctx))
		desc->plan.media[0] = (struct sdp_target){
			ctx->flow.self_mapped.addr, said->port, said->rtcp
		};
	else
		hairpin_section(&s, &desc->plan.media[0]);
	/* where an expectation has gone meanwhile, the next tick makes another one */
	ctx->call->tick = sipalg_now(ctx->sn);
}

int sipalg_media_decide(struct sipalg_ctx *ctx, enum sipalg_call_side side)
{
	bool may_open = ctx->body.n && ctx->call && ctx->may_open;
	u32 print = may_open ? sipalg_said_print(ctx) : 0;
	int err;
	u32 i;

	if (sipalg_said_again(ctx, side, print)) {
		say_again(ctx, &ctx->call->said[side]);
		return 0;
	}
	if (ctx->body.n_over)
		sipalg_count(ctx->sn, SIPALG_STAT_MEDIA_OVER);
	for (i = 0; i < ctx->body.n; i++) {
		err = decide_description(ctx, &ctx->body.desc[i], side, i * (SDP_MAX_INDEX + 1));
		if (err)
			return err;
	}
	if (!may_open)
		return 0;
	sipalg_said_remember(ctx, side, print);
	sipalg_call_media_pair(ctx->sn, ctx->call);
	return ctx->set->media_source == SIPALG_MEDIA_ANNOUNCED ? arm_announced(ctx) : 0;
}
