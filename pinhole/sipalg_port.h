/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_port: which port is published, and whether it is anybody else's.
 *
 * Our own table knows what we have promised, and no more.  A pinhole takes the packets of
 * whoever had the port before: of a server on the router, of what the administrator has kept.
 */
#ifndef _SIPALG_PORT_H
#define _SIPALG_PORT_H

#include <linux/types.h>

struct sipalg_pinhole_want;
struct sipalg_range;

/* The range that the run's ports must be of; NULL: any.  Under rcu_read_lock(). */
const struct sipalg_range *sipalg_port_range(const struct sipalg_pinhole_want *want);

/* How many tries a run has, at least one. */
u32 sipalg_port_tries(const struct sipalg_pinhole_want *want);

/* The mapped port, in host byte order, of pinhole @i of a run in try @try; 0: this try has none. */
u16 sipalg_port_candidate(const struct sipalg_pinhole_want *want, u32 i, u32 try);

/**
 * struct sipalg_port_search - what the search for a run's ports has found out
 * @asked: how often the rules of NAT were asked
 * @all_forwarded: they forward whatever nobody else has, so that such a port is as good as another
 */
struct sipalg_port_search {
	u32 asked;
	bool all_forwarded;
};

/**
 * sipalg_port_run_is_others() - whether a port of a run is one that packets of others come to
 * @want: the run, of an address that is published for its host: not the host's own
 * @search: all zero before the first try
 * @try: which try
 *
 * SECURITY B3: one that we have promised; one that keep_ports or the kernel's reserved ports
 * have; one at which a socket of the router waits, unless the host is the router.  Of UDP that is
 * a socket that anybody may send to, whoever has made it (WireGuard's is one of the kernel), of
 * TCP one that listens.  Bound to that address, to all, or to the device that has it.  Those that
 * are connected do not count: conntrack knows their packets before any expectation.
 * And one that rules of NAT forward to another host.
 *
 * Context: under rcu_read_lock().
 * Return: whether there is one; counted, but for our own.
 */
bool sipalg_port_run_is_others(const struct sipalg_pinhole_want *want,
			       struct sipalg_port_search *search, u32 try);

#endif /* _SIPALG_PORT_H */
