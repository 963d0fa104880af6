/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_chars: the character classes of RFC 3261 25.1, one table look-up each.
 */
#ifndef _SIP_CHARS_H
#define _SIP_CHARS_H

#include <linux/types.h>

enum {
	SIP_C_TOKEN	= 1 << 0,	/* token: method and header names, tags, parameters */
	SIP_C_DIGIT	= 1 << 1,
	SIP_C_HOST	= 1 << 2,	/* alphanumeric, '-', '.', and '_' as seen in the field */
	SIP_C_ALPHA	= 1 << 3,
	SIP_C_WSP	= 1 << 4,	/* blank and tab */
	SIP_C_URI	= 1 << 5,	/* in a URI: visible ASCII but '"', '<', '>' */
	SIP_C_CTL	= 1 << 6,	/* 0 to 31 and 127, but not tab */
	SIP_C_VALUE	= 1 << 7,	/* of a parameter, without quotes: URI but ';' and ',' */
	SIP_C_NAME	= 1 << 8,	/* of a display name: all but '"', '<', ';', ',' and CTL */
	SIP_C_USER	= 1 << 9,	/* of a userinfo, and says nothing there: see sip_uri.c */
	SIP_C_PARAM	= 1 << 10,	/* of a parameter in a URI: URI but ';', '?' and '@' */
};

/* the classes of each byte: bits SIP_C_* */
extern const u16 sip_chars[256];

/**
 * sip_char_is() - whether a byte has a class
 * @c: the byte, 0 to 255; or -1, which is in no class
 * @class: bits SIP_C_*
 *
 * Context: any; no lock, no allocation.
 * Return: whether the byte has one of these classes.
 */
static inline bool sip_char_is(int c, u16 class)
{
	return c >= 0 && (sip_chars[c] & class);
}

#endif /* _SIP_CHARS_H */
