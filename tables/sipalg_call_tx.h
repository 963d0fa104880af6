/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_tx: the requests of a call that wait for their answers, and the room for them.
 *
 * Only the files of this folder use this header.  Each function here wants the lock of the call,
 * unless it says otherwise.
 */
#ifndef _SIPALG_CALL_TX_H
#define _SIPALG_CALL_TX_H

#include "sipalg_call.h"
#include "sipalg_call_event.h"

/**
 * sipalg_call_tx_module_init() - make the cache of pending requests, once
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_call_tx_module_init(void);

/**
 * sipalg_call_tx_module_exit() - free the cache of pending requests, after all calls are gone
 *
 * Context: process context.
 */
void sipalg_call_tx_module_exit(void);

/**
 * sipalg_call_busy_get() - make room for the requests of a call, where it has none
 * @call: call, locked, or not yet in the table
 *
 * Context: the lock of @call is held, or no other CPU can find @call yet.
 * Return: @busy of the call; NULL: there is no memory.
 */
struct sipalg_call_busy *sipalg_call_busy_get(struct sipalg_call *call);

/**
 * sipalg_call_busy_drop() - forget the requests of a call that lives on
 * @call: call, locked, with a @busy that is not NULL; the room is freed after a grace period
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_busy_drop(struct sipalg_call *call);

/**
 * sipalg_call_busy_free() - free the requests of a call together with the call
 * @call: call that has no user any more, after a grace period
 *
 * Context: any; no lock is needed.
 */
void sipalg_call_busy_free(struct sipalg_call *call);

/**
 * sipalg_call_tx_find() - a remembered request
 * @call: call, locked
 * @ev: the request, or an answer to it: its branch, method and CSeq number are used
 * @side: party that sent the request
 *
 * Context: the lock of @call is held.
 * Return: the request; NULL: it is not remembered.
 */
struct sipalg_call_tx *sipalg_call_tx_find(struct sipalg_call *call,
					   const struct sipalg_call_event *ev,
					   enum sipalg_call_side side);

/**
 * sipalg_call_tx_add() - remember a request
 * @call: call, locked
 * @ev: request, which sipalg_call_tx_find() has just not found
 * @side: party that sent the request
 *
 * Context: the lock of @call is held.
 * Return: the request; NULL: there is no memory, so no answer to the request will be known.
 */
struct sipalg_call_tx *sipalg_call_tx_add(struct sipalg_call *call,
					  const struct sipalg_call_event *ev,
					  enum sipalg_call_side side);

/**
 * sipalg_call_tx_may_answer() - does an answer come from where its request went to?
 * @tx: request of a locked call
 * @ev: answer
 *
 * SECURITY M5: an answer comes back on the connection of its request, or from the address that the
 * request was sent to.
 *
 * Context: the lock of the call is held.
 * Return: true: it does; false: it comes from elsewhere.
 */
bool sipalg_call_tx_may_answer(const struct sipalg_call_tx *tx, const struct sipalg_call_event *ev);

/**
 * sipalg_call_tx_is_acked() - does an ACK confirm an answer whose INVITE another router has seen?
 * @call: call, locked
 * @ev: ACK
 * @side: party that sent the INVITE and the ACK
 *
 * The ACK must go to the host that has answered, from another host.
 *
 * Context: the lock of @call is held.
 * Return: true: it confirms the answer; false: there is no such answer, or the ACK goes elsewhere.
 */
bool sipalg_call_tx_is_acked(const struct sipalg_call *call, const struct sipalg_call_event *ev,
			     enum sipalg_call_side side);

/**
 * sipalg_call_has_bye() - was a BYE of this CSeq number remembered, with any branch?
 * @call: call, locked
 * @ev: BYE
 * @side: party that sent the BYE
 *
 * Where both parties are inside, a BYE passes this router twice, with two branches.
 *
 * Context: the lock of @call is held.
 * Return: true: it was; false: it was not.
 */
bool sipalg_call_has_bye(const struct sipalg_call *call, const struct sipalg_call_event *ev,
			 enum sipalg_call_side side);

/**
 * sipalg_call_is_pending() - does a request wait for its final answer?
 * @call: call, locked
 * @method: method of the request, enum sip_method
 *
 * Context: the lock of @call is held.
 * Return: true: a request of this method, of either side, waits; false: none does.
 */
bool sipalg_call_is_pending(const struct sipalg_call *call, u8 method);

#endif /* _SIPALG_CALL_TX_H */
