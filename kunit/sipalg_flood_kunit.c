// SPDX-License-Identifier: GPL-2.0
/*
 * Floods through the whole helper: what is dropped, and what a flood must not touch.
 */
#include "sipalg_source.h"
#include "sipalg_lab.h"

static void set_rates(struct lab *lab)
{
	static const struct sipalg_rate one = { .rate = 1, .burst = 3 };

	lab->set->source_invite = one;
	lab->set->source_register = one;
	lab->set->source_options = one;
	lab->set->source_subscribe = one;
	lab->set->source_other = one;
	lab->set->source_response = one;
}

/* Every case has a phone and a proxy that no limit knows, and no flood lasts. */
static int setup(struct kunit *test)
{
	static u32 last;
	int err = lab_setup(test);
	struct lab *lab = test->priv;

	last++;
	lab->phone.ip = htonl(0xc0a80a00 + last);	/* 192.168.10.0 */
	lab->proxy.ip = htonl(0xc6336400 + last);	/* 198.51.100.0 */
	WRITE_ONCE(lab->sn->flood_until, 0);
	return err;
}

/* @n messages that differ in their Call-ID.  Return: how many passed. */
static u32 phone_sends(struct lab *lab, u32 n, const char *line)
{
	static u32 id;
	char text[96];
	u32 passed = 0;

	while (n--) {
		snprintf(text, sizeof(text), "%s call=f%u", line, ++id);
		lab_phone(lab, text);
		passed += !!lab->out[0];
	}
	return passed;
}

static bool phone_passes(struct lab *lab, const char *line)
{
	lab_phone(lab, line);
	return lab->out[0];
}

static bool proxy_passes(struct lab *lab, const char *line)
{
	lab_proxy(lab, line);
	return lab->out[0];
}

/* A burst of three, and one more where a second has passed meanwhile. */
static void expect_limited(struct lab *lab, const char *line, enum sipalg_stat stat)
{
	u64 before = lab_count(lab, stat);
	u32 passed = phone_sends(lab, 20, line);

	KUNIT_EXPECT_GE_MSG(lab->test, passed, 3, "%s", line);
	KUNIT_EXPECT_LE_MSG(lab->test, passed, 5, "%s", line);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_count(lab, stat) - before, 20 - passed, "%s", line);
}

static void flood_of_each_class(struct kunit *test)
{
	struct lab *lab = test->priv;

	set_rates(lab);
	expect_limited(lab, "INVITE 1 a -", SIPALG_STAT_FLOOD_INVITE);
	expect_limited(lab, "REGISTER 1 a -", SIPALG_STAT_FLOOD_REGISTER);
	expect_limited(lab, "OPTIONS 1 a -", SIPALG_STAT_FLOOD_OPTIONS);
	expect_limited(lab, "SUBSCRIBE 1 a -", SIPALG_STAT_FLOOD_SUBSCRIBE);
	expect_limited(lab, "MESSAGE 1 a -", SIPALG_STAT_FLOOD_OTHER);
	expect_limited(lab, "200 INVITE 1 a b", SIPALG_STAT_FLOOD_RESPONSE);
	/* these share what is used up */
	KUNIT_EXPECT_LE(test, phone_sends(lab, 20, "PUBLISH 1 a -"), 2);
	KUNIT_EXPECT_LE(test, phone_sends(lab, 20, "NOTIFY 1 a b"), 2);
	KUNIT_EXPECT_LE(test, phone_sends(lab, 20, "BYE 1 a b"), 2);
	KUNIT_EXPECT_LE(test, phone_sends(lab, 20, "486 INVITE 1 a b"), 2);
	/* a limit of 0 is none, and another phone is not touched */
	lab->set->source_options.rate = 0;
	KUNIT_EXPECT_EQ(test, phone_sends(lab, 20, "OPTIONS 1 a -"), 20);
	lab->phone.ip = htonl(0xc0a80b01);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=another"));
}

static void flood_spares_what_stands(struct kunit *test)
{
	struct lab *lab = test->priv;

	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=up audio=4000"));
	proxy_passes(lab, "200 INVITE 1 a b call=up audio=5000");
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=ringing audio=4002"));
	set_rates(lab);
	phone_sends(lab, 20, "INVITE 1 a -");
	phone_sends(lab, 20, "MESSAGE 1 a -");
	phone_sends(lab, 20, "200 INVITE 1 a b");
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 1 a - call=new"));
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "MESSAGE 1 a - call=new"));
	/* the same again, the dialog's requests, an answer to what was asked */
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=ringing audio=4002"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "CANCEL 1 a - call=ringing"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "ACK 1 a b call=up"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 2 a b call=up audio=4000"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INFO 3 a b call=up"));
	KUNIT_EXPECT_TRUE(test, proxy_passes(lab, "OPTIONS 1 x - call=asked"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "200 OPTIONS 1 x y call=asked"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "BYE 4 a b call=up"));
	/* but not with other tags */
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 5 a c call=up audio=4000"));
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 2 a z call=ringing audio=4000"));
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "200 OPTIONS 2 x y call=asked"));
}

/* What was sent again counts once: three requests, each five times, are three. */
static void flood_counts_retransmissions_once(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, passed = 0;

	set_rates(lab);
	lab->set->source_other.burst = 2;
	for (i = 0; i < 9; i++)
		phone_passes(lab, "MESSAGE 1 a - call=m1");
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "MESSAGE 1 a - call=m2"));
	for (i = 0; i < 15; i++)
		passed += phone_passes(lab, i % 3 == 0 ? "OPTIONS 1 a - call=r1" : i % 3 == 1 ?
				       "OPTIONS 1 a - call=r2" : "OPTIONS 1 a - call=r3");
	KUNIT_EXPECT_EQ(test, passed, 15);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FLOOD_OPTIONS), 0);
	/* and what comes back is no way round the limit */
	phone_sends(lab, 20, "OPTIONS 1 a -");
	for (i = 0; i < 20; i++)
		phone_passes(lab, "OPTIONS 1 a - call=r1");
	KUNIT_EXPECT_LE(test, phone_sends(lab, 20, "OPTIONS 1 a -"), 2);
}

/*
 * After the first that is too many, the next are dropped before they are routed; what may
 * pass then passes as ever, and costs what it costs.
 */
static void flood_ends_before_routing(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i, passed;

	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=up audio=4000"));
	proxy_passes(lab, "200 INVITE 1 a b call=up audio=5000");
	set_rates(lab);
	passed = phone_sends(lab, 20, "OPTIONS 1 a -");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_REFUSED_EARLY), 20 - passed - 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FLOOD_OPTIONS), 20 - passed);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PACKETS), 22);
	/* a class that has credit has as much of it as without a flood */
	passed = phone_sends(lab, 20, "MESSAGE 1 a -");
	KUNIT_EXPECT_GE(test, passed, 3);
	KUNIT_EXPECT_LE(test, passed, 5);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_TRUE(test, phone_passes(lab, "ACK 1 a b call=up"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "MESSAGE 2 a b call=up"));
	KUNIT_EXPECT_TRUE(test, proxy_passes(lab, "INFO 2 b a call=up"));
	/* switched off, everything passes */
	lab->set->enabled = false;
	KUNIT_EXPECT_EQ(test, phone_sends(lab, 20, "OPTIONS 1 a -"), 20);
	lab->set->enabled = true;
}

/* A second after the last one nobody looks early any more. */
static void flood_is_over(struct kunit *test)
{
	struct lab *lab = test->priv;
	u64 early;

	set_rates(lab);
	phone_sends(lab, 20, "OPTIONS 1 a -");
	KUNIT_EXPECT_TRUE(test, sipalg_flood_lasts(lab->sn));
	lab_wait(lab, 2);
	KUNIT_EXPECT_FALSE(test, sipalg_flood_lasts(lab->sn));
	early = lab_count(lab, SIPALG_STAT_REFUSED_EARLY);
	while (phone_sends(lab, 1, "OPTIONS 1 a -"))
		;
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_REFUSED_EARLY), early);
	phone_sends(lab, 1, "OPTIONS 1 a -");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_REFUSED_EARLY), early + 1);
}

static void flood_spares_emergency_calls(struct kunit *test)
{
	static const char * const numbers[] = { "112", "911", "1-1-2", "112;x=y", "112:secret" };
	static const char * const others[] = { "1120", "11", "x112", "9112", "12" };
	struct lab *lab = test->priv;
	char line[80];
	u32 i;

	set_rates(lab);
	phone_sends(lab, 20, "INVITE 1 a -");
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=e%u uri=%s", i, numbers[i]);
		KUNIT_EXPECT_TRUE_MSG(test, phone_passes(lab, line), "%s", line);
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=o%u uri=%s", i, others[i]);
		KUNIT_EXPECT_FALSE_MSG(test, phone_passes(lab, line), "%s", line);
	}
	/* it is for calls: nobody may guess or scan under that name */
	phone_sends(lab, 20, "REGISTER 1 a -");
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "REGISTER 1 a - call=r9 uri=112"));
	lab->set->emergency_numbers.n = 0;
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 1 a - call=e9 uri=112"));
}

static void flood_spares_who_is_trusted(struct kunit *test)
{
	struct lab *lab = test->priv;

	set_rates(lab);
	lab->set->trusted.n = 1;
	lab->set->trusted.prefix[0].addr.family = SIP_FAMILY_IPV4;
	lab->set->trusted.prefix[0].addr.w[0] = (__force u32)lab->phone.ip;
	lab->set->trusted.prefix[0].len = 32;
	KUNIT_EXPECT_EQ(test, phone_sends(lab, 20, "INVITE 1 a -"), 20);
	lab->set->trusted.prefix[0].addr.w[0] ^= (__force u32)htonl(1);
	KUNIT_EXPECT_LE(test, phone_sends(lab, 20, "INVITE 1 a -"), 2);
}

/* A proxy's limit is for strangers: who has been answered by it is not one. */
static void flood_of_a_proxy_by_strangers(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end known = lab->phone;
	u32 i, passed = 0;

	phone_passes(lab, "REGISTER 1 a - call=k");
	proxy_passes(lab, "200 REGISTER 1 a b call=k");
	lab->set->destination_invite = (struct sipalg_rate){ .rate = 1, .burst = 5 };
	for (i = 0; i < 20; i++) {
		lab->phone.ip = htonl(0xc0a81400 + i);
		passed += phone_sends(lab, 1, "INVITE 1 a -");
	}
	KUNIT_EXPECT_GE(test, passed, 5);
	KUNIT_EXPECT_LE(test, passed, 7);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FLOOD_DESTINATION), 20 - passed);
	lab->phone = known;
	KUNIT_EXPECT_EQ(test, phone_sends(lab, 20, "INVITE 1 a -"), 20);
}

/* ---- blocks ---------------------------------------------------------------------- */

static void set_blocks(struct lab *lab)
{
	lab->set->block_failures = 10;
	lab->set->block_window = 10;
	lab->set->block_time = 30;
	lab->set->block_time_max = 600;
}

#define STALE	"WWW-Authenticate: Digest realm=\"x, stale=false\", stale=TRUE\r\n"

/* @n attempts, each refused with @status; with a password where @more says so. */
static void guesses(struct lab *lab, u32 n, u32 status, const char *more)
{
	static u32 id;
	char line[64];

	while (n--) {
		snprintf(line, sizeof(line), "REGISTER 1 a - call=g%u", ++id);
		lab->more = more;
		lab_phone(lab, line);
		lab->more = strstr(more, "stale") ? STALE : "";
		snprintf(line, sizeof(line), "%u REGISTER 1 a b call=g%u", status, id);
		lab_proxy(lab, line);
		lab->more = "";
	}
}

#define PASSWORD	"Authorization: Digest username=\"u\", response=\"1\"\r\n"

static void block_of_a_guesser(struct kunit *test)
{
	struct lab *lab = test->priv;

	set_blocks(lab);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=up audio=4000"));
	proxy_passes(lab, "200 INVITE 1 a b call=up audio=5000");
	guesses(lab, 9, 401, PASSWORD);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "OPTIONS 1 a - call=b1"));
	guesses(lab, 1, 401, PASSWORD);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_SOURCES_BLOCKED), 1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 10);
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "REGISTER 1 a - call=b2"));
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "OPTIONS 1 a - call=b3"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BLOCKED), 2);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_REFUSED_EARLY), 1);
	/* what stands goes on, and help may be called */
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "ACK 1 a b call=up"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=b4 uri=112"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "BYE 2 a b call=up"));
	lab_wait(lab, 31);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 1 a - call=b5"));
}

static void block_of_a_scanner(struct kunit *test)
{
	struct lab *lab = test->priv;

	set_blocks(lab);
	guesses(lab, 4, 403, "");
	guesses(lab, 4, 404, "");
	guesses(lab, 2, 410, "");
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "REGISTER 1 a - call=s1"));
	/* another phone of the same network is somebody else */
	lab->phone.ip = htonl(0xc0a80b02);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 1 a - call=s2"));
}

static void no_block_for_the_honest(struct kunit *test)
{
	static const u32 statuses[] = {
		407, 300, 302, 422, 423, 480, 484, 486, 491, 500, 503, 603
	};
	struct lab *lab = test->priv;
	u32 i;

	set_blocks(lab);
	guesses(lab, 30, 401, "");
	guesses(lab, 30, 401, PASSWORD "X-Note: stale\r\n");
	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		guesses(lab, 12, statuses[i], "");
	guesses(lab, 12, 486, PASSWORD);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 0);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 1 a - call=h1"));
}

static void no_block_for_who_is_trusted(struct kunit *test)
{
	struct lab *lab = test->priv;

	set_blocks(lab);
	lab->set->trusted.n = 1;
	lab->set->trusted.prefix[0].addr.family = SIP_FAMILY_IPV4;	/* everybody */
	guesses(lab, 30, 403, PASSWORD);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 0);
	lab->set->trusted.n = 0;
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 1 a - call=t1"));
}

/* Nobody can have another one blocked by answers that nobody asked for. */
static void no_block_by_forgery(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	set_blocks(lab);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 1 a - call=f1"));
	for (i = 0; i < 30; i++) {
		snprintf(line, sizeof(line), "404 REGISTER %u a b call=f1", i + 2);
		lab_proxy(lab, line);
		lab_proxy(lab, "404 REGISTER 1 a b call=f1");
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 1);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 2 a - call=f1"));
}

/* Behind one address: who has registered goes on, beside a guesser. */
static void block_spares_the_registered(struct kunit *test)
{
	struct lab *lab = test->priv;

	set_blocks(lab);
	phone_passes(lab, "REGISTER 1 a - call=n1");
	proxy_passes(lab, "200 REGISTER 1 a b call=n1");
	lab->phone.port = 5070;
	guesses(lab, 10, 403, "");
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "REGISTER 1 a - call=n2"));
	lab->phone.port = 5060;
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "REGISTER 2 a - call=n1"));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=n3"));
	/* but not if it guesses, too */
	guesses(lab, 1, 403, "");
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 1 a - call=n4"));
}

/* A registrar is not blocked for what phones refuse it, and limited for each phone by itself. */
static void limits_of_a_registrar(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i, passed = 0;

	set_blocks(lab);
	phone_passes(lab, "REGISTER 1 a - call=q0");
	proxy_passes(lab, "200 REGISTER 1 a b call=q0");
	for (i = 0; i < 20; i++) {
		snprintf(line, sizeof(line), "INVITE 1 x - call=q%u", i + 1);
		passed += proxy_passes(lab, line);
		snprintf(line, sizeof(line), "404 INVITE 1 x y call=q%u", i + 1);
		lab_phone(lab, line);
	}
	KUNIT_EXPECT_EQ(test, passed, 20);
	lab->set->source_options = (struct sipalg_rate){ .rate = 1, .burst = 3 };
	for (i = 0, passed = 0; i < 12; i++) {
		lab->phone = (struct lab_end){ htonl(0xc0a81e00 + i), 6000 + i };
		phone_passes(lab, "REGISTER 1 a - call=r0");
		proxy_passes(lab, "200 REGISTER 1 a b call=r0");
		snprintf(line, sizeof(line), "OPTIONS 1 x - call=p%u", i);
		passed += proxy_passes(lab, line);
	}
	KUNIT_EXPECT_EQ(test, passed, 12);
	for (i = 0, passed = 0; i < 12; i++) {
		snprintf(line, sizeof(line), "OPTIONS 1 x - call=pp%u", i);
		passed += proxy_passes(lab, line);
	}
	KUNIT_EXPECT_LE(test, passed, 5);
}

/* ---- quotas ---------------------------------------------------------------------- */

static void quota_of_calls_per_host(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct lab_end known = lab->phone;

	lab->set->trunks.n = 0;
	lab->set->calls_per_host = 2;
	phone_passes(lab, "INVITE 1 a - call=c1 audio=4000");
	proxy_passes(lab, "180 INVITE 1 a b call=c1");
	phone_passes(lab, "INVITE 1 a - call=c2 audio=4002");
	/* nobody has answered that one: it gives way */
	phone_passes(lab, "INVITE 1 a - call=c3 audio=4004");
	proxy_passes(lab, "180 INVITE 1 a b call=c3");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c2", "a").state, -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 1);
	/* these two stand: the next one passes, and opens nothing */
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=c4 audio=4006"));
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c4", "a").state, -1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4006));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_QUOTA), 1);
	/* help may be called, and another phone is not touched */
	phone_passes(lab, "INVITE 1 a - call=c5 audio=4008 uri=112");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c5", "a").state, SIPALG_CALL_TRYING);
	lab->phone.ip = htonl(0xc0a80b03);
	phone_passes(lab, "INVITE 1 a - call=c6 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c6", "a").state, SIPALG_CALL_TRYING);
	/* one that ends makes room, though it is remembered */
	lab->phone = known;
	proxy_passes(lab, "486 INVITE 1 a b call=c1");
	proxy_passes(lab, "486 INVITE 1 a - call=c5");
	phone_passes(lab, "INVITE 1 a - call=c7 audio=4010");
	KUNIT_EXPECT_EQ(test, lab_call(lab, "c7", "a").state, SIPALG_CALL_TRYING);
}

/* A REGISTER of the phone's own contact.  Return: whether it passed. */
static bool registers(struct lab *lab, const char *line)
{
	char contact[64];

	snprintf(contact, sizeof(contact), "Contact: <sip:u@%pI4:%u>\r\n", &lab->phone.ip,
		 lab->phone.port);
	lab->more = contact;
	return phone_passes(lab, line);
}

static void quota_of_bindings_per_host(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->trunks.n = 0;
	lab->set->bindings_per_host = 2;
	registers(lab, "REGISTER 1 a - call=b1 user=u1");
	registers(lab, "REGISTER 1 a - call=b2 user=u2");
	KUNIT_EXPECT_TRUE(test, registers(lab, "REGISTER 1 a - call=b3 user=u3"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_QUOTA), 1);
	/* those that are there are refreshed */
	registers(lab, "REGISTER 2 a - call=b1 user=u1");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_QUOTA), 1);
	lab_wait(lab, 33);
	registers(lab, "REGISTER 2 a - call=b3 user=u3");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_QUOTA), 1);
}

/* Three times as many as are left: alone three quarters, and the next one finds room. */
static void quota_of_pinholes(struct kunit *test)
{
	struct lab *lab = test->priv;
	char line[64];
	u32 i;

	lab->set->trunks.n = 0;
	lab->set->pinholes_max = 16;
	for (i = 0; i < 8; i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=p%u audio=%u", i, 4000 + 2 * i);
		phone_passes(lab, line);
	}
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 13);	/* one is for the peer */
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_QUOTA), 2);
	lab->phone.ip = htonl(0xc0a80b04);
	phone_passes(lab, "INVITE 1 a - call=p9 audio=4000");
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 15);	/* contacts leave room for media */
}

/* Without a pinhole of its own a phone is still reached over the connection that registered. */
static void binding_without_room_is_plain(struct kunit *test)
{
	struct lab *lab = test->priv;
	struct nf_conn *ct;

	lab->set->pinholes_max = 1;
	registers(lab, "REGISTER 1 a - call=first");
	lab->phone = lab_end("192.168.11.6", 5062);
	registers(lab, "REGISTER 1 a - call=plain");
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_PLAIN), 1);
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "Contact: <sip:u@203.0.113.1:5062>"));
	lab->more = "Contact: <sip:u@203.0.113.1:5062>;expires=3600\r\n";
	proxy_passes(lab, "200 REGISTER 1 a b call=plain");
	KUNIT_EXPECT_TRUE(test, lab_has(lab, "Contact: <sip:u@192.168.11.6:5062>"));
	ct = lab_master(lab);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ct);
	KUNIT_EXPECT_GT(test, nf_ct_expires(ct) / HZ, 3000);
	nf_ct_put(ct);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(flood_of_each_class),
	KUNIT_CASE(flood_spares_what_stands),
	KUNIT_CASE(flood_counts_retransmissions_once),
	KUNIT_CASE(flood_ends_before_routing),
	KUNIT_CASE(flood_is_over),
	KUNIT_CASE(flood_spares_emergency_calls),
	KUNIT_CASE(flood_spares_who_is_trusted),
	KUNIT_CASE(flood_of_a_proxy_by_strangers),
	KUNIT_CASE(block_of_a_guesser),
	KUNIT_CASE(block_of_a_scanner),
	KUNIT_CASE(no_block_for_the_honest),
	KUNIT_CASE(no_block_for_who_is_trusted),
	KUNIT_CASE(no_block_by_forgery),
	KUNIT_CASE(block_spares_the_registered),
	KUNIT_CASE(limits_of_a_registrar),
	KUNIT_CASE(quota_of_calls_per_host),
	KUNIT_CASE(quota_of_bindings_per_host),
	KUNIT_CASE(quota_of_pinholes),
	KUNIT_CASE(binding_without_room_is_plain),
	{}
};

struct kunit_suite sipalg_flood_suite = {
	.name = "sipalg_flood",
	.init = setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
