// SPDX-License-Identifier: GPL-2.0
/*
 * sip_parse: the walk over a SIP message.  See sip_parse.h for the contract.
 *
 * From top to bottom of a message: start line, then header by header.  Each
 * header that matters has one line in a table, by its first letter; all others
 * are stepped over.  A reader works on a cursor that cannot be read at its end,
 * and the first thing that does not fit ends the walk: there is no second guess.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sip_cursor.h"
#include "sip_parse.h"

/* ---- header values --------------------------------------------------------------- */

struct walk {
	const struct sip_text *t;
	struct sip_msg *msg;
	u32 seen;		/* bits by enum once */
	u32 until;		/* the walk ends when all of these were seen; 0: at the end */
	u8 values[SIP_ROLE_COUNT];
};

/* headers that every message has; all but Via may stand only once */
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
		int ch = cur_peek(c);

		if (cur_skip(c, '<'))
			return 1;
		if (ch < 0 || ch == ';' || ch == ',') {
			c->at = from;
			return 0;
		}
		if (ch == '\r') {
			cur_skip_lws(c);
			ch = cur_peek(c);	/* still CR where it was a bare one */
		}
		if (ch == '"' || sip_char_is(ch, SIP_C_CTL))
			return -EBADMSG;
		if (ch >= 0 && ch != '<' && ch != ';' && ch != ',')
			c->at++;
	}
}

/*
 * name-addr or addr-spec, without its parameters.  RFC 3261 20: outside of
 * brackets a semicolon, comma or question mark does not belong to the URI.
 */
static int take_name_addr(struct sip_cursor *c, struct sip_slice *uri)
{
	int bracket;
	u32 from;

	cur_skip_lws(c);
	bracket = skip_display_name(c);
	if (bracket < 0)
		return -EBADMSG;
	from = c->at;
	if (bracket) {
		while (cur_peek(c) >= 0 && cur_peek(c) != '>')
			c->at++;
		*uri = sip_slice_of(from, c->at);
		return cur_skip(c, '>') ? 0 : -EBADMSG;
	}
	while (sip_char_is(cur_peek(c), SIP_C_URI) && cur_peek(c) != ';' && cur_peek(c) != ',')
		c->at++;
	*uri = sip_slice_of(from, c->at);
	return memchr(c->p + from, '?', uri->len) ? -EBADMSG : 0;
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

/* callid = word ["@" word]: visible characters, nothing else (RFC 3261 25.1) */
static int on_call_id(struct walk *w, struct sip_cursor *c)
{
	u32 from;

	if (once(w, ONCE_CALL_ID, SIP_FAULT_CALL_ID))
		return -EBADMSG;
	cur_skip_lws(c);
	from = c->at;
	while (cur_peek(c) > ' ' && cur_peek(c) != 127)
		c->at++;
	w->msg->call_id = sip_slice_of(from, c->at);
	if (!w->msg->call_id.len || !cur_at_end(c))
		return fault(w, SIP_FAULT_CALL_ID);
	return 0;
}

static const struct method {
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

/* RFC 3261 7.1: method names are case-sensitive */
static u8 method_of(const struct sip_text *t, struct sip_slice s)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (methods[i].len == s.len &&
		    !memcmp(t->p + s.off, methods[i].name, s.len))
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

/* sent-protocol LWS sent-by: "SIP / 2.0 / UDP host : port" */
static int read_via_head(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	struct sip_slice name, version;

	cur_skip_lws(c);
	name = cur_take(c, SIP_C_TOKEN);
	cur_skip_lws(c);
	if (!cur_skip(c, '/'))
		return -EBADMSG;
	cur_skip_lws(c);
	version = cur_take(c, SIP_C_TOKEN);
	cur_skip_lws(c);
	if (!cur_skip(c, '/'))
		return -EBADMSG;
	cur_skip_lws(c);
	via->transport = sip_transport_of(t, cur_take(c, SIP_C_TOKEN));
	if (!sip_slice_is(t, name, SIP_LIT("SIP")) || !sip_slice_is(t, version, SIP_LIT("2.0")) ||
	    !via->transport)
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

static int on_expires(struct walk *w, struct sip_cursor *c)
{
	return read_seconds(w, c, &w->msg->expires, SIP_MSG_EXPIRES);
}

static int on_session_expires(struct walk *w, struct sip_cursor *c)
{
	return read_seconds(w, c, &w->msg->session, SIP_MSG_SESSION);
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

/* RFC 3261 22: who sends this has been asked for a password, and answers */
static int on_credentials(struct walk *w, struct sip_cursor *c)
{
	w->msg->flags |= SIP_MSG_CREDENTIALS;
	return 0;
}

/*
 * RFC 2617 3.2.1: stale=true says that the password was right, and only the nonce too old.
 * Scheme, then parameters with commas between them; what is not readable says nothing.
 */
static int on_challenge(struct walk *w, struct sip_cursor *c)
{
	struct sip_slice name, value;
	u32 from;

	while (c->at < c->end) {
		cur_skip_lws(c);
		name = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '=')) {
			if (!name.len && !cur_skip(c, ','))
				return 0;
			continue;	/* the scheme, or an empty place in the list */
		}
		cur_skip_lws(c);
		value = cur_take(c, SIP_C_TOKEN);
		from = c->at + 1;
		if (cur_peek(c) == '"') {
			if (sip_skip_quoted(c))
				return 0;
			value = sip_slice_of(from, c->at - 1);
		}
		if (sip_slice_is(w->t, name, SIP_LIT("stale")) &&
		    sip_slice_is(w->t, value, SIP_LIT("true")))
			w->msg->flags |= SIP_MSG_STALE;
	}
	return 0;
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

static int on_route(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_ROUTE, SIP_FAULT_ROUTE);
}

static int on_record_route(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_RECORD_ROUTE, SIP_FAULT_ROUTE);
}

static int on_path(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_PATH, SIP_FAULT_ROUTE);
}

static int on_service_route(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_SERVICE_ROUTE, SIP_FAULT_ROUTE);
}

static int on_refer_to(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_REFER_TO, SIP_FAULT_REFER);
}

static int on_referred_by(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_REFERRED_BY, SIP_FAULT_REFER);
}

static int on_reply_to(struct walk *w, struct sip_cursor *c)
{
	return read_uris(w, c, SIP_ROLE_REPLY_TO, SIP_FAULT_REFER);
}

/* ---- the walk -------------------------------------------------------------------- */

struct header {
	const char *name;
	u8 len;
	int (*read)(struct walk *w, struct sip_cursor *c);
};

/*
 * RFC 3261 7.3.1: header names in any case; 7.3.3 and 20: one-letter forms.
 * Grouped by first letter.  A new header is one line here.
 */
static const struct header a_headers[] = {
	{ SIP_LIT("Authorization"),	on_credentials },
};

static const struct header b_headers[] = {
	{ SIP_LIT("b"),			on_referred_by },
};

static const struct header c_headers[] = {
	{ SIP_LIT("Call-ID"),		on_call_id },
	{ SIP_LIT("CSeq"),		on_cseq },
	{ SIP_LIT("Contact"),		on_contact },
	{ SIP_LIT("Content-Length"),	on_content_length },
	{ SIP_LIT("Content-Type"),	on_content_type },
	{ SIP_LIT("Content-Encoding"),	on_content_encoding },
	{ SIP_LIT("c"),			on_content_type },
};

static const struct header e_headers[] = {
	{ SIP_LIT("Expires"),		on_expires },
	{ SIP_LIT("e"),			on_content_encoding },
};

static const struct header f_headers[] = {
	{ SIP_LIT("From"),		on_from },
	{ SIP_LIT("f"),			on_from },
};

static const struct header i_headers[] = {
	{ SIP_LIT("i"),			on_call_id },
};

static const struct header l_headers[] = {
	{ SIP_LIT("l"),			on_content_length },
};

static const struct header m_headers[] = {
	{ SIP_LIT("m"),			on_contact },
};

static const struct header p_headers[] = {
	{ SIP_LIT("Path"),		on_path },
	{ SIP_LIT("Proxy-Authorization"), on_credentials },
	{ SIP_LIT("Proxy-Authenticate"), on_challenge },
};

static const struct header r_headers[] = {
	{ SIP_LIT("Route"),		on_route },
	{ SIP_LIT("Record-Route"),	on_record_route },
	{ SIP_LIT("Refer-To"),		on_refer_to },
	{ SIP_LIT("r"),			on_refer_to },
	{ SIP_LIT("Referred-By"),	on_referred_by },
	{ SIP_LIT("Reply-To"),		on_reply_to },
};

static const struct header s_headers[] = {
	{ SIP_LIT("Session-Expires"),	on_session_expires },
	{ SIP_LIT("Service-Route"),	on_service_route },
};

static const struct header t_headers[] = {
	{ SIP_LIT("To"),		on_to },
	{ SIP_LIT("t"),			on_to },
};

static const struct header v_headers[] = {
	{ SIP_LIT("Via"),		on_via },
	{ SIP_LIT("v"),			on_via },
};

static const struct header w_headers[] = {
	{ SIP_LIT("WWW-Authenticate"),	on_challenge },
};

static const struct header x_headers[] = {
	{ SIP_LIT("x"),			on_session_expires },
};

static const struct header_group {
	const struct header *header;
	u32 n;
} header_groups['z' - 'a' + 1] = {
#define GROUP(c, headers) [(c) - 'a'] = { headers, ARRAY_SIZE(headers) }
	GROUP('a', a_headers),
	GROUP('b', b_headers),
	GROUP('c', c_headers),
	GROUP('e', e_headers),
	GROUP('f', f_headers),
	GROUP('i', i_headers),
	GROUP('l', l_headers),
	GROUP('m', m_headers),
	GROUP('p', p_headers),
	GROUP('r', r_headers),
	GROUP('s', s_headers),
	GROUP('t', t_headers),
	GROUP('v', v_headers),
	GROUP('w', w_headers),
	GROUP('x', x_headers),
#undef GROUP
};

static const struct header *header_find(const struct sip_text *t, struct sip_slice name)
{
	u8 letter = (t->p[name.off] | 0x20) - 'a';
	const struct header_group *group;
	u32 i;

	if (letter >= ARRAY_SIZE(header_groups))
		return NULL;
	group = &header_groups[letter];
	for (i = 0; i < group->n; i++)
		if (sip_slice_is(t, name, group->header[i].name, group->header[i].len))
			return &group->header[i];
	return NULL;
}

/* The headers that say which transaction and which dialog a message belongs to. */
static bool is_identity(const struct header *header)
{
	return header->read == on_via || header->read == on_from || header->read == on_to ||
	       header->read == on_call_id || header->read == on_cseq;
}

static int read_header(struct walk *w, struct sip_cursor *c)
{
	const struct header *header;
	struct sip_slice name;

	name = cur_take(c, SIP_C_TOKEN);
	while (sip_char_is(cur_peek(c), SIP_C_WSP))
		c->at++;
	if (!name.len || !cur_skip(c, ':'))
		return fault(w, SIP_FAULT_LINE);
	header = header_find(w->t, name);
	if (!header || (w->until && !is_identity(header)))
		return 0;
	return header->read(w, c);
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
	uri = cur_take(c, SIP_C_URI);
	if (!cur_skip(c, ' ') || c->end - c->at != sizeof("SIP/2.0") - 1 ||
	    strncasecmp(c->p + c->at, SIP_LIT("SIP/2.0")))
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
	if (c.end > sizeof("SIP/2.0") - 1 && !strncasecmp(t->p, SIP_LIT("SIP/2.0")))
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
