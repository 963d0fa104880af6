// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_legacy: mapped ports of another router, or of the module before it was loaded anew.  See
 * sipalg_legacy.h.
 *
 * The work item alone adds and removes entries, so they are in a list of its own, too.  Readers
 * find entries under RCU, and read what may change in them under the lock of the table.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_legacy.h"
#include "sipalg_legacy_expect.h"
#include "sipalg_legacy_internal.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_real.h"

/**
 * struct sipalg_legacy - one mapped port
 * @mapped_node: node of the table by @mapped
 * @real_node: node of the table by @real
 * @all: node in the list of the work item
 * @mapped: address and port that the other side sends to; never changes
 * @real: address and port of the host that a look has found first; never changes.  Port 0: the
 *	expectation had lost the port of its host, and was removed; it is not in the table by @real
 * @conn: original tuple of its connection that was found last; its protocol is 0: only an
 *	expectation was found
 * @master: original tuple of the signalling connection
 * @found: 32 bits of sipalg_now() of the last look that found it
 * @is_split: other connections lead the port to another host
 * @is_signalling: requests and calls come in there, and no media
 * @lets_any: its expectation lets in any host
 * @rcu: readers find it under RCU
 */
struct sipalg_legacy {
	struct rhash_head mapped_node;
	struct rhlist_head real_node;
	struct list_head all;
	struct sipalg_pinhole_key mapped;
	struct sipalg_pinhole_key real;
	struct nf_conntrack_tuple conn;
	struct nf_conntrack_tuple master;
	u32 found;
	bool is_split;
	bool is_signalling;
	bool lets_any;
	struct rcu_head rcu;
};

/**
 * struct sipalg_legacy_peer - an endpoint that the other side of an unknown call has announced
 * @digest: digest of the endpoint and of the signalling connection; 0: the place is free
 * @since: 32 bits of sipalg_now() at the announcement
 */
struct sipalg_legacy_peer {
	u64 digest;
	u32 since;
};

/**
 * struct sipalg_legacy_table - the legacies of a namespace
 * @sn: namespace
 * @mapped: table of struct sipalg_legacy by its mapped side
 * @real: the same by its real side
 * @all: all of them, for the work item
 * @lock: guards the members of entries that may change, and what @peers has
 * @peers: announced endpoints, each at the place that its digest says; NULL: there was no legacy
 * @n: number of entries
 * @work: looks at the tables of the kernel
 * @given: number of times that connections were given
 * @seen: @given, as the last look has found it when it began
 * @behind_since: 32 bits of sipalg_now() since when some connection was always unseen
 * @given_since: 32 bits of sipalg_now() of the first connection that no look has seen
 * @given_last: 32 bits of sipalg_now() of the last connection that was given
 * @looked: 32 bits of sipalg_now() at the end of the last look
 * @cost: jiffies that the last look took
 * @more: number of looks that follow soon
 * @has_looked: @looked is set
 * @may_wait: messages wait for the next look
 */
struct sipalg_legacy_table {
	struct sipalg_net *sn;
	struct rhashtable mapped;
	struct rhltable real;
	struct list_head all;
	spinlock_t lock;
	struct sipalg_legacy_peer *peers;
	u32 n;
	struct delayed_work work;
	atomic_t given;
	u32 seen;
	u32 behind_since;
	u32 given_since;
	u32 given_last;
	u32 looked;
	u32 cost;
	u8 more;
	bool has_looked;
	bool may_wait;
};

/* what the announced endpoints count as: an object has less than a kilobyte */
enum { PEERS_HELD = SIPALG_LEGACY_PEERS * sizeof(struct sipalg_legacy_peer) / 1024 };

static int mapped_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	return sipalg_pinhole_keys_differ(arg->key, &((const struct sipalg_legacy *)obj)->mapped);
}

static int real_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	return sipalg_pinhole_keys_differ(arg->key, &((const struct sipalg_legacy *)obj)->real);
}

static const struct rhashtable_params mapped_params = {
	.key_offset = offsetof(struct sipalg_legacy, mapped),
	.key_len = sizeof(struct sipalg_pinhole_key),
	.head_offset = offsetof(struct sipalg_legacy, mapped_node),
	.hashfn = sipalg_pinhole_key_hash,
	.obj_cmpfn = mapped_differs,
	.automatic_shrinking = true,
};

static const struct rhashtable_params real_params = {
	.key_offset = offsetof(struct sipalg_legacy, real),
	.key_len = sizeof(struct sipalg_pinhole_key),
	.head_offset = offsetof(struct sipalg_legacy, real_node),
	.hashfn = sipalg_pinhole_key_hash,
	.obj_cmpfn = real_differs,
	.automatic_shrinking = true,
};

static struct sip_endpoint endpoint_of(const struct sipalg_pinhole_key *key)
{
	return (struct sip_endpoint){ key->addr, key->port };
}

static struct sipalg_pinhole_key key_of(const struct sip_endpoint *at, u16 zone, u8 proto)
{
	return (struct sipalg_pinhole_key){
		.addr = at->addr, .port = at->port, .zone = zone, .proto = proto,
	};
}

/* ---- what a look finds ------------------------------------------------------------- */

static struct sipalg_legacy *legacy_at(struct sipalg_net *sn,
				       const struct sipalg_pinhole_key *mapped)
{
	return rhashtable_lookup(&sn->legacies->mapped, mapped, mapped_params);
}

/* Whether another router has published the port for a host, and the port of the host is lost. */
static bool is_lost(const struct sipalg_legacy *legacy)
{
	return !legacy->real.port;
}

static void legacy_free(struct sipalg_net *sn, struct sipalg_legacy *legacy)
{
	sipalg_let(sn, 1);
	kfree_rcu(legacy, rcu);
}

static struct sipalg_legacy *legacy_add(struct sipalg_net *sn, const struct sipalg_legacy *like)
{
	struct sipalg_legacy_table *table = sn->legacies;
	struct sipalg_legacy *legacy;

	if (table->n >= SIPALG_LEGACY_MAX || !sipalg_hold(sn, 1))
		return NULL;
	legacy = kmemdup(like, sizeof(*like), GFP_ATOMIC);
	if (!legacy) {
		sipalg_let(sn, 1);
		return NULL;
	}
	if (rhashtable_insert_fast(&table->mapped, &legacy->mapped_node, mapped_params)) {
		legacy_free(sn, legacy);
		return NULL;
	}
	if (!is_lost(legacy) && rhltable_insert(&table->real, &legacy->real_node, real_params)) {
		rhashtable_remove_fast(&table->mapped, &legacy->mapped_node, mapped_params);
		legacy_free(sn, legacy);
		return NULL;
	}
	list_add_tail(&legacy->all, &table->all);
	WRITE_ONCE(table->n, table->n + 1);
	return legacy;
}

static void legacy_rm(struct sipalg_net *sn, struct sipalg_legacy *legacy)
{
	struct sipalg_legacy_table *table = sn->legacies;

	rhashtable_remove_fast(&table->mapped, &legacy->mapped_node, mapped_params);
	if (!is_lost(legacy))
		rhltable_remove(&table->real, &legacy->real_node, real_params);
	list_del(&legacy->all);
	WRITE_ONCE(table->n, table->n - 1);
	legacy_free(sn, legacy);
}

void sipalg_legacy_found(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			 const struct sip_endpoint *real, const struct sipalg_legacy_find *find)
{
	struct sipalg_legacy *legacy;
	struct sipalg_legacy like = {
		.mapped = *mapped,
		.real = key_of(real, mapped->zone, mapped->proto),
		.found = sipalg_now(sn),
	};
	struct sip_endpoint first;

	if (sipalg_pinhole_by_mapped(sn, mapped))
		return;
	legacy = legacy_at(sn, mapped);
	if (legacy && is_lost(legacy) && real->port) {
		legacy_rm(sn, legacy);
		legacy = NULL;
	}
	if (!legacy)
		legacy = legacy_add(sn, &like);
	if (!legacy || is_lost(legacy) != !real->port)
		return;
	first = endpoint_of(&legacy->real);
	spin_lock_bh(&sn->legacies->lock);
	legacy->found = like.found;
	legacy->master = find->master->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	WRITE_ONCE(legacy->is_signalling, find->is_signalling);
	WRITE_ONCE(legacy->lets_any, find->lets_any);
	if (!sip_endpoint_equal(&first, real))
		WRITE_ONCE(legacy->is_split, true);
	else if (find->conn)
		legacy->conn = *find->conn;
	spin_unlock_bh(&sn->legacies->lock);
}

bool sipalg_legacy_real(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			const struct nf_conn *master, struct sip_endpoint *real)
{
	struct sipalg_legacy *legacy = legacy_at(sn, mapped);

	/* a look alone changes entries, and there is one look at a time */
	if (!legacy || legacy->is_split || is_lost(legacy) ||
	    !nf_ct_tuple_equal(&legacy->master, &master->tuplehash[IP_CT_DIR_ORIGINAL].tuple))
		return false;
	*real = endpoint_of(&legacy->real);
	return true;
}

/*
 * Whether a connection was expected by one of ours.  After the module was unloaded the expecting
 * connection has no helper.
 */
static bool is_expected(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = ct->master ? nfct_help(ct->master) : NULL;

	if (!help || test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status) || sipalg_master_is_ours(ct))
		return false;
	return !rcu_access_pointer(help->helper) || sipalg_master_is_ours(ct->master);
}

/* Return: 0, which leaves the connection as it is. */
static int look_at_conn(struct nf_conn *ct, void *arg)
{
	const struct nf_conntrack_tuple *orig = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	struct sip_endpoint ends[] = {
		sipalg_inet_source_of(orig), sipalg_inet_destination_of(reply),
		sipalg_inet_source_of(reply), sipalg_inet_destination_of(orig),
	};
	u16 zone = nf_ct_zone(ct)->id;
	u8 proto = nf_ct_protonum(ct);
	struct sipalg_legacy_find find = { .conn = orig, .master = ct->master };
	struct sipalg_net *sn = arg;
	u32 i;

	if (proto != IPPROTO_UDP && proto != IPPROTO_TCP)
		return 0;
	rcu_read_lock();
	if (sipalg_master_is_ours(ct))
		sipalg_flow_inherit(ct, NULL);
	for (i = 0; i < ARRAY_SIZE(ends) && is_expected(ct); i += 2) {
		struct sipalg_pinhole_key mapped = key_of(&ends[i + 1], zone, proto);

		if (!sip_endpoint_equal(&ends[i], &ends[i + 1]))
			sipalg_legacy_found(sn, &mapped, &ends[i], &find);
	}
	rcu_read_unlock();
	return 0;
}

/*
 * Seconds for which an entry is kept that no look finds.  A registration whose expectation was
 * removed lives on at the registrar.
 */
static u32 ttl_of(struct sipalg_net *sn, const struct sipalg_legacy *legacy)
{
	if (!is_lost(legacy) || !legacy->is_signalling)
		return SIPALG_LEGACY_TTL_S;
	return sipalg_pinhole_by_mapped(sn, &legacy->mapped) ? 0 : SIPALG_LEGACY_LOST_S;
}

/* Removes what no look has found for long. */
static void forget_old(struct sipalg_net *sn)
{
	struct sipalg_legacy *legacy, *next;

	list_for_each_entry_safe(legacy, next, &sn->legacies->all, all) {
		rcu_read_lock();
		if (sipalg_age(sn, legacy->found) > ttl_of(sn, legacy) * HZ)
			legacy_rm(sn, legacy);
		rcu_read_unlock();
		cond_resched();
	}
}

/* Makes room for announced endpoints once there is a legacy; without memory none is remembered. */
static void add_peers(struct sipalg_net *sn)
{
	struct sipalg_legacy_peer *peers;

	if (!sn->legacies->n || sn->legacies->peers || !sipalg_hold(sn, PEERS_HELD))
		return;
	peers = kvcalloc(SIPALG_LEGACY_PEERS, sizeof(*peers), GFP_KERNEL);
	if (!peers)
		sipalg_let(sn, PEERS_HELD);
	/* pairs with peers_of(): who sees the array sees it zeroed */
	smp_store_release(&sn->legacies->peers, peers);
}

void sipalg_legacy_look(struct sipalg_net *sn)
{
	struct nf_ct_iter_data iter = { .net = sn->net, .data = sn };

	nf_ct_iterate_cleanup_net(look_at_conn, &iter);
	sipalg_legacy_look_at_expects(sn);
	forget_old(sn);
	add_peers(sn);
}
SIPALG_EXPORT_TEST(sipalg_legacy_look);

/* ---- when to look ------------------------------------------------------------------ */

/* Return: jiffies from the end of the last look before which there is no other one. */
static u32 least_gap(const struct sipalg_legacy_table *table)
{
	return max_t(u32, HZ, 20 * READ_ONCE(table->cost));
}

/* Return: jiffies from now on until the next look, which shall come in @wanted jiffies. */
static u32 delay_of(const struct sipalg_legacy_table *table, u32 wanted)
{
	u32 age, gap = least_gap(table);

	if (!READ_ONCE(table->has_looked))
		return wanted;
	age = sipalg_age(table->sn, READ_ONCE(table->looked));
	return age < gap ? max(wanted, gap - age) : wanted;
}

void sipalg_legacy_looked(struct sipalg_net *sn, u32 given)
{
	struct sipalg_legacy_table *table = sn->legacies;

	WRITE_ONCE(table->looked, (u32)sipalg_now(sn));
	WRITE_ONCE(table->has_looked, true);
	if (given != (u32)atomic_read(&table->given))
		WRITE_ONCE(table->given_since, (u32)sipalg_now(sn));
	smp_store_release(&table->seen, given);	/* readers find what the look has added */
}
SIPALG_EXPORT_TEST(sipalg_legacy_looked);

static void look_work(struct work_struct *work)
{
	struct sipalg_legacy_table *table =
		container_of(to_delayed_work(work), struct sipalg_legacy_table, work);
	u32 given = atomic_read_acquire(&table->given), start = sipalg_now(table->sn), delay = 0;

	sipalg_legacy_look(table->sn);
	WRITE_ONCE(table->cost, sipalg_age(table->sn, start));
	sipalg_legacy_looked(table->sn, given);
	if (table->more) {
		WRITE_ONCE(table->more, table->more - 1);
		delay = delay_of(table, HZ);
	} else if (table->n) {
		delay = delay_of(table, SIPALG_LEGACY_AGAIN_S * HZ);
	}
	/* where more were given meanwhile, the next look is queued already */
	if (delay)
		queue_delayed_work(system_power_efficient_wq, &table->work, delay);
}

static bool is_behind(const struct sipalg_legacy_table *table)
{
	/* pairs with sipalg_legacy_looked(): who sees the look as done finds what it has added */
	return (u32)atomic_read(&table->given) != smp_load_acquire(&table->seen);
}

void sipalg_legacy_given(struct sipalg_net *sn)
{
	struct sipalg_legacy_table *table = sn->legacies;
	u32 quiet = msecs_to_jiffies(SIPALG_LEGACY_QUIET_MS);

	if (!is_behind(table)) {
		WRITE_ONCE(table->may_wait, !READ_ONCE(table->has_looked) ||
			   sipalg_age(sn, READ_ONCE(table->looked)) > 5 * least_gap(table));
		WRITE_ONCE(table->behind_since, (u32)sipalg_now(sn));
		WRITE_ONCE(table->given_since, (u32)sipalg_now(sn));
	} else if (sipalg_age(sn, READ_ONCE(table->given_since)) > SIPALG_LEGACY_WAIT_S * HZ / 2) {
		quiet = 0;	/* there is no end of it */
	}
	WRITE_ONCE(table->given_last, (u32)sipalg_now(sn));
	atomic_inc_return_release(&table->given);
	WRITE_ONCE(table->more, SIPALG_LEGACY_LOOKS);
	mod_delayed_work(system_power_efficient_wq, &table->work, delay_of(table, quiet));
}
SIPALG_EXPORT_TEST(sipalg_legacy_given);

bool sipalg_legacy_is_heir(const struct sipalg_net *sn)
{
	return atomic_read(&sn->legacies->given);
}

bool sipalg_legacy_is_recent(const struct sipalg_net *sn)
{
	return sipalg_legacy_is_heir(sn) &&
	       sipalg_age(sn, READ_ONCE(sn->legacies->given_last)) < SIPALG_LEGACY_RECENT_S * HZ;
}

u32 sipalg_legacy_since_given(const struct sipalg_net *sn, unsigned long then)
{
	u32 last = READ_ONCE(sn->legacies->given_last);

	if (!sipalg_legacy_is_heir(sn) || (s32)(last - (u32)then) <= 0)
		return 0;
	return max(sipalg_age(sn, last), 1U);
}

bool sipalg_legacy_is_awaited(const struct sipalg_net *sn)
{
	const struct sipalg_legacy_table *table = sn->legacies;

	return is_behind(table) && READ_ONCE(table->may_wait) &&
	       sipalg_age(sn, READ_ONCE(table->behind_since)) < 2 * SIPALG_LEGACY_WAIT_S * HZ &&
	       sipalg_age(sn, READ_ONCE(table->given_since)) < SIPALG_LEGACY_WAIT_S * HZ;
}
SIPALG_EXPORT_TEST(sipalg_legacy_is_awaited);

/* ---- look-up ----------------------------------------------------------------------- */

static bool may_be_adopted(struct sipalg_net *sn, const struct sipalg_legacy *legacy)
{
	return !READ_ONCE(legacy->is_split) && !READ_ONCE(legacy->is_signalling) &&
	       !sipalg_pinhole_by_mapped(sn, &legacy->mapped);
}

/* Return: the only port of a host's endpoint, at @mapped or with NULL at any address; or NULL. */
static struct sipalg_legacy *legacy_of(struct sipalg_net *sn, const struct sipalg_pinhole_key *real,
				       const struct sip_addr *mapped)
{
	struct sipalg_legacy *legacy, *only = NULL;
	struct rhlist_head *pos;
	u32 n = 0;

	if (!READ_ONCE(sn->legacies->n))
		return NULL;
	rhl_for_each_entry_rcu(legacy, pos, rhltable_lookup(&sn->legacies->real, real, real_params),
			       real_node) {
		sipalg_step();
		if (++n > SIPALG_LEGACIES_OF_PORT)
			return NULL;
		if ((mapped && !sip_addr_equal(&legacy->mapped.addr, mapped)) ||
		    !may_be_adopted(sn, legacy))
			continue;
		if (only)
			return NULL;
		only = legacy;
	}
	return only;
}

u16 sipalg_legacy_port(struct sipalg_net *sn, const struct sipalg_pinhole_key *real,
		       const struct sip_addr *mapped)
{
	const struct sipalg_legacy *legacy = legacy_of(sn, real, mapped);

	return legacy ? legacy->mapped.port : 0;
}
SIPALG_EXPORT_TEST(sipalg_legacy_port);

bool sipalg_legacy_outward(struct sipalg_net *sn, const struct sipalg_pinhole_key *real,
			   struct sip_endpoint *mapped, struct nf_conntrack_tuple *master)
{
	const struct sipalg_legacy *legacy = legacy_of(sn, real, NULL);

	if (!legacy)
		return false;
	*mapped = endpoint_of(&legacy->mapped);
	spin_lock_bh(&sn->legacies->lock);
	*master = legacy->master;
	spin_unlock_bh(&sn->legacies->lock);
	return true;
}

/* Whether an endpoint is that of an entry, or may be it: the entry has lost its port. */
static bool may_be_of(const struct sipalg_legacy *legacy, const struct sip_endpoint *real)
{
	return sip_addr_equal(&legacy->real.addr, &real->addr) &&
	       (is_lost(legacy) || legacy->real.port == real->port);
}

bool sipalg_legacy_is_others(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			     const struct sip_endpoint *real)
{
	const struct sipalg_legacy *legacy;

	legacy = READ_ONCE(sn->legacies->n) ? legacy_at(sn, mapped) : NULL;
	return legacy && (!real || READ_ONCE(legacy->is_split) || !may_be_of(legacy, real));
}
SIPALG_EXPORT_TEST(sipalg_legacy_is_others);

bool sipalg_legacy_leads_to(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			    const struct sip_endpoint *real)
{
	return sipalg_legacy_is_others(sn, mapped, NULL) &&
	       !sipalg_legacy_is_others(sn, mapped, real) &&
	       !sipalg_legacy_is_lost(sn, mapped, &real->addr);
}

bool sipalg_legacy_is_lost(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			   const struct sip_addr *host)
{
	const struct sipalg_legacy *legacy;

	legacy = READ_ONCE(sn->legacies->n) ? legacy_at(sn, mapped) : NULL;
	return legacy && is_lost(legacy) && !READ_ONCE(legacy->is_split) &&
	       sip_addr_equal(&legacy->real.addr, host);
}

bool sipalg_legacy_is_registered(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
				 const struct sip_endpoint *real)
{
	const struct sipalg_legacy *legacy;

	if (!sipalg_legacy_leads_to(sn, mapped, real))
		return false;
	legacy = legacy_at(sn, mapped);
	if (!legacy || !READ_ONCE(legacy->is_signalling))
		return false;
	return READ_ONCE(legacy->lets_any) ||
	       sipalg_settings_of(sn)->signalling_source == SIPALG_SIGNALLING_REGISTRAR;
}

/* Which place an announced endpoint has is not known to anybody outside, so none can aim at it. */
static u64 digest_of_peer(const struct nf_conntrack_tuple *master, const struct sip_endpoint *at)
{
	struct {
		struct nf_conntrack_tuple master;
		struct sip_addr addr;
		u32 port;
	} words;

	memset(&words, 0, sizeof(words));
	words.master = *master;
	words.addr = at->addr;
	words.port = at->port;
	return sipalg_digest(&words, sizeof(words));
}

static struct sipalg_legacy_peer *peers_of(const struct sipalg_net *sn)
{
	return smp_load_acquire(&sn->legacies->peers);	/* pairs with add_peers() */
}

void sipalg_legacy_announce(struct sipalg_net *sn, const struct nf_conn *master,
			    const struct sip_endpoint *at)
{
	struct sipalg_legacy_peer *peers = peers_of(sn);
	u64 digest;

	if (!peers || !READ_ONCE(sn->legacies->n))
		return;
	digest = digest_of_peer(&master->tuplehash[IP_CT_DIR_ORIGINAL].tuple, at);
	spin_lock_bh(&sn->legacies->lock);
	peers[digest % SIPALG_LEGACY_PEERS] = (struct sipalg_legacy_peer){
		digest, sipalg_now(sn)
	};
	spin_unlock_bh(&sn->legacies->lock);
}

bool sipalg_legacy_is_announced(struct sipalg_net *sn, const struct nf_conntrack_tuple *master,
				const struct sip_endpoint *at)
{
	struct sipalg_legacy_peer *peers = peers_of(sn), peer;
	u64 digest;

	if (!peers)
		return false;
	digest = digest_of_peer(master, at);
	spin_lock_bh(&sn->legacies->lock);
	peer = peers[digest % SIPALG_LEGACY_PEERS];
	spin_unlock_bh(&sn->legacies->lock);
	return peer.digest == digest && sipalg_age(sn, peer.since) < SIPALG_LEGACY_TTL_S * HZ;
}

/* Return: the connection, for which nf_ct_put() is to follow; NULL: it does not exist any more. */
static struct nf_conn *conn_of(struct sipalg_net *sn, const struct sipalg_legacy *legacy)
{
	struct nf_conntrack_tuple_hash *h = NULL;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone zone;

	spin_lock_bh(&sn->legacies->lock);
	tuple = legacy->conn;
	spin_unlock_bh(&sn->legacies->lock);
	nf_ct_zone_init(&zone, legacy->mapped.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	if (tuple.dst.protonum)
		h = nf_conntrack_find_get(sn->net, &zone, &tuple);
	return h ? nf_ct_tuplehash_to_ctrack(h) : NULL;
}

void sipalg_legacy_adopt(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sipalg_legacy *legacy;
	struct nf_conn *ct;

	if (!READ_ONCE(sn->legacies->n))
		return;
	legacy = legacy_at(sn, &pin->mapped);
	if (!legacy)
		return;
	sipalg_count(sn, SIPALG_STAT_PINHOLES_ADOPTED);
	ct = conn_of(sn, legacy);
	if (!ct)
		return;
	spin_lock_bh(&pin->lock);
	pin->has_come |= sipalg_pinhole_conn_add(sn, pin, ct);
	spin_unlock_bh(&pin->lock);
	nf_ct_put(ct);
}
SIPALG_EXPORT_TEST(sipalg_legacy_adopt);

/* ---- setup ------------------------------------------------------------------------- */

int sipalg_legacy_setup(struct sipalg_net *sn)
{
	struct sipalg_legacy_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	table->sn = sn;
	spin_lock_init(&table->lock);
	INIT_LIST_HEAD(&table->all);
	INIT_DELAYED_WORK(&table->work, look_work);
	err = rhashtable_init(&table->mapped, &mapped_params);
	if (err)
		goto free_table;
	err = rhltable_init(&table->real, &real_params);
	if (err)
		goto destroy_mapped;
	sn->legacies = table;
	if (nf_conntrack_count(sn->net)) {
		sipalg_legacy_given(sn);
		mod_delayed_work(system_power_efficient_wq, &table->work, 0);
	}
	return 0;

destroy_mapped:
	rhashtable_destroy(&table->mapped);
free_table:
	kfree(table);
	return err;
}
SIPALG_EXPORT_TEST(sipalg_legacy_setup);

void sipalg_legacy_teardown(struct sipalg_net *sn)
{
	struct sipalg_legacy_table *table = sn->legacies;
	struct sipalg_legacy *legacy, *next;

	cancel_delayed_work_sync(&table->work);
	list_for_each_entry_safe(legacy, next, &table->all, all)
		legacy_rm(sn, legacy);
	rhltable_destroy(&table->real);
	rhashtable_destroy(&table->mapped);
	if (table->peers)
		sipalg_let(sn, PEERS_HELD);
	kvfree(table->peers);
	kfree(table);
}
SIPALG_EXPORT_TEST(sipalg_legacy_teardown);
