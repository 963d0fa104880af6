/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mutation: each line of each reference message, damaged in each way, translated.
 */
#ifndef _HOST_MUTATION_H
#define _HOST_MUTATION_H

#include "expect.h"
#include "judge.h"

enum { SHIFT = 20000 };	/* what a port of media becomes is so much more */

/**
 * struct mutation - one of them
 * @ref: the reference message
 * @way: from inside or to the inside
 * @longer: the address becomes longer, else shorter
 * @scene: what is known beside the message
 * @damage: what was done to it
 * @trial: the messages
 */
struct mutation {
	const struct reference *ref;
	enum expect_way way;
	bool longer;
	struct scene scene;
	const struct damage *damage;
	struct trial trial;
};

/*
 * Calls @f for each damaged message, from inside and to the inside, where the good one is
 * translated at all; and before that once with @damage NULL for the message itself.
 */
void mutations_each(const struct reference *r, u32 n, void (*f)(struct mutation *m));

/* A message becomes its translation; where that is refused, it stays. */
void mutation_translate(const struct scene *scene, const struct message *m, struct message *out);

/* the lines of a text, readable, each after a "# " and @mark */
void print_text(char mark, const char *p, u32 len);

#endif /* _HOST_MUTATION_H */
