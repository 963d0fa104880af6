/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_parse: one walk over a SIP message (RFC 3261 section 25), bytes in, slices out.
 *
 * The walk reads the start line and every header once and remembers where the
 * pieces stand that an ALG needs; it copies nothing, allocates nothing and
 * knows neither packets nor connections.  Results have three outcomes, never
 * mixed: > 0 a length, 0 more bytes are needed, < 0 an error.
 *
 * What a reader cannot make out costs no more than itself (RFC 3261 16.3 item 1): it is left
 * as it is, sip_msg.left says what it was, and the walk goes on.  A message is lost, that is
 * malformed, only where two readers could see two messages in it.  docs/behaviour.md has the
 * rules, T1 to T19.
 */
#ifndef _SIP_PARSE_H
#define _SIP_PARSE_H

#include <linux/errno.h>
#include <linux/types.h>
#include "sip_addr.h"
#include "sip_content.h"
#include "sip_cursor.h"
#include "sip_fault.h"
#include "sip_header.h"
#include "sip_limits.h"
#include "sip_method.h"
#include "sip_slice.h"
#include "sip_uri.h"
#include "sip_via.h"

struct sip_ends;

/* bits of sip_msg.flags */
enum {
	SIP_MSG_RESPONSE	= 1 << 0,
	SIP_MSG_LENGTH		= 1 << 1,	/* Content-Length is there */
	SIP_MSG_EXPIRES		= 1 << 2,
	SIP_MSG_SESSION		= 1 << 3,	/* Session-Expires is there (RFC 4028) */
	SIP_MSG_SDP		= 1 << 4,	/* the body's type is application/sdp */
	SIP_MSG_STAR		= 1 << 5,	/* Contact: * */
	SIP_MSG_ENCODED		= 1 << 6,	/* Content-Encoding is there: no text */
	SIP_MSG_MULTIPART	= 1 << 7,	/* the body has parts that may be read */
	SIP_MSG_CREDENTIALS	= 1 << 8,	/* Authorization or Proxy-Authorization is there */
	SIP_MSG_STALE		= 1 << 9,	/* a challenge says stale=true */
	SIP_MSG_PASSIVE		= 1 << 10,	/* it opens and closes nothing */
	SIP_MSG_STRICT		= 1 << 11,	/* by the caller: a body is what it says */
};

/**
 * struct sip_msg - what one walk found
 * @flags: SIP_MSG_*
 * @status: 100 to 699; 0 for a request; 699 too where a response has a number that none has
 * @fault: enum sip_fault, set where sip_parse() returned -EBADMSG
 * @first_left: enum sip_left of what was left first, where @left is not 0
 * @left: bits by enum sip_left: what stays as it is
 * @method: enum sip_method of the request, or of a response's CSeq
 * @method_name: the same as written
 * @n_uris: used entries of @uri
 * @n_vias: Via header lines, at most 255
 * @has_type: Content-Type says what the body is
 * @cseq: CSeq number
 * @expires: seconds of Expires
 * @session: seconds of Session-Expires
 * @content_length: value of Content-Length; without SIP_MSG_LENGTH: of what begins like one
 * @length: its digits
 * @length_again: the same where it is there twice
 * @call_id: Call-ID
 * @from_tag: tag of From; empty where there is none
 * @to_tag: tag of To
 * @from: URI of From
 * @to: URI of To
 * @body: the body, set by sip_parse_body()
 * @boundary: what divides the parts of a multipart; empty: it does not say
 * @via: the top Via
 * @uri: URIs, the Request-URI first, if there is one; in the order of the message, but where
 *	there were more than are kept; one place more than that, to read another one into
 */
struct sip_msg {
	u16 flags;
	u16 status;
	u8 fault;
	u8 first_left;
	u8 method;
	u8 n_uris;
	u8 n_vias;
	bool has_type;
	u32 left;
	u32 cseq;
	u32 expires;
	u32 session;
	u32 content_length;
	struct sip_slice method_name;
	struct sip_slice length;
	struct sip_slice length_again;
	struct sip_slice call_id;
	struct sip_slice from_tag;
	struct sip_slice to_tag;
	struct sip_slice from;
	struct sip_slice to;
	struct sip_slice body;
	struct sip_slice boundary;
	struct sip_via via;
	struct sip_uri uri[SIP_MAX_URIS + 1];
};

/**
 * sip_is_request() - whether a message is a request
 * @msg: what sip_parse_start() found, or more
 *
 * Context: any; no lock, no allocation.
 * Return: false: the message is a response.
 */
static inline bool sip_is_request(const struct sip_msg *msg)
{
	return !(msg->flags & SIP_MSG_RESPONSE);
}

/**
 * sip_leave() - something of a message stays as it is
 * @msg: the message
 * @what: what that is
 *
 * Context: any; no lock, no allocation.
 */
static inline void sip_leave(struct sip_msg *msg, enum sip_left what)
{
	if (!msg->left)
		msg->first_left = what;
	msg->left |= 1U << what;
}

/**
 * sip_may_act() - whether a message may open or close anything (SECURITY M2, M4)
 * @msg: a parsed message
 *
 * Context: any; no lock, no allocation.
 * Return: false where it is not sure which end sent it to which, or in which dialog.
 */
static inline bool sip_may_act(const struct sip_msg *msg)
{
	return !(msg->flags & SIP_MSG_PASSIVE);
}

/**
 * sip_strict_fault() - what is wrong with a message to a strict reader
 * @msg: a message of which something was left
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_fault; SIP_FAULT_NONE: the message is not SIP.
 */
u8 sip_strict_fault(const struct sip_msg *msg);

/**
 * sip_parse() - walk the start line and the header section of a message
 * @text: begins with the start line; may hold more than the message, or less
 * @msg: the result
 *
 * RFC 3261 section 7 and 25.  Malformed is a message without a Via, with another CR than
 * that of a line end, with a NUL in a header that is read, with two different values of From,
 * To, Call-ID, CSeq or Content-Length, or with a Content-Length over its range.  All else
 * that cannot be read is left as it is.  If From, To, Call-ID or CSeq cannot be read,
 * sip_may_act() is false: RFC 3261 8.1.1 demands each of them once, and that the CSeq of a request
 * names its method.
 *
 * Context: any; no lock, no allocation.
 * Return: bytes of the header section with its blank line; 0 where its end is
 * not in @text; -ENOMSG where the first line is not SIP's; -EBADMSG where it is
 * SIP but malformed, @msg->fault says how (the rest of @msg is not to be used).
 */
int sip_parse(const struct sip_text *text, struct sip_msg *msg);

/**
 * sip_parse_identity() - no more than which transaction and dialog a message belongs to
 * @text: as for sip_parse()
 * @msg: what sip_parse_start() found; out: the top Via, Call-ID, CSeq and both tags, too
 * @line: what sip_parse_start() returned, above 0
 *
 * Stops as soon as all are found, and looks no further than SIP_MAX_IDENTITY bytes, whatever
 * the message is.
 *
 * Return: 0; -EBADMSG where what it looked at is broken; -E2BIG where they do not stand there.
 */
int sip_parse_identity(const struct sip_text *text, struct sip_msg *msg, u32 line);

/**
 * sip_parse_body() - where the body is, once all of it must be there
 * @text: as given to sip_parse()
 * @msg: what sip_parse() found; its body is set
 * @head: what sip_parse() returned
 *
 * RFC 3261 18.3: the body has Content-Length bytes, or without it all that
 * follows; bytes after a shorter Content-Length belong to no message.
 *
 * Return: bytes of the whole message; -EBADMSG with @msg->fault where
 * Content-Length is over what is there, but for lines that end with LF and were counted
 * with CRLF.
 */
int sip_parse_body(const struct sip_text *text, struct sip_msg *msg, u32 head);

/**
 * sip_parse_datagram() - read a message that must be whole, as over UDP
 * @text: begins with the start line
 * @msg: the result
 *
 * sip_parse() and sip_parse_body(), for a transport on which nothing more comes:
 * a first line without an end is not SIP's, and a header section ends with the datagram
 * at the latest (RFC 3261 18.3: a datagram is its own frame).
 *
 * Return: bytes of the message; -ENOMSG; -EBADMSG with @msg->fault.
 */
int sip_parse_datagram(const struct sip_text *text, struct sip_msg *msg);

/**
 * sip_parse_rest() - sip_parse_datagram() after the start line
 * @text: as there
 * @msg: what sip_parse_start() found, and nothing else
 * @line: what it returned
 * @ends: which URIs matter most; NULL: those that come first
 *
 * Return: as sip_parse_datagram().
 */
int sip_parse_rest(const struct sip_text *text, struct sip_msg *msg, int line,
		   const struct sip_ends *ends);

#endif /* _SIP_PARSE_H */
