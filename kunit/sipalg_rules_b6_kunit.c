// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_rules_b6: outward as inward (docs/security.md B6).  What a phone sends from its
 * published port is related to the announced endpoint alone.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_rules.h"

static void hang_up(struct lab *lab)
{
	lab_phone(lab, "BYE 9 a b");
	lab_proxy(lab, "200 BYE 9 a b");
}

static void rule_b6_announced_endpoint(struct kunit *test)
{
	static const u16 others[] = { 22, 53, 1024, 5060, 5999, 6002, 65535 };
	struct lab *lab = call_with_peer(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		KUNIT_EXPECT_EQ_MSG(test, lab_media_out(lab, 4000, lab_end(PEER, others[i])), 0,
				    "RTP to %u", others[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_media_out(lab, 4001, lab_end(PEER, others[i])), 0,
				    "RTCP to %u", others[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_OUT), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, peer()), 4000);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6001)), 4001);
	hang_up(lab);
}

static void rule_b6_announced_low_port(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=53 at=" PEER);
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end(PEER, 53)), 0);
	hang_up(lab);
}

static void rule_b6_announced_rtcp(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 rtcp=6600 at=" PEER);
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6602)), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6600)), 4001);
	hang_up(lab);
}

static void rule_b6_not_known_yet(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, peer()), 0);
	lab_proxy(lab, "486 INVITE 1 a b");
}

/* What came in from there to the published port has timed out. */
static void end_connection(struct lab *lab, struct lab_end from)
{
	struct nf_conntrack_tuple tuple = {
		.src = { .u3.ip = from.ip, .u.all = htons(from.port), .l3num = NFPROTO_IPV4 },
		.dst = { .u3.ip = lab_end("203.0.113.1", 0).ip, .u.all = htons(4000),
			 .protonum = IPPROTO_UDP },
	};
	struct nf_conntrack_tuple_hash *h;

	h = nf_conntrack_find_get(lab->sn->net, &nf_ct_zone_dflt, &tuple);
	KUNIT_ASSERT_NOT_NULL(lab->test, h);
	nf_ct_delete(nf_ct_tuplehash_to_ctrack(h), 0, 0);
	nf_ct_put(nf_ct_tuplehash_to_ctrack(h));
}

/* A far end whose NAT changes the port is known by what came from it, after a silence, too. */
static void rule_b6_learned_port(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end(PEER, 6100)), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6102), 4000), 4000);
	end_connection(lab, lab_end(PEER, 6102));
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end(PEER, 6102)), 4000);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end(PEER, 6104)), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6102)), 0);
	hang_up(lab);
}

/* A stranger that came in is answered, and not sent to first. */
static void rule_b6_strangers_teach_nothing(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 4000);
	end_connection(lab, stranger(0));
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, stranger(0)), 0);
	hang_up(lab);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b6_announced_endpoint),
	KUNIT_CASE(rule_b6_announced_low_port),
	KUNIT_CASE(rule_b6_announced_rtcp),
	KUNIT_CASE(rule_b6_not_known_yet),
	KUNIT_CASE(rule_b6_learned_port),
	KUNIT_CASE(rule_b6_strangers_teach_nothing),
	{}
};

static struct kunit_suite sipalg_rules_b6_suite = {
	.name = "sipalg_rules_b6",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};

kunit_test_suites(&sipalg_rules_b6_suite);
