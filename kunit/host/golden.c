// SPDX-License-Identifier: GPL-2.0
/*
 * Golden files: a message in, the message that must come out, byte for byte.
 *
 * usage: golden [-s DIR] FILE...	-s: also write the messages in to DIR, as seeds
 *
 * A file has lines "## why", lines "@ key: value" that set the scene, then after
 * "----" the message in and after another "----" the message out.  Lines of a
 * message end with LF in the file and with CRLF in the message; "*" in a
 * Content-Length is the length of the body below it.  Keys:
 *
 *	self, self-mapped, peer, peer-real	address:port
 *	published	yes: peer was registered as a Contact; URI: it is the Contact of a dialog
 *	memo		unseen | foreign | no-port N | port N
 *	contact		no-port N | port N	how what was published stood in the Contact
 *	media I		ADDRESS PORT [RTCP]	what section I becomes
 *	hide		ADDRESS ADDRESS		instead of self and self-mapped, for SDP
 *	fault		not_sip, too_many_edits, or a name of SIP_FAULTS: comes out as it went in
 *	eol		lf: the body's lines end with LF
 *	final-eol	no: the body's last line has no end
 *	raw		yes: the message's bytes are written \r \n \t \0 \\ \xHH; line ends in the
 *			file mean nothing
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.h"

#define ROOM	(SIP_MAX_MESSAGE + SIP_MAX_GROWTH)

struct golden {
	const char *path;
	struct scene scene;
	const char *fault;
	bool lf;
	bool no_final_eol;
	bool raw;
	char *in, *want;
	size_t in_len, want_len;
};

static void die(const char *path, const char *what, const char *arg)
{
	fprintf(stderr, "golden: %s: %s%s\n", path, what, arg ? arg : "");
	exit(2);
}

/* ---- reading -------------------------------------------------------------------- */

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
	static char body[ROOM];
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
	char *buf = malloc(ROOM + 1);
	FILE *f = fopen(path, "r");

	if (!f || !buf)
		die(path, strerror(errno), NULL);
	*len = fread(buf, 1, ROOM, f);
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

static void golden_read(struct golden *g, const char *path)
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
	g->in = malloc(ROOM);
	g->want = malloc(ROOM);
	g->in_len = message(g, p, sep ? (size_t)(sep + 1 - p) : strlen(p), g->in);
	g->want_len = sep ? message(g, sep + 6, strlen(sep + 6), g->want) : 0;
	free(buf);
}

/* ---- judging ------------------------------------------------------------------------ */

static const char *fault_name(int err, u8 fault)
{
	static const char *const names[] = {
		"none",
#define X(NAME, name, text) #name,
		SIP_FAULTS(X)
#undef X
	};

	if (err == -ENOMSG)
		return "not_sip";
	if (err == -E2BIG)
		return "too_many_edits";
	return err == -EBADMSG && fault < SIP_FAULT_COUNT ? names[fault] : "another error";
}

static void print_line(char mark, const char *p, size_t len)
{
	printf("# %c", mark);
	for (; len--; p++) {
		if (*p == '\r')
			printf("\\r");
		else if (*p == '\n')
			printf("\\n");
		else if ((unsigned char)*p < 32)
			printf("\\x%02x", (unsigned char)*p);
		else
			putchar(*p);
	}
	putchar('\n');
}

static size_t line_len(const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);

	return lf ? (size_t)(lf + 1 - p) : len;
}

/* Line by line; where they differ, both. */
static void print_diff(const char *want, size_t want_len, const char *got, size_t got_len)
{
	while (want_len || got_len) {
		size_t w = line_len(want, want_len), g = line_len(got, got_len);

		if (w == g && !memcmp(want, got, w)) {
			print_line(' ', want, w);
		} else {
			if (w)
				print_line('-', want, w);
			if (g)
				print_line('+', got, g);
		}
		want += w;
		want_len -= w;
		got += g;
		got_len -= g;
	}
}

/* Room whose end cannot be passed. */
static char *guarded(size_t len)
{
	static char *end;
	size_t page = sysconf(_SC_PAGESIZE), room = (ROOM + page - 1) / page * page;

	if (!end) {
		end = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		if (end == MAP_FAILED || mprotect(end + room, page, PROT_NONE))
			abort();
		end += room;
	}
	return end - len;
}

static bool golden_check(const struct golden *g)
{
	static struct world w;
	size_t want_len = g->fault ? g->in_len : g->want_len;
	size_t cap = g->in_len > want_len ? g->in_len : want_len;
	const char *want = g->fault ? g->in : g->want;
	char *buf = guarded(g->in_len);
	int ret;

	/* once for the reading alone, so that no byte behind the message is read */
	memcpy(buf, g->in, g->in_len);
	world_plan(&w, &g->scene, &(struct sip_text){ buf, g->in_len });
	buf = guarded(cap);
	memcpy(buf, g->in, g->in_len);
	ret = world_translate(&w, &g->scene, buf, g->in_len, cap);
	if (ret == -ENOSPC) {
		buf = guarded(ROOM);
		memcpy(buf, g->in, g->in_len);
		ret = world_translate(&w, &g->scene, buf, g->in_len, ROOM);
	}
	if (ret < 0 && (!g->fault || strcmp(fault_name(ret, w.msg.fault), g->fault))) {
		printf("# error %d: %s\n", ret, fault_name(ret, w.msg.fault));
		return false;
	}
	if (ret >= 0 && g->fault) {
		printf("# no fault, but %s was expected\n", g->fault);
		return false;
	}
	if (ret < 0)
		ret = g->in_len;
	if ((size_t)ret == want_len && !memcmp(buf, want, want_len))
		return true;
	print_diff(want, want_len, buf, ret);
	return false;
}

static void write_seed(const struct golden *g, const char *dir)
{
	const char *base = strrchr(g->path, '/');
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, base ? base + 1 : g->path);
	f = fopen(path, "w");
	if (!f)
		die(path, strerror(errno), NULL);
	fwrite(g->in, 1, g->in_len, f);
	fclose(f);
}

int main(int argc, char **argv)
{
	unsigned int n = 0, bad = 0;
	const char *seeds = NULL;
	struct golden g;
	int i = 1;

	if (argc > 2 && !strcmp(argv[1], "-s")) {
		seeds = argv[2];
		i = 3;
	}
	for (; i < argc; i++) {
		bool ok;

		golden_read(&g, argv[i]);
		if (seeds)
			write_seed(&g, seeds);
		ok = golden_check(&g);
		n++;
		bad += !ok;
		printf("%sok %u - %s\n", ok ? "" : "not ", n, argv[i]);
		free(g.in);
		free(g.want);
		free((char *)g.fault);
	}
	printf("1..%u\n%u passed, %u failed, 0 skipped\n", n, n - bad, bad);
	return bad || !n;
}
