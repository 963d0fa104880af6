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

/* from index @from up to, and without, index @to */
static inline struct sip_slice sip_slice_of(u32 from, u32 to)
{
	return (struct sip_slice){ from, to - from };
}

static inline u32 sip_slice_end(struct sip_slice s)
{
	return (u32)s.off + s.len;
}

static inline const char *sip_slice_ptr(const struct sip_text *t, struct sip_slice s)
{
	return t->p + s.off;
}

/* the bit in which the upper and lower case of a letter differ; 0: it is none */
static __always_inline u32 sip_case_bit(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? 0x20 : 0;
}

/* four bytes at any address, see struct sip_word */
struct sip_half_word {
	__le32 w;
} __packed;

/* Whether four bytes are those of @word, in any case.  With a literal one comparison remains. */
static __always_inline bool sip_same_4(const char *p, const char *word)
{
	u32 mask = sip_case_bit(word[0]) | sip_case_bit(word[1]) << 8 |
		   sip_case_bit(word[2]) << 16 | sip_case_bit(word[3]) << 24;
	u32 want = (u32)word[0] | (u32)word[1] << 8 | (u32)word[2] << 16 | (u32)word[3] << 24;
	u32 is = le32_to_cpu(((const struct sip_half_word *)p)->w);

	return (is | mask) == (want | mask);
}

static __always_inline bool sip_same_1(const char *p, const char *word)
{
	return ((u8)*p | sip_case_bit(*word)) == ((u8)*word | sip_case_bit(*word));
}

/*
 * Whether @len bytes are those of @word, in any case.  For a literal of up to twenty bytes
 * all of it is written out: there is no loop for the compiler to see through.
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
	       (len % 4 == 0 || sip_same_4(p + len - 4, word + len - 4));
}

/* true where the slice holds exactly these bytes, upper and lower case alike */
static __always_inline bool sip_slice_is(const struct sip_text *t, struct sip_slice s,
					 const char *word, u32 len)
{
	return s.len == len && sip_same(t->p + s.off, word, len);
}

/* a string literal as the two arguments pointer and length */
#define SIP_LIT(s) (s), (sizeof(s) - 1)

#endif /* _SIP_SLICE_H */
