/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_event: what a message does to a call.
 */
#ifndef _SIPALG_CALL_EVENT_H
#define _SIPALG_CALL_EVENT_H

#include "sipalg_call.h"

/* what a message is to its call */
enum sipalg_call_step {
	SIPALG_CALL_MAY_OPEN,	/* in order, and its offer or answer may open something */
	SIPALG_CALL_IN_ORDER,	/* in order, and it opens nothing */
	SIPALG_CALL_OUT_OF_ORDER,	/* it answers no request, or is out of sequence */
};

/**
 * sipalg_call_advance() - let the message change the state of the call
 * @call: locked
 * @ev: the message
 * @request_side: as sipalg_call_enter() said
 *
 * RFC 3261 12 to 15, 3262, 3311.  A response acts only if it answers a pending
 * request of the other side; a request only with the dialog's tags and a CSeq that
 * is not below the last of its side.  A BYE closes nothing by itself, its
 * answer does, or 32 s of silence.
 *
 * Return: SIPALG_CALL_MAY_OPEN, SIPALG_CALL_IN_ORDER or SIPALG_CALL_OUT_OF_ORDER.
 */
enum sipalg_call_step sipalg_call_advance(struct sipalg_call *call,
					  const struct sipalg_call_event *ev,
					  enum sipalg_call_side request_side);

/**
 * sipalg_call_knows() - does a message belong to a call that we have?
 * @ev: the message; @ev->sender and what follows it are not asked
 *
 * For one that is over a limit: a request in a dialog, one that was seen before, the CANCEL of
 * one, or a response to one.
 *
 * Context: as sipalg_call_enter().
 * Return: whether it does.
 */
bool sipalg_call_knows(const struct sipalg_call_event *ev);

#endif /* _SIPALG_CALL_EVENT_H */
