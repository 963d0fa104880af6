// SPDX-License-Identifier: GPL-2.0
/*
 * sdp_rewrite: what a description says, which c= governs which section, and what is
 * written where sections want different things.
 */
#include <linux/errno.h>

#include "sdp_rewrite.h"
#include "sip_edit.h"
#include "sipalg_kunit.h"

#define HEAD	"v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\n"
#define CONN	"c=IN IP4 10.0.0.2\r\n"

/* one description under test, with room for what comes out */
struct fixture {
	struct kunit *test;
	struct sip_text t;
	struct sdp sdp;
	struct sdp_plan plan;
	struct sip_edits edits;
	char out[2048];
	int len;
};

static struct fixture *new_fixture(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->test = test;
	memset(&f->sdp, 0x5a, sizeof(f->sdp));
	sip_edit_init(&f->edits);
	return f;
}

static int parse(struct kunit *test, struct fixture *f, const char *body)
{
	f->t = test_text(test, body);
	return sdp_parse(&f->t, (struct sip_slice){ 0, f->t.len }, &f->sdp);
}

static struct fixture *parsed(struct kunit *test, const char *body)
{
	struct fixture *f = new_fixture(test);

	KUNIT_ASSERT_EQ(test, parse(test, f, body), 0);
	f->plan.from = test_addr(test, "10.0.0.2");
	f->plan.to = test_addr(test, "203.0.113.1");
	return f;
}

static void target(struct fixture *f, u32 i, const char *addr, u16 port, u16 rtcp)
{
	f->plan.media[i] = (struct sdp_target){ .port = port, .rtcp = rtcp };
	if (addr)
		f->plan.media[i].addr = test_addr(f->test, addr);
}

static void expect_out(struct kunit *test, struct fixture *f, const char *want)
{
	KUNIT_ASSERT_EQ(test, sdp_plan_edits(&f->edits, &f->t, 0, &f->sdp, &f->plan), 0);
	memcpy(f->out, f->t.p, f->t.len);
	f->len = sip_edit_render(&f->edits, f->out, f->t.len, sizeof(f->out));
	KUNIT_ASSERT_GT(test, f->len, 0);
	test_expect_bytes(test, f->out, f->len, want, strlen(want));
}

/* ---- reading ---------------------------------------------------------------------- */

static void sdp_reads_session(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n");
	struct sip_addr addr = test_addr(test, "10.0.0.2");

	test_expect_slice(test, &f->t, f->sdp.origin.text, "10.0.0.2");
	test_expect_slice(test, &f->t, f->sdp.conn.text, "10.0.0.2");
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(&f->sdp.origin.addr, &addr));
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(&f->sdp.conn.addr, &addr));
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(sdp_conn_of(&f->sdp, 0), &addr));
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_media, 1);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_over, 0);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.eol, 2);
	KUNIT_EXPECT_TRUE(test, f->sdp.has_final_eol);
	test_expect_slice(test, &f->t, f->sdp.media[0].type, "audio");
	test_expect_slice(test, &f->t, f->sdp.media[0].port_text, "4000");
	KUNIT_EXPECT_FALSE(test, f->sdp.media[0].has_conn);
}

static void sdp_reads_body_in_a_message(struct kunit *test)
{
	struct fixture *f = new_fixture(test);

	f->t = test_text(test, "xx" HEAD CONN "m=audio 1 RTP/AVP 0\r\nm=audio 2 RTP/AVP 0\r\n");
	KUNIT_EXPECT_EQ(test, sdp_parse(&f->t, (struct sip_slice){ 2, f->t.len - 23 }, &f->sdp), 0);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_media, 1);
	test_expect_slice(test, &f->t, f->sdp.conn.text, "10.0.0.2");
}

struct media_case {
	const char *line;
	int ret;
	u16 port;
	u16 count;
	u8 transport;
	u8 is_rtp;
};

static const struct media_case media[] = {
	{ "audio 4000 RTP/AVP 0", 0, 4000, 1, SDP_TRANSPORT_UDP, true },
	{ "audio 0 RTP/AVP 0", 0, 0, 1, SDP_TRANSPORT_UDP, true },
	{ "audio 65535 RTP/SAVPF 0", 0, 65535, 1, SDP_TRANSPORT_UDP, true },
	{ "audio 65536 RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio 4294971296 RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio -1 RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio x RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio", -EBADMSG, 0, 0, 0, 0 },
	{ "", -EBADMSG, 0, 0, 0, 0 },
	{ "audio 04000 RTP/AVP 0", 0, 4000, 1, SDP_TRANSPORT_UDP, true },
	{ "audio 4000/2 RTP/AVP 0", 0, 4000, 2, SDP_TRANSPORT_UDP, true },
	{ "audio 4000/65535 RTP/AVP 0", 0, 4000, 65535, SDP_TRANSPORT_UDP, true },
	{ "audio 4000/65536 RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio 4000/0 RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio 4000/ RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio /2 RTP/AVP 0", -EBADMSG, 0, 0, 0, 0 },
	{ "audio 9 UDP/TLS/RTP/SAVPF 111", 0, 9, 1, SDP_TRANSPORT_UDP, true },
	{ "image 4000 udptl t38", 0, 4000, 1, SDP_TRANSPORT_UDP, false },
	{ "image 4000 UDPTL t38", 0, 4000, 1, SDP_TRANSPORT_UDP, false },
	{ "image 4000 TCP t38", 0, 4000, 1, SDP_TRANSPORT_TCP, false },
	{ "application 4000 UDP/BFCP *", 0, 4000, 1, SDP_TRANSPORT_UDP, false },
	{ "application 4000 TCP/TLS/BFCP *", 0, 4000, 1, SDP_TRANSPORT_TCP, false },
	{ "message 4000 TCP/MSRP *", 0, 4000, 1, SDP_TRANSPORT_TCP, false },
	{ "audio 4000 TCP/RTP/AVP 0", 0, 4000, 1, SDP_TRANSPORT_TCP, true },
	{ "application 4000 DTLS/SCTP 5000", 0, 4000, 1, SDP_TRANSPORT_UDP, false },
	{ "application 4000 UDP/DTLS/SCTP webrtc-datachannel", 0, 4000, 1, SDP_TRANSPORT_UDP,
	  false },
	{ "x-smell 4000 SCTP 1", 0, 4000, 1, SDP_TRANSPORT_OTHER, false },
	{ "audio 4000", 0, 4000, 1, SDP_TRANSPORT_OTHER, false },
	{ "audio 4000 RTP", 0, 4000, 1, SDP_TRANSPORT_OTHER, false },
};

static void sdp_reads_media(struct kunit *test)
{
	char *body = kunit_kzalloc(test, 256, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, body);
	for (u32 i = 0; i < ARRAY_SIZE(media); i++) {
		const struct media_case *c = &media[i];
		struct fixture *f = new_fixture(test);
		const struct sdp_media *m = &f->sdp.media[0];

		sprintf(body, HEAD CONN "m=%s", c->line);
		KUNIT_EXPECT_EQ_MSG(test, parse(test, f, body), 0, "%s", c->line);
		KUNIT_EXPECT_EQ_MSG(test, f->sdp.is_left, !!c->ret, "%s", c->line);
		KUNIT_EXPECT_EQ_MSG(test, f->sdp.n_media, c->ret ? 0 : 1, "%s", c->line);
		if (c->ret)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, (int)m->port, (int)c->port, "%s", c->line);
		KUNIT_EXPECT_EQ_MSG(test, (int)m->count, (int)c->count, "%s", c->line);
		KUNIT_EXPECT_EQ_MSG(test, (int)m->transport, (int)c->transport, "%s", c->line);
		KUNIT_EXPECT_EQ_MSG(test, (int)m->is_rtp, (int)c->is_rtp, "%s", c->line);
	}
}

static void sdp_own_connection_first(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.3\r\n"
				   "c=IN IP4 10.0.0.4\r\nm=audio 4002 RTP/AVP 0\r\n"
				   "m=audio 4004 RTP/AVP 0\r\nc=IN IP4 host.example\r\n");
	struct sip_addr second = test_addr(test, "10.0.0.3");

	KUNIT_ASSERT_EQ(test, (int)f->sdp.n_media, 3);
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(sdp_conn_of(&f->sdp, 0), &second));
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(sdp_conn_of(&f->sdp, 1), &f->plan.from));
	/* a name is no address, and the session's does not stand in for it */
	KUNIT_EXPECT_TRUE(test, f->sdp.media[2].has_conn);
	KUNIT_EXPECT_EQ(test, sdp_conn_of(&f->sdp, 2)->family, (u32)SIP_FAMILY_NONE);
	test_expect_slice(test, &f->t, f->sdp.media[2].conn.text, "host.example");
}

struct conn_case {
	const char *value;
	const char *text;
	u32 family;
};

static const struct conn_case conns[] = {
	{ "IN IP4 10.0.0.2", "10.0.0.2", SIP_FAMILY_IPV4 },
	{ "in ip4 10.0.0.2", "10.0.0.2", SIP_FAMILY_IPV4 },
	{ "IN IP4 233.252.0.1/127", "233.252.0.1", SIP_FAMILY_IPV4 },
	{ "IN IP4 233.252.0.1/127/3", "233.252.0.1", SIP_FAMILY_IPV4 },
	{ "IN IP6 2001:db8::1", "2001:db8::1", SIP_FAMILY_IPV6 },
	{ "IN IP6 ff15::101/3", "ff15::101", SIP_FAMILY_IPV6 },
	{ "IN IP4 2001:db8::1", "2001:db8::1", SIP_FAMILY_NONE },
	{ "IN IP6 10.0.0.2", "10.0.0.2", SIP_FAMILY_NONE },
	{ "IN IP5 10.0.0.2", "10.0.0.2", SIP_FAMILY_NONE },
	{ "XX IP4 10.0.0.2", "10.0.0.2", SIP_FAMILY_NONE },
	{ "IN IP4 example.com", "example.com", SIP_FAMILY_NONE },
	{ "IN IP4 10.0.0.256", "10.0.0.256", SIP_FAMILY_NONE },
	{ "IN IP4 /127", "", SIP_FAMILY_NONE },
	{ "IN IP4 ", "", SIP_FAMILY_NONE },
	{ "IN IP4", "", SIP_FAMILY_NONE },
	{ "", "", SIP_FAMILY_NONE },
};

static void sdp_reads_connections(struct kunit *test)
{
	char *body = kunit_kzalloc(test, 256, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, body);
	for (u32 i = 0; i < ARRAY_SIZE(conns); i++) {
		struct fixture *f = new_fixture(test);

		sprintf(body, "v=0\r\nc=%s", conns[i].value);
		KUNIT_EXPECT_EQ(test, parse(test, f, body), 0);
		KUNIT_EXPECT_EQ_MSG(test, f->sdp.conn.addr.family, conns[i].family, "%s", body);
		test_expect_slice(test, &f->t, f->sdp.conn.text, conns[i].text);
	}
}

static void sdp_reads_rtcp(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN
				   "m=audio 4000 RTP/AVP 0\r\na=rtcp:53020\r\na=rtcp:1\r\n"
				   "m=audio 4002 RTP/AVP 0\r\na=rtcp:53021 IN IP4 10.0.0.2\r\n"
				   "m=audio 4004 RTP/AVP 0\r\na=rtcp-mux\r\na=rtcp-fb:* nack\r\n"
				   "m=image 4006 udptl t38\r\n"
				   "m=audio 65535 RTP/AVP 0\r\n"
				   "m=audio 0 RTP/AVP 0\r\n");
	const struct sdp_media *m = f->sdp.media;

	KUNIT_EXPECT_EQ(test, (int)sdp_rtcp_of(&m[0]), 53020);
	KUNIT_EXPECT_EQ(test, m[0].rtcp_conn.addr.family, (u32)SIP_FAMILY_NONE);
	KUNIT_EXPECT_EQ(test, (int)sdp_rtcp_of(&m[1]), 53021);
	KUNIT_EXPECT_TRUE(test, sip_addr_equal(&m[1].rtcp_conn.addr, &f->plan.from));
	KUNIT_EXPECT_TRUE(test, m[2].has_mux);
	KUNIT_EXPECT_FALSE(test, m[1].has_mux);
	KUNIT_EXPECT_EQ(test, (int)sdp_rtcp_of(&m[2]), 4005);
	KUNIT_EXPECT_EQ(test, (int)sdp_rtcp_of(&m[3]), 0);
	KUNIT_EXPECT_EQ(test, (int)sdp_rtcp_of(&m[4]), 0);	/* no port above the last */
	KUNIT_EXPECT_EQ(test, (int)sdp_rtcp_of(&m[5]), 0);
}

static void sdp_rtcp_port_bound(struct kunit *test)
{
	struct fixture *f = new_fixture(test);

	KUNIT_EXPECT_EQ(test, parse(test, f, "v=0\r\nm=audio 1 RTP/AVP 0\r\na=rtcp:65535\r\n"), 0);
	KUNIT_EXPECT_FALSE(test, f->sdp.is_left);
	KUNIT_EXPECT_EQ(test, parse(test, f, "v=0\r\nm=audio 1 RTP/AVP 0\r\na=rtcp:65536\r\n"), 0);
	KUNIT_EXPECT_TRUE(test, f->sdp.is_left);
	KUNIT_EXPECT_EQ(test, f->sdp.media[0].rtcp, 0);
	/* of the session, or behind the last section that is read, it says nothing */
	KUNIT_EXPECT_EQ(test, parse(test, f, "v=0\r\na=rtcp:65536\r\nm=audio 1 RTP/AVP 0\r\n"), 0);
}

/* RFC 3264 5.1, RFC 8866 6.7: the section's own direction comes before the session's. */
static void sdp_reads_direction(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD "a=SendOnly\r\nm=audio 1 RTP/AVP 0\r\n"
				   "m=audio 2 RTP/AVP 0\r\na=sendrecv\r\n"
				   "m=audio 3 RTP/AVP 0\r\na=recvonly\r\n");

	KUNIT_EXPECT_TRUE(test, f->sdp.is_held);
	KUNIT_EXPECT_TRUE(test, f->sdp.media[0].is_held);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[1].is_held);
	KUNIT_EXPECT_TRUE(test, f->sdp.media[2].is_held);
	f = parsed(test, HEAD "m=audio 1 RTP/AVP 0\r\na=inactive\r\nm=audio 2 RTP/AVP 0\r\n"
		   "a=sendonly:x\r\nm=audio 4 RTP/AVP 0\r\na=recvonly\r\nm=audio 3 RTP/AVP 0\r\na=sendonly\r\na=sendrecv\r\n");
	KUNIT_EXPECT_FALSE(test, f->sdp.is_held);
	KUNIT_EXPECT_TRUE(test, f->sdp.media[0].is_held);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[1].is_held);
	KUNIT_EXPECT_TRUE(test, f->sdp.media[2].is_held);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[3].is_held);
}

/* RFC 8866 5: CRLF or LF ends a line. A line with a CR in it is no direction. */
static void sdp_reads_no_direction_before_a_cr(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD "m=audio 1 RTP/AVP 0\r\na=sendonly\rx\r\n"
				   "m=audio 2 RTP/AVP 0\r\na=recvonly\r\r\n"
				   "m=audio 3 RTP/AVP 0\r\na=inactive\n");

	KUNIT_EXPECT_FALSE(test, f->sdp.media[0].is_held);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[1].is_held);
	KUNIT_EXPECT_TRUE(test, f->sdp.media[2].is_held);
}

static void sdp_not_a_description(struct kunit *test)
{
	static const char *const bodies[] = {
		"", "v", "V=0\r\n", "o=- 1 1", "\r\nv=0\r\n", " v=0",
	};
	struct fixture *f = new_fixture(test);

	for (u32 i = 0; i < ARRAY_SIZE(bodies); i++)
		KUNIT_EXPECT_EQ_MSG(test, parse(test, f, bodies[i]), -ENOMSG, "case %u", i);
	KUNIT_EXPECT_EQ(test, parse(test, f, "v="), 0);
	KUNIT_EXPECT_FALSE(test, f->sdp.has_final_eol);
}

/* Whatever is cut off, nothing behind the end is read, and no section is invented. */
static void sdp_truncated(struct kunit *test)
{
	static const char body[] = HEAD CONN "t=0 0\r\nm=audio 4000/2 RTP/AVP 0\r\ni=x\r\n"
		"c=IN IP4 10.0.0.2/1\r\na=rtcp:4001 IN IP4 10.0.0.2\r\na=rtcp-mux\r\n";
	struct fixture *f = new_fixture(test);
	struct sip_text whole = test_text(test, body);
	char *end = (char *)whole.p + whole.len;

	for (u32 len = 0; len <= sizeof(body) - 1; len++) {
		int ret;

		memmove(end - len, body, len);
		f->t = (struct sip_text){ end - len, len };
		ret = sdp_parse(&f->t, (struct sip_slice){ 0, len }, &f->sdp);
		KUNIT_EXPECT_TRUE_MSG(test, ret == 0 || ret == -EBADMSG ||
				      (ret == -ENOMSG && len < 2),
				      "%d at %u", ret, len);
		if (!ret)
			KUNIT_EXPECT_LE_MSG(test, (int)f->sdp.n_media, 1, "at %u", len);
	}
}

static void sdp_16_sections(struct kunit *test)
{
	struct fixture *f = new_fixture(test);
	char *body = kunit_kzalloc(test, 8192, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, body);
	strcpy(body, "v=0\r\n");
	for (u32 i = 0; i < SDP_MAX_MEDIA; i++)
		test_cat(test, body, 8192, "m=audio 4000 RTP/AVP 0\r\n");
	KUNIT_EXPECT_EQ(test, parse(test, f, body), 0);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_media, (int)SDP_MAX_MEDIA);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_over, 0);
	/* what stands in a section over the limit belongs to none before it */
	test_cat(test, body, 8192, "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.2\r\na=rtcp:5\r\n"
		 "a=rtcp-mux\r\na=inactive\r\n");
	KUNIT_EXPECT_EQ(test, parse(test, f, body), 0);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_media, (int)SDP_MAX_MEDIA);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_over, 1);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[SDP_MAX_MEDIA - 1].has_conn);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[SDP_MAX_MEDIA - 1].has_mux);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[SDP_MAX_MEDIA - 1].is_held);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.media[SDP_MAX_MEDIA - 1].rtcp_text.len, 0);
	for (u32 i = 0; i < 300; i++)
		test_cat(test, body, 8192, "m=audio 1 X\r\n");
	KUNIT_EXPECT_EQ(test, parse(test, f, body), 0);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_over, (int)U8_MAX);
}

/* ---- planning ----------------------------------------------------------------------- */

#define TWO	HEAD CONN "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n"
#define NEW	"v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\n"

static void plan_session_governs(struct kunit *test)
{
	struct fixture *f = parsed(test, TWO);

	target(f, 0, "203.0.113.1", 5000, 5001);
	target(f, 1, "203.0.113.1", 5002, 5003);
	expect_out(test, f, NEW "c=IN IP4 203.0.113.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"
		   "m=video 5002 RTP/AVP 31\r\n");
	KUNIT_EXPECT_EQ(test, (int)f->edits.n, 4);
}

static void plan_nothing_wanted(struct kunit *test)
{
	struct fixture *f = parsed(test, TWO);

	memset(&f->plan, 0, sizeof(f->plan));
	f->plan.from = test_addr(test, "10.0.0.9");
	expect_out(test, f, TWO);
	KUNIT_EXPECT_EQ(test, (int)f->edits.n, 0);
}

/* The same address and ports again: not one edit, whatever the spelling is. */
static void plan_same_again(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD "c=IN IP4 10.000.0.2\r\nm=audio 04000 RTP/AVP 0\r\n"
				   "a=rtcp:04001\r\n");

	f->plan.to = f->plan.from;
	target(f, 0, "10.0.0.2", 4000, 4001);
	KUNIT_EXPECT_EQ(test, sdp_plan_edits(&f->edits, &f->t, 0, &f->sdp, &f->plan), 0);
	KUNIT_EXPECT_EQ(test, (int)f->edits.n, 0);
}

static void plan_splits_for_two_addresses(struct kunit *test)
{
	struct fixture *f = parsed(test, TWO);

	target(f, 0, "203.0.113.1", 5000, 5001);
	target(f, 1, "203.0.113.2", 5002, 5003);
	expect_out(test, f, NEW CONN "t=0 0\r\nm=audio 5000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n"
		   "m=video 5002 RTP/AVP 31\r\nc=IN IP4 203.0.113.2\r\n");
}

static void plan_splits_for_one_unmapped(struct kunit *test)
{
	struct fixture *f = parsed(test, TWO);

	target(f, 1, "203.0.113.1", 5002, 5003);
	expect_out(test, f, NEW CONN "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
		   "m=video 5002 RTP/AVP 31\r\nc=IN IP4 203.0.113.1\r\n");
}

/* RFC 3264 8.2: a section that is off has no say in the session's c=. */
static void plan_closed_section_has_no_say(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 0 RTP/AVP 0\r\n"
				   "m=video 4002 RTP/AVP 31\r\n");

	target(f, 1, "203.0.113.7", 5002, 5003);
	expect_out(test, f, NEW "c=IN IP4 203.0.113.7\r\nm=audio 0 RTP/AVP 0\r\n"
		   "m=video 5002 RTP/AVP 31\r\n");
}

static void plan_own_connections_have_no_say(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.2\r\n"
				   "m=video 4002 RTP/AVP 31\r\n");

	target(f, 0, "203.0.113.1", 5000, 5001);
	target(f, 1, "203.0.113.2", 5002, 5003);
	expect_out(test, f, NEW "c=IN IP4 203.0.113.2\r\nm=audio 5000 RTP/AVP 0\r\n"
		   "c=IN IP4 203.0.113.1\r\nm=video 5002 RTP/AVP 31\r\n");
}

/* A session's c= that governs no open section is hidden where it is the sender's. */
static void plan_idle_session_connection(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 0 RTP/AVP 0\r\n");

	expect_out(test, f, NEW "c=IN IP4 203.0.113.1\r\nm=audio 0 RTP/AVP 0\r\n");
	f = parsed(test, HEAD "c=IN IP4 10.0.0.9\r\nm=audio 0 RTP/AVP 0\r\n");
	expect_out(test, f, NEW "c=IN IP4 10.0.0.9\r\nm=audio 0 RTP/AVP 0\r\n");
}

static void plan_sections_over_the_limit(struct kunit *test)
{
	struct fixture *f = parsed(test, TWO);

	f->sdp.n_over = 1;
	target(f, 0, "203.0.113.1", 4000, 4001);
	target(f, 1, "203.0.113.1", 4002, 4003);
	expect_out(test, f, NEW CONN "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n"
		   "m=video 4002 RTP/AVP 31\r\nc=IN IP4 203.0.113.1\r\n");
}

static void plan_new_lines_find_their_place(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\ni=t\r\nb=AS:1\r\n"
				   "a=x\r\nm=video 4002 RTP/AVP 31");

	target(f, 0, "203.0.113.1", 4000, 6001);
	target(f, 1, "203.0.113.2", 4002, 6003);
	expect_out(test, f, NEW CONN "m=audio 4000 RTP/AVP 0\r\ni=t\r\nc=IN IP4 203.0.113.1\r\n"
		   "b=AS:1\r\na=x\r\na=rtcp:6001\r\nm=video 4002 RTP/AVP 31\r\nc=IN IP4 203.0.113.2\r\n"
		   "a=rtcp:6003");
}

static void plan_new_lines_like_the_others(struct kunit *test)
{
	struct fixture *f = parsed(test, "v=0\nc=IN IP4 10.0.0.2\nm=audio 4000 RTP/AVP 0\n"
				   "m=audio 4002 RTP/AVP 0");

	target(f, 0, "203.0.113.1", 4000, 6001);
	expect_out(test, f, "v=0\nc=IN IP4 10.0.0.2\nm=audio 4000 RTP/AVP 0\nc=IN IP4 203.0.113.1\n"
		   "a=rtcp:6001\n"
		   "m=audio 4002 RTP/AVP 0");
	f = parsed(test, "v=0\nc=IN IP4 10.0.0.2\nm=audio 4000 RTP/AVP 0");
	target(f, 0, "203.0.113.1", 4000, 6001);
	expect_out(test, f, "v=0\nc=IN IP4 203.0.113.1\nm=audio 4000 RTP/AVP 0\na=rtcp:6001");
}

static void plan_family(struct kunit *test)
{
	struct fixture *f = parsed(test, "v=0\r\no=- 1 1 IN IP6 fd00::2\r\nc=IN IP6 FD00::2\r\n"
				   "m=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 0\r\n");

	f->plan.from = test_addr(test, "fd00::2");
	f->plan.to = test_addr(test, "2001:db8::1");
	target(f, 0, "2001:db8::1", 0, 0);
	target(f, 1, "2001:db8::2", 0, 0);
	expect_out(test, f, "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\nc=IN IP6 FD00::2\r\n"
		   "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n"
		   "m=audio 4002 RTP/AVP 0\r\nc=IN IP6 2001:db8::2\r\n");
}

/* ---- RTCP ------------------------------------------------------------------------------ */

#define AUDIO HEAD CONN "m=audio 4000 RTP/AVP 0\r\n"
#define NEW_AUDIO NEW "c=IN IP4 203.0.113.1\r\nm=audio 5000 RTP/AVP 0\r\n"

static void plan_rtcp_beside(struct kunit *test)
{
	struct fixture *f = parsed(test, AUDIO);

	target(f, 0, "203.0.113.1", 5000, 5001);
	expect_out(test, f, NEW_AUDIO);
	f = parsed(test, AUDIO);
	target(f, 0, "203.0.113.1", 5000, 0);
	expect_out(test, f, NEW_AUDIO);
	f = parsed(test, AUDIO);	/* port 0 leaves the port: RTCP still stands beside it */
	target(f, 0, "203.0.113.1", 0, 4001);
	expect_out(test, f, NEW "c=IN IP4 203.0.113.1\r\nm=audio 4000 RTP/AVP 0\r\n");
}

static void plan_rtcp_elsewhere(struct kunit *test)
{
	struct fixture *f = parsed(test, AUDIO);

	target(f, 0, "203.0.113.1", 5000, 5002);
	expect_out(test, f, NEW_AUDIO "a=rtcp:5002\r\n");
	f = parsed(test, AUDIO);
	target(f, 0, "203.0.113.1", 5000, 4999);
	expect_out(test, f, NEW_AUDIO "a=rtcp:4999\r\n");
	f = parsed(test, AUDIO);
	target(f, 0, "203.0.113.1", 0, 5001);
	expect_out(test, f, NEW "c=IN IP4 203.0.113.1\r\nm=audio 4000 RTP/AVP 0\r\n"
		   "a=rtcp:5001\r\n");
}

static void plan_rtcp_attribute(struct kunit *test)
{
	struct fixture *f = parsed(test, AUDIO "a=rtcp:4001 IN IP4 10.0.0.2\r\na=z\r\n");

	target(f, 0, "203.0.113.1", 5000, 5001);
	expect_out(test, f, NEW_AUDIO "a=rtcp:5001 IN IP4 203.0.113.1\r\na=z\r\n");
	f = parsed(test, AUDIO "a=rtcp:4001 IN IP4 10.0.0.3\r\n");
	target(f, 0, "203.0.113.1", 5000, 0);
	expect_out(test, f, NEW_AUDIO "a=rtcp:4001 IN IP4 10.0.0.3\r\n");
}

/* A section that is left alone keeps its a=rtcp too. */
static void plan_rtcp_of_unmapped_section(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\n"
				   "a=rtcp:4001 IN IP4 10.0.0.2\r\n"
				   "m=video 4002 RTP/AVP 31\r\n");

	target(f, 1, "203.0.113.1", 5002, 5003);
	expect_out(test, f, NEW CONN "m=audio 4000 RTP/AVP 0\r\na=rtcp:4001 IN IP4 10.0.0.2\r\n"
		   "m=video 5002 RTP/AVP 31\r\nc=IN IP4 203.0.113.1\r\n");
}

/* the address that the section's c= gets, not the one of o= */
static void plan_rtcp_address_of_its_section(struct kunit *test)
{
	struct fixture *f = parsed(test, AUDIO "a=rtcp:4001 IN IP4 10.0.0.2\r\n");

	target(f, 0, "203.0.113.7", 5000, 5001);
	expect_out(test, f, NEW "c=IN IP4 203.0.113.7\r\nm=audio 5000 RTP/AVP 0\r\n"
		   "a=rtcp:5001 IN IP4 203.0.113.7\r\n");
}

/* ---- robustness ---------------------------------------------------------------------------- */

/* Targets that the description has no place for are not written anywhere. */
static void plan_without_a_place(struct kunit *test)
{
	struct fixture *f = parsed(test, "v=0\r\nm=audio 4000 RTP/AVP 0\r\n");

	target(f, 0, "203.0.113.1", 5000, 5001);
	expect_out(test, f, "v=0\r\nm=audio 5000 RTP/AVP 0\r\n");
}

static void plan_fails_whole(struct kunit *test)
{
	struct fixture *f = parsed(test, TWO);
	struct sip_edit_mark mark;

	for (u32 i = 0; i < SIP_MAX_EDITS - 2; i++)
		KUNIT_ASSERT_EQ(test, sip_edit_add(&f->edits, 3000 + 2 * i, 1, "x", 1), 0);
	mark = sip_edit_take_mark(&f->edits);
	target(f, 0, "203.0.113.1", 5000, 5001);
	target(f, 1, "203.0.113.1", 5002, 5003);
	KUNIT_EXPECT_EQ(test, sdp_plan_edits(&f->edits, &f->t, 0, &f->sdp, &f->plan), -E2BIG);
	KUNIT_EXPECT_EQ(test, (int)mark.n, SIP_MAX_EDITS - 2);
}

/* The message may stand behind others in its packet. */
static void plan_base(struct kunit *test)
{
	struct fixture *f = parsed(test, AUDIO);

	target(f, 0, "203.0.113.1", 5000, 5002);
	KUNIT_ASSERT_EQ(test, sdp_plan_edits(&f->edits, &f->t, 1000, &f->sdp, &f->plan), 0);
	KUNIT_ASSERT_EQ(test, (int)f->edits.n, 4);
	KUNIT_EXPECT_EQ(test, f->edits.e[0].off, 1000u + f->sdp.origin.text.off);
	KUNIT_EXPECT_EQ(test, f->edits.e[1].off, 1000u + f->sdp.conn.text.off);
	KUNIT_EXPECT_EQ(test, f->edits.e[2].off, 1000u + f->sdp.media[0].port_text.off);
	KUNIT_EXPECT_EQ(test, f->edits.e[3].off, 1000u + f->t.len);
}

/* ---- what names an address once more --------------------------------------------- */

/* RFC 8839 5.1: the candidates of the published ports follow the default, all others stay */
static void plan_candidates(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\n"
		"a=candidate:1 1 UDP 2130706431 10.0.0.2 4000 typ host\r\n"
		"a=candidate:1 2 udp 2130706430 10.0.0.2 4001 typ HOST generation 0\r\n"
		"a=candidate:2 1 UDP 2130706431 10.0.0.2 4002 typ host\r\n"
		"a=candidate:3 1 UDP 2130706431 10.0.0.20 4000 typ host\r\n"
		"a=candidate:4 1 TCP 2130706431 10.0.0.2 4000 typ host tcptype passive\r\n"
		"a=candidate:5 1 UDP 1694498815 192.0.2.3 4000 typ srflx raddr 10.0.0.2 rport 4000\r\n"
		"a=candidate:6 1 UDP 1 10.0.0.2 4000 typ relay\r\n"
		"a=candidate:7 1 UDP 1 x.local 4000 typ host\r\n"
		"a=candidate:8 1 UDP 1 10.0.0.2 4x typ host\r\na=candidate:9\r\na=candidate:\r\n"
		"m=video 0 RTP/AVP 31\r\na=candidate:1 1 UDP 1 10.0.0.2 4000 typ host\r\n");

	target(f, 0, "203.0.113.1", 10000, 10001);
	expect_out(test, f, "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\n"
		"m=audio 10000 RTP/AVP 0\r\n"
		"a=candidate:1 1 UDP 2130706431 203.0.113.1 10000 typ host\r\n"
		"a=candidate:1 2 udp 2130706430 203.0.113.1 10001 typ HOST generation 0\r\n"
		"a=candidate:2 1 UDP 2130706431 10.0.0.2 4002 typ host\r\n"
		"a=candidate:3 1 UDP 2130706431 10.0.0.20 4000 typ host\r\n"
		"a=candidate:4 1 TCP 2130706431 10.0.0.2 4000 typ host tcptype passive\r\n"
		"a=candidate:5 1 UDP 1694498815 192.0.2.3 4000 typ srflx raddr 10.0.0.2 rport 4000\r\n"
		"a=candidate:6 1 UDP 1 10.0.0.2 4000 typ relay\r\n"
		"a=candidate:7 1 UDP 1 x.local 4000 typ host\r\n"
		"a=candidate:8 1 UDP 1 10.0.0.2 4x typ host\r\na=candidate:9\r\na=candidate:\r\n"
		"m=video 0 RTP/AVP 31\r\na=candidate:1 1 UDP 1 10.0.0.2 4000 typ host\r\n");
	/* nothing is opened for it, and only the address changes */
	f = parsed(test, "v=0\r\nm=audio 4000 RTP/AVP 0\r\n" CONN
		   "a=candidate:1 1 UDP 1 10.0.0.2 4000 typ host\r\n"
		   "a=candidate:1 2 UDP 1 10.0.0.2 4001 typ host\r\n");
	target(f, 0, "203.0.113.1", 0, 0);
	expect_out(test, f, "v=0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n"
		   "a=candidate:1 1 UDP 1 203.0.113.1 4000 typ host\r\n"
		   "a=candidate:1 2 UDP 1 203.0.113.1 4001 typ host\r\n");
	/* a section that is not published has none that follow */
	f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\n"
		   "a=candidate:1 1 UDP 1 10.0.0.2 4000 typ host\r\n");
	f->plan.from.family = SIP_FAMILY_NONE;
	expect_out(test, f, HEAD CONN "m=audio 4000 RTP/AVP 0\r\n"
		   "a=candidate:1 1 UDP 1 10.0.0.2 4000 typ host\r\n");
}

/* RFC 4975 9 and 8.2 */
static void plan_paths(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=message 2855 TCP/MSRP *\r\n"
		"a=path:msrp://10.0.0.2:2855/s1;tcp\r\n"
		"a=path:msrps://al@10.0.0.2:2855/s2;tcp msrp://10.0.0.9:2855/r;tcp msrp://10.0.0.2:2855\r\n"
		"a=path:msrp://10.0.0.2:2856/a@10.0.0.2:2855;tcp msrp://10.0.0.2/x msrp: msrp:/ x\r\n"
		"a=path:\r\n");

	KUNIT_EXPECT_EQ(test, f->sdp.media[0].transport, SDP_TRANSPORT_TCP);
	target(f, 0, "203.0.113.1", 10000, 0);
	expect_out(test, f, "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\n"
		"m=message 10000 TCP/MSRP *\r\n"
		"a=path:msrp://203.0.113.1:10000/s1;tcp\r\n"
		"a=path:msrps://al@203.0.113.1:10000/s2;tcp msrp://10.0.0.9:2855/r;tcp msrp://203.0.113.1:10000\r\n"
		"a=path:msrp://10.0.0.2:2856/a@10.0.0.2:2855;tcp msrp://10.0.0.2/x msrp: msrp:/ x\r\n"
		"a=path:\r\n");
	/* where only the address changes, it changes everywhere */
	f = parsed(test, HEAD "m=message 2855 TCP/MSRP *\r\n" CONN
		   "a=path:msrp://10.0.0.2:2855/s1;tcp\r\n");
	target(f, 0, "203.0.113.1", 0, 0);
	expect_out(test, f, "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\n"
		   "m=message 2855 TCP/MSRP *\r\nc=IN IP4 203.0.113.1\r\n"
		   "a=path:msrp://203.0.113.1:2855/s1;tcp\r\n");
	/* in a URI IPv6 has brackets */
	f = parsed(test, "v=0\r\nm=message 2855 TCP/MSRP *\r\nc=IN IP6 fd00::2\r\n"
		   "a=path:msrp://[fd00:0::2]:2855/s1;tcp\r\n");
	target(f, 0, "2001:db8::1", 10000, 0);
	expect_out(test, f, "v=0\r\nm=message 10000 TCP/MSRP *\r\nc=IN IP6 2001:db8::1\r\n"
		   "a=path:msrp://[2001:db8::1]:10000/s1;tcp\r\n");
}

/* one c= counts; but what says the same shall not say something else */
static void plan_second_connection(struct kunit *test)
{
	struct fixture *f = parsed(test, "v=0\r\nm=audio 4000 RTP/AVP 0\r\n" CONN CONN
				   "c=IN IP4 10.0.0.3\r\n");

	target(f, 0, "203.0.113.1", 10000, 10001);
	expect_out(test, f, "v=0\r\nm=audio 10000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n"
		   "c=IN IP4 203.0.113.1\r\nc=IN IP4 10.0.0.3\r\n");
}

/* a last line that has half an end */
static void plan_last_line_with_cr(struct kunit *test)
{
	struct fixture *f = parsed(test, "v=0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.2\r");

	KUNIT_EXPECT_FALSE(test, f->sdp.has_final_eol);
	target(f, 0, "203.0.113.1", 10000, 10003);
	expect_out(test, f, "v=0\r\nm=audio 10000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n"
		   "a=rtcp:10003");
}

/* RFC 5761 5.1.1 and RFC 8858: RTCP that shares the port goes where that goes */
static void plan_rtcp_shares_the_port(struct kunit *test)
{
	struct fixture *f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n"
				   "a=rtcp:4000 IN IP4 10.0.0.2\r\n");

	KUNIT_EXPECT_TRUE(test, f->sdp.media[0].has_mux);
	KUNIT_EXPECT_FALSE(test, f->sdp.media[0].is_mux_only);
	KUNIT_EXPECT_EQ(test, sdp_rtcp_of(&f->sdp.media[0]), 4000);
	target(f, 0, "203.0.113.1", 10000, 0);
	expect_out(test, f, "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\n"
		   "m=audio 10000 RTP/AVP 0\r\na=rtcp-mux\r\na=rtcp:10000 IN IP4 203.0.113.1\r\n");
	f = parsed(test, HEAD CONN "m=audio 4000 RTP/AVP 0\r\na=rtcp-mux-only\r\n");
	KUNIT_EXPECT_TRUE(test, f->sdp.media[0].has_mux);
	KUNIT_EXPECT_TRUE(test, f->sdp.media[0].is_mux_only);
	KUNIT_EXPECT_EQ(test, sdp_rtcp_of(&f->sdp.media[0]), 4000);
}

/* RFC 4145 4: the session's word holds where a section says nothing */
static void sdp_setup(struct kunit *test)
{
	struct fixture *f = parsed(test, "v=0\r\na=setup:active\r\nm=image 4000 TCP t38\r\n"
		"m=image 4002 TCP t38\r\na=setup:passive\r\nm=image 4004 TCP t38\r\na=setup:actpass\r\n");

	KUNIT_EXPECT_EQ(test, f->sdp.media[0].setup, SDP_SETUP_ACTIVE);
	KUNIT_EXPECT_EQ(test, f->sdp.media[1].setup, SDP_SETUP_PASSIVE);
	KUNIT_EXPECT_EQ(test, f->sdp.media[2].setup, SDP_SETUP_PASSIVE);
	f = parsed(test, "v=0\r\nm=image 4000 TCP t38\r\na=setup:ACTIVE\r\n"
		   "m=image 4002 TCP t38\r\n");
	KUNIT_EXPECT_EQ(test, f->sdp.media[0].setup, SDP_SETUP_ACTIVE);
	KUNIT_EXPECT_EQ(test, f->sdp.media[1].setup, SDP_SETUP_NONE);
}

/* the bound of a header line is none of a description's */
static void sdp_long_lines(struct kunit *test)
{
	static const char head[] = HEAD "a=x:", tail[] = "\r\n" CONN "m=audio 4000 RTP/AVP 0\r\n";
	u32 len = sizeof(head) - 1 + 2 * SIP_MAX_LINE + sizeof(tail) - 1;
	struct fixture *f = new_fixture(test);
	char *buf = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	memset(buf, 'x', len);
	memcpy(buf, head, sizeof(head) - 1);
	memcpy(buf + len - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
	f->t = test_bytes(test, buf, len);
	KUNIT_ASSERT_EQ(test, sdp_parse(&f->t, (struct sip_slice){ 0, len }, &f->sdp), 0);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.n_media, 1);
	KUNIT_EXPECT_EQ(test, (int)f->sdp.media[0].port, 4000);
	KUNIT_EXPECT_TRUE(test, f->sdp.conn.addr.family);
	KUNIT_EXPECT_EQ(test, (u32)f->sdp.media[0].attr_at, len);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sdp_reads_session),
	KUNIT_CASE(sdp_reads_body_in_a_message),
	KUNIT_CASE(sdp_reads_media),
	KUNIT_CASE(sdp_own_connection_first),
	KUNIT_CASE(sdp_reads_connections),
	KUNIT_CASE(sdp_reads_rtcp),
	KUNIT_CASE(sdp_rtcp_port_bound),
	KUNIT_CASE(sdp_reads_direction),
	KUNIT_CASE(sdp_reads_no_direction_before_a_cr),
	KUNIT_CASE(sdp_not_a_description),
	KUNIT_CASE(sdp_truncated),
	KUNIT_CASE(sdp_16_sections),
	KUNIT_CASE(plan_session_governs),
	KUNIT_CASE(plan_nothing_wanted),
	KUNIT_CASE(plan_same_again),
	KUNIT_CASE(plan_splits_for_two_addresses),
	KUNIT_CASE(plan_splits_for_one_unmapped),
	KUNIT_CASE(plan_closed_section_has_no_say),
	KUNIT_CASE(plan_own_connections_have_no_say),
	KUNIT_CASE(plan_idle_session_connection),
	KUNIT_CASE(plan_sections_over_the_limit),
	KUNIT_CASE(plan_new_lines_find_their_place),
	KUNIT_CASE(plan_new_lines_like_the_others),
	KUNIT_CASE(plan_family),
	KUNIT_CASE(plan_rtcp_beside),
	KUNIT_CASE(plan_rtcp_elsewhere),
	KUNIT_CASE(plan_rtcp_attribute),
	KUNIT_CASE(plan_rtcp_of_unmapped_section),
	KUNIT_CASE(plan_rtcp_address_of_its_section),
	KUNIT_CASE(plan_without_a_place),
	KUNIT_CASE(plan_fails_whole),
	KUNIT_CASE(plan_base),
	KUNIT_CASE(plan_candidates),
	KUNIT_CASE(plan_paths),
	KUNIT_CASE(plan_second_connection),
	KUNIT_CASE(plan_last_line_with_cr),
	KUNIT_CASE(plan_rtcp_shares_the_port),
	KUNIT_CASE(sdp_setup),
	KUNIT_CASE(sdp_long_lines),
	{}
};

struct kunit_suite sdp_rewrite_suite = {
	.name = "sdp_rewrite",
	.test_cases = cases,
};
