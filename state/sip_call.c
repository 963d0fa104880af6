// SPDX-License-Identifier: GPL-2.0
/*
 * sip_call: the table of calls and what messages and time do to a call.  See
 * sip_call.h for the contract.
 */
#include <linux/rhashtable.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sip_call.h"
#include "sipalg_compat.h"
#include "sipalg_flow.h"

struct sip_call_table {
	struct rhashtable calls;
	atomic_t n;
	atomic_t last_id;
};

static const struct rhashtable_params call_params = {
	.key_offset = offsetof(struct sip_call, key),
	.key_len = sizeof(struct sip_call_key),
	.head_offset = offsetof(struct sip_call, node),
	.hashfn = sipalg_hash,
	.automatic_shrinking = true,
};

static struct kmem_cache *call_cache __read_mostly;
static struct kmem_cache *media_cache __read_mostly;

/* ---- names ----------------------------------------------------------------------- */

static const char * const state_names[] = {
	[SIP_CALL_TRYING]	= "trying",
	[SIP_CALL_RINGING]	= "ringing",
	[SIP_CALL_UP]		= "up",
	[SIP_CALL_ENDED]	= "ended",
};

static const char * const reason_names[] = {
	[SIP_CALL_REASON_NONE]	= "-",
	[SIP_CALL_REFUSED]	= "refused",
	[SIP_CALL_HUNG_UP]	= "hung-up",
	[SIP_CALL_NO_ANSWER]	= "no-answer",
	[SIP_CALL_RANG_OUT]	= "rang-out",
	[SIP_CALL_TIMED_OUT]	= "timed-out",
	[SIP_CALL_TOO_LONG]	= "too-long",
	[SIP_CALL_DEAD]		= "silent",
	[SIP_CALL_ADMIN]	= "administrator",
};

/* ---- media ----------------------------------------------------------------------- */

static void media_rm(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media,
		     enum sip_pinhole_end end)
{
	u32 i;

	for (i = 0; i < media->n; i++)
		sip_pinhole_close(sn, media->pin[i], end);
	call->n_pinholes -= media->n;
	list_del(&media->node);
	kmem_cache_free(media_cache, media);
}

struct sip_media *sip_call_media(struct sip_call *call, enum sip_side side,
				 const struct sip_endpoint *rtp, u8 proto)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node)
		if (media->side == side && media->proto == proto &&
		    sip_endpoint_equal(&media->rtp, rtp))
			return media;
	return NULL;
}

struct sip_media *sip_call_add_media(struct sip_call *call, enum sip_side side)
{
	struct sip_media *media = kmem_cache_zalloc(media_cache, GFP_ATOMIC);

	lockdep_assert_held(&call->lock);
	if (!media)
		return NULL;
	media->side = side;
	media->is_fresh = true;
	list_add_tail(&media->node, &call->media);
	return media;
}

static void media_set_peer(struct sipalg_net *sn, struct sip_media *media,
			   const struct sip_media *other)
{
	u32 i;

	for (i = 0; i < media->n; i++) {
		u32 rtcp = media->is_pairs && i & 1 ? other->rtcp : 0;
		u16 port = rtcp ? rtcp + (i & ~1U) : other->rtp.port + i;

		sip_pinhole_set_peer(sn, media->pin[i], &other->rtp.addr, port);
	}
}

/*
 * RFC 5761 5.1.1: RTCP comes to the RTP port where both sides say that it may, and then
 * nothing waits at its own.  It is kept for the case that one of them takes that back.
 */
static void media_set_mux(struct sipalg_net *sn, struct sip_media *media, bool is_agreed)
{
	u32 i;

	for (i = 1; media->is_pairs && i < media->n; i += 2)
		sip_pinhole_pause(sn, media->pin[i], is_agreed);
}

void sip_call_pair_media(struct sipalg_net *sn, struct sip_call *call)
{
	struct sip_media *media, *other;

	lockdep_assert_held(&call->lock);
	/* the list is in the order of announcement: the last one that fits is in force */
	list_for_each_entry(media, &call->media, node) {
		bool has_peer = false, has_mux = media->has_mux && media->is_agreed;

		if (!media->n)
			continue;
		list_for_each_entry(other, &call->media, node) {
			if (other->side == media->side || other->index != media->index)
				continue;
			media_set_peer(sn, media, other);
			has_peer = true;
			has_mux &= other->has_mux && other->is_agreed;	/* of every branch */
		}
		media_set_mux(sn, media, has_peer && has_mux);
	}
}

static void drop_branch(struct sipalg_net *sn, struct sip_call *call, u64 tag)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node)
		if (media->side == SIP_CALLEE && media->tag == tag)
			media_rm(sn, call, media, SIP_PINHOLE_SHORTEN);
}

/* RFC 3261 13.2.2.4: one branch was answered; the others' media are of no use any more. */
static void drop_losers(struct sipalg_net *sn, struct sip_call *call)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node)
		if (media->side == SIP_CALLEE && media->tag != call->callee_tag)
			media_rm(sn, call, media, SIP_PINHOLE_SHORTEN);
	sip_call_pair_media(sn, call);	/* the winner's may not have been announced last */
}

void sip_call_drop_media(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media)
{
	lockdep_assert_held(&call->lock);
	media_rm(sn, call, media, SIP_PINHOLE_SHORTEN);
}

void sip_call_hold(struct sip_call *call, enum sip_side side, u8 index, bool is_held)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node)
		if (media->side == side && media->index == index)
			media->is_held = is_held;
}

/* RFC 3264 8.4: a stream is held if either side says so. */
static bool is_on_hold(const struct sip_call *call, const struct sip_media *media)
{
	const struct sip_media *other;

	list_for_each_entry(other, &call->media, node)
		if (other->index == media->index && other->is_held)
			return true;
	return false;
}

bool sip_call_has_contact(const struct sip_call *call, const struct sip_pinhole *pin)
{
	u32 i;

	for (i = 0; i < call->n_contacts; i++)
		if (call->contact[i] == pin)
			return true;
	return false;
}

bool sip_call_add_contact(struct sip_call *call, struct sip_pinhole *pin)
{
	lockdep_assert_held(&call->lock);
	if (call->n_contacts == SIP_CALL_CONTACTS)
		return false;
	call->contact[call->n_contacts++] = pin;
	return true;
}

static void pinholes_rm(struct sipalg_net *sn, struct sip_call *call, enum sip_pinhole_end end)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node)
		media_rm(sn, call, media, end);
	while (call->n_contacts)
		sip_pinhole_close(sn, call->contact[--call->n_contacts], SIP_PINHOLE_LET);
}

/* ---- table ----------------------------------------------------------------------- */

static void call_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(call_cache, container_of(rcu, struct sip_call, rcu));
}

static void call_put(struct sip_call *call)
{
	if (refcount_dec_and_test(&call->ref))
		call_rcu(&call->rcu, call_free_rcu);
}

static void set_expires(const struct sipalg_net *sn, struct sip_call *call, u32 seconds)
{
	call->expires = sipalg_now(sn) + seconds * HZ;
}

static struct sip_call *call_alloc(const struct sip_call_event *ev, const struct sip_call_key *key)
{
	struct sip_call *call = kmem_cache_zalloc(call_cache, GFP_ATOMIC);

	if (!call)
		return NULL;
	call->key = *key;
	refcount_set(&call->ref, 1);
	spin_lock_init(&call->lock);
	INIT_LIST_HEAD(&call->media);
	call->id = atomic_inc_return(&ev->sn->calls->last_id);
	call->created = sipalg_now(ev->sn);
	call->touched = call->created;
	call->heard = call->created;
	call->tick = call->created;
	set_expires(ev->sn, call, sipalg_settings(ev->sn)->invite_timeout);
	call->shown = min_t(u32, ev->call_id_len, SIP_CALL_ID_SHOWN);
	memcpy(call->call_id, ev->call_id_text, call->shown);
	return call;
}

/* Two CPUs may see INVITEs of one call at once: both get the one that is in the table. */
static struct sip_call *call_add(const struct sip_call_event *ev, const struct sip_call_key *key)
{
	struct sip_call_table *table = ev->sn->calls;
	u32 max = sipalg_settings(ev->sn)->calls_max;
	struct sip_call *call, *old;

	if (max && atomic_read(&table->n) >= max) {
		sipalg_count(ev->sn, SIPALG_STAT_CALLS_FULL);
		return ERR_PTR(-ENOSPC);
	}
	call = call_alloc(ev, key);
	if (!call)
		return ERR_PTR(-ENOMEM);
	old = rhashtable_lookup_get_insert_fast(&table->calls, &call->node, call_params);
	if (old) {
		kmem_cache_free(call_cache, call);
		return IS_ERR(old) ? ERR_PTR(-ENOMEM) : old;
	}
	atomic_inc(&table->n);
	sipalg_gc_soon(ev->sn);
	sipalg_count(ev->sn, SIPALG_STAT_CALLS_ADDED);
	return call;
}

static struct sip_call *call_find(const struct sip_call_event *ev, u64 tag)
{
	struct sip_call_key key = { ev->call_id, tag, ev->zone };

	return rhashtable_lookup(&ev->sn->calls->calls, &key, call_params);
}

static bool begins_call(const struct sip_call_event *ev)
{
	return ev->method == SIP_INVITE && !ev->status && !ev->to_tag;
}

/* Under RCU: a call of the table or a new one, not locked. */
static struct sip_call *find_or_add(const struct sip_call_event *ev, enum sip_side *request_side)
{
	struct sip_call_key key = { ev->call_id, ev->from_tag, ev->zone };
	struct sip_call *call;

	*request_side = SIP_CALLER;
	call = call_find(ev, ev->from_tag);
	if (call)
		return call;
	if (ev->to_tag) {
		*request_side = SIP_CALLEE;
		return call_find(ev, ev->to_tag);
	}
	return begins_call(ev) ? call_add(ev, &key) : NULL;
}

struct sip_call *sip_call_enter(const struct sip_call_event *ev, enum sip_side *request_side)
{
	struct sip_call *call;
	int tries;

	for (tries = 0; tries < 3; tries++) {
		call = find_or_add(ev, request_side);
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
SIPALG_EXPORT(sip_call_enter);

void sip_call_leave(struct sipalg_net *sn, struct sip_call *call, bool keep)
	__releases(&call->lock)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		if (!media->is_fresh)
			continue;
		media->is_fresh = false;
		if (!keep)
			media_rm(sn, call, media, SIP_PINHOLE_LET);
	}
	while (!keep && call->n_contacts > call->n_contacts_before)
		sip_pinhole_close(sn, call->contact[--call->n_contacts], SIP_PINHOLE_LET);
	spin_unlock_bh(&call->lock);
	call_put(call);
}
SIPALG_EXPORT(sip_call_leave);

/* ---- what messages do ------------------------------------------------------------ */

/* the ends that somebody ordered: media stops at once */
static bool is_hard(enum sip_call_reason reason)
{
	return reason == SIP_CALL_TOO_LONG || reason == SIP_CALL_ADMIN;
}

static void call_end(struct sipalg_net *sn, struct sip_call *call, enum sip_call_reason reason)
{
	if (call->state == SIP_CALL_ENDED)
		return;
	pinholes_rm(sn, call, is_hard(reason) ? SIP_PINHOLE_CUT : SIP_PINHOLE_SHORTEN);
	call->state = SIP_CALL_ENDED;
	call->reason = reason;
	set_expires(sn, call, SIP_CALL_LINGER_S);
	sipalg_count(sn, SIPALG_STAT_CALLS_ENDED);
	if (sipalg_settings(sn)->log_calls)
		net_info_ratelimited("call %u ended: %s, %u s, Call-ID %*pE\n", call->id,
				     reason_names[reason],
				     sipalg_seconds_between(call->created, sipalg_now(sn)),
				     call->shown, call->call_id);
}

/* the requests whose answers matter */
static bool is_remembered(u8 method)
{
	return method == SIP_INVITE || method == SIP_BYE || method == SIP_UPDATE ||
	       method == SIP_PRACK;
}

static struct sip_tx *find_tx(struct sip_call *call, const struct sip_call_event *ev,
			      enum sip_side side)
{
	u32 i;

	for (i = 0; i < SIP_CALL_TXS; i++) {
		struct sip_tx *tx = &call->tx[i];

		if (tx->method == ev->method && tx->branch == ev->branch &&
		    tx->cseq == ev->cseq && tx->side == side)
			return tx;
	}
	return NULL;
}

/*
 * A place for one request more.  Those that were answered make room first, then
 * the oldest that may be forgotten; an INVITE or BYE goes last, for the call hangs
 * on its answer.
 */
static struct sip_tx *free_tx(struct sip_call *call)
{
	struct sip_tx *tx, *best = NULL;
	u32 i;

	for (i = 0; i < SIP_CALL_TXS; i++) {
		tx = &call->tx[(call->next_tx + i) % SIP_CALL_TXS];
		if (!tx->method || tx->is_done)
			break;
		if (!best && tx->method != SIP_INVITE && tx->method != SIP_BYE)
			best = tx;
	}
	if (i == SIP_CALL_TXS)
		tx = best ? best : &call->tx[call->next_tx % SIP_CALL_TXS];
	call->next_tx = tx - call->tx + 1;
	return tx;
}

static void remember_tx(struct sip_call *call, const struct sip_call_event *ev, enum sip_side side)
{
	struct sip_tx *tx = find_tx(call, ev, side);

	if (!tx)
		tx = free_tx(call);
	else if (tx->is_done)
		return;		/* a late retransmission */
	*tx = (struct sip_tx){
		.branch = ev->branch,
		.flow = *ev->flow,
		.sent_to = ev->receiver,
		.cseq = ev->cseq,
		.method = ev->method,
		.side = side,
		.dir = ev->dir,
		.body = ev->body,
	};
}

/*
 * SECURITY M5: an answer comes back on the connection of its request, or from the
 * address that the request was sent to.
 */
static bool may_answer(const struct sip_tx *tx, const struct sip_call_event *ev)
{
	if (sip_addr_equal(&tx->sent_to, &ev->sender.addr))
		return true;
	return tx->dir != ev->dir && nf_ct_tuple_equal(&tx->flow, ev->flow);
}

/* RFC 3261 12.2.2: both tags are the dialog's; while forks ring, every callee's tag is */
static bool tags_fit(const struct sip_call *call, const struct sip_call_event *ev,
		     enum sip_side request_side)
{
	u64 callee = request_side == SIP_CALLER ? ev->to_tag : ev->from_tag;

	return callee && (!call->callee_tag || call->callee_tag == callee);
}

/* How long a call that is up lives without another message; RFC 4028 10 for the session timer. */
static u32 up_timeout(const struct sipalg_net *sn, const struct sip_call *call)
{
	u32 s = call->session_s;

	if (!s)
		return sipalg_settings(sn)->call_timeout;
	s = clamp_t(u32, s, 90, 604800);	/* RFC 4028 4: 90 s is the least */
	return s + max_t(u32, 32, s / 3);
}

/*
 * The same request again, perhaps behind a later one of its side.  With another description
 * it is none, and opens nothing (SECURITY P10).
 */
static int advance_copy(const struct sip_call *call, const struct sip_tx *tx,
			const struct sip_call_event *ev)
{
	return call->state == SIP_CALL_ENDED || tx->body != ev->body ? -EPROTO : 0;
}

static int advance_invite(struct sip_call *call, const struct sip_call_event *ev,
			  enum sip_side side)
{
	struct sip_tx *tx = find_tx(call, ev, side);

	if (tx)
		return advance_copy(call, tx, ev);
	if (ev->cseq < call->cseq[side])
		return -EPROTO;
	if (ev->to_tag) {
		if (call->state == SIP_CALL_ENDED || !tags_fit(call, ev, side))
			return -EPROTO;
	} else if (call->state == SIP_CALL_ENDED) {
		/*
		 * Tried again under the same Call-ID: after a redirection with a new CSeq
		 * (RFC 3261 8.1.3.4), or by a proxy on another branch (16.6).
		 */
		call->state = SIP_CALL_TRYING;
		call->reason = SIP_CALL_REASON_NONE;
		call->callee_tag = 0;
		call->cseq[!side] = 0;
		sipalg_count(ev->sn, SIPALG_STAT_CALLS_ADDED);
	}
	call->cseq[side] = ev->cseq;
	if (call->state == SIP_CALL_TRYING)
		set_expires(ev->sn, call, sipalg_settings(ev->sn)->invite_timeout);
	remember_tx(call, ev, side);
	return 0;
}

/* CSeq belongs to a dialog (RFC 3261 12.2.1.1), and which one it is shows with the answer. */
static bool is_stale(const struct sip_call *call, const struct sip_call_event *ev,
		     enum sip_side side)
{
	return call->callee_tag && ev->cseq < call->cseq[side];
}

/* The same BYE comes by twice where both parties are behind this router: with other branches. */
static bool has_bye(const struct sip_call *call, const struct sip_call_event *ev,
		    enum sip_side side)
{
	u32 i;

	for (i = 0; i < SIP_CALL_TXS; i++)
		if (call->tx[i].method == SIP_BYE && call->tx[i].cseq == ev->cseq &&
		    call->tx[i].side == side)
			return true;
	return false;
}

/* A BYE only starts the clock: forged or unanswered, it closes nothing before its time. */
static int advance_bye(struct sip_call *call, const struct sip_call_event *ev, enum sip_side side)
{
	if (call->state == SIP_CALL_ENDED || !tags_fit(call, ev, side))
		return -EPROTO;
	if (find_tx(call, ev, side))
		return -ENOMSG;
	if (is_stale(call, ev, side) ||
	    (call->callee_tag && ev->cseq == call->cseq[side] && !has_bye(call, ev, side)))
		return -EPROTO;
	call->cseq[side] = ev->cseq;
	remember_tx(call, ev, side);
	if (time_before(sipalg_now(ev->sn) + SIP_CALL_LINGER_S * HZ, call->expires))
		set_expires(ev->sn, call, SIP_CALL_LINGER_S);
	return -ENOMSG;
}

static bool cancels_invite(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side)
{
	struct sip_call_event invite = *ev;

	invite.method = SIP_INVITE;
	return find_tx(call, &invite, side);
}

static int advance_request(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side)
{
	struct sip_tx *tx;

	switch (ev->method) {
	case SIP_INVITE:
		return advance_invite(call, ev, side);
	case SIP_BYE:
		return advance_bye(call, ev, side);
	case SIP_ACK:	/* carries the answer to an offer in the 2xx (RFC 3261 13.2.1) */
		if (!tags_fit(call, ev, side))
			return -EPROTO;
		return call->state == SIP_CALL_UP ? 0 : -ENOMSG;
	case SIP_CANCEL:	/* has the branch of the INVITE that it is about (RFC 3261 9.1) */
		return cancels_invite(call, ev, side) ? -ENOMSG : -EPROTO;
	}
	if (call->state == SIP_CALL_ENDED || !tags_fit(call, ev, side))
		return -EPROTO;
	tx = is_remembered(ev->method) ? find_tx(call, ev, side) : NULL;
	if (tx)
		return advance_copy(call, tx, ev);
	if (is_stale(call, ev, side))
		return -EPROTO;
	if (call->callee_tag)
		call->cseq[side] = ev->cseq;
	if (!is_remembered(ev->method))
		return -ENOMSG;
	remember_tx(call, ev, side);
	return 0;
}

static bool has_pending(const struct sip_call *call, u8 method)
{
	u32 i;

	for (i = 0; i < SIP_CALL_TXS; i++)
		if (call->tx[i].method == method && !call->tx[i].is_done)
			return true;
	return false;
}

/* SECURITY P10: what was offered and refused falls back to what was agreed. */
static int offer_refused(struct sip_call *call, const struct sip_call_event *ev,
			 enum sip_side side)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		if (media->side == side && media->named == ev->cseq)
			media->has_mux = media->old_mux;
		if (media->side != side || media->is_agreed || media->cseq > ev->cseq)
			continue;
		if (!media->has_old) {
			media_rm(ev->sn, call, media, SIP_PINHOLE_SHORTEN);
			continue;
		}
		media->rtp = media->old;
		media->rtcp = media->old_rtcp;
		media->has_old = false;
		media->is_agreed = true;
	}
	sip_call_pair_media(ev->sn, call);
	return -ENOMSG;
}

static void offer_agreed(struct sip_call *call, const struct sip_call_event *ev,
			 enum sip_side side)
{
	struct sip_media *media, *next;
	bool has_offer = false;

	list_for_each_entry(media, &call->media, node) {
		if (media->side != side || media->cseq > ev->cseq)
			continue;
		media->is_agreed = true;
		media->has_old = false;
		has_offer |= media->named == ev->cseq;
	}
	if (!has_offer || !call->callee_tag)
		return;
	/* RFC 3264 8.3: a port that the agreed offer names no more is free */
	list_for_each_entry_safe(media, next, &call->media, node)
		if (media->side == side && media->named < ev->cseq)
			media_rm(ev->sn, call, media, SIP_PINHOLE_SHORTEN);
}

static int invite_failed(struct sip_call *call, const struct sip_call_event *ev,
			 enum sip_side side)
{
	/* asked for credentials: the caller sends the INVITE again at once */
	if (call->state == SIP_CALL_ENDED || ev->status == 401 || ev->status == 407)
		return -ENOMSG;
	/* a refused re-INVITE leaves the call as it was (RFC 3261 14.1) */
	if (call->state == SIP_CALL_UP)
		return offer_refused(call, ev, side);
	drop_branch(ev->sn, call, ev->to_tag);
	if (!has_pending(call, SIP_INVITE))
		call_end(ev->sn, call, SIP_CALL_REFUSED);
	return -ENOMSG;
}

/* The call lives on, unless it is about to end. */
static void refresh(const struct sipalg_net *sn, struct sip_call *call)
{
	if (call->state == SIP_CALL_UP && !has_pending(call, SIP_BYE))
		set_expires(sn, call, up_timeout(sn, call));
}

static int invite_answered(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side)
{
	if (call->state == SIP_CALL_ENDED)
		return -EPROTO;
	if (call->state != SIP_CALL_UP) {
		call->state = SIP_CALL_UP;
		call->answered = sipalg_now(ev->sn);
		call->callee_tag = ev->to_tag;
		call->cseq[side] = ev->cseq;
		call->cseq[!side] = 0;
		drop_losers(ev->sn, call);
	} else if (call->callee_tag != ev->to_tag && call->callee_tag != ev->from_tag) {
		return -EPROTO;		/* a second branch: the caller will hang it up */
	}
	call->session_s = ev->session_s;
	refresh(ev->sn, call);
	return 0;
}

static int invite_progress(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side)
{
	if (call->state == SIP_CALL_ENDED)
		return -EPROTO;
	if (call->state == SIP_CALL_UP && !tags_fit(call, ev, side))
		return -ENOMSG;		/* a branch that has lost already */
	if (call->state == SIP_CALL_TRYING)
		call->state = SIP_CALL_RINGING;
	if (call->state == SIP_CALL_RINGING)
		set_expires(ev->sn, call, sipalg_settings(ev->sn)->ringing_timeout);
	return 0;
}

/* RFC 3261 15: in an early dialog a BYE ends that branch, and the others ring on. */
static void bye_done(struct sip_call *call, const struct sip_call_event *ev)
{
	if (call->callee_tag || !has_pending(call, SIP_INVITE)) {
		call_end(ev->sn, call, SIP_CALL_HUNG_UP);
		return;
	}
	drop_branch(ev->sn, call, ev->to_tag);
	set_expires(ev->sn, call, sipalg_settings(ev->sn)->ringing_timeout);
}

static int bye_answered(struct sip_call *call, const struct sip_call_event *ev)
{
	if (ev->status / 100 == 2 || ev->status == 408 || ev->status == 481)
		bye_done(call, ev);
	else if (call->state == SIP_CALL_UP)
		refresh(ev->sn, call);	/* asked for credentials: it is not over yet */
	else if (call->state == SIP_CALL_RINGING)
		set_expires(ev->sn, call, sipalg_settings(ev->sn)->ringing_timeout);
	return -ENOMSG;
}

/* RFC 3311, RFC 3262: the answers to UPDATE and PRACK may carry SDP, and UPDATE a session timer */
static int update_answered(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side)
{
	if (call->state == SIP_CALL_ENDED || ev->status < 200)
		return -ENOMSG;
	if (ev->status >= 300)
		return ev->status == 401 || ev->status == 407 ? -ENOMSG :
								offer_refused(call, ev, side);
	offer_agreed(call, ev, side);
	if (ev->method == SIP_UPDATE && call->state == SIP_CALL_UP) {
		call->session_s = ev->session_s;
		refresh(ev->sn, call);
	}
	return 0;
}

static int advance_response(struct sip_call *call, const struct sip_call_event *ev,
			    enum sip_side request_side)
{
	struct sip_tx *tx;

	if (!is_remembered(ev->method))
		return tags_fit(call, ev, request_side) ? -ENOMSG : -EPROTO;
	tx = find_tx(call, ev, request_side);
	if (!tx || !may_answer(tx, ev))
		return -EPROTO;
	if (ev->status >= 200)
		tx->is_done = true;
	if (ev->method == SIP_BYE)
		return ev->status >= 200 ? bye_answered(call, ev) : -ENOMSG;
	if (ev->method != SIP_INVITE)
		return update_answered(call, ev, request_side);
	if (ev->status < 200)
		return invite_progress(call, ev, request_side);
	if (ev->status >= 300)
		return invite_failed(call, ev, request_side);
	offer_agreed(call, ev, request_side);
	return invite_answered(call, ev, request_side);
}

int sip_call_advance(struct sip_call *call, const struct sip_call_event *ev,
		     enum sip_side request_side)
{
	enum sip_side sender = ev->status ? !request_side : request_side;
	int ret;

	lockdep_assert_held(&call->lock);
	ret = ev->status ? advance_response(call, ev, request_side) :
			   advance_request(call, ev, request_side);
	if (ret == -EPROTO) {
		sipalg_count(ev->sn, SIPALG_STAT_OUT_OF_DIALOG);
		return ret;
	}
	call->touched = sipalg_now(ev->sn);
	if (!call->session_s)
		refresh(ev->sn, call);
	call->party[sender] = ev->sender;
	call->flow[sender] = *ev->flow;
	call->has_flow[sender] = true;
	return ret;
}
SIPALG_EXPORT(sip_call_advance);

/* ---- what time does -------------------------------------------------------------- */

static void keep_flow(struct sipalg_net *sn, const struct sip_call *call, enum sip_side side)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;

	if (!call->has_flow[side])
		return;
	nf_ct_zone_init(&zone, call->key.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(sn->net, &zone, &call->flow[side]);
	if (!h)
		return;
	ct = nf_ct_tuplehash_to_ctrack(h);
	if (sipalg_flow_is_ours(ct))
		sipalg_flow_keep(ct, NULL, SIP_CALL_TTL_S);
	nf_ct_put(ct);
}

/*
 * How long a stream may be silent.  Over TCP it may be for ever: such a connection cannot be
 * had back, and a chat has long pauses.
 */
static u32 silence_of(const struct sip_call *call, const struct sip_media *media,
		      const struct sipalg_settings *set)
{
	if (media->proto == IPPROTO_TCP)
		return 0;
	return is_on_hold(call, media) ? set->hold_timeout : set->media_timeout;
}

/* Renews what the call has open.  A stream that was heard keeps a call without session timer. */
static void keep_pinholes(struct sipalg_net *sn, struct sip_call *call)
{
	const struct sipalg_settings *set = sipalg_settings(sn);
	unsigned long before = call->heard;
	struct sip_media *media;
	u32 i;

	list_for_each_entry(media, &call->media, node) {
		u32 silence_s = silence_of(call, media, set);

		for (i = 0; i < media->n; i++) {
			unsigned long heard = sip_pinhole_keep(sn, media->pin[i],
							       SIP_CALL_TTL_S, silence_s);

			if (heard && time_after(heard, call->heard))
				call->heard = heard;
		}
	}
	for (i = 0; i < call->n_contacts; i++)
		sip_pinhole_keep(sn, call->contact[i], SIP_CALL_TTL_S, 0);
	if (call->heard != before && !call->session_s)
		refresh(sn, call);
}

/* Often enough for the shortest silence that is looked for, rarely enough for many calls. */
static u32 tick_s(const struct sipalg_settings *set)
{
	u32 s = SIP_CALL_TICK_S;

	if (set->media_timeout)
		s = min(s, set->media_timeout / 4);
	if (set->hold_timeout)
		s = min(s, set->hold_timeout / 4);
	return max(s, 1U);
}

static void renew(struct sipalg_net *sn, struct sip_call *call)
{
	if (call->state == SIP_CALL_ENDED || time_before(sipalg_now(sn), call->tick))
		return;
	call->tick = sipalg_now(sn) + tick_s(sipalg_settings(sn)) * HZ;
	keep_flow(sn, call, SIP_CALLER);
	keep_flow(sn, call, SIP_CALLEE);
	keep_pinholes(sn, call);
}

static enum sip_call_reason expiry_reason(const struct sip_call *call)
{
	if (call->state == SIP_CALL_TRYING)
		return SIP_CALL_NO_ANSWER;
	if (call->state == SIP_CALL_RINGING)
		return SIP_CALL_RANG_OUT;
	return has_pending(call, SIP_BYE) ? SIP_CALL_HUNG_UP : SIP_CALL_TIMED_OUT;
}

static bool is_over(const struct sipalg_net *sn, unsigned long since, u32 limit_s)
{
	return limit_s && time_after(sipalg_now(sn), since + limit_s * HZ);
}

/* Return: whether the call is to be taken out of the table. */
static bool call_tick(struct sipalg_net *sn, struct sip_call *call)
{
	const struct sipalg_settings *set = sipalg_settings(sn);

	renew(sn, call);
	if (call->state == SIP_CALL_UP && is_over(sn, call->answered, set->call_max_duration))
		call_end(sn, call, SIP_CALL_TOO_LONG);
	if (call->state == SIP_CALL_UP && is_over(sn, call->touched, set->dead_call_timeout) &&
	    is_over(sn, call->heard, set->dead_call_timeout))
		call_end(sn, call, SIP_CALL_DEAD);
	if (time_before(sipalg_now(sn), call->expires))
		return false;
	if (call->state == SIP_CALL_ENDED)
		return true;
	call_end(sn, call, expiry_reason(call));
	return false;
}

static void call_rm(struct sip_call_table *table, struct sip_call *call)
{
	call->is_dead = true;
	rhashtable_remove_fast(&table->calls, &call->node, call_params);
	atomic_dec(&table->n);
}

bool sip_call_gc(struct sipalg_net *sn)
{
	struct sip_call_table *table = sn->calls;
	struct rhashtable_iter iter;
	struct sip_call *call;
	bool is_gone;

	rhashtable_walk_enter(&table->calls, &iter);
	rhashtable_walk_start(&iter);
	while ((call = rhashtable_walk_next(&iter))) {
		if (IS_ERR(call))	/* the table was resized: some are seen twice */
			continue;
		spin_lock_bh(&call->lock);
		is_gone = !call->is_dead && call_tick(sn, call);
		if (is_gone)
			call_rm(table, call);
		spin_unlock_bh(&call->lock);
		if (is_gone)
			call_put(call);
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return atomic_read(&table->n);
}
SIPALG_EXPORT(sip_call_gc);

/* ---- /proc/net/sipalg/calls ------------------------------------------------------ */

struct call_seq {
	struct seq_net_private p;	/* first: seq_file_net() looks here */
	struct rhashtable_iter iter;
};

size_t sip_call_seq_size(void)
{
	return sizeof(struct call_seq);
}

static void *next_call(struct call_seq *state)
{
	struct sip_call *call;

	do {
		call = rhashtable_walk_next(&state->iter);
	} while (IS_ERR(call));
	return call;
}

/* A walk is not kept between reads, for a file may be closed in the middle of it. */
static void *calls_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct call_seq *state = seq->private;
	void *v = SEQ_START_TOKEN;
	loff_t i;

	rhashtable_walk_enter(&sn->calls->calls, &state->iter);
	rhashtable_walk_start(&state->iter);
	for (i = 0; v && i < *pos; i++)
		v = next_call(state);
	return v;
}

static void *calls_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return next_call(seq->private);
}

static void calls_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	struct call_seq *state = seq->private;

	rhashtable_walk_stop(&state->iter);
	rhashtable_walk_exit(&state->iter);
}

static void show_pinhole(struct seq_file *seq, struct sip_pinhole *pin, bool is_rtcp)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct sip_pinhole_heard heard = sip_pinhole_heard(sn, pin);
	struct sip_endpoint peer = sip_pinhole_peer(pin);

	seq_printf(seq, " %s,real=", is_rtcp ? "rtcp" : "rtp");
	sipalg_show_endpoint(seq, &pin->real.addr, pin->real.port);
	seq_puts(seq, ",mapped=");
	sipalg_show_endpoint(seq, &pin->mapped.addr, pin->mapped.port);
	seq_puts(seq, ",peer=");
	sipalg_show_endpoint(seq, &peer.addr, peer.port);
	seq_printf(seq, ",%s", heard.is_live ? heard.is_waiting ? "live+waiting" : "live" :
		   heard.is_waiting ? "waiting" : "shut");
	if (heard.is_counted)
		seq_printf(seq, ",sent=%llu,heard=%llu", heard.from_host, heard.to_host);
}

static int calls_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	unsigned long now = sipalg_now(sn);
	struct sip_call *call = v;
	struct sip_media *media;
	u32 i;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "id state age_s idle_s left_s reason caller callee call_id media\n");
		return 0;
	}
	spin_lock_bh(&call->lock);
	seq_printf(seq, "%u %s %u %u %u %s ", call->id, state_names[call->state],
		   sipalg_seconds_between(call->created, now),
		   sipalg_seconds_between(call->touched, now),
		   sipalg_seconds_between(now, call->expires), reason_names[call->reason]);
	sipalg_show_endpoint(seq, &call->party[SIP_CALLER].addr, call->party[SIP_CALLER].port);
	seq_putc(seq, ' ');
	sipalg_show_endpoint(seq, &call->party[SIP_CALLEE].addr, call->party[SIP_CALLEE].port);
	/* octal escapes for all that is not plain: a stranger chose these bytes */
	seq_printf(seq, " %*pE", call->shown, call->call_id);
	list_for_each_entry(media, &call->media, node)
		for (i = 0; i < media->n; i++)
			show_pinhole(seq, media->pin[i], i & 1);
	seq_putc(seq, '\n');
	spin_unlock_bh(&call->lock);
	return 0;
}

int sip_call_end_by_id(struct sipalg_net *sn, u32 id)
{
	struct rhashtable_iter iter;
	struct sip_call *call;
	int err = -ENOENT;

	rhashtable_walk_enter(&sn->calls->calls, &iter);
	rhashtable_walk_start(&iter);
	while (err && (call = rhashtable_walk_next(&iter))) {
		if (IS_ERR(call) || call->id != id)
			continue;
		spin_lock_bh(&call->lock);
		if (call->state != SIP_CALL_ENDED) {
			call_end(sn, call, SIP_CALL_ADMIN);
			err = 0;
		}
		spin_unlock_bh(&call->lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return err;
}
SIPALG_EXPORT(sip_call_end_by_id);

const struct seq_operations sip_call_seq_ops = {
	.start = calls_start,
	.next = calls_next,
	.stop = calls_stop,
	.show = calls_show,
};

/* ---- setup ----------------------------------------------------------------------- */

int sip_call_setup(struct sipalg_net *sn)
{
	struct sip_call_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	int err;

	if (!table)
		return -ENOMEM;
	err = rhashtable_init(&table->calls, &call_params);
	if (err) {
		kfree(table);
		return err;
	}
	sn->calls = table;
	return 0;
}

static void call_destroy(void *ptr, void *arg)
{
	struct sip_call *call = ptr;

	rcu_read_lock();
	spin_lock_bh(&call->lock);
	call->is_dead = true;
	pinholes_rm(arg, call, SIP_PINHOLE_LET);
	spin_unlock_bh(&call->lock);
	rcu_read_unlock();
	call_put(call);
}

/* No packet is under way in the namespace. */
void sip_call_teardown(struct sipalg_net *sn)
{
	rhashtable_free_and_destroy(&sn->calls->calls, call_destroy, sn);
	kfree(sn->calls);
}

int sip_call_module_init(void)
{
	call_cache = KMEM_CACHE(sip_call, 0);
	media_cache = KMEM_CACHE(sip_media, 0);
	if (call_cache && media_cache)
		return 0;
	sip_call_module_exit();
	return -ENOMEM;
}

void sip_call_module_exit(void)
{
	rcu_barrier();		/* call_free_rcu() */
	kmem_cache_destroy(media_cache);
	kmem_cache_destroy(call_cache);
}
