/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_expect_internal: what sipalg_pinhole.c and sipalg_turn.c do to expectations.
 *
 * The lock of the pinhole is held, unless a function says otherwise, and so is rcu_read_lock().
 */
#ifndef _SIPALG_PINHOLE_EXPECT_INTERNAL_H
#define _SIPALG_PINHOLE_EXPECT_INTERNAL_H

#include "sipalg_pinhole.h"
#include "sipalg_trace.h"

/**
 * sipalg_pinhole_trace() - tell the tracepoint what became of a pinhole
 * @pin: pinhole; its lock is not needed
 * @what: what became of it
 */
void sipalg_pinhole_trace(const struct sipalg_pinhole *pin, enum sipalg_trace_pinhole what);

/**
 * sipalg_pinhole_expect_at() - what waits at a mapped address and port
 * @sn: namespace
 * @mapped: mapped address and port
 * @source: address that the expectation lets in; family 0: any
 *
 * Context: under nf_conntrack_expect_lock; no lock of a pinhole is needed.
 * Return: the expectation, ours or not; NULL: none waits.
 */
struct nf_conntrack_expect *sipalg_pinhole_expect_at(struct sipalg_net *sn,
						     const struct sipalg_pinhole_key *mapped,
						     const struct sip_addr *source);

/**
 * sipalg_pinhole_is_expected() - is an expectation ours?
 * @exp: expectation
 *
 * Context: any; no lock is needed.
 * Return: whether its expectfn is ours.
 */
bool sipalg_pinhole_is_expected(const struct nf_conntrack_expect *exp);

/**
 * sipalg_pinhole_expect_complete() - make an expectation that came without NAT one of ours
 * @exp: expectation of a connection with our helper
 * @real: endpoint of the host to which its packets are led; NULL: nothing is translated
 * @class: class of the expectation, enum sipalg_pinhole_class
 *
 * Context: under nf_conntrack_expect_lock; no lock of a pinhole is needed.
 * Return: true: it is complete; false: its class is full, or nothing would lead its packets, and it
 * is as it was.
 */
bool sipalg_pinhole_expect_complete(struct nf_conntrack_expect *exp,
				    const struct sip_endpoint *real, int class);

/**
 * sipalg_pinhole_expect_extend() - let the expectation of a pinhole wait longer
 * @sn: namespace
 * @pin: pinhole
 * @ttl_s: life in seconds from now; a longer life is not shortened
 *
 * Return: whether an expectation waits.
 */
bool sipalg_pinhole_expect_extend(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s);

/**
 * sipalg_pinhole_expect_renew() - let the expectation of a pinhole wait longer, or say why not
 * @sn: namespace
 * @pin: pinhole
 * @ttl_s: life in seconds from now
 *
 * Return: 1: it waits, and longer; 0: its place is free; -EADDRINUSE: another one waits there.
 */
int sipalg_pinhole_expect_renew(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s);

/**
 * sipalg_pinhole_expect_is_alone() - may a pinhole get an expectation without a look at its place?
 * @pin: pinhole
 * @master: signalling connection
 *
 * The kernel refuses an expectation where one of another connection or class waits, and replaces an
 * equal one of the same connection and class without a sign.
 *
 * Return: true: @master has no expectation of a class that @pin may get, so the kernel replaces
 * none; false: it has some.
 */
bool sipalg_pinhole_expect_is_alone(const struct sipalg_pinhole *pin, const struct nf_conn *master);

/**
 * sipalg_pinhole_expect_waits() - does the expectation of a pinhole wait?
 * @sn: namespace
 * @pin: pinhole
 *
 * Return: whether it does.
 */
bool sipalg_pinhole_expect_waits(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_expect_forget() - give back the pointer to the expectation that was made last
 * @pin: pinhole; its lock is not needed where nothing else sees it any more
 */
void sipalg_pinhole_expect_forget(struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_expect_end() - end the expectation of a pinhole
 * @sn: namespace
 * @pin: pinhole
 */
void sipalg_pinhole_expect_end(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_expect_place() - make an expectation at a place that is known to be free
 * @sn: namespace
 * @pin: pinhole
 * @master: signalling connection
 *
 * Return: 0; -ENOENT: none may be made; -ENOSPC: the classes of @master are full; -EADDRINUSE;
 * -ENOMEM.
 */
int sipalg_pinhole_expect_place(struct sipalg_net *sn, struct sipalg_pinhole *pin,
				struct nf_conn *master);

/**
 * sipalg_pinhole_expect_add() - make an expectation where no other one waits
 * @sn: namespace
 * @pin: pinhole
 * @master: signalling connection
 *
 * Return: -EADDRINUSE: another one waits there; otherwise as sipalg_pinhole_expect_place().
 */
int sipalg_pinhole_expect_add(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			      struct nf_conn *master);

/**
 * sipalg_pinhole_expect_tell() - make the expectation of a pinhole anew, where user space missed it
 * @sn: namespace
 * @pin: pinhole
 *
 * The kernel tells of an expectation at once, and of a new connection when its first packet leaves.
 * conntrackd does not take an expectation of a connection that it does not know.  The kernel
 * replaces an expectation by an equal one in one step, and tells of both.
 */
void sipalg_pinhole_expect_tell(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_set_source() - set the address that the expectation lets in
 * @sn: namespace
 * @pin: pinhole
 * @source: address; NULL: any
 *
 * An expectation that waits for another source ends.
 */
void sipalg_pinhole_set_source(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			       const struct sip_addr *source);

#endif /* _SIPALG_PINHOLE_EXPECT_INTERNAL_H */
