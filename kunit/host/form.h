/* SPDX-License-Identifier: GPL-2.0 */
/*
 * form: a published message in other words, so that more of it is to be translated.
 *
 * Documents write names where phones write addresses, and IPv4 everywhere.  Each form
 * changes a message consistently; Content-Length is as right as it was:
 *
 *	as-is	the bytes as published; where they have no CR at all, LF becomes CRLF, and
 *		a description alone gets an INVITE around it
 *	ipv4	host names become addresses: the name of a Via its "received", the name in
 *		o= the address in c=, other names one of 10.20.30.0/24
 *	ipv6	the same, and each IPv4 address in the place of a host becomes an IPv6
 *		one, in brackets where the grammar has them
 */
#ifndef _HOST_FORM_H
#define _HOST_FORM_H

#include <linux/types.h>

enum form {
	FORM_AS_IS,
	FORM_IPV4,
	FORM_IPV6,
	FORMS
};

extern const char *const form_names[FORMS];

/*
 * @out: has ORACLE_ROOM bytes
 * Return: the length of the message in that form
 */
u32 form_make(enum form form, const char *in, u32 len, char *out);

/*
 * Length of the header section with its empty line, at each kind of line end; where that is
 * missing the text ends the section (docs/behaviour.md, T15 and T16).
 */
u32 form_head_len(const char *p, u32 len);
/* Whether a body begins as a description, after empty lines that stay (T10). */
bool form_is_sdp(const char *p, u32 len);
/* The value of the only Content-Length and where its digits stand; -1: none, or no number. */
long form_length(const char *p, u32 head, u32 *at, u32 *digits);

#endif /* _HOST_FORM_H */
