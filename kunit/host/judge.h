/* SPDX-License-Identifier: GPL-2.0 */
/*
 * judge: what became of a message with one damaged line.
 *
 * Compared line by line with what became of the good one, as bytes: every other line is
 * what it was there, and the damaged one is as it came, or with nothing in it exchanged
 * but the addresses and ports of the mapping.  Where another line cannot be read without
 * the damaged one (the sections of a damaged c=), it may be either.
 */
#ifndef _HOST_JUDGE_H
#define _HOST_JUDGE_H

#include "reference.h"

/**
 * struct trial - one damaged line
 * @was: the good message
 * @want: its translation, in the same lines
 * @broken: @was with a line damaged
 * @got: its translation
 * @line: which line
 * @scene: the scene of both translations
 */
struct trial {
	const struct message *was, *want, *broken;
	struct message *got;
	u32 line;
	const struct scene *scene;
};

enum verdict {
	LINE_STAYED,		/* and all others are right */
	LINE_TRANSLATED,
	MESSAGE_STAYED,		/* nobody can read it as a whole */
	WHOLLY_PRIVATE,		/* it stayed, for one line: from here on faults */
	OTHER_LINE,		/* another line is not what it was */
	ODD_LINE,		/* the damaged line is neither of both */
	HALF_SECTION,		/* an m= without its c=, or the reverse */
	MUST_STAY,		/* two readers may read it as two messages, and it changed */
	VERDICTS
};

extern const char *const verdict_names[VERDICTS];

/* @framing: message_framing() of the broken message; @bad: where a fault is */
enum verdict judge(struct trial *t, enum framing framing, u32 *bad);

#endif /* _HOST_JUDGE_H */
