// SPDX-License-Identifier: GPL-2.0
/* back: the way home.  See back.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back.h"
#include "form.h"
#include "oracle.h"

const char *const back_names[BACKS] = {
	[BACK_EXACT] = "exact", [BACK_PORT] = "port written", [BACK_RTCP] = "a=rtcp added",
	[BACK_LENGTH] = "zeros of Content-Length", [BACK_SPELLING] = "spelling of the address",
	[BACK_PINHOLE] = "port of its own", [BACK_WRONG] = "WRONG",
};

/* ---- equal up to ---------------------------------------------------------------------- */

/* what is hidden: in the header section with its port, in the description without */
struct own {
	const struct sip_endpoint *at;
	const struct sip_addr *hide;
	const struct sip_addr *mapped;	/* what may be left of it at a port of its own, or NULL */
};

struct reducer {
	enum back upto;
	const struct own *own;
	char *out;
	u32 n;
};

/* An address in any spelling, in brackets or not. */
static u32 own_len(const struct reducer *r, struct plain_text line, u32 at)
{
	bool bracket = line.p[at] == '[';
	char text[64];
	u32 n = 0;

	if (!bracket && at && isalnum((unsigned char)line.p[at - 1]))
		return 0;
	while (at + bracket + n < line.len && n < sizeof(text) - 1 &&
	       (isxdigit((unsigned char)line.p[at + bracket + n]) ||
		strchr(".:", line.p[at + bracket + n])))
		n++;
	for (; n > 1; n--) {
		snprintf(text, sizeof(text), "%.*s", (int)n, line.p + at + bracket);
		if (expect_is_addr(text, &r->own->at->addr) ||
		    expect_is_addr(text, r->own->hide) ||
		    (r->upto == BACK_PINHOLE && expect_is_addr(text, r->own->mapped)))
			return n + 2 * bracket;
	}
	return 0;
}

static void reduce_line(struct reducer *r, struct plain_text line)
{
	char port[8];
	u32 at = 0, n, len = snprintf(port, sizeof(port), ":%u", r->own->at->port);

	while (at < line.len) {
		n = own_len(r, line, at);
		if (!n) {
			r->out[r->n++] = line.p[at++];
			continue;
		}
		if (r->upto >= BACK_SPELLING) {
			r->out[r->n++] = '@';
		} else {
			memcpy(r->out + r->n, line.p + at, n);
			r->n += n;
		}
		at += n;
		if (at + len <= line.len && !memcmp(line.p + at, port, len) &&
		    (at + len == line.len || !isdigit((unsigned char)line.p[at + len])))
			at += len;
	}
}

/* The port of an m= line; on other lines what it was. */
static u32 section_port(struct plain_text line, u32 port)
{
	const char *blank = memchr(line.p, ' ', line.len);

	return line.len > 2 && blank && !memcmp(line.p, "m=", 2) ? atoi(blank + 1) : port;
}

/* "a=rtcp:" and the port above, nothing else: what is so without being said */
static bool is_rtcp_beside(struct plain_text line, u32 port)
{
	char text[32];
	u32 len = snprintf(text, sizeof(text), "a=rtcp:%u", port + 1);

	while (line.len && strchr("\r\n", line.p[line.len - 1]))
		line.len--;
	return line.len == len && !memcmp(line.p, text, len);
}

/* A text without the differences that are allowed. */
static struct plain_text reduce(enum back upto, const struct own *own,
				struct plain_text t, char *out)
{
	struct reducer r = { upto, own, out, 0 };
	u32 head = form_head_len(t.p, t.len), at = 0, digits = 0;
	struct plain_text rest = { t.p + head, t.len - head }, lines = { t.p, head };
	long length = form_length(t.p, head, &at, &digits);
	u32 port = 0;
	bool is_length = upto >= BACK_RTCP && length >= 0;

	if (length >= 0 && length < rest.len)
		rest.len = length;
	while (lines.len) {
		struct plain_text line = plain_line(&lines, false);

		if (is_length && t.p + at >= line.p && t.p + at < line.p + line.len)
			continue;	/* that it is exact was asked before */
		reduce_line(&r, line);
	}
	while (rest.len) {
		struct plain_text line = plain_line(&rest, false);

		port = section_port(line, port);
		if (upto >= BACK_RTCP && is_rtcp_beside(line, port)) {
			/* its line end may have been added in front of it */
			while (r.n && strchr("\r\n", r.out[r.n - 1]))
				r.n--;
			for (; line.len && !strchr("\r\n", *line.p); line.len--)
				line.p++;
		}
		if (upto >= BACK_SPELLING) {
			reduce_line(&r, line);
			continue;
		}
		memcpy(r.out + r.n, line.p, line.len);
		r.n += line.len;
	}
	/* what stands behind the body belongs to nobody */
	memcpy(r.out + r.n, rest.p, t.p + t.len - rest.p);
	return (struct plain_text){ out, r.n + (t.p + t.len - rest.p) };
}

static enum back compare(struct plain_text want, struct plain_text got,
			 const struct own *own)
{
	static char a[ORACLE_ROOM], b[ORACLE_ROOM];
	struct plain_text x, y;
	enum back upto;

	for (upto = BACK_EXACT; upto < (own->mapped ? BACK_WRONG : BACK_PINHOLE); upto++) {
		x = upto ? reduce(upto, own, want, a) : want;
		y = upto ? reduce(upto, own, got, b) : got;
		if (x.len == y.len && !memcmp(x.p, y.p, x.len))
			return upto;
	}
	return BACK_WRONG;
}

/* ---- the inverse ------------------------------------------------------------------------ */

static struct plain_text translate(const struct scene *s, struct plain_text t)
{
	static char buf[ORACLE_ROOM + SIP_MAX_GROWTH];
	static struct world w;
	int len;

	memcpy(buf, t.p, t.len);
	len = world_translate(&w, s, buf, t.len, sizeof(buf));
	return (struct plain_text){ buf, len < 0 ? 0 : len };
}

enum back back_inverse(const struct back_case *c, struct plain_text *got)
{
	struct own own = {
		c->v->way == EXPECT_OUT ? &c->s->flow.self : &c->s->flow.peer, &c->s->hide, NULL,
	};
	struct scene s;

	variant_back(c->v, c->w, c->s, &s);
	*got = translate(&s, c->is);
	return compare(c->was, *got, &own);
}

/* ---- what a peer makes of it -------------------------------------------------------------- */

static void put(struct plain_text *out, const char *p, u32 len)
{
	memcpy((char *)out->p + out->len, p, len);
	out->len += len;
}

#define PUT(out, text)	put(out, text, sizeof(text) - 1)

static bool is_header(struct plain_text line, const char *name, char letter)
{
	u32 len = 0;

	while (len < line.len && !strchr(": \t\r\n", line.p[len]))
		len++;
	if (!(len == strlen(name) && !strncasecmp(line.p, name, len)) &&
	    !(len == 1 && letter && (*line.p | 0x20) == letter))
		return false;
	while (len < line.len && (line.p[len] == ' ' || line.p[len] == '\t'))
		len++;
	return len < line.len && line.p[len] == ':';
}

static bool is_empty(struct plain_text line)
{
	while (line.len && strchr("\r\n", line.p[line.len - 1]))
		line.len--;
	return !line.len;
}

static struct plain_text head_of(struct plain_text t, struct plain_text *start)
{
	struct plain_text rest = { t.p, form_head_len(t.p, t.len) }, head, line;

	*start = plain_line(&rest, false);
	for (head = (struct plain_text){ rest.p, 0 }; rest.len; head.len += line.len) {
		line = plain_line(&rest, false);
		if (is_empty(line))
			break;
	}
	return head;
}

/*
 * The top Via, with what a peer adds: where it saw the request come from (RFC 3261
 * 18.2.1, RFC 3581 4).  A value that is there stays, as it does with many.
 */
static void put_via(struct plain_text line, const struct sip_endpoint *seen,
		    struct plain_text *out)
{
	const char *comma = memchr(line.p, ',', line.len);
	u32 len = comma ? comma - line.p : line.len;
	char text[128];

	while (len && strchr("\r\n", line.p[len - 1]))
		len--;
	put(out, line.p, len);
	if (seen && !memmem(line.p, len, "received", 8) && !memmem(line.p, len, "rport", 5))
		put(out, text, snprintf(text, sizeof(text), ";received=%s;rport=%u",
					expect_text(&seen->addr), seen->port));
	put(out, line.p + len, line.len - len);
}

/* The answer: RFC 3261 8.2.6.2, and what a registrar lists. */
static void make_answer(struct plain_text t, bool is_register, const struct sip_endpoint *seen,
			struct plain_text *out)
{
	struct plain_text start, head = head_of(t, &start);
	u32 vias = 0;

	out->len = 0;
	PUT(out, "SIP/2.0 200 OK\r\n");
	while (head.len) {
		struct plain_text line = plain_line(&head, true);

		if (is_header(line, "Via", 'v'))
			put_via(line, vias++ ? NULL : seen, out);
		else if (is_header(line, "From", 'f') || is_header(line, "To", 't') ||
			 is_header(line, "Call-ID", 'i') || is_header(line, "CSeq", 0) ||
			 is_header(line, "Record-Route", 0) ||
			 (is_register && is_header(line, "Contact", 'm')))
			put(out, line.p, line.len);
	}
	PUT(out, "Content-Length: 0\r\n\r\n");
}

/* The first URI of a header's value. */
static struct plain_text uri_of(struct plain_text line)
{
	const char *end = line.p + line.len, *p = memchr(line.p, '<', line.len), *stop;

	if (p) {
		p++;
		stop = memchr(p, '>', end - p);
	} else {
		for (p = (char *)memchr(line.p, ':', line.len) + 1; p < end && *p == ' ';)
			p++;
		for (stop = p; stop < end && !strchr(";, \t\r\n", *stop);)
			stop++;
	}
	return (struct plain_text){ p, stop ? stop - p : 0 };
}

static struct plain_text contact_of(struct plain_text t)
{
	struct plain_text start, head = head_of(t, &start);

	while (head.len) {
		struct plain_text line = plain_line(&head, true);

		if (is_header(line, "Contact", 'm'))
			return uri_of(line);
	}
	return (struct plain_text){};
}

/* Record-Route comes back as Route (RFC 3261 12.1.2). */
static void put_routes(struct plain_text t, struct plain_text *out)
{
	struct plain_text start, head = head_of(t, &start);

	while (head.len) {
		struct plain_text line = plain_line(&head, true);
		const char *colon = memchr(line.p, ':', line.len);

		if (!is_header(line, "Record-Route", 0))
			continue;
		PUT(out, "Route");
		put(out, colon, line.p + line.len - colon);
	}
}

static void make_request(struct plain_text t, struct plain_text *out)
{
	struct plain_text contact = contact_of(t), sdp = plain_sdp(t);
	char length[32];

	out->len = 0;
	PUT(out, "INVITE ");
	put(out, contact.p, contact.len);
	PUT(out, " SIP/2.0\r\nVia: SIP/2.0/UDP peer.invalid;branch=z9hG4bK-peer\r\n"
	    "From: <sip:peer@peer.invalid>;tag=1\r\nTo: <sip:phone@peer.invalid>\r\n"
	    "Call-ID: back@peer.invalid\r\nCSeq: 1 INVITE\r\n");
	put_routes(t, out);
	PUT(out, "Refer-To: <");
	put(out, contact.p, contact.len);
	PUT(out, ">\r\nContent-Type: application/sdp\r\n");
	put(out, length, sprintf(length, "Content-Length: %u\r\n\r\n", sdp.len));
	put(out, sdp.p, sdp.len);
}

/* As the helper remembers it: a contact that had no port shall have none again. */
static struct sip_via_memo contact_form(const struct back_case *c)
{
	const struct sip_msg *msg = &c->w->msg;
	struct sip_via_memo memo = { .form = SIP_VIA_UNSEEN };
	u32 i;

	for (i = 0; i < msg->n_uris; i++) {
		const struct sip_uri *uri = &msg->uri[i];

		if (uri->role != SIP_ROLE_CONTACT ||
		    !sip_addr_equal(&uri->at.addr, &c->s->flow.self.addr))
			continue;
		memo.form = SIP_VIA_UNSEEN;
		if (!uri->at.port.len && sip_uri_port(uri) == c->s->flow.self.port)
			memo = (struct sip_via_memo){ SIP_VIA_NO_PORT, sip_uri_port(uri) };
	}
	return memo;
}

/* The peer sends to what was published. */
static void peer_scene(const struct back_case *c, struct scene *s)
{
	variant_back(c->v, c->w, c->s, s);
	s->flow = (struct sip_flow){
		.peer = c->s->flow.self_mapped,
		.peer_real = c->s->flow.self,
		.is_published = true,
		.is_registered = true,
		.memo = sip_via_form(&c->w->msg, &c->s->flow),
		.contact = contact_form(c),
	};
	s->flow.self.addr.family = SIP_FAMILY_IPV4;
	s->flow.self_mapped = s->flow.self;
}

/* Some contact is on another port than the connection. */
static bool has_own_port(const struct back_case *c)
{
	const struct sip_msg *msg = &c->w->msg;
	u32 i;

	for (i = 0; i < msg->n_uris; i++)
		if (expect_is_addr(expect_text(&c->s->flow.self.addr), &msg->uri[i].at.addr) &&
		    sip_uri_port(&msg->uri[i]) != c->s->flow.self.port)
			return true;
	return false;
}

static enum back compare_home(const struct back_case *c, struct plain_text want,
			      struct plain_text made, struct plain_text *got)
{
	struct own own = {
		&c->s->flow.self, &c->s->hide,
		has_own_port(c) ? &c->s->flow.self_mapped.addr : NULL,
	};
	struct scene s;

	peer_scene(c, &s);
	*got = translate(&s, made);
	return compare(want, *got, &own);
}

enum back back_answer(const struct back_case *c, struct plain_text *got)
{
	static char a[ORACLE_ROOM], b[ORACLE_ROOM];
	struct plain_text want = { a, 0 }, made = { b, 0 };
	const struct sip_flow *flow = &c->s->flow;
	const struct sip_msg *msg = &c->w->msg;
	bool is_register = msg->method == SIP_REGISTER, adds;

	if (c->v->way == EXPECT_IN || !sip_is_request(msg))
		return BACKS;
	/* who names another address than his own knows of the NAT, and is told the truth */
	adds = sip_via_form(msg, flow).form != SIP_VIA_FOREIGN;
	make_answer(c->was, is_register, adds ? &flow->self : NULL, &want);
	make_answer(c->is, is_register, adds ? &flow->self_mapped : NULL, &made);
	return compare_home(c, want, made, got);
}

enum back back_request(const struct back_case *c, struct plain_text *got)
{
	static char a[ORACLE_ROOM], b[ORACLE_ROOM];
	struct plain_text want = { a, 0 }, made = { b, 0 }, contact = contact_of(c->was);
	static struct world w;

	if (c->v->way == EXPECT_IN || !contact.len || *contact.p == '*')
		return BACKS;
	make_request(c->was, &want);
	/* what is no Request-URI (a blank in it) nobody can call */
	if (world_plan(&w, c->s, &(struct sip_text){ want.p, want.len }))
		return BACKS;
	make_request(c->is, &made);
	return compare_home(c, want, made, got);
}
