// SPDX-License-Identifier: GPL-2.0
/*
 * speed_pico: picohttpparser separates the names and values of headers, and that is all.  See speed.h.
 *
 * It knows no start line but HTTP's, so that line is passed over.  Debian 12 has it as a part of libh2o,
 * without its header file.
 */
#include <string.h>

#include "speed.h"

enum { MAX_HEADERS = 64 };

struct phr_header {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

int phr_parse_headers(const char *buf, size_t len, struct phr_header *headers, size_t *num_headers,
		      size_t last_len);

static struct phr_header headers[MAX_HEADERS];

static int parse(char *text, size_t len, bool from_inside)
{
	const char *line = memchr(text, '\n', len);
	size_t n = MAX_HEADERS;
	int used;

	(void)from_inside;
	if (!line)
		return 0;
	line++;
	used = phr_parse_headers(line, len - (line - text), headers, &n, 0);
	return used > 0 && n ? (int)len : 0;
}

const struct speed_engine speed_engine = { .run = { parse }, .memory = headers, .size = sizeof(headers) };
