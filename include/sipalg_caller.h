/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_caller: who may call in through a signalling pinhole.
 */
#ifndef _SIPALG_CALLER_H
#define _SIPALG_CALLER_H

#include "sipalg_pinhole.h"

/* One address more that may call in; over SIPALG_PINHOLE_CALLERS the oldest may no longer. */
void sipalg_pinhole_add_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr);

/* Whether @addr is one of those, or the only one that is let in at all. */
bool sipalg_pinhole_has_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr);

/* A registration ends, and calls that share its way in keep it: for the callers so far. */
void sipalg_pinhole_leave_to_peers(struct sipalg_pinhole *pin);

/*
 * For sipalg_pinhole.c: whom the expectation of a pinhole that is to be armed lets in; NULL: all.
 * Under the pinhole's lock.
 */
const struct sip_addr *sipalg_pinhole_source_for(struct sipalg_pinhole *pin,
						 const struct sipalg_pinhole_want *want);

#endif /* _SIPALG_CALLER_H */
