/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_tx: the requests of a call that wait for their answers, and the room for them.
 *
 * All of this is for the files of this folder.  Every call here is locked.
 */
#ifndef _SIPALG_CALL_TX_H
#define _SIPALG_CALL_TX_H

#include "sipalg_call.h"
#include "sipalg_call_event.h"

int sipalg_call_tx_module_init(void);
void sipalg_call_tx_module_exit(void);

/*
 * For sipalg_call.c, too: what is going on.  _get makes room where there is none (NULL: no memory),
 * _drop gives it back after a grace period, _free at once, with the call.
 */
struct sipalg_call_busy *sipalg_call_busy_get(struct sipalg_call *call);
void sipalg_call_busy_drop(struct sipalg_call *call);
void sipalg_call_busy_free(struct sipalg_call *call);

/* A request of that side with the branch, method and CSeq of @ev, or NULL. */
struct sipalg_call_tx *sipalg_call_tx_find(struct sipalg_call *call,
					   const struct sipalg_call_event *ev,
					   enum sipalg_call_side side);

/*
 * Remembers a request.  Return: SIPALG_CALL_MAY_OPEN; SIPALG_CALL_IN_ORDER where there is no memory:
 * no answer to it will be known.
 */
enum sipalg_call_step sipalg_call_tx_add(struct sipalg_call *call,
					 const struct sipalg_call_event *ev,
					 enum sipalg_call_side side);

/*
 * SECURITY M5: an answer comes back on the connection of its request, or from the
 * address that the request was sent to.
 */
bool sipalg_call_tx_may_answer(const struct sipalg_call_tx *tx, const struct sipalg_call_event *ev);

/* The same BYE comes by twice where both parties are behind this router: with other branches. */
bool sipalg_call_has_bye(const struct sipalg_call *call, const struct sipalg_call_event *ev,
			 enum sipalg_call_side side);

/* Whether a request of that method waits for its final answer. */
bool sipalg_call_is_pending(const struct sipalg_call *call, u8 method);

#endif /* _SIPALG_CALL_TX_H */
