/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_neighbour: which IPv6 addresses of a link belong to one station, by the neighbour table
 * of the router.
 *
 * An IPv6 host usually has several addresses (RFC 4941, RFC 6724), and a phone may signal from
 * one address and announce its media at another.  The table says to which station the router
 * would send a packet for an address (RFC 4861).  If this is the station that has sent the
 * message, then a pinhole leads to no other station.
 *
 * IPv4 addresses are not looked up.  A phone usually has one IPv4 address, and in IPv4 one
 * link-layer address more often stands for many hosts: proxy ARP has no flag that shows it.
 */
#ifndef _SIPALG_NEIGHBOUR_H
#define _SIPALG_NEIGHBOUR_H

#include <linux/types.h>

#include "sip_addr.h"

struct net_device;

/**
 * sipalg_neighbour_is_one() - ask whether two addresses belong to one station
 * @dev: device of the link
 * @a: an IPv6 address on the link
 * @b: another IPv6 address on the link
 *
 * Both addresses must have a valid entry with the same link-layer address.  An entry that is
 * marked as a router does not count, as the address may belong to a host that this router answers
 * for (RFC 4389).  Entries of a link without link-layer addresses do not count either.  An address
 * that the router has never heard of has no entry, and the router does not ask for it: text from
 * the wire makes it send nothing.
 *
 * The function cannot detect a repeater that shows several hosts under its own link-layer
 * address without being a router: these hosts are one station here.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: both belong to one station; false: they do not, or the table cannot tell, or the
 * kernel has no IPv6.
 */
bool sipalg_neighbour_is_one(struct net_device *dev, const struct sip_addr *a,
			     const struct sip_addr *b);

#endif /* _SIPALG_NEIGHBOUR_H */
