// SPDX-License-Identifier: GPL-2.0
/*
 * What hosts hold, and whose call gives way.
 */
#include "sipalg_quota.h"
#include "sipalg_lab.h"

static struct sipalg_quota_key host_of(u32 n)
{
	return (struct sipalg_quota_key){
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)htonl(n) } },
	};
}

static struct sipalg_quota *charge_many(struct lab *lab, u32 host, enum sipalg_quota_kind kind,
					u32 n, u32 max)
{
	struct sipalg_quota_key key = host_of(host);
	struct sipalg_quota *quota;

	rcu_read_lock();
	quota = sipalg_quota_charge(lab->sn, &key, kind, n, max);
	rcu_read_unlock();
	return quota;
}

static int charge(struct lab *lab, u32 host, enum sipalg_quota_kind kind, u32 max)
{
	return PTR_ERR_OR_ZERO(charge_many(lab, host, kind, 1, max));
}

static void release(struct lab *lab, u32 host, enum sipalg_quota_kind kind)
{
	struct sipalg_quota_key key = host_of(host);

	sipalg_quota_release_of(lab->sn, &key, kind, 1);
}

static u32 held(struct lab *lab, u32 n, enum sipalg_quota_kind kind)
{
	struct sipalg_quota_key host = host_of(n);

	return sipalg_quota_held(lab->sn, &host, kind);
}

static void quota_counts(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->trunks.n = 0;
	KUNIT_EXPECT_EQ(test, charge(lab, 1, SIPALG_QUOTA_CALL, 2), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, 1, SIPALG_QUOTA_CALL, 2), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, 1, SIPALG_QUOTA_CALL, 2), -EDQUOT);
	KUNIT_EXPECT_EQ(test, held(lab, 1, SIPALG_QUOTA_CALL), 2);
	/* others, and other things, are not touched; 0 is no limit */
	KUNIT_EXPECT_EQ(test, charge(lab, 2, SIPALG_QUOTA_CALL, 2), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, 1, SIPALG_QUOTA_BINDING, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, 1, SIPALG_QUOTA_CALL, 0), 0);
	release(lab, 1, SIPALG_QUOTA_CALL);
	release(lab, 1, SIPALG_QUOTA_CALL);
	KUNIT_EXPECT_EQ(test, charge(lab, 1, SIPALG_QUOTA_CALL, 2), 0);
	release(lab, 1, SIPALG_QUOTA_CALL);
	release(lab, 1, SIPALG_QUOTA_CALL);
	release(lab, 1, SIPALG_QUOTA_BINDING);
	release(lab, 2, SIPALG_QUOTA_CALL);
	KUNIT_EXPECT_EQ(test, held(lab, 1, SIPALG_QUOTA_CALL), 0);
}

/* Who is charged nothing holds nothing, so that nobody has to be forgotten. */
static void rule_b1_nothing_is_charged_for_nothing(struct kunit *test)
{
	struct lab *lab = test->priv;

	KUNIT_EXPECT_PTR_EQ(test, charge_many(lab, 1, SIPALG_QUOTA_PINHOLE, 0, 5), NULL);
	KUNIT_EXPECT_PTR_EQ(test, charge_many(lab, 1, SIPALG_QUOTA_PINHOLE, 0, 0), NULL);
}

/* Several are charged at once, all or none, and may be released one by one. */
static void quota_of_many_at_once(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_quota *quota;

	lab->set->trunks.n = 0;
	quota = charge_many(lab, 1, SIPALG_QUOTA_PINHOLE, 4, 5);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, quota);
	KUNIT_EXPECT_EQ(test, held(lab, 1, SIPALG_QUOTA_PINHOLE), 4);
	KUNIT_EXPECT_PTR_EQ(test, charge_many(lab, 1, SIPALG_QUOTA_PINHOLE, 2, 5),
			    ERR_PTR(-EDQUOT));
	KUNIT_EXPECT_PTR_EQ(test, charge_many(lab, 1, SIPALG_QUOTA_PINHOLE, 1, 5), quota);
	sipalg_quota_release(lab->sn, quota, SIPALG_QUOTA_PINHOLE, 1);
	KUNIT_EXPECT_EQ(test, held(lab, 1, SIPALG_QUOTA_PINHOLE), 4);
	sipalg_quota_release(lab->sn, NULL, SIPALG_QUOTA_PINHOLE, 1);
	sipalg_quota_release(lab->sn, quota, SIPALG_QUOTA_PINHOLE, 4);
	KUNIT_EXPECT_EQ(test, held(lab, 1, SIPALG_QUOTA_PINHOLE), 0);
	/* what is refused is not remembered either: the teardown would tell */
	KUNIT_EXPECT_PTR_EQ(test, charge_many(lab, 1, SIPALG_QUOTA_PINHOLE, 6, 5),
			    ERR_PTR(-EDQUOT));
}

static void quota_spares_trunks(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 trunk = 0xc0a80900;		/* 192.168.9.0 */

	lab->set->trunks.n = 1;
	lab->set->trunks.prefix[0].addr = host_of(trunk).addr;
	lab->set->trunks.prefix[0].len = 25;
	KUNIT_EXPECT_EQ(test, charge(lab, trunk + 127, SIPALG_QUOTA_CALL, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, trunk + 127, SIPALG_QUOTA_CALL, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, trunk + 128, SIPALG_QUOTA_CALL, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(lab, trunk + 128, SIPALG_QUOTA_CALL, 1), -EDQUOT);
	release(lab, trunk + 127, SIPALG_QUOTA_CALL);
	release(lab, trunk + 127, SIPALG_QUOTA_CALL);
	release(lab, trunk + 128, SIPALG_QUOTA_CALL);
}

/* one half-open call: all of a call that the unit knows */
struct half {
	struct sipalg_half_open half;
	refcount_t ref;
};

static struct half *open_call(struct lab *lab, u32 source, u32 host)
{
	struct sipalg_quota *charged = charge_many(lab, host, SIPALG_QUOTA_CALL, 1, 0);
	struct sipalg_quota_key s = host_of(source);
	struct half *half = kunit_kzalloc(lab->test, sizeof(*half), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, half);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, charged);
	refcount_set(&half->ref, 1);
	half->half.ref = &half->ref;
	sipalg_quota_open(lab->sn, &half->half, &s, charged);
	sipalg_quota_release(lab->sn, charged, SIPALG_QUOTA_CALL, 1);
	return half;
}

static void expect_victim(struct lab *lab, const struct sipalg_quota_key *host,
			  const struct half *want)
{
	struct sipalg_half_open *half = sipalg_quota_victim(lab->sn, host);

	KUNIT_EXPECT_PTR_EQ(lab->test, half, want ? &want->half : NULL);
	if (half)
		refcount_dec(half->ref);
}

static void quota_ends_the_call_of_who_has_most(struct kunit *test)
{
	struct sipalg_quota_key host = host_of(50), other = host_of(51);
	struct lab *lab = test->priv;
	struct half *of_one, *first, *second;

	expect_victim(lab, NULL, NULL);
	of_one = open_call(lab, 1, 50);
	expect_victim(lab, NULL, of_one);
	first = open_call(lab, 2, 50);
	second = open_call(lab, 2, 51);
	expect_victim(lab, NULL, first);
	expect_victim(lab, &host, first);
	expect_victim(lab, &other, second);
	sipalg_quota_settle(lab->sn, &first->half);
	/* who has as many: the one that has had them for longer */
	expect_victim(lab, NULL, of_one);
	expect_victim(lab, &host, of_one);
	sipalg_quota_settle(lab->sn, &of_one->half);
	sipalg_quota_settle(lab->sn, &of_one->half);
	expect_victim(lab, &host, NULL);
	expect_victim(lab, NULL, second);
	sipalg_quota_settle(lab->sn, &second->half);
	expect_victim(lab, NULL, NULL);
}

/* Over the number that is told apart, and back. */
static void quota_of_many_half_open_calls(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct half *half[200], *lone = open_call(lab, 9, 50);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(half); i++)
		half[i] = open_call(lab, 7, 60 + i);
	expect_victim(lab, NULL, half[0]);
	for (i = 0; i + 1 < ARRAY_SIZE(half); i++) {
		expect_victim(lab, NULL, half[i]);
		sipalg_quota_settle(lab->sn, &half[i]->half);
	}
	expect_victim(lab, NULL, lone);
	sipalg_quota_settle(lab->sn, &lone->half);
	sipalg_quota_settle(lab->sn, &half[i]->half);
	expect_victim(lab, NULL, NULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(quota_counts),
	KUNIT_CASE(rule_b1_nothing_is_charged_for_nothing),
	KUNIT_CASE(quota_of_many_at_once),
	KUNIT_CASE(quota_spares_trunks),
	KUNIT_CASE(quota_ends_the_call_of_who_has_most),
	KUNIT_CASE(quota_of_many_half_open_calls),
	{}
};

struct kunit_suite sipalg_quota_suite = {
	.name = "sipalg_quota",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
