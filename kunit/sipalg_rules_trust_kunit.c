// SPDX-License-Identifier: GPL-2.0
/*
 * Who is blamed, what is spared, and by which clock: the rules B4, B5, B7 and B10 of
 * docs/security.md.
 */
#include "sip_binding.h"
#include "sip_pinhole.h"
#include "sip_source.h"
#include "sipalg_lab.h"

/* No flood lasts from another case. */
static int setup(struct kunit *test)
{
	int err = lab_setup(test);
	struct lab *lab = test->priv;

	WRITE_ONCE(lab->sn->flood_until, 0);
	return err;
}

/* A phone and a proxy that no limit knows. */
static struct lab *new_hosts(struct kunit *test)
{
	struct lab *lab = test->priv;
	static u32 last;

	last++;
	lab->phone.ip = htonl(0xc0a82a00 + last);	/* 192.168.42.0 */
	lab->proxy.ip = htonl(0xc6337a00 + last);	/* 198.51.122.0 */
	return lab;
}

static bool phone_passes(struct lab *lab, const char *line)
{
	lab_phone(lab, line);
	return lab->out[0];
}

static struct sip_source *source_of(struct lab *lab, struct lab_end end)
{
	struct sip_source_key key = {
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)end.ip } },
		.role = SIP_SOURCE_FROM,
	};
	struct sip_source *source;

	rcu_read_lock();
	source = sip_source_get(lab->sn, &key);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, source);
	return source;
}

/* ---- B7: an age is signed, and its clock is read under the lock -------------------- */

/* As one CPU sees the clock that another one has read before it. */
static void tick_back(struct lab *lab, unsigned long ticks)
{
	WRITE_ONCE(lab->sn->clock, lab->sn->clock - ticks);
}

static void rule_b7_ages(struct kunit *test)
{
	unsigned long last = -1;
	struct lab *lab = test->priv;
	u32 now;

	KUNIT_EXPECT_EQ(test, sipalg_since(1000, 400), 600);
	KUNIT_EXPECT_EQ(test, sipalg_since(1000, 1000), 0);
	KUNIT_EXPECT_EQ(test, sipalg_since(1000, 1001), 0);
	KUNIT_EXPECT_EQ(test, sipalg_since(last, 0), 0);
	KUNIT_EXPECT_EQ(test, sipalg_since(1, last), 2);
	/* so far ahead that it must be long ago */
	KUNIT_EXPECT_GT(test, sipalg_since(0, SIPALG_AHEAD_S * HZ), last / 2);
	now = sipalg_now(lab->sn);
	KUNIT_EXPECT_GE(test, sipalg_age(lab->sn, now - 600), 600);
	KUNIT_EXPECT_LE(test, sipalg_age(lab->sn, now - 600), 600 + HZ);
	KUNIT_EXPECT_EQ(test, sipalg_age(lab->sn, now + 60 * HZ), 0);
}

/* How many of @n messages a source of one a second gets through, while the clock goes back. */
static u32 takes(struct lab *lab, struct sip_source *source, u32 n)
{
	static const struct sipalg_rate slow = { .rate = 1, .burst = 3 };
	u32 i, got = 0;

	for (i = 0; i < n; i++) {
		got += sip_source_take(lab->sn, source, SIP_CLASS_INVITE, &slow);
		tick_back(lab, 1);
	}
	return got;
}

/* A source keeps its block, its limits and its success. */
static void rule_b7_sources(struct kunit *test)
{
	struct lab *lab = new_hosts(test);
	struct sip_source *source = source_of(lab, lab->phone);
	u64 tx;

	lab->set->block_failures = 10;
	lab->set->block_window = 10;
	lab->set->block_time = 30;
	lab->set->block_time_max = 600;
	rcu_read_lock();
	sip_source_sent(source, 1ULL << 40, false);
	sip_source_answered(lab->sn, source, 1ULL << 40, SIP_SOURCE_SUCCESS);
	/* of ten failures each comes a tick before the one before it */
	for (tx = 2; tx < 12; tx++) {
		KUNIT_EXPECT_EQ(test, sip_source_blocked_s(lab->sn, source), 0);
		sip_source_sent(source, tx << 40, true);
		sip_source_answered(lab->sn, source, tx << 40, SIP_SOURCE_CHALLENGED);
		tick_back(lab, 1);
	}
	KUNIT_EXPECT_GT(test, sip_source_blocked_s(lab->sn, source), 0);
	takes(lab, source, 5);
	KUNIT_EXPECT_LE(test, takes(lab, source, 100), 1);
	KUNIT_EXPECT_GT(test, sip_source_blocked_s(lab->sn, source), 0);
	KUNIT_EXPECT_TRUE(test, sip_source_is_good(lab->sn, source));
	KUNIT_EXPECT_TRUE(test, sip_source_has_sent(source, 11ULL << 40));
	rcu_read_unlock();
}

/* Strangers are counted on. */
static void rule_b7_pinholes(struct kunit *test)
{
	struct lab_end stranger = lab_end("198.51.100.7", 7000);
	struct lab *lab = test->priv;
	u32 i, got = 0;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=203.0.113.9");
	lab_phone(lab, "ACK 1 a b");
	for (i = 0; i < 4 * SIP_PINHOLE_REARMS; i++) {
		stranger.port++;
		got += lab_media_in(lab, stranger, 4000) == 4000;
		tick_back(lab, 1);
	}
	KUNIT_EXPECT_EQ(test, got, SIP_PINHOLE_REARMS + 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.9", 6000), 4000), 4000);
}

/* Nothing ends, and no silence is seen. */
static void rule_b7_calls(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab->set->dead_call_timeout = 60;
	lab->set->media_timeout = 20;
	lab->set->call_max_duration = 3600;
	lab_phone(lab, "INVITE 1 a - call=b7 audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b call=b7 audio=6000 at=203.0.113.9");
	lab_phone(lab, "ACK 1 a b call=b7");
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.9", 6000), 4000), 4000);
	for (i = 0; i < 20; i++) {
		lab_wait(lab, 1);
		tick_back(lab, HZ + 1);
		sip_call_gc(lab->sn);
	}
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b7", "a").state, SIP_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b7", "a").n_pinholes, 2);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "BYE 2 a b call=b7"));
}

static void rule_b7_bindings(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "REGISTER 1 a - call=b7");
	lab_proxy(lab, "200 REGISTER 1 a b call=b7");
	for (i = 0; i < 20; i++) {
		tick_back(lab, 1);
		sip_binding_gc(lab->sn);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b7_ages),
	KUNIT_CASE(rule_b7_sources),
	KUNIT_CASE(rule_b7_pinholes),
	KUNIT_CASE(rule_b7_calls),
	KUNIT_CASE(rule_b7_bindings),
	{}
};

struct kunit_suite sipalg_rules_trust_suite = {
	.name = "sipalg_rules_trust",
	.init = setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
