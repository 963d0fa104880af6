// SPDX-License-Identifier: GPL-2.0
/*
 * Damaged messages as three SIP libraries read them: what they would route by is translated.
 *
 * usage: odd READERS LIST DIR	READERS: directory of reader_sofia, reader_osip, reader_re
 *
 * A library that reads a damaged message all the same answers it, calls its Contact, sends
 * media to its description.  So where a library finds the sender's own address in the top
 * Via, in a Contact, or as where the media of an open section goes, it must not find it
 * there in the translation.  The messages are those of mutation.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutation.h"
#include "plain.h"

enum { FINDINGS = 1024 };

/* by what a message is routed */
enum place { PLACE_VIA, PLACE_CONTACT, PLACE_MEDIA, PLACE_GONE, PLACES };

static const char *const place_names[PLACES] = {
	"top Via", "Contact", "media", "not read any more",
};

/* a kind of damage of a kind of line, and what is left of the address for a library */
static struct finding {
	const struct damage *damage;
	char line[24];
	enum place place;
	u32 lib, n;
	char example[200];
	const char *known;
} findings[FINDINGS];
static u32 n_findings;

/* by library: texts that it takes, places by which it would route, and those left private */
static u32 asked[LIBRARIES], taken[LIBRARIES], routed[LIBRARIES], left[LIBRARIES];
static u32 by_rule, by_reason, failed;

/*
 * What stays private though a library reads it, and why that is right.  NULL: any damage,
 * line or library, PLACES: any place.  The first that fits counts, and without a reason it
 * is not right.
 */
static const struct {
	const char *damage, *line;
	enum place place;
	const char *library, *why;
} known[] = {
	{ "20 digits", "request line", PLACES, NULL, "another version of SIP" },
	{ "last byte removed", "request line", PLACES, NULL, "another version of SIP" },
	{ "digits replaced", "request line", PLACES, NULL, "another version of SIP" },
	{ "9000 bytes", "request line", PLACES, NULL, "another version of SIP" },
	{ "bare LF", "request line", PLACES, NULL, "the first line has no version" },
	{ "first byte removed", "status line", PLACES, NULL, "no version, and no method" },
	{ "20 digits", "status line", PLACES, NULL, "no status has so many digits" },
	{ "9000 bytes", "Content-Type", PLACE_MEDIA, NULL, "another type" },
	{ "9000 bytes", "c", PLACE_MEDIA, NULL, "another type" },
	{ "value emptied", "e", PLACE_MEDIA, NULL, NULL },
	{ NULL, "e", PLACE_MEDIA, NULL, "another encoding: nobody can say what the body is" },
	{ NULL, "CSeq", PLACE_CONTACT, "osip", "an answer without a number answers nothing" },
	{ "value cut in half", "status line", PLACE_VIA, "osip", "it reads on in the next line" },
	{ "blank removed", "status line", PLACE_VIA, "osip", "it reads on in the next line" },
	{ "< removed", NULL, PLACE_CONTACT, NULL, "sofia refuses it once a port is there" },
	{ "> removed", "Contact", PLACE_CONTACT, NULL, "a quote in it has no end" },
	{ ";; in the middle", "Contact", PLACE_CONTACT, NULL, "it says no port where that is no number" },
	{ "blanks in the middle", "Contact", PLACE_CONTACT, "osip", "it reads an address with blanks in it" },
	{ "quote in front", NULL, PLACE_CONTACT, "re", "it looks for an address within a name" },
	{ NULL, "Via", PLACE_VIA, "re", "it says no port where that is no number" },
	{ NULL, "v", PLACE_VIA, "re", "it says no port where that is no number" },
	{ "quote in the middle", "Via", PLACE_VIA, "osip", "it alone steps over what is between bracket and colon" },
	{ "[ in the middle", "Via", PLACE_VIA, "osip", "it alone steps over what is between bracket and colon" },
	{ "0x01 in the middle", "Via", PLACE_VIA, "osip", "it alone steps over what is between bracket and colon" },
	{ "0xff in the middle", "Via", PLACE_VIA, "osip", "it alone steps over what is between bracket and colon" },
	{ "UTF-8 in the middle", "Via", PLACE_VIA, "osip", "it alone steps over what is between bracket and colon" },
	{ NULL, "Contact", PLACE_CONTACT, "re", "it says no port where that is no number" },
	{ NULL, "m", PLACE_CONTACT, "re", "it says no port where that is no number" },
};

/* ---- findings -------------------------------------------------------------------------- */

static const char *line_name(const struct mutation *m)
{
	const struct line *l = &m->ref->m.line[m->trial.line];
	const char *p = m->ref->m.text + l->off;
	static char name[24];
	u32 len;

	if (l->kind == LINE_START)
		return m->ref->m.is_response ? "status line" : "request line";
	len = strcspn(p, l->kind == LINE_HEADER ? ": \t" : "=:\r");
	snprintf(name, sizeof(name), "%.*s%s", (int)len, p, l->kind == LINE_BODY ? "=" : "");
	return name;
}

static bool fits(const char *want, const char *is)
{
	return !want || !strcasecmp(want, is);
}

static const char *why_known(const struct finding *f)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (fits(known[i].damage, f->damage->name) && fits(known[i].line, f->line) &&
		    fits(known[i].library, libraries[f->lib].name) &&
		    (known[i].place == PLACES || known[i].place == f->place))
			return known[i].why;
	return NULL;
}

static struct finding *finding_of(const struct mutation *m, enum place place, u32 lib)
{
	const struct line *l = &m->trial.broken->line[m->trial.line];
	const char *line = line_name(m);
	struct finding *f;

	for (f = findings; f < findings + n_findings; f++)
		if (f->damage == m->damage && f->place == place && f->lib == lib &&
		    !strcmp(f->line, line))
			return f;
	if (n_findings == FINDINGS)
		return NULL;
	n_findings++;
	*f = (struct finding){ .damage = m->damage, .place = place, .lib = lib };
	strcpy(f->line, line);
	f->known = why_known(f);
	snprintf(f->example, sizeof(f->example), "%s %s: %.*s", m->ref->name,
		 m->way == EXPECT_OUT ? "out" : "in", (int)(l->len < 120 ? l->len : 120),
		 m->trial.broken->text + l->off);
	return f;
}

static void find(const struct mutation *m, enum place place, u32 lib)
{
	struct finding *f = finding_of(m, place, lib);

	left[lib]++;
	if (f)
		f->n++;
	if (f && f->known)
		by_reason++;
	else
		failed++;
}

/* ---- what a library routes by ---------------------------------------------------------- */

/* the address that must not be seen, and the port where only both together are it */
static const struct sip_endpoint *hidden(const struct mutation *m)
{
	return m->way == EXPECT_OUT ? &m->scene.flow.self : &m->scene.flow.peer;
}

/* What is no number is nothing to send to; absent, it is the default one. */
static bool is_port(const char *port)
{
	size_t len = port ? strspn(port, "0123456789") : 0;

	return !port || !*port || (!port[len] && len < 6 && atoi(port) < 65536);
}

static bool via_is_private(const struct mutation *m, const struct fields *f)
{
	bool is_request = fields_get(f, "start.method");
	const char *protocol = fields_get(f, "via.0.protocol");
	const char *slash = protocol ? strrchr(protocol, '/') : NULL;

	protocol = slash ? slash + 1 : protocol;
	/* one of another transport is another connection's business */
	if (!protocol || (strcasecmp(protocol, "UDP") && strcasecmp(protocol, "TCP")))
		return false;
	return is_request == (m->way == EXPECT_OUT) && is_port(fields_get(f, "via.0.port")) &&
	       expect_is_addr(fields_get(f, "via.0.host"), &hidden(m)->addr);
}

static bool is_register(const struct fields *f)
{
	const char *cseq = fields_get(f, "cseq.method");

	if (cseq)
		return !strcmp(cseq, "REGISTER");
	cseq = fields_get(f, "header.CSeq.0");
	if (!cseq)
		return false;
	cseq += strspn(cseq, "0123456789");
	return !strcmp(cseq + strspn(cseq, " \t"), "REGISTER");
}

static bool contact_is_private(const struct mutation *m, const struct fields *f, u32 i)
{
	const char *scheme = fields_get(f, "contact.%u.scheme", i);
	const char *port = fields_get(f, "contact.%u.port", i);

	if (!scheme || (strcasecmp(scheme, "sip") && strcasecmp(scheme, "sips")) ||
	    !is_port(port) ||
	    !expect_is_addr(fields_get(f, "contact.%u.host", i), &hidden(m)->addr))
		return false;
	if (m->way == EXPECT_OUT)
		return true;
	/* what a registrar gives back; one address stands for many hosts there */
	return !fields_get(f, "start.method") && is_register(f) &&
	       (port ? atoi(port) : 5060) == hidden(m)->port;
}

static bool media_is_private(const struct mutation *m, const struct fields *f, u32 i)
{
	const char *port = fields_get(f, "sdp.m.%u.port", i);

	return port && is_port(port) && atoi(port) &&
	       expect_is_addr(fields_get(f, "sdp.m.%u.conn", i), &m->scene.hide);
}

/* ---- one message ----------------------------------------------------------------------- */

/* the texts that a library was asked about last, one before and one after translation */
static struct answer {
	char text[SIP_MAX_MESSAGE];
	u32 len;
	struct fields fields;
} answers[LIBRARIES][2][2];

/* Damage of a header leaves the description alone, so that is asked about once. */
static const struct fields *ask(u32 lib, enum reader_kind kind, struct plain_text t, bool after)
{
	struct answer *a = &answers[lib][kind][after];

	if (t.len > sizeof(a->text))
		abort();
	if (a->len != t.len || memcmp(a->text, t.p, t.len)) {
		memcpy(a->text, t.p, t.len);
		a->len = t.len;
		fields_clear(&a->fields);
		library_ask(&libraries[lib], kind, t.p, t.len, &a->fields);
		asked[lib]++;
		taken[lib] += a->fields.is_good;
	}
	return &a->fields;
}

static struct plain_text text_of(const struct message *m, enum reader_kind kind)
{
	struct plain_text t = { m->text, m->len };

	return kind == READER_SDP ? plain_sdp(t) : t;
}

/* One place that was private; @is: whether it still is. */
static void judge_place(const struct mutation *m, enum place place, u32 lib, bool is)
{
	routed[lib]++;
	if (is)
		find(m, place, lib);
}

static bool is_private(const struct mutation *m, const struct fields *f, enum place place, u32 i)
{
	if (place == PLACE_VIA)
		return !i && via_is_private(m, f);
	return place == PLACE_CONTACT ? contact_is_private(m, f, i) : media_is_private(m, f, i);
}

/* Everything that is private in @before. */
static void compare(const struct mutation *m, u32 lib, const struct fields *before,
		    const struct fields *after, enum place place)
{
	u32 i;

	for (i = 0; i < SIP_MAX_VALUES; i++)
		if (is_private(m, before, place, i))
			judge_place(m, place, lib, is_private(m, after, place, i));
}

/* Return: whether the library takes it. */
static bool run_library(const struct mutation *m, u32 lib, enum reader_kind kind)
{
	struct plain_text was = text_of(m->trial.broken, kind), is = text_of(m->trial.got, kind);
	const struct fields *before, *after;

	if (!was.len)
		return false;
	before = ask(lib, kind, was, false);
	if (!before->is_good)
		return false;
	after = ask(lib, kind, is, true);
	if (!after->is_good) {
		find(m, PLACE_GONE, lib);
	} else if (kind == READER_MESSAGE) {
		compare(m, lib, before, after, PLACE_VIA);
		compare(m, lib, before, after, PLACE_CONTACT);
	} else {
		compare(m, lib, before, after, PLACE_MEDIA);
	}
	return true;
}

static void run(struct mutation *m)
{
	u32 i;

	if (!m->damage)
		return;
	if (message_framing(m->trial.broken) > FRAMING_START) {
		by_rule++;
		return;
	}
	for (i = 0; i < LIBRARIES; i++) {
		if (!libraries[i].is_there)
			continue;
		/* no line of a body says where a message goes, or that it is none */
		if (m->ref->m.line[m->trial.line].kind == LINE_BODY ||
		    run_library(m, i, READER_MESSAGE))
			run_library(m, i, READER_SDP);
	}
}

/* ---- report ---------------------------------------------------------------------------- */

static void print_finding(const struct finding *f)
{
	printf("# %s, %s: %s left for %s, %u times%s%s\n", f->line, f->damage->name,
	       place_names[f->place], libraries[f->lib].name, f->n, f->known ? ": " : "",
	       f->known ? f->known : "");
	if (!f->known)
		print_text('!', f->example, strlen(f->example));
}

static void print_damage(const struct damage *d)
{
	u32 n[PLACES][LIBRARIES] = {}, i, place;
	const struct finding *f;

	for (f = findings; f < findings + n_findings; f++)
		if (f->damage == d)
			n[f->place][f->lib] += f->n;
	printf("%-21s", d->name);
	for (place = 0; place < PLACES; place++) {
		printf(" |");
		for (i = 0; i < LIBRARIES; i++)
			printf(" %5u", n[place][i]);
	}
	putchar('\n');
}

static u32 print_all(void)
{
	u32 i, sum = 0;

	for (i = 0; i < n_findings; i++)
		print_finding(&findings[i]);
	printf("%-21s", "left for: library");
	for (i = 0; i < PLACES; i++)
		printf(" | %-17s", place_names[i]);
	printf("\n%-21s", "damage");
	for (i = 0; i < PLACES * LIBRARIES; i++)
		printf("%s%6s", i % LIBRARIES ? "" : " |", libraries[i % LIBRARIES].name);
	putchar('\n');
	for (i = 0; i < n_damages; i++)
		print_damage(&damages[i]);
	for (i = 0; i < LIBRARIES; i++) {
		printf("%s: %u texts asked, %u taken, %u places routed by, %u left\n",
		       libraries[i].name, asked[i], taken[i], routed[i], left[i]);
		sum += routed[i];
	}
	printf("%u messages stay by rule and were not asked about, %u places with a reason\n",
	       by_rule, by_reason);
	return sum;
}

int main(int argc, char **argv)
{
	static struct reference refs[REFERENCES];
	u32 i, sum, skipped = 0;

	if (argc != 4)
		return 2;
	libraries_start(argv[1]);
	for (i = 0; i < LIBRARIES; i++)
		if (!libraries[i].is_there) {
			printf("%s: SKIPPED, the library is not there\n", libraries[i].name);
			skipped++;
		}
	mutations_each(refs, references_read(refs, argv[2], argv[3]), run);
	libraries_stop();
	sum = print_all();
	printf("%u passed, %u failed, %u skipped\n", sum > failed ? sum - failed : 0, failed,
	       skipped);
	return failed || (!sum && skipped < LIBRARIES);
}
