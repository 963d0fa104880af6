// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_source: the table of addresses that send, and their limits.  See sipalg_source.h.
 *
 * The table is set-associative: a hash chooses one of SIPALG_SOURCE_SETS lists of at most WAYS
 * sources, so neither a look-up nor an eviction looks at more, and the table needs no list of all
 * sources in order.  Readers run under RCU.  A lock for some sets guards additions, and each source
 * has a lock of its own.
 */
#include <linux/bitfield.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "sipalg_source.h"
#include "sipalg_source_internal.h"
#include "sipalg_compat.h"

enum {
	WAYS	= SIPALG_SOURCE_MAX / SIPALG_SOURCE_SETS,
	TX_WAYS	= 4,	/* places that a request may have */
	HELP_S	= 60,	/* seconds in which SIPALG_SOURCE_HELP calls for help may pass */
	TELL_S	= 60,	/* seconds in which the log names a source once */
	DAY_S	= 86400, /* seconds of silence after which a source is a new one */
};

static struct kmem_cache *source_cache __read_mostly;

/* ---- table ----------------------------------------------------------------------- */

static u32 set_of(const struct sipalg_source_key *key)
{
	u32 hash = sipalg_hash_addr(&key->addr, (u32)key->zone << 16 | key->role, 0);

	return hash % SIPALG_SOURCE_SETS;
}

static struct sipalg_source *find_in(struct sipalg_source_table *table, u32 set,
				     const struct sipalg_source_key *key)
{
	struct sipalg_source *source;

	hlist_for_each_entry_rcu(source, &table->set[set], node,
				 lockdep_is_held(&table->lock[set % SIPALG_SOURCE_LOCKS])) {
		sipalg_step();
		if (sip_addr_equal(&source->key.addr, &key->addr) &&
		    source->key.zone == key->zone && source->key.role == key->role)
			return source;
	}
	return NULL;
}

struct sip_addr sipalg_source_host(const struct sipalg_net *sn, const struct sip_addr *addr)
{
	return sipalg_prefix_of(addr, sipalg_host_len(sn, addr));
}

/* Return: the key of the host that the address of @key belongs to; the table has only hosts. */
static struct sipalg_source_key source_host_key(const struct sipalg_net *sn,
						const struct sipalg_source_key *key)
{
	struct sip_addr host = sipalg_source_host(sn, &key->addr);

	return (struct sipalg_source_key){ host, key->zone, key->role };
}

struct sipalg_source *sipalg_source_find(struct sipalg_net *sn, const struct sipalg_source_key *key)
{
	struct sipalg_source_key at = source_host_key(sn, key);

	return find_in(sn->sources, set_of(&at), &at);
}
SIPALG_EXPORT_TEST(sipalg_source_find);

static void source_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(source_cache, container_of(rcu, struct sipalg_source, rcu));
}

/*
 * Return: the worth of a source: 0 of a stranger, 1 of a blocked source, 2 of a source that has had
 * success, 3 of a registrar.  A failure costs its sender nothing, so a block is worth less than a
 * success.
 */
static int source_worth(const struct sipalg_net *sn, const struct sipalg_source *source)
{
	if (sipalg_source_is_before(sn, READ_ONCE(source->serves_until)))
		return 3;
	return sipalg_source_is_good(sn, source) ? 2 : !!sipalg_source_blocked_s(sn, source);
}

static bool source_goes_before(const struct sipalg_net *sn, const struct sipalg_source *a,
			       const struct sipalg_source *b)
{
	int diff = source_worth(sn, a) - source_worth(sn, b);

	return diff ? diff < 0 : time_before(READ_ONCE(a->heard), READ_ONCE(b->heard));
}

/*
 * Makes a place in a set.  Where the set is full, or the namespace may hold no more, the source of
 * least worth is removed, and the new source takes over its @is_held.  Return: true: there is a
 * place; false: there is none.
 */
static bool source_make_room(struct sipalg_net *sn, u32 set, bool *is_held)
{
	struct sipalg_source *source, *least = NULL;
	u32 n = 0;

	hlist_for_each_entry(source, &sn->sources->set[set], node) {
		sipalg_step();
		n++;
		if (!least || source_goes_before(sn, source, least))
			least = source;
	}
	*is_held = sn->is_foreign;
	if (n < WAYS && sipalg_hold(sn, 1))
		return true;
	if (!least)
		return false;
	*is_held = least->is_held;
	hlist_del_rcu(&least->node);
	call_rcu(&least->rcu, source_free_rcu);
	sipalg_count(sn, SIPALG_STAT_SOURCES_EVICTED);
	return true;
}

static struct sipalg_source *source_add(struct sipalg_net *sn, u32 set,
					const struct sipalg_source_key *key)
{
	struct sipalg_source *source = kmem_cache_zalloc(source_cache, GFP_ATOMIC);

	if (!source)
		return NULL;
	if (!source_make_room(sn, set, &source->is_held)) {
		kmem_cache_free(source_cache, source);
		return NULL;
	}
	source->key = *key;
	spin_lock_init(&source->lock);
	source->heard = sipalg_now(sn);
	hlist_add_head_rcu(&source->node, &sn->sources->set[set]);
	return source;
}

struct sipalg_source *sipalg_source_get(struct sipalg_net *sn, const struct sipalg_source_key *key)
{
	struct sipalg_source_table *table = sn->sources;
	struct sipalg_source_key at = source_host_key(sn, key);
	u32 set = set_of(&at);
	struct sipalg_source *source = find_in(table, set, &at);

	if (source)
		return source;
	spin_lock_bh(&table->lock[set % SIPALG_SOURCE_LOCKS]);
	source = find_in(table, set, &at);
	if (!source)
		source = source_add(sn, set, &at);
	spin_unlock_bh(&table->lock[set % SIPALG_SOURCE_LOCKS]);
	return source;
}
SIPALG_EXPORT_TEST(sipalg_source_get);

/* ---- limits ---------------------------------------------------------------------- */

/* Counts a message in the current second, and keeps the count of the second before it. */
static void bucket_count(struct sipalg_source_bucket *b, unsigned long now)
{
	unsigned long passed = sipalg_since(now, b->second);

	if (!b->second || passed >= HZ) {
		b->last = passed < 2 * HZ ? b->now : 0;
		b->now = 0;
		b->second = (passed < 2 * HZ ? b->second + HZ : now) ?: 1;
	}
	b->now++;
}

static void bucket_fill(struct sipalg_source_bucket *b, unsigned long now,
			const struct sipalg_rate *rate)
{
	u64 full = (u64)max(rate->burst, 1U) * HZ;	/* at most 10^6 * 1000: fits 32 bits */
	u64 passed = min_t(u64, sipalg_since(now, b->filled), U32_MAX);

	/* a bucket that was never used is full */
	b->credit = b->filled ? min(b->credit + passed * rate->rate, full) : full;
	if (!b->filled || passed)	/* it never goes back, so no time counts twice */
		b->filled = now ?: 1;
}

/*
 * Makes a source that was silent for long a stranger again: what it did then does not matter, and
 * its times must not grow older than the counter of jiffies can tell.
 */
static void source_reset(struct sipalg_source *source)
{
	source->good_until = 0;
	source->serves_until = 0;
	source->blocked_until = 0;
	source->block_s = 0;
	source->failures = 0;
	source->failures_before = 0;
	source->told = 0;
	memset(source->bucket, 0, sizeof(source->bucket));
	memset(source->tx, 0, sizeof(source->tx));
	memset(source->dialog, 0, sizeof(source->dialog));
	source->help.n = 0;
}

/* Counts a message.  The caller holds @source->lock, and has read @now under it. */
static void count_message(struct sipalg_source *source, enum sipalg_source_class class,
			  unsigned long now)
{
	if (sipalg_since(now, source->heard) > (unsigned long)DAY_S * HZ)
		source_reset(source);
	WRITE_ONCE(source->heard, now);
	bucket_count(&source->bucket[class], now);
}

bool sipalg_source_take(struct sipalg_net *sn, struct sipalg_source *source,
			enum sipalg_source_class class, const struct sipalg_rate *rate)
{
	struct sipalg_source_bucket *b = &source->bucket[class];
	unsigned long now;
	bool is_within = true;

	spin_lock_bh(&source->lock);
	now = sipalg_now(sn);
	count_message(source, class, now);
	if (rate->rate) {
		bucket_fill(b, now, rate);
		is_within = b->credit >= HZ;
		if (is_within)
			b->credit -= HZ;
	}
	spin_unlock_bh(&source->lock);
	return is_within;
}
SIPALG_EXPORT_TEST(sipalg_source_take);

bool sipalg_source_is_over(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class, const struct sipalg_rate *rate)
{
	struct sipalg_source_bucket *b = &source->bucket[class];
	bool is_over;

	if (!rate->rate)
		return false;
	spin_lock_bh(&source->lock);
	bucket_fill(b, sipalg_now(sn), rate);
	is_over = b->credit < HZ;
	spin_unlock_bh(&source->lock);
	return is_over;
}
SIPALG_EXPORT_TEST(sipalg_source_is_over);

void sipalg_source_saw(struct sipalg_net *sn, struct sipalg_source *source,
		       enum sipalg_source_class class)
{
	spin_lock_bh(&source->lock);
	count_message(source, class, sipalg_now(sn));
	spin_unlock_bh(&source->lock);
}
SIPALG_EXPORT_TEST(sipalg_source_saw);

void sipalg_source_refund(struct sipalg_source *source, enum sipalg_source_class class)
{
	struct sipalg_source_bucket *b = &source->bucket[class];

	spin_lock_bh(&source->lock);
	if (b->credit <= U32_MAX - HZ)
		b->credit += HZ;	/* bucket_fill() limits the sum */
	spin_unlock_bh(&source->lock);
}
SIPALG_EXPORT_TEST(sipalg_source_refund);

bool sipalg_source_dropped(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class)
{
	bool tell;

	spin_lock_bh(&source->lock);
	source->bucket[class].dropped++;
	tell = !sipalg_source_is_before(sn, source->told);
	if (tell)
		source->told = sipalg_source_in_seconds(sn, TELL_S);
	spin_unlock_bh(&source->lock);
	return tell;
}
SIPALG_EXPORT_TEST(sipalg_source_dropped);

/* ---- requests -------------------------------------------------------------------- */

/* Return: the piece of a digest that fits beside the flags; never 0, which means a free place. */
static u32 tx_mark(u64 tx)
{
	u32 mark = tx * GOLDEN_RATIO_64 >> 32;

	return mark & ~SIPALG_TX_FLAGS ?: SIPALG_TX_FLAGS + 1;
}

/* Return: the first of the TX_WAYS places that a request may have; the newest request is there. */
static u32 *tx_set(struct sipalg_source *source, u64 tx)
{
	return &source->tx[tx % (SIPALG_SOURCE_TXS / TX_WAYS) * TX_WAYS];
}

u32 *sipalg_source_tx_find(struct sipalg_source *source, u64 tx)
{
	u32 *set = tx_set(source, tx), i;

	for (i = 0; i < TX_WAYS; i++) {
		sipalg_step();
		if ((READ_ONCE(set[i]) & ~SIPALG_TX_FLAGS) == tx_mark(tx))
			return &set[i];
	}
	return NULL;
}

bool sipalg_source_sent(struct sipalg_source *source, u64 tx, bool has_credentials)
{
	u32 *set = tx_set(source, tx);
	bool is_known;

	spin_lock_bh(&source->lock);
	is_known = sipalg_source_tx_find(source, tx);
	if (!is_known) {
		memmove(set + 1, set, (TX_WAYS - 1) * sizeof(*set));
		WRITE_ONCE(*set, tx_mark(tx) | (has_credentials ? SIPALG_TX_CREDENTIALS : 0));
	}
	spin_unlock_bh(&source->lock);
	return is_known;
}
SIPALG_EXPORT_TEST(sipalg_source_sent);

bool sipalg_source_has_sent(struct sipalg_source *source, u64 tx)
{
	return sipalg_source_tx_find(source, tx);
}
SIPALG_EXPORT_TEST(sipalg_source_has_sent);

/* @field: SIPALG_TX_COPIES or SIPALG_TX_ANSWERS.  Return: @word with that count one higher. */
static u32 one_more(u32 word, u32 field)
{
	return word + (field & -field);
}

bool sipalg_source_may_again(struct sipalg_source *source, u64 tx, enum sipalg_source_again what,
			     bool is_taken)
{
	u32 field = what == SIPALG_SOURCE_COPY ? SIPALG_TX_COPIES : SIPALG_TX_ANSWERS;
	u32 most = what == SIPALG_SOURCE_COPY ? FIELD_PREP(SIPALG_TX_COPIES, SIPALG_SOURCE_COPIES) :
					     FIELD_PREP(SIPALG_TX_ANSWERS, SIPALG_SOURCE_ANSWERS);
	u32 *place;
	bool may;

	spin_lock_bh(&source->lock);
	place = sipalg_source_tx_find(source, tx);
	may = place && (*place & field) < most;
	if (may && is_taken)
		WRITE_ONCE(*place, one_more(*place, field));
	spin_unlock_bh(&source->lock);
	return may;
}
SIPALG_EXPORT_TEST(sipalg_source_may_again);

/* Whether one message more than @spared counts may pass: @most of them may in @seconds. */
static bool may_spare(const struct sipalg_net *sn, struct sipalg_source_spared *spared, u32 most,
		      u32 seconds)
{
	if (sipalg_age(sn, spared->since) >= seconds * HZ || !spared->n) {
		spared->since = sipalg_now(sn);
		spared->n = 0;
	}
	return spared->n < most;
}

bool sipalg_source_may_in_dialog(const struct sipalg_net *sn, struct sipalg_source *source,
				 u64 dialog, bool is_taken)
{
	u32 i = dialog >> 32 & (SIPALG_SOURCE_DIALOGS - 1);
	struct sipalg_source_spared *spared = &source->dialog[i];
	bool may;

	spin_lock_bh(&source->lock);
	may = may_spare(sn, spared, SIPALG_SOURCE_IN_DIALOG, 1);
	spared->n += may && is_taken;
	spin_unlock_bh(&source->lock);
	return may;
}
SIPALG_EXPORT_TEST(sipalg_source_may_in_dialog);

bool sipalg_source_may_help(const struct sipalg_net *sn, struct sipalg_source *source,
			    bool is_taken)
{
	bool may;

	spin_lock_bh(&source->lock);
	may = may_spare(sn, &source->help, SIPALG_SOURCE_HELP, HELP_S);
	source->help.n += may && is_taken;
	spin_unlock_bh(&source->lock);
	return may;
}
SIPALG_EXPORT_TEST(sipalg_source_may_help);

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_source_setup(struct sipalg_net *sn)
{
	struct sipalg_source_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int i;

	if (!table)
		return -ENOMEM;
	for (i = 0; i < SIPALG_SOURCE_LOCKS; i++)
		spin_lock_init(&table->lock[i]);
	sn->sources = table;
	return 0;
}
SIPALG_EXPORT_TEST(sipalg_source_setup);

void sipalg_source_teardown(struct sipalg_net *sn)
{
	struct sipalg_source *source;
	struct hlist_node *next;
	int i;

	for (i = 0; i < SIPALG_SOURCE_SETS; i++)
		hlist_for_each_entry_safe(source, next, &sn->sources->set[i], node) {
			if (source->is_held)
				sipalg_let(sn, 1);
			kmem_cache_free(source_cache, source);
		}
	kfree(sn->sources);
}
SIPALG_EXPORT_TEST(sipalg_source_teardown);

int sipalg_source_module_init(void)
{
	source_cache = KMEM_CACHE(sipalg_source, 0);
	return source_cache ? 0 : -ENOMEM;
}

void sipalg_source_module_exit(void)
{
	rcu_barrier();		/* source_free_rcu() */
	kmem_cache_destroy(source_cache);
}
