/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_inside: whether an address that a message names is on the side of the sender, and which
 * side is outside where no NAT tells it.
 */
#ifndef _SIPALG_INSIDE_H
#define _SIPALG_INSIDE_H

#include <linux/types.h>

struct net;
struct nf_conn;
struct sipalg_ctx;
struct sip_addr;

/**
 * sipalg_is_inside() - ask whether media may go to another host than the sender, inside_media=1
 * @ctx: context of the message that names the host
 * @addr: address of the host, of any family
 *
 * SECURITY P1 and P2: the address is that of one host and not of the router.  By the routes it is
 * reached over the device of the sender, and the receiver of the message over another device.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: media may go there; false: it may not, or a look-up has failed.
 */
bool sipalg_is_inside(const struct sipalg_ctx *ctx, const struct sip_addr *addr);

/**
 * sipalg_is_second() - ask whether an address is another address of the sender, second_address
 * @ctx: context of the message that names the address
 * @addr: the address, which is not the address that the packet came from
 *
 * SECURITY P1 and P2: the address is an IPv6 address of one host, not of the router, and not valid
 * on one link only.  By the routes it is on the link of the sender, with no router between, and
 * the receiver of the message is on another link.  The setting asks for one thing more:
 *
 *	neighbour	the address is at the station of the sender, see sipalg_neighbour.h.  This
 *			station could take the address by neighbour discovery, so the pinhole leads
 *			to a host that could have sent packets from there anyway
 *	prefix		the address has the /64 of the sender.  This is for a link of hosts
 *			that trust each other, as each of them may open pinholes to any other host
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: media may go there; false: it may not, or a look-up has failed.
 */
bool sipalg_is_second(const struct sipalg_ctx *ctx, const struct sip_addr *addr);

/**
 * sipalg_ask_sides() - find out which party is outside, where there is no NAT
 * @ctx: context of a packet; this fills ctx->is_outside, with false for both parties under NAT
 *
 * A party is outside if it is reached over the device of the default route and the other party is
 * not.  Without a default route, as on a router between networks of equal rank, no party is
 * outside: both may open pinholes, and each is charged for its own.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_ask_sides(struct sipalg_ctx *ctx);

/**
 * sipalg_is_way_of() - ask whether an address is routed as the parties of a call are
 * @net: namespace
 * @signalling: the signalling connection of the call
 * @addr: destination of media that begins inside
 *
 * docs/security.md B6: by the routes the address is reached over the device of one of the
 * parties, or over the device of the default route.  The answer is yes as well where the routes
 * cannot tell: one of these addresses has no route, has several next hops, or is valid on one
 * link only.  The look-ups ignore marks, source addresses and the VRF of a packet, for all
 * addresses alike.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where the address is routed so, or the routes cannot tell.
 */
bool sipalg_is_way_of(struct net *net, const struct nf_conn *signalling,
		      const struct sip_addr *addr);

#endif /* _SIPALG_INSIDE_H */
