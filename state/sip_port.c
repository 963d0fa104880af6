// SPDX-License-Identifier: GPL-2.0
/*
 * sip_port: which port is published.  See sip_port.h.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sip_pinhole.h"
#include "sip_port.h"
#include "sipalg_compat.h"

enum {
	MAX_TRIES	= 32,		/* ports tried before a run is given up */
	RANGE_TRIES	= 128,		/* the same in media_ports: all of a small range */
	OTHER_PORTS	= 10240,	/* where other ports come from: away from the ports */
	OTHER_PORTS_N	= 22528,	/* that hosts and masquerading pick by themselves */
};

const struct sipalg_range *sip_port_range(const struct sip_pinhole_want *want)
{
	const struct sipalg_range *range = &sipalg_settings(want->sn)->media_ports;

	if (!range->low || want->class == SIP_PINHOLE_SIGNALLING || want->keep_ports ||
	    want->mapped_port)
		return NULL;
	return range;
}

u32 sip_port_tries(const struct sip_pinhole_want *want)
{
	if (sip_port_range(want))
		return 1 + RANGE_TRIES;
	return want->keep_ports || want->mapped_port ? 1 : MAX_TRIES;
}

/* Where the first port of a run may be: all places of a small range, some of a large one. */
static u32 first_in(const struct sipalg_range *range, const struct sip_pinhole_want *want, u32 try)
{
	u32 first = range->low + ((range->low ^ want->ports[0]) & 1);
	u32 n = (range->high - range->low) / 2 + 1;
	u32 place = n > RANGE_TRIES ? jhash_2words(want->seed, try, 0) : want->seed + try;

	return first + 2 * (place % n);
}

u16 sip_port_candidate(const struct sip_pinhole_want *want, u32 i, u32 try)
{
	u32 port, step = want->is_pairs ? i : want->ports[i] - want->ports[0];
	const struct sipalg_range *range = sip_port_range(want);

	if (!try)
		port = want->mapped_port ? want->mapped_port : want->ports[i];
	else if (range)
		port = first_in(range, want, try) + step;
	else
		port = ((OTHER_PORTS + jhash_2words(want->seed, try, 0) % OTHER_PORTS_N) & ~1U) +
		       (want->ports[0] & 1) + step;
	return !range || (port >= range->low && port <= range->high) ? port : 0;
}

/* By keep_ports, or net.ipv4.ip_local_reserved_ports, which is of both families. */
static bool is_kept(struct sipalg_net *sn, u16 port)
{
	return sipalg_ranges_have(&sipalg_settings(sn)->keep_ports, port) ||
	       inet_is_local_reserved_port(sn->net, port);
}

/* The device that has the address, or NULL: it is not the router's. */
static const struct net_device *device_of(struct sipalg_net *sn, const struct sip_addr *addr)
{
	union nf_inet_addr a = sip_addr_to_inet(addr);

	if (addr->family == SIP_FAMILY_IPV4)
		return __ip_dev_find(sn->net, a.ip, false);
#if IS_ENABLED(CONFIG_IPV6)
	return ipv6_dev_find(sn->net, &a.in6, NULL);
#else
	return NULL;
#endif
}

static bool is_bound(struct sipalg_net *sn, const struct sip_pinhole_key *at,
		     const struct sip_addr *owner)
{
	const struct net_device *dev = device_of(sn, &at->addr);
	union nf_inet_addr addr = sip_addr_to_inet(&at->addr);
	bool is_tcp = at->proto == IPPROTO_TCP;

	if (!dev || device_of(sn, owner))
		return false;
	if (at->addr.family == SIP_FAMILY_IPV4)
		return is_tcp ? sipalg_listens(sn->net, addr.ip, at->port, dev->ifindex) :
				sipalg_receives(sn->net, addr.ip, at->port, dev->ifindex);
	return is_tcp ? sipalg_listens6(sn->net, &addr.in6, at->port, dev->ifindex) :
			sipalg_receives6(sn->net, &addr.in6, at->port, dev->ifindex);
}

/* What costs least is asked first. */
static bool port_is_others(const struct sip_pinhole_want *want, u16 port)
{
	struct sip_pinhole_key at = {
		.addr = want->mapped,
		.port = port,
		.zone = nf_ct_zone(want->ct)->id,
		.proto = want->proto,
	};

	if (!port || sip_pinhole_by_mapped(want->sn, &at))
		return true;
	if (is_kept(want->sn, port)) {
		sipalg_count(want->sn, SIPALG_STAT_PORTS_KEPT);
		return true;
	}
	if (is_bound(want->sn, &at, &want->real)) {
		sipalg_count(want->sn, SIPALG_STAT_PORTS_BOUND);
		return true;
	}
	return false;
}

bool sip_port_run_is_others(const struct sip_pinhole_want *want, u32 try)
{
	u32 i;

	for (i = 0; i < want->n; i++)
		if (port_is_others(want, sip_port_candidate(want, i, try)))
			return true;
	return false;
}
