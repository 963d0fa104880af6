// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_inside: asking the routes.  See sipalg_inside.h.
 */
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/route.h>

#include "sip_inet.h"
#include "sipalg_ctx.h"
#include "sipalg_inside.h"

static bool is_host(u8 family, const struct dst_entry *dst)
{
	if (dst->dev->flags & IFF_LOOPBACK)	/* the router's own, too */
		return false;
	if (family == NFPROTO_IPV4)
		return !(((const struct rtable *)dst)->rt_flags &
			 (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL));
	return !(((const struct rt6_info *)dst)->rt6i_flags &
		 (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT));
}

/* Return: index of the interface on which a host is reached; 0: it is none, or is not. */
static int ifindex_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	union nf_inet_addr inet = sip_addr_to_inet(addr);
	u8 family = sip_addr_nfproto(addr);
	struct dst_entry *dst = NULL;
	struct flowi fl = {};
	int ifindex = 0;

	if (!sip_addr_is_host(addr) || sip_addr_is_link_local(addr))
		return 0;
	if (family == NFPROTO_IPV4)
		fl.u.ip4.daddr = inet.ip;
	else
		fl.u.ip6.daddr = inet.in6;
	if (nf_route(ctx->sn->net, &dst, &fl, false, family))
		return 0;
	if (!dst->error && is_host(family, dst))
		ifindex = dst->dev->ifindex;
	dst_release(dst);
	return ifindex;
}

bool sipalg_is_inside(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	int here, there;

	if (addr->family != ctx->flow.self.addr.family)
		return false;
	here = ifindex_of(ctx, &ctx->flow.self.addr);
	there = ifindex_of(ctx, &ctx->flow.peer_real.addr);
	return here && there && here != there && ifindex_of(ctx, addr) == here;
}
