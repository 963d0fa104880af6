// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_neighbour: look-ups in the neighbour table.  See sipalg_neighbour.h.
 */
#include <linux/netdevice.h>
#include <net/ndisc.h>
#include <net/neighbour.h>

#include "sipalg_inet.h"
#include "sipalg_neighbour.h"
#include "sipalg_compat.h"

/* states of an entry that names a station, even if the entry was not confirmed for a while */
enum { KNOWN = NUD_VALID & ~NUD_NOARP };

/* Return: whether @addr is at a station that is no router; then @station is its address. */
static bool station_of(struct net_device *dev, const struct sip_addr *addr, char *station)
{
	union nf_inet_addr inet = sipalg_inet_of_addr(addr);
	struct neighbour *n = neigh_lookup(&nd_tbl, &inet.in6, dev);
	bool is_known;

	if (!n)
		return false;
	neigh_ha_snapshot(station, n, dev);
	is_known = READ_ONCE(n->nud_state) & KNOWN && !(READ_ONCE(n->flags) & NTF_ROUTER);
	neigh_release(n);
	return is_known;
}

bool sipalg_neighbour_is_one(struct net_device *dev, const struct sip_addr *a,
			     const struct sip_addr *b)
{
	char first[MAX_ADDR_LEN], second[MAX_ADDR_LEN];

	if (!IS_ENABLED(CONFIG_IPV6) || !dev->addr_len || dev->flags & IFF_NOARP ||
	    a->family != SIP_FAMILY_IPV6 || b->family != SIP_FAMILY_IPV6)
		return false;
	return station_of(dev, a, first) && station_of(dev, b, second) &&
	       !memcmp(first, second, dev->addr_len);
}
SIPALG_EXPORT_TEST(sipalg_neighbour_is_one);
