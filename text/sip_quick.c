// SPDX-License-Identifier: GPL-2.0
/*
 * sip_quick: readers of usual forms.  See sip_quick.h.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sip_limits.h"
#include "sip_quick.h"

/* how far from the end of a text its last LF may stand */
enum { TAIL = 64 };

#ifdef SIP_TWO_READERS
bool sip_quick_is_off;
#else
#define sip_quick_is_off	false
#endif

struct sip_quick sip_quick_of(const struct sip_text *text)
{
	u32 end = text->len, least;

	if (end >= SIP_MAX_LINE || sip_quick_is_off)
		return (struct sip_quick){ .p = text->p };
	least = end > SIP_QUICK_BYTES + TAIL ? end - TAIL : SIP_QUICK_BYTES;
	for (; end >= least; end--)
		if (text->p[end - 1] == '\n')
			return (struct sip_quick){ text->p, text->p + end - SIP_WORD };
	return (struct sip_quick){ .p = text->p };
}

const char *sip_quick_skip_header(struct sip_quick q, const char *s)
{
	for (;;) {
		s = sip_quick_next_control(q, s);
		if (*s == '\r')
			return sip_quick_end(q, s);
		if (*s == '\n')
			return NULL;
		s++;		/* a tab, or worse */
	}
}

const char *sip_quick_quoted(const char *s)
{
	for (;;) {
		s = sip_quick_skip(s + 1, SIP_C_TOKEN | SIP_C_WSP);
		if (*s == '"')
			return s + 1;
		if (*s == '\\')
			s++;
		if ((u8)*s < ' ' || *s == 127)
			return NULL;
	}
}

const char *sip_quick_value(struct sip_quick q, const char *s)
{
	/* words of letters, digits, '-', '.' and '/', which all have the class */
	while (likely(s <= q.last)) {
		u64 w = sip_word_at(s), bad;

		bad = SIP_WORD_ONES * (127 + '-') - w;			/* below '-' */
		bad |= (w + SIP_WORD_ONES * (128 - ':')) ^
		       (w + SIP_WORD_ONES * (128 - 'A'));		/* ':' to '@' */
		bad |= (w + SIP_WORD_ONES) | w;				/* DEL, UTF-8 */
		if (bad & SIP_WORD_HIGH)
			break;
		s += SIP_WORD;
	}
	return sip_quick_skip(s, SIP_C_VALUE);
}

const char *sip_quick_param(struct sip_quick q, const char *s)
{
	const char *from = s;

	s = sip_quick_skip(s, SIP_C_TOKEN);
	if (s == from)
		return NULL;
	if (*s != '=')
		return s;
	return s[1] == '"' ? sip_quick_quoted(s + 1) : sip_quick_value(q, s + 1);
}

const char *sip_quick_bracket(const char *s)
{
	s += *s == ' ';
	if (*s == '<')
		return s + 1;
	if (*s == '"') {
		s = sip_quick_quoted(s);
		if (!s)
			return NULL;
		s += *s == ' ';
	} else {
		s = sip_quick_skip(s, SIP_C_NAME);
	}
	return *s == '<' ? s + 1 : NULL;
}

/* Reads an octet of one to three digits, which may be over 255.  Return: its end; NULL. */
static __always_inline const char *quick_octet(const char *s, u32 *out)
{
	u32 a = (u8)s[0] - '0', digit;

	*out = a;
	if (a > 9)
		return NULL;
	digit = (u8)s[1] - '0';
	if (digit > 9)
		return s + 1;
	*out = a = a * 10 + digit;
	digit = (u8)s[2] - '0';
	if (digit > 9)
		return s + 2;
	*out = a * 10 + digit;
	return s + 3;
}

const char *sip_quick_quad(const char *s, u32 *quad)
{
	u32 a, b, c, d;

	s = quick_octet(s, &a);
	if (!s || *s != '.')
		return NULL;
	s = quick_octet(s + 1, &b);
	if (!s || *s != '.')
		return NULL;
	s = quick_octet(s + 1, &c);
	if (!s || *s != '.')
		return NULL;
	s = quick_octet(s + 1, &d);
	if (!s || (a | b | c | d) > 255)
		return NULL;
	*quad = (__force u32)cpu_to_le32(a | b << 8 | c << 16 | d << 24);
	return s;
}

const char *sip_quick_host(struct sip_quick q, const char *s, struct sip_host *host)
{
	const char *from = s, *end;
	u32 quad, n;

	end = sip_quick_quad(s, &quad);
	if (likely(end && !sip_quick_is_char(end, SIP_C_HOST))) {
		s = end;
		sip_quick_set_quad(&host->addr, quad);
	} else {
		s = sip_quick_skip(s, SIP_C_HOST);
		if (s == from)
			return NULL;
		host->addr = (struct sip_addr){};
	}
	host->host = sip_quick_slice(q, from, s);
	host->port = sip_quick_slice(q, s, s);
	host->num = 0;
	if (*s != ':')
		return s;
	from = s + 1;
	s = sip_quick_number(from, &n);
	if (!s || n > 65535)
		return NULL;
	host->port = sip_quick_slice(q, from, s);
	host->num = n;
	return s;
}

/* Reads "transport=" and a name of three letters.  Return: its end; NULL. */
static const char *quick_transport(const char *s, u8 *transport)
{
	u32 name;

	/* one byte after the other: each is read where the one before it is no LF */
	if (!sip_quick_is_char(s, SIP_C_ALPHA) || !sip_quick_is_char(s + 1, SIP_C_ALPHA) ||
	    !sip_quick_is_char(s + 2, SIP_C_ALPHA))
		return NULL;
	name = SIP_FOUR(s[0], s[1], s[2], 0) | (SIP_FOLD_4 & 0xffffff);
	if (name == SIP_FOUR('u', 'd', 'p', 0))
		*transport = SIP_TRANSPORT_UDP;
	else if (name == SIP_FOUR('t', 'c', 'p', 0))
		*transport = SIP_TRANSPORT_TCP;
	else if (name == SIP_FOUR('t', 'l', 's', 0))
		*transport = SIP_TRANSPORT_TLS;
	else
		return NULL;
	return s + 3;
}

/* Steps over the parameters of a URI. */
static __always_inline const char *quick_uri_params(struct sip_quick q, const char *s,
						    struct sip_uri *uri)
{
	while (*s == ';') {
		s++;
		if (unlikely(s > q.last))
			return NULL;
		if (sip_same(s, SIP_LIT("transpor")) && sip_same_1(s + 8, "t") && s[9] == '=') {
			s = quick_transport(s + 10, &uri->transport);
			if (!s)
				return NULL;
			continue;
		}
		if (sip_same(s, SIP_LIT("maddr=")))
			return NULL;
		s = sip_quick_skip(s, SIP_C_PARAM);
	}
	return s;
}

const char *sip_quick_uri(struct sip_quick q, const char *s, struct sip_uri *uri)
{
	const char *from, *at;

	if (unlikely(s > q.last) || !sip_same(s, SIP_LIT("sip:")))
		return NULL;
	from = s + 4;
	uri->user = (struct sip_slice){};
	at = sip_quick_skip(from, SIP_C_USER);
	if (*at == '@') {	/* no class below has it, so there is no second one */
		uri->user = sip_quick_slice(q, from, at);
		from = at + 1;
	}
	uri->maddr = (struct sip_slice){};
	uri->expires = 0;
	uri->has_expires = false;
	uri->is_odd = false;
	uri->role = 0;
	uri->scheme = SIP_SCHEME_SIP;
	uri->transport = SIP_TRANSPORT_NONE;
	s = sip_quick_host(q, from, &uri->at);
	return s ? quick_uri_params(q, s, uri) : NULL;
}
