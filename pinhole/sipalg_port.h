/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_port: which port is published, and which ports must not be.
 *
 * Our own table knows the ports that we have promised, and no others.  A pinhole receives the
 * packets of its port.  So a port must not be published that a server on the router uses, or that
 * the administrator has kept.
 */
#ifndef _SIPALG_PORT_H
#define _SIPALG_PORT_H

#include <linux/types.h>

struct sipalg_pinhole_want;
struct sipalg_range;

/**
 * sipalg_port_range() - the range in which the mapped ports of a run must be
 * @want: run of pinholes
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: setting media_ports; NULL: the run has no range.
 */
const struct sipalg_range *sipalg_port_range(const struct sipalg_pinhole_want *want);

/**
 * sipalg_port_tries() - the number of tries of a run
 * @want: run of pinholes
 *
 * Context: under rcu_read_lock().
 * Return: the number, from 1; it is bounded.
 */
u32 sipalg_port_tries(const struct sipalg_pinhole_want *want);

/**
 * sipalg_port_candidate() - the mapped port of one pinhole of a run, in one try
 * @want: run of pinholes
 * @i: number of the pinhole, 0 to want->n - 1
 * @try: number of the try, from 0 and below sipalg_port_tries()
 *
 * Try 0 is the port that another router has published, the port that @want asks for, or the real
 * port.
 *
 * Context: under rcu_read_lock().
 * Return: the port, host byte order; 0: the try has no port for this pinhole.
 */
u16 sipalg_port_candidate(const struct sipalg_pinhole_want *want, u32 i, u32 try);

/**
 * struct sipalg_port_search - what the search for the ports of a run has found so far
 * @asked: number of times that the rules of NAT were asked about a port
 * @all_forwarded: the rules of NAT forward every port that nothing else uses to one host, so a
 *	forwarded port is as good as any other
 */
struct sipalg_port_search {
	u32 asked;
	bool all_forwarded;
};

/**
 * sipalg_port_run_is_others() - does a port of a run belong to anything else?
 * @want: run of pinholes; its mapped address is not the address of the host
 * @search: state of the search; all zero before the first try
 * @try: number of the try, from 0 and below sipalg_port_tries()
 *
 * SECURITY B3 names the ports that must not be published:
 * a port that we have promised, or another router whose connections this one has taken over;
 * a port of keep_ports or of the reserved ports of the kernel;
 * a port at which a socket of the router waits, unless the host is the router;
 * a port that rules of NAT forward to another host.
 * A UDP socket waits where any sender may reach it, whatever has made it (WireGuard's is made by
 * the kernel).  A TCP socket waits where it listens.  The socket is bound to the mapped address,
 * to all addresses, or to the device that has the address.  Connected sockets do not count:
 * conntrack knows their packets before it looks for an expectation.
 *
 * Context: under rcu_read_lock(), in softirq or with bottom halves off.
 * Return: true: a port belongs to something else, or the try has no port; it is counted where a
 * setting, a socket or a rule has the port; false: all ports of the run may be published.
 */
bool sipalg_port_run_is_others(const struct sipalg_pinhole_want *want,
			       struct sipalg_port_search *search, u32 try);

#endif /* _SIPALG_PORT_H */
