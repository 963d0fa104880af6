// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_rules_b2: what costs nothing proves nothing (docs/security.md B2).  Strangers outside
 * send to a registered phone, whose address alone is charged.
 */
#include <linux/inet.h>

#include "sipalg_source.h"
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
		KUNIT_EXPECT_EQ_MSG(lab->test, state_of_stranger(lab, i), (int)SIPALG_CALL_TRYING,
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
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_TRYING);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	/* a call that is set up slowly has the time that ringing has */
	stranger_asks(lab, 90, "INVITE 1 x -");
	stranger_is_told(lab, 90, "100 INVITE 1 x -");
	lab_wait(lab, 200);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIPALG_CALL_TRYING);
	lab_wait(lab, 20);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIPALG_CALL_ENDED);
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
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIPALG_CALL_RINGING);
	stranger_is_told(lab, 90, "407 INVITE 1 x y");
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIPALG_CALL_TRYING);
	lab_wait(lab, 34);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 90), (int)SIPALG_CALL_ENDED);
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_RINGING);
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
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 0), (int)SIPALG_CALL_TRYING);
	stranger_is_told(lab, 0, "180 INVITE 2 x z");
	lab_wait(lab, 100);
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 0), (int)SIPALG_CALL_RINGING);
	stranger_asks(lab, 1, "INVITE 1 x - branch=one");
	stranger_asks(lab, 1, "INVITE 1 x - branch=two");
	stranger_is_told(lab, 1, "180 INVITE 1 x y branch=one");
	stranger_is_told(lab, 1, "407 INVITE 1 x z branch=two");
	KUNIT_EXPECT_EQ(test, state_of_stranger(lab, 1), (int)SIPALG_CALL_RINGING);
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
		KUNIT_EXPECT_EQ(test, state_of_stranger(lab, i), (int)SIPALG_CALL_RINGING);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_QUOTA), 1);
}

/* ---- pinholes: who holds least gets the last part ------------------------------------ */

/* Calls of a phone, each answered, until one opens nothing.  Return: how many opened something. */
static u32 fill(struct lab *lab, u32 host)
{
	char line[64];
	u32 i;

	lab->phone.ip = htonl(0xc0a80a00 + host);
	for (i = 0; i < 128; i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=h%u-%u audio=%u", host, i,
			 4000 + 2 * i);
		lab_phone(lab, line);
		if (!lab_has(lab, "c=IN IP4 203.0.113.1"))
			break;
		snprintf(line, sizeof(line), "180 INVITE 1 a b call=h%u-%u", host, i);
		lab_proxy(lab, line);
	}
	return i;
}

/* Nine addresses of one host, and the tenth, which is another's. */
static void rule_b2_nine_addresses(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab->set->trunks.n = 0;
	lab->set->pinholes_max = 128;
	/* alone a host has three quarters */
	KUNIT_EXPECT_GE(test, fill(lab, 1), (96 - 1) / 2);
	for (i = 2; i <= 9; i++)
		KUNIT_EXPECT_GT_MSG(test, fill(lab, i), 0, "address %u", i);
	KUNIT_EXPECT_LE(test, lab_reserved(lab), 128 - 4);
	KUNIT_EXPECT_GT(test, fill(lab, 10), 0);
}

/* ---- who may call in: the registrar's answer alone says it ----------------------------- */

#define ROUTE(name, host)	name ": <sip:" host ";lr>\r\n"

static bool gets_in(struct lab *lab, const char *host)
{
	struct lab_end proxy = lab->proxy;
	char line[48];

	lab->proxy = lab_end(host, 5080);
	snprintf(line, sizeof(line), "OPTIONS 1 x - call=%s", host);
	lab_proxy(lab, line);
	lab_flush(lab);
	lab->proxy = proxy;
	return lab->out[0];
}

static void rule_b2_learned(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->signalling_source = SIPALG_SIGNALLING_LEARNED;
	bind(lab, 1, OWN("5060"), MAPPED("5060") ROUTE("Path", "198.51.100.20")
	     ROUTE("Service-Route", "198.51.100.21") ROUTE("Record-Route", "198.51.100.22"));
	KUNIT_EXPECT_TRUE(test, gets_in(lab, "198.51.100.20"));
	bind(lab, 2, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_TRUE(test, gets_in(lab, "198.51.100.21"));
	bind(lab, 3, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_FALSE(test, gets_in(lab, "198.51.100.22"));
	/* what comes through the registrar names whom it likes */
	bind(lab, 4, OWN("5060"), MAPPED("5060"));
	lab->more = ROUTE("Record-Route", "198.51.100.23") ROUTE("Route", "198.51.100.24")
		    ROUTE("Path", "198.51.100.25") ROUTE("Service-Route", "198.51.100.26");
	lab_proxy(lab, "INVITE 1 x - call=via");
	KUNIT_EXPECT_TRUE(test, lab->out[0]);
	KUNIT_EXPECT_FALSE(test, gets_in(lab, "198.51.100.23"));
	bind(lab, 5, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_FALSE(test, gets_in(lab, "198.51.100.24"));
	bind(lab, 6, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_FALSE(test, gets_in(lab, "198.51.100.25"));
	bind(lab, 7, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_FALSE(test, gets_in(lab, "198.51.100.26"));
	/* nor does a 2xx that nobody has asked for */
	bind(lab, 8, OWN("5060"), MAPPED("5060"));
	lab->more = MAPPED("5060") ROUTE("Service-Route", "198.51.100.27");
	lab_proxy(lab, "200 REGISTER 9 a t call=reg");
	KUNIT_EXPECT_FALSE(test, gets_in(lab, "198.51.100.27"));
}

/* ---- what keeps something answers a request that was seen ------------------------------ */

/* How long the phone's connection to the proxy lives without another packet. */
static u32 life_of_flow(struct lab *lab)
{
	struct nf_conn *ct = lab_master(lab);
	u32 s;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, ct);
	s = nf_ct_expires(ct) / HZ;
	nf_ct_put(ct);
	return s;
}

static void rule_b2_unasked_registration(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->rewrite = 0;
	lab_phone(lab, "OPTIONS 1 a - call=first");
	lab->more = OWN("5060");
	lab_proxy(lab, "200 REGISTER 1 a t call=nobodys");
	KUNIT_EXPECT_LE(test, life_of_flow(lab), 200);
	lab->more = OWN("5060");
	lab_phone(lab, "REGISTER 1 a - call=reg");
	lab->more = OWN("5060");
	lab_proxy(lab, "200 REGISTER 1 a t call=reg");
	KUNIT_EXPECT_GE(test, life_of_flow(lab), 600);
}

/* What nobody inside has asked for keeps no connection for a day. */
static void rule_b1_unasked_subscription(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "OPTIONS 1 a - call=first");
	lab->more = "Expires: 86400\r\n";
	lab_proxy(lab, "200 SUBSCRIBE 1 a t call=nobodys");
	KUNIT_EXPECT_LE(test, life_of_flow(lab), 200);
	lab_proxy(lab, "SUBSCRIBE 1 x - call=theirs");
	lab->more = "Expires: 86400\r\n";
	lab_phone(lab, "200 SUBSCRIBE 1 x t call=theirs");
	KUNIT_EXPECT_LE(test, life_of_flow(lab), 200);
	lab_phone(lab, "SUBSCRIBE 1 a - call=ours");
	lab->more = "Expires: 3600\r\n";
	lab_proxy(lab, "200 SUBSCRIBE 1 a t call=ours");
	KUNIT_EXPECT_GE(test, life_of_flow(lab), 3600);
}

static void rule_b2_unasked_answer(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	lab->proxy = stranger(0);
	lab_phone(lab, "OPTIONS 1 o - call=other");
	lab_proxy(lab, "200 INVITE 1 a b audio=7000");
	lab_proxy(lab, "BYE 1 z a");
	KUNIT_EXPECT_LE(test, life_of_flow(lab), 200);
}

/* ---- a host in IPv6 is a prefix ---------------------------------------------------------- */

static struct sipalg_quota *charge6(struct lab *lab, const char *addr, u32 max)
{
	struct sipalg_quota_key key = { test_addr(lab->test, addr) };
	struct sipalg_quota *quota;

	rcu_read_lock();
	quota = sipalg_quota_charge(lab->sn, &key, SIPALG_QUOTA_CALL, 1, max);
	rcu_read_unlock();
	return quota;
}

static void rule_b2_prefix_of_quotas(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_quota *a, *b, *c, *d;

	lab->set->trunks.n = 0;
	a = charge6(lab, "2001:db8:1:2::1", 2);
	b = charge6(lab, "2001:db8:1:2:ffff:1:2:3", 2);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
	KUNIT_EXPECT_PTR_EQ(test, a, b);
	KUNIT_EXPECT_PTR_EQ(test, charge6(lab, "2001:db8:1:2::3", 2), ERR_PTR(-EDQUOT));
	c = charge6(lab, "2001:db8:1:3::1", 2);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, c);
	KUNIT_EXPECT_PTR_NE(test, a, c);
	/* another length: what was charged is given back where it was */
	lab->set->host_prefix6 = 128;
	d = charge6(lab, "2001:db8:1:2::1", 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, d);
	KUNIT_EXPECT_PTR_NE(test, a, d);
	KUNIT_EXPECT_EQ(test, sipalg_quota_len(a), 64);
	KUNIT_EXPECT_EQ(test, sipalg_quota_len(d), 128);
	sipalg_quota_release(lab->sn, d, SIPALG_QUOTA_CALL, 1);
	sipalg_quota_release(lab->sn, a, SIPALG_QUOTA_CALL, 2);
	sipalg_quota_release(lab->sn, c, SIPALG_QUOTA_CALL, 1);
}

static void rule_b2_prefix_of_sources(struct kunit *test)
{
	static const struct {
		u32 len;
		const char *a, *b;
		bool is_one;
	} pairs[] = {
		{ 64, "2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true },
		{ 64, "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ 56, "2001:db8:1:200::1", "2001:db8:1:2ff::1", true },
		{ 56, "2001:db8:1:200::1", "2001:db8:1:300::1", false },
		{ 128, "2001:db8:1:2::1", "2001:db8:1:2::2", false },
		{ 1, "2001:db8::1", "2a00::1", true },
		/* an IPv4 address each */
		{ 64, "64:ff9b::c000:201", "64:ff9b::c000:202", false },
		{ 64, "192.0.2.1", "192.0.2.2", false },
	};
	struct sipalg_source *a, *b;
	struct lab *lab = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct sipalg_source_key one = { test_addr(test,
							   pairs[i].a), 7, SIPALG_SOURCE_FROM };
		struct sipalg_source_key two = { test_addr(test,
							   pairs[i].b), 7, SIPALG_SOURCE_FROM };

		lab->set->host_prefix6 = pairs[i].len;
		rcu_read_lock();
		a = sipalg_source_get(lab->sn, &one);
		b = sipalg_source_get(lab->sn, &two);
		KUNIT_EXPECT_NOT_NULL(test, a);
		KUNIT_EXPECT_EQ_MSG(test, a == b, pairs[i].is_one, "%s %s /%u", pairs[i].a,
				    pairs[i].b, pairs[i].len);
		rcu_read_unlock();
	}
	KUNIT_EXPECT_EQ(test, sipalg_source_release(lab->sn, &(struct sip_addr){
			.family = SIP_FAMILY_IPV4, .w = { (__force u32)htonl(0xc0000201) } }), 0);
}

/* ---- who knows the tags of a call, and is none of its parties ----------------------------- */

/*
 * A stranger's re-INVITE is for the phone to judge: what it refuses changes nothing, neither
 * where media goes to nor what the parties say later.
 */
static void rule_b2_reinvite_of_a_stranger(struct kunit *test)
{
	struct lab *lab = registered(test);
	struct lab_end proxy = lab->proxy;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, peer()), 4000);
	lab->proxy = stranger(0);
	lab_proxy(lab, "INVITE 4000000000 b a audio=7000");
	KUNIT_EXPECT_TRUE(test, lab->out[0]);
	lab_phone(lab, "481 INVITE 4000000000 b a");
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, stranger(0)), 0);
	lab->proxy = proxy;
	/* the other party goes on where it was */
	lab_proxy(lab, "INVITE 2 b a audio=6002 at=" PEER);
	lab_phone(lab, "200 INVITE 2 b a audio=4000");
	lab_flush(lab);
	lab_phone(lab, "INVITE 2 a b audio=4000");
	lab_proxy(lab, "200 INVITE 2 a b audio=6002 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end(PEER, 6002)), 4000);
	lab_proxy(lab, "BYE 3 b a");
	lab_phone(lab, "200 BYE 3 b a");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_ENDED);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b2_trying),
	KUNIT_CASE(rule_b2_challenge),
	KUNIT_CASE(rule_b2_challenge_that_is_met),
	KUNIT_CASE(rule_b2_ringing),
	KUNIT_CASE(rule_b2_nine_addresses),
	KUNIT_CASE(rule_b2_learned),
	KUNIT_CASE(rule_b2_unasked_registration),
	KUNIT_CASE(rule_b1_unasked_subscription),
	KUNIT_CASE(rule_b2_unasked_answer),
	KUNIT_CASE(rule_b2_prefix_of_quotas),
	KUNIT_CASE(rule_b2_prefix_of_sources),
	KUNIT_CASE(rule_b2_reinvite_of_a_stranger),
	{}
};

static struct kunit_suite sipalg_rules_b2_suite = {
	.name = "sipalg_rules_b2",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};

kunit_test_suites(&sipalg_rules_b2_suite);
