/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_legacy_expect: the expectations that another router has given to the kernel.
 */
#ifndef _SIPALG_LEGACY_EXPECT_H
#define _SIPALG_LEGACY_EXPECT_H

#include "sipalg_legacy.h"

/**
 * sipalg_legacy_look_at_expects() - look at all expectations of a namespace
 * @sn: namespace, of which the connections were looked at already
 *
 * Expectations of ours are noted by sipalg_legacy_found().  One that has lost its class, its NAT
 * and its function on the way is completed where its host is known, and removed where it would lead
 * to the router itself.
 *
 * Context: process context; takes nf_conntrack_expect_lock.
 */
void sipalg_legacy_look_at_expects(struct sipalg_net *sn);

/**
 * sipalg_legacy_end() - a call has ended that began at another router
 * @sn: namespace
 * @master: signalling connection of the call
 *
 * No table says which expectations the call has.  Where all that wait for media on @master can be
 * those of one stream of each party, which are RTP and its RTCP, they end in SIPALG_LEGACY_LAST_S
 * seconds: if they belong to another call after all, its next packet uses them until then.
 * Otherwise they may belong to several calls, and all stay until their time is over
 * (SIPALG_PINHOLE_TTL_S).  Connections stay.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_legacy_end(struct sipalg_net *sn, struct nf_conn *master);

/**
 * sipalg_legacy_gc() - remove the expectations of ended calls whose time is over
 * @sn: namespace
 *
 * Newer kernels have no timer for an expectation, and tell of its end when they come across it, up
 * to a minute later.  Until then conntrackd would give it to the other router once more.
 *
 * Context: process context; takes nf_conntrack_expect_lock.
 * Return: true: some may end within SIPALG_LEGACY_LAST_S; false: none will.
 */
bool sipalg_legacy_gc(struct sipalg_net *sn);

#endif /* _SIPALG_LEGACY_EXPECT_H */
