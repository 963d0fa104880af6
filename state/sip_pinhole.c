// SPDX-License-Identifier: GPL-2.0
/*
 * sip_pinhole: published ports and their expectations.  See sip_pinhole.h for the
 * life of a pinhole.
 *
 * Two tables hold every pinhole: by its mapped side, where an insertion that finds
 * the place taken is how two calls are kept from getting one port, and by its real
 * side, for packets that the host sends first.  Expectations are not pointed at:
 * the kernel ends them at will (used up, timed out, master gone), so each time
 * they are looked up by their tuple, under the lock that guards them.
 */
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sip_pinhole.h"
#include "sipalg_compat.h"

enum {
	MAX_TRIES	= 32,		/* ports tried before a run is given up */
	OTHER_PORTS	= 10240,	/* where other ports come from: away from the ports */
	OTHER_PORTS_N	= 22528,	/* that hosts and masquerading pick by themselves */
};

struct sip_pinhole_table {
	struct rhashtable mapped;
	struct rhltable real;
	atomic_t n;
};

static const struct rhashtable_params mapped_params = {
	.key_offset = offsetof(struct sip_pinhole, mapped),
	.key_len = sizeof(struct sip_pinhole_key),
	.head_offset = offsetof(struct sip_pinhole, mapped_node),
	.hashfn = sipalg_hash,
	.automatic_shrinking = true,
};

static const struct rhashtable_params real_params = {
	.key_offset = offsetof(struct sip_pinhole, real),
	.key_len = sizeof(struct sip_pinhole_key),
	.head_offset = offsetof(struct sip_pinhole, real_node),
	.hashfn = sipalg_hash,
	.automatic_shrinking = true,
};

static struct kmem_cache *pinhole_cache __read_mostly;
static void __rcu *expected_fn __read_mostly;

/* ---- addresses ------------------------------------------------------------- */

struct sip_addr sip_addr_of(u16 l3num, const union nf_inet_addr *addr)
{
	struct sip_addr a = {};

	if (l3num == NFPROTO_IPV4) {
		a.family = SIP_FAMILY_IPV4;
		a.w[0] = (__force u32)addr->ip;
	} else {
		a.family = SIP_FAMILY_IPV6;
		memcpy(a.w, addr->ip6, sizeof(a.w));
	}
	return a;
}
SIPALG_EXPORT(sip_addr_of);

union nf_inet_addr sip_addr_to_inet(const struct sip_addr *addr)
{
	union nf_inet_addr inet = {};

	if (addr->family == SIP_FAMILY_IPV4)
		inet.ip = (__force __be32)addr->w[0];
	else
		memcpy(inet.ip6, addr->w, sizeof(inet.ip6));
	return inet;
}
SIPALG_EXPORT(sip_addr_to_inet);

static u8 nfproto_of(const struct sip_addr *addr)
{
	return addr->family == SIP_FAMILY_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

/* ---- expectations ---------------------------------------------------------- */

/* The waiting expectation of a pinhole, or NULL.  Under nf_conntrack_expect_lock. */
static struct nf_conntrack_expect *expect_find(struct sipalg_net *sn,
					       const struct sip_pinhole *pin)
{
	struct nf_conntrack_tuple tuple = {};
	struct nf_conntrack_expect *exp;
	struct nf_conntrack_zone zone;

	tuple.src.l3num = nfproto_of(&pin->mapped.addr);
	if (pin->source.family)
		tuple.src.u3 = sip_addr_to_inet(&pin->source);
	tuple.dst.u3 = sip_addr_to_inet(&pin->mapped.addr);
	tuple.dst.u.all = htons(pin->mapped.port);
	tuple.dst.protonum = pin->mapped.proto;
	nf_ct_zone_init(&zone, pin->mapped.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	rcu_read_lock();
	exp = __nf_ct_expect_find(sn->net, &zone, &tuple);
	rcu_read_unlock();
	return exp;
}

/*
 * The first packet of an expected connection.  Runs in init_conntrack(), and on a
 * failover peer for expectations of which our tables know nothing; trusts @exp
 * and @ct alone.
 */
static void expected(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp);
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	struct sip_pinhole_key key = {
		.addr = sip_addr_of(t->src.l3num, &t->dst.u3),
		.port = ntohs(t->dst.u.all),
		.zone = nf_ct_zone(ct)->id,
		.proto = t->dst.protonum,
	};
	struct sip_pinhole *pin;

	sipalg_count(sn, SIPALG_STAT_PINHOLES_TAKEN);
	pin = sip_pinhole_by_mapped(sn, &key);
	if (pin)
		sip_pinhole_set_live(pin, t);
	fn = rcu_dereference(expected_fn);
	if (fn)
		fn(ct, exp);
}

static struct nf_ct_helper_expectfn expectfn = {
	.name = "sipalg",
	.expectfn = expected,
};

static bool is_ours(struct nf_conntrack_expect *exp, void *unused)
{
	return exp->expectfn == expected;
}

static bool is_ours_with_nat(struct nf_conntrack_expect *exp, void *unused)
{
	return is_ours(exp, NULL) && sipalg_expect_has_nat(exp);
}

void sip_pinhole_on_expected(void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp))
{
	rcu_assign_pointer(expected_fn, fn);
	if (fn)
		return;
	synchronize_rcu();
	/* nobody would lead their packets to the host any more: they would end at the router */
	nf_ct_expect_iterate_destroy(is_ours_with_nat, NULL);
}
SIPALG_EXPORT(sip_pinhole_on_expected);

/*
 * A class of this flow with room for one more.  The kernel would evict the oldest
 * expectation of a full class without a word, so it is never let come to that.
 */
static int class_with_room(struct nf_conn *ct, u8 class)
{
	const struct nf_conn_help *help = nfct_help(ct);
	int i;

	if (!help)
		return -EINVAL;
	if (class == SIP_PINHOLE_SIGNALLING)
		return READ_ONCE(help->expecting[class]) < NF_CT_EXPECT_MAX_CNT ? class : -ENOSPC;
	for (i = 0; i < SIP_PINHOLE_CLASSES - SIP_PINHOLE_MEDIA; i++) {
		if (READ_ONCE(help->expecting[class]) < NF_CT_EXPECT_MAX_CNT)
			return class;
		if (++class == SIP_PINHOLE_CLASSES)
			class = SIP_PINHOLE_MEDIA;
	}
	return -ENOSPC;
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

/* Gives the kernel an expectation for @pin.  Always a fresh one: a used one is spoilt. */
static int expect_add(const struct sip_pinhole_want *want, struct sip_pinhole *pin)
{
	union nf_inet_addr real = sip_addr_to_inet(&pin->real.addr);
	union nf_inet_addr src, dst = sip_addr_to_inet(&pin->mapped.addr);
	__be16 port = htons(pin->mapped.port);
	struct nf_conntrack_expect *exp;
	int class, err;

	class = class_with_room(want->ct, pin->class);
	if (class < 0)
		return class;
	exp = nf_ct_expect_alloc(want->ct);
	if (!exp)
		return -ENOMEM;
	if (want->source)
		src = sip_addr_to_inet(want->source);
	nf_ct_expect_init(exp, class, nfproto_of(&pin->mapped.addr), want->source ? &src : NULL,
			  &dst, pin->mapped.proto, NULL, &port);
	sipalg_expect_assign(exp, class == SIP_PINHOLE_SIGNALLING ?
			     rcu_dereference(nfct_help(want->ct)->helper) : NULL);
	exp->expectfn = expected;
	if (want->is_lasting)
		exp->flags |= NF_CT_EXPECT_PERMANENT;
	if (pin->is_nat)
		sipalg_expect_set_nat(exp, &real, htons(pin->real.port));
	err = expect_error(nf_ct_expect_related(exp, 0));
	nf_ct_expect_put(exp);
	return err;
}

static bool expect_extend(struct sipalg_net *sn, struct sip_pinhole *pin, u32 ttl_s)
{
	struct nf_conntrack_expect *exp;

	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_find(sn, pin);
	if (exp)
		sipalg_expect_extend(exp, ttl_s);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return exp;
}

static void expect_end(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	struct nf_conntrack_expect *exp;

	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_find(sn, pin);
	if (exp && exp->expectfn == expected)
		sipalg_expect_remove(exp);
	spin_unlock_bh(&nf_conntrack_expect_lock);
}

/* ---- reservation ------------------------------------------------------------- */

/* Pinholes that may exist at once: a setting, or what leaves other helpers a quarter. */
static u32 pinholes_max(struct sipalg_net *sn)
{
	u32 max = sipalg_settings(sn)->pinholes_max;

	return max ? max : 3 * nf_ct_expect_hsize;
}

static void pinhole_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(pinhole_cache, container_of(rcu, struct sip_pinhole, rcu));
}

static struct sip_pinhole *pinhole_add(const struct sip_pinhole_want *want, u16 real, u16 mapped)
{
	struct sip_pinhole_table *table = want->sn->pinholes;
	struct sip_pinhole *pin, *old;
	int err;

	if (atomic_read(&table->n) >= pinholes_max(want->sn))
		return ERR_PTR(-ENOSPC);
	pin = kmem_cache_zalloc(pinhole_cache, GFP_ATOMIC);
	if (!pin)
		return ERR_PTR(-ENOMEM);
	refcount_set(&pin->users, 1);
	spin_lock_init(&pin->lock);
	pin->mapped.addr = want->mapped;
	pin->mapped.port = mapped;
	pin->mapped.zone = nf_ct_zone(want->ct)->id;
	pin->mapped.proto = want->proto;
	pin->real = pin->mapped;
	pin->real.addr = want->real;
	pin->real.port = real;
	pin->class = want->class;
	pin->is_nat = !sip_addr_equal(&want->real, &want->mapped) || real != mapped;
	pin->master = want->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	if (want->source)
		pin->source = *want->source;

	/*
	 * Without NAT a port is what it is: calls of one host that use the same one
	 * at a time share its pinhole.
	 */
	old = pin->is_nat ? NULL : sip_pinhole_by_mapped(want->sn, &pin->mapped);
	if (old && !old->is_nat && sip_pinhole_get(old)) {
		kmem_cache_free(pinhole_cache, pin);
		return old;
	}
	err = rhashtable_lookup_insert_fast(&table->mapped, &pin->mapped_node, mapped_params);
	if (err)
		goto free;
	err = rhltable_insert(&table->real, &pin->real_node, real_params);
	if (err)
		goto remove_mapped;
	atomic_inc(&table->n);
	return pin;

remove_mapped:
	rhashtable_remove_fast(&table->mapped, &pin->mapped_node, mapped_params);
	call_rcu(&pin->rcu, pinhole_free_rcu);	/* a reader may have found it */
	return ERR_PTR(-ENOMEM);
free:
	kmem_cache_free(pinhole_cache, pin);
	return ERR_PTR(err == -EEXIST ? -EADDRINUSE : -ENOMEM);
}

static void pinhole_rm(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	struct sip_pinhole_table *table = sn->pinholes;

	rhltable_remove(&table->real, &pin->real_node, real_params);
	rhashtable_remove_fast(&table->mapped, &pin->mapped_node, mapped_params);
	atomic_dec(&table->n);
	call_rcu(&pin->rcu, pinhole_free_rcu);
}

static bool pinhole_put(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	if (!refcount_dec_and_test(&pin->users))
		return false;
	expect_end(sn, pin);
	pinhole_rm(sn, pin);
	return true;
}

static void run_rm(const struct sip_pinhole_want *want, struct sip_pinhole **pin, u32 n)
{
	while (n--)
		pinhole_put(want->sn, pin[n]);
}

/* The mapped port of pinhole @i in try @try; 0: this try has none. */
static u16 candidate(const struct sip_pinhole_want *want, u32 i, u32 try)
{
	u32 port;

	if (!try)
		return want->mapped_port ? want->mapped_port : want->ports[i];
	port = OTHER_PORTS + jhash_2words(want->seed, try, 0) % OTHER_PORTS_N;
	return (port & ~1U) + (want->ports[0] & 1) + i;
}

static int run_try(const struct sip_pinhole_want *want, struct sip_pinhole **pin, u32 try,
		   bool arm)
{
	int err = 0;
	u32 i;

	for (i = 0; i < want->n; i++) {
		pin[i] = pinhole_add(want, want->ports[i], candidate(want, i, try));
		if (IS_ERR(pin[i])) {
			err = PTR_ERR(pin[i]);
			goto remove;
		}
		if (arm && !expect_extend(want->sn, pin[i], want->ttl_s))
			err = expect_add(want, pin[i]);
		if (err) {
			i++;
			goto remove;
		}
	}
	return 0;

remove:
	run_rm(want, pin, i);
	return err;
}

static int run_open(const struct sip_pinhole_want *want, struct sip_pinhole **pin, bool arm)
{
	u32 try, tries = want->keep_ports || want->mapped_port ? 1 : MAX_TRIES;
	int err = -EADDRINUSE;

	for (try = 0; try < tries && err == -EADDRINUSE; try++)
		err = run_try(want, pin, try, arm);
	if (err == -EADDRINUSE)
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_NO_PORT);
	else if (err == -ENOSPC)
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_FULL);
	if (!err && try > 1)
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_MOVED);
	return err;
}

int sip_pinhole_open(const struct sip_pinhole_want *want, struct sip_pinhole **pin)
{
	int err = run_open(want, pin, true);
	u32 i;

	if (err)
		return err;
	for (i = 0; i < want->n; i++) {
		expect_extend(want->sn, pin[i], want->ttl_s);
		sipalg_count(want->sn, SIPALG_STAT_PINHOLES_OPENED);
	}
	return 0;
}

int sip_pinhole_reserve(const struct sip_pinhole_want *want, struct sip_pinhole **pin)
{
	return run_open(want, pin, false);
}

int sip_pinhole_arm(struct sip_pinhole *pin, const struct sip_pinhole_want *want)
{
	struct sip_addr source = {};
	int err;

	if (want->source)
		source = *want->source;
	if (!sip_addr_equal(&pin->source, &source)) {
		expect_end(want->sn, pin);
		spin_lock_bh(&pin->lock);
		pin->source = source;
		spin_unlock_bh(&pin->lock);
	} else if (expect_extend(want->sn, pin, want->ttl_s)) {
		return 0;
	}
	err = expect_add(want, pin);
	if (err)
		return err;
	expect_extend(want->sn, pin, want->ttl_s);
	sipalg_count(want->sn, SIPALG_STAT_PINHOLES_OPENED);
	return 0;
}

void sip_pinhole_extend(struct sipalg_net *sn, struct sip_pinhole *pin, u32 ttl_s)
{
	expect_extend(sn, pin, ttl_s);
}

void sip_pinhole_close(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	if (pin && pinhole_put(sn, pin))
		sipalg_count(sn, SIPALG_STAT_PINHOLES_CLOSED);
}

/* ---- look-up ------------------------------------------------------------------- */

struct sip_pinhole *sip_pinhole_by_mapped(struct sipalg_net *sn, const struct sip_pinhole_key *key)
{
	return rhashtable_lookup(&sn->pinholes->mapped, key, mapped_params);
}
SIPALG_EXPORT(sip_pinhole_by_mapped);

struct sip_pinhole *sip_pinhole_by_real(struct sipalg_net *sn, const struct sip_pinhole_key *key,
					const struct sip_endpoint *peer)
{
	struct rhlist_head *list, *pos;
	struct sip_pinhole *pin, *best = NULL;

	list = rhltable_lookup(&sn->pinholes->real, key, real_params);
	rhl_for_each_entry_rcu(pin, pos, list, real_node) {
		bool same_addr, same_port;

		spin_lock_bh(&pin->lock);
		same_addr = sip_addr_equal(&pin->peer.addr, &peer->addr);
		same_port = pin->peer.port == peer->port;
		spin_unlock_bh(&pin->lock);
		if (same_addr && same_port)
			return pin;
		if (same_addr)
			best = pin;
	}
	return best;
}

struct sip_pinhole *sip_pinhole_signalling(struct sipalg_net *sn,
					   const struct sip_pinhole_key *real)
{
	struct rhlist_head *list, *pos;
	struct sip_pinhole *pin;

	list = rhltable_lookup(&sn->pinholes->real, real, real_params);
	rhl_for_each_entry_rcu(pin, pos, list, real_node)
		if (pin->class == SIP_PINHOLE_SIGNALLING)
			return pin;
	return NULL;
}
SIPALG_EXPORT(sip_pinhole_signalling);

void sip_pinhole_set_peer(struct sip_pinhole *pin, const struct sip_addr *addr, u16 port)
{
	spin_lock_bh(&pin->lock);
	pin->peer.addr = *addr;
	pin->peer.port = port;
	spin_unlock_bh(&pin->lock);
}

struct sip_endpoint sip_pinhole_peer(struct sip_pinhole *pin)
{
	struct sip_endpoint peer;

	spin_lock_bh(&pin->lock);
	peer = pin->peer;
	spin_unlock_bh(&pin->lock);
	return peer;
}

void sip_pinhole_set_live(struct sip_pinhole *pin, const struct nf_conntrack_tuple *tuple)
{
	spin_lock_bh(&pin->lock);
	pin->live = *tuple;
	pin->is_live = true;
	spin_unlock_bh(&pin->lock);
}

struct sip_pinhole_heard sip_pinhole_heard(struct sipalg_net *sn, struct sip_pinhole *pin)
{
	struct sip_pinhole_heard heard = {};
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	const struct nf_conn_acct *acct;
	struct nf_conntrack_zone zone;
	struct sip_endpoint source;
	struct nf_conn *ct;
	int host_dir;

	spin_lock_bh(&pin->lock);
	tuple = pin->live;
	heard.is_live = pin->is_live;
	spin_unlock_bh(&pin->lock);
	if (!heard.is_live)
		return heard;
	nf_ct_zone_init(&zone, pin->mapped.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(sn->net, &zone, &tuple);
	heard.is_live = h;
	if (!h)
		return heard;
	ct = nf_ct_tuplehash_to_ctrack(h);
	source = sip_source_of(&tuple);
	host_dir = sip_addr_equal(&source.addr, &pin->real.addr) ? IP_CT_DIR_ORIGINAL :
								   IP_CT_DIR_REPLY;
	acct = nf_conn_acct_find(ct);
	if (acct) {
		heard.is_counted = true;
		heard.from_host = atomic64_read(&acct->counter[host_dir].packets);
		heard.to_host = atomic64_read(&acct->counter[!host_dir].packets);
	}
	nf_ct_put(ct);
	return heard;
}

/* ---- setup ---------------------------------------------------------------------- */

int sip_pinhole_setup(struct sipalg_net *sn)
{
	struct sip_pinhole_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	int err;

	if (!table)
		return -ENOMEM;
	err = rhashtable_init(&table->mapped, &mapped_params);
	if (err)
		goto free_table;
	err = rhltable_init(&table->real, &real_params);
	if (err)
		goto destroy_mapped;
	sn->pinholes = table;
	return 0;

destroy_mapped:
	rhashtable_destroy(&table->mapped);
free_table:
	kfree(table);
	return err;
}

/* The owners have closed their pinholes by now, so both tables are empty. */
void sip_pinhole_teardown(struct sipalg_net *sn)
{
	WARN_ON_ONCE(atomic_read(&sn->pinholes->n));
	rhltable_destroy(&sn->pinholes->real);
	rhashtable_destroy(&sn->pinholes->mapped);
	kfree(sn->pinholes);
}

int sip_pinhole_module_init(void)
{
	pinhole_cache = KMEM_CACHE(sip_pinhole, 0);
	if (!pinhole_cache)
		return -ENOMEM;
	nf_ct_helper_expectfn_register(&expectfn);
	return 0;
}

/* Our helpers are unregistered and a grace period is over: nobody makes new ones. */
void sip_pinhole_module_exit(void)
{
	nf_ct_helper_expectfn_unregister(&expectfn);
	synchronize_rcu();
	nf_ct_expect_iterate_destroy(is_ours, NULL);
	synchronize_rcu();	/* expectfn runs under RCU */
	rcu_barrier();		/* pinhole_free_rcu() */
	kmem_cache_destroy(pinhole_cache);
}
