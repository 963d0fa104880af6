// SPDX-License-Identifier: GPL-2.0
/* judge: good and damaged messages compared.  See judge.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "judge.h"

const char *const verdict_names[VERDICTS] = {
	"line stayed", "line translated", "message stayed", "WHOLLY PRIVATE", "OTHER LINE",
	"ODD LINE", "HALF SECTION", "CHANGED",
};

static const char *line_of(const struct message *m, u32 i)
{
	return m->text + m->line[i].off;
}

static bool same(const struct message *a, const struct message *b, u32 i)
{
	return a->line[i].len == b->line[i].len &&
	       !memcmp(line_of(a, i), line_of(b, i), a->line[i].len);
}

/* ---- what may be exchanged in a line --------------------------------------------------- */

enum { PAIRS = 3 };

/* an address that becomes another one */
struct pair {
	struct sip_endpoint from, to;
};

/* two texts side by side */
struct walk {
	const char *start;		/* of the first */
	const char *a, *b;		/* what is left of them */
	u32 a_len, b_len;
	char before;			/* the byte in front of @a */
	struct pair pair[PAIRS];
	u32 n_pairs;
	u8 kind, what;
	u16 shift;
	bool is_response;
};

static void add_pair(struct walk *w, const struct sip_endpoint *from, const struct sip_endpoint *to)
{
	if (from->addr.family && !sip_endpoint_equal(from, to))
		w->pair[w->n_pairs++] = (struct pair){ *from, *to };
}

static void add_pairs(struct walk *w, const struct scene *s)
{
	struct sip_endpoint hide = { s->hide, 0 }, show = { s->show, 0 };

	add_pair(w, &s->flow.self, &s->flow.self_mapped);
	add_pair(w, &s->flow.peer, &s->flow.peer_real);
	add_pair(w, &hide, &show);
}

static void step(struct walk *w, u32 a, u32 b)
{
	if (a)
		w->before = w->a[a - 1];
	w->a += a;
	w->a_len -= a;
	w->b += b;
	w->b_len -= b;
}

/* The longest beginning of a text that is the address, in whichever spelling. */
static u32 addr_len(const char *p, u32 max, const struct sip_addr *addr)
{
	char text[64];
	u32 len = 0;

	while (len < max && len < sizeof(text) - 1 &&
	       (isxdigit((unsigned char)p[len]) || p[len] == '.' || p[len] == ':'))
		len++;
	for (; len > 1; len--) {
		memcpy(text, p, len);
		text[len] = 0;
		if (expect_is_addr(text, addr))
			return len;
	}
	return 0;
}

static u32 number(const char *p, u32 len, u32 *digits)
{
	u32 n = 0;

	for (*digits = 0; *digits < len && *digits < 6 && isdigit((unsigned char)p[*digits]);)
		n = n * 10 + p[(*digits)++] - '0';
	return n;
}

/* An m= or a=rtcp: the digits of a port, which moved. */
static bool moved_port(struct walk *w)
{
	u32 a_len, b_len, a, b;

	if (w->kind != LINE_BODY || isalnum((unsigned char)w->before) || w->before == '.' ||
	    (w->what != WHAT_MEDIA && w->what != WHAT_RTCP && w->what != WHAT_FOLLOWS))
		return false;
	a = number(w->a, w->a_len, &a_len);
	b = number(w->b, w->b_len, &b_len);
	if (!a_len || !b_len || (u16)(a + w->shift) != b)
		return false;
	step(w, a_len, b_len);
	return true;
}

/* rport= has the port of an address that stands elsewhere */
static bool moved_rport(struct walk *w)
{
	u32 a_len, b_len;

	if (w->what != WHAT_VIA || w->a - w->start < 6 || strncasecmp(w->a - 6, "rport=", 6))
		return false;
	number(w->a, w->a_len, &a_len);
	number(w->b, w->b_len, &b_len);
	if (!a_len || !b_len)
		return false;
	step(w, a_len, b_len);
	return true;
}

/* Over blanks, and line ends of a folded header. */
static u32 skip_blanks(const char *p, u32 len, u32 at)
{
	while (at < len && isspace((unsigned char)p[at])) {
		if (p[at] == '\n' && (at + 1 == len || (p[at + 1] != ' ' && p[at + 1] != '\t')))
			break;
		at++;
	}
	return at;
}

/* ":PORT", blanks anywhere.  Return: its bytes, 0 where there is none. */
static u32 port_len(const char *p, u32 len, u32 *port)
{
	u32 at = 0, digits;

	at = skip_blanks(p, len, at);
	if (at == len || p[at++] != ':')
		return 0;
	at = skip_blanks(p, len, at);
	*port = number(p + at, len - at, &digits);
	return digits ? at + digits : 0;
}

/* The port of a URI that names none (RFC 3261 19.1.2). */
static u16 default_port(const struct walk *w)
{
	const char *p = w->a;

	while (p > w->start && p[-1] != '<' && p[-1] != ',' && p[-1] != ' ')
		p--;
	return strncasecmp(p, "sips:", 5) ? 5060 : 5061;
}

/*
 * The ports after an address that was exchanged: that of the mapping goes with it, one of
 * another socket stays, or becomes the mapped one (RFC 3581).
 */
static bool ports_fit(struct walk *w, const struct pair *p)
{
	u32 a_len, b_len, a = 0, b = 0;

	if (w->a_len && w->b_len && *w->a == ']' && *w->b == ']')
		step(w, 1, 1);
	a_len = port_len(w->a, w->a_len, &a);
	b_len = port_len(w->b, w->b_len, &b);
	step(w, a_len, b_len);
	if (w->kind == LINE_BODY)
		return a == b || (u16)(a + w->shift) == b;
	if (w->what == WHAT_VIA && w->is_response)	/* as the request had it */
		return true;
	if (!b_len)
		return !a_len && p->from.port != default_port(w);
	return b == p->to.port || (a_len && a == b && a != p->from.port);
}

static bool exchanged_addr(struct walk *w, bool *half)
{
	u32 at = w->a - w->start, i, a, b;
	bool is_param = w->before == '=' || (w->before == '[' && at > 1 && w->a[-2] == '=');

	if (isalnum((unsigned char)w->before) || w->before == '.')
		return false;
	for (i = 0; i < w->n_pairs; i++) {
		const struct pair *p = &w->pair[i];

		a = addr_len(w->a, w->a_len, &p->from.addr);
		b = addr_len(w->b, w->b_len, &p->to.addr);
		if (!a || !b)
			continue;
		step(w, a, b);
		if (!is_param && !ports_fit(w, p))
			*half = true;
		return true;
	}
	return false;
}

/* Content-Length follows the body. */
static bool moved_length(struct walk *w, const struct trial *t, u32 line)
{
	const char *a = line_of(t->broken, line), *b = line_of(t->got, line);
	struct line x, y;
	long was, is;

	while (true) {
		x = length_digits(a, w->a + w->a_len - a);
		y = length_digits(b, w->b + w->b_len - b);
		if (!x.len || !y.len || x.off != y.off || memcmp(a, b, x.off))
			return false;
		was = strtol(a + x.off, NULL, 10);
		is = strtol(b + y.off, NULL, 10);
		if ((long)(t->got->len - message_head(t->got)) - is !=
		    (long)(t->broken->len - message_head(t->broken)) - was)
			return false;
		a += x.off + x.len;
		b += y.off + y.len;
		if (w->a + w->a_len - a == w->b + w->b_len - b && !memcmp(a, b, w->a + w->a_len - a))
			return true;
		while (a < w->a + w->a_len && b < w->b + w->b_len && *a == *b && !isalpha(*a))
			a++, b++;
		if (a == w->a + w->a_len || b == w->b + w->b_len)
			return a == w->a + w->a_len && b == w->b + w->b_len;
	}
}

/* Whether two lines differ in nothing but what the scene exchanges, each address wholly. */
static bool is_exchanged(const struct trial *t, u32 line)
{
	const char *start = line_of(t->broken, line);
	struct walk w = {
		.start = start, .a = start, .a_len = t->broken->line[line].len,
		.b = line_of(t->got, line), .b_len = t->got->line[line].len,
		.before = '\n', .kind = t->was->line[line].kind, .what = t->was->line[line].what,
		.shift = t->scene->shift, .is_response = t->was->is_response,
	};
	bool half = false;

	if (w.what == WHAT_LENGTH)
		return same(t->broken, t->got, line) || moved_length(&w, t, line);
	add_pairs(&w, t->scene);
	while (w.a_len && w.b_len) {
		if (exchanged_addr(&w, &half))
			continue;
		if (*w.a == *w.b && !(isdigit((unsigned char)*w.a) && moved_port(&w)))
			step(&w, 1, 1);
		else if (*w.a != *w.b && !moved_port(&w) && !moved_rport(&w))
			return false;
	}
	return !w.a_len && !w.b_len && !half;
}

/* ---- which lines may be either --------------------------------------------------------- */

static bool same_section(const struct line *a, const struct line *b)
{
	return a->kind == LINE_BODY && b->kind == LINE_BODY && a->part == b->part &&
	       a->section == b->section;
}

static bool has_own_conn(const struct message *m, const struct line *l)
{
	u32 i;

	for (i = 0; i < m->n; i++)
		if (m->line[i].what == WHAT_CONN && same_section(&m->line[i], l))
			return true;
	return false;
}

/* The lines of a section whose m= is none any more are lines of the one before. */
static bool is_orphan(const struct trial *t, const struct line *damaged, const struct line *l)
{
	if (damaged->what != WHAT_MEDIA || !strncmp(line_of(t->broken, t->line), "m=", 2) ||
	    !has_own_conn(t->was, damaged))
		return false;
	return l->section == damaged->section - 1 ||
	       (damaged->section == 1 && !has_own_conn(t->was, l));
}

/* A line of a description, where another of its lines is damaged. */
static bool either_in_body(const struct trial *t, const struct line *damaged, const struct line *l)
{
	const char *p = line_of(t->broken, t->line);

	if (damaged->what == WHAT_PART)
		return true;
	if (damaged->part != l->part)
		return false;
	if (damaged->what == WHAT_VERSION)
		return strncmp(p, "v=", 2);
	if (damaged->what == WHAT_CONN && !damaged->section)
		return l->section && !has_own_conn(t->was, l);
	if (is_orphan(t, damaged, l))
		return true;
	if (damaged->section != l->section)
		return false;
	if (damaged->what == WHAT_RTCP)
		return l->what == WHAT_FOLLOWS || l->what == WHAT_RTCP;
	return damaged->what == WHAT_CONN || damaged->what == WHAT_MEDIA;
}

static bool is_next_via(const struct trial *t, const struct line *l)
{
	u32 i;

	/* the first damaged: what stands below may be the top one now */
	for (i = 0; i < t->line; i++)
		if (t->was->line[i].what == WHAT_VIA)
			return false;
	return l->what == WHAT_VIA;
}

static bool may_be_either(const struct trial *t, u32 i)
{
	const struct line *damaged = &t->was->line[t->line], *l = &t->was->line[i];

	if (l->kind == LINE_BODY && damaged->kind == LINE_BODY)
		return either_in_body(t, damaged, l);
	if (damaged->kind != LINE_HEADER)
		return false;
	if (damaged->what == WHAT_VIA)
		return is_next_via(t, l);
	/* whether it is REGISTER that is answered decides what a Contact is */
	if (damaged->what == WHAT_CSEQ)
		return t->was->is_response && l->what == WHAT_CONTACT;
	if (l->kind != LINE_BODY)
		return false;
	return damaged->what == WHAT_TYPE ||
	       (damaged->what == WHAT_LENGTH && message_length(t->broken) >= 0 &&
		message_length(t->broken) != t->broken->len - message_head(t->broken));
}

/* ---- verdicts -------------------------------------------------------------------------- */

static bool is_right(const struct trial *t, u32 i)
{
	if (i == t->line)
		return same(t->broken, t->got, i) || is_exchanged(t, i);
	if (t->was->line[i].what == WHAT_LENGTH)
		return is_exchanged(t, i) &&
		       (message_length(t->broken) < 0 || message_length(t->got) >= 0);
	if (same(t->want, t->got, i))
		return true;
	return may_be_either(t, i) && (same(t->broken, t->got, i) || is_exchanged(t, i));
}

/* The index of the first line of that kind in the section; the number of lines: none. */
static u32 find(const struct trial *t, const struct line *section, u8 what)
{
	u32 i;

	for (i = 0; i < t->was->n; i++)
		if (t->was->line[i].what == what && same_section(&t->was->line[i], section))
			break;
	return i;
}

/* An m= and the c= of its own go together, where both are still there. */
static bool is_half(const struct trial *t)
{
	const struct line *damaged = &t->was->line[t->line];
	u32 m = find(t, damaged, WHAT_MEDIA), c = find(t, damaged, WHAT_CONN);

	if (damaged->kind != LINE_BODY || m == t->was->n || c == t->was->n ||
	    (t->line != m && t->line != c))
		return false;
	if (strncmp(line_of(t->broken, m), "m=", 2) || strncmp(line_of(t->broken, c), "c=", 2) ||
	    same(t->was, t->want, m) || same(t->was, t->want, c))
		return false;
	return same(t->broken, t->got, m) != same(t->broken, t->got, c);
}

static bool stayed(const struct trial *t)
{
	return t->got->len == t->broken->len &&
	       !memcmp(t->got->text, t->broken->text, t->got->len);
}

enum verdict judge(struct trial *t, enum framing framing, u32 *bad)
{
	u32 i;

	*bad = t->line;
	if (framing && stayed(t))
		return MESSAGE_STAYED;
	if (framing > FRAMING_VIA)
		return MUST_STAY;
	message_split_like(t->got, t->broken);
	for (i = 0; i < t->was->n; i++)
		if (!is_right(t, i))
			break;
	*bad = i;
	if (i < t->was->n)
		return stayed(t) ? WHOLLY_PRIVATE : i == t->line ? ODD_LINE : OTHER_LINE;
	*bad = t->line;
	if (is_half(t))
		return HALF_SECTION;
	return same(t->broken, t->got, t->line) ? LINE_STAYED : LINE_TRANSLATED;
}
