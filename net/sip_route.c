// SPDX-License-Identifier: GPL-2.0
/*
 * sip_route: asking the routing tables.  See sip_route.h.
 */
#include <linux/netfilter.h>
#include <net/dst.h>
#include <net/flow.h>

#include "sip_inet.h"
#include "sip_route.h"

struct dst_entry *sip_route_to(struct net *net, const struct sip_addr *addr)
{
	union nf_inet_addr inet = sip_addr_to_inet(addr);
	u8 family = sip_addr_nfproto(addr);
	struct dst_entry *dst = NULL;
	struct flowi fl = {};

	if (!sip_addr_is_host(addr) || sip_addr_is_link_local(addr))
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
