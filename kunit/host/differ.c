// SPDX-License-Identifier: GPL-2.0
/*
 * Messages written by others, before and behind the NAT: what three SIP libraries say.
 *
 * usage: differ READERS DIR	READERS: directory of reader_sofia, reader_osip, reader_re
 *
 * Every message goes through the text core in each form (form.h), from inside and to the
 * inside, with another port and the same, to a longer address and a shorter one (a
 * description to both of them too), as a datagram and as a piece of a stream.  Demanded:
 *
 *	none is dropped: what cannot be read comes out as it went in
 *	no verdict is lost: what a library took before it takes behind
 *	the fields that it reads are those of before, but for what expect.h says
 *	no byte has changed that may not, no address is left that had to go (plain.h)
 *	Content-Length is exact where it was
 *	what was translated comes home as it was written (back.h)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back.h"
#include "corpora.h"
#include "form.h"
#include "oracle.h"
#include "plain.h"
#include "sip_stream.h"

enum transport { UDP, TCP, TRANSPORTS };

/* what became of a message: one of these for each message, way, transport and form */
enum fate { TRANSLATED, UNCHANGED, MALFORMED, NOT_SIP, NO_STREAM, FATES };

static const char *const fate_names[FATES] = {
	"translated", "as they are", "malformed", "not SIP", "not for a stream",
};

/* what must not be */
enum wrong { DROPPED, VERDICT_LOST, FIELDS_DIFFER, FOREIGN_CHANGE, LEAK, LENGTH_WRONG, WRONGS };

static const char *const wrong_names[WRONGS] = {
	"dropped", "verdicts lost", "other fields", "foreign changes", "leaks", "wrong lengths",
};

/* why a message cannot be one of a stream */
enum no_stream { NO_LENGTH, BEHIND, CUT_SHORT, NO_STREAMS };

static const char *const no_stream_names[NO_STREAMS] = {
	"without a length, or not SIP's", "bytes behind the body", "cut short",
};

struct counts {
	u32 fate[FATES], wrong[WRONGS], runs;
};

static struct counts set_counts[2][TRANSPORTS][FORMS], all;
static u32 no_streams[NO_STREAMS], inverse[BACKS], home[BACKS], compared[LIBRARIES][2];
static u32 shown, broken;

/* one message in one form */
static struct subject {
	const char *path;
	enum form form;
	char text[ORACLE_ROOM];
	u32 len;
	struct world w;		/* as it was read */
	int err;
	struct fields before[LIBRARIES][2];
} subject;

static struct plain_text whole(void)
{
	return (struct plain_text){ subject.text, subject.len };
}

/*
 * What a library cannot do: its fields are not compared, its verdict is.  One that crashes
 * at a message or hangs would be named here too; else that is a fault.
 */
static const struct {
	const char *library, *file, *why;
} bugs[] = {
	{ "re", "rfc5118-crlf/ipv4-mapped-ipv6", "an IPv6 address with dots is no host to it" },
	{ "re", "rfc5118-crlf/ipv6-correct-abnf-2-colons", "the same" },
};

/* ---- faults --------------------------------------------------------------------------- */

static void tell(const struct variant *v, const char *what, const char *why, u32 len)
{
	if (shown++ >= 40)
		return;
	printf("# %s: %s, %s, %s port, %s%s: %s: %.*s\n", subject.path, form_names[subject.form],
	       v->way == EXPECT_OUT ? "out" : "in", v->new_port ? "another" : "the same",
	       v->longer ? "longer" : "shorter", v->apart ? ", apart" : "", what,
	       (int)(len < 900 ? len : 900), why);
}

static void wrong(struct counts *c, enum wrong kind, const struct variant *v, const char *why)
{
	c->wrong[kind]++;
	tell(v, wrong_names[kind], why, strlen(why));
}

/* ---- libraries ------------------------------------------------------------------------ */

static bool is_bug(const struct library *lib)
{
	size_t i;

	for (i = 0; i < sizeof(bugs) / sizeof(*bugs); i++)
		if (!strcmp(bugs[i].library, lib->name) && strstr(subject.path, bugs[i].file))
			return true;
	return false;
}

static void ask(struct library *lib, enum reader_kind kind, struct plain_text t, struct fields *f)
{
	library_ask(lib, kind, t.p, t.len, f);
	if (!f->broke || is_bug(lib))
		return;
	if (!broken++)
		printf("# %s: %s broke %s\n", subject.path, form_names[subject.form], lib->name);
}

static void ask_all(struct plain_text t, struct fields f[LIBRARIES][2])
{
	struct plain_text sdp = plain_sdp(t);
	int i;

	memset(f, 0, sizeof(struct fields) * LIBRARIES * 2);
	for (i = 0; i < LIBRARIES; i++) {
		if (!libraries[i].is_there)
			continue;
		ask(&libraries[i], READER_MESSAGE, t, &f[i][0]);
		if (sdp.len)
			ask(&libraries[i], READER_SDP, sdp, &f[i][1]);
	}
}

static void forget_all(struct fields f[LIBRARIES][2])
{
	int i;

	for (i = 0; i < LIBRARIES; i++) {
		fields_clear(&f[i][0]);
		fields_clear(&f[i][1]);
	}
}

static const char *differ(const struct fields *before, const struct fields *after,
			  const struct variant *v, const struct scene *s, int kind)
{
	static struct fields want, got;

	fields_clear(&want);
	fields_clear(&got);
	fields_copy(&want, before);
	fields_copy(&got, after);
	if (!kind) {
		expect_message(&want, s, v->way);
		fields_set(&got, NULL, "length");
		fields_sort(&got);
		return fields_differ(&want, &got);
	}
	expect_sdp(&want, s);
	return fields_differ(&want, &got);
}

static void check_libraries(struct counts *c, const struct variant *v, const struct scene *s,
			    struct plain_text is)
{
	struct fields after[LIBRARIES][2];
	char why[2200];
	int i, kind;

	ask_all(is, after);
	for (i = 0; i < LIBRARIES; i++)
		for (kind = 0; kind < 2; kind++) {
			const char *what;

			if (!subject.before[i][kind].is_good)
				continue;
			compared[i][kind]++;
			if (!after[i][kind].is_good) {
				wrong(c, VERDICT_LOST, v, libraries[i].name);
				continue;
			}
			if (is_bug(&libraries[i]))
				continue;
			what = differ(&subject.before[i][kind], &after[i][kind], v, s, kind);
			if (!what)
				continue;
			snprintf(why, sizeof(why), "%s: %s", libraries[i].name, what);
			wrong(c, FIELDS_DIFFER, v, why);
		}
	forget_all(after);
}

/* ---- one translation ------------------------------------------------------------------ */

static void check_plain(struct counts *c, const struct variant *v, const struct scene *s,
			struct plain_text is)
{
	static const enum wrong wrong_of[] = {
		[PLAIN_FOREIGN] = FOREIGN_CHANGE, [PLAIN_LEAK] = LEAK, [PLAIN_LENGTH] = LENGTH_WRONG,
	};
	const char *why = "";
	enum plain_fault fault = plain_check(whole(), is, s, v->way, &why);

	if (fault)
		wrong(c, wrong_of[fault], v, why);
}

static void count_back(u32 *counts, enum back kind, const struct variant *v, const char *what,
		       struct plain_text got)
{
	if (kind == BACKS)
		return;
	counts[kind]++;
	if (kind == BACK_WRONG)
		tell(v, what, got.p, got.len);
}

static void check_back(const struct variant *v, const struct scene *s, struct plain_text is)
{
	struct back_case c = { v, &subject.w, s, whole(), is };
	struct plain_text got = {};
	enum back kind;

	kind = back_inverse(&c, &got);
	count_back(inverse, kind, v, "came back otherwise", got);
	kind = back_answer(&c, &got);
	count_back(home, kind, v, "the answer came home otherwise", got);
	kind = back_request(&c, &got);
	count_back(home, kind, v, "the request came home otherwise", got);
}

static enum fate run_variant(struct counts *c, const struct variant *v)
{
	static char out[ORACLE_ROOM + SIP_MAX_GROWTH];
	struct sip_text text = { subject.text, subject.len };
	static struct world w;
	struct scene s;
	int len;

	if (subject.err == -ENOMSG)
		return NOT_SIP;
	if (subject.err)
		return MALFORMED;
	variant_scene(v, &subject.w, &text, &s);
	memcpy(out, subject.text, subject.len);
	len = world_translate(&w, &s, out, subject.len, sizeof(out));
	if (len < 0) {
		wrong(c, DROPPED, v, "it was not translated");
		return UNCHANGED;
	}
	if (len == subject.len && !memcmp(out, subject.text, len))
		return UNCHANGED;
	check_plain(c, v, &s, (struct plain_text){ out, len });
	check_libraries(c, v, &s, (struct plain_text){ out, len });
	if (!v->apart)	/* the inverse of two addresses is no mapping */
		check_back(v, &s, (struct plain_text){ out, len });
	return TRANSLATED;
}

/* ---- transports ----------------------------------------------------------------------- */

/* Whether the message is one of a stream, or why not. */
static enum no_stream frame(const char *p, u32 len)
{
	struct sip_text text = { p, len };
	struct sip_frame f = {};
	static struct sip_msg msg;
	int ret = sip_frame_next(&f, &text, &msg);

	if (ret == len)
		return NO_STREAMS;
	return ret < 0 ? NO_LENGTH : ret ? BEHIND : CUT_SHORT;
}

/*
 * What comes out of a stream is what comes out of a datagram: the bytes of the unit are
 * the message's, so its translation is not asked for twice, but its frame is.
 */
static void count_stream(enum expect_way way, enum fate fate, enum no_stream framed)
{
	struct counts *c = &set_counts[way][TCP][subject.form];

	if (framed == NO_STREAMS) {
		c->fate[fate]++;
		return;
	}
	c->fate[NO_STREAM]++;
	no_streams[framed] += way == EXPECT_OUT && subject.form == FORM_AS_IS;
}

/* The translation of a message of a stream is one, too. */
static void check_stream(const struct variant *v, struct counts *c)
{
	static char out[ORACLE_ROOM + SIP_MAX_GROWTH];
	struct sip_text text = { subject.text, subject.len };
	static struct world w;
	struct scene s;
	int len;

	variant_scene(v, &subject.w, &text, &s);
	memcpy(out, subject.text, subject.len);
	len = world_translate(&w, &s, out, subject.len, sizeof(out));
	c->runs++;
	if (len < 0)
		wrong(c, DROPPED, v, "it was not translated");
	else if (frame(out, len) != NO_STREAMS)
		wrong(c, LENGTH_WRONG, v, "it ends elsewhere in a stream");
}

static void run_way(enum expect_way way)
{
	struct counts *c = &set_counts[way][UDP][subject.form];
	enum no_stream framed = frame(subject.text, subject.len);
	enum fate fate = FATES, one;
	u32 i;

	for (i = 0; i < VARIANTS; i++) {
		struct variant v = variant_of(i);

		if (v.way != way ||
		    (v.apart && (!subject.w.has_sdp || subject.w.sdp.n_media < 2 || subject.err)))
			continue;
		one = run_variant(c, &v);
		c->runs++;
		if (framed == NO_STREAMS && !subject.err)
			check_stream(&v, &set_counts[way][TCP][subject.form]);
		/* translated in one variant, as it is where the port is kept: translated */
		fate = one < fate ? one : fate;
	}
	c->fate[fate]++;
	count_stream(way, fate, framed);
}

/* ---- files ----------------------------------------------------------------------------- */

static void run_form(const char *in, u32 len)
{
	static char copy[ORACLE_ROOM];
	struct scene any = { .hide.family = SIP_FAMILY_IPV4, .show.family = SIP_FAMILY_IPV4 };
	struct sip_text text;

	subject.len = form_make(subject.form, in, len, subject.text);
	text = (struct sip_text){ subject.text, subject.len };
	memcpy(copy, subject.text, subject.len);
	subject.err = world_plan(&subject.w, &any, &text);
	if (subject.err && subject.form == FORM_AS_IS)
		printf("# passes as it is: %s: %s\n", subject.path, subject.err == -ENOMSG ?
		       "not SIP" : oracle_fault_name(subject.w.msg.fault));
	ask_all(whole(), subject.before);
	run_way(EXPECT_OUT);
	run_way(EXPECT_IN);
	if (memcmp(copy, subject.text, subject.len))
		abort();
	forget_all(subject.before);
}

static void run_file(const char *path, void *arg)
{
	static char in[SIP_MAX_MESSAGE / 2];
	u32 len = corpora_read(path, in);

	subject.path = path;
	for (subject.form = 0; subject.form < FORMS; subject.form++)
		run_form(in, len);
}

/* ---- report ---------------------------------------------------------------------------- */

static void print_counts(const char *set, int way, int transport, int form)
{
	const struct counts *c = &set_counts[way][transport][form];
	u32 i, messages = 0;

	for (i = 0; i < FATES; i++)
		messages += c->fate[i];
	printf("%-13s %-3s %s %-5s %3u:", set, way == EXPECT_OUT ? "out" : "in",
	       transport == UDP ? "udp" : "tcp", form_names[form], messages);
	for (i = 0; i < FATES; i++) {
		all.fate[i] += c->fate[i];
		if (c->fate[i])
			printf(" %u %s,", c->fate[i], fate_names[i]);
	}
	for (i = 0; i < WRONGS; i++) {
		all.wrong[i] += c->wrong[i];
		printf(" %u %s%s", c->wrong[i], wrong_names[i], i + 1 < WRONGS ? "," : "\n");
	}
	all.runs += c->runs;
}

static void print_set(const char *set)
{
	int i;

	for (i = 0; i < 2 * TRANSPORTS * FORMS; i++)
		print_counts(set, i / FORMS / TRANSPORTS, i / FORMS % TRANSPORTS, i % FORMS);
	memset(set_counts, 0, sizeof(set_counts));
}

static void print_back(const char *what, const u32 *counts)
{
	u32 i;

	printf("%s:", what);
	for (i = 0; i < BACKS; i++)
		printf(" %u %s%s", counts[i], back_names[i], i + 1 < BACKS ? "," : "\n");
}

static u32 print_all(void)
{
	u32 i, failed = inverse[BACK_WRONG] + home[BACK_WRONG] + broken;

	printf("not for a stream:");
	for (i = 0; i < NO_STREAMS; i++)
		printf(" %u %s%s", no_streams[i], no_stream_names[i], i + 1 < NO_STREAMS ? "," : "\n");
	for (i = 0; i < LIBRARIES; i++)
		if (libraries[i].is_there)
			printf("%s: %u messages and %u descriptions compared, %u broke it\n",
			       libraries[i].name, compared[i][0], compared[i][1],
			       libraries[i].broke);
	for (i = 0; i < sizeof(bugs) / sizeof(*bugs); i++)
		printf("verdict only: %s, %s: %s\n", bugs[i].library, bugs[i].file, bugs[i].why);
	print_back("translated back", inverse);
	print_back("home from a peer", home);
	printf("%u translations:", all.runs);
	for (i = 0; i < WRONGS; i++) {
		failed += all.wrong[i];
		printf(" %u %s%s", all.wrong[i], wrong_names[i], i + 1 < WRONGS ? "," : "\n");
	}
	return failed;
}

int main(int argc, char **argv)
{
	u32 skipped = 0, failed;
	size_t i;

	if (argc != 3)
		return 2;
	libraries_start(argv[1]);
	for (i = 0; i < LIBRARIES; i++)
		if (!libraries[i].is_there) {
			printf("%-13s SKIPPED, the library is not there\n", libraries[i].name);
			skipped++;
		}
	for (i = 0; i < CORPORA_ALL; i++) {
		if (corpora_walk(argv[2], corpora_sets[i], run_file, NULL))
			print_set(corpora_sets[i]);
		else
			skipped++;
	}
	libraries_stop();
	failed = print_all();
	printf("%u passed, %u failed, %u skipped\n", all.runs - (failed < all.runs ? failed : all.runs),
	       failed, skipped);
	return failed != 0;
}
