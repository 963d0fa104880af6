/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_quick: values in the form in which nearly every sender writes them.
 *
 * The text core has two readers.  The careful reader takes every form of a value, says what is
 * wrong with it, and decides.  The quick reader takes one form of each value, the usual one.  It
 * never reports a fault: of every other form it says nothing, and the careful reader reads that
 * header or line from its beginning.  What the quick reader takes it reads exactly as the careful
 * one does; kunit/host/twin.c compares the two.
 *
 * The quick reader does not search for the end of a line before it reads the line.  No character
 * class has CR or LF in it, and one LF is known to stand after each place where it reads.  So a
 * loop over a class needs no second comparison.
 */
#ifndef _SIP_QUICK_H
#define _SIP_QUICK_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <asm/byteorder.h>
#include "sip_chars.h"
#include "sip_slice.h"
#include "sip_uri.h"
#include "sip_word.h"

/**
 * struct sip_quick - a text that may be read quickly
 * @p: the message
 * @last: the last place from which eight bytes may be read, of which the last one is LF;
 *	NULL: the text may not be read quickly
 */
struct sip_quick {
	const char *p;
	const char *last;
};

/* how many bytes may be read from a place where sip_quick_may_read() is true */
enum { SIP_QUICK_BYTES = 20 };

/**
 * sip_quick_of() - whether, and how far, a text may be read quickly
 * @text: the text
 *
 * The quick reader reads no further than to the last LF of a text.  A text without an LF near its
 * end, or as long as a line that the careful reader counts, is not for it.
 *
 * Context: any; no lock, no allocation.
 * Return: the bounds.
 */
struct sip_quick sip_quick_of(const struct sip_text *text);

#ifdef SIP_TWO_READERS
/* all texts go to the careful reader: tests in user space compare the two */
extern bool sip_quick_is_off;
#endif

/**
 * sip_quick_may_read() - whether SIP_QUICK_BYTES bytes stand from a place on
 * @q: the text, which may be read quickly
 * @s: the place
 *
 * Context: any; no lock, no allocation.
 * Return: whether they do.
 */
static __always_inline bool sip_quick_may_read(struct sip_quick q, const char *s)
{
	return s <= q.last + SIP_WORD - SIP_QUICK_BYTES;
}

/**
 * sip_quick_slice() - the bytes between two places
 * @q: the text
 * @from: the first byte
 * @to: the place after the last byte
 *
 * Context: any; no lock, no allocation.
 * Return: the slice.
 */
static __always_inline struct sip_slice sip_quick_slice(struct sip_quick q, const char *from,
							const char *to)
{
	return sip_slice_make(from - q.p, to - from);	/* the text is shorter than SIP_MAX_LINE */
}

/**
 * sip_quick_is_char() - whether a byte has a class
 * @s: the byte
 * @class: bits SIP_C_*
 *
 * Context: any; no lock, no allocation.
 * Return: whether the byte has one of these classes.
 */
static __always_inline bool sip_quick_is_char(const char *s, u16 class)
{
	return sip_chars[(u8)*s] & class;
}

/**
 * sip_quick_skip() - step over bytes of a class
 * @s: the first byte
 * @class: bits SIP_C_*, none of which has LF
 *
 * Context: any; no lock, no allocation.
 * Return: the first byte that has none of these classes.
 */
static __always_inline const char *sip_quick_skip(const char *s, u16 class)
{
	while (sip_quick_is_char(s, class))
		s++;
	return s;
}

/**
 * sip_quick_half() - read four bytes
 * @s: the first byte
 *
 * Context: any; no lock, no allocation.
 * Return: the bytes, the first one lowest.
 */
static __always_inline u32 sip_quick_half(const char *s)
{
	return le32_to_cpu(((const struct sip_half_word *)s)->w);
}

/* four characters as sip_quick_half() reads them */
#define SIP_FOUR(a, b, c, d)	((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)
/* a bit that folds the case of each of four letters; other characters change, too */
#define SIP_FOLD_4		0x20202020U

/**
 * sip_quick_end() - step over the CRLF that ends a header
 * @q: the text
 * @s: where the CRLF would stand
 *
 * Context: any; no lock, no allocation.
 * Return: the next header; NULL where no CRLF stands there, the header goes on in the next line,
 * or no byte is known to stand there.
 */
static __always_inline const char *sip_quick_end(struct sip_quick q, const char *s)
{
	u32 w;

	if (unlikely(s > q.last + SIP_WORD / 2))
		return NULL;
	w = sip_quick_half(s);
	if (unlikely((w & 0xffff) != ('\r' | '\n' << 8)))
		return NULL;
	w = w >> 16 & 0xff;
	if (likely(w > ' '))
		return s + 2;
	return w == ' ' || w == '\t' ? NULL : s + 2;
}

/**
 * sip_quick_next_control() - find a control character
 * @q: the text
 * @s: where to begin
 *
 * Context: any; no lock, no allocation.
 * Return: the first byte below a blank; a later place of the text where none is found before the
 * last words of it.
 */
static __always_inline const char *sip_quick_next_control(struct sip_quick q, const char *s)
{
	/* a byte keeps its high bit, unless it is a control character or UTF-8 */
	while (likely(s <= q.last - SIP_WORD)) {
		u64 a = sip_word_at(s), b = sip_word_at(s + SIP_WORD), hits;

		hits = ((a | SIP_WORD_HIGH) - SIP_WORD_ONES * ' ') &
		       ((b | SIP_WORD_HIGH) - SIP_WORD_ONES * ' ') & SIP_WORD_HIGH;
		if (likely(hits == SIP_WORD_HIGH)) {
			s += 2 * SIP_WORD;
			continue;
		}
		hits = sip_word_below(a, ' ');
		if (hits)
			return s + sip_word_first(hits);
		s += SIP_WORD;
		hits = sip_word_below(b, ' ');
		if (hits)
			return s + sip_word_first(hits);
		s += SIP_WORD;
	}
	while ((u8)*s >= ' ')
		s++;
	return s;
}

/**
 * sip_quick_skip_header() - step over the rest of a header
 * @q: the text
 * @s: anywhere in the header
 *
 * Context: any; no lock, no allocation.
 * Return: the next header; NULL where the header does not end with CRLF in its first line.
 */
const char *sip_quick_skip_header(struct sip_quick q, const char *s);

/**
 * sip_quick_quoted() - step over a quoted string (RFC 3261 25.1)
 * @s: the first quote
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the last quote; NULL where the string has a control character, or is
 * not closed.
 */
const char *sip_quick_quoted(const char *s);

/**
 * sip_quick_value() - step over the value of a parameter, which has no quotes
 * @q: the text
 * @s: where the value begins
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the value, which may be empty.
 */
const char *sip_quick_value(struct sip_quick q, const char *s);

/**
 * sip_quick_param() - step over name[=value]
 * @q: the text
 * @s: the place after the semicolon
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the parameter; NULL where no name stands there.
 */
const char *sip_quick_param(struct sip_quick q, const char *s);

/**
 * sip_quick_bracket() - step over a display name, to the URI after its bracket
 * @s: where the value begins
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the opening bracket; NULL where no bracket comes, or not at once.
 */
const char *sip_quick_bracket(const char *s);

/**
 * sip_quick_number() - read digits
 * @s: the first digit
 * @out: out: the number
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the digits; NULL where there are none, or more than nine.
 */
static __always_inline const char *sip_quick_number(const char *s, u32 *out)
{
	const char *from = s;
	u32 value = 0, digit;

	for (; (digit = (u8)*s - '0') <= 9; s++)
		value = value * 10 + digit;
	*out = value;
	return likely(s != from && s - from <= 9) ? s : NULL;
}

/**
 * sip_quick_quad() - read a dotted quad
 * @s: the first digit
 * @quad: out: the address, as sip_addr.w[0] has it
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the last digit; NULL where none stands there.
 */
const char *sip_quick_quad(const char *s, u32 *quad);

/**
 * sip_quick_set_quad() - make an address of a dotted quad
 * @addr: out: the address
 * @quad: what sip_quick_quad() read
 *
 * Context: any; no lock, no allocation.
 */
static __always_inline void sip_quick_set_quad(struct sip_addr *addr, u32 quad)
{
	addr->family = SIP_FAMILY_IPV4;
	addr->w[0] = quad;
	addr->w[1] = 0;
	addr->w[2] = 0;
	addr->w[3] = 0;
}

/**
 * sip_quick_host() - read host [":" port]
 * @q: the text
 * @s: the host: a dotted quad or a name
 * @host: out: host and port; what is left in it after NULL is of no use
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the host or its port; NULL.
 */
const char *sip_quick_host(struct sip_quick q, const char *s, struct sip_host *host);

/**
 * sip_quick_uri() - read "sip:" [user "@"] host [":" port] *(";" parameter)
 * @q: the text
 * @s: the scheme
 * @uri: out: the URI, its role is 0; what is left in it after NULL is of no use
 *
 * Context: any; no lock, no allocation.
 * Return: the place after the URI; the caller looks for what ends it there; NULL.
 */
const char *sip_quick_uri(struct sip_quick q, const char *s, struct sip_uri *uri);

#endif /* _SIP_QUICK_H */
