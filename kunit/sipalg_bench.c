// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_bench: what a message costs in a helper, ours or the kernel's own.
 *
 * Both are driven alike: phones behind NAT, a connection each, and messages that are the same
 * but for the network's number.  A batch is one message of each phone; batches of nobody's
 * helper (the price of making the packet), of "sip" and of "sipalg" take turns.  A line says
 * what a message of a kind costs beyond the making of its packet:
 *
 *	sipalg_bench: WHAT HELPER BYTES ns_median ns_min ns_max
 *
 * Helper "none" is the making itself.  "bad" in the place of a number: the message was not
 * rewritten as it should have been.  All runs while the module loads.
 */
#define pr_fmt(fmt) "sipalg_bench: " fmt

#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/sort.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>

#include "sipalg_call.h"
#include "sipalg_call_timer.h"
#include "sipalg_compat.h"
#include "sipalg_net.h"
#include "sipalg_template.h"

static uint calls = 10;
module_param(calls, uint, 0444);
MODULE_PARM_DESC(calls, "calls in the table, beside those that are measured");

static uint rounds = 31;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "batches of each kind, size and helper");

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "the one kind that is measured");

static uint bytes_only;
module_param(bytes_only, uint, 0444);
MODULE_PARM_DESC(bytes_only, "the one size that is measured");

static bool alone;
module_param(alone, bool, 0444);
MODULE_PARM_DESC(alone, "ours alone, for a profiler");

enum {
	PHONES		= 64,		/* messages of a batch */
	TEXT_MAX	= 4608,
	SERIALS_MAX	= 6,
	SERIAL_LEN	= 7,		/* digits */
	FIRST_SERIAL	= 1000000,
	CROWDS		= 32,		/* phones of the other calls: each has an address */
	ROUNDS_MAX	= 1001,
	FORGET_S	= 40,		/* more than an INVITE waits, or an ended call is kept */
};

enum role { NONE, SIP, SIPALG, ROLES };

static const char * const role_names[ROLES] = { "none", "sip", SIPALG_NAME };

/* a phone: its addresses, and its connection to the proxy */
struct phone {
	struct nf_conn *ct;
	char self[16];
	char mapped[16];
	u16 port;
	u32 number;
};

/* a message before it is numbered */
struct form {
	char text[TEXT_MAX];
	u32 len;
	u32 n;
	u16 at[SERIALS_MAX];	/* where the number stands */
};

static struct phone phones[ROLES][PHONES];
static struct phone crowd[CROWDS];
static struct form forms[ROLES][PHONES];
static struct form body;
static u32 serial = FIRST_SERIAL;
static s64 times[ROLES][ROUNDS_MAX];

/* ---- messages -------------------------------------------------------------------- */

#define PROXY	"198.51.100.10"

/* "#" is the number; what is in angle brackets here is filled in */
#define DIALOG		"From: <sip:u@example.com>;tag=aa<flow>\r\n" \
			"To: <sip:b@example.com>;tag=bb<flow>\r\n"
#define BACK		"From: <sip:b@example.com>;tag=bb<flow>\r\n" \
			"To: <sip:u@example.com>;tag=aa<flow>\r\n"
#define PHONE_VIA	"Via: SIP/2.0/UDP <self>:5060;rport;branch=z9hG4bK#\r\n"
#define MAPPED_VIA	"Via: SIP/2.0/UDP <mapped>:<port>;rport;branch=z9hG4bK#\r\n"
#define PROXY_VIA	"Via: SIP/2.0/UDP " PROXY ":5060;branch=z9hG4bK#\r\n"
#define PHONE_CONTACT	"Contact: <sip:u@<self>:5060>\r\n"
#define PROXY_CONTACT	"Contact: <sip:b@" PROXY ":5060>\r\n"
#define ROUTE		"Max-Forwards: 70\r\n"

/**
 * struct kind - of messages
 * @what: its name
 * @head: the header section, without Content-* and what fills it up
 * @media: port of the media section, to which the phone's number is added; 0: there is no SDP
 * @is_reply: it comes from the proxy
 * @before: what goes before each batch, unmeasured
 * @begins_call: what it makes is dropped after each batch
 * @is_refused: it is over a limit
 */
struct kind {
	const char *what;
	const char *head;
	u16 media;
	bool is_reply;
	const struct kind *before;
	bool begins_call;
	bool is_refused;
};

static const struct kind open_call = {
	"open", "INVITE sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE
	"From: <sip:u@example.com>;tag=aa<flow>\r\nTo: <sip:b@example.com>\r\n"
	"Call-ID: kept-<flow>@example.com\r\nCSeq: # INVITE\r\n" PHONE_CONTACT, 10000,
};

static const struct kind answer_call = {
	"answer", "SIP/2.0 200 OK\r\n" MAPPED_VIA DIALOG
	"Call-ID: kept-<flow>@example.com\r\nCSeq: # INVITE\r\n" PROXY_CONTACT, 40000, true,
};

static const struct kind invite_in = {
	"re-INVITE-in", "INVITE sip:u@<mapped>:<port> SIP/2.0\r\n" PROXY_VIA ROUTE BACK
	"Call-ID: kept-<flow>@example.com\r\nCSeq: # INVITE\r\n" PROXY_CONTACT, 40000, true,
};

/* a call that is up and is hung up by the other side, before the answer that ends it */
#define NEW_DIALOG	"From: <sip:u@example.com>;tag=aa#\r\n" \
			"To: <sip:b@example.com>;tag=bb#\r\nCall-ID: e-#@example.com\r\n"
#define NEW_BACK	"From: <sip:b@example.com>;tag=bb#\r\n" \
			"To: <sip:u@example.com>;tag=aa#\r\nCall-ID: e-#@example.com\r\n"

static const struct kind new_call = {
	"new-call", "INVITE sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE
	"From: <sip:u@example.com>;tag=aa#\r\nTo: <sip:b@example.com>\r\n"
	"Call-ID: e-#@example.com\r\nCSeq: 1 INVITE\r\n" PHONE_CONTACT, 20000,
};

static const struct kind new_answer = {
	"new-answer", "SIP/2.0 200 OK\r\n" MAPPED_VIA NEW_DIALOG "CSeq: 1 INVITE\r\n"
	PROXY_CONTACT, 40000, true, .before = &new_call,
};

static const struct kind new_bye = {
	"new-bye", "BYE sip:u@<mapped>:<port> SIP/2.0\r\n" PROXY_VIA ROUTE NEW_BACK
	"CSeq: 1 BYE\r\n", .is_reply = true, .before = &new_answer,
};

static const struct kind crowd_call = {
	"crowd", "INVITE sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE
	"From: <sip:u@example.com>;tag=aa#\r\nTo: <sip:b@example.com>\r\n"
	"Call-ID: crowd-#@example.com\r\nCSeq: 1 INVITE\r\n" PHONE_CONTACT, 2000,
};

static const struct kind crowd_answer = {
	"crowd-answer", "SIP/2.0 200 OK\r\n" MAPPED_VIA
	"From: <sip:u@example.com>;tag=aa#\r\nTo: <sip:b@example.com>;tag=bb#\r\n"
	"Call-ID: crowd-#@example.com\r\nCSeq: 1 INVITE\r\n" PROXY_CONTACT, .is_reply = true,
};

static const struct kind kinds[] = {
	{ "OPTIONS", "OPTIONS sip:" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE
	  "From: <sip:u@example.com>;tag=#\r\nTo: <sip:b@example.com>\r\n"
	  "Call-ID: o-#@example.com\r\nCSeq: # OPTIONS\r\n" PHONE_CONTACT },
	{ "REGISTER", "REGISTER sip:example.com SIP/2.0\r\n" PHONE_VIA ROUTE
	  "From: <sip:u@example.com>;tag=#\r\nTo: <sip:u@example.com>\r\n"
	  "Call-ID: r-<flow>@example.com\r\nCSeq: # REGISTER\r\n" PHONE_CONTACT
	  "Expires: 3600\r\n" },
	{ "INVITE", "INVITE sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE
	  "From: <sip:u@example.com>;tag=aa#\r\nTo: <sip:b@example.com>\r\n"
	  "Call-ID: n-#@example.com\r\nCSeq: # INVITE\r\n" PHONE_CONTACT, 20000,
	  .begins_call = true },
	{ "re-INVITE", "INVITE sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE DIALOG
	  "Call-ID: kept-<flow>@example.com\r\nCSeq: # INVITE\r\n" PHONE_CONTACT, 10000 },
	{ "200-SDP", "SIP/2.0 200 OK\r\n" PROXY_VIA BACK
	  "Call-ID: kept-<flow>@example.com\r\nCSeq: # INVITE\r\n" PHONE_CONTACT, 10000,
	  .before = &invite_in },
	{ "200", "SIP/2.0 200 OK\r\n" PROXY_VIA BACK
	  "Call-ID: kept-<flow>@example.com\r\nCSeq: # INFO\r\n" PHONE_CONTACT },
	{ "INFO", "INFO sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE DIALOG
	  "Call-ID: kept-<flow>@example.com\r\nCSeq: # INFO\r\n" PHONE_CONTACT },
	{ "BYE", "BYE sip:b@" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE DIALOG
	  "Call-ID: kept-<flow>@example.com\r\nCSeq: # BYE\r\n" },
	{ "200-BYE", "SIP/2.0 200 OK\r\n" PROXY_VIA NEW_BACK "CSeq: 1 BYE\r\n" PHONE_CONTACT,
	  .before = &new_bye, .begins_call = true },
	{ "refused", "OPTIONS sip:" PROXY " SIP/2.0\r\n" PHONE_VIA ROUTE
	  "From: <sip:u@example.com>;tag=#\r\nTo: <sip:b@example.com>\r\n"
	  "Call-ID: o-#@example.com\r\nCSeq: # OPTIONS\r\n" PHONE_CONTACT, .is_refused = true },
};

static void put(struct form *f, const char *s, u32 len)
{
	len = min_t(u32, len, TEXT_MAX - f->len);
	memcpy(f->text + f->len, s, len);
	f->len += len;
}

static void put_text(struct form *f, const char *s)
{
	put(f, s, strlen(s));
}

/* @s, filled in. */
static void put_filled(struct form *f, const char *s, const struct phone *p)
{
	char port[8], number[8];
	const struct { const char *mark, *text; } words[] = {
		{ "<self>", p->self }, { "<mapped>", p->mapped }, { "<port>", port },
		{ "<flow>", number }, { "#", "0000000" },
	};
	u32 i;

	scnprintf(port, sizeof(port), "%u", p->port);
	scnprintf(number, sizeof(number), "%03u", p->number);
	while (*s) {
		for (i = 0; i < ARRAY_SIZE(words); i++)
			if (!strncmp(s, words[i].mark, strlen(words[i].mark)))
				break;
		if (i == ARRAY_SIZE(words)) {
			put(f, s++, 1);
			continue;
		}
		if (*s == '#' && f->n < SERIALS_MAX)
			f->at[f->n++] = f->len;
		put_text(f, words[i].text);
		s += strlen(words[i].mark);
	}
}

/* Lines of the list, then of its last two again and again, up to @end; the last one is cut. */
static void put_lines(struct form *f, const char * const *lines, u32 n, u32 end)
{
	u32 i;

	for (i = 0; f->len + 8 < end; i++) {
		const char *line = lines[i < n ? i : n - 2 + (i & 1)];
		u32 len = strlen(line), left = end - f->len;

		if (len > left) {
			put(f, line, left - 2);
			put_text(f, "\r\n");
		} else {
			put_text(f, line);
		}
	}
}

static void put_body(struct form *f, const struct kind *kind, const struct phone *p, u16 port)
{
	char line[48];

	f->len = 0;
	if (!kind->media)
		return;
	put_text(f, "v=0\r\no=- 1 1 IN IP4 ");
	put_text(f, kind->is_reply ? PROXY : p->self);
	put_text(f, "\r\ns=-\r\nc=IN IP4 ");
	put_text(f, kind->is_reply ? PROXY : p->self);
	scnprintf(line, sizeof(line), "\r\nt=0 0\r\nm=audio %u RTP/AVP 0 8\r\n", port);
	put_text(f, line);
}

/* A message of @bytes, or of as many as it needs. */
static void form_make(struct form *f, const struct kind *kind, const struct phone *p, u16 port,
		      u32 bytes)
{
	static const char * const more[] = {
		"Allow: INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER\r\n",
		"Supported: replaces, timer, path, 100rel\r\n",
		"User-Agent: Bench/1.0 (a phone like others)\r\n",
		"X-Vendor-Data: 0123456789abcdef0123456789abcdef0123456789abcdef\r\n",
		"X-Vendor-Trace: cluster-7;node=edge-12;shard=4;flags=0x1f\r\n",
	};
	static const char * const codecs[] = {
		"a=rtpmap:0 PCMU/8000\r\n", "a=rtpmap:8 PCMA/8000\r\n", "a=sendrecv\r\n",
		"a=fmtp:101 0-16,32,36,64\r\n", "a=x-vendor:0123456789abcdef\r\n",
	};
	char line[80];
	int missing;

	f->len = 0;
	f->n = 0;
	put_filled(f, kind->head, p);
	put_body(&body, kind, p, port);
	missing = bytes - f->len - body.len - (kind->media ? 56 : 21);
	if (kind->media && missing > 0)
		put_lines(&body, codecs, ARRAY_SIZE(codecs), body.len + missing / 2);
	if (kind->media)
		scnprintf(line, sizeof(line),
			  "Content-Type: application/sdp\r\nContent-Length: %u\r\n\r\n", body.len);
	else
		scnprintf(line, sizeof(line), "Content-Length: 0\r\n\r\n");
	put_lines(f, more, ARRAY_SIZE(more), max_t(int, bytes - strlen(line) - body.len, 0));
	put_text(f, line);
	put(f, body.text, body.len);
}

/* ---- packets --------------------------------------------------------------------- */

static struct sk_buff *packet_make(__be32 from, u16 from_port, __be32 to, u16 to_port, u32 len)
{
	u32 headers = sizeof(struct iphdr) + sizeof(struct udphdr);
	struct sk_buff *skb = alloc_skb(128 + headers + len, GFP_ATOMIC);
	struct udphdr *udph;
	struct iphdr *iph;

	if (!skb)
		return NULL;
	skb_reserve(skb, 64);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	skb_set_transport_header(skb, sizeof(*iph));
	udph = skb_put_zero(skb, sizeof(*udph));
	skb_put(skb, len);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->ttl = 64;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = from;
	iph->daddr = to;
	iph->tot_len = htons(skb->len);
	ip_send_check(iph);
	udph->source = htons(from_port);
	udph->dest = htons(to_port);
	udph->len = htons(sizeof(*udph) + len);
	skb->protocol = htons(ETH_P_IP);
	/* as a packet is that another namespace sent */
	udph->check = ~csum_tcpudp_magic(from, to, sizeof(*udph) + len, IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	return skb;
}

/* The message @f with that number, as the helper finds it: behind NAT for the headers. */
static struct sk_buff *message_make(const struct form *f, const struct kind *kind,
				    const struct phone *p, u32 number)
{
	const struct nf_conntrack_tuple *there = &p->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *back = &p->ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	char digits[SERIAL_LEN], *text;
	struct sk_buff *skb;
	u32 i;

	if (kind->is_reply)
		skb = packet_make(there->dst.u3.ip, 5060, there->src.u3.ip, 5060, f->len);
	else
		skb = packet_make(back->dst.u3.ip, ntohs(back->dst.u.all), back->src.u3.ip, 5060,
				  f->len);
	if (!skb)
		return NULL;
	text = skb->data + sizeof(struct iphdr) + sizeof(struct udphdr);
	memcpy(text, f->text, f->len);
	for (i = SERIAL_LEN; i--; number /= 10)
		digits[i] = '0' + number % 10;
	for (i = 0; i < f->n; i++)
		memcpy(text + f->at[i], digits, SERIAL_LEN);
	nf_conntrack_get(&p->ct->ct_general);
	nf_ct_set(skb, p->ct, kind->is_reply ? IP_CT_ESTABLISHED_REPLY : IP_CT_ESTABLISHED);
	return skb;
}

static int call_helper(struct sk_buff *skb, struct nf_conn *ct)
{
	const struct nf_conntrack_helper *helper = rcu_dereference(nfct_help(ct)->helper);

	return helper->help(skb, sizeof(struct iphdr), ct, skb_get_nfct(skb) & NFCT_INFOMASK);
}

/* One message of each phone.  Return: nanoseconds; < 0: no memory. */
static s64 batch(enum role role, const struct kind *kind, u32 first)
{
	s64 since;
	u32 i;

	local_bh_disable();
	rcu_read_lock();
	since = ktime_get_ns();
	for (i = 0; i < PHONES; i++) {
		const struct phone *p = &phones[role == NONE ? SIPALG : role][i];
		struct sk_buff *skb = message_make(&forms[role][i], kind, p, first + i);

		if (!skb)
			break;
		if (role != NONE)
			call_helper(skb, p->ct);
		kfree_skb(skb);
	}
	since = ktime_get_ns() - since;
	rcu_read_unlock();
	local_bh_enable();
	return i == PHONES ? since : -ENOMEM;
}

/* ---- phones ---------------------------------------------------------------------- */

static int no_okfn(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

static bool run_hooks(struct sk_buff *skb, unsigned int hook)
{
	struct net_device *lo = init_net.loopback_dev;

	return nf_hook(NFPROTO_IPV4, hook, &init_net, NULL, skb, lo, lo, no_okfn) == 1;
}

static bool masquerade(struct nf_conn *ct, const struct phone *p)
{
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
		.min_addr.ip = in_aton(p->mapped),
		.max_addr.ip = in_aton(p->mapped),
		.min_proto.all = htons(p->port),
		.max_proto.all = htons(p->port),
	};

	return nf_nat_setup_info(ct, &range, NF_NAT_MANIP_SRC) == NF_ACCEPT;
}

/* A keep-alive of the phone makes its connection. */
static int phone_open(struct phone *p, struct nf_conn *tmpl)
{
	struct sk_buff *skb = packet_make(in_aton(p->self), 5060, in_aton(PROXY), 5060, 4);
	enum ip_conntrack_info ctinfo;
	int err = -EIO;

	if (!skb)
		return -ENOMEM;
	memcpy(skb->data + sizeof(struct iphdr) + sizeof(struct udphdr), "\r\n\r\n", 4);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	nf_conntrack_get(&tmpl->ct_general);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	local_bh_disable();
	if (!run_hooks(skb, NF_INET_PRE_ROUTING))
		goto unlock;
	p->ct = nf_ct_get(skb, &ctinfo);
	if (!p->ct || !masquerade(p->ct, p) || !run_hooks(skb, NF_INET_POST_ROUTING)) {
		p->ct = NULL;
		goto free;
	}
	nf_conntrack_get(&p->ct->ct_general);
	WRITE_ONCE(p->ct->timeout, nfct_time_stamp + 3600 * HZ);
	err = 0;
free:
	kfree_skb(skb);
unlock:
	local_bh_enable();
	return err;
}

static void phone_close(struct phone *p)
{
	if (!p->ct)
		return;
	nf_ct_delete(p->ct, 0, 0);
	nf_ct_put(p->ct);
	p->ct = NULL;
}

static struct nf_conn *templates[ROLES];

static int phones_open(void)
{
	enum role role;
	int err = 0;
	u32 i;

	for (role = SIP; role < ROLES && !err; role++)
		for (i = 0; i < PHONES && !err; i++) {
			struct phone *p = &phones[role][i];

			scnprintf(p->self, sizeof(p->self), "10.%u.0.%u", role, 100 + i);
			scnprintf(p->mapped, sizeof(p->mapped), "203.0.113.%u", role);
			p->port = 50000 + i;
			p->number = i;
			err = phone_open(p, templates[role]);
		}
	for (i = 0; i < CROWDS && !err; i++) {
		scnprintf(crowd[i].self, sizeof(crowd[i].self), "10.9.0.%u", 100 + i);
		scnprintf(crowd[i].mapped, sizeof(crowd[i].mapped), "203.0.114.%u", 100 + i);
		crowd[i].port = 5060;
		crowd[i].number = i;
		err = phone_open(&crowd[i], templates[SIPALG]);
	}
	return err;
}

static void phones_close(void)
{
	u32 role, i;

	for (role = 0; role < ROLES; role++)
		for (i = 0; i < PHONES; i++)
			phone_close(&phones[role][i]);
	for (i = 0; i < CROWDS; i++)
		phone_close(&crowd[i]);
}

/* ---- settings and time ----------------------------------------------------------- */

static struct sipalg_settings *was;
static struct sipalg_settings *set;

static void settings_replace(struct sipalg_settings *next)
{
	struct sipalg_net *sn = sipalg_pernet(&init_net);

	mutex_lock(&sn->settings_lock);
	rcu_assign_pointer(sn->settings, next);
	mutex_unlock(&sn->settings_lock);
	synchronize_rcu();
}

/* Limits are in force, but nobody is over them, and nothing ends by itself. */
static int settings_open(void)
{
	static const struct sipalg_rate wide = { 1000000, 1000000 };

	was = rcu_dereference_raw(sipalg_pernet(&init_net)->settings);
	set = kmemdup(was, sizeof(*was), GFP_KERNEL);
	if (!set)
		return -ENOMEM;
	set->source_invite = wide;
	set->source_register = wide;
	set->source_options = wide;
	set->source_subscribe = wide;
	set->source_other = wide;
	set->source_response = wide;
	set->destination_invite = wide;
	set->destination_register = wide;
	set->calls_per_host = 1000000;
	set->calls_max = 1000000;
	set->pinholes_max = 10000000;
	set->call_timeout = 1000000;
	settings_replace(set);
	return 0;
}

static void settings_close(void)
{
	WRITE_ONCE(sipalg_pernet(&init_net)->clock, 0);
	settings_replace(was);
	kfree(set);
}

/* What @source_options and @media_source are, from now on. */
static void settings_change(struct sipalg_rate options, u32 media_source)
{
	set->source_options = options;
	WRITE_ONCE(set->media_source, media_source);
	synchronize_rcu();
}

static void time_passes(u32 seconds)
{
	struct sipalg_net *sn = sipalg_pernet(&init_net);

	WRITE_ONCE(sn->clock, sn->clock + seconds * HZ);
	rcu_read_lock();
	sipalg_call_gc(sn);
	rcu_read_unlock();
}

/* Calls that were begun, and are not among those that are kept, go. */
static void forget_calls(enum role role)
{
	u32 i;

	if (role == SIP)
		for (i = 0; i < PHONES; i++)
			nf_ct_remove_expectations(phones[role][i].ct);
	if (role != SIPALG)
		return;
	time_passes(FORGET_S);
	time_passes(FORGET_S);
	rcu_barrier();
}

/* ---- measurement ----------------------------------------------------------------- */

static u32 make_forms(const struct kind *kind, u32 bytes)
{
	enum role role;
	u32 i;

	for (role = NONE; role < ROLES; role++)
		for (i = 0; i < PHONES; i++)
			form_make(&forms[role][i], kind, &phones[role == NONE ? SIPALG : role][i],
				  kind->media + 4 * i, bytes);
	return forms[SIPALG][0].len;
}

/* A message that is not measured of every phone. */
static void tell_all(const struct kind *kind, u32 first)
{
	enum role role;

	make_forms(kind, 0);
	for (role = SIP; role < ROLES; role++)
		batch(role, kind, first);
}

/* Whether the first phone's message leaves as it should. */
static bool is_right(enum role role, const struct kind *kind, u32 first)
{
	const struct phone *p = &phones[role][0];
	struct sk_buff *skb;
	bool right = false;
	int verdict;

	local_bh_disable();
	rcu_read_lock();
	skb = message_make(&forms[role][0], kind, p, first);
	if (skb) {
		u32 headers = sizeof(struct iphdr) + sizeof(struct udphdr);
		const char *text;

		verdict = call_helper(skb, p->ct);
		text = skb->data + headers;
		right = kind->is_refused && role == SIPALG ? verdict == NF_DROP :
			verdict == NF_ACCEPT && strnstr(text, p->mapped, skb->len - headers) &&
			(!kind->media || !strnstr(text, "IP4 10.", skb->len - headers));
		kfree_skb(skb);
	}
	rcu_read_unlock();
	local_bh_enable();
	return right;
}

static int compare(const void *a, const void *b)
{
	s64 x = *(const s64 *)a, y = *(const s64 *)b;

	return x < y ? -1 : x > y;
}

static void report(const struct kind *kind, enum role role, u32 bytes, bool is_good)
{
	s64 *t = times[role];

	if (!is_good) {
		pr_info("%s %s %u bad\n", kind->what, role_names[role], bytes);
		return;
	}
	sort(t, rounds, sizeof(*t), compare, NULL);
	pr_info("%s %s %u %lld %lld %lld\n", kind->what, role_names[role], bytes,
		div_s64(t[rounds / 2], PHONES), div_s64(t[0], PHONES),
		div_s64(t[rounds - 1], PHONES));
}

static void tell_before(const struct kind *kind, u32 first)
{
	if (!kind->before)
		return;
	tell_before(kind->before, first);
	tell_all(kind->before, first);
}

/* All helpers once.  The forms of @before are small, so they are made again. */
static int round_of(const struct kind *kind, u32 bytes, u32 i)
{
	enum role role;

	if (kind->before) {
		tell_before(kind, serial);
		make_forms(kind, bytes);
	}
	for (role = NONE; role < ROLES; role++) {
		if (alone && role == SIP)
			continue;
		times[role][i] = batch(role, kind, serial);
		if (times[role][i] < 0)
			return -ENOMEM;
		if (role != NONE)
			times[role][i] -= times[NONE][i];
		if (kind->begins_call)
			forget_calls(role);
	}
	serial += PHONES;
	cond_resched();
	return 0;
}

static int measure(const struct kind *kind, u32 bytes)
{
	static const struct sipalg_rate wide = { 1000000, 1000000 }, narrow = { 1, 1 };
	u32 len = make_forms(kind, bytes), i;
	bool is_good[ROLES] = { true };
	enum role role;
	int err = 0;

	settings_change(kind->is_refused ? narrow : wide, SIPALG_MEDIA_ANY);
	/* the first two rounds warm up, and leave no time behind */
	for (i = 0; i < 2 && !err; i++)
		err = round_of(kind, bytes, 0);
	for (i = 0; i < rounds && !err; i++)
		err = round_of(kind, bytes, i);
	if (err)
		return err;
	serial -= PHONES;	/* of the last round: its copies are as good */
	for (role = SIP; role < ROLES; role++)
		is_good[role] = is_right(role, kind, serial);
	serial += PHONES;
	if (kind->begins_call)
		for (role = SIP; role < ROLES; role++)
			forget_calls(role);
	for (role = NONE; role < ROLES; role++)
		report(kind, role, len, is_good[role]);
	return 0;
}

/* A message of one phone, which is not measured. */
static int tell(const struct kind *kind, const struct phone *p, u16 port)
{
	struct sk_buff *skb;

	form_make(&forms[NONE][0], kind, p, port, 0);
	local_bh_disable();
	rcu_read_lock();
	skb = message_make(&forms[NONE][0], kind, p, serial);
	if (skb)
		call_helper(skb, p->ct);
	kfree_skb(skb);
	rcu_read_unlock();
	local_bh_enable();
	return skb ? 0 : -ENOMEM;
}

static s64 count(enum sipalg_stat stat)
{
	struct sipalg_net *sn = sipalg_pernet(&init_net);
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(sn->counters, cpu)->n[stat];
	return sum;
}

/* The other calls.  Their streams flow, so nothing waits for them in the kernel's table. */
static int fill(void)
{
	static const struct sipalg_rate wide = { 1000000, 1000000 };
	u32 i;
	int err = 0;

	settings_change(wide, SIPALG_MEDIA_ANNOUNCED);
	for (i = 0; i < calls && !err; i++, serial++) {
		const struct phone *p = &crowd[i % CROWDS];
		u16 port = crowd_call.media + 4 * (i / CROWDS);

		err = tell(&crowd_call, p, port);
		if (!err)
			err = tell(&crowd_answer, p, 0);
		cond_resched();
	}
	settings_change(wide, SIPALG_MEDIA_ANY);
	pr_info("calls %lld\n", count(SIPALG_STAT_CALLS_ADDED) - count(SIPALG_STAT_CALLS_ENDED));
	return err;
}

static int measure_all(void)
{
	static const u32 sizes[] = { 400, 740, 4000 };
	u32 i, k;
	int err = 0;

	for (k = 0; k < ARRAY_SIZE(kinds) && !err; k++)
		for (i = 0; i < ARRAY_SIZE(sizes) && !err; i++)
			if ((!*only || !strcmp(only, kinds[k].what)) &&
			    (!bytes_only || bytes_only == sizes[i]))
				err = measure(&kinds[k], sizes[i]);
	return err;
}

static int bench(void)
{
	int err = phones_open();

	if (err)
		return err;
	err = fill();
	if (err)
		return err;
	tell_all(&open_call, serial);
	tell_all(&answer_call, serial);
	serial += PHONES;
	return measure_all();
}

/* ---- module ---------------------------------------------------------------------- */

static int __init sipalg_bench_init(void)
{
	int err = nf_ct_netns_get(&init_net, NFPROTO_IPV4);

	if (err)
		return err;
	rounds = clamp(rounds, 3U, (u32)ROUNDS_MAX);
	calls = min(calls, 350000U);	/* as many as there are ports */
	err = settings_open();
	if (err)
		goto netns_put;
	templates[SIP] = template_alloc(role_names[SIP]);
	templates[SIPALG] = template_alloc(role_names[SIPALG]);
	err = templates[SIP] && templates[SIPALG] ? bench() : -ENOENT;
	phones_close();
	template_free(templates[SIP]);
	template_free(templates[SIPALG]);
	time_passes(2000000);
	time_passes(FORGET_S);
	settings_close();
netns_put:
	nf_ct_netns_put(&init_net, NFPROTO_IPV4);
	pr_info("end %d\n", err);
	return err;
}

static void __exit sipalg_bench_exit(void)
{
}

module_init(sipalg_bench_init);
module_exit(sipalg_bench_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Cost of a message in the SIP ALG and in the kernel's own helper");
SIPALG_IMPORT_NS;
