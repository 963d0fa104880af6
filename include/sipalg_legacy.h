/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_legacy: mapped ports that lead to a host by the kernel's tables, and have no pinhole here.
 *
 * Another router has published these ports, and conntrackd has given its connections and its
 * expectations to this kernel; or this module has published them before it was loaded anew.  The
 * kernel's tables cannot be searched for the host of a mapped port.  So after connections were
 * given, a work item looks at all connections and expectations once, outside of the packet path,
 * and keeps what it finds in a table of its own.
 *
 * The life of a legacy.  A look finds it, and each later look finds it again as long as the kernel
 * has its connection or expectation.  A call that is taken up again adopts it: then the port has a
 * pinhole, and no look finds the legacy any more.  A legacy that no look has found for
 * SIPALG_LEGACY_TTL_S goes.  There are looks once a minute while there is a legacy, and none where
 * there is none.
 *
 * Signalling does not wait for a look, with one exception.  From the moment at which connections
 * are given to the end of the look that follows, no port is chosen for media: it may be the port
 * of another phone.  A message that needs a port is dropped, and its sender repeats it.  This lasts
 * for about a quarter of a second, and at most for SIPALG_LEGACY_WAIT_S, or twice that where
 * connections are given during the looks.
 *
 * libnetfilter_conntrack up to 1.1.0 gives expectations without class, NAT and function to the
 * kernel.  They lead their packets to the router itself.  A look completes those of which it knows
 * where they led, and removes the others.  The port of one that it has removed stays noted, as the
 * other side may still send there: no new call gets it, and no other host.
 */
#ifndef _SIPALG_LEGACY_H
#define _SIPALG_LEGACY_H

#include <net/netfilter/nf_conntrack.h>

#include "sipalg_net.h"
#include "sipalg_pinhole.h"

enum {
	SIPALG_LEGACY_TTL_S	= 240,	/* life of a legacy that is not found any more */
	SIPALG_LEGACY_WAIT_S	= 3,	/* longest time for which no port is chosen */
	SIPALG_LEGACY_QUIET_MS	= 200,	/* time after the last given connection before a look */
	SIPALG_LEGACY_LOOKS	= 3,	/* looks, a second apart, for what is given later */
	SIPALG_LEGACY_AGAIN_S	= 60,	/* time between later looks */
	SIPALG_LEGACY_RECENT_S	= 600,	/* time in which a call that rings is answered */
	SIPALG_LEGACY_LAST_S	= 10,	/* time for which what a BYE ends lives on */
	SIPALG_LEGACY_LOST_S	= 7200,	/* life of what was registered, and has lost its host */
	SIPALG_LEGACY_MAX	= 65536,	/* in one namespace */
	SIPALG_LEGACIES_OF_PORT	= 16,	/* mapped ports of one inside port that are looked at */
	SIPALG_LEGACY_PEERS	= 1024,	/* announced endpoints that are remembered */
};

/**
 * sipalg_legacy_setup() - make the table of a namespace
 * @sn: namespace, with its tables of pinholes
 *
 * Where the namespace has connections already, a look follows at once.
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_legacy_setup(struct sipalg_net *sn);

/**
 * sipalg_legacy_teardown() - free the table of a namespace
 * @sn: namespace, to which no connection is given any more
 *
 * Context: process context; waits for a look that is under way.
 */
void sipalg_legacy_teardown(struct sipalg_net *sn);

/**
 * sipalg_legacy_given() - user space has given a connection of our helper to the kernel
 * @sn: namespace
 *
 * A look follows when no more connections come, and further looks for expectations, which are
 * given after the connections.  The looks of a namespace take at most a twentieth of one CPU.
 *
 * Context: any but hard interrupt.
 */
void sipalg_legacy_given(struct sipalg_net *sn);

/**
 * sipalg_legacy_is_heir() - may there be calls that this module has not seen begin?
 * @sn: namespace
 *
 * Context: any.
 * Return: true: connections were given to the namespace, or it had some when the module was loaded;
 * false: every connection of the helper began here.
 */
bool sipalg_legacy_is_heir(const struct sipalg_net *sn);

/**
 * sipalg_legacy_is_recent() - were connections given a short while ago?
 * @sn: namespace
 *
 * Context: any.
 * Return: true: the last one was given within SIPALG_LEGACY_RECENT_S, or the module was loaded
 * then; false: none was.
 */
bool sipalg_legacy_is_recent(const struct sipalg_net *sn);

/**
 * sipalg_legacy_since_given() - how long ago connections were given, if that was after a time
 * @sn: namespace
 * @then: sipalg_now() of that time
 *
 * Context: any.
 * Return: jiffies from the last given connection to now, from 1; 0: none was given after @then.
 */
u32 sipalg_legacy_since_given(const struct sipalg_net *sn, unsigned long then);

/**
 * sipalg_legacy_look() - look at all connections and expectations of a namespace
 * @sn: namespace
 *
 * For the work item, and for tests.  One look at a time.
 *
 * Context: process context.
 */
void sipalg_legacy_look(struct sipalg_net *sn);

/**
 * sipalg_legacy_looked() - a look is over
 * @sn: namespace
 * @given: number of times that connections had been given when the look began
 *
 * What was given during the look waits for the next one.  For the work item, and for tests.
 *
 * Context: process context.
 */
void sipalg_legacy_looked(struct sipalg_net *sn, u32 given);

/**
 * sipalg_legacy_is_awaited() - were connections given that no look has seen?
 * @sn: namespace
 *
 * A router to which connections are given all the time has looked shortly before, and does not
 * wait.
 *
 * Context: any.
 * Return: true: a port that seems free may be the port of another phone; false: it is not, or the
 * wait is over.
 */
bool sipalg_legacy_is_awaited(const struct sipalg_net *sn);

/**
 * sipalg_legacy_port() - the mapped port of an endpoint of a host
 * @sn: namespace
 * @real: address and port of the host
 * @mapped: mapped address
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: port, host byte order; 0: there is none, or there are several.
 */
u16 sipalg_legacy_port(struct sipalg_net *sn, const struct sipalg_pinhole_key *real,
		       const struct sip_addr *mapped);

/**
 * sipalg_legacy_outward() - where a packet that a host sends first leaves from
 * @sn: namespace
 * @real: address and port of the host
 * @mapped: set to the mapped address and port
 * @master: set to the original tuple of the signalling connection of the call
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: there is one such port; false: there is none, or there are several.
 */
bool sipalg_legacy_outward(struct sipalg_net *sn, const struct sipalg_pinhole_key *real,
			   struct sip_endpoint *mapped, struct nf_conntrack_tuple *master);

/**
 * sipalg_legacy_announce() - the other side of an unknown call has announced an endpoint
 * @sn: namespace
 * @master: signalling connection of the call, which was given
 * @at: endpoint
 *
 * It is remembered where the namespace has a legacy.  The newest SIPALG_LEGACY_PEERS are, or fewer.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_legacy_announce(struct sipalg_net *sn, const struct nf_conn *master,
			    const struct sip_endpoint *at);

/**
 * sipalg_legacy_is_announced() - was an endpoint announced over a signalling connection?
 * @sn: namespace
 * @master: original tuple of the connection
 * @at: endpoint
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: it was, within SIPALG_LEGACY_TTL_S; false: it was not, or is forgotten.
 */
bool sipalg_legacy_is_announced(struct sipalg_net *sn, const struct nf_conntrack_tuple *master,
				const struct sip_endpoint *at);

/**
 * sipalg_legacy_is_others() - does a mapped port lead to another endpoint?
 * @sn: namespace
 * @mapped: mapped address and port
 * @real: endpoint of the host that asks; NULL: any other endpoint counts
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: a legacy leads it elsewhere; false: there is none, it leads to @real, or it has led
 * to a port of that host which is lost.
 */
bool sipalg_legacy_is_others(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			     const struct sip_endpoint *real);

/**
 * sipalg_legacy_leads_to() - does a mapped port lead to an endpoint already?
 * @sn: namespace
 * @mapped: mapped address and port
 * @real: endpoint of the host
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: a legacy leads it to @real, and nowhere else; false: none does.
 */
bool sipalg_legacy_leads_to(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			    const struct sip_endpoint *real);

/**
 * sipalg_legacy_is_lost() - has a mapped port of a host lost the port that it led to?
 * @sn: namespace
 * @mapped: mapped address and port
 * @host: address of the host
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: another router has published the port for some port of @host; false: it is not
 * known to have.
 */
bool sipalg_legacy_is_lost(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			   const struct sip_addr *host);

/**
 * sipalg_legacy_is_registered() - has another router opened a port for a registration?
 * @sn: namespace
 * @mapped: mapped address and port
 * @real: endpoint of the host
 *
 * What was opened for the peers of a call lets in these peers alone.  With
 * signalling_source=registrar the two look alike, and both count.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the port leads to @real, for requests of other hosts; false: it does not.
 */
bool sipalg_legacy_is_registered(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
				 const struct sip_endpoint *real);

/**
 * sipalg_legacy_adopt() - a pinhole has the port of a legacy now
 * @sn: namespace
 * @pin: pinhole that its call has opened
 *
 * Its connection becomes one of the pinhole.
 *
 * Context: softirq or BH, under rcu_read_lock(); takes the lock of @pin.
 */
void sipalg_legacy_adopt(struct sipalg_net *sn, struct sipalg_pinhole *pin);

#endif /* _SIPALG_LEGACY_H */
