// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_said: descriptions that say again what was agreed.  See sipalg_said.h.
 */
#include <net/netfilter/nf_conntrack_core.h>

#include "sipalg_call_media.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"
#include "sipalg_said.h"

/* what is hashed: what a section says and comes through; it has no gaps, as all of it is hashed */
struct print {
	u64 version;		/* of the settings */
	u64 tag;
	struct sip_addr self_mapped;
	struct sip_addr addr;
	u16 port;
	u16 rtcp;
	u16 count;
	u8 index;
	u8 transport;
	u8 setup;
	u8 modes;
	u8 unused[6];
};

static_assert(sizeof(struct print) == 32 + 2 * sizeof(struct sip_addr));

/* Whether a section has a stream whose place is certain without the routes and the tables. */
static bool is_plain(const struct sipalg_ctx *ctx, const struct sdp_media *m,
		     const struct sip_addr *addr)
{
	if (!m->transport || m->port < SIPALG_PORT_MIN || !addr->family || sip_addr_is_any(addr))
		return false;
	return !sipalg_sender_is_inside(ctx) || sip_addr_equal(addr, &ctx->flow.self.addr);
}

u32 sipalg_said_print(struct sipalg_ctx *ctx)
{
	const struct sdp *sdp = &ctx->body.desc[0].sdp;
	const struct sdp_media *m = &sdp->media[0];
	const struct sip_addr *addr, *rtcp = &m->rtcp_conn.addr;
	struct print print;
	bool is_elsewhere;

	if (ctx->body.n != 1 || ctx->body.n_over || sdp->n_over || sdp->n_media != 1 ||
	    ctx->set->media_source == SIPALG_MEDIA_ANNOUNCED)
		return 0;
	addr = sdp_conn_of(sdp, 0);
	if (!is_plain(ctx, m, addr))
		return 0;
	is_elsewhere = rtcp->family && !sip_addr_equal(rtcp, addr);
	print = (struct print){
		.version = ctx->set->version,
		.tag = sip_is_request(&ctx->msg) ?
		       sipalg_id_of(ctx, &ctx->ids.from_tag, ctx->msg.from_tag) :
		       sipalg_id_of(ctx, &ctx->ids.to_tag, ctx->msg.to_tag),
		.self_mapped = ctx->flow.self_mapped.addr,
		.addr = *addr,
		.port = m->port,
		.rtcp = sdp_rtcp_of(m),
		.count = m->count,
		.index = m->index,
		.transport = m->transport,
		.setup = m->setup,
		.modes = m->is_rtp | m->has_mux << 1 | m->is_mux_only << 2 | m->is_held << 3 |
			 is_elsewhere << 4 | ctx->is_nat << 5 | sipalg_sender_is_inside(ctx) << 6,
	};
	return sipalg_hash(&print, sizeof(print), 0) ?: 1;
}

/* Whether the pinholes of the sender follow the connection of the message already. */
static bool is_on_flow(const struct sipalg_ctx *ctx, enum sipalg_call_side side)
{
	return sipalg_master_is(ctx->call->flow[side],
				&ctx->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
}

/*
 * Whether the expectations of a call may have gone with its connection, or may be those of another
 * router: a connection that begins with the message, or one that was given.
 */
static bool is_flow_new(const struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	return !nf_ct_is_confirmed(ctx->ct) || (data && sipalg_flow_is_given(data));
}

static u32 cseq_of_request(const struct sipalg_ctx *ctx)
{
	return sip_is_request(&ctx->msg) ? ctx->msg.cseq : 0;
}

bool sipalg_said_again(struct sipalg_ctx *ctx, enum sipalg_call_side side, u32 print)
{
	return print && !is_flow_new(ctx) && is_on_flow(ctx, side) &&
	       sipalg_call_says_again(ctx->call, side, print, cseq_of_request(ctx));
}

/*
 * Whether the stream of a sender that is inside has its pinhole, and under NAT its port.  Without
 * them it is over a quota, or spared for another host, and may get them later.
 */
static bool has_its_place(const struct sipalg_ctx *ctx, enum sipalg_call_side side)
{
	const struct sdp *sdp = &ctx->body.desc[0].sdp;
	const struct sdp_media *m = &sdp->media[0];
	const struct sip_endpoint rtp = { *sdp_conn_of(sdp, 0), m->port };
	const struct sipalg_call_media *media;
	u8 proto;

	if (!sipalg_sender_is_inside(ctx))
		return true;
	proto = m->transport == SDP_TRANSPORT_TCP ? IPPROTO_TCP : IPPROTO_UDP;
	media = sipalg_call_media_find(ctx->call, side, &rtp, proto);
	return media && media->n && (!ctx->is_nat || ctx->body.desc[0].plan.media[0].port);
}

void sipalg_said_remember(struct sipalg_ctx *ctx, enum sipalg_call_side side, u32 print)
{
	const struct sdp_target *target = &ctx->body.desc[0].plan.media[0];
	struct sipalg_call_said said = {};

	if (print && is_on_flow(ctx, side) && has_its_place(ctx, side))
		said = (struct sipalg_call_said){ print, target->port, target->rtcp };
	sipalg_call_says(ctx->call, side, &said, cseq_of_request(ctx),
			 !sip_is_request(&ctx->msg));
}
