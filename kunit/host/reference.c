// SPDX-License-Identifier: GPL-2.0
/* reference: messages as lines.  See reference.h. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_file.h"
#include "reference.h"

const char *const framing_names[FRAMINGS] = {
	"good", "start line", "no Via", "Content-Length", "CR or NUL", "two of one",
};

/* ---- what a line says ------------------------------------------------------------------ */

static bool begins(const char *p, u32 len, const char *word)
{
	return len >= strlen(word) && !strncasecmp(p, word, strlen(word));
}

/* The bytes of a header's name, without blanks before the colon; 0: there is no colon. */
static u32 name_len(const char *p, u32 len)
{
	const char *colon = memchr(p, ':', len);
	u32 n = colon ? colon - p : 0;

	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

static bool is_header(const char *p, u32 len, const char *name, char letter)
{
	u32 n = name_len(p, len);

	return (n == strlen(name) && !strncasecmp(p, name, n)) ||
	       (n == 1 && letter && (*p | 0x20) == letter);
}

static u8 header_what(const char *p, u32 len)
{
	static const struct {
		const char *name;
		char letter;
		u8 what;
	} names[] = {
		{ "via", 'v', WHAT_VIA }, { "contact", 'm', WHAT_CONTACT },
		{ "content-length", 'l', WHAT_LENGTH }, { "cseq", 0, WHAT_CSEQ },
		{ "content-type", 'c', WHAT_TYPE }, { "content-encoding", 'e', WHAT_TYPE },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (is_header(p, len, names[i].name, names[i].letter))
			return names[i].what;
	return WHAT_OTHER;
}

static u8 body_what(const char *p, u32 len)
{
	static const struct {
		const char *word;
		u8 what;
	} words[] = {
		{ "v=", WHAT_VERSION }, { "c=", WHAT_CONN }, { "m=", WHAT_MEDIA },
		{ "a=rtcp", WHAT_RTCP }, { "a=candidate", WHAT_FOLLOWS },
		{ "a=path", WHAT_FOLLOWS },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (begins(p, len, words[i].word))
			return words[i].what;
	return WHAT_OTHER;
}

/* ---- lines ----------------------------------------------------------------------------- */

static u32 line_len(const char *p, u32 len)
{
	const char *lf = memchr(p, '\n', len);

	return lf ? lf + 1 - p : len;
}

static u32 folded_len(const char *p, u32 len)
{
	u32 n = line_len(p, len);

	while (n < len && (p[n] == ' ' || p[n] == '\t'))
		n += line_len(p + n, len - n);
	return n;
}

static struct line *add_line(struct message *m, u32 at, u32 len, u8 kind)
{
	struct line *l = &m->line[m->n++];

	if (m->n == MESSAGE_LINES)
		abort();
	*l = (struct line){ .off = at, .len = len, .kind = kind };
	return l;
}

static u32 read_head(struct message *m)
{
	u32 at = 0, len;
	struct line *l;

	while (at < m->len) {
		len = at ? folded_len(m->text + at, m->len - at) : line_len(m->text, m->len);
		if (m->text[at] == '\r') {
			add_line(m, at, len, LINE_EMPTY);
			return at + len;
		}
		l = add_line(m, at, len, at ? LINE_HEADER : LINE_START);
		l->what = at ? header_what(m->text + at, len) : WHAT_OTHER;
		at += len;
	}
	return at;
}

static void read_body(struct message *m, u32 at)
{
	bool part_head = false;
	u8 part = 0, section = 0;
	struct line *l;

	while (at < m->len) {
		l = add_line(m, at, line_len(m->text + at, m->len - at), LINE_BODY);
		l->what = body_what(m->text + at, l->len);
		if (begins(m->text + at, l->len, "--")) {
			part++;
			section = 0;
			part_head = true;
		} else if (m->text[at] == '\r') {
			part_head = false;
		}
		if (part_head)
			l->what = WHAT_PART;
		section += l->what == WHAT_MEDIA;
		l->part = part;
		l->section = section;
		at += l->len;
	}
}

void message_read(struct message *m, const char *text, u32 len)
{
	m->len = len;
	m->n = 0;
	memcpy(m->text, text, len);
	m->is_response = begins(text, len, "SIP/");
	read_body(m, read_head(m));
}

u32 references_read(struct reference *r, const char *list, const char *dir)
{
	char name[64], path[4096];
	FILE *f = fopen(list, "r");
	struct golden g;
	u32 n = 0;

	if (!f) {
		perror(list);
		exit(2);
	}
	while (n < REFERENCES && fscanf(f, "%63s%*[^\n]", name) == 1) {
		if (*name == '#')
			continue;
		snprintf(path, sizeof(path), "%s/%s.txt", dir, name);
		golden_read(&g, path);
		strcpy(r[n].name, name);
		message_read(&r[n++].m, g.in, g.in_len);
		golden_free(&g);
	}
	fclose(f);
	return n;
}

/* ---- Content-Length -------------------------------------------------------------------- */

struct line length_digits(const char *p, u32 len)
{
	const char *colon = memchr(p, ':', len);
	struct line digits = {};

	if (!is_header(p, len, "content-length", 'l'))
		return digits;
	for (digits.off = colon + 1 - p; digits.off < len && isspace((unsigned char)p[digits.off]);)
		digits.off++;
	while (digits.off + digits.len < len && isdigit((unsigned char)p[digits.off + digits.len]))
		digits.len++;
	return digits;
}

enum { NO_LENGTH = -2, SEVERAL = -1, NO_NUMBER = -3 };

/* The value; SEVERAL: or over what is counted; NO_NUMBER; NO_LENGTH: another header. */
static long length_of(const char *p, u32 len)
{
	struct line digits = length_digits(p, len);
	u32 at = digits.off + digits.len;

	if (!digits.off)
		return NO_LENGTH;
	while (at < len && isspace((unsigned char)p[at]))
		at++;
	if (digits.len > 9 || memchr(p + digits.off, ',', len - digits.off))
		return SEVERAL;
	if (at < len || !digits.len)
		return NO_NUMBER;
	return strtol(p + digits.off, NULL, 10);
}

/* The lines of the header section, one after the other, as they are in the bytes. */
static u32 next_header(const struct message *m, u32 at)
{
	at += at ? folded_len(m->text + at, m->len - at) : line_len(m->text, m->len);
	return at < m->len && m->text[at] != '\r' ? at : 0;
}

/* What is no number says something only to those who read its first digits. */
static bool begins_over(const char *p, u32 len, u32 body)
{
	struct line digits = length_digits(p, len);

	return digits.len && strtol(p + digits.off, NULL, 10) > (long)body;
}

/* The value of all of them; -1: none, or no number; -2: several, or one that begins over the body. */
static long all_lengths(const struct message *m)
{
	u32 at, len, n = 0, body = m->len - message_head(m);
	long found = -1, value;
	bool is_odd = false;

	for (at = next_header(m, 0); at; at = next_header(m, at)) {
		len = folded_len(m->text + at, m->len - at);
		value = length_of(m->text + at, len);
		if (value == NO_LENGTH)
			continue;
		if (value == SEVERAL || (found >= 0 && found != value))
			return -2;
		if (value == NO_NUMBER && begins_over(m->text + at, len, body))
			return -2;
		n++;
		is_odd |= value == NO_NUMBER;
		found = value == NO_NUMBER ? -1 : value;
	}
	return is_odd && n > 1 ? -2 : found;
}

long message_length(const struct message *m)
{
	long value = all_lengths(m);

	return value < 0 ? -1 : value;
}

u32 message_head(const struct message *m)
{
	const char *end = memmem(m->text, m->len, "\r\n\r\n", 4);

	return end ? end + 4 - m->text : m->len;
}

/* ---- damage ---------------------------------------------------------------------------- */

static u32 end_len(const char *p, u32 len)
{
	if (len > 1 && p[len - 2] == '\r' && p[len - 1] == '\n')
		return 2;
	return len && p[len - 1] == '\n';
}

static bool damage_one(const struct message *m, const struct line *l, const struct damage *d,
		       struct message *out)
{
	u32 end = end_len(m->text + l->off, l->len);
	struct damage_line line = damage_line(m->text + l->off, l->len - end, l->kind);
	int len;

	if (!(d->where & l->kind) || !line.len)
		return false;
	len = d->make(&line, out->text + out->len);
	if (len < 0)
		return false;
	memcpy(out->text + out->len + len, line.p + line.len, end);
	out->len += len + end;
	return true;
}

/* A header's Content-Length, where it said what the body had, with what it has now. */
static void copy_line(const struct message *m, const struct line *l, long length,
		      struct message *out)
{
	const char *p = m->text + l->off;
	struct line digits = length >= 0 ? length_digits(p, l->len) : (struct line){};
	char *to = out->text + out->len;

	if (!digits.len) {
		memcpy(to, p, l->len);
		out->len += l->len;
		return;
	}
	memcpy(to, p, digits.off);
	to += digits.off;
	to += sprintf(to, "%ld", length);
	memcpy(to, p + digits.off + digits.len, l->len - digits.off - digits.len);
	to += l->len - digits.off - digits.len;
	out->len = to - out->text;
}

bool message_damage(const struct message *m, u32 line, const struct damage *d, struct message *out)
{
	u32 body = m->len - message_head(m), from, i;
	bool is_body = m->line[line].kind == LINE_BODY;
	long length = -1;

	if (is_body && message_length(m) == body) {
		out->len = 0;
		if (!damage_one(m, &m->line[line], d, out))
			return false;
		length = body + out->len - m->line[line].len;
	}
	out->len = 0;
	out->n = m->n;
	out->is_response = m->is_response;
	for (i = 0; i < m->n; i++) {
		from = out->len;
		if (i != line)
			copy_line(m, &m->line[i],
				  m->line[i].what == WHAT_LENGTH ? length : -1, out);
		else if (!damage_one(m, &m->line[i], d, out))
			return false;
		out->line[i] = m->line[i];
		out->line[i].off = from;
		out->line[i].len = out->len - from;
	}
	return true;
}

static u32 count_lf(const char *p, u32 len)
{
	u32 n = 0;

	while (len--)
		n += *p++ == '\n';
	return n;
}

void message_split_like(struct message *m, const struct message *like)
{
	u32 at = 0, i, lf;

	m->n = like->n;
	m->is_response = like->is_response;
	for (i = 0; i < like->n; i++) {
		m->line[i] = like->line[i];
		m->line[i].off = at;
		lf = count_lf(like->text + like->line[i].off, like->line[i].len);
		if (i + 1 == like->n)
			at = m->len;
		while (lf-- && at < m->len)
			at += line_len(m->text + at, m->len - at);
		m->line[i].len = at - m->line[i].off;
	}
}

/* ---- framing --------------------------------------------------------------------------- */

/* Return: length of "SIP/" number "." number and what stands at it without a blank; 0: none */
static u32 version_len(const char *p, u32 len)
{
	u32 at = 4, digits;

	if (!begins(p, len, "SIP/"))
		return 0;
	digits = at;
	while (at < len && isdigit((unsigned char)p[at]))
		at++;
	if (at == digits || at == len || p[at++] != '.' || at == len ||
	    !isdigit((unsigned char)p[at]))
		return 0;
	while (at < len && (unsigned char)p[at] > ' ')
		at++;
	return at;
}

/* a request with a scheme in its Request-URI, or a status line; blanks may follow */
static bool is_sip(const char *p, u32 len)
{
	u32 at = version_len(p, len), uri, last;

	while (len && isspace((unsigned char)p[len - 1]))
		len--;
	if (at)
		return at + 1 < len && p[at] == ' ' && isdigit((unsigned char)p[at + 1]);
	while (at < len && p[at] != ' ')
		if (!isalnum((unsigned char)p[at]) && !strchr("-.!%*_+`'~", p[at]))
			return false;
		else
			at++;
	uri = ++at;
	while (at < len && isalpha((unsigned char)p[at]))
		at++;
	for (last = len; last && (unsigned char)p[last - 1] > ' '; last--)
		;
	return uri > 1 && at > uri && at < len && p[at] == ':' && last > at + 1 &&
	       version_len(p + last, len - last);
}

static bool has_two(const struct message *m, const char *name, char letter)
{
	const char *first = NULL, *p;
	u32 at, first_len = 0, len;

	for (at = next_header(m, 0); at; at = next_header(m, at)) {
		p = m->text + at;
		len = folded_len(p, m->len - at);
		if (!is_header(p, len, name, letter))
			continue;
		if (first && (len != first_len || memcmp(first, p, len)))
			return true;
		first = p;
		first_len = len;
	}
	return false;
}

static bool has_via(const struct message *m)
{
	u32 at;

	for (at = next_header(m, 0); at; at = next_header(m, at))
		if (is_header(m->text + at, line_len(m->text + at, m->len - at), "via", 'v'))
			return true;
	return false;
}

static bool has_odd_byte(const struct message *m, u32 head)
{
	const char *p = m->text, *end = p + head;

	for (; p < end; p++)
		if (!*p || (*p == '\r' && (p + 1 == end || p[1] != '\n')))
			return true;
	return false;
}

enum framing message_framing(const struct message *m)
{
	u32 head = message_head(m);
	long length = all_lengths(m);

	if (!is_sip(m->text, line_len(m->text, m->len)))
		return FRAMING_START;
	if (has_odd_byte(m, head))
		return FRAMING_BYTES;
	if (!has_via(m))
		return FRAMING_VIA;
	if (length == -2 || length > (long)(m->len - head))
		return FRAMING_LENGTH;
	if (has_two(m, "from", 'f') || has_two(m, "to", 't') || has_two(m, "call-id", 'i') ||
	    has_two(m, "cseq", 0))
		return FRAMING_IDENTITY;
	return FRAMING_GOOD;
}
