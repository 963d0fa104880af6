/* SPDX-License-Identifier: GPL-2.0 */
/* speed_messages: the messages that the engines of speed.h read. */
#ifndef _HOST_SPEED_MESSAGES_H
#define _HOST_SPEED_MESSAGES_H

#include <stdbool.h>

/**
 * struct speed_message - one of them; the last one has no name
 * @name: its method, or its status
 * @from_inside: the phone sends it
 * @text: ends with a NUL that does not count
 */
struct speed_message {
	const char *name;
	bool from_inside;
	const char *text;
};

extern const struct speed_message speed_messages[];

#endif /* _HOST_SPEED_MESSAGES_H */
