// SPDX-License-Identifier: GPL-2.0
/*
 * What a call that has ended leaves for a while: nothing comes in, nothing is found, and its ports
 * and its share are there for whoever wants them (behaviour.md 4, sipalg_pinhole_shut.h).
 *
 * In the lab what waits goes on waiting until lab_settle().
 */
#include <linux/delay.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_shut.h"
#include "sipalg_quota.h"
#include "sipalg_lab.h"

static struct lab_end peer(void)
{
	return lab_end("203.0.113.9", 6000);
}

static u32 held(struct kunit *test, const char *ip)
{
	struct sipalg_quota_key host = { .addr = test_addr(test, ip) };
	struct lab *lab = test->priv;

	return sipalg_quota_held(lab->sn, &host, SIPALG_QUOTA_PINHOLE);
}

static u32 waiting_to_end(struct lab *lab)
{
	return READ_ONCE(lab->sn->shut->n);
}

/* A call of the phone that is up, with media of the peer. */
static void call_up(struct lab *lab, const char *call, u16 port)
{
	char line[80];

	snprintf(line, sizeof(line), "INVITE 1 a - call=%s audio=%u", call, port);
	lab_phone(lab, line);
	snprintf(line, sizeof(line), "200 INVITE 1 a b call=%s audio=6000 at=203.0.113.9", call);
	lab_proxy(lab, line);
	snprintf(line, sizeof(line), "ACK 1 a b call=%s", call);
	lab_phone(lab, line);
}

static void hang_up(struct lab *lab, const char *call)
{
	char line[80];

	snprintf(line, sizeof(line), "BYE 2 a b call=%s", call);
	lab_phone(lab, line);
	snprintf(line, sizeof(line), "200 BYE 2 a b call=%s", call);
	lab_proxy(lab, line);
}

/* A call ends for everybody with the answer to its BYE, whatever waits. */
static void shut_is_over_at_once(struct kunit *test)
{
	struct lab *lab = test->priv;

	call_up(lab, "one", 4000);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
	hang_up(lab, "one");
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 3);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED), 3);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 0);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
	KUNIT_EXPECT_TRUE(test, lab_call(lab, "one", "a").is_empty);
	/* neither side gets through, and what the host sends belongs to no call */
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, peer(), 4000), 0);
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, peer(), 4001), 0);
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, peer()), 0);
	/* no message brings it back */
	lab_proxy(lab, "200 BYE 2 a b");
	lab_proxy(lab, "BYE 1 b a");
	lab_phone(lab, "INVITE 3 a b audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 3);
	lab_settle(lab);
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 0);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 0);
}

/* The next call of the same ports has them at once, and keeps them when the rest ends. */
static void shut_port_is_free(struct kunit *test)
{
	struct lab *lab = test->priv;

	call_up(lab, "one", 4000);
	hang_up(lab, "one");
	call_up(lab, "two", 4000);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_MOVED), 0);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
	lab_settle(lab);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_for_peers(lab), 1);
	hang_up(lab, "two");
	/* the same call again, with the same Call-ID */
	lab_phone(lab, "INVITE 3 a - call=two audio=4000");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4000);
	lab_settle(lab);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
}

/* Without NAT a port cannot be moved, so the next call must have it. */
static void shut_port_is_free_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	call_up(lab, "one", 4000);
	hang_up(lab, "one");
	KUNIT_EXPECT_GT(test, waiting_to_end(lab), 0);
	call_up(lab, "two", 4000);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_NO_PORT), 0);
	lab_settle(lab);
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, peer(), 4000), 4000);
}

/* A refused call waits likewise; an administrator, time, and who needs room do not wait. */
static void shut_by_whom(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "486 INVITE 1 a b");
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 3);
	lab_settle(lab);
	call_up(lab, "two", 4000);
	sipalg_call_end_by_id(lab->sn, lab_call(lab, "two", "a").id);
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 0);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 0);
	lab_phone(lab, "INVITE 1 a - call=three audio=4000");
	lab->set->calls_max = 1;
	lab_phone(lab, "INVITE 1 a - call=four audio=4002");
	lab->set->calls_max = 0;
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 0);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
}

/* The share of its host is there for the next call, and so is the room of all. */
static void shut_gives_room(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->pinholes_max = 4;
	call_up(lab, "one", 4000);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
	hang_up(lab, "one");
	call_up(lab, "two", 4010);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_QUOTA), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4010), 1);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 3);
	/* no call that rings ends for places that are free */
	lab->set->pinholes_max = 16;
	lab_phone(lab, "INVITE 1 a - call=rings audio=4020");
	call_up(lab, "four", 4030);
	call_up(lab, "five", 4040);
	hang_up(lab, "two");
	hang_up(lab, "four");
	hang_up(lab, "five");
	lab->set->pinholes_max = 8;
	lab_phone(lab, "INVITE 1 a - call=six");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 0);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "rings", "a").state, (int)SIPALG_CALL_TRYING);
}

/* However many calls end, no more wait than the list has places. */
static void shut_list_has_an_end(struct kunit *test)
{
	struct lab *lab = test->priv;
	char name[16];
	u32 i;

	for (i = 0; i < SIPALG_SHUT_MAX / 2; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		call_up(lab, name, 10000 + 4 * i);
		hang_up(lab, name);
		KUNIT_EXPECT_LE(test, waiting_to_end(lab), (u32)SIPALG_SHUT_MAX);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, waiting_to_end(lab), (u32)SIPALG_SHUT_MAX);
	KUNIT_EXPECT_LE(test, held(test, "192.168.1.2"), (u32)SIPALG_SHUT_MAX);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
	lab_settle(lab);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 0);
}

/*
 * Media of a call that has just ended gives way to the next call of the same ends, which has
 * another mapped port.
 */
static void shut_media_gives_way(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct nf_conn *ct;
	u16 before;

	lab->set->keep_ports.n = 1;
	lab->set->keep_ports.range[0] = (struct sipalg_range){ 4000, 4001 };
	call_up(lab, "one", 4000);
	before = lab_media_out(lab, 4000, peer());
	KUNIT_EXPECT_NE(test, (int)before, 0);
	KUNIT_EXPECT_NE(test, (int)before, 4000);
	hang_up(lab, "one");
	lab->set->keep_ports.n = 0;
	call_up(lab, "two", 4000);
	KUNIT_EXPECT_GT(test, waiting_to_end(lab), 0);
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, peer()), 4000);
	/* what the first call leaves ends now, and the connection is the second one's */
	lab_settle(lab);
	ct = lab_conn(lab_end("192.168.1.2", 4000), peer());
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status));
	nf_ct_put(ct);
}

/* The work item itself ends what waits, and is there again for the next call. */
static void shut_work_comes(struct kunit *test)
{
	struct lab *lab = test->priv;
	int i, tries;

	lab_let_settle(lab);
	for (i = 0; i < 2; i++) {
		call_up(lab, i ? "two" : "one", 4000);
		hang_up(lab, i ? "two" : "one");
		for (tries = 0; waiting_to_end(lab) && tries < 1000; tries++)
			msleep(20);
		KUNIT_EXPECT_EQ(test, waiting_to_end(lab), 0);
	}
	/* the last pinhole leaves the list before it ends */
	for (tries = 0; held(test, "192.168.1.2") && tries < 1000; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, held(test, "192.168.1.2"), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(shut_is_over_at_once),
	KUNIT_CASE(shut_port_is_free),
	KUNIT_CASE(shut_port_is_free_without_nat),
	KUNIT_CASE(shut_by_whom),
	KUNIT_CASE(shut_gives_room),
	KUNIT_CASE(shut_list_has_an_end),
	KUNIT_CASE(shut_media_gives_way),
	KUNIT_CASE(shut_work_comes),
	{}
};

struct kunit_suite sipalg_shut_suite = {
	.name = "sipalg_shut",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
