// SPDX-License-Identifier: GPL-2.0
/*
 * sip_name_addr: a URI and what stands around it.  See sip_name_addr.h.
 */
#include <linux/kernel.h>

#include "sip_cursor.h"
#include "sip_name_addr.h"
#include "sip_word.h"

/* Steps to the URI after a display name.  Return: 1: after a bracket; 0: bare; -EBADMSG. */
static int skip_display_name(struct sip_cursor *c)
{
	u32 from = c->at;

	if (cur_peek(c) == '"') {
		if (sip_skip_quoted(c))
			return -EBADMSG;
		cur_skip_lws(c);
		return cur_skip(c, '<') ? 1 : -EBADMSG;
	}
	for (;;) {
		int ch;

		cur_take(c, SIP_C_NAME);
		ch = cur_peek(c);
		if (cur_skip(c, '<'))
			return 1;
		if (ch < 0 || ch == ';' || ch == ',') {
			c->at = from;
			return 0;
		}
		if (ch != '\r' && ch != '\n')
			return -EBADMSG;
		cur_skip_lws(c);
	}
}

/* The index of the first bracket, of either kind, from @at on, or @end. */
static __always_inline u32 find_bracket(const char *p, u32 at, u32 end)
{
	for (; end - at >= SIP_WORD; at += SIP_WORD) {
		/* the two brackets differ in the bit of two */
		u64 hits = sip_word_is(sip_word_at(p + at) | SIP_WORD_ONES * 2, '>');

		if (hits)
			return at + sip_word_first(hits);
	}
	while (at < end && p[at] != '<' && p[at] != '>')
		at++;
	return at;
}

int sip_name_addr_take(struct sip_cursor *from, struct sip_slice *uri)
{
	struct sip_cursor c = *from;
	int bracket;
	u32 at;

	cur_skip_lws(&c);
	if (cur_skip(&c, '<')) {
		bracket = 1;
	} else {
		from->at = c.at;
		bracket = skip_display_name(from);
		if (bracket < 0)
			return -EBADMSG;
		c.at = from->at;
	}
	if (bracket) {
		at = find_bracket(c.p, c.at, c.end);
		*uri = sip_slice_of(c.at, at);
		from->at = at + 1;
		return at < c.end && c.p[at] == '>' ? 0 : -EBADMSG;
	}
	*uri = cur_take(&c, SIP_C_VALUE);
	from->at = c.at;
	/* a bracket that was not opened belongs to the URI for some readers */
	return sip_find(c.p, uri->off, c.at, '?') < c.at || cur_peek(&c) == '>' ? -EBADMSG : 0;
}

__cold int sip_name_addr_take_unclosed(struct sip_cursor *from, struct sip_slice *uri)
{
	struct sip_cursor c = *from;
	u32 at, end;

	cur_skip_lws(&c);
	if (!cur_skip(&c, '<') && skip_display_name(&c) != 1)
		return -EBADMSG;
	end = find_bracket(c.p, c.at, c.end);
	at = sip_find(c.p, c.at, end, ',');
	if (end < c.end && c.p[end] == '>')
		return -EBADMSG;
	from->at = at;
	while (at > c.at && (u8)c.p[at - 1] <= ' ')
		at--;
	*uri = sip_slice_of(c.at, at);
	return 0;
}

struct sip_slice sip_name_addr_trim(const struct sip_text *t, struct sip_slice s)
{
	u32 at = s.off, end = sip_slice_end(s);

	while (at < end && (u8)t->p[at] <= ' ')
		at++;
	while (end > at && (u8)t->p[end - 1] <= ' ')
		end--;
	return sip_slice_of(at, end);
}

__cold int sip_name_addr_take_only(struct sip_cursor *c, struct sip_slice *uri)
{
	u32 from = sip_find(c->p, c->at, c->end, '<') + 1, to = sip_find(c->p, c->at, c->end, '>');

	if (from >= to || to == c->end || sip_find(c->p, from, c->end, '<') < c->end ||
	    sip_find(c->p, to + 1, c->end, '>') < c->end)
		return -EBADMSG;
	*uri = sip_slice_of(from, to);
	c->at = to + 1;
	return 0;
}

__cold void sip_name_addr_skip(struct sip_cursor *c)
{
	while (c->at < c->end && c->p[c->at] != ',') {
		if (c->p[c->at] == '"') {
			if (sip_skip_quoted(c))
				c->at = c->end;
		} else if (c->p[c->at++] == '<') {
			/* a bracket that another one follows was never closed */
			u32 at = find_bracket(c->p, c->at, c->end);

			if (at < c->end && c->p[at] == '>')
				c->at = at;
		}
	}
}
