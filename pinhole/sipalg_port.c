// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_port: which port is published.  See sipalg_port.h.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_forward.h"
#include "sipalg_legacy.h"
#include "sipalg_pinhole.h"
#include "sipalg_port.h"
#include "sipalg_route.h"
#include "sipalg_compat.h"

enum {
	MAX_TRIES	= 32,		/* tries of a run; they cover all of a small range */
	/* other ports are away from the ports that hosts and masquerading choose by themselves */
	OTHER_PORTS	= 10240,	/* first of the other ports */
	OTHER_PORTS_N	= 22528,	/* number of other ports */
	MAX_ASKED	= 64,		/* ports of a run about which the rules of NAT are asked */
	SAMPLES		= 4,		/* ports that stand for all ports */
};

const struct sipalg_range *sipalg_port_range(const struct sipalg_pinhole_want *want)
{
	const struct sipalg_range *range = &sipalg_settings_of(want->sn)->media_ports;

	if (!range->low || want->class == SIPALG_PINHOLE_SIGNALLING || want->keep_ports ||
	    want->mapped_port)
		return NULL;
	return range;
}

u32 sipalg_port_tries(const struct sipalg_pinhole_want *want)
{
	if (sipalg_port_range(want))
		return 1 + MAX_TRIES;
	return want->keep_ports || want->mapped_port ? 1 : MAX_TRIES;
}

/*
 * The first port of a run in a try.  The tries cover all places of a small range, and some places
 * of a large range.
 */
static u32 first_port_in(const struct sipalg_range *range, const struct sipalg_pinhole_want *want,
			 u32 try)
{
	u32 first = range->low + ((range->low ^ want->ports[0]) & 1);
	u32 n = (range->high - range->low) / 2 + 1;
	u32 place = n > MAX_TRIES ? jhash_2words(want->seed, try, 0) : want->seed + try;

	return first + 2 * (place % n);
}

u16 sipalg_port_candidate(const struct sipalg_pinhole_want *want, u32 i, u32 try)
{
	u32 port, step = want->is_pairs ? i : want->ports[i] - want->ports[0];
	const struct sipalg_range *range = sipalg_port_range(want);

	if (!try && want->adopted)
		return want->adopted + step <= 65535 ? want->adopted + step : 0;
	if (!try)
		port = want->mapped_port ? want->mapped_port : want->ports[i];
	else if (range)
		port = first_port_in(range, want, try) + step;
	else
		port = ((OTHER_PORTS + jhash_2words(want->seed, try, 0) % OTHER_PORTS_N) & ~1U) +
		       (want->ports[0] & 1) + step;
	return !range || (port >= range->low && port <= range->high) ? port : 0;
}

/*
 * Whether keep_ports has a port, or net.ipv4.ip_local_reserved_ports, which holds for both
 * families.
 */
static bool is_kept(struct sipalg_net *sn, u16 port)
{
	return sipalg_ranges_have(&sipalg_settings_of(sn)->keep_ports, port) ||
	       inet_is_local_reserved_port(sn->net, port);
}

/* Return: the device that has the address; NULL: the router does not have the address. */
static struct net_device *device_of(struct sipalg_net *sn, const struct sip_addr *addr)
{
	union nf_inet_addr a = sipalg_inet_of_addr(addr);

	if (addr->family == SIP_FAMILY_IPV4)
		return __ip_dev_find(sn->net, a.ip, false);
#if IS_ENABLED(CONFIG_IPV6)
	return ipv6_dev_find(sn->net, &a.in6, NULL);
#else
	return NULL;
#endif
}

/* Whether a socket of the router waits at the port; for a pinhole of the router none does. */
static bool is_bound(struct sipalg_net *sn, const struct sipalg_pinhole_key *at,
		     const struct sip_addr *owner)
{
	const struct net_device *dev = device_of(sn, &at->addr);
	union nf_inet_addr addr = sipalg_inet_of_addr(&at->addr);
	bool is_tcp = at->proto == IPPROTO_TCP;

	if (!dev || device_of(sn, owner))
		return false;
	if (at->addr.family == SIP_FAMILY_IPV4)
		return is_tcp ? sipalg_listens(sn->net, addr.ip, at->port, dev->ifindex) :
				sipalg_receives(sn->net, addr.ip, at->port, dev->ifindex);
	return is_tcp ? sipalg_listens6(sn->net, &addr.in6, at->port, dev->ifindex) :
			sipalg_receives6(sn->net, &addr.in6, at->port, dev->ifindex);
}

/* ---- what rules of NAT forward ---------------------------------------------------- */

/* The likely sender to the mapped address: the other end of the signalling connection. */
static struct sip_endpoint sender_to(const struct sipalg_pinhole_want *want)
{
	const struct nf_conntrack_tuple *orig = &want->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sip_endpoint to = sipalg_inet_destination_of(orig);

	if (sip_addr_equal(&to.addr, &want->mapped))
		return sipalg_inet_source_of(orig);
	return sipalg_inet_source_of(&want->ct->tuplehash[IP_CT_DIR_REPLY].tuple);
}

static struct sip_endpoint forward_of(struct sipalg_forward_question *q, u16 port)
{
	q->to.port = port;
	return sipalg_forward_of(q);
}

/*
 * An exposed host gets every packet that no other rule and no table knows.  Its rule names no port,
 * so no port belongs to that host alone.  The test: a sample port of each quarter of the ports is
 * forwarded to the same host as @port was, which is @to.
 */
static bool are_all_forwarded(const struct sipalg_pinhole_want *want,
			      struct sipalg_forward_question *q,
			      u16 port, const struct sip_endpoint *to)
{
	const u32 quarter = (65536 - SIPALG_PORT_MIN) / SAMPLES;
	bool keeps_port = to->port == port, too;
	struct sip_endpoint there;
	u32 i, sample;

	for (i = 0; i < SAMPLES; i++) {
		sample = SIPALG_PORT_MIN + i * quarter + jhash_2words(want->seed, i, 0) % quarter;
		there = forward_of(q, sample);
		too = there.port == sample;
		if (!sip_addr_equal(&there.addr, &to->addr) || too != keeps_port)
			return false;
	}
	return true;
}

/* Whether rules of NAT forward @port to another host, and not all ports to one host. */
static bool is_for_other_host(const struct sipalg_pinhole_want *want,
			      struct sipalg_port_search *search,
			      struct sipalg_forward_question *q, u16 port)
{
	struct sip_endpoint to;

	if (search->asked++ >= MAX_ASKED)	/* not known: assume that it is forwarded */
		return true;
	to = forward_of(q, port);
	if (sip_addr_equal(&to.addr, &want->real) ||
	    (sip_addr_equal(&to.addr, &want->mapped) && to.port == port))
		return false;
	search->all_forwarded = are_all_forwarded(want, q, port, &to);
	return !search->all_forwarded;
}

/*
 * Whether the administrator forwards @port to another host.  The packet in question comes in by
 * the device that has the mapped address, or else by the device on the way to the sender.
 */
static bool is_forwarded(const struct sipalg_pinhole_want *want, struct sipalg_port_search *search,
			 u16 port)
{
	struct net_device *dev = device_of(want->sn, &want->mapped);
	struct sipalg_forward_question q = {
		.net = want->sn->net,
		.zone = nf_ct_zone(want->ct),
		.from = sender_to(want),
		.to = { .addr = want->mapped },
		.proto = want->proto,
	};
	struct dst_entry *route = NULL;
	bool is_it;

	if (!sipalg_settings_of(want->sn)->keep_forwards || search->all_forwarded ||
	    q.from.addr.family != q.to.addr.family)
		return false;
	if (!dev || dev->flags & IFF_LOOPBACK) {
		route = sipalg_route_to(q.net, &q.from.addr);
		dev = route ? route->dev : q.net->loopback_dev;
	}
	q.in = dev;
	is_it = is_for_other_host(want, search, &q, port);
	dst_release(route);
	return is_it;
}

/*
 * Whether another router has published a mapped port, and not for pinhole @i of the run.  A call
 * that is new has no port of another router.
 */
static bool is_legacy(const struct sipalg_pinhole_want *want, const struct sipalg_pinhole_key *at,
		      u32 i)
{
	const struct sip_endpoint real = { want->real, want->ports[i] };
	bool may_be_own = want->adopted || want->class == SIPALG_PINHOLE_SIGNALLING;

	if (want->is_taken_up && sipalg_legacy_is_lost(want->sn, at, &want->real))
		return false;
	return sipalg_legacy_is_others(want->sn, at, may_be_own ? &real : NULL);
}

/*
 * Whether the mapped port of pinhole @i of a run belongs to anything else.  The cheapest test comes
 * first.  The other router has found a port of its own to be free.
 */
static bool port_is_others(const struct sipalg_pinhole_want *want,
			   struct sipalg_port_search *search, u32 i, u32 try)
{
	const struct sip_endpoint real = { want->real, want->ports[i] };
	u16 port = sipalg_port_candidate(want, i, try);
	struct sipalg_pinhole_key at = {
		.addr = want->mapped,
		.port = port,
		.zone = nf_ct_zone(want->ct)->id,
		.proto = want->proto,
	};

	if (!port || sipalg_pinhole_by_mapped(want->sn, &at) || is_legacy(want, &at, i))
		return true;
	if (want->adopted && sipalg_legacy_leads_to(want->sn, &at, &real))
		return false;
	if (is_kept(want->sn, port)) {
		sipalg_count(want->sn, SIPALG_STAT_PORTS_KEPT);
		return true;
	}
	if (is_bound(want->sn, &at, &want->real)) {
		sipalg_count(want->sn, SIPALG_STAT_PORTS_BOUND);
		return true;
	}
	if (is_forwarded(want, search, port)) {
		sipalg_count(want->sn, SIPALG_STAT_PORTS_FORWARDED);
		return true;
	}
	return false;
}

bool sipalg_port_run_is_others(const struct sipalg_pinhole_want *want,
			       struct sipalg_port_search *search, u32 try)
{
	u32 i;

	for (i = 0; i < want->n; i++) {
		sipalg_step();
		if (port_is_others(want, search, i, try))
			return true;
	}
	return false;
}
