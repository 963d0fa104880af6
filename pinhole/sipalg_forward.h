/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_forward: where NAT rules lead a packet that comes from outside.
 *
 * A port that the administrator forwards to a host is that host's.  No table says which ports
 * these are: it is known to the rules alone, of iptables, of nft, or of both.  So they are asked as
 * a packet would ask them: one is made, the hook of NAT before routing sees it, and it is freed.
 * It is sent nowhere, and its connection is never confirmed.  The rules of NAT count it as they
 * count any first packet of a connection; rules of other chains do not see it.
 */
#ifndef _SIPALG_FORWARD_H
#define _SIPALG_FORWARD_H

#include <linux/types.h>

#include "sip_addr.h"

struct net;
struct net_device;
struct nf_conntrack_zone;

/**
 * struct sipalg_forward_question - a packet that nobody has sent
 * @net: namespace
 * @in: device that it comes by
 * @zone: conntrack zone
 * @from: its source
 * @to: its destination, of the same family
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
 * sipalg_forward_of() - where NAT rules lead a new connection
 * @question: its first packet
 *
 * Context: under rcu_read_lock(), in softirq or with bottom halves off.
 * Return: the new destination; @question->to where no rule changes it, where no rules are, and
 * where memory is short.  Source: net/netfilter/nf_nat_core.c, nf_nat_inet_fn().
 */
struct sip_endpoint sipalg_forward_of(const struct sipalg_forward_question *question);

#endif /* _SIPALG_FORWARD_H */
