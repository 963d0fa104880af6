// SPDX-License-Identifier: GPL-2.0
/*
 * sip_cursor: reading bytes.  See sip_cursor.h.
 */
#include <linux/kernel.h>

#include "sip_cursor.h"
#include "sip_word.h"

#define W (SIP_C_WSP | SIP_C_NAME)
#define C SIP_C_CTL
#define X SIP_C_NAME				/* UTF-8, which stands in names and reasons only */
#define E (SIP_C_URI | SIP_C_VALUE | SIP_C_NAME)	/* ends a part of an URI */
#define I (E | SIP_C_PARAM)			/* divides an URI */
#define L SIP_C_URI				/* divides lists and parameters */
#define U (I | SIP_C_USER)
#define V (U | SIP_C_TOKEN)
#define H (V | SIP_C_HOST)
#define A (H | SIP_C_ALPHA)
#define D (H | SIP_C_DIGIT)

/* RFC 3261 25.1 */
const u16 sip_chars[256] = {
	/* 00 */ C, C, C, C, C, C, C, C, C, W, C, C, C, C, C, C,
	/* 10 */ C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	/*  ! " # $ % & ' ( ) * + , - . / */
	W, V, 0, U, U, V, U, V, U, U, V, V, L | SIP_C_USER | SIP_C_PARAM, H, H, I,
	/* 0-9 : ; < = > ? */
	D, D, D, D, D, D, D, D, D, D, I, L, 0, U, X, E,
	/* @ A-O */
	E, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
	/* P-Z [ \ ] ^ _ */
	A, A, A, A, A, A, A, A, A, A, A, I, U, I, U, H,
	/* ` a-o */
	V, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
	/* p-z { | } ~ DEL */
	A, A, A, A, A, A, A, A, A, A, A, U, U, U, V, C,
	/* 80 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 90 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* a0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* b0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* c0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* d0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* e0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* f0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
};

#undef W
#undef C
#undef X
#undef E
#undef I
#undef L
#undef U
#undef V
#undef H
#undef A
#undef D

/* ---- lines ----------------------------------------------------------------------- */

u32 sip_line_end(const char *p, u32 at, u32 end)
{
	return sip_find(p, at, end, '\n');
}

/*
 * Return: the index of the next CR or LF, or @end.  A CR alone ends a line for some readers: they
 * would see a header after it that we did not see.
 */
static u32 find_line_end(const char *p, u32 at, u32 end)
{
	while (end - at >= 2 * SIP_WORD) {
		u64 hits = sip_word_below(sip_word_at(p + at), ' ');
		u64 more = sip_word_below(sip_word_at(p + at + SIP_WORD), ' ');

		if (!(hits | more)) {
			at += 2 * SIP_WORD;
			continue;
		}
		at += hits ? sip_word_first(hits) : SIP_WORD + sip_word_first(more);
		if (p[at] == '\n' || p[at] == '\r')
			return at;
		at++;		/* a tab, or worse */
	}
	while (at < end && p[at] != '\n' && p[at] != '\r')
		at++;
	return at;
}

/* ---- strings, parameters, headers ------------------------------------------------- */

int sip_skip_quoted(struct sip_cursor *c)
{
	c->at++;
	while (c->at < c->end) {
		u8 ch;

		cur_take(c, SIP_C_TOKEN);	/* most bytes; they say nothing here */
		if (c->at == c->end)
			break;
		ch = c->p[c->at++];
		if (ch == '"')
			return 0;
		if (ch == '\\') {	/* quoted-pair: any byte but CR and LF */
			if (cur_peek(c) == '\r' || cur_peek(c) == '\n')
				return -EBADMSG;
			c->at += c->at < c->end;
			continue;
		}
		if ((ch == '\r' && cur_peek(c) == '\n') || ch == '\n')
			continue;		/* folded */
		if (sip_char_is(ch, SIP_C_CTL))
			return -EBADMSG;
	}
	return -EBADMSG;
}

/* Steps over what cannot be read, to the next semicolon or comma that is not quoted. */
static __cold int skip_param(struct sip_cursor *from, u32 at)
{
	struct sip_cursor c = { from->p, at, from->end };

	while (c.at < c.end && c.p[c.at] != ';' && c.p[c.at] != ',') {
		if (c.p[c.at] != '"')
			c.at++;
		else if (sip_skip_quoted(&c))
			c.at = c.end;
	}
	from->at = c.at;
	return -EBADMSG;
}

int sip_next_param(struct sip_cursor *from, struct sip_slice *name, struct sip_slice *value)
{
	struct sip_cursor c = *from;	/* a local copy may stay in registers */

	cur_skip_lws(&c);
	if (!cur_skip(&c, ';')) {
		from->at = c.at;
		return c.at == c.end || c.p[c.at] == ',' ? 0 : skip_param(from, c.at);
	}
	cur_skip_lws(&c);
	*name = cur_take(&c, SIP_C_TOKEN);
	if (!name->len)
		return skip_param(from, c.at);
	*value = sip_slice_of(c.at, c.at);
	cur_skip_lws(&c);
	if (cur_skip(&c, '=')) {
		cur_skip_lws(&c);
		if (cur_peek(&c) == '"') {
			u32 quote = c.at;

			from->at = quote;
			if (sip_skip_quoted(from)) {
				from->at = from->end;	/* it is all one string */
				return -EBADMSG;
			}
			*value = sip_slice_of(quote + 1, from->at - 1);
			return 1;
		}
		*value = cur_take(&c, SIP_C_VALUE);
	}
	from->at = c.at;
	return 1;
}

/*
 * Steps over a line end at @eol that is not CRLF: readers take LF alone, and one CR too many.
 * Return: the index after it; 0: the end is not all there; -EBADMSG.
 */
static __cold int skip_odd_line_end(const struct sip_text *t, u32 eol)
{
	u32 lf = eol;

	while (lf < t->len && t->p[lf] == '\r' && lf - eol < 2)
		lf++;
	if (lf == t->len)
		return 0;
	return t->p[lf] == '\n' ? (int)lf + 1 : -EBADMSG;
}

int sip_cut_header(const struct sip_text *text, u32 at, struct sip_cursor *c)
{
	u32 eol = at;
	int next;

	for (;;) {
		eol = find_line_end(text->p, eol, text->len);
		c->p = text->p;
		c->at = at;
		c->end = eol;
		next = eol + 2;		/* nearly every sender ends lines so */
		if (unlikely(next >= text->len || text->p[eol] != '\r' ||
			     text->p[eol + 1] != '\n')) {
			next = skip_odd_line_end(text, eol);
			/* whether it is folded stands in the next byte */
			if (next <= 0 || next == text->len)
				return next < 0 ? next : 0;
		}
		if ((u8)text->p[next] > ' ' || !sip_char_is((u8)text->p[next], SIP_C_WSP))
			return next;
		eol = next;
	}
}

/* ---- numbers --------------------------------------------------------------------- */

int sip_take_number(struct sip_cursor *c, u32 max, struct sip_slice *digits, u32 *out)
{
	const char *p = c->p;
	u32 from = c->at, at = from, end = c->end;
	u64 value = 0;

	for (; at < end; at++) {
		u32 digit = (u8)p[at] - '0';

		if (digit > 9)
			break;
		if (value <= max)	/* stays over max once it is, so it cannot wrap */
			value = value * 10 + digit;
	}
	c->at = at;
	*digits = sip_slice_of(from, at);
	if (at == from)
		return -EBADMSG;
	if (value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

int sip_number(const struct sip_text *text, struct sip_slice s, u32 max, u32 *out)
{
	struct sip_cursor c = { text->p, s.off, sip_slice_end(s) };
	struct sip_slice digits;
	u32 value;
	int err = sip_take_number(&c, max, &digits, &value);

	/* only a number can be too large */
	if (c.at < c.end)
		return -EBADMSG;
	if (!err)
		*out = value;
	return err;
}

/* The four digits of a number below 10,000, one a byte, the first one lowest. */
static __always_inline u32 four_digits(u32 n)
{
	u32 high = n * 5243 >> 19;				/* n / 100 */
	u32 pairs = high | (n - high * 100) << 16;
	u32 tens = (pairs * 103 >> 10) & 0x000f000f;		/* each of the pairs / 10 */

	return tens | (pairs - tens * 10) << 8;
}

static void put_half(char *buf, u32 digits)
{
	((struct sip_half_word *)buf)->w = cpu_to_le32(digits | 0x30303030);
}

/* Writes a number that is neither a port nor the length of a body. */
static __cold u32 write_long(u32 n, char *buf)
{
	char tmp[10];
	u32 i = sizeof(tmp), len;

	for (; n; n /= 10)
		tmp[--i] = '0' + n % 10;
	len = sizeof(tmp) - i;
	memcpy(buf, tmp + i, len);
	return len;
}

u32 sip_number_write(u32 n, char *buf)
{
	u32 digits, zeros;

	if (unlikely(n > 99999))
		return write_long(n, buf);
	if (n > 9999) {
		buf[0] = '0' + n / 10000;
		put_half(buf + 1, four_digits(n % 10000));
		return 5;
	}
	digits = four_digits(n);
	/* the last digit is written in any case */
	zeros = __ffs64(digits | 1U << 24) / 8;
	put_half(buf, digits >> zeros * 8);
	return 4 - zeros;
}
