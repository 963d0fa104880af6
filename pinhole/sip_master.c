// SPDX-License-Identifier: GPL-2.0
/*
 * sip_master: tuples of signalling connections.  See sip_master.h.
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "sip_master.h"
#include "sipalg_compat.h"

static struct kmem_cache *master_cache __read_mostly;

struct sip_master *sip_master_get(struct sip_master *like, const struct nf_conntrack_tuple *tuple)
{
	struct sip_master *master;

	if (sip_master_is(like, tuple)) {
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

bool sip_master_is_ours(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper = help ? rcu_dereference(help->helper) : NULL;

	return helper && !strcmp(helper->name, SIPALG_NAME);
}
SIPALG_EXPORT(sip_master_is_ours);

struct nf_conn *sip_master_conn_get(struct net *net, const struct nf_conntrack_zone *zone,
				    const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct = NULL;

	rcu_read_lock();
	h = nf_conntrack_find_get(net, zone, tuple);
	if (h)
		ct = nf_ct_tuplehash_to_ctrack(h);
	if (ct && !sip_master_is_ours(ct)) {
		nf_ct_put(ct);
		ct = NULL;
	}
	rcu_read_unlock();
	return ct;
}
SIPALG_EXPORT(sip_master_conn_get);

void sip_master_put(struct sip_master *master)
{
	if (master && refcount_dec_and_test(&master->ref))
		kmem_cache_free(master_cache, master);
}

void sip_master_set(struct sip_master **master, struct sip_master *like,
		    const struct nf_conntrack_tuple *tuple)
{
	struct sip_master *next;

	if (sip_master_is(*master, tuple))
		return;
	next = sip_master_get(like, tuple);
	if (!next)
		return;
	sip_master_put(*master);
	*master = next;
}

int sip_master_module_init(void)
{
	master_cache = KMEM_CACHE(sip_master, 0);
	return master_cache ? 0 : -ENOMEM;
}

void sip_master_module_exit(void)
{
	kmem_cache_destroy(master_cache);
}
