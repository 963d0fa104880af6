// SPDX-License-Identifier: GPL-2.0
/*
 * sip_master: tuples of signalling connections.  See sip_master.h.
 */
#include <linux/slab.h>

#include "sip_master.h"

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
