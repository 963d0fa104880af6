// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_rules_m: which message may act, SECURITY M1 to M5, a case a rule.  Each case
 * shows first what is accepted and what that opens, then what is refused and opens nothing.
 * What is about TCP alone is tested with whole connections.
 */
#include "sipalg_binding.h"
#include "sipalg_lab.h"

#define TO_PROXY	"sip:bob@203.0.113.2:5060"

/* what becomes of a message that is not as it should be */
enum fate {
	STAYS,		/* it passes as it came, and is counted as malformed */
	PASSIVE,	/* it is translated, and opens nothing */
	ACTS,		/* it is translated, and opens what it asks for */
};

/* A text that stands in a message instead of another one. */
struct change {
	const char *old;
	const char *new;
	u32 fault;	/* enum sip_fault: what it is with strict=1 */
	enum fate fate;
};

/* An INVITE of a call of its own, with media at a port of its own; lab->old and ->new apply. */
static void offer(struct lab *lab, u32 i)
{
	char line[64];

	sprintf(line, "INVITE 1 a - call=c%u audio=%u", i, 4000 + 2 * i);
	lab_phone(lab, line);
}

static void offer_changed(struct lab *lab, u32 i, const char *old, const char *new)
{
	lab->old = old;
	lab->new = new;
	offer(lab, i);
}

static struct lab_call call_of(struct lab *lab, u32 i)
{
	char id[8];

	sprintf(id, "c%u", i);
	return lab_call(lab, id, "a");
}

/* Call @i began, and its two ports wait. */
static void expect_opened(struct lab *lab, u32 i, const char *what)
{
	u16 port = 4000 + 2 * i;

	KUNIT_EXPECT_EQ_MSG(lab->test, call_of(lab, i).state, (int)SIPALG_CALL_TRYING, "%s", what);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, port), 1, "%s", what);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, port + 1), 1, "%s", what);
}

/* Call @i is not known, and nothing has its ports. */
static void expect_refused(struct lab *lab, u32 i, const char *what)
{
	u16 port = 4000 + 2 * i;

	KUNIT_EXPECT_EQ_MSG(lab->test, call_of(lab, i).state, -1, "%s", what);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, port), 0, "%s", what);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, port + 1), 0, "%s", what);
	KUNIT_EXPECT_FALSE_MSG(lab->test, lab_is_reserved(lab, port), "%s", what);
}

/* A call of two published ports, answered: "INVITE 1 a b" of call "one". */
static struct lab *call_up(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	return lab;
}

/* ---- M1: the first line ---------------------------------------------------------- */

static const char * const targets[] = {
	TO_PROXY, "sips:bob@example.com", "tel:+4930123456", "urn:service:sos",
	"urn:service:sos.fire", "SIP:bob@203.0.113.2", "sip:203.0.113.2",
};

/* odd, and SIP's for sure */
static const char * const odd_lines[] = {
	"INVITE  " TO_PROXY " SIP/2.0", "INVITE " TO_PROXY "  SIP/2.0",
	"INVITE\t" TO_PROXY " SIP/2.0", "INVITE " TO_PROXY "\tSIP/2.0",
	"INVITE " TO_PROXY " SIP/2.0 ", "INVITE sip:bob@203.0.113.2 x SIP/2.0",
	"INVITE sip:j\xc3\xb6rg@203.0.113.2 SIP/2.0",
};

/* the same, but nobody can say whose scheme it is */
static const char * const no_schemes[] = {
	"INVITE bob@203.0.113.2 SIP/2.0", "INVITE :bob SIP/2.0",
	"INVITE 1sip:bob@203.0.113.2 SIP/2.0", "INVITE <" TO_PROXY "> SIP/2.0",
};

/* nor what an element of another version would do */
static const char * const other_versions[] = {
	"INVITE " TO_PROXY " SIP/2.1", "INVITE " TO_PROXY " SIP/2.00",
	"INVITE " TO_PROXY " SIP/7.0", "INVITE " TO_PROXY " SIP/2.0/UDP",
	"INVITE " TO_PROXY " sip/12.34 ",
};

static const char * const not_sip[] = {
	" INVITE " TO_PROXY " SIP/2.0",
	"INVITE " TO_PROXY " SIP/2", "INVITE " TO_PROXY " SIP/", "INVITE " TO_PROXY " SIP/x.0",
	"INVITE " TO_PROXY " SIP/2.", "INVITE " TO_PROXY " SIP 2.0", "INVITE " TO_PROXY "SIP/2.1",
	"INVITE " TO_PROXY " HTTP/1.1", "INVITE " TO_PROXY " SIP/2.0 HTTP/1.1",
	"INVITE " TO_PROXY, "INVITE SIP/2.0", "INVITE", TO_PROXY " SIP/2.0",
	"INVITE /x SIP/2.0", "INVITE /x HTTP/1.1", "INVITE /sip:bob@203.0.113.2 SIP/2.0",
	"INVITE * SIP/2.0", "IN(VITE " TO_PROXY " SIP/2.0",
	"POST / HTTP/1.1", "OPTIONS /x HTTP/1.1", "REGISTER /x HTTP/1.1",
};

static void rule_m1_request_line(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[96];
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(targets); i++, n++) {
		sprintf(line, "INVITE %s SIP/2.0", targets[i]);
		offer_changed(lab, n, "INVITE " TO_PROXY " SIP/2.0", line);
		expect_opened(lab, n, line);
	}
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2 * n);
	for (i = 0; i < ARRAY_SIZE(not_sip); i++, n++) {
		offer_changed(lab, n, "INVITE " TO_PROXY " SIP/2.0", not_sip[i]);
		KUNIT_EXPECT_TRUE_MSG(test, lab_is_untouched(lab), "%s", not_sip[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_NOT_SIP), i + 1, "%s",
				    not_sip[i]);
		expect_refused(lab, n, not_sip[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2 * ARRAY_SIZE(targets));
}

/* The line stays, the top Via is translated, and nothing is opened. */
static void expect_passive(struct lab *lab, u32 n, const char *line)
{
	offer_changed(lab, n, "INVITE " TO_PROXY " SIP/2.0", line);
	KUNIT_EXPECT_TRUE_MSG(lab->test, lab_has(lab, line), "%s", line);
	KUNIT_EXPECT_TRUE_MSG(lab->test, lab_has(lab, "Via: SIP/2.0/UDP 203.0.113.1:5060"), "%s",
			      line);
	expect_refused(lab, n, line);
}

/* A first line that is SIP's for sure, and odd: docs/behaviour.md T3. */
static void rule_m1_odd_request_line(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(odd_lines); i++, n++) {
		offer_changed(lab, n, "INVITE " TO_PROXY " SIP/2.0", odd_lines[i]);
		KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, odd_lines[i]), "%s", odd_lines[i]);
		expect_opened(lab, n, odd_lines[i]);
	}
	offer_changed(lab, n, " SIP/2.0\r\n", " SIP/2.0\n");
	expect_opened(lab, n++, "a bare LF");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_LEFT + SIP_LEFT_START), n);
	for (i = 0; i < ARRAY_SIZE(no_schemes); i++, n++)
		expect_passive(lab, n, no_schemes[i]);
	for (i = 0; i < ARRAY_SIZE(other_versions); i++, n++)
		expect_passive(lab, n, other_versions[i]);
	/* strict=1: these are not SIP */
	lab->set->strict = 1;
	for (i = 0; i < ARRAY_SIZE(odd_lines); i++, n++) {
		offer_changed(lab, n, "INVITE " TO_PROXY " SIP/2.0", odd_lines[i]);
		KUNIT_EXPECT_TRUE_MSG(test, lab_is_untouched(lab), "%s", odd_lines[i]);
		expect_refused(lab, n, odd_lines[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_NOT_SIP), i);
}

/* Other schemes: translated, for a proxy may know them, and no more. */
static void rule_m1_other_schemes(struct kunit *test)
{
	static const char * const others[] = {
		"http://203.0.113.2/", "mailto:bob@example.com", "im:bob@example.com", "x:y",
		"pres:bob@example.com", "siip:bob@203.0.113.2",
	};
	struct lab *lab = test->priv;
	u32 i;

	offer(lab, 0);
	expect_opened(lab, 0, "sip:");
	for (i = 1; i <= ARRAY_SIZE(others); i++) {
		offer_changed(lab, i, TO_PROXY, others[i - 1]);
		KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, "Via: SIP/2.0/UDP 203.0.113.1:5060"), "%s",
				      others[i - 1]);
		expect_refused(lab, i, others[i - 1]);
		lab->more = "Contact: <sip:bob@192.168.1.2:5070>;expires=600\r\n";
		lab->old = TO_PROXY;
		lab->new = others[i - 1];
		lab_phone(lab, "REGISTER 1 r -");
		KUNIT_EXPECT_FALSE_MSG(test, lab_is_reserved(lab, 5070), "%s", others[i - 1]);
	}
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_NOT_SIP), 0);
}

static void rule_m1_status_line(struct kunit *test)
{
	static const char * const odd[] = {
		"SIP/2.0  200 X", "SIP/2.0\t200 X", "SIP/2.0 200", "SIP/2.0 200\tX", "SIP/2.0 200X",
	};
	static const char * const bad[] = {
		" SIP/2.0 200 X", "SIP/2.0200 X",
		"SIP/2.0 -20 X", "SIP/2.0 x20 X", "SIP/2 200 X", "SIP/ 200 X", "SIP/x.y 200 X",
		"SIP/2.0", "SIP/2.0 ", "SIP/7.0", "HTTP/1.1 200 OK", "200 X",
	};
	/* SIP's, and no answer to anything */
	static const char * const passive[] = {
		"SIP/2.0 20 X", "SIP/2.0 2000 X", "SIP/2.0 0200 X", "SIP/2.0 2x0 X",
		"SIP/2.0 099 X", "SIP/2.0 700 X", "SIP/2.0 4294967496 X",
		"SIP/2.1 200 X", "SIP/2.00 200 X", "SIP/1.0 200 X", "SIP/2.0/UDP 200 X",
	};
	struct lab *lab = test->priv;
	u32 i, left;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		lab->old = "SIP/2.0 200 X";
		lab->new = bad[i];
		lab_proxy(lab, "200 INVITE 1 a b audio=6000");
		KUNIT_EXPECT_TRUE_MSG(test, lab_is_untouched(lab), "%s", bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_state(lab), (int)SIPALG_CALL_TRYING,
				    "%s", bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_NOT_SIP), i + 1, "%s", bad[i]);
	}
	for (i = 0; i < ARRAY_SIZE(passive); i++) {
		lab->old = "SIP/2.0 200 X";
		lab->new = passive[i];
		lab_proxy(lab, "200 INVITE 1 a b audio=6000");
		KUNIT_EXPECT_EQ_MSG(test, lab_state(lab), (int)SIPALG_CALL_TRYING,
				    "%s", passive[i]);
	}
	left = lab_count(lab, SIPALG_STAT_LEFT + SIP_LEFT_START);
	KUNIT_EXPECT_EQ(test, left, ARRAY_SIZE(passive));
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 1);
	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		lab->old = "SIP/2.0 200 X";
		lab->new = odd[i];
		lab_proxy(lab, "200 INVITE 1 a b audio=6000");
		KUNIT_EXPECT_EQ_MSG(test, lab_state(lab), (int)SIPALG_CALL_UP, "%s", odd[i]);
		KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_LEFT + SIP_LEFT_START),
				    left + i + 1, "%s", odd[i]);
	}
}

/* ---- M2: what each message has --------------------------------------------------- */

static const struct change incomplete[] = {
	{ "Via: ", "X-Via: ", SIP_FAULT_VIA, STAYS },
	{ "From: ", "X-From: ", SIP_FAULT_FROM, PASSIVE },
	{ "To: ", "X-To: ", SIP_FAULT_TO, PASSIVE },
	{ "Call-ID: ", "X-Call-ID: ", SIP_FAULT_CALL_ID, PASSIVE },
	{ "CSeq: ", "X-CSeq: ", SIP_FAULT_CSEQ, PASSIVE },
	{ "From: ", "From: <sip:bob@example.com>;tag=a\r\nFrom: ", SIP_FAULT_FROM, ACTS },
	{ "From: ", "f: <sip:bob@example.com>;tag=a\r\nFrom: ", SIP_FAULT_FROM, ACTS },
	{ "To: ", "To: <sip:bob@example.com>\r\nTo: ", SIP_FAULT_TO, ACTS },
	{ "To: ", "t: <sip:bob@example.com>\r\nTo: ", SIP_FAULT_TO, ACTS },
	{ "Call-ID: ", "Call-ID: x\r\nCall-ID: ", SIP_FAULT_CALL_ID, STAYS },
	{ "Call-ID: ", "i: x\r\nCall-ID: ", SIP_FAULT_CALL_ID, STAYS },
	{ "CSeq: ", "CSeq: 1 INVITE\r\nCSeq: ", SIP_FAULT_CSEQ, ACTS },
	{ "CSeq: 1 INVITE", "CSeq: 1 OPTIONS", SIP_FAULT_CSEQ, PASSIVE },
	{ "CSeq: 1 INVITE", "CSeq: 1 INVITEX", SIP_FAULT_CSEQ, PASSIVE },
	{ "CSeq: 1 INVITE", "CSeq: 1 invite", SIP_FAULT_CSEQ, PASSIVE },
	{ "CSeq: 1 INVITE", "CSeq: INVITE", SIP_FAULT_CSEQ, PASSIVE },
	{ "CSeq: 1 INVITE", "CSeq: 1", SIP_FAULT_CSEQ, PASSIVE },
	{ "CSeq: 1 INVITE", "CSeq: -1 INVITE", SIP_FAULT_CSEQ, PASSIVE },
	{ "CSeq: 1 INVITE", "CSeq: 4294967297 INVITE", SIP_FAULT_CSEQ, PASSIVE },
	{ "From: ", "From: <sip:x@example.com>;tag=a\r\nFrom: ", SIP_FAULT_FROM, STAYS },
	{ "To: ", "t: <sip:x@example.com>\r\nTo: ", SIP_FAULT_TO, STAYS },
	{ "CSeq: ", "CSeq: 2 INVITE\r\nCSeq: ", SIP_FAULT_CSEQ, STAYS },
	{ "Via: SIP/2.0/UDP", "Via: HTTP/1.1/UDP", SIP_FAULT_VIA, PASSIVE },
};

static const struct change whole[] = {
	{ "Via: ", "v: " }, { "From: ", "f: " }, { "To: ", "t : " }, { "Call-ID: ", "I:" },
	{ "CSeq: 1 ", "cseq:\t0001 " }, { "\r\nFrom: ", "\r\nVia: SIP/2.0/UDP 10.0.0.9\r\nFrom: " },
};

static void rule_m2_headers(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(whole); i++, n++) {
		offer_changed(lab, n, whole[i].old, whole[i].new);
		expect_opened(lab, n, whole[i].new);
	}
	for (i = 0; i < ARRAY_SIZE(incomplete); i++, n++) {
		const struct change *c = &incomplete[i];
		u64 before = lab_count(lab, SIPALG_STAT_MALFORMED + c->fault);
		bool stays = c->fate == STAYS;

		offer_changed(lab, n, c->old, c->new);
		KUNIT_EXPECT_EQ_MSG(test, lab_is_untouched(lab), stays, "%s", c->new);
		KUNIT_EXPECT_EQ_MSG(test, lab_has(lab, "c=IN IP4 203.0.113.1"), !stays, "%s",
				    c->new);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_MALFORMED + c->fault),
				    before + stays, "%s", c->new);
		if (c->fate == ACTS)
			expect_opened(lab, n, c->new);
		else
			expect_refused(lab, n, c->new);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MALFORMED_DROPPED), 0);
}

static void rule_m2_strict(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab->set->strict = 1;
	offer(lab, 0);
	expect_opened(lab, 0, "whole");
	for (i = 0; i < ARRAY_SIZE(incomplete); i++) {
		offer_changed(lab, i + 1, incomplete[i].old, incomplete[i].new);
		KUNIT_EXPECT_STREQ(test, lab->out, "");
		expect_refused(lab, i + 1, incomplete[i].new);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MALFORMED_DROPPED), i);
	/* what is not SIP is no malformed SIP */
	offer_changed(lab, i + 1, "INVITE " TO_PROXY, "INVITE /x");
	KUNIT_EXPECT_TRUE(test, lab_is_untouched(lab));
}

/* A response needs them, too. */
static void rule_m2_responses(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	for (i = 0; i < ARRAY_SIZE(incomplete); i++) {
		/* of a response the CSeq alone says which method it is about */
		if (strstr(incomplete[i].new, "1 OPTIONS") ||
		    strstr(incomplete[i].new, "INVITEX") || strstr(incomplete[i].new, "invite"))
			continue;
		lab->old = incomplete[i].old;
		lab->new = incomplete[i].new;
		if (incomplete[i].fate == ACTS)
			continue;
		lab_proxy(lab, "200 INVITE 1 a b audio=6000");
		KUNIT_EXPECT_EQ_MSG(test, lab_has(lab, ": SIP/2.0/UDP 203.0.113.1:5060"),
				    incomplete[i].fate == STAYS, "%s", incomplete[i].new);
		KUNIT_EXPECT_EQ_MSG(test, lab_state(lab), (int)SIPALG_CALL_TRYING, "%s",
				    incomplete[i].new);
	}
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
}

/* ---- M3: whose request it is ----------------------------------------------------- */

#define OWN_VIA		"UDP 192.168.1.2:5060;rport"

static const char * const own_vias[] = {
	OWN_VIA, "UDP 192.168.1.2;rport", "UDP 192.168.1.2:9999;rport",
	"UDP 203.0.113.1:5060;rport", "UDP 203.0.113.1:7777;rport",
	"UDP phone.example.com;rport", "UDP phone;rport",
	"UDP 192.168.1.2.example.com;rport",
	/* a phone that writes TCP and sends datagrams: docs/behaviour.md T16 */
	"TCP 192.168.1.2:5060;rport", "tcp 192.168.1.2:5060;rport",
};

static const char * const foreign_vias[] = {
	"UDP 192.168.1.3:5060;rport", "UDP 10.9.8.7;rport", "UDP 203.0.113.2:5060;rport",
	"UDP 192.168.1.1;rport", "UDP 127.0.0.1;rport", "UDP 0.0.0.0;rport",
	"UDP [fd00:1::2]:5060;rport", "UDP [::ffff:192.168.1.2]:5060;rport",
	"TCP phone.example.com;rport", "TCP 203.0.113.1:5060;rport", "TCP 192.168.1.3;rport",
};

static void rule_m3_via(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(own_vias); i++, n++) {
		offer_changed(lab, n, OWN_VIA, own_vias[i]);
		expect_opened(lab, n, own_vias[i]);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_VIA), 0);
	for (i = 0; i < ARRAY_SIZE(foreign_vias); i++, n++) {
		offer_changed(lab, n, OWN_VIA, foreign_vias[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_count(lab, SIPALG_STAT_FOREIGN_VIA), i + 1, "%s",
				    foreign_vias[i]);
		expect_refused(lab, n, foreign_vias[i]);
		lab->more = "Contact: <sip:bob@192.168.1.2:5070>;expires=600\r\n";
		lab->old = OWN_VIA;
		lab->new = foreign_vias[i];
		lab_phone(lab, "REGISTER 1 r -");
		KUNIT_EXPECT_FALSE_MSG(test, lab_is_reserved(lab, 5070), "%s", foreign_vias[i]);
		lab->more = "Contact: <sip:bob@203.0.113.1:5070>;expires=600\r\n";
		lab_proxy(lab, "200 REGISTER 1 r t");
		lab->since[SIPALG_STAT_FOREIGN_VIA]++;
	}
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2 * ARRAY_SIZE(own_vias));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 0);
	/* the top one counts, and not one that the message came by before */
	lab->more = "Via: SIP/2.0/UDP 10.9.8.7:5060\r\n";
	offer(lab, n);
	expect_opened(lab, n, "a lower Via");
}

/* What such a message may not open it may not change or end either. */
static void rule_m3_in_a_dialog(struct kunit *test)
{
	struct lab *lab = call_up(test);

	lab->old = OWN_VIA;
	lab->new = "UDP 192.168.1.3:5060;rport";
	lab_phone(lab, "INVITE 2 a b audio=4100");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4100));
	lab_proxy(lab, "200 INVITE 2 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000) + lab_waiting(lab, 4001), 2);
	lab->old = OWN_VIA;
	lab_phone(lab, "BYE 3 a b");
	lab_proxy(lab, "200 BYE 3 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_VIA), 2);
	lab_phone(lab, "BYE 4 a b");
	lab_proxy(lab, "200 BYE 4 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_ENDED);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

/* ---- M4: bytes that no field has ------------------------------------------------- */

/* where a control character stands: between @before and @after */
struct place {
	const char *old;
	const char *before;
	const char *after;
};

static const struct place places[] = {
	{ "INVITE sip", "IN", "VITE sip" },
	{ "INVITE sip", "INVITE ", "sip" },
	{ "sip:bob@203", "sip:b", "ob@203" },
	{ " SIP/2.0\r\n", " SIP/2.0", "\r\n" },
	{ "SIP/2.0/UDP", "SIP/2.0/U", "DP" },
	{ "UDP 192.168.1.2", "UDP 192.168.", "1.2" },
	{ "branch=z9hG4bK", "branch=z9", "hG4bK" },
	{ ";tag=a", ";tag=a", "a" },
	{ ";tag=a", ";ta", "g=a" },
	{ "Call-ID: c", "Call-ID: c", "" },
	{ "CSeq: 1 INVITE", "CSeq: 1", " INVITE" },
	{ "CSeq: 1 INVITE", "CSeq: 1 INV", "ITE" },
	{ "Contact: <sip:u@", "Contact: <sip:", "u@" },
	{ "Contact: <sip:u@", "Contact: <sip:u@", "" },
	{ "Contact: <sip:u@", "Contact: ", "<sip:u@" },
	{ "Content-Length: ", "Content-Length: 1", "" },
	{ "Content-Length: ", "Content-", "Length: " },
};

/* and in a description, where it opens no pinhole */
static const struct place sdp_places[] = {
	{ "c=IN IP4 192", "c=IN IP4 19", "2" },
	{ "c=IN IP4 192", "c=IN ", "IP4 192" },
	{ "c=IN IP4 192", "c=I", "N IP4 192" },
	{ "192.168.1.2\r\nt=", "192.168.1.2", "\r\nt=" },
	{ "m=audio 40", "m=audio 4", "0" },
	{ "m=audio 40", "m=audio ", "40" },
	{ " RTP/AVP 0", "", " RTP/AVP 0" },
	{ "RTP/AVP 0", "R", "TP/AVP 0" },
};

static const char * const controls[] = { LAB_NUL, "\x01", "\x08", "\x1b", "\x7f", "\r" };

static void rule_m4_control_characters(struct kunit *test)
{
	struct lab *lab = test->priv;
	char text[64];
	u32 i, k, n = 0;

	offer(lab, n++);
	expect_opened(lab, 0, "none");
	offer_changed(lab, n++, "Contact: <", "Contact:\t\"J\xc3\xb6rg\t(x)\"\t<");
	expect_opened(lab, 1, "white space and UTF-8");
	offer_changed(lab, n++, "CSeq: 1 INVITE", "CSeq:\r\n 1\r\n\tINVITE");
	expect_opened(lab, 2, "folded");
	for (i = 0; i < ARRAY_SIZE(places); i++)
		for (k = 0; k < ARRAY_SIZE(controls); k++, n++) {
			sprintf(text, "%s%s%s", places[i].before, controls[k], places[i].after);
			if (strstr(text, "\r\r\n"))	/* a line end: docs/behaviour.md T15 */
				continue;
			offer_changed(lab, n, places[i].old, text);
			KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 6, "%s: %u", text, k);
			KUNIT_EXPECT_EQ_MSG(test, call_of(lab, n).state, -1, "%s: %u", text, k);
		}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED), 3);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 7);
}

static void rule_m4_in_descriptions(struct kunit *test)
{
	struct lab *lab = test->priv;
	char text[64];
	u32 i, k, n = 0;

	offer(lab, n++);
	expect_opened(lab, 0, "none");
	/* in a line that only people read it does no harm (RFC 8866 9: byte-string) */
	offer_changed(lab, n++, "s=-", "s=\x01\x7f");
	expect_opened(lab, 1, "s=");
	for (i = 0; i < ARRAY_SIZE(sdp_places); i++)
		for (k = 0; k < ARRAY_SIZE(controls); k++, n++) {
			sprintf(text, "%s%s%s", sdp_places[i].before, controls[k],
				sdp_places[i].after);
			offer_changed(lab, n, sdp_places[i].old, text);
			KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 4, "%s: %u", text, k);
			KUNIT_EXPECT_TRUE_MSG(test, lab_has(lab, text), "%s: %u", text, k);
		}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED), 5);
}

static void rule_m4_in_responses(struct kunit *test)
{
	static const struct change bad[] = {
		{ "SIP/2.0 200 X", "SIP/2.0 200 " LAB_NUL, 0, STAYS },
		{ "SIP/2.0 200 X", "SIP/2.0 200 \x01", 0, PASSIVE },
		{ ";tag=b", ";tag=b" LAB_NUL, 0, STAYS },
		{ ";tag=b", ";tag=\x01z", 0, PASSIVE },
		{ "Call-ID: one", "Call-ID: one" LAB_NUL, 0, STAYS },
		{ "Call-ID: one", "Call-ID: o\x01ne", 0, PASSIVE },
		{ "CSeq: 1 ", "CSeq: 1\x01 ", 0, PASSIVE },
		{ "UDP 203", "UDP\x01 203", 0, PASSIVE },
		{ "branch=z", "branch=" LAB_NUL "z", 0, STAYS },
	};
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		lab->old = bad[i].old;
		lab->new = bad[i].new;
		lab_proxy(lab, "200 INVITE 1 a b audio=6000");
		if (bad[i].fate == STAYS)
			KUNIT_EXPECT_TRUE_MSG(test, lab_is_untouched(lab), "%s", bad[i].new);
		KUNIT_EXPECT_EQ_MSG(test, lab_state(lab), (int)SIPALG_CALL_TRYING,
				    "%s", bad[i].new);
	}
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
}

/* ---- M5: which response may act -------------------------------------------------- */

/* A connection of the phone's to @end, so that what comes from there is read. */
static void know(struct lab *lab, struct lab_end end)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy = end;
	lab_phone(lab, "OPTIONS 1 o - call=known");
	lab->proxy = proxy;
}

static void from(struct lab *lab, struct lab_end end, const char *line)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy = end;
	lab_proxy(lab, line);
	lab->proxy = proxy;
}

static void rule_m5_answers(struct kunit *test)
{
	static const char * const unasked[] = {
		"200 INVITE 1 a b audio=6000 branch=other",
		"200 INVITE 1 a b audio=6000 branch=a1invite",
		"200 INVITE 2 a b audio=6000 branch=a1INVITE",
		"200 INVITE 0 a b audio=6000 branch=a1INVITE",
		"200 UPDATE 1 a b audio=6000 branch=a1INVITE",
		"200 PRACK 1 a b audio=6000 branch=a1INVITE",
		"200 INVITE 1 x b audio=6000 branch=a1INVITE",
		"200 INVITE 1 b a audio=6000 branch=a1INVITE",
		"200 INVITE 1 a b audio=6000 call=two branch=a1INVITE",
		"180 INVITE 1 a b branch=other",
		"486 INVITE 1 a b branch=other", "486 INVITE 2 a b branch=a1INVITE",
		"200 BYE 1 a b branch=a1INVITE", "481 BYE 1 a b branch=a1INVITE",
	};
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	for (i = 0; i < ARRAY_SIZE(unasked); i++) {
		lab_proxy(lab, unasked[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_state(lab), (int)SIPALG_CALL_TRYING,
				    "%s", unasked[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 2, "%s", unasked[i]);
	}
	/* the other direction: from the one who asked */
	lab_phone(lab, "200 INVITE 1 a b audio=4100");
	lab_phone(lab, "486 INVITE 1 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 1);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_OUT_OF_DIALOG), 10);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	/* and of what is done, nothing is asked any more */
	lab_proxy(lab, "486 INVITE 1 a b");
	lab_proxy(lab, "200 BYE 2 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

static void rule_m5_connections(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end same_host = lab_end("203.0.113.2", 5070);
	struct lab_end stranger = lab_end("203.0.113.77", 5060);

	know(lab, stranger);
	know(lab, same_host);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	from(lab, stranger, "183 INVITE 1 a b audio=6000");
	from(lab, stranger, "200 INVITE 1 a b audio=6000");
	from(lab, stranger, "486 INVITE 1 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_TRYING);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	/* another connection, but the address that was asked */
	from(lab, same_host, "183 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_RINGING);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	lab_phone(lab, "BYE 2 a b");
	from(lab, stranger, "200 BYE 2 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
	from(lab, same_host, "200 BYE 2 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_ENDED);
}

/* A Via without branch, as RFC 2543 had it: the rest must fit all the same. */
static void rule_m5_without_branch(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->old = ";branch=z9hG4bKa1INVITE";
	lab->new = "";
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	lab->old = ";branch=z9hG4bKa2INVITE";
	lab_proxy(lab, "200 INVITE 2 a b audio=6000");
	lab->old = ";branch=z9hG4bKx1INVITE";
	lab_proxy(lab, "200 INVITE 1 x b audio=6000");
	lab->old = ";branch=z9hG4bKa1BYE";
	lab_proxy(lab, "200 BYE 1 a b");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_TRYING);
	lab->old = ";branch=z9hG4bKa1INVITE";
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	KUNIT_EXPECT_EQ(test, lab_state(lab), (int)SIPALG_CALL_UP);
}

/* The same of a registration. */
static void rule_m5_registrations(struct kunit *test)
{
	static const char * const unasked[] = {
		"200 REGISTER 1 a t branch=other", "200 REGISTER 2 a t branch=a1REGISTER",
		"200 REGISTER 1 a t call=two", "200 INVITE 1 a t branch=a1REGISTER",
	};
	struct lab_end stranger = lab_end("203.0.113.77", 5060);
	const char *granted = "Contact: <sip:bob@203.0.113.1:5060>;expires=600\r\n";
	struct lab *lab = test->priv;
	u32 i;

	know(lab, stranger);
	lab->more = "Contact: <sip:bob@192.168.1.2:5060>;expires=600\r\n";
	lab_phone(lab, "REGISTER 1 a -");
	for (i = 0; i < ARRAY_SIZE(unasked); i++) {
		lab->more = granted;
		lab_proxy(lab, unasked[i]);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 0), 0, "%s", unasked[i]);
	}
	lab->more = granted;
	from(lab, stranger, "200 REGISTER 1 a t");
	lab->more = granted;
	lab_phone(lab, "200 REGISTER 1 a t");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab->more = granted;
	lab_proxy(lab, "200 REGISTER 1 a t");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	/* the same answer again grants nothing more */
	lab_wait(lab, 300);
	lab->more = granted;
	lab_proxy(lab, "200 REGISTER 1 a t");
	lab_wait(lab, 340);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_m1_request_line),
	KUNIT_CASE(rule_m1_odd_request_line),
	KUNIT_CASE(rule_m1_other_schemes),
	KUNIT_CASE(rule_m1_status_line),
	KUNIT_CASE(rule_m2_headers),
	KUNIT_CASE(rule_m2_strict),
	KUNIT_CASE(rule_m2_responses),
	KUNIT_CASE(rule_m3_via),
	KUNIT_CASE(rule_m3_in_a_dialog),
	KUNIT_CASE(rule_m4_control_characters),
	KUNIT_CASE(rule_m4_in_descriptions),
	KUNIT_CASE(rule_m4_in_responses),
	KUNIT_CASE(rule_m5_answers),
	KUNIT_CASE(rule_m5_connections),
	KUNIT_CASE(rule_m5_without_branch),
	KUNIT_CASE(rule_m5_registrations),
	{}
};

struct kunit_suite sipalg_rules_m_suite = {
	.name = "sipalg_rules_m",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
