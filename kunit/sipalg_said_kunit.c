// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptions that say again what was agreed (sipalg_said.h): they are published as before and
 * change nothing, and whatever might be different is read.
 */
#include <net/netfilter/nf_conntrack_core.h>

#include "sip_step.h"
#include "sipalg_pinhole.h"
#include "sipalg_lab.h"

static struct lab_end peer(void)
{
	return lab_end("203.0.113.9", 6000);
}

/* A message of a side, and the steps that it has taken. */
static u32 say(struct lab *lab, const char *fmt, u32 cseq, bool is_phone)
{
	char line[96];
	u32 before;

	snprintf(line, sizeof(line), fmt, cseq);
	cancel_delayed_work_sync(&lab->sn->gc);
	lab_settle(lab);
	before = sipalg_steps;
	if (is_phone)
		lab_phone(lab, line);
	else
		lab_proxy(lab, line);
	return sipalg_steps - before;
}

#define ANSWER	"200 INVITE %u a b audio=6000 at=203.0.113.9"

/* The phone refreshes its session.  Return: the steps of the INVITE and of its answer. */
static u32 refresh(struct lab *lab, u32 cseq)
{
	u32 steps = say(lab, "INVITE %u a b audio=4000", cseq, true);

	KUNIT_EXPECT_EQ(lab->test, (int)lab_audio(lab), 4000);
	KUNIT_EXPECT_TRUE(lab->test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
	KUNIT_EXPECT_TRUE(lab->test, lab_has(lab, "o=- 1 1 IN IP4 203.0.113.1\r\n"));
	steps += say(lab, ANSWER, cseq, false);
	say(lab, "ACK %u a b", cseq, true);
	return steps;
}

/* A call that is up and was refreshed, so that both descriptions are known; CSeq 1 to 3. */
static struct lab *call_up(struct kunit *test)
{
	struct lab *lab = test->priv;

	say(lab, "INVITE %u a - audio=4000", 1, true);
	say(lab, ANSWER, 1, false);
	say(lab, "ACK %u a b", 1, true);
	refresh(lab, 2);
	refresh(lab, 3);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	return lab;
}

static void said_again_is_not_read(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 first, again, i;

	say(lab, "INVITE %u a - audio=4000", 1, true);
	say(lab, ANSWER, 1, false);
	first = refresh(lab, 2);
	again = refresh(lab, 3);
	KUNIT_EXPECT_LT(test, again, first);
	for (i = 4; i < 8; i++)
		KUNIT_EXPECT_LT(test, refresh(lab, i), first);
	/* the other side says it again, too */
	say(lab, "INVITE %u b a audio=6000 at=203.0.113.9", 1, false);
	say(lab, "200 INVITE %u b a audio=4000", 1, true);
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 200);
	lab_wait(lab, 200);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, peer(), 4000), 4000);
}

/* A refusal of what was agreed changes nothing, and neither does a copy. */
static void said_again_is_refused(struct kunit *test)
{
	struct lab *lab = call_up(test);

	say(lab, "INVITE %u a b audio=4000", 4, true);
	say(lab, "INVITE %u a b audio=4000", 4, true);
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4000);
	say(lab, "488 INVITE %u a b", 4, false);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	/* a copy with another description opens nothing (SECURITY P10) */
	say(lab, "INVITE %u a b audio=4444", 4, true);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4444));
	refresh(lab, 5);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	/* what was refused is not what was agreed: the same offer is read again */
	say(lab, "INVITE %u a b audio=4020", 6, true);
	say(lab, "488 INVITE %u a b", 6, false);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4020));
	say(lab, "INVITE %u a b audio=4020", 7, true);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4020), 1);
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4020);
}

/* Another port is another stream; the first one is opened again when it is named again. */
static void said_otherwise_is_read(struct kunit *test)
{
	struct lab *lab = call_up(test);

	say(lab, "INVITE %u a b audio=4010", 4, true);
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4010);
	say(lab, ANSWER, 4, false);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4010), 1);
	say(lab, "INVITE %u a b audio=4000", 5, true);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	say(lab, ANSWER, 5, false);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4010));
	/* refused, it falls back to what was agreed */
	say(lab, "INVITE %u a b audio=4020", 6, true);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 4020));
	say(lab, "488 INVITE %u a b", 6, false);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4020));
	refresh(lab, 7);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	/* the peer is elsewhere, and then where it was */
	say(lab, "INVITE %u b a audio=6100 at=203.0.113.77", 1, false);
	say(lab, "200 INVITE %u b a audio=4000", 1, true);
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, lab_end("203.0.113.77", 6100)), 4000);
	say(lab, "INVITE %u b a audio=6000 at=203.0.113.9", 2, false);
	say(lab, "200 INVITE %u b a audio=4000", 2, true);
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, peer()), 4000);
}

/* Held, a stream may be silent for long; resumed, it may not. */
static void said_again_is_held(struct kunit *test)
{
	struct lab *lab = call_up(test);

	lab->set->media_timeout = 120;
	lab->set->hold_timeout = 7200;
	lab_media_in(lab, peer(), 4000);
	say(lab, "INVITE %u a b audio=4000 dir=sendonly", 4, true);
	say(lab, ANSWER, 4, false);
	say(lab, "INVITE %u a b audio=4000 dir=sendonly", 5, true);
	say(lab, ANSWER, 5, false);
	lab_wait(lab, 10);
	lab_wait(lab, 200);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	refresh(lab, 6);
	lab_wait(lab, 10);
	lab_wait(lab, 200);
	lab_wait(lab, 10);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
}

/* The pinholes follow the call to another connection, though the description is the same. */
static void said_again_over_another_connection(struct kunit *test)
{
	struct lab *lab = call_up(test);
	struct nf_conn *old = lab_master(lab);

	KUNIT_ASSERT_NOT_NULL(test, old);
	lab->phone.port = 5062;
	say(lab, "OPTIONS %u o -", 1, true);
	refresh(lab, 4);
	nf_ct_delete(old, 0, 0);
	nf_ct_put(old);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_wait(lab, 11);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
	lab->phone.port = 5060;
}

/* After a flush the refresh arms what is missing, or the tick after it. */
static void said_again_after_a_flush(struct kunit *test)
{
	struct lab *lab = call_up(test);

	lab_flush(lab);
	refresh(lab, 4);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
	refresh(lab, 5);
	lab_flush(lab);
	say(lab, "OPTIONS %u o -", 1, true);
	refresh(lab, 6);
	lab_wait(lab, 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
}

/* A mapping of another call in a description is led back as long as that call has it. */
static void said_again_of_another_call(struct kunit *test)
{
	static const char answer[] = "200 INVITE %u a b call=two audio=4000 at=203.0.113.1";
	struct lab *lab = call_up(test);
	u32 i;

	say(lab, "INVITE %u a - call=two audio=5000", 1, true);
	for (i = 1; i < 5; i++) {
		if (i > 1)
			say(lab, "INVITE %u a b call=two audio=5000", i, true);
		say(lab, answer, i, false);
		KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	}
	say(lab, "BYE %u a b", 9, true);
	say(lab, "200 BYE %u a b", 9, false);
	say(lab, "INVITE %u a b call=two audio=5000", 5, true);
	say(lab, answer, 5, false);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(said_again_is_not_read),
	KUNIT_CASE(said_again_is_refused),
	KUNIT_CASE(said_otherwise_is_read),
	KUNIT_CASE(said_again_is_held),
	KUNIT_CASE(said_again_over_another_connection),
	KUNIT_CASE(said_again_after_a_flush),
	KUNIT_CASE(said_again_of_another_call),
	{}
};

struct kunit_suite sipalg_said_suite = {
	.name = "sipalg_said",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
