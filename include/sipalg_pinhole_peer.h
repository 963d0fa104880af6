/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_peer: the endpoint that the other side has announced for a pinhole.
 */
#ifndef _SIPALG_PINHOLE_PEER_H
#define _SIPALG_PINHOLE_PEER_H

#include "sipalg_pinhole.h"

/**
 * sipalg_pinhole_set_peer() - the other side has announced an endpoint for the stream
 * @sn: namespace
 * @pin: open pinhole
 * @addr: announced address
 * @port: announced port, host byte order
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_pinhole_set_peer(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct sip_addr *addr, u16 port);

/**
 * sipalg_pinhole_peer() - the endpoint that the other side has announced
 * @pin: open pinhole
 *
 * Context: any but hard interrupt.
 * Return: the endpoint; family 0: not known.
 */
struct sip_endpoint sipalg_pinhole_peer(struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_comes_from() - the address that packets of the peer come from
 * @pin: open pinhole
 *
 * A peer that was announced by one of our own mappings is inside, and comes from its real address.
 *
 * Context: any but hard interrupt.
 * Return: the address; family 0: not known.
 */
struct sip_addr sipalg_pinhole_comes_from(struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_is_inside() - is the peer of a pinhole inside, at an address?
 * @pin: open pinhole
 * @addr: address
 *
 * Context: any but hard interrupt.
 * Return: whether packets of the peer come from @addr, which is not the announced address.
 */
static inline bool sipalg_pinhole_is_inside(struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	struct sip_endpoint peer = sipalg_pinhole_peer(pin);
	struct sip_addr from = sipalg_pinhole_comes_from(pin);

	return sip_addr_equal(&from, addr) && !sip_addr_equal(&peer.addr, addr);
}

#endif /* _SIPALG_PINHOLE_PEER_H */
