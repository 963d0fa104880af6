// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole: which port is published, who comes in through it, and until when
 * (BEHAVIOUR 2 and 4, SECURITY P1 to P11 and R1, R2).  Whole messages and packets.
 */
#include <linux/errno.h>
#include <linux/inet.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_peer.h"
#include "sipalg_quota.h"
#include "sipalg_compat.h"
#include "sipalg_lab.h"

#define PEER	"203.0.113.9"	/* where the other side's media comes from */

static struct lab_end peer(void)
{
	return lab_end(PEER, 6000);
}

static struct lab_end stranger(u32 i)
{
	return lab_end("198.51.100.7", 7000 + i);
}

/* The phone offers its port 4000, and the other side answers with PEER. */
static struct lab *call_with_peer(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
	return lab;
}

static void hang_up(struct lab *lab)
{
	lab_phone(lab, "BYE 50 a b");
	lab_proxy(lab, "200 BYE 50 a b");
}

/* An expectation that somebody else has made, by class and connection. */
static void expect_made(struct lab *lab, struct nf_conn *master, u32 class, u16 port,
			const char *host)
{
	union nf_inet_addr dst = { .ip = in_aton("203.0.113.1") };
	struct nf_conntrack_expect *exp;
	__be16 be_port = htons(port);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, master);
	exp = nf_ct_expect_alloc(master);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, exp);
	rcu_read_lock();
	nf_ct_expect_init(exp, class, NFPROTO_IPV4, NULL, &dst, IPPROTO_UDP, NULL, &be_port);
	if (host) {
		union nf_inet_addr real = { .ip = in_aton(host) };

		exp->expectfn = nf_ct_helper_expectfn_find_by_name(SIPALG_NAME)->expectfn;
		sipalg_expect_set_nat(exp, &real, be_port);
	}
	KUNIT_EXPECT_EQ(lab->test, nf_ct_expect_related(exp, 0), 0);
	rcu_read_unlock();
	nf_ct_expect_put(exp);
	nf_ct_put(master);
}

/* An expectation that user space or another helper has made. */
static void expect_foreign(struct lab *lab, struct nf_conn *master, u32 class, u16 port)
{
	expect_made(lab, master, class, port, NULL);
}

/* An expectation of ours that another router has made for @host, and conntrackd has injected. */
static void expect_injected(struct lab *lab, u16 port, const char *host)
{
	expect_made(lab, lab_master(lab), SIPALG_PINHOLE_MEDIA, port, host);
}

static void skip_unless_small(struct kunit *test, u32 needed)
{
	if (4 * nf_ct_expect_hsize < needed)
		kunit_skip(test, "the kernel's table has room for %u expectations",
			   4 * nf_ct_expect_hsize);
}

/* ---- which port -------------------------------------------------------------------- */

static void pinhole_keeps_the_port(struct kunit *test)
{
	struct lab *lab = test->priv;
	int i;

	for (i = 0; i < 3; i++) {
		lab_phone(lab, "INVITE 1 a - audio=4000");
		KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
		KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
	}
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab_phone(lab, "INVITE 2 a b audio=4000 dir=sendonly");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	lab_phone(lab, "UPDATE 3 a b audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 3);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_MOVED), 0);
	hang_up(lab);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4001));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED), 3);
}

/* Another helper has taken the connection over, as after a flush. */
static struct nf_conntrack_helper *give_away(struct lab *lab, struct nf_conntrack_helper *to)
{
	struct nf_conn *ct = lab_master(lab);
	struct nf_conntrack_helper *was;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, ct);
	was = rcu_replace_pointer(nfct_help(ct)->helper, to, true);
	nf_ct_put(ct);
	return was;
}

/* The peer has come, and his connection is over: with time the pinhole waits again. */
static void peer_comes_and_goes(struct lab *lab)
{
	struct nf_conn *ct;

	KUNIT_EXPECT_EQ(lab->test, (int)lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(lab->test, lab_waiting(lab, 4000), 0);
	ct = lab_conn(peer(), lab_end("203.0.113.1", 4000));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, ct);
	nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
}

/* SECURITY B8: no expectation is made on a connection of another helper, nor media related. */
static void rule_b8_other_helper(struct kunit *test)
{
	static const struct nf_conntrack_expect_policy policy[SIPALG_PINHOLE_CLASSES] = {
		[0 ... SIPALG_PINHOLE_CLASSES - 1] = { .max_expected = 255, .timeout = 240 },
	};
	static struct nf_conntrack_helper other = { .name = "other", .expect_policy = policy };
	struct lab *lab = test->priv;
	struct nf_conntrack_helper *ours;
	struct nf_conn *ct;

	call_with_peer(test);
	ct = lab_master(lab);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ct);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, sipalg_master_is_ours(ct));
	rcu_read_unlock();
	peer_comes_and_goes(lab);
	ours = give_away(lab, &other);
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_NULL(test, sipalg_master_conn_get(lab->sn->net, nf_ct_zone(ct),
						       &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple));
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, peer()), 0);
	give_away(lab, ours);
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6001)), 4001);
	nf_ct_put(ct);
	hang_up(lab);
}

static void keep(struct lab *lab, u16 low, u16 high)
{
	lab->set->keep_ports.range[lab->set->keep_ports.n++] = (struct sipalg_range){ low, high };
}

/* SECURITY B3: RTP's port, or the one above, is kept: the pair moves. */
static void rule_b3_kept_ports(struct kunit *test)
{
	struct lab *lab = test->priv;

	keep(lab, 4000, 4000);
	keep(lab, 5001, 5010);
	lab_phone(lab, "INVITE 1 a - call=one audio=4000");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_GE(test, lab_audio(lab), 10240);
	lab_phone(lab, "INVITE 1 a - call=two audio=5000");
	KUNIT_EXPECT_GE(test, lab_audio(lab), 10240);
	lab_phone(lab, "INVITE 1 a - call=three audio=5012");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 5012);
	lab_phone(lab, "INVITE 1 a - call=four audio=4002");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4002);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PORTS_KEPT), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_MOVED), 2);
}

/* The same two ports talk again at once, and another port is published: both ways have it. */
static void pinhole_of_the_next_call(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i, port;

	keep(lab, 4000, 4000);
	for (i = 0; i < 4; i++) {
		sprintf(line, "INVITE 1 a - call=c%u audio=4000", i);
		lab_phone(lab, line);
		port = lab_audio(lab);
		sprintf(line, "200 INVITE 1 a b call=c%u audio=6000 at=" PEER, i);
		lab_proxy(lab, line);
		/* now the one begins, now the other */
		if (i & 1)
			KUNIT_EXPECT_EQ(test, (u32)lab_media_out(lab, 4000, peer()), port);
		KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, peer(), port), 4000);
		KUNIT_EXPECT_EQ(test, (u32)lab_media_out(lab, 4000, peer()), port);
		sprintf(line, "BYE 2 a b call=c%u", i);
		lab_phone(lab, line);
		sprintf(line, "200 BYE 2 a b call=c%u", i);
		lab_proxy(lab, line);
	}
}

/* All that could be published is kept: the message passes, and nothing is opened. */
static void rule_b3_kept_all(struct kunit *test)
{
	struct lab *lab = test->priv;

	keep(lab, 1, 65535);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
	/* of the Contact, and of the media */
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_NO_PORT), 2);
}

static void rule_b3_media_ports(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, port, seen = 0;
	char line[64];

	lab->set->media_ports = (struct sipalg_range){ 20001, 20012 };
	/* what is in the range stays */
	lab_phone(lab, "INVITE 1 a - call=in audio=20004");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 20004);
	/* the pair must be in it */
	lab_phone(lab, "INVITE 1 a - call=edge audio=20012");
	port = lab_audio(lab);
	KUNIT_EXPECT_TRUE(test, port >= 20002 && port <= 20010 && !(port & 1));
	seen |= 1 << (port - 20001);
	/* the other three pairs, and an odd port that would need one of theirs */
	for (i = 0; i < 3; i++) {
		sprintf(line, "INVITE 1 a - call=m%u audio=%u", i, 4000 + 2 * i);
		lab_phone(lab, line);
		port = lab_audio(lab);
		KUNIT_EXPECT_TRUE(test, port >= 20002 && port <= 20010 && !(port & 1));
		KUNIT_EXPECT_FALSE(test, seen & 1 << (port - 20001));
		seen |= 1 << (port - 20001);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_PORTS_FULL), 0);
	lab_phone(lab, "INVITE 1 a - call=over audio=4010");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4010);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4010), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_PORTS_FULL), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_NO_PORT), 0);
}

/* The ports of contacts are none of media. */
static void rule_b3_media_ports_are_of_media(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->media_ports = (struct sipalg_range){ 20000, 29999 };
	lab->more = "Contact: <sip:a@192.168.1.2:5070>\r\n";
	lab_phone(lab, "INVITE 1 a - call=one audio=4001");
	KUNIT_EXPECT_TRUE(test, lab_audio(lab) >= 20001 && lab_audio(lab) <= 29999);
	KUNIT_EXPECT_EQ(test, lab_audio(lab) & 1, 1);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 5070));
}

static void rule_b3_media_ports_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	lab->set->media_ports = (struct sipalg_range){ 20000, 29999 };
	lab_phone(lab, "INVITE 1 a - audio=4002");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4002), 1);
}

/* Without NAT a port is the host's own. */
static void rule_b3_kept_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	keep(lab, 1, 65535);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PORTS_KEPT), 0);
}

/* Two phones, or two calls of one phone, with one port: under NAT each gets its own. */
static void pinhole_moves_from_a_taken_port(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	u16 port;

	lab_phone(lab, "INVITE 1 a - call=two audio=4000");
	port = lab_audio(lab);
	KUNIT_EXPECT_NE(test, port, 4000);
	KUNIT_EXPECT_EQ(test, port % 2, 0);
	KUNIT_EXPECT_GE(test, port, 10240);
	KUNIT_EXPECT_LT(test, port, 32768);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, port), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, port + 1), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 4);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_MOVED), 1);
	/* the same offer again: the same port again */
	lab_phone(lab, "INVITE 1 a - call=two audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), port);
	lab_proxy(lab, "200 INVITE 1 a b call=two audio=6002 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6002), port), 4000);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6003), port + 1), 4001);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
}

static struct sip_addr ipv4(const char *text)
{
	return (struct sip_addr){ .family = SIP_FAMILY_IPV4, .w = { (__force u32)in_aton(text) } };
}

static int open_run(struct lab *lab, struct sipalg_pinhole_want *want, u8 n,
		    struct sipalg_pinhole **pin)
{
	int err;

	want->sn = lab->sn;
	want->ct = lab_master(lab);
	want->n = n;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, want->ct);
	local_bh_disable();
	rcu_read_lock();
	err = sipalg_pinhole_open(want, pin);
	rcu_read_unlock();
	local_bh_enable();
	nf_ct_put(want->ct);
	return err;
}

/* A connection of 192.168.1.77 from its port 4000 to the peer, answered. */
static void talk_beside(struct lab *lab)
{
	struct lab_end phone = lab->phone;

	lab->phone.ip = in_aton("192.168.1.77");
	lab_media_out(lab, 4000, peer());
	lab->phone = phone;
	lab_media_in(lab, peer(), 4000);
}

/* SECURITY B8: who names another host's port cuts no connection of that one's. */
static void rule_b8_shadow_of_another(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sip_addr addr = ipv4(PEER);
	struct sipalg_pinhole_want want = {
		.real = ipv4("192.168.1.77"),
		.mapped = ipv4("203.0.113.1"),
		.ports = { 4000 },
		.mapped_port = 4600,
		.proto = IPPROTO_UDP,
		.class = SIPALG_PINHOLE_MEDIA,
		.ttl_s = 60,
	};
	struct sipalg_pinhole *pin;
	struct nf_conn *ct;
	int i;

	lab_phone(lab, "INVITE 1 a - audio=4800");
	talk_beside(lab);
	/* of the host itself such a connection gives way: it would keep its stream deaf */
	for (i = 1; i >= 0; i--) {
		want.is_anothers = i;
		KUNIT_ASSERT_EQ(test, open_run(lab, &want, 1, &pin), 0);
		rcu_read_lock();
		sipalg_pinhole_set_peer(lab->sn, pin, &addr, 6000);
		rcu_read_unlock();
		ct = lab_conn(lab_end("192.168.1.77", 4000), peer());
		KUNIT_EXPECT_EQ(test, !!ct, i);
		if (ct)
			nf_ct_put(ct);
		sipalg_pinhole_close(lab->sn, pin, SIPALG_PINHOLE_KEEP_CONNS);
	}
}

/* What a run is charged for is given back once, for a host that holds nothing else, too. */
static void pinholes_that_find_no_port_are_not_charged(struct kunit *test)
{
	struct sipalg_quota_key host = { ipv4("192.168.1.77") };
	struct lab *lab = call_with_peer(test);
	struct sipalg_pinhole *pin[2];
	struct sipalg_pinhole_want want = {
		.real = host.addr,
		.mapped = ipv4("203.0.113.1"),
		.keep_ports = true,
		.proto = IPPROTO_UDP,
		.class = SIPALG_PINHOLE_MEDIA,
		.ttl_s = 60,
	};

	/* the first is taken, the only one, and the second */
	want.ports[0] = 4000;
	want.ports[1] = 4001;
	KUNIT_EXPECT_EQ(test, open_run(lab, &want, 2, pin), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, open_run(lab, &want, 1, pin), -EADDRINUSE);
	want.ports[0] = 3999;
	want.ports[1] = 4000;
	KUNIT_EXPECT_EQ(test, open_run(lab, &want, 2, pin), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, sipalg_quota_held(lab->sn, &host, SIPALG_QUOTA_PINHOLE), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 3999));
	/* no place for what waits, which is found out when the port is reserved already */
	expect_foreign(lab, lab_master(lab), 0, 3999);
	KUNIT_EXPECT_EQ(test, open_run(lab, &want, 1, pin), -EADDRINUSE);
	want.ports[0] = 3998;
	want.ports[1] = 3999;
	KUNIT_EXPECT_EQ(test, open_run(lab, &want, 2, pin), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, sipalg_quota_held(lab->sn, &host, SIPALG_QUOTA_PINHOLE), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 3998));
	want.ports[1] = 4002;
	KUNIT_EXPECT_EQ(test, open_run(lab, &want, 2, pin), 0);
	KUNIT_EXPECT_EQ(test, sipalg_quota_held(lab->sn, &host, SIPALG_QUOTA_PINHOLE), 2);
	sipalg_pinhole_close(lab->sn, pin[0], SIPALG_PINHOLE_KEEP_CONNS);
	sipalg_pinhole_close(lab->sn, pin[1], SIPALG_PINHOLE_KEEP_CONNS);
	KUNIT_EXPECT_EQ(test, sipalg_quota_held(lab->sn, &host, SIPALG_QUOTA_PINHOLE), 0);
}

static void pinhole_keeps_parity(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - call=one audio=4001");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4001);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4002), 1);
	lab_phone(lab, "INVITE 1 a - call=two audio=4001");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4001);
	KUNIT_EXPECT_EQ(test, lab_audio(lab) % 2, 1);
	/* its RTCP port is the first one's RTP port: neither is given away twice */
	lab_phone(lab, "INVITE 1 a - call=three audio=4000");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_audio(lab) % 2, 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 6);
}

static void pinhole_serves_rtcp_elsewhere(struct kunit *test)
{
	struct lab *lab = test->priv;
	u16 rtcp;

	lab_phone(lab, "INVITE 1 a - audio=4000 rtcp=4700");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	rtcp = lab_number(lab, "a=rtcp:");
	KUNIT_EXPECT_EQ(test, rtcp, 4700);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), rtcp), 4700);
	lab_phone(lab, "INVITE 1 a - call=two audio=4000 rtcp=4700");
	rtcp = lab_number(lab, "a=rtcp:");
	KUNIT_EXPECT_EQ(test, rtcp, lab_audio(lab) + 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6003), rtcp), 4700);
}

/* Without NAT a port is what it is: both calls own the pinhole. */
static void pinhole_is_shared_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	lab_phone(lab, "INVITE 1 a - call=two audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "486 INVITE 1 a x");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	lab_proxy(lab, "486 INVITE 1 a x call=two");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
}

/*
 * SECURITY R1: nf_ct_expect_related() gives -EBUSY for an expectation of another connection and
 * -EALREADY for one of another class.  Neither is ever replaced.
 */
static void pinhole_leaves_foreign_expectations_alone(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end proxy = lab->proxy;

	lab->proxy = lab_end("203.0.113.77", 5060);
	lab_phone(lab, "OPTIONS 1 o -");
	expect_foreign(lab, lab_master(lab), 0, 4000);
	lab->proxy = proxy;
	lab_phone(lab, "OPTIONS 1 o -");
	expect_foreign(lab, lab_master(lab), 0, 4100);
	lab_phone(lab, "INVITE 1 a - call=busy audio=4000");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, lab_audio(lab)), 1);
	lab_phone(lab, "INVITE 1 a - call=already audio=4100");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, lab_audio(lab)), 1);
	/* its RTCP port is taken: the pair moves as one */
	lab_phone(lab, "INVITE 1 a - call=rtcp audio=4099");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4099);
	KUNIT_EXPECT_EQ(test, lab_audio(lab) % 2, 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4099));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4100), 0);
	/* of the own connection, and of the class of one of these calls */
	expect_foreign(lab, lab_master(lab), SIPALG_PINHOLE_MEDIA, 4200);
	lab_phone(lab, "INVITE 1 a - call=class audio=4200");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4200);
	lab_phone(lab, "INVITE 1 a - call=class2 audio=4200");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4200);
	/* the foreign ones still stand: they let packets in, and to nobody of ours */
	lab_media_in(lab, peer(), 4000);
	KUNIT_EXPECT_TRUE(test, lab->is_related);
	KUNIT_EXPECT_NE(test, lab->led_to.ip, lab->phone.ip);
	lab_media_in(lab, peer(), 4100);
	KUNIT_EXPECT_TRUE(test, lab->is_related);
}

/* The table of a failover peer is empty; the expectations of the kernel tell what was published. */
static void pinhole_of_another_router_is_spared(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "OPTIONS 1 o -");
	expect_injected(lab, 4000, "192.168.1.99");
	expect_injected(lab, 4200, "192.168.1.2");
	lab_phone(lab, "INVITE 1 a - call=new audio=4000");
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, lab_audio(lab)), 1);
	/* a message that opens nothing, for its call is not known here */
	lab_phone(lab, "ACK 1 a b call=old audio=4000");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "m=audio 4000 "));
	lab_phone(lab, "ACK 1 a b call=old audio=4200");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
	lab_phone(lab, "ACK 1 a b call=old audio=4400");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
	/* the expectations of the other router still stand */
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4200), 1);
	lab_flush(lab);		/* they belong to no call that could end them */
}

/* ---- what opens nothing ------------------------------------------------------------ */

static void pinhole_is_not_for_everybody(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - call=c1 audio=1023");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_LOW_PORT), 1);
	lab_phone(lab, "INVITE 1 a - call=c2 audio=4000 at=192.168.1.99");
	lab_phone(lab, "INVITE 1 a - call=c3 audio=4000 at=127.0.0.1");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_MEDIA), 2);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 127.0.0.1\r\n"));
	/* SECURITY P11: what comes from outside opens nothing inside */
	lab_proxy(lab, "INVITE 1 a - call=c4 audio=4000");
	lab_proxy(lab, "INVITE 1 a - call=c5 audio=4000 at=192.168.1.2");
	lab_phone(lab, "BYE 2 a b call=c4 audio=4000");
	lab_phone(lab, "ACK 2 x b call=c6 audio=4000");
	lab_phone(lab, "200 INVITE 7 a b call=c4 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 1);
	KUNIT_EXPECT_EQ(test, lab_for_peers(lab), 1);
	lab_phone(lab, "INVITE 1 a - call=c7 audio=1024");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* SECURITY M3: a Via of somebody else; here of a page that knows another address. */
static void pinhole_is_not_for_a_foreign_via(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end phone = lab->phone;

	lab_phone(lab, "OPTIONS 1 o -");
	lab->more = "X: y\r\nv: SIP/2.0/UDP 10.9.8.7\r\n";	/* a second one is no matter */
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_VIA), 0);
	lab->phone = phone;
}

/* SECURITY R2: over the quota a section passes unmapped, and what is open stays. */
static void pinholes_of_a_call_are_limited(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->pinholes_per_call = 3;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab_phone(lab, "INVITE 2 a b audio=4100");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4100));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 1);
	lab_proxy(lab, "488 INVITE 2 a b");
	lab->set->pinholes_per_call = 0;
	lab_phone(lab, "INVITE 3 a b audio=4100");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 4);
}

/* Another port is agreed: the old one is not needed any more. */
static void pinhole_is_replaced(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	lab_phone(lab, "INVITE 2 a b audio=4100");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4100), 2);
	lab_proxy(lab, "200 INVITE 2 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4100), 4100);
}

static void pinholes_are_limited(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->pinholes_max = 4;	/* one is for the peer */
	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_phone(lab, "INVITE 1 a - call=two audio=4100");
	/* all or nothing: the RTP port of the second one went back */
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4100));
	KUNIT_EXPECT_EQ(test, lab_call(lab, "two", "a").n_pinholes, 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 1);
	lab_proxy(lab, "486 INVITE 1 a x");
	lab_phone(lab, "INVITE 1 a - call=two audio=4100");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4100);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* ---- many on one flow -------------------------------------------------------------- */

static void offer(struct lab *lab, u32 i)
{
	char line[64];

	sprintf(line, "INVITE 1 a - call=m%u audio=%u", i, 20000 + 2 * i);
	lab_phone(lab, line);
}

/* The kernel counts to 255 a class and would then evict: ours spread, and stop. */
static void pinholes_never_evict(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, lost = 0;

	skip_unless_small(test, 1024);
	lab->set->invite_timeout = 3600;
	lab->set->pinholes_max = 100000;
	for (i = 0; i < 800; i++)
		offer(lab, i);
	for (i = SIPALG_PINHOLE_MEDIA; i < SIPALG_PINHOLE_CLASSES; i++)
		KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, i), 255);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 0);
	/* every call whose port was published can be called; the others' text is untouched */
	for (i = 0; i < 3 * 255; i++)
		lost += !lab_waiting(lab, 20000 + 2 * i);
	KUNIT_EXPECT_EQ(test, lost, 0);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 20000), 20000);
}

/* RTP of call @i: the one that was announced has come, and the call's RTCP is due. */
static void talk(struct lab *lab, u32 i)
{
	char line[64];

	sprintf(line, "183 INVITE 1 a b call=m%u audio=6000 at=" PEER, i);
	lab_proxy(lab, line);
	KUNIT_EXPECT_EQ(lab->test, lab_media_in(lab, peer(), 20000 + 2 * i), 20000 + 2 * i);
	KUNIT_EXPECT_EQ(lab->test, lab_waiting(lab, 20000 + 2 * i), 0);
}

static u32 rtcp_waits(struct lab *lab, u32 i)
{
	return lab_waiting(lab, 20001 + 2 * i);
}

/* How many of the calls from @first to @last, without it, wait for their RTP. */
static u32 waiting_calls(struct lab *lab, u32 first, u32 last)
{
	u32 n = 0;

	for (; first < last; first++)
		n += lab_waiting(lab, 20000 + 2 * first);
	return n;
}

/*
 * Of 2 * 255 + 223 calls that wait, 29 with RTCP, and of three that talk before them
 * and have not sent any, the classes are full: the next one has to take somebody's place.
 */
enum {
	TALKING	= 3,
	FULL	= TALKING + 2 * 255 + 223,	/* no place is free */
	NO_EARLY = FULL + 29,			/* and nobody's RTCP waits who does not talk */
	ALL	= NO_EARLY + TALKING,		/* and nobody's at all */
};

static struct lab *calls_on_one_flow(struct kunit *test, u32 n)
{
	struct lab *lab = test->priv;
	u32 i;

	skip_unless_small(test, 1024);
	lab->set->invite_timeout = 3600;
	lab->set->ringing_timeout = 3600;
	lab->set->pinholes_max = 100000;
	for (i = 0; i < TALKING; i++)
		offer(lab, i);
	for (i = 0; i < TALKING; i++)
		talk(lab, i);
	for (i = TALKING; i < n; i++)
		offer(lab, i);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, n), n - TALKING);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_RTCP), 255);
	return lab;
}

/* Of calls that wait only some may have RTCP; of those that talk all. */
static void pinhole_of_rtcp_follows_in_a_rush(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	skip_unless_small(test, 512);
	for (i = 0; i < 60; i++)
		offer(lab, i);
	for (i = 0; i < 60; i++)
		KUNIT_EXPECT_EQ_MSG(test, rtcp_waits(lab, i), i < SIPALG_PINHOLE_RTCP_PLACES, "%u",
				    i);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 20001 + 2 * 59));
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 20001 + 2 * 59), 0);
	for (i = 1; i < 60; i++) {
		talk(lab, i);
		KUNIT_EXPECT_EQ_MSG(test, rtcp_waits(lab, i), 1, "%u", i);
	}
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6001), 20001 + 2 * 59),
			20001 + 2 * 59);
	/* and where the phone speaks first, too */
	offer(lab, 60);
	lab_proxy(lab, "183 INVITE 1 a b call=m60 audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 60), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 20000 + 2 * 60, peer()), 20000 + 2 * 60);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 60), 1);
}

/* The same without NAT, where a leader does not point at its follower. */
static void pinhole_of_rtcp_follows_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab->is_nat = false;
	for (i = 0; i < 40; i++)
		offer(lab, i);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 39), 0);
	talk(lab, 39);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 39), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6001), 20001 + 2 * 39),
			20001 + 2 * 39);
}

/* Others end: time gives the place that is free to a call that waits. */
static void pinhole_of_rtcp_gets_a_free_place(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[48];
	u32 i;

	for (i = 0; i < 33; i++)
		offer(lab, i);
	lab_proxy(lab, "183 INVITE 1 a b call=m32 audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 32), 0);
	for (i = 0; i < 4; i++) {
		sprintf(line, "486 INVITE 1 a x call=m%u", i);
		lab_proxy(lab, line);
	}
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 32), 1);
}

/* RTCP gives way to RTP: that of calls that do not talk first, then the oldest; RTP to nobody. */
static void pinhole_of_rtcp_gives_way_to_rtp(struct kunit *test)
{
	struct lab *lab = calls_on_one_flow(test, FULL);
	u32 i;

	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, TALKING), 1);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, TALKING + 28), 1);
	for (i = FULL; i < NO_EARLY; i++)
		offer(lab, i);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, NO_EARLY), NO_EARLY - TALKING);
	for (i = 0; i < TALKING + 29; i++)
		KUNIT_EXPECT_EQ_MSG(test, rtcp_waits(lab, i), i < TALKING, "%u", i);
	for (i = 0; i < TALKING; i++) {
		offer(lab, NO_EARLY + i);
		KUNIT_EXPECT_EQ_MSG(test, rtcp_waits(lab, i), 0, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, rtcp_waits(lab, 1) + rtcp_waits(lab, 2), 2 - i, "%u", i);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 0);
	/* 3 * 255 wait */
	offer(lab, ALL);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 1);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, ALL), 3 * 255);
	/* one of them talks: his RTCP finds RTP everywhere, and waits for a place */
	talk(lab, ALL - 1);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, ALL), 3 * 255 - 1);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, ALL - 1), 1);
	talk(lab, TALKING);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, ALL), 3 * 255 - 2);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, TALKING), 0);
}

/* RTCP of a call that talks takes the place of one that waits. */
static void pinhole_of_rtcp_that_is_due_comes_first(struct kunit *test)
{
	struct lab *lab = calls_on_one_flow(test, FULL);
	u32 i, early = 0;

	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, FULL / 2), 0);
	/* on a slow machine the packet that opened it may have seen some seconds pass */
	lab_wait(lab, SIPALG_PINHOLE_SEEK_S);
	talk(lab, FULL / 2);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, FULL / 2), 1);
	for (i = 0; i < TALKING; i++)
		KUNIT_EXPECT_EQ_MSG(test, rtcp_waits(lab, i), 1, "%u", i);
	for (; i < TALKING + 29; i++)
		early += rtcp_waits(lab, i);
	KUNIT_EXPECT_EQ(test, early, 28);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_RTCP), 255);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, FULL), FULL - TALKING - 1);
}

/* Some seconds later call @i offers the same again.  Return: whether its RTCP waits. */
static u32 offer_again(struct lab *lab, u32 seconds, u32 i)
{
	char line[64];

	WRITE_ONCE(lab->sn->clock, lab->sn->clock + seconds * HZ);
	sprintf(line, "UPDATE 2 a b call=m%u audio=%u", i, 20000 + 2 * i);
	lab_phone(lab, line);
	return rtcp_waits(lab, i);
}

/* Where more talk than there is room for, who has waited long enough lets the next one in. */
static void pinholes_of_rtcp_take_turns(struct kunit *test)
{
	struct lab *lab = calls_on_one_flow(test, NO_EARLY);
	u32 i, n = 0, late = NO_EARLY / 2;

	talk(lab, late);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, late), 0);
	/* too early; then too soon after that; then it is its turn */
	KUNIT_EXPECT_EQ(test, offer_again(lab, SIPALG_PINHOLE_TURN_S - 2, late), 0);
	KUNIT_EXPECT_EQ(test, offer_again(lab, 3, late), 0);
	KUNIT_EXPECT_EQ(test, offer_again(lab, 3, late), 1);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, rtcp_waits(lab, 1) + rtcp_waits(lab, 2), 2);
	/* time alone does the same */
	lab_wait(lab, SIPALG_PINHOLE_TURN_S + 1);
	lab_wait(lab, SIPALG_PINHOLE_TURN_S + 1);
	for (i = 0; i < TALKING; i++)
		n += rtcp_waits(lab, i);
	KUNIT_EXPECT_EQ(test, n + rtcp_waits(lab, late), TALKING);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_RTCP), 255);
	KUNIT_EXPECT_EQ(test, waiting_calls(lab, TALKING, NO_EARLY), NO_EARLY - TALKING - 1);
}

/* ---- who comes in: SECURITY P6 ----------------------------------------------------- */

static void pinhole_survives_a_stranger(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(1), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(2), 4000), 0);
	lab_wait(lab, 10);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(3), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_TAKEN), 3);
}

static void pinhole_limits_strangers(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	u32 i;

	for (i = 0; i <= SIPALG_PINHOLE_REARMS; i++)
		KUNIT_EXPECT_EQ_MSG(test, lab_media_in(lab, stranger(i), 4000), 4000, "%u", i);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(i), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	/* RTCP has its own measure */
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4001), 4001);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
}

static void pinhole_forgets_strangers(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	u32 i;

	for (i = 0; i < SIPALG_PINHOLE_REARMS; i++)
		lab_media_in(lab, stranger(i), 4000);
	lab_wait(lab, SIPALG_PINHOLE_REARM_S + 1);
	for (i = 8; i < 8 + SIPALG_PINHOLE_REARMS; i++)
		KUNIT_EXPECT_EQ_MSG(test, lab_media_in(lab, stranger(i), 4000), 4000, "%u", i);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("198.51.100.8", 1), 4000), 4000);
}

/* Nobody was announced yet: over the rate it rests until the next tick. */
static void pinhole_without_peer_rests(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b");
	lab_wait(lab, 1);	/* the first tick */
	for (i = 0; i <= SIPALG_PINHOLE_REARMS; i++)
		KUNIT_EXPECT_EQ_MSG(test, lab_media_in(lab, stranger(i), 4000), 4000, "%u", i);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
}

static void pinhole_for_the_announced_alone(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->media_source = SIPALG_MEDIA_ANNOUNCED;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6004), 4000), 4000);
	hang_up(lab);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static void pinhole_for_the_signalling_alone(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->media_source = SIPALG_MEDIA_SIGNALLING;
	call_with_peer(test);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 6000), 4000), 4000);
}

/* The phone speaks first: its packets leave from the published port, to the peer alone. */
static void pinhole_serves_who_speaks_first(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	u16 port;

	lab_phone(lab, "INVITE 1 a - call=two audio=4000");
	port = lab_audio(lab);
	lab_proxy(lab, "200 INVITE 1 a b call=two audio=6002 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end(PEER, 6002)), port);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, peer()), 4000);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6001)), 4001);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, stranger(0)), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4444, peer()), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_OUT), 3);
	/* the answer is of the same connection */
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6002), port), 4000);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_TAKEN), 0);
	/* the peer was met: after a stranger nobody is waited for any more */
	lab_media_in(lab, stranger(1), port);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, port), 0);
}

/* ---- how long ---------------------------------------------------------------------- */

/* BEHAVIOUR 5: the connection goes, the pinhole is armed again, the call stays. */
static void pinhole_is_rearmed_after_silence(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_wait(lab, 10);
	lab_wait(lab, 119);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_wait(lab, 12);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").state, (int)SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_TAKEN), 2);
}

static void pinhole_stands_a_hold(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	lab_phone(lab, "INVITE 2 a b audio=4000 dir=sendonly");
	lab_proxy(lab, "200 INVITE 2 a b audio=6000 dir=recvonly at=" PEER);
	lab_wait(lab, 10);
	lab_wait(lab, 7000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_wait(lab, 300);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").state, (int)SIPALG_CALL_UP);
}

static void pinhole_is_rearmed_where_its_connection_went(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	struct lab_end mapped = lab_end("203.0.113.1", 4000);
	struct nf_conn *ct;

	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	lab_wait(lab, 10);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	ct = lab_conn(peer(), mapped);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
	lab_wait(lab, 10);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
}

/* "conntrack -F" takes the expectations with their connection; the next message brings all back. */
static void pinhole_is_rearmed_after_a_flush(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	lab_flush(lab);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "INVITE 2 a b audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
}

/* At the end media that flows has five seconds left, whatever else comes. */
static void pinhole_shortens_media_at_the_end(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	struct lab_end mapped = lab_end("203.0.113.1", 4000);
	struct nf_conn *ct;

	lab_media_in(lab, stranger(0), 4000);
	lab_media_in(lab, peer(), 4000);
	hang_up(lab);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_settle(lab);
	lab_media_in(lab, peer(), 4000);
	ct = lab_conn(peer(), mapped);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_LE(test, nf_ct_expires(ct), (unsigned long)SIPALG_PINHOLE_LAST_S * HZ);
	nf_ct_put(ct);
	ct = lab_conn(stranger(0), mapped);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_LE(test, nf_ct_expires(ct), (unsigned long)SIPALG_PINHOLE_LAST_S * HZ);
	nf_ct_put(ct);
}

/* A Contact on a port that no connection has gets a way in of its own, for the call's life. */
static void pinhole_of_a_contact(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - contact=192.168.1.2:5070 audio=4000");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "Contact: <sip:u@203.0.113.1:5070>"));
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5070), 1);
	lab_phone(lab, "INVITE 1 a - contact=192.168.1.2:5070 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 5070), 5070);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 5070), 5070);
	/* of somebody else, and of a service: none */
	lab_phone(lab, "INVITE 1 a - call=two contact=192.168.1.9:5080");
	lab_phone(lab, "INVITE 1 a - call=three contact=192.168.1.2:80");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	lab_proxy(lab, "486 INVITE 1 a x");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

/* What opens nothing must not name a port that another host has. */
static void pinhole_of_another_is_not_named(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - call=c1 audio=4000");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "m=audio 4000 "));
	lab->phone = lab_end("192.168.1.3", 5070);
	lab_phone(lab, "INVITE 1 a - call=c2 audio=4000");
	KUNIT_EXPECT_FALSE(test, lab_has(lab, "m=audio 4000 "));
	lab_proxy(lab, "200 INVITE 1 a b call=c2 audio=5000");
	lab_phone(lab, "BYE 2 a b call=c2");
	lab_proxy(lab, "200 BYE 2 a b call=c2");
	lab_phone(lab, "INVITE 3 a b call=c2 audio=4000");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "m=audio 4000 "));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.3\r\n"));
	/* one that is nobody's is named as ever */
	lab_phone(lab, "INVITE 4 a b call=c2 audio=4100");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b8_other_helper),
	KUNIT_CASE(rule_b8_shadow_of_another),
	KUNIT_CASE(rule_b3_kept_ports),
	KUNIT_CASE(rule_b3_kept_all),
	KUNIT_CASE(rule_b3_kept_without_nat),
	KUNIT_CASE(rule_b3_media_ports),
	KUNIT_CASE(rule_b3_media_ports_are_of_media),
	KUNIT_CASE(rule_b3_media_ports_without_nat),
	KUNIT_CASE(pinhole_keeps_the_port),
	KUNIT_CASE(pinhole_of_the_next_call),
	KUNIT_CASE(pinhole_moves_from_a_taken_port),
	KUNIT_CASE(pinholes_that_find_no_port_are_not_charged),
	KUNIT_CASE(pinhole_keeps_parity),
	KUNIT_CASE(pinhole_serves_rtcp_elsewhere),
	KUNIT_CASE(pinhole_is_shared_without_nat),
	KUNIT_CASE(pinhole_leaves_foreign_expectations_alone),
	KUNIT_CASE(pinhole_of_another_router_is_spared),
	KUNIT_CASE(pinhole_is_not_for_everybody),
	KUNIT_CASE(pinhole_is_not_for_a_foreign_via),
	KUNIT_CASE(pinholes_of_a_call_are_limited),
	KUNIT_CASE(pinhole_is_replaced),
	KUNIT_CASE(pinholes_are_limited),
	KUNIT_CASE(pinholes_never_evict),
	KUNIT_CASE(pinhole_of_rtcp_follows_in_a_rush),
	KUNIT_CASE(pinhole_of_rtcp_follows_without_nat),
	KUNIT_CASE(pinhole_of_rtcp_gets_a_free_place),
	KUNIT_CASE(pinhole_of_rtcp_gives_way_to_rtp),
	KUNIT_CASE(pinhole_of_rtcp_that_is_due_comes_first),
	KUNIT_CASE(pinholes_of_rtcp_take_turns),
	KUNIT_CASE(pinhole_survives_a_stranger),
	KUNIT_CASE(pinhole_limits_strangers),
	KUNIT_CASE(pinhole_forgets_strangers),
	KUNIT_CASE(pinhole_without_peer_rests),
	KUNIT_CASE(pinhole_for_the_announced_alone),
	KUNIT_CASE(pinhole_for_the_signalling_alone),
	KUNIT_CASE(pinhole_serves_who_speaks_first),
	KUNIT_CASE(pinhole_is_rearmed_after_silence),
	KUNIT_CASE(pinhole_stands_a_hold),
	KUNIT_CASE(pinhole_is_rearmed_where_its_connection_went),
	KUNIT_CASE(pinhole_is_rearmed_after_a_flush),
	KUNIT_CASE(pinhole_shortens_media_at_the_end),
	KUNIT_CASE(pinhole_of_a_contact),
	KUNIT_CASE(pinhole_of_another_is_not_named),
	{}
};

struct kunit_suite sipalg_pinhole_suite = {
	.name = "sipalg_pinhole",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
