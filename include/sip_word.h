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
#include <linux/kernel.h>
#include <linux/types.h>
#include <asm/byteorder.h>

enum { SIP_WORD = sizeof(u64) };

#define SIP_WORD_ONES	((u64)0x0101010101010101ULL)
#define SIP_WORD_HIGH	(SIP_WORD_ONES << 7)

/**
 * struct sip_word - eight bytes at any address
 * @w: the bytes, the first one lowest
 *
 * To read it takes one load where the machine can do that; memcpy() may be a call, as in UML.
 */
struct sip_word {
	__le64 w;
} __packed;

/**
 * sip_word_at() - read eight bytes
 * @p: the first byte, at any address
 *
 * Context: any; no lock, no allocation.
 * Return: the bytes, the first one lowest.
 */
static inline u64 sip_word_at(const char *p)
{
	return le64_to_cpu(((const struct sip_word *)p)->w);
}

/**
 * sip_word_put() - write eight bytes
 * @p: the first byte, at any address
 * @w: the bytes, the first one lowest
 *
 * Context: any; no lock, no allocation.
 */
static inline void sip_word_put(char *p, u64 w)
{
	((struct sip_word *)p)->w = cpu_to_le64(w);
}

/* Clears up to 32 bytes from @from on, of the first @len; both are constants. */
static __always_inline void sip_clear_words(char *p, u32 from, u32 len)
{
	if (from + SIP_WORD <= len)
		sip_word_put(p + from, 0);
	if (from + 2 * SIP_WORD <= len)
		sip_word_put(p + from + SIP_WORD, 0);
	if (from + 3 * SIP_WORD <= len)
		sip_word_put(p + from + 2 * SIP_WORD, 0);
	if (from + 4 * SIP_WORD <= len)
		sip_word_put(p + from + 3 * SIP_WORD, 0);
}

/**
 * sip_clear() - clear the first bytes of a structure
 * @p: the structure
 * @len: how many bytes; a constant, a multiple of four from 8 to 128
 *
 * For so few bytes memset() is a call or a string instruction, which takes as long to begin as all
 * of these stores.
 *
 * Context: any; no lock, no allocation.
 */
static __always_inline void sip_clear(void *p, u32 len)
{
	BUILD_BUG_ON(len < SIP_WORD || len > 16 * SIP_WORD || len % 4);
	sip_clear_words(p, 0, len);
	sip_clear_words(p, 4 * SIP_WORD, len);
	sip_clear_words(p, 8 * SIP_WORD, len);
	sip_clear_words(p, 12 * SIP_WORD, len);
	if (len % SIP_WORD)	/* the last word begins in the one before it */
		sip_word_put((char *)p + len - SIP_WORD, 0);
}

/**
 * sip_word_below() - find bytes below a number
 * @w: eight bytes
 * @n: the number, at most 128
 *
 * Context: any; no lock, no allocation.
 * Return: hits; only the first one counts.
 */
static inline u64 sip_word_below(u64 w, u8 n)
{
	return (w - SIP_WORD_ONES * n) & ~w & SIP_WORD_HIGH;
}

/**
 * sip_word_is() - find bytes of one value
 * @w: eight bytes
 * @ch: the value
 *
 * Context: any; no lock, no allocation.
 * Return: hits; only the first one counts.
 */
static inline u64 sip_word_is(u64 w, u8 ch)
{
	return sip_word_below(w ^ SIP_WORD_ONES * ch, 1);
}

/**
 * sip_word_not_plain() - find bytes that are neither ASCII letters nor '-'
 * @w: eight bytes
 *
 * The name of nearly every header has no other bytes.
 *
 * Context: any; no lock, no allocation.
 * Return: hits; only the first one counts.
 */
static inline u64 sip_word_not_plain(u64 w)
{
	u64 low = w | SIP_WORD_ONES * 0x20, dash = w ^ SIP_WORD_ONES * '-';
	u64 letters = (low + SIP_WORD_ONES * (128 - 'a')) & ~(low + SIP_WORD_ONES * (127 - 'z'));

	/* unlike sip_word_is() this looks at each byte by itself: no hit makes another */
	dash = ~((dash & ~SIP_WORD_HIGH) + ~SIP_WORD_HIGH);
	return ~((letters | dash) & ~w) & SIP_WORD_HIGH;
}

/**
 * sip_word_is_plain() - whether all eight bytes are ASCII letters or '-'
 * @w: eight bytes
 *
 * Context: any; no lock, no allocation.
 * Return: false where one byte is anything else.
 */
static inline bool sip_word_is_plain(u64 w)
{
	return !sip_word_not_plain(w);
}

/**
 * sip_word_first() - where the first hit is
 * @hits: hits; not 0
 *
 * Context: any; no lock, no allocation.
 * Return: how many bytes stand before it, 0 to 7.
 */
static inline u32 sip_word_first(u64 hits)
{
	return __ffs64(hits) / 8;
}

/**
 * sip_find() - find a byte
 * @p: bytes
 * @at: index where to begin
 * @end: index where the bytes end; at least @at
 * @ch: the byte to find
 *
 * Context: any; no lock, no allocation.
 * Return: the index of the first @ch from @at on; @end where there is none.
 */
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
