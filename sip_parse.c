// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse: the walk over a SIP message.  See sip_parse.h for the contract.
 *
 * From top to bottom of a message: start line, then header by header.  Those
 * that matter are told by the length of their name; all others are stepped over.
 * A reader works on a cursor that cannot be read at its end.  What does not fit is left,
 * as little of it as can be: a parameter, a value, a header; each byte of it is stepped
 * over once more to find where it ends.  Where two readers could differ about what a
 * message says, the walk ends: there is no second guess.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sip_cursor.h"
#include "sip_flow.h"
#include "sip_header.h"
#include "sip_parse.h"
#include "sip_start.h"
#include "sip_word.h"

/* ---- header values --------------------------------------------------------------- */

struct walk {
	const struct sip_text *t;
	struct sip_msg *msg;
	const struct sip_ends *ends;	/* which URIs are kept where not all can be */
	u32 seen;		/* bits by enum sip_header */
	u32 until;		/* the walk ends when all of these were seen */
	u8 last;		/* enum header: others than those up to it are stepped over */
	bool is_whole;		/* nothing comes after the text */
	u8 left;		/* enum sip_left of the header at hand, and one; 0: all was read */
	u8 values[SIP_ROLE_COUNT];
	u8 victim;		/* URIs before this one stay */
	u8 victim_rank;		/* and of the others those that have this rank or more */
	struct sip_slice first[SIP_HEADER_IDENTITY + 1];	/* as they stood first, by enum sip_header */
};

/* the bit of a header in sip_walk.seen; only those up to SIP_HEADER_IDENTITY have one */
#define SEEN(NAME)	(1U << SIP_HEADER_##NAME)

enum {
	SEEN_ALL = SEEN(VIA) | SEEN(FROM) | SEEN(TO) | SEEN(CALL_ID) | SEEN(CSEQ),
	SEEN_END = SEEN(OTHER),		/* never: the walk ends with the header section */
};

static int fault(struct walk *w, enum sip_fault what)
{
	w->msg->fault = what;
	return -EBADMSG;
}

/* Of the header at hand something stays as it is. */
static __cold void leave(struct walk *w, enum sip_left what)
{
	w->left = what + 1;
	sip_leave(w->msg, what);
}

/* A number over its range is said besides. */
static __cold void leave_for(struct walk *w, int err, enum sip_left what)
{
	if (err == -ERANGE)
		leave(w, SIP_LEFT_NUMBER);
	leave(w, what);
}

/* The same, and it tells which dialog or transaction the message belongs to (SECURITY M2). */
static __cold void leave_identity(struct walk *w, enum sip_left what)
{
	w->msg->flags |= SIP_MSG_PASSIVE;
	leave(w, what);
}

/* What is left to someone who is strict. */
static u8 fault_of(u8 left)
{
	static const u8 faults[] = {
#define X(NAME, name, FAULT, text) [SIP_LEFT_##NAME] = SIP_FAULT_##FAULT,
		SIP_LEFTS(X)
#undef X
	};

	return faults[left];
}

u8 sip_strict_fault(const struct sip_msg *msg)
{
	return fault_of(msg->first_left);
}

/* Steps to the URI after a display name.  Return: 1: it is in brackets, 0: bare, -EBADMSG. */
static int skip_display_name(struct sip_cursor *c)
{
	u32 from = c->at;

	if (cur_peek(c) == '"') {
		if (sip_skip_quoted(c))
			return -EBADMSG;
		cur_skip_lws(c);
		return cur_skip(c, '<') ? 1 : -EBADMSG;
	}
	for (;;) {
		int ch;

		cur_take(c, SIP_C_NAME);
		ch = cur_peek(c);
		if (cur_skip(c, '<'))
			return 1;
		if (ch < 0 || ch == ';' || ch == ',') {
			c->at = from;
			return 0;
		}
		if (ch != '\r' && ch != '\n')
			return -EBADMSG;
		cur_skip_lws(c);
	}
}

/* The index of the first bracket, of either kind, from @at on, or @end. */
static __always_inline u32 find_bracket(const char *p, u32 at, u32 end)
{
	for (; end - at >= SIP_WORD; at += SIP_WORD) {
		/* they differ in the bit of two */
		u64 hits = sip_word_is(sip_word_at(p + at) | SIP_WORD_ONES * 2, '>');

		if (hits)
			return at + sip_word_first(hits);
	}
	while (at < end && p[at] != '<' && p[at] != '>')
		at++;
	return at;
}

/*
 * name-addr or addr-spec, without its parameters.  RFC 3261 20: outside of
 * brackets a semicolon, comma or question mark does not belong to the URI.
 */
static int take_name_addr(struct sip_cursor *from, struct sip_slice *uri)
{
	struct sip_cursor c = *from;
	int bracket;
	u32 at;

	cur_skip_lws(&c);
	if (cur_skip(&c, '<')) {
		bracket = 1;
	} else {
		from->at = c.at;
		bracket = skip_display_name(from);
		if (bracket < 0)
			return -EBADMSG;
		c.at = from->at;
	}
	if (bracket) {
		at = find_bracket(c.p, c.at, c.end);
		*uri = sip_slice_of(c.at, at);
		from->at = at + 1;
		return at < c.end && c.p[at] == '>' ? 0 : -EBADMSG;
	}
	*uri = cur_take(&c, SIP_C_VALUE);
	from->at = c.at;
	/* a bracket that was not opened belongs to the URI for some */
	return sip_find(c.p, uri->off, c.at, '?') < c.at || cur_peek(&c) == '>' ? -EBADMSG : 0;
}

/*
 * What take_name_addr() does not read, and others do alike: a bracket that nothing closes
 * before the next comma or bracket.  The cursor stands where the value begins.
 */
static __cold int take_unclosed(struct sip_cursor *from, struct sip_slice *uri)
{
	struct sip_cursor c = *from;
	u32 at, end;

	cur_skip_lws(&c);
	if (!cur_skip(&c, '<') && skip_display_name(&c) != 1)
		return -EBADMSG;
	end = find_bracket(c.p, c.at, c.end);
	at = sip_find(c.p, c.at, end, ',');
	if (end < c.end && c.p[end] == '>')
		return -EBADMSG;
	from->at = at;
	while (at > c.at && (u8)c.p[at - 1] <= ' ')
		at--;
	*uri = sip_slice_of(c.at, at);
	return 0;
}

/* RFC 4475 3.1.2.14: blanks within the brackets.  Return: the URI without them. */
static struct sip_slice trimmed(const struct sip_text *t, struct sip_slice s)
{
	u32 at = s.off, end = sip_slice_end(s);

	while (at < end && (u8)t->p[at] <= ' ')
		at++;
	while (end > at && (u8)t->p[end - 1] <= ' ')
		end--;
	return sip_slice_of(at, end);
}

/* ---- URIs that are kept --------------------------------------------------------- */

/* How much a URI matters where not all can be kept. */
enum rank {
	RANK_NONE,
	RANK_ADDRESS,		/* it names the address of an end of the connection */
	RANK_END,		/* and its port */
};

static enum rank rank_of(const struct walk *w, const struct sip_uri *uri)
{
	enum rank rank = RANK_NONE;
	u32 i;

	for (i = 0; w->ends && uri->at.addr.family && i < ARRAY_SIZE(w->ends->at); i++) {
		if (!sip_addr_equal(&uri->at.addr, &w->ends->at[i].addr))
			continue;
		if (sip_uri_port(uri) == w->ends->at[i].port)
			return RANK_END;
		rank = RANK_ADDRESS;
	}
	return rank;
}

/*
 * A kept URI that matters less than @rank, or NULL.  It is looked for from where the last one
 * was, so all look-ups together pass over the URIs once for each rank.
 */
static struct sip_uri *find_victim(struct walk *w, enum rank rank)
{
	struct sip_msg *msg = w->msg;

	for (; w->victim_rank < rank; w->victim_rank++, w->victim = sip_is_request(msg))
		for (; w->victim < msg->n_uris; w->victim++)
			if (rank_of(w, &msg->uri[w->victim]) <= w->victim_rank)
				return &msg->uri[w->victim++];
	return NULL;
}

/* Keeps a URI that was read into the place after the last, or into the one that is none. */
static void keep_uri(struct walk *w, struct sip_uri *uri)
{
	struct sip_msg *msg = w->msg;
	struct sip_uri *victim;

	if (uri != &msg->uri[SIP_MAX_URIS]) {
		w->values[uri->role]++;
		msg->n_uris++;
		return;
	}
	leave(w, SIP_LEFT_LIMIT);
	victim = find_victim(w, rank_of(w, uri));
	if (victim)
		*victim = *uri;
}

static struct sip_uri *place_of(struct walk *w, enum sip_header header)
{
	struct sip_msg *msg = w->msg;

	return &msg->uri[w->values[header] < SIP_MAX_VALUES ? msg->n_uris : SIP_MAX_URIS];
}

/* ---- headers of which there is one ------------------------------------------------ */

/* It is there again: that says nothing where it says the same, else readers differ. */
static __cold int again(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_slice was = w->first[header], is = sip_slice_of(c->at, c->end);
	u8 left = sip_header_left(header);

	if (was.len != is.len || memcmp(c->p + was.off, c->p + is.off, is.len))
		return fault(w, fault_of(left));
	leave(w, left);
	return 0;
}

/* Return: whether it is the first of its name; the cursor is at its value then. */
static bool is_first(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	cur_skip_lws(c);
	if (w->seen & 1U << header)
		return false;
	w->seen |= 1U << header;
	w->first[header] = sip_slice_of(c->at, c->end);
	return true;
}

/*
 * Some write a display name that needs quotes without them, or quotes in quotes.  What it is
 * for is told for sure where only one URI stands in brackets.
 */
static __cold int take_only_brackets(struct sip_cursor *c, struct sip_slice *uri)
{
	u32 from = sip_find(c->p, c->at, c->end, '<') + 1, to = sip_find(c->p, c->at, c->end, '>');

	if (from >= to || to == c->end || sip_find(c->p, from, c->end, '<') < c->end ||
	    sip_find(c->p, to + 1, c->end, '>') < c->end)
		return -EBADMSG;
	*uri = sip_slice_of(from, to);
	c->at = to + 1;
	return 0;
}

/*
 * The parameters of From or To.  Two tags are none that two readers agree about.
 * Return: whether all of the header was read; else a comma is next, and another party.
 */
static __always_inline bool read_tag(struct walk *w, struct sip_cursor *c,
				     struct sip_slice *tag, enum sip_header header)
{
	struct sip_slice name, value;
	bool has_tag = false;
	int ret;

	while ((ret = sip_next_param(c, &name, &value))) {
		if (ret < 0) {
			leave(w, sip_header_left(header));
			continue;
		}
		if (!sip_slice_is(w->t, name, SIP_LIT("tag")))
			continue;
		if (has_tag)
			leave_identity(w, sip_header_left(header));
		*tag = value;
		has_tag = true;
	}
	return c->at == c->end;
}

/*
 * What is no name-addr with parameters.  A comma may be one of a name that needs quotes and
 * has none; where it stands between two parties, nobody can say which of them it is.
 */
static __cold int odd_party(struct walk *w, struct sip_cursor *c, enum sip_header header,
			    struct sip_slice *uri, struct sip_slice *tag)
{
	u8 left = sip_header_left(header);

	leave(w, left);
	*tag = (struct sip_slice){};
	c->at = w->first[header].off;
	if (take_only_brackets(c, uri) || !read_tag(w, c, tag, header))
		leave_identity(w, left);
	return 0;
}

/* From and To: the URI and the tag */
static __always_inline int read_party(struct walk *w, struct sip_cursor *c, enum sip_header header,
				      struct sip_slice *uri, struct sip_slice *tag)
{
	if (!is_first(w, c, header))
		return again(w, c, header);
	if (take_name_addr(c, uri) || !uri->len || !read_tag(w, c, tag, header))
		return odd_party(w, c, header, uri, tag);
	return 0;
}

static int sip_read_from(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	return read_party(w, c, header, &w->msg->from, &w->msg->from_tag);
}

static int sip_read_to(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	return read_party(w, c, header, &w->msg->to, &w->msg->to_tag);
}

/* The index of the first byte from @at on that is not visible, or @end. */
static u32 visible_end(const char *p, u32 at, u32 end)
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

/* callid = word ["@" word]: visible characters, nothing else (RFC 3261 25.1) */
static int sip_read_call_id(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	u32 end;

	if (!is_first(w, c, header))
		return again(w, c, header);
	end = visible_end(c->p, c->at, c->end);
	w->msg->call_id = sip_slice_of(c->at, end);
	c->at = end;
	if (!w->msg->call_id.len || !cur_at_end(c))
		leave_identity(w, SIP_LEFT_CALL_ID);
	return 0;
}

/* The number of a CSeq, and the white space after it. */
static int read_cseq_number(struct walk *w, struct sip_cursor *c)
{
	struct sip_slice digits;

	/* RFC 3261 8.1.1.5 says below 2^31; some switches count all of the 32 bits */
	if (sip_take_number(c, U32_MAX, &digits, &w->msg->cseq) || !cur_is_lws(c))
		return -EBADMSG;
	if (w->msg->cseq > S32_MAX)
		leave(w, SIP_LEFT_CSEQ);
	cur_skip_lws(c);
	return 0;
}

/* A request has said its method already; a response says it here alone. */
static int read_cseq_method(struct walk *w, struct sip_cursor *c)
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

/* The last word of a CSeq that cannot be read: it says what the body is for, no more. */
static __cold void guess_method(struct walk *w, u32 end)
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

static int sip_read_cseq(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	if (!is_first(w, c, header))
		return again(w, c, header);
	if (!read_cseq_number(w, c) && !read_cseq_method(w, c))
		return 0;
	leave_identity(w, SIP_LEFT_CSEQ);
	if (!sip_is_request(w->msg))
		guess_method(w, c->end);
	return 0;
}

/* "SIP / 2.0 / UDP" */
static int read_via_protocol(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	struct sip_slice name, version;

	/* as everybody writes it */
	if (c->end - c->at > 8 && sip_same(c->p + c->at, SIP_LIT("SIP/2.0/")) &&
	    (u8)c->p[c->at + 8] > ' ') {
		c->at += 8;
	} else {
		name = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '/'))
			return -EBADMSG;
		cur_skip_lws(c);
		version = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '/'))
			return -EBADMSG;
		if (!sip_slice_is(t, name, SIP_LIT("SIP")) ||
		    !sip_slice_is(t, version, SIP_LIT("2.0")))
			return -EBADMSG;
		cur_skip_lws(c);
	}
	via->transport = sip_transport_of(t, cur_take(c, SIP_C_TOKEN));
	return via->transport ? 0 : -EBADMSG;
}

/* sent-by, which ends where it can be told from what is next: a port may be put there. */
static int take_sent_by(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	int err = sip_take_host(t, c, &via->by, true);
	int next = cur_peek(c);

	if (err || next < 0 || next == ';' || next == ',' || c->p[c->at - 1] <= ' ')
		return err;
	return cur_is_lws(c) ? 0 : -EBADMSG;
}

/*
 * Others ask less of it: what is before the second slash says nothing to them.  They send
 * their answer to what is after it.
 */
static __cold int read_odd_via_head(const struct sip_text *t, struct sip_cursor *c,
				    struct sip_via *via)
{
	u32 slash = sip_find(c->p, c->at, c->end, '/');

	slash = slash < c->end ? sip_find(c->p, slash + 1, c->end, '/') : slash;
	if (slash == c->end)
		return -EBADMSG;
	memset(via, 0, sizeof(*via));
	c->at = slash + 1;
	cur_skip_lws(c);
	via->transport = sip_transport_of(t, cur_take(c, SIP_C_TOKEN));
	if (!via->transport || !cur_is_lws(c))
		return -EBADMSG;
	cur_skip_lws(c);
	return take_sent_by(t, c, via);
}

/* sent-protocol LWS sent-by: "SIP/2.0/UDP host:port" */
static int read_via_head(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	cur_skip_lws(c);
	if (read_via_protocol(t, c, via))
		return -EBADMSG;
	cur_skip_lws(c);
	return take_sent_by(t, c, via);
}

static void via_param(const struct sip_text *t, struct sip_via *via,
		      struct sip_slice name, struct sip_slice value)
{
	if (sip_slice_is(t, name, SIP_LIT("branch"))) {
		via->branch = value;
	} else if (sip_slice_is(t, name, SIP_LIT("maddr"))) {
		via->maddr = value;
	} else if (sip_slice_is(t, name, SIP_LIT("received"))) {
		via->received = value;
	} else if (sip_slice_is(t, name, SIP_LIT("rport"))) {
		via->rport = value;
		via->has_rport = true;
	}
}

/* Only the top Via is ours to read: the first value of the first header. */
static int sip_read_via(struct walk *w, struct sip_cursor *c, enum sip_header header)
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
	if (cur_at_end(c)) {	/* it names no hop, so the next one is on top */
		leave(w, SIP_LEFT_VIA);
		return 0;
	}
	w->msg->n_vias = 1;
	w->seen |= SEEN(VIA);
	from = c->at;
	ret = read_via_head(w->t, c, via);
	if (ret) {
		leave_for(w, ret, SIP_LEFT_VIA);
		w->msg->flags |= SIP_MSG_PASSIVE;
		c->at = from;
		if (read_odd_via_head(w->t, c, via)) {
			memset(via, 0, sizeof(*via));
			return 0;
		}
	}
	while ((ret = sip_next_param(c, &name, &value))) {
		if (ret > 0)
			via_param(w->t, via, name, value);
		else
			leave(w, SIP_LEFT_VIA);
	}
	return 0;
}

/* RFC 3261 20.14; SECURITY: what frames a message is all digits and bounded, or it is a fault */
/*
 * No number: the frame is the datagram, a stream has ended already (sip_stream).  Its first digits
 * are kept for sip_parse_body().  Two that readers may choose from are no frame at all.
 */
static __cold int odd_length(struct walk *w, struct sip_cursor *c, struct sip_slice digits,
			    u32 value)
{
	struct sip_msg *msg = w->msg;

	if (msg->flags & SIP_MSG_LENGTH || msg->left & 1U << SIP_LEFT_LENGTH ||
	    sip_find(c->p, digits.off, c->end, ',') < c->end)
		return fault(w, SIP_FAULT_LENGTH);
	msg->content_length = value;
	msg->length = digits;
	leave_identity(w, SIP_LEFT_LENGTH);
	return 0;
}

static int sip_read_length(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice digits;
	u32 value = 0;
	int err;

	cur_skip_lws(c);
	err = sip_take_number(c, SIP_MAX_CONTENT_LENGTH, &digits, &value);
	if (err == -ERANGE)
		return fault(w, SIP_FAULT_LENGTH);
	if (err || !cur_at_end(c))
		return odd_length(w, c, digits, value);
	if (!(msg->flags & SIP_MSG_LENGTH)) {
		if (msg->left & 1U << SIP_LEFT_LENGTH)
			return fault(w, SIP_FAULT_LENGTH);
		msg->flags |= SIP_MSG_LENGTH;
		msg->content_length = value;
		msg->length = digits;
		return 0;
	}
	/* SECURITY S6: the same again; both are kept right */
	if (value != msg->content_length || msg->length_again.len)
		return fault(w, SIP_FAULT_LENGTH);
	msg->length_again = digits;
	leave(w, SIP_LEFT_LENGTH);
	return 0;
}

/* RFC 2046 5.1.1: 1 to 70 characters, which need no escapes; a blank may stand inside */
static struct sip_slice boundary_of(const struct sip_text *t, struct sip_cursor *c)
{
	struct sip_slice name, value;
	int ret;

	while ((ret = sip_next_param(c, &name, &value)))
		if (ret > 0 && sip_slice_is(t, name, SIP_LIT("boundary")) && value.len <= 70 &&
		    !memchr(sip_slice_ptr(t, value), '\\', value.len))
			return value;
	return (struct sip_slice){};
}

u8 sip_content_type(const struct sip_text *text, struct sip_cursor *c, struct sip_slice *boundary)
{
	struct sip_slice type, subtype;

	*boundary = (struct sip_slice){};
	/* as nearly everybody writes it */
	if (c->end - c->at == sizeof("application/sdp") - 1 &&
	    sip_same(c->p + c->at, SIP_LIT("application/sdp")))
		return SIP_CONTENT_SDP;
	type = cur_take(c, SIP_C_TOKEN);
	cur_skip_lws(c);
	if (!cur_skip(c, '/'))
		return SIP_CONTENT_UNKNOWN;
	cur_skip_lws(c);
	subtype = cur_take(c, SIP_C_TOKEN);
	if (!type.len || !subtype.len)
		return SIP_CONTENT_UNKNOWN;
	if (sip_slice_is(text, type, SIP_LIT("application")))
		return sip_slice_is(text, subtype, SIP_LIT("sdp")) ? SIP_CONTENT_SDP :
								     SIP_CONTENT_OTHER;
	if (!sip_slice_is(text, type, SIP_LIT("multipart")) ||
	    (!sip_slice_is(text, subtype, SIP_LIT("mixed")) &&
	     !sip_slice_is(text, subtype, SIP_LIT("alternative")) &&
	     !sip_slice_is(text, subtype, SIP_LIT("related"))))
		return SIP_CONTENT_OTHER;
	*boundary = boundary_of(text, c);
	return SIP_CONTENT_MULTIPART;
}

static int sip_read_type(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	static const u16 flags[] = {
		[SIP_CONTENT_UNKNOWN]	= 0,
		[SIP_CONTENT_OTHER]	= 0,
		[SIP_CONTENT_SDP]	= SIP_MSG_SDP,
		[SIP_CONTENT_MULTIPART]	= SIP_MSG_MULTIPART,
	};
	struct sip_msg *msg = w->msg;
	u16 was = msg->flags & (SIP_MSG_SDP | SIP_MSG_MULTIPART), is;
	u8 type;

	cur_skip_lws(c);
	type = sip_content_type(w->t, c, &msg->boundary);
	is = flags[type];
	/* two that differ: nobody can say what the body is */
	if (msg->has_type && was != is) {
		msg->flags |= SIP_MSG_ENCODED;
		leave(w, SIP_LEFT_SDP_LINE);
	}
	msg->has_type |= type != SIP_CONTENT_UNKNOWN;
	msg->flags &= ~was;
	msg->flags |= is;
	return 0;
}

static int sip_read_encoding(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice coding;

	cur_skip_lws(c);
	coding = cur_take(c, SIP_C_TOKEN);
	if (!coding.len && cur_at_end(c) && !(msg->flags & SIP_MSG_STRICT))
		leave(w, SIP_LEFT_SDP_LINE);	/* it says nothing, so it is none */
	else if (!sip_slice_is(w->t, coding, SIP_LIT("identity")) || !cur_at_end(c))
		msg->flags |= SIP_MSG_ENCODED;
	return 0;
}

/*
 * delta-seconds; anything but digits is as if absent (RFC 2543 had dates here), and so is a
 * number over 32 bits (RFC 3261 20.19).
 */
static void read_seconds(struct walk *w, struct sip_cursor *c, u32 *out, u16 flag)
{
	struct sip_slice digits;
	int err;

	cur_skip_lws(c);
	err = sip_take_number(c, U32_MAX, &digits, out);
	if (err == -ERANGE)
		leave(w, SIP_LEFT_NUMBER);
	if (!err && (cur_at_end(c) || cur_peek(c) == ';'))
		w->msg->flags |= flag;
}

static int sip_read_expires(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	read_seconds(w, c, &w->msg->expires, SIP_MSG_EXPIRES);
	return 0;
}

static int sip_read_session(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	read_seconds(w, c, &w->msg->session, SIP_MSG_SESSION);
	return 0;
}

static void uri_value_params(struct walk *w, struct sip_cursor *c, struct sip_uri *uri)
{
	struct sip_slice name, value;
	int ret, err;

	while ((ret = sip_next_param(c, &name, &value))) {
		if (ret < 0) {
			leave(w, sip_header_left((enum sip_header)uri->role));
			continue;
		}
		if (uri->role != SIP_ROLE_CONTACT || !sip_slice_is(w->t, name, SIP_LIT("expires")))
			continue;
		err = sip_number(w->t, value, U32_MAX, &uri->expires);
		if (err == -ERANGE)
			leave(w, SIP_LEFT_NUMBER);
		uri->has_expires = !err;
	}
}

/* Once more, less strictly, from the beginning of the value. */
static __cold int read_odd_uri(struct walk *w, struct sip_cursor *c, u32 from, struct sip_uri *uri)
{
	struct sip_slice text;

	c->at = from;
	if (!take_name_addr(c, &text))
		return sip_uri_parse(w->t, trimmed(w->t, text), uri);
	c->at = from;
	return take_unclosed(c, &text) ? -EBADMSG : sip_uri_parse(w->t, text, uri);
}

/* A name-addr with its parameters. */
static int read_uri(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_uri *uri = place_of(w, header);
	struct sip_slice text;
	u32 from = c->at;
	int err = take_name_addr(c, &text);

	if (!err)
		err = sip_uri_parse(w->t, text, uri);
	if (unlikely(err)) {
		err = read_odd_uri(w, c, from, uri) ? err : 0;
		if (err)
			return err;
		leave(w, sip_header_left(header));
	}
	uri->role = header;
	if (uri->is_odd)
		leave(w, sip_header_left(header));
	uri_value_params(w, c, uri);
	keep_uri(w, uri);
	return 0;
}

/*
 * Steps over a value that nobody can read, to the next comma that is neither quoted nor in
 * brackets.  A bracket that another one follows was never closed.
 */
static __cold void skip_value(struct sip_cursor *c)
{
	while (c->at < c->end && c->p[c->at] != ',') {
		if (c->p[c->at] == '"') {
			if (sip_skip_quoted(c))
				c->at = c->end;
		} else if (c->p[c->at++] == '<') {
			u32 at = find_bracket(c->p, c->at, c->end);

			if (at < c->end && c->p[at] == '>')
				c->at = at;
		}
	}
}

/* One or more name-addrs with parameters, separated by commas. */
static int sip_read_uris(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	do {
		u32 from = c->at;
		int err = read_uri(w, c, header);

		if (err) {
			leave_for(w, err, sip_header_left(header));
			c->at = from;
			skip_value(c);
		}
	} while (cur_skip(c, ','));
	return 0;
}

/*
 * RFC 2617 3.2.1: stale=true says that the password was right, and only the nonce too old.
 * Scheme, then parameters with commas between them; what is not readable says nothing.
 */
static noinline void read_challenge(struct walk *w, struct sip_cursor *c)
{
	struct sip_slice name, value;
	u32 from;

	while (c->at < c->end) {
		cur_skip_lws(c);
		name = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '=')) {
			if (!name.len && !cur_skip(c, ','))
				return;
			continue;	/* the scheme, or an empty place in the list */
		}
		cur_skip_lws(c);
		value = cur_take(c, SIP_C_TOKEN);
		from = c->at + 1;
		if (cur_peek(c) == '"') {
			if (sip_skip_quoted(c))
				return;
			value = sip_slice_of(from, c->at - 1);
		}
		if (sip_slice_is(w->t, name, SIP_LIT("stale")) &&
		    sip_slice_is(w->t, value, SIP_LIT("true")))
			w->msg->flags |= SIP_MSG_STALE;
	}
}

static int sip_read_contact(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_cursor star;

	if (cur_at_end(c))		/* an empty list: seen in the field, says nothing */
		return 0;
	star = *c;
	if (cur_skip(&star, '*') && cur_at_end(&star)) {
		w->msg->flags |= SIP_MSG_STAR;
		return 0;
	}
	/* a display name may begin with it, too */
	return sip_read_uris(w, c, header);
}

/* ---- the walk -------------------------------------------------------------------- */

static int sip_read_challenge(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	read_challenge(w, c);
	return 0;
}

/* It is there: who was asked for a password answers. */
static int sip_read_credentials(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	w->msg->flags |= SIP_MSG_CREDENTIALS;
	return 0;
}

static int sip_read_nothing(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	return 0;
}

static int read_value(struct walk *w, struct sip_cursor *c, enum sip_header header)
{
	switch (header) {
#define X(NAME, name, letter, reader, LEFT, POSITION) \
	case SIP_HEADER_##NAME: \
		return sip_read_##reader(w, c, header);
	SIP_HEADERS(X)
#undef X
	default:
		return 0;
	}
}

/* Whether the name of a header has letters and dashes alone, in words: few are shorter. */
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

/* The name of a header, and the colon after it.  Return: whether it is one. */
static bool take_header_name(struct sip_cursor *c, enum sip_header *header)
{
	u32 colon = sip_find(c->p, c->at, c->end, ':');
	struct sip_slice name;

	*header = sip_header_of(c->p + c->at, colon - c->at);
	if (colon < c->end && (*header || is_plain_name(c->p + c->at, colon - c->at))) {
		c->at = colon + 1;
		return true;
	}
	/* blanks may stand in front of the colon, and of any other name the letters count */
	name = cur_take(c, SIP_C_TOKEN);
	*header = sip_header_of(c->p + name.off, name.len);
	cur_take(c, SIP_C_WSP);
	return name.len && cur_skip(c, ':');
}

/*
 * SECURITY M4: something of a header was left.  For some readers a message ends at a NUL; another
 * control character says that nobody can be sure what the header means.
 */
static __cold int look_for_controls(struct walk *w, u32 at, u32 end)
{
	const char *p = w->t->p;
	u8 left = w->left - 1;

	w->left = 0;
	for (; at < end; at++) {
		if (!sip_char_is((u8)p[at], SIP_C_CTL) || p[at] == '\r' || p[at] == '\n')
			continue;
		if (!p[at])
			return fault(w, fault_of(left));
		w->msg->flags |= SIP_MSG_PASSIVE;
	}
	return 0;
}

static int read_header(struct walk *w, struct sip_cursor *c)
{
	u32 from = c->at;
	enum sip_header header;
	int err;

	if (!take_header_name(c, &header)) {
		leave(w, SIP_LEFT_LINE);
		return look_for_controls(w, from, c->end);
	}
	if (header == SIP_HEADER_OTHER || header > w->last)
		return 0;
	err = read_value(w, c, header);
	return likely(!w->left) || err ? err : look_for_controls(w, from, c->end);
}

/* What RFC 3261 8.1.1 asks of every message, and 8.2.6.2 of every response. */
static int check_complete(struct walk *w)
{
	enum sip_header header;

	if ((w->seen & SEEN_ALL) == SEEN_ALL)
		return 0;
	/* one that is empty was there, and a line that is no header may have been meant for it */
	if (!w->msg->n_vias && !(w->msg->left & (1U << SIP_LEFT_LINE | 1U << SIP_LEFT_VIA)))
		return fault(w, SIP_FAULT_VIA);
	if (!w->msg->n_vias)
		leave_identity(w, SIP_LEFT_VIA);
	for (header = SIP_HEADER_FROM; header <= SIP_HEADER_IDENTITY; header++)
		if (!(w->seen & 1U << header))
			leave_identity(w, sip_header_left(header));
	return 0;
}

/* Bytes of the empty line at @at, however it ends; 0: it is not empty. */
static u32 end_headers(struct walk *w, u32 at)
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

/* Legal lines that are so long or end so that someone who is strict does not take them. */
static __cold void look_at_line(struct walk *w, const struct sip_cursor *c, u32 next)
{
	if (next - c->end != 2)
		sip_leave(w->msg, SIP_LEFT_LINE);
	if (c->end - c->at >= SIP_MAX_HEADER)
		sip_leave(w->msg, SIP_LEFT_LONG);
}

/* No header ends at @at.  Return: where to go on; 0: its end is not there; -EBADMSG. */
static __cold int no_header(struct walk *w, int ret)
{
	if (ret)
		return fault(w, SIP_FAULT_LINE);
	if (!w->is_whole)
		return 0;
	sip_leave(w->msg, SIP_LEFT_END);
	return w->t->len;
}

/* Return: bytes of the header section; 0: its end is not there; -EBADMSG. */
static int read_headers(struct walk *w, u32 at)
{
	const struct sip_text *t = w->t;
	struct sip_cursor c;
	u32 longest = SIP_MAX_HEADER, n, empty = 0;
	int ret;

	for (n = 0; at < t->len; n++) {
		/* a letter does not begin it */
		if ((u8)t->p[at] <= '\r') {
			empty = end_headers(w, at);
			if (empty)
				break;
		}
		ret = sip_cut_header(t, at, &c);
		if (unlikely(ret <= 0)) {
			ret = no_header(w, ret);
			if (ret <= 0)
				return ret;
		} else if (unlikely(ret - c.end != 2 || c.end - at >= longest)) {
			look_at_line(w, &c, ret);
		}
		at = ret;
		ret = read_header(w, &c);
		if (ret)
			return ret;
		if ((w->seen & w->until) == w->until)
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

/* After the start line: what it held is in the message already. */
static int walk_headers(struct walk *w, u32 line)
{
	w->values[SIP_ROLE_REQUEST] = w->msg->n_uris;
	w->victim = w->msg->n_uris;
	return read_headers(w, line);
}

int sip_parse(const struct sip_text *text, struct sip_msg *msg)
{
	struct walk w = { .t = text, .msg = msg, .until = SEEN_END, .last = SIP_HEADER_LAST };
	int line = sip_parse_start(text, msg);

	return line > 0 ? walk_headers(&w, line) : line;
}

int sip_parse_identity(const struct sip_text *text, struct sip_msg *msg, u32 line)
{
	struct sip_text head = { text->p, min_t(u32, text->len, SIP_MAX_IDENTITY) };
	struct walk w = {
		.t = &head, .msg = msg, .until = SEEN_ALL, .last = SIP_HEADER_IDENTITY,
	};
	int ret = walk_headers(&w, line);

	if (ret > 0 && !sip_may_act(msg))
		return -EBADMSG;
	return ret > 0 ? 0 : ret ? ret : -E2BIG;
}

/*
 * All lines of some end with LF alone, and their bodies were counted with CRLF.  Nobody sees a
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
		msg->flags |= SIP_MSG_LENGTH;	/* it is meant, whatever stands after it */
	}
	msg->body = sip_slice_of(head, head + len);
	return head + len;
}

int sip_parse_rest(const struct sip_text *text, struct sip_msg *msg, int line,
		   const struct sip_ends *ends)
{
	struct walk w = {
		.t = text, .msg = msg, .ends = ends, .is_whole = true,
		.until = SEEN_END, .last = SIP_HEADER_LAST,
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
