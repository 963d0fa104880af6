/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_caller: who may call in through a signalling pinhole.
 */
#ifndef _SIP_CALLER_H
#define _SIP_CALLER_H

#include "sip_pinhole.h"

/* One address more that may call in; over SIP_PINHOLE_CALLERS the oldest may no longer. */
void sip_pinhole_add_caller(struct sip_pinhole *pin, const struct sip_addr *addr);

/* Whether @addr is one of those, or the only one that is let in at all. */
bool sip_pinhole_has_caller(struct sip_pinhole *pin, const struct sip_addr *addr);

/* A registration ends, and calls that share its way in keep it: for the callers so far. */
void sip_pinhole_leave_to_peers(struct sip_pinhole *pin);

/*
 * For sip_pinhole.c: whom the expectation of a pinhole that is to be armed lets in; NULL: all.
 * Under the pinhole's lock.
 */
const struct sip_addr *sip_pinhole_source_for(struct sip_pinhole *pin,
					      const struct sip_pinhole_want *want);

#endif /* _SIP_CALLER_H */
