// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_inside: tells sides by the routes.  See sipalg_inside.h.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "sipalg_inet.h"
#include "sipalg_neighbour.h"
#include "sipalg_route.h"
#include "sipalg_ctx.h"
#include "sipalg_inside.h"

static bool is_host(u8 family, const struct dst_entry *dst)
{
	if (dst->dev->flags & IFF_LOOPBACK)	/* an address of the router, or loopback */
		return false;
	if (family == NFPROTO_IPV4)
		return !(((const struct rtable *)dst)->rt_flags &
			 (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL));
	return !(((const struct rt6_info *)dst)->rt6i_flags &
		 (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT));
}

/* Whether the host is on the link itself, with no router between. */
static bool is_on_link(u8 family, const struct dst_entry *dst)
{
	return family == NFPROTO_IPV6 &&
	       !(((const struct rt6_info *)dst)->rt6i_flags & RTF_GATEWAY);
}

/* the place at which a host is reached */
struct place {
	int ifindex;		/* its device; 0: the address is no host, or has no route */
	bool is_on_link;	/* whether no router is between */
};

static struct place inside_place_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	struct dst_entry *dst = sipalg_route_to(ctx->sn->net, addr);
	u8 family = sipalg_inet_nfproto(addr);
	struct place place = {};

	if (!dst)
		return place;
	if (is_host(family, dst)) {
		place.ifindex = dst->dev->ifindex;
		place.is_on_link = is_on_link(family, dst);
	}
	dst_release(dst);
	return place;
}

static int ifindex_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	return inside_place_of(ctx, addr).ifindex;
}

/* The device of the default route of IPv4, by the routing rules; 0: there is none. */
static int default_ifindex4(struct net *net)
{
	struct flowi4 fl = { .flowi4_iif = LOOPBACK_IFINDEX };
	struct fib_result res = {};

	/* the two halves 0.0.0.0/1 and 128.0.0.0/1 are a default route as well */
	if (fib_lookup(net, &fl, &res, FIB_LOOKUP_NOREF) || res.type != RTN_UNICAST)
		return 0;
	return FIB_RES_DEV(res) ? FIB_RES_DEV(res)->ifindex : 0;
}

/* an address of 2000::/3, all global IPv6 addresses, that no host has */
static struct sip_addr any_global6(void)
{
	struct sip_addr any = { .family = SIP_FAMILY_IPV6 };

	any.w[0] = (__force u32)htonl(0x20000000);
	return any;
}

/* The device of the default route of IPv6; 0: there is none. */
static int default_ifindex6(const struct sipalg_ctx *ctx)
{
	struct sip_addr any = any_global6();

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

/* The device over which a host is reached without a router between; 0: there is none. */
static int link_of(const struct sipalg_ctx *ctx, const struct sip_addr *addr)
{
	struct place place = inside_place_of(ctx, addr);

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

	return dev && sipalg_neighbour_is_one(dev, &ctx->flow.self.addr, addr);
}

static bool has_prefix_of(const struct sip_addr *a, const struct sip_addr *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1];
}

/* The checks that refuse most and cost least come first. */
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

/* The device that leads to an address, loopback for one of the router; 0: it cannot be told. */
static int device_to(struct net *net, const struct sip_addr *addr)
{
	struct dst_entry *dst = sipalg_route_to(net, addr);
	int ifindex = dst ? dst->dev->ifindex : 0;

	dst_release(dst);
	return ifindex;
}

static int default_device(struct net *net, u8 family)
{
	struct sip_addr any = any_global6();

	return family == SIP_FAMILY_IPV4 ? default_ifindex4(net) : device_to(net, &any);
}

static bool has_ways4(struct net *net, const struct sip_addr *addr)
{
	struct flowi4 fl = {
		.flowi4_iif = LOOPBACK_IFINDEX,
		.daddr = sipalg_inet_of_addr(addr).ip,
	};
	struct fib_result res = {};

	return !fib_lookup(net, &fl, &res, FIB_LOOKUP_NOREF) && res.fi &&
	       fib_info_num_path(res.fi) > 1;
}

static bool has_ways6(struct net *net, const struct sip_addr *addr)
{
	struct dst_entry *dst = sipalg_route_to(net, addr);
	const struct fib6_info *from;
	bool has_ways;

	if (!dst)
		return false;
	from = rcu_dereference(((const struct rt6_info *)dst)->from);
	has_ways = from && (from->nh ? nexthop_is_multipath(from->nh) :
				       READ_ONCE(from->fib6_nsiblings));
	dst_release(dst);
	return has_ways;
}

/* Whether several next hops share the route: the ports of a packet may choose among them. */
static bool has_ways(struct net *net, const struct sip_addr *addr)
{
	return addr->family == SIP_FAMILY_IPV4 ? has_ways4(net, addr) : has_ways6(net, addr);
}

bool sipalg_is_way_of(struct net *net, const struct nf_conn *signalling,
		      const struct sip_addr *addr)
{
	int there = device_to(net, addr), device, dir;
	struct sip_endpoint end;

	if (!there || there == default_device(net, addr->family))
		return true;
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		end = sipalg_inet_source_of(&signalling->tuplehash[dir].tuple);
		device = device_to(net, &end.addr);
		if (!device || device == there)
			return true;
	}
	return has_ways(net, addr);
}
