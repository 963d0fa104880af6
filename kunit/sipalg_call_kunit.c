// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call: what messages and time do to a call (BEHAVIOUR 4 and 5, SECURITY M5, P9,
 * P10).  Most cases tell the machine alone of a message; where media or the way of
 * an answer counts, whole messages pass the router.
 */
#include <linux/errno.h>

#include "sip_method.h"
#include "sipalg_lab.h"

#define EXPECT_STATE(lab, want)	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)(want))

/* The machine hears of a message and says what it may do. */
static void tell(struct lab *lab, const char *line, int want)
{
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_tell(lab, line), want, "%s", line);
}

static void expect_reason(struct lab *lab, enum sipalg_call_reason want)
{
	struct lab_call call = lab_call(lab, "one", "a");

	KUNIT_EXPECT_EQ(lab->test, call.state, (int)SIPALG_CALL_ENDED);
	KUNIT_EXPECT_EQ(lab->test, call.reason, (int)want);
	KUNIT_EXPECT_TRUE(lab->test, call.is_empty);
}

/* The call has @want seconds left, give or take what the test itself takes. */
static void expect_left(struct lab *lab, u32 want)
{
	u32 left = lab_call(lab, "one", "a").left_s;

	KUNIT_EXPECT_TRUE_MSG(lab->test, left <= want && left + 3 >= want, "%u, not %u", left,
			      want);
}

/* A call that is up: INVITE 1 from a, answered by b. */
static struct lab *call_up(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "180 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "ACK 1 a b", SIPALG_CALL_MAY_OPEN);
	return lab;
}

/* The same through the router, with media of both. */
static struct lab *call_up_with_media(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab_phone(lab, "ACK 1 a b");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	return lab;
}

/* ---- a dialog from begin to end ---------------------------------------------------- */

static void call_lives(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_TRYING);
	expect_left(lab, 32);
	tell(lab, "100 INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "180 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	expect_left(lab, 210);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	expect_left(lab, 43200);
	tell(lab, "ACK 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	tell(lab, "200 BYE 2 a b", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
	expect_left(lab, 32);
	lab_wait(lab, 33);
	EXPECT_STATE(lab, -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_OUT_OF_DIALOG), 0);
}

static void call_is_hung_up_by_the_callee(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "BYE 1 b a", SIPALG_CALL_IN_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	tell(lab, "200 BYE 1 b a", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

/* RFC 3261 17: each message may come again, and means the same. */
static void call_takes_retransmissions(struct kunit *test)
{
	struct lab *lab = test->priv;
	int i;

	for (i = 0; i < 3; i++)
		tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	for (i = 0; i < 3; i++)
		tell(lab, "180 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	for (i = 0; i < 3; i++)
		tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	for (i = 0; i < 3; i++)
		tell(lab, "ACK 1 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	for (i = 0; i < 3; i++)
		tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	for (i = 0; i < 3; i++)
		tell(lab, "200 BYE 2 a b", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ENDED), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_OUT_OF_DIALOG), 0);
}

static void call_begins_with_an_invite_alone(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a b", -ENOENT);
	tell(lab, "BYE 1 a b", -ENOENT);
	tell(lab, "BYE 1 a -", -ENOENT);
	tell(lab, "ACK 1 a b", -ENOENT);
	tell(lab, "UPDATE 1 a -", -ENOENT);
	tell(lab, "CANCEL 1 a -", -ENOENT);
	tell(lab, "200 INVITE 1 a b", -ENOENT);
	tell(lab, "183 INVITE 1 a -", -ENOENT);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED), 0);
}

static void call_takes_no_late_message(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 2 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "INVITE 3 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "INVITE 1 a -", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "180 INVITE 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "UPDATE 3 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "BYE 3 b a", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "ACK 1 a b", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_OUT_OF_DIALOG), 6);
}

/* RFC 3262 and 3311: offers and answers before the call is answered. */
static void call_has_early_requests(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "183 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "PRACK 2 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 PRACK 2 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "UPDATE 3 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 UPDATE 3 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "UPDATE 1 b a", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 UPDATE 1 b a", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "ACK 1 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

/* The answer to the INVITE counts, however many requests came in between, answered or not. */
static void call_remembers_the_invite(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[32];
	int i;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	for (i = 2; i < 2 + 4 * SIPALG_CALL_TXS; i++) {
		tell(lab, "183 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
		sprintf(line, "PRACK %d a b", i);
		tell(lab, line, SIPALG_CALL_MAY_OPEN);
		sprintf(line, "200 PRACK %d a b", i);
		if (i < 2 + 2 * SIPALG_CALL_TXS)
			tell(lab, line, SIPALG_CALL_MAY_OPEN);
	}
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

/* ---- what does not fit ------------------------------------------------------------- */

static void call_refuses_stale_numbers(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 5 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 4 a -", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 INVITE 5 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "BYE 4 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "BYE 5 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 BYE 4 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 BYE 5 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "UPDATE 4 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "INVITE 4 a b", SIPALG_CALL_OUT_OF_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	expect_left(lab, 43200);
	/* each side counts by itself (RFC 3261 12.2.1.1) */
	tell(lab, "UPDATE 1 b a", SIPALG_CALL_MAY_OPEN);
	tell(lab, "BYE 2 b a", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 2 b a", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

static void call_refuses_wrong_tags(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "BYE 2 a x", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 BYE 2 a x", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "BYE 2 x a", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 BYE 2 x a", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "BYE 2 a -", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "BYE 2 x y", -ENOENT);
	tell(lab, "BYE 2 - a", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "INVITE 2 a x", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "INVITE 2 x a", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "UPDATE 2 a x", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "ACK 1 a x", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "CANCEL 1 a - branch=other", SIPALG_CALL_OUT_OF_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	expect_left(lab, 43200);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ENDED), 0);
}

/* SECURITY M5: an answer to what was not asked, or with another branch, changes nothing. */
static void call_refuses_unasked_answers(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 1 a b branch=other", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "180 INVITE 1 a b branch=other", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "486 INVITE 1 a b branch=other", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 INVITE 2 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 INVITE 1 b a", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 PRACK 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 BYE 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_TRYING);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

/* SECURITY M5: an answer comes from the side that was asked. */
static void call_refuses_answers_to_oneself(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_phone(lab, "200 INVITE 1 a b audio=4100");
	EXPECT_STATE(lab, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 0);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

/* SECURITY M5: and over the connection of the request, or from where that was sent to. */
static void call_refuses_answers_of_others(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end proxy = lab->proxy;

	lab->proxy = lab_end("203.0.113.77", 5060);
	lab_phone(lab, "OPTIONS 1 o -");	/* a connection to somebody else */
	lab->proxy = proxy;
	call_up_with_media(test);
	lab_phone(lab, "BYE 2 a b");
	lab->proxy = lab_end("203.0.113.77", 5060);
	lab_proxy(lab, "200 BYE 2 a b");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab->proxy = proxy;
	lab_proxy(lab, "200 BYE 2 a b");
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

/* ---- hanging up -------------------------------------------------------------------- */

static const struct {
	u16 status;
	bool ends;
} bye_answers[] = {
	{ 100, false }, { 200, true }, { 202, true }, { 302, false }, { 401, false },
	{ 407, false }, { 403, false }, { 408, true }, { 481, true }, { 491, false },
	{ 500, false }, { 503, false }, { 603, false },
};

static void call_ends_by_the_answer_to_bye(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_call call;
	char line[64], id[8];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bye_answers); i++) {
		sprintf(id, "c%u", i);
		sprintf(line, "INVITE 1 a - call=%s", id);
		tell(lab, line, SIPALG_CALL_MAY_OPEN);
		sprintf(line, "200 INVITE 1 a b call=%s", id);
		tell(lab, line, SIPALG_CALL_MAY_OPEN);
		sprintf(line, "BYE 2 a b call=%s", id);
		tell(lab, line, SIPALG_CALL_IN_ORDER);
		sprintf(line, "%u BYE 2 a b call=%s", bye_answers[i].status, id);
		tell(lab, line, SIPALG_CALL_IN_ORDER);
		call = lab_call(lab, id, "a");
		KUNIT_EXPECT_EQ_MSG(test, call.state, bye_answers[i].ends ? (int)SIPALG_CALL_ENDED :
							     (int)SIPALG_CALL_UP, "%s", line);
	}
}

/* Both parties are behind this router: the proxy sends the BYE on, with a Via of its own. */
static void call_ends_by_a_bye_that_passes_twice(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "BYE 2 a b branch=hop", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 2 a b branch=hop", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
	tell(lab, "200 BYE 2 a b", SIPALG_CALL_IN_ORDER);
}

static void call_stands_a_bye_alone(struct kunit *test)
{
	struct lab *lab = call_up_with_media(test);

	lab_phone(lab, "BYE 2 a b");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 20);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "200 BYE 2 a b");
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static void call_ends_by_a_bye_unanswered(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	lab_wait(lab, 31);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_wait(lab, 2);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

/* A BYE that was refused did not hang up (SECURITY P9): the call goes on. */
static void call_goes_on_after_a_refused_bye(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "407 BYE 2 a b", SIPALG_CALL_IN_ORDER);
	lab_wait(lab, 40);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	/* with credentials, later than 32 s */
	tell(lab, "BYE 3 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 3 a b", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

static void call_ends_alone(struct kunit *test)
{
	struct lab *lab = call_up_with_media(test);

	lab_phone(lab, "INVITE 1 a - call=two audio=4100");
	lab_proxy(lab, "200 INVITE 1 a b call=two audio=6100");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 4);
	lab_phone(lab, "BYE 2 a b");
	lab_proxy(lab, "200 BYE 2 a b");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100) + lab_waiting(lab, 4101), 2);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "two", "a").state, (int)SIPALG_CALL_UP);
}

/* The Call-ID names no call by itself: the caller's tag does, too. */
static void call_has_a_tag_of_its_own(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "INVITE 1 z -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 1 z b", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED), 2);
	tell(lab, "BYE 2 z b", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 2 z b", SIPALG_CALL_IN_ORDER);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "z").state, (int)SIPALG_CALL_ENDED);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

/* ---- refusals and CANCEL ----------------------------------------------------------- */

static void call_ends_by_a_final_failure(struct kunit *test)
{
	static const u16 failures[] = { 302, 403, 404, 408, 480, 486, 487, 503, 600, 603 };
	struct lab *lab = test->priv;
	struct lab_call call;
	char line[64], id[8];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		sprintf(id, "f%u", i);
		sprintf(line, "INVITE 1 a - call=%s audio=%u", id, 4000 + 2 * i);
		lab_phone(lab, line);
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
		sprintf(line, "%u INVITE 1 a b call=%s", failures[i], id);
		lab_proxy(lab, line);
		call = lab_call(lab, id, "a");
		KUNIT_EXPECT_EQ_MSG(test, call.state, (int)SIPALG_CALL_ENDED, "%s", line);
		KUNIT_EXPECT_EQ(test, call.reason, (int)SIPALG_CALL_REFUSED);
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	}
}

/* Asked for credentials: the same call tries again, from the same port. */
static void call_stands_a_challenge(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "407 INVITE 1 a x");
	EXPECT_STATE(lab, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_phone(lab, "ACK 1 a x");
	lab_phone(lab, "INVITE 2 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "401 INVITE 2 a y");
	lab_phone(lab, "INVITE 3 a - audio=4000");
	lab_proxy(lab, "200 INVITE 3 a b audio=6000");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 3);
}

static void call_is_cancelled(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b");
	lab_phone(lab, "CANCEL 1 a -");
	lab_proxy(lab, "200 CANCEL 1 a b");
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "487 INVITE 1 a b");
	expect_reason(lab, SIPALG_CALL_REFUSED);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "ACK 1 a b");
	expect_reason(lab, SIPALG_CALL_REFUSED);
}

/* RFC 3261 9.1: the 200 was faster than the CANCEL. */
static void call_is_answered_despite_cancel(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_phone(lab, "CANCEL 1 a -");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab_proxy(lab, "481 CANCEL 1 a -");
	lab_phone(lab, "ACK 1 a b");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	/* a 487 that is too late changes nothing */
	lab_proxy(lab, "487 INVITE 1 a b");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* RFC 3261 8.1.3.4: the caller follows a redirection under the same Call-ID. */
static void call_begins_again(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "302 INVITE 1 a x");
	lab_phone(lab, "ACK 1 a x");
	expect_reason(lab, SIPALG_CALL_REFUSED);
	lab_phone(lab, "INVITE 1 a - audio=4000");	/* an old one, once more */
	expect_reason(lab, SIPALG_CALL_REFUSED);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "INVITE 2 a - audio=4000");
	EXPECT_STATE(lab, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "200 INVITE 2 a b audio=6000");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED), 2);
}

/* ---- forks ------------------------------------------------------------------------- */

static void call_forks(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "180 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "183 INVITE 1 a c", SIPALG_CALL_MAY_OPEN);
	tell(lab, "180 INVITE 1 a d", SIPALG_CALL_MAY_OPEN);
	tell(lab, "PRACK 2 a c", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 PRACK 2 a c", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	tell(lab, "200 INVITE 1 a c", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	/* a second one answers: the caller hangs that branch up, not the call */
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "ACK 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "BYE 2 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "200 BYE 2 a b", SIPALG_CALL_OUT_OF_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	expect_left(lab, 43200);
	tell(lab, "BYE 3 a c", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 3 a c", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

/* The phone answers under several tags, as a proxy behind NAT does for its phones. */
static void call_drops_the_media_of_losers(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "OPTIONS 1 o -");
	lab_proxy(lab, "INVITE 1 a - audio=6000");
	lab_phone(lab, "183 INVITE 1 a b audio=4000");
	lab_phone(lab, "183 INVITE 1 a c audio=4100");
	lab_phone(lab, "183 INVITE 1 a d audio=4200");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 6);
	lab_phone(lab, "200 INVITE 1 a c audio=4100");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	lab_phone(lab, "200 INVITE 1 a b audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* One of two branches refuses: the other one rings on. */
static void call_stands_the_refusal_of_a_branch(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "OPTIONS 1 o -");
	lab_proxy(lab, "INVITE 1 a - branch=p1 audio=6000");
	lab_proxy(lab, "INVITE 1 a - branch=p2 audio=6000");
	lab_phone(lab, "183 INVITE 1 a b branch=p1 audio=4000");
	lab_phone(lab, "183 INVITE 1 a c branch=p2 audio=4100");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 4);
	lab_phone(lab, "486 INVITE 1 a b branch=p1");
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	lab_phone(lab, "200 INVITE 1 a c branch=p2 audio=4100");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* RFC 3261 15: before an answer a BYE ends a branch, and the others ring on. */
static void call_stands_a_bye_to_a_branch(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "183 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "183 INVITE 1 a c", SIPALG_CALL_MAY_OPEN);
	tell(lab, "BYE 2 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 2 a b", SIPALG_CALL_IN_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	expect_left(lab, 210);
	tell(lab, "200 INVITE 1 a c", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

/* ---- re-INVITE --------------------------------------------------------------------- */

static void call_stands_a_refused_reinvite(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "INVITE 2 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "491 INVITE 2 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "ACK 2 a b", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	expect_left(lab, 43200);
	tell(lab, "INVITE 1 b a", SIPALG_CALL_MAY_OPEN);
	tell(lab, "100 INVITE 1 b a", SIPALG_CALL_MAY_OPEN);
	tell(lab, "488 INVITE 1 b a", SIPALG_CALL_IN_ORDER);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	tell(lab, "INVITE 2 b a", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 2 b a", SIPALG_CALL_MAY_OPEN);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	expect_left(lab, 43200);
}

/* SECURITY P10: an offer that is refused opens nothing for good. */
static void call_falls_back_to_what_was_agreed(struct kunit *test)
{
	struct lab *lab = call_up_with_media(test);

	lab_phone(lab, "INVITE 2 a b audio=4100");
	lab_proxy(lab, "488 INVITE 2 a b");
	lab_phone(lab, "ACK 2 a b");
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100) + lab_waiting(lab, 4101), 0);
}

/* ---- timers: BEHAVIOUR 5 ----------------------------------------------------------- */

static void call_gets_no_answer(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_wait(lab, 31);
	EXPECT_STATE(lab, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 2);
	expect_reason(lab, SIPALG_CALL_NO_ANSWER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);

	lab->set->invite_timeout = 100;
	tell(lab, "INVITE 2 a -", SIPALG_CALL_MAY_OPEN);
	expect_left(lab, 100);
}

static void call_rings_out(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->ringing_timeout = 60;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b");
	lab_wait(lab, 59);
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	lab_proxy(lab, "180 INVITE 1 a b");	/* RFC 3261 13.3.1.1: still there */
	lab_wait(lab, 59);
	EXPECT_STATE(lab, SIPALG_CALL_RINGING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 2);
	expect_reason(lab, SIPALG_CALL_RANG_OUT);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static void call_times_out(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->call_timeout = 600;
	call_up(test);
	lab_wait(lab, 599);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_wait(lab, 2);
	expect_reason(lab, SIPALG_CALL_TIMED_OUT);
}

/* "refreshed by signalling": by any request of the dialog and its answer */
static void call_is_refreshed(struct kunit *test)
{
	static const char * const refresh[] = { "INVITE", "UPDATE", "INFO", "OPTIONS" };
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	lab->set->call_timeout = 600;
	call_up(test);
	for (i = 0; i < 3; i++) {
		lab_wait(lab, 500);
		EXPECT_STATE(lab, SIPALG_CALL_UP);
		sprintf(line, "%s %u a b", refresh[i], 2 + i);
		lab_tell(lab, line);
		sprintf(line, "200 %s %u a b", refresh[i], 2 + i);
		lab_tell(lab, line);
		KUNIT_EXPECT_GT_MSG(test, lab_call(lab, "one", "a").left_s, 590, "%s", line);
	}
}

static const struct {
	const char *expires;
	u32 life_s;
} sessions[] = {
	{ "1800", 1800 + 600 }, { "300", 400 }, { "120", 120 + 40 }, { "96", 96 + 32 },
	{ "90", 90 + 32 }, { "60", 90 + 32 }, { "1", 90 + 32 },
};

static void call_has_a_session_timer(struct kunit *test)
{
	struct lab *lab = call_up(test);
	char line[64];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sessions); i++) {
		sprintf(line, "INVITE %u a b", 2 + i);
		tell(lab, line, SIPALG_CALL_MAY_OPEN);
		sprintf(line, "200 INVITE %u a b se=%s", 2 + i, sessions[i].expires);
		tell(lab, line, SIPALG_CALL_MAY_OPEN);
		expect_left(lab, sessions[i].life_s);
	}
	/* RFC 4028 7.2: an answer without it ends the session timer */
	tell(lab, "INVITE 50 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 50 a b", SIPALG_CALL_MAY_OPEN);
	expect_left(lab, 43200);
	tell(lab, "INVITE 51 a b", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 51 a b se=90", SIPALG_CALL_MAY_OPEN);
	lab_wait(lab, 90 + 31);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_wait(lab, 2);
	expect_reason(lab, SIPALG_CALL_TIMED_OUT);
}

/* RFC 4028 7.4: an UPDATE refreshes the session, too, from either side. */
static void call_session_is_refreshed_by_update(struct kunit *test)
{
	struct lab *lab = test->priv;

	tell(lab, "INVITE 1 a -", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 INVITE 1 a b se=90", SIPALG_CALL_MAY_OPEN);
	lab_wait(lab, 80);
	tell(lab, "UPDATE 2 a b se=90", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 UPDATE 2 a b se=90", SIPALG_CALL_MAY_OPEN);
	expect_left(lab, 90 + 32);
	lab_wait(lab, 80);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	tell(lab, "UPDATE 1 b a se=90", SIPALG_CALL_MAY_OPEN);
	tell(lab, "200 UPDATE 1 b a se=90", SIPALG_CALL_MAY_OPEN);
	expect_left(lab, 90 + 32);
	lab_wait(lab, 80);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
}

static void call_is_too_long(struct kunit *test)
{
	struct lab *lab = test->priv;
	u16 port;

	lab->set->call_max_duration = 1000;
	call_up_with_media(test);
	port = lab_media_in(lab, lab->proxy, 4000);
	KUNIT_EXPECT_EQ(test, port, 4000);
	lab_wait(lab, 999);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_phone(lab, "INVITE 2 a b audio=4000");	/* does not help */
	lab_proxy(lab, "200 INVITE 2 a b audio=6000");
	lab_wait(lab, 2);
	expect_reason(lab, SIPALG_CALL_TOO_LONG);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	/* at a hard end media goes at once */
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
}

static void call_is_dead(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->dead_call_timeout = 300;
	call_up_with_media(test);
	lab_wait(lab, 299);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_phone(lab, "INFO 2 a b");		/* signalling is not silent */
	lab_wait(lab, 290);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_media_in(lab, lab->proxy, 4000);	/* nor is media */
	lab_wait(lab, 290);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	lab_wait(lab, 301);
	expect_reason(lab, SIPALG_CALL_DEAD);
}

static void call_is_ended_by_id(struct kunit *test)
{
	struct lab *lab = call_up_with_media(test);
	u32 id = lab_call(lab, "one", "a").id;

	KUNIT_EXPECT_EQ(test, sipalg_call_end_by_id(lab->sn, id + 1), -ENOENT);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 4000);
	KUNIT_EXPECT_EQ(test, sipalg_call_end_by_id(lab->sn, id), 0);
	expect_reason(lab, SIPALG_CALL_ADMIN);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
	KUNIT_EXPECT_EQ(test, sipalg_call_end_by_id(lab->sn, id), -ENOENT);
}

/* Who begins without being answered makes room; a call with any answer never does. */
static void calls_are_limited(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->calls_max = 2;
	tell(lab, "INVITE 1 a - call=c1", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 1 a - call=c2", SIPALG_CALL_MAY_OPEN);
	tell(lab, "180 INVITE 1 a b call=c1", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 1 a - call=c3", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 1);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "a").state, -1);
	tell(lab, "200 INVITE 1 a b call=c3", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 1 a - call=c4", -ENOSPC);
	tell(lab, "INVITE 1 a - call=c1", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_FULL), 1);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c4", "a").state, -1);
	/* where there is none, one that is over is forgotten early */
	tell(lab, "486 INVITE 1 a b call=c1", SIPALG_CALL_IN_ORDER);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, SIPALG_CALL_ENDED);
	tell(lab, "INVITE 1 a - call=c4", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 1);
	lab->set->calls_max = 0;
	tell(lab, "INVITE 1 a - call=c5", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 1 a - call=c6", SIPALG_CALL_MAY_OPEN);
}

/* What is over is only remembered; a call that nobody has answered may yet be. */
static void calls_that_are_over_go_before_half_open_ones(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->calls_max = 2;
	tell(lab, "INVITE 1 a - call=c1", SIPALG_CALL_MAY_OPEN);
	tell(lab, "486 INVITE 1 a b call=c1", SIPALG_CALL_IN_ORDER);
	tell(lab, "INVITE 1 a - call=c2", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 1 a - call=c3", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, -1);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "a").state, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 0);
	tell(lab, "INVITE 1 a - call=c4", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 1);
}

/* Where pinholes are scarce calls that nobody has answered give theirs. */
static void calls_make_room_for_media(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	lab->set->pinholes_max = 16;
	for (i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=m%u audio=%u", i, 4000 + 2 * i);
		lab_phone(lab, line);
		KUNIT_EXPECT_TRUE_MSG(test, lab_is_reserved(lab, 4000 + 2 * i), "%s", line);
		if (!i)
			lab_proxy(lab, "180 INVITE 1 a b call=m0");
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 0);
	KUNIT_EXPECT_LE(test, lab_reserved(lab), 16);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "m0", "a").state, SIPALG_CALL_RINGING);
}

/* What has no call passes as it came: nothing would be behind what it published. */
static void calls_over_the_limit_pass(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->calls_max = 1;
	tell(lab, "INVITE 1 a - call=c1", SIPALG_CALL_MAY_OPEN);
	tell(lab, "180 INVITE 1 a b call=c1", SIPALG_CALL_MAY_OPEN);
	lab_phone(lab, "INVITE 1 a - call=c2 audio=4000");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "Contact: <sip:u@192.168.1.2:5060>"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

/* ---- memory and time of many ------------------------------------------------------- */

/* What a slab takes for that object; nothing where there is none. */
static u32 slab_size(const void *p, size_t size)
{
	return p ? ALIGN(size, sizeof(void *)) : 0;
}

/* Of a pinhole; where it keeps the connection as its call does, that is counted there. */
static u32 memory_of_pinhole(const struct sipalg_call *call, const struct sipalg_pinhole *pin)
{
	bool is_shared = pin->master == call->flow[0] || pin->master == call->flow[1];

	return slab_size(pin, sizeof(*pin)) + slab_size(pin->more, sizeof(*pin->more)) +
	       (is_shared ? 0 : slab_size(pin->master, sizeof(*pin->master)));
}

/* All objects of a call.  A lock is counted as in a kernel that does not debug them. */
static u32 memory_of(struct sipalg_call *call)
{
	const u32 debug = sizeof(spinlock_t) - sizeof(u32);
	u32 i, sum = slab_size(call, sizeof(*call)) - debug +
		     slab_size(call->busy, sizeof(*call->busy)) +
		     slab_size(call->flow[0], sizeof(*call->flow[0]));
	const struct sipalg_call_media *media;

	if (call->flow[1] != call->flow[0])
		sum += slab_size(call->flow[1], sizeof(*call->flow[1]));
	if (call->n_contacts > 1)
		sum += SIPALG_CALL_CONTACTS * sizeof(*call->contacts);
	for (i = 0; i < call->n_contacts; i++) {
		const struct sipalg_pinhole *pin = sipalg_call_contacts(call)[i];

		/* one that a registration shares is there without a call, too */
		if (refcount_read(&pin->users) == 1)
			sum += memory_of_pinhole(call, pin) - debug;
	}
	list_for_each_entry(media, &call->media, node) {
		sum += slab_size(media, sizeof(*media)) +
		       slab_size(media->old, sizeof(*media->old));
		if (media->n > SIPALG_MEDIA_PINS)
			sum += media->n * sizeof(*media->many);
		for (i = 0; i < media->n; i++)
			sum += memory_of_pinhole(call, sipalg_call_media_pin(media, i)) - debug;
	}
	return sum;
}

static u32 memory_of_first_call(struct lab *lab)
{
	unsigned long id = 0;
	struct sipalg_call *call;
	u32 sum;

	rcu_read_lock();
	call = sipalg_call_next(lab->sn, &id);
	spin_lock_bh(&call->lock);
	sum = memory_of(call);
	spin_unlock_bh(&call->lock);
	rcu_read_unlock();
	return sum;
}

/* What a call takes that is up, and quiet, with media that flows. */
static u32 memory_of_quiet_call(struct kunit *test, bool is_registered)
{
	struct lab *lab = call_up_with_media(test);
	u32 size;

	if (is_registered) {
		lab->more = "Contact: <sip:bob@192.168.1.2:5060>;expires=600\r\n";
		lab_phone(lab, "REGISTER 1 a - call=reg");
		lab->more = "Contact: <sip:bob@203.0.113.1:5060>;expires=600\r\n";
		lab_proxy(lab, "200 REGISTER 1 a t call=reg");
		KUNIT_ASSERT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 1);
	}
	KUNIT_ASSERT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
	KUNIT_EXPECT_NE(test, (int)lab_media_out(lab, 4000, lab_end("203.0.113.2", 6000)), 0);
	KUNIT_EXPECT_NE(test, (int)lab_media_out(lab, 4001, lab_end("203.0.113.2", 6001)), 0);
	lab_wait(lab, SIPALG_CALL_LINGER_S + 1);
	EXPECT_STATE(lab, SIPALG_CALL_UP);
	size = memory_of_first_call(lab);
	kunit_info(test, "%u bytes\n", size);
	return size;
}

static void call_with_one_stream_is_small(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, memory_of_quiet_call(test, true), 1024u);
}

/* Who is not registered has no pinhole at the port of his connection but that of his calls. */
static void call_of_one_not_registered_has_a_pinhole_more(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, memory_of_quiet_call(test, false),
			1024u + (u32)sizeof(struct sipalg_pinhole));
}

/* What was asked is forgotten when nobody sends it again, and what is asked later is known. */
static void call_rests_and_goes_on(struct kunit *test)
{
	struct lab *lab = call_up(test);

	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_MAY_OPEN);	/* again */
	lab_wait(lab, SIPALG_CALL_LINGER_S + 1);
	tell(lab, "200 INVITE 1 a b", SIPALG_CALL_OUT_OF_ORDER);
	tell(lab, "INVITE 2 a b", SIPALG_CALL_MAY_OPEN);
	lab_wait(lab, SIPALG_CALL_LINGER_S + 1);
	tell(lab, "200 INVITE 2 a b", SIPALG_CALL_MAY_OPEN);	/* it was waited for */
	lab_wait(lab, SIPALG_CALL_LINGER_S + 1);
	tell(lab, "BYE 3 a b", SIPALG_CALL_IN_ORDER);
	tell(lab, "200 BYE 3 a b", SIPALG_CALL_IN_ORDER);
	expect_reason(lab, SIPALG_CALL_HUNG_UP);
}

/* A tick looks at so many calls, and at the others next time: none is left out. */
static void calls_end_by_turns(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, n = 2 * SIPALG_GC_LEAST + 100;
	char line[64];
	u64 before = 0;

	for (i = 0; i < n; i++) {
		sprintf(line, "INVITE 1 a - call=c%u", i);
		tell(lab, line, SIPALG_CALL_MAY_OPEN);
	}
	cancel_delayed_work_sync(&lab->sn->gc);
	lab_wait(lab, 33);
	for (i = 0; i <= SIPALG_GC_TURN_S; i++) {
		KUNIT_EXPECT_LE(test, lab_count(lab, SIPALG_STAT_CALLS_ENDED) - before,
				(u64)SIPALG_GC_LEAST);
		before = lab_count(lab, SIPALG_STAT_CALLS_ENDED);
		sipalg_call_gc(lab->sn);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ENDED), (u64)n);
	for (i = 0; i <= SIPALG_GC_TURN_S; i++)
		lab_wait(lab, 33);
	KUNIT_EXPECT_EQ(test, sipalg_call_count(lab->sn), 0u);
	sipalg_gc_soon(lab->sn);
}

/* The branch that answers is the peer, whichever was announced last, and says nothing more. */
static void call_pairs_who_answers(struct kunit *test)
{
	struct lab_end winner = lab_end("203.0.113.9", 6000), loser = lab_end("203.0.113.8", 6100);
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "183 INVITE 1 a b audio=6000 at=203.0.113.9");
	lab_proxy(lab, "183 INVITE 1 a c audio=6100 at=203.0.113.8");
	lab_proxy(lab, "200 INVITE 1 a b");
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, loser), 0);
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, winner), 4000);
}

/* Between the look-up of a call and the moment it is entered other messages may come. */
static void call_changes_after_the_look(struct kunit *test)
{
	struct sipalg_call_event ev = {
		.call_id = sipalg_digest("two", 3), .from_tag = sipalg_digest("a", 1),
		.method = SIP_BYE,
	};
	struct lab *lab = test->priv;
	struct sipalg_call *call;
	enum sipalg_call_side side;

	ev.sn = lab->sn;
	rcu_read_lock();
	sipalg_call_look(&ev);
	KUNIT_EXPECT_PTR_EQ(test, ev.seen.call, NULL);
	/* it begins: the message before it belongs to no call */
	tell(lab, "INVITE 1 a - call=two", SIPALG_CALL_MAY_OPEN);
	KUNIT_EXPECT_PTR_EQ(test, sipalg_call_enter(&ev, &side), NULL);
	sipalg_call_look(&ev);
	call = ev.seen.call;
	KUNIT_ASSERT_NOT_NULL(test, call);
	/* it is evicted, and comes again as another one */
	lab->set->calls_max = 1;
	tell(lab, "INVITE 1 a - call=three", SIPALG_CALL_MAY_OPEN);
	tell(lab, "INVITE 1 a - call=two", SIPALG_CALL_MAY_OPEN);
	lab->set->calls_max = 0;
	KUNIT_EXPECT_TRUE(test, call->is_dead);
	call = sipalg_call_enter(&ev, &side);
	KUNIT_ASSERT_NOT_NULL(test, call);
	KUNIT_EXPECT_PTR_NE(test, call, ev.seen.call);
	KUNIT_EXPECT_FALSE(test, call->is_dead);
	KUNIT_EXPECT_EQ(test, side, SIPALG_CALLER);
	sipalg_call_leave(lab->sn, call, true);
	/* the called end is found by the other tag */
	ev.from_tag = sipalg_digest("b", 1);
	ev.to_tag = sipalg_digest("a", 1);
	sipalg_call_look(&ev);
	KUNIT_EXPECT_PTR_EQ(test, ev.seen.call, call);
	KUNIT_EXPECT_EQ(test, ev.seen.side, SIPALG_CALLEE);
	rcu_read_unlock();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(call_with_one_stream_is_small),
	KUNIT_CASE(call_of_one_not_registered_has_a_pinhole_more),
	KUNIT_CASE(call_rests_and_goes_on),
	KUNIT_CASE(calls_end_by_turns),
	KUNIT_CASE(call_lives),
	KUNIT_CASE(call_is_hung_up_by_the_callee),
	KUNIT_CASE(call_takes_retransmissions),
	KUNIT_CASE(call_begins_with_an_invite_alone),
	KUNIT_CASE(call_takes_no_late_message),
	KUNIT_CASE(call_has_early_requests),
	KUNIT_CASE(call_remembers_the_invite),
	KUNIT_CASE(call_refuses_stale_numbers),
	KUNIT_CASE(call_refuses_wrong_tags),
	KUNIT_CASE(call_refuses_unasked_answers),
	KUNIT_CASE(call_refuses_answers_to_oneself),
	KUNIT_CASE(call_refuses_answers_of_others),
	KUNIT_CASE(call_ends_by_the_answer_to_bye),
	KUNIT_CASE(call_stands_a_bye_alone),
	KUNIT_CASE(call_ends_by_a_bye_that_passes_twice),
	KUNIT_CASE(call_ends_by_a_bye_unanswered),
	KUNIT_CASE(call_goes_on_after_a_refused_bye),
	KUNIT_CASE(call_ends_alone),
	KUNIT_CASE(call_has_a_tag_of_its_own),
	KUNIT_CASE(call_ends_by_a_final_failure),
	KUNIT_CASE(call_stands_a_challenge),
	KUNIT_CASE(call_is_cancelled),
	KUNIT_CASE(call_is_answered_despite_cancel),
	KUNIT_CASE(call_begins_again),
	KUNIT_CASE(call_forks),
	KUNIT_CASE(call_drops_the_media_of_losers),
	KUNIT_CASE(call_stands_the_refusal_of_a_branch),
	KUNIT_CASE(call_stands_a_bye_to_a_branch),
	KUNIT_CASE(call_stands_a_refused_reinvite),
	KUNIT_CASE(call_falls_back_to_what_was_agreed),
	KUNIT_CASE(call_gets_no_answer),
	KUNIT_CASE(call_rings_out),
	KUNIT_CASE(call_times_out),
	KUNIT_CASE(call_is_refreshed),
	KUNIT_CASE(call_has_a_session_timer),
	KUNIT_CASE(call_session_is_refreshed_by_update),
	KUNIT_CASE(call_is_too_long),
	KUNIT_CASE(call_is_dead),
	KUNIT_CASE(call_is_ended_by_id),
	KUNIT_CASE(calls_are_limited),
	KUNIT_CASE(calls_that_are_over_go_before_half_open_ones),
	KUNIT_CASE(calls_make_room_for_media),
	KUNIT_CASE(calls_over_the_limit_pass),
	KUNIT_CASE(call_pairs_who_answers),
	KUNIT_CASE(call_changes_after_the_look),
	{}
};

struct kunit_suite sipalg_call_suite = {
	.name = "sipalg_call",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
