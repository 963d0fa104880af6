/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_inet: addresses and tuples of conntrack as the text core writes addresses, and back.
 */
#ifndef _SIPALG_INET_H
#define _SIPALG_INET_H

#include <linux/netfilter.h>
#include <net/netfilter/nf_conntrack_tuple.h>

#include "sip_addr.h"

/* An address of @l3num, NFPROTO_IPV4 or NFPROTO_IPV6, in network byte order. */
static inline struct sip_addr sipalg_inet_addr_of(u16 l3num, const union nf_inet_addr *addr)
{
	struct sip_addr a = {};

	if (l3num == NFPROTO_IPV4) {
		a.family = SIP_FAMILY_IPV4;
		a.w[0] = (__force u32)addr->ip;
	} else {
		a.family = SIP_FAMILY_IPV6;
		memcpy(a.w, addr->ip6, sizeof(a.w));
	}
	return a;
}

/* The same backwards; what @addr does not need is 0. */
union nf_inet_addr sipalg_inet_of_addr(const struct sip_addr *addr);

/*
 * Whether it can be one host's: not loopback, unspecified, multicast or broadcast.  Of a
 * network's own broadcast address the routes know.
 */
bool sipalg_inet_is_host(const struct sip_addr *addr);

/* Whether it is reached on one link alone. */
bool sipalg_inet_is_link_local(const struct sip_addr *addr);

/* NFPROTO_IPV4 or NFPROTO_IPV6 */
u8 sipalg_inet_nfproto(const struct sip_addr *addr);

/* Source and destination of a tuple, ports in host byte order. */
static inline struct sip_endpoint sipalg_inet_source_of(const struct nf_conntrack_tuple *t)
{
	return (struct sip_endpoint){ sipalg_inet_addr_of(t->src.l3num, &t->src.u3),
				      ntohs(t->src.u.all) };
}

static inline struct sip_endpoint sipalg_inet_destination_of(const struct nf_conntrack_tuple *t)
{
	return (struct sip_endpoint){ sipalg_inet_addr_of(t->src.l3num, &t->dst.u3),
				      ntohs(t->dst.u.all) };
}

/* As the kernel prints it with %pISpc, whatever its family is. */
void sipalg_inet_of_endpoint(const struct sip_endpoint *at, struct sockaddr_in6 *out);

#endif /* _SIPALG_INET_H */
