/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_word: eight bytes at a time.
 *
 * The tests below answer for all bytes of a word at once, with a bit for each that is
 * meant, in its highest place.  Bits above the lowest one may be wrong: a borrow runs
 * upwards.  So only the first hit counts, and that is what a search wants.
 */
#ifndef _SIP_WORD_H
#define _SIP_WORD_H

#include <linux/bitops.h>
#include <linux/types.h>
#include <asm/byteorder.h>

enum { SIP_WORD = sizeof(u64) };

#define SIP_WORD_ONES	((u64)0x0101010101010101ULL)
#define SIP_WORD_HIGH	(SIP_WORD_ONES << 7)

/* at any address, and one load where the machine knows how; memcpy() may be a call, as in UML */
struct sip_word {
	__le64 w;
} __packed;

/* the eight bytes at @p, the first one lowest */
static inline u64 sip_word_at(const char *p)
{
	return le64_to_cpu(((const struct sip_word *)p)->w);
}

/* bytes below @n, which is at most 128 */
static inline u64 sip_word_below(u64 w, u8 n)
{
	return (w - SIP_WORD_ONES * n) & ~w & SIP_WORD_HIGH;
}

/* bytes that are @ch */
static inline u64 sip_word_is(u64 w, u8 ch)
{
	return sip_word_below(w ^ SIP_WORD_ONES * ch, 1);
}

/* Whether all eight bytes are ASCII letters or '-', as in nearly every name of a header. */
static inline bool sip_word_is_plain(u64 w)
{
	u64 low = w | SIP_WORD_ONES * 0x20, dash = w ^ SIP_WORD_ONES * '-';
	u64 letters = (low + SIP_WORD_ONES * (128 - 'a')) & ~(low + SIP_WORD_ONES * (127 - 'z'));

	/* unlike sip_word_is() this looks at each byte by itself: no hit makes another */
	dash = ~((dash & ~SIP_WORD_HIGH) + ~SIP_WORD_HIGH);
	return ((letters | dash) & ~w & SIP_WORD_HIGH) == SIP_WORD_HIGH;
}

/* how many bytes stand in front of the first hit; @hits is not 0 */
static inline u32 sip_word_first(u64 hits)
{
	return __ffs64(hits) / 8;
}

/* The index of the first @ch from @at on, or @end. */
static inline u32 sip_find(const char *p, u32 at, u32 end, char ch)
{
	for (; end - at >= SIP_WORD; at += SIP_WORD) {
		u64 hits = sip_word_is(sip_word_at(p + at), ch);

		if (hits)
			return at + sip_word_first(hits);
	}
	while (at < end && p[at] != ch)
		at++;
	return at;
}

#endif /* _SIP_WORD_H */
