/* SPDX-License-Identifier: GPL-2.0 */
/*
 * back: what was translated comes home as it was written.
 *
 * In two ways: the translated message through the inverse mapping, and what a peer makes
 * of it (the Vias of its answer, the Contact as a Request-URI, Record-Route as Route, a
 * Refer-To, the description in an offer of its own), through the same mapping.
 */
#ifndef _HOST_BACK_H
#define _HOST_BACK_H

#include "plain.h"
#include "variant.h"

/*
 * How equal it is.  Each step allows one difference more, because what it undoes cannot
 * be seen in the translated message:
 */
enum back {
	BACK_EXACT,	/* byte for byte */
	BACK_PORT,	/* the own port is written where none was: the mapped one had to be */
	BACK_RTCP,	/* a=rtcp for a port that stands beside again: it had to be added */
	BACK_LENGTH,	/* Content-Length without the zeros that it began with */
	BACK_SPELLING,	/* the address in another spelling, RFC 5952's */
	BACK_PINHOLE,	/* a port of its own, which the module finds by the pinhole it opened for it */
	BACK_WRONG,
	BACKS
};

extern const char *const back_names[BACKS];

/**
 * struct back_case - one message and its translation
 * @v: the variant
 * @w: the message as it was read before
 * @s: the scene of the translation
 * @was: the message
 * @is: its translation
 */
struct back_case {
	const struct variant *v;
	const struct world *w;
	const struct scene *s;
	struct plain_text was, is;
};

/* The translation, translated back.  @got: what came back, where it is wrong. */
enum back back_inverse(const struct back_case *c, struct plain_text *got);
/* The answer and the request that a peer makes of it; BACKS where there is nothing to make. */
enum back back_answer(const struct back_case *c, struct plain_text *got);
enum back back_request(const struct back_case *c, struct plain_text *got);

#endif /* _HOST_BACK_H */
