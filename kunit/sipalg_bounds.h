/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_bounds: what one message costs at first and after a thousand others, printed and
 * compared (docs/security.md B1).
 *
 * Steps over what is remembered are counted, never time: the figures are the same on every
 * machine, but for a few steps, as keyed hashes put into chains what the boot's secret says.
 */
#ifndef _SIPALG_BOUNDS_H
#define _SIPALG_BOUNDS_H

#include "sipalg_lab.h"

enum {
	MANY	= 1000,
	TIMES	= 4,	/* as much as at first, at most */
};

/* what one message has cost, and what is remembered then */
struct cost {
	u32 steps;
	u32 objects;
};

static inline void expect_bounded(struct kunit *test, const char *table, struct cost first,
				  struct cost last)
{
	kunit_info(test, "%s: %u steps at first, %u after %u messages\n", table, first.steps,
		   last.steps, MANY);
	if (first.objects)
		kunit_info(test, "%s: %u objects, then %u\n", table, first.objects,
			   last.objects);
	KUNIT_EXPECT_GT_MSG(test, first.steps, 0, "%s", table);
	KUNIT_EXPECT_LE_MSG(test, last.steps, TIMES * first.steps, "%s", table);
	KUNIT_EXPECT_LE_MSG(test, last.objects, TIMES * first.objects, "%s", table);
}

#endif /* _SIPALG_BOUNDS_H */
