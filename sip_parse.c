// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse: the walk over a SIP message.  See sip_parse.h for the contract.
 *
 * From top to bottom of a message: start line, then header by header.  Those
 * that matter are told by the length of their name; all others are stepped over.
 * A reader works on a cursor that cannot be read at its end, and the first thing
 * that does not fit ends the walk: there is no second guess.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sip_cursor.h"
#include "sip_parse.h"
#include "sip_word.h"

/* ---- header values --------------------------------------------------------------- */

struct walk {
	const struct sip_text *t;
	struct sip_msg *msg;
	u32 seen;		/* bits by enum once */
	u32 until;		/* the walk ends when all of these were seen; 0: at the end */
	u8 values[SIP_ROLE_COUNT];
};

/* headers that every message has: those that may stand only once, and Via */
enum once {
	ONCE_FROM	= 1 << 0,
	ONCE_TO		= 1 << 1,
	ONCE_CALL_ID	= 1 << 2,
	ONCE_CSEQ	= 1 << 3,
	SEEN_VIA	= 1 << 4,
	SEEN_ALL	= ONCE_FROM | ONCE_TO | ONCE_CALL_ID | ONCE_CSEQ | SEEN_VIA,
};

static int fault(struct walk *w, enum sip_fault what)
{
	w->msg->fault = what;
	return -EBADMSG;
}

/* A number over its range is a fault of its own, everything else belongs to the header. */
static int fault_of(struct walk *w, int err, enum sip_fault what)
{
	return fault(w, err == -ERANGE ? SIP_FAULT_NUMBER : what);
}

/* Steps to the URI behind a display name.  Return: 1: it is in brackets, 0: bare, -EBADMSG. */
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
		if (ch != '\r')
			return -EBADMSG;
		cur_skip_lws(c);
		if (cur_peek(c) == '\r')	/* a bare one */
			return -EBADMSG;
	}
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
		at = sip_find(c.p, c.at, c.end, '>');
		*uri = sip_slice_of(c.at, at);
		from->at = at + 1;
		return at < c.end ? 0 : -EBADMSG;
	}
	*uri = cur_take(&c, SIP_C_VALUE);
	from->at = c.at;
	return sip_find(c.p, uri->off, c.at, '?') < c.at ? -EBADMSG : 0;
}

static struct sip_uri *add_uri(struct walk *w, enum sip_role role)
{
	struct sip_msg *msg = w->msg;

	if (msg->n_uris == SIP_MAX_URIS || w->values[role] == SIP_MAX_VALUES)
		return NULL;
	w->values[role]++;
	return &msg->uri[msg->n_uris++];
}

/* From and To: the URI and the tag */
static int read_party(struct walk *w, struct sip_cursor *c, struct sip_slice *uri,
		      struct sip_slice *tag)
{
	struct sip_slice name, value;
	int ret;

	if (take_name_addr(c, uri) || !uri->len)
		return -EBADMSG;
	while ((ret = sip_next_param(c, &name, &value)) > 0)
		if (sip_slice_is(w->t, name, SIP_LIT("tag")))
			*tag = value;
	return ret || !cur_at_end(c) ? -EBADMSG : 0;
}

static int once(struct walk *w, enum once bit, enum sip_fault what)
{
	if (w->seen & bit)
		return fault(w, what);
	w->seen |= bit;
	return 0;
}

static int on_from(struct walk *w, struct sip_cursor *c)
{
	if (once(w, ONCE_FROM, SIP_FAULT_FROM))
		return -EBADMSG;
	if (read_party(w, c, &w->msg->from, &w->msg->from_tag))
		return fault(w, SIP_FAULT_FROM);
	return 0;
}

static int on_to(struct walk *w, struct sip_cursor *c)
{
	if (once(w, ONCE_TO, SIP_FAULT_TO))
		return -EBADMSG;
	if (read_party(w, c, &w->msg->to, &w->msg->to_tag))
		return fault(w, SIP_FAULT_TO);
	return 0;
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
static int on_call_id(struct walk *w, struct sip_cursor *c)
{
	u32 end;

	if (once(w, ONCE_CALL_ID, SIP_FAULT_CALL_ID))
		return -EBADMSG;
	cur_skip_lws(c);
	end = visible_end(c->p, c->at, c->end);
	w->msg->call_id = sip_slice_of(c->at, end);
	c->at = end;
	if (!w->msg->call_id.len || !cur_at_end(c))
		return fault(w, SIP_FAULT_CALL_ID);
	return 0;
}

/* RFC 3261 7.1: method names are case-sensitive */
static u8 method_of(const struct sip_text *t, struct sip_slice s)
{
	static const struct {
		const char *name;
		u8 len;
		u8 method;
	} methods[] = {
		{ SIP_LIT("INVITE"),	SIP_INVITE },
		{ SIP_LIT("ACK"),	SIP_ACK },
		{ SIP_LIT("BYE"),	SIP_BYE },
		{ SIP_LIT("CANCEL"),	SIP_CANCEL },
		{ SIP_LIT("PRACK"),	SIP_PRACK },
		{ SIP_LIT("UPDATE"),	SIP_UPDATE },
		{ SIP_LIT("REGISTER"),	SIP_REGISTER },
		{ SIP_LIT("OPTIONS"),	SIP_OPTIONS },
		{ SIP_LIT("SUBSCRIBE"),	SIP_SUBSCRIBE },
		{ SIP_LIT("NOTIFY"),	SIP_NOTIFY },
		{ SIP_LIT("PUBLISH"),	SIP_PUBLISH },
		{ SIP_LIT("INFO"),	SIP_INFO },
		{ SIP_LIT("REFER"),	SIP_REFER },
		{ SIP_LIT("MESSAGE"),	SIP_MESSAGE },
	};
	const char *p = sip_slice_ptr(t, s);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (methods[i].len == s.len && methods[i].name[0] == *p &&
		    !memcmp(p, methods[i].name, s.len))
			return methods[i].method;
	return SIP_METHOD_OTHER;
}

static int on_cseq(struct walk *w, struct sip_cursor *c)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice digits, name;
	int err;

	if (once(w, ONCE_CSEQ, SIP_FAULT_CSEQ))
		return -EBADMSG;
	cur_skip_lws(c);
	digits = cur_take(c, SIP_C_DIGIT);
	/* RFC 3261 8.1.1.5: below 2^31 */
	err = sip_number(w->t, digits, S32_MAX, &msg->cseq);
	if (err)
		return fault(w, SIP_FAULT_CSEQ);
	if (!sip_char_is(cur_peek(c), SIP_C_WSP) && cur_peek(c) != '\r')
		return fault(w, SIP_FAULT_CSEQ);
	cur_skip_lws(c);
	name = cur_take(c, SIP_C_TOKEN);
	if (!name.len || !cur_at_end(c))
		return fault(w, SIP_FAULT_CSEQ);
	if (!sip_is_request(msg)) {
		msg->method_name = name;
		msg->method = method_of(w->t, name);
	} else if (name.len != msg->method_name.len ||
		   memcmp(w->t->p + name.off, w->t->p + msg->method_name.off, name.len)) {
		return fault(w, SIP_FAULT_CSEQ);
	}
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

/* sent-protocol LWS sent-by: "SIP/2.0/UDP host:port" */
static int read_via_head(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	cur_skip_lws(c);
	if (read_via_protocol(t, c, via))
		return -EBADMSG;
	cur_skip_lws(c);
	return sip_take_host(t, c, &via->by, true);
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
static int on_via(struct walk *w, struct sip_cursor *c)
{
	struct sip_via *via = &w->msg->via;
	struct sip_slice name, value;
	int ret;

	if (w->msg->n_vias == SIP_MAX_VIAS)
		return fault(w, SIP_FAULT_LIMIT);
	if (w->msg->n_vias++)
		return 0;
	w->seen |= SEEN_VIA;
	ret = read_via_head(w->t, c, via);
	if (ret)
		return fault_of(w, ret, SIP_FAULT_VIA);
	while ((ret = sip_next_param(c, &name, &value)) > 0)
		via_param(w->t, via, name, value);
	if (ret || (!cur_at_end(c) && cur_peek(c) != ','))
		return fault(w, SIP_FAULT_VIA);
	return 0;
}

/* RFC 3261 20.14; SECURITY: what frames a message is all digits and bounded, or it is a fault */
static int on_content_length(struct walk *w, struct sip_cursor *c)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice digits;
	u32 value;

	cur_skip_lws(c);
	digits = cur_take(c, SIP_C_DIGIT);
	if (sip_number(w->t, digits, SIP_MAX_CONTENT_LENGTH, &value) || !cur_at_end(c))
		return fault(w, SIP_FAULT_LENGTH);
	if (msg->flags & SIP_MSG_LENGTH)
		return fault(w, SIP_FAULT_LENGTH);
	msg->flags |= SIP_MSG_LENGTH;
	msg->content_length = value;
	msg->length = digits;
	return 0;
}

/* RFC 2046 5.1.1: 1 to 70 characters, which need no escapes; a blank may stand inside */
static struct sip_slice boundary_of(const struct sip_text *t, struct sip_cursor *c)
{
	struct sip_slice name, value;

	while (sip_next_param(c, &name, &value) > 0)
		if (sip_slice_is(t, name, SIP_LIT("boundary")) && value.len <= 70 &&
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
		return SIP_CONTENT_OTHER;
	cur_skip_lws(c);
	subtype = cur_take(c, SIP_C_TOKEN);
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

static int on_content_type(struct walk *w, struct sip_cursor *c)
{
	static const u16 flags[] = {
		[SIP_CONTENT_OTHER]	= 0,
		[SIP_CONTENT_SDP]	= SIP_MSG_SDP,
		[SIP_CONTENT_MULTIPART]	= SIP_MSG_MULTIPART,
	};

	cur_skip_lws(c);
	w->msg->flags &= ~(SIP_MSG_SDP | SIP_MSG_MULTIPART);
	w->msg->flags |= flags[sip_content_type(w->t, c, &w->msg->boundary)];
	return 0;
}

static int on_content_encoding(struct walk *w, struct sip_cursor *c)
{
	cur_skip_lws(c);
	if (!sip_slice_is(w->t, cur_take(c, SIP_C_TOKEN), SIP_LIT("identity")) || !cur_at_end(c))
		w->msg->flags |= SIP_MSG_ENCODED;
	return 0;
}

/*
 * delta-seconds; anything but digits is as if absent (RFC 2543 had dates here),
 * a number over 32 bits is a fault.
 */
static int read_seconds(struct walk *w, struct sip_cursor *c, u32 *out, u16 flag)
{
	struct sip_slice digits;
	int err;

	cur_skip_lws(c);
	digits = cur_take(c, SIP_C_DIGIT);
	err = sip_number(w->t, digits, U32_MAX, out);
	if (err == -ERANGE)
		return fault(w, SIP_FAULT_NUMBER);
	if (!err && (cur_at_end(c) || cur_peek(c) == ';'))
		w->msg->flags |= flag;
	return 0;
}

static int uri_value_params(struct walk *w, struct sip_cursor *c, struct sip_uri *uri)
{
	struct sip_slice name, value;
	int ret, err;

	while ((ret = sip_next_param(c, &name, &value)) > 0) {
		if (uri->role != SIP_ROLE_CONTACT || !sip_slice_is(w->t, name, SIP_LIT("expires")))
			continue;
		err = sip_number(w->t, value, U32_MAX, &uri->expires);
		if (err == -ERANGE)
			return err;
		uri->has_expires = !err;
	}
	return ret;
}

/* One or more name-addrs with parameters, separated by commas. */
static int read_uris(struct walk *w, struct sip_cursor *c, enum sip_role role, enum sip_fault what)
{
	struct sip_slice text;
	struct sip_uri *uri;
	int err;

	do {
		if (take_name_addr(c, &text))
			return fault(w, what);
		uri = add_uri(w, role);
		if (!uri)
			return fault(w, SIP_FAULT_LIMIT);
		err = sip_uri_parse(w->t, text, uri);
		uri->role = role;
		if (!err)
			err = uri_value_params(w, c, uri);
		if (err)
			return fault_of(w, err, what);
		cur_skip_lws(c);
	} while (cur_skip(c, ','));
	return cur_at_end(c) ? 0 : fault(w, what);
}

/*
 * RFC 2617 3.2.1: stale=true says that the password was right, and only the nonce too old.
 * Scheme, then parameters with commas between them; what is not readable says nothing.
 */
static void read_challenge(struct walk *w, struct sip_cursor *c)
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

static int on_contact(struct walk *w, struct sip_cursor *c)
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
	return read_uris(w, c, SIP_ROLE_CONTACT, SIP_FAULT_CONTACT);
}

/* ---- the walk -------------------------------------------------------------------- */

enum header {
	HEADER_OTHER,
	HEADER_VIA,
	HEADER_FROM,
	HEADER_TO,
	HEADER_CALL_ID,
	HEADER_CSEQ,
	HEADER_IDENTITY = HEADER_CSEQ,	/* up to here: which transaction and dialog it is */
	HEADER_CONTACT,
	HEADER_CONTENT_LENGTH,
	HEADER_CONTENT_TYPE,
	HEADER_CONTENT_ENCODING,
	HEADER_EXPIRES,
	HEADER_SESSION_EXPIRES,
	HEADER_ROUTE,
	HEADER_RECORD_ROUTE,
	HEADER_PATH,
	HEADER_SERVICE_ROUTE,
	HEADER_REFER_TO,
	HEADER_REFERRED_BY,
	HEADER_REPLY_TO,
	HEADER_CREDENTIALS,
	HEADER_CHALLENGE,
};

/* RFC 3261 7.3.3 and 20, and the RFCs that each comes from */
static enum header short_header(char letter)
{
	switch (letter | 0x20) {
	case 'b':
		return HEADER_REFERRED_BY;
	case 'c':
		return HEADER_CONTENT_TYPE;
	case 'e':
		return HEADER_CONTENT_ENCODING;
	case 'f':
		return HEADER_FROM;
	case 'i':
		return HEADER_CALL_ID;
	case 'l':
		return HEADER_CONTENT_LENGTH;
	case 'm':
		return HEADER_CONTACT;
	case 'r':
		return HEADER_REFER_TO;
	case 't':
		return HEADER_TO;
	case 'v':
		return HEADER_VIA;
	case 'x':
		return HEADER_SESSION_EXPIRES;
	default:
		return HEADER_OTHER;
	}
}

#define NAME_IS(lit)	sip_same(p, SIP_LIT(lit))

/*
 * By length, and then the few names of that length.  RFC 3261 7.3.1: in any case.
 * Return: HEADER_OTHER also for what is no name of a header.
 */
static enum header header_of(const char *p, u32 len)
{
	switch (len) {
	case 1:
		return short_header(*p);
	case 2:
		return NAME_IS("To") ? HEADER_TO : HEADER_OTHER;
	case 3:
		return NAME_IS("Via") ? HEADER_VIA : HEADER_OTHER;
	case 4:
		return NAME_IS("From") ? HEADER_FROM :
		       NAME_IS("CSeq") ? HEADER_CSEQ :
		       NAME_IS("Path") ? HEADER_PATH : HEADER_OTHER;
	case 5:
		return NAME_IS("Route") ? HEADER_ROUTE : HEADER_OTHER;
	case 7:
		return NAME_IS("Call-ID") ? HEADER_CALL_ID :
		       NAME_IS("Contact") ? HEADER_CONTACT :
		       NAME_IS("Expires") ? HEADER_EXPIRES : HEADER_OTHER;
	case 8:
		return NAME_IS("Refer-To") ? HEADER_REFER_TO :
		       NAME_IS("Reply-To") ? HEADER_REPLY_TO : HEADER_OTHER;
	case 11:
		return NAME_IS("Referred-By") ? HEADER_REFERRED_BY : HEADER_OTHER;
	case 12:
		return NAME_IS("Content-Type") ? HEADER_CONTENT_TYPE :
		       NAME_IS("Record-Route") ? HEADER_RECORD_ROUTE : HEADER_OTHER;
	case 13:
		return NAME_IS("Authorization") ? HEADER_CREDENTIALS :
		       NAME_IS("Service-Route") ? HEADER_SERVICE_ROUTE : HEADER_OTHER;
	case 14:
		return NAME_IS("Content-Length") ? HEADER_CONTENT_LENGTH : HEADER_OTHER;
	case 15:
		return NAME_IS("Session-Expires") ? HEADER_SESSION_EXPIRES : HEADER_OTHER;
	case 16:
		return NAME_IS("Content-Encoding") ? HEADER_CONTENT_ENCODING :
		       NAME_IS("WWW-Authenticate") ? HEADER_CHALLENGE : HEADER_OTHER;
	case 18:
		return NAME_IS("Proxy-Authenticate") ? HEADER_CHALLENGE : HEADER_OTHER;
	case 19:
		return NAME_IS("Proxy-Authorization") ? HEADER_CREDENTIALS : HEADER_OTHER;
	default:
		return HEADER_OTHER;
	}
}

#undef NAME_IS

static int read_value(struct walk *w, struct sip_cursor *c, enum header header)
{
	switch (header) {
	case HEADER_VIA:
		return on_via(w, c);
	case HEADER_FROM:
		return on_from(w, c);
	case HEADER_TO:
		return on_to(w, c);
	case HEADER_CALL_ID:
		return on_call_id(w, c);
	case HEADER_CSEQ:
		return on_cseq(w, c);
	case HEADER_CONTACT:
		return on_contact(w, c);
	case HEADER_CONTENT_LENGTH:
		return on_content_length(w, c);
	case HEADER_CONTENT_TYPE:
		return on_content_type(w, c);
	case HEADER_CONTENT_ENCODING:
		return on_content_encoding(w, c);
	case HEADER_EXPIRES:
		return read_seconds(w, c, &w->msg->expires, SIP_MSG_EXPIRES);
	case HEADER_SESSION_EXPIRES:
		return read_seconds(w, c, &w->msg->session, SIP_MSG_SESSION);
	case HEADER_ROUTE:
		return read_uris(w, c, SIP_ROLE_ROUTE, SIP_FAULT_ROUTE);
	case HEADER_RECORD_ROUTE:
		return read_uris(w, c, SIP_ROLE_RECORD_ROUTE, SIP_FAULT_ROUTE);
	case HEADER_PATH:
		return read_uris(w, c, SIP_ROLE_PATH, SIP_FAULT_ROUTE);
	case HEADER_SERVICE_ROUTE:
		return read_uris(w, c, SIP_ROLE_SERVICE_ROUTE, SIP_FAULT_ROUTE);
	case HEADER_REFER_TO:
		return read_uris(w, c, SIP_ROLE_REFER_TO, SIP_FAULT_REFER);
	case HEADER_REFERRED_BY:
		return read_uris(w, c, SIP_ROLE_REFERRED_BY, SIP_FAULT_REFER);
	case HEADER_REPLY_TO:
		return read_uris(w, c, SIP_ROLE_REPLY_TO, SIP_FAULT_REFER);
	case HEADER_CREDENTIALS:	/* who was asked for a password, and answers */
		w->msg->flags |= SIP_MSG_CREDENTIALS;
		return 0;
	case HEADER_CHALLENGE:
		read_challenge(w, c);
		return 0;
	default:
		return 0;
	}
}

/* The name of a header, and the colon behind it.  Return: whether it is one. */
static bool take_header_name(struct sip_cursor *c, enum header *header)
{
	u32 colon = sip_find(c->p, c->at, c->end, ':');
	struct sip_slice name;

	*header = header_of(c->p + c->at, colon - c->at);
	if (*header && colon < c->end) {
		c->at = colon + 1;
		return true;
	}
	/* blanks may stand in front of the colon, and of any other name the letters count */
	name = cur_take(c, SIP_C_TOKEN);
	*header = header_of(c->p + name.off, name.len);
	cur_take(c, SIP_C_WSP);
	return name.len && cur_skip(c, ':');
}

static int read_header(struct walk *w, struct sip_cursor *c)
{
	enum header header;

	if (!take_header_name(c, &header))
		return fault(w, SIP_FAULT_LINE);
	if (header == HEADER_OTHER || (w->until && header > HEADER_IDENTITY))
		return 0;
	return read_value(w, c, header);
}

/* What RFC 3261 8.1.1 asks of every message, and 8.2.6.2 of every response. */
static int check_complete(struct walk *w)
{
	if (!w->msg->n_vias)
		return fault(w, SIP_FAULT_VIA);
	if (!(w->seen & ONCE_FROM))
		return fault(w, SIP_FAULT_FROM);
	if (!(w->seen & ONCE_TO))
		return fault(w, SIP_FAULT_TO);
	if (!(w->seen & ONCE_CALL_ID))
		return fault(w, SIP_FAULT_CALL_ID);
	if (!(w->seen & ONCE_CSEQ))
		return fault(w, SIP_FAULT_CSEQ);
	return 0;
}

static int read_headers(struct walk *w, u32 at)
{
	const struct sip_text *t = w->t;
	struct sip_cursor c;
	u32 n;
	int ret;

	for (n = 0; ; n++) {
		if (at + 2 <= t->len && t->p[at] == '\r' && t->p[at + 1] == '\n')
			break;
		if (n == SIP_MAX_HEADERS)
			return fault(w, SIP_FAULT_LIMIT);
		ret = sip_cut_header(t, at, &c);
		if (ret <= 0)
			return ret ? fault(w, SIP_FAULT_LINE) : 0;
		at = ret;
		ret = read_header(w, &c);
		if (ret)
			return ret;
		if (w->until && (w->seen & w->until) == w->until)
			return at;
	}
	ret = check_complete(w);
	return ret ? ret : (int)at + 2;
}

/* "SIP/2.0" SP 3DIGIT SP reason; RFC 3261 7.2.  The version is compared in any case (7.1). */
static int read_status_line(struct sip_msg *msg, struct sip_cursor *c)
{
	u32 i, status = 0;

	c->at += sizeof("SIP/2.0") - 1;
	if (!cur_skip(c, ' '))
		return -ENOMSG;
	for (i = 0; i < 3; i++, c->at++) {
		if (!sip_char_is(cur_peek(c), SIP_C_DIGIT))
			return -ENOMSG;
		status = status * 10 + (cur_peek(c) - '0');
	}
	if (!cur_skip(c, ' ') || status < 100 || status > 699)
		return -ENOMSG;
	for (; c->at < c->end; c->at++)
		if (sip_char_is(cur_peek(c), SIP_C_CTL))
			return -ENOMSG;
	msg->flags |= SIP_MSG_RESPONSE;
	msg->status = status;
	return 0;
}

/* method SP Request-URI SP "SIP/2.0"; RFC 3261 7.1: no other white space */
static int read_request_line(struct walk *w, struct sip_cursor *c)
{
	struct sip_msg *msg = w->msg;
	struct sip_slice uri;
	int err;

	msg->method_name = cur_take(c, SIP_C_TOKEN);
	if (!msg->method_name.len || !cur_skip(c, ' '))
		return -ENOMSG;
	uri = sip_slice_of(c->at, sip_find(c->p, c->at, c->end, ' '));
	c->at += uri.len;
	if (!cur_skip(c, ' ') || c->end - c->at != sizeof("SIP/2.0") - 1 ||
	    !sip_same(c->p + c->at, SIP_LIT("SIP/2.0")))
		return -ENOMSG;
	err = sip_uri_parse(w->t, uri, add_uri(w, SIP_ROLE_REQUEST));
	if (err)
		return err == -ERANGE ? fault(w, SIP_FAULT_NUMBER) : -ENOMSG;
	msg->method = method_of(w->t, msg->method_name);
	return 0;
}

static int read_start_line(struct walk *w)
{
	const struct sip_text *t = w->t;
	u32 lf = sip_line_end(t->p, 0, t->len);
	struct sip_cursor c;
	int err;

	if (!lf || (lf < t->len && t->p[lf - 1] != '\r') || lf > SIP_MAX_LINE)
		return -ENOMSG;
	if (lf == t->len)
		return sip_char_is((u8)t->p[0], SIP_C_TOKEN) ? 0 : -ENOMSG;
	c = (struct sip_cursor){ t->p, 0, lf - 1 };
	if (c.end > sizeof("SIP/2.0") - 1 && sip_same(t->p, SIP_LIT("SIP/2.0")))
		err = read_status_line(w->msg, &c);
	else
		err = read_request_line(w, &c);
	return err ? err : (int)lf + 1;
}

u32 sip_keepalive_len(const struct sip_text *text)
{
	u32 at = 0;

	while (at + 2 <= text->len && text->p[at] == '\r' && text->p[at + 1] == '\n')
		at += 2;
	return at;
}

int sip_parse_start(const struct sip_text *text, struct sip_msg *msg)
{
	struct walk w = { .t = text, .msg = msg };

	memset(msg, 0, offsetof(struct sip_msg, uri));
	return text->len > SIP_MAX_MESSAGE ? -ENOMSG : read_start_line(&w);
}

/* Behind the start line: what it held is in @msg already. */
static int walk_headers(const struct sip_text *text, struct sip_msg *msg, u32 line, u32 until)
{
	struct walk w = { .t = text, .msg = msg, .until = until };

	w.values[SIP_ROLE_REQUEST] = msg->n_uris;
	return read_headers(&w, line);
}

int sip_parse(const struct sip_text *text, struct sip_msg *msg)
{
	int line = sip_parse_start(text, msg);

	return line > 0 ? walk_headers(text, msg, line, 0) : line;
}

int sip_parse_identity(const struct sip_text *text, struct sip_msg *msg, u32 line)
{
	struct sip_text head = { text->p, min_t(u32, text->len, SIP_MAX_IDENTITY) };
	int ret = walk_headers(&head, msg, line, SEEN_ALL);

	return ret > 0 ? 0 : ret ? ret : -E2BIG;
}

int sip_parse_body(const struct sip_text *text, struct sip_msg *msg, u32 head)
{
	u32 len = text->len - head;

	if (msg->flags & SIP_MSG_LENGTH) {
		if (msg->content_length > len) {
			msg->fault = SIP_FAULT_LENGTH;
			return -EBADMSG;
		}
		len = msg->content_length;
	}
	msg->body = sip_slice_of(head, head + len);
	return head + len;
}

int sip_parse_rest(const struct sip_text *text, struct sip_msg *msg, int line)
{
	int head = line > 0 ? walk_headers(text, msg, line, 0) : line;

	if (head > 0)
		return sip_parse_body(text, msg, head);
	if (head < 0)
		return head;
	if (!line)		/* not even a start line */
		return -ENOMSG;
	msg->fault = SIP_FAULT_TRUNCATED;
	return -EBADMSG;
}

int sip_parse_datagram(const struct sip_text *text, struct sip_msg *msg)
{
	return sip_parse_rest(text, msg, sip_parse_start(text, msg));
}
