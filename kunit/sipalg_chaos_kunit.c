// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_chaos: 10,000 random calls and registrations, and what must hold whatever comes.
 *
 * Four calls at a time go through the router.  Most of their messages are legal
 * next steps; some are mutilated, sent in the wrong direction, lost, doubled, held
 * back, or come again long after.  Forks, crossing BYEs, CANCEL against 200, media
 * of peers and strangers, jumps of the clock, an administrator who ends calls and
 * flushes connections come in between.  After every call:
 *
 *	- every expectation of ours has a pinhole, and every media pinhole a call that is up;
 *	- an ended call has nothing open;
 *	- calls_added - calls_ended is the number of calls that live;
 *
 * and after each handful, when all time has passed, nothing is left at all.
 *
 * The seed is printed; another one is built in by CHAOS_SEED=N scripts/kunit.sh.
 */
#include <linux/inet.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "sipalg_binding.h"
#include "sipalg_pinhole.h"
#include "sipalg_compat.h"
#include "sipalg_lab.h"

enum {
	CALLS		= 1000,		/* of a case */
	SLOTS		= 4,		/* at a time */
	HANDFUL		= 20,		/* after so many all time passes */
	STEPS		= 14,		/* of a call, on average */
	MEMORY		= 8,		/* messages of a call that may come again */
	LOG		= 24,
	LOG_LINE	= 96,
};

/* no parameter: Linux 6.1 runs the suites of a module before it reads its parameters */
#ifndef CHAOS_SEED
#define CHAOS_SEED 20231123
#endif

struct old_message {
	struct lab_msg msg;
	bool is_out;
};

/* one call as its parties know it; side 0 is the caller */
struct slot {
	char call[LAB_WORD_MAX];
	bool phone_calls;
	u32 steps;
	u32 cseq[2];
	u32 sent[2][SIP_MESSAGE + 1];	/* CSeq of the last request of a method */
	u8 callee;			/* the branch of the fork that speaks */
	bool has_dialog;
	struct old_message old[MEMORY];
	u32 n_old;
	bool has_held;
	struct old_message held;	/* overtaken by others */
};

struct chaos {
	struct kunit *test;
	struct lab *lab;
	u32 random;
	u32 n;				/* calls begun */
	u32 since;			/* the first one since all time passed */
	u32 cseq;			/* of REGISTER */
	bool is_wild;			/* mutations, too */
	bool has_failed;
	struct slot slot[SLOTS];
	char log[LOG][LOG_LINE];
	u32 n_log;
	unsigned long owned[BITS_TO_LONGS(65536)];
};

static const char * const tags[] = { "a", "b", "c", "d", "x" };

/* 0 to @n - 1 */
static u32 dice(struct chaos *c, u32 n)
{
	return test_random(&c->random) % n;
}

static bool one_in(struct chaos *c, u32 n)
{
	return !dice(c, n);
}

static void note(struct chaos *c, const char *fmt, ...)
	__printf(2, 3);

static void note(struct chaos *c, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(c->log[c->n_log++ % LOG], LOG_LINE, fmt, args);
	va_end(args);
}

/* The first broken rule ends the case: with what came before it. */
static void broken(struct chaos *c, const char *rule, u32 value)
{
	u32 i;

	if (c->has_failed)
		return;
	c->has_failed = true;
	for (i = c->n_log > LOG ? c->n_log - LOG : 0; i < c->n_log; i++)
		kunit_info(c->test, "%s", c->log[i % LOG]);
	KUNIT_FAIL(c->test, "seed %u, call %u: %s (%u)", CHAOS_SEED, c->n, rule, value);
}

/* ---- messages ---------------------------------------------------------------------- */

static const u16 answers[] = {
	100, 180, 183, 200, 200, 200, 202, 302, 401, 407, 408, 423, 481, 486, 487, 488, 491,
	500, 603,
};

static void send(struct chaos *c, const struct lab_msg *msg, bool is_out)
{
	c->lab->msg = *msg;
	note(c, "%s %s: %u %u %u %s>%s audio %u %s", msg->call, is_out ? "phone" : "proxy",
	     msg->status, msg->method, msg->cseq, msg->from, msg->to, msg->audio, msg->branch);
	if (is_out)
		lab_phone_msg(c->lab);
	else
		lab_proxy_msg(c->lab);
}

/* What a careless or hostile sender does to a message. */
static void mutilate(struct chaos *c, struct lab_msg *msg, bool *is_out)
{
	switch (dice(c, 8)) {
	case 0:
		strscpy(msg->from, tags[dice(c, ARRAY_SIZE(tags))], LAB_WORD_MAX);
		break;
	case 1:
		strscpy(msg->to, tags[dice(c, ARRAY_SIZE(tags))], LAB_WORD_MAX);
		break;
	case 2:
		msg->to[0] = '\0';
		break;
	case 3:
		msg->cseq += dice(c, 5) - 2;
		break;
	case 4:
		strscpy(msg->branch, "other", LAB_WORD_MAX);
		break;
	case 5:
		*is_out = !*is_out;
		break;
	case 6:
		msg->method = dice(c, SIP_MESSAGE + 1);
		break;
	case 7:
		msg->status = answers[dice(c, ARRAY_SIZE(answers))];
		break;
	}
}

static void describe(struct chaos *c, struct lab_msg *msg, bool is_out)
{
	if (one_in(c, 3))
		return;
	msg->audio = (is_out ? 4000 : 6000) + dice(c, 8);
	if (!is_out)
		msg->at = in_aton("203.0.113.9");
	if (one_in(c, 8))
		strscpy(msg->dir, "sendonly", LAB_WORD_MAX);
	if (one_in(c, 12))
		msg->rtcp = msg->audio + 100;
	if (one_in(c, 20))
		msg->audio = 80;
}

static void put_tags(struct lab_msg *msg, const struct slot *s, u32 side, bool has_to)
{
	const char *callee = tags[1 + s->callee];

	strscpy(msg->from, side ? callee : "a", LAB_WORD_MAX);
	strscpy(msg->to, side ? "a" : callee, LAB_WORD_MAX);
	if (!has_to)
		msg->to[0] = '\0';
}

static const u8 dialog_methods[] = {
	SIP_INVITE, SIP_BYE, SIP_BYE, SIP_CANCEL, SIP_ACK, SIP_ACK, SIP_PRACK, SIP_UPDATE,
	SIP_INFO, SIP_REFER, SIP_NOTIFY,
};

/* Side @side asks something. */
static void make_request(struct chaos *c, struct slot *s, u32 side, struct lab_msg *msg)
{
	msg->method = s->cseq[0] ? dialog_methods[dice(c, ARRAY_SIZE(dialog_methods))] : SIP_INVITE;
	if (msg->method == SIP_CANCEL || msg->method == SIP_ACK)
		msg->cseq = s->sent[side][SIP_INVITE];
	else
		msg->cseq = ++s->cseq[side];
	s->sent[side][msg->method] = msg->cseq;
	put_tags(msg, s, side, s->has_dialog && msg->method != SIP_CANCEL);
	if (one_in(c, 6))
		msg->session_s = 90 * dice(c, 4);
	if (msg->method == SIP_INVITE && one_in(c, 10))
		msg->contact = lab_end("192.168.1.2", 5070 + dice(c, 3));
}

/* Side @side is answered, by some branch. */
static void make_answer(struct chaos *c, struct slot *s, u32 side, struct lab_msg *msg)
{
	static const u8 methods[] = { SIP_INVITE, SIP_INVITE, SIP_INVITE, SIP_BYE, SIP_BYE,
				      SIP_CANCEL, SIP_PRACK, SIP_UPDATE, SIP_INFO };

	msg->method = methods[dice(c, ARRAY_SIZE(methods))];
	msg->status = answers[dice(c, ARRAY_SIZE(answers))];
	msg->cseq = s->sent[side][msg->method];
	if (msg->method == SIP_CANCEL)
		msg->cseq = s->sent[side][SIP_INVITE];
	if (!s->has_dialog || one_in(c, 8))
		s->callee = dice(c, 3);
	put_tags(msg, s, side, msg->status != 100);
	if (msg->method == SIP_INVITE && msg->status / 100 == 2)
		s->has_dialog = true;
	if (one_in(c, 6))
		msg->session_s = 90 * dice(c, 4);
}

/* The network: lost, doubled, overtaken, or come again. */
static void deliver(struct chaos *c, struct slot *s, const struct lab_msg *msg, bool is_out)
{
	struct old_message *old = &s->old[s->n_old++ % MEMORY];

	old->msg = *msg;
	old->is_out = is_out;
	if (one_in(c, 12))
		return;
	if (!s->has_held && one_in(c, 10)) {
		s->held = *old;
		s->has_held = true;
		return;
	}
	send(c, msg, is_out);
	if (one_in(c, 10))
		send(c, msg, is_out);
	if (s->has_held && one_in(c, 2)) {
		s->has_held = false;
		send(c, &s->held.msg, s->held.is_out);
	}
	if (one_in(c, 12)) {
		old = &s->old[dice(c, min_t(u32, s->n_old, MEMORY))];
		send(c, &old->msg, old->is_out);
	}
}

static void speak(struct chaos *c, struct slot *s)
{
	u32 side = s->has_dialog ? dice(c, 2) : 0;
	bool is_answer = s->cseq[side] && one_in(c, 2);
	struct lab_msg *msg = kunit_kzalloc(c->test, sizeof(*msg), GFP_KERNEL);
	bool is_out;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(c->test, msg);
	strscpy(msg->call, s->call, LAB_WORD_MAX);
	strscpy(msg->user, "bob", LAB_WORD_MAX);
	is_out = s->phone_calls != (side != is_answer);
	if (is_answer)
		make_answer(c, s, side, msg);
	else
		make_request(c, s, side, msg);
	describe(c, msg, is_out);
	if (c->is_wild && one_in(c, 5))
		mutilate(c, msg, &is_out);
	deliver(c, s, msg, is_out);
	kunit_kfree(c->test, msg);
}

/* ---- what else happens ------------------------------------------------------------- */

static void play_media(struct chaos *c)
{
	u16 port = 4000 + dice(c, 8);

	note(c, "media %u", port);
	switch (dice(c, 4)) {
	case 0:
		lab_media_in(c->lab, lab_end("203.0.113.9", 6000 + dice(c, 8)), port);
		break;
	case 1:
		lab_media_in(c->lab, lab_end("198.51.100.7", 1024 + dice(c, 60000)), port);
		break;
	case 2:
		lab_media_out(c->lab, port, lab_end("203.0.113.9", 6000 + dice(c, 8)));
		break;
	case 3:
		lab_media_in(c->lab, lab_end("203.0.113.2", 6000 + dice(c, 8)), port);
		break;
	}
}

static void pass_time(struct chaos *c)
{
	u32 seconds = one_in(c, 8) ? dice(c, 400) : dice(c, 12);

	if (one_in(c, 200))
		seconds = 50000;
	note(c, "%u s", seconds);
	lab_wait(c->lab, seconds);
}

static const char * const asked[] = {
	"Contact: <sip:bob@192.168.1.2:5060>;expires=600\r\n",
	"Contact: <sip:bob@192.168.1.2:5060>;expires=0\r\n",
	"Contact: <sip:bob@192.168.1.2:5071>;expires=100\r\n",
	"Contact: <sip:bob@192.168.1.2>;expires=60, <sip:bob@192.168.1.2:5071>;expires=900\r\n",
	"Contact: <sip:bob@192.168.1.99:5060>;expires=600\r\n",
	"Contact: *\r\nExpires: 0\r\n",
	"",
};

static void register_phone(struct chaos *c)
{
	struct lab_msg *msg = &c->lab->msg;
	bool is_out = one_in(c, 2);

	lab_read(c->lab, "REGISTER 1 r - call=reg");
	if (is_out || !c->cseq)
		c->cseq++;
	else
		msg->status = one_in(c, 2) ? 200 : answers[dice(c, ARRAY_SIZE(answers))];
	msg->cseq = c->cseq - (c->is_wild && one_in(c, 6));
	c->lab->more = msg->status ? "Expires: 300\r\n" : asked[dice(c, ARRAY_SIZE(asked))];
	note(c, "REGISTER %u %u", msg->cseq, msg->status);
	if (msg->status)
		lab_proxy_msg(c->lab);
	else
		lab_phone_msg(c->lab);
}

static void administer(struct chaos *c)
{
	struct slot *s = &c->slot[dice(c, SLOTS)];

	if (one_in(c, 2)) {
		note(c, "end %s", s->call);
		sipalg_call_end_by_id(c->lab->sn, lab_call(c->lab, s->call, "a").id);
		return;
	}
	note(c, "flush");
	lab_flush(c->lab);
	lab_phone(c->lab, "OPTIONS 1 o -");
}

static void step(struct chaos *c, struct slot *s)
{
	u32 what = dice(c, 100);

	if (what < 80)
		speak(c, s);
	else if (what < 88)
		play_media(c);
	else if (what < 94)
		pass_time(c);
	else if (what < 99 || !c->is_wild)
		register_phone(c);
	else
		administer(c);
	s->steps--;
}

/* ---- what must hold ---------------------------------------------------------------- */

static void look_at_call(struct chaos *c, struct sipalg_call *call, u32 *alive)
{
	struct sipalg_call_media *media;
	u32 i, n = 0;

	list_for_each_entry(media, &call->media, node)
		for (i = 0; i < media->n; i++, n++)
			__set_bit(sipalg_call_media_pin(media, i)->mapped.port, c->owned);
	for (i = 0; i < call->n_contacts; i++)
		__set_bit(sipalg_call_contacts(call)[i]->mapped.port, c->owned);
	if (n != call->n_pinholes)
		broken(c, "the call counts its pinholes wrongly", n);
	if (call->state != SIPALG_CALL_ENDED)
		++*alive;
	else if (n || call->n_contacts || !list_empty(&call->media))
		broken(c, "an ended call has something open", n);
}

/* All calls that there may be: begun since all time has passed. */
static u32 look_at_calls(struct chaos *c)
{
	struct sipalg_call_event ev = { .sn = c->lab->sn, .method = SIP_BYE };
	enum sipalg_call_side side;
	struct sipalg_call *call;
	char name[LAB_WORD_MAX];
	u32 i, k, alive = 0;

	bitmap_zero(c->owned, 65536);
	for (i = c->since; i < c->n; i++) {
		ev.call_id = sipalg_digest(name, snprintf(name, sizeof(name), "s%u", i));
		for (k = 0; k < ARRAY_SIZE(tags); k++) {
			ev.from_tag = sipalg_digest(tags[k], 1);
			rcu_read_lock();
			call = sipalg_call_enter(&ev, &side);
			if (call) {
				look_at_call(c, call, &alive);
				sipalg_call_leave(c->lab->sn, call, true);
			}
			rcu_read_unlock();
		}
	}
	return alive;
}

static struct lab_end destination(const struct nf_conntrack_expect *exp)
{
	return (struct lab_end){ exp->tuple.dst.u3.ip, ntohs(exp->tuple.dst.u.all) };
}

static void look_at_expectations(struct chaos *c)
{
	struct nf_ct_helper_expectfn *fn;
	struct nf_conntrack_expect *exp;
	u32 i, port, bad = 0, orphan = 0;

	rcu_read_lock();
	fn = nf_ct_helper_expectfn_find_by_name(SIPALG_NAME);
	spin_lock_bh(&nf_conntrack_expect_lock);
	for (i = 0; fn && i < nf_ct_expect_hsize; i++)
		hlist_for_each_entry(exp, &nf_ct_expect_hash[i], hnode) {
			port = ntohs(exp->tuple.dst.u.all);
			if (exp->expectfn != fn->expectfn)
				continue;
			if (exp->class != SIPALG_PINHOLE_SIGNALLING && !test_bit(port, c->owned))
				bad = port;
			if (!lab_is_reserved_at(c->lab, destination(exp)))
				orphan = port;
		}
	spin_unlock_bh(&nf_conntrack_expect_lock);
	rcu_read_unlock();
	if (bad)
		broken(c, "an expectation whose call has no such pinhole, at port", bad);
	if (orphan)
		broken(c, "an expectation without a pinhole, at port", orphan);
}

static void check(struct chaos *c)
{
	u64 added = lab_count(c->lab, SIPALG_STAT_CALLS_ADDED);
	u64 ended = lab_count(c->lab, SIPALG_STAT_CALLS_ENDED);
	u32 alive = look_at_calls(c);

	if (added - ended != alive)
		broken(c, "calls_added - calls_ended is not the number of live calls", alive);
	look_at_expectations(c);
}

/* All time passes: nothing is left. */
static void check_end(struct chaos *c)
{
	struct lab *lab = c->lab;
	u32 i;

	for (i = 0; i < 4; i++)
		lab_wait(lab, LAB_FOREVER_S);
	if (sipalg_call_gc(lab->sn))
		broken(c, "a call is left", 0);
	if (sipalg_binding_gc(lab->sn))
		broken(c, "a binding is left", 0);
	if (lab_waiting(lab, 0))
		broken(c, "expectations are left", lab_waiting(lab, 0));
	if (lab_count(lab, SIPALG_STAT_CALLS_ADDED) != lab_count(lab, SIPALG_STAT_CALLS_ENDED))
		broken(c, "calls_added is not calls_ended", 0);
	if (lab_count(lab, SIPALG_STAT_BINDINGS_ADDED) !=
	    lab_count(lab, SIPALG_STAT_BINDINGS_ENDED))
		broken(c, "bindings_added is not bindings_ended", 0);
	if (lab_count(lab, SIPALG_STAT_PINHOLES_OPENED) !=
	    lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED))
		broken(c, "pinholes_opened is not pinholes_closed", 0);
	c->since = c->n;
}

/* ---- cases ------------------------------------------------------------------------- */

static void begin_call(struct chaos *c, struct slot *s)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->call, LAB_WORD_MAX, "s%u", c->n++);
	s->phone_calls = dice(c, 2);
	s->steps = STEPS / 2 + dice(c, STEPS);
}

static void begin_handful(struct chaos *c)
{
	u32 i;

	lab_flush(c->lab);
	lab_phone(c->lab, "OPTIONS 1 o -");
	for (i = 0; i < SLOTS; i++)
		begin_call(c, &c->slot[i]);
}

static struct chaos *chaos(struct kunit *test, u32 salt, bool is_wild)
{
	struct chaos *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, c);
	c->test = test;
	c->lab = test->priv;
	c->random = CHAOS_SEED * 2654435761U + salt;
	c->random |= 1;
	c->is_wild = is_wild;
	return c;
}

static void run(struct chaos *c)
{
	struct slot *s;
	u32 begun;

	kunit_info(c->test, "seed %u", CHAOS_SEED);
	while (c->n < CALLS && !c->has_failed) {
		begin_handful(c);
		for (begun = SLOTS; begun <= HANDFUL && !c->has_failed;) {
			s = &c->slot[dice(c, SLOTS)];
			step(c, s);
			if (s->steps)
				continue;
			check(c);
			begin_call(c, s);
			begun++;
			cond_resched();
		}
		check(c);
		check_end(c);
	}
	/* it was no idle talk */
	KUNIT_EXPECT_GT(c->test, lab_count(c->lab, SIPALG_STAT_PINHOLES_OPENED), 100);
	KUNIT_EXPECT_GT(c->test, lab_count(c->lab, SIPALG_STAT_BINDINGS_ADDED), 10);
	KUNIT_EXPECT_GT(c->test, lab_count(c->lab, SIPALG_STAT_PINHOLES_TAKEN), 10);
}

static void chaos_of_honest_parties(struct kunit *test)
{
	run(chaos(test, 1, false));
}

static void chaos_of_honest_parties_without_nat(struct kunit *test)
{
	struct chaos *c = chaos(test, 2, false);

	c->lab->is_nat = false;
	run(c);
}

static void chaos_of_wild_parties(struct kunit *test)
{
	run(chaos(test, 3, true));
}

static void chaos_of_more_wild_parties(struct kunit *test)
{
	run(chaos(test, 4, true));
}

static void chaos_without_nat(struct kunit *test)
{
	struct chaos *c = chaos(test, 5, true);

	c->lab->is_nat = false;
	run(c);
}

static void chaos_with_announced_media(struct kunit *test)
{
	struct chaos *c = chaos(test, 6, true);

	c->lab->set->media_source = SIPALG_MEDIA_ANNOUNCED;
	run(c);
}

static void chaos_with_signalling_media(struct kunit *test)
{
	struct chaos *c = chaos(test, 7, true);

	c->lab->set->media_source = SIPALG_MEDIA_SIGNALLING;
	c->lab->set->signalling_source = SIPALG_SIGNALLING_REGISTRAR;
	run(c);
}

static void chaos_with_short_times(struct kunit *test)
{
	struct chaos *c = chaos(test, 8, true);

	c->lab->set->invite_timeout = 5;
	c->lab->set->ringing_timeout = 10;
	c->lab->set->call_timeout = 60;
	c->lab->set->call_max_duration = 40;
	c->lab->set->dead_call_timeout = 20;
	c->lab->set->media_timeout = 4;
	c->lab->set->hold_timeout = 8;
	c->lab->set->signalling_source = SIPALG_SIGNALLING_LEARNED;
	run(c);
}

/* Full tables: what does not fit opens nothing, and takes nothing with it. */
static void chaos_in_narrow_tables(struct kunit *test)
{
	struct chaos *c = chaos(test, 9, true);

	c->lab->set->calls_max = 3;
	c->lab->set->pinholes_max = 7;
	c->lab->set->pinholes_per_call = 4;
	c->lab->set->bindings_max = 1;
	run(c);
}

static void chaos_with_a_mapped_port(struct kunit *test)
{
	struct chaos *c = chaos(test, 10, true);

	c->lab->mapped_port = 6060;
	run(c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(chaos_of_honest_parties),
	KUNIT_CASE(chaos_of_honest_parties_without_nat),
	KUNIT_CASE(chaos_of_wild_parties),
	KUNIT_CASE(chaos_of_more_wild_parties),
	KUNIT_CASE(chaos_without_nat),
	KUNIT_CASE(chaos_with_announced_media),
	KUNIT_CASE(chaos_with_signalling_media),
	KUNIT_CASE(chaos_with_short_times),
	KUNIT_CASE(chaos_in_narrow_tables),
	KUNIT_CASE(chaos_with_a_mapped_port),
	{}
};

struct kunit_suite sipalg_chaos_suite = {
	.name = "sipalg_chaos",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
