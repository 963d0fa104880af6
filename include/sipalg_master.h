/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_master: the original tuple of a signalling connection, kept once for all its users.
 *
 * A call and its pinholes usually signal over one connection.  Each of them looks up the
 * connection by its tuple, because the kernel may end a connection at any time.
 */
#ifndef _SIPALG_MASTER_H
#define _SIPALG_MASTER_H

#include <linux/refcount.h>
#include <net/netfilter/nf_conntrack_tuple.h>

/**
 * struct sipalg_master - the original tuple of a signalling connection
 * @ref: number of users: calls and pinholes
 * @tuple: original tuple, network byte order; never changes
 */
struct sipalg_master {
	refcount_t ref;
	struct nf_conntrack_tuple tuple;
};

struct net;
struct nf_conn;
struct nf_conntrack_zone;

/**
 * sipalg_master_is_ours() - does a connection have our helper?
 * @ct: connection
 *
 * Context: under rcu_read_lock().
 * Return: true: its helper has our name; false: it has no helper, or another one.
 */
bool sipalg_master_is_ours(const struct nf_conn *ct);

/**
 * sipalg_master_conn_get() - find a signalling connection by its tuple
 * @net: namespace
 * @zone: conntrack zone of the connection
 * @tuple: original tuple of the connection, network byte order
 *
 * SECURITY B8: the tuple alone proves nothing.  The connection may have been flushed and begun
 * again with another helper, which has other classes in its policy and other helper data.
 * Every look-up of a signalling connection uses this function.
 *
 * Context: any but hard interrupt.
 * Return: the connection, for which nf_ct_put() is to follow; NULL: it does not exist, or
 * does not have our helper.
 */
struct nf_conn *sipalg_master_conn_get(struct net *net, const struct nf_conntrack_zone *zone,
				       const struct nf_conntrack_tuple *tuple);

/**
 * sipalg_master_module_init() - make the cache of the tuples
 *
 * Context: process context, once.
 * Return: 0 on success; -ENOMEM: there is no memory.
 */
int sipalg_master_module_init(void);

/**
 * sipalg_master_module_exit() - free the cache of the tuples
 *
 * Context: process context; no struct sipalg_master is left.
 */
void sipalg_master_module_exit(void);

/**
 * sipalg_master_is() - is a kept tuple equal to another tuple?
 * @master: kept tuple; NULL: no tuple is kept
 * @tuple: original tuple of a connection, network byte order
 *
 * Context: any; the caller holds a reference to @master, or the lock of its user.
 * Return: true: the tuples are equal; false: they differ, or @master is NULL.
 */
static inline bool sipalg_master_is(const struct sipalg_master *master,
				    const struct nf_conntrack_tuple *tuple)
{
	return master && nf_ct_tuple_equal(&master->tuple, tuple);
}

/**
 * sipalg_master_get() - keep a tuple for one more user
 * @like: kept tuple that may be equal, to which the caller holds a reference; NULL: none is known
 * @tuple: original tuple of the signalling connection, network byte order
 *
 * Context: any but hard interrupt; memory is allocated atomically.
 * Return: @like where it is equal, otherwise a new object; sipalg_master_put() is to follow;
 * NULL: there is no memory.
 */
struct sipalg_master *sipalg_master_get(struct sipalg_master *like,
					const struct nf_conntrack_tuple *tuple);

/**
 * sipalg_master_put() - give up the reference of one user
 * @master: kept tuple, which the caller must not use afterwards; NULL: nothing is done
 *
 * The last user frees the object at once.
 *
 * Context: any but hard interrupt.
 */
void sipalg_master_put(struct sipalg_master *master);

/**
 * sipalg_master_set() - replace the kept tuple of a user
 * @master: where the user keeps its tuple; *@master may be NULL; without memory it stays unchanged
 * @like: kept tuple that may be equal, to which the caller holds a reference; NULL: none is known
 * @tuple: original tuple of the new signalling connection, network byte order
 *
 * Context: any but hard interrupt; under the lock with which the user guards @master.
 */
void sipalg_master_set(struct sipalg_master **master, struct sipalg_master *like,
		       const struct nf_conntrack_tuple *tuple);

#endif /* _SIPALG_MASTER_H */
