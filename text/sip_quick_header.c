// SPDX-License-Identifier: GPL-2.0
/*
 * sip_quick_header: quick readers of headers and start lines.  See sip_quick_header.h.
 *
 * All readers look alike:
 *
 *	const char *quick_<reader>(struct sip_walk *w, struct sip_quick q, const char *s,
 *				   enum sip_header header);
 *
 * @s is the place after the colon.  A reader returns the next header, or NULL: then what it has
 * written into the message is no more than what the careful reader of the same name in sip_parse.c
 * or sip_uri_list.c writes there in any case.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sip_quick_header.h"
#include "sip_start.h"

/* ---- transaction and dialog ------------------------------------------------------- */

/* Reads the parameters that are kept.  One that lacks its value, or has quotes, is not usual. */
static __always_inline const char *quick_via_param(struct sip_quick q, const char *s,
						   struct sip_via *via)
{
	const char *from;

	if (sip_same(s, SIP_LIT("branch"))) {
		from = s + 7;
		if (s[6] != '=' || *from == '"')
			return NULL;
		s = sip_quick_value(q, from);
		via->branch = sip_quick_slice(q, from, s);
		return s;
	}
	if (sip_same(s, SIP_LIT("rport")) && !sip_quick_is_char(s + 5, SIP_C_TOKEN)) {
		from = s + 5;
		from += *from == '=';
		s = sip_quick_skip(from, SIP_C_DIGIT);
		via->rport = sip_quick_slice(q, from, s);
		via->has_rport = true;
		return s;
	}
	if (sip_same(s, SIP_LIT("received"))) {
		from = s + 9;
		if (s[8] != '=' || *from == '"')
			return NULL;
		s = sip_quick_value(q, from);
		via->received = sip_quick_slice(q, from, s);
		return s;
	}
	return sip_same(s, SIP_LIT("maddr")) ? NULL : sip_quick_param(q, s);
}

static __always_inline const char *quick_via_value(struct sip_quick q, const char *s,
						   struct sip_via *via)
{
	u32 transport = sip_quick_half(s + 8) | (SIP_FOLD_4 & 0xffffff);

	if (!sip_same(s, SIP_LIT("SIP/2.0/")))
		return NULL;
	if (transport == SIP_FOUR('u', 'd', 'p', ' '))
		via->transport = SIP_TRANSPORT_UDP;
	else if (transport == SIP_FOUR('t', 'c', 'p', ' '))
		via->transport = SIP_TRANSPORT_TCP;
	else if (transport == SIP_FOUR('t', 'l', 's', ' '))
		via->transport = SIP_TRANSPORT_TLS;
	else
		return NULL;
	s = sip_quick_host(q, s + 12, &via->by);
	while (s && *s == ';')
		s = s < q.last ? quick_via_param(q, s + 1, via) : NULL;
	return s ? sip_quick_end(q, s) : NULL;
}

static __always_inline const char *quick_via(struct sip_walk *w, struct sip_quick q,
					     const char *s, enum sip_header header)
{
	struct sip_msg *msg = w->msg;

	if (msg->n_vias) {
		if (msg->n_vias >= SIP_MAX_VIAS)
			return NULL;
		s = sip_quick_skip_header(q, s);
		msg->n_vias += !!s;
		return s;
	}
	s += *s == ' ';
	s = sip_quick_may_read(q, s) ? quick_via_value(q, s, &msg->via) : NULL;
	if (unlikely(!s)) {	/* the careful reader may find less in it */
		msg->via = (struct sip_via){};
		return NULL;
	}
	msg->n_vias = 1;
	w->seen |= sip_header_bit(header);
	return s;
}

/* The first value of a header of its name.  Return: where it begins; NULL: not the first one. */
static __always_inline const char *quick_first(const struct sip_walk *w, const char *s,
					       enum sip_header header)
{
	s += *s == ' ';
	return w->seen & sip_header_bit(header) || (u8)*s <= ' ' ? NULL : s;
}

/* Keeps that a header was there: its value stands from @from to @to. */
static __always_inline void quick_saw(struct sip_walk *w, struct sip_quick q, const char *from,
				      const char *to, enum sip_header header)
{
	w->first[header] = sip_quick_slice(q, from, to);
	w->seen |= sip_header_bit(header);
}

/* The bracket that closes a URI: no other bracket, and no control character, stands before it. */
static __always_inline const char *quick_bracket_end(struct sip_quick q, const char *s)
{
	for (; likely(s <= q.last); s += SIP_WORD) {
		u64 w = sip_word_at(s);
		/* the two brackets differ in the bit of two */
		u64 hits = sip_word_is(w | SIP_WORD_ONES * 2, '>') | sip_word_below(w, ' ');

		if (hits) {
			s += sip_word_first(hits);
			return *s == '>' ? s : NULL;
		}
	}
	return NULL;
}

/* Reads From or To, whose URI stands in brackets. */
static noinline const char *quick_party(struct sip_walk *w, struct sip_quick q, const char *s,
					enum sip_header header)
{
	bool is_from = header == SIP_HEADER_FROM, has_tag = false;
	const char *from = quick_first(w, s, header), *begin, *end, *next;
	struct sip_slice tag = {};

	begin = from ? sip_quick_bracket(from) : NULL;
	end = begin ? quick_bracket_end(q, begin) : NULL;
	if (!end || end == begin)
		return NULL;
	for (s = end + 1; *s == ';'; ) {
		if (unlikely(++s > q.last))
			return NULL;
		if (!sip_same(s, SIP_LIT("tag"))) {
			s = sip_quick_param(q, s);
			if (!s)
				return NULL;
			continue;
		}
		if (s[3] != '=' || s[4] == '"' || has_tag)
			return NULL;
		has_tag = true;
		next = sip_quick_value(q, s + 4);
		tag = sip_quick_slice(q, s + 4, next);
		s = next;
	}
	next = sip_quick_end(q, s);
	if (unlikely(!next))
		return NULL;
	*(is_from ? &w->msg->from : &w->msg->to) = sip_quick_slice(q, begin, end);
	if (has_tag)
		*(is_from ? &w->msg->from_tag : &w->msg->to_tag) = tag;
	quick_saw(w, q, from, s, header);
	return next;
}

#define quick_from	quick_party
#define quick_to	quick_party

static __always_inline const char *quick_call_id(struct sip_walk *w, struct sip_quick q,
						 const char *s, enum sip_header header)
{
	const char *from = quick_first(w, s, header), *next;

	if (!from)
		return NULL;
	for (s = from; likely(s <= q.last); s += SIP_WORD) {
		u64 word = sip_word_at(s);

		/* a blank, a control character, DEL or UTF-8 */
		if (((SIP_WORD_ONES * (128 + ' ') - word) | (word + SIP_WORD_ONES) | word) &
		    SIP_WORD_HIGH)
			break;
	}
	while ((u8)*s > ' ' && *s != 127)
		s++;
	next = sip_quick_end(q, s);
	if (!next)
		return NULL;
	w->msg->call_id = sip_quick_slice(q, from, s);
	quick_saw(w, q, from, s, header);
	return next;
}

static __always_inline const char *quick_cseq(struct sip_walk *w, struct sip_quick q,
					      const char *s, enum sip_header header)
{
	const char *from = quick_first(w, s, header), *method, *next;
	struct sip_msg *msg = w->msg;
	struct sip_slice name;
	u32 n;

	s = from ? sip_quick_number(from, &n) : NULL;
	if (!s || *s != ' ')
		return NULL;
	method = s + 1;
	s = sip_quick_skip(method, SIP_C_TOKEN);
	next = sip_quick_end(q, s);
	if (!next || s == method)
		return NULL;
	name = sip_quick_slice(q, method, s);
	if (!sip_is_request(msg)) {
		msg->method_name = name;
		msg->method = sip_method_of(w->t, name);
	} else if (name.len != msg->method_name.len ||
		   memcmp(method, q.p + msg->method_name.off, name.len)) {
		return NULL;
	}
	msg->cseq = n;
	quick_saw(w, q, from, s, header);
	return next;
}

/* ---- body, times, passwords ------------------------------------------------------- */

static __always_inline const char *quick_length(struct sip_walk *w, struct sip_quick q,
						const char *s, enum sip_header header)
{
	const char *from = s + (*s == ' '), *next;
	struct sip_msg *msg = w->msg;
	u32 n;

	s = sip_quick_number(from, &n);
	if (!s || n > SIP_MAX_CONTENT_LENGTH || msg->flags & SIP_MSG_LENGTH ||
	    msg->left & 1U << SIP_LEFT_LENGTH)
		return NULL;
	next = sip_quick_end(q, s);
	if (!next)
		return NULL;
	msg->flags |= SIP_MSG_LENGTH;
	msg->content_length = n;
	msg->length = sip_quick_slice(q, from, s);
	return next;
}

static __always_inline const char *quick_type(struct sip_walk *w, struct sip_quick q,
					      const char *s, enum sip_header header)
{
	s += *s == ' ';
	if (w->msg->has_type || !sip_quick_may_read(q, s) ||
	    !sip_same(s, SIP_LIT("application/sdp")))
		return NULL;
	s = sip_quick_end(q, s + sizeof("application/sdp") - 1);
	if (!s)
		return NULL;
	w->msg->has_type = true;
	w->msg->flags |= SIP_MSG_SDP;
	w->msg->boundary = (struct sip_slice){};
	return s;
}

static __always_inline const char *quick_seconds(struct sip_walk *w, struct sip_quick q,
						 const char *s, u32 *out, u16 flag)
{
	u32 n;

	s = sip_quick_number(s + (*s == ' '), &n);
	if (!s)
		return NULL;
	s = *s == ';' ? sip_quick_skip_header(q, s) : sip_quick_end(q, s);
	if (!s)
		return NULL;
	*out = n;
	w->msg->flags |= flag;
	return s;
}

static __always_inline const char *quick_expires(struct sip_walk *w, struct sip_quick q,
						 const char *s, enum sip_header header)
{
	return quick_seconds(w, q, s, &w->msg->expires, SIP_MSG_EXPIRES);
}

static __always_inline const char *quick_session(struct sip_walk *w, struct sip_quick q,
						 const char *s, enum sip_header header)
{
	return quick_seconds(w, q, s, &w->msg->session, SIP_MSG_SESSION);
}

static __always_inline const char *quick_credentials(struct sip_walk *w, struct sip_quick q,
						     const char *s, enum sip_header header)
{
	s = sip_quick_skip_header(q, s);
	if (s)
		w->msg->flags |= SIP_MSG_CREDENTIALS;
	return s;
}

static __always_inline const char *quick_nothing(struct sip_walk *w, struct sip_quick q,
						 const char *s, enum sip_header header)
{
	return sip_quick_skip_header(q, s);
}

/* these are rare: their careful readers read every form */
#define quick_encoding(w, q, s, header)		NULL
#define quick_challenge(w, q, s, header)	NULL

/* ---- URIs ------------------------------------------------------------------------ */

/* Steps over the parameters of a value, and keeps the expires of a Contact. */
static __always_inline const char *quick_uri_params(struct sip_quick q, const char *s,
						    struct sip_uri *uri, enum sip_header header)
{
	while (*s == ';') {
		if (unlikely(++s > q.last))
			return NULL;
		if (header != SIP_HEADER_CONTACT || !sip_same(s, SIP_LIT("expires"))) {
			s = sip_quick_param(q, s);
			if (!s)
				return NULL;
			continue;
		}
		if (s[7] != '=')
			return NULL;
		s = sip_quick_number(s + 8, &uri->expires);
		if (!s)
			return NULL;
		uri->has_expires = true;
	}
	return s;
}

/* Reads a list of URIs in brackets. */
static noinline const char *quick_uris(struct sip_walk *w, struct sip_quick q, const char *s,
				       enum sip_header header)
{
	u32 n = w->msg->n_uris, values = w->values[header];
	struct sip_uri *uri;

	for (;; s++) {
		if (n == SIP_MAX_URIS || values == SIP_MAX_VALUES)
			return NULL;
		uri = &w->msg->uri[n++];
		values++;
		s = sip_quick_bracket(s);
		if (s)
			s = sip_quick_uri(q, s, uri);
		if (!s || *s != '>')
			return NULL;
		uri->role = header;
		s = quick_uri_params(q, s + 1, uri, header);
		if (!s)
			return NULL;
		if (*s != ',')
			break;
	}
	s = sip_quick_end(q, s);
	if (s) {
		w->msg->n_uris = n;
		w->values[header] = values;
	}
	return s;
}

#define quick_contact	quick_uris

/* ---- headers --------------------------------------------------------------------- */

/* Reads a header that no list has: a token with a colon after it, and no blank between. */
static noinline const char *quick_other(struct sip_quick q, const char *s)
{
	const char *from = s;

	for (; s <= q.last; s += SIP_WORD) {
		u64 hits = sip_word_not_plain(sip_word_at(s));

		if (hits) {
			s += sip_word_first(hits);
			break;
		}
	}
	if (*s != ':')		/* a digit, or worse */
		s = sip_quick_skip(s, SIP_C_TOKEN);
	/* a long name may be one of the list */
	return s != from && s - from < SIP_QUICK_BYTES && *s == ':' ?
	       sip_quick_skip_header(q, s) : NULL;
}

/* Whether a walk does not want a header.  Each one wants those that say which dialog it is. */
static __always_inline bool is_stepped_over(const struct sip_walk *w, enum sip_header header)
{
	return header > SIP_HEADER_IDENTITY && header > w->last;
}

/*
 * Reads a header by its name.  @first: its first letter, a constant: so the compiler keeps no more
 * than the names with that letter.
 */
static __always_inline const char *quick_named(struct sip_walk *w, struct sip_quick q,
					       const char *s, char first)
{
#define X(NAME, name, letter, reader, LEFT, POSITION) \
	sizeof(name) <= SIP_QUICK_BYTES && (name[0] | 0x20) == first && \
		sip_same(s, name ":", sizeof(name)) ? \
	is_stepped_over(w, SIP_HEADER_##NAME) ? sip_quick_skip_header(q, s) : \
		quick_##reader(w, q, s + sizeof(name), SIP_HEADER_##NAME) :
	return SIP_HEADERS(X) quick_other(q, s);
#undef X
}

/* Reads a header by its compact form, or one whose name has one character. */
static noinline const char *quick_letter(struct sip_walk *w, struct sip_quick q, const char *s)
{
	enum sip_header header = sip_header_of(s, 1);

	if (!sip_quick_is_char(s, SIP_C_TOKEN))
		return NULL;
	s += 2;
	if (header > w->last)
		return sip_quick_skip_header(q, s);
	switch (header) {
	default:	/* SIP_HEADER_OTHER */
		return sip_quick_skip_header(q, s);
#define X(NAME, name, letter, reader, LEFT, POSITION) \
	case SIP_HEADER_##NAME: \
		return (letter) ? quick_##reader(w, q, s, SIP_HEADER_##NAME) : NULL;
	SIP_HEADERS(X)
#undef X
	}
}

/* the letters that names begin with; a name with another first character is in no list */
#define LETTERS(X) \
	X('a') X('b') X('c') X('d') X('e') X('f') X('g') X('h') X('i') X('j') X('k') X('l') X('m') \
	X('n') X('o') X('p') X('q') X('r') X('s') X('t') X('u') X('v') X('w') X('x') X('y') X('z')

/* Return: the next header; NULL: the careful reader reads this one. */
static __always_inline const char *quick_header(struct sip_walk *w, struct sip_quick q,
						const char *s)
{
	if (unlikely(!sip_quick_may_read(q, s)))
		return NULL;
	if (s[1] == ':')
		return quick_letter(w, q, s);
	switch (*s | 0x20) {
	default:
		return quick_other(q, s);
#define X(letter) case letter: return quick_named(w, q, s, letter);
	LETTERS(X)
#undef X
	}
}

u32 sip_quick_headers(struct sip_walk *w, struct sip_quick q, u32 at, u32 *n)
{
	const char *s = q.p + at, *next;
	u32 i = *n;

	for (; w->seen != w->until; i++, s = next) {
		next = quick_header(w, q, s);
		if (!next)
			break;
	}
	*n = i;
	return s - q.p;
}

/* ---- start line ------------------------------------------------------------------ */

static int quick_status(struct sip_quick q, struct sip_msg *msg)
{
	const char *s = q.p;
	u32 a = (u8)s[8] - '0', b = (u8)s[9] - '0', c = (u8)s[10] - '0';

	if (a - 1 > 5 || b > 9 || c > 9 || s[11] != ' ')
		return 0;
	for (s += 12; (u8)*s >= ' ' && *s != 127; s++)
		;
	if (s[0] != '\r' || s[1] != '\n')
		return 0;
	msg->flags |= SIP_MSG_RESPONSE;
	msg->status = a * 100 + b * 10 + c;
	return s + 2 - q.p;
}

int sip_quick_start(struct sip_quick q, struct sip_msg *msg)
{
	const struct sip_text t = { q.p, q.last + SIP_WORD - q.p };
	const char *s = q.p, *uri;

	if (sip_same(s, SIP_LIT("SIP/2.0 ")))
		return quick_status(q, msg);
	s = sip_quick_skip(s, SIP_C_TOKEN);
	if (s == q.p || *s != ' ')
		return 0;
	msg->method_name = sip_quick_slice(q, q.p, s);
	uri = s + 1;
	s = sip_quick_uri(q, uri, &msg->uri[0]);
	if (!s || *s != ' ' || !sip_quick_may_read(q, s) || !sip_same(s, SIP_LIT(" SIP/2.0\r")) ||
	    s[9] != '\n')
		return 0;
	msg->n_uris = 1;
	msg->method = sip_method_of(&t, msg->method_name);
	return s + 10 - q.p;
}
