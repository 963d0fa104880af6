/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_event: what a message does to a call.
 */
#ifndef _SIPALG_CALL_EVENT_H
#define _SIPALG_CALL_EVENT_H

#include "sipalg_call.h"

/**
 * enum sipalg_call_step - what a message is to its call
 * @SIPALG_CALL_MAY_OPEN: in order, and its offer or answer may open something
 * @SIPALG_CALL_IN_ORDER: in order, and it opens nothing
 * @SIPALG_CALL_OUT_OF_ORDER: an answer to no request, or a request out of sequence
 */
enum sipalg_call_step {
	SIPALG_CALL_MAY_OPEN,
	SIPALG_CALL_IN_ORDER,
	SIPALG_CALL_OUT_OF_ORDER,
};

/**
 * sipalg_call_is_no() - does the called end refuse a call, or not exist?
 * @status: status code of an answer to an INVITE
 *
 * RFC 3261 21.4, 21.6.  The usual refusals of a re-INVITE do not count, as the dialog goes on after
 * them: 488, 491 and 500.  A re-INVITE may get 486 and 487 too (RFC 5057), but hardly ever does.
 *
 * Context: any.
 * Return: true: 404, 408, 410, 480, 481, 486, 487 and 6xx; false: any other.
 */
static inline bool sipalg_call_is_no(u16 status)
{
	switch (status) {
	case 404:
	case 408:
	case 410:
	case 480:
	case 481:
	case 486:
	case 487:
		return true;
	default:
		return status >= 600;
	}
}

/**
 * sipalg_call_advance() - let a message change the state of its call
 * @call: call, locked
 * @ev: message
 * @request_side: side that sent the request, as sipalg_call_enter() has set it
 *
 * RFC 3261 12 to 15, 3262, 3311.  A response acts only if it answers a pending request of the other
 * side.  A request acts only if it has the tags of the dialog and a CSeq number that is not below
 * the last one of its side.  A BYE closes nothing by itself: its answer ends the call, or 32 s
 * without an answer.
 *
 * Context: softirq or BH, under rcu_read_lock(); the lock of @call is held.
 * Return: SIPALG_CALL_MAY_OPEN, SIPALG_CALL_IN_ORDER or SIPALG_CALL_OUT_OF_ORDER.
 */
enum sipalg_call_step sipalg_call_advance(struct sipalg_call *call,
					  const struct sipalg_call_event *ev,
					  enum sipalg_call_side request_side);

/**
 * sipalg_call_knows() - does a message belong to a call of the table?
 * @ev: message; @ev->sender and the members after it need not be set
 *
 * For a message that is over a limit.  It belongs to a call if it is a request in a dialog, a
 * request that was seen before, the CANCEL of such a request, or a response to one.
 *
 * Context: softirq or BH, under rcu_read_lock(); takes the lock of the call.
 * Return: true: the message belongs to a call; false: it does not.
 */
bool sipalg_call_knows(const struct sipalg_call_event *ev);

#endif /* _SIPALG_CALL_EVENT_H */
