// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_inside: asking the routes.  See sipalg_inside.h.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/route.h>

#include "sip_inet.h"
#include "sip_neighbour.h"
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

/* The host is on the link itself: no router is between. */
static bool is_on_link(u8 family, const struct dst_entry *dst)
{
	return family == NFPROTO_IPV6 &&
	       !(((const struct rt6_info *)dst)->rt6i_flags & RTF_GATEWAY);
}

/* where a host is reached */
struct place {
	int ifindex;		/* 0: it is no host, or is not reached */
	bool is_on_link;
};

static struct place place_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	union nf_inet_addr inet = sip_addr_to_inet(addr);
	u8 family = sip_addr_nfproto(addr);
	struct dst_entry *dst = NULL;
	struct place place = {};
	struct flowi fl = {};

	if (!sip_addr_is_host(addr) || sip_addr_is_link_local(addr))
		return place;
	if (family == NFPROTO_IPV4)
		fl.u.ip4.daddr = inet.ip;
	else
		fl.u.ip6.daddr = inet.in6;
	if (nf_route(ctx->sn->net, &dst, &fl, false, family))
		return place;
	if (!dst->error && is_host(family, dst)) {
		place.ifindex = dst->dev->ifindex;
		place.is_on_link = is_on_link(family, dst);
	}
	dst_release(dst);
	return place;
}

static int ifindex_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	return place_of(ctx, addr).ifindex;
}

/* Where the default route of IPv4 leads, of the main table or as the rules say; 0: nowhere. */
static int default_ifindex4(struct net *net)
{
	struct flowi4 fl = { .flowi4_iif = LOOPBACK_IFINDEX };
	struct fib_result res = {};

	/* what has no longer prefix than "0.0.0.0/1", in two halves, is a default route, too */
	if (fib_lookup(net, &fl, &res, FIB_LOOKUP_NOREF) || res.type != RTN_UNICAST)
		return 0;
	return FIB_RES_DEV(res) ? FIB_RES_DEV(res)->ifindex : 0;
}

/* That of IPv6: by an address of all that is global, 2000::/3, which nobody has. */
static int default_ifindex6(const struct sipalg_ctx *ctx)
{
	struct sip_addr any = { .family = SIP_FAMILY_IPV6 };

	any.w[0] = (__force u32)htonl(0x20000000);
	return ifindex_of(ctx, &any);
}

void sipalg_ask_sides(struct sipalg_ctx *ctx)
{
	int wan, sender, receiver;

	ctx->is_outside[0] = false;
	ctx->is_outside[1] = false;
	if (ctx->is_nat)
		return;
	if (ctx->flow.self.addr.family == SIP_FAMILY_IPV4)
		wan = default_ifindex4(ctx->sn->net);
	else
		wan = default_ifindex6(ctx);
	if (!wan)
		return;
	sender = ifindex_of(ctx, &ctx->flow.self.addr);
	receiver = ifindex_of(ctx, &ctx->flow.peer_real.addr);
	ctx->is_outside[0] = sender == wan && receiver != wan;
	ctx->is_outside[1] = receiver == wan && sender != wan;
}

/* The same; 0 where a router is between, too. */
static int link_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	struct place place = place_of(ctx, addr);

	return place.is_on_link ? place.ifindex : 0;
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

static bool is_of_station(const struct sipalg_ctx *ctx, int ifindex, const struct sip_addr *addr)
{
	struct net_device *dev = dev_get_by_index_rcu(ctx->sn->net, ifindex);

	return dev && sip_neighbour_is_one(dev, &ctx->flow.self.addr, addr);
}

static bool has_prefix_of(const struct sip_addr *a, const struct sip_addr *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1];
}

/* What refuses most, and costs least, comes first. */
bool sipalg_is_second(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	const struct sip_addr *self = &ctx->flow.self.addr;
	u32 how = ctx->set->second_address;
	int here, there;

	if (how == SIPALG_SECOND_OFF || addr->family != SIP_FAMILY_IPV6 ||
	    self->family != SIP_FAMILY_IPV6)
		return false;
	if (how == SIPALG_SECOND_PREFIX && !has_prefix_of(self, addr))
		return false;
	here = link_of(ctx, self);
	if (!here || (how == SIPALG_SECOND_NEIGHBOUR && !is_of_station(ctx, here, addr)))
		return false;
	there = ifindex_of(ctx, &ctx->flow.peer_real.addr);
	return there && there != here && link_of(ctx, addr) == here;
}
