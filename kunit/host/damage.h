/* SPDX-License-Identifier: GPL-2.0 */
/*
 * damage: one line of a good message, broken in one way.
 *
 * Each way is a small function with a name.  What is broken is the text of the line, never
 * its end, so that the message keeps its other lines; where a way adds a line end, that is
 * a bare LF.
 */
#ifndef _HOST_DAMAGE_H
#define _HOST_DAMAGE_H

#include <linux/types.h>

/* what a line is */
enum line_kind {
	LINE_START	= 1 << 0,
	LINE_HEADER	= 1 << 1,	/* with its folded lines */
	LINE_BODY	= 1 << 2,
	LINE_EMPTY	= 1 << 3,	/* between the header section and the body */
};

enum { DAMAGE_GROWTH = 9216 };	/* bytes by which a line may become longer */

/**
 * struct damage_line - the line that is to be damaged
 * @p: its text
 * @len: without its end
 * @name: bytes of a header's name, of a description's letter, or of a start line's first word
 * @value: where the value begins, without blanks in front
 * @kind: enum line_kind
 */
struct damage_line {
	const char *p;
	u32 len;
	u32 name;
	u32 value;
	u8 kind;
};

/**
 * struct damage - a way to damage a line
 * @name: what it is called in reports
 * @where: kinds of lines that it is for
 * @make: writes the damaged line, without its end, to @out, which has room for @l->len and
 *	  DAMAGE_GROWTH bytes.  Return: its bytes; -1 where the line has nothing to damage so
 */
struct damage {
	const char *name;
	u8 where;
	int (*make)(const struct damage_line *l, char *out);
};

extern const struct damage damages[];
extern const u32 n_damages;

struct damage_line damage_line(const char *p, u32 len, u8 kind);

#endif /* _HOST_DAMAGE_H */
