// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call: the table of calls, and the life of a call.  See sipalg_call.h for the contract.
 */
#include <linux/prefetch.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_call.h"
#include "sipalg_call_contact.h"
#include "sipalg_call_internal.h"
#include "sipalg_call_media.h"
#include "sipalg_call_tx.h"
#include "sip_method.h"
#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_trace.h"

/* The digests are keyed hashes already. */
static u32 call_hash(const void *data, u32 len, u32 seed)
{
	const struct sipalg_call_key *key = data;

	return (key->call_id + key->tag) >> 32 ^ key->zone ^ seed;
}

static int call_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sipalg_call_key *a = arg->key, *b = &((const struct sipalg_call *)obj)->key;

	sipalg_step();
	return a->call_id != b->call_id || a->tag != b->tag || a->zone != b->zone;
}

static const struct rhashtable_params call_params = {
	.key_offset = offsetof(struct sipalg_call, key),
	.key_len = sizeof(struct sipalg_call_key),
	.head_offset = offsetof(struct sipalg_call, node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = call_hash,
	.obj_cmpfn = call_differs,
	.automatic_shrinking = true,
};

static struct kmem_cache *call_cache __read_mostly;

const char * const sipalg_call_reasons[] = {
#define X(NAME, text) [SIPALG_CALL_##NAME] = text,
	SIPALG_CALL_REASONS(X)
#undef X
};

static void pinholes_rm(struct sipalg_net *sn, struct sipalg_call *call,
			enum sipalg_pinhole_end end)
{
	struct sipalg_call_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node)
		sipalg_call_media_rm(sn, call, media, end);
	while (call->n_contacts)
		sipalg_call_contact_rm(sn, call, end == SIPALG_PINHOLE_EXPIRE_LATER ?
						 SIPALG_PINHOLE_KEEP_LATER :
						 SIPALG_PINHOLE_KEEP_CONNS);
}

/* ---- table ----------------------------------------------------------------------- */

static void call_free(struct sipalg_call *call)
{
	sipalg_master_put(call->flow[SIPALG_CALLER]);
	sipalg_master_put(call->flow[SIPALG_CALLEE]);
	sipalg_call_busy_free(call);
	kmem_cache_free(call_cache, call);
}

static void call_free_rcu(struct rcu_head *rcu)
{
	call_free(container_of(rcu, struct sipalg_call, rcu));
}

void sipalg_call_put(struct sipalg_call *call)
{
	if (refcount_dec_and_test(&call->ref))
		call_rcu(&call->rcu, call_free_rcu);
}

void sipalg_call_set_state(struct sipalg_call *call, enum sipalg_call_state state)
{
	call->state = state;
	trace_sipalg_call(call->id, state, call->reason);
}

void sipalg_call_set_expires(const struct sipalg_net *sn, struct sipalg_call *call, u32 seconds)
{
	call->expires = sipalg_now(sn) + seconds * HZ;
}

void sipalg_call_wait_longer(const struct sipalg_net *sn, struct sipalg_call *call, u32 seconds)
{
	if (time_before(call->expires, sipalg_now(sn) + seconds * HZ))
		sipalg_call_set_expires(sn, call, seconds);
}

void sipalg_call_leave_half_open(struct sipalg_net *sn, struct sipalg_call *call)
{
	if (call->busy)
		sipalg_quota_settle(sn, &call->busy->half);
}

/* Return: seconds that a call which is up lives without another message; RFC 4028 10. */
static u32 up_timeout(const struct sipalg_net *sn, const struct sipalg_call *call)
{
	u32 s = call->session_s;

	if (!s)
		return sipalg_settings_of(sn)->call_timeout;
	s = clamp_t(u32, s, 90, 604800);	/* RFC 4028 4: 90 s is the least */
	return s + max_t(u32, 32, s / 3);
}

void sipalg_call_refresh(const struct sipalg_net *sn, struct sipalg_call *call)
{
	if (call->state == SIPALG_CALL_UP && !sipalg_call_is_pending(call, SIP_BYE))
		sipalg_call_set_expires(sn, call, up_timeout(sn, call));
}

static struct sipalg_call *call_alloc(const struct sipalg_call_event *ev,
				      const struct sipalg_call_key *key)
{
	struct sipalg_call *call = kmem_cache_zalloc(call_cache, GFP_ATOMIC);

	if (!call)
		return NULL;
	if (!sipalg_call_busy_get(call)) {
		kmem_cache_free(call_cache, call);
		return NULL;
	}
	call->key = *key;
	refcount_set(&call->ref, 1);
	spin_lock_init(&call->lock);
	INIT_LIST_HEAD(&call->media);
	INIT_LIST_HEAD(&call->ended);
	call->created = sipalg_now(ev->sn);
	call->touched = call->created;
	call->heard = call->created;
	call->tick = call->created;
	sipalg_call_set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	/* a dialog that exists has both tags, and an early one may have branches */
	call->is_taken_up = ev->to_tag;
	call->callee_tag = ev->status && ev->status < 200 ? 0 : ev->to_tag;
	call->shown = min_t(u32, ev->call_id_len, SIPALG_CALL_ID_SHOWN);
	memcpy(call->call_id, ev->call_id_text, call->shown);
	return call;
}

static void call_release_host(struct sipalg_net *sn, struct sipalg_call *call)
{
	sipalg_quota_release(sn, call->host, SIPALG_QUOTA_CALL, 1);
	call->host = NULL;
}

/* A call that is over waits in the list @ended, and goes when its place is needed. */
static void list_ended(struct sipalg_net *sn, struct sipalg_call *call, bool is_ended)
{
	lockdep_assert_held(&call->lock);
	spin_lock(&sn->calls->ended_lock);
	if (is_ended)
		list_add_tail(&call->ended, &sn->calls->ended);
	else
		list_del_init(&call->ended);
	spin_unlock(&sn->calls->ended_lock);
}

/*
 * Where an administrator or a setting ends a call, its media stops at once.  Where a message does,
 * the message is not kept waiting.  Where time or the need of another call does, all is done now.
 */
static enum sipalg_pinhole_end pinhole_end_of(enum sipalg_call_reason reason)
{
	switch (reason) {
	case SIPALG_CALL_TOO_LONG:
	case SIPALG_CALL_ADMIN:
		return SIPALG_PINHOLE_KILL_CONNS;
	case SIPALG_CALL_HUNG_UP:
	case SIPALG_CALL_REFUSED:
		return SIPALG_PINHOLE_EXPIRE_LATER;
	default:
		return SIPALG_PINHOLE_EXPIRE_CONNS;
	}
}

void sipalg_call_end(struct sipalg_net *sn, struct sipalg_call *call,
		     enum sipalg_call_reason reason)
{
	if (call->state == SIPALG_CALL_ENDED)
		return;
	pinholes_rm(sn, call, pinhole_end_of(reason));
	call->reason = reason;
	sipalg_call_set_state(call, SIPALG_CALL_ENDED);
	sipalg_call_leave_half_open(sn, call);
	call_release_host(sn, call);
	list_ended(sn, call, true);
	sipalg_call_set_expires(sn, call, SIPALG_CALL_LINGER_S);
	sipalg_count(sn, SIPALG_STAT_CALLS_ENDED);
	if (sipalg_settings_of(sn)->log_calls && sipalg_may_log(sn))
		net_info_ratelimited("call %u ended: %s, %u s, Call-ID %*pE\n", call->id,
				     sipalg_call_reasons[reason],
				     sipalg_seconds_between(call->created, sipalg_now(sn)),
				     call->shown, call->call_id);
}

void sipalg_call_rm(struct sipalg_net *sn, struct sipalg_call *call)
{
	lockdep_assert_held(&call->lock);
	call->is_dead = true;
	list_ended(sn, call, false);
	xa_erase_bh(&sn->calls->by_id, call->id);
	rhashtable_remove_fast(&sn->calls->calls, &call->node, call_params);
	atomic_dec(&sn->calls->n);
}

/* ---- room ------------------------------------------------------------------------ */

struct sipalg_quota_key sipalg_call_quota_key(const struct sipalg_call_event *ev,
					      const struct sip_addr *addr)
{
	return (struct sipalg_quota_key){ *addr, ev->zone };
}

/* Return: number of calls that a host may have; 0: any number. */
static u32 host_max(const struct sipalg_call_event *ev, const struct sip_addr *addr)
{
	const struct sipalg_settings *set = sipalg_settings_of(ev->sn);

	if (!set->calls_per_host || sipalg_prefixes_have(&set->trunks, addr))
		return 0;
	return set->calls_per_host + ev->is_emergency;	/* SECURITY B5 */
}

/*
 * Return: the host that the call is charged to: the party that is inside.  Where both parties are
 * inside, as without NAT, it is the one with fewer calls: the other one may be a proxy for many.
 */
static struct sipalg_quota_key call_host(const struct sipalg_call_event *ev)
{
	struct sipalg_quota_key sender = sipalg_call_quota_key(ev, &ev->sender.addr);
	struct sipalg_quota_key receiver = sipalg_call_quota_key(ev, &ev->receiver);
	bool is_limited[2] = {
		ev->is_inside[0] && host_max(ev, &ev->sender.addr),
		ev->is_inside[1] && host_max(ev, &ev->receiver),
	};

	/* an answer alone proves nothing, so it is charged to the host that sends it */
	if (ev->status)
		return sender;
	if (is_limited[0] != is_limited[1])
		return is_limited[0] ? sender : receiver;
	if (!is_limited[0])
		return ev->is_inside[0] ? sender : receiver;
	return sipalg_quota_held(ev->sn, &receiver, SIPALG_QUOTA_CALL) <
	       sipalg_quota_held(ev->sn, &sender, SIPALG_QUOTA_CALL) ? receiver : sender;
}

/* what became of the call that was to be evicted for another one */
enum eviction {
	NONE_TO_EVICT,	/* no call is half-open */
	WAS_ANSWERED,	/* the call was answered just now, and stays */
	EVICTED,	/* the call has ended, and is out of the table */
};

/*
 * Ends a half-open call to make room, and takes it out of the table at once: such a call is not
 * worth the memory of one that was answered.  The caller holds rcu_read_lock().
 */
static enum eviction evict_half_open(struct sipalg_net *sn, const struct sipalg_quota_key *host)
{
	struct sipalg_half_open *half = sipalg_quota_victim(sn, host);
	struct sipalg_call *call;
	bool is_gone;

	if (!half)
		return NONE_TO_EVICT;
	call = container_of(half, struct sipalg_call_busy, half)->call;
	spin_lock_bh(&call->lock);
	is_gone = !call->is_dead && call->state == SIPALG_CALL_TRYING;
	if (is_gone) {
		sipalg_count(sn, SIPALG_STAT_CALLS_EVICTED);
		sipalg_call_end(sn, call, SIPALG_CALL_EVICTED);
		sipalg_call_rm(sn, call);
	}
	spin_unlock_bh(&call->lock);
	if (is_gone)
		sipalg_call_put(call);
	sipalg_call_put(call);
	return is_gone ? EVICTED : WAS_ANSWERED;
}

/* Forgets the call that has been over for longest.  Return: whether there was one. */
static bool forget_ended(struct sipalg_net *sn)
{
	struct sipalg_call_table *table = sn->calls;
	struct sipalg_call *call;
	bool is_gone;

	spin_lock_bh(&table->ended_lock);
	call = list_first_entry_or_null(&table->ended, struct sipalg_call, ended);
	if (call) {
		list_del_init(&call->ended);
		refcount_inc(&call->ref);	/* not 0: the table holds a reference */
	}
	spin_unlock_bh(&table->ended_lock);
	if (!call)
		return false;
	spin_lock_bh(&call->lock);
	is_gone = !call->is_dead && call->state == SIPALG_CALL_ENDED;
	if (is_gone)
		sipalg_call_rm(sn, call);
	spin_unlock_bh(&call->lock);
	if (is_gone)
		sipalg_call_put(call);
	sipalg_call_put(call);
	return true;
}

/*
 * Makes room for one call more, and for its pinholes (SECURITY R3).  A call that is over is only
 * remembered, so it goes before a call that may yet be answered.  Another CPU may take the place
 * that was made, so a few tries are made.  Return: whether there is room.
 */
static bool calls_make_room(struct sipalg_net *sn)
{
	u32 max = sipalg_settings_of(sn)->calls_max;
	int tries;

	for (tries = 0; sipalg_pinhole_is_scarce(sn) && tries < 2; tries++)
		if (evict_half_open(sn, NULL) == NONE_TO_EVICT)
			break;
	for (tries = 0; max && atomic_read(&sn->calls->n) >= max && tries < 3; tries++)
		if (!forget_ended(sn) && evict_half_open(sn, NULL) == NONE_TO_EVICT)
			break;
	return !max || atomic_read(&sn->calls->n) < max;
}

static int call_charge_host(const struct sipalg_call_event *ev, struct sipalg_call *call)
{
	struct sipalg_quota_key host = call_host(ev);
	u32 max = host_max(ev, &host.addr);
	struct sipalg_quota *quota = sipalg_quota_charge(ev->sn, &host, SIPALG_QUOTA_CALL, 1, max);
	enum eviction done;
	int tries;

	/* a CPU that has made room may use it, even if another one has used it meanwhile */
	for (tries = 0; quota == ERR_PTR(-EDQUOT) && tries < 3; tries++) {
		done = evict_half_open(ev->sn, &host);
		if (done == NONE_TO_EVICT)
			break;
		if (done == EVICTED)
			quota = sipalg_quota_charge(ev->sn, &host, SIPALG_QUOTA_CALL, 1, 0);
	}
	if (quota == ERR_PTR(-EDQUOT)) {
		sipalg_count(ev->sn, SIPALG_STAT_CALLS_QUOTA);
		return -ENOSPC;
	}
	if (IS_ERR(quota))
		return PTR_ERR(quota);
	call->host = quota;
	return 0;
}

/* Two CPUs may see INVITEs of one call at once: both get the call that is in the table. */
static struct sipalg_call *call_insert(const struct sipalg_call_event *ev, struct sipalg_call *call)
{
	struct sipalg_call_table *table = ev->sn->calls;
	struct sipalg_quota_key source = sipalg_call_quota_key(ev, &ev->sender.addr);
	struct sipalg_call *old;
	int err = call_charge_host(ev, call);
	bool is_in;

	if (err) {
		call_free(call);
		return ERR_PTR(err);
	}
	spin_lock_bh(&call->lock);	/* others may find the call, and wait until it is listed */
	old = rhashtable_lookup_get_insert_fast(&table->calls, &call->node, call_params);
	if (!old)
		err = xa_alloc_cyclic(&table->by_id, &call->id, call, xa_limit_32b,
				      &table->last_id, GFP_ATOMIC);
	is_in = !old && err >= 0;
	if (is_in) {
		atomic_inc(&table->n);
		call->busy->half.is_proven = ev->is_proven;
		sipalg_quota_open(ev->sn, &call->busy->half, &source, call->host);
	} else {
		call->is_dead = true;
		call_release_host(ev->sn, call);
		if (!old)
			rhashtable_remove_fast(&table->calls, &call->node, call_params);
	}
	spin_unlock_bh(&call->lock);
	if (is_in)
		return call;
	sipalg_call_put(call);
	return IS_ERR_OR_NULL(old) ? ERR_PTR(-ENOMEM) : old;
}

static struct sipalg_call *call_add(const struct sipalg_call_event *ev,
				    const struct sipalg_call_key *key)
{
	struct sipalg_call *call, *in;

	if (!calls_make_room(ev->sn)) {
		sipalg_count(ev->sn, SIPALG_STAT_CALLS_FULL);
		return ERR_PTR(-ENOSPC);
	}
	call = call_alloc(ev, key);
	if (!call)
		return ERR_PTR(-ENOMEM);
	in = call_insert(ev, call);
	if (in != call)
		return in;
	sipalg_gc_soon(ev->sn);
	sipalg_count(ev->sn, SIPALG_STAT_CALLS_ADDED);
	if (call->is_taken_up)
		sipalg_count(ev->sn, SIPALG_STAT_CALLS_TAKEN_UP);
	trace_sipalg_call(call->id, SIPALG_CALL_TRYING, SIPALG_CALL_REASON_NONE);
	return call;
}

int sipalg_call_reopen(const struct sipalg_call_event *ev, struct sipalg_call *call)
{
	struct sipalg_quota_key source = sipalg_call_quota_key(ev, &ev->sender.addr);
	struct sipalg_quota_key host = call_host(ev);
	struct sipalg_quota *quota = ERR_PTR(-ENOMEM);

	if (sipalg_call_busy_get(call))
		quota = sipalg_quota_charge(ev->sn, &host, SIPALG_QUOTA_CALL, 1,
					    host_max(ev, &host.addr));
	if (IS_ERR(quota)) {
		sipalg_count(ev->sn, quota == ERR_PTR(-EDQUOT) ? SIPALG_STAT_CALLS_QUOTA :
								 SIPALG_STAT_NO_MEMORY);
		return PTR_ERR(quota);
	}
	call->host = quota;
	list_ended(ev->sn, call, false);
	call->busy->half.is_proven = ev->is_proven;
	sipalg_quota_open(ev->sn, &call->busy->half, &source, quota);
	call->reason = SIPALG_CALL_REASON_NONE;
	sipalg_call_set_state(call, SIPALG_CALL_TRYING);
	sipalg_call_set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	call->callee_tag = 0;
	call->is_taken_up = false;
	sipalg_count(ev->sn, SIPALG_STAT_CALLS_ADDED);
	return 0;
}

/* ---- look-up --------------------------------------------------------------------- */

struct sipalg_call *sipalg_call_find(const struct sipalg_call_event *ev, u64 tag)
{
	struct sipalg_call_key key = { ev->call_id, tag, ev->zone };

	return rhashtable_lookup(&ev->sn->calls->calls, &key, call_params);
}

static bool begins_call(const struct sipalg_call_event *ev)
{
	return ev->method == SIP_INVITE && !ev->status && !ev->to_tag;
}

/*
 * Whether a message belongs to a call that began at another router, or before the module was
 * loaded.  A request says so by both tags (RFC 3261 12.2).  A call that rings is taken up by the
 * answer of a host inside, over a connection of the other router.  A call that was taken up has no
 * more rights than a new one: it is half-open until the other side confirms it.
 */
static bool takes_up_call(const struct sipalg_call_event *ev)
{
	if (!ev->is_heir || !ev->from_tag || !ev->to_tag)
		return false;
	if (ev->status)
		return ev->method == SIP_INVITE && ev->status > 100 && ev->status < 300 &&
		       ev->may_ring && ev->is_inside[0];
	return ev->method == SIP_INVITE || (ev->method == SIP_UPDATE && ev->body);
}

/* Finds the call of a message, not locked.  The caller holds rcu_read_lock(). */
static struct sipalg_call_seen find_call(const struct sipalg_call_event *ev)
{
	struct sipalg_call *call = sipalg_call_find(ev, ev->from_tag);

	if (!call && ev->to_tag) {
		call = sipalg_call_find(ev, ev->to_tag);
		if (call)
			return (struct sipalg_call_seen){ call, SIPALG_CALLEE, true };
	}
	return (struct sipalg_call_seen){ call, SIPALG_CALLER, true };
}

void sipalg_call_look(struct sipalg_call_event *ev)
{
	const char *line;

	ev->seen = find_call(ev);
	if (!ev->seen.call)
		return;
	for (line = (const char *)ev->seen.call; line < (const char *)(ev->seen.call + 1);
	     line += SMP_CACHE_BYTES)
		prefetch(line);
	/* without the lock: what they point to is fetched, and never read */
	prefetch(READ_ONCE(ev->seen.call->busy));
	prefetch(READ_ONCE(ev->seen.call->media.next));
}
SIPALG_EXPORT_TEST(sipalg_call_look);

/* Return: a call of the table or a new one, not locked.  The caller holds rcu_read_lock(). */
static struct sipalg_call *call_of(const struct sipalg_call_event *ev,
				   const struct sipalg_call_seen *seen)
{
	struct sipalg_call_key key = { ev->call_id, ev->from_tag, ev->zone };

	if (seen->call)
		return seen->call;
	/* another CPU may have added the call meanwhile: call_insert() finds it then */
	return begins_call(ev) || takes_up_call(ev) ? call_add(ev, &key) : NULL;
}

struct sipalg_call *sipalg_call_enter(const struct sipalg_call_event *ev,
				      enum sipalg_call_side *request_side)
{
	struct sipalg_call_seen seen = ev->seen;
	struct sipalg_call *call;
	int tries;

	for (tries = 0; tries < 3; tries++) {
		if (!seen.is_looked || tries)
			seen = find_call(ev);
		*request_side = seen.side;
		call = call_of(ev, &seen);
		if (IS_ERR_OR_NULL(call))
			return call;
		spin_lock_bh(&call->lock);
		if (!call->is_dead) {
			refcount_inc(&call->ref);
			call->n_contacts_before = call->n_contacts;
			return call;
		}
		spin_unlock_bh(&call->lock);	/* the call was taken out of the table just now */
	}
	return NULL;
}
SIPALG_EXPORT_TEST(sipalg_call_enter);

/* The streams that the message under way has added stay, or are removed. */
static void settle_fresh(struct sipalg_net *sn, struct sipalg_call *call, bool keep)
{
	struct sipalg_call_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (!media->is_fresh)
			continue;
		media->is_fresh = false;
		if (!keep)
			sipalg_call_media_rm(sn, call, media, SIPALG_PINHOLE_KEEP_CONNS);
	}
	call->has_fresh = false;
}

void sipalg_call_leave(struct sipalg_net *sn, struct sipalg_call *call, bool keep)
	__releases(&call->lock)
{
	if (call->has_fresh)
		settle_fresh(sn, call, keep);
	if (!keep)
		sipalg_call_unsay(call);
	if (call->must_pair)
		sipalg_call_media_pair(sn, call);
	while (!keep && call->n_contacts > call->n_contacts_before)
		sipalg_call_contact_rm(sn, call, SIPALG_PINHOLE_KEEP_CONNS);
	spin_unlock_bh(&call->lock);
	sipalg_call_put(call);
}
SIPALG_EXPORT_TEST(sipalg_call_leave);

u32 sipalg_call_count(const struct sipalg_net *sn)
{
	return atomic_read(&sn->calls->n);
}
SIPALG_EXPORT_TEST(sipalg_call_count);

struct sipalg_call *sipalg_call_next(struct sipalg_net *sn, unsigned long *id)
{
	return xa_find(&sn->calls->by_id, id, ULONG_MAX, XA_PRESENT);
}
SIPALG_EXPORT_TEST(sipalg_call_next);

int sipalg_call_end_by_id(struct sipalg_net *sn, u32 id)
{
	struct sipalg_call *call;
	int err = -ENOENT;

	rcu_read_lock();
	call = xa_load(&sn->calls->by_id, id);
	if (call) {
		spin_lock_bh(&call->lock);
		if (call->state != SIPALG_CALL_ENDED) {
			sipalg_call_end(sn, call, SIPALG_CALL_ADMIN);
			err = 0;
		}
		spin_unlock_bh(&call->lock);
	}
	rcu_read_unlock();
	return err;
}
SIPALG_EXPORT_TEST(sipalg_call_end_by_id);

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_call_setup(struct sipalg_net *sn)
{
	struct sipalg_call_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	err = rhashtable_init(&table->calls, &call_params);
	if (err) {
		kfree(table);
		return err;
	}
	xa_init_flags(&table->by_id, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_BH);
	spin_lock_init(&table->ended_lock);
	INIT_LIST_HEAD(&table->ended);
	sn->calls = table;
	return 0;
}

static void call_destroy(void *ptr, void *arg)
{
	struct sipalg_call *call = ptr;

	rcu_read_lock();
	spin_lock_bh(&call->lock);
	call->is_dead = true;
	list_ended(arg, call, false);
	sipalg_call_leave_half_open(arg, call);
	call_release_host(arg, call);
	pinholes_rm(arg, call, SIPALG_PINHOLE_KEEP_CONNS);
	spin_unlock_bh(&call->lock);
	rcu_read_unlock();
	sipalg_call_put(call);
}

void sipalg_call_teardown(struct sipalg_net *sn)
{
	rhashtable_free_and_destroy(&sn->calls->calls, call_destroy, sn);
	xa_destroy(&sn->calls->by_id);
	kfree(sn->calls);
}

int sipalg_call_module_init(void)
{
	int err = sipalg_call_media_module_init();

	if (err)
		return err;
	err = sipalg_call_tx_module_init();
	if (err)
		goto exit_media;
	call_cache = KMEM_CACHE(sipalg_call, 0);
	if (call_cache)
		return 0;
	err = -ENOMEM;
	sipalg_call_tx_module_exit();
exit_media:
	sipalg_call_media_module_exit();
	return err;
}

void sipalg_call_module_exit(void)
{
	rcu_barrier();		/* call_free_rcu(), busy_free_rcu() */
	kmem_cache_destroy(call_cache);
	sipalg_call_tx_module_exit();
	sipalg_call_media_module_exit();
}
