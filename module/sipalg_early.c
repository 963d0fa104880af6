// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_early: drops the messages of a flood before they are routed.  See sipalg_early.h.
 */
#include <net/netfilter/nf_conntrack.h>

#include "sipalg_ctx.h"
#include "sipalg_datagram.h"
#include "sipalg_early.h"
#include "sipalg_flood.h"
#include "sipalg_helpers.h"
#include "sipalg_packet.h"
#include "sipalg_trace.h"

/* Return: true: the datagram exceeds a limit, and was counted; false: nothing was counted. */
static bool refuses_datagram(struct sipalg_ctx *ctx)
{
	enum sipalg_stat why;
	u32 len;
	int line;

	if (!sipalg_take_datagram(ctx, &why))
		return false;
	len = ctx->text.len;
	ctx->ids = (struct sipalg_ids){};
	line = sipalg_ctx_read_start(ctx);
	if (line <= 0 || !sipalg_flood_refuses_early(ctx, line, &why))
		return false;
	sipalg_count(ctx->sn, SIPALG_STAT_PACKETS);
	sipalg_count(ctx->sn, SIPALG_STAT_REFUSED_EARLY);
	sipalg_count(ctx->sn, why);
	trace_sipalg_message(&ctx->flow.self, &ctx->flow.peer_real, &ctx->msg, len, why, true);
	return true;
}

/*
 * Only datagrams are dropped, as a stream cannot lose bytes.  Their connection is confirmed, so the
 * limits give the same answer here as in the helper.
 */
bool sipalg_refuses_early(struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct sipalg_ctx *ctx;
	int protoff;
	bool is_refused;

	if (nf_ct_protonum(ct) != IPPROTO_UDP || !sipalg_conn_is_ours(ct) ||
	    nf_is_loopback_packet(skb))
		return false;
	protoff = sipalg_find_header(skb, ct, IPPROTO_UDP);
	if (protoff < 0 || !sipalg_settings_of(sipalg_pernet(nf_ct_net(ct)))->enabled)
		return false;
	ctx = sipalg_ctx_get();
	if (!ctx)
		return false;
	sipalg_ctx_fill(ctx, skb, protoff, ct, ctinfo);
	is_refused = refuses_datagram(ctx);
	sipalg_ctx_put(ctx);
	return is_refused;
}
