// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_bounds: what a message costs after a thousand others (security.md B1).
 *
 * Steps over lists are counted, never time: the figures are the same on every machine.  The worst
 * message that there is comes first to a call that knows nothing, then a thousand of its kind that
 * name something else each, then it comes again; it may cost four times as much, and no more.
 */
#include "sip_limits.h"
#include "sipalg_pinhole_peer.h"
#include "sipalg_quota.h"
#include "sipalg_bounds.h"
#include "sipalg_lab.h"
#include "sipalg_stream.h"

/* ---- the streams of a call -------------------------------------------------------- */

/* A body with as many descriptions and sections as are read; the ports count from @port. */
static void most_sections(struct lab *lab, char *body, __be32 at, u16 port)
{
	u32 i, k, len = 0;

	for (i = 0; i < SDP_MAX_DESCRIPTIONS; i++) {
		len += scnprintf(body + len, LAB_TEXT_MAX - len,
				 "--x\r\nContent-Type: application/sdp\r\n\r\n"
				 "v=0\r\no=- 1 1 IN IP4 %pI4\r\ns=-\r\nc=IN IP4 %pI4\r\nt=0 0\r\n",
				 &at, &at);
		for (k = 0; k < SDP_MAX_MEDIA; k++)
			len += scnprintf(body + len, LAB_TEXT_MAX - len,
					 "m=audio %u RTP/AVP 0\r\n",
					 port + 2 * (i * SDP_MAX_MEDIA + k));
	}
	scnprintf(body + len, LAB_TEXT_MAX - len, "--x--\r\n");
	lab->body = body;
	lab->type = "multipart/mixed;boundary=x";
}

static struct cost media_cost(struct lab *lab, u32 before)
{
	struct lab_call call = lab_call(lab, "one", "a");

	/* the look at the call, and its leave, are no part of it */
	return (struct cost){ sipalg_steps - before - call.n_media, call.n_media };
}

/* The proxy answers with another To tag each time, and all sections that there may be. */
static struct cost branch(struct lab *lab, char *body, u32 tag)
{
	u32 before = sipalg_steps;
	char line[64];

	most_sections(lab, body, lab->proxy.ip, 6000 + tag % 8192);
	sprintf(line, "183 INVITE 1 a t%u", tag);
	lab_proxy(lab, line);
	return media_cost(lab, before);
}

static void rule_b1_streams_of_branches(struct kunit *test)
{
	struct lab *lab = test->priv;
	char *body = kunit_kzalloc(test, LAB_TEXT_MAX, GFP_KERNEL);
	struct cost first, last = {};
	u32 i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, body);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	first = branch(lab, body, 0);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media,
			1 + SDP_MAX_DESCRIPTIONS * SDP_MAX_MEDIA);
	for (i = 1; i <= MANY; i++)
		last = branch(lab, body, i);
	expect_bounded(test, "streams of branches", first, last);
	KUNIT_EXPECT_LE(test, lab_call(lab, "one", "a").n_media, 1 + SIPALG_CALL_STREAMS);
	/* and the call is as good as ever */
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
	KUNIT_EXPECT_EQ(test, (int)lab_media_out(lab, 4000, lab_end("203.0.113.2", 6000)), 4000);
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, lab_end("203.0.113.9", 7000), 4000), 4000);
}

/* Where the media of the phone's port 4000 is taken to come from. */
static struct sip_endpoint peer_of_4000(struct lab *lab)
{
	struct sipalg_pinhole_key key = {
		.addr = test_addr(lab->test, "203.0.113.1"), .port = 4000, .proto = IPPROTO_UDP,
	};
	struct sip_endpoint peer = {};
	struct sipalg_pinhole *pin;

	rcu_read_lock();
	pin = sipalg_pinhole_by_mapped(lab->sn, &key);
	if (pin)
		peer = sipalg_pinhole_peer(pin);
	rcu_read_unlock();
	return peer;
}

/* As many branches as there are streams stay: the one that answers wins, with its own media. */
static void rule_b1_few_branches_stay(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	for (i = 0; i < SIPALG_CALL_STREAMS; i++) {
		sprintf(line, "183 INVITE 1 a t%u audio=%u at=198.51.100.%u", i, 6000 + 2 * i, i);
		lab_proxy(lab, line);
	}
	KUNIT_EXPECT_EQ(test, (int)peer_of_4000(lab).port, 6000 + 2 * (SIPALG_CALL_STREAMS - 1));
	/* its answer came with the first 183, and the 200 has none */
	lab_proxy(lab, "200 INVITE 1 a t0");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
	KUNIT_EXPECT_EQ(test, (int)peer_of_4000(lab).port, 6000);
}

/* One of the parties confirms the call again and again, with other ports each time. */
static void storm_of_acks(struct kunit *test, bool is_phone)
{
	struct lab *lab = test->priv;
	void (*send)(struct lab *lab, const char *line) = is_phone ? lab_phone : lab_proxy;
	__be32 at = is_phone ? lab->phone.ip : lab->proxy.ip;
	char *body = kunit_kzalloc(test, LAB_TEXT_MAX, GFP_KERNEL);
	struct cost first = {}, last = {};
	u32 i, before;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, body);
	if (is_phone) {
		lab_phone(lab, "INVITE 1 a -");
		lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	} else {	/* the phone has called before, so the proxy finds it */
		lab_phone(lab, "OPTIONS 1 o -");
		lab_proxy(lab, "INVITE 1 a -");
		lab_phone(lab, "200 INVITE 1 a b audio=4000");
	}
	for (i = 0; i <= MANY; i++) {
		most_sections(lab, body, at, 10000 + 2 * i);
		before = sipalg_steps;
		send(lab, "ACK 1 a b");
		last = media_cost(lab, before);
		if (!i)
			first = last;
	}
	expect_bounded(test, is_phone ? "streams of ACKs, inside" : "streams of ACKs, outside",
		       first, last);
	KUNIT_EXPECT_LE(test, lab_call(lab, "one", "a").n_pinholes, lab->set->pinholes_per_call);
}

static void rule_b1_streams_of_acks_inside(struct kunit *test)
{
	storm_of_acks(test, true);
}

static void rule_b1_streams_of_acks_outside(struct kunit *test)
{
	storm_of_acks(test, false);
}

/* pinholes_per_call=0 is no limit, but the streams have one. */
static void rule_b1_streams_have_a_limit_of_their_own(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	lab->set->pinholes_per_call = 0;
	lab_phone(lab, "INVITE 1 a -");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	for (i = 0; i < 2 * SIPALG_CALL_STREAMS; i++) {
		sprintf(line, "ACK 1 a b audio=%u", 10000 + 2 * i);
		lab_phone(lab, line);
	}
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 1 + SIPALG_CALL_STREAMS);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_OVER), SIPALG_CALL_STREAMS);
	/* what is over it passes unmapped */
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "c=IN IP4 192.168.1.2\r\n"));
}

/* ---- ports ------------------------------------------------------------------------ */

/* The last port there is has no RTCP port beside it, and is a port all the same. */
static void rule_b1_the_last_port(struct kunit *test)
{
	struct sipalg_quota_key phone = { .addr = test_addr(test, "192.168.1.2") };
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=65535");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_pinholes, 1);
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 65535);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 65535), 1);
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, lab->proxy, 65535), 65535);
	/* one for the media, one for the peers of its calls */
	KUNIT_EXPECT_EQ(test, sipalg_quota_held(lab->sn, &phone, SIPALG_QUOTA_PINHOLE), 2);
	lab_proxy(lab, "486 INVITE 1 a b");
	lab_settle(lab);
	KUNIT_EXPECT_EQ(test, sipalg_quota_held(lab->sn, &phone, SIPALG_QUOTA_PINHOLE), 0);
}

/* ---- held bytes ------------------------------------------------------------------- */

/* A stream that a host has begun, of no connection. */
static struct sipalg_stream *stream_of(struct lab *lab, const char *host)
{
	struct sipalg_stream *s = kunit_kzalloc(lab->test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, s);
	spin_lock_init(&s->lock);
	s->tuple.src.l3num = NFPROTO_IPV4;
	s->tuple.src.u3.ip = lab_end(host, 0).ip;
	return s;
}

static void remember(struct lab *lab, struct sipalg_stream *s, u32 bytes)
{
	spin_lock_bh(&s->lock);
	s->half[0].room = bytes;
	sipalg_stream_leave(lab->sn, s);
}

static bool is_full(struct lab *lab, const struct sipalg_stream *s)
{
	bool full;

	rcu_read_lock();
	full = sipalg_stream_is_full(lab->sn, s);
	rcu_read_unlock();
	return full;
}

/* 256 half-sent messages of one host leave room for everybody else's. */
static void rule_b1_a_host_has_a_share_of_held_bytes(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_stream *bad = stream_of(lab, "192.168.1.66");
	struct sipalg_stream *more = stream_of(lab, "192.168.1.66");
	struct sipalg_stream *worse = stream_of(lab, "192.168.1.67");
	struct sipalg_stream *good = stream_of(lab, "192.168.1.2");

	lab->set->trunks.n = 0;
	remember(lab, bad, 12 << 20);
	KUNIT_EXPECT_FALSE(test, is_full(lab, bad));
	remember(lab, bad, (12 << 20) + SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_TRUE(test, is_full(lab, bad));
	KUNIT_EXPECT_TRUE(test, is_full(lab, more));	/* its next connection, too */
	KUNIT_EXPECT_FALSE(test, is_full(lab, good));
	/* two of them leave less, but room */
	remember(lab, worse, 3 << 20);
	KUNIT_EXPECT_TRUE(test, is_full(lab, worse));
	remember(lab, good, SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_FALSE(test, is_full(lab, good));
	lab->set->trunks.n = 1;
	KUNIT_EXPECT_FALSE(test, is_full(lab, bad));
	lab->set->trunks.n = 0;
	remember(lab, bad, 0);
	remember(lab, worse, 0);
	KUNIT_EXPECT_FALSE(test, is_full(lab, more));
	remember(lab, good, SIPALG_STREAM_BYTES_MAX);
	KUNIT_EXPECT_TRUE(test, is_full(lab, more));	/* all is all */
	remember(lab, good, 0);
}

/* All namespaces of others together have as much as one of the machine's root. */
static void rule_b10_held_bytes_of_a_foreign_namespace(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct sipalg_stream *s = stream_of(lab, "192.168.1.66");

	lab->set->trunks.n = 1;		/* no share of a host */
	lab->sn->is_foreign = true;
	remember(lab, s, 12 << 20);
	KUNIT_EXPECT_FALSE(test, is_full(lab, s));
	remember(lab, s, (12 << 20) + SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_TRUE(test, is_full(lab, s));
	remember(lab, s, 0);
	KUNIT_EXPECT_FALSE(test, is_full(lab, s));
	lab->sn->is_foreign = false;
	remember(lab, s, (12 << 20) + SIP_TCP_HELD_MAX);
	KUNIT_EXPECT_FALSE(test, is_full(lab, s));
	remember(lab, s, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b1_streams_of_branches),
	KUNIT_CASE(rule_b1_few_branches_stay),
	KUNIT_CASE(rule_b1_streams_of_acks_inside),
	KUNIT_CASE(rule_b1_streams_of_acks_outside),
	KUNIT_CASE(rule_b1_streams_have_a_limit_of_their_own),
	KUNIT_CASE(rule_b1_the_last_port),
	KUNIT_CASE(rule_b1_a_host_has_a_share_of_held_bytes),
	KUNIT_CASE(rule_b10_held_bytes_of_a_foreign_namespace),
	{}
};

struct kunit_suite sipalg_bounds_suite = {
	.name = "sipalg_bounds",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
