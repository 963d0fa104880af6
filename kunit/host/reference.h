/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reference: good messages of our own as lines, to be damaged one by one.
 *
 * They are messages in of golden files.  What a line is says a reading of its own, which
 * is slow and simple and shares nothing with the text core.
 */
#ifndef _HOST_REFERENCE_H
#define _HOST_REFERENCE_H

#include "damage.h"
#include "oracle.h"

enum { MESSAGE_LINES = 160, REFERENCES = 80 };

/* what a line says, as far as other lines depend on it */
enum line_what {
	WHAT_OTHER,
	WHAT_VIA,
	WHAT_CONTACT,
	WHAT_LENGTH,
	WHAT_CSEQ,
	WHAT_TYPE,	/* Content-Type, Content-Encoding */
	WHAT_VERSION,	/* v= */
	WHAT_CONN,	/* c= */
	WHAT_MEDIA,	/* m= */
	WHAT_RTCP,	/* a=rtcp and its kin */
	WHAT_FOLLOWS,	/* what names an address and port again: a candidate, a path */
	WHAT_PART,	/* a boundary, or a header of a part */
};

/**
 * struct line - one line of a message
 * @off: where it begins
 * @len: with its end
 * @kind: enum line_kind
 * @what: enum line_what
 * @part: counts the parts of a body
 * @section: counts the sections of a description; 0: before the first
 */
struct line {
	u32 off;
	u32 len;
	u8 kind;
	u8 what;
	u8 part;
	u8 section;
};

/**
 * struct message - a message as lines
 * @len: its bytes
 * @n: its lines
 * @is_response: by its start line
 * @line: the lines; a damaged one may have line ends in it
 * @text: the bytes
 */
struct message {
	u32 len;
	u32 n;
	bool is_response;
	struct line line[MESSAGE_LINES];
	char text[ORACLE_ROOM + DAMAGE_GROWTH];
};

struct reference {
	char name[64];
	struct message m;
};

/* why a message cannot be read as a whole, by a reading of its own */
enum framing {
	FRAMING_GOOD,
	FRAMING_START,		/* the first line is not SIP's */
	FRAMING_VIA,		/* no Via, or what was one cannot be told */
	FRAMING_LENGTH,		/* two numbers, or over what is there */
	FRAMING_BYTES,		/* a CR alone, or a NUL */
	FRAMING_IDENTITY,	/* two different From, To, Call-ID or CSeq */
	FRAMINGS
};

extern const char *const framing_names[FRAMINGS];

/*
 * reads the golden files in @dir that the file @list names, one a line; ends the program
 * where one is not there.  Return: how many.
 */
u32 references_read(struct reference *r, const char *list, const char *dir);

/* a message of its own from bytes; @len at most ORACLE_ROOM */
void message_read(struct message *m, const char *text, u32 len);

/*
 * @out becomes @m with @line damaged, its Content-Length as right as it was, its lines
 * in the same order.  Return: whether the line can be damaged so.
 */
bool message_damage(const struct message *m, u32 line, const struct damage *d, struct message *out);

/* @m has text alone: its lines get the bounds that those of @like have, counted in LFs. */
void message_split_like(struct message *m, const struct message *like);

enum framing message_framing(const struct message *m);

/* the value of the only Content-Length, -1 where there is none that can be read */
long message_length(const struct message *m);
/* where the digits of a header that is named Content-Length stand in a text; else its len is 0 */
struct line length_digits(const char *p, u32 len);
u32 message_head(const struct message *m);

#endif /* _HOST_REFERENCE_H */
