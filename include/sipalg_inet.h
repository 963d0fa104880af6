/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_inet: conversion between addresses of conntrack and addresses of the text core.
 */
#ifndef _SIPALG_INET_H
#define _SIPALG_INET_H

#include <linux/netfilter.h>
#include <net/netfilter/nf_conntrack_tuple.h>

#include "sip_addr.h"

/**
 * sipalg_inet_addr_of() - make an address of the text core from one of conntrack
 * @l3num: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address, in network byte order
 *
 * Context: any.
 * Return: the same address, in network byte order.
 */
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

/**
 * sipalg_inet_of_addr() - make an address of conntrack from one of the text core
 * @addr: the address
 *
 * Context: any.
 * Return: the same address, in network byte order; bytes that its family does not use are 0.
 */
union nf_inet_addr sipalg_inet_of_addr(const struct sip_addr *addr);

/**
 * sipalg_inet_is_host() - ask whether an address can be that of one host
 * @addr: the address
 *
 * The broadcast address of a network looks like the address of a host; the routes know it.
 *
 * Context: any.
 * Return: false for a loopback, unspecified, multicast or limited broadcast address.
 */
bool sipalg_inet_is_host(const struct sip_addr *addr);

/**
 * sipalg_inet_is_link_local() - ask whether an address is valid on one link only
 * @addr: the address
 *
 * Context: any.
 * Return: true for an address of 169.254.0.0/16 or fe80::/10.
 */
bool sipalg_inet_is_link_local(const struct sip_addr *addr);

/**
 * sipalg_inet_nfproto() - tell the family of an address as netfilter numbers it
 * @addr: the address; its family is not 0
 *
 * Context: any.
 * Return: NFPROTO_IPV4 or NFPROTO_IPV6.
 */
u8 sipalg_inet_nfproto(const struct sip_addr *addr);

/**
 * sipalg_inet_source_of() - read the source of a tuple
 * @t: the tuple, of UDP or TCP
 *
 * Context: any.
 * Return: the source address in network byte order, and its port in host byte order.
 */
static inline struct sip_endpoint sipalg_inet_source_of(const struct nf_conntrack_tuple *t)
{
	return (struct sip_endpoint){ sipalg_inet_addr_of(t->src.l3num, &t->src.u3),
				      ntohs(t->src.u.all) };
}

/**
 * sipalg_inet_destination_of() - read the destination of a tuple
 * @t: the tuple, of UDP or TCP
 *
 * Context: any.
 * Return: the destination address in network byte order, and its port in host byte order.
 */
static inline struct sip_endpoint sipalg_inet_destination_of(const struct nf_conntrack_tuple *t)
{
	return (struct sip_endpoint){ sipalg_inet_addr_of(t->src.l3num, &t->dst.u3),
				      ntohs(t->dst.u.all) };
}

/**
 * sipalg_inet_of_endpoint() - make a socket address, which the kernel prints with %pISpc
 * @at: address and port, the port in host byte order
 * @out: room for the result: a sockaddr_in for an IPv4 address, a sockaddr_in6 for an IPv6
 *	address, all zero where the address has no family
 *
 * Context: any.
 */
void sipalg_inet_of_endpoint(const struct sip_endpoint *at, struct sockaddr_in6 *out);

#endif /* _SIPALG_INET_H */
