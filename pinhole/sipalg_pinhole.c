// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole: published ports.  See sipalg_pinhole.h for the life of a pinhole.
 *
 * A table holds every pinhole by its mapped side: an insertion fails where the table has the same
 * mapped side already, so two calls never get one port.  sipalg_pinhole_real.c finds pinholes by
 * their real side, and sipalg_pinhole_expect.c has their expectations.
 *
 * Locks.  The order is: the lock of a pinhole, the lock of the turns, nf_conntrack_expect_lock.
 * The locks of two pinholes are never held together.  The lock of the turns is held until an
 * expectation is in its place, so the count of the class stays true.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_caller.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_expect_internal.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_pinhole_shut.h"
#include "sipalg_port.h"
#include "sipalg_quota.h"
#include "sipalg_turn.h"
#include "sipalg_compat.h"
#include "sipalg_trace.h"

enum { LAST_FEW = 3 };	/* least share of a host, in pinholes: a registration and a call */

/**
 * struct sipalg_pinhole_table - the pinholes of a namespace by their mapped side
 * @mapped: table of struct sipalg_pinhole
 * @n: number of pinholes in the table
 */
struct sipalg_pinhole_table {
	struct rhashtable mapped;
	atomic_t n;
};

static int mapped_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	return sipalg_pinhole_keys_differ(arg->key, &((const struct sipalg_pinhole *)obj)->mapped);
}

static const struct rhashtable_params mapped_params = {
	.key_offset = offsetof(struct sipalg_pinhole, mapped),
	.key_len = sizeof(struct sipalg_pinhole_key),
	.head_offset = offsetof(struct sipalg_pinhole, mapped_node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = sipalg_pinhole_key_hash,
	.obj_cmpfn = mapped_differs,
	.automatic_shrinking = true,
};

static struct kmem_cache *pinhole_cache __read_mostly;

/* ---- reservation ----------------------------------------------------------------- */

/*
 * Return: the number of pinholes that may exist at once: the setting, or a default that leaves a
 * quarter of all expectations to other helpers.
 */
static u32 pinholes_max(struct sipalg_net *sn)
{
	u32 max = sipalg_settings_of(sn)->pinholes_max;

	return max ? max : 3 * nf_ct_expect_hsize;
}

static void pinhole_free(struct sipalg_pinhole *pin)
{
	sipalg_pinhole_expect_forget(pin);
	sipalg_master_put(pin->master);
	sipalg_pinhole_more_free(pin);
	kmem_cache_free(pinhole_cache, pin);
}

static void pinhole_free_rcu(struct rcu_head *rcu)
{
	pinhole_free(container_of(rcu, struct sipalg_pinhole, rcu));
}

static struct sipalg_pinhole *pinhole_alloc(const struct sipalg_pinhole_want *want, u32 i,
					    u16 mapped)
{
	struct sipalg_pinhole *pin = kmem_cache_zalloc(pinhole_cache, GFP_ATOMIC);

	if (!pin)
		return NULL;
	pin->master = sipalg_master_get(want->master,
					&want->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	if (!pin->master) {
		kmem_cache_free(pinhole_cache, pin);
		return NULL;
	}
	refcount_set(&pin->users, 1);
	spin_lock_init(&pin->lock);
	pin->mapped.addr = want->mapped;
	pin->mapped.port = mapped;
	pin->mapped.zone = nf_ct_zone(want->ct)->id;
	pin->mapped.proto = want->proto;
	pin->real = pin->mapped;
	pin->real.addr = want->real;
	pin->real.port = want->ports[i];
	pin->class = want->is_pairs && i & 1 ? SIPALG_PINHOLE_RTCP : want->class;
	pin->is_lasting = want->is_lasting;
	pin->is_anothers = want->is_anothers;
	pin->is_nat = !sip_addr_equal(&want->real, &want->mapped) || pin->real.port != mapped;
	pin->sought = sipalg_now(want->sn) - SIPALG_PINHOLE_SEEK_S * HZ;
	if (want->source)
		pin->source = *want->source;
	if (want->charged && !sipalg_pinhole_set_charged(pin, want->charged)) {
		pinhole_free(pin);
		return NULL;
	}
	return pin;
}

/*
 * Without NAT a port cannot be moved: calls of one host that use the same port at one time share
 * its pinhole.
 * Return: the pinhole that is shared, with one more owner; NULL: no pinhole can be shared.
 */
static struct sipalg_pinhole *pinhole_share(struct sipalg_net *sn,
					    const struct sipalg_pinhole *like)
{
	struct sipalg_pinhole *old;

	if (like->is_nat)
		return NULL;
	old = sipalg_pinhole_by_mapped(sn, &like->mapped);
	if (!old || old->is_nat || old->is_lasting != like->is_lasting || !sipalg_pinhole_get(old))
		return NULL;
	sipalg_pinhole_pause(sn, old, false);	/* no owner may pause for another */
	return old;
}

static bool are_few_left(struct sipalg_net *sn)
{
	u32 max = pinholes_max(sn);

	return atomic_read(&sn->pinholes->n) >= max - max / 8;
}

bool sipalg_pinhole_is_scarce(struct sipalg_net *sn)
{
	return are_few_left(sn) && (!sipalg_shut_drain(sn) || are_few_left(sn));
}

/*
 * A host may have three times as many pinholes as are left, so a single host gets three quarters of
 * all.  The last quarter is for the hosts that hold least (security.md B2): each of them gets an
 * eighth of the rest, so a host with many addresses gains little by one more address.
 * Return: number of pinholes of @max that a host may have while @left are left.
 */
static u32 share_of_host(u32 max, u32 left)
{
	if (left > max / 4)
		return min_t(u64, 3ULL * left, U32_MAX);
	return max_t(u32, left / 8, LAST_FEW);
}

/*
 * Contacts leave a quarter of all pinholes to calls, because contacts have their own connections
 * too.
 * Return: the host, which is charged for @more pinholes now; otherwise an ERR_PTR().
 */
static struct sipalg_quota *charge_host(const struct sipalg_pinhole_want *want, u32 more)
{
	u32 n = atomic_read(&want->sn->pinholes->n), max = pinholes_max(want->sn);
	struct sipalg_quota_key host = {
		want->charged ? *want->charged : want->real, nf_ct_zone(want->ct)->id
	};
	u32 share = share_of_host(max, max - min(n, max));

	if (want->class == SIPALG_PINHOLE_SIGNALLING)
		max -= max / 4;
	if (n >= max || max - n < more)
		return ERR_PTR(-ENOSPC);
	return sipalg_quota_charge(want->sn, &host, SIPALG_QUOTA_PINHOLE, more, share);
}

/* The same.  A place that a pinhole of an ended call has yet is free. */
static struct sipalg_quota *pinhole_charge_host(const struct sipalg_pinhole_want *want, u32 more)
{
	struct sipalg_quota *host = charge_host(want, more);

	if ((host == ERR_PTR(-ENOSPC) || host == ERR_PTR(-EDQUOT)) && sipalg_shut_drain(want->sn))
		host = charge_host(want, more);
	return host;
}

/* Return: the pinhole with a mapped side, which may be shut; NULL: none.  Under RCU. */
static struct sipalg_pinhole *at_mapped(struct sipalg_net *sn, const struct sipalg_pinhole_key *key)
{
	return rhashtable_lookup(&sn->pinholes->mapped, key, mapped_params);
}

/*
 * Ends what is left of a pinhole that is shut: it leaves the tables, its connections end, its host
 * is charged no more.  All of it is done under the lock of the pinhole, so who finds the pinhole
 * buried finds its port free.
 */
static void pinhole_bury(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			 enum sipalg_pinhole_end end)
{
	struct sipalg_pinhole_table *table = sn->pinholes;
	struct sipalg_quota_key host = {
		*sipalg_pinhole_charged(pin), pin->real.zone, pin->charged_len
	};

	lockdep_assert_held(&pin->lock);
	pin->is_buried = true;
	sipalg_pinhole_conns_end(sn, pin, end);
	sipalg_pinhole_real_rm(sn, pin);
	rhashtable_remove_fast(&table->mapped, &pin->mapped_node, mapped_params);
	atomic_dec(&table->n);
	sipalg_quota_release_of(sn, &host, SIPALG_QUOTA_PINHOLE, 1);
}

/* Return: whether the rest of the pinhole has ended: now, or before. */
static bool bury_shut(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	bool is_buried;

	spin_lock_bh(&pin->lock);
	if (pin->is_closed && !pin->is_buried)
		pinhole_bury(sn, pin, pin->ends_conns ? SIPALG_PINHOLE_EXPIRE_CONNS :
							SIPALG_PINHOLE_KEEP_CONNS);
	is_buried = pin->is_buried;
	spin_unlock_bh(&pin->lock);
	return is_buried;
}

void sipalg_pinhole_bury(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	bury_shut(sn, pin);
	call_rcu(&pin->rcu, pinhole_free_rcu);
}

/* Inserts a pinhole.  The port of a pinhole that is shut is free: what is left of it ends now. */
static int mapped_add(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct rhashtable *mapped = &sn->pinholes->mapped;
	struct sipalg_pinhole *old;
	int err = rhashtable_lookup_insert_fast(mapped, &pin->mapped_node, mapped_params);

	if (err != -EEXIST)
		return err;
	old = at_mapped(sn, &pin->mapped);
	if (old && !(sipalg_pinhole_is_shut(old) && bury_shut(sn, old)))
		return err;
	return rhashtable_lookup_insert_fast(mapped, &pin->mapped_node, mapped_params);
}

/* Adds a pinhole to both tables.  On failure the pinhole is freed. */
static int pinhole_insert(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sipalg_pinhole_table *table = sn->pinholes;
	int err = mapped_add(sn, pin);

	if (err) {
		pinhole_free(pin);
		return err == -EEXIST ? -EADDRINUSE : -ENOMEM;
	}
	if (sipalg_pinhole_real_add(sn, pin)) {
		rhashtable_remove_fast(&table->mapped, &pin->mapped_node, mapped_params);
		call_rcu(&pin->rcu, pinhole_free_rcu);	/* a reader may have found it */
		return -ENOMEM;
	}
	atomic_inc(&table->n);
	return 0;
}

/*
 * Makes pinhole @i of a run.  @charged is the host that is charged for the whole run already; NULL:
 * the host is charged for this pinhole, unless the pinhole is shared.
 * Return: the pinhole, or an ERR_PTR().
 */
static struct sipalg_pinhole *pinhole_add(const struct sipalg_pinhole_want *want,
					  const struct sipalg_quota *charged, u32 i, u16 mapped)
{
	struct sipalg_pinhole *pin = pinhole_alloc(want, i, mapped), *old;
	struct sipalg_quota *host = NULL;
	int err;

	if (!pin)
		return ERR_PTR(-ENOMEM);
	old = pinhole_share(want->sn, pin);
	if (!old && !charged)
		host = pinhole_charge_host(want, 1);
	if (old || IS_ERR(host)) {
		pinhole_free(pin);
		return old ? old : ERR_CAST(host);
	}
	pin->charged_len = sipalg_quota_len(charged ? charged : host);
	err = pinhole_insert(want->sn, pin);
	if (err)
		sipalg_quota_release(want->sn, host, SIPALG_QUOTA_PINHOLE, 1);
	return err ? ERR_PTR(err) : pin;
}

/*
 * Puts what is left of a pinhole that is shut off, if it may wait.  The lock of @pin is held, and
 * until it is given back nobody ends the rest.
 */
static bool put_off(struct sipalg_net *sn, struct sipalg_pinhole *pin, enum sipalg_pinhole_end end)
{
	if (end != SIPALG_PINHOLE_KEEP_LATER && end != SIPALG_PINHOLE_EXPIRE_LATER)
		return false;
	pin->ends_conns = end == SIPALG_PINHOLE_EXPIRE_LATER;
	return sipalg_shut_add(sn, pin);
}

/* What is done at once to a pinhole whose rest had to wait, and may not. */
static enum sipalg_pinhole_end end_now(enum sipalg_pinhole_end end)
{
	if (end == SIPALG_PINHOLE_KEEP_LATER)
		return SIPALG_PINHOLE_KEEP_CONNS;
	return end == SIPALG_PINHOLE_EXPIRE_LATER ? SIPALG_PINHOLE_EXPIRE_CONNS : end;
}

/* Removes one owner.  Return: whether a pinhole has closed that was counted as opened. */
static bool pinhole_put(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			enum sipalg_pinhole_end end)
{
	bool was_open, is_put_off;

	/* from here on no look-up finds the pinhole, and it gets no owner any more */
	if (!refcount_dec_and_test(&pin->users))
		return false;
	spin_lock_bh(&pin->lock);
	was_open = pin->is_counted;
	if (was_open)
		sipalg_pinhole_trace(pin, SIPALG_TRACE_CLOSED);
	pin->is_closed = true;
	sipalg_pinhole_expect_end(sn, pin);
	is_put_off = put_off(sn, pin, end);
	if (!is_put_off)
		pinhole_bury(sn, pin, end_now(end));
	spin_unlock_bh(&pin->lock);
	if (!is_put_off)
		call_rcu(&pin->rcu, pinhole_free_rcu);
	return was_open;
}

/*
 * Closes a run, each RTP pinhole before its RTCP pinhole: a reader that still finds the RTP pinhole
 * finds the RTCP pinhole too.
 */
static void run_rm(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		pinhole_put(want->sn, pin[i], SIPALG_PINHOLE_KEEP_CONNS);
}

static int pin_arm(const struct sipalg_pinhole_want *want, struct sipalg_pinhole *pin)
{
	bool may_skip;
	int err = 0;

	spin_lock_bh(&pin->lock);
	/* nothing of a pinhole waits that was never armed, and the kernel tells of most others */
	may_skip = !pin->is_armed && sipalg_pinhole_expect_is_alone(pin, want->ct);
	sipalg_pinhole_set_source(want->sn, pin, sipalg_pinhole_source_for(pin, want));
	pin->is_armed = true;
	sipalg_master_set(&pin->master, want->master,
			  &want->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	if (!pin->is_paused && !may_skip)
		err = sipalg_pinhole_expect_renew(want->sn, pin, want->ttl_s);
	if (!pin->is_paused && !err) {
		err = sipalg_pinhole_expect_place(want->sn, pin, want->ct);
		/* it may lead to the same host, and be of a connection that was given */
		if (err == -EADDRINUSE && may_skip)
			err = sipalg_pinhole_expect_renew(want->sn, pin, want->ttl_s) ?: err;
		if (!err && want->ttl_s > SIPALG_PINHOLE_TTL_S)
			sipalg_pinhole_expect_extend(want->sn, pin, want->ttl_s);
		/* an RTCP pinhole may be armed later: when its RTP comes, or with a tick */
		if (err == -ENOSPC && sipalg_pinhole_is_rtcp(pin))
			err = 0;
	}
	spin_unlock_bh(&pin->lock);
	return min(err, 0);
}

static int run_try(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin,
		   struct sipalg_port_search *search, u32 try, bool arm)
{
	bool may_share = sip_addr_equal(&want->real, &want->mapped);
	struct sipalg_quota *host;
	int err = 0;
	u32 i;

	if (!may_share && sipalg_port_run_is_others(want, search, try))
		return -EADDRINUSE;
	host = may_share ? NULL : pinhole_charge_host(want, want->n);
	if (IS_ERR(host))
		return PTR_ERR(host);
	for (i = 0; i < want->n; i++) {
		pin[i] = pinhole_add(want, host, i, sipalg_port_candidate(want, i, try));
		if (IS_ERR(pin[i])) {
			err = PTR_ERR(pin[i]);
			goto remove;
		}
		/* without NAT an RTP pinhole may be shared, and outlive this run */
		if (want->is_pairs && i & 1 && pin[i - 1]->is_nat)
			WRITE_ONCE(pin[i - 1]->rtcp, pin[i]);
		if (arm)
			err = pin_arm(want, pin[i]);
		if (err) {
			i++;
			goto remove;
		}
	}
	return 0;

remove:
	/* first, while the host is known: it still has pinholes, or all of its charge */
	sipalg_quota_release(want->sn, host, SIPALG_QUOTA_PINHOLE, want->n - i);
	run_rm(want, pin, i);
	return err;
}

static int run_open(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin, bool arm)
{
	u32 try, tries = sipalg_port_tries(want);
	struct sipalg_port_search search = {};
	int err = -EADDRINUSE;

	for (try = 0; try < tries && err == -EADDRINUSE; try++)
		err = run_try(want, pin, &search, try, arm);
	if (err == -EADDRINUSE)
		sipalg_count(want->sn, sipalg_port_range(want) ? SIPALG_STAT_MEDIA_PORTS_FULL :
							     SIPALG_STAT_PINHOLES_NO_PORT);
	else if (err == -ENOSPC)
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_FULL);
	else if (err == -EDQUOT)
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_QUOTA);
	if (!err && try > 1)
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_MOVED);
	return err == -EDQUOT ? -ENOSPC : err;
}

/* Counts a pinhole once, at any number of owners and any number of times that it is armed. */
static void count_opened(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	spin_lock_bh(&pin->lock);
	if (!pin->is_counted) {
		sipalg_count(sn, SIPALG_STAT_PINHOLES_OPENED);
		sipalg_pinhole_trace(pin, SIPALG_TRACE_OPENED);
	}
	pin->is_counted = true;
	spin_unlock_bh(&pin->lock);
}

int sipalg_pinhole_open(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin)
{
	int err = run_open(want, pin, true);
	u32 i;

	for (i = 0; !err && i < want->n; i++)
		count_opened(want->sn, pin[i]);
	return err;
}
SIPALG_EXPORT_TEST(sipalg_pinhole_open);

int sipalg_pinhole_reserve(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin)
{
	return run_open(want, pin, false);
}

int sipalg_pinhole_arm(struct sipalg_pinhole *pin, const struct sipalg_pinhole_want *want)
{
	int err = pin_arm(want, pin);

	if (!err)
		count_opened(want->sn, pin);
	return err;
}

unsigned long sipalg_pinhole_keep(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s,
				  u32 silence_s)
{
	unsigned long heard;
	struct nf_conn *ct;
	bool stays;

	spin_lock_bh(&pin->lock);
	if (pin->is_narrowed && sipalg_age(sn, pin->rearm_since) > SIPALG_PINHOLE_REARM_S * HZ) {
		pin->is_narrowed = false;
		sipalg_pinhole_set_source(sn, pin, NULL);
	}
	stays = sipalg_pinhole_conns_sample(sn, pin, silence_s, &heard);
	if (pin->is_armed && !sipalg_pinhole_expect_extend(sn, pin, ttl_s) && !stays) {
		ct = sipalg_pinhole_master_get(sn, pin);
		if (ct) {
			sipalg_pinhole_expect_add(sn, pin, ct);
			nf_ct_put(ct);
		}
	}
	spin_unlock_bh(&pin->lock);
	return heard;
}

void sipalg_pinhole_close(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			  enum sipalg_pinhole_end end)
{
	if (pin && pinhole_put(sn, pin, end))
		sipalg_count(sn, SIPALG_STAT_PINHOLES_CLOSED);
}
SIPALG_EXPORT_TEST(sipalg_pinhole_close);

/* ---- look-up --------------------------------------------------------------------- */

struct sipalg_pinhole *sipalg_pinhole_by_mapped(struct sipalg_net *sn,
						const struct sipalg_pinhole_key *key)
{
	struct sipalg_pinhole *pin = at_mapped(sn, key);

	return pin && !sipalg_pinhole_is_shut(pin) ? pin : NULL;
}
SIPALG_EXPORT_TEST(sipalg_pinhole_by_mapped);

struct sipalg_pinhole *sipalg_pinhole_shut_at(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key)
{
	struct sipalg_pinhole *pin = at_mapped(sn, key);

	return pin && sipalg_pinhole_is_shut(pin) ? pin : NULL;
}

void sipalg_pinhole_follow(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct)
{
	unsigned long heard;

	spin_lock_bh(&pin->lock);
	sipalg_master_set(&pin->master, NULL, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	/* @ct is used as it is: after a flush it is not confirmed yet, and no look-up finds it */
	if (pin->is_armed && !sipalg_pinhole_conns_sample(sn, pin, 0, &heard) &&
	    !sipalg_pinhole_expect_waits(sn, pin))
		sipalg_pinhole_expect_add(sn, pin, ct);
	spin_unlock_bh(&pin->lock);
}

void sipalg_pinhole_tell(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (!READ_ONCE(pin->is_untold))
		return;
	spin_lock_bh(&pin->lock);
	sipalg_pinhole_expect_tell(sn, pin);
	spin_unlock_bh(&pin->lock);
}

void sipalg_pinhole_pause(struct sipalg_net *sn, struct sipalg_pinhole *pin, bool pause)
{
	struct nf_conn *master;

	spin_lock_bh(&pin->lock);
	if (pin->is_paused == pause || (pause && refcount_read(&pin->users) > 1))
		goto unlock;
	pin->is_paused = pause;
	if (pause) {
		sipalg_pinhole_expect_end(sn, pin);
	} else if (pin->is_armed) {
		master = sipalg_pinhole_master_get(sn, pin);
		if (master) {
			sipalg_pinhole_expect_add(sn, pin, master);
			nf_ct_put(master);
		}
	}
unlock:
	spin_unlock_bh(&pin->lock);
}

struct nf_conntrack_tuple sipalg_pinhole_master(struct sipalg_pinhole *pin)
{
	struct nf_conntrack_tuple master;

	spin_lock_bh(&pin->lock);
	master = pin->master->tuple;
	spin_unlock_bh(&pin->lock);
	return master;
}

struct sipalg_pinhole_heard sipalg_pinhole_last_heard(struct sipalg_net *sn,
						      struct sipalg_pinhole *pin)
{
	struct sipalg_pinhole_heard heard = {};
	const struct sipalg_pinhole_conn *conn;
	struct nf_conn *ct;
	u32 i;

	spin_lock_bh(&pin->lock);
	for (i = 0; (conn = sipalg_pinhole_conn_at(pin, i)); i++) {
		ct = sipalg_pinhole_conn_lookup(sn, pin, conn);
		if (!ct)
			continue;
		sipalg_pinhole_conn_heard(conn, ct, &heard);
		nf_ct_put(ct);
	}
	heard.is_waiting = sipalg_pinhole_expect_waits(sn, pin);
	spin_unlock_bh(&pin->lock);
	return heard;
}

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_pinhole_setup(struct sipalg_net *sn)
{
	struct sipalg_pinhole_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	err = rhashtable_init(&table->mapped, &mapped_params);
	if (err)
		goto free_table;
	err = sipalg_pinhole_real_setup(sn);
	if (err)
		goto destroy_mapped;
	err = sipalg_turn_setup(sn);
	if (err)
		goto teardown_real;
	err = sipalg_shut_setup(sn);
	if (err)
		goto teardown_turns;
	sn->pinholes = table;
	return 0;

teardown_turns:
	sipalg_turn_teardown(sn);
teardown_real:
	sipalg_pinhole_real_teardown(sn);
destroy_mapped:
	rhashtable_destroy(&table->mapped);
free_table:
	kfree(table);
	return err;
}

/* The owners have closed their pinholes, so both tables are empty when the shut ones are gone. */
void sipalg_pinhole_teardown(struct sipalg_net *sn)
{
	sipalg_shut_teardown(sn);
	WARN_ON_ONCE(atomic_read(&sn->pinholes->n));
	sipalg_turn_teardown(sn);
	sipalg_pinhole_real_teardown(sn);
	rhashtable_destroy(&sn->pinholes->mapped);
	kfree(sn->pinholes);
}

int sipalg_pinhole_module_init(void)
{
	int err = sipalg_master_module_init();

	if (err)
		return err;
	err = sipalg_pinhole_conns_module_init();
	if (err)
		goto exit_master;
	pinhole_cache = KMEM_CACHE(sipalg_pinhole, 0);
	if (pinhole_cache)
		return 0;
	err = -ENOMEM;
	sipalg_pinhole_conns_module_exit();
exit_master:
	sipalg_master_module_exit();
	return err;
}

void sipalg_pinhole_module_exit(void)
{
	rcu_barrier();		/* pinhole_free_rcu() */
	kmem_cache_destroy(pinhole_cache);
	sipalg_pinhole_conns_module_exit();
	sipalg_master_module_exit();
}
