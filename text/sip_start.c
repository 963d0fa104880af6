// SPDX-License-Identifier: GPL-2.0
/*
 * sip_start: the first line of a message, which says whether it is SIP at all.  See
 * sip_start.h for the contract.
 *
 * The version tells: no other protocol ends a request line with it, or begins a status line.
 * What else is odd about the line is left as it is.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "sip_cursor.h"
#include "sip_parse.h"
#include "sip_quick_header.h"
#include "sip_start.h"
#include "sip_word.h"

/* RFC 3261 7.1: method names are case-sensitive */
u8 sip_method_of(const struct sip_text *t, struct sip_slice s)
{
	static const struct {
		const char *name;
		u8 len;
		u8 method;
	} methods[] = {
#define X(NAME) { SIP_LIT(#NAME), SIP_##NAME },
		SIP_METHODS(X)
#undef X
	};
	const char *p = sip_slice_ptr(t, s);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (methods[i].len == s.len && methods[i].name[0] == *p &&
		    !memcmp(p, methods[i].name, s.len))
			return methods[i].method;
	return SIP_METHOD_OTHER;
}

/* Takes one blank, or any other number of blanks and tabs.  Return: whether there was one. */
static bool take_blank(struct sip_msg *msg, struct sip_cursor *c)
{
	u32 len;

	if (cur_skip(c, ' ') && cur_peek(c) > ' ')
		return true;
	len = cur_take(c, SIP_C_WSP).len;
	if (len || c->p[c->at - 1] == ' ')
		sip_leave(msg, SIP_LEFT_START);
	return len || c->p[c->at - 1] == ' ';
}

/* Looks for control characters.  Of these NUL and CR end a start line for some readers. */
static int check_line_controls(struct sip_msg *msg, struct sip_cursor c)
{
	for (; c.at < c.end; c.at++) {
		if (!sip_char_is(cur_peek(&c), SIP_C_CTL))
			continue;
		if (!cur_peek(&c) || cur_peek(&c) == '\r')
			return -ENOMSG;
		msg->flags |= SIP_MSG_PASSIVE;
		sip_leave(msg, SIP_LEFT_START);
	}
	return 0;
}

/*
 * Takes another version than 2.0.  The receiver answers it with 505 (RFC 3261 21.5.6), for which
 * it needs a Via that is right.  Return: whether there is one.
 */
static __cold bool take_other_version(struct sip_msg *msg, struct sip_cursor *c)
{
	u32 end = c->end;

	c->at += sizeof("SIP/") - 1;
	if (!cur_take(c, SIP_C_DIGIT).len || !cur_skip(c, '.') || !cur_take(c, SIP_C_DIGIT).len)
		return false;
	while (c->at < end && cur_peek(c) > ' ')
		c->at++;
	msg->flags |= SIP_MSG_PASSIVE;
	sip_leave(msg, SIP_LEFT_START);
	return true;
}

/* Takes the version, where there are at least the bytes of one that begins with "SIP/". */
static bool take_version(struct sip_msg *msg, struct sip_cursor *c)
{
	enum { LEN = sizeof("SIP/2.0") - 1 };

	if (!sip_same(c->p + c->at, SIP_LIT("SIP/2.0")) ||
	    (c->end - c->at > LEN && (u8)c->p[c->at + LEN] > ' '))
		return take_other_version(msg, c);
	c->at += LEN;
	return true;
}

/* Leaves a status that no response has.  Return: a status of the last class. */
static __cold u32 leave_status(struct sip_msg *msg)
{
	msg->flags |= SIP_MSG_PASSIVE;
	sip_leave(msg, SIP_LEFT_START);
	return 699;
}

/* "SIP/2.0" SP 3DIGIT SP reason; RFC 3261 7.2.  The version is compared in any case (7.1). */
static int read_status_line(struct sip_msg *msg, struct sip_cursor *c)
{
	u32 start, status = 0;

	if (!take_version(msg, c) || !take_blank(msg, c))
		return -ENOMSG;
	for (start = c->at; sip_char_is(cur_peek(c), SIP_C_DIGIT); c->at++)
		if (c->at - start < 3)
			status = status * 10 + (cur_peek(c) - '0');
	if (c->at == start)
		return -ENOMSG;
	if (c->at - start != 3 || status < 100 || status > 699)
		status = leave_status(msg);
	if (cur_peek(c) != ' ')	/* it stands there even without a reason */
		sip_leave(msg, SIP_LEFT_START);
	msg->flags |= SIP_MSG_RESPONSE;
	msg->status = status;
	return check_line_controls(msg, *c);
}

/* Leaves a Request-URI that cannot be read.  Its scheme is kept. */
static __cold int leave_request_uri(const struct sip_text *t, struct sip_msg *msg,
				    struct sip_slice text, int err)
{
	struct sip_uri *uri = &msg->uri[0];
	char first = text.len ? t->p[text.off] : 0;

	if (!first || first == '/' || first == '*')	/* SECURITY M1 */
		return -ENOMSG;
	*uri = (struct sip_uri){ .scheme = uri->scheme };
	if (err == -ERANGE)
		sip_leave(msg, SIP_LEFT_NUMBER);
	sip_leave(msg, SIP_LEFT_START);
	return check_line_controls(msg, (struct sip_cursor){ t->p, text.off, sip_slice_end(text) });
}

static int read_request_uri(const struct sip_text *t, struct sip_msg *msg,
			    struct sip_slice text)
{
	struct sip_uri *uri = &msg->uri[0];
	int err = sip_uri_parse(t, text, uri);

	msg->n_uris = 1;
	if (!err && uri->is_odd)
		sip_leave(msg, SIP_LEFT_START);
	return err ? leave_request_uri(t, msg, text, err) : 0;
}

/* Cuts a version that is a word of its own off the end of a line that is odd otherwise. */
static __cold bool cut_odd_version(struct sip_msg *msg, struct sip_cursor *c)
{
	struct sip_cursor word;
	u32 end = c->end;

	sip_leave(msg, SIP_LEFT_START);
	while (end > c->at && sip_char_is((u8)c->p[end - 1], SIP_C_WSP))
		end--;
	word = (struct sip_cursor){ c->p, end, end };
	while (word.at > c->at && (u8)c->p[word.at - 1] > ' ')
		word.at--;
	c->end = word.at;
	while (c->end > c->at && sip_char_is((u8)c->p[c->end - 1], SIP_C_WSP))
		c->end--;
	return c->end != word.at && end - word.at >= sizeof("SIP/2.0") - 1 &&
	       sip_same(c->p + word.at, SIP_LIT("SIP/")) && take_version(msg, &word);
}

/* Cuts the version, and the blank before it, off the end of the line. */
static bool cut_version(struct sip_msg *msg, struct sip_cursor *c)
{
	enum { LEN = sizeof("SIP/2.0") - 1 };
	u32 end = c->end;

	if (end - c->at > LEN + 1 && sip_same(c->p + end - LEN - 1, SIP_LIT(" SIP/2.0")) &&
	    (u8)c->p[end - LEN - 2] > ' ') {
		c->end = end - LEN - 1;
		return true;
	}
	return cut_odd_version(msg, c);
}

/* method SP Request-URI SP "SIP/2.0"; RFC 3261 7.1: no other white space */
static int read_request_line(const struct sip_text *t, struct sip_msg *msg,
			     struct sip_cursor *c)
{
	int err;

	msg->method_name = cur_take(c, SIP_C_TOKEN);
	if (!msg->method_name.len || !take_blank(msg, c) || !cut_version(msg, c))
		return -ENOMSG;
	err = read_request_uri(t, msg, sip_slice_of(c->at, c->end));
	msg->method = sip_method_of(t, msg->method_name);
	return err;
}

/* Reads a start line of any form. */
static int read_start(const struct sip_text *t, struct sip_msg *msg)
{
	u32 lf = sip_line_end(t->p, 0, t->len);
	struct sip_cursor c = { t->p, 0, lf };
	int err;

	if (!lf || t->len > SIP_MAX_MESSAGE)
		return -ENOMSG;
	if (lf > SIP_MAX_LINE)
		sip_leave(msg, SIP_LEFT_START);
	if (lf == t->len)
		return sip_char_is((u8)t->p[0], SIP_C_TOKEN) ? 0 : -ENOMSG;
	c.end -= t->p[lf - 1] == '\r';
	if (unlikely(c.end == lf || !c.end || t->p[c.end - 1] == '\r')) {
		sip_leave(msg, SIP_LEFT_START);
		c.end -= c.end < lf && c.end;
	}
	if (c.end > sizeof("SIP/2.0") - 1 && sip_same(t->p, SIP_LIT("SIP/")))
		err = read_status_line(msg, &c);
	else
		err = read_request_line(t, msg, &c);
	return err ? err : (int)lf + 1;
}

int sip_parse_start(const struct sip_text *t, struct sip_msg *msg)
{
	struct sip_quick q = sip_quick_of(t);
	int ret;

	sip_clear(msg, offsetof(struct sip_msg, uri));
	ret = q.last ? sip_quick_start(q, msg) : 0;
	return likely(ret) ? ret : read_start(t, msg);
}

u32 sip_keepalive_len(const struct sip_text *text)
{
	u32 at = 0;

	while (at + 2 <= text->len && text->p[at] == '\r' && text->p[at + 1] == '\n')
		at += 2;
	return at;
}
