// SPDX-License-Identifier: GPL-2.0
/*
 * sip_pinhole_real: the table of pinholes by their real side.  See sip_pinhole_real.h.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "sip_pinhole.h"
#include "sip_pinhole_conns.h"
#include "sip_pinhole_real.h"
#include "sipalg_compat.h"

/* @add_lock: one comes at a time, so that each takes the place of no more than one */
struct sip_real_table {
	struct rhltable real;
	spinlock_t add_lock;
};

static int real_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	return sip_pinhole_keys_differ(arg->key, &((const struct sip_pinhole *)obj)->real);
}

static const struct rhashtable_params real_params = {
	.key_offset = offsetof(struct sip_pinhole, real),
	.key_len = sizeof(struct sip_pinhole_key),
	.head_offset = offsetof(struct sip_pinhole, real_node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = sip_pinhole_key_hash,
	.obj_cmpfn = real_differs,
	.automatic_shrinking = true,
};

static struct rhlist_head *pinholes_of(struct sipalg_net *sn, const struct sip_pinhole_key *key)
{
	return rhltable_lookup(&sn->reals->real, key, real_params);
}

/* Of one port, the pinhole that is found no longer; NULL: there is room for all. */
static struct sip_pinhole *one_too_many(struct sipalg_net *sn, const struct sip_pinhole_key *key)
{
	struct sip_pinhole *pin, *oldest = NULL, *others = NULL;
	struct rhlist_head *pos;
	u32 n = 0;

	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, key), real_node) {
		sipalg_step();
		n++;
		oldest = pin;
		if (pin->is_anothers)
			others = pin;
	}
	if (n <= SIP_PINHOLES_OF_PORT)
		return NULL;
	return others ? others : oldest;
}

int sip_pinhole_real_add(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	struct sip_real_table *table = sn->reals;
	struct sip_pinhole *old;
	int err;

	rcu_read_lock();	/* the old one may close just now */
	spin_lock_bh(&table->add_lock);
	err = rhltable_insert(&table->real, &pin->real_node, real_params);
	old = err ? NULL : one_too_many(sn, &pin->real);
	if (old)
		rhltable_remove(&table->real, &old->real_node, real_params);
	spin_unlock_bh(&table->add_lock);
	rcu_read_unlock();
	return err;
}

void sip_pinhole_real_rm(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	rhltable_remove(&sn->reals->real, &pin->real_node, real_params);
}

/* ---- look-up --------------------------------------------------------------------- */

static struct sip_pinhole *find_real(struct sipalg_net *sn, const struct sip_pinhole_key *key,
				     const struct sip_endpoint *peer, enum sip_pinhole_fit least)
{
	struct sip_pinhole *pin, *best = NULL;
	enum sip_pinhole_fit fit;
	struct rhlist_head *pos;

	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, key), real_node) {
		sipalg_step();
		spin_lock_bh(&pin->lock);
		fit = sip_pinhole_fit_of(pin, peer);
		spin_unlock_bh(&pin->lock);
		if (fit == SIP_PINHOLE_FITS_ENDPOINT)
			return pin;
		if (fit >= least)
			best = pin;
	}
	return best;
}

struct sip_pinhole *sip_pinhole_by_real(struct sipalg_net *sn, const struct sip_pinhole_key *key,
					const struct sip_endpoint *peer)
{
	return find_real(sn, key, peer, SIP_PINHOLE_FITS_HOST);
}
SIPALG_EXPORT(sip_pinhole_by_real);

struct sip_pinhole *sip_pinhole_outward(struct sipalg_net *sn, const struct sip_pinhole_key *key,
					const struct sip_endpoint *peer)
{
	return find_real(sn, key, peer, SIP_PINHOLE_FITS_ENDPOINT);
}

bool sip_pinhole_is_published(struct sipalg_net *sn, const struct sip_pinhole_key *key)
{
	struct sip_pinhole *pin = sip_pinhole_by_mapped(sn, key);
	struct rhlist_head *pos;

	if (pin && pin->class != SIP_PINHOLE_SIGNALLING)
		return true;
	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, key), real_node) {
		sipalg_step();
		if (pin->class != SIP_PINHOLE_SIGNALLING)
			return true;
	}
	return false;
}

/* The pinhole of @real, where it is published at that very place. */
static struct sip_pinhole *signalling_at(struct sipalg_net *sn, const struct sip_pinhole_key *real,
					 const struct sip_endpoint *mapped)
{
	struct sip_pinhole_key key = *real;
	struct sip_pinhole *pin;

	key.addr = mapped->addr;
	key.port = mapped->port;
	pin = sip_pinhole_by_mapped(sn, &key);
	return pin && pin->class == SIP_PINHOLE_SIGNALLING &&
	       !sip_pinhole_keys_differ(&pin->real, real) ? pin : NULL;
}

struct sip_pinhole *sip_pinhole_signalling(struct sipalg_net *sn,
					   const struct sip_pinhole_key *real,
					   const struct sip_endpoint *mapped)
{
	struct rhlist_head *pos;
	struct sip_pinhole *pin;

	if (mapped->port)
		return signalling_at(sn, real, mapped);
	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, real), real_node) {
		sipalg_step();
		if (pin->class == SIP_PINHOLE_SIGNALLING &&
		    sip_addr_equal(&pin->mapped.addr, &mapped->addr))
			return pin;
	}
	return NULL;
}
SIPALG_EXPORT(sip_pinhole_signalling);

/* ---- setup ----------------------------------------------------------------------- */

int sip_pinhole_real_setup(struct sipalg_net *sn)
{
	struct sip_real_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	spin_lock_init(&table->add_lock);
	err = rhltable_init(&table->real, &real_params);
	if (err) {
		kfree(table);
		return err;
	}
	sn->reals = table;
	return 0;
}

void sip_pinhole_real_teardown(struct sipalg_net *sn)
{
	rhltable_destroy(&sn->reals->real);
	kfree(sn->reals);
}
