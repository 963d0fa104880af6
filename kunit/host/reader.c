// SPDX-License-Identifier: GPL-2.0
/* reader: the part that all libraries share.  See reader.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reader.h"

enum { COUNTERS = 256, NAME_MAX_LEN = 160 };

static FILE *out;
static char *out_buf;
static size_t out_len;
static struct {
	char name[64];
	unsigned int n;
} counters[COUNTERS];

/* ---- lines -------------------------------------------------------------------------- */

static void put_value(const char *value, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = value[i];

		if (c < ' ' || c == '\\' || c == 127)
			fprintf(out, "\\%02x", c);
		else
			fputc(c, out);
	}
}

static void put_line(const char *name, const char *value, size_t len)
{
	size_t i;

	for (i = 0; name[i]; i++)
		fputc(name[i] == '=' || name[i] == '\n' ? '_' : name[i], out);
	fputc('=', out);
	put_value(value, len);
	fputc('\n', out);
}

void field(const char *value, long len, const char *name, ...)
{
	char buf[NAME_MAX_LEN];
	va_list args;

	if (!value)
		return;
	va_start(args, name);
	vsnprintf(buf, sizeof(buf), name, args);
	va_end(args);
	put_line(buf, value, len < 0 ? strlen(value) : (size_t)len);
}

void field_number(unsigned long value, const char *name, ...)
{
	char buf[NAME_MAX_LEN], text[24];
	va_list args;

	va_start(args, name);
	vsnprintf(buf, sizeof(buf), name, args);
	va_end(args);
	snprintf(text, sizeof(text), "%lu", value);
	put_line(buf, text, strlen(text));
}

void field_host(const char *value, long len, const char *name)
{
	if (!value)
		return;
	len = len < 0 ? (long)strlen(value) : len;
	if (len > 1 && value[0] == '[' && value[len - 1] == ']')
		field(value + 1, len - 2, "%s", name);
	else
		field(value, len, "%s", name);
}

void field_params(const char *value, long len, const char *name)
{
	const char *end, *stop, *equals;

	if (!value)
		return;
	end = value + (len < 0 ? (long)strlen(value) : len);
	for (; value < end; value = stop + 1) {
		bool quoted = false;

		for (stop = value; stop < end && (quoted || *stop != ';'); stop++)
			if (*stop == '"' && (stop == value || stop[-1] != '\\'))
				quoted = !quoted;
		if (stop == value)
			continue;
		equals = memchr(value, '=', stop - value);
		if (!equals)
			equals = stop;
		field(equals < stop ? equals + 1 : "", equals < stop ? stop - equals - 1 : 0,
		      "%s.%.*s", name, (int)(equals - value), value);
	}
}

unsigned int field_count(const char *name)
{
	int i;

	for (i = 0; i < COUNTERS - 1 && *counters[i].name; i++)
		if (!strncasecmp(counters[i].name, name, sizeof(counters[i].name) - 1))
			break;
	if (!*counters[i].name)
		strncpy(counters[i].name, name, sizeof(counters[i].name) - 1);
	return counters[i].n++;
}

const char *field_at(const char *position, const char *what)
{
	static char buf[4][NAME_MAX_LEN];
	static int i;

	i = (i + 1) % 4;
	snprintf(buf[i], sizeof(buf[i]), "%s.%s", position, what);
	return buf[i];
}

const char *field_position(const char *name)
{
	static char buf[NAME_MAX_LEN];

	snprintf(buf, sizeof(buf), "%s.%u", name, field_count(name));
	return buf;
}

/* ---- questions ---------------------------------------------------------------------- */

/* Standard output is for answers; what a library has to say besides is of no use. */
static int answers;

static bool take(void *to, size_t len)
{
	return !len || fread(to, 1, len, stdin) == len;
}

static bool give(const void *from, size_t len)
{
	const char *p = from;
	ssize_t n;

	for (; len; p += n, len -= n) {
		n = write(answers, p, len);
		if (n <= 0)
			return false;
	}
	return true;
}

static bool answer(const struct reader_question *question, const char *text)
{
	struct reader_answer a = {};

	memset(counters, 0, sizeof(counters));
	out = open_memstream(&out_buf, &out_len);
	if (!out)
		return false;
	a.is_good = question->kind == READER_SDP ? reader_sdp(text, question->len) :
						   reader_message(text, question->len);
	fclose(out);
	a.len = a.is_good ? out_len : 0;
	return give(&a, sizeof(a)) && give(out_buf, a.len);
}

int main(void)
{
	struct reader_question question;

	answers = dup(1);
	if (answers < 0 || !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
		return 1;
	while (take(&question, sizeof(question))) {
		char *text = calloc(1, (size_t)question.len + 1);

		/* a question that it cannot get through in that time is as bad as a crash */
		alarm(10);
		if (!text || !take(text, question.len) || !answer(&question, text))
			return 1;
		alarm(0);
		free(text);
		free(out_buf);
		out_buf = NULL;
	}
	return 0;
}
