// SPDX-License-Identifier: GPL-2.0
/*
 * sip_challenge: what a server says when it asks for a password.  See sip_challenge.h.
 */
#include "sip_challenge.h"
#include "sip_cursor.h"

bool sip_challenge_is_stale(const struct sip_text *text, struct sip_cursor *c)
{
	struct sip_slice name, value;
	bool is_stale = false;
	u32 from;

	while (c->at < c->end) {
		cur_skip_lws(c);
		name = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '=')) {
			if (!name.len && !cur_skip(c, ','))
				break;
			continue;	/* the scheme, or an empty place in the list */
		}
		cur_skip_lws(c);
		value = cur_take(c, SIP_C_TOKEN);
		from = c->at + 1;
		if (cur_peek(c) == '"') {
			if (sip_skip_quoted(c))
				break;
			value = sip_slice_of(from, c->at - 1);
		}
		is_stale |= sip_slice_is(text, name, SIP_LIT("stale")) &&
			    sip_slice_is(text, value, SIP_LIT("true"));
	}
	return is_stale;
}
