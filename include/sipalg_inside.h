/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_inside: whether an address that a message names is on the sender's side, and which
 * side is outside where no NAT says it.
 */
#ifndef _SIPALG_INSIDE_H
#define _SIPALG_INSIDE_H

#include <linux/types.h>

struct net;
struct nf_conn;
struct sipalg_ctx;
struct sip_addr;

/**
 * sipalg_is_inside() - may media go to another host than the sender, inside_media=1
 * @ctx: the packet that names it
 * @addr: an address of the family of the connection, or another
 *
 * SECURITY P1 and P2: it is one host, not the router itself, and by the routes it is reached
 * where the sender is, and the receiver of the message elsewhere.  Where a look-up fails, it is
 * not.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether it is.
 */
bool sipalg_is_inside(const struct sipalg_ctx *ctx, const struct sip_addr *addr);

/**
 * sipalg_is_second() - is it another address of the sender's own, second_address
 * @ctx: the packet that names it
 * @addr: an address that is not the one that the packet came from
 *
 * SECURITY P1 and P2: IPv6 alone; it is one host, not the router itself, nothing of one link
 * alone, and by the routes it is on the link that the sender is on, without a router between;
 * the receiver of the message is elsewhere.  Then
 *
 *	neighbour	it is at the sender's own station, see sipalg_neighbour.h.  Whoever is that
 *			station could take the address for itself by neighbour discovery, so the
 *			pinhole leads where its packets could have come from anyway
 *	prefix		it has the sender's /64: for a link whose hosts trust each other, as each
 *			of them may open pinholes to any other one
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether it is.
 */
bool sipalg_is_second(const struct sipalg_ctx *ctx, const struct sip_addr *addr);

/**
 * sipalg_ask_sides() - who is outside, where there is no NAT
 * @ctx: a packet; its is_outside is filled
 *
 * Outside is who is reached where the default route leads, if the other party is not.  Where
 * there is no default route, as on a router between networks of equal rank, nobody is: both may
 * open what they need, and each is charged for it.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_ask_sides(struct sipalg_ctx *ctx);

/**
 * sipalg_is_way_of() - is that address routed as the parties of a call are
 * @net: namespace
 * @signalling: the signalling connection of the call
 * @addr: where media that begins inside goes to
 *
 * docs/security.md B6: by the routes it is reached over the device of one of the parties, or
 * over that of the default route.  What the routes do not tell is one of these: no route to
 * one of them, several next hops, one link alone.  Marks, sources and the VRF of a packet are
 * not asked, for all addresses alike.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether it is.
 */
bool sipalg_is_way_of(struct net *net, const struct nf_conn *signalling,
		      const struct sip_addr *addr);

#endif /* _SIPALG_INSIDE_H */
