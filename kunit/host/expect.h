/* SPDX-License-Identifier: GPL-2.0 */
/*
 * expect: what a library must read in a message behind the NAT, from what it read before.
 *
 * The rules of translation once more, over fields instead of bytes, and without any of
 * the text core's code: if the two disagree, one of them is wrong.
 */
#ifndef _HOST_EXPECT_H
#define _HOST_EXPECT_H

#include "library.h"
#include "world.h"

/* what is not to be seen in the fields: the same message from inside or to the inside */
enum expect_way {
	EXPECT_OUT,
	EXPECT_IN,
};

/* Fields of a message before become those behind. */
void expect_message(struct fields *f, const struct scene *s, enum expect_way way);
/* The same for its description. */
void expect_sdp(struct fields *f, const struct scene *s);

/* whether a text is that address, in whichever spelling */
bool expect_is_addr(const char *text, const struct sip_addr *addr);
/* an address as text */
const char *expect_text(const struct sip_addr *addr);

#endif /* _HOST_EXPECT_H */
