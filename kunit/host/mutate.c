// SPDX-License-Identifier: GPL-2.0
/*
 * One damaged line costs that line, and nothing else.
 *
 * usage: mutate LIST DIR	LIST: names of golden files in DIR
 *
 * Every line of every reference message is damaged in every way (damage.h), from inside
 * and to the inside.  Demanded of what becomes of it, as a datagram and as a unit of a
 * stream, says judge.h.  A message that nobody can read as a whole stays whole (fatal.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "mutation.h"
#include "sip_stream.h"

enum { SHOWN = 40 };

/* what a stream says of a message */
enum frame { FRAMED, FRAME_NOT_SIP, FRAME_NO_END, FRAME_WAITS, FRAME_ELSEWHERE, FRAMES };

static const char *const frame_names[FRAMES] = {
	"framed", "not SIP's", "end unknown", "more wanted", "ends elsewhere",
};

/* of one kind of damage */
struct counts {
	u32 runs, verdict[VERDICTS], framing[FRAMINGS], frame[2][FRAMES], lost;
};

static struct counts counts[64], all;
static u32 passed, failed, shown, good, changed;

/* @is_known: both ends have spoken SIP on the stream */
static enum frame frame(const struct message *m, bool is_known)
{
	struct sip_text text = { m->text, m->len };
	struct sip_frame f = { .is_known = is_known };
	static struct sip_msg msg;
	int ret = sip_frame_next(&f, &text, &msg);

	if (ret < 0)
		return ret == -ENOMSG ? FRAME_NOT_SIP : FRAME_NO_END;
	return ret == (int)m->len ? FRAMED : ret ? FRAME_ELSEWHERE : FRAME_WAITS;
}

/* ---- faults ---------------------------------------------------------------------------- */

static void tell(const struct mutation *m, const char *what, u32 bad)
{
	const struct line *damaged = &m->trial.broken->line[m->trial.line];

	failed++;
	if (shown++ >= SHOWN)
		return;
	printf("# %s %s: %s: %s\n", m->ref->name, m->way == EXPECT_OUT ? "out" : "in",
	       m->damage->name, what);
	print_text('!', m->trial.broken->text + damaged->off, damaged->len);
	if (bad == m->trial.line || bad >= m->ref->m.n)
		return;
	print_text('-', m->trial.want->text + m->trial.want->line[bad].off,
		   m->trial.want->line[bad].len);
	print_text('+', m->trial.got->text + m->trial.got->line[bad].off,
		   m->trial.got->line[bad].len);
}

/* ---- one damaged message --------------------------------------------------------------- */

/* What decides where a message ends in a stream. */
static bool is_of_framing(const struct mutation *m, enum framing framing)
{
	return framing || message_length(&m->ref->m) < 0 ||
	       m->ref->m.line[m->trial.line].what == WHAT_LENGTH;
}

/*
 * A stream on which both ends have spoken SIP goes on after one odd message.  One of
 * which that is not known may end for it: that is only counted.
 */
static void run_stream(struct mutation *m, struct counts *c, enum framing framing)
{
	enum frame was = frame(m->trial.broken, true);

	c->frame[0][frame(m->trial.broken, false)]++;
	c->frame[1][was]++;
	if (was != FRAMED && !is_of_framing(m, framing)) {
		c->lost++;
		tell(m, frame_names[was], m->trial.line);
	} else if (was == FRAMED && frame(m->trial.got, true) != FRAMED) {
		c->lost++;
		tell(m, "its translation ends elsewhere", m->trial.line);
	} else {
		passed++;
	}
}

/* The good message itself: what is compared is line by line. */
static void run_good(const struct mutation *m)
{
	u32 i;

	good++;
	for (i = 0; i < m->ref->m.n; i++)
		changed += m->trial.want->line[i].len != m->ref->m.line[i].len ||
			   memcmp(m->trial.want->text + m->trial.want->line[i].off,
				  m->ref->m.text + m->ref->m.line[i].off, m->ref->m.line[i].len);
}

static void run(struct mutation *m)
{
	struct counts *c = &counts[m->damage ? m->damage - damages : 0];
	enum framing framing;
	enum verdict verdict;
	u32 bad = 0;

	if (!m->damage) {
		run_good(m);
		return;
	}
	framing = message_framing(m->trial.broken);
	verdict = judge(&m->trial, framing, &bad);
	c->runs++;
	c->verdict[verdict]++;
	c->framing[framing] += verdict == MESSAGE_STAYED;
	if (verdict >= WHOLLY_PRIVATE)
		tell(m, verdict_names[verdict], bad);
	else
		passed++;
	run_stream(m, c, framing);
}

/* ---- what must stay -------------------------------------------------------------------- */

static void run_fatal(const struct reference *r, const struct fatal *f, const struct scene *s,
		      u32 *runs)
{
	static struct message broken, got;

	if (!f->make(&r->m, &broken))
		return;
	mutation_translate(s, &broken, &got);
	(*runs)++;
	if (got.len == broken.len && !memcmp(got.text, broken.text, got.len)) {
		passed++;
		return;
	}
	failed++;
	if (shown++ < SHOWN) {
		printf("# %s: %s: it changed\n", r->name, f->name);
		print_text('!', broken.text, broken.len);
	}
}

static u32 fatal_runs[64];

static void run_fatals(struct mutation *m)
{
	u32 i;

	for (i = 0; !m->damage && i < n_fatals; i++)
		run_fatal(m->ref, &fatals[i], &m->scene, &fatal_runs[i]);
}

/* ---- report ---------------------------------------------------------------------------- */

static void print_counts(const char *name, const struct counts *c)
{
	u32 i;

	printf("%-21s %6u %6u %6u %6u", name, c->runs, c->verdict[WHOLLY_PRIVATE],
	       c->verdict[LINE_STAYED], c->verdict[LINE_TRANSLATED]);
	for (i = FRAMING_GOOD + 1; i < FRAMINGS; i++)
		printf(" %6u", c->framing[i]);
	printf(" %6u", c->verdict[OTHER_LINE] + c->verdict[ODD_LINE] +
	       c->verdict[HALF_SECTION] + c->verdict[MUST_STAY]);
	for (i = 0; i < 2 * FRAMES; i++)
		printf("%s %5u", i % FRAMES ? "" : " |", c->frame[i / FRAMES][i % FRAMES]);
	printf(" %5u\n", c->lost);
}

static void print_head(void)
{
	u32 i;

	printf("%-21s %6s %6s %6s %6s  %-34s %6s | %-29s | %s\n", "", "", "wholly", "line", "line",
	       "the message stayed, for its", "other", "unit of a new stream",
	       "of a stream known to be SIP");
	printf("%-21s %6s %6s %6s %6s %6s %6s %6s %6s %6s %6s", "damage", "runs", "priv.",
	       "stayed", "transl", "start", "no Via", "length", "CR,NUL", "twice", "faults");
	for (i = 0; i < 2; i++)
		printf(" | %5s %5s %5s %5s %5s", "good", "noSIP", "noend", "more", "elsew");
	printf("  lost\n");
}

static void add(struct counts *to, const struct counts *c)
{
	const u32 *from = (const u32 *)c;
	u32 i;

	for (i = 0; i < sizeof(*c) / sizeof(u32); i++)
		((u32 *)to)[i] += from[i];
}

int main(int argc, char **argv)
{
	static struct reference refs[REFERENCES];
	u32 n, i;

	if (argc != 3)
		return 2;
	n = references_read(refs, argv[1], argv[2]);
	mutations_each(refs, n, run);
	mutations_each(refs, n, run_fatals);
	print_head();
	for (i = 0; i < n_damages; i++) {
		print_counts(damages[i].name, &counts[i]);
		add(&all, &counts[i]);
	}
	print_counts("all", &all);
	for (i = 0; i < n_fatals; i++)
		printf("must stay: %-21s %u messages\n", fatals[i].name, fatal_runs[i]);
	printf("%u reference messages, %u with their ways, in which %u lines are translated\n", n,
	       good, changed);
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed || !passed;
}
