// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_rules_p: where pinholes lead, who comes in and how many there are: SECURITY P1 to
 * P8, a case or some a rule.  Each case shows first what is opened, then what is not.  P5 is
 * about TCP and is tested with whole connections, and so is what routes have a say in.
 */
#include <linux/inet.h>

#include "sipalg_rules.h"

/* ---- P1: to the address that the packet came from -------------------------------- */

static void rule_p1_to_the_sender(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - call=own audio=4000 contact=192.168.1.2:5070");
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 5070), 5070);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
	refuse(lab, "own");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);

	/* of the host beside it, whatever else the text says */
	lab_phone(lab, "INVITE 1 a - call=sdp audio=4000 at=192.168.1.3");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.3\r\n"));
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_MEDIA), 1);
	lab_phone(lab, "INVITE 1 a - call=contact contact=192.168.1.3:5070");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "<sip:u@192.168.1.3:5070>"));
	lab->more = "Record-Route: <sip:192.168.1.3:5080;lr>\r\n"
		    "Reply-To: <sip:192.168.1.3:5090>\r\n";
	lab_phone(lab, "INVITE 1 a - call=routes");
	bind(lab, 1, "Contact: <sip:bob@192.168.1.3:5060>;expires=600\r\n",
	     "Contact: <sip:bob@192.168.1.3:5060>;expires=600\r\n");
	expect_no_more(lab, "another host");
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), lab_for_peers(lab));
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 0);
	/* and the other host may not speak for the phone */
	lab->phone = lab_end("192.168.1.3", 5062);
	lab_phone(lab, "INVITE 1 a - call=third audio=4000 at=192.168.1.2");
	expect_no_more(lab, "by another host");
}

/* With inside_media=1 the routes are asked; here they know of no network inside. */
static void rule_p1_inside_media(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->inside_media = 1;
	lab_phone(lab, "INVITE 1 a - call=own audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	refuse(lab, "own");
	lab_phone(lab, "INVITE 1 a - call=beside audio=4000 at=192.168.1.3");
	lab_phone(lab, "INVITE 1 a - call=proxy audio=4000 at=203.0.113.2");
	lab_phone(lab, "INVITE 1 a - call=far audio=4000 at=198.51.100.7");
	expect_no_more(lab, "not inside by the routes");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_MEDIA), 3);
}

/* ---- P2: never there ------------------------------------------------------------- */

/* nobody's, or of more than one, or the router's on either side */
static const char * const no_hosts[] = {
	"127.0.0.1", "127.255.1.1", "0.0.0.0", "224.0.0.5", "239.255.255.250", "255.255.255.255",
	"169.254.1.2",
};

static const char * const others[] = {
	"192.168.1.255", "192.168.1.0", "192.168.1.1", "203.0.113.1",
};

static void name_host(struct lab *lab, const char *host, u32 cseq)
{
	char line[96], contact[96], body[128];
	u32 k;

	sprintf(body, "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		"m=audio 4000 RTP/AVP 0\r\n", host, host);
	for (k = 0; k < 2; k++) {
		lab->set->inside_media = k;
		sprintf(line, "INVITE 1 a - call=m%u-%u", cseq, k);
		lab->body = body;
		lab_phone(lab, line);
		expect_no_more(lab, host);
		KUNIT_EXPECT_TRUE_MSG(lab->test, lab_has(lab, body), "%s", host);
	}
	sprintf(line, "INVITE 1 a - call=c%u contact=%s:5070", cseq, host);
	lab_phone(lab, line);
	expect_no_more(lab, line);
	sprintf(contact, "Contact: <sip:bob@%s:5070>;expires=600\r\n", host);
	bind(lab, cseq, contact, contact);
	expect_no_more(lab, contact);
}

static void rule_p2_named_addresses(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "INVITE 1 a - call=own audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	refuse(lab, "own");
	for (i = 0; i < ARRAY_SIZE(no_hosts); i++)
		name_host(lab, no_hosts[i], 1 + i);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		name_host(lab, others[i], 20 + i);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), lab_for_peers(lab));
}

/* A bridge does not ask who may send: such a sender gets nothing either. */
static void rule_p2_senders(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i, k;

	lab->phone = lab_end("10.1.2.3", 5060);
	lab_phone(lab, "INVITE 1 a - call=host audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	refuse(lab, "host");
	for (i = 0; i < ARRAY_SIZE(no_hosts); i++)
		for (k = 0; k < 2; k++) {
			lab->is_nat = k;
			/* of a link's own addresses: they are not reached from elsewhere */
			if (!k && !strncmp(no_hosts[i], "169.254", 7))
				continue;
			lab->phone = lab_end(no_hosts[i], 5062 + i);
			lab->mapped_port = 5062 + i;
			sprintf(line, "INVITE 1 a - call=s%u%u audio=4000 contact=%s:5070", i, k,
				no_hosts[i]);
			lab_phone(lab, line);
			expect_nothing(lab, line);
			sprintf(line, "Contact: <sip:bob@%s:5070>;expires=600\r\n", no_hosts[i]);
			bind(lab, 1, line, k ? MAPPED("5070") : line);
			expect_nothing(lab, line);
			KUNIT_EXPECT_FALSE_MSG(test, lab_is_reserved(lab, 5070), "%s", line);
		}
}

/* What another host's connection has of the outside address stays that connection's. */
static void rule_p2_mapped_port_of_another(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end phone = lab->phone, far = lab_end("198.51.100.20", 53);

	lab_phone(lab, "INVITE 1 a - call=own audio=4200");
	lab_proxy(lab, "200 INVITE 1 a b call=own audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4200), 4200);
	/* a stream's own connection does not take its port from it */
	lab_phone(lab, "INVITE 2 a b call=own audio=4200");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 4200);
	lab->phone = lab_end("192.168.1.3", 5060);
	lab_media_out(lab, 4100, far);
	KUNIT_EXPECT_EQ(test, lab->left_from.port, 4100);
	lab->phone = phone;
	lab_phone(lab, "INVITE 1 a - call=taken audio=4100");
	lab_proxy(lab, "200 INVITE 1 a b call=taken audio=53 at=198.51.100.20");
	lab_media_in(lab, far, 4100);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, in_aton("192.168.1.3"));
	KUNIT_EXPECT_FALSE(test, lab->is_related);
}

/* Nor one that a pinhole of another call or binding leads to. */
static void rule_p2_mapped_port_of_a_pinhole(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);
	struct lab_end phone = lab->phone;

	lab->phone = lab_end("192.168.1.3", 5060);
	lab_phone(lab, "INVITE 1 a - call=two audio=4000");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 203.0.113.1\r\n"));
	KUNIT_EXPECT_NE(test, lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, lab_audio(lab)), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, phone.ip);
}

/* ---- P3: no service's port ------------------------------------------------------- */

static void rule_p3_no_low_ports(struct kunit *test)
{
	static const u16 low[] = { 1, 22, 25, 53, 80, 443, 445, 1022, 1023 };
	struct lab *lab = test->priv;
	char line[96];
	u32 i;

	lab_phone(lab, "INVITE 1 a - call=least audio=1024");
	KUNIT_EXPECT_EQ(test, lab_audio(lab), 1024);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 1024) + lab_waiting(lab, 1025), 2);
	refuse(lab, "least");
	bind(lab, 1, OWN("1024"), MAPPED("1024"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 1024), 1);
	lab_wait(lab, 700);
	for (i = 0; i < ARRAY_SIZE(low); i++) {
		sprintf(line, "INVITE 1 a - call=l%u audio=%u", i, low[i]);
		lab_phone(lab, line);
		expect_no_more(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_LOW_PORT), 2 * i + 1, "%s",
				    line);
		sprintf(line, "INVITE 1 a - call=c%u contact=192.168.1.2:%u", i, low[i]);
		lab_phone(lab, line);
		expect_no_more(lab, line);
		sprintf(line, "Contact: <sip:bob@192.168.1.2:%u>;expires=600\r\n", low[i]);
		bind(lab, 2 + i, line, line);
		expect_no_more(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_LOW_PORT), 2 * i + 2, "%s",
				    line);
		/* where answers go, too: a Via without rport */
		lab->old = "UDP 192.168.1.2:5060;rport";
		sprintf(line, "UDP 192.168.1.2:%u", low[i]);
		lab->new = line;
		lab_phone(lab, "INVITE 1 a - call=via");
		expect_no_more(lab, line);
	}
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), lab_for_peers(lab));
	/* RTCP of a stream whose own port is in order */
	lab_phone(lab, "INVITE 1 a - call=rtcp audio=4000 rtcp=1023");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 1023));
}

/* A port that 16 bits do not hold is none of those that they would make of it. */
static void rule_p3_no_overflow(struct kunit *test)
{
	struct lab *lab = test->priv;
	static const char * const ports[] = {
		"65558", "69536", "131072", "4294967296", "4294971296",
	};
	char line[64];
	u32 i;

	lab_phone(lab, "INVITE 1 a - call=most audio=65534");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 65534) + lab_waiting(lab, 65535), 2);
	refuse(lab, "most");
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		sprintf(line, "m=audio %s RTP/AVP 0\r\n", ports[i]);
		offer(lab, "over", line);
		KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, line), "%s", line);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 0, "%s", line);
		refuse(lab, "over");
		expect_no_more(lab, line);
		sprintf(line, "Contact: <sip:bob@192.168.1.2:%s>\r\n", ports[i]);
		bind(lab, 1 + i, line, line);
		expect_no_more(lab, line);
	}
	/* the last port has no RTCP beside it */
	lab_phone(lab, "INVITE 1 a - call=last audio=65535");
	KUNIT_EXPECT_LE(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), lab_waiting(lab, 0) + lab_for_peers(lab));
}

/* ---- P4: media over TCP ---------------------------------------------------------- */

static void rule_p4_tcp_media(struct kunit *test)
{
	static const char * const media[] = {
		"m=message 4000 TCP/MSRP *\r\na=path:msrp://192.168.1.2:4000/x;tcp\r\n",
		"m=application 4000 TCP/BFCP *\r\na=setup:passive\r\n",
		"m=image 4000 TCP t38\r\na=setup:passive\r\na=connection:new\r\n",
		"m=audio 4000 TCP/RTP/AVP 0\r\na=setup:actpass\r\n",
		"m=message 4000 TCP/TLS/MSRP *\r\na=path:msrps://192.168.1.2:4000/x;tcp\r\n",
	};
	struct lab *lab = test->priv;
	char id[8];
	u32 i;

	lab->set->tcp_media = 1;
	for (i = 0; i < ARRAY_SIZE(media); i++) {
		sprintf(id, "on%u", i);
		offer(lab, id, media[i]);
		KUNIT_EXPECT_GE_MSG(test, lab_waiting(lab, 0), 1, "%s", media[i]);
		/* of a packet of UDP nobody knows */
		KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
		refuse(lab, id);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_TCP_MEDIA), 0);
	lab->set->tcp_media = 0;
	for (i = 0; i < ARRAY_SIZE(media); i++) {
		sprintf(id, "off%u", i);
		offer(lab, id, media[i]);
		expect_no_more(lab, media[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_TCP_MEDIA), i + 1, "%s",
				    media[i]);
	}
	/* beside it UDP is opened */
	offer(lab, "both", "m=audio 4000 RTP/AVP 0\r\nm=message 4100 TCP/MSRP *\r\n");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* ---- P6: who comes in ------------------------------------------------------------ */

static void rule_p6_any(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	/* armed from the offer on */
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	/* whoever is first starves nobody, but not for ever */
	for (i = 1; i <= SIPALG_PINHOLE_REARMS; i++)
		KUNIT_EXPECT_EQ_MSG(test, lab_media_in(lab, stranger(i), 4000), 4000, "%u", i);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(i), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	/* the announced peer has come: nobody else does */
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_wait(lab, SIPALG_PINHOLE_REARM_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(90), 4000), 0);
}

static void rule_p6_announced(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->media_source = SIPALG_MEDIA_ANNOUNCED;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	/* until he is known the port is reserved and nothing comes in */
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
	lab_proxy(lab, "183 INVITE 1 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab->proxy, 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6010), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(1), 4001), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end(PEER, 6001), 4001), 4001);
}

static void rule_p6_signalling(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->media_source = SIPALG_MEDIA_SIGNALLING;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, stranger(0), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 6000), 4000), 4000);
}

/* ---- P7: used up, shared and limited in time ------------------------------------- */

static void rule_p7_never_permanent(struct kunit *test)
{
	struct lab *lab = call_with_peer(test);

	KUNIT_EXPECT_FALSE(test, lab_is_lasting(lab, 4000));
	KUNIT_EXPECT_FALSE(test, lab_is_lasting(lab, 4001));
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, peer(), 4000), 4000);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	lab_phone(lab, "INVITE 2 a b audio=4000");
	lab_proxy(lab, "200 INVITE 2 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 0);
	/* a contact's is another thing: calls come in through it while it is registered */
	bind(lab, 1, OWN("5070"), MAPPED("5070"));
	KUNIT_EXPECT_TRUE(test, lab_is_lasting(lab, 5070));
	/* never armed after the call's end */
	lab_phone(lab, "BYE 3 a b");
	lab_proxy(lab, "200 BYE 3 a b");
	lab_phone(lab, "INVITE 4 a b audio=4000");
	lab_phone(lab, "ACK 1 a b audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 0);
	lab_wait(lab, SIPALG_CALL_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
}

static void rule_p7_one_mapping_each(struct kunit *test)
{
	struct lab *lab = test->priv;

	/* bundled sections, and the same again in 183 and 200, have one */
	offer(lab, "bundle", "a=group:BUNDLE 1 2\r\nm=audio 4000 RTP/AVP 0\r\na=mid:1\r\n"
	      "m=video 4000 RTP/AVP 96\r\na=mid:2\r\n");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	refuse(lab, "bundle");
	/* another port, another mapping */
	offer(lab, "two", "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 96\r\n");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 4);
	refuse(lab, "two");
	/* with rtcp-mux that both agree on nothing waits at the port of RTCP */
	offer(lab, "mux", "m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab->body = "v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n"
		    "m=audio 6000 RTP/AVP 0\r\na=rtcp-mux\r\n";
	lab_proxy(lab, "200 INVITE 1 a b call=mux");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4001), 0);
	/* one that the other side does not agree on changes nothing */
	offer(lab, "alone", "m=audio 4100 RTP/AVP 0\r\na=rtcp-mux\r\n");
	lab_proxy(lab, "200 INVITE 1 a b call=alone audio=6100 at=" PEER);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4100) + lab_waiting(lab, 4101), 2);
}

static void rule_p7_life(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "INVITE 1 a - call=none audio=4000");
	lab_wait(lab, lab->set->invite_timeout - 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 2);
	expect_nothing(lab, "invite_timeout");
	lab_phone(lab, "INVITE 1 a - call=rings audio=4000");
	lab_proxy(lab, "180 INVITE 1 a b call=rings");
	lab_wait(lab, lab->set->ringing_timeout - 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 2);
	expect_nothing(lab, "ringing_timeout");
	lab->set->call_timeout = 600;
	call_with_peer(test);
	for (i = 0; i < 59; i++)
		lab_wait(lab, 10);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_wait(lab, 11);
	expect_nothing(lab, "call_timeout");
}

/* ---- P8: how many ---------------------------------------------------------------- */

static void rule_p8_port_zero(struct kunit *test)
{
	struct lab *lab = test->priv;

	offer(lab, "one", "m=audio 0 RTP/AVP 0\r\nm=video 4000 RTP/AVP 96\r\n");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "m=audio 0 RTP"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	refuse(lab, "one");
	offer(lab, "none", "m=audio 0 RTP/AVP 0\r\nm=video 0/4 RTP/AVP 96\r\n");
	expect_no_more(lab, "port 0");
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), lab_for_peers(lab));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_LOW_PORT), 0);
}

static void rule_p8_parity(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	for (i = 0; i < 6; i++) {
		sprintf(line, "INVITE 1 a - call=p%u audio=%u", i, 4000 + i % 2);
		lab_phone(lab, line);
		KUNIT_EXPECT_EQ_MSG(test, lab_audio(lab) % 2, i % 2, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, lab_audio(lab)), 1, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, lab_audio(lab) + 1), 1, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2 * i + 2, "%u", i);
	}
}

static void rule_p8_port_counts(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	offer(lab, "four", "m=audio 4000/4 RTP/AVP 0\r\n");
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 4000 + i), 1, "%u", i);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 8);
	refuse(lab, "four");
	/* over the bound: no more than that */
	offer(lab, "five", "m=audio 4000/5 RTP/AVP 0\r\n");
	KUNIT_EXPECT_LE(test, lab_waiting(lab, 0), 2 * SDP_MAX_PAIRS);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4008) + lab_waiting(lab, 4009), 0);
	refuse(lab, "five");
	offer(lab, "many", "m=audio 4000/60000 RTP/AVP 0\r\n");
	KUNIT_EXPECT_LE(test, lab_waiting(lab, 0), 2 * SDP_MAX_PAIRS);
	refuse(lab, "many");
	offer(lab, "none", "m=audio 4000/0 RTP/AVP 0\r\n");
	KUNIT_EXPECT_LE(test, lab_waiting(lab, 0), 2);
	refuse(lab, "none");
	offer(lab, "over", "m=audio 4000/4294967297 RTP/AVP 0\r\n");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	refuse(lab, "over");
	expect_nothing(lab, "a count over 32 bits");
	/* not beyond the last port, nor around to the first */
	offer(lab, "end", "m=audio 65530/4 RTP/AVP 0\r\n");
	KUNIT_EXPECT_LE(test, lab_waiting(lab, 0), 6);
	for (i = 0; i < 1024; i++)
		KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, i));
}

/* @n sections, each at a port of its own. */
static void offer_sections(struct lab *lab, const char *id, u32 n, const char *count)
{
	char *media = kunit_kzalloc(lab->test, LAB_TEXT_MAX, GFP_KERNEL);
	u32 i, len = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, media);
	for (i = 0; i < n; i++)
		len += scnprintf(media + len, LAB_TEXT_MAX - len, "m=audio %u%s RTP/AVP 0\r\n",
				 20000 + 10 * i, count);
	offer(lab, id, media);
}

static void rule_p8_sections(struct kunit *test)
{
	struct lab *lab = test->priv;

	offer_sections(lab, "all", SDP_MAX_MEDIA, "");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2 * SDP_MAX_MEDIA);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_OVER), 0);
	refuse(lab, "all");
	offer_sections(lab, "over", SDP_MAX_MEDIA + 4, "");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2 * SDP_MAX_MEDIA);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_OVER), 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 20000 + 10 * SDP_MAX_MEDIA));
	refuse(lab, "over");
}

static void rule_p8_pinholes_of_a_call(struct kunit *test)
{
	struct lab *lab = test->priv;

	KUNIT_EXPECT_EQ(test, lab->set->pinholes_per_call, 64);
	offer_sections(lab, "all", 8, "/4");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "all", "a").n_pinholes, 64);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 0);
	refuse(lab, "all");
	/* what is over it passes unmapped */
	offer_sections(lab, "over", 10, "/4");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "over", "a").n_pinholes, 64);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 2);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "m=audio 20080/4 "));
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 20080));
	/* nor does the dialog get more by and by */
	lab_proxy(lab, "200 INVITE 1 a b call=over audio=6000");
	lab_phone(lab, "INVITE 2 a b call=over audio=4000");
	KUNIT_EXPECT_LE(test, lab_call(lab, "over", "a").n_pinholes, 64);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
}

/* A multipart body of @n descriptions of a section each, behind @n_others texts. */
static void offer_parts(struct lab *lab, const char *id, u32 n, u32 n_others)
{
	char *body = kunit_kzalloc(lab->test, LAB_TEXT_MAX, GFP_KERNEL), line[48];
	u32 i, len = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, body);
	for (i = 0; i < n_others; i++)
		len += scnprintf(body + len, LAB_TEXT_MAX - len,
				 "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n");
	for (i = 0; i < n; i++)
		len += scnprintf(body + len, LAB_TEXT_MAX - len,
				 "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"
				 "o=- 1 1 IN IP4 192.168.1.2\r\ns=-\r\nc=IN IP4 192.168.1.2\r\n"
				 "t=0 0\r\nm=audio %u RTP/AVP 0\r\n\r\n", 4000 + 10 * i);
	scnprintf(body + len, LAB_TEXT_MAX - len, "--x--\r\n");
	lab->body = body;
	lab->type = "multipart/mixed;boundary=x";
	sprintf(line, "INVITE 1 a - call=%s", id);
	lab_phone(lab, line);
}

static void rule_p8_parts(struct kunit *test)
{
	struct lab *lab = test->priv;

	offer_parts(lab, "all", SDP_MAX_DESCRIPTIONS, 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2 * SDP_MAX_DESCRIPTIONS);
	refuse(lab, "all");
	offer_parts(lab, "last", 1, SIP_MAX_PARTS - 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	refuse(lab, "last");
	offer_parts(lab, "descriptions", SDP_MAX_DESCRIPTIONS + 1, 0);
	KUNIT_EXPECT_LE(test, lab_waiting(lab, 0), 2 * SDP_MAX_DESCRIPTIONS);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000 + 10 * SDP_MAX_DESCRIPTIONS));
	refuse(lab, "descriptions");
	offer_parts(lab, "parts", 1, SIP_MAX_PARTS);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	refuse(lab, "parts");
	expect_nothing(lab, "the seventeenth part");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_p1_to_the_sender),
	KUNIT_CASE(rule_p1_inside_media),
	KUNIT_CASE(rule_p2_named_addresses),
	KUNIT_CASE(rule_p2_senders),
	KUNIT_CASE(rule_p2_mapped_port_of_another),
	KUNIT_CASE(rule_p2_mapped_port_of_a_pinhole),
	KUNIT_CASE(rule_p3_no_low_ports),
	KUNIT_CASE(rule_p3_no_overflow),
	KUNIT_CASE(rule_p4_tcp_media),
	KUNIT_CASE(rule_p6_any),
	KUNIT_CASE(rule_p6_announced),
	KUNIT_CASE(rule_p6_signalling),
	KUNIT_CASE(rule_p7_never_permanent),
	KUNIT_CASE(rule_p7_one_mapping_each),
	KUNIT_CASE(rule_p7_life),
	KUNIT_CASE(rule_p8_port_zero),
	KUNIT_CASE(rule_p8_parity),
	KUNIT_CASE(rule_p8_port_counts),
	KUNIT_CASE(rule_p8_sections),
	KUNIT_CASE(rule_p8_pinholes_of_a_call),
	KUNIT_CASE(rule_p8_parts),
	{}
};

struct kunit_suite sipalg_rules_p_suite = {
	.name = "sipalg_rules_p",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
