/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_neighbour: which IPv6 addresses of a link are one station's, by the router's own
 * neighbour table.
 *
 * A host on IPv6 has several addresses as a rule (RFC 4941, RFC 6724), and a phone may signal
 * from one and announce its media at another.  The table says to which station the router
 * would send what is for an address (RFC 4861): where that is the station from which the
 * message came, a pinhole leads to no one else.
 *
 * IPv4 is not asked.  A phone has one address of it as a rule, and one link-layer address
 * stands for many hosts more often: proxy ARP has no flag that tells.
 */
#ifndef _SIPALG_NEIGHBOUR_H
#define _SIPALG_NEIGHBOUR_H

#include <linux/types.h>

#include "sip_addr.h"

struct net_device;

/**
 * sipalg_neighbour_is_one() - whether two addresses are one station's
 * @dev: the link
 * @a: an IPv6 address on it
 * @b: another
 *
 * Both have an entry that is valid, and the same link-layer address.  An entry of a router is
 * not taken: what stands behind its link-layer address may be somebody else's, as with a
 * router that answers for others (RFC 4389).  So is no entry of a link without link-layer
 * addresses.  Of an address that the router has never heard of there is no entry, and no one
 * is asked about it: a text from the wire makes the router send nothing.
 *
 * What it cannot tell: a repeater that hides several hosts behind its own link-layer address,
 * without being a router, is one station here.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether they are; false where the kernel has no IPv6.
 */
bool sipalg_neighbour_is_one(struct net_device *dev, const struct sip_addr *a,
			     const struct sip_addr *b);

#endif /* _SIPALG_NEIGHBOUR_H */
