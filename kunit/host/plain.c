// SPDX-License-Identifier: GPL-2.0
/* plain: comparing messages as bytes.  See plain.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "oracle.h"
#include "plain.h"

enum { LINE_MAX_LEN = ORACLE_ROOM + SIP_MAX_GROWTH + 1 };

/* ---- lines -------------------------------------------------------------------------- */

struct plain_text plain_line(struct plain_text *t, bool fold)
{
	struct plain_text line = { t->p, 0 };

	do {
		const char *from = line.p + line.len;
		const char *lf = memchr(from, '\n', t->len - line.len);

		line.len = lf ? lf + 1 - line.p : t->len;
	} while (fold && line.len < t->len && (line.p[line.len] == ' ' || line.p[line.len] == '\t'));
	t->p += line.len;
	t->len -= line.len;
	return line;
}

static bool same(struct plain_text a, struct plain_text b)
{
	return a.len == b.len && !memcmp(a.p, b.p, a.len);
}

/* positions of the table in which translation happens */
enum position {
	NOWHERE, VIA, CONTACT, HOP, LENGTH,
};

static enum position position_of(struct plain_text line)
{
	static const struct {
		const char *name;
		enum position position;
	} names[] = {
		{ "via", VIA }, { "v", VIA }, { "contact", CONTACT }, { "m", CONTACT },
		{ "record-route", HOP }, { "path", HOP }, { "route", HOP }, { "service-route", HOP },
		{ "refer-to", HOP }, { "r", HOP }, { "referred-by", HOP }, { "b", HOP },
		{ "reply-to", HOP }, { "content-length", LENGTH }, { "l", LENGTH },
	};
	u32 len = 0;
	size_t i;

	while (len < line.len && !strchr(": \t\r\n", line.p[len]))
		len++;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == len && !strncasecmp(line.p, names[i].name, len))
			return names[i].position;
	return NOWHERE;
}

/* ---- addresses in a line -------------------------------------------------------------- */

static bool is_addr_char(char c)
{
	return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

/* The longest beginning of @p that is the address. */
static u32 addr_len(const char *p, u32 max, const struct sip_addr *addr)
{
	char text[64];
	u32 len = 0;

	while (len < max && len < sizeof(text) - 1 && is_addr_char(p[len]))
		len++;
	for (; len > 1; len--) {
		memcpy(text, p, len);
		text[len] = 0;
		if (expect_is_addr(text, addr))
			return len;
	}
	return 0;
}

static u32 skip_port(const char *p, u32 max)
{
	u32 len = 1;

	if (max < 2 || *p != ':' || !isdigit((unsigned char)p[1]))
		return 0;
	while (len < max && isdigit((unsigned char)p[len]))
		len++;
	return len;
}

/*
 * The line without its addresses: each that is @addr, with its brackets and its port,
 * becomes a "*".  Return: its length; @n: how many there were.
 */
static u32 without(struct plain_text line, const struct sip_addr *addr, char *out, u32 *n)
{
	u32 at = 0, len = 0, found;
	bool fresh = true;

	for (*n = 0; at < line.len;) {
		bool bracket = line.p[at] == '[';

		found = fresh || bracket ? addr_len(line.p + at + bracket, line.len - at - bracket,
						    addr) : 0;
		fresh = !is_addr_char(line.p[at]) && !isalnum((unsigned char)line.p[at]);
		fresh |= line.p[at] == ':';
		if (!found) {
			out[len++] = line.p[at++];
			continue;
		}
		at += bracket + found;
		at += bracket && at < line.len && line.p[at] == ']';
		at += skip_port(line.p + at, line.len - at);
		out[len++] = '*';
		(*n)++;
		fresh = false;
	}
	return len;
}

/* Equal but for the two addresses; @left: how often the hidden one is still there. */
static bool alike(struct plain_text was, struct plain_text is, const struct sip_addr *from,
		  const struct sip_addr *to, u32 *left)
{
	static char a[LINE_MAX_LEN], b[LINE_MAX_LEN], c[LINE_MAX_LEN];
	u32 a_len, b_len, n;

	a_len = without(was, from, a, &n);
	b_len = without((struct plain_text){ c, without(is, from, c, left) }, to, b, &n);
	return a_len == b_len && !memcmp(a, b, a_len);
}

/* ---- headers ------------------------------------------------------------------------ */

struct compare {
	const struct scene *s;
	enum expect_way way;
	bool is_request, is_register;
	const struct sip_addr *from, *to;
	const struct sip_addr *second;	/* of a description, beside s->show */
	const char **why;
	u32 vias;
};

static enum plain_fault fault(struct compare *c, enum plain_fault kind, struct plain_text line)
{
	static char text[400];

	snprintf(text, sizeof(text), "%.*s", (int)(line.len < 300 ? line.len : 300), line.p);
	*c->why = text;
	return kind;
}

static bool may_change(struct compare *c, enum position position)
{
	switch (position) {
	case VIA:	/* the first one only */
		return !c->vias++ && c->is_request == (c->way == EXPECT_OUT);
	case CONTACT:
		return c->way == EXPECT_OUT || (!c->is_request && c->is_register);
	case HOP:
	case LENGTH:
		return true;
	default:
		return false;
	}
}

/* The digits of rport= go with the address, so they are no difference. */
static struct plain_text without_rport(struct plain_text line, char *out)
{
	u32 at = 0, len = 0;

	while (at < line.len) {
		bool rport = line.len - at > 6 && !strncasecmp(line.p + at, "rport=", 6);

		out[len++] = line.p[at++];
		if (!rport)
			continue;
		memcpy(out + len, line.p + at, 5);
		len += 5;
		at += 5;
		while (at < line.len && isdigit((unsigned char)line.p[at]))
			at++;
	}
	return (struct plain_text){ out, len };
}

static enum plain_fault compare_via(struct compare *c, struct plain_text was, struct plain_text is)
{
	static char a[LINE_MAX_LEN], b[LINE_MAX_LEN];
	const char *comma = memchr(was.p, ',', was.len);
	u32 left, rest = comma ? was.len - (comma - was.p) : 0;

	/* values behind the first are lower Vias */
	if (is.len < rest || memcmp(was.p + was.len - rest, is.p + is.len - rest, rest))
		return fault(c, PLAIN_FOREIGN, is);
	was.len -= rest;
	is.len -= rest;
	if (!alike(without_rport(was, a), without_rport(is, b), c->from, c->to, &left))
		return fault(c, PLAIN_FOREIGN, is);
	return PLAIN_GOOD;
}

static enum plain_fault compare_header(struct compare *c, struct plain_text was,
				       struct plain_text is)
{
	enum position position = position_of(was);
	u32 left;

	if (!may_change(c, position))
		return same(was, is) ? PLAIN_GOOD : fault(c, PLAIN_FOREIGN, is);
	if (position == VIA)
		return compare_via(c, was, is);
	if (position == LENGTH)
		return position_of(is) == LENGTH ? PLAIN_GOOD : fault(c, PLAIN_FOREIGN, is);
	if (!alike(was, is, c->from, c->to, &left))
		return fault(c, PLAIN_FOREIGN, is);
	/* what is no sip: URI is not for us */
	if (left && c->way == EXPECT_OUT && position == CONTACT && memmem(was.p, was.len, "sip", 3))
		return fault(c, PLAIN_LEAK, is);
	return PLAIN_GOOD;
}

static enum plain_fault compare_head(struct compare *c, struct plain_text was, struct plain_text is)
{
	struct plain_text a = plain_line(&was, false), b = plain_line(&is, false);
	bool may = c->is_request && c->way == EXPECT_IN;
	enum plain_fault kind;
	u32 left;

	if (!same(a, b) && !(may && alike(a, b, c->from, c->to, &left)))
		return fault(c, PLAIN_FOREIGN, b);
	while (was.len && is.len) {
		b = plain_line(&is, true);
		kind = compare_header(c, plain_line(&was, true), b);
		if (kind)
			return kind;
	}
	return was.len || is.len ? fault(c, PLAIN_FOREIGN, is) : PLAIN_GOOD;
}

/* ---- descriptions ------------------------------------------------------------------- */

static bool starts(struct plain_text line, const char *word)
{
	return line.len >= strlen(word) && !memcmp(line.p, word, strlen(word));
}

/* The digits behind a word become a "#". */
static u32 without_digits(struct plain_text line, u32 at, char *out)
{
	u32 n = at;

	memcpy(out, line.p, at);
	out[n++] = '#';
	while (at < line.len && isdigit((unsigned char)line.p[at]))
		at++;
	memcpy(out + n, line.p + at, line.len - at);
	return n + line.len - at;
}

static bool alike_addr(struct compare *c, struct plain_text was, struct plain_text is, u32 *left)
{
	return alike(was, is, &c->s->hide, &c->s->show, left) ||
	       (c->second && alike(was, is, &c->s->hide, c->second, left));
}

static bool alike_sdp(struct compare *c, struct plain_text was, struct plain_text is, u32 *left)
{
	static char a[LINE_MAX_LEN], b[LINE_MAX_LEN];
	const char *blank;

	*left = 0;
	if (same(was, is))
		return !starts(was, "o=") && !starts(was, "c=") && !starts(was, "a=rtcp:") ? true :
		       alike_addr(c, was, is, left);
	if (was.len < 2 || is.len < 2 || memcmp(was.p, is.p, 2))
		return false;
	if (starts(was, "o=") || starts(was, "c="))
		return alike_addr(c, was, is, left);
	if (starts(was, "a=rtcp:") && starts(is, "a=rtcp:")) {
		u32 a_len = without_digits(was, 7, a), b_len = without_digits(is, 7, b);

		return alike_addr(c, (struct plain_text){ a, a_len },
				  (struct plain_text){ b, b_len }, left);
	}
	if (starts(was, "a=candidate:"))	/* which of them is for the libraries to say */
		return true;
	blank = starts(was, "m=") ? memchr(was.p, ' ', was.len) : NULL;
	if (!blank || is.len < (u32)(blank - was.p) + 1)
		return false;
	return same((struct plain_text){ a, without_digits(was, blank - was.p + 1, a) },
		    (struct plain_text){ b, without_digits(is, blank - was.p + 1, b) });
}

/* A line that may be new: the c= of a section, a=rtcp behind its port. */
static bool is_added(struct compare *c, struct plain_text line)
{
	const char *show = expect_text(&c->s->show);
	const char *second = c->second ? expect_text(c->second) : show;

	if (line.len && line.p[0] == '\r')	/* the end of the last line, which had none */
		return true;
	return starts(line, "a=rtcp:") ||
	       (starts(line, "c=IN IP") && (memmem(line.p, line.len, show, strlen(show)) ||
					    memmem(line.p, line.len, second, strlen(second))));
}

static u32 count_sections(struct plain_text sdp)
{
	u32 n = 0;

	while (sdp.len)
		n += starts(plain_line(&sdp, false), "m=");
	return n;
}

static enum plain_fault compare_sdp(struct compare *c, struct plain_text was, struct plain_text is)
{
	bool over = c->second || count_sections(was) > SDP_MAX_MEDIA;
	struct plain_text a = {}, b;
	u32 left, sections = 0;

	if (was.len)
		a = plain_line(&was, false);
	while (is.len) {
		b = plain_line(&is, false);
		sections += starts(b, "m=");
		/* a last line without an end gets one where a line is added behind it */
		if (a.len && a.p[a.len - 1] != '\n' && is.len && b.len > a.len)
			b.len -= b.len > 1 && b.p[b.len - 2] == '\r' ? 2 : 1;
		if (a.len && alike_sdp(c, a, b, &left)) {
			if (left && sections <= SDP_MAX_MEDIA && !starts(a, "a=rtcp:") &&
			    !(over && !sections))
				return fault(c, PLAIN_LEAK, b);
			a = was.len ? plain_line(&was, false) : (struct plain_text){};
		} else if (!is_added(c, b)) {
			return fault(c, PLAIN_FOREIGN, b);
		}
	}
	return a.len ? fault(c, PLAIN_FOREIGN, a) : PLAIN_GOOD;
}

/* ---- messages ----------------------------------------------------------------------- */

static bool says(struct plain_text head, const char *name, char letter, const char *value)
{
	u32 len;

	while (head.len) {
		struct plain_text line = plain_line(&head, true);
		const char *colon = memchr(line.p, ':', line.len);
		char text[256];

		for (len = 0; colon && line.p + len < colon && !isspace((unsigned char)line.p[len]);)
			len++;
		if (!((len == strlen(name) && !strncasecmp(line.p, name, len)) ||
		      (len == 1 && letter && (*line.p | 0x20) == letter)))
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)(line.p + line.len - colon), colon);
		if (strcasestr(text, value))
			return true;
	}
	return false;
}

struct plain_text plain_sdp(struct plain_text message)
{
	u32 head = form_head_len(message.p, message.len), at, digits;
	struct plain_text none = { message.p, 0 }, body;
	long length;

	if (!says((struct plain_text){ message.p, head }, "Content-Type", 'c',
			   "application/sdp"))
		return none;
	body = (struct plain_text){ message.p + head, message.len - head };
	length = form_length(message.p, head, &at, &digits);
	if (length >= 0 && length < body.len)
		body.len = length;
	return form_is_sdp(body.p, body.len) ? body : none;
}

/* How many bytes stand behind the body, where Content-Length says where that ends. */
static long beyond(struct plain_text t)
{
	u32 head = form_head_len(t.p, t.len), at, digits;
	long length = form_length(t.p, head, &at, &digits);

	return length < 0 ? 0 : (long)(t.len - head) - length;
}

enum plain_fault plain_check(struct plain_text was, struct plain_text is, const struct scene *s,
			     enum expect_way way, const char **why)
{
	u32 was_head = form_head_len(was.p, was.len), is_head = form_head_len(is.p, is.len);
	struct plain_text head = { was.p, was_head }, new_head = { is.p, is_head }, sdp, new_sdp;
	struct compare c = {
		.s = s, .way = way, .why = why,
		.is_request = strncasecmp(was.p, "SIP/2.0", 7),
		.is_register = says(head, "CSeq", 0, "REGISTER"),
		.from = way == EXPECT_OUT ? &s->flow.self.addr : &s->flow.peer.addr,
		.to = way == EXPECT_OUT ? &s->flow.self_mapped.addr : &s->flow.peer_real.addr,
	};
	enum plain_fault kind = compare_head(&c, head, new_head);
	u32 i;

	for (i = 0; i < SDP_MAX_MEDIA && !c.second; i++)
		if (s->media[i].addr.family && memcmp(&s->media[i].addr, &s->show, sizeof(s->show)))
			c.second = &s->media[i].addr;
	if (kind)
		return kind;
	if (beyond(was) != beyond(is))
		return fault(&c, PLAIN_LENGTH, new_head);
	sdp = plain_sdp(was);
	new_sdp = plain_sdp(is);
	if (sdp.len && new_sdp.len)
		return compare_sdp(&c, sdp, new_sdp);
	if (!same((struct plain_text){ was.p + was_head, was.len - was_head },
		  (struct plain_text){ is.p + is_head, is.len - is_head }))
		return fault(&c, PLAIN_FOREIGN, is);
	return PLAIN_GOOD;
}
