// SPDX-License-Identifier: GPL-2.0
/*
 * sip_uri: hosts, ports and URIs.  See sip_uri.h.
 */
#include <linux/kernel.h>

#include "sip_cursor.h"
#include "sip_uri.h"

static int take_port(const struct sip_text *t, struct sip_cursor *c, struct sip_host *h)
{
	u32 num;
	int err;

	h->port = cur_take(c, SIP_C_DIGIT);
	err = sip_number(t, h->port, 65535, &num);
	if (err)
		return err;
	h->num = num;
	return 0;
}

/* host [":" port]; @lws: white space may stand around the colon (in Via it may, in a URI not) */
int sip_take_host(const struct sip_text *t, struct sip_cursor *c, struct sip_host *h, bool lws)
{
	u32 from = c->at;

	h->num = 0;
	h->addr.family = SIP_FAMILY_NONE;
	if (cur_peek(c) == '[') {
		while (cur_peek(c) >= 0 && cur_peek(c) != ']')
			c->at++;
		if (!cur_skip(c, ']'))
			return -EBADMSG;
	} else {
		cur_take(c, SIP_C_HOST);
	}
	if (c->at == from)
		return -EBADMSG;
	h->host = sip_slice_of(from, c->at);
	h->port = sip_slice_of(c->at, c->at);
	if (c->p[from] == '[' || sip_char_is((u8)c->p[from], SIP_C_DIGIT))
		sip_addr_parse(&h->addr, c->p + from, h->host.len);
	if (c->p[from] == '[' && !h->addr.family)
		return -EBADMSG;
	if (lws)
		cur_skip_lws(c);
	if (!cur_skip(c, ':'))
		return 0;
	if (lws)
		cur_skip_lws(c);
	return take_port(t, c, h);
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

/* ";name=value" of a URI; the cursor stands behind the semicolon */
static void take_uri_param(const struct sip_text *t, struct sip_cursor *c, struct sip_uri *uri)
{
	struct sip_slice name, value;
	u32 from = c->at;

	while (cur_peek(c) >= 0 && cur_peek(c) != '=' && cur_peek(c) != ';' && cur_peek(c) != '?')
		c->at++;
	name = sip_slice_of(from, c->at);
	if (!cur_skip(c, '='))
		return;
	from = c->at;
	while (cur_peek(c) >= 0 && cur_peek(c) != ';' && cur_peek(c) != '?')
		c->at++;
	value = sip_slice_of(from, c->at);
	if (sip_slice_is(t, name, SIP_LIT("maddr")))
		uri->maddr = value;
	else if (sip_slice_is(t, name, SIP_LIT("transport")))
		uri->transport = sip_transport_of(t, value);
}

/*
 * Takes user [":" password] "@", if that is there.  A user may hold ';', '?' and '/', a
 * password none of them, neither of them a bracket, and an '@' stands nowhere else in a URI
 * (RFC 3261 25.1).  So what ends with '@' and is no userinfo is nothing: were it taken for
 * one, what follows it, a Call-ID in embedded headers maybe, would be taken for the host.
 */
static int take_userinfo(struct sip_cursor *c, struct sip_slice *user)
{
	bool in_password = false, is_odd = false;
	u32 from = c->at;

	for (; cur_peek(c) >= 0 && cur_peek(c) != '@'; c->at++) {
		switch (cur_peek(c)) {
		case '[':
		case ']':
			is_odd = true;
			break;
		case ';':
		case '?':
		case '/':
			is_odd |= in_password;
			break;
		case ':':
			is_odd |= in_password;
			in_password = true;
			break;
		}
	}
	*user = sip_slice_of(from, c->at);
	if (cur_skip(c, '@'))
		return is_odd ? -EBADMSG : 0;
	user->len = 0;
	c->at = from;
	return 0;
}

/* [userinfo "@"] hostport params headers */
static int sip_uri_rest(const struct sip_text *t, struct sip_cursor *c, struct sip_uri *uri)
{
	int err = take_userinfo(c, &uri->user);

	if (err)
		return err;
	err = sip_take_host(t, c, &uri->at, false);
	if (err)
		return err;
	while (cur_skip(c, ';'))
		take_uri_param(t, c, uri);
	return cur_peek(c) < 0 || cur_peek(c) == '?' ? 0 : -EBADMSG;
}

static u8 scheme_of(const struct sip_text *t, struct sip_slice s)
{
	static const struct {
		const char *name;
		u8 len;
		u8 scheme;
	} schemes[] = {
		{ SIP_LIT("sip"),  SIP_SCHEME_SIP },
		{ SIP_LIT("sips"), SIP_SCHEME_SIPS },
		{ SIP_LIT("tel"),  SIP_SCHEME_TEL },
		{ SIP_LIT("urn"),  SIP_SCHEME_URN },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(schemes); i++)
		if (sip_slice_is(t, s, schemes[i].name, schemes[i].len))
			return schemes[i].scheme;
	return SIP_SCHEME_OTHER;
}

static bool uri_chars_ok(const struct sip_text *t, struct sip_slice s)
{
	u32 i;

	for (i = s.off; i < sip_slice_end(s); i++)
		if (!sip_char_is((u8)t->p[i], SIP_C_URI))
			return false;
	return true;
}

/* Reads @s, all of it, as a URI.  Of schemes but sip: and sips: no more than the scheme is. */
int sip_uri_parse(const struct sip_text *t, struct sip_slice s, struct sip_uri *uri)
{
	struct sip_cursor c = { t->p, s.off, sip_slice_end(s) };
	struct sip_slice scheme;

	memset(uri, 0, sizeof(*uri));
	if (!sip_char_is(cur_peek(&c), SIP_C_ALPHA) || !uri_chars_ok(t, s))
		return -EBADMSG;
	scheme = cur_take(&c, SIP_C_TOKEN);
	if (!cur_skip(&c, ':') || cur_peek(&c) < 0)
		return -EBADMSG;
	uri->scheme = scheme_of(t, scheme);
	if (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS)
		return sip_uri_rest(t, &c, uri);
	uri->user = sip_slice_of(c.at, c.end);
	return 0;
}
