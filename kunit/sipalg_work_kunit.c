// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_work: what a message costs after a thousand others, table by table (security.md B1).
 *
 * A message comes first to a router that knows nothing, then a thousand that fill one table as
 * much as they can, then the message comes again, with another Call-ID.
 */
#include <linux/inet.h>
#include <linux/workqueue.h>

#include "sipalg_pinhole_peer.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_source.h"
#include "sip_tcp.h"
#include "sipalg_bounds.h"
#include "sipalg_rules.h"
#include "sipalg_stream.h"

/**
 * struct work - a table, and who fills it
 * @table: its name
 * @message: sends the message that is measured, and counts it with count_from() and count_to()
 * @fill: sends one of the thousand
 */
struct work {
	const char *table;
	void (*message)(struct lab *lab);
	void (*fill)(struct lab *lab, u32 i);
};

/* steps of the message at hand, and since when the present part of it is counted */
static u32 counted, counted_from;

/* The clock's work walks, too, and is no part of a message: it comes a second later again. */
static void count_from(struct lab *lab)
{
	cancel_delayed_work_sync(&lab->sn->gc);
	lab_settle(lab);
	counted_from = sipalg_steps;
}

static void count_to(void)
{
	counted += sipalg_steps - counted_from;
}

static u32 cost_of(struct lab *lab, const struct work *work)
{
	counted = 0;
	work->message(lab);
	return counted;
}

static u32 expect_work(struct kunit *test, const struct work *work)
{
	struct lab *lab = test->priv;
	struct cost first = {}, last = {};
	u32 i;

	first.steps = cost_of(lab, work);
	for (i = 0; i < MANY; i++) {
		work->fill(lab, i);
		cond_resched();		/* tables grow in a work of their own */
	}
	last.steps = cost_of(lab, work);
	expect_bounded(test, work->table, first, last);
	return last.steps;
}

/* A line with the number of its call. */
static void phone_says(struct lab *lab, const char *fmt, u32 i)
{
	char line[80];

	snprintf(line, sizeof(line), fmt, i);
	lab_phone(lab, line);
}

static void proxy_says(struct lab *lab, const char *fmt, u32 i)
{
	char line[80];

	snprintf(line, sizeof(line), fmt, i);
	lab_proxy(lab, line);
}

/* One number for each message that is measured, so that none is a copy of another. */
static u32 fresh(void)
{
	static u32 n;

	return ++n;
}

/* The phone calls, with one stream, and is refused. */
static void one_invite(struct lab *lab)
{
	u32 i = fresh();

	count_from(lab);
	phone_says(lab, "INVITE 1 a - call=w%u audio=4000", i);
	count_to();
	proxy_says(lab, "486 INVITE 1 a b call=w%u", i);
}

/* ---- hosts and calls --------------------------------------------------------------- */

static struct lab_end host(u32 i)
{
	return (struct lab_end){ htonl(0x0a010000 + i), 5060 };
}

static void fill_hosts(struct lab *lab, u32 i)
{
	struct lab_end phone = lab->phone;

	lab->phone = host(i);
	phone_says(lab, "INVITE 1 a - call=h%u", i);
	lab->phone = phone;
}

/* Each of a thousand hosts holds a call, and is known. */
static void rule_b1_hosts(struct kunit *test)
{
	static const struct work work = { "hosts", one_invite, fill_hosts };

	expect_work(test, &work);
}

static void fill_calls(struct lab *lab, u32 i)
{
	phone_says(lab, "INVITE 1 a - call=c%u", i);
	proxy_says(lab, "200 INVITE 1 a b call=c%u", i);
}

static void rule_b1_calls(struct kunit *test)
{
	static const struct work work = { "calls", one_invite, fill_calls };

	expect_work(test, &work);
}

static void fill_half_open(struct lab *lab, u32 i)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy = lab_end("198.51.100.1", 6000 + i % 200);
	proxy_says(lab, "INVITE 1 x - call=s%u", i);
	lab->proxy = proxy;
}

/* Two hundred strangers call one phone until it has as many calls as it may. */
static void rule_b1_half_open_calls_of_a_host(struct kunit *test)
{
	static const struct work work = { "half-open calls of a host", one_invite, fill_half_open };
	struct lab *lab = test->priv;

	lab->set->trunks.n = 0;
	lab->set->calls_per_host = MANY / 2;
	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	expect_work(test, &work);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), MANY / 2);
}

/* A thousand hosts call, and nobody answers, until there are as many calls as there may be. */
static void rule_b1_half_open_calls(struct kunit *test)
{
	static const struct work work = { "half-open calls", one_invite, fill_hosts };
	struct lab *lab = test->priv;

	lab->set->calls_max = MANY / 2;
	expect_work(test, &work);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), MANY / 2);
}

static void fill_ended(struct lab *lab, u32 i)
{
	phone_says(lab, "INVITE 1 a - call=e%u", i);
	proxy_says(lab, "486 INVITE 1 a b call=e%u", i);
}

/* What is over is remembered until its place is needed. */
static void rule_b1_calls_that_are_over(struct kunit *test)
{
	static const struct work work = { "calls that are over", one_invite, fill_ended };
	struct lab *lab = test->priv;

	lab->set->calls_max = MANY / 2;
	expect_work(test, &work);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_FULL), 0);
}

/* ---- one call ---------------------------------------------------------------------- */

static void one_reinvite(struct lab *lab)
{
	static u32 cseq;

	cseq += 100 * MANY;
	count_from(lab);
	phone_says(lab, "INVITE %u a b audio=4000", cseq);
	count_to();
	proxy_says(lab, "200 INVITE %u a b audio=6000", cseq);
}

static void fill_requests(struct lab *lab, u32 i)
{
	static const char * const asks[] = {
		"UPDATE %u a b branch=u%u", "PRACK %u a b branch=p%u", "INVITE %u a b branch=i%u",
	};
	char line[48];

	snprintf(line, sizeof(line), asks[i % ARRAY_SIZE(asks)], lab->msg.cseq + 1, i);
	lab_phone(lab, line);
}

/* Requests that nobody answers. */
static void rule_b1_requests_of_a_call(struct kunit *test)
{
	static const struct work work = { "requests of a call", one_reinvite, fill_requests };
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	expect_work(test, &work);
	KUNIT_EXPECT_EQ(test, lab_call(lab, "one", "a").n_media, 2);
}

static void fill_callers(struct lab *lab, u32 i)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy.ip = htonl(0xc6336400 + i % 256);	/* 198.51.100.0/24 */
	lab->proxy.port = 5060;
	phone_says(lab, "INVITE 1 a - call=k%u", i);
	lab->proxy = proxy;
}

/* Calls of one phone to many proxies: all of them may call in. */
static void rule_b1_callers(struct kunit *test)
{
	static const struct work work = { "callers", one_invite, fill_callers };

	expect_work(test, &work);
}

/* ---- sources ----------------------------------------------------------------------- */

static void one_invite_of_a_new_source(struct lab *lab)
{
	struct lab_end phone = lab->phone;
	u32 i = fresh();

	lab->phone.ip = htonl(0x0a020000 + i);
	lab->proxy.ip = htonl(0xc6336400 + i);
	count_from(lab);
	phone_says(lab, "INVITE 1 a - call=w%u audio=4000", i);
	count_to();
	proxy_says(lab, "486 INVITE 1 a b call=w%u", i);
	lab->phone = phone;
}

/* More addresses than there is room for, far more than a thousand: each set is full. */
static void fill_sources(struct lab *lab, u32 i)
{
	struct sipalg_source_key key = { .addr.family = SIP_FAMILY_IPV4 };
	u32 k;

	rcu_read_lock();
	for (k = 0; k < 4 * SIPALG_SOURCE_MAX / MANY; k++) {
		key.addr.w[0] = (__force u32)htonl(0x0b000000 + (i << 8 | k));
		sipalg_source_get(lab->sn, &key);
	}
	rcu_read_unlock();
}

static void rule_b1_sources(struct kunit *test)
{
	static const struct work work = { "sources", one_invite_of_a_new_source, fill_sources };
	static const struct sipalg_rate most = { .rate = 1000000, .burst = 1000000 };
	struct lab *lab = test->priv;

	lab->set->source_invite = most;
	lab->set->destination_invite = most;
	expect_work(test, &work);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_SOURCES_EVICTED), MANY);
}

static const struct sipalg_rate least = { .rate = 1, .burst = 1 };

/* One of the call, and a copy of it, both over the limit. */
static void one_over_the_limit(struct lab *lab)
{
	static u32 cseq;
	u32 i;

	cseq += 100 * MANY;
	lab->set->source_options = least;
	count_from(lab);
	for (i = 0; i < 2; i++)
		phone_says(lab, "OPTIONS %u a b", cseq);
	count_to();
	lab_wait(lab, 2);	/* the dialog may again */
}

static void fill_dialogs(struct lab *lab, u32 i)
{
	static const struct sipalg_rate none;
	char line[64], call[12] = "one";

	lab->set->source_options = i & 2 ? least : none;	/* what passes is remembered */
	if (i & 1)
		snprintf(call, sizeof(call), "d%u", i);
	snprintf(line, sizeof(line), "OPTIONS %u a b branch=d%u call=%s", i, i, call);
	lab_phone(lab, line);
}

/* Requests over the limit, in the call and in none. */
static void rule_b1_dialogs_of_a_source(struct kunit *test)
{
	static const struct work work = { "dialogs of a source", one_over_the_limit, fill_dialogs };
	struct lab *lab = test->priv;

	lab->phone.ip = htonl(0x0a040001);
	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000");
	expect_work(test, &work);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_FLOOD_OPTIONS), MANY / 8);
}

/* ---- bindings ---------------------------------------------------------------------- */

/* A REGISTER with as many contacts as are read, and the answer that grants all of them. */
static void one_register(struct lab *lab)
{
	char *own = kunit_kzalloc(lab->test, LAB_TEXT_MAX, GFP_KERNEL);
	char *mapped = kunit_kzalloc(lab->test, LAB_TEXT_MAX, GFP_KERNEL);
	u32 i, cseq = 2 * MANY * fresh(), a = 0, b = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, own);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, mapped);
	for (i = 0; i < SIP_MAX_VALUES; i++) {
		a += scnprintf(own + a, LAB_TEXT_MAX - a,
			       "Contact: <sip:bob@192.168.1.2:%u>;expires=600\r\n", 30000 + i);
		b += scnprintf(mapped + b, LAB_TEXT_MAX - b,
			       "Contact: <sip:bob@203.0.113.1:%u>;expires=600\r\n", 30000 + i);
	}
	lab->more = own;
	count_from(lab);
	phone_says(lab, "REGISTER %u a - call=reg", cseq);
	count_to();
	lab->more = mapped;
	count_from(lab);
	proxy_says(lab, "200 REGISTER %u a t call=reg", cseq);
	count_to();
}

static void ask_for_port(struct lab *lab, u32 i)
{
	char own[80];

	snprintf(own, sizeof(own), "Contact: <sip:bob@192.168.1.2:%u>;expires=600\r\n", 10000 + i);
	lab->more = own;
	phone_says(lab, "REGISTER %u a - call=asks", i + 1);
}

static void grant_port(struct lab *lab, u32 i)
{
	char mapped[80];

	ask_for_port(lab, i);
	snprintf(mapped, sizeof(mapped), "Contact: <sip:bob@203.0.113.1:%u>;expires=600\r\n",
		 10000 + i);
	lab->more = mapped;
	proxy_says(lab, "200 REGISTER %u a t call=asks", i + 1);
}

static void fill_contacts(struct lab *lab, u32 i)
{
	if (i < MANY / 2)
		grant_port(lab, i);
	else
		ask_for_port(lab, i);
}

/* One account with another contact each time, of which the registrar grants the first half. */
static void rule_b1_contacts_of_an_account(struct kunit *test)
{
	static const struct work work = { "contacts of an account", one_register, fill_contacts };
	struct lab *lab = test->priv;

	expect_work(test, &work);
	/* those of the last message are all there */
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 30000), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 30000 + SIP_MAX_VALUES - 1), 1);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 10000));
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 10000 + MANY / 2));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED) -
			lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), SIP_MAX_VALUES);
}

/* To ask costs nothing: what is granted stays, and of what is not the oldest goes. */
static void rule_b1_asking_ends_no_binding(struct kunit *test)
{
	struct lab *lab = test->priv;
	u32 i;

	for (i = 0; i < SIP_MAX_VALUES; i++)
		grant_port(lab, i);
	for (i = 100; i < 100 + 3 * SIP_MAX_VALUES; i++)
		ask_for_port(lab, i);
	for (i = 0; i < SIP_MAX_VALUES; i++)
		KUNIT_EXPECT_EQ_MSG(test, lab_waiting(lab, 10000 + i), 1, "%u", i);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 10100));
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 10100 + 3 * SIP_MAX_VALUES - 1));
	/* one more is granted: that which was granted longest ago goes */
	grant_port(lab, 1);
	grant_port(lab, 50);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 10000), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 10001), 1);
	grant_port(lab, 51);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 10001), 1);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 10002), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_QUOTA), 0);
}

/* The same request with other contacts each time asks for as much as one message can. */
static void rule_b1_a_request_asks_for_so_much(struct kunit *test)
{
	struct lab *lab = test->priv;
	char own[80];
	u32 i;

	for (i = 0; i < 2 * SIP_MAX_VALUES; i++) {
		snprintf(own, sizeof(own), "Contact: <sip:bob@192.168.1.2:%u>\r\n", 10000 + i);
		lab->more = own;
		lab_phone(lab, "REGISTER 1 a - call=asks");
	}
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_QUOTA), SIP_MAX_VALUES);
	KUNIT_EXPECT_TRUE(test, lab_is_reserved(lab, 10000));
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 10000 + SIP_MAX_VALUES));
}

/* Account @i registers at the phone's one contact, for so long. */
static void register_account(struct lab *lab, u32 i, u32 cseq, u32 seconds)
{
	char line[64], contact[64];

	snprintf(line, sizeof(line), "REGISTER %u a - call=a%u user=u%u", cseq, i, i);
	snprintf(contact, sizeof(contact), "Contact: <sip:u@192.168.1.2:5060>;expires=%u\r\n",
		 seconds);
	lab->more = contact;
	lab_phone(lab, line);
	snprintf(line, sizeof(line), "200 REGISTER %u a t call=a%u user=u%u", cseq, i, i);
	snprintf(contact, sizeof(contact), "Contact: <sip:u@203.0.113.1:5060>;expires=%u\r\n",
		 seconds);
	lab->more = contact;
	lab_proxy(lab, line);
}

static void fill_accounts(struct lab *lab, u32 i)
{
	register_account(lab, i, 1, 600);
}

/* One of those that have registered first is refreshed; then it is no more. */
static void one_account(struct lab *lab)
{
	static u32 cseq = 1;
	u32 i = MANY + 2 * lab_count(lab, SIPALG_STAT_BINDINGS_ENDED);

	count_from(lab);
	register_account(lab, i, ++cseq, 600);
	register_account(lab, i + 1, ++cseq, 0);
	count_to();
}

/* A PBX registers a thousand accounts at its one contact. */
static void rule_b1_accounts_of_a_contact(struct kunit *test)
{
	static const struct work work = { "accounts of a contact", one_account, fill_accounts };
	struct lab *lab = test->priv;
	u32 i;

	for (i = 0; i < 4; i++)
		register_account(lab, MANY + i, 1, 600);
	expect_work(test, &work);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED), MANY + 4);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ENDED), 2);
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 5060), 1);
}

/* ---- pinholes ---------------------------------------------------------------------- */

/* A call with media, which the phone sends first: to nobody that was announced, at the end. */
static void one_call(struct lab *lab)
{
	u32 i = fresh();

	count_from(lab);
	phone_says(lab, "INVITE 1 a - call=w%u audio=4000", i);
	count_to();
	count_from(lab);
	proxy_says(lab, "183 INVITE 1 a b call=w%u audio=6000 at=" PEER, i);
	count_to();
	count_from(lab);
	lab_media_out(lab, 4000, lab_end(PEER, 2000 + i));
	count_to();
	count_from(lab);
	proxy_says(lab, "486 INVITE 1 a b call=w%u", i);
	count_to();
}

static void fill_port(struct lab *lab, u32 i)
{
	lab->phone.port = 5060 + i % 4;		/* no flow has room for all */
	phone_says(lab, "INVITE 1 a - call=p%u audio=4000", i);
	proxy_says(lab, "183 INVITE 1 a b call=p%u audio=6000 at=" PEER, i);
	lab->phone.port = 5060;
}

/* One inside port in a thousand calls, each of which has it published elsewhere. */
static void rule_b1_pinholes_of_a_port(struct kunit *test)
{
	static const struct work work = { "pinholes of an inside port", one_call, fill_port };
	struct lab *lab = test->priv;

	lab->set->pinholes_max = 100000;
	lab->set->ringing_timeout = 3600;
	expect_work(test, &work);
}

/* The phone calls with its port 4000.  Return: where that is published. */
static u16 call_from_port(struct lab *lab, u32 i)
{
	char line[80];
	u16 port;

	phone_says(lab, "INVITE 1 a - call=p%u audio=4000", i);
	port = lab_audio(lab);
	snprintf(line, sizeof(line), "200 INVITE 1 a b call=p%u audio=%u at=" PEER, i,
		 6000 + 2 * i);
	lab_proxy(lab, line);
	return port;
}

/* Whether what the phone sends to that call's peer is related to the call. */
static bool is_found(struct lab *lab, u32 i)
{
	return lab_media_out(lab, 4000, lab_end(PEER, 6000 + 2 * i));
}

/* Of one port the newest are found by what the phone sends; what comes in finds all. */
static void rule_b1_the_newest_of_a_port(struct kunit *test)
{
	struct lab *lab = test->priv;
	u16 port[SIPALG_PINHOLES_OF_PORT + 2];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(port); i++)
		port[i] = call_from_port(lab, i);
	KUNIT_EXPECT_FALSE(test, is_found(lab, 0));
	KUNIT_EXPECT_TRUE(test, is_found(lab, 2));
	KUNIT_EXPECT_TRUE(test, is_found(lab, i - 1));
	KUNIT_EXPECT_EQ(test, (int)lab_media_in(lab, lab_end(PEER, 6002), port[1]), 4000);
	/* a call ends, and another one takes its place among those that are found */
	lab_phone(lab, "BYE 2 a b call=p5");
	lab_proxy(lab, "200 BYE 2 a b call=p5");
	call_from_port(lab, i);
	KUNIT_EXPECT_TRUE(test, is_found(lab, i));
	KUNIT_EXPECT_TRUE(test, is_found(lab, 3));
}

/* A pinhole of port 4000 of another host, for a peer at port 6000 + @i. */
static struct sipalg_pinhole *pinhole_beside(struct lab *lab, u32 i, bool is_anothers)
{
	struct sipalg_pinhole_want want = {
		.sn = lab->sn,
		.ct = lab_master(lab),
		.real = test_addr(lab->test, "192.168.1.77"),
		.mapped = test_addr(lab->test, "203.0.113.1"),
		.ports = { 4000 },
		.n = 1,
		.mapped_port = 4600 + i,
		.proto = IPPROTO_UDP,
		.class = SIPALG_PINHOLE_MEDIA,
		.is_anothers = is_anothers,
		.ttl_s = 60,
	};
	struct sip_addr addr = test_addr(lab->test, PEER);
	struct sipalg_pinhole *pin = NULL;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, want.ct);
	local_bh_disable();
	rcu_read_lock();
	KUNIT_EXPECT_EQ(lab->test, sipalg_pinhole_open(&want, &pin), 0);
	sipalg_pinhole_set_peer(lab->sn, pin, &addr, 6000 + i);
	rcu_read_unlock();
	local_bh_enable();
	nf_ct_put(want.ct);
	return pin;
}

static struct sipalg_pinhole *found_beside(struct lab *lab, u32 i)
{
	struct sipalg_pinhole_key key = {
		.addr = test_addr(lab->test, "192.168.1.77"), .port = 4000, .proto = IPPROTO_UDP,
	};
	struct sip_endpoint to = { test_addr(lab->test, PEER), 6000 + i };
	struct sipalg_pinhole *pin;

	rcu_read_lock();
	pin = sipalg_pinhole_by_real(lab->sn, &key, &to);
	rcu_read_unlock();
	return pin && sipalg_pinhole_peer(pin).port == to.port ? pin : NULL;
}

/* Whoever names another host's port takes none of its places. */
static void rule_b1_a_port_is_its_hosts(struct kunit *test)
{
	struct sipalg_pinhole *pin[3 * SIPALG_PINHOLES_OF_PORT];
	struct lab *lab = test->priv;
	u32 i, n = SIPALG_PINHOLES_OF_PORT;

	lab_phone(lab, "OPTIONS 1 o -");
	for (i = 0; i < ARRAY_SIZE(pin); i++) {
		pin[i] = pinhole_beside(lab, i, i < n / 2 || i >= n + n / 2);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pin[i]);
	}
	for (i = 0; i < ARRAY_SIZE(pin); i++)
		KUNIT_EXPECT_PTR_EQ_MSG(test, found_beside(lab, i),
					i >= n / 2 && i < n + n / 2 ? pin[i] : NULL, "%u", i);
	for (i = 0; i < ARRAY_SIZE(pin); i++)
		sipalg_pinhole_close(lab->sn, pin[i], SIPALG_PINHOLE_KEEP_CONNS);
	KUNIT_EXPECT_NULL(test, found_beside(lab, n));
}

static void fill_mappings(struct lab *lab, u32 i)
{
	struct lab_end proxy = lab->proxy;

	lab->proxy = lab_end("198.51.100.1", 5060);
	lab->proxy.ip = htonl(0xc6336400 + i % 250);
	lab->mapped_port = 20000 + i;
	lab_flush(lab);
	phone_says(lab, "INVITE 1 a - call=n%u", i);
	lab->mapped_port = 0;
	lab->proxy = proxy;
}

/* NAT gives the phone's port another one for each proxy, and each is published in a call. */
static void rule_b1_mappings_of_a_port(struct kunit *test)
{
	static const struct work work = { "mappings of an inside port", one_invite, fill_mappings };

	expect_work(test, &work);
}

/* A message that fills the table itself: none of a thousand costs too much. */
static void expect_worst(struct kunit *test, const char *table,
			 void (*message)(struct lab *lab, u32 i))
{
	struct lab *lab = test->priv;
	struct cost first = {}, last = {};
	u32 i;

	for (i = 0; i <= MANY; i++) {
		counted = 0;
		count_from(lab);
		message(lab, i);
		count_to();
		if (!i)
			first.steps = counted;
		else
			last.steps = max(last.steps, counted);
		cond_resched();
	}
	expect_bounded(test, table, first, last);
}

static void fill_flow(struct lab *lab, u32 i)
{
	char line[64];

	snprintf(line, sizeof(line), "INVITE 1 a - call=f%u audio=%u", i, 20000 + 2 * i);
	lab_phone(lab, line);
}

/* All that the kernel lets wait on a flow waits, and RTCP has to give way. */
static void rule_b1_what_waits_on_a_flow(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->invite_timeout = 3600;
	lab->set->pinholes_max = 100000;
	expect_worst(test, "what waits on a flow", fill_flow);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_PINHOLES_FULL), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_RTCP), 255);
}

static void fill_ports(struct lab *lab, u32 i)
{
	char line[64];

	lab->phone.port = 5060 + i % 4;
	snprintf(line, sizeof(line), "INVITE 1 a - call=r%u audio=%u", i, 5000 + 2 * i);
	lab_phone(lab, line);
	lab->phone.port = 5060;
}

/* With its refusal, as places are tried for the call and not for the message. */
static void one_refused_call(struct lab *lab)
{
	u32 i = fresh();

	count_from(lab);
	phone_says(lab, "INVITE 1 a - call=p%u audio=4000", i);
	proxy_says(lab, "486 INVITE 1 a b call=p%u", i);
	count_to();
}

/* media_ports is full, so that all places are tried. */
static void rule_b1_ports_that_are_tried(struct kunit *test)
{
	static const struct work work = { "ports that are tried", one_refused_call, fill_ports };
	struct lab *lab = test->priv;

	lab->set->media_ports = (struct sipalg_range){ 20000, 20511 };
	expect_work(test, &work);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_MEDIA_PORTS_FULL), MANY / 2);
}

/* ---- the room of a large call ------------------------------------------------------ */

/* The phone's INVITE with as many sections as get pinholes. */
static void large_invite(struct lab *lab, u32 i)
{
	char *media = kunit_kzalloc(lab->test, LAB_TEXT_MAX, GFP_KERNEL);
	u32 k, len = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, media);
	for (k = 0; k < SDP_MAX_MEDIA; k++)
		len += scnprintf(media + len, LAB_TEXT_MAX - len, "m=audio %u RTP/AVP 0\r\n",
				 20000 + 2 * SDP_MAX_MEDIA * (i % MANY) + 2 * k);
	lab->body = sections(lab, media);
	phone_says(lab, "INVITE 1 a - call=l%u", i);
	kunit_kfree(lab->test, media);
}

static void one_large_invite(struct lab *lab)
{
	count_from(lab);
	large_invite(lab, fresh() % 8);
	count_to();
}

static void fill_pinholes(struct lab *lab, u32 i)
{
	struct lab_end phone = lab->phone;

	lab->phone.ip = htonl(0x0a030000 + i);
	large_invite(lab, 8 + i);
	lab->phone = phone;
}

/* Pinholes are scarce, so calls that nobody has answered end with all that they have open. */
static void rule_b1_large_calls(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->pinholes_max = 2048;
	expect_worst(test, "large calls that end", fill_pinholes);
	KUNIT_EXPECT_GE(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), MANY / 2);
}

static void fill_all(struct lab *lab, u32 i)
{
	static void (* const fill[])(struct lab *lab, u32 i) = {
		fill_hosts, fill_half_open, fill_callers, fill_contacts, fill_accounts,
		fill_port, fill_mappings, fill_flow, fill_pinholes,
	};

	fill[i % ARRAY_SIZE(fill)](lab, i);
}

/* All of that at once: the worst message costs no more than four times as much, either. */
static void rule_b1_all_at_once(struct kunit *test)
{
	static const struct work work = { "all at once", one_large_invite, fill_all };
	static const struct sipalg_rate most = { .rate = 1000000, .burst = 1000000 };
	struct lab *lab = test->priv;

	bind(lab, 1, OWN("5060"), MAPPED("5060"));
	lab->set->source_invite = most;
	lab->set->destination_invite = most;
	lab->set->calls_max = MANY / 2;
	lab->set->media_ports = (struct sipalg_range){ 20000, 29999 };
	expect_work(test, &work);
	KUNIT_EXPECT_GT(test, lab_count(lab, SIPALG_STAT_CALLS_EVICTED), 0);
}

/* ---- TCP --------------------------------------------------------------------------- */

enum {
	FEW	= 16,	/* streams that are looked for */
	SEGMENT	= 100,	/* bytes of a message, */
	GROWN	= 104,	/* and of what it becomes */
};

/**
 * struct sender - a direction whose messages grow, and whose receiver acknowledges little
 * @half: the direction
 * @edits: of each message
 * @text: a message
 * @out: what it becomes
 */
struct sender {
	struct sip_tcp_half half;
	struct sip_edits *edits;
	u8 text[SEGMENT];
	u8 out[4 * GROWN];
};

/* A message, new or again.  Return: what all that is done for its segment has cost. */
static u32 sender_sends(struct kunit *test, struct sender *s, u32 seq)
{
	struct sip_tcp_segment seg = { .seq = seq, .len = SEGMENT, .data = s->text };
	struct sip_tcp_emission what;
	u32 before = sipalg_steps;
	struct sip_text text;

	KUNIT_EXPECT_EQ(test, sip_tcp_take(&s->half, &seg, &text), 0);
	if (text.len)
		KUNIT_EXPECT_EQ(test, sip_tcp_replace(&s->half, &text, SEGMENT, s->edits), 0);
	KUNIT_EXPECT_EQ(test, sip_tcp_keep(&s->half, &seg, &text), 0);
	what = sip_tcp_emit(&s->half, &seg, 1 << 20, sizeof(s->out));
	sip_tcp_copy(&s->half, &seg, &what, s->out);
	sip_tcp_more(&s->half, 1 << 20, sizeof(s->out), &what);
	return sipalg_steps - before;
}

/* The receiver has some of the @i-th message. */
static u32 receiver_has(struct sender *s, u32 i)
{
	u32 left = i * GROWN + 1, right = left + 2 * GROWN, before = sipalg_steps;

	sip_tcp_sack(&s->half, &left, &right);
	sip_tcp_seq(&s->half, i * SEGMENT);
	return sipalg_steps - before;
}

static u32 receiver_acks(struct sender *s, u32 i)
{
	u32 before = sipalg_steps;

	sip_tcp_ack(&s->half, i * GROWN);
	return sipalg_steps - before;
}

/* As many messages as a direction remembers are under way, and go again. */
static void rule_b1_patches(struct kunit *test)
{
	struct sender *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u32 i, n, middle = MANY - SIP_TCP_PATCHES_MAX / 3;
	struct cost new[2] = {}, again[2] = {}, sack[2] = {}, ack[2] = {};

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	s->edits = kunit_kzalloc(test, sizeof(*s->edits), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->edits);
	sip_edit_init(s->edits);
	KUNIT_EXPECT_EQ(test, sip_edit_add(s->edits, 0, 0, "more", GROWN - SEGMENT), 0);
	sip_tcp_init(&s->half, 0);
	for (i = 0; i < 4; i++)
		new[0].steps = sender_sends(test, s, i * SEGMENT);
	again[0].steps = sender_sends(test, s, SEGMENT);
	sack[0].steps = receiver_has(s, 1);
	ack[0].steps = receiver_acks(s, 1);
	for (; i < MANY; i++) {
		if (s->half.n_patches == SIP_TCP_PATCHES_MAX - 1)
			receiver_acks(s, i + 2 - SIP_TCP_PATCHES_MAX);
		new[1].steps = sender_sends(test, s, i * SEGMENT);
	}
	n = s->half.n_patches;
	KUNIT_EXPECT_GE(test, n, SIP_TCP_PATCHES_MAX - 2);
	again[1].steps = sender_sends(test, s, middle * SEGMENT);
	sack[1].steps = receiver_has(s, middle);
	ack[1].steps = receiver_acks(s, i + 1 - n);
	expect_bounded(test, "patches, a new message", new[0], new[1]);
	expect_bounded(test, "patches, one that is repeated", again[0], again[1]);
	expect_bounded(test, "patches, a selective acknowledgment", sack[0], sack[1]);
	expect_bounded(test, "patches, an acknowledgment", ack[0], ack[1]);
	KUNIT_EXPECT_EQ(test, s->half.n_patches, n - 1);
	sip_tcp_exit(&s->half);
}

/* The phone's connection from that port, with a stream. */
static struct nf_conn *conn_with_stream(struct lab *lab, u32 i)
{
	static const u32 seq[IP_CT_DIR_MAX];
	struct sipalg_stream *s;
	struct nf_conn *ct;

	lab->phone.port = 7000 + i;
	phone_says(lab, "OPTIONS 1 o - call=t%u", i);
	ct = lab_master(lab);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, ct);
	rcu_read_lock();
	s = sipalg_stream_add(lab->sn, ct, seq);
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_ERR_OR_NULL(lab->test, s);
	return ct;
}

static void look_for_stream(struct lab *lab, struct nf_conn *ct, bool end)
{
	struct sipalg_stream *s;

	rcu_read_lock();
	s = sipalg_stream_enter(lab->sn, ct);
	KUNIT_EXPECT_NOT_NULL(lab->test, s);
	if (s && end)
		sipalg_stream_end(lab->sn, s);
	if (s)
		sipalg_stream_leave(lab->sn, s);
	rcu_read_unlock();
}

/* What the streams of a few connections cost to be found. */
static u32 find_streams(struct lab *lab, struct nf_conn **ct, u32 n)
{
	u32 i;

	counted = 0;
	count_from(lab);
	for (i = 0; i < n; i++)
		look_for_stream(lab, ct[i], false);
	count_to();
	return counted;
}

/* Connections over TCP, each with a stream; here of UDP, which the table does not ask. */
static void rule_b1_streams(struct kunit *test)
{
	struct nf_conn **ct = kunit_kzalloc(test, (FEW + MANY) * sizeof(*ct), GFP_KERNEL);
	struct cost first = {}, last = {};
	struct lab *lab = test->priv;
	u32 i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ct);
	for (i = 0; i < FEW; i++)
		ct[i] = conn_with_stream(lab, i);
	first.steps = find_streams(lab, ct, FEW);
	for (; i < FEW + MANY; i++) {
		ct[i] = conn_with_stream(lab, i);
		cond_resched();
	}
	last.steps = find_streams(lab, ct, FEW);
	expect_bounded(test, "streams", first, last);
	for (i = 0; i < FEW + MANY; i++) {
		look_for_stream(lab, ct[i], true);
		nf_ct_put(ct[i]);
	}
	lab->phone.port = 5060;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b1_hosts),
	KUNIT_CASE(rule_b1_calls),
	KUNIT_CASE(rule_b1_half_open_calls_of_a_host),
	KUNIT_CASE(rule_b1_half_open_calls),
	KUNIT_CASE(rule_b1_calls_that_are_over),
	KUNIT_CASE(rule_b1_requests_of_a_call),
	KUNIT_CASE(rule_b1_callers),
	KUNIT_CASE(rule_b1_sources),
	KUNIT_CASE(rule_b1_dialogs_of_a_source),
	KUNIT_CASE(rule_b1_contacts_of_an_account),
	KUNIT_CASE(rule_b1_asking_ends_no_binding),
	KUNIT_CASE(rule_b1_a_request_asks_for_so_much),
	KUNIT_CASE(rule_b1_accounts_of_a_contact),
	KUNIT_CASE(rule_b1_pinholes_of_a_port),
	KUNIT_CASE(rule_b1_the_newest_of_a_port),
	KUNIT_CASE(rule_b1_a_port_is_its_hosts),
	KUNIT_CASE(rule_b1_mappings_of_a_port),
	KUNIT_CASE(rule_b1_what_waits_on_a_flow),
	KUNIT_CASE(rule_b1_ports_that_are_tried),
	KUNIT_CASE(rule_b1_large_calls),
	KUNIT_CASE(rule_b1_all_at_once),
	KUNIT_CASE(rule_b1_patches),
	KUNIT_CASE(rule_b1_streams),
	{}
};

static struct kunit_suite sipalg_work_suite = {
	.name = "sipalg_work",
	.init = lab_setup,
	.exit = lab_teardown,
	.test_cases = cases,
};

kunit_test_suites(&sipalg_work_suite);
