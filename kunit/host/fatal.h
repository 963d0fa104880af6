/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fatal: damage after which two readers may read two messages.
 *
 * Such a message stays as it came, whole (BEHAVIOUR 6): a translation by one reading would
 * be wrong by the other.
 */
#ifndef _HOST_FATAL_H
#define _HOST_FATAL_H

#include "reference.h"

/**
 * struct fatal - a way
 * @name: what it is called in reports
 * @make: writes the damaged message; its lines mean nothing.  Return: whether there is
 *	  something to damage
 */
struct fatal {
	const char *name;
	bool (*make)(const struct message *m, struct message *out);
};

extern const struct fatal fatals[];
extern const u32 n_fatals;

#endif /* _HOST_FATAL_H */
