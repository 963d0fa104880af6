/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_step: a count of the steps that work takes.
 *
 * A step is one entry of a walk over state that earlier messages have made: a list, a chain of a
 * hash table, or an array.  Only builds for KUnit count steps.  The number of steps is the cost of
 * a message, and is the same on every machine (security.md B1).
 */
#ifndef _SIP_STEP_H
#define _SIP_STEP_H

#ifdef SIPALG_COUNT_STEPS
#include <linux/types.h>

extern u32 sipalg_steps;
#define sipalg_step()	WRITE_ONCE(sipalg_steps, sipalg_steps + 1)
#else
#define sipalg_step()	do { } while (0)
#endif

#endif /* _SIP_STEP_H */
