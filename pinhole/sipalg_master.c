// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_master: tuples of signalling connections.  See sipalg_master.h.
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "sipalg_master.h"
#include "sipalg_compat.h"

static struct kmem_cache *master_cache __read_mostly;

struct sipalg_master *sipalg_master_get(struct sipalg_master *like,
					const struct nf_conntrack_tuple *tuple)
{
	struct sipalg_master *master;

	if (sipalg_master_is(like, tuple)) {
		refcount_inc(&like->ref);
		return like;
	}
	master = kmem_cache_alloc(master_cache, GFP_ATOMIC);
	if (!master)
		return NULL;
	refcount_set(&master->ref, 1);
	master->tuple = *tuple;
	return master;
}

bool sipalg_master_is_ours(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper = help ? rcu_dereference(help->helper) : NULL;

	return helper && !strcmp(helper->name, SIPALG_NAME);
}
SIPALG_EXPORT_TEST(sipalg_master_is_ours);

struct nf_conn *sipalg_master_conn_get(struct net *net, const struct nf_conntrack_zone *zone,
				       const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct = NULL;

	rcu_read_lock();
	h = nf_conntrack_find_get(net, zone, tuple);
	if (h)
		ct = nf_ct_tuplehash_to_ctrack(h);
	if (ct && !sipalg_master_is_ours(ct)) {
		nf_ct_put(ct);
		ct = NULL;
	}
	rcu_read_unlock();
	return ct;
}
SIPALG_EXPORT_TEST(sipalg_master_conn_get);

void sipalg_master_put(struct sipalg_master *master)
{
	if (master && refcount_dec_and_test(&master->ref))
		kmem_cache_free(master_cache, master);
}

void sipalg_master_set(struct sipalg_master **master, struct sipalg_master *like,
		       const struct nf_conntrack_tuple *tuple)
{
	struct sipalg_master *next;

	if (sipalg_master_is(*master, tuple))
		return;
	next = sipalg_master_get(like, tuple);
	if (!next)
		return;
	sipalg_master_put(*master);
	*master = next;
}

int sipalg_master_module_init(void)
{
	master_cache = KMEM_CACHE(sipalg_master, 0);
	return master_cache ? 0 : -ENOMEM;
}

void sipalg_master_module_exit(void)
{
	kmem_cache_destroy(master_cache);
}
