// SPDX-License-Identifier: GPL-2.0
/*
 * Torture messages of others: how many leave with the sender's own address in the top Via.
 *
 * usage: torture DIR [FILE]	each file below DIR; or FILE alone, as it comes out
 *
 * The address that stands in the first Via is made the sender's own, or in an answer that
 * of the one who asked; which that is says a reading of its own that takes the first line
 * which begins like a Via, however broken the rest is.  A name there becomes an address
 * first.  Then the message is translated as a datagram: as it is, and where its lines end
 * with LF alone with CRLF too.  No number is demanded: there are messages that must stay.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpora.h"
#include "oracle.h"

/* what became of a message */
enum fate { PUBLIC, PRIVATE, NO_HOST, FATES };

static const char *const fate_names[FATES] = {
	"left with the mapping in the top Via", "with the own address", "name no host there",
};

enum form { AS_IS, CRLF, FORMS };

static const char *const form_names[FORMS] = { "as-is", "crlf" };

static u32 totals[FORMS][FATES];

/* ---- the top Via, by eye --------------------------------------------------------------- */

struct text {
	const char *p;
	u32 len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The text after "Via" or "v" and a colon at @p; NULL: another line. */
static const char *after_name(const char *p, const char *end)
{
	if (end - p > 3 && !strncasecmp(p, "via", 3))
		p += 3;
	else if (p < end && (*p == 'v' || *p == 'V'))
		p++;
	else
		return NULL;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && *p == ':' ? p + 1 : NULL;
}

/* The first Via, to its first comma or its end with folded lines; its len 0: none. */
static struct text first_via(const char *p, u32 len)
{
	const char *end = p + len, *value = NULL, *stop;

	while (p < end && !value) {
		p = memchr(p, '\n', end - p);
		p = p ? p + 1 : end;
		if (p < end && (*p == '\n' || *p == '\r'))
			break;
		value = after_name(p, end);
	}
	if (!value)
		return (struct text){ end, 0 };
	for (stop = value; stop < end && *stop != ','; stop++)
		if (*stop == '\n' && (stop + 1 == end || (stop[1] != ' ' && stop[1] != '\t')))
			break;
	return (struct text){ value, stop - value };
}

/* The host and port: after the transport, which is after the second slash. */
static struct text sent_by(struct text via)
{
	const char *p = via.p, *end = via.p + via.len, *from;
	u32 slashes = 0;

	for (; p < end && slashes < 2; p++)
		slashes += *p == '/';
	while (p < end && is_blank(*p))
		p++;
	while (p < end && !is_blank(*p))
		p++;
	while (p < end && is_blank(*p))
		p++;
	for (from = p; p < end && !is_blank(*p) && *p != ';';)
		p++;
	return (struct text){ from, p - from };
}

static bool read_addr(struct text t, struct sip_addr *addr)
{
	bool is_v6 = memchr(t.p, ':', t.len);
	char text[64];

	memset(addr, 0, sizeof(*addr));
	if (!t.len || t.len >= sizeof(text))
		return false;
	memcpy(text, t.p, t.len);
	text[t.len] = 0;
	addr->family = is_v6 ? SIP_FAMILY_IPV6 : SIP_FAMILY_IPV4;
	return inet_pton(is_v6 ? AF_INET6 : AF_INET, text, addr->w) == 1;
}

static bool read_endpoint(struct text t, struct sip_endpoint *ep)
{
	const char *end = t.p + t.len, *colon = memchr(t.p, ':', t.len);
	struct text host = t;

	ep->port = SIP_PORT_DEFAULT;
	if (t.len && *t.p == '[') {
		const char *close = memchr(t.p, ']', t.len);

		if (!close)
			return false;
		host = (struct text){ t.p + 1, close - t.p - 1 };
		colon = close + 1 < end && close[1] == ':' ? close + 1 : NULL;
	} else if (colon) {
		host.len = colon - t.p;
	}
	if (colon && colon + 1 < end && isdigit((unsigned char)colon[1]))
		ep->port = atoi(colon + 1);
	return read_addr(host, &ep->addr);
}

/* ---- one message ----------------------------------------------------------------------- */

static void make_scene(struct scene *s, const struct sip_endpoint *own, bool is_answer)
{
	bool is_v6 = own->addr.family == SIP_FAMILY_IPV6;
	const char *to = is_v6 ? "2001:db8:ffff::77" : "198.51.100.77";
	struct sip_endpoint mapped = { .port = 61000 };

	sip_addr_parse(&mapped.addr, to, strlen(to));
	memset(s, 0, sizeof(*s));
	s->flow.self = *own;
	s->flow.self_mapped = mapped;
	s->hide = own->addr;
	s->show = mapped.addr;
	s->shift = 20000;
	if (!is_answer)
		return;
	s->flow.peer = *own;
	s->flow.peer_real = mapped;
	s->flow.self.addr.family = SIP_FAMILY_NONE;
	s->flow.self_mapped = s->flow.self;
}

/* A name in the top Via becomes an address; a port stays. */
static u32 give_address(char *buf, u32 len)
{
	static const char addr[] = "10.20.30.40";
	struct text by = sent_by(first_via(buf, len));
	struct sip_endpoint ep;
	u32 at = by.p - buf, host = 0;

	if (read_endpoint(by, &ep))
		return len;
	while (host < by.len && (isalnum((unsigned char)by.p[host]) || strchr("-.", by.p[host])))
		host++;
	if (!host || (host < by.len && by.p[host] != ':'))
		return len;
	memmove(buf + at + sizeof(addr) - 1, buf + at + host, len - at - host);
	memcpy(buf + at, addr, sizeof(addr) - 1);
	return len - host + sizeof(addr) - 1;
}

static bool is_private(const char *buf, u32 len, struct sip_endpoint *own)
{
	return read_endpoint(sent_by(first_via(buf, len)), own);
}

/* @buf: becomes the translation.  @why: of what is not translated. */
static enum fate run(char *buf, u32 *len, const char **why)
{
	struct sip_endpoint own, is;
	static struct world w;
	struct scene s;
	int ret;

	*why = "";
	*len = give_address(buf, *len);
	if (!is_private(buf, *len, &own))
		return NO_HOST;
	make_scene(&s, &own, *len > 3 && !strncasecmp(buf, "SIP", 3));
	ret = world_translate(&w, &s, buf, *len, ORACLE_ROOM);
	if (ret == -EBADMSG)
		*why = oracle_fault_name(w.msg.fault);
	else if (ret < 0)
		*why = ret == -ENOMSG ? "not SIP" : "over a limit";
	if (ret > 0)
		*len = ret;
	return is_private(buf, *len, &is) && sip_addr_equal(&is.addr, &own.addr) ? PRIVATE : PUBLIC;
}

static void run_form(const char *path, char *buf, u32 len, enum form form,
		     u32 counts[FORMS][FATES])
{
	const char *why;
	enum fate fate = run(buf, &len, &why);
	struct text t;

	counts[form][fate]++;
	totals[form][fate]++;
	if (fate != PRIVATE)
		return;
	t = first_via(buf, len);
	printf("# %s %s: PRIVATE: %s:%.*s\n", form_names[form], path, why,
	       (int)(t.len < 60 ? t.len : 60), t.p);
}

static void run_file(const char *path, void *arg)
{
	u32 (*counts)[FATES] = arg;
	static char buf[ORACLE_ROOM];
	u32 len = corpora_read(path, buf);

	if (len > 2 && !memcmp(buf, "v=", 2))	/* a description alone */
		return;
	run_form(path, buf, len, AS_IS, counts);
	len = corpora_read(path, buf);
	if (!memchr(buf, '\r', len))
		run_form(path, buf, corpora_to_wire(buf, len), CRLF, counts);
}

static void print_counts(const char *name, u32 counts[FORMS][FATES])
{
	u32 i;

	for (i = 0; i < FORMS * FATES; i++) {
		if (!(i % FATES))
			printf("%-13s %-5s:", name, form_names[i / FATES]);
		printf(" %u %s%s", counts[i / FATES][i % FATES], fate_names[i % FATES],
		       i % FATES < FATES - 1 ? "," : "\n");
	}
}

static int show(const char *path)
{
	static char buf[ORACLE_ROOM];
	u32 len = corpora_read(path, buf);
	const char *why;

	run(buf, &len, &why);
	fwrite(buf, 1, len, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const sets[] = { "rfc4475", "rfc5118-crlf", "kamailio", "pjsip" };
	u32 counts[FORMS][FATES], skipped = 0, i;

	if (argc == 3)
		return show(argv[2]);
	if (argc != 2)
		return 2;
	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		memset(counts, 0, sizeof(counts));
		if (corpora_walk(argv[1], sets[i], run_file, counts))
			print_counts(sets[i], counts);
		else
			skipped++;
	}
	print_counts("all", totals);
	printf("%u passed, 0 failed, %u skipped\n", totals[AS_IS][PUBLIC] + totals[AS_IS][PRIVATE],
	       skipped);
	return 0;
}
