// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call: the table of calls and what messages and time do to a call.  See
 * sipalg_call.h for the contract.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_call.h"
#include "sipalg_call_media.h"
#include "sipalg_call_tx.h"
#include "sip_method.h"
#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_trace.h"

/*
 * @by_id: the same calls by their number, for who wants to see them in order, and miss none
 * @gc_next: from which number on the next tick looks
 * @ended: calls that are over, the longest so first: they are remembered as long as there is
 * room.  Its lock is taken inside of a call's.
 */
struct sipalg_call_table {
	struct rhashtable calls;
	struct xarray by_id;
	atomic_t n;
	u32 last_id;
	unsigned long gc_next;
	spinlock_t ended_lock;
	struct list_head ended;
};

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

/* ---- contacts -------------------------------------------------------------------- */

bool sipalg_call_has_contact(struct sipalg_call *call, const struct sipalg_pinhole *pin)
{
	struct sipalg_pinhole **contact = sipalg_call_contacts(call);
	u32 i;

	for (i = 0; i < call->n_contacts; i++) {
		sipalg_step();
		if (contact[i] == pin)
			return true;
	}
	return false;
}

/* Most calls have one at most, and that has its place in the call. */
static bool make_list(struct sipalg_call *call)
{
	struct sipalg_pinhole *first = call->contact, **list;

	list = kcalloc(SIPALG_CALL_CONTACTS, sizeof(*list), GFP_ATOMIC);
	if (!list)
		return false;
	list[0] = first;
	call->contacts = list;
	return true;
}

bool sipalg_call_add_contact(struct sipalg_call *call, struct sipalg_pinhole *pin)
{
	u32 n = call->n_contacts;

	lockdep_assert_held(&call->lock);
	if (n == SIPALG_CALL_CONTACTS || (n == 1 && !make_list(call)))
		return false;
	call->n_contacts++;
	sipalg_call_contacts(call)[n] = pin;
	return true;
}

/* The one that was added last closes. */
static void contact_rm(struct sipalg_net *sn, struct sipalg_call *call)
{
	struct sipalg_pinhole **list = sipalg_call_contacts(call), *first = list[0];

	sipalg_pinhole_close(sn, list[--call->n_contacts], SIPALG_PINHOLE_KEEP_CONNS);
	if (call->n_contacts != 1)
		return;
	kfree(list);
	call->contact = first;
}

static void pinholes_rm(struct sipalg_net *sn, struct sipalg_call *call,
			enum sipalg_pinhole_end end)
{
	struct sipalg_call_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node)
		sipalg_call_media_rm(sn, call, media, end);
	while (call->n_contacts)
		contact_rm(sn, call);
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

static void call_put(struct sipalg_call *call)
{
	if (refcount_dec_and_test(&call->ref))
		call_rcu(&call->rcu, call_free_rcu);
}

static void set_state(struct sipalg_call *call, enum sipalg_call_state state)
{
	call->state = state;
	trace_sipalg_call(call->id, state, call->reason);
}

static void set_expires(const struct sipalg_net *sn, struct sipalg_call *call, u32 seconds)
{
	call->expires = sipalg_now(sn) + seconds * HZ;
}

/* The same, but never less than it has left. */
static void wait_longer(const struct sipalg_net *sn, struct sipalg_call *call, u32 seconds)
{
	if (time_before(call->expires, sipalg_now(sn) + seconds * HZ))
		set_expires(sn, call, seconds);
}

/* Somebody has answered, or nobody will. */
static void leave_half_open(struct sipalg_net *sn, struct sipalg_call *call)
{
	if (call->busy)
		sipalg_quota_settle(sn, &call->busy->half);
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
	set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	call->shown = min_t(u32, ev->call_id_len, SIPALG_CALL_ID_SHOWN);
	memcpy(call->call_id, ev->call_id_text, call->shown);
	return call;
}

static void call_release_host(struct sipalg_net *sn, struct sipalg_call *call)
{
	sipalg_quota_release(sn, call->host, SIPALG_QUOTA_CALL, 1);
	call->host = NULL;
}

/* A call that is over waits in a list, in case that its place is needed. */
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

/* the ends that somebody ordered: media stops at once */
static bool is_hard(enum sipalg_call_reason reason)
{
	return reason == SIPALG_CALL_TOO_LONG || reason == SIPALG_CALL_ADMIN;
}

static void call_end(struct sipalg_net *sn, struct sipalg_call *call,
		     enum sipalg_call_reason reason)
{
	if (call->state == SIPALG_CALL_ENDED)
		return;
	pinholes_rm(sn, call,
		    is_hard(reason) ? SIPALG_PINHOLE_KILL_CONNS : SIPALG_PINHOLE_EXPIRE_CONNS);
	call->reason = reason;
	set_state(call, SIPALG_CALL_ENDED);
	leave_half_open(sn, call);
	call_release_host(sn, call);
	list_ended(sn, call, true);
	set_expires(sn, call, SIPALG_CALL_LINGER_S);
	sipalg_count(sn, SIPALG_STAT_CALLS_ENDED);
	if (sipalg_settings_of(sn)->log_calls && sipalg_may_log(sn))
		net_info_ratelimited("call %u ended: %s, %u s, Call-ID %*pE\n", call->id,
				     sipalg_call_reasons[reason],
				     sipalg_seconds_between(call->created, sipalg_now(sn)),
				     call->shown, call->call_id);
}

/* Takes a call out of the table, which held a reference: the caller puts that. */
static void call_rm(struct sipalg_net *sn, struct sipalg_call *call)
{
	lockdep_assert_held(&call->lock);
	call->is_dead = true;
	list_ended(sn, call, false);
	xa_erase_bh(&sn->calls->by_id, call->id);
	rhashtable_remove_fast(&sn->calls->calls, &call->node, call_params);
	atomic_dec(&sn->calls->n);
}

/* ---- room ------------------------------------------------------------------------ */

static struct sipalg_quota_key quota_key(const struct sipalg_call_event *ev,
					 const struct sip_addr *addr)
{
	return (struct sipalg_quota_key){ *addr, ev->zone };
}

/* How many calls a host may have; 0: any number. */
static u32 host_max(const struct sipalg_call_event *ev, const struct sip_addr *addr)
{
	const struct sipalg_settings *set = sipalg_settings_of(ev->sn);

	if (!set->calls_per_host || sipalg_prefixes_have(&set->trunks, addr))
		return 0;
	return set->calls_per_host + ev->is_emergency;	/* SECURITY B5: help may be called */
}

/*
 * Whom the call is charged to: the party that is inside.  Where both are, as without NAT, the
 * one that has fewer: one of them may be everybody's proxy.
 */
static struct sipalg_quota_key call_host(const struct sipalg_call_event *ev)
{
	struct sipalg_quota_key sender = quota_key(ev, &ev->sender.addr);
	struct sipalg_quota_key receiver = quota_key(ev, &ev->receiver);
	bool is_limited[2] = {
		ev->is_inside[0] && host_max(ev, &ev->sender.addr),
		ev->is_inside[1] && host_max(ev, &ev->receiver),
	};

	if (is_limited[0] != is_limited[1])
		return is_limited[0] ? sender : receiver;
	if (!is_limited[0])
		return ev->is_inside[0] ? sender : receiver;
	return sipalg_quota_held(ev->sn, &receiver, SIPALG_QUOTA_CALL) <
	       sipalg_quota_held(ev->sn, &sender, SIPALG_QUOTA_CALL) ? receiver : sender;
}

/* what became of a call that was to end for another */
enum eviction {
	NONE_TO_EVICT,
	WAS_ANSWERED,	/* just now, and stays */
	EVICTED,
};

/*
 * Ends a call that nobody has answered, so that there is room, and forgets it: it is not worth
 * the memory of one that was.  Under RCU.
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
		call_end(sn, call, SIPALG_CALL_EVICTED);
		call_rm(sn, call);
	}
	spin_unlock_bh(&call->lock);
	if (is_gone)
		call_put(call);
	call_put(call);
	return is_gone ? EVICTED : WAS_ANSWERED;
}

/* Forgets the call that has been over for longest.  Return: false: there is none. */
static bool forget_ended(struct sipalg_net *sn)
{
	struct sipalg_call_table *table = sn->calls;
	struct sipalg_call *call;
	bool is_gone;

	spin_lock_bh(&table->ended_lock);
	call = list_first_entry_or_null(&table->ended, struct sipalg_call, ended);
	if (call) {
		list_del_init(&call->ended);
		refcount_inc(&call->ref);	/* it is in the table, which holds one */
	}
	spin_unlock_bh(&table->ended_lock);
	if (!call)
		return false;
	spin_lock_bh(&call->lock);
	is_gone = !call->is_dead && call->state == SIPALG_CALL_ENDED;
	if (is_gone)
		call_rm(sn, call);
	spin_unlock_bh(&call->lock);
	if (is_gone)
		call_put(call);
	call_put(call);
	return true;
}

/*
 * Room for one call more, and for what it opens (SECURITY R3): what is over is only
 * remembered, so it goes before a call that may yet be answered.  Others may take the place
 * that was made, so it is tried again, but not for ever.
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

	/* whoever has made room gets it, whatever another CPU charges meanwhile */
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

/* Two CPUs may see INVITEs of one call at once: both get the one that is in the table. */
static struct sipalg_call *call_insert(const struct sipalg_call_event *ev, struct sipalg_call *call)
{
	struct sipalg_call_table *table = ev->sn->calls;
	struct sipalg_quota_key source = quota_key(ev, &ev->sender.addr);
	struct sipalg_call *old;
	int err = call_charge_host(ev, call);
	bool is_in;

	if (err) {
		call_free(call);
		return ERR_PTR(err);
	}
	spin_lock_bh(&call->lock);	/* found, but not used before it is listed */
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
	call_put(call);
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
	trace_sipalg_call(call->id, SIPALG_CALL_TRYING, SIPALG_CALL_REASON_NONE);
	return call;
}

/* ---- look-up --------------------------------------------------------------------- */

static struct sipalg_call *call_find(const struct sipalg_call_event *ev, u64 tag)
{
	struct sipalg_call_key key = { ev->call_id, tag, ev->zone };

	return rhashtable_lookup(&ev->sn->calls->calls, &key, call_params);
}

static bool begins_call(const struct sipalg_call_event *ev)
{
	return ev->method == SIP_INVITE && !ev->status && !ev->to_tag;
}

/* Under RCU: a call of the table or a new one, not locked. */
static struct sipalg_call *call_find_or_add(const struct sipalg_call_event *ev,
					    enum sipalg_call_side *request_side)
{
	struct sipalg_call_key key = { ev->call_id, ev->from_tag, ev->zone };
	struct sipalg_call *call;

	*request_side = SIPALG_CALLER;
	call = call_find(ev, ev->from_tag);
	if (call)
		return call;
	if (ev->to_tag) {
		*request_side = SIPALG_CALLEE;
		return call_find(ev, ev->to_tag);
	}
	return begins_call(ev) ? call_add(ev, &key) : NULL;
}

struct sipalg_call *sipalg_call_enter(const struct sipalg_call_event *ev,
				      enum sipalg_call_side *request_side)
{
	struct sipalg_call *call;
	int tries;

	for (tries = 0; tries < 3; tries++) {
		call = call_find_or_add(ev, request_side);
		if (IS_ERR_OR_NULL(call))
			return call;
		spin_lock_bh(&call->lock);
		if (!call->is_dead) {
			refcount_inc(&call->ref);
			call->n_contacts_before = call->n_contacts;
			return call;
		}
		spin_unlock_bh(&call->lock);	/* taken out of the table just now */
	}
	return NULL;
}
SIPALG_EXPORT_TEST(sipalg_call_enter);

void sipalg_call_leave(struct sipalg_net *sn, struct sipalg_call *call, bool keep)
	__releases(&call->lock)
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
	while (!keep && call->n_contacts > call->n_contacts_before)
		contact_rm(sn, call);
	spin_unlock_bh(&call->lock);
	call_put(call);
}
SIPALG_EXPORT_TEST(sipalg_call_leave);

/* ---- what messages do ------------------------------------------------------------ */

/* the requests whose answers matter */
static bool is_remembered(u8 method)
{
	return method == SIP_INVITE || method == SIP_BYE || method == SIP_UPDATE ||
	       method == SIP_PRACK;
}

/* RFC 3261 12.2.2: both tags are the dialog's; while forks ring, every callee's tag is */
static bool tags_fit(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		     enum sipalg_call_side request_side)
{
	u64 callee = request_side == SIPALG_CALLER ? ev->to_tag : ev->from_tag;

	return callee && (!call->callee_tag || call->callee_tag == callee);
}

/* How long a call that is up lives without another message; RFC 4028 10 for the session timer. */
static u32 up_timeout(const struct sipalg_net *sn, const struct sipalg_call *call)
{
	u32 s = call->session_s;

	if (!s)
		return sipalg_settings_of(sn)->call_timeout;
	s = clamp_t(u32, s, 90, 604800);	/* RFC 4028 4: 90 s is the least */
	return s + max_t(u32, 32, s / 3);
}

/*
 * Who knows the tags of a call that is up may send a request of it, from anywhere: a party that
 * has moved, or a stranger whom the other one will refuse.
 */
static bool is_party(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		     enum sipalg_call_side side)
{
	const struct sip_addr *party = &call->party[side].addr;

	return call->state != SIPALG_CALL_UP || !party->family ||
	       sip_addr_equal(party, &ev->sender.addr);
}

/* A number counts as the party's own when it comes from there, or is agreed to. */
static void count_cseq(struct sipalg_call *call, const struct sipalg_call_event *ev,
		       enum sipalg_call_side side)
{
	if (is_party(call, ev, side))
		call->cseq[side] = ev->cseq;
}

static int call_reopen(const struct sipalg_call_event *ev, struct sipalg_call *call)
{
	struct sipalg_quota_key source = quota_key(ev, &ev->sender.addr);
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
	set_state(call, SIPALG_CALL_TRYING);
	set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	call->callee_tag = 0;
	sipalg_count(ev->sn, SIPALG_STAT_CALLS_ADDED);
	return 0;
}

/*
 * The same request again, perhaps behind a later one of its side.  With another description
 * it is none, and opens nothing (SECURITY P10).
 */
static enum sipalg_call_step advance_copy(const struct sipalg_call *call,
					  const struct sipalg_call_tx *tx,
					  const struct sipalg_call_event *ev)
{
	return call->state == SIPALG_CALL_ENDED || tx->body != ev->body ?
	       SIPALG_CALL_OUT_OF_ORDER : SIPALG_CALL_MAY_OPEN;
}

static enum sipalg_call_step advance_invite(struct sipalg_call *call,
					    const struct sipalg_call_event *ev,
					    enum sipalg_call_side side)
{
	struct sipalg_call_tx *tx = sipalg_call_tx_find(call, ev, side);

	if (tx)
		return advance_copy(call, tx, ev);
	if (ev->cseq < call->cseq[side])
		return SIPALG_CALL_OUT_OF_ORDER;
	if (ev->to_tag) {
		if (call->state == SIPALG_CALL_ENDED || !tags_fit(call, ev, side))
			return SIPALG_CALL_OUT_OF_ORDER;
	} else if (call->state == SIPALG_CALL_ENDED) {
		/*
		 * Tried again under the same Call-ID: after a redirection with a new CSeq
		 * (RFC 3261 8.1.3.4), or by a proxy on another branch (16.6).
		 */
		if (call_reopen(ev, call))
			return SIPALG_CALL_IN_ORDER;
		call->cseq[!side] = 0;
	}
	count_cseq(call, ev, side);
	if (call->state == SIPALG_CALL_TRYING)
		wait_longer(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	return sipalg_call_tx_add(call, ev, side);
}

/* CSeq belongs to a dialog (RFC 3261 12.2.1.1), and which one it is shows with the answer. */
static bool is_stale(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		     enum sipalg_call_side side)
{
	return call->callee_tag && ev->cseq < call->cseq[side];
}

/* A BYE only starts the clock: forged or unanswered, it closes nothing before its time. */
static enum sipalg_call_step advance_bye(struct sipalg_call *call,
					 const struct sipalg_call_event *ev,
					 enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED || !tags_fit(call, ev, side))
		return SIPALG_CALL_OUT_OF_ORDER;
	if (sipalg_call_tx_find(call, ev, side))
		return SIPALG_CALL_IN_ORDER;
	if (is_stale(call, ev, side) ||
	    (call->callee_tag && ev->cseq == call->cseq[side] && !sipalg_call_has_bye(call, ev,
										      side)))
		return SIPALG_CALL_OUT_OF_ORDER;
	count_cseq(call, ev, side);
	sipalg_call_tx_add(call, ev, side);
	if (time_before(sipalg_now(ev->sn) + SIPALG_CALL_LINGER_S * HZ, call->expires))
		set_expires(ev->sn, call, SIPALG_CALL_LINGER_S);
	return SIPALG_CALL_IN_ORDER;
}

static bool cancels_invite(struct sipalg_call *call, const struct sipalg_call_event *ev,
			   enum sipalg_call_side side)
{
	struct sipalg_call_event invite = *ev;

	invite.method = SIP_INVITE;
	return sipalg_call_tx_find(call, &invite, side);
}

static enum sipalg_call_step advance_request(struct sipalg_call *call,
					     const struct sipalg_call_event *ev,
					     enum sipalg_call_side side)
{
	struct sipalg_call_tx *tx;

	switch (ev->method) {
	case SIP_INVITE:
		return advance_invite(call, ev, side);
	case SIP_BYE:
		return advance_bye(call, ev, side);
	case SIP_ACK:	/* carries the answer to an offer in the 2xx (RFC 3261 13.2.1) */
		if (!tags_fit(call, ev, side))
			return SIPALG_CALL_OUT_OF_ORDER;
		return call->state == SIPALG_CALL_UP ? SIPALG_CALL_MAY_OPEN : SIPALG_CALL_IN_ORDER;
	case SIP_CANCEL:	/* has the branch of the INVITE that it is about (RFC 3261 9.1) */
		return cancels_invite(call, ev,
				      side) ? SIPALG_CALL_IN_ORDER : SIPALG_CALL_OUT_OF_ORDER;
	}
	if (call->state == SIPALG_CALL_ENDED || !tags_fit(call, ev, side))
		return SIPALG_CALL_OUT_OF_ORDER;
	tx = is_remembered(ev->method) ? sipalg_call_tx_find(call, ev, side) : NULL;
	if (tx)
		return advance_copy(call, tx, ev);
	if (is_stale(call, ev, side))
		return SIPALG_CALL_OUT_OF_ORDER;
	if (call->callee_tag)
		count_cseq(call, ev, side);
	if (!is_remembered(ev->method))
		return SIPALG_CALL_IN_ORDER;
	return sipalg_call_tx_add(call, ev, side);
}

/*
 * Asked for credentials: the caller sends the INVITE again at once, or has none.  Then nobody is
 * called, and what was said to the first one proves nothing any more (security.md B2).
 */
static void invite_challenged(struct sipalg_call *call, const struct sipalg_call_event *ev)
{
	struct sipalg_quota_key source = quota_key(ev, &ev->receiver);

	/* another branch of it may ring */
	if (call->state == SIPALG_CALL_UP || sipalg_call_is_pending(call, SIP_INVITE))
		return;
	set_state(call, SIPALG_CALL_TRYING);
	set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	sipalg_quota_open(ev->sn, &call->busy->half, &source, call->host);
}

static enum sipalg_call_step invite_failed(struct sipalg_call *call,
					   const struct sipalg_call_event *ev,
					   enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED)
		return SIPALG_CALL_IN_ORDER;
	if (ev->status == 401 || ev->status == 407) {
		invite_challenged(call, ev);
		return SIPALG_CALL_IN_ORDER;
	}
	/* a refused re-INVITE leaves the call as it was (RFC 3261 14.1) */
	if (call->state == SIPALG_CALL_UP) {
		sipalg_call_offer_refused(call, ev, side);
		return SIPALG_CALL_IN_ORDER;
	}
	sipalg_call_drop_branch(ev->sn, call, ev->to_tag);
	if (!sipalg_call_is_pending(call, SIP_INVITE))
		call_end(ev->sn, call, SIPALG_CALL_REFUSED);
	return SIPALG_CALL_IN_ORDER;
}

/* The call lives on, unless it is about to end. */
static void call_refresh(const struct sipalg_net *sn, struct sipalg_call *call)
{
	if (call->state == SIPALG_CALL_UP && !sipalg_call_is_pending(call, SIP_BYE))
		set_expires(sn, call, up_timeout(sn, call));
}

static enum sipalg_call_step invite_answered(struct sipalg_call *call,
					     const struct sipalg_call_event *ev,
					     enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED)
		return SIPALG_CALL_OUT_OF_ORDER;
	if (call->state != SIPALG_CALL_UP) {
		leave_half_open(ev->sn, call);
		set_state(call, SIPALG_CALL_UP);
		call->answered = sipalg_now(ev->sn);
		call->callee_tag = ev->to_tag;
		call->cseq[side] = ev->cseq;
		call->cseq[!side] = 0;
		sipalg_call_drop_losers(ev->sn, call);
	} else if (call->callee_tag != ev->to_tag && call->callee_tag != ev->from_tag) {
		return SIPALG_CALL_OUT_OF_ORDER;	/* a second branch: the caller ends it */
	} else if (ev->cseq > call->cseq[side]) {
		call->cseq[side] = ev->cseq;	/* it came from elsewhere, and is agreed to now */
		call->party[side] = (struct sip_endpoint){ ev->receiver };
	}
	call->session_s = ev->session_s;
	call_refresh(ev->sn, call);
	return SIPALG_CALL_MAY_OPEN;
}

/*
 * security.md B2: any server says 100 to anybody, before it has looked whom he wants.  Everything
 * later has a tag of the called end (RFC 3261 8.2.6.2, 12.1.1).
 */
static bool is_proof(const struct sipalg_call_event *ev)
{
	return ev->status > 100 && ev->to_tag;
}

static enum sipalg_call_step invite_progress(struct sipalg_call *call,
					     const struct sipalg_call_event *ev,
					     enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED)
		return SIPALG_CALL_OUT_OF_ORDER;
	if (call->state == SIPALG_CALL_UP && !tags_fit(call, ev, side))
		return SIPALG_CALL_IN_ORDER;		/* a branch that has lost already */
	if (call->state == SIPALG_CALL_TRYING && is_proof(ev)) {
		leave_half_open(ev->sn, call);
		set_state(call, SIPALG_CALL_RINGING);
	}
	if (call->state != SIPALG_CALL_UP)
		set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->ringing_timeout);
	return SIPALG_CALL_MAY_OPEN;
}

/* RFC 3261 15: in an early dialog a BYE ends that branch, and the others ring on. */
static void bye_done(struct sipalg_call *call, const struct sipalg_call_event *ev)
{
	if (call->callee_tag || !sipalg_call_is_pending(call, SIP_INVITE)) {
		call_end(ev->sn, call, SIPALG_CALL_HUNG_UP);
		return;
	}
	sipalg_call_drop_branch(ev->sn, call, ev->to_tag);
	set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->ringing_timeout);
}

static enum sipalg_call_step bye_answered(struct sipalg_call *call,
					  const struct sipalg_call_event *ev)
{
	if (ev->status / 100 == 2 || ev->status == 408 || ev->status == 481)
		bye_done(call, ev);
	else if (call->state == SIPALG_CALL_UP)
		call_refresh(ev->sn, call);	/* asked for credentials: it is not over yet */
	else if (call->state == SIPALG_CALL_RINGING)
		set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->ringing_timeout);
	return SIPALG_CALL_IN_ORDER;
}

/* RFC 3311, RFC 3262: the answers to UPDATE and PRACK may carry SDP, and UPDATE a session timer */
static enum sipalg_call_step update_answered(struct sipalg_call *call,
					     const struct sipalg_call_event *ev,
					     enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED || ev->status < 200)
		return SIPALG_CALL_IN_ORDER;
	if (ev->status == 401 || ev->status == 407)
		return SIPALG_CALL_IN_ORDER;
	if (ev->status >= 300) {
		sipalg_call_offer_refused(call, ev, side);
		return SIPALG_CALL_IN_ORDER;
	}
	sipalg_call_offer_agreed(call, ev, side);
	if (ev->method == SIP_UPDATE && call->state == SIPALG_CALL_UP) {
		call->session_s = ev->session_s;
		call_refresh(ev->sn, call);
	}
	return SIPALG_CALL_MAY_OPEN;
}

static enum sipalg_call_step advance_response(struct sipalg_call *call,
					      const struct sipalg_call_event *ev,
					      enum sipalg_call_side request_side)
{
	struct sipalg_call_tx *tx;

	if (!is_remembered(ev->method))
		return tags_fit(call, ev,
				request_side) ? SIPALG_CALL_IN_ORDER : SIPALG_CALL_OUT_OF_ORDER;
	tx = sipalg_call_tx_find(call, ev, request_side);
	if (!tx || !sipalg_call_tx_may_answer(tx, ev))
		return SIPALG_CALL_OUT_OF_ORDER;
	if (ev->status >= 200)
		tx->is_done = true;
	if (ev->method == SIP_BYE)
		return ev->status >= 200 ? bye_answered(call, ev) : SIPALG_CALL_IN_ORDER;
	if (ev->method != SIP_INVITE)
		return update_answered(call, ev, request_side);
	if (ev->status < 200)
		return invite_progress(call, ev, request_side);
	if (ev->status >= 300)
		return invite_failed(call, ev, request_side);
	sipalg_call_offer_agreed(call, ev, request_side);
	return invite_answered(call, ev, request_side);
}

enum sipalg_call_step sipalg_call_advance(struct sipalg_call *call,
					  const struct sipalg_call_event *ev,
					  enum sipalg_call_side request_side)
{
	enum sipalg_call_side sender = ev->status ? !request_side : request_side;
	bool is_known = ev->status || is_party(call, ev, request_side);
	enum sipalg_call_step step;

	lockdep_assert_held(&call->lock);
	step = ev->status ? advance_response(call, ev, request_side) :
			    advance_request(call, ev, request_side);
	if (step == SIPALG_CALL_OUT_OF_ORDER) {
		sipalg_count(ev->sn, SIPALG_STAT_OUT_OF_DIALOG);
		return step;
	}
	call->touched = sipalg_now(ev->sn);
	if (!call->session_s)
		call_refresh(ev->sn, call);
	if (!is_known)
		return step;
	call->party[sender] = ev->sender;
	sipalg_master_set(&call->flow[sender], call->flow[!sender], ev->flow);
	return step;
}
SIPALG_EXPORT_TEST(sipalg_call_advance);

static bool knows_request(struct sipalg_call *call, const struct sipalg_call_event *ev,
			  enum sipalg_call_side side)
{
	if (ev->method == SIP_CANCEL)
		return cancels_invite(call, ev, side);
	if (is_remembered(ev->method) && sipalg_call_tx_find(call, ev, side))
		return true;
	/* before the call is up any tag fits, and INVITEs need none */
	return (call->callee_tag || ev->method != SIP_INVITE) && tags_fit(call, ev, side);
}

bool sipalg_call_knows(const struct sipalg_call_event *ev)
{
	enum sipalg_call_side side = SIPALG_CALLER;
	struct sipalg_call *call = call_find(ev, ev->from_tag);
	bool knows;

	if (!call && ev->to_tag) {
		side = SIPALG_CALLEE;
		call = call_find(ev, ev->to_tag);
	}
	if (!call)
		return false;
	spin_lock_bh(&call->lock);
	knows = ev->status ? !!sipalg_call_tx_find(call, ev, side) : knows_request(call, ev, side);
	spin_unlock_bh(&call->lock);
	return knows;
}
SIPALG_EXPORT_TEST(sipalg_call_knows);

/* ---- what time does -------------------------------------------------------------- */

struct sipalg_master *sipalg_call_master(const struct sipalg_call *call, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *tuple = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	u32 i;

	lockdep_assert_held(&call->lock);
	for (i = 0; i < ARRAY_SIZE(call->flow); i++)
		if (sipalg_master_is(call->flow[i], tuple))
			return call->flow[i];
	return NULL;
}

static void keep_flow(struct sipalg_net *sn, const struct sipalg_call *call,
		      enum sipalg_call_side side)
{
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;

	if (!call->flow[side])
		return;
	nf_ct_zone_init(&zone, call->key.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	ct = sipalg_master_conn_get(sn->net, &zone, &call->flow[side]->tuple);
	if (!ct)
		return;
	sipalg_flow_keep(ct, NULL, SIPALG_CALL_TTL_S);
	nf_ct_put(ct);
}

/*
 * How long a stream may be silent.  Over TCP it may be for ever: such a connection cannot be
 * had back, and a chat has long pauses.
 */
static u32 silence_of(const struct sipalg_call *call, const struct sipalg_call_media *media,
		      const struct sipalg_settings *set)
{
	if (media->proto == IPPROTO_TCP)
		return 0;
	return sipalg_call_is_on_hold(call, media) ? set->hold_timeout : set->media_timeout;
}

/* Renews what the call has open.  A stream that was heard keeps a call without session timer. */
static void keep_pinholes(struct sipalg_net *sn, struct sipalg_call *call)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);
	unsigned long before = call->heard;
	struct sipalg_call_media *media;
	u32 i;

	list_for_each_entry(media, &call->media, node) {
		u32 silence_s = silence_of(call, media, set);

		for (i = 0; i < media->n; i++) {
			unsigned long heard = sipalg_pinhole_keep(sn, media->pin[i],
								  SIPALG_CALL_TTL_S, silence_s);

			if (heard && time_after(heard, call->heard))
				call->heard = heard;
		}
	}
	for (i = 0; i < call->n_contacts; i++)
		sipalg_pinhole_keep(sn, sipalg_call_contacts(call)[i], SIPALG_CALL_TTL_S, 0);
	if (call->heard != before && !call->session_s)
		call_refresh(sn, call);
}

/* Often enough for the shortest silence that is looked for, rarely enough for many calls. */
static u32 tick_s(const struct sipalg_settings *set)
{
	u32 s = SIPALG_CALL_TICK_S;

	if (set->media_timeout)
		s = min(s, set->media_timeout / 4);
	if (set->hold_timeout)
		s = min(s, set->hold_timeout / 4);
	return max(s, 1U);
}

static void renew_pinholes(struct sipalg_net *sn, struct sipalg_call *call)
{
	if (call->state == SIPALG_CALL_ENDED || time_before(sipalg_now(sn), call->tick))
		return;
	call->tick = sipalg_now(sn) + tick_s(sipalg_settings_of(sn)) * HZ;
	keep_flow(sn, call, SIPALG_CALLER);
	keep_flow(sn, call, SIPALG_CALLEE);
	keep_pinholes(sn, call);
}

static enum sipalg_call_reason expiry_reason(const struct sipalg_call *call)
{
	if (call->state == SIPALG_CALL_TRYING)
		return SIPALG_CALL_NO_ANSWER;
	if (call->state == SIPALG_CALL_RINGING)
		return SIPALG_CALL_RANG_OUT;
	return sipalg_call_is_pending(call, SIP_BYE) ? SIPALG_CALL_HUNG_UP : SIPALG_CALL_TIMED_OUT;
}

/*
 * What was asked is answered, and so long ago that nothing of it is sent again (RFC 3261
 * 17.1.1.2, 17.1.2.2: 64*T1).  Other requests than these two have no later answers.
 */
static void drop_idle_pending(struct sipalg_net *sn, struct sipalg_call *call)
{
	if (call->state != SIPALG_CALL_UP || !call->busy || sipalg_call_is_pending(call,
										   SIP_INVITE) ||
	    sipalg_call_is_pending(call, SIP_BYE))
		return;
	if (!time_before(sipalg_now(sn), call->touched + SIPALG_CALL_LINGER_S * HZ))
		sipalg_call_busy_drop(call);
}

static bool time_is_over(const struct sipalg_net *sn, unsigned long since, u32 limit_s)
{
	return limit_s && time_after(sipalg_now(sn), since + limit_s * HZ);
}

/* Return: whether the call is to be taken out of the table. */
static bool call_tick(struct sipalg_net *sn, struct sipalg_call *call)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);

	renew_pinholes(sn, call);
	drop_idle_pending(sn, call);
	if (call->state == SIPALG_CALL_UP && time_is_over(sn, call->answered,
							  set->call_max_duration))
		call_end(sn, call, SIPALG_CALL_TOO_LONG);
	if (call->state == SIPALG_CALL_UP && time_is_over(sn, call->touched,
							  set->dead_call_timeout) &&
	    time_is_over(sn, call->heard, set->dead_call_timeout))
		call_end(sn, call, SIPALG_CALL_DEAD);
	if (time_before(sipalg_now(sn), call->expires))
		return false;
	if (call->state == SIPALG_CALL_ENDED)
		return true;
	call_end(sn, call, expiry_reason(call));
	return false;
}

/* Under RCU. */
static void call_look_at(struct sipalg_net *sn, struct sipalg_call *call)
{
	bool is_gone;

	spin_lock_bh(&call->lock);
	is_gone = !call->is_dead && call_tick(sn, call);
	if (is_gone)
		call_rm(sn, call);
	spin_unlock_bh(&call->lock);
	if (is_gone)
		call_put(call);
}

bool sipalg_call_gc(struct sipalg_net *sn)
{
	struct sipalg_call_table *table = sn->calls;
	u32 left = sipalg_gc_share(atomic_read(&table->n));
	unsigned long id = READ_ONCE(table->gc_next);
	struct sipalg_call *call;

	rcu_read_lock();
	while ((call = sipalg_call_next(sn, &id)) && left--) {
		call_look_at(sn, call);
		id++;
		if (need_resched()) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	WRITE_ONCE(table->gc_next, call ? id : 0);
	return atomic_read(&table->n);
}
SIPALG_EXPORT_TEST(sipalg_call_gc);

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
			call_end(sn, call, SIPALG_CALL_ADMIN);
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
	leave_half_open(arg, call);
	call_release_host(arg, call);
	pinholes_rm(arg, call, SIPALG_PINHOLE_KEEP_CONNS);
	spin_unlock_bh(&call->lock);
	rcu_read_unlock();
	call_put(call);
}

/* No packet is under way in the namespace. */
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
