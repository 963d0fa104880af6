/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_slice: text as start and length.
 *
 * Nothing in the text core is NUL-terminated or copied.  A slice holds offsets
 * into its message, never a pointer, so that a reallocation of the packet
 * cannot make it stale; struct sip_text says where the message is right now.
 */
#ifndef _SIP_SLICE_H
#define _SIP_SLICE_H

#include <linux/types.h>
#include <linux/string.h>
#include <asm/byteorder.h>

/**
 * struct sip_text - the bytes of one message, readable for as long as the packet is not written
 * @p: first byte
 * @len: how many bytes may be read; at most SIP_MAX_MESSAGE where a parser takes it
 */
struct sip_text {
	const char *p;
	u32 len;
};

/**
 * struct sip_slice - a piece of a message
 * @off: offset of its first byte from the start of the message
 * @len: its length in bytes; 0: empty or absent, then @off may say where it would stand
 */
struct sip_slice {
	u16 off;
	u16 len;
};

/**
 * sip_slice_make() - a slice of an offset and a length
 * @off: index of the first byte, at most 65535
 * @len: how many bytes, at most 65535
 *
 * A slice is written in one piece, for it is read so: a load waits for two stores that it spans.
 *
 * Context: any; no lock, no allocation.
 * Return: the slice.
 */
static __always_inline struct sip_slice sip_slice_make(u32 off, u32 len)
{
	union {
		u32 word;
		struct sip_slice s;
	} slice;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		slice.word = off | len << 16;
	else
		slice.word = off << 16 | len;
	return slice.s;
}

/**
 * sip_slice_of() - the bytes between two places
 * @from: index of the first byte
 * @to: index after the last byte; at least @from
 *
 * Context: any; no lock, no allocation.
 * Return: the slice.
 */
static __always_inline struct sip_slice sip_slice_of(u32 from, u32 to)
{
	return sip_slice_make((u16)from, (u16)(to - from));
}

/**
 * sip_slice_end() - where a slice ends
 * @s: the slice
 *
 * Context: any; no lock, no allocation.
 * Return: the index after its last byte.
 */
static inline u32 sip_slice_end(struct sip_slice s)
{
	return (u32)s.off + s.len;
}

/**
 * sip_slice_ptr() - the bytes of a slice
 * @t: the message
 * @s: the slice
 *
 * Context: any; no lock, no allocation.
 * Return: its first byte; good for as long as @t is.
 */
static inline const char *sip_slice_ptr(const struct sip_text *t, struct sip_slice s)
{
	return t->p + s.off;
}

/**
 * sip_case_bit() - the bit in which the upper and lower case of a letter differ
 * @c: a byte
 *
 * Context: any; no lock, no allocation.
 * Return: the bit; 0 where the byte is no letter.
 */
static __always_inline u32 sip_case_bit(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? 0x20 : 0;
}

/**
 * struct sip_half_word - four bytes at any address, see struct sip_word
 * @w: the bytes, the first one lowest
 */
struct sip_half_word {
	__le32 w;
} __packed;

/**
 * sip_same_4() - whether four bytes are those of a word, in any case
 * @p: four bytes
 * @word: four characters; of a literal the compiler makes one comparison
 *
 * Context: any; no lock, no allocation.
 * Return: whether they are equal.
 */
static __always_inline bool sip_same_4(const char *p, const char *word)
{
	u32 mask = sip_case_bit(word[0]) | sip_case_bit(word[1]) << 8 |
		   sip_case_bit(word[2]) << 16 | sip_case_bit(word[3]) << 24;
	u32 want = (u32)word[0] | (u32)word[1] << 8 | (u32)word[2] << 16 | (u32)word[3] << 24;
	u32 have = le32_to_cpu(((const struct sip_half_word *)p)->w);

	return (have | mask) == (want | mask);
}

/**
 * sip_same_1() - whether a byte is that of a word, in any case
 * @p: one byte
 * @word: one character
 *
 * Context: any; no lock, no allocation.
 * Return: whether they are equal.
 */
static __always_inline bool sip_same_1(const char *p, const char *word)
{
	return ((u8)*p | sip_case_bit(*word)) == ((u8)*word | sip_case_bit(*word));
}

/**
 * sip_same() - whether bytes are those of a word, in any case
 * @p: the bytes
 * @word: the word
 * @len: how many bytes both have
 *
 * For a literal of up to twenty bytes all comparisons are written out: there is no loop for the
 * compiler to see through.
 *
 * Context: any; no lock, no allocation.
 * Return: whether they are equal.
 */
static __always_inline bool sip_same(const char *p, const char *word, u32 len)
{
	if (!__builtin_constant_p(len) || len > 20)
		return !strncasecmp(p, word, len);
	if (len < 4)
		return (len < 1 || sip_same_1(p, word)) &&
		       (len < 2 || sip_same_1(p + 1, word + 1)) &&
		       (len < 3 || sip_same_1(p + 2, word + 2));
	return sip_same_4(p, word) &&
	       (len < 8 || sip_same_4(p + 4, word + 4)) &&
	       (len < 12 || sip_same_4(p + 8, word + 8)) &&
	       (len < 16 || sip_same_4(p + 12, word + 12)) &&
	       (len < 20 || sip_same_4(p + 16, word + 16)) &&
	       (len % 4 == 0 || sip_same_4(p + len - 4, word + len - 4));
}

/**
 * sip_slice_is() - whether a slice is a word, in any case
 * @t: the message
 * @s: the slice
 * @word: the word
 * @len: its bytes
 *
 * Context: any; no lock, no allocation.
 * Return: whether the slice has exactly these bytes.
 */
static __always_inline bool sip_slice_is(const struct sip_text *t, struct sip_slice s,
					 const char *word, u32 len)
{
	return s.len == len && sip_same(t->p + s.off, word, len);
}

/* a string literal as the two arguments pointer and length */
#define SIP_LIT(s) (s), (sizeof(s) - 1)

#endif /* _SIP_SLICE_H */
