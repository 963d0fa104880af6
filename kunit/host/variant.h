/* SPDX-License-Identifier: GPL-2.0 */
/*
 * variant: what surrounds a published message when it is translated.
 *
 * The message decides who is hidden: from inside, the host that it says it is from; to
 * the inside, the host that it is for, which is then the published address of a host.
 */
#ifndef _HOST_VARIANT_H
#define _HOST_VARIANT_H

#include "expect.h"

/**
 * struct variant - one of the ways
 * @way: from inside or to the inside
 * @new_port: another port is published than the host has; else the same
 * @longer: the address becomes longer, else shorter
 * @apart: every other section of a description becomes a second address
 */
struct variant {
	enum expect_way way;
	bool new_port;
	bool longer;
	bool apart;
};

enum { VARIANTS = 16 };

struct variant variant_of(u32 i);

/*
 * @w: the message, read (world_plan() with any scene that hides something)
 * Return: whether it names anybody; else the scene is of a host that it does not know.
 */
bool variant_scene(const struct variant *v, const struct world *w, const struct sip_text *text,
		   struct scene *s);

/* The scene in which what was translated is translated back. */
void variant_back(const struct variant *v, const struct world *w, const struct scene *s,
		  struct scene *back);

#endif /* _HOST_VARIANT_H */
