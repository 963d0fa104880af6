/* SPDX-License-Identifier: GPL-2.0 */
/*
 * speed: what reading a message costs, in the text core and in the parsers of others.
 *
 * An engine is a shared object: the text core of this tree, that of another commit, a SIP library.
 * Each is loaded with names of its own, so that all of them can take turns in one process.
 */
#ifndef _HOST_SPEED_H
#define _HOST_SPEED_H

#include <stdbool.h>
#include <stddef.h>

enum speed_stage {
	SPEED_PARSE,		/* the message is read */
	SPEED_PLAN,		/* and its description; what shall change is decided and planned */
	SPEED_RENDER,		/* and changed */
	SPEED_STAGES,
};

enum { SPEED_CAP = 4096 };	/* bytes that a message may have */

/**
 * struct speed_engine - somebody who reads messages
 * @run: one message up to that stage; NULL: the engine has no such stage.  The text ends with a NUL
 *	 that does not count, and has room up to SPEED_CAP.  @from_inside: the phone sent it.
 *	 Return: length of the message, a new one after SPEED_RENDER; 0 or less: it was not read
 * @memory: what it writes to, of @size bytes
 */
struct speed_engine {
	int (*run[SPEED_STAGES])(char *text, size_t len, bool from_inside);
	const void *memory;
	size_t size;
};

/* What each shared object provides. */
extern const struct speed_engine speed_engine __attribute__((visibility("default")));

#endif /* _HOST_SPEED_H */
