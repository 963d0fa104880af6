// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole: published ports and their expectations.  See sipalg_pinhole.h for the
 * life of a pinhole.
 *
 * A table holds every pinhole by its mapped side: an insertion that finds the place taken
 * is how two calls are kept from getting one port.  Those that are found by their real side
 * are in sipalg_pinhole_real.c, and what waits on a flow in sipalg_turn.c.
 *
 * The kernel ends expectations at will (used up, timed out, master gone), and user space may
 * put others in their place, so a pinhole's is the one that it made as long as that waits, and
 * else the one that is found by its tuple; both under the lock that guards them.  A pinhole's
 * own lock is taken before that one; of two pinholes' locks never both are held.
 * Between them comes the lock of the turns, which keeps what was counted true until the
 * expectation is in its place.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_caller.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_port.h"
#include "sipalg_quota.h"
#include "sipalg_turn.h"
#include "sipalg_compat.h"
#include "sipalg_trace.h"

enum { LAST_FEW = 3 };	/* of the last pinholes there are: for a registration and a call */

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
static void __rcu *expected_fn __read_mostly;
static bool is_stopping __read_mostly;

static void trace_pinhole(const struct sipalg_pinhole *pin, enum sipalg_trace_pinhole what)
{
	struct sip_endpoint real = { pin->real.addr, pin->real.port };
	struct sip_endpoint mapped = { pin->mapped.addr, pin->mapped.port };

	trace_sipalg_pinhole(&real, &mapped, what);
}

/* ---- expectations ---------------------------------------------------------------- */

static void pinhole_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp);

/* The pinhole's expectation is gone, or not needed any more. */
static void expect_forget(struct sipalg_pinhole *pin)
{
	if (pin->exp)
		nf_ct_expect_put(pin->exp);
	pin->exp = NULL;
}

struct nf_conntrack_expect *sipalg_pinhole_expect_at(struct sipalg_net *sn,
						     const struct sipalg_pinhole_key *mapped,
						     const struct sip_addr *source)
{
	struct nf_conntrack_tuple tuple = {};
	struct nf_conntrack_expect *exp;
	struct nf_conntrack_zone zone;

	lockdep_assert_held(&nf_conntrack_expect_lock);
	tuple.src.l3num = sipalg_inet_nfproto(&mapped->addr);
	if (source->family)
		tuple.src.u3 = sipalg_inet_of_addr(source);
	tuple.dst.u3 = sipalg_inet_of_addr(&mapped->addr);
	tuple.dst.u.all = htons(mapped->port);
	tuple.dst.protonum = mapped->proto;
	nf_ct_zone_init(&zone, mapped->zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	rcu_read_lock();
	exp = __nf_ct_expect_find(sn->net, &zone, &tuple);
	rcu_read_unlock();
	return exp;
}

bool sipalg_pinhole_is_expected(const struct nf_conntrack_expect *exp)
{
	return exp->expectfn == pinhole_expected;
}

/* What waits at the pinhole's place, ours or not.  Under nf_conntrack_expect_lock. */
static struct nf_conntrack_expect *expect_at(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (pin->exp && sipalg_expect_waits(pin->exp))
		return pin->exp;
	expect_forget(pin);
	return sipalg_pinhole_expect_at(sn, &pin->mapped, &pin->source);
}

/* The waiting expectation of a pinhole, or NULL.  Under pin->lock and nf_conntrack_expect_lock. */
static struct nf_conntrack_expect *expect_find(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conntrack_expect *exp = expect_at(sn, pin);

	return exp && exp->expectfn == pinhole_expected ? exp : NULL;
}

static int expect_error(int err)
{
	switch (err) {
	case -EBUSY:		/* overlaps another one */
	case -EALREADY:		/* the same, of somebody else: not ours to replace */
		return -EADDRINUSE;
	case -EMFILE:
		return -ENOSPC;
	default:
		return err;
	}
}

static bool expect_extend(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s)
{
	struct nf_conntrack_expect *exp;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_find(sn, pin);
	if (exp)
		sipalg_expect_extend(exp, ttl_s);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return exp;
}

/* Return: 1: it waits, and longer; 0: its place is free; -EADDRINUSE: another's waits there. */
static int expect_renew(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s)
{
	struct nf_conntrack_expect *exp;
	int ret = 0;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_at(sn, pin);
	if (exp && exp->expectfn == pinhole_expected) {
		sipalg_expect_extend(exp, ttl_s);
		ret = 1;
	} else if (exp) {
		ret = -EADDRINUSE;
	}
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return ret;
}

static bool expect_waits(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	bool waits;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	waits = expect_find(sn, pin);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return waits;
}

/* The kernel would replace an equal expectation of the same master without a word. */
static bool expect_is_foreign(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conntrack_expect *exp;
	bool is_foreign;

	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_at(sn, pin);
	is_foreign = exp && exp->expectfn != pinhole_expected;
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return is_foreign;
}

static void expect_end(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conntrack_expect *exp;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_find(sn, pin);
	if (exp)
		sipalg_expect_remove(exp);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	expect_forget(pin);
	sipalg_turn_leave(sn, pin);
}

static struct sipalg_pinhole *pinhole_of(struct sipalg_net *sn, const struct nf_conntrack_tuple *t,
					 u16 zone)
{
	struct sipalg_pinhole_key key = {
		.addr = sipalg_inet_addr_of(t->src.l3num, &t->dst.u3),
		.port = ntohs(t->dst.u.all),
		.zone = zone,
		.proto = t->dst.protonum,
	};

	return sipalg_pinhole_by_mapped(sn, &key);
}

/* ---- arming ------------------------------------------------------------------------ */

/* Signalling over TCP may have opened a port for UDP: each protocol has its helper. */
static struct nf_conntrack_helper *helper_for(const struct sipalg_pinhole *pin,
					      const struct nf_conn *master)
{
	if (pin->mapped.proto == nf_ct_protonum(master))
		return rcu_dereference(nfct_help(master)->helper);
	return __nf_conntrack_helper_find(SIPALG_NAME, nf_ct_l3num(master), pin->mapped.proto);
}

/* Gives the kernel an expectation of that class.  Always a fresh one: a used one is spoilt. */
static int expect_relate(struct sipalg_pinhole *pin, struct nf_conn *master, int class)
{
	union nf_inet_addr real = sipalg_inet_of_addr(&pin->real.addr);
	union nf_inet_addr src = sipalg_inet_of_addr(&pin->source);
	union nf_inet_addr dst = sipalg_inet_of_addr(&pin->mapped.addr);
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(master);
	__be16 port = htons(pin->mapped.port);
	int err;

	if (!exp)
		return -ENOMEM;
	nf_ct_expect_init(exp, class, sipalg_inet_nfproto(&pin->mapped.addr),
			  pin->source.family ? &src : NULL, &dst, pin->mapped.proto, NULL, &port);
	sipalg_expect_assign(exp,
			     class == SIPALG_PINHOLE_SIGNALLING ? helper_for(pin, master) : NULL);
	exp->expectfn = pinhole_expected;
	if (pin->is_lasting)
		exp->flags |= NF_CT_EXPECT_PERMANENT;
	if (pin->is_nat)
		sipalg_expect_set_nat(exp, &real, htons(pin->real.port));
	err = expect_error(nf_ct_expect_related(exp, 0));
	expect_forget(pin);
	if (err)
		nf_ct_expect_put(exp);
	else
		pin->exp = exp;
	return err;
}

/* The place is known to be free. */
static int expect_place(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master)
{
	const struct nf_conn_help *help = nfct_help(master);
	int class, err;

	lockdep_assert_held(&pin->lock);
	if (!help || !rcu_access_pointer(help->helper) || pin->is_closed || pin->is_paused ||
	    READ_ONCE(is_stopping))
		return -ENOENT;
	/* without the NAT module its packets would end at the router itself */
	if (pin->is_nat && !rcu_access_pointer(expected_fn))
		return -ENOENT;
	sipalg_pinhole_drop_shadow(sn, pin);
	sipalg_turn_begin(sn);
	class = sipalg_turn_class(sn, pin, master);
	err = class < 0 ? class : expect_relate(pin, master, class);
	if (!err) {
		WRITE_ONCE(pin->armed, (u32)sipalg_now(sn));
		sipalg_turn_wait(sn, pin, master);
	}
	sipalg_turn_end(sn);
	return err;
}

static int expect_add(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master)
{
	return expect_is_foreign(sn, pin) ? -EADDRINUSE : expect_place(sn, pin, master);
}

/* Whom the expectation lets in; one that waits for somebody else gives way. */
static void set_source(struct sipalg_net *sn, struct sipalg_pinhole *pin,
		       const struct sip_addr *source)
{
	static const struct sip_addr any;

	lockdep_assert_held(&pin->lock);
	source = source ? source : &any;
	if (sip_addr_equal(&pin->source, source))
		return;
	expect_end(sn, pin);
	pin->source = *source;
}

/* ---- arming again ------------------------------------------------------------------ */

/* SECURITY R2: strangers may not keep us busy. */
static bool may_rearm(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (!pin->rearms || sipalg_age(sn, pin->rearm_since) > SIPALG_PINHOLE_REARM_S * HZ) {
		pin->rearm_since = sipalg_now(sn);
		pin->rearms = 0;
	}
	if (pin->rearms == SIPALG_PINHOLE_REARMS)
		return false;
	pin->rearms++;
	return true;
}

/*
 * The pinhole was taken.  Until that was the announced peer it stays open for him
 * (SECURITY P6): whoever is first starves nobody.  Over the rate of strangers only
 * he is let in.
 */
static void rearm_pinhole(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master)
{
	lockdep_assert_held(&pin->lock);
	if (pin->has_come)
		return;
	if (!may_rearm(sn, pin)) {
		if (!pin->peer.addr.family)	/* when he is known, or when time comes by */
			return;
		set_source(sn, pin, &sipalg_pinhole_origin(pin)->addr);
		pin->is_narrowed = true;
	}
	expect_add(sn, pin, master);
}

/* RTCP beside RTP; without NAT, where leaders may be shared, by its port. */
static struct sipalg_pinhole *rtcp_of(struct sipalg_net *sn, const struct sipalg_pinhole *leader)
{
	struct sipalg_pinhole_key key = leader->mapped;
	struct sipalg_pinhole *pin;

	if (sipalg_pinhole_is_rtcp(leader))
		return NULL;
	pin = READ_ONCE(leader->follower);
	if (pin || leader->is_nat)
		return pin;
	key.port++;
	pin = sipalg_pinhole_by_mapped(sn, &key);
	return pin && sipalg_pinhole_is_rtcp(pin) ? pin : NULL;
}

/* The leader was taken: now RTCP may come. */
static void arm_rtcp(struct sipalg_net *sn, struct sipalg_pinhole *leader, struct nf_conn *master)
{
	struct sipalg_pinhole *pin = rtcp_of(sn, leader);

	if (!pin)
		return;
	spin_lock_bh(&pin->lock);
	sipalg_turn_due(sn, pin);
	if (!pin->has_come && !expect_waits(sn, pin))
		expect_add(sn, pin, master);
	spin_unlock_bh(&pin->lock);
}

void sipalg_pinhole_used(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct)
{
	struct nf_conn *master;

	spin_lock_bh(&pin->lock);
	sipalg_pinhole_drop_shadow(sn, pin);
	pin->has_come |= sipalg_pinhole_conn_add(sn, pin, ct);
	/* another one than that of @ct, where that came through a pinhole of somebody else */
	master = sipalg_pinhole_master_get(sn, pin);
	spin_unlock_bh(&pin->lock);
	if (!master)
		return;
	arm_rtcp(sn, pin, master);
	nf_ct_put(master);
}
SIPALG_EXPORT(sipalg_pinhole_used);

/* A packet came through; its connection is new. */
static void conn_came_in(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct)
{
	if (pin->is_lasting)
		return;
	spin_lock_bh(&pin->lock);
	expect_forget(pin);
	sipalg_turn_leave(sn, pin);
	pin->has_come |= sipalg_pinhole_conn_add(sn, pin, ct);
	rearm_pinhole(sn, pin, ct->master);
	spin_unlock_bh(&pin->lock);
	arm_rtcp(sn, pin, ct->master);
}

/*
 * The first packet of an expected connection.  Runs in init_conntrack(), and on a
 * failover peer for expectations of which our tables know nothing; trusts @exp
 * and @ct alone.
 */
static void pinhole_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp);
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	struct sipalg_pinhole *pin;

	sipalg_count(sn, SIPALG_STAT_PINHOLES_TAKEN);
	pin = pinhole_of(sn, t, nf_ct_zone(ct)->id);
	if (pin) {
		trace_pinhole(pin, SIPALG_TRACE_TAKEN);
		conn_came_in(sn, pin, ct);
	}
	fn = rcu_dereference(expected_fn);
	if (fn)
		fn(ct, exp);
}

static struct nf_ct_helper_expectfn expectfn = {
	.name = SIPALG_NAME,
	.expectfn = pinhole_expected,
};

static bool expect_is_ours(struct nf_conntrack_expect *exp, void *unused)
{
	return exp->expectfn == pinhole_expected;
}

static bool is_ours_with_nat(struct nf_conntrack_expect *exp, void *unused)
{
	return expect_is_ours(exp, NULL) && sipalg_expect_has_nat(exp);
}

void sipalg_pinhole_on_expected(void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp))
{
	rcu_assign_pointer(expected_fn, fn);
	if (fn)
		return;
	synchronize_rcu();
	/* nobody would lead their packets to the host any more: they would end at the router */
	nf_ct_expect_iterate_destroy(is_ours_with_nat, NULL);
}
SIPALG_EXPORT(sipalg_pinhole_on_expected);

/* ---- reservation ----------------------------------------------------------------- */

/* Pinholes that may exist at once: a setting, or what leaves other helpers a quarter. */
static u32 pinholes_max(struct sipalg_net *sn)
{
	u32 max = sipalg_settings_of(sn)->pinholes_max;

	return max ? max : 3 * nf_ct_expect_hsize;
}

static void pinhole_free(struct sipalg_pinhole *pin)
{
	expect_forget(pin);
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
 * Without NAT a port is what it is: calls of one host that use the same one at a
 * time share its pinhole.
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
	sipalg_pinhole_pause(sn, old, false);	/* nobody can say so for another */
	return old;
}

bool sipalg_pinhole_is_scarce(struct sipalg_net *sn)
{
	u32 max = pinholes_max(sn);

	return atomic_read(&sn->pinholes->n) >= max - max / 8;
}

/*
 * How many of @max pinholes a host may have, while @left are left.  Three times as many: alone it
 * gets three quarters of all.  The last quarter is for those that hold least (security.md B2):
 * an eighth of what is left of it each, so who has many addresses gets little by the next one.
 */
static u32 share_of_host(u32 max, u32 left)
{
	if (left > max / 4)
		return min_t(u64, 3ULL * left, U32_MAX);
	return max_t(u32, left / 8, LAST_FEW);
}

/* Contacts leave a quarter for calls, for they have their connections besides. */
static struct sipalg_quota *pinhole_charge_host(const struct sipalg_pinhole_want *want, u32 more)
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

/* Into both tables.  Where that fails the pinhole is freed. */
static int pinhole_insert(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sipalg_pinhole_table *table = sn->pinholes;
	int err = rhashtable_lookup_insert_fast(&table->mapped, &pin->mapped_node, mapped_params);

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
 * Pinhole @i of a run.  @charged: its host, which is charged for all of the run; NULL: it is for
 * this one, where that is not shared.
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

/* Return: whether a pinhole has closed that was counted as opened. */
static bool pinhole_put(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			enum sipalg_pinhole_end end)
{
	struct sipalg_quota_key host;
	struct sipalg_pinhole_table *table = sn->pinholes;
	bool was_open;

	if (!refcount_dec_and_test(&pin->users))
		return false;
	spin_lock_bh(&pin->lock);
	host = (struct sipalg_quota_key){ *sipalg_pinhole_charged(pin), pin->real.zone,
				       pin->charged_len };
	was_open = pin->is_counted;
	pin->is_closed = true;
	expect_end(sn, pin);
	sipalg_pinhole_conns_end(sn, pin, end);
	spin_unlock_bh(&pin->lock);
	sipalg_pinhole_real_rm(sn, pin);
	rhashtable_remove_fast(&table->mapped, &pin->mapped_node, mapped_params);
	atomic_dec(&table->n);
	sipalg_quota_release_of(sn, &host, SIPALG_QUOTA_PINHOLE, 1);
	if (was_open)
		trace_pinhole(pin, SIPALG_TRACE_CLOSED);
	call_rcu(&pin->rcu, pinhole_free_rcu);
	return was_open;
}

/* Leaders first: who still finds one finds its follower too. */
static void run_rm(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		pinhole_put(want->sn, pin[i], SIPALG_PINHOLE_KEEP_CONNS);
}

static int pin_arm(const struct sipalg_pinhole_want *want, struct sipalg_pinhole *pin)
{
	int err = 0;

	spin_lock_bh(&pin->lock);
	set_source(want->sn, pin, sipalg_pinhole_source_for(pin, want));
	pin->is_armed = true;
	sipalg_master_set(&pin->master, want->master,
			  &want->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	if (!pin->is_paused)
		err = expect_renew(want->sn, pin, want->ttl_s);
	if (!pin->is_paused && !err) {
		err = expect_place(want->sn, pin, want->ct);
		if (!err && want->ttl_s > SIPALG_PINHOLE_TTL_S)
			expect_extend(want->sn, pin, want->ttl_s);
		/* a follower's turn may come with its leader's, or with time */
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
		/* without NAT a leader may be shared, and outlive this run */
		if (want->is_pairs && i & 1 && pin[i - 1]->is_nat)
			WRITE_ONCE(pin[i - 1]->follower, pin[i]);
		if (arm)
			err = pin_arm(want, pin[i]);
		if (err) {
			i++;
			goto remove;
		}
	}
	return 0;

remove:
	/* first: while any of them stands, or nothing was given back, the host is known */
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

/* Once for each pinhole, however many share it and however often it is armed. */
static void count_opened(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	spin_lock_bh(&pin->lock);
	if (!pin->is_counted) {
		sipalg_count(sn, SIPALG_STAT_PINHOLES_OPENED);
		trace_pinhole(pin, SIPALG_TRACE_OPENED);
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
		set_source(sn, pin, NULL);
	}
	stays = sipalg_pinhole_conns_sample(sn, pin, silence_s, &heard);
	if (pin->is_armed && !expect_extend(sn, pin, ttl_s) && !stays) {
		ct = sipalg_pinhole_master_get(sn, pin);
		if (ct) {
			expect_add(sn, pin, ct);
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
	return rhashtable_lookup(&sn->pinholes->mapped, key, mapped_params);
}
SIPALG_EXPORT_TEST(sipalg_pinhole_by_mapped);

/* Now that the peer is known: strangers may have used up what waited for him. */
static void wait_for_peer(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conn *master;

	lockdep_assert_held(&pin->lock);
	if (!pin->is_armed || pin->has_come || expect_waits(sn, pin)) {
		sipalg_pinhole_drop_shadow(sn, pin);
		return;
	}
	master = sipalg_pinhole_master_get(sn, pin);
	if (!master)
		return;
	if (pin->rearms == SIPALG_PINHOLE_REARMS) {
		set_source(sn, pin, &sipalg_pinhole_origin(pin)->addr);
		pin->is_narrowed = true;
	}
	expect_add(sn, pin, master);
	nf_ct_put(master);
}

/* Who is announced by one of our own mappings is inside, and comes from where he really is. */
static struct sip_endpoint comes_from(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
				      const struct sip_endpoint *peer)
{
	struct sipalg_pinhole_key key = pin->mapped;
	struct sip_endpoint from = *peer;
	struct sipalg_pinhole *other;

	key.addr = peer->addr;
	key.port = peer->port;
	rcu_read_lock();
	other = sipalg_pinhole_by_mapped(sn, &key);
	if (other && other->is_nat)
		from = (struct sip_endpoint){ other->real.addr, other->real.port };
	rcu_read_unlock();
	return from;
}

/* Without memory the peer comes from where it was announced, like most. */
static void set_origin(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sip_endpoint from = comes_from(sn, pin, &pin->peer);
	bool is_elsewhere = !sip_endpoint_equal(&from, &pin->peer);
	struct sipalg_pinhole_more *more = is_elsewhere ? sipalg_pinhole_more_get(pin) : pin->more;

	lockdep_assert_held(&pin->lock);
	if (more)
		more->comes_from = is_elsewhere ? from : (struct sip_endpoint){};
}

void sipalg_pinhole_set_peer(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct sip_addr *addr, u16 port)
{
	struct sip_endpoint peer = { *addr, port };
	const struct sipalg_pinhole_conn *conn;
	bool is_new;
	u32 i;

	spin_lock_bh(&pin->lock);
	is_new = !sip_endpoint_equal(&pin->peer, &peer);
	pin->peer = peer;
	if (is_new) {
		set_origin(sn, pin);
		pin->has_come = false;
		for (i = 0; (conn = sipalg_pinhole_conn_at(pin, i)); i++) {
			sipalg_step();
			pin->has_come |= conn->is_used &&
					 sipalg_pinhole_conn_is_with_peer(pin, conn);
		}
		if (pin->is_narrowed)
			set_source(sn, pin, &sipalg_pinhole_origin(pin)->addr);
		wait_for_peer(sn, pin);
	}
	spin_unlock_bh(&pin->lock);
}
SIPALG_EXPORT_TEST(sipalg_pinhole_set_peer);

void sipalg_pinhole_follow(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct)
{
	unsigned long heard;

	spin_lock_bh(&pin->lock);
	sipalg_master_set(&pin->master, NULL, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	/* not looked up by that: the first packet after a flush is not confirmed yet */
	if (pin->is_armed && !sipalg_pinhole_conns_sample(sn, pin, 0, &heard) &&
	    !expect_waits(sn, pin))
		expect_add(sn, pin, ct);
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
		expect_end(sn, pin);
	} else if (pin->is_armed) {
		master = sipalg_pinhole_master_get(sn, pin);
		if (master) {
			expect_add(sn, pin, master);
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

struct sip_addr sipalg_pinhole_comes_from(struct sipalg_pinhole *pin)
{
	struct sip_addr addr;

	spin_lock_bh(&pin->lock);
	addr = sipalg_pinhole_origin(pin)->addr;
	spin_unlock_bh(&pin->lock);
	return addr;
}

struct sip_endpoint sipalg_pinhole_peer(struct sipalg_pinhole *pin)
{
	struct sip_endpoint peer;

	spin_lock_bh(&pin->lock);
	peer = pin->peer;
	spin_unlock_bh(&pin->lock);
	return peer;
}
SIPALG_EXPORT_TEST(sipalg_pinhole_peer);

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
	heard.is_waiting = expect_waits(sn, pin);
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
	sn->pinholes = table;
	return 0;

teardown_real:
	sipalg_pinhole_real_teardown(sn);
destroy_mapped:
	rhashtable_destroy(&table->mapped);
free_table:
	kfree(table);
	return err;
}

/* The owners have closed their pinholes by now, so both tables are empty. */
void sipalg_pinhole_teardown(struct sipalg_net *sn)
{
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

void sipalg_pinhole_start(void)
{
	nf_ct_helper_expectfn_register(&expectfn);
}

void sipalg_pinhole_stop(void)
{
	WRITE_ONCE(is_stopping, true);
	nf_ct_helper_expectfn_unregister(&expectfn);
	synchronize_rcu();
	nf_ct_expect_iterate_destroy(expect_is_ours, NULL);
	synchronize_rcu();	/* the expectfn runs under RCU */
}

void sipalg_pinhole_module_exit(void)
{
	rcu_barrier();		/* pinhole_free_rcu() */
	kmem_cache_destroy(pinhole_cache);
	sipalg_pinhole_conns_module_exit();
	sipalg_master_module_exit();
}
