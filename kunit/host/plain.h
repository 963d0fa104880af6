/* SPDX-License-Identifier: GPL-2.0 */
/*
 * plain: a message before and behind the NAT, compared as bytes.
 *
 * Slow and simple: lines that may not change are equal, those that may are equal when
 * every address with its port is left out of them, and no address that is hidden is
 * left where it had to go.  This holds for messages too that no library takes.
 */
#ifndef _HOST_PLAIN_H
#define _HOST_PLAIN_H

#include "expect.h"

struct plain_text {
	const char *p;
	u32 len;
};

/* what was wrong, and of which kind */
enum plain_fault {
	PLAIN_GOOD,
	PLAIN_FOREIGN,	/* changed where nothing may be */
	PLAIN_LEAK,	/* a hidden address is left */
	PLAIN_LENGTH,	/* Content-Length was exact and is no more */
};

/**
 * plain_check() - compare
 * @was: the message before
 * @is: behind
 * @s: the scene
 * @way: from inside or to the inside
 * @why: what is wrong, where it is
 */
enum plain_fault plain_check(struct plain_text was, struct plain_text is, const struct scene *s,
			     enum expect_way way, const char **why);

/* The body of a message that says it is application/sdp; else its len is 0. */
struct plain_text plain_sdp(struct plain_text message);

/* A line of a body, or with @fold a header with its folded lines; @t goes on behind it. */
struct plain_text plain_line(struct plain_text *t, bool fold);

#endif /* _HOST_PLAIN_H */
