// SPDX-License-Identifier: GPL-2.0
/*
 * sip_uri: hosts, ports and URIs.  See sip_uri.h.
 */
#include <linux/kernel.h>

#include "sip_cursor.h"
#include "sip_uri.h"
#include "sip_word.h"

static int take_port(struct sip_cursor *c, struct sip_host *h)
{
	u32 num;
	int err;

	err = sip_take_number(c, 65535, &h->port, &num);
	if (err)
		return err;
	h->num = num;
	return 0;
}

/* Takes a host.  Most hosts are dotted quads, and are read with one look at each byte. */
static int take_name_or_addr(struct sip_cursor *c, struct sip_host *h)
{
	const char *p = c->p;
	u32 from = c->at, at;

	if (cur_peek(c) == '[') {
		at = sip_find(p, from, c->end, ']') + 1;
		if (at > c->end || !sip_addr_parse(&h->addr, p + from, at - from))
			return -EBADMSG;
	} else {
		at = from + sip_addr_take_ipv4(&h->addr, p + from, c->end - from);
		if (at == from || (at < c->end && sip_char_is((u8)p[at], SIP_C_HOST))) {
			while (at < c->end && sip_char_is((u8)p[at], SIP_C_HOST))
				at++;
			h->addr = (struct sip_addr){};
		}
		if (at == from)
			return -EBADMSG;
	}
	c->at = at;
	return 0;
}

int sip_take_host(const struct sip_text *t, struct sip_cursor *c, struct sip_host *h, bool lws)
{
	u32 from = c->at;

	h->num = 0;
	if (take_name_or_addr(c, h))
		return -EBADMSG;
	h->host = sip_slice_of(from, c->at);
	h->port = sip_slice_of(c->at, c->at);
	if (lws)
		cur_skip_lws(c);
	if (!cur_skip(c, ':'))
		return 0;
	if (lws)
		cur_skip_lws(c);
	return take_port(c, h);
}

u8 sip_transport_of(const struct sip_text *t, struct sip_slice s)
{
	if (sip_slice_is(t, s, SIP_LIT("UDP")))
		return SIP_TRANSPORT_UDP;
	if (sip_slice_is(t, s, SIP_LIT("TCP")))
		return SIP_TRANSPORT_TCP;
	if (sip_slice_is(t, s, SIP_LIT("TLS")))
		return SIP_TRANSPORT_TLS;
	return s.len ? SIP_TRANSPORT_OTHER : SIP_TRANSPORT_NONE;
}

/* Takes ";name=value" of a URI; the cursor stands after the semicolon. */
static void take_uri_param(const struct sip_text *t, struct sip_cursor *c, struct sip_uri *uri)
{
	struct sip_slice name, value;
	u32 from = c->at, end = from, equals;

	while (end < c->end && c->p[end] != ';' && c->p[end] != '?')
		end++;
	c->at = end;
	equals = sip_find(c->p, from, end, '=');
	if (equals == end)
		return;
	name = sip_slice_of(from, equals);
	value = sip_slice_of(equals + 1, end);
	if (sip_slice_is(t, name, SIP_LIT("maddr")))
		uri->maddr = value;
	else if (sip_slice_is(t, name, SIP_LIT("transport")))
		uri->transport = sip_transport_of(t, value);
}

/*
 * Whether a byte belongs to UTF-8.  RFC 3261 25.1 escapes it in a URI.  Some phones do not, and no
 * reader takes such a byte for one that divides.
 */
static bool is_utf8(char c)
{
	return (u8)c > 127;
}

/* Whether an "@" may end what stands from @at to @end; see take_userinfo(). */
static bool is_userinfo(const char *p, u32 at, u32 end, bool *is_odd)
{
	bool in_password = false;

	for (; at < end; at++) {
		u16 class = sip_chars[(u8)p[at]];

		if (class & SIP_C_USER)
			continue;
		if (is_utf8(p[at])) {
			*is_odd = true;
			continue;
		}
		switch (p[at]) {
		case ':':
			if (in_password)
				return false;
			in_password = true;
			break;
		case ';':
		case '?':
		case '/':
			if (in_password)
				return false;
			break;
		default:	/* a bracket, or no character of a URI */
			return false;
		}
	}
	return true;
}

/*
 * Takes user [":" password] "@", if that is there.  A user may hold ';', '?' and '/', and a
 * password may not; neither may hold a bracket, and an '@' stands nowhere else in a URI (RFC 3261
 * 25.1).  Text before an '@' that breaks these rules is an error: otherwise the text after the '@',
 * such as a Call-ID in embedded headers, would be read as the host.
 */
static int take_userinfo(struct sip_cursor *c, struct sip_uri *uri)
{
	u32 at = sip_find(c->p, c->at, c->end, '@');

	if (at == c->end)
		return 0;
	if (!is_userinfo(c->p, c->at, at, &uri->is_odd))
		return -EBADMSG;
	uri->user = sip_slice_of(c->at, at);
	c->at = at + 1;
	return 0;
}

static bool has_uri_chars(const char *p, u32 at, u32 end, bool *is_odd)
{
	for (; at < end; at++) {
		if (sip_chars[(u8)p[at]] & SIP_C_URI)
			continue;
		if (!is_utf8(p[at]))
			return false;
		*is_odd = true;
	}
	return true;
}

/* Takes [userinfo "@"] hostport params headers. */
static int take_sip_uri(const struct sip_text *t, struct sip_cursor *c, struct sip_uri *uri)
{
	u32 from = c->at;
	int err = take_userinfo(c, uri);

	if (!err)
		err = sip_take_host(t, c, &uri->at, false);
	if (err)	/* a number is too large only where all else is a URI */
		return err == -ERANGE && has_uri_chars(c->p, from, c->end, &uri->is_odd) ?
		       err : -EBADMSG;
	if (c->at == c->end)
		return 0;
	/* the host says where the URI goes; what cannot be read after it changes nothing */
	if (!has_uri_chars(c->p, c->at, c->end, &uri->is_odd))
		uri->is_odd = true;
	while (cur_skip(c, ';'))
		take_uri_param(t, c, uri);
	return cur_peek(c) < 0 || cur_peek(c) == '?' ? 0 : -EBADMSG;
}

static u8 read_scheme(const struct sip_text *t, struct sip_slice s)
{
	if (sip_slice_is(t, s, SIP_LIT("sip")))
		return SIP_SCHEME_SIP;
	if (sip_slice_is(t, s, SIP_LIT("sips")))
		return SIP_SCHEME_SIPS;
	if (sip_slice_is(t, s, SIP_LIT("tel")))
		return SIP_SCHEME_TEL;
	return sip_slice_is(t, s, SIP_LIT("urn")) ? SIP_SCHEME_URN : SIP_SCHEME_OTHER;
}

int sip_uri_parse(const struct sip_text *t, struct sip_slice s, struct sip_uri *uri)
{
	struct sip_cursor c = { t->p, s.off, sip_slice_end(s) };
	struct sip_slice scheme;

	memset(uri, 0, sizeof(*uri));
	if (!sip_char_is(cur_peek(&c), SIP_C_ALPHA))
		return -EBADMSG;
	scheme = cur_take(&c, SIP_C_TOKEN);
	if (!cur_skip(&c, ':') || cur_peek(&c) < 0)
		return -EBADMSG;
	uri->scheme = read_scheme(t, scheme);
	if (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS)
		return take_sip_uri(t, &c, uri);
	uri->user = sip_slice_of(c.at, c.end);
	return has_uri_chars(c.p, c.at, c.end, &uri->is_odd) ? 0 : -EBADMSG;
}

u16 sip_uri_port(const struct sip_uri *uri)
{
	if (uri->at.port.len)
		return uri->at.num;
	return uri->scheme == SIP_SCHEME_SIPS || uri->transport == SIP_TRANSPORT_TLS ?
	       SIPS_PORT_DEFAULT : SIP_PORT_DEFAULT;
}
