/* SPDX-License-Identifier: GPL-2.0 */
/*
 * twin: one message, read by the quick readers and by the careful ones alone.
 *
 * The text core has two readers (sip_quick.h).  The careful one decides what a message says, so
 * the other one must say the same of every text: the same message, descriptions, edits and bytes.
 */
#ifndef _HOST_TWIN_H
#define _HOST_TWIN_H

#include "world.h"

enum { TWIN_MAX = 16384 };	/* bytes of a message */

/**
 * struct twin_counts - what came before the twins
 * @runs: messages
 * @start: with a start line
 * @whole: that were read
 * @changed: that were translated, and came out otherwise
 * @sdp: with a description
 */
struct twin_counts {
	u64 runs, start, whole, changed, sdp;
};

extern struct twin_counts twin_counts;

/*
 * Reads and translates @len bytes in both ways.  A page that cannot be read follows the text.
 * Return: NULL; what differs.
 */
const char *twin_check(const struct scene *scene, const char *p, u32 len);

#endif /* _HOST_TWIN_H */
