/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_route: look-ups in the routing tables of the router.
 */
#ifndef _SIPALG_ROUTE_H
#define _SIPALG_ROUTE_H

#include "sip_addr.h"

struct dst_entry;
struct net;

/**
 * sipalg_route_to() - find the route to a host, as for a packet of the router itself
 * @net: namespace
 * @addr: address of the host
 *
 * Context: softirq, or with bottom halves off; under rcu_read_lock().
 * Return: the route, which the caller gives back with dst_release(); NULL: the tables have no
 * route, or @addr is not the address of a host, or is valid on one link only.
 */
struct dst_entry *sipalg_route_to(struct net *net, const struct sip_addr *addr);

#endif /* _SIPALG_ROUTE_H */
