// SPDX-License-Identifier: GPL-2.0
/*
 * sip_rewrite: what each position may turn into, and that nothing else does.  The
 * golden files show whole messages; here is the table, one decision at a time.
 */
#include <linux/errno.h>

#include "sip_edit.h"
#include "sip_rewrite.h"
#include "sipalg_kunit.h"

/* a message, the flow that it came on, and what is decided */
struct fixture {
	struct sip_text t;
	struct sip_msg msg;
	struct sip_flow flow;
	struct sip_header_plan plan;
	struct sip_edits edits;
};

static struct sip_endpoint endpoint(struct kunit *test, const char *addr, u16 port)
{
	return (struct sip_endpoint){ test_addr(test, addr), port };
}

/* The inside phone sends. */
static struct fixture *outward(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f);
	f->flow.self = endpoint(test, "192.168.1.2", 5060);
	f->flow.self_mapped = endpoint(test, "203.0.113.1", 40000);
	f->flow.peer = endpoint(test, "203.0.113.2", 5060);
	f->flow.peer_real = f->flow.peer;
	memset(&f->plan, 0x5a, sizeof(f->plan));
	sip_edit_init(&f->edits);
	return f;
}

/* The other side sends to the phone. */
static struct fixture *inward(struct kunit *test, bool is_published)
{
	struct fixture *f = outward(test);

	f->flow.peer_real = f->flow.self;
	f->flow.peer = f->flow.self_mapped;
	f->flow.self = endpoint(test, "203.0.113.2", 5060);
	f->flow.self_mapped = f->flow.self;
	f->flow.is_published = is_published;
	f->flow.is_registered = is_published;
	return f;
}

static void decide(struct kunit *test, struct fixture *f, const char *start, const char *via,
		   const char *more)
{
	char *buf = kunit_kzalloc(test, 1024, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	sprintf(buf, "%s\r\nVia: SIP/2.0/%s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n"
		"Call-ID: x\r\nCSeq: 1 %s\r\n%s\r\n", start, via,
		strstr(start, "REGISTER") ? "REGISTER" : "OPTIONS", more);
	f->t = test_text(test, buf);
	KUNIT_ASSERT_EQ(test, sip_parse_datagram(&f->t, &f->msg), (int)f->t.len);
	sip_header_decide(&f->t, &f->msg, &f->flow, &f->plan);
}

#define REQUEST		"OPTIONS sip:x@example.com SIP/2.0"
#define RESPONSE	"SIP/2.0 200 OK"
#define REGISTERED	"SIP/2.0 200 REGISTER"	/* decide() makes CSeq of the reason */
#define OWN_VIA		"UDP 192.168.1.2:5060;branch=z9hG4bK1"
#define PEER_VIA	"UDP 203.0.113.2;branch=z9hG4bK1"

/* ---- the table ---------------------------------------------------------------------- */

struct position {
	const char *header;
	u8 out_request;	/* the sender's own address, sent from inside */
	u8 out_response;
	u8 in_request;	/* the receiver's mapping, sent to inside */
	u8 in_response;
	u8 in_register;	/* the same in an answer to REGISTER */
};

static const struct position positions[] = {
	{ "Contact",	   SIP_SET, SIP_SET, SIP_KEEP, SIP_KEEP, SIP_SET },
	{ "Route",	   SIP_SET, SIP_KEEP, SIP_SET, SIP_KEEP, SIP_KEEP },
	{ "Record-Route",  SIP_SET, SIP_SET, SIP_SET, SIP_SET, SIP_SET },
	{ "Path",	   SIP_SET, SIP_SET, SIP_SET, SIP_SET, SIP_SET },
	{ "Service-Route", SIP_SET, SIP_SET, SIP_SET, SIP_SET, SIP_SET },
	{ "Refer-To",	   SIP_SET, SIP_SET, SIP_SET, SIP_SET, SIP_SET },
	{ "Referred-By",   SIP_SET, SIP_SET, SIP_SET, SIP_SET, SIP_SET },
	{ "Reply-To",	   SIP_SET, SIP_SET, SIP_SET, SIP_SET, SIP_SET },
};

/* What becomes of the one URI in @header. */
static u8 change_of(struct kunit *test, bool is_in, const char *start, const char *header,
		    const char *host)
{
	struct fixture *f = is_in ? inward(test, true) : outward(test);
	char *line = kunit_kzalloc(test, 256, GFP_KERNEL);
	const struct sip_target *target;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, line);
	sprintf(line, "%s: <sip:u@%s>\r\n", header, host);
	decide(test, f, start, "UDP example.com;branch=z9hG4bK1", line);
	target = &f->plan.uri[f->msg.n_uris - 1];
	if (target->change == SIP_SET)
		KUNIT_EXPECT_TRUE_MSG(test, sip_endpoint_equal(&target->to, is_in ?
				      &f->flow.peer_real : &f->flow.self_mapped), "%s", line);
	return target->change;
}

static void decide_positions(struct kunit *test)
{
	for (u32 i = 0; i < ARRAY_SIZE(positions); i++) {
		const struct position *p = &positions[i];

		KUNIT_EXPECT_EQ_MSG(test, change_of(test, false, REQUEST, p->header,
						    "192.168.1.2:5060"),
				    p->out_request, "%s", p->header);
		KUNIT_EXPECT_EQ_MSG(test, change_of(test, false, RESPONSE, p->header,
						    "192.168.1.2:5060"),
				    p->out_response, "%s", p->header);
		KUNIT_EXPECT_EQ_MSG(test, change_of(test, true, REQUEST, p->header,
						    "203.0.113.1:40000"),
				    p->in_request, "%s", p->header);
		KUNIT_EXPECT_EQ_MSG(test, change_of(test, true, RESPONSE, p->header,
						    "203.0.113.1:40000"),
				    p->in_response, "%s", p->header);
		KUNIT_EXPECT_EQ_MSG(test, change_of(test, true, REGISTERED, p->header,
						    "203.0.113.1:40000"),
				    p->in_register, "%s", p->header);
	}
}

/* What is not the address is kept, in every position and direction. */
static void decide_others_kept(struct kunit *test)
{
	static const char *const out[] = {
		"192.168.1.3:5060", "192.168.1.20:5060", "192.168.1.2.example:5060", "example.com",
		"203.0.113.1:40000", "203.0.113.2", "[fd00::2]:5060", "[::ffff:192.168.1.2]:5060",
	};
	static const char *const in[] = {
		"203.0.113.1:40001", "203.0.113.1", "203.0.113.2:5060", "203.0.113.10:40000",
		"192.168.1.2:5060", "host.invalid:40000",
	};

	for (u32 i = 0; i < ARRAY_SIZE(positions); i++) {
		const char *header = positions[i].header;

		for (u32 k = 0; k < ARRAY_SIZE(out); k++)
			KUNIT_EXPECT_EQ_MSG(test,
					    change_of(test, false, REQUEST, header, out[k]),
					    (u8)SIP_KEEP, "%s %s", header, out[k]);
		for (u32 k = 0; k < ARRAY_SIZE(in); k++)
			KUNIT_EXPECT_EQ_MSG(test, change_of(test, true, REQUEST, header, in[k]),
					    (u8)SIP_KEEP, "%s %s", header, in[k]);
	}
}

static void decide_other_port_of_sender(struct kunit *test)
{
	for (u32 i = 0; i < ARRAY_SIZE(positions); i++)
		KUNIT_EXPECT_EQ_MSG(test, change_of(test, false, REQUEST, positions[i].header,
						    "192.168.1.2:5080"),
				    (u8)SIP_SET_ADDR, "%s", positions[i].header);
}

static void decide_schemes(struct kunit *test)
{
	struct fixture *f = outward(test);

	decide(test, f, REQUEST, OWN_VIA, "Contact: <sip:192.168.1.2>, <sips:192.168.1.2>\r\n"
	       "Contact: <tel:192.168.1.2>, <http://192.168.1.2:5060>, <sips:192.168.1.2:5060>\r\n");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[1].change, SIP_SET);
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[2].change, SIP_SET_ADDR);
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[3].change, SIP_KEEP);
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[4].change, SIP_KEEP);
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[5].change, SIP_SET);
}

static void decide_request_uri(struct kunit *test)
{
	static const char start[] = "OPTIONS sip:u@203.0.113.1:40000 SIP/2.0";
	struct fixture *f = inward(test, true);

	decide(test, f, start, PEER_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_SET);
	KUNIT_EXPECT_TRUE(test, sip_endpoint_equal(&f->plan.uri[0].to, &f->flow.peer_real));
	f = inward(test, false);
	decide(test, f, start, PEER_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_KEEP);
	f = inward(test, true);
	decide(test, f, "OPTIONS sip:u@203.0.113.1 SIP/2.0", PEER_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_KEEP);
	/* of one who has not registered: only what is sent to his Contact */
	f = inward(test, true);
	f->flow.is_registered = false;
	decide(test, f, start, PEER_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_KEEP);
	f->flow.user = sip_user_hash(&f->t, &f->msg.uri[0]);
	decide(test, f, start, PEER_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_SET);
	f->flow.is_published = false;
	decide(test, f, start, PEER_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_KEEP);
	f = outward(test);	/* from inside it is never touched */
	f->flow.is_published = true;
	f->flow.is_registered = true;
	decide(test, f, "OPTIONS sip:u@192.168.1.2:5060 SIP/2.0", OWN_VIA, "");
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[0].change, SIP_KEEP);
}

/* Without NAT, and where a flow has no address yet, nothing is decided. */
static void decide_without_nat(struct kunit *test)
{
	struct fixture *f = outward(test);

	f->flow.self_mapped = f->flow.self;
	decide(test, f, REQUEST, OWN_VIA, "Contact: <sip:u@192.168.1.2:5060>\r\n");
	KUNIT_EXPECT_EQ(test, (int)f->plan.via.change, SIP_KEEP);
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[1].change, SIP_KEEP);
	f = outward(test);
	memset(&f->flow, 0, sizeof(f->flow));
	decide(test, f, REQUEST, "UDP example.com", "Contact: <sip:u@example.com>\r\n");
	KUNIT_EXPECT_EQ(test, (int)f->plan.via.change, SIP_KEEP);
	KUNIT_EXPECT_EQ(test, (int)f->plan.via_maddr.change, SIP_KEEP);
	KUNIT_EXPECT_EQ(test, (int)f->plan.received.change, SIP_KEEP);
	KUNIT_EXPECT_EQ(test, (int)f->plan.uri[1].change, SIP_KEEP);
}

/* ---- Via ----------------------------------------------------------------------------- */

struct via_case {
	const char *via;
	u8 change;
	u16 port;
};

static void expect_via(struct kunit *test, struct fixture *f, const char *start,
		       const struct via_case *c)
{
	decide(test, f, start, c->via, "");
	KUNIT_EXPECT_EQ_MSG(test, f->plan.via.change, c->change, "%s", c->via);
	if (c->change == SIP_SET)
		KUNIT_EXPECT_EQ_MSG(test, (int)f->plan.via.to.port, (int)c->port, "%s", c->via);
}

static void decide_via_of_request(struct kunit *test)
{
	static const struct via_case cs[] = {
		{ OWN_VIA, SIP_SET, 40000 },
		{ "TCP 192.168.1.2:5060", SIP_SET, 40000 },
		{ "UDP 192.168.1.2", SIP_SET, 40000 },
		{ "UDP 192.168.1.2:5080", SIP_SET_ADDR, 0 },
		{ "UDP 192.168.1.2:5080;rport", SIP_SET, 40000 },
		{ "UDP 192.168.1.2:5080;rport=1", SIP_SET, 40000 },
		{ "UDP 192.168.1.3:5060", SIP_KEEP, 0 },
		{ "UDP 203.0.113.1:40000", SIP_KEEP, 0 },
		{ "UDP example.com", SIP_KEEP, 0 },
		{ "TLS 192.168.1.2:5060", SIP_SET, 40000 },
		{ "WS 192.168.1.2:5060", SIP_SET, 40000 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cs); i++)
		expect_via(test, outward(test), REQUEST, &cs[i]);
	for (u32 i = 0; i < ARRAY_SIZE(cs); i++) {	/* and never in a response from inside */
		struct via_case c = { cs[i].via, SIP_KEEP, 0 };

		expect_via(test, outward(test), RESPONSE, &c);
	}
}

static void decide_via_of_response(struct kunit *test)
{
	static const struct {
		u8 form;
		u16 port;
		struct via_case c;
	} cs[] = {
		{ SIP_VIA_UNSEEN, 0, { "UDP 203.0.113.1:40000", SIP_SET, 5060 } },
		{ SIP_VIA_UNSEEN, 0, { "UDP 203.0.113.1:5080", SIP_SET_ADDR, 0 } },
		{ SIP_VIA_FOREIGN, 0, { "UDP 203.0.113.1:40000", SIP_KEEP, 0 } },
		{ SIP_VIA_PORT, 5060, { "UDP 203.0.113.1:40000", SIP_SET, 5060 } },
		{ SIP_VIA_PORT, 5080, { "UDP 203.0.113.1:40000", SIP_SET, 5080 } },
		{ SIP_VIA_NO_PORT, 5060, { "UDP 203.0.113.1:40000", SIP_SET_BARE, 0 } },
		{ SIP_VIA_NO_PORT, 5060, { "UDP 203.0.113.1", SIP_SET_BARE, 0 } },
		{ SIP_VIA_PORT, 5060, { "UDP 203.0.113.7:40000", SIP_KEEP, 0 } },
		{ SIP_VIA_PORT, 5060, { "UDP example.com", SIP_KEEP, 0 } },
		{ SIP_VIA_PORT, 5060, { "WSS 203.0.113.1:40000", SIP_SET, 5060 } },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cs); i++) {
		struct fixture *f = inward(test, false);

		f->flow.memo = (struct sip_via_memo){ cs[i].form, cs[i].port };
		expect_via(test, f, RESPONSE, &cs[i].c);
		if (cs[i].c.change != SIP_KEEP)
			KUNIT_EXPECT_TRUE(test, sip_addr_equal(&f->plan.via.to.addr,
							       &f->flow.peer_real.addr));
	}
}

static void decide_received(struct kunit *test)
{
	static const struct via_case cs[] = {
		{ "UDP a;received=203.0.113.1;rport=40000", SIP_SET, 5060 },
		{ "UDP a;rport=40000", SIP_SET, 5060 },
		{ "UDP a;received=203.0.113.1", SIP_SET_ADDR, 0 },
		{ "UDP a;received=203.0.113.1;rport=40001", SIP_SET_ADDR, 0 },
		{ "UDP a;received=203.0.113.1;rport=99999", SIP_SET_ADDR, 0 },
		{ "UDP a;received=203.0.113.1;rport=x", SIP_SET_ADDR, 0 },
		{ "UDP a;received=203.0.113.3;rport=40000", SIP_KEEP, 0 },
		{ "UDP a;received=a.example;rport=40000", SIP_KEEP, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cs); i++) {
		struct fixture *f = inward(test, false);

		decide(test, f, RESPONSE, cs[i].via, "");
		KUNIT_EXPECT_EQ_MSG(test, f->plan.received.change, cs[i].change, "%s", cs[i].via);
		if (cs[i].change == SIP_SET)
			KUNIT_EXPECT_TRUE(test, sip_endpoint_equal(&f->plan.received.to,
								   &f->flow.peer_real));
		/* in a request it is another's word */
		decide(test, f, REQUEST, cs[i].via, "");
		KUNIT_EXPECT_EQ_MSG(test, f->plan.received.change, (u8)SIP_KEEP, "%s", cs[i].via);
	}
}

static void via_memo(struct kunit *test)
{
	static const struct {
		const char *via;
		u8 form;
		u16 port;
	} cs[] = {
		{ "UDP 192.168.1.2:5060", SIP_VIA_PORT, 5060 },
		{ "UDP 192.168.1.2:5080", SIP_VIA_PORT, 5080 },
		{ "UDP 192.168.1.2", SIP_VIA_NO_PORT, 5060 },
		{ "UDP 203.0.113.1:40000", SIP_VIA_FOREIGN, 0 },
		{ "UDP 192.168.1.3", SIP_VIA_FOREIGN, 0 },
		{ "UDP example.com:5060", SIP_VIA_UNSEEN, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cs); i++) {
		struct fixture *f = outward(test);
		struct sip_via_memo memo;

		decide(test, f, REQUEST, cs[i].via, "");
		memo = sip_via_form(&f->msg, &f->flow);
		KUNIT_EXPECT_EQ_MSG(test, memo.form, cs[i].form, "%s", cs[i].via);
		KUNIT_EXPECT_EQ_MSG(test, (int)memo.port, (int)cs[i].port, "%s", cs[i].via);
	}
}

/* RFC 3261 18.1.2: whatever the request's Via was, its answer brings it back byte for byte. */
static void via_round_trip(struct kunit *test)
{
	static const char *const vias[] = {
		"UDP 192.168.1.2:5060;branch=z9hG4bK1", "UDP 192.168.1.2;branch=z9hG4bK1",
		"UDP 192.168.1.2:5080;branch=z9hG4bK1",
		"UDP 192.168.1.2:5080;branch=z9hG4bK1;rport",
		"UDP 192.168.1.2;rport;branch=z9hG4bK1", "TCP 192.168.1.2:5060;maddr=192.168.1.2",
		"UDP 203.0.113.1:40000;rport", "UDP example.com;rport", "TLS 192.168.1.2:5060",
		"UDP 192.168.1.3:5060",
	};
	static const u16 mapped[] = { 40000, 5060, 5080 };
	char *buf = kunit_kzalloc(test, 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (u32 i = 0; i < ARRAY_SIZE(vias) * ARRAY_SIZE(mapped); i++) {
		const char *via = vias[i / ARRAY_SIZE(mapped)], *at, *end;
		struct fixture *f = outward(test), *back = inward(test, false);

		f->flow.self_mapped.port = mapped[i % ARRAY_SIZE(mapped)];
		back->flow.peer = f->flow.self_mapped;
		decide(test, f, REQUEST, via, "");
		back->flow.memo = sip_via_form(&f->msg, &f->flow);
		KUNIT_ASSERT_EQ(test, sip_header_plan_edits(&f->edits, &f->t, 0, &f->msg,
							    &f->plan), 0);
		memset(buf, 0, 512);
		memcpy(buf, f->t.p, f->t.len);
		KUNIT_ASSERT_GT(test, sip_edit_render(&f->edits, buf, f->t.len, 511), 0);
		at = strstr(buf, "SIP/2.0/") + 8;
		end = strstr(at, "\r\n");
		*(char *)end = 0;
		decide(test, back, RESPONSE, at, "");
		KUNIT_ASSERT_EQ(test, sip_header_plan_edits(&back->edits, &back->t, 0, &back->msg,
							    &back->plan), 0);
		memset(buf, 0, 512);
		memcpy(buf, back->t.p, back->t.len);
		KUNIT_ASSERT_GT(test, sip_edit_render(&back->edits, buf, back->t.len, 511), 0);
		at = strstr(buf, "SIP/2.0/") + 8;
		test_expect_bytes(test, at, strstr(at, "\r\n") - at, via, strlen(via));
	}
}

/* ---- edits ----------------------------------------------------------------------------- */

static void plan_caller_overrules(struct kunit *test)
{
	static const char want[] = "Contact: <sip:u@203.0.113.1:40010>\r\n";
	struct fixture *f = outward(test);
	char *buf = kunit_kzalloc(test, 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	decide(test, f, REQUEST, OWN_VIA, "Contact: <sip:u@192.168.1.2:5080>\r\n");
	f->plan.uri[1].change = SIP_SET;
	f->plan.uri[1].to.port = 40010;
	KUNIT_ASSERT_EQ(test, sip_header_plan_edits(&f->edits, &f->t, 0, &f->msg, &f->plan), 0);
	memcpy(buf, f->t.p, f->t.len);
	KUNIT_ASSERT_GT(test, sip_edit_render(&f->edits, buf, f->t.len, 511), 0);
	KUNIT_EXPECT_TRUE(test, strstr(buf, want));
	KUNIT_EXPECT_TRUE(test, strstr(buf, "UDP 203.0.113.1:40000;branch"));
}

/* A Via that takes its port off, and every edit where the message stands in its packet. */
static void plan_base(struct kunit *test)
{
	struct fixture *f = inward(test, false);
	u32 host;

	f->flow.memo = (struct sip_via_memo){ SIP_VIA_NO_PORT, 5060 };
	decide(test, f, RESPONSE, "UDP 203.0.113.1:40000;rport=40000", "");
	KUNIT_ASSERT_EQ(test, sip_header_plan_edits(&f->edits, &f->t, 5000, &f->msg, &f->plan), 0);
	host = 5000 + f->msg.via.by.host.off;
	KUNIT_ASSERT_EQ(test, (int)f->edits.n, 3);
	KUNIT_EXPECT_EQ(test, f->edits.e[0].off, host);
	KUNIT_EXPECT_EQ(test, f->edits.e[1].off, host + 11);
	KUNIT_EXPECT_EQ(test, (int)f->edits.e[1].old_len, 6);
	KUNIT_EXPECT_EQ(test, (int)f->edits.e[1].new_len, 0);
	KUNIT_EXPECT_EQ(test, f->edits.e[2].off, 5000u + f->msg.via.rport.off);
}

static void plan_fails_whole(struct kunit *test)
{
	struct fixture *f = outward(test);

	decide(test, f, REQUEST, OWN_VIA, "Contact: <sip:u@192.168.1.2:5060>\r\n");
	for (u32 i = 0; i < SIP_MAX_EDITS - 1; i++)
		KUNIT_ASSERT_EQ(test, sip_edit_add(&f->edits, 3000 + 2 * i, 1, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, sip_header_plan_edits(&f->edits, &f->t, 0, &f->msg, &f->plan),
			-E2BIG);
}

static void uri_port(struct kunit *test)
{
	struct fixture *f = outward(test);

	decide(test, f, REQUEST, OWN_VIA,
	       "Contact: <sip:a>,<sips:a>,<sip:a:1>,<sips:a:65535>,<sip:a:0>\r\n");
	KUNIT_EXPECT_EQ(test, (int)sip_uri_port(&f->msg.uri[1]), 5060);
	KUNIT_EXPECT_EQ(test, (int)sip_uri_port(&f->msg.uri[2]), 5061);
	KUNIT_EXPECT_EQ(test, (int)sip_uri_port(&f->msg.uri[3]), 1);
	KUNIT_EXPECT_EQ(test, (int)sip_uri_port(&f->msg.uri[4]), 65535);
	KUNIT_EXPECT_EQ(test, (int)sip_uri_port(&f->msg.uri[5]), 0);
}

static void length_cases(struct kunit *test)
{
	static const struct {
		const char *header;
		s32 delta;
		const char *want;	/* NULL: no edit */
	} cs[] = {
		{ "Content-Length: 0\r\n", 0, NULL }, { "Content-Length: 000\r\n", 0, NULL },
		{ "Content-Length: 0\r\n", 12, "12" }, { "l: 0000\r\n", 7, "7" },
		{ "Content-Length: 0\r\n", 16384, "16384" }, { "", 12, NULL },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cs); i++) {
		struct fixture *f = outward(test);

		decide(test, f, REQUEST, OWN_VIA, cs[i].header);
		KUNIT_EXPECT_EQ(test, sip_length_plan(&f->edits, 700, &f->msg, cs[i].delta), 0);
		KUNIT_EXPECT_EQ_MSG(test, (int)f->edits.n, cs[i].want ? 1 : 0, "case %u", i);
		if (!cs[i].want)
			continue;
		KUNIT_EXPECT_EQ(test, f->edits.e[0].off, 700u + f->msg.length.off);
		KUNIT_EXPECT_EQ(test, f->edits.e[0].old_len, f->msg.length.len);
		test_expect_bytes(test, f->edits.pool, f->edits.e[0].new_len, cs[i].want,
				  strlen(cs[i].want));
	}
}

static void length_shrinks(struct kunit *test)
{
	struct fixture *f = outward(test);

	f->msg.flags = SIP_MSG_LENGTH;
	f->msg.content_length = 100;
	f->msg.length = (struct sip_slice){ 10, 3 };
	KUNIT_EXPECT_EQ(test, sip_length_plan(&f->edits, 0, &f->msg, -1), 0);
	test_expect_bytes(test, f->edits.pool, f->edits.pool_len, "99", 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(decide_positions),
	KUNIT_CASE(decide_others_kept),
	KUNIT_CASE(decide_other_port_of_sender),
	KUNIT_CASE(decide_schemes),
	KUNIT_CASE(decide_request_uri),
	KUNIT_CASE(decide_without_nat),
	KUNIT_CASE(decide_via_of_request),
	KUNIT_CASE(decide_via_of_response),
	KUNIT_CASE(decide_received),
	KUNIT_CASE(via_memo),
	KUNIT_CASE(via_round_trip),
	KUNIT_CASE(plan_caller_overrules),
	KUNIT_CASE(plan_base),
	KUNIT_CASE(plan_fails_whole),
	KUNIT_CASE(uri_port),
	KUNIT_CASE(length_cases),
	KUNIT_CASE(length_shrinks),
	{}
};

struct kunit_suite sip_rewrite_suite = {
	.name = "sip_rewrite",
	.test_cases = cases,
};
