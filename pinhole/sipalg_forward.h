/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_forward: where rules of NAT lead a packet that comes from outside.
 *
 * A port that the administrator forwards to a host belongs to that host.  No table lists these
 * ports: only the rules know them, of iptables, of nft, or of both.  So the unit makes a packet,
 * lets the hook of NAT before routing see it, and frees it.  The packet is not sent, and its
 * connection is never confirmed.  The rules of NAT count the packet as they count any first packet
 * of a connection; rules of other chains do not see it.
 */
#ifndef _SIPALG_FORWARD_H
#define _SIPALG_FORWARD_H

#include <linux/types.h>

#include "sip_addr.h"

struct net;
struct net_device;
struct nf_conntrack_zone;

/**
 * struct sipalg_forward_question - a first packet about which the rules of NAT are asked
 * @net: namespace
 * @in: device that the packet comes in by; the caller keeps it alive
 * @zone: conntrack zone
 * @from: source of the packet; port in host byte order
 * @to: destination of the packet, of the family of @from; port in host byte order
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 */
struct sipalg_forward_question {
	struct net *net;
	struct net_device *in;
	const struct nf_conntrack_zone *zone;
	struct sip_endpoint from;
	struct sip_endpoint to;
	u8 proto;
};

/**
 * sipalg_forward_of() - find where rules of NAT lead a new connection
 * @question: first packet of the connection
 *
 * Source: net/netfilter/nf_nat_core.c, nf_nat_inet_fn().
 *
 * Context: under rcu_read_lock(), in softirq or with bottom halves off.
 * Return: the new destination; @question->to where no rule changes it, where NAT has no hook, or
 * where memory is short.
 */
struct sip_endpoint sipalg_forward_of(const struct sipalg_forward_question *question);

#endif /* _SIPALG_FORWARD_H */
