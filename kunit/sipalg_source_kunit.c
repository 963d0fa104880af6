// SPDX-License-Identifier: GPL-2.0
/*
 * Limits, retransmissions, failures and blocks of one address.
 */
#include "sipalg_source.h"
#include "sipalg_lab.h"

static const struct sipalg_rate ten = { .rate = 10, .burst = 20 };

static struct sipalg_source_key key_of(struct lab_end end, u16 role)
{
	return (struct sipalg_source_key){
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)end.ip } },
		.role = role,
	};
}

/* The table's functions are the packet path's: under RCU. */
static struct sipalg_source *find(struct lab *lab, const struct sipalg_source_key *key, bool add)
{
	struct sipalg_source *source;

	rcu_read_lock();
	source = add ? sipalg_source_get(lab->sn, key) : sipalg_source_find(lab->sn, key);
	rcu_read_unlock();
	return source;
}

static enum sipalg_source_told answered(struct lab *lab, struct sipalg_source *source, u64 tx,
					enum sipalg_source_end end)
{
	enum sipalg_source_told told;

	rcu_read_lock();
	told = sipalg_source_answered(lab->sn, source, tx, end);
	rcu_read_unlock();
	return told;
}

/* An address that no other case has used. */
static struct sipalg_source *somebody(struct lab *lab)
{
	static u16 last;
	struct sipalg_source_key key = key_of((struct lab_end){ htonl(0x0a000000 + ++last), 0 },
					      SIPALG_SOURCE_FROM);
	struct sipalg_source *source;

	KUNIT_EXPECT_NULL(lab->test, find(lab, &key, false));
	source = find(lab, &key, true);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, source);
	KUNIT_EXPECT_PTR_EQ(lab->test, find(lab, &key, false), source);
	return source;
}

/* How many of @n get through. */
static u32 takes(struct lab *lab, struct sipalg_source *source, u32 n,
		 const struct sipalg_rate *rate)
{
	u32 i, got = 0;

	for (i = 0; i < n; i++)
		got += sipalg_source_take(lab->sn, source, SIPALG_CLASS_INVITE, rate);
	return got;
}

static void pass_time(struct lab *lab, unsigned long ticks)
{
	WRITE_ONCE(lab->sn->clock, lab->sn->clock + ticks);
}

/* A real jiffy may pass between two lines: bursts are counted within one. */
static void source_limits(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);
	static const struct sipalg_rate off, lone = { .rate = 5, .burst = 0 };
	u32 got = takes(lab, source, 100, &ten);

	KUNIT_EXPECT_GE(test, got, 20);
	KUNIT_EXPECT_LE(test, got, 21);
	pass_time(lab, HZ);
	got = takes(lab, source, 100, &ten);
	KUNIT_EXPECT_GE(test, got, 10);
	KUNIT_EXPECT_LE(test, got, 11);
	/* never more than the burst, however long it was quiet */
	pass_time(lab, 3600UL * HZ);
	got = takes(lab, source, 100, &ten);
	KUNIT_EXPECT_GE(test, got, 20);
	KUNIT_EXPECT_LE(test, got, 21);
	/* other classes are not touched; no rate is no limit; a burst of none is one of one */
	KUNIT_EXPECT_TRUE(test, sipalg_source_take(lab->sn, source, SIPALG_CLASS_OPTIONS, &ten));
	KUNIT_EXPECT_EQ(test, takes(lab, source, 100, &off), 100);
	got = takes(lab, somebody(lab), 100, &lone);
	KUNIT_EXPECT_GE(test, got, 1);
	KUNIT_EXPECT_LE(test, got, 2);
}

/* Asking is free, and says what taking would. */
static void source_is_over_before(struct kunit *test)
{
	static const struct sipalg_rate off, slow = { .rate = 1, .burst = 3 };
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);
	u32 i, got = 0;

	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_FALSE(test, sipalg_source_is_over(lab->sn, source, SIPALG_CLASS_INVITE,
							       &slow));
	while (!sipalg_source_is_over(lab->sn, source, SIPALG_CLASS_INVITE, &slow) && got < 100)
		got += sipalg_source_take(lab->sn, source, SIPALG_CLASS_INVITE, &slow);
	KUNIT_EXPECT_GE(test, got, 3);
	KUNIT_EXPECT_LE(test, got, 4);
	sipalg_source_saw(lab->sn, source, SIPALG_CLASS_INVITE);
	KUNIT_EXPECT_FALSE(test, sipalg_source_is_over(lab->sn, source, SIPALG_CLASS_INVITE, &off));
	KUNIT_EXPECT_FALSE(test,
			   sipalg_source_is_over(lab->sn, source, SIPALG_CLASS_OPTIONS, &slow));
	pass_time(lab, HZ);
	KUNIT_EXPECT_FALSE(test,
			   sipalg_source_is_over(lab->sn, source, SIPALG_CLASS_INVITE, &slow));
}

static void source_largest_rate(struct kunit *test)
{
	static const struct sipalg_rate most = { .rate = 1000000, .burst = 1000000 };
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);

	KUNIT_EXPECT_EQ(test, takes(lab, source, 5000, &most), 5000);
	pass_time(lab, 86000UL * HZ);
	KUNIT_EXPECT_EQ(test, takes(lab, source, 5000, &most), 5000);
	/* what is given back does not make a limit larger */
	takes(lab, source, 1000, &ten);
	while (takes(lab, source, 1, &ten))
		;
	sipalg_source_refund(source, SIPALG_CLASS_INVITE);
	KUNIT_EXPECT_EQ(test, takes(lab, source, 1, &ten), 1);
}

static void source_knows_retransmissions(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);
	u64 i, tx = 0x123456789abcdef0ULL;

	KUNIT_EXPECT_FALSE(test, sipalg_source_has_sent(source, tx));
	KUNIT_EXPECT_FALSE(test, sipalg_source_sent(source, tx, false));
	KUNIT_EXPECT_TRUE(test, sipalg_source_has_sent(source, tx));
	KUNIT_EXPECT_TRUE(test, sipalg_source_sent(source, tx, false));
	/* of one place's worth of others the newest are known, and it no more */
	for (i = 1; i <= 4; i++) {
		KUNIT_EXPECT_FALSE(test, sipalg_source_has_sent(source, tx + (i << 40)));
		KUNIT_EXPECT_TRUE(test, sipalg_source_has_sent(source, tx));
		KUNIT_EXPECT_FALSE(test, sipalg_source_sent(source, tx + (i << 40), false));
	}
	KUNIT_EXPECT_FALSE(test, sipalg_source_has_sent(source, tx));
	for (i = 1; i <= 4; i++)
		KUNIT_EXPECT_TRUE(test, sipalg_source_has_sent(source, tx + (i << 40)));
	/* a digest whose mark would be none */
	KUNIT_EXPECT_FALSE(test, sipalg_source_has_sent(source, 7));
	KUNIT_EXPECT_FALSE(test, sipalg_source_sent(source, 7, false));
	KUNIT_EXPECT_TRUE(test, sipalg_source_has_sent(source, 7));
}

/* @n requests that end so.  Return: what the last one did. */
static enum sipalg_source_told ends(struct lab *lab, struct sipalg_source *source, u32 n,
				    enum sipalg_source_end end, bool has_credentials)
{
	enum sipalg_source_told told = SIPALG_SOURCE_NOTED;
	static u64 tx = 1;

	while (n--) {
		tx += 0x100000001ULL;
		sipalg_source_sent(source, tx << 2, has_credentials);
		told = answered(lab, source, tx << 2, end);
		/* the same answer again says nothing */
		KUNIT_EXPECT_EQ(lab->test, answered(lab, source, tx << 2, end),
				SIPALG_SOURCE_NOT_ASKED);
	}
	return told;
}

static void set_blocks(struct lab *lab)
{
	lab->set->block_failures = 10;
	lab->set->block_window = 10;
	lab->set->block_time = 30;
	lab->set->block_time_max = 100;
}

static void source_is_blocked_by_failures(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);

	set_blocks(lab);
	KUNIT_EXPECT_EQ(test, ends(lab, source, 9, SIPALG_SOURCE_REFUSED, false),
			SIPALG_SOURCE_FAILED);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
	KUNIT_EXPECT_EQ(test, ends(lab, source, 1, SIPALG_SOURCE_CHALLENGED, true),
			SIPALG_SOURCE_BLOCKED);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 30);
	pass_time(lab, 30 * HZ);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
	/* twice as long each time, to the longest */
	ends(lab, source, 10, SIPALG_SOURCE_REFUSED, false);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 60);
	pass_time(lab, 60 * HZ);
	ends(lab, source, 10, SIPALG_SOURCE_REFUSED, false);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 100);
	/* and forgotten in time */
	pass_time(lab, 201 * HZ);
	ends(lab, source, 10, SIPALG_SOURCE_REFUSED, false);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 30);
}

static void source_failures_grow_old(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);
	int i;

	set_blocks(lab);
	/* nine in ten seconds, for ever */
	for (i = 0; i < 90; i++) {
		KUNIT_EXPECT_EQ(test, ends(lab, source, 1, SIPALG_SOURCE_REFUSED, false),
				SIPALG_SOURCE_FAILED);
		pass_time(lab, 10 * HZ / 9 + 1);
	}
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
	/* ten of them where one window ends and another begins */
	source = somebody(lab);
	ends(lab, source, 1, SIPALG_SOURCE_REFUSED, false);
	pass_time(lab, 9 * HZ);
	ends(lab, source, 7, SIPALG_SOURCE_REFUSED, false);
	pass_time(lab, 2 * HZ);
	ends(lab, source, 4, SIPALG_SOURCE_REFUSED, false);
	KUNIT_EXPECT_GT(test, sipalg_source_blocked_s(lab->sn, source), 0);
}

static void source_is_not_blocked_by_others(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);

	set_blocks(lab);
	KUNIT_EXPECT_EQ(test, ends(lab, source, 50, SIPALG_SOURCE_CHALLENGED, false),
			SIPALG_SOURCE_NOTED);
	KUNIT_EXPECT_EQ(test, ends(lab, source, 50, SIPALG_SOURCE_OTHERWISE, true),
			SIPALG_SOURCE_NOTED);
	KUNIT_EXPECT_EQ(test, ends(lab, source, 50, SIPALG_SOURCE_SUCCESS, true),
			SIPALG_SOURCE_NOTED);
	KUNIT_EXPECT_EQ(test, answered(lab, source, 12345, SIPALG_SOURCE_REFUSED),
			SIPALG_SOURCE_NOT_ASKED);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
	/* nor for its own, where others need it, or nobody wants that */
	sipalg_source_serves(lab->sn, source, 60);
	KUNIT_EXPECT_EQ(test, ends(lab, source, 50, SIPALG_SOURCE_REFUSED, false),
			SIPALG_SOURCE_FAILED);
	pass_time(lab, 61 * HZ);
	lab->set->block_time = 0;
	KUNIT_EXPECT_EQ(test, ends(lab, source, 50, SIPALG_SOURCE_REFUSED, false),
			SIPALG_SOURCE_FAILED);
	lab->set->block_time = 30;
	lab->set->block_window = 0;
	KUNIT_EXPECT_EQ(test, ends(lab, source, 50, SIPALG_SOURCE_REFUSED, false),
			SIPALG_SOURCE_FAILED);
	lab->set->block_window = 10;
	KUNIT_EXPECT_EQ(test, ends(lab, source, 10, SIPALG_SOURCE_REFUSED, false),
			SIPALG_SOURCE_BLOCKED);
}

static void source_is_released(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end at = { htonl(0x0b000001), 0 };
	struct sipalg_source_key key = key_of(at, SIPALG_SOURCE_FROM);
	struct sipalg_source *source = find(lab, &key, true);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, source);
	set_blocks(lab);
	ends(lab, source, 10, SIPALG_SOURCE_REFUSED, false);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 30);
	KUNIT_EXPECT_EQ(test, sipalg_source_release(lab->sn, &key.addr), 0);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
	ends(lab, source, 9, SIPALG_SOURCE_REFUSED, false);
	KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
	key = key_of((struct lab_end){ htonl(0x0b000002), 0 }, SIPALG_SOURCE_FROM);
	KUNIT_EXPECT_EQ(test, sipalg_source_release(lab->sn, &key.addr), -ENOENT);
}

static void source_success_is_remembered(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source *source = somebody(lab);

	KUNIT_EXPECT_FALSE(test, sipalg_source_is_good(lab->sn, source));
	ends(lab, source, 1, SIPALG_SOURCE_SUCCESS, false);
	KUNIT_EXPECT_TRUE(test, sipalg_source_is_good(lab->sn, source));
	pass_time(lab, SIPALG_SOURCE_GOOD_S * HZ);
	KUNIT_EXPECT_FALSE(test, sipalg_source_is_good(lab->sn, source));
}

/* Strangers without number: those that matter stay, and the table has its bound. */
static void sources_give_way(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_source_key good = key_of((struct lab_end){ htonl(0x0d000001), 0 },
					       SIPALG_SOURCE_FROM);
	struct sipalg_source_key blocked = key_of((struct lab_end){ htonl(0x0d000002), 0 },
						  SIPALG_SOURCE_FROM);
	struct sipalg_source_key key;
	u32 i, known = 0;

	set_blocks(lab);
	ends(lab, find(lab, &good, true), 1, SIPALG_SOURCE_SUCCESS, false);
	ends(lab, find(lab, &blocked, true), 10, SIPALG_SOURCE_REFUSED, false);
	pass_time(lab, 1);
	for (i = 0; i < 4 * SIPALG_SOURCE_MAX; i++) {
		key = key_of((struct lab_end){ htonl(0x0c000000 + i), 0 }, SIPALG_SOURCE_FROM);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, find(lab, &key, true));
	}
	KUNIT_EXPECT_NOT_NULL(test, find(lab, &good, false));
	KUNIT_EXPECT_NOT_NULL(test, find(lab, &blocked, false));
	for (i = 0; i < 4 * SIPALG_SOURCE_MAX; i++) {
		key = key_of((struct lab_end){ htonl(0x0c000000 + i), 0 }, SIPALG_SOURCE_FROM);
		known += !!find(lab, &key, false);
	}
	KUNIT_EXPECT_LE(test, known, SIPALG_SOURCE_MAX - 2);
	KUNIT_EXPECT_GE(test, known, SIPALG_SOURCE_MAX - 100);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_SOURCES_EVICTED), 3 * SIPALG_SOURCE_MAX);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(source_limits),
	KUNIT_CASE(source_is_over_before),
	KUNIT_CASE(source_largest_rate),
	KUNIT_CASE(source_knows_retransmissions),
	KUNIT_CASE(source_is_blocked_by_failures),
	KUNIT_CASE(source_failures_grow_old),
	KUNIT_CASE(source_is_not_blocked_by_others),
	KUNIT_CASE(source_is_released),
	KUNIT_CASE(source_success_is_remembered),
	KUNIT_CASE(sources_give_way),
	{}
};

struct kunit_suite sipalg_source_suite = {
	.name = "sipalg_source",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
