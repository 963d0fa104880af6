/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_cursor: how the text core reads bytes.
 *
 * A cursor cannot be read at its end, so no reader needs to compare first, and text
 * that a guard page follows is as good as any.  What several readers need stands here:
 * white space, quoted strings, parameters, headers, numbers, lines.
 */
#ifndef _SIP_CURSOR_H
#define _SIP_CURSOR_H

#include <linux/errno.h>
#include <linux/types.h>
#include "sip_chars.h"
#include "sip_limits.h"
#include "sip_slice.h"

/**
 * struct sip_cursor - a place in a value
 * @p: the message
 * @at: index of the next byte
 * @end: index after the value's last byte
 */
struct sip_cursor {
	const char *p;
	u32 at;
	u32 end;
};

/**
 * cur_peek() - look at the next byte
 * @c: the cursor
 *
 * Context: any; no lock, no allocation.
 * Return: the byte, 0 to 255; -1 at the end.
 */
static inline int cur_peek(const struct sip_cursor *c)
{
	return c->at < c->end ? (u8)c->p[c->at] : -1;
}

/**
 * cur_skip() - step over one byte, if it is the next one
 * @c: the cursor
 * @ch: the byte
 *
 * Context: any; no lock, no allocation.
 * Return: whether the byte was there.
 */
static inline bool cur_skip(struct sip_cursor *c, char ch)
{
	if (cur_peek(c) != ch)
		return false;
	c->at++;
	return true;
}

/**
 * cur_skip_lws() - step over linear white space (RFC 3261 25.1 LWS)
 * @c: the cursor
 *
 * sip_cut_header() has cut the value so that every CR and LF in it belongs to a line end that
 * a blank or tab follows.
 *
 * Context: any; no lock, no allocation.
 */
static inline void cur_skip_lws(struct sip_cursor *c)
{
	const char *p = c->p;
	u32 at = c->at;

	if (at < c->end && (u8)p[at] > ' ')	/* mostly there is none */
		return;
	while (at < c->end && (u8)p[at] <= ' ' &&
	       (p[at] == ' ' || p[at] == '\t' || p[at] == '\r' || p[at] == '\n'))
		at++;
	c->at = at;
}

/**
 * cur_is_lws() - whether linear white space is next
 * @c: the cursor, which stays
 *
 * Context: any; no lock, no allocation.
 * Return: false also at the end.
 */
static inline bool cur_is_lws(const struct sip_cursor *c)
{
	int ch = cur_peek(c);

	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

/**
 * cur_at_end() - step over white space, and see whether more follows
 * @c: the cursor
 *
 * Context: any; no lock, no allocation.
 * Return: true where nothing follows.
 */
static inline bool cur_at_end(struct sip_cursor *c)
{
	cur_skip_lws(c);
	return c->at == c->end;
}

/**
 * cur_take() - step over all bytes of a class
 * @c: the cursor
 * @class: bits SIP_C_*
 *
 * Context: any; no lock, no allocation.
 * Return: these bytes; empty where the next byte has none of the classes.
 */
static inline struct sip_slice cur_take(struct sip_cursor *c, u16 class)
{
	u32 from = c->at, at = from;

	while (at < c->end && sip_chars[(u8)c->p[at]] & class)
		at++;
	c->at = at;
	return sip_slice_of(from, at);
}

/**
 * sip_skip_quoted() - step over a quoted string (RFC 3261 25.1)
 * @c: stands at the first quote; afterwards after the last
 *
 * Return: 0; -EBADMSG where it does not end, or holds a control character.
 */
int sip_skip_quoted(struct sip_cursor *c);

/**
 * sip_next_param() - the next ";name[=value]" of a header
 * @c: stands after what came before
 * @name: out: the name
 * @value: out: the value; empty where there is none, the inside of a quoted string where it is one
 *
 * What is no parameter (nothing after a semicolon, or bytes that cannot be read) costs
 * nothing but itself: the cursor is after it, and the next call goes on there.  Every call
 * but the last moves the cursor.
 *
 * Return: 1: found; 0: no more parameters, the value or the header ends here; -EBADMSG: this
 * one cannot be read, @name and @value are not to be used.
 */
int sip_next_param(struct sip_cursor *c, struct sip_slice *name, struct sip_slice *value);

/**
 * sip_cut_header() - the next header, folded lines included (RFC 3261 7.3.1)
 * @text: the message
 * @at: where the header begins
 * @c: out: its text without the last line end
 *
 * A line ends with CRLF; LF alone and CR CRLF are taken for that, too, for all readers
 * known take them so.  They can be told from CRLF by their length.
 *
 * Return: the index after it; 0 where its end is not there, @c holds what is; -EBADMSG at
 * another CR, which ends a line for some readers and for others does not.
 */
int sip_cut_header(const struct sip_text *text, u32 at, struct sip_cursor *c);

/**
 * sip_number() - a slice as a decimal number
 * @text: the message
 * @s: the digits; all of it must be digits, leading zeros are allowed
 * @max: the largest value
 * @out: the value, written only on success
 *
 * Return: 0; -EBADMSG where it is empty or holds anything but digits, -ERANGE over @max.
 */
int sip_number(const struct sip_text *text, struct sip_slice s, u32 max, u32 *out);

/**
 * sip_take_number() - the digits that come next, as a number
 * @c: stands at the first; afterwards after the last
 * @max: the largest value
 * @digits: out: as they are written
 * @out: the value, written only on success
 *
 * Return: 0; -EBADMSG where there is no digit, -ERANGE over @max: all digits are taken then.
 */
int sip_take_number(struct sip_cursor *c, u32 max, struct sip_slice *digits, u32 *out);

/**
 * sip_number_write() - a number as decimal text
 * @n: the number
 * @buf: room for 10 bytes, of which more than the number has may be written; no NUL
 *
 * Return: bytes written.
 */
u32 sip_number_write(u32 n, char *buf);

/**
 * sip_line_end() - find the end of a line
 * @p: bytes
 * @at: where to begin
 * @end: where the bytes end
 *
 * Return: the index of the next LF from @at on, or @end.
 */
u32 sip_line_end(const char *p, u32 at, u32 end);

#endif /* _SIP_CURSOR_H */
