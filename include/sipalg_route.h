/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_route: where the routing tables lead.
 */
#ifndef _SIPALG_ROUTE_H
#define _SIPALG_ROUTE_H

#include "sip_addr.h"

struct dst_entry;
struct net;

/**
 * sipalg_route_to() - the route to a host, as for a packet of the router itself
 * @net: namespace
 * @addr: the host
 *
 * Context: softirq, or with bottom halves off; under rcu_read_lock().
 * Return: the route, to be given back with dst_release(); NULL: there is none, or the address is
 * no host's, or is reached on one link alone.
 */
struct dst_entry *sipalg_route_to(struct net *net, const struct sip_addr *addr);

#endif /* _SIPALG_ROUTE_H */
