/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reader: a SIP library of others, asked what a message says.
 *
 * One program a library: their names collide (each has an sdp_parse()), and one that
 * crashes on a torture message takes nobody with it.  A program reads questions from
 * standard input and writes answers to standard output, see struct reader_question.
 *
 * An answer is a list of lines "name=value", in the words of all libraries:
 *
 *	start.method, start.version, start.status, start.reason
 *	POSITION.scheme .user .host .port .param.NAME .headers .raw	a URI, and
 *	POSITION.attr.NAME	what stands behind it; a position is "ruri", "contact.0",
 *				"route.0", ..., "from", "to"; raw: what the library cannot read
 *	via.N.protocol .host .port .param.NAME
 *	cseq, call-id, length, type
 *	header.NAME.N		each header that is not listed above, as written
 *	sdp.origin, sdp.conn, sdp.line.N
 *	sdp.m.N.type .port .count .proto .conn .fmt.N .attr.NAME.N
 *	sdp.m.N.c		"own": .conn is of the section, not of the session
 *	sdp.m.N.rtcp		the value of a=rtcp, or what it means as
 *	sdp.m.N.rtcp.port .addr	where RTCP goes, said or not
 *
 * An address has no brackets.  What is absent has no line.
 */
#ifndef _HOST_READER_H
#define _HOST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reader_kind {
	READER_MESSAGE,
	READER_SDP,
};

struct reader_question {	/* @len bytes of text follow */
	uint32_t kind;
	uint32_t len;
};

struct reader_answer {		/* @len bytes of lines follow */
	uint32_t is_good;
	uint32_t len;
};

/*
 * What each library provides.  The text ends with a NUL that does not count.
 * Return: whether the library takes it.
 */
bool reader_message(const char *text, size_t len);
bool reader_sdp(const char *text, size_t len);

/* What it says, by: */

/* one line; @len -1: up to the NUL; no line where @value is NULL */
void field(const char *value, long len, const char *name, ...)
	__attribute__((format(printf, 3, 4)));
void field_number(unsigned long value, const char *name, ...)
	__attribute__((format(printf, 2, 3)));
/* without its brackets */
void field_host(const char *value, long len, const char *name);
/* "a=b;c": a line a parameter, @name.a and @name.c; a ";" in front does not matter */
void field_params(const char *value, long len, const char *name);
/* "POSITION.what"; good until the fourth call after */
const char *field_at(const char *position, const char *what);
/* "NAME.N", the next of that name; good until the next call */
const char *field_position(const char *name);
/* which of a kind of things this is: 0, 1, ... within one answer */
unsigned int field_count(const char *name);

#endif /* _HOST_READER_H */
