// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_forward: what rules of NAT are asked, and what becomes of their answers (security.md B3).
 *
 * A hook stands where NAT's own one stands, and plays its rules.
 */
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_forward.h"
#include "sipalg_inet.h"
#include "sipalg_compat.h"
#include "sipalg_lab.h"

#define PUBLIC	"203.0.113.1"

/**
 * struct rules - what the hook does
 * @low: first port that is forwarded
 * @high: the last one
 * @to: the host; it keeps the port
 * @verdict: of the hook
 * @seen: how often it was asked
 * @last: what the last packet was
 */
struct rules {
	u16 low;
	u16 high;
	const char *to;
	u32 verdict;
	u32 seen;
	struct nf_conntrack_tuple last;
};

static struct rules rules;

static u16 port_in(const struct sk_buff *skb, u8 proto)
{
	return ntohs(proto == IPPROTO_UDP ? udp_hdr(skb)->dest : tcp_hdr(skb)->dest);
}

/* The packet must be what its connection says, as those are that NAT is given. */
static bool is_whole(const struct sk_buff *skb, const struct nf_conntrack_tuple *t)
{
	u32 network = t->src.l3num == NFPROTO_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	return port_in(skb, t->dst.protonum) == ntohs(t->dst.u.all) &&
	       skb_transport_offset(skb) == network && skb->dev &&
	       (t->src.l3num != NFPROTO_IPV4 || !ip_fast_csum(ip_hdr(skb), ip_hdr(skb)->ihl));
}

static unsigned int play_rules(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct nf_conntrack_tuple back;
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);
	u16 port;

	if (!ct || info != IP_CT_NEW || nf_ct_is_confirmed(ct) ||
	    ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u3.ip != in_aton(PUBLIC))
		return NF_ACCEPT;
	rules.seen++;
	rules.last = ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	port = ntohs(rules.last.dst.u.all);
	back = ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	if (rules.to && port >= rules.low && port <= rules.high && is_whole(skb, &rules.last)) {
		back.src.u3.ip = in_aton(rules.to);
		nf_conntrack_alter_reply(ct, &back);
	}
	if (rules.verdict == NF_STOLEN)
		kfree_skb(skb);
	return rules.verdict;
}

static const struct nf_hook_ops hook = {
	.hook = play_rules,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP_PRI_NAT_DST,
	.hook_ops_type = SIPALG_OP_NAT,
};

/* Another module's chain at the same place, which is not asked. */
static const struct nf_hook_ops chain = {
	.hook = play_rules,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP_PRI_NAT_DST,
	.hook_ops_type = NF_HOOK_OP_NF_TABLES,
};

static struct sip_endpoint ask(struct kunit *test, u16 port, u8 proto)
{
	struct sipalg_forward_question q = {
		.net = &init_net,
		.in = init_net.loopback_dev,
		.zone = &nf_ct_zone_dflt,
		.from = { test_addr(test, "203.0.113.9"), 7000 },
		.to = { test_addr(test, PUBLIC), port },
		.proto = proto,
	};
	struct sip_endpoint to;

	local_bh_disable();
	rcu_read_lock();
	to = sipalg_forward_of(&q);
	rcu_read_unlock();
	local_bh_enable();
	return to;
}

static bool leads_to(struct kunit *test, struct sip_endpoint to, const char *host, u16 port)
{
	struct sip_addr addr = test_addr(test, host);

	return sip_addr_equal(&to.addr, &addr) && to.port == port;
}

static void rule_b3_forward_is_asked(struct kunit *test)
{
	static const u8 protos[] = { IPPROTO_UDP, IPPROTO_TCP };
	struct sip_endpoint to;
	u32 i;

	rules = (struct rules){ 32400, 32401, "192.168.1.9", NF_ACCEPT };
	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		to = ask(test, 32400, protos[i]);
		KUNIT_EXPECT_TRUE(test, leads_to(test, to, "192.168.1.9", 32400));
		KUNIT_EXPECT_EQ(test, rules.last.dst.protonum, protos[i]);
		KUNIT_EXPECT_EQ(test, ntohs(rules.last.src.u.all), 7000);
		to = ask(test, 32402, protos[i]);
		KUNIT_EXPECT_TRUE(test, leads_to(test, to, PUBLIC, 32402));
	}
	KUNIT_EXPECT_EQ(test, rules.seen, 4);
}

/* Whatever the hook does with the packet, it and its connection are gone: kmemleak looks. */
static void rule_b3_forward_with_any_verdict(struct kunit *test)
{
	static const u32 verdicts[] = { NF_ACCEPT, NF_DROP, NF_STOLEN, NF_QUEUE };
	struct sip_endpoint to;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++) {
		rules = (struct rules){ 1, 65535, "192.168.1.9", verdicts[i] };
		to = ask(test, 9, IPPROTO_UDP);
		KUNIT_EXPECT_TRUE(test, leads_to(test, to, "192.168.1.9", 9));
	}
}

static void rule_b3_forward_of_a_call(struct kunit *test)
{
	struct lab *lab = test->priv;

	/* RTP's port, and then the one above */
	rules = (struct rules){ 4000, 4000, "192.168.1.9", NF_ACCEPT };
	lab_phone(lab, "INVITE 1 a - call=one audio=4000");
	KUNIT_EXPECT_GE(test, (int)lab_audio(lab), 10240);
	rules = (struct rules){ 4003, 4003, "192.168.1.9", NF_ACCEPT };
	lab_phone(lab, "INVITE 1 a - call=two audio=4002");
	KUNIT_EXPECT_GE(test, (int)lab_audio(lab), 10240);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PORTS_FORWARDED), 2);
	/* its own */
	rules = (struct rules){ 4000, 4099, "192.168.1.2", NF_ACCEPT };
	lab_phone(lab, "INVITE 1 a - call=three audio=4004");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4004);
	/* the packet is one of the proxy's */
	KUNIT_EXPECT_EQ(test, rules.last.src.u3.ip, lab->proxy.ip);
}

static void rule_b3_forward_of_all(struct kunit *test)
{
	struct lab *lab = test->priv;

	rules = (struct rules){ 1, 65535, "192.168.1.9", NF_ACCEPT };
	lab_phone(lab, "INVITE 1 a - call=one audio=4000");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PORTS_FORWARDED), 0);
}

/* All that might be published is another's: the search ends, and the questions have a bound. */
static void rule_b3_forward_of_the_range(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab->set->media_ports = (struct sipalg_range){ 20000, 29999 };
	rules = (struct rules){ 18000, 65535, "192.168.1.9", NF_ACCEPT };
	lab_phone(lab, "INVITE 1 a - call=one audio=4000");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4000);
	KUNIT_EXPECT_FALSE(test, lab_is_reserved(lab, 4000));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_MEDIA_PORTS_FULL), 1);
	kunit_info(test, "%u questions\n", rules.seen);
	KUNIT_EXPECT_GE(test, rules.seen, 64);
	KUNIT_EXPECT_LE(test, rules.seen, 64 + 4 * 64);
}

static void rule_b3_forward_is_not_asked(struct kunit *test)
{
	struct lab *lab = test->priv;

	rules = (struct rules){ 1, 5000, "192.168.1.9", NF_ACCEPT };
	lab->set->keep_forwards = 0;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, (int)lab_audio(lab), 4000);
	KUNIT_EXPECT_EQ(test, rules.seen, 0);
}

/* A port is the host's own. */
static void rule_b3_forward_without_nat(struct kunit *test)
{
	struct lab *lab = test->priv;

	rules = (struct rules){ 1, 5000, "192.168.1.9", NF_ACCEPT };
	lab->is_nat = false;
	lab_phone(lab, "INVITE 1 a - audio=4000");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 4000), 1);
	KUNIT_EXPECT_EQ(test, rules.seen, 0);
}

static void rule_b3_forward_of_another_chain(struct kunit *test)
{
	rules = (struct rules){ 1, 65535, "192.168.1.9", NF_ACCEPT };
	nf_unregister_net_hook(&init_net, &hook);
	KUNIT_EXPECT_TRUE(test, leads_to(test, ask(test, 9, IPPROTO_UDP), PUBLIC, 9));
	KUNIT_EXPECT_EQ(test, nf_register_net_hook(&init_net, &chain), 0);
	KUNIT_EXPECT_TRUE(test, leads_to(test, ask(test, 9, IPPROTO_UDP), PUBLIC, 9));
	KUNIT_EXPECT_EQ(test, rules.seen, 0);
	nf_unregister_net_hook(&init_net, &chain);
	KUNIT_EXPECT_EQ(test, nf_register_net_hook(&init_net, &hook), 0);
}

static int setup(struct kunit *test)
{
	int err = lab_setup(test);

	return err ? err : nf_register_net_hook(&init_net, &hook);
}

static void teardown(struct kunit *test)
{
	nf_unregister_net_hook(&init_net, &hook);
	lab_teardown(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rule_b3_forward_is_asked),
	KUNIT_CASE(rule_b3_forward_with_any_verdict),
	KUNIT_CASE(rule_b3_forward_of_a_call),
	KUNIT_CASE(rule_b3_forward_of_all),
	KUNIT_CASE(rule_b3_forward_of_the_range),
	KUNIT_CASE(rule_b3_forward_is_not_asked),
	KUNIT_CASE(rule_b3_forward_without_nat),
	KUNIT_CASE(rule_b3_forward_of_another_chain),
	{}
};

static struct kunit_suite sipalg_forward_suite = {
	.name = "sipalg_forward",
	.init = setup,
	.exit = teardown,
	.test_cases = cases,
};

kunit_test_suites(&sipalg_forward_suite);
