// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call_timer: what time does to a call.  See sipalg_call_timer.h.
 */
#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "sip_method.h"
#include "sipalg_call.h"
#include "sipalg_call_internal.h"
#include "sipalg_call_media.h"
#include "sipalg_call_timer.h"
#include "sipalg_call_tx.h"
#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_legacy.h"

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

/* Return: a signalling connection of a call, for which nf_ct_put() is to follow; or NULL. */
static struct nf_conn *flow_get(struct sipalg_net *sn, const struct sipalg_call *call,
				enum sipalg_call_side side)
{
	struct nf_conntrack_zone zone;

	if (!call->flow[side])
		return NULL;
	nf_ct_zone_init(&zone, call->key.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	return sipalg_master_conn_get(sn->net, &zone, &call->flow[side]->tuple);
}

static void keep_flow(struct sipalg_net *sn, const struct sipalg_call *call,
		      enum sipalg_call_side side)
{
	struct nf_conn *ct = flow_get(sn, call, side);

	if (!ct)
		return;
	sipalg_flow_keep(ct, NULL, SIPALG_CALL_TTL_S);
	nf_ct_put(ct);
}

static bool is_flow_given(struct sipalg_net *sn, const struct sipalg_call *call,
			  enum sipalg_call_side side)
{
	struct nf_conn *ct = flow_get(sn, call, side);
	bool is_given;

	if (!ct)
		return false;
	is_given = sipalg_flow_is_given(sipalg_flow_data_of(ct));
	nf_ct_put(ct);
	return is_given;
}

static bool is_live(struct sipalg_net *sn, const struct sipalg_call *call)
{
	struct sipalg_call_media *media;
	u32 i;

	list_for_each_entry(media, &call->media, node)
		for (i = 0; i < media->n; i++)
			if (sipalg_pinhole_last_heard(sn, sipalg_call_media_pin(media, i)).is_live)
				return true;
	return false;
}

/*
 * A router that is active again has records of calls that another router has had since.  Such a
 * call may have ended there, so nothing of it is opened again before its next message.  It is
 * forgotten when none of its media is left and what the other router had opened for it is over.
 * Return: whether another router has had the call since its last message here.
 */
static bool was_elsewhere(struct sipalg_net *sn, struct sipalg_call *call)
{
	u32 age = sipalg_legacy_since_given(sn, call->touched);

	if (!age || (!is_flow_given(sn, call, SIPALG_CALLER) &&
		     !is_flow_given(sn, call, SIPALG_CALLEE)))
		return false;
	if (age > SIPALG_CALL_TTL_S * HZ && !is_live(sn, call))
		sipalg_call_end(sn, call, SIPALG_CALL_TIMED_OUT);
	return true;
}

/*
 * Return: seconds that a stream may be silent; 0: for ever.  A TCP stream may be silent for ever: a
 * connection cannot be opened again, and a chat has long pauses.
 */
static u32 silence_of(const struct sipalg_call *call, const struct sipalg_call_media *media,
		      const struct sipalg_settings *set)
{
	if (media->proto == IPPROTO_TCP)
		return 0;
	return sipalg_call_is_on_hold(call, media) ? set->hold_timeout : set->media_timeout;
}

/* Renews the pinholes of a call.  A stream that was heard keeps a call without session timer up. */
static void keep_pinholes(struct sipalg_net *sn, struct sipalg_call *call)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);
	unsigned long before = call->heard;
	struct sipalg_call_media *media;
	u32 i;

	list_for_each_entry(media, &call->media, node) {
		u32 silence_s = silence_of(call, media, set);

		for (i = 0; i < media->n; i++) {
			struct sipalg_pinhole *pin = sipalg_call_media_pin(media, i);
			unsigned long heard = sipalg_pinhole_keep(sn, pin, SIPALG_CALL_TTL_S,
								  silence_s);

			if (heard && time_after(heard, call->heard))
				call->heard = heard;
		}
	}
	for (i = 0; i < call->n_contacts; i++)
		sipalg_pinhole_keep(sn, sipalg_call_contacts(call)[i], SIPALG_CALL_TTL_S, 0);
	if (call->heard != before && !call->session_s)
		sipalg_call_refresh(sn, call);
}

/* Return: seconds between two renewals: few enough to see the shortest silence that matters. */
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
	if (was_elsewhere(sn, call))
		return;
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
 * Forgets the requests of a call when INVITE and BYE were answered, and so long ago that neither is
 * sent again (RFC 3261 17.1.1.2, 17.1.2.2: 64*T1).  Other requests get no later answer.
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
		sipalg_call_end(sn, call, SIPALG_CALL_TOO_LONG);
	if (call->state == SIPALG_CALL_UP && time_is_over(sn, call->touched,
							  set->dead_call_timeout) &&
	    time_is_over(sn, call->heard, set->dead_call_timeout))
		sipalg_call_end(sn, call, SIPALG_CALL_DEAD);
	if (time_before(sipalg_now(sn), call->expires))
		return false;
	if (call->state == SIPALG_CALL_ENDED)
		return true;
	sipalg_call_end(sn, call, expiry_reason(call));
	return false;
}

/* The caller holds rcu_read_lock(). */
static void call_look_at(struct sipalg_net *sn, struct sipalg_call *call)
{
	bool is_gone;

	spin_lock_bh(&call->lock);
	is_gone = !call->is_dead && call_tick(sn, call);
	if (is_gone)
		sipalg_call_rm(sn, call);
	spin_unlock_bh(&call->lock);
	if (is_gone)
		sipalg_call_put(call);
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
