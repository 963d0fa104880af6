// SPDX-License-Identifier: GPL-2.0
/* golden_file: reading golden files.  See golden_file.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "golden_file.h"

static void die(const char *path, const char *what, const char *arg)
{
	fprintf(stderr, "golden: %s: %s%s\n", path, what, arg ? arg : "");
	exit(2);
}

static struct sip_addr read_addr(struct golden *g, const char *s)
{
	struct sip_addr addr;

	if (!sip_addr_parse(&addr, s, strlen(s)))
		die(g->path, "no address: ", s);
	return addr;
}

static struct sip_endpoint read_endpoint(struct golden *g, char *s)
{
	char *colon = strrchr(s, ':');
	struct sip_endpoint ep;

	if (!colon)
		die(g->path, "no address:port: ", s);
	*colon = 0;
	ep.addr = read_addr(g, s);
	ep.port = atoi(colon + 1);
	return ep;
}

static void read_published(struct sip_flow *flow, const char *s)
{
	struct sip_text text = { s, strlen(s) };
	struct sip_uri uri;

	flow->is_registered = !strcmp(s, "yes");
	flow->is_published = flow->is_registered;
	if (!sip_uri_parse(&text, (struct sip_slice){ 0, text.len }, &uri)) {
		flow->is_published = true;
		flow->user = sip_user_hash(&text, &uri);
	}
}

static void read_memo(struct golden *g, struct sip_via_memo *memo, const char *s)
{
	unsigned int port = 0;

	if (!strcmp(s, "unseen"))
		memo->form = SIP_VIA_UNSEEN;
	else if (!strcmp(s, "foreign"))
		memo->form = SIP_VIA_FOREIGN;
	else if (sscanf(s, "no-port %u", &port) == 1)
		memo->form = SIP_VIA_NO_PORT;
	else if (sscanf(s, "port %u", &port) == 1)
		memo->form = SIP_VIA_PORT;
	else
		die(g->path, "memo: ", s);
	memo->port = port;
}

static void read_media(struct golden *g, const char *key, const char *value)
{
	unsigned int i, port = 0, rtcp = 0;
	struct sdp_target *target;
	char addr[64];

	if (sscanf(key, "media %u", &i) != 1 || i >= SDP_MAX_MEDIA ||
	    sscanf(value, "%63s %u %u", addr, &port, &rtcp) < 2)
		die(g->path, "media: ", value);
	target = &g->scene.media[i];
	target->addr = read_addr(g, addr);
	target->port = port;
	target->rtcp = rtcp;
}

static void read_hide(struct golden *g, const char *value)
{
	char from[64], to[64];

	if (sscanf(value, "%63s %63s", from, to) != 2)
		die(g->path, "hide: ", value);
	g->scene.hide = read_addr(g, from);
	g->scene.show = read_addr(g, to);
}

static void read_key(struct golden *g, char *line)
{
	struct sip_flow *flow = &g->scene.flow;
	char *value = strstr(line, ": ");
	const char *key = line;

	if (!value)
		die(g->path, "no value: ", line);
	*value = 0;
	value += 2;
	if (!strcmp(key, "self"))
		flow->self = read_endpoint(g, value);
	else if (!strcmp(key, "self-mapped"))
		flow->self_mapped = read_endpoint(g, value);
	else if (!strcmp(key, "peer"))
		flow->peer = read_endpoint(g, value);
	else if (!strcmp(key, "peer-real"))
		flow->peer_real = read_endpoint(g, value);
	else if (!strcmp(key, "published"))
		read_published(flow, value);
	else if (!strcmp(key, "memo"))
		read_memo(g, &flow->memo, value);
	else if (!strcmp(key, "contact"))
		read_memo(g, &flow->contact, value);
	else if (!strncmp(key, "media ", 6))
		read_media(g, key, value);
	else if (!strcmp(key, "hide"))
		read_hide(g, value);
	else if (!strcmp(key, "fault"))
		g->fault = strdup(value);
	else if (!strcmp(key, "left"))
		g->left = strdup(value);
	else if (!strcmp(key, "strict"))
		g->strict = strdup(value);
	else if (!strcmp(key, "acts"))
		g->is_passive = !strcmp(value, "no");
	else if (!strcmp(key, "eol"))
		g->lf = !strcmp(value, "lf");
	else if (!strcmp(key, "final-eol"))
		g->no_final_eol = !strcmp(value, "no");
	else if (!strcmp(key, "raw"))
		g->raw = !strcmp(value, "yes");
	else
		die(g->path, "unknown key: ", key);
}

/* \r \n \t \0 \\ \xHH; the file's own line ends are left out */
static size_t unescape(const struct golden *g, const char *s, size_t len, char *out)
{
	static const char from[] = "rnt0\\", to[] = "\r\n\t\0\\";
	const char *end = s + len, *known;
	size_t n = 0;

	while (s < end) {
		unsigned int byte;

		if (*s == '\n') {
			s++;
			continue;
		}
		if (*s != '\\') {
			out[n++] = *s++;
			continue;
		}
		s++;
		if (*s == 'x') {
			if (sscanf(s + 1, "%2x", &byte) != 1)
				die(g->path, "no byte: \\", s);
			out[n++] = byte;
			s += 3;
			continue;
		}
		known = strchr(from, *s);
		if (!known)
			die(g->path, "no escape: \\", s);
		s++;
		out[n++] = to[known - from];
	}
	return n;
}

static bool is_length(const char *line, size_t len)
{
	return len && line[len - 1] == '*' &&
	       (!strncasecmp(line, "Content-Length", 14) || !strncasecmp(line, "l:", 2) ||
		!strncasecmp(line, "l :", 3));
}

/* the message of @len bytes of the file, on the wire */
static size_t message(const struct golden *g, const char *s, size_t len, char *out)
{
	const char *blank = len && *s == '\n' ? s : memmem(s, len, "\n\n", 2);
	const char *head_end = blank ? blank + 1 : s + len, *end = s + len, *p, *lf;
	static char body[GOLDEN_ROOM];
	size_t n = 0, body_len = 0;

	if (g->raw)
		return unescape(g, s, len, out);
	for (p = blank ? blank + 2 : end; p < end; p = lf + 1) {
		lf = memchr(p, '\n', end - p);
		memcpy(body + body_len, p, lf - p);
		body_len += lf - p;
		if (lf + 1 == end && g->no_final_eol)
			break;
		if (!g->lf)
			body[body_len++] = '\r';
		body[body_len++] = '\n';
	}
	for (p = s; p < head_end; p = lf + 1) {
		lf = memchr(p, '\n', head_end - p);
		memcpy(out + n, p, lf - p);
		n += lf - p;
		if (is_length(p, lf - p))
			n += sprintf(out + n - 1, "%zu", body_len) - 1;
		memcpy(out + n, "\r\n", 2);
		n += 2;
	}
	memcpy(out + n, "\r\n", 2);
	memcpy(out + n + 2, body, body_len);
	return n + 2 + body_len;
}

static char *slurp(const char *path, size_t *len)
{
	char *buf = malloc(GOLDEN_ROOM + 1);
	FILE *f = fopen(path, "r");

	if (!f || !buf)
		die(path, strerror(errno), NULL);
	*len = fread(buf, 1, GOLDEN_ROOM, f);
	buf[*len] = 0;
	fclose(f);
	return buf;
}

/* The defaults: a phone behind a router that maps its port to itself. */
static void default_scene(struct golden *g)
{
	char self[] = "192.168.1.2:5060", mapped[] = "203.0.113.1:5060";
	char peer[] = "203.0.113.2:5060";

	g->scene.flow.self = read_endpoint(g, self);
	g->scene.flow.self_mapped = read_endpoint(g, mapped);
	g->scene.flow.peer = read_endpoint(g, peer);
	g->scene.flow.peer_real = g->scene.flow.peer;
}

void golden_read(struct golden *g, const char *path)
{
	bool has_why = false;
	char *buf, *p, *next, *sep;
	size_t len;

	memset(g, 0, sizeof(*g));
	g->path = path;
	buf = slurp(path, &len);
	default_scene(g);
	for (p = buf; strncmp(p, "----\n", 5); p = next) {
		next = strchr(p, '\n');
		if (!next)
			die(path, "no ----", NULL);
		*next++ = 0;
		if (!strncmp(p, "## ", 3))
			has_why = true;
		else if (!strncmp(p, "@ ", 2))
			read_key(g, p + 2);
		else
			die(path, "what is ", p);
	}
	if (!has_why)
		die(path, "does not say why", NULL);
	if (!g->scene.hide.family) {
		g->scene.hide = g->scene.flow.self.addr;
		g->scene.show = g->scene.flow.self_mapped.addr;
	}
	p += 5;
	sep = strstr(p, "\n----\n");
	if (!sep == !g->fault)
		die(path, "needs either a message out or a fault", NULL);
	g->in = malloc(GOLDEN_ROOM);
	g->want = malloc(GOLDEN_ROOM);
	g->in_len = message(g, p, sep ? (size_t)(sep + 1 - p) : strlen(p), g->in);
	g->want_len = sep ? message(g, sep + 6, strlen(sep + 6), g->want) : 0;
	free(buf);
}

void golden_free(struct golden *g)
{
	free(g->in);
	free(g->want);
	free((char *)g->fault);
	free((char *)g->left);
	free((char *)g->strict);
}
