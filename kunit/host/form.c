// SPDX-License-Identifier: GPL-2.0
/* form: published messages in other words.  See form.h. */
#include <ctype.h>
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "oracle.h"

enum { NAMES = 64, HOST_MAX = 256 };

const char *const form_names[FORMS] = { "as-is", "ipv4", "ipv6" };

/* the names of one message, and what they become */
static struct {
	char name[HOST_MAX];
	char addr[64];
} names[NAMES];
static u32 n_names;

/* ---- framing ------------------------------------------------------------------------ */

u32 form_head_len(const char *p, u32 len)
{
	u32 at = 0, lf;

	while (at < len) {
		const char *end = memchr(p + at, '\n', len - at);

		if (!end)
			break;
		lf = end - p;
		while (at < lf && p[at] == '\r')
			at++;
		if (at == lf)
			return lf + 1;
		at = lf + 1;
	}
	return len;
}

/* After the line end from @p on, or @end. */
static const char *next_line(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', end - p);

	return lf ? lf + 1 : end;
}

/* The name of the header at @p is @name, or @letter alone. */
static const char *value_of(const char *p, const char *end, const char *name, char letter)
{
	u32 len = strlen(name);

	if ((u32)(end - p) > len && !strncasecmp(p, name, len))
		p += len;
	else if (p < end && letter && (*p | 0x20) == letter)
		p++;
	else
		return NULL;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && *p == ':' ? p + 1 : NULL;
}

long form_length(const char *p, u32 head, u32 *at, u32 *digits)
{
	const char *end = p + head, *line = p, *value;
	long found = -1;

	for (; line < end; line = next_line(line, end)) {
		value = value_of(line, end, "Content-Length", 'l');
		if (!value)
			continue;
		while (value < end && isspace((unsigned char)*value))
			value++;
		*at = value - p;
		for (*digits = 0; value + *digits < end && isdigit((unsigned char)value[*digits]);)
			++*digits;
		if (found >= 0 || !*digits || *digits > 9)
			return -1;
		found = atol(value);
	}
	return found;
}

bool form_is_sdp(const char *p, u32 len)
{
	for (; len && (*p == '\r' || *p == '\n'); len--)
		p++;
	return len > 2 && !memcmp(p, "v=", 2);
}

/* ---- hosts -------------------------------------------------------------------------- */

static bool is_host_char(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-';
}

static bool is_v4(const char *p, u32 len)
{
	char text[64];
	unsigned char bytes[4];

	if (len >= sizeof(text))
		return false;
	memcpy(text, p, len);
	text[len] = 0;
	return inet_pton(AF_INET, text, bytes) == 1;
}

static bool is_name(const char *p, u32 len)
{
	return len < HOST_MAX && memchr(p, '.', len) && isalpha((unsigned char)p[len - 1]);
}

static const char *learn(const char *name, u32 len, const char *addr, u32 addr_len)
{
	u32 i;

	for (i = 0; i < n_names; i++)
		if (strlen(names[i].name) == len && !strncasecmp(names[i].name, name, len))
			return names[i].addr;
	if (n_names == NAMES)
		return NULL;
	memcpy(names[i].name, name, len);
	names[i].name[len] = 0;
	if (addr)
		snprintf(names[i].addr, sizeof(names[i].addr), "%.*s", (int)addr_len, addr);
	else
		snprintf(names[i].addr, sizeof(names[i].addr), "10.20.30.%u", i + 1);
	n_names++;
	return names[i].addr;
}

/* 2001:db8:1:aabb:ccdd::1, as RFC 5952 wants it; the address of nobody stays that */
static u32 write_v6(const char *v4, char *out)
{
	unsigned char b[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 1 };

	inet_pton(AF_INET, v4, b + 6);
	if (!(b[6] | b[7] | b[8] | b[9]))
		memset(b, 0, sizeof(b));
	inet_ntop(AF_INET6, b, out, INET6_ADDRSTRLEN);
	return strlen(out);
}

/*
 * The places of hosts: behind the "@" or scheme of a URI, the protocol of a Via, maddr=
 * and received=, and in a description behind "IN IP4 " and in candidates.
 */
struct place {
	const char *p;
	u32 len;
	bool brackets;
};

static bool begins(const char *p, const char *end, const char *word)
{
	return (u32)(end - p) >= strlen(word) && !strncasecmp(p, word, strlen(word));
}

/* a URI's host, where @p is behind its scheme */
static const char *behind_user(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && !strchr("@<>\"\r\n \t,", *q))
		q++;
	return q < end && *q == '@' ? q + 1 : p;
}

/* @first: the beginning of the message; a scheme stands behind no letter */
static bool place_at(const char *first, const char *p, const char *end, struct place *place)
{
	bool fresh = p == first || !isalnum((unsigned char)p[-1]);
	const char *at = NULL;

	place->brackets = true;
	if (fresh && begins(p, end, "sip:"))
		at = behind_user(p + 4, end);
	else if (fresh && begins(p, end, "sips:"))
		at = behind_user(p + 5, end);
	else if (begins(p, end, ";maddr="))
		at = p + 7;
	else if (begins(p, end, ";received="))
		at = p + 10;
	else if (fresh && begins(p, end, "SIP/2.0/"))
		at = p + 8 + strcspn(p + 8, " \t\r\n");
	if (!at)
		return false;
	if (at[-1] == '=')
		place->brackets = p[1] == 'm' || p[1] == 'M';
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	place->p = at;
	for (place->len = 0; at + place->len < end && is_host_char(at[place->len]);)
		place->len++;
	return place->len;
}

/* ---- what names mean ---------------------------------------------------------------- */

/* the word behind a text, in one line */
static bool word_behind(const char *line, const char *end, const char *text, struct place *w)
{
	const char *stop = memchr(line, '\n', end - line);
	const char *at = memmem(line, (stop ? stop : end) - line, text, strlen(text));

	if (!at)
		return false;
	w->p = at + strlen(text);
	for (w->len = 0; w->p + w->len < end && is_host_char(w->p[w->len]);)
		w->len++;
	return w->len;
}

static void learn_names(const char *p, u32 len)
{
	const char *end = p + len, *line, *next;
	struct place name = {}, addr, origin = {};

	n_names = 0;
	for (line = p; line < end; line = next) {
		next = memchr(line, '\n', end - line);
		next = next ? next + 1 : end;
		if (value_of(line, end, "Via", 'v') &&
		    word_behind(line, end, "received=", &addr) && is_v4(addr.p, addr.len)) {
			for (name.p = line; name.p < next && !begins(name.p, end, "SIP/2.0/");)
				name.p++;
			if (name.p < next && place_at(p, name.p, end, &name) &&
			    is_name(name.p, name.len))
				learn(name.p, name.len, addr.p, addr.len);
		} else if (begins(line, end, "o=") && word_behind(line, end, "IN IP4 ", &origin)) {
			;
		} else if (begins(line, end, "c=") && origin.len &&
			   is_name(origin.p, origin.len) &&
			   word_behind(line, end, "IN IP4 ", &addr) && is_v4(addr.p, addr.len)) {
			learn(origin.p, origin.len, addr.p, addr.len);
		}
	}
}

/* ---- writing ------------------------------------------------------------------------ */

static u32 put_host(enum form form, const struct place *place, char *out)
{
	const char *text = place->p;
	u32 len = place->len, n = 0;
	char v4[64];

	if (is_name(text, len)) {
		text = learn(text, len, NULL, 0);
		len = text ? strlen(text) : 0;
		if (!text)
			return sprintf(out, "%.*s", (int)place->len, place->p);
	}
	if (form != FORM_IPV6 || !is_v4(text, len)) {
		memcpy(out, text, len);
		return len;
	}
	memcpy(v4, text, len);
	v4[len] = 0;
	if (place->brackets)
		out[n++] = '[';
	n += write_v6(v4, out + n);
	if (place->brackets)
		out[n++] = ']';
	return n;
}

static u32 put_head(enum form form, const char *in, u32 len, char *out)
{
	u32 at = 0, n = 0, copied = 0;
	struct place place;

	while (at < len) {
		if (!place_at(in, in + at, in + len, &place)) {
			at++;
			continue;
		}
		memcpy(out + n, in + copied, place.p - in - copied);
		n += place.p - in - copied;
		n += put_host(form, &place, out + n);
		copied = place.p - in + place.len;
		at = copied;
	}
	memcpy(out + n, in + copied, len - copied);
	return n + len - copied;
}

/* Words that are addresses, in lines whose grammar has an address there. */
static u32 put_sdp_line(enum form form, const char *in, u32 len, char *out)
{
	bool has_type = memmem(in, len, "IN IP4 ", 7), is_last = !memchr(in, '/', len);
	u32 at = 0, n = 0;

	if ((!has_type || !is_last) && !begins(in, in + len, "a=candidate:")) {
		memcpy(out, in, len);
		return len;
	}
	while (at < len) {
		struct place word = { in + at, 0, false };

		while (at + word.len < len && !isspace((unsigned char)word.p[word.len]))
			word.len++;
		if (form == FORM_IPV6 && has_type && word.len == 3 && !memcmp(word.p, "IP4", 3))
			n += sprintf(out + n, "IP6");
		else if (is_v4(word.p, word.len) ||
			 (has_type && *in != 'a' && is_name(word.p, word.len) && at > 8))
			n += put_host(form, &word, out + n);
		else
			n += sprintf(out + n, "%.*s", (int)word.len, word.p);
		for (at += word.len; at < len && isspace((unsigned char)in[at]); at++)
			out[n++] = in[at];
	}
	return n;
}

static u32 put_body(enum form form, const char *in, u32 len, char *out)
{
	const char *end = in + len, *next;
	u32 n = 0;

	if (!form_is_sdp(in, len) || memchr(in, 0, len)) {
		memcpy(out, in, len);
		return len;
	}
	for (; in < end; in = next) {
		next = memchr(in, '\n', end - in);
		next = next ? next + 1 : end;
		n += put_sdp_line(form, in, next - in, out + n);
	}
	return n;
}

/* Content-Length grows with the body; what stood behind that still does. */
static u32 put_all(enum form form, const char *in, u32 len, char *out)
{
	u32 head = form_head_len(in, len), at, digits, n, body;
	static char new_body[ORACLE_ROOM], new_head[ORACLE_ROOM];
	long length = form_length(in, head, &at, &digits);

	learn_names(in, len);
	body = put_body(form, in + head, len - head, new_body);
	memcpy(new_head, in, head);
	if (length >= 0 && length <= (long)(len - head) && body != len - head) {
		n = sprintf(new_head + at, "%0*ld", (int)digits, length + body - (long)(len - head));
		memcpy(new_head + at + n, in + at + digits, head - at - digits);
		head = head - digits + n;
	}
	n = put_head(form, new_head, head, out);
	memcpy(out + n, new_body, body);
	return n + body;
}

/* LF alone -> CRLF, where there is no CR at all. */
static u32 to_wire(const char *in, u32 len, char *out)
{
	bool has_cr = memchr(in, '\r', len);
	u32 i, n = 0;

	for (i = 0; i < len; i++) {
		if (in[i] == '\n' && !has_cr)
			out[n++] = '\r';
		out[n++] = in[i];
	}
	return n;
}

/* A description alone becomes an offer of the host that it names. */
static u32 wrap(const char *in, u32 len, char *out)
{
	const char *end = in + len, *line;
	char own[64] = "10.20.30.40";
	struct place addr;

	for (line = in; line && line < end; line = memchr(line, '\n', end - line)) {
		line += *line == '\n';
		/* a group's address, with a TTL, is nobody's */
		if ((!begins(line, end, "c=") && !begins(line, end, "o=")) ||
		    !word_behind(line, end, "IN IP4 ", &addr) || !is_v4(addr.p, addr.len) ||
		    !memcmp(addr.p, "0.0.0.0", 7) || addr.p[addr.len] == '/')
			continue;
		snprintf(own, sizeof(own), "%.*s", (int)addr.len, addr.p);
		if (*line == 'c')
			break;
	}
	return sprintf(out, "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
		       "Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK74bf9\r\n"
		       "Max-Forwards: 70\r\n"
		       "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
		       "To: Bob <sip:bob@biloxi.example.com>\r\n"
		       "Call-ID: 3848276298220188511@atlanta.example.com\r\n"
		       "CSeq: 1 INVITE\r\n"
		       "Contact: <sip:alice@%s:5060>\r\n"
		       "Content-Type: application/sdp\r\n"
		       "Content-Length: %u\r\n\r\n%.*s", own, own, len, (int)len, in);
}

u32 form_make(enum form form, const char *in, u32 len, char *out)
{
	static char wire[ORACLE_ROOM];
	u32 n;

	if (len > 2 && !memcmp(in, "v=", 2))
		n = wrap(in, len, wire);
	else
		n = to_wire(in, len, wire);
	if (form != FORM_AS_IS)
		return put_all(form, wire, n, out);
	memcpy(out, wire, n);
	return n;
}
