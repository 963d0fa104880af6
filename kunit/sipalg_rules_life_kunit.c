// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_rules_life: what closes pinholes and what may not change them: SECURITY P9 to P13, a
 * case or some a rule.  Each case shows first what happens, then what does not.
 */
#include <linux/inet.h>

#include "sipalg_rules.h"

/* ---- P9: what closes them -------------------------------------------------------- */

static void rule_p9_bye(struct kunit *test)
{
	static const u16 goes_on[] = { 100, 401, 407, 403, 500, 491, 603 };
	static const u16 ends[] = { 200, 408, 481 };
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	lab_phone(lab, "INVITE 1 a - call=other audio=5000");
	lab_proxy(lab, "200 INVITE 1 a b call=other audio=6500");
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		sprintf(line, "INVITE 1 a - call=b%u audio=4000", i);
		lab_phone(lab, line);
		sprintf(line, "200 INVITE 1 a b call=b%u audio=6000", i);
		lab_proxy(lab, line);
		sprintf(line, "BYE 2 a b call=b%u", i);
		lab_phone(lab, line);
		/* a bare BYE closes nothing */
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 4, "%s", line);
		sprintf(line, "%u BYE 2 a b call=b%u", ends[i], i);
		lab_proxy(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 0, "%s",
				    line);
		/* only that call's */
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 5000) + lab_waiting(lab, 5001), 2, "%s",
				    line);
	}
	for (i = 0; i < ARRAY_SIZE(goes_on); i++) {
		sprintf(line, "BYE %u a b call=other", 2 + i);
		lab_phone(lab, line);
		sprintf(line, "%u BYE %u a b call=other", goes_on[i], 2 + i);
		lab_proxy(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2, "%s", line);
	}
	/* unanswered for 64*T1 */
	lab_phone(lab, "BYE 20 a b call=other");
	lab_wait(lab, 31);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static void rule_p9_refusal_and_cancel(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - call=busy audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b call=busy");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "486 INVITE 1 a b call=busy");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b");
	lab_phone(lab, "CANCEL 1 a -");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "200 CANCEL 1 a b");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "487 INVITE 1 a b");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	/* a CANCEL that was too late, and a re-INVITE that fails, close nothing */
	lab_phone(lab, "INVITE 1 a - call=late audio=4000");
	lab_phone(lab, "CANCEL 1 a - call=late");
	lab_proxy(lab, "200 INVITE 1 a b call=late audio=6000");
	lab_proxy(lab, "487 INVITE 1 a b call=late");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_phone(lab, "INVITE 2 a b call=late audio=4000");
	lab_proxy(lab, "488 INVITE 2 a b call=late");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* Forged or stale: Call-ID, both tags and a CSeq above the last must fit. */
static void rule_p9_forged(struct kunit *test)
{
	static const char * const forged[][2] = {
		{ "BYE 2 a x", "200 BYE 2 a x" }, { "BYE 2 x b", "200 BYE 2 x b" },
		{ "BYE 2 a -", "200 BYE 2 a -" }, { "BYE 2 - b", "200 BYE 2 - b" },
		{ "BYE 2 a b call=two", "200 BYE 2 a b call=two" },
		{ "BYE 1 a b", "200 BYE 1 a b" }, { "BYE 0 a b", "200 BYE 0 a b" },
		{ "CANCEL 1 a -", "487 INVITE 1 a b" }, { "CANCEL 1 a b", "481 CANCEL 1 a b" },
		{ "ACK 1 a b", "200 BYE 2 a b" }, { "INVITE 0 a b", "487 INVITE 0 a b" },
	};
	struct lab *lab = call_with_peer(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(forged); i++) {
		lab_phone(lab, forged[i][0]);
		lab_proxy(lab, forged[i][1]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2, "%s", forged[i][0]);
		lab_proxy(lab, forged[i][0]);
		lab_phone(lab, forged[i][1]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2, "%s, from outside", forged[i][0]);
	}
	lab_wait(lab, 40);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	/* that of the dialog, from the other side */
	lab_proxy(lab, "BYE 7 b a");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_phone(lab, "200 BYE 7 b a");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

/* ---- P10: what is refreshed ------------------------------------------------------ */

static void rule_p10_refresh(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	lab_phone(lab, "INVITE 2 a b audio=4000");
	lab_proxy(lab, "200 INVITE 2 a b audio=6000 at=" PEER);
	lab_phone(lab, "UPDATE 3 a b audio=4000");
	lab_proxy(lab, "200 UPDATE 3 a b audio=6000 at=" PEER);
	lab_phone(lab, "UPDATE 4 a b");
	lab_proxy(lab, "200 UPDATE 4 a b");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 3);
	/* a new offer of the dialog may change the port, and is what was agreed then */
	lab_phone(lab, "INVITE 5 a b audio=4200");
	lab_proxy(lab, "200 INVITE 5 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4200) + lab_waiting(lab, 4201), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

static void rule_p10_never_widens(struct kunit *test)
{
	static const char * const wrong[] = {
		"INVITE 5 a x audio=4100", "INVITE 5 x b audio=4100", "UPDATE 5 a x audio=4100",
		"INVITE 5 a b audio=4100 call=two", "UPDATE 5 a b audio=4100 call=two",
		"INVITE 3 a b audio=4100",
		"UPDATE 3 a b audio=4100",
		"INVITE 1 a - audio=4100 branch=x",
		"PRACK 3 a b audio=4100", "ACK 4 a x audio=4100", "BYE 5 a b audio=4100",
	};
	struct lab *lab = call_with_peer(test);
	u32 i;

	lab_phone(lab, "INVITE 4 a b audio=4000");
	lab_proxy(lab, "200 INVITE 4 a b audio=6000 at=" PEER);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		lab_phone(lab, wrong[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2, "%s", wrong[i]);
		KUNIT_EXPECT_FALSE_MSG(test, lab_is_reserved(lab, 4100), "%s", wrong[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 2);
}

/* A copy of a request is no other request: another port in it is not opened. */
static void rule_p10_copies(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_phone(lab, "INVITE 1 a - audio=4100");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4100));
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	lab_phone(lab, "INVITE 2 a b audio=4000");
	lab_phone(lab, "INVITE 2 a b audio=4200");
	lab_proxy(lab, "200 INVITE 2 a b audio=6000 at=" PEER);
	lab_phone(lab, "INVITE 2 a b audio=4300");
	lab_phone(lab, "UPDATE 3 a b audio=4000");
	lab_phone(lab, "UPDATE 3 a b audio=4400");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

static void rule_p10_refused_offer(struct kunit *test)
{
	static const char * const offers[][2] = {
		{ "INVITE 2 a b audio=4100", "488 INVITE 2 a b" },
		{ "UPDATE 3 a b audio=4200", "488 UPDATE 3 a b" },
		{ "INVITE 4 a b audio=4300", "491 INVITE 4 a b" },
	};
	struct lab *lab = call_with_peer(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(offers); i++) {
		lab_phone(lab, offers[i][0]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 4, "%s", offers[i][0]);
		lab_proxy(lab, offers[i][1]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2, "%s", offers[i][1]);
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 2);
	}
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	/* the other side's, too: who was announced before is awaited again */
	lab_proxy(lab, "INVITE 9 b a audio=6600 at=198.51.100.66");
	lab_phone(lab, "488 INVITE 9 b a");
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, lab_end("198.51.100.66", 6600)), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4001, lab_end(PEER, 6001)), 4001);
}

/* ---- P11: only the inside party's own -------------------------------------------- */

static void rule_p11_from_outside(struct kunit *test)
{
	static const char * const messages[] = {
		"INVITE 1 a - call=p1 audio=4000", "INVITE 1 a - call=p2 audio=4000 at=192.168.1.2",
		"INVITE 1 a - call=p3 contact=192.168.1.2:5070",
		"INVITE 1 a - call=p4 audio=4000 at=203.0.113.1", "UPDATE 2 a b call=p1 audio=4100",
		"200 INVITE 1 a b call=p1 audio=4000 at=192.168.1.2",
		"SUBSCRIBE 1 s - contact=192.168.1.2:5070",
		"ACK 1 a b call=p1 audio=4000 at=192.168.1.2",
		"OPTIONS 1 o - audio=4000 at=192.168.1.2",
	};
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "OPTIONS 1 o -");
	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		lab_proxy(lab, messages[i]);
		expect_nothing(lab, messages[i]);
	}
	lab->more = OWN("5060");
	lab_proxy(lab, "REGISTER 1 a -");
	lab->more = OWN("5060");
	lab_phone(lab, "200 REGISTER 1 a t");
	expect_nothing(lab, "REGISTER from outside");
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
	/* the phone's own answer does, to itself alone */
	lab_phone(lab, "183 INVITE 1 a b call=p1 audio=4000 at=192.168.1.3");
	expect_no_more(lab, "an answer for another host");
	lab_phone(lab, "200 INVITE 1 a b call=p1 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
	/* and the other side's re-offer adds nothing */
	lab_proxy(lab, "INVITE 2 a b call=p1 audio=4100 at=192.168.1.2");
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4100));
}

/* Without NAT each party opens for itself; still nobody opens for the other one. */
static void rule_p11_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	lab_phone(lab, "INVITE 1 a - call=own audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	refuse(lab, "own");
	lab_proxy(lab, "INVITE 1 a - call=p1 audio=4000 at=192.168.1.2");
	lab_proxy(lab, "INVITE 1 a - call=p2 contact=192.168.1.2:5070");
	lab->more = OWN("5070");
	lab_proxy(lab, "REGISTER 1 a -");
	lab->more = OWN("5070");
	lab_phone(lab, "200 REGISTER 1 a t");
	expect_nothing(lab, "from outside");
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 5070), 0);
}

/* ---- P12: nothing is learned from media ------------------------------------------ */

static void rule_p12_nothing_learned(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	struct lab_end mapped = lab_end("203.0.113.1", 4000);
	struct nf_conn *first, *second;

	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	first = lab_conn(stranger(0), mapped);
	second = lab_conn(peer(), mapped);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	nf_ct_put(first);
	nf_ct_put(second);
	/* the phone speaks to the one who was announced, whoever came first */
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, peer()), 4000);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, in_aton(PEER));
	/* a later source replaces nobody: not of the same host, nor of the proxy */
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6002), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(1), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_out(lab, 4000, stranger(1)), 0);
	lab_wait(lab, 11);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	/* nor is the RTCP of the stream opened for whoever sent RTP */
	lab->set->media_source = SIPALG_MEDIA_ANNOUNCED;
	lab_phone(lab, "INVITE 2 a b audio=4000");
	lab_proxy(lab, "200 INVITE 2 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(2), 4001), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6001), 4001), 4001);
}

/* ---- P13: bindings --------------------------------------------------------------- */

static u16 call_in(struct lab *lab, u16 port)
{
	static u16 from = 1024;

	return lab_media_in(lab, lab_end("198.51.100.50", ++from), port);
}

static void rule_p13_granted(struct kunit *test)
{
	static const u16 no[] = { 100, 302, 401, 403, 407, 423, 500, 503, 603 };
	struct lab *lab = test->priv;
	char line[48];
	u32 i;

	/* a REGISTER alone only reserves the port */
	lab->more = OWN("5060");
	lab_phone(lab, "REGISTER 1 a - call=reg");
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 5060));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
	for (i = 0; i < ARRAY_SIZE(no); i++) {
		sprintf(line, "%u REGISTER 1 a t call=reg", no[i]);
		lab->more = MAPPED("5060");
		lab_proxy(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 0, "%s", line);
	}
	bind(lab, 2, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
	/* and none of these takes it away */
	for (i = 0; i < ARRAY_SIZE(no); i++) {
		lab->more = OWN("5060");
		sprintf(line, "REGISTER %u a - call=reg", 3 + i);
		lab_phone(lab, line);
		sprintf(line, "%u REGISTER %u a t call=reg", no[i], 3 + i);
		lab_proxy(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, call_in(lab, 5060), 5060, "%s", line);
	}
	lab_wait(lab, 620);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	/* a lost answer did not make it longer */
	lab->more = OWN("5060");
	lab_phone(lab, "REGISTER 30 a - call=reg");
	lab_wait(lab, 13);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
}

/*
 * Where the answer is sent to the contact's port and not to the connection's, the
 * registrar's is let in, and nobody's else.
 */
static void rule_p13_answer_port(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->more = OWN("5070");
	lab->old = "UDP 192.168.1.2:5060;rport";
	lab->new = "UDP 192.168.1.2:5070";
	lab_phone(lab, "REGISTER 1 a -");
	KUNIT_EXPECT_EQ(test, call_in(lab, 5070), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 5070), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 9999), 5070), 5070);
	lab_wait(lab, SIPALG_BINDING_GRACE_S + 1);
	expect_nothing(lab, "the transaction is over");
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 9998), 5070), 0);
}

static void rule_p13_third_party(struct kunit *test)
{
	static const char * const contacts[] = {
		"Contact: <sip:bob@192.168.1.3:5060>;expires=600\r\n",
		"Contact: <sip:bob@192.168.1.3:5070>;expires=600\r\n",
		"Contact: <sip:bob@203.0.113.2:5060>;expires=600\r\n",
		"Contact: <sip:bob@203.0.113.1:5080>;expires=600\r\n",
		"Contact: <sip:bob@phone.example.com>;expires=600\r\n",
		"Contact: <sip:bob@192.168.1.1:5060>;expires=600\r\n",
	};
	struct lab *lab = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(contacts); i++) {
		bind(lab, 1 + i, contacts[i], contacts[i]);
		expect_nothing(lab, contacts[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_FOREIGN_CONTACT), i + 1, "%s",
				    contacts[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 0);
	/* one's own among them */
	bind(lab, 20, "Contact: <sip:bob@192.168.1.3:5060>;expires=600\r\n" OWN("5060"),
	     "Contact: <sip:bob@192.168.1.3:5060>;expires=600\r\n" MAPPED("5060"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
}

/* A REGISTER of the same account from another host, or from outside, whatever it names. */
static void rule_p13_from_elsewhere(struct kunit *test)
{
	static const char * const contacts[] = {
		"Contact: <sip:bob@192.168.1.2:5060>;expires=0\r\n", "Contact: *\r\nExpires: 0\r\n",
		"Contact: <sip:bob@203.0.113.1:5060>;expires=0\r\n",
		"Contact: <sip:bob@192.168.1.2:5060>;expires=60\r\n",
		"Contact: <sip:bob@192.168.1.2:5070>;expires=600\r\n",
		"Contact: <sip:bob@192.168.1.3:5060>;expires=0\r\n",
	};
	struct lab *lab = test->priv;
	struct lab_end phone = lab->phone;
	u32 i;

	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	for (i = 0; i < ARRAY_SIZE(contacts); i++) {
		lab->phone = lab_end("192.168.1.3", 5060);
		lab->mapped_port = 7060;
		bind(lab, 2 + i, contacts[i], NULL);
		lab->phone = phone;
		lab->mapped_port = 0;
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 1, "%s", contacts[i]);
		KUNIT_EXPECT_EQ_MSG(test, call_in(lab, 5060), 5060, "%s", contacts[i]);
		KUNIT_EXPECT_EQ(test, lab->led_to.ip, phone.ip);
		lab->more = contacts[i];
		lab_proxy(lab, "REGISTER 50 a - call=reg");
		lab_phone(lab, "200 REGISTER 50 a t call=reg");
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 1, "%s, from outside", contacts[i]);
	}
	/* neither shorter nor longer */
	lab_wait(lab, 620);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	lab_wait(lab, 20);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	/* its own ends it, when that was granted */
	bind(lab, 60, OWN("5060"), MAPPED("5060"));
	lab->more = "Contact: <sip:bob@192.168.1.2:5060>;expires=0\r\n";
	lab_phone(lab, "REGISTER 61 a - call=reg");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	lab_proxy(lab, "200 REGISTER 61 a t call=reg");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_p9_bye),
	KUNIT_CASE(rule_p9_refusal_and_cancel),
	KUNIT_CASE(rule_p9_forged),
	KUNIT_CASE(rule_p10_refresh),
	KUNIT_CASE(rule_p10_never_widens),
	KUNIT_CASE(rule_p10_copies),
	KUNIT_CASE(rule_p10_refused_offer),
	KUNIT_CASE(rule_p11_from_outside),
	KUNIT_CASE(rule_p11_without_nat),
	KUNIT_CASE(rule_p12_nothing_learned),
	KUNIT_CASE(rule_p13_granted),
	KUNIT_CASE(rule_p13_answer_port),
	KUNIT_CASE(rule_p13_third_party),
	KUNIT_CASE(rule_p13_from_elsewhere),
	{}
};

struct kunit_suite sipalg_rules_life_suite = {
	.name = "sipalg_rules_life",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
