// SPDX-License-Identifier: GPL-2.0
/*
 * sip_contact: where a Contact leads, who comes in there, and where answers come that are
 * not sent to what was published (BEHAVIOUR 1, SECURITY P1, P3).
 */
#include "sipalg_rules.h"

#define VIA		"192.168.1.2:5060;rport"

/* Somebody's packet to the published port.  Return: where to; 0: nowhere. */
static u16 from(struct lab *lab, const char *ip, u16 port)
{
	return lab_media_in(lab, lab_end(ip, port), 5060);
}

static u16 from_peer(struct lab *lab)
{
	static u16 port = 2000;

	return from(lab, "203.0.113.2", ++port);
}

static u16 from_stranger(struct lab *lab)
{
	static u16 port = 2000;

	return from(lab, "198.51.100.7", ++port);
}

/* A call without media, up; @how: options of its messages. */
static void call_up(struct lab *lab, const char *how)
{
	char line[96];

	snprintf(line, sizeof(line), "INVITE 1 a - %s", how);
	lab_phone(lab, line);
	snprintf(line, sizeof(line), "200 INVITE 1 a b %s", how);
	lab_proxy(lab, line);
	snprintf(line, sizeof(line), "ACK 1 a b %s", how);
	lab_phone(lab, line);
}

static void hang_up(struct lab *lab, const char *how)
{
	char line[96];

	snprintf(line, sizeof(line), "BYE 2 a b %s", how);
	lab_phone(lab, line);
	snprintf(line, sizeof(line), "200 BYE 2 a b %s", how);
	lab_proxy(lab, line);
}

/* ---- the connection's own port ------------------------------------------------------- */

static void contact_waits_for_the_peer_alone(struct kunit *test)
{
	struct lab *lab = test->priv;

	KUNIT_EXPECT_EQ(test, from_peer(lab), 0);
	call_up(lab, "call=one");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	KUNIT_EXPECT_TRUE(test, lab_is_lasting(lab, 5060));
	KUNIT_EXPECT_EQ(test, from_peer(lab), 5060);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
	KUNIT_EXPECT_EQ(test, from_peer(lab), 5060);
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 0);
	hang_up(lab, "call=one");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 0);
	KUNIT_EXPECT_EQ(test, from_peer(lab), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5060));
}

/* What comes for it is given back as the phone wrote it, without a port too. */
static void contact_is_given_back(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->old = "Contact: <sip:u@192.168.1.2:5060>";
	lab->new = "Contact: <sip:u@192.168.1.2>";
	call_up(lab, "call=one");
	lab->proxy.port = 5099;
	lab->old = "BYE sip:bob@";
	lab->new = "BYE sip:u@";
	lab_proxy(lab, "BYE 1 b a");
	KUNIT_EXPECT_TRUE(test, lab->is_related);
	KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, "BYE sip:u@192.168.1.2 SIP/2.0"), "%s", lab->out);
	/* but a new request for somebody else is for him */
	lab_proxy(lab, "INFO 9 x - uri=carol call=other");
	KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, "INFO sip:carol@203.0.113.1:5060"), "%s",
			      lab->out);
}

static void contact_is_shared_by_calls(struct kunit *test)
{
	struct lab *lab = test->priv;

	call_up(lab, "call=one");
	call_up(lab, "call=two");
	lab_phone(lab, "INVITE 2 a b call=two");
	lab_proxy(lab, "200 INVITE 2 a b call=two");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	hang_up(lab, "call=one");
	KUNIT_EXPECT_EQ(test, from_peer(lab), 5060);
	lab_phone(lab, "BYE 3 a b call=two");
	lab_proxy(lab, "200 BYE 3 a b call=two");
	KUNIT_EXPECT_EQ(test, from_peer(lab), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED), 1);
}

/* A connection that begins anew may get another mapped port, which is another way in. */
static void contact_has_a_new_mapping(struct kunit *test)
{
	struct lab *lab = test->priv;

	call_up(lab, "call=one");
	lab_phone(lab, "INVITE 2 a b call=one");
	lab_proxy(lab, "200 INVITE 2 a b call=one");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 1);
	lab_flush(lab);
	lab->mapped_port = 40001;
	lab_phone(lab, "INVITE 3 a b call=one");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 40001), 1);
	lab_proxy(lab, "200 INVITE 3 a b call=one");
	lab_phone(lab, "BYE 4 a b call=one");
	lab_proxy(lab, "200 BYE 4 a b call=one");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED), 2);
}

static void contact_closes_with_a_refusal(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a -");
	KUNIT_EXPECT_EQ(test, from_peer(lab), 5060);
	lab_proxy(lab, "486 INVITE 1 a b");
	KUNIT_EXPECT_EQ(test, from_peer(lab), 0);
	lab_phone(lab, "INVITE 1 a - call=two");
	lab_wait(lab, 33);
	KUNIT_EXPECT_EQ(test, from_peer(lab), 0);
}

/* The peers of several calls come in, and nobody else. */
static void contact_waits_for_several_peers(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end first = lab->proxy;

	call_up(lab, "call=one");
	lab->proxy = lab_end("203.0.113.40", 5060);
	call_up(lab, "call=two");
	lab->proxy = lab_end("203.0.113.41", 5060);
	call_up(lab, "call=three");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	KUNIT_EXPECT_EQ(test, from_peer(lab), 5060);
	KUNIT_EXPECT_EQ(test, from(lab, "203.0.113.40", 3001), 5060);
	KUNIT_EXPECT_EQ(test, from(lab, "203.0.113.41", 3001), 5060);
	KUNIT_EXPECT_EQ(test, from(lab, "203.0.113.42", 3001), 0);
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLER_REFUSED), 2);
	hang_up(lab, "call=three");
	lab->proxy = lab_end("203.0.113.40", 5060);
	hang_up(lab, "call=two");
	lab->proxy = first;
	KUNIT_EXPECT_EQ(test, from_peer(lab), 5060);
	hang_up(lab, "call=one");
	KUNIT_EXPECT_EQ(test, from_peer(lab), 0);
}

static void contact_shares_a_registrations(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end registrar = lab->proxy;

	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	lab->proxy = lab_end("203.0.113.40", 5060);
	call_up(lab, "call=one");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 1);
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 5060);
	lab->proxy = registrar;
	bind(lab, 2, "Contact: <sip:bob@192.168.1.2:5060>;expires=0\r\n", NULL);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 1);
	/* what is left is the call's */
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 0);
	KUNIT_EXPECT_EQ(test, from(lab, "203.0.113.40", 3002), 5060);
	lab->proxy = lab_end("203.0.113.40", 5060);
	hang_up(lab, "call=one");
	KUNIT_EXPECT_EQ(test, from(lab, "203.0.113.40", 3003), 0);
}

/* Of two accounts with one contact the other one still is called. */
static void contact_stays_with_another_account(struct kunit *test)
{
	struct lab *lab = test->priv;

	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	lab->more = OWN("5060");
	lab_phone(lab, "REGISTER 1 a - call=carol user=carol");
	lab->more = MAPPED("5060");
	lab_proxy(lab, "200 REGISTER 1 a t call=carol user=carol");
	call_up(lab, "call=one");
	bind(lab, 2, "Contact: <sip:bob@192.168.1.2:5060>;expires=0\r\n", NULL);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 1);
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 5060);
}

/* A registration during the call lets everybody in, for as long as it lives. */
static void contact_is_registered_later(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->proxy = lab_end("203.0.113.40", 5060);
	call_up(lab, "call=one");
	lab->proxy = lab_end("203.0.113.2", 5060);
	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 5060);
	lab_wait(lab, 633);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 1);
	KUNIT_EXPECT_EQ(test, from_stranger(lab), 0);
	KUNIT_EXPECT_EQ(test, from(lab, "203.0.113.40", 3004), 5060);
}

/* Without NAT nobody is hidden, and who was called has come in before. */
static void contact_of_others_opens_nothing(struct kunit *test)
{
	struct lab *lab = test->priv;

	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	bind(lab, 2, "Contact: <sip:bob@192.168.1.2:5060>;expires=0\r\n", NULL);
	lab_proxy(lab, "INVITE 1 c - call=in");
	lab->old = "Contact: <sip:u@192.168.1.2:5060>";
	lab->new = "Contact: <sip:u@192.168.1.9:5060>";
	lab_phone(lab, "INVITE 1 a - call=one");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 0);
	lab->is_nat = false;
	lab->phone = lab_end("192.168.1.3", 5060);
	call_up(lab, "call=two");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 0);
	lab->is_nat = true;
}

/* ---- what a contact is registered for --------------------------------------------------- */

static bool is_registered(struct lab *lab, u16 port, u8 proto, struct sip_endpoint *mapped)
{
	struct sipalg_pinhole_key key = {
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)lab->phone.ip } },
		.port = port, .proto = proto,
	};
	bool is;

	rcu_read_lock();
	local_bh_disable();
	is = sipalg_binding_of(lab->sn, &key, mapped);
	local_bh_enable();
	rcu_read_unlock();
	return is;
}

static void contact_is_found_by_its_address(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sip_endpoint mapped;

	KUNIT_EXPECT_FALSE(test, is_registered(lab, 5060, IPPROTO_UDP, NULL));
	lab->mapped_port = 40001;
	lab->more = OWN("5060");
	lab_phone(lab, "REGISTER 1 a - call=reg");
	KUNIT_EXPECT_FALSE(test, is_registered(lab, 5060, IPPROTO_UDP, NULL));	/* asked */
	lab->more = MAPPED("40001");
	lab_proxy(lab, "200 REGISTER 1 a t call=reg");
	KUNIT_ASSERT_TRUE(test, is_registered(lab, 5060, IPPROTO_UDP, &mapped));
	KUNIT_EXPECT_EQ(test, (int)mapped.port, 40001);
	KUNIT_EXPECT_FALSE(test, is_registered(lab, 5060, IPPROTO_TCP, NULL));
	KUNIT_EXPECT_FALSE(test, is_registered(lab, 5061, IPPROTO_UDP, NULL));
	lab_wait(lab, 633);
	KUNIT_EXPECT_FALSE(test, is_registered(lab, 5060, IPPROTO_UDP, NULL));
}

/* Over UDP: what it says is reached over TCP needs tcp_contact=1, or is published as ever. */
static void contact_over_tcp_needs_a_setting(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->old = "192.168.1.2:5070>";
	lab->new = "192.168.1.2:5070;transport=tcp>";
	lab_phone(lab, "INVITE 1 a - contact=192.168.1.2:5070");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 0);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "Contact: <sip:u@203.0.113.1:"));
	lab->set->tcp_contact = 1;
	lab->old = "192.168.1.2:5070>";
	lab_phone(lab, "INVITE 1 a - call=two contact=192.168.1.2:5070");
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5070), 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5070));	/* for UDP */
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "Contact: <sip:u@203.0.113.1:5070;transport=tcp>"));
}

/* ---- answers that are sent to where the phone asks from ---------------------------------- */

/* OPTIONS with that sent-by, and its answer.  Return: the port that the answer came to. */
static u16 answer_to(struct lab *lab, u32 cseq, const char *by)
{
	char line[32], seen[48] = "";

	sprintf(line, "OPTIONS %u a -", cseq);
	lab->old = VIA;
	lab->new = by;
	lab_phone(lab, line);
	if (lab_number(lab, "Via: SIP/2.0/UDP 203.0.113.1:"))
		snprintf(seen, sizeof(seen), "203.0.113.1:%u;branch",
			 lab_number(lab, "Via: SIP/2.0/UDP 203.0.113.1:"));
	sprintf(line, "200 OPTIONS %u a b", cseq);
	if (seen[0]) {
		lab->old = "203.0.113.1:5060;rport;branch";
		lab->new = seen;
	} else {
		lab->old = "203.0.113.1:5060;rport";
		lab->new = by;
	}
	lab_proxy(lab, line);
	return lab->came_to;
}

static void answer_comes_where_the_phone_listens(struct kunit *test)
{
	struct lab *lab = test->priv;

	KUNIT_EXPECT_EQ(test, answer_to(lab, 1, "192.168.1.2:5074"), 5074);
	KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, "Via: SIP/2.0/UDP 192.168.1.2:5074;"), "%s",
			      lab->out);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_LED_TO_VIA), 1);
	/* also one of which no byte changes */
	lab->old = "sip:bob@203.0.113.1:5060 SIP/2.0";
	lab->new = "sip:bob@example.com SIP/2.0";
	lab_proxy(lab, "OPTIONS 7 p -");
	KUNIT_EXPECT_EQ(test, lab->came_to, 5074);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "OPTIONS sip:bob@example.com SIP/2.0"));
}

static void answer_comes_as_it_was_sent(struct kunit *test)
{
	static const char * const by[] = {
		"192.168.1.2:5074;rport",	/* RFC 3581 */
		"192.168.1.2:5060",		/* it listens there */
		"192.168.1.3:5074",		/* another host's */
		"192.168.1.2:1023",		/* a service */
		"192.168.1.2:80",
		"203.0.113.1:5074",
		"phone.example.org:5074",
	};
	struct lab *lab = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(by); i++) {
		/* what was said before counts no more */
		KUNIT_EXPECT_EQ(test, answer_to(lab, 2 * i + 1, "192.168.1.2:5074"), 5074);
		KUNIT_EXPECT_EQ_MSG(test, answer_to(lab, 2 * i + 2, by[i]), 5060, "%s", by[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_LED_TO_VIA), (u64)ARRAY_SIZE(by));
}

/* Only a message that was read. */
static void answer_is_sip(struct kunit *test)
{
	struct lab *lab = test->priv;

	answer_to(lab, 1, "192.168.1.2:5074");
	lab->old = "Call-ID";
	lab->new = "Xall-ID";
	lab_proxy(lab, "200 OPTIONS 1 a b");
	lab_media_in(lab, lab->proxy, 5060);
	KUNIT_EXPECT_EQ(test, lab->came_to, 5060);
}

/* What the other side asks comes to the port of the Contact. */
static void request_comes_where_the_contact_leads(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->old = VIA;
	lab->new = "192.168.1.2:5074";
	lab_phone(lab, "INVITE 1 a - contact=192.168.1.2:5074");
	/* a server that does not heed it, and writes where the INVITE came from */
	lab_proxy(lab, "INFO 1 b a uri=u");
	KUNIT_EXPECT_EQ(test, lab->came_to, 5074);
	KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, "INFO sip:u@192.168.1.2:5074 "), "%s", lab->out);
	lab->old = VIA;
	lab->new = "192.168.1.2:5074";
	lab_phone(lab, "INVITE 1 a - call=two contact=192.168.1.2:5060");
	lab_proxy(lab, "INFO 1 b a uri=u call=two");
	KUNIT_EXPECT_EQ(test, lab->came_to, 5060);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(contact_waits_for_the_peer_alone),
	KUNIT_CASE(contact_is_given_back),
	KUNIT_CASE(contact_is_shared_by_calls),
	KUNIT_CASE(contact_has_a_new_mapping),
	KUNIT_CASE(contact_closes_with_a_refusal),
	KUNIT_CASE(contact_waits_for_several_peers),
	KUNIT_CASE(contact_shares_a_registrations),
	KUNIT_CASE(contact_stays_with_another_account),
	KUNIT_CASE(contact_is_registered_later),
	KUNIT_CASE(contact_of_others_opens_nothing),
	KUNIT_CASE(contact_is_found_by_its_address),
	KUNIT_CASE(contact_over_tcp_needs_a_setting),
	KUNIT_CASE(answer_comes_where_the_phone_listens),
	KUNIT_CASE(answer_comes_as_it_was_sent),
	KUNIT_CASE(answer_is_sip),
	KUNIT_CASE(request_comes_where_the_contact_leads),
	{}
};

struct kunit_suite sip_contact_suite = {
	.name = "sip_contact",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
