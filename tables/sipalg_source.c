// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_source: the table of addresses that send, and their limits.  See sipalg_source.h.
 *
 * The table is set-associative: a hash chooses one of SETS lists of at most WAYS, so
 * neither a look-up nor an eviction looks at more, and no list of all is kept in
 * order.  Readers run under RCU; a lock for some sets guards additions, and each source
 * has its own.
 */
#include <linux/bitfield.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <linux/slab.h>

#include "sipalg_source.h"
#include "sipalg_compat.h"

enum {
	SETS	= 1024,
	WAYS	= SIPALG_SOURCE_MAX / SETS,
	LOCKS	= 64,
	TX_WAYS	= 4,	/* places that a request may have */
	DIALOGS	= 16,	/* counts of dialogs */
	HELP_S	= 60,	/* the time that SIPALG_SOURCE_HELP holds for */
	TELL_S	= 60,	/* how often the log names one source */
	DAY_S	= 86400, /* who was not heard of for so long begins anew */
};

/**
 * struct bucket - one class of messages
 * @credit: messages that may come, times HZ
 * @filled: sipalg_now() of @credit
 * @second: of the beginning of the second that @now counts
 * @now: messages in that second
 * @last: in the one before it
 * @dropped: messages dropped
 */
struct bucket {
	u32 credit;
	unsigned long filled;
	unsigned long second;
	u32 now;
	u32 last;
	u32 dropped;
};

/* what a remembered request says, beside a piece of its digest */
enum {
	TX_CREDENTIALS	= BIT(0),
	TX_ANSWERED	= BIT(1),
	TX_COPIES	= GENMASK(5, 2),	/* that have passed for nothing */
	TX_ANSWERS	= GENMASK(10, 6),	/* that have */
	TX_FLAGS	= GENMASK(10, 0),
};

static_assert(TX_COPIES / BIT(2) >= SIPALG_SOURCE_COPIES);
static_assert(TX_ANSWERS / BIT(6) >= SIPALG_SOURCE_ANSWERS);

/* so many that passed over the limits since then, 32 bits of sipalg_now() */
struct spared {
	u32 since;
	u32 n;
};

/**
 * struct sipalg_source - one address
 * @node: in its set
 * @key: the address
 * @is_held: it counts as held by its namespace
 * @lock: guards what follows
 * @heard: sipalg_now() of its last message
 * @good_until: it has had success, which counts until then; 0: never
 * @serves_until: others are registered with it; 0: never
 * @blocked_until: 0: never
 * @block_s: how long the last block was; 0: there was none
 * @failures: in the window that began at @failed
 * @failures_before: in the window before it
 * @failed: sipalg_now() of the beginning of the window
 * @told: when the log last named it; 0: never
 * @bucket: by class
 * @tx: requests that passed lately, each in one of the places that its digest says
 * @dialog: over the limits, of the dialogs whose digests say so
 * @help: over the limits, calls for help
 * @rcu: look-ups run under RCU
 */
struct sipalg_source {
	struct hlist_node node;
	struct sipalg_source_key key;
	bool is_held;
	spinlock_t lock;
	unsigned long heard;
	unsigned long good_until;
	unsigned long serves_until;
	unsigned long blocked_until;
	u32 block_s;
	u32 failures;
	u32 failures_before;
	unsigned long failed;
	unsigned long told;
	struct bucket bucket[SIPALG_CLASSES];
	u32 tx[SIPALG_SOURCE_TXS];
	struct spared dialog[DIALOGS];
	struct spared help;
	struct rcu_head rcu;
};

struct sipalg_source_table {
	struct hlist_head set[SETS];
	spinlock_t lock[LOCKS];
};

static struct kmem_cache *source_cache __read_mostly;

/* ---- time ------------------------------------------------------------------------ */

/* @until: 0: never */
static bool is_before(const struct sipalg_net *sn, unsigned long until)
{
	return until && time_before(sipalg_now(sn), until);
}

/* Never 0, which means "never". */
static unsigned long in_seconds(const struct sipalg_net *sn, u32 seconds)
{
	return (sipalg_now(sn) + seconds * HZ) ?: 1;
}

bool sipalg_source_is_good(const struct sipalg_net *sn, const struct sipalg_source *source)
{
	return is_before(sn, READ_ONCE(source->good_until));
}
SIPALG_EXPORT_TEST(sipalg_source_is_good);

u32 sipalg_source_blocked_s(const struct sipalg_net *sn, const struct sipalg_source *source)
{
	unsigned long until = READ_ONCE(source->blocked_until);

	/* the second that has begun counts */
	return is_before(sn, until) ? sipalg_seconds_between(sipalg_now(sn), until + HZ - 1) : 0;
}
SIPALG_EXPORT_TEST(sipalg_source_blocked_s);

/* ---- table ----------------------------------------------------------------------- */

static u32 set_of(const struct sipalg_source_key *key)
{
	return sipalg_hash_addr(&key->addr, (u32)key->zone << 16 | key->role, 0) % SETS;
}

static struct sipalg_source *find_in(struct sipalg_source_table *table, u32 set,
				     const struct sipalg_source_key *key)
{
	struct sipalg_source *source;

	hlist_for_each_entry_rcu(source, &table->set[set], node,
				 lockdep_is_held(&table->lock[set % LOCKS])) {
		sipalg_step();
		if (sip_addr_equal(&source->key.addr, &key->addr) &&
		    source->key.zone == key->zone && source->key.role == key->role)
			return source;
	}
	return NULL;
}

/* Of an address, the host that it counts as. */
static struct sip_addr source_host(const struct sipalg_net *sn, const struct sip_addr *addr)
{
	return sipalg_prefix_of(addr, sipalg_host_len(sn, addr));
}

/* The key by which the table has it. */
static struct sipalg_source_key source_host_key(const struct sipalg_net *sn,
						const struct sipalg_source_key *key)
{
	return (struct sipalg_source_key){ source_host(sn, &key->addr), key->zone, key->role };
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
 * Who is the least loss: 0 a stranger, 1 one that is blocked, 2 one that has had success, 3 a
 * registrar.  To fail costs nothing, so it is worth less than what was proved.
 */
static int source_worth(const struct sipalg_net *sn, const struct sipalg_source *source)
{
	if (is_before(sn, READ_ONCE(source->serves_until)))
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
 * A place in a set.  Where it is full, or the namespace holds what it may, the least loss goes, and
 * leaves @is_held to the next one.  Return: whether there is one.
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
	spin_lock_bh(&table->lock[set % LOCKS]);
	source = find_in(table, set, &at);
	if (!source)
		source = source_add(sn, set, &at);
	spin_unlock_bh(&table->lock[set % LOCKS]);
	return source;
}
SIPALG_EXPORT_TEST(sipalg_source_get);

/* ---- limits ---------------------------------------------------------------------- */

/* Keeps the two counters of the current second and the one before it. */
static void bucket_count(struct bucket *b, unsigned long now)
{
	unsigned long passed = sipalg_since(now, b->second);

	if (!b->second || passed >= HZ) {
		b->last = passed < 2 * HZ ? b->now : 0;
		b->now = 0;
		b->second = (passed < 2 * HZ ? b->second + HZ : now) ?: 1;
	}
	b->now++;
}

static void bucket_fill(struct bucket *b, unsigned long now, const struct sipalg_rate *rate)
{
	u64 full = (u64)max(rate->burst, 1U) * HZ;	/* at most 10^6 * 1000: fits 32 bits */
	u64 passed = min_t(u64, sipalg_since(now, b->filled), U32_MAX);

	/* one that was never used is full, and so is one that has had the time */
	b->credit = b->filled ? min(b->credit + passed * rate->rate, full) : full;
	if (!b->filled || passed)	/* a time that is not over yet is not paid for twice */
		b->filled = now ?: 1;
}

/* Nothing that was so long ago matters, and times must not grow older than a counter of jiffies. */
static void begin_anew(struct sipalg_source *source)
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

/* A message came.  @now: read under @source->lock, which is held. */
static void count_message(struct sipalg_source *source, enum sipalg_source_class class,
			  unsigned long now)
{
	if (sipalg_since(now, source->heard) > (unsigned long)DAY_S * HZ)
		begin_anew(source);
	WRITE_ONCE(source->heard, now);
	bucket_count(&source->bucket[class], now);
}

bool sipalg_source_take(struct sipalg_net *sn, struct sipalg_source *source,
			enum sipalg_source_class class, const struct sipalg_rate *rate)
{
	struct bucket *b = &source->bucket[class];
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
	struct bucket *b = &source->bucket[class];
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
	struct bucket *b = &source->bucket[class];

	spin_lock_bh(&source->lock);
	if (b->credit <= U32_MAX - HZ)
		b->credit += HZ;	/* the next filling cuts what is too much */
	spin_unlock_bh(&source->lock);
}
SIPALG_EXPORT_TEST(sipalg_source_refund);

bool sipalg_source_dropped(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class)
{
	bool tell;

	spin_lock_bh(&source->lock);
	source->bucket[class].dropped++;
	tell = !is_before(sn, source->told);
	if (tell)
		source->told = in_seconds(sn, TELL_S);
	spin_unlock_bh(&source->lock);
	return tell;
}
SIPALG_EXPORT_TEST(sipalg_source_dropped);

/* ---- requests -------------------------------------------------------------------- */

/* What a request's digest leaves beside the flags; never 0, which means nobody. */
static u32 tx_mark(u64 tx)
{
	u32 mark = tx * GOLDEN_RATIO_64 >> 32;

	return mark & ~TX_FLAGS ?: TX_FLAGS + 1;
}

/* Where its digest says that it stands: the first of TX_WAYS places, the newest one first. */
static u32 *tx_set(struct sipalg_source *source, u64 tx)
{
	return &source->tx[tx % (SIPALG_SOURCE_TXS / TX_WAYS) * TX_WAYS];
}

/* Its place, or NULL. */
static u32 *tx_find(struct sipalg_source *source, u64 tx)
{
	u32 *set = tx_set(source, tx), i;

	for (i = 0; i < TX_WAYS; i++) {
		sipalg_step();
		if ((READ_ONCE(set[i]) & ~TX_FLAGS) == tx_mark(tx))
			return &set[i];
	}
	return NULL;
}

bool sipalg_source_sent(struct sipalg_source *source, u64 tx, bool has_credentials)
{
	u32 *set = tx_set(source, tx);
	bool is_known;

	spin_lock_bh(&source->lock);
	is_known = tx_find(source, tx);
	if (!is_known) {
		memmove(set + 1, set, (TX_WAYS - 1) * sizeof(*set));
		WRITE_ONCE(*set, tx_mark(tx) | (has_credentials ? TX_CREDENTIALS : 0));
	}
	spin_unlock_bh(&source->lock);
	return is_known;
}
SIPALG_EXPORT_TEST(sipalg_source_sent);

bool sipalg_source_has_sent(struct sipalg_source *source, u64 tx)
{
	return tx_find(source, tx);
}
SIPALG_EXPORT_TEST(sipalg_source_has_sent);

/* @field: TX_COPIES or TX_ANSWERS.  Return: @word with one more of them. */
static u32 one_more(u32 word, u32 field)
{
	return word + (field & -field);
}

bool sipalg_source_may_again(struct sipalg_source *source, u64 tx, enum sipalg_source_again what,
			     bool is_taken)
{
	u32 field = what == SIPALG_SOURCE_COPY ? TX_COPIES : TX_ANSWERS;
	u32 most = what == SIPALG_SOURCE_COPY ? FIELD_PREP(TX_COPIES, SIPALG_SOURCE_COPIES) :
					     FIELD_PREP(TX_ANSWERS, SIPALG_SOURCE_ANSWERS);
	u32 *place;
	bool may;

	spin_lock_bh(&source->lock);
	place = tx_find(source, tx);
	may = place && (*place & field) < most;
	if (may && is_taken)
		WRITE_ONCE(*place, one_more(*place, field));
	spin_unlock_bh(&source->lock);
	return may;
}
SIPALG_EXPORT_TEST(sipalg_source_may_again);

/* One of @most in @seconds. */
static bool may_spare(const struct sipalg_net *sn, struct spared *spared, u32 most, u32 seconds)
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
	struct spared *spared = &source->dialog[dialog >> 32 & (DIALOGS - 1)];
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

/*
 * Failures in the last block_window seconds.  Between two windows that of the one before
 * counts for the part of it that is not past.
 */
static u32 failures_now(struct sipalg_net *sn, struct sipalg_source *source, u32 window_s)
{
	unsigned long window = (unsigned long)window_s * HZ, now = sipalg_now(sn);
	unsigned long passed = sipalg_since(now, source->failed);

	if (!source->failures && !source->failures_before) {
		source->failed = now;
		passed = 0;
	}
	if (passed >= window) {
		source->failures_before = passed < 2 * window ? source->failures : 0;
		source->failures = 0;
		source->failed = passed < 2 * window ? source->failed + window : now;
		passed = sipalg_since(now, source->failed);
	}
	return source->failures +
	       div64_u64((u64)source->failures_before * (window - passed), window);
}

static void source_block(struct sipalg_net *sn, struct sipalg_source *source)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);
	u32 longest = max(set->block_time, set->block_time_max);

	if (source->block_s && is_before(sn, source->blocked_until + longest * HZ))
		source->block_s = min(2 * source->block_s, longest);
	else
		source->block_s = set->block_time;
	WRITE_ONCE(source->blocked_until, in_seconds(sn, source->block_s));
	source->failures = 0;
	source->failures_before = 0;
}

static enum sipalg_source_told count_failure(struct sipalg_net *sn, struct sipalg_source *source)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);

	if (!set->block_failures || !set->block_window || !set->block_time ||
	    source->key.role != SIPALG_SOURCE_FROM || is_before(sn, source->serves_until))
		return SIPALG_SOURCE_FAILED;
	if (failures_now(sn, source, set->block_window) + 1 < set->block_failures) {
		source->failures++;
		return SIPALG_SOURCE_FAILED;
	}
	source_block(sn, source);
	return SIPALG_SOURCE_BLOCKED;
}

enum sipalg_source_told sipalg_source_answered(struct sipalg_net *sn, struct sipalg_source *source,
					       u64 tx, enum sipalg_source_end end)
{
	enum sipalg_source_told told = SIPALG_SOURCE_NOTED;
	u32 *place;

	spin_lock_bh(&source->lock);
	place = tx_find(source, tx);
	if (!place || *place & TX_ANSWERED)
		told = SIPALG_SOURCE_NOT_ASKED;
	else if (end == SIPALG_SOURCE_SUCCESS)
		WRITE_ONCE(source->good_until, in_seconds(sn, SIPALG_SOURCE_GOOD_S));
	else if (end == SIPALG_SOURCE_REFUSED ||
		 (end == SIPALG_SOURCE_MISSED && !source->good_until) ||
		 (end == SIPALG_SOURCE_CHALLENGED && *place & TX_CREDENTIALS))
		told = count_failure(sn, source);
	if (told != SIPALG_SOURCE_NOT_ASKED)
		*place |= TX_ANSWERED;
	spin_unlock_bh(&source->lock);
	return told;
}
SIPALG_EXPORT_TEST(sipalg_source_answered);

void sipalg_source_serves(struct sipalg_net *sn, struct sipalg_source *source, u32 seconds)
{
	unsigned long until;

	spin_lock_bh(&source->lock);
	until = in_seconds(sn, seconds);
	if (!is_before(sn, source->serves_until) || time_after(until, source->serves_until))
		WRITE_ONCE(source->serves_until, until);
	spin_unlock_bh(&source->lock);
}
SIPALG_EXPORT_TEST(sipalg_source_serves);

static void forgive_failures(struct sipalg_source *source)
{
	spin_lock_bh(&source->lock);
	WRITE_ONCE(source->blocked_until, 0);
	source->block_s = 0;
	source->failures = 0;
	source->failures_before = 0;
	spin_unlock_bh(&source->lock);
}

int sipalg_source_release(struct sipalg_net *sn, const struct sip_addr *addr)
{
	struct sipalg_source *source;
	struct sip_addr host;
	int i, err = -ENOENT;

	rcu_read_lock();
	host = source_host(sn, addr);
	for (i = 0; i < SETS; i++) {	/* whatever its zone is */
		hlist_for_each_entry_rcu(source, &sn->sources->set[i], node) {
			if (source->key.role != SIPALG_SOURCE_FROM ||
			    !sip_addr_equal(&source->key.addr, &host))
				continue;
			forgive_failures(source);
			err = 0;
		}
	}
	rcu_read_unlock();
	return err;
}
SIPALG_EXPORT_TEST(sipalg_source_release);

/* ---- /proc/net/sipalg/sources ---------------------------------------------------- */

static const char * const role_names[] = {
	[SIPALG_SOURCE_FROM]	= "from",
	[SIPALG_SOURCE_TO]		= "to",
	[SIPALG_SOURCE_SERVED]	= "served",
};

static const char * const class_names[] = {
	[SIPALG_CLASS_INVITE]	= "invite",
	[SIPALG_CLASS_REGISTER]	= "register",
	[SIPALG_CLASS_OPTIONS]	= "options",
	[SIPALG_CLASS_SUBSCRIBE]	= "subscribe",
	[SIPALG_CLASS_OTHER]	= "other",
	[SIPALG_CLASS_RESPONSE]	= "response",
};

/* Position 0 is the headline, position i the sources of set i - 1. */
static void *sources_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	rcu_read_lock();
	return *pos <= SETS ? pos : NULL;
}

static void *sources_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return *pos <= SETS ? pos : NULL;
}

static void sources_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

/* Messages in the last full second. */
static u32 rate_of(const struct bucket *b, unsigned long now)
{
	unsigned long passed = sipalg_since(now, b->second);

	if (passed < HZ)
		return b->last;
	return passed < 2 * HZ ? b->now : 0;
}

static void show_bucket(struct seq_file *seq, const struct sipalg_source *source, u32 class)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	const struct bucket *b = &source->bucket[class];
	char buf[SIP_ADDR_TEXT_MAX];
	u32 len = sip_addr_write(&source->key.addr, buf, false);
	u32 prefix = sipalg_settings_of(sn)->host_prefix6;

	seq_printf(seq, "%.*s", (int)len, buf);
	if (source->key.addr.family == SIP_FAMILY_IPV6 && prefix < 128)
		seq_printf(seq, "/%u", prefix);
	seq_printf(seq, " %s %s %u %u %u %u\n",
		   role_names[source->key.role], class_names[class],
		   rate_of(b, sipalg_now(sn)), b->dropped,
		   source->failures + source->failures_before, sipalg_source_blocked_s(sn, source));
}

static void show_source(struct seq_file *seq, struct sipalg_source *source)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	unsigned long now;
	u32 i;

	spin_lock_bh(&source->lock);
	now = sipalg_now(sn);
	for (i = 0; i < SIPALG_CLASSES; i++) {
		const struct bucket *b = &source->bucket[i];

		if (b->dropped || sipalg_source_blocked_s(sn, source) ||
		    (b->second && time_before(now, b->second + SIPALG_SOURCE_SHOWN_S * HZ)))
			show_bucket(seq, source, i);
	}
	spin_unlock_bh(&source->lock);
}

static int sources_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	loff_t pos = *(loff_t *)v;
	struct sipalg_source *source;

	if (!pos) {
		seq_puts(seq, "source role class rate dropped failures blocked_s\n");
		return 0;
	}
	hlist_for_each_entry_rcu(source, &sn->sources->set[pos - 1], node)
		show_source(seq, source);
	return 0;
}

const struct seq_operations sipalg_source_seq_ops = {
	.start = sources_start,
	.next = sources_next,
	.stop = sources_stop,
	.show = sources_show,
};

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_source_setup(struct sipalg_net *sn)
{
	struct sipalg_source_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int i;

	if (!table)
		return -ENOMEM;
	for (i = 0; i < LOCKS; i++)
		spin_lock_init(&table->lock[i]);
	sn->sources = table;
	return 0;
}
SIPALG_EXPORT_TEST(sipalg_source_setup);

/* No packet is under way in the namespace. */
void sipalg_source_teardown(struct sipalg_net *sn)
{
	struct sipalg_source *source;
	struct hlist_node *next;
	int i;

	for (i = 0; i < SETS; i++)
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
