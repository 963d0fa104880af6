/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_step: what work costs, counted.
 *
 * One step of a walk over what messages have left behind: a list, a chain of a hash table, an
 * array.  Only what is built for KUnit counts them: how far a message walks is what it costs, on
 * every machine (security.md B1).
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
