/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_master: the original tuple of a signalling connection, kept once for all that need it.
 *
 * A call and its pinholes signal over one connection as a rule, and each of them looks that up
 * by its tuple, for the kernel ends connections at will.
 */
#ifndef _SIPALG_MASTER_H
#define _SIPALG_MASTER_H

#include <linux/refcount.h>
#include <net/netfilter/nf_conntrack_tuple.h>

/**
 * struct sipalg_master - a tuple and its users
 * @ref: one of each user
 * @tuple: never changes
 */
struct sipalg_master {
	refcount_t ref;
	struct nf_conntrack_tuple tuple;
};

struct net;
struct nf_conn;
struct nf_conntrack_zone;

/* Whether the connection has our helper.  Under rcu_read_lock(). */
bool sipalg_master_is_ours(const struct nf_conn *ct);

/**
 * sipalg_master_conn_get() - a signalling connection by its tuple, where it is ours
 * @net: namespace
 * @zone: of the connection
 * @tuple: its original tuple
 *
 * SECURITY B8: the tuple alone says nothing.  The connection may have been flushed and begun
 * anew with another helper, whose policy has other classes and whose data is no data of ours.
 * All who look for signalling connections use this.
 *
 * Context: any but hard interrupt.
 * Return: referenced, or NULL.
 */
struct nf_conn *sipalg_master_conn_get(struct net *net, const struct nf_conntrack_zone *zone,
				       const struct nf_conntrack_tuple *tuple);

int sipalg_master_module_init(void);
void sipalg_master_module_exit(void);

/* Whether it is of the connection with that original tuple.  @master may be NULL. */
static inline bool sipalg_master_is(const struct sipalg_master *master,
				    const struct nf_conntrack_tuple *tuple)
{
	return master && nf_ct_tuple_equal(&master->tuple, tuple);
}

/**
 * sipalg_master_get() - a user more of a tuple
 * @like: one that may be the same, of which the caller is sure that it stays; NULL: there is none
 * @tuple: the tuple
 *
 * Context: any but hard interrupt.
 * Return: @like, or a new one; NULL: no memory.
 */
struct sipalg_master *sipalg_master_get(struct sipalg_master *like,
					const struct nf_conntrack_tuple *tuple);

/* A user less.  @master may be NULL.  The same context. */
void sipalg_master_put(struct sipalg_master *master);

/**
 * sipalg_master_set() - a user turns to another connection
 * @master: where the user keeps its own; without memory that stays as it is
 * @like: as above
 * @tuple: of the connection
 *
 * Context: the same; @master is guarded by the user.
 */
void sipalg_master_set(struct sipalg_master **master, struct sipalg_master *like,
		       const struct nf_conntrack_tuple *tuple);

#endif /* _SIPALG_MASTER_H */
