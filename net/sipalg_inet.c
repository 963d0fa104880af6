// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_inet: conversion between addresses of the kernel and of the text core.  See
 * sipalg_inet.h.
 */
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "sipalg_inet.h"
#include "sipalg_compat.h"

union nf_inet_addr sipalg_inet_of_addr(const struct sip_addr *addr)
{
	union nf_inet_addr inet = {};

	if (addr->family == SIP_FAMILY_IPV4)
		inet.ip = (__force __be32)addr->w[0];
	else
		memcpy(inet.ip6, addr->w, sizeof(inet.ip6));
	return inet;
}
SIPALG_EXPORT(sipalg_inet_of_addr);

u8 sipalg_inet_nfproto(const struct sip_addr *addr)
{
	return addr->family == SIP_FAMILY_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

bool sipalg_inet_is_host(const struct sip_addr *addr)
{
	union nf_inet_addr a = sipalg_inet_of_addr(addr);

	if (addr->family == SIP_FAMILY_IPV4)
		return !ipv4_is_multicast(a.ip) && !ipv4_is_lbcast(a.ip) &&
		       !ipv4_is_zeronet(a.ip) && !ipv4_is_loopback(a.ip);
	return ipv6_addr_type(&a.in6) & IPV6_ADDR_UNICAST &&
	       !(ipv6_addr_type(&a.in6) & IPV6_ADDR_LOOPBACK);
}

bool sipalg_inet_is_link_local(const struct sip_addr *addr)
{
	union nf_inet_addr a = sipalg_inet_of_addr(addr);

	if (addr->family == SIP_FAMILY_IPV4)
		return ipv4_is_linklocal_169(a.ip);
	return ipv6_addr_type(&a.in6) & IPV6_ADDR_LINKLOCAL;
}

void sipalg_inet_of_endpoint(const struct sip_endpoint *at, struct sockaddr_in6 *out)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (at->addr.family == SIP_FAMILY_IPV4) {
		sin->sin_family = AF_INET;
		sin->sin_port = htons(at->port);
		sin->sin_addr.s_addr = (__force __be32)at->addr.w[0];
	} else if (at->addr.family) {
		out->sin6_family = AF_INET6;
		out->sin6_port = htons(at->port);
		memcpy(&out->sin6_addr, at->addr.w, sizeof(out->sin6_addr));
	}
}
