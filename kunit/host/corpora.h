/* SPDX-License-Identifier: GPL-2.0 */
/*
 * corpora: messages written by others, sets of files below one directory, in the order of their names.
 */
#ifndef _HOST_CORPORA_H
#define _HOST_CORPORA_H

#include <linux/types.h>
#include "sip_limits.h"

/* What is done with a file; @arg is the one of the walk. */
typedef void corpora_fn(const char *path, void *arg);

/* The sets that there may be; the last one has descriptions alone. */
enum { CORPORA_ALL = 8, CORPORA_SIP = CORPORA_ALL - 1 };
extern const char *const corpora_sets[CORPORA_ALL];

/*
 * The files of the set @name in @dir.  Nothing is done with what begins with a dot.
 * Where the set is not there this says so and returns false.
 */
bool corpora_walk(const char *dir, const char *name, corpora_fn *fn, void *arg);

/* Reads a file, of which half a message is enough; returns its length. */
u32 corpora_read(const char *path, char *buf);

/*
 * LF alone -> CRLF, where the text has no CR at all; returns the new length.
 * @buf has room for twice as much.
 */
u32 corpora_to_wire(char *buf, u32 len);

#endif
