/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdp_quick: lines of a session description in their usual form.  See sip_quick.h for what that
 * means; the careful reader is in sdp_rewrite.c.
 */
#ifndef _SDP_QUICK_H
#define _SDP_QUICK_H

#include <linux/types.h>
#include "sdp_rewrite.h"
#include "sip_quick.h"

/**
 * struct sdp_reader - what the next line belongs to
 * @t: the message
 * @sdp: the result
 * @media: the section; NULL: the session
 * @skip: the line belongs to a section that stays as it is
 * @victim: index of a section: none before it is off
 */
struct sdp_reader {
	const struct sip_text *t;
	struct sdp *sdp;
	struct sdp_media *media;
	bool skip;
	u8 victim;
};

/**
 * sdp_quick_lines() - read lines for as long as they have their usual form
 * @r: the reader; not in a section that stays as it is
 * @q: the message up to the end of the description
 * @at: index where a line begins
 *
 * Context: any; no lock, no allocation.
 * Return: index of the first line that has another form, or where the description ends.
 */
u32 sdp_quick_lines(struct sdp_reader *r, struct sip_quick q, u32 at);

#endif /* _SDP_QUICK_H */
