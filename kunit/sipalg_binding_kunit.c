// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_binding: what a registration opens and for how long (BEHAVIOUR 3, SECURITY M5, P13).
 * Whole messages; a call that comes in is a packet from somebody new.
 */
#include <linux/errno.h>

#include "sipalg_binding.h"
#include "sipalg_pinhole.h"
#include "sipalg_lab.h"

#define OWN(port, more)		"Contact: <sip:bob@192.168.1.2:" port ">" more "\r\n"
#define MAPPED(port, more)	"Contact: <sip:bob@203.0.113.1:" port ">" more "\r\n"

/* The phone asks: REGISTER @cseq with @more. */
static void ask(struct lab *lab, u32 cseq, const char *more)
{
	char line[32];

	sprintf(line, "REGISTER %u a -", cseq);
	lab->more = more;
	lab_phone(lab, line);
}

/* The registrar answers that. */
static void answer(struct lab *lab, u32 status, u32 cseq, const char *more)
{
	char line[32];

	sprintf(line, "%u REGISTER %u a t", status, cseq);
	lab->more = more;
	lab_proxy(lab, line);
}

/* Registered for 600 s, and what is added. */
static struct lab *registered(struct kunit *test)
{
	struct lab *lab = test->priv;

	ask(lab, 1, OWN("5060", ";expires=600"));
	answer(lab, 200, 1, MAPPED("5060", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	return lab;
}

/* Somebody calls in at @port.  Return: where to; 0: nowhere. */
static u16 call_in(struct lab *lab, u16 port)
{
	static u16 from = 1024;

	return lab_media_in(lab, lab_end("198.51.100.50", ++from), port);
}

/* The binding lives @life_s from now and no longer. */
static void expect_life(struct lab *lab, u32 life_s, const char *what)
{
	lab_wait(lab, life_s - 2);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, 5060), 1, "%s", what);
	lab_wait(lab, 4);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, 5060), 0, "%s", what);
	KUNIT_EXPECT_FALSE_MSG(lab->test, lab_is_reserved(lab, 5060), "%s", what);
}

/* ---- asked and granted ------------------------------------------------------------- */

static void binding_is_asked_for(struct kunit *test)
{
	struct lab *lab = test->priv;

	ask(lab, 1, OWN("5060", ";expires=600"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, MAPPED("5060", ";expires=600")));
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 5060));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
	answer(lab, 401, 1, NULL);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 5060));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 0);
	lab_wait(lab, 31);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 5060));
	lab_wait(lab, 2);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5060));
}

static void binding_is_granted(struct kunit *test)
{
	struct lab *lab = registered(test);
	u32 i;

	KUNIT_EXPECT_TRUE(test, lab_has(lab, OWN("5060", ";expires=600")));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 1);
	/* not used up by callers, however many */
	for (i = 0; i < 3 * SIPALG_PINHOLE_REARMS; i++)
		KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	KUNIT_EXPECT_EQ(test, lab->led_to.ip, lab->phone.ip);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 1);
}

/* The connection that registered lives as long, whatever the idle time of UDP is. */
static void binding_keeps_the_connection(struct kunit *test)
{
	struct lab *lab = registered(test);
	struct nf_conn *ct = lab_master(lab);

	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_GT(test, nf_ct_expires(ct), 620UL * HZ);
	lab_phone(lab, "OPTIONS 1 o -");	/* and a packet does not shorten it */
	KUNIT_EXPECT_GT(test, nf_ct_expires(ct), 620UL * HZ);
	nf_ct_put(ct);
}

static void binding_needs_the_registrars_2xx(struct kunit *test)
{
	static const u16 failures[] = { 100, 300, 302, 400, 401, 403, 404, 407, 408, 423, 500,
					503, 600 };
	struct lab *lab = test->priv;
	u32 i;

	ask(lab, 1, OWN("5060", ";expires=600"));
	for (i = 0; i < ARRAY_SIZE(failures); i++)
		answer(lab, failures[i], 1, MAPPED("5060", ";expires=600"));
	answer(lab, 200, 2, MAPPED("5060", ";expires=600"));	/* not asked */
	lab->more = MAPPED("5060", ";expires=600");
	lab_proxy(lab, "200 REGISTER 2 a t branch=a1REGISTER");
	lab->more = MAPPED("5060", ";expires=600");
	lab_proxy(lab, "200 REGISTER 1 a t call=other");
	lab->more = MAPPED("5060", ";expires=600");
	lab_proxy(lab, "200 REGISTER 1 a t user=mallory");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	answer(lab, 200, 1, MAPPED("5060", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
}

/* SECURITY M5: the branch and the registrar must fit, too. */
static void binding_needs_the_right_branch(struct kunit *test)
{
	struct lab *lab = test->priv;

	ask(lab, 1, OWN("5060", ";expires=600"));
	lab->more = MAPPED("5060", ";expires=600");
	lab_proxy(lab, "200 REGISTER 1 a t branch=other");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static void binding_needs_the_right_registrar(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end proxy = lab->proxy;

	lab->proxy = lab_end("203.0.113.77", 5060);
	lab_phone(lab, "OPTIONS 1 o -");
	lab->proxy = proxy;
	ask(lab, 1, OWN("5060", ";expires=600"));
	lab->proxy = lab_end("203.0.113.77", 5060);
	answer(lab, 200, 1, MAPPED("5060", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab->proxy = proxy;
	answer(lab, 200, 1, MAPPED("5060", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
}

/* ---- no gap ------------------------------------------------------------------------ */

static void binding_is_refreshed_without_a_gap(struct kunit *test)
{
	struct lab *lab = registered(test);
	u32 i;

	for (i = 2; i < 10; i++) {
		lab_wait(lab, 300);
		ask(lab, 2 * i, OWN("5060", ";expires=600"));
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
		answer(lab, 401, 2 * i, NULL);
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
		ask(lab, 2 * i + 1, OWN("5060", ";expires=600"));
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
		answer(lab, 200, 2 * i + 1, MAPPED("5060", ";expires=600"));
		answer(lab, 200, 2 * i + 1, MAPPED("5060", ";expires=600"));
		KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
		KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 0);
	expect_life(lab, 632, "refreshed");
}

/* Challenged, too brief, refused, or lost: the old time counts. */
static void binding_stands_a_failed_refresh(struct kunit *test)
{
	static const u16 failures[] = { 401, 407, 423, 503, 0 };
	struct lab *lab = registered(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		lab_wait(lab, 100);
		ask(lab, 2 + i, OWN("5060", ";expires=600"));
		if (failures[i])
			answer(lab, failures[i], 2 + i, NULL);
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 5060), 1, "%u", failures[i]);
	}
	lab_wait(lab, 100);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	expect_life(lab, 32, "not refreshed");
}

static void binding_lets_in_after_an_hour(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	ask(lab, 1, OWN("5060", ""));
	answer(lab, 200, 1, MAPPED("5060", ";expires=3600"));
	for (i = 0; i < 360; i++)
		lab_wait(lab, 10);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	expect_life(lab, 32, "an hour");
}

/* After "conntrack -F" the next keep-alive makes the flow again, and time the rest. */
static void binding_stands_a_flush(struct kunit *test)
{
	struct lab *lab = registered(test);

	lab_flush(lab);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	lab_phone(lab, "OPTIONS 1 o -");
	lab_wait(lab, SIPALG_BINDING_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
}

/* The flow got another port: the old one stays until the new one is granted. */
static void binding_moves_with_the_flow(struct kunit *test)
{
	struct lab *lab = registered(test);

	lab_flush(lab);
	lab->mapped_port = 6060;
	ask(lab, 2, OWN("5060", ";expires=600"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, MAPPED("6060", ";expires=600")));
	lab_wait(lab, SIPALG_BINDING_TICK_S + 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 6060), 0);
	answer(lab, 200, 2, MAPPED("6060", ";expires=600"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, OWN("5060", ";expires=600")));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 6060), 1);
	KUNIT_EXPECT_EQ(test, call_in(lab, 6060), 5060);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5060));
}

/* ---- the end ----------------------------------------------------------------------- */

static void binding_is_removed(struct kunit *test)
{
	struct lab *lab = registered(test);

	ask(lab, 2, OWN("5060", ";expires=0"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	answer(lab, 401, 2, NULL);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	ask(lab, 3, OWN("5060", ";expires=0"));
	answer(lab, 200, 3, NULL);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5060));
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 1);
	/* once more, of what is not known any more */
	ask(lab, 4, OWN("5060", ";expires=0"));
	answer(lab, 200, 4, NULL);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5060));
}

/* The registrar grants nothing: the same. */
static void binding_is_removed_by_a_grant_of_nothing(struct kunit *test)
{
	struct lab *lab = registered(test);

	ask(lab, 2, OWN("5060", ";expires=600"));
	answer(lab, 200, 2, MAPPED("5060", ";expires=0"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
}

static void binding_is_removed_with_all(struct kunit *test)
{
	struct lab *lab = test->priv;

	ask(lab, 1, OWN("5060", ";expires=600") OWN("5070", ";expires=600"));
	answer(lab, 200, 1, MAPPED("5060", ";expires=600") MAPPED("5070", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	ask(lab, 2, "Contact: *\r\nExpires: 0\r\n");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	answer(lab, 401, 2, NULL);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	ask(lab, 3, "Contact: *\r\nExpires: 0\r\n");
	answer(lab, 200, 3, NULL);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
}

/* ---- for how long ------------------------------------------------------------------ */

static const struct {
	const char *what;
	const char *asked;
	const char *granted;
	u32 life_s;
} lives[] = {
	{ "the contact's time", OWN("5060", ";expires=600"),
	  "Expires: 900\r\n" MAPPED("5060", ";expires=100"), 132 },
	{ "the header's time", OWN("5060", ";expires=600"),
	  "Expires: 200\r\n" MAPPED("5060", ""), 232 },
	{ "no time", OWN("5060", ";expires=600"), MAPPED("5060", ""), 3632 },
	{ "too short", OWN("5060", ";expires=600"), MAPPED("5060", ";expires=5"), 60 },
	{ "just long enough", OWN("5060", ";expires=600"), MAPPED("5060", ";expires=30"), 62 },
	{ "too long", OWN("5060", ""), MAPPED("5060", ";expires=600000"), 86400 },
	{ "far too long", OWN("5060", ""), MAPPED("5060", ";expires=4294967295"), 86400 },
	{ "among others", OWN("5060", ""),
	  "Contact: <sip:bob@198.51.100.1:5060>;expires=70\r\n"
	  MAPPED("5060", ";expires=80") MAPPED("5099", ";expires=90"), 112 },
};

static void binding_lives_as_granted(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(lives); i++) {
		ask(lab, 1 + i, lives[i].asked);
		answer(lab, 200, 1 + i, lives[i].granted);
		expect_life(lab, lives[i].life_s, lives[i].what);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), i);
}

static void binding_lives_as_set(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->register_min = 500;
	lab->set->register_max = 1000;
	lab->set->register_default = 700;
	ask(lab, 1, OWN("5060", ""));
	answer(lab, 200, 1, MAPPED("5060", ";expires=60"));
	expect_life(lab, 500, "register_min");
	ask(lab, 2, OWN("5060", ""));
	answer(lab, 200, 2, MAPPED("5060", ";expires=3600"));
	expect_life(lab, 1000, "register_max");
	ask(lab, 3, OWN("5060", ""));
	answer(lab, 200, 3, MAPPED("5060", ""));
	expect_life(lab, 732, "register_default");
}

/* ---- several ----------------------------------------------------------------------- */

static void bindings_of_one_phone(struct kunit *test)
{
	struct lab *lab = test->priv;

	ask(lab, 1, OWN("5060", ";expires=600") OWN("5070", ";expires=600"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, MAPPED("5070", ";expires=600")));
	answer(lab, 200, 1, MAPPED("5060", ";expires=600") MAPPED("5070", ";expires=100"));
	KUNIT_EXPECT_TRUE(test, lab_has(lab, OWN("5070", ";expires=100")));
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5070), 5070);
	lab_wait(lab, 130);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5070), 5070);
	lab_wait(lab, 4);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5070), 0);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	/* one of them is removed */
	ask(lab, 2, OWN("5070", ";expires=600"));
	answer(lab, 200, 2, MAPPED("5070", ";expires=600"));
	ask(lab, 3, OWN("5060", ";expires=0"));
	answer(lab, 200, 3, MAPPED("5070", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5070), 1);
}

static void bindings_of_two_accounts_share(struct kunit *test)
{
	struct lab *lab = registered(test);

	lab->more = OWN("5060", ";expires=600");
	lab_phone(lab, "REGISTER 1 c - call=carols user=carol");
	lab->more = MAPPED("5060", ";expires=600");
	lab_proxy(lab, "200 REGISTER 1 c t call=carols user=carol");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), 2);
	ask(lab, 2, OWN("5060", ";expires=0"));
	answer(lab, 200, 2, NULL);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	lab->more = OWN("5060", ";expires=0");
	lab_phone(lab, "REGISTER 2 c - call=carols user=carol");
	lab_proxy(lab, "200 REGISTER 2 c t call=carols user=carol");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 5060));
}

/* ---- whose ------------------------------------------------------------------------- */

static void binding_of_a_third_party(struct kunit *test)
{
	struct lab *lab = test->priv;

	ask(lab, 1, "Contact: <sip:bob@192.168.1.99:5060>;expires=600\r\n");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "<sip:bob@192.168.1.99:5060>"));
	answer(lab, 200, 1, "Contact: <sip:bob@192.168.1.99:5060>;expires=600\r\n");
	ask(lab, 2, OWN("80", ";expires=600"));
	answer(lab, 200, 2, MAPPED("80", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FOREIGN_CONTACT), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_LOW_PORT), 1);
}

/* SECURITY P13: another host cannot remove it, nor can somebody outside. */
static void binding_belongs_to_its_host(struct kunit *test)
{
	struct lab *lab = registered(test);
	struct lab_end phone = lab->phone;

	lab->phone = lab_end("192.168.1.3", 5060);
	lab->mapped_port = 7060;
	ask(lab, 2, OWN("5060", ";expires=0"));
	answer(lab, 200, 2, NULL);
	ask(lab, 3, "Contact: *\r\nExpires: 0\r\n");
	answer(lab, 200, 3, NULL);
	lab->phone = phone;
	lab->mapped_port = 0;
	lab->more = "Contact: *\r\nExpires: 0\r\n";
	lab_proxy(lab, "REGISTER 4 a -");
	lab_phone(lab, "200 REGISTER 4 a t");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
}

static void binding_lets_the_registrar_in(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->signalling_source = SIPALG_SIGNALLING_REGISTRAR;
	registered(test);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 6789), 5060), 5060);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
}

static void binding_lets_known_callers_in(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end route = lab_end("203.0.113.30", 5060);

	lab->set->signalling_source = SIPALG_SIGNALLING_LEARNED;
	registered(test);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLER_REFUSED), 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.2", 6789), 5060), 5060);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, route, 5060), 0);
	ask(lab, 2, OWN("5060", ";expires=600"));
	answer(lab, 200, 2, MAPPED("5060", ";expires=600")
	       "Service-Route: <sip:203.0.113.30;lr>\r\n");
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, route, 5060), 5060);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 0);
}

static void bindings_are_limited(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->bindings_max = 1;
	ask(lab, 1, OWN("5060", ";expires=600") OWN("5070", ";expires=600"));
	answer(lab, 200, 1, MAPPED("5060", ";expires=600") MAPPED("5070", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_FULL), 1);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 1);
	lab->set->bindings_max = 0;
	ask(lab, 2, OWN("5060", ";expires=600") OWN("5070", ";expires=600"));
	answer(lab, 200, 2, MAPPED("5060", ";expires=600") MAPPED("5070", ";expires=600"));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
}

/* Without NAT there is a way in, too, and no byte is changed. */
static void binding_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->is_nat = false;
	ask(lab, 1, OWN("5060", ";expires=600"));
	KUNIT_EXPECT_STREQ(test, lab->in, lab->out);
	answer(lab, 200, 1, OWN("5060", ";expires=600"));
	KUNIT_EXPECT_STREQ(test, lab->in, lab->out);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
	KUNIT_EXPECT_EQ(test, call_in(lab, 5060), 5060);
	expect_life(lab, 632, "without NAT");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(binding_is_asked_for),
	KUNIT_CASE(binding_is_granted),
	KUNIT_CASE(binding_keeps_the_connection),
	KUNIT_CASE(binding_needs_the_registrars_2xx),
	KUNIT_CASE(binding_needs_the_right_branch),
	KUNIT_CASE(binding_needs_the_right_registrar),
	KUNIT_CASE(binding_is_refreshed_without_a_gap),
	KUNIT_CASE(binding_stands_a_failed_refresh),
	KUNIT_CASE(binding_lets_in_after_an_hour),
	KUNIT_CASE(binding_stands_a_flush),
	KUNIT_CASE(binding_moves_with_the_flow),
	KUNIT_CASE(binding_is_removed),
	KUNIT_CASE(binding_is_removed_by_a_grant_of_nothing),
	KUNIT_CASE(binding_is_removed_with_all),
	KUNIT_CASE(binding_lives_as_granted),
	KUNIT_CASE(binding_lives_as_set),
	KUNIT_CASE(bindings_of_one_phone),
	KUNIT_CASE(bindings_of_two_accounts_share),
	KUNIT_CASE(binding_of_a_third_party),
	KUNIT_CASE(binding_belongs_to_its_host),
	KUNIT_CASE(binding_lets_the_registrar_in),
	KUNIT_CASE(binding_lets_known_callers_in),
	KUNIT_CASE(bindings_are_limited),
	KUNIT_CASE(binding_without_nat),
	{}
};

struct kunit_suite sipalg_binding_suite = {
	.name = "sipalg_binding",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
