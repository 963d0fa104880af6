// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call_event: what a message does to a call.  See sipalg_call_event.h.
 */
#include "sip_method.h"
#include "sipalg_call.h"
#include "sipalg_call_event.h"
#include "sipalg_call_internal.h"
#include "sipalg_call_media.h"
#include "sipalg_call_tx.h"
#include "sipalg_compat.h"

/* Whether the answers to a method matter, so that its requests are remembered. */
static bool is_remembered(u8 method)
{
	return method == SIP_INVITE || method == SIP_BYE || method == SIP_UPDATE ||
	       method == SIP_PRACK;
}

/* RFC 3261 12.2.2: both tags are those of the dialog; while forks ring, any callee's tag fits. */
static bool tags_fit(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		     enum sipalg_call_side request_side)
{
	u64 callee = request_side == SIPALG_CALLER ? ev->to_tag : ev->from_tag;

	return callee && (!call->callee_tag || call->callee_tag == callee);
}

/*
 * Whether the sender has the address of the party.  A request with the tags of a call that is up
 * may come from another address: from a party that has moved, or from a stranger that the other
 * party will refuse.
 */
static bool is_party(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		     enum sipalg_call_side side)
{
	const struct sip_addr *party = &call->party[side].addr;

	return call->state != SIPALG_CALL_UP || !party->family ||
	       sip_addr_equal(party, &ev->sender.addr);
}

/* Counts a CSeq number as that of the party, unless it comes from another address. */
static void count_cseq(struct sipalg_call *call, const struct sipalg_call_event *ev,
		       enum sipalg_call_side side)
{
	if (is_party(call, ev, side))
		call->cseq[side] = ev->cseq;
}

/* Whether both ends had a dialog before this router saw it, and none has confirmed that here. */
static bool is_unconfirmed(const struct sipalg_call *call)
{
	return call->is_taken_up && call->callee_tag &&
	       (call->state == SIPALG_CALL_TRYING || call->state == SIPALG_CALL_RINGING);
}

/* SECURITY 5.9: the INVITE was seen by another router alone, so its answers prove nothing yet. */
static enum sipalg_call_step answered_elsewhere(struct sipalg_call *call,
						const struct sipalg_call_event *ev)
{
	const struct sipalg_settings *set = sipalg_settings_of(ev->sn);

	if (call->state == SIPALG_CALL_ENDED)
		return SIPALG_CALL_OUT_OF_ORDER;
	if (ev->status >= 200 && call->callee_tag && call->callee_tag != ev->to_tag)
		return SIPALG_CALL_OUT_OF_ORDER;	/* another branch has answered before */
	if (ev->status >= 200) {
		call->callee_tag = ev->to_tag;
		call->session_s = ev->session_s;
	}
	sipalg_call_wait_longer(ev->sn, call, ev->status < 200 ? set->ringing_timeout :
							       SIPALG_CALL_LINGER_S);
	return SIPALG_CALL_MAY_OPEN;
}

static void call_is_up(struct sipalg_call *call, const struct sipalg_call_event *ev)
{
	sipalg_call_leave_half_open(ev->sn, call);
	sipalg_call_set_state(call, SIPALG_CALL_UP);
	call->answered = sipalg_now(ev->sn);
}

/*
 * A request comes again, perhaps after a later request of its side.  With another description it is
 * not a copy, and opens nothing (SECURITY P10).
 */
static enum sipalg_call_step advance_copy(const struct sipalg_call *call,
					  const struct sipalg_call_tx *tx,
					  const struct sipalg_call_event *ev)
{
	return call->state == SIPALG_CALL_ENDED || tx->body != ev->body ?
	       SIPALG_CALL_OUT_OF_ORDER : SIPALG_CALL_MAY_OPEN;
}

/* Remembers a new request.  Without memory no answer to it will be known, so it opens nothing. */
static enum sipalg_call_step remember(struct sipalg_call *call, const struct sipalg_call_event *ev,
				      enum sipalg_call_side side)
{
	return sipalg_call_tx_add(call, ev, side) ? SIPALG_CALL_MAY_OPEN : SIPALG_CALL_IN_ORDER;
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
		 * The caller tries again with the same Call-ID: after a redirection with a
		 * new CSeq (RFC 3261 8.1.3.4), or a proxy does on another branch (16.6).
		 */
		if (sipalg_call_reopen(ev, call))
			return SIPALG_CALL_IN_ORDER;
		call->cseq[!side] = 0;
	}
	count_cseq(call, ev, side);
	if (call->state == SIPALG_CALL_TRYING)
		sipalg_call_wait_longer(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
	return remember(call, ev, side);
}

/* A CSeq number belongs to a dialog (RFC 3261 12.2.1.1), and an answer says to which one. */
static bool is_stale(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		     enum sipalg_call_side side)
{
	return call->callee_tag && ev->cseq < call->cseq[side];
}

/* A BYE may be forged, so it only starts a timer: the call ends with the answer, or with time. */
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
		sipalg_call_set_expires(ev->sn, call, SIPALG_CALL_LINGER_S);
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
		if (is_unconfirmed(call) && sipalg_call_tx_is_acked(call, ev, side)) {
			call_is_up(call, ev);
			sipalg_call_refresh(ev->sn, call);
		}
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
	return remember(call, ev, side);
}

/*
 * A refused offer leaves the dialog as it was (RFC 3261 14.1, RFC 3311 5.2), but for an answer that
 * ends the dialog (RFC 3261 12.2.1.2).  A call that was taken up with no stream that the other
 * router had opened may not exist at all.
 */
static void offer_refused(struct sipalg_call *call, const struct sipalg_call_event *ev,
			  enum sipalg_call_side side)
{
	sipalg_call_offer_refused(call, ev, side);
	if (!is_unconfirmed(call))
		return;
	if (ev->status == 408 || ev->status == 481 || !call->n_pinholes) {
		sipalg_call_end(ev->sn, call, SIPALG_CALL_REFUSED);
		return;
	}
	call_is_up(call, ev);
	sipalg_call_refresh(ev->sn, call);
}

/*
 * A server asks for credentials: the caller sends the INVITE again at once, or has none.  Then no
 * phone rings, and earlier answers to the INVITE prove nothing any more (security.md B2).
 */
static void invite_challenged(struct sipalg_call *call, const struct sipalg_call_event *ev)
{
	struct sipalg_quota_key source = sipalg_call_quota_key(ev, &ev->receiver);

	/* another branch of the INVITE may ring */
	if (call->state == SIPALG_CALL_UP || sipalg_call_is_pending(call, SIP_INVITE))
		return;
	sipalg_call_set_state(call, SIPALG_CALL_TRYING);
	sipalg_call_set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->invite_timeout);
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
	if (call->state == SIPALG_CALL_UP || is_unconfirmed(call)) {
		offer_refused(call, ev, side);
		return SIPALG_CALL_IN_ORDER;
	}
	sipalg_call_drop_branch(ev->sn, call, ev->to_tag);
	if (!sipalg_call_is_pending(call, SIP_INVITE))
		sipalg_call_end(ev->sn, call, SIPALG_CALL_REFUSED);
	return SIPALG_CALL_IN_ORDER;
}

static enum sipalg_call_step invite_answered(struct sipalg_call *call,
					     const struct sipalg_call_event *ev,
					     enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED)
		return SIPALG_CALL_OUT_OF_ORDER;
	if (call->state != SIPALG_CALL_UP) {
		call_is_up(call, ev);
		call->callee_tag = side == SIPALG_CALLER ? ev->to_tag : ev->from_tag;
		call->cseq[side] = ev->cseq;
		call->cseq[!side] = 0;
		sipalg_call_drop_losers(ev->sn, call);
	} else if (call->callee_tag != ev->to_tag && call->callee_tag != ev->from_tag) {
		return SIPALG_CALL_OUT_OF_ORDER;	/* a second branch, which the caller ends */
	} else if (ev->cseq > call->cseq[side]) {
		call->cseq[side] = ev->cseq;	/* from a new address, which the answer confirms */
		call->party[side] = (struct sip_endpoint){ ev->receiver };
	}
	call->session_s = ev->session_s;
	sipalg_call_refresh(ev->sn, call);
	return SIPALG_CALL_MAY_OPEN;
}

/*
 * security.md B2: any server sends 100 to any caller, before it looks up the called end.  Every
 * later answer has a tag of the called end (RFC 3261 8.2.6.2, 12.1.1).
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
		sipalg_call_leave_half_open(ev->sn, call);
		sipalg_call_set_state(call, SIPALG_CALL_RINGING);
	}
	if (call->state != SIPALG_CALL_UP)
		sipalg_call_set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->ringing_timeout);
	return SIPALG_CALL_MAY_OPEN;
}

/* RFC 3261 15: in an early dialog a BYE ends its branch, and the other branches ring on. */
static void bye_done(struct sipalg_call *call, const struct sipalg_call_event *ev)
{
	if (call->callee_tag || !sipalg_call_is_pending(call, SIP_INVITE)) {
		sipalg_call_end(ev->sn, call, SIPALG_CALL_HUNG_UP);
		return;
	}
	sipalg_call_drop_branch(ev->sn, call, ev->to_tag);
	sipalg_call_set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->ringing_timeout);
}

static enum sipalg_call_step bye_answered(struct sipalg_call *call,
					  const struct sipalg_call_event *ev)
{
	if (ev->status / 100 == 2 || ev->status == 408 || ev->status == 481)
		bye_done(call, ev);
	else if (call->state == SIPALG_CALL_UP)
		sipalg_call_refresh(ev->sn, call);	/* credentials are wanted: it lives on */
	else if (call->state == SIPALG_CALL_RINGING)
		sipalg_call_set_expires(ev->sn, call, sipalg_settings_of(ev->sn)->ringing_timeout);
	return SIPALG_CALL_IN_ORDER;
}

/* RFC 3311, 3262: an answer to UPDATE or PRACK may carry SDP, one to UPDATE a session timer. */
static enum sipalg_call_step update_answered(struct sipalg_call *call,
					     const struct sipalg_call_event *ev,
					     enum sipalg_call_side side)
{
	if (call->state == SIPALG_CALL_ENDED || ev->status < 200)
		return SIPALG_CALL_IN_ORDER;
	if (ev->status == 401 || ev->status == 407)
		return SIPALG_CALL_IN_ORDER;
	if (ev->status >= 300) {
		offer_refused(call, ev, side);
		return SIPALG_CALL_IN_ORDER;
	}
	sipalg_call_offer_agreed(call, ev, side);
	if (is_unconfirmed(call))
		call_is_up(call, ev);
	if (ev->method == SIP_UPDATE && call->state == SIPALG_CALL_UP) {
		call->session_s = ev->session_s;
		sipalg_call_refresh(ev->sn, call);
	}
	return SIPALG_CALL_MAY_OPEN;
}

/*
 * The INVITE of a call that rings was seen by another router alone.  The first answer of each
 * branch shows the call all that it needs to know of it.
 */
static struct sipalg_call_tx *tx_of_other_router(struct sipalg_call *call,
						 const struct sipalg_call_event *ev,
						 enum sipalg_call_side side)
{
	struct sipalg_call_event request = *ev;
	struct sipalg_call_tx *tx;

	if (!call->is_taken_up || !ev->may_ring || !ev->is_inside[0] ||
	    call->state != SIPALG_CALL_TRYING || side != SIPALG_CALLER)
		return NULL;
	request.dir = !ev->dir;
	request.body = 0;
	request.receiver = ev->sender.addr;
	tx = sipalg_call_tx_add(call, &request, side);
	if (tx)
		tx->is_elsewhere = true;
	return tx;
}

/*
 * An UPDATE may have taken up a call that rings, or one that was answered.  If its INVITE, which
 * the other router has seen, is refused, it was the former.
 */
static enum sipalg_call_step invite_of_other_router(struct sipalg_call *call,
						    const struct sipalg_call_event *ev,
						    enum sipalg_call_side side)
{
	if (ev->method != SIP_INVITE || !call->is_taken_up || !ev->is_given ||
	    !sipalg_call_is_no(ev->status) || !tags_fit(call, ev, side))
		return SIPALG_CALL_OUT_OF_ORDER;
	sipalg_call_end(ev->sn, call, SIPALG_CALL_REFUSED);
	return SIPALG_CALL_IN_ORDER;
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
	if (!tx && ev->method == SIP_INVITE)
		tx = tx_of_other_router(call, ev, request_side);
	if (!tx)
		return invite_of_other_router(call, ev, request_side);
	if (!sipalg_call_tx_may_answer(tx, ev))
		return SIPALG_CALL_OUT_OF_ORDER;
	if (ev->status >= 200)
		tx->is_done = true;
	if (ev->method == SIP_BYE)
		return ev->status >= 200 ? bye_answered(call, ev) : SIPALG_CALL_IN_ORDER;
	if (ev->method != SIP_INVITE)
		return update_answered(call, ev, request_side);
	if (tx->is_elsewhere && ev->status < 300)
		return answered_elsewhere(call, ev);
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
	const struct sipalg_master *flow;
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
		sipalg_call_refresh(ev->sn, call);
	if (!is_known)
		return step;
	call->party[sender] = ev->sender;
	flow = call->flow[sender];
	sipalg_master_set(&call->flow[sender], call->flow[!sender], ev->flow);
	if (call->flow[sender] != flow)		/* the pinholes have to follow */
		sipalg_call_unsay(call);
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
	/* a call that was taken up has tags that nobody has confirmed (security.md B5) */
	if (call->is_taken_up && call->state != SIPALG_CALL_UP)
		return false;
	/* before the call is up any tag fits, and an INVITE needs none */
	return (call->callee_tag || ev->method != SIP_INVITE) && tags_fit(call, ev, side);
}

bool sipalg_call_knows(const struct sipalg_call_event *ev)
{
	enum sipalg_call_side side = SIPALG_CALLER;
	struct sipalg_call *call = sipalg_call_find(ev, ev->from_tag);
	bool knows;

	if (!call && ev->to_tag) {
		side = SIPALG_CALLEE;
		call = sipalg_call_find(ev, ev->to_tag);
	}
	if (!call)
		return false;
	spin_lock_bh(&call->lock);
	knows = ev->status ? !!sipalg_call_tx_find(call, ev, side) : knows_request(call, ev, side);
	spin_unlock_bh(&call->lock);
	return knows;
}
SIPALG_EXPORT_TEST(sipalg_call_knows);
