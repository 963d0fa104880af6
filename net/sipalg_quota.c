// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_quota: the table of hosts and what they hold.  See sipalg_quota.h.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "sipalg_quota.h"
#include "sipalg_compat.h"

enum {
	STEPS	= 64,	/* sources with this number of half-open calls, or more, count as equal */
	LOOKED	= 64,	/* half-open calls of a host among which the victim is chosen */
};

/**
 * struct sipalg_quota - one host, which may be charged for objects and be a source of INVITEs
 * @node: entry in the table
 * @key: key of the host
 * @held: for each kind, number of objects that the host is charged for
 * @n_open: number of half-open calls that the host began
 * @open: half-open calls that the host began, the oldest first
 * @charged: half-open calls that are charged to the host, the oldest first
 * @step: entry in the list of the sources that began as many half-open calls
 */
struct sipalg_quota {
	struct rhash_head node;
	struct sipalg_quota_key key;
	u32 held[SIPALG_QUOTA_KINDS];
	u32 n_open;
	struct list_head open;
	struct list_head charged;
	struct list_head step;
};

struct sipalg_quota_table {
	struct rhashtable hosts;
	spinlock_t lock;	/* guards the table and all its entries */
	struct list_head step[STEPS];	/* sources by n_open, the last list for STEPS and more */
};

static u32 key_hash(const void *data, u32 len, u32 seed)
{
	const struct sipalg_quota_key *key = data;

	return sipalg_hash_addr(&key->addr, key->zone, seed);
}

static bool is_of(const struct sipalg_quota *q, const struct sipalg_quota_key *key)
{
	return q->key.zone == key->zone && q->key.len == key->len &&
	       sip_addr_equal(&q->key.addr, &key->addr);
}

static int quota_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	sipalg_step();
	return !is_of(obj, arg->key);
}

static const struct rhashtable_params quota_params = {
	.key_offset = offsetof(struct sipalg_quota, key),
	.key_len = sizeof(struct sipalg_quota_key),
	.head_offset = offsetof(struct sipalg_quota, node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = key_hash,
	.obj_cmpfn = quota_differs,
	.automatic_shrinking = true,
};

/* Return: the key by which the table has the host. */
static struct sipalg_quota_key quota_host_key(const struct sipalg_net *sn,
					      const struct sipalg_quota_key *key)
{
	u8 len = key->len ? key->len : sipalg_host_len(sn, &key->addr);

	return (struct sipalg_quota_key){ sipalg_prefix_of(&key->addr, len), key->zone, len };
}

static struct sipalg_quota *quota_find(struct sipalg_quota_table *table,
				       const struct sipalg_quota_key *key)
{
	lockdep_assert_held(&table->lock);
	return rhashtable_lookup_fast(&table->hosts, key, quota_params);
}

static struct sipalg_quota *quota_find_or_add(struct sipalg_quota_table *table,
					      const struct sipalg_quota_key *key)
{
	struct sipalg_quota *q = quota_find(table, key);

	if (q)
		return q;
	q = kzalloc(sizeof(*q), GFP_ATOMIC);
	if (!q)
		return NULL;
	q->key = *key;
	INIT_LIST_HEAD(&q->open);
	INIT_LIST_HEAD(&q->charged);
	INIT_LIST_HEAD(&q->step);
	if (!rhashtable_insert_fast(&table->hosts, &q->node, quota_params))
		return q;
	kfree(q);
	return NULL;
}

/* Frees the entry of a host that holds nothing.  Each look-up has the lock. */
static void forget_idle(struct sipalg_quota_table *table, struct sipalg_quota *q)
{
	u32 i;

	for (i = 0; i < SIPALG_QUOTA_KINDS; i++)
		if (q->held[i])
			return;
	if (q->n_open || !list_empty(&q->charged))
		return;
	rhashtable_remove_fast(&table->hosts, &q->node, quota_params);
	kfree(q);
}

/* Bytes are not counted as objects: sipalg_stream.c has a limit for them. */
static u32 object_count(enum sipalg_quota_kind kind, u32 n)
{
	return kind == SIPALG_QUOTA_BYTES ? 0 : n;
}

struct sipalg_quota *sipalg_quota_charge(struct sipalg_net *sn, const struct sipalg_quota_key *host,
					 enum sipalg_quota_kind kind, u32 n, u32 max)
{
	struct sipalg_quota_key at = quota_host_key(sn, host);
	struct sipalg_quota_table *table = sn->quotas;
	struct sipalg_quota *q;

	if (!n)		/* no release would follow, so the host would never be forgotten */
		return NULL;
	if (!sipalg_hold(sn, object_count(kind, n)))
		return ERR_PTR(-EDQUOT);
	if (max && sipalg_prefixes_have(&sipalg_settings_of(sn)->trunks, &host->addr))
		max = 0;
	spin_lock_bh(&table->lock);
	q = quota_find_or_add(table, &at);
	if (!q) {
		q = ERR_PTR(-ENOMEM);
	} else if (max && (u64)q->held[kind] + n > max) {
		forget_idle(table, q);
		q = ERR_PTR(-EDQUOT);
	} else {
		WRITE_ONCE(q->held[kind], q->held[kind] + n);
	}
	spin_unlock_bh(&table->lock);
	if (IS_ERR(q))
		sipalg_let(sn, object_count(kind, n));
	return q;
}
SIPALG_EXPORT_TEST(sipalg_quota_charge);

u8 sipalg_quota_len(const struct sipalg_quota *host)
{
	return host->key.len;
}
SIPALG_EXPORT_TEST(sipalg_quota_len);

static void quota_release(struct sipalg_net *sn, struct sipalg_quota *q,
			  enum sipalg_quota_kind kind, u32 n)
{
	if (WARN_ON_ONCE(!q || q->held[kind] < n))
		return;
	WRITE_ONCE(q->held[kind], q->held[kind] - n);
	forget_idle(sn->quotas, q);
	sipalg_let(sn, object_count(kind, n));
}

void sipalg_quota_release(struct sipalg_net *sn, struct sipalg_quota *host,
			  enum sipalg_quota_kind kind, u32 n)
{
	if (!host)
		return;
	spin_lock_bh(&sn->quotas->lock);
	quota_release(sn, host, kind, n);
	spin_unlock_bh(&sn->quotas->lock);
}
SIPALG_EXPORT_TEST(sipalg_quota_release);

void sipalg_quota_release_of(struct sipalg_net *sn, const struct sipalg_quota_key *host,
			     enum sipalg_quota_kind kind, u32 n)
{
	struct sipalg_quota_key at = quota_host_key(sn, host);

	spin_lock_bh(&sn->quotas->lock);
	quota_release(sn, quota_find(sn->quotas, &at), kind, n);
	spin_unlock_bh(&sn->quotas->lock);
}
SIPALG_EXPORT_TEST(sipalg_quota_release_of);

u32 sipalg_quota_held(struct sipalg_net *sn, const struct sipalg_quota_key *host,
		      enum sipalg_quota_kind kind)
{
	struct sipalg_quota_key at = quota_host_key(sn, host);
	struct sipalg_quota_table *table = sn->quotas;
	struct sipalg_quota *q;
	u32 n;

	spin_lock_bh(&table->lock);
	q = quota_find(table, &at);
	n = q ? q->held[kind] : 0;
	spin_unlock_bh(&table->lock);
	return n;
}
SIPALG_EXPORT_TEST(sipalg_quota_held);

u32 sipalg_quota_held_by(const struct sipalg_quota *host, enum sipalg_quota_kind kind)
{
	return READ_ONCE(host->held[kind]);
}

/* ---- half-open calls ------------------------------------------------------------- */

/* Changes the number of half-open calls that a host began, and moves it to the list for it. */
static void count_open(struct sipalg_quota_table *table, struct sipalg_quota *q, int by)
{
	q->n_open += by;
	list_del_init(&q->step);
	if (q->n_open)
		list_add_tail(&q->step, &table->step[min_t(u32, q->n_open, STEPS) - 1]);
}

void sipalg_quota_open(struct sipalg_net *sn, struct sipalg_half_open *half,
		       const struct sipalg_quota_key *source, struct sipalg_quota *host)
{
	struct sipalg_quota_key at = quota_host_key(sn, source);
	struct sipalg_quota_table *table = sn->quotas;

	spin_lock_bh(&table->lock);
	if (half->is_listed)
		goto unlock;
	half->host = host;
	half->source = is_of(host, &at) ? host : quota_find_or_add(table, &at);
	if (half->source) {
		half->is_listed = true;
		list_add_tail(&half->of_source, &half->source->open);
		list_add_tail(&half->of_host, &host->charged);
		count_open(table, half->source, 1);
	}
unlock:
	spin_unlock_bh(&table->lock);
}
SIPALG_EXPORT_TEST(sipalg_quota_open);

void sipalg_quota_settle(struct sipalg_net *sn, struct sipalg_half_open *half)
{
	struct sipalg_quota_table *table = sn->quotas;

	spin_lock_bh(&table->lock);
	if (half->is_listed) {
		half->is_listed = false;
		list_del(&half->of_source);
		list_del(&half->of_host);
		count_open(table, half->source, -1);
		if (half->host != half->source)
			forget_idle(table, half->host);
		forget_idle(table, half->source);
	}
	spin_unlock_bh(&table->lock);
}
SIPALG_EXPORT_TEST(sipalg_quota_settle);

/* Return: the oldest half-open call of the source that began most of them. */
static struct sipalg_half_open *victim_of_all(struct sipalg_quota_table *table)
{
	struct sipalg_quota *q;
	int i;

	for (i = STEPS - 1; i >= 0; i--) {
		sipalg_step();
		q = list_first_entry_or_null(&table->step[i], struct sipalg_quota, step);
		if (q)
			return list_first_entry(&q->open, struct sipalg_half_open, of_source);
	}
	return NULL;
}

/* What a call costs its source: 0: nothing; 1: a success before; 2: the source is charged. */
static int half_open_worth(const struct sipalg_half_open *half)
{
	return half->source == half->host ? 2 : half->is_proven;
}

/* Whether @a ends before @b, which is older; both are charged to one host. */
static bool half_open_goes_before(const struct sipalg_half_open *a,
				  const struct sipalg_half_open *b)
{
	int diff = half_open_worth(a) - half_open_worth(b);

	return diff ? diff < 0 : a->source->n_open > b->source->n_open;
}

/* Return: the call that ends first, of the oldest calls that are charged to one host. */
static struct sipalg_half_open *victim_of_host(const struct sipalg_quota *host)
{
	struct sipalg_half_open *half, *best = NULL;
	u32 n = 0;

	list_for_each_entry(half, &host->charged, of_host) {
		sipalg_step();
		if (!best || half_open_goes_before(half, best))
			best = half;
		if (++n == LOOKED)
			break;
	}
	return best;
}

struct sipalg_half_open *sipalg_quota_victim(struct sipalg_net *sn,
					     const struct sipalg_quota_key *host)
{
	struct sipalg_quota_table *table = sn->quotas;
	struct sipalg_half_open *half = NULL;
	struct sipalg_quota_key at = {};
	struct sipalg_quota *q;

	if (host)
		at = quota_host_key(sn, host);
	spin_lock_bh(&table->lock);
	q = host ? quota_find(table, &at) : NULL;
	if (!host)
		half = victim_of_all(table);
	else if (q)
		half = victim_of_host(q);
	if (half)	/* a listed call holds a reference on itself */
		refcount_inc(half->ref);
	spin_unlock_bh(&table->lock);
	return half;
}
SIPALG_EXPORT_TEST(sipalg_quota_victim);

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_quota_setup(struct sipalg_net *sn)
{
	struct sipalg_quota_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int i, err;

	if (!table)
		return -ENOMEM;
	spin_lock_init(&table->lock);
	for (i = 0; i < STEPS; i++)
		INIT_LIST_HEAD(&table->step[i]);
	err = rhashtable_init(&table->hosts, &quota_params);
	if (err) {
		kfree(table);
		return err;
	}
	sn->quotas = table;
	return 0;
}

static void quota_destroy(void *ptr, void *arg)
{
	WARN_ON_ONCE(1);	/* everything was released before */
	kfree(ptr);
}

void sipalg_quota_teardown(struct sipalg_net *sn)
{
	rhashtable_free_and_destroy(&sn->quotas->hosts, quota_destroy, NULL);
	kfree(sn->quotas);
}
