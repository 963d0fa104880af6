// SPDX-License-Identifier: GPL-2.0
/* fatal: messages that must stay.  See fatal.h. */
#include <stdio.h>
#include <string.h>

#include "fatal.h"

static bool is_named(const struct message *m, u32 i, const char *name, char letter)
{
	const char *p = m->text + m->line[i].off;
	const char *colon = memchr(p, ':', m->line[i].len);
	u32 len = colon ? colon - p : 0;

	while (len && p[len - 1] == ' ')
		len--;
	return m->line[i].kind == LINE_HEADER &&
	       ((len == strlen(name) && !strncasecmp(p, name, len)) ||
		(len == 1 && letter && (*p | 0x20) == letter));
}

/* The index of a header; the number of lines: it is not there. */
static u32 find(const struct message *m, const char *name, char letter)
{
	u32 i;

	for (i = 0; i < m->n && !is_named(m, i, name, letter); i++)
		;
	return i;
}

/* @out: @m with other bytes where @old was. */
static bool splice(const struct message *m, struct line old, const char *text, u32 len,
		   struct message *out)
{
	u32 rest = old.off + old.len;

	memcpy(out->text, m->text, old.off);
	memcpy(out->text + old.off, text, len);
	memcpy(out->text + old.off + len, m->text + rest, m->len - rest);
	out->len = m->len - old.len + len;
	out->n = 0;
	return true;
}

static bool put(const struct message *m, u32 at, u32 n, const char *text, struct message *out)
{
	return splice(m, (struct line){ .off = at, .len = n }, text, strlen(text), out);
}

/* One byte in the middle of a header's value. */
static bool put_byte(const struct message *m, const char *name, char letter, char byte,
		     struct message *out)
{
	u32 i = find(m, name, letter);

	if (i == m->n)
		return false;
	return splice(m, (struct line){ .off = m->line[i].off + m->line[i].len / 2 }, &byte, 1,
		      out);
}

/* One more header after the start line, of the same name as one that is there. */
static bool one_more(const struct message *m, const char *name, char letter, const char *text,
		     struct message *out)
{
	return find(m, name, letter) < m->n && put(m, m->line[1].off, 0, text, out);
}

static bool set_length(const struct message *m, const char *text, struct message *out)
{
	u32 i = find(m, "content-length", 'l');
	struct line digits;

	if (i == m->n)
		return false;
	digits = length_digits(m->text + m->line[i].off, m->line[i].len);
	return put(m, m->line[i].off + digits.off, digits.len, text, out);
}

static bool cr_alone(const struct message *m, struct message *out)
{
	return put_byte(m, "from", 'f', '\r', out);
}

static bool cr_alone_in_contact(const struct message *m, struct message *out)
{
	return put_byte(m, "contact", 'm', '\r', out);
}

static bool nul_in_via(const struct message *m, struct message *out)
{
	return put_byte(m, "via", 'v', 0, out);
}

static bool nul_in_call_id(const struct message *m, struct message *out)
{
	return put_byte(m, "call-id", 'i', 0, out);
}

static bool nul_in_contact(const struct message *m, struct message *out)
{
	return put_byte(m, "contact", 'm', 0, out);
}

static bool length_over(const struct message *m, struct message *out)
{
	char text[16];

	sprintf(text, "%u", m->len - message_head(m) + 1);
	return set_length(m, text, out);
}

static bool length_far_over(const struct message *m, struct message *out)
{
	return set_length(m, "4294967296", out);
}

static bool length_two_numbers(const struct message *m, struct message *out)
{
	return set_length(m, "0, 1", out);
}

static bool second_length(const struct message *m, struct message *out)
{
	char text[32];

	sprintf(text, "l: %u\r\n", m->len - message_head(m) ? 0 : 1);
	return one_more(m, "content-length", 'l', text, out);
}

static bool second_from(const struct message *m, struct message *out)
{
	return one_more(m, "from", 'f', "From: <sip:carol@example.org>;tag=c\r\n", out);
}

static bool second_to(const struct message *m, struct message *out)
{
	return one_more(m, "to", 't', "t: <sip:carol@example.org>\r\n", out);
}

static bool second_call_id(const struct message *m, struct message *out)
{
	return one_more(m, "call-id", 'i', "Call-ID: another@example.org\r\n", out);
}

static bool second_cseq(const struct message *m, struct message *out)
{
	return one_more(m, "cseq", 0, "CSeq: 77 MESSAGE\r\n", out);
}

static bool no_via(const struct message *m, struct message *out)
{
	u32 i = find(m, "via", 'v'), k;

	for (k = i + 1; k < m->n; k++)
		if (is_named(m, k, "via", 'v'))
			return false;
	return i < m->n && put(m, m->line[i].off, 1, "Q", out);
}

const struct fatal fatals[] = {
	{ "CR alone in From", cr_alone },
	{ "CR alone in Contact", cr_alone_in_contact },
	{ "NUL in Via", nul_in_via },
	{ "NUL in Call-ID", nul_in_call_id },
	{ "NUL in Contact", nul_in_contact },
	{ "length over the body", length_over },
	{ "length over 32 bits", length_far_over },
	{ "length two numbers", length_two_numbers },
	{ "second length", second_length },
	{ "second From", second_from },
	{ "second To", second_to },
	{ "second Call-ID", second_call_id },
	{ "second CSeq", second_cseq },
	{ "the only Via renamed", no_via },
};

const u32 n_fatals = sizeof(fatals) / sizeof(*fatals);
