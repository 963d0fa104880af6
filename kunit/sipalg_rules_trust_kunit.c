// SPDX-License-Identifier: GPL-2.0
/*
 * Who is blamed, what is spared, and by which clock: the rules B4, B5, B7 and B10 of
 * docs/security.md.
 */
#include "sipalg_binding.h"
#include "sipalg_pinhole.h"
#include "sipalg_source.h"
#include "sipalg_lab.h"

/* No flood lasts from another case. */
static int setup(struct kunit *test)
{
	int err = lab_setup(test);
	struct lab *lab = test->priv;

	WRITE_ONCE(lab->sn->flood_until, 0);
	return err;
}

/* A phone and a proxy that no limit knows. */
static struct lab *new_hosts(struct kunit *test)
{
	struct lab *lab = test->priv;
	static u32 last;

	last++;
	lab->phone.ip = htonl(0xc0a82a00 + last);	/* 192.168.42.0 */
	lab->proxy.ip = htonl(0xcb007164 + last);	/* 203.0.113.100 */
	return lab;
}

static void pass_time(struct lab *lab, unsigned long ticks)
{
	WRITE_ONCE(lab->sn->clock, lab->sn->clock + ticks);
}

static bool phone_passes(struct lab *lab, const char *line)
{
	lab_phone(lab, line);
	return lab->out[0];
}

static struct sipalg_source *source_of(struct lab *lab, struct lab_end end)
{
	struct sipalg_source_key key = {
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)end.ip } },
		.role = SIPALG_SOURCE_FROM,
	};
	struct sipalg_source *source;

	rcu_read_lock();
	source = sipalg_source_get(lab->sn, &key);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, source);
	return source;
}

static bool proxy_passes(struct lab *lab, const char *line)
{
	lab_proxy(lab, line);
	return lab->out[0];
}

/* ---- B4: blame falls on the source whose credentials fail -------------------------- */

#define PASSWORD	"Authorization: Digest username=\"u\", response=\"1\"\r\n"

static struct lab *with_blocks(struct kunit *test)
{
	struct lab *lab = new_hosts(test);

	lab->set->block_failures = 10;
	lab->set->block_window = 10;
	lab->set->block_time = 30;
	lab->set->block_time_max = 600;
	lab->set->trunks.n = 0;
	return lab;
}

/* @n calls of the one that are answered so by the other. */
static void calls(struct lab *lab, bool is_phone, u32 n, u32 status)
{
	static u32 id;
	char line[64];

	while (n--) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=c%u", ++id);
		(is_phone ? lab_phone : lab_proxy)(lab, line);
		lab->more = "";
		snprintf(line, sizeof(line), "%u INVITE 1 a b call=c%u", status, id);
		(is_phone ? lab_proxy : lab_phone)(lab, line);
	}
}

/* A trunk that does not register: who calls a number that is none is somewhere behind it. */
static void rule_b4_wrong_numbers_of_a_trunk(struct kunit *test)
{
	struct lab *lab = with_blocks(test);

	phone_passes(lab, "OPTIONS 1 a - call=way");
	calls(lab, false, 1, 200);
	calls(lab, false, 20, 404);
	calls(lab, false, 20, 410);
	calls(lab, false, 20, 403);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 0);
	KUNIT_EXPECT_TRUE(test, proxy_passes(lab, "INVITE 1 x - call=next"));
	/* who has been quiet for an hour still has had a success */
	lab_wait(lab, SIPALG_SOURCE_GOOD_S + 1);
	calls(lab, false, 20, 404);
	KUNIT_EXPECT_TRUE(test, proxy_passes(lab, "INVITE 1 x - call=later"));
}

/* One user of many behind a PBX, or of many phones behind one address. */
static void rule_b4_wrong_numbers_of_a_pbx(struct kunit *test)
{
	struct lab *lab = with_blocks(test);

	phone_passes(lab, "REGISTER 1 a - call=pbx");
	proxy_passes(lab, "200 REGISTER 1 a b call=pbx");
	calls(lab, true, 20, 404);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 x - call=next"));
	/* over another connection, too */
	lab->phone.port = 5070;
	calls(lab, true, 20, 404);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 x - call=other"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 0);
}

static void rule_b4_wrong_numbers_of_a_stranger(struct kunit *test)
{
	struct lab *lab = with_blocks(test);

	calls(lab, true, 9, 404);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "OPTIONS 1 x - call=more"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 9);
	calls(lab, true, 1, 410);
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 1 x - call=next"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_SOURCES_BLOCKED), 1);
}

/* Success with calls is no leave to guess passwords, and a failed REGISTER is one of anybody. */
static void rule_b4_credentials_fail_for_all(struct kunit *test)
{
	struct lab *lab = with_blocks(test);
	u32 i;

	calls(lab, true, 1, 200);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_TRUE(test, phone_passes(lab, "OPTIONS 1 x - call=still"));
		lab->more = PASSWORD;
		calls(lab, true, 1, 407);
	}
	KUNIT_EXPECT_FALSE(test, phone_passes(lab, "INVITE 1 x - call=next"));
}

/* Whom the administrator names. */
static void rule_b4_named_trunk(struct kunit *test)
{
	struct lab *lab = with_blocks(test);
	u32 i;

	lab->set->trunks.n = 1;
	lab->set->trunks.prefix[0].addr.family = SIP_FAMILY_IPV4;
	lab->set->trunks.prefix[0].addr.w[0] = (__force u32)lab->proxy.ip;
	lab->set->trunks.prefix[0].len = 32;
	phone_passes(lab, "OPTIONS 1 a - call=way");
	calls(lab, false, 20, 404);
	for (i = 0; i < 20; i++) {
		lab->more = PASSWORD;
		calls(lab, false, 1, 407);
	}
	KUNIT_EXPECT_TRUE(test, proxy_passes(lab, "INVITE 1 x - call=next"));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_FAILURES), 0);
}

/* Sources that are made to fail push out no registrar, and nobody who has had success. */
static void rule_b4_blocked_goes_before_proved(struct kunit *test)
{
	struct lab *lab = with_blocks(test);
	struct lab_end registrar = { htonl(0x0e000001), 0 }, good = { htonl(0x0e000002), 0 };
	struct lab_end end = {};
	struct sipalg_source *of_registrar = source_of(lab, registrar);
	struct sipalg_source *of_good = source_of(lab, good);
	u64 tx = 1ULL << 40;
	u32 i;

	lab->set->block_failures = 1;
	sipalg_source_serves(lab->sn, of_registrar, 3600);
	sipalg_source_sent(of_good, tx, false);
	rcu_read_lock();
	sipalg_source_answered(lab->sn, of_good, tx, SIPALG_SOURCE_SUCCESS);
	rcu_read_unlock();
	pass_time(lab, 1);
	for (i = 0; i < 4 * SIPALG_SOURCE_MAX; i++) {
		struct sipalg_source *source;

		end.ip = htonl(0x0f000000 + i);
		source = source_of(lab, end);
		rcu_read_lock();
		sipalg_source_sent(source, tx, false);
		KUNIT_ASSERT_EQ(test, SIPALG_SOURCE_BLOCKED,
				sipalg_source_answered(lab->sn, source, tx, SIPALG_SOURCE_REFUSED));
		rcu_read_unlock();
	}
	KUNIT_EXPECT_PTR_EQ(test, source_of(lab, registrar), of_registrar);
	KUNIT_EXPECT_PTR_EQ(test, source_of(lab, good), of_good);
	KUNIT_EXPECT_TRUE(test, sipalg_source_is_good(lab->sn, of_good));
}

/* ---- B5: each exemption has its own bucket ----------------------------------------- */

enum { MANY = 1500 };

/* One of each a second, and three at once. */
static struct lab *with_rates(struct kunit *test)
{
	static const struct sipalg_rate one = { .rate = 1, .burst = 3 };
	struct lab *lab = new_hosts(test);

	lab->set->source_invite = one;
	lab->set->source_other = one;
	lab->set->source_options = one;
	lab->set->source_response = one;
	return lab;
}

/* At most @most at once and @each a second since @since, but those that are within the limit. */
static void expect_most(struct lab *lab, u32 got, u32 most, u32 each, unsigned long since)
{
	u32 seconds = (sipalg_now(lab->sn) - since) / HZ + 1;

	KUNIT_EXPECT_LE(lab->test, got, most + 3 + (each + 1) * seconds);
	KUNIT_EXPECT_LT(lab->test, got, (u32)MANY);
}

static u32 repeats(struct lab *lab, bool is_phone, const char *line)
{
	u32 i, got = 0;

	for (i = 0; i < MANY; i++)
		got += (is_phone ? phone_passes : proxy_passes)(lab, line);
	return got;
}

/* @fmt: with %u, where each is another one */
static u32 sends(struct lab *lab, bool is_phone, const char *fmt)
	__printf(3, 0);

static u32 sends(struct lab *lab, bool is_phone, const char *fmt)
{
	u32 i, got = 0;
	char line[96];

	for (i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), fmt, i + 10);
		got += (is_phone ? phone_passes : proxy_passes)(lab, line);
	}
	return got;
}

static void rule_b5_copies(struct kunit *test)
{
	struct lab *lab = with_rates(test);
	unsigned long since = sipalg_now(lab->sn);
	u32 got;

	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=b5 audio=4000"));
	got = repeats(lab, true, "INVITE 1 a - call=b5 audio=4000");
	expect_most(lab, got, SIPALG_SOURCE_COPIES, 0, since);
	KUNIT_EXPECT_GE(test, got, (u32)SIPALG_SOURCE_COPIES);
	/* those of another one, of another class, too */
	since = sipalg_now(lab->sn);
	expect_most(lab, repeats(lab, true, "OPTIONS 1 a - call=o5"), SIPALG_SOURCE_COPIES, 0,
		    since);
}

static void rule_b5_answers(struct kunit *test)
{
	struct lab *lab = with_rates(test);
	unsigned long since = sipalg_now(lab->sn);
	u32 got;

	phone_passes(lab, "OPTIONS 1 a - call=way");
	proxy_passes(lab, "OPTIONS 1 x - call=asked");
	got = repeats(lab, true, "200 OPTIONS 1 x y call=asked");
	expect_most(lab, got, SIPALG_SOURCE_ANSWERS, 0, since);
	KUNIT_EXPECT_GE(test, got, (u32)SIPALG_SOURCE_ANSWERS);
}

/* One dialog that floods is one of many: the others go on. */
static void rule_b5_in_dialog(struct kunit *test)
{
	struct lab *lab = with_rates(test);
	unsigned long since;
	char line[64];
	u32 i, got;

	lab->set->source_invite.rate = 0;
	for (i = 0; i < 8; i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=d%u", i);
		phone_passes(lab, line);
		snprintf(line, sizeof(line), "200 INVITE 1 a b call=d%u", i);
		proxy_passes(lab, line);
	}
	since = sipalg_now(lab->sn);
	got = sends(lab, true, "INFO %u a b call=d0");
	expect_most(lab, got, SIPALG_SOURCE_IN_DIALOG, SIPALG_SOURCE_IN_DIALOG, since);
	KUNIT_EXPECT_GE(test, got, (u32)SIPALG_SOURCE_IN_DIALOG);
	for (i = 1, got = 0; i < 8; i++) {
		snprintf(line, sizeof(line), "BYE 2000 a b call=d%u", i);
		got += phone_passes(lab, line);
	}
	KUNIT_EXPECT_GE(test, got, 4);
}

static void rule_b5_help(struct kunit *test)
{
	struct lab *lab = with_rates(test);
	unsigned long since = sipalg_now(lab->sn);
	u32 got = sends(lab, true, "INVITE 1 a - call=h%u uri=112");

	expect_most(lab, got, SIPALG_SOURCE_HELP, 1, since);
	KUNIT_EXPECT_GE(test, got, (u32)SIPALG_SOURCE_HELP + 3);
	/* a minute later there is help again */
	lab_wait(lab, 61);
	repeats(lab, true, "INVITE 1 a - call=h1");
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=again uri=112"));
}

/* Nobody outside calls for help. */
static void rule_b5_help_from_outside(struct kunit *test)
{
	struct lab *lab = with_rates(test);
	unsigned long since = sipalg_now(lab->sn);

	phone_passes(lab, "OPTIONS 1 a - call=way");
	expect_most(lab, sends(lab, false, "INVITE 1 a - call=h%u uri=911"), 0, 0, since);
}

/* One call for help is over the quota, and no more. */
static void rule_b5_help_over_the_quota(struct kunit *test)
{
	static const char * const names[] = { "q0", "q1", "q2", "q3" };
	struct lab *lab = new_hosts(test);
	char line[64];
	u32 i;

	lab->set->trunks.n = 0;
	lab->set->calls_per_host = 2;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(line, sizeof(line), "INVITE 1 a - call=%s%s", names[i],
			 i < 2 ? "" : " uri=112");
		KUNIT_EXPECT_TRUE(test, phone_passes(lab, line));
		snprintf(line, sizeof(line), "180 INVITE 1 a b call=%s", names[i]);
		proxy_passes(lab, line);
	}
	KUNIT_EXPECT_EQ(test, lab_call(lab, "q1", "a").state, SIPALG_CALL_RINGING);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "q2", "a").state, SIPALG_CALL_RINGING);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "q3", "a").state, -1);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_QUOTA), 1);
}

/* A start line that ends in LF counts as any other, whoever reads it afterwards. */
static void rule_b5_lines_of_lf(struct kunit *test)
{
	struct lab *lab = with_rates(test);
	unsigned long since = sipalg_now(lab->sn);
	char line[64];
	u32 i, got[2] = {};

	for (i = 0; i < 2 * MANY; i++) {
		lab->set->strict = i & 1;
		lab->old = "\r\n";
		lab->new = "\n";
		snprintf(line, sizeof(line), "INVITE 1 a - call=lf%u", i);
		got[i & 1] += phone_passes(lab, line);
	}
	expect_most(lab, got[0] + got[1], 0, 0, since);
}

/* ---- B7: an age is signed, and its clock is read under the lock -------------------- */

/* As one CPU sees the clock that another one has read before it. */
static void tick_back(struct lab *lab, unsigned long ticks)
{
	pass_time(lab, -ticks);
}

static void rule_b7_ages(struct kunit *test)
{
	unsigned long last = -1;
	struct lab *lab = test->priv;
	u32 now;

	KUNIT_EXPECT_EQ(test, sipalg_since(1000, 400), 600);
	KUNIT_EXPECT_EQ(test, sipalg_since(1000, 1000), 0);
	KUNIT_EXPECT_EQ(test, sipalg_since(1000, 1001), 0);
	KUNIT_EXPECT_EQ(test, sipalg_since(last, 0), 0);
	KUNIT_EXPECT_EQ(test, sipalg_since(1, last), 2);
	/* so far ahead that it must be long ago */
	KUNIT_EXPECT_GT(test, sipalg_since(0, SIPALG_AHEAD_S * HZ), last / 2);
	now = sipalg_now(lab->sn);
	KUNIT_EXPECT_GE(test, sipalg_age(lab->sn, now - 600), 600);
	KUNIT_EXPECT_LE(test, sipalg_age(lab->sn, now - 600), 600 + HZ);
	KUNIT_EXPECT_EQ(test, sipalg_age(lab->sn, now + 60 * HZ), 0);
}

/* How many of @n messages a source of one a second gets through, while the clock goes back. */
static u32 takes(struct lab *lab, struct sipalg_source *source, u32 n)
{
	static const struct sipalg_rate slow = { .rate = 1, .burst = 3 };
	u32 i, got = 0;

	for (i = 0; i < n; i++) {
		got += sipalg_source_take(lab->sn, source, SIPALG_CLASS_INVITE, &slow);
		tick_back(lab, 1);
	}
	return got;
}

/* A source keeps its block, its limits and its success. */
static void rule_b7_sources(struct kunit *test)
{
	struct lab *lab = with_blocks(test);
	struct sipalg_source *source = source_of(lab, lab->phone);
	u64 tx;

	rcu_read_lock();
	sipalg_source_sent(source, 1ULL << 40, false);
	sipalg_source_answered(lab->sn, source, 1ULL << 40, SIPALG_SOURCE_SUCCESS);
	/* of ten failures each comes a tick before the one before it */
	for (tx = 2; tx < 12; tx++) {
		KUNIT_EXPECT_EQ(test, sipalg_source_blocked_s(lab->sn, source), 0);
		sipalg_source_sent(source, tx << 40, true);
		sipalg_source_answered(lab->sn, source, tx << 40, SIPALG_SOURCE_CHALLENGED);
		tick_back(lab, 1);
	}
	KUNIT_EXPECT_GT(test, sipalg_source_blocked_s(lab->sn, source), 0);
	takes(lab, source, 5);
	KUNIT_EXPECT_LE(test, takes(lab, source, 100), 1);
	KUNIT_EXPECT_GT(test, sipalg_source_blocked_s(lab->sn, source), 0);
	KUNIT_EXPECT_TRUE(test, sipalg_source_is_good(lab->sn, source));
	KUNIT_EXPECT_TRUE(test, sipalg_source_has_sent(source, 11ULL << 40));
	rcu_read_unlock();
}

/* Strangers are counted on. */
static void rule_b7_pinholes(struct kunit *test)
{
	struct lab_end stranger = lab_end("198.51.100.7", 7000);
	struct lab *lab = test->priv;
	u32 i, got = 0;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=203.0.113.9");
	lab_phone(lab, "ACK 1 a b");
	for (i = 0; i < 4 * SIPALG_PINHOLE_REARMS; i++) {
		stranger.port++;
		got += lab_media_in(lab, stranger, 4000) == 4000;
		tick_back(lab, 1);
	}
	KUNIT_EXPECT_EQ(test, got, SIPALG_PINHOLE_REARMS + 1);
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.9", 6000), 4000), 4000);
}

/* Nothing ends, and no silence is seen. */
static void rule_b7_calls(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab->set->dead_call_timeout = 60;
	lab->set->media_timeout = 20;
	lab->set->call_max_duration = 3600;
	lab_phone(lab, "INVITE 1 a - call=b7 audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b call=b7 audio=6000 at=203.0.113.9");
	lab_phone(lab, "ACK 1 a b call=b7");
	KUNIT_EXPECT_EQ(test, lab_media_in(lab, lab_end("203.0.113.9", 6000), 4000), 4000);
	for (i = 0; i < 20; i++) {
		lab_wait(lab, 1);
		tick_back(lab, HZ + 1);
		sipalg_call_gc(lab->sn);
	}
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b7", "a").state, SIPALG_CALL_UP);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b7", "a").n_pinholes, 2);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "BYE 2 a b call=b7"));
}

static void rule_b7_bindings(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	lab_phone(lab, "REGISTER 1 a - call=b7");
	lab_proxy(lab, "200 REGISTER 1 a b call=b7");
	for (i = 0; i < 20; i++) {
		tick_back(lab, 1);
		sipalg_binding_gc(lab->sn);
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 0);
}

/* ---- B10: the root of a namespace is not the machine's ------------------------------ */

/* All of them together have a share, one has three times what is left, and what goes makes room. */
static void rule_b10_share(struct kunit *test)
{
	enum { SHARE = SIPALG_FOREIGN_MAX / 4 * 3 };
	struct lab *lab = new_hosts(test);
	struct lab_end end = { htonl(0x10000001), 0 };

	KUNIT_EXPECT_TRUE(test, sipalg_hold(lab->sn, 2 * SIPALG_FOREIGN_MAX));
	lab->sn->is_foreign = true;
	KUNIT_EXPECT_FALSE(test, sipalg_hold(lab->sn, SHARE + 1));
	KUNIT_EXPECT_TRUE(test, sipalg_hold(lab->sn, SHARE));
	KUNIT_EXPECT_FALSE(test, sipalg_hold(lab->sn, 1));
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 1 a - call=b10 audio=4000"));
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b10", "a").state, -1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_FOREIGN_FULL), 3);
	sipalg_let(lab->sn, SHARE);
	KUNIT_EXPECT_TRUE(test, phone_passes(lab, "INVITE 2 a - call=b11 audio=4000"));
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b11", "a").state, SIPALG_CALL_TRYING);
	KUNIT_EXPECT_GE(test, atomic_read(&lab->sn->held), 3);
	source_of(lab, end);
	lab_wait(lab, LAB_FOREVER_S);	/* it ends, */
	lab_wait(lab, LAB_FOREVER_S);	/* and is forgotten */
	KUNIT_EXPECT_EQ(test, lab_call(lab, "b11", "a").state, -1);
	lab_forget_sources(lab);
	KUNIT_EXPECT_EQ(test, atomic_read(&lab->sn->held), 0);
	lab->sn->is_foreign = false;
}

/* @n sources more, from @first on. */
static void sources(struct lab *lab, u32 first, u32 n)
{
	struct lab_end end = {};
	u32 i;

	for (i = 0; i < n; i++) {
		end.ip = htonl(first + i);
		source_of(lab, end);
	}
}

/* A full share forgets the least source for the next one. */
static void rule_b10_sources(struct kunit *test)
{
	enum { SHARE = SIPALG_FOREIGN_MAX / 4 * 3 };
	struct lab *lab = test->priv;
	int before;

	lab->sn->is_foreign = true;
	sources(lab, 0x11000000, 2 * SIPALG_SOURCE_MAX);	/* no set of the table is empty */
	before = atomic_read(&lab->sn->held);
	KUNIT_EXPECT_GT(test, before, SIPALG_SOURCE_MAX / 2);
	KUNIT_EXPECT_LE(test, before, SIPALG_SOURCE_MAX);
	KUNIT_EXPECT_TRUE(test, sipalg_hold(lab->sn, SHARE - before));
	sources(lab, 0x12000000, SIPALG_SOURCE_MAX);
	sipalg_let(lab->sn, SHARE - before);
	KUNIT_EXPECT_EQ(test, atomic_read(&lab->sn->held), before);
	lab_forget_sources(lab);
	KUNIT_EXPECT_EQ(test, atomic_read(&lab->sn->held), 0);
	lab->sn->is_foreign = false;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b4_wrong_numbers_of_a_trunk),
	KUNIT_CASE(rule_b4_wrong_numbers_of_a_pbx),
	KUNIT_CASE(rule_b4_wrong_numbers_of_a_stranger),
	KUNIT_CASE(rule_b4_credentials_fail_for_all),
	KUNIT_CASE(rule_b4_named_trunk),
	KUNIT_CASE(rule_b4_blocked_goes_before_proved),
	KUNIT_CASE(rule_b5_copies),
	KUNIT_CASE(rule_b5_answers),
	KUNIT_CASE(rule_b5_in_dialog),
	KUNIT_CASE(rule_b5_help),
	KUNIT_CASE(rule_b5_help_from_outside),
	KUNIT_CASE(rule_b5_help_over_the_quota),
	KUNIT_CASE(rule_b5_lines_of_lf),
	KUNIT_CASE(rule_b7_ages),
	KUNIT_CASE(rule_b7_sources),
	KUNIT_CASE(rule_b7_pinholes),
	KUNIT_CASE(rule_b7_calls),
	KUNIT_CASE(rule_b7_bindings),
	KUNIT_CASE(rule_b10_share),
	KUNIT_CASE(rule_b10_sources),
	{}
};

struct kunit_suite sipalg_rules_trust_suite = {
	.name = "sipalg_rules_trust",
	.init = setup,
	.exit = lab_teardown,
	.test_cases = cases,
};
