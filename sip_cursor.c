// SPDX-License-Identifier: GPL-2.0
/*
 * sip_cursor: reading bytes.  See sip_cursor.h.
 */
#include "sip_cursor.h"

#define T SIP_C_TOKEN
#define D (SIP_C_TOKEN | SIP_C_DIGIT | SIP_C_HOST | SIP_C_URI)
#define A (SIP_C_TOKEN | SIP_C_HOST | SIP_C_ALPHA | SIP_C_URI)
#define H (SIP_C_TOKEN | SIP_C_HOST | SIP_C_URI)
#define V (SIP_C_TOKEN | SIP_C_URI)
#define U SIP_C_URI
#define W SIP_C_WSP
#define C SIP_C_CTL

/* RFC 3261 25.1; bytes from 128 on are UTF-8, which stands in display names and reasons only */
const u8 sip_chars[256] = {
	/* 00 */ C, C, C, C, C, C, C, C, C, W, C, C, C, C, C, C,
	/* 10 */ C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	/*  ! " # $ % & ' ( ) * + , - . / */
	W, V, 0, U, U, V, U, V, U, U, V, V, U, H, H, U,
	/* 0-9 : ; < = > ? */
	D, D, D, D, D, D, D, D, D, D, U, U, 0, U, 0, U,
	/* @ A-O */
	U, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
	/* P-Z [ \ ] ^ _ */
	A, A, A, A, A, A, A, A, A, A, A, U, U, U, U, H,
	/* ` a-o */
	V, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
	/* p-z { | } ~ DEL */
	A, A, A, A, A, A, A, A, A, A, A, U, U, U, V, C,
};

#undef T
#undef D
#undef A
#undef H
#undef V
#undef U
#undef W
#undef C

/* ---- lines ----------------------------------------------------------------------- */

#define ONES	((u64)0x0101010101010101ULL)

/* not 0 where one of the eight bytes of @w is @ch */
static inline u64 has_byte(u64 w, u8 ch)
{
	w ^= ONES * ch;
	return (w - ONES) & ~w & (ONES << 7);
}

u32 sip_line_end(const char *p, u32 at, u32 end)
{
	u64 w;

	for (; end - at >= sizeof(w); at += sizeof(w)) {
		memcpy(&w, p + at, sizeof(w));
		if (has_byte(w, '\n'))
			break;
	}
	while (at < end && p[at] != '\n')
		at++;
	return at;
}

/*
 * The index of the next CR or LF, or @end.  A CR alone ends a line for nobody, and for
 * some it does: what stood behind it would be a header that we did not see.
 */
static u32 line_stop(const char *p, u32 at, u32 end)
{
	u64 w;

	for (; end - at >= sizeof(w); at += sizeof(w)) {
		memcpy(&w, p + at, sizeof(w));
		if (has_byte(w, '\n') | has_byte(w, '\r'))
			break;
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
		u8 ch = c->p[c->at++];

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

int sip_next_param(struct sip_cursor *c, struct sip_slice *name, struct sip_slice *value)
{
	u32 from;

	cur_skip_lws(c);
	if (!cur_skip(c, ';'))
		return 0;
	cur_skip_lws(c);
	*name = cur_take(c, SIP_C_TOKEN);
	if (!name->len)
		return -EBADMSG;
	*value = sip_slice_of(c->at, c->at);
	cur_skip_lws(c);
	if (!cur_skip(c, '='))
		return 1;
	cur_skip_lws(c);
	from = c->at;
	if (cur_peek(c) == '"') {
		if (sip_skip_quoted(c))
			return -EBADMSG;
		*value = sip_slice_of(from + 1, c->at - 1);
		return 1;
	}
	while (sip_char_is(cur_peek(c), SIP_C_URI) && cur_peek(c) != ';' && cur_peek(c) != ',')
		c->at++;
	*value = sip_slice_of(from, c->at);
	return 1;
}

int sip_cut_header(const struct sip_text *text, u32 at, struct sip_cursor *c)
{
	u32 eol = at;

	for (;;) {
		eol = line_stop(text->p, eol, text->len);
		if (eol - at >= SIP_MAX_LINE)
			return -EBADMSG;
		if (eol == text->len || (eol + 1 == text->len && text->p[eol] == '\r'))
			return 0;
		if (text->p[eol] != '\r' || text->p[eol + 1] != '\n')
			return -EBADMSG;
		if (eol + 2 == text->len)	/* whether it is folded stands in the next byte */
			return 0;
		if (!sip_char_is((u8)text->p[eol + 2], SIP_C_WSP))
			break;
		eol += 2;
	}
	*c = (struct sip_cursor){ text->p, at, eol };
	return eol + 2;
}

/* ---- numbers --------------------------------------------------------------------- */

int sip_number(const struct sip_text *text, struct sip_slice s, u32 max, u32 *out)
{
	u64 value = 0;
	u32 i;

	if (!s.len)
		return -EBADMSG;
	for (i = s.off; i < sip_slice_end(s); i++) {
		if (!sip_char_is((u8)text->p[i], SIP_C_DIGIT))
			return -EBADMSG;
		if (value <= max)	/* stays over max once it is, so it cannot wrap */
			value = value * 10 + (text->p[i] - '0');
	}
	if (value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

u32 sip_number_write(u32 n, char *buf)
{
	char tmp[10];
	u32 i = sizeof(tmp), len;

	do {
		tmp[--i] = '0' + n % 10;
		n /= 10;
	} while (n);
	len = sizeof(tmp) - i;
	memcpy(buf, tmp + i, len);
	return len;
}
