// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse: the walk over a SIP message.  See sip_parse.h for the contract.
 *
 * The walk goes from top to bottom of a message: start line, then header by header.  The list in
 * sip_header.h says which headers have a reader; all others are stepped over.  The readers below
 * come first, then the walk, then its entries; the readers of URIs are in sip_uri_list.c.
 *
 * These are the careful readers.  A header in its usual form does not come here: sip_quick_header.c
 * reads it.
 *
 * A reader works on a cursor that cannot be read at its end.  It leaves what does not fit, and as
 * little of it as it can: a parameter, a value, a header.  The bytes of what is left are stepped
 * over once more to find where it ends.  Where two readers could differ about what a message says,
 * the walk ends: there is no second guess.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sip_challenge.h"
#include "sip_content.h"
#include "sip_cursor.h"
#include "sip_header.h"
#include "sip_name_addr.h"
#include "sip_parse.h"
#include "sip_quick_header.h"
#include "sip_start.h"
#include "sip_uri_list.h"
#include "sip_walk.h"
#include "sip_word.h"

/* the headers that every message has */
#define SEEN_ALL	(sip_header_bit(SIP_HEADER_VIA) | sip_header_bit(SIP_HEADER_FROM) | \
			 sip_header_bit(SIP_HEADER_TO) | sip_header_bit(SIP_HEADER_CALL_ID) | \
			 sip_header_bit(SIP_HEADER_CSEQ))
/* no header: the walk ends with the header section */
#define SEEN_NEVER	sip_header_bit(SIP_HEADER_OTHER)

u8 sip_strict_fault(const struct sip_msg *msg)
{
	return sip_left_fault(msg->first_left);
}

/* ---- transaction and dialog ------------------------------------------------------- */

/* The header is there again: the same value says nothing new, another one divides readers. */
static __cold int check_repeated(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_slice old = w->first[header], value = sip_slice_of(c->at, c->end);
	u8 left = sip_header_left(header);

	if (old.len != value.len || memcmp(c->p + old.off, c->p + value.off, old.len))
		return sip_walk_fault(w, sip_left_fault(left));
	sip_walk_leave(w, left);
	return 0;
}

/* Return: whether the header is the first of its name; then the cursor is at the value. */
static bool is_first_value(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	cur_skip_lws(c);
	if (w->seen & sip_header_bit(header))
		return false;
	w->seen |= sip_header_bit(header);
	w->first[header] = sip_slice_of(c->at, c->end);
	return true;
}

/*
 * Reads the parameters of From or To.  Readers disagree about which of two tags counts.
 * Return: whether all of the header was read; else a comma is next, and after it another party.
 */
static __always_inline bool read_tag(struct sip_walk *w, struct sip_cursor *c,
				     struct sip_slice *tag, enum sip_header header)
{
	struct sip_slice name, value;
	bool has_tag = false;
	int ret;

	while ((ret = sip_next_param(c, &name, &value))) {
		if (ret < 0) {
			sip_walk_leave(w, sip_header_left(header));
			continue;
		}
		if (!sip_slice_is(w->t, name, SIP_LIT("tag")))
			continue;
		if (has_tag)
			sip_walk_leave_identity(w, sip_header_left(header));
		*tag = value;
		has_tag = true;
	}
	return c->at == c->end;
}

/*
 * Reads what is no name-addr with parameters.  A comma may belong to a name that lacks its quotes;
 * where a comma stands between two parties, no reader can say which of them counts.
 */
static __cold int read_odd_party(struct sip_walk *w, struct sip_cursor *c, enum sip_header header,
				 struct sip_slice *uri, struct sip_slice *tag)
{
	u8 left = sip_header_left(header);

	sip_walk_leave(w, left);
	*tag = (struct sip_slice){};
	c->at = w->first[header].off;
	if (sip_name_addr_take_only(c, uri) || !read_tag(w, c, tag, header))
		sip_walk_leave_identity(w, left);
	return 0;
}

/* Reads the URI and the tag of From or To. */
static __always_inline int read_party(struct sip_walk *w, struct sip_cursor *c,
				      enum sip_header header, struct sip_slice *uri,
				      struct sip_slice *tag)
{
	if (!is_first_value(w, c, header))
		return check_repeated(w, c, header);
	if (sip_name_addr_take(c, uri) || !uri->len || !read_tag(w, c, tag, header))
		return read_odd_party(w, c, header, uri, tag);
	return 0;
}

static int sip_read_from(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	return read_party(w, c, header, &w->msg->from, &w->msg->from_tag);
}

static int sip_read_to(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	return read_party(w, c, header, &w->msg->to, &w->msg->to_tag);
}

/* The index of the first byte from @at on that is not visible, or @end. */
static u32 find_invisible(const char *p, u32 at, u32 end)
{
	while (end - at >= SIP_WORD) {
		u64 w = sip_word_at(p + at);
		u64 hits = sip_word_below(w, '!') | sip_word_is(w, 127);

		if (hits)
			return at + sip_word_first(hits);
		at += SIP_WORD;
	}
	while (at < end && (u8)p[at] > ' ' && p[at] != 127)
		at++;
	return at;
}

static int sip_read_call_id(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	u32 end;

	if (!is_first_value(w, c, header))
		return check_repeated(w, c, header);
	end = find_invisible(c->p, c->at, c->end);
	w->msg->call_id = sip_slice_of(c->at, end);
	c->at = end;
	if (!w->msg->call_id.len || !cur_at_end(c))
		sip_walk_leave_identity(w, SIP_LEFT_CALL_ID);
	return 0;
}

/* Reads the number of a CSeq, and steps over the white space after it. */
static int read_cseq_number(struct sip_walk *w, struct sip_cursor *c)
{
	struct sip_slice digits;

	/* RFC 3261 8.1.1.5 says below 2^31; some switches count all of the 32 bits */
	if (sip_take_number(c, U32_MAX, &digits, &w->msg->cseq) || !cur_is_lws(c))
		return -EBADMSG;
	if (w->msg->cseq > S32_MAX)
		sip_walk_leave(w, SIP_LEFT_CSEQ);
	cur_skip_lws(c);
	return 0;
}

/* Reads the method.  A request has said it already; a response says it here alone. */
static int read_cseq_method(struct sip_walk *w, struct sip_cursor *c)
{
	struct sip_slice name = cur_take(c, SIP_C_TOKEN);
	struct sip_msg *msg = w->msg;

	if (!name.len || !cur_at_end(c))
		return -EBADMSG;
	if (!sip_is_request(msg)) {
		msg->method_name = name;
		msg->method = sip_method_of(w->t, name);
		return 0;
	}
	return name.len == msg->method_name.len &&
	       !memcmp(w->t->p + name.off, w->t->p + msg->method_name.off, name.len) ? 0 : -EBADMSG;
}

/* Takes the last word of a CSeq that cannot be read: it says what the body is for, no more. */
static __cold void guess_method(struct sip_walk *w, u32 end)
{
	struct sip_msg *msg = w->msg;
	u32 from = w->first[SIP_HEADER_CSEQ].off, at;

	while (end > from && !sip_char_is((u8)w->t->p[end - 1], SIP_C_TOKEN))
		end--;
	for (at = end; at > from && sip_char_is((u8)w->t->p[at - 1], SIP_C_TOKEN); at--)
		;
	msg->method_name = sip_slice_of(at, end);
	msg->method = at < end ? sip_method_of(w->t, msg->method_name) : SIP_METHOD_OTHER;
	if (msg->method == SIP_METHOD_OTHER)
		msg->method_name.len = 0;
}

static int sip_read_cseq(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	if (!is_first_value(w, c, header))
		return check_repeated(w, c, header);
	if (!read_cseq_number(w, c) && !read_cseq_method(w, c))
		return 0;
	sip_walk_leave_identity(w, SIP_LEFT_CSEQ);
	if (!sip_is_request(w->msg))
		guess_method(w, c->end);
	return 0;
}

static int sip_read_via(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_via *via = &w->msg->via;
	struct sip_slice name, value;
	u32 from;
	int ret;

	if (w->msg->n_vias) {
		w->msg->n_vias += w->msg->n_vias < U8_MAX;
		if (w->msg->n_vias > SIP_MAX_VIAS)
			sip_leave(w->msg, SIP_LEFT_LIMIT);
		return 0;
	}
	if (cur_at_end(c)) {	/* an empty Via names no hop, so the next one is on top */
		sip_walk_leave(w, SIP_LEFT_VIA);
		return 0;
	}
	w->msg->n_vias = 1;
	w->seen |= sip_header_bit(header);
	from = c->at;
	ret = sip_via_take(w->t, c, via);
	if (ret) {
		sip_walk_leave_value(w, ret, SIP_LEFT_VIA);
		w->msg->flags |= SIP_MSG_PASSIVE;
		c->at = from;
		if (sip_via_take_odd(w->t, c, via)) {
			memset(via, 0, sizeof(*via));
			return 0;
		}
	}
	while ((ret = sip_next_param(c, &name, &value))) {
		if (ret > 0)
			sip_via_set_param(w->t, via, name, value);
		else
			sip_walk_leave(w, SIP_LEFT_VIA);
	}
	return 0;
}

/* ---- body, times, passwords ------------------------------------------------------- */

/*
 * Keeps the digits at the start of a bad Content-Length, for sip_parse_body(): over UDP the
 * datagram gives the length, and over TCP sip_stream has left the stream before.  With two
 * different lengths the message is malformed.
 */
static __cold int read_odd_length(struct sip_walk *w, struct sip_cursor *c, struct sip_slice digits,
				  u32 value)
{
	struct sip_msg *msg = w->msg;

	if (msg->flags & SIP_MSG_LENGTH || msg->left & 1U << SIP_LEFT_LENGTH ||
	    sip_find(c->p, digits.off, c->end, ',') < c->end)
		return sip_walk_fault(w, SIP_FAULT_LENGTH);
	msg->content_length = value;
	msg->length = digits;
	sip_walk_leave_identity(w, SIP_LEFT_LENGTH);
	return 0;
}

/* RFC 3261 20.14: a length that frames a message is all digits and bounded, or it is a fault. */
static int sip_read_length(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice digits;
	u32 value = 0;
	int err;

	cur_skip_lws(c);
	err = sip_take_number(c, SIP_MAX_CONTENT_LENGTH, &digits, &value);
	if (err == -ERANGE)
		return sip_walk_fault(w, SIP_FAULT_LENGTH);
	if (err || !cur_at_end(c))
		return read_odd_length(w, c, digits, value);
	if (!(msg->flags & SIP_MSG_LENGTH)) {
		if (msg->left & 1U << SIP_LEFT_LENGTH)
			return sip_walk_fault(w, SIP_FAULT_LENGTH);
		msg->flags |= SIP_MSG_LENGTH;
		msg->content_length = value;
		msg->length = digits;
		return 0;
	}
	/* SECURITY S6: the same again; both are kept right */
	if (value != msg->content_length || msg->length_again.len)
		return sip_walk_fault(w, SIP_FAULT_LENGTH);
	msg->length_again = digits;
	sip_walk_leave(w, SIP_LEFT_LENGTH);
	return 0;
}

static int sip_read_type(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	static const u16 flags[] = {
		[SIP_CONTENT_UNKNOWN]	= 0,
		[SIP_CONTENT_OTHER]	= 0,
		[SIP_CONTENT_SDP]	= SIP_MSG_SDP,
		[SIP_CONTENT_MULTIPART]	= SIP_MSG_MULTIPART,
	};
	struct sip_msg *msg = w->msg;
	u16 old = msg->flags & (SIP_MSG_SDP | SIP_MSG_MULTIPART), new;
	u8 type;

	cur_skip_lws(c);
	type = sip_content_type(w->t, c, &msg->boundary);
	new = flags[type];
	/* no reader can say which of two types the body has */
	if (msg->has_type && old != new) {
		msg->flags |= SIP_MSG_ENCODED;
		sip_walk_leave(w, SIP_LEFT_SDP_LINE);
	}
	msg->has_type |= type != SIP_CONTENT_UNKNOWN;
	msg->flags &= ~old;
	msg->flags |= new;
	return 0;
}

static int sip_read_encoding(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice coding;

	cur_skip_lws(c);
	coding = cur_take(c, SIP_C_TOKEN);
	if (!coding.len && cur_at_end(c) && !(msg->flags & SIP_MSG_STRICT))
		sip_walk_leave(w, SIP_LEFT_SDP_LINE);	/* an empty header says nothing */
	else if (!sip_slice_is(w->t, coding, SIP_LIT("identity")) || !cur_at_end(c))
		msg->flags |= SIP_MSG_ENCODED;
	return 0;
}

/*
 * Reads delta-seconds.  Anything but digits counts as absent (RFC 2543 had dates here), and so
 * does a number over 32 bits (RFC 3261 20.19).
 */
static void read_seconds(struct sip_walk *w, struct sip_cursor *c, u32 *out, u16 flag)
{
	struct sip_slice digits;
	int err;

	cur_skip_lws(c);
	err = sip_take_number(c, U32_MAX, &digits, out);
	if (err == -ERANGE)
		sip_walk_leave(w, SIP_LEFT_NUMBER);
	if (!err && (cur_at_end(c) || cur_peek(c) == ';'))
		w->msg->flags |= flag;
}

static int sip_read_expires(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	read_seconds(w, c, &w->msg->expires, SIP_MSG_EXPIRES);
	return 0;
}

static int sip_read_session(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	read_seconds(w, c, &w->msg->session, SIP_MSG_SESSION);
	return 0;
}

/* A stale challenge counts once for all challenges of a message. */
static int sip_read_challenge(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	if (sip_challenge_is_stale(w->t, c))
		w->msg->flags |= SIP_MSG_STALE;
	return 0;
}

/* The message has credentials. */
static int sip_read_credentials(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	w->msg->flags |= SIP_MSG_CREDENTIALS;
	return 0;
}

/* The header is not read in a message, only in a part of one: see sip_body.c. */
static int sip_read_nothing(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	return 0;
}

static int read_value(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	switch (header) {
	default:	/* SIP_HEADER_OTHER */
		return 0;
#define X(NAME, name, letter, reader, LEFT, POSITION) \
	case SIP_HEADER_##NAME: return sip_read_##reader(w, c, header);
	SIP_HEADERS(X)
#undef X
	}
}

/* Whether a name has letters and dashes alone.  It is read in words: few names are shorter. */
static bool is_plain_name(const char *p, u32 len)
{
	u32 at;

	if (len < SIP_WORD)
		return false;
	for (at = 0; len - at > SIP_WORD; at += SIP_WORD)
		if (!sip_word_is_plain(sip_word_at(p + at)))
			return false;
	return sip_word_is_plain(sip_word_at(p + len - SIP_WORD));
}

/* Takes the name of a header, and the colon after it.  Return: whether both are there. */
static bool take_header_name(struct sip_cursor *c, enum sip_header *header)
{
	u32 colon = sip_find(c->p, c->at, c->end, ':');
	struct sip_slice name;

	*header = sip_header_of(c->p + c->at, colon - c->at);
	if (colon < c->end && (*header || is_plain_name(c->p + c->at, colon - c->at))) {
		c->at = colon + 1;
		return true;
	}
	/* slow path: blanks before the colon, or an unknown header with other characters */
	name = cur_take(c, SIP_C_TOKEN);
	*header = sip_header_of(c->p + name.off, name.len);
	cur_take(c, SIP_C_WSP);
	return name.len && cur_skip(c, ':');
}

/*
 * Looks for control characters in a header of which something was left (SECURITY M4).  For some
 * readers a message ends at a NUL; with another one no reader can be sure what the header means.
 */
static __cold int check_header_controls(struct sip_walk *w, u32 at, u32 end)
{
	const char *p = w->t->p;
	u8 left = w->left - 1;

	w->left = 0;
	for (; at < end; at++) {
		if (!sip_char_is((u8)p[at], SIP_C_CTL) || p[at] == '\r' || p[at] == '\n')
			continue;
		if (!p[at])
			return sip_walk_fault(w, sip_left_fault(left));
		w->msg->flags |= SIP_MSG_PASSIVE;
	}
	return 0;
}

static int read_header(struct sip_walk *w, struct sip_cursor *c)
{
	u32 from = c->at;
	enum sip_header header;
	int err;

	if (!take_header_name(c, &header)) {
		sip_walk_leave(w, SIP_LEFT_LINE);
		return check_header_controls(w, from, c->end);
	}
	if (header == SIP_HEADER_OTHER || header > w->last)
		return 0;
	err = read_value(w, c, header);
	return likely(!w->left) || err ? err : check_header_controls(w, from, c->end);
}

/* Checks what RFC 3261 8.1.1 asks of every message, and 8.2.6.2 of every response. */
static int check_complete(struct sip_walk *w)
{
	enum sip_header header;

	if ((w->seen & SEEN_ALL) == SEEN_ALL)
		return 0;
	/* an empty Via was there, and a line that is no header may have been meant for one */
	if (!w->msg->n_vias && !(w->msg->left & (1U << SIP_LEFT_LINE | 1U << SIP_LEFT_VIA)))
		return sip_walk_fault(w, SIP_FAULT_VIA);
	if (!w->msg->n_vias)
		sip_walk_leave_identity(w, SIP_LEFT_VIA);
	for (header = SIP_HEADER_FROM; header <= SIP_HEADER_IDENTITY; header++)
		if (!(w->seen & sip_header_bit(header)))
			sip_walk_leave_identity(w, sip_header_left(header));
	return 0;
}

/* Return: bytes of the empty line at @at, however it ends; 0: the line is not empty. */
static u32 skip_empty_line(struct sip_walk *w, u32 at)
{
	const struct sip_text *t = w->t;
	u32 lf = at;

	while (lf < t->len && t->p[lf] == '\r' && lf - at < 2)
		lf++;
	if (lf == t->len || t->p[lf] != '\n')
		return 0;
	if (lf - at != 1)
		sip_leave(w->msg, SIP_LEFT_LINE);
	return lf + 1 - at;
}

/* Counts a legal line that a strict reader does not take, for its length or for its end. */
static __cold void check_line(struct sip_walk *w, const struct sip_cursor *c, u32 next)
{
	if (next - c->end != 2)
		sip_leave(w->msg, SIP_LEFT_LINE);
	if (c->end - c->at >= SIP_MAX_HEADER)
		sip_leave(w->msg, SIP_LEFT_LONG);
}

/* Ends a walk at a header that has no end.  Return: where to go on; 0: more is needed; -EBADMSG. */
static __cold int end_without_header(struct sip_walk *w, int ret)
{
	if (ret)
		return sip_walk_fault(w, SIP_FAULT_LINE);
	if (!w->is_whole)
		return 0;
	sip_leave(w->msg, SIP_LEFT_END);
	return w->t->len;
}

/* Return: bytes of the header section; 0: its end is not there; -EBADMSG. */
static int read_headers(struct sip_walk *w, u32 at)
{
	const struct sip_text *t = w->t;
	struct sip_quick q = sip_quick_of(t);
	struct sip_cursor c;
	u32 longest = SIP_MAX_HEADER, n, empty = 0;
	int ret;

	for (n = 0; at < t->len; n++) {
		if (likely(q.last)) {
			at = sip_quick_headers(w, q, at, &n);
			if (w->seen == w->until)
				return at;
		}
		/* a letter does not begin an empty line */
		if ((u8)t->p[at] <= '\r') {
			empty = skip_empty_line(w, at);
			if (empty)
				break;
		}
		ret = sip_cut_header(t, at, &c);
		if (unlikely(ret <= 0)) {
			ret = end_without_header(w, ret);
			if (ret <= 0)
				return ret;
		} else if (unlikely(ret - c.end != 2 || c.end - at >= longest)) {
			check_line(w, &c, ret);
		}
		at = ret;
		ret = read_header(w, &c);
		if (ret)
			return ret;
		if (w->seen == w->until)
			return at;
	}
	if (!empty && !w->is_whole)
		return 0;
	if (!empty)
		sip_leave(w->msg, SIP_LEFT_END);
	if (n > SIP_MAX_HEADERS)
		sip_leave(w->msg, SIP_LEFT_LIMIT);
	ret = check_complete(w);
	return ret ? ret : (int)(at + empty);
}

/* Walks the headers after the start line, which is in the message already. */
static int walk_headers(struct sip_walk *w, u32 line)
{
	w->values[SIP_ROLE_REQUEST] = w->msg->n_uris;
	w->victim = w->msg->n_uris;
	return read_headers(w, line);
}

int sip_parse(const struct sip_text *text, struct sip_msg *msg)
{
	struct sip_walk w = { .t = text, .msg = msg, .until = SEEN_NEVER, .last = SIP_HEADER_LAST };
	int line = sip_parse_start(text, msg);

	return line > 0 ? walk_headers(&w, line) : line;
}

int sip_parse_identity(const struct sip_text *text, struct sip_msg *msg, u32 line)
{
	struct sip_text head = { text->p, min_t(u32, text->len, SIP_MAX_IDENTITY) };
	struct sip_walk w = {
		.t = &head, .msg = msg, .until = SEEN_ALL, .last = SIP_HEADER_IDENTITY,
	};
	int ret = walk_headers(&w, line);

	if (ret > 0 && !sip_may_act(msg))
		return -EBADMSG;
	return ret > 0 ? 0 : ret ? ret : -E2BIG;
}

/*
 * Some senders end all lines with LF alone, and count their bodies with CRLF.  No reader sees a
 * second message in that.
 */
static __cold bool is_counted_with_crlf(const struct sip_text *t, u32 head, u32 length)
{
	u32 n = 0, at;

	if (memchr(t->p, '\r', t->len))
		return false;
	for (at = sip_line_end(t->p, head, t->len); at < t->len;
	     at = sip_line_end(t->p, at + 1, t->len))
		n++;
	return length <= t->len - head + n;
}

int sip_parse_body(const struct sip_text *text, struct sip_msg *msg, u32 head)
{
	u32 len = text->len - head;

	if (msg->length.len && msg->content_length > len) {
		if (!is_counted_with_crlf(text, head, msg->content_length)) {
			msg->fault = SIP_FAULT_LENGTH;
			return -EBADMSG;
		}
		msg->flags |= SIP_MSG_PASSIVE;
		sip_leave(msg, SIP_LEFT_END);
	} else if (msg->flags & SIP_MSG_LENGTH) {
		len = msg->content_length;
	} else if (msg->length.len && msg->content_length == len) {
		msg->flags |= SIP_MSG_LENGTH;	/* the number is meant, whatever stands after it */
	}
	msg->body = sip_slice_of(head, head + len);
	return head + len;
}

int sip_parse_rest(const struct sip_text *text, struct sip_msg *msg, int line,
		   const struct sip_ends *ends)
{
	struct sip_walk w = {
		.t = text, .msg = msg, .ends = ends, .is_whole = true,
		.until = SEEN_NEVER, .last = SIP_HEADER_LAST,
	};
	int head = line > 0 ? walk_headers(&w, line) : line;

	if (!head)		/* not even a start line */
		return -ENOMSG;
	return head > 0 ? sip_parse_body(text, msg, head) : head;
}

int sip_parse_datagram(const struct sip_text *text, struct sip_msg *msg)
{
	return sip_parse_rest(text, msg, sip_parse_start(text, msg), NULL);
}
