// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole_real: the table of pinholes by the endpoint of their host.
 * See sipalg_pinhole_real.h.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_compat.h"

/**
 * struct sipalg_pinhole_real_table - the pinholes of a namespace by their real side
 * @real: table; each key has a list of pinholes, the newest first
 * @add_lock: one pinhole is added at a time, so each replaces no more than one other pinhole
 */
struct sipalg_pinhole_real_table {
	struct rhltable real;
	spinlock_t add_lock;
};

static int real_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	return sipalg_pinhole_keys_differ(arg->key, &((const struct sipalg_pinhole *)obj)->real);
}

static const struct rhashtable_params real_params = {
	.key_offset = offsetof(struct sipalg_pinhole, real),
	.key_len = sizeof(struct sipalg_pinhole_key),
	.head_offset = offsetof(struct sipalg_pinhole, real_node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = sipalg_pinhole_key_hash,
	.obj_cmpfn = real_differs,
	.automatic_shrinking = true,
};

static struct rhlist_head *pinholes_of(struct sipalg_net *sn, const struct sipalg_pinhole_key *key)
{
	return rhltable_lookup(&sn->reals->real, key, real_params);
}

/*
 * Return: the pinhole that leaves the table, where a port has too many: the oldest that is shut, or
 * that another host has named, or else the oldest; NULL: the port has room for all.
 */
static struct sipalg_pinhole *excess_pinhole(struct sipalg_net *sn,
					     const struct sipalg_pinhole_key *key)
{
	struct sipalg_pinhole *pin, *oldest = NULL, *others = NULL, *shut = NULL;
	struct rhlist_head *pos;
	u32 n = 0;

	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, key), real_node) {
		sipalg_step();
		n++;
		oldest = pin;
		if (pin->is_anothers)
			others = pin;
		if (sipalg_pinhole_is_shut(pin))
			shut = pin;
	}
	if (n <= SIPALG_PINHOLES_OF_PORT)
		return NULL;
	if (shut)
		return shut;
	return others ? others : oldest;
}

int sipalg_pinhole_real_add(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sipalg_pinhole_real_table *table = sn->reals;
	struct sipalg_pinhole *old;
	int err;

	rcu_read_lock();	/* the old pinhole may close at the same time */
	spin_lock_bh(&table->add_lock);
	err = rhltable_insert(&table->real, &pin->real_node, real_params);
	old = err ? NULL : excess_pinhole(sn, &pin->real);
	if (old)
		rhltable_remove(&table->real, &old->real_node, real_params);
	spin_unlock_bh(&table->add_lock);
	rcu_read_unlock();
	return err;
}

void sipalg_pinhole_real_rm(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	rhltable_remove(&sn->reals->real, &pin->real_node, real_params);
}

/* ---- look-up --------------------------------------------------------------------- */

/*
 * Return: the first pinhole that fits the endpoint @peer; otherwise the last that fits as well as
 * @least; NULL: no pinhole does.
 */
static struct sipalg_pinhole *find_real(struct sipalg_net *sn, const struct sipalg_pinhole_key *key,
					const struct sip_endpoint *peer,
					enum sipalg_pinhole_fit least)
{
	struct sipalg_pinhole *pin, *best = NULL;
	enum sipalg_pinhole_fit fit;
	struct rhlist_head *pos;

	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, key), real_node) {
		sipalg_step();
		if (sipalg_pinhole_is_shut(pin))
			continue;
		spin_lock_bh(&pin->lock);
		fit = sipalg_pinhole_fit_of(pin, peer);
		spin_unlock_bh(&pin->lock);
		if (fit == SIPALG_PINHOLE_FITS_ENDPOINT)
			return pin;
		if (fit >= least)
			best = pin;
	}
	return best;
}

struct sipalg_pinhole *sipalg_pinhole_by_real(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key,
					      const struct sip_endpoint *peer)
{
	return find_real(sn, key, peer, SIPALG_PINHOLE_FITS_HOST);
}
SIPALG_EXPORT(sipalg_pinhole_by_real);

struct sipalg_pinhole *sipalg_pinhole_outward(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key,
					      const struct sip_endpoint *peer)
{
	return find_real(sn, key, peer, SIPALG_PINHOLE_FITS_ENDPOINT);
}

bool sipalg_pinhole_is_published(struct sipalg_net *sn, const struct sipalg_pinhole_key *key)
{
	struct sipalg_pinhole *pin = sipalg_pinhole_by_mapped(sn, key);
	struct rhlist_head *pos;

	if (pin && pin->class != SIPALG_PINHOLE_SIGNALLING)
		return true;
	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, key), real_node) {
		sipalg_step();
		if (pin->class != SIPALG_PINHOLE_SIGNALLING && !sipalg_pinhole_is_shut(pin))
			return true;
	}
	return false;
}

/* Return: the signalling pinhole with the real side @real at the endpoint @mapped, or NULL. */
static struct sipalg_pinhole *signalling_at(struct sipalg_net *sn,
					    const struct sipalg_pinhole_key *real,
					    const struct sip_endpoint *mapped)
{
	struct sipalg_pinhole_key key = *real;
	struct sipalg_pinhole *pin;

	key.addr = mapped->addr;
	key.port = mapped->port;
	pin = sipalg_pinhole_by_mapped(sn, &key);
	return pin && pin->class == SIPALG_PINHOLE_SIGNALLING &&
	       !sipalg_pinhole_keys_differ(&pin->real, real) ? pin : NULL;
}

struct sipalg_pinhole *sipalg_pinhole_signalling(struct sipalg_net *sn,
						 const struct sipalg_pinhole_key *real,
						 const struct sip_endpoint *mapped)
{
	struct rhlist_head *pos;
	struct sipalg_pinhole *pin;

	if (mapped->port)
		return signalling_at(sn, real, mapped);
	rhl_for_each_entry_rcu(pin, pos, pinholes_of(sn, real), real_node) {
		sipalg_step();
		if (pin->class == SIPALG_PINHOLE_SIGNALLING && !sipalg_pinhole_is_shut(pin) &&
		    sip_addr_equal(&pin->mapped.addr, &mapped->addr))
			return pin;
	}
	return NULL;
}
SIPALG_EXPORT(sipalg_pinhole_signalling);

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_pinhole_real_setup(struct sipalg_net *sn)
{
	struct sipalg_pinhole_real_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
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

void sipalg_pinhole_real_teardown(struct sipalg_net *sn)
{
	rhltable_destroy(&sn->reals->real);
	kfree(sn->reals);
}
