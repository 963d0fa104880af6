// SPDX-License-Identifier: GPL-2.0
/*
 * Ports and calls of another router: what a look finds, who gets it, and which messages take a call
 * up again.  Expectations are made as conntrackd gives them.
 */
#include <linux/delay.h>
#include <linux/inet.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_lab.h"
#include "sipalg_legacy_expect.h"

enum {				/* beside a class */
	BARE	= 0x8000,	/* without NAT and function */
	UNLED	= 0x4000,	/* without NAT */
};

/* The other router's expectation at a port of the outside address, for an endpoint inside. */
static void give_expect(struct lab *lab, u32 class, u16 port, const char *host, u16 real_port)
{
	union nf_inet_addr dst = { .ip = in_aton("203.0.113.1") }, real = { .ip = in_aton(host) };
	struct nf_conn *master = lab_master(lab);
	struct nf_conntrack_expect *exp;
	__be16 be_port = htons(port);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, master);
	exp = nf_ct_expect_alloc(master);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, exp);
	rcu_read_lock();
	nf_ct_expect_init(exp, class & ~(BARE | UNLED), NFPROTO_IPV4, NULL, &dst, IPPROTO_UDP, NULL,
			  &be_port);
	if (!(class & ~(BARE | UNLED)))
		exp->flags |= NF_CT_EXPECT_PERMANENT;
	if (!(class & BARE))
		exp->expectfn = nf_ct_helper_expectfn_find_by_name(SIPALG_NAME)->expectfn;
	if (!(class & (BARE | UNLED)))
		sipalg_expect_set_nat(exp, &real, htons(real_port));
	KUNIT_EXPECT_EQ(lab->test, nf_ct_expect_related(exp, 0), 0);
	rcu_read_unlock();
	nf_ct_expect_put(exp);
	nf_ct_put(master);
}

static void give_media(struct lab *lab, u16 port, const char *host, u16 real_port)
{
	give_expect(lab, SIPALG_PINHOLE_MEDIA, port, host, real_port);
}

/* The connection of the phone was seen by another router before. */
static void give_conn(struct lab *lab)
{
	struct nf_conn *ct;

	lab_phone(lab, "OPTIONS 1 o -");
	lab_proxy(lab, "200 OPTIONS 1 o p");
	ct = lab_master(lab);
	KUNIT_ASSERT_NOT_NULL(lab->test, ct);
	sipalg_flow_give(ct);
	nf_ct_put(ct);
}

static struct sipalg_pinhole_key key_at(const char *ip, u16 port)
{
	union nf_inet_addr addr = { .ip = in_aton(ip) };

	return (struct sipalg_pinhole_key){
		.addr = sipalg_inet_addr_of(NFPROTO_IPV4, &addr), .port = port,
		.proto = IPPROTO_UDP,
	};
}

static u16 legacy_port(struct lab *lab, const char *host, u16 port)
{
	struct sipalg_pinhole_key real = key_at(host, port), mapped = key_at("203.0.113.1", 0);
	u16 found;

	rcu_read_lock();
	found = sipalg_legacy_port(lab->sn, &real, &mapped.addr);
	rcu_read_unlock();
	return found;
}

static bool is_others(struct lab *lab, u16 port)
{
	struct sipalg_pinhole_key mapped = key_at("203.0.113.1", port);
	bool others;

	rcu_read_lock();
	others = sipalg_legacy_is_others(lab->sn, &mapped, NULL);
	rcu_read_unlock();
	return others;
}

/* Seconds that the expectation at a port of the outside address has left; 0: there is none. */
static u32 expect_life(struct lab *lab, u16 port)
{
	union nf_inet_addr dst = { .ip = in_aton("203.0.113.1") };
	struct nf_conntrack_tuple tuple = {
		.src.l3num = NFPROTO_IPV4, .dst.u3 = dst, .dst.protonum = IPPROTO_UDP,
		.dst.u.all = htons(port),
	};
	struct nf_conntrack_expect *exp;
	u32 left = 0;

	rcu_read_lock();
	exp = __nf_ct_expect_find(lab->sn->net, &nf_ct_zone_dflt, &tuple);
	if (exp)
		left = sipalg_expect_left(exp);
	rcu_read_unlock();
	return left;
}

/* What one case leaves must not be found by the next one. */
static void clear(struct lab *lab)
{
	lab_flush(lab);
	lab_wait(lab, SIPALG_LEGACY_TTL_S + 1);
	sipalg_legacy_look(lab->sn);
}

/* ---- looks ------------------------------------------------------------------------- */

static void legacy_is_found(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 4100);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 4100), 0);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.3", 7000), 0);
	KUNIT_EXPECT_TRUE(test, is_others(lab, 4100));
	KUNIT_EXPECT_FALSE(test, is_others(lab, 7000));
	clear(lab);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 0);
	KUNIT_EXPECT_FALSE(test, is_others(lab, 4100));
}

/* The expectation is used up, and its connection tells the same. */
static void legacy_of_a_connection_is_found(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 6000), 4100), 7000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 4100);
	/* looks go on finding it */
	lab_wait(lab, SIPALG_LEGACY_TTL_S + 1);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 4100);
	clear(lab);
}

/* A port that has a pinhole is no legacy. */
static void legacy_has_no_pinhole(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_FALSE(test, is_others(lab, 4000));
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 4000), 0);
}

static void legacy_is_the_only_one(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	give_media(lab, 4200, "192.168.1.2", 7000);
	/* what one packet used up is given for another host */
	give_media(lab, 4300, "192.168.1.2", 7200);
	lab_media_in(lab, lab_end("203.0.113.2", 6000), 4300);
	give_media(lab, 4300, "192.168.1.99", 7200);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 0);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7200), 0);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.99", 7200), 0);
	KUNIT_EXPECT_TRUE(test, is_others(lab, 4300));
	clear(lab);
}

/* No port is chosen for media before what was given is looked at, and no longer than that. */
static void legacy_is_awaited(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_wait(lab, 600);		/* since the last look */
	sipalg_legacy_given(lab->sn);
	KUNIT_EXPECT_TRUE(test, sipalg_legacy_is_awaited(lab->sn));
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_STREQ(test, lab->out, "");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_TAKEOVER_WAITS), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "OPTIONS 1 o -");
	KUNIT_EXPECT_STRNEQ(test, lab->out, "");
	lab_wait(lab, SIPALG_LEGACY_WAIT_S);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
}

/* On a router to which connections are given during each look, ports are chosen in the end. */
static void legacy_is_not_awaited_for_ever(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 s;

	lab_wait(lab, 600);
	sipalg_legacy_given(lab->sn);
	for (s = 2; s <= 8; s += 2) {
		lab_wait(lab, 2);
		sipalg_legacy_looked(lab->sn, 0);
		KUNIT_EXPECT_EQ(test, sipalg_legacy_is_awaited(lab->sn),
				s < 2 * SIPALG_LEGACY_WAIT_S);
	}
}

/* ---- what came without class, NAT and function ------------------------------------- */

static void legacy_is_completed(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->mapped_port = 5062;
	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	lab_media_in(lab, lab_end("203.0.113.2", 6000), 4100);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING | BARE, 5062, "0.0.0.0", 0);
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4101, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_EXPECTS_LOST), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_RTCP), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 6001), 4101), 7001);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.9", 5060), 5062), 5060);
	clear(lab);
}

/* The same where the NAT alone is lost, as conntrackd loses it in IPv6; what is ours has none. */
static void legacy_gets_its_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->mapped_port = 5062;
	give_conn(lab);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING | UNLED, 5062, "0.0.0.0", 0);
	give_expect(lab, SIPALG_PINHOLE_MEDIA_B | UNLED, 4100, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_EXPECTS_LOST), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.9", 5060), 5062), 5060);
	clear(lab);
	lab->is_nat = false;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_MEDIA) +
			lab_waiting_in_class(lab, SIPALG_PINHOLE_MEDIA_B), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_EXPECTS_LOST), 1);
}

/* A neighbour of another signalling connection is the port of another telephone. */
static void legacy_is_completed_by_its_own_master(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end phone = lab->phone;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	lab->phone = lab_end("192.168.1.3", 5060);
	give_conn(lab);
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4101, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_EXPECTS_LOST), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4101), 0);
	lab->phone = phone;
	clear(lab);
}

/* Without NAT an expectation leads where it says, and lacks its class alone. */
static void legacy_of_routes_is_completed(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	give_conn(lab);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING | BARE, 5080, "0.0.0.0", 0);
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4100, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_EXPECTS_LOST), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_MEDIA), 1);
	KUNIT_EXPECT_LE(test, expect_life(lab, 4100), SIPALG_PINHOLE_TTL_S);
	clear(lab);
}

static void legacy_is_removed_where_its_host_is_lost(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING | BARE, 5080, "0.0.0.0", 0);
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4100, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_EXPECTS_LOST), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5080), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 0);
	clear(lab);
}

/* The other side may send there still: no other host gets the port, and no new call. */
static void legacy_that_is_lost_is_kept_for_its_host(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end phone = lab->phone;

	give_conn(lab);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING | BARE, 5080, "0.0.0.0", 0);
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4100, "0.0.0.0", 0);
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4200, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_TRUE(test, is_others(lab, 4100));
	lab->phone = lab_end("192.168.1.3", 5060);
	give_conn(lab);
	lab_phone(lab, "INVITE 5 a b call=c1 audio=4100 contact=192.168.1.3:5080");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_FALSE(test, lab_has(lab, "203.0.113.1:5080"));
	lab->phone = phone;
	lab_phone(lab, "INVITE 1 a - call=c2 audio=4100");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4100);
	lab_phone(lab, "INVITE 5 a b call=c3 audio=4100 contact=192.168.1.2:5080");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5080), 1);
	/* a neighbour without a port shows none */
	give_expect(lab, SIPALG_PINHOLE_MEDIA | BARE, 4201, "0.0.0.0", 0);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4201), 0);
	/* what is known after all is known */
	give_media(lab, 4200, "192.168.1.2", 7000);
	sipalg_legacy_look(lab->sn);
	KUNIT_EXPECT_EQ(test, legacy_port(lab, "192.168.1.2", 7000), 4200);
	clear(lab);
}

/* ---- calls ------------------------------------------------------------------------- */

static void legacy_is_adopted(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	lab_media_in(lab, lab_end("203.0.113.2", 6000), 4100);
	sipalg_legacy_look(lab->sn);
	/* a new call has no port of another router, and gets none */
	lab_phone(lab, "INVITE 1 n - call=new audio=7000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 7000);
	lab_phone(lab, "INVITE 1 m - call=more audio=4100");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4100);
	lab_phone(lab, "INVITE 5 a b call=old audio=7000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "old", "a").state, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_TAKEN_UP), 1);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_PINHOLES_ADOPTED), 1);
	lab_proxy(lab, "200 INVITE 5 a b call=old audio=6000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "old", "a").state, SIPALG_CALL_UP);
	lab_phone(lab, "INVITE 6 a b call=old audio=7000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	lab_phone(lab, "BYE 7 a b call=old");
	lab_proxy(lab, "200 BYE 7 a b call=old");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "old", "a").state, SIPALG_CALL_ENDED);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 0);
	clear(lab);
}

/* The connection that the port was opened over is not the one that the phone has now. */
static void legacy_is_adopted_over_another_connection(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	sipalg_legacy_look(lab->sn);
	lab->phone.port = 5062;
	lab->mapped_port = 40002;
	lab_phone(lab, "INVITE 5 a b call=old audio=7000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	clear(lab);
}

/* Rule B3 holds for a port that the other router has not published. */
static void legacy_run_is_asked_about(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING, 5080, "192.168.1.2", 7100);
	sipalg_legacy_look(lab->sn);
	lab->set->keep_ports.range[lab->set->keep_ports.n++] = (struct sipalg_range){ 4101, 4101 };
	lab_phone(lab, "INVITE 5 a b call=old audio=7000 rtcp=7001");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4101));
	/* a port of signalling is no port of media */
	lab_phone(lab, "INVITE 5 c d call=more audio=7100");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 5080);
	/* a published port that is kept since then is adopted all the same */
	lab->set->keep_ports.range[0] = (struct sipalg_range){ 4200, 4200 };
	give_media(lab, 4200, "192.168.1.2", 7200);
	sipalg_legacy_look(lab->sn);
	lab_phone(lab, "INVITE 5 e f call=third audio=7200");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4200);
	clear(lab);
}

/* Where the call is not known and opens nothing, its port is written all the same. */
static void legacy_is_published(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	give_expect(lab, SIPALG_PINHOLE_RTCP, 4101, "192.168.1.2", 7001);
	give_media(lab, 4300, "192.168.1.99", 4300);
	sipalg_legacy_look(lab->sn);
	lab_phone(lab, "ACK 5 a b call=old audio=7000 rtcp=7001");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "a=rtcp:4101\r\n"));
	lab_phone(lab, "ACK 5 a b call=old audio=4300");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	clear(lab);
}

static void legacy_leaves_from_its_port(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	sipalg_legacy_look(lab->sn);
	lab_media_out(lab, 7000, lab_end("203.0.113.2", 6000));
	KUNIT_EXPECT_EQ(test, lab->left_from.port, 4100);
	KUNIT_EXPECT_FALSE(test, lab->is_related);
	clear(lab);
}

static void legacy_ends_with_its_call(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	give_expect(lab, SIPALG_PINHOLE_RTCP, 4101, "192.168.1.2", 7001);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING, 5080, "192.168.1.2", 5080);
	lab_phone(lab, "BYE 5 a b call=old");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	lab_proxy(lab, "407 BYE 5 a b call=old");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	/* it may have been one to a re-INVITE */
	lab_proxy(lab, "491 INVITE 4 a b call=old");
	KUNIT_EXPECT_GT(test, expect_life(lab, 4100), 200);
	lab_proxy(lab, "200 BYE 5 a b call=old");
	KUNIT_EXPECT_LE(test, expect_life(lab, 4100), SIPALG_LEGACY_LAST_S);
	KUNIT_EXPECT_LE(test, expect_life(lab, 4101), SIPALG_LEGACY_LAST_S);
	KUNIT_EXPECT_GT(test, expect_life(lab, 5080), 200);
	KUNIT_EXPECT_TRUE(test, sipalg_legacy_gc(lab->sn));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	lab_wait(lab, SIPALG_LEGACY_LAST_S + 2);
	KUNIT_EXPECT_FALSE(test, sipalg_legacy_gc(lab->sn));
	/* of two streams nobody knows which one ends */
	lab_flush(lab);
	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	give_media(lab, 4200, "192.168.1.2", 7100);
	lab_proxy(lab, "487 INVITE 5 a b call=old");
	KUNIT_EXPECT_GT(test, expect_life(lab, 4100), 200);
	KUNIT_EXPECT_GT(test, expect_life(lab, 4200), 200);
	clear(lab);
}

/* What the other router has opened for a registration does not end with a call of that phone. */
static void legacy_of_a_registration_stays(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING, 5060, "192.168.1.2", 5060);
	sipalg_legacy_look(lab->sn);
	lab_phone(lab, "INVITE 1 a - call=new audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b call=new audio=6000");
	lab_phone(lab, "BYE 2 a b call=new");
	lab_proxy(lab, "200 BYE 2 a b call=new");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "new", "a").state, SIPALG_CALL_ENDED);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	KUNIT_EXPECT_TRUE(test, lab_is_lasting(lab, 5060));
	/* nor does a port that the phone has registered and does not send from */
	give_expect(lab, SIPALG_PINHOLE_SIGNALLING, 5070, "192.168.1.2", 5070);
	sipalg_legacy_look(lab->sn);
	lab_phone(lab, "INVITE 1 a - call=next audio=4000 contact=192.168.1.2:5070");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "203.0.113.1:5070"));
	lab_proxy(lab, "200 INVITE 1 a b call=next audio=6000");
	lab_phone(lab, "BYE 2 a b call=next");
	lab_proxy(lab, "200 BYE 2 a b call=next");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "next", "a").state, SIPALG_CALL_ENDED);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5070), 1);
	clear(lab);
}

/* On a connection that began here such an answer ends nothing. */
static void legacy_ends_on_given_connections_alone(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "OPTIONS 1 o -");
	lab_proxy(lab, "200 OPTIONS 1 o p");
	give_media(lab, 4100, "192.168.1.2", 7000);
	lab_proxy(lab, "200 BYE 5 a b call=old");
	KUNIT_EXPECT_GT(test, expect_life(lab, 4100), 200);
	clear(lab);
}

static void legacy_call_is_no_more_than_a_new_one(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	lab->set->trunks.n = 0;
	lab->set->calls_per_host = 1;
	lab_proxy(lab, "INVITE 1 x y call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, SIPALG_CALL_TRYING);
	lab_proxy(lab, "INVITE 1 x y call=c2 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "481 INVITE 1 x y call=c2");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "x").state, SIPALG_CALL_ENDED);
}

/* RFC 3261 14.1: a refused offer leaves a dialog as it was, if there is one. */
static void legacy_call_stands_a_refusal(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	give_media(lab, 4100, "192.168.1.2", 7000);
	sipalg_legacy_look(lab->sn);
	lab_phone(lab, "INVITE 5 a b call=old audio=7000");
	lab_proxy(lab, "491 INVITE 5 a b call=old");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "old", "a").state, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	/* nothing shows that this one exists */
	lab_phone(lab, "INVITE 5 a b call=none audio=7200");
	lab_proxy(lab, "491 INVITE 5 a b call=none");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "none", "a").state, SIPALG_CALL_ENDED);
	/* the same offer again is about the same port */
	lab_phone(lab, "INVITE 6 a b call=old audio=7000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	lab_proxy(lab, "200 INVITE 6 a b call=old audio=6000");
	lab_phone(lab, "BYE 7 a b call=old");
	lab_proxy(lab, "200 BYE 7 a b call=old");
	clear(lab);
}

/* A call may ring at several phones, each of which has a branch of its own. */
static void legacy_call_is_forked(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	lab_phone(lab, "180 INVITE 1 x y call=c1 branch=y");
	lab_phone(lab, "200 INVITE 1 x z call=c1 branch=z audio=4200");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4200);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4200), 1);
	lab_proxy(lab, "ACK 1 x z call=c1");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, SIPALG_CALL_UP);
	lab_proxy(lab, "BYE 2 x z call=c1");
	lab_phone(lab, "200 BYE 2 x z call=c1");
	clear(lab);
}

/* A router that is active again does not open anew what another router has had in the meantime. */
static void legacy_of_an_own_call(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - call=c1 audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b call=c1 audio=6000");
	lab_phone(lab, "INVITE 1 a - call=c2 audio=4200");
	lab_proxy(lab, "200 INVITE 1 a b call=c2 audio=6200");
	lab_flush(lab);
	lab_wait(lab, 1);
	give_conn(lab);
	sipalg_legacy_given(lab->sn);
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	/* a message shows that the call goes on */
	lab_phone(lab, "INVITE 2 a b call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	lab_proxy(lab, "200 INVITE 2 a b call=c1 audio=6000");
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4200), 0);
	lab_wait(lab, SIPALG_CALL_TTL_S);
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "a").state, SIPALG_CALL_ENDED);
	clear(lab);
}

/* On a router to which nothing was given, both tags of an unknown call are a mistake or a lie. */
static void legacy_is_for_heirs(struct kunit *test)
{
	struct lab *lab = test->priv;

	sipalg_legacy_teardown(lab->sn);
	KUNIT_EXPECT_EQ(test, sipalg_legacy_setup(lab->sn), 0);
	lab_phone(lab, "INVITE 5 a b call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, -1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	sipalg_legacy_given(lab->sn);
	lab_wait(lab, SIPALG_LEGACY_WAIT_S);
	lab_phone(lab, "INVITE 5 a b call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, SIPALG_CALL_TRYING);
}

static void legacy_call_is_taken_up_by_update(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	lab_phone(lab, "UPDATE 5 a b call=c1");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, -1);
	lab_phone(lab, "UPDATE 5 a b call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	lab_proxy(lab, "200 UPDATE 5 a b call=c1 audio=6000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, SIPALG_CALL_UP);
	/* the INVITE that the other router has seen is refused: the call was ringing */
	lab_proxy(lab, "491 INVITE 1 a b call=c1");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, SIPALG_CALL_UP);
	lab_proxy(lab, "486 INVITE 1 a b call=c1");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "a").state, SIPALG_CALL_ENDED);
	lab_phone(lab, "UPDATE 5 a b call=c2 audio=4200");
	lab_proxy(lab, "481 UPDATE 5 a b call=c2");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "a").state, SIPALG_CALL_ENDED);
}

/* The INVITE of a call that rings came by the other router. */
static void legacy_call_rings(struct kunit *test)
{
	struct lab *lab = test->priv;

	give_conn(lab);
	lab_phone(lab, "180 INVITE 1 x y call=c1");
	lab_phone(lab, "180 INVITE 1 x z call=c1 branch=z");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, SIPALG_CALL_TRYING);
	lab_phone(lab, "200 INVITE 1 x y call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	/* an answer alone proves nothing: it is half-open until the other side confirms it */
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, SIPALG_CALL_TRYING);
	lab_proxy(lab, "ACK 1 x z call=c1");
	lab_phone(lab, "ACK 1 x y call=c1");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, SIPALG_CALL_TRYING);
	lab_proxy(lab, "ACK 1 x y call=c1");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, SIPALG_CALL_UP);
	/* not by an answer from outside, nor by a refusal */
	lab_proxy(lab, "200 INVITE 1 x y call=c2 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "x").state, -1);
	lab_phone(lab, "486 INVITE 1 x y call=c3");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c3", "x").state, -1);
	lab_proxy(lab, "BYE 2 x y call=c1");
	lab_phone(lab, "200 BYE 2 x y call=c1");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	clear(lab);
}

/* On a connection that began here the INVITE was seen, or there was none. */
static void legacy_call_rings_on_given_connections_alone(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "OPTIONS 1 o -");
	lab_proxy(lab, "200 OPTIONS 1 o p");
	lab_phone(lab, "200 INVITE 1 x y call=c1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c1", "x").state, -1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

/* ---- what a failover peer must know ------------------------------------------------ */

static unsigned int life_of(struct lab *lab)
{
	struct nf_conn *ct = lab_master(lab);
	unsigned int left = ct ? nf_ct_expires(ct) / HZ : 0;

	if (ct)
		nf_ct_put(ct);
	return left;
}

/* A connection that was given keeps the time that it came with. */
static void given_connection_keeps_its_life(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct nf_conn *ct;

	give_conn(lab);
	ct = lab_master(lab);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + 7200 * HZ);
	nf_ct_put(ct);
	sipalg_legacy_look(lab->sn);
	lab_proxy(lab, "OPTIONS 1 p -");
	KUNIT_EXPECT_GE(test, life_of(lab), 7190);
	/* the first packet came before a look, and left the short time alone */
	lab_flush(lab);
	give_conn(lab);
	lab_proxy(lab, "OPTIONS 1 p -");
	KUNIT_EXPECT_GE(test, life_of(lab), SIPALG_FLOW_GUESS_S - 10);
	clear(lab);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(legacy_is_found),
	KUNIT_CASE(legacy_of_a_connection_is_found),
	KUNIT_CASE(legacy_has_no_pinhole),
	KUNIT_CASE(legacy_is_the_only_one),
	KUNIT_CASE(legacy_is_awaited),
	KUNIT_CASE(legacy_is_not_awaited_for_ever),
	KUNIT_CASE(legacy_is_completed),
	KUNIT_CASE(legacy_gets_its_nat),
	KUNIT_CASE(legacy_is_completed_by_its_own_master),
	KUNIT_CASE(legacy_of_routes_is_completed),
	KUNIT_CASE(legacy_is_removed_where_its_host_is_lost),
	KUNIT_CASE(legacy_that_is_lost_is_kept_for_its_host),
	KUNIT_CASE(legacy_is_adopted),
	KUNIT_CASE(legacy_is_adopted_over_another_connection),
	KUNIT_CASE(legacy_run_is_asked_about),
	KUNIT_CASE(legacy_is_published),
	KUNIT_CASE(legacy_leaves_from_its_port),
	KUNIT_CASE(legacy_ends_with_its_call),
	KUNIT_CASE(legacy_of_a_registration_stays),
	KUNIT_CASE(legacy_ends_on_given_connections_alone),
	KUNIT_CASE(legacy_call_is_no_more_than_a_new_one),
	KUNIT_CASE(legacy_call_stands_a_refusal),
	KUNIT_CASE(legacy_call_is_forked),
	KUNIT_CASE(legacy_of_an_own_call),
	KUNIT_CASE(legacy_is_for_heirs),
	KUNIT_CASE(legacy_call_is_taken_up_by_update),
	KUNIT_CASE(legacy_call_rings),
	KUNIT_CASE(legacy_call_rings_on_given_connections_alone),
	KUNIT_CASE(given_connection_keeps_its_life),
	{}
};

/* A case begins on a router that has taken over, and has looked at what it was given. */
static int legacy_setup(struct kunit *test)
{
	int err = lab_setup(test);
	struct lab *lab = test->priv;
	u32 i;

	if (err)
		return err;
	sipalg_legacy_given(lab->sn);
	for (i = 0; i < 100 && sipalg_legacy_is_awaited(lab->sn); i++)
		msleep(50);
	return 0;
}

/* The next suite is on a router that has not. */
static void legacy_teardown(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_net *sn = lab->sn;

	lab_teardown(test);
	sipalg_legacy_teardown(sn);
	KUNIT_EXPECT_EQ(test, sipalg_legacy_setup(sn), 0);
}

struct kunit_suite sipalg_legacy_suite = {
	.name = "sipalg_legacy",
	.init = legacy_setup,
	.exit = legacy_teardown,
	.test_cases = cases,
};
