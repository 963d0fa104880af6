// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_judge: whether a message may open anything: SECURITY rules M1, M3 and P2.  See
 * sipalg_judge.h.
 */
#include "sipalg_ctx.h"
#include "sipalg_inet.h"
#include "sipalg_inside.h"
#include "sipalg_judge.h"

static bool via_is_senders(struct sipalg_ctx *ctx)
{
	const struct sip_via *via = &ctx->msg.via;
	const struct sip_addr *by = &via->by.addr;

	if (ctx->proto == IPPROTO_TCP && via->transport == SIP_TRANSPORT_UDP)
		return false;
	/* a phone may write TCP and send datagrams: only its own address is believed then */
	if (ctx->proto == IPPROTO_UDP && via->transport == SIP_TRANSPORT_TCP)
		return sip_addr_equal(by, &ctx->flow.self.addr);
	/* a proxy outside may have several addresses: its peer adds "received" for that */
	if (!sipalg_sender_is_inside(ctx))
		return true;
	return !by->family || sip_addr_equal(by, &ctx->flow.self.addr) ||
	       sip_addr_equal(by, &ctx->flow.self_mapped.addr);
}

/*
 * SECURITY P2.  A router drops packets of a sender that is no host, but a bridge passes them.  A
 * link-local address is never published, as no host outside can reach it.
 */
static bool sender_is_host(const struct sipalg_ctx *ctx)
{
	const struct sip_addr *self = &ctx->flow.self.addr;

	return sipalg_inet_is_host(self) &&
	       !(sipalg_sender_is_translated(ctx) && sipalg_inet_is_link_local(self));
}

bool sipalg_may_open(struct sipalg_ctx *ctx)
{
	if (!sender_is_host(ctx)) {
		sipalg_count(ctx->sn, SIPALG_STAT_NO_HOST);
		return false;
	}
	if (!sip_may_act(&ctx->msg))
		return false;
	if (!sip_is_request(&ctx->msg))
		return true;	/* a response is judged by the request that it answers */
	if (ctx->msg.uri[0].scheme == SIP_SCHEME_OTHER)
		return false;
	if (via_is_senders(ctx))
		return true;
	sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_VIA);
	return false;
}
