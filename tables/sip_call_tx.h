/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_call_tx: the requests of a call that wait for their answers, and the room for them.
 *
 * All of this is for the files of this folder.  Every call here is locked.
 */
#ifndef _SIP_CALL_TX_H
#define _SIP_CALL_TX_H

#include "sip_call.h"

int sip_call_tx_module_init(void);
void sip_call_tx_module_exit(void);

/*
 * For sip_call.c, too: what is going on.  _get makes room where there is none (NULL: no memory),
 * _drop gives it back after a grace period, _free at once, with the call.
 */
struct sip_call_busy *sip_call_busy_get(struct sip_call *call);
void sip_call_busy_drop(struct sip_call *call);
void sip_call_busy_free(struct sip_call *call);

/* A request of that side with the branch, method and CSeq of @ev, or NULL. */
struct sip_tx *sip_call_tx_find(struct sip_call *call, const struct sip_call_event *ev,
				enum sip_side side);

/*
 * Remembers a request.  Return: SIP_CALL_MAY_OPEN; SIP_CALL_IN_ORDER where there is no memory: no
 * answer to it will be known.
 */
enum sip_call_step sip_call_tx_add(struct sip_call *call, const struct sip_call_event *ev,
				   enum sip_side side);

/*
 * SECURITY M5: an answer comes back on the connection of its request, or from the
 * address that the request was sent to.
 */
bool sip_call_tx_may_answer(const struct sip_tx *tx, const struct sip_call_event *ev);

/* The same BYE comes by twice where both parties are behind this router: with other branches. */
bool sip_call_has_bye(const struct sip_call *call, const struct sip_call_event *ev,
		      enum sip_side side);

/* Whether a request of that method waits for its final answer. */
bool sip_call_is_pending(const struct sip_call *call, u8 method);

#endif /* _SIP_CALL_TX_H */
