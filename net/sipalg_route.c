// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_route: look-ups in the routing tables.  See sipalg_route.h.
 */
#include <linux/netfilter.h>
#include <net/dst.h>
#include <net/flow.h>

#include "sipalg_inet.h"
#include "sipalg_route.h"

struct dst_entry *sipalg_route_to(struct net *net, const struct sip_addr *addr)
{
	union nf_inet_addr inet = sipalg_inet_of_addr(addr);
	u8 family = sipalg_inet_nfproto(addr);
	struct dst_entry *dst = NULL;
	struct flowi fl = {};

	if (!sipalg_inet_is_host(addr) || sipalg_inet_is_link_local(addr))
		return NULL;
	if (family == NFPROTO_IPV4)
		fl.u.ip4.daddr = inet.ip;
	else
		fl.u.ip6.daddr = inet.in6;
	if (nf_route(net, &dst, &fl, false, family))
		return NULL;
	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}
