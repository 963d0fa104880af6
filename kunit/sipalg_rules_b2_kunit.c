// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_rules_b2: what costs nothing proves nothing (docs/security.md B2).  Strangers outside
 * send to a registered phone, whose address alone is charged.
 */
#include <linux/inet.h>

#include "sipalg_rules.h"

enum { QUOTA = 4 };	/* calls_per_host */

/* A phone that is registered, and may have so many calls. */
static struct lab *registered(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->trunks.n = 0;
	lab->set->calls_per_host = QUOTA;
	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 1);
	return lab;
}

/* What a stranger asks, or is told: @line is in order, "%u" in it is the number of his call. */
static void stranger_asks(struct lab *lab, u32 i, const char *fmt)
{
	struct lab_end proxy = lab->proxy;
	char line[64];

	lab->proxy = stranger(i % 3);
	snprintf(line, sizeof(line), "%s call=s%u", fmt, i);
	lab_proxy(lab, line);
	lab->proxy = proxy;
}

static void stranger_is_told(struct lab *lab, u32 i, const char *fmt)
{
	struct lab_end proxy = lab->proxy;
	char line[64];

	lab->proxy = stranger(i % 3);
	snprintf(line, sizeof(line), "%s call=s%u", fmt, i);
	lab_phone(lab, line);
	lab->proxy = proxy;
}

static int state_of_stranger(struct lab *lab, u32 i)
{
	char id[8];

	snprintf(id, sizeof(id), "s%u", i);
	return lab_call(lab, id, "x").state;
}

/* So many strangers' calls, of which the phone has said what it says at once. */
static void strangers_call(struct lab *lab, u32 from, u32 n, const char *status)
{
	char line[32];
	u32 i;

	snprintf(line, sizeof(line), "%s INVITE 1 x %s", status, status[0] == '1' ? "-" : "y");
	for (i = from; i < from + n; i++) {
		stranger_asks(lab, i, "INVITE 1 x -");
		KUNIT_EXPECT_EQ_MSG(lab->test, state_of_stranger(lab, i), (int)SIP_CALL_TRYING,
				    "%u", i);
		stranger_is_told(lab, i, line);
	}
}

/* "100 Trying" is said to anybody: it keeps nobody's place. */
static void rule_b2_trying(struct kunit *test)
{
	struct lab *lab = registered(test);

	strangers_call(lab, 0, 3 * QUOTA, "100");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_QUOTA), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 2 * QUOTA);
	/* the phone's own call finds its place, and keeps it with no more than a 100 either */
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	lab_proxy(lab, "100 INVITE 1 a -");
	strangers_call(lab, 3 * QUOTA, 3 * QUOTA, "100");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIP_CALL_TRYING);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIP_CALL_UP);
	/* a call that is set up slowly has the time that ringing has */
	stranger_asks(lab, 90, "INVITE 1 x -");
	stranger_is_told(lab, 90, "100 INVITE 1 x -");
	lab_wait(lab, 200);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIP_CALL_TRYING);
	lab_wait(lab, 20);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIP_CALL_ENDED);
}

/* A challenge says that the caller has proved nothing yet. */
static void rule_b2_challenge(struct kunit *test)
{
	struct lab *lab = registered(test);

	strangers_call(lab, 0, 2 * QUOTA, "401");
	strangers_call(lab, 2 * QUOTA, 2 * QUOTA, "407");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_QUOTA), 0);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	lab_proxy(lab, "180 INVITE 1 a b");
	/* it rang before: then it is half-open again, and for 32 s */
	stranger_asks(lab, 90, "INVITE 1 x -");
	stranger_is_told(lab, 90, "180 INVITE 1 x y");
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIP_CALL_RINGING);
	stranger_is_told(lab, 90, "407 INVITE 1 x y");
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIP_CALL_TRYING);
	lab_wait(lab, 34);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIP_CALL_ENDED);
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIP_CALL_RINGING);
}

/* Who is asked for credentials, and has them, is called on; another branch rings on. */
static void rule_b2_challenge_that_is_met(struct kunit *test)
{
	struct lab *lab = registered(test);

	stranger_asks(lab, 0, "INVITE 1 x -");
	stranger_is_told(lab, 0, "407 INVITE 1 x y");
	lab_wait(lab, 20);
	stranger_asks(lab, 0, "INVITE 2 x -");
	lab_wait(lab, 30);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 0), (int)SIP_CALL_TRYING);
	stranger_is_told(lab, 0, "180 INVITE 2 x z");
	lab_wait(lab, 100);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 0), (int)SIP_CALL_RINGING);
	stranger_asks(lab, 1, "INVITE 1 x - branch=one");
	stranger_asks(lab, 1, "INVITE 1 x - branch=two");
	stranger_is_told(lab, 1, "180 INVITE 1 x y branch=one");
	stranger_is_told(lab, 1, "407 INVITE 1 x z branch=two");
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 1), (int)SIP_CALL_RINGING);
}

/* What rings keeps its place; a tag is what tells who rings. */
static void rule_b2_ringing(struct kunit *test)
{
	struct lab *lab = registered(test);
	u32 i;

	strangers_call(lab, 0, QUOTA, "180");	/* without a tag */
	for (i = 10; i < 10 + QUOTA; i++) {
		stranger_asks(lab, i, "INVITE 1 x -");
		stranger_is_told(lab, i, "180 INVITE 1 x y");
	}
	for (i = 0; i < QUOTA; i++)
		KUNIT_EXPECT_EQ(test, state_of_stranger(lab, i), -1);
	for (i = 10; i < 10 + QUOTA; i++)
		KUNIT_EXPECT_EQ(test, state_of_stranger(lab, i), (int)SIP_CALL_RINGING);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_QUOTA), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b2_trying),
	KUNIT_CASE(rule_b2_challenge),
	KUNIT_CASE(rule_b2_challenge_that_is_met),
	KUNIT_CASE(rule_b2_ringing),
	{}
};

static struct kunit_suite sipalg_rules_b2_suite = {
	.name = "sipalg_rules_b2",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};

kunit_test_suites(&sipalg_rules_b2_suite);
