/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_expect: the expectation of a pinhole, and what happens when a packet uses it.
 */
#ifndef _SIPALG_PINHOLE_EXPECT_H
#define _SIPALG_PINHOLE_EXPECT_H

#include <linux/types.h>

struct nf_conn;
struct nf_conntrack_expect;
struct sip_addr;
struct sipalg_net;
struct sipalg_pinhole;
struct sipalg_pinhole_key;

/**
 * sipalg_pinhole_expect_start() - make the expectfn known to user space
 *
 * Context: process context; every namespace is set up.
 */
void sipalg_pinhole_expect_start(void);

/**
 * sipalg_pinhole_expect_stop() - end all expectations of ours, wherever they came from
 *
 * Context: process context; namespaces are still set up.  Afterwards no expectation is made, and
 * the expectfn runs nowhere.
 */
void sipalg_pinhole_expect_stop(void);

/**
 * sipalg_pinhole_expect_conn() - a connection that the host began belongs to a pinhole
 * @sn: namespace
 * @pin: pinhole
 * @ct: connection, not confirmed yet, its master set
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_pinhole_expect_conn(struct sipalg_net *sn, struct sipalg_pinhole *pin,
				struct nf_conn *ct);

/**
 * sipalg_pinhole_expect_nat() - hand in the function that NATs an expected connection
 * @fn: function of the NAT module; NULL: it goes, and has taken back its hooks already
 *
 * With NULL this returns when the function runs nowhere any more, and ends the expectations that
 * needed it.
 *
 * Context: process context.
 */
void sipalg_pinhole_expect_nat(void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp));

/**
 * sipalg_pinhole_expect_is_others() - does an expectation lead a mapped port to another host?
 * @sn: namespace
 * @mapped: mapped address and port, of which our table has no pinhole
 * @real: address of the host
 * @peer: address of the other side: an expectation for it alone is asked for, too
 *
 * A failover peer injects expectations of which our table knows nothing, and other helpers have
 * theirs.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether it leads to another host, or to the router itself.
 */
bool sipalg_pinhole_expect_is_others(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
				     const struct sip_addr *real, const struct sip_addr *peer);

#endif /* _SIPALG_PINHOLE_EXPECT_H */
