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

/* true where the slice holds exactly these bytes, upper and lower case alike */
static inline bool sip_slice_is(const struct sip_text *t, struct sip_slice s,
				const char *word, u32 len)
{
	return s.len == len && !strncasecmp(t->p + s.off, word, len);
}

/* a string literal as the two arguments pointer and length */
#define SIP_LIT(s) (s), (sizeof(s) - 1)

#endif /* _SIP_SLICE_H */
