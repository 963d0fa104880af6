// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_work: what a message costs after a thousand others, table by table (security.md B1).
 *
 * A message comes first to a router that knows nothing, then a thousand that fill one table as
 * much as they can, then the message comes again, with another Call-ID.
 */
#include <linux/inet.h>
#include <linux/workqueue.h>

#include "sip_source.h"
#include "sipalg_bounds.h"
#include "sipalg_rules.h"

/**
 * struct work - a table, and who fills it
 * @table: its name
 * @message: sends the message that is measured, and counts it with count_from() and count_to()
 * @fill: sends one of the thousand
 */
struct work {
	const char *table;
	void (*message)(struct lab *lab);
	void (*fill)(struct lab *lab, u32 i);
};

/* steps of the message at hand, and since when the present part of it is counted */
static u32 counted, counted_from;

/* The clock's work walks, too, and is no part of a message: it comes a second later again. */
static void count_from(struct lab *lab)
{
	cancel_delayed_work_sync(&lab->sn->gc);
	counted_from = sipalg_steps;
}

static void count_to(void)
{
	counted += sipalg_steps - counted_from;
}

static u32 cost_of(struct lab *lab, const struct work *work)
{
	counted = 0;
	work->message(lab);
	return counted;
}

static u32 expect_work(struct kunit *test, const struct work *work)
{
	struct lab *lab = test->priv;
	struct cost first = {}, last = {};
	u32 i;

	first.steps = cost_of(lab, work);
	for (i = 0; i < MANY; i++) {
		work->fill(lab, i);
		cond_resched();		/* tables grow in a work of their own */
	}
	last.steps = cost_of(lab, work);
	expect_bounded(test, work->table, first, last);
	return last.steps;
}

/* A line with the number of its call. */
static void phone_says(struct lab *lab, const char *fmt, u32 i)
{
	char line[80];

	snprintf(line, sizeof(line), fmt, i);
	lab_phone(lab, line);
}

static void proxy_says(struct lab *lab, const char *fmt, u32 i)
{
	char line[80];

	snprintf(line, sizeof(line), fmt, i);
	lab_proxy(lab, line);
}

/* One number for each message that is measured, so that none is a copy of another. */
static u32 fresh(void)
{
	static u32 n;

	return ++n;
}

/* The phone calls, with one stream, and is refused. */
static void one_invite(struct lab *lab)
{
	u32 i = fresh();

	count_from(lab);
	phone_says(lab, "INVITE 1 a - call=w%u audio=4000", i);
	count_to();
	proxy_says(lab, "486 INVITE 1 a b call=w%u", i);
}

/* ---- hosts and calls --------------------------------------------------------------- */

static struct lab_end host(u32 i)
{
	return (struct lab_end){ htonl(0x0a010000 + i), 5060 };
}

static void fill_hosts(struct lab *lab, u32 i)
{
	struct lab_end phone = lab->phone;

	lab->phone = host(i);
	phone_says(lab, "INVITE 1 a - call=h%u", i);
	lab->phone = phone;
}

/* Each of a thousand hosts holds a call, and is known. */
static void rule_b1_hosts(struct kunit *test)
{
	static const struct work work = { "hosts", one_invite, fill_hosts };

	expect_work(test, &work);
}

static void fill_calls(struct lab *lab, u32 i)
{
	phone_says(lab, "INVITE 1 a - call=c%u", i);
	proxy_says(lab, "200 INVITE 1 a b call=c%u", i);
}

static void rule_b1_calls(struct kunit *test)
{
	static const struct work work = { "calls", one_invite, fill_calls };

	expect_work(test, &work);
}

static void fill_half_open(struct lab *lab, u32 i)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy = lab_end("198.51.100.1", 6000 + i % 200);
	proxy_says(lab, "INVITE 1 x - call=s%u", i);
	lab->proxy = proxy;
}

/* Two hundred strangers call one phone until it has as many calls as it may. */
static void rule_b1_half_open_calls_of_a_host(struct kunit *test)
{
	static const struct work work = { "half-open calls of a host", one_invite, fill_half_open };
	struct lab *lab = test->priv;

	lab->set->trunks.n = 0;
	lab->set->calls_per_host = MANY / 2;
	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	expect_work(test, &work);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), MANY / 2);
}

/* A thousand hosts call, and nobody answers, until there are as many calls as there may be. */
static void rule_b1_half_open_calls(struct kunit *test)
{
	static const struct work work = { "half-open calls", one_invite, fill_hosts };
	struct lab *lab = test->priv;

	lab->set->calls_max = MANY / 2;
	expect_work(test, &work);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), MANY / 2);
}

static void fill_ended(struct lab *lab, u32 i)
{
	phone_says(lab, "INVITE 1 a - call=e%u", i);
	proxy_says(lab, "486 INVITE 1 a b call=e%u", i);
}

/* What is over is remembered until its place is needed. */
static void rule_b1_calls_that_are_over(struct kunit *test)
{
	static const struct work work = { "calls that are over", one_invite, fill_ended };
	struct lab *lab = test->priv;

	lab->set->calls_max = MANY / 2;
	expect_work(test, &work);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_FULL), 0);
}

/* ---- one call ---------------------------------------------------------------------- */

static void one_reinvite(struct lab *lab)
{
	static u32 cseq;

	cseq += 100 * MANY;
	count_from(lab);
	phone_says(lab, "INVITE %u a b audio=4000", cseq);
	count_to();
	proxy_says(lab, "200 INVITE %u a b audio=6000", cseq);
}

static void fill_requests(struct lab *lab, u32 i)
{
	static const char * const asks[] = {
		"UPDATE %u a b branch=u%u", "PRACK %u a b branch=p%u", "INVITE %u a b branch=i%u",
	};
	char line[48];

	snprintf(line, sizeof(line), asks[i % ARRAY_SIZE(asks)], lab->msg.cseq + 1, i);
	lab_phone(lab, line);
}

/* Requests that nobody answers. */
static void rule_b1_requests_of_a_call(struct kunit *test)
{
	static const struct work work = { "requests of a call", one_reinvite, fill_requests };
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	expect_work(test, &work);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
}

static void fill_callers(struct lab *lab, u32 i)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy.ip = htonl(0xc6336400 + i % 256);	/* 198.51.100.0/24 */
	lab->proxy.port = 5060;
	phone_says(lab, "INVITE 1 a - call=k%u", i);
	lab->proxy = proxy;
}

/* Calls of one phone to many proxies: all of them may call in. */
static void rule_b1_callers(struct kunit *test)
{
	static const struct work work = { "callers", one_invite, fill_callers };

	expect_work(test, &work);
}

/* ---- sources ----------------------------------------------------------------------- */

static void one_invite_of_a_new_source(struct lab *lab)
{
	struct lab_end phone = lab->phone;
	u32 i = fresh();

	lab->phone.ip = htonl(0x0a020000 + i);
	lab->proxy.ip = htonl(0xc6336400 + i);
	count_from(lab);
	phone_says(lab, "INVITE 1 a - call=w%u audio=4000", i);
	count_to();
	proxy_says(lab, "486 INVITE 1 a b call=w%u", i);
	lab->phone = phone;
}

/* More addresses than there is room for, far more than a thousand: each set is full. */
static void fill_sources(struct lab *lab, u32 i)
{
	struct sip_source_key key = { .addr.family = SIP_FAMILY_IPV4 };
	u32 k;

	rcu_read_lock();
	for (k = 0; k < 4 * SIP_SOURCE_MAX / MANY; k++) {
		key.addr.w[0] = (__force u32)htonl(0x0b000000 + (i << 8 | k));
		sip_source_get(lab->sn, &key);
	}
	rcu_read_unlock();
}

static void rule_b1_sources(struct kunit *test)
{
	static const struct work work = { "sources", one_invite_of_a_new_source, fill_sources };
	static const struct sipalg_rate most = { .rate = 1000000, .burst = 1000000 };
	struct lab *lab = test->priv;

	lab->set->source_invite = most;
	lab->set->destination_invite = most;
	expect_work(test, &work);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_SOURCES_EVICTED), MANY);
}

static const struct sipalg_rate least = { .rate = 1, .burst = 1 };

/* One of the call, and a copy of it, both over the limit. */
static void one_over_the_limit(struct lab *lab)
{
	static u32 cseq;
	u32 i;

	cseq += 100 * MANY;
	lab->set->source_options = least;
	count_from(lab);
	for (i = 0; i < 2; i++)
		phone_says(lab, "OPTIONS %u a b", cseq);
	count_to();
	lab_wait(lab, 2);	/* the dialog may again */
}

static void fill_dialogs(struct lab *lab, u32 i)
{
	static const struct sipalg_rate none;
	char line[64], call[12] = "one";

	lab->set->source_options = i & 2 ? least : none;	/* what passes is remembered */
	if (i & 1)
		snprintf(call, sizeof(call), "d%u", i);
	snprintf(line, sizeof(line), "OPTIONS %u a b branch=d%u call=%s", i, i, call);
	lab_phone(lab, line);
}

/* Requests over the limit, in the call and in none. */
static void rule_b1_dialogs_of_a_source(struct kunit *test)
{
	static const struct work work = { "dialogs of a source", one_over_the_limit, fill_dialogs };
	struct lab *lab = test->priv;

	lab->phone.ip = htonl(0x0a040001);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	expect_work(test, &work);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_FLOOD_OPTIONS), MANY / 8);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b1_hosts),
	KUNIT_CASE(rule_b1_calls),
	KUNIT_CASE(rule_b1_half_open_calls_of_a_host),
	KUNIT_CASE(rule_b1_half_open_calls),
	KUNIT_CASE(rule_b1_calls_that_are_over),
	KUNIT_CASE(rule_b1_requests_of_a_call),
	KUNIT_CASE(rule_b1_callers),
	KUNIT_CASE(rule_b1_sources),
	KUNIT_CASE(rule_b1_dialogs_of_a_source),
	{}
};

static struct kunit_suite sipalg_work_suite = {
	.name = "sipalg_work",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};

kunit_test_suites(&sipalg_work_suite);
