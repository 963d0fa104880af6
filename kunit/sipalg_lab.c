// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_lab: see sipalg_lab.h.
 *
 * Packets run through the hooks of conntrack itself: init_conntrack() finds the
 * expectations, our own hook relates what a host sends first, and the helper
 * runs where it always runs.  Only routing and the NAT rule are played here.
 */
#include <linux/ctype.h>
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/udp.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>

#include "sipalg_binding.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_shut.h"
#include "sipalg_source.h"
#include "sipalg_compat.h"
#include "sipalg_lab.h"
#include "sipalg_template.h"

#define PHONE_IP	"192.168.1.2"
#define PUBLIC_IP	"203.0.113.1"
#define PROXY_IP	"203.0.113.2"

struct lab_end lab_end(const char *ip, u16 port)
{
	return (struct lab_end){ in_aton(ip), port };
}

/* All but the two networks that are outside: who sends may say that it is anybody. */
static bool is_inside(__be32 ip)
{
	u32 net = ntohl(ip) & 0xffffff00;

	return net != 0xcb007100 && net != 0xc6336400;	/* 203.0.113.0/24, 198.51.100.0/24 */
}

static __be32 outside_ip(const struct lab *lab)
{
	return lab->is_nat ? in_aton(PUBLIC_IP) : lab->phone.ip;
}

/* The digits at the beginning of @s. */
static u32 number(const char *s)
{
	u32 n = 0;

	while (isdigit(*s))
		n = 10 * n + *s++ - '0';
	return n;
}

/* ---- packets --------------------------------------------------------------------- */

/* A text and a message: LAB_NUL and NUL. */
static void swap_bytes(char *p, u32 len, char old, char new)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (p[i] == old)
			p[i] = new;
}

static struct sk_buff *packet_alloc(struct lab_end from, struct lab_end to, const char *text)
{
	u32 len = strlen(text);
	struct sk_buff *skb = alloc_skb(128 + sizeof(struct iphdr) + sizeof(struct udphdr) + len,
					GFP_KERNEL);
	struct udphdr *udph;
	struct iphdr *iph;

	if (!skb)
		return NULL;
	skb_reserve(skb, 64);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	skb_set_transport_header(skb, sizeof(*iph));
	udph = skb_put_zero(skb, sizeof(*udph));
	swap_bytes(skb_put_data(skb, text, len), len, LAB_NUL[0], '\0');
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->ttl = 64;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = from.ip;
	iph->daddr = to.ip;
	iph->tot_len = htons(skb->len);
	udph->source = htons(from.port);
	udph->dest = htons(to.port);
	udph->len = htons(sizeof(*udph) + len);
	skb->protocol = htons(ETH_P_IP);
	return skb;
}

static int no_okfn(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

/* Return: whether the packet is still there. */
static bool run_hooks(struct sk_buff *skb, unsigned int hook)
{
	struct net_device *lo = init_net.loopback_dev;
	int ret;

	local_bh_disable();
	ret = nf_hook(NFPROTO_IPV4, hook, &init_net, NULL, skb, lo, lo, no_okfn);
	local_bh_enable();
	return ret == 1;
}

/* What a masquerading rule does for what goes from inside to outside. */
static void masquerade(struct lab *lab, struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	const struct nf_conntrack_tuple *t;
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS,
		.min_addr.ip = in_aton(PUBLIC_IP),
		.max_addr.ip = in_aton(PUBLIC_IP),
	};

	if (!lab->is_nat || !ct || nf_ct_is_confirmed(ct) || ct->status & IPS_SRC_NAT_DONE)
		return;
	t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	if (!is_inside(t->src.u3.ip) || is_inside(t->dst.u3.ip))
		return;
	if (lab->mapped_port && t->src.u3.ip == lab->phone.ip &&
	    ntohs(t->src.u.all) == lab->phone.port) {
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
		range.min_proto.all = htons(lab->mapped_port);
		range.max_proto.all = htons(lab->mapped_port);
	}
	local_bh_disable();
	nf_nat_setup_info(ct, &range, NF_NAT_MANIP_SRC);
	local_bh_enable();
}

static void look_at(struct lab *lab, const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	const struct nf_conntrack_tuple *back;

	if (!ct)
		return;
	back = &ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple;
	lab->led_to = (struct lab_end){ back->src.u3.ip, ntohs(back->src.u.all) };
	lab->left_from = (struct lab_end){ back->dst.u3.ip, ntohs(back->dst.u.all) };
	lab->came_to = ntohs(((const struct udphdr *)(skb->data + sizeof(struct iphdr)))->dest);
	lab->is_related = test_bit(IPS_EXPECTED_BIT, &ct->status);
}

/* What the machine has taken since the last packet is no time of a case: it may be a slow one. */
static void hold_time(struct lab *lab)
{
	unsigned long now = jiffies;

	WRITE_ONCE(lab->sn->clock, lab->sn->clock - (now - lab->seen));
	lab->seen = now;
}

static void pass_packet(struct lab *lab, struct lab_end from, struct lab_end to, const char *text)
{
	struct sk_buff *skb = packet_alloc(from, to, text);
	u32 len;

	hold_time(lab);
	lab->out[0] = '\0';
	lab->is_related = false;
	lab->led_to = (struct lab_end){};
	lab->left_from = (struct lab_end){};
	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, skb);
	if (is_inside(from.ip) && to.port == lab->proxy.port) {
		nf_conntrack_get(&lab->tmpl->ct_general);
		nf_ct_set(skb, lab->tmpl, IP_CT_NEW);
	}
	if (!run_hooks(skb, NF_INET_PRE_ROUTING))
		return;
	masquerade(lab, skb);
	if (!run_hooks(skb, NF_INET_POST_ROUTING))
		return;
	look_at(lab, skb);
	len = min_t(u32, skb->len - 28, LAB_TEXT_MAX - 1);
	skb_copy_bits(skb, 28, lab->out, len);
	swap_bytes(lab->out, len, '\0', LAB_NUL[0]);
	lab->out[len] = '\0';
	kfree_skb(skb);
}

u16 lab_media_in(struct lab *lab, struct lab_end from, u16 port)
{
	pass_packet(lab, from, (struct lab_end){ outside_ip(lab), port }, "\x80rtp");
	return lab->is_related ? lab->led_to.port : 0;
}

u16 lab_media_out(struct lab *lab, u16 port, struct lab_end to)
{
	pass_packet(lab, (struct lab_end){ lab->phone.ip, port }, to, "\x80rtp");
	return lab->is_related ? lab->left_from.port : 0;
}

/* ---- messages -------------------------------------------------------------------- */

static const char * const method_names[] = {
	[SIP_METHOD_OTHER] = "FOO", [SIP_INVITE] = "INVITE", [SIP_ACK] = "ACK",
	[SIP_BYE] = "BYE", [SIP_CANCEL] = "CANCEL", [SIP_PRACK] = "PRACK",
	[SIP_UPDATE] = "UPDATE", [SIP_REGISTER] = "REGISTER", [SIP_OPTIONS] = "OPTIONS",
	[SIP_SUBSCRIBE] = "SUBSCRIBE", [SIP_NOTIFY] = "NOTIFY", [SIP_PUBLISH] = "PUBLISH",
	[SIP_INFO] = "INFO", [SIP_REFER] = "REFER", [SIP_MESSAGE] = "MESSAGE",
};

static void read_end(char *value, struct lab_end *end)
{
	char *port = strchr(value, ':');

	end->port = 5060;
	if (port) {
		*port++ = '\0';
		end->port = number(port);
	}
	end->ip = in_aton(value);
}

static void read_option(struct lab *lab, char *word)
{
	struct lab_msg *m = &lab->msg;
	char *value = strchr(word, '=');

	KUNIT_ASSERT_NOT_NULL(lab->test, value);
	*value++ = '\0';
	if (!strcmp(word, "call"))
		strscpy(m->call, value, LAB_WORD_MAX);
	else if (!strcmp(word, "branch"))
		strscpy(m->branch, value, LAB_WORD_MAX);
	else if (!strcmp(word, "user"))
		strscpy(m->user, value, LAB_WORD_MAX);
	else if (!strcmp(word, "uri"))
		strscpy(m->uri, value, LAB_WORD_MAX);
	else if (!strcmp(word, "dir"))
		strscpy(m->dir, value, LAB_WORD_MAX);
	else if (!strcmp(word, "se"))
		m->session_s = number(value);
	else if (!strcmp(word, "audio"))
		m->audio = number(value);
	else if (!strcmp(word, "rtcp"))
		m->rtcp = number(value);
	else if (!strcmp(word, "at"))
		m->at = in_aton(value);
	else if (!strcmp(word, "contact"))
		read_end(value, &m->contact);
	else
		KUNIT_FAIL(lab->test, "no option %s", word);
}

static char *next_word(char **line)
{
	char *word;

	do {
		word = strsep(line, " ");
	} while (word && !*word);
	return word ? word : "-";
}

static void read_tag(char *tag, const char *word)
{
	strscpy(tag, strcmp(word, "-") ? word : "", LAB_WORD_MAX);
}

void lab_read(struct lab *lab, const char *line)
{
	char *copy = kunit_kzalloc(lab->test, strlen(line) + 1, GFP_KERNEL), *text = copy;
	struct lab_msg *m = &lab->msg;
	char *word;
	int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, copy);
	strcpy(copy, line);
	memset(m, 0, sizeof(*m));
	strscpy(m->call, "one", LAB_WORD_MAX);
	strscpy(m->user, "bob", LAB_WORD_MAX);
	strscpy(m->uri, "bob", LAB_WORD_MAX);
	word = next_word(&text);
	if (isdigit(*word)) {
		m->status = number(word);
		word = next_word(&text);
	}
	i = match_string(method_names, ARRAY_SIZE(method_names), word);
	KUNIT_ASSERT_GE_MSG(lab->test, i, 0, "no method in '%s'", line);
	m->method = i;
	m->cseq = number(next_word(&text));
	read_tag(m->from, next_word(&text));
	read_tag(m->to, next_word(&text));
	while (text)
		read_option(lab, next_word(&text));
	kunit_kfree(lab->test, copy);
}

/* RFC 3261 17: a CANCEL has the branch of what it cancels, and so has the ACK of a refusal. */
static const char *branch_of(struct lab_msg *m)
{
	u8 method = m->method == SIP_CANCEL ? SIP_INVITE : m->method;

	if (!m->branch[0])
		snprintf(m->branch, LAB_WORD_MAX, "%s%u%s", m->from, m->cseq,
			 method_names[method]);
	return m->branch;
}

static void add(struct lab *lab, const char *fmt, ...)
	__printf(2, 3);

static void add(struct lab *lab, const char *fmt, ...)
{
	u32 len = strlen(lab->in);
	va_list args;

	va_start(args, fmt);
	vsnprintf(lab->in + len, LAB_TEXT_MAX - len, fmt, args);
	va_end(args);
}

static void add_body(struct lab *lab, char *sdp, __be32 from)
{
	const struct lab_msg *m = &lab->msg;
	__be32 ip = m->at ? m->at : from;
	u32 len;

	if (lab->body) {
		add(lab, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		    lab->type ? lab->type : "application/sdp", strlen(lab->body), lab->body);
		return;
	}
	if (!m->audio) {
		add(lab, "Content-Length: 0\r\n\r\n");
		return;
	}
	len = sprintf(sdp, "v=0\r\no=- 1 1 IN IP4 %pI4\r\ns=-\r\nc=IN IP4 %pI4\r\nt=0 0\r\n"
		      "m=audio %u RTP/AVP 0\r\n", &ip, &ip, m->audio);
	if (m->rtcp)
		len += sprintf(sdp + len, "a=rtcp:%u\r\n", m->rtcp);
	if (m->dir[0])
		len += sprintf(sdp + len, "a=%s\r\n", m->dir);
	add(lab, "Content-Type: application/sdp\r\nContent-Length: %u\r\n\r\n%s", len, sdp);
}

/* The finished text with lab->new where it has lab->old. */
static void exchange(struct lab *lab)
{
	u32 cut, put, len = strlen(lab->in);
	char *at;

	if (!lab->old)
		return;
	at = strstr(lab->in, lab->old);
	KUNIT_ASSERT_NOT_NULL_MSG(lab->test, at, "no '%s' in '%s'", lab->old, lab->in);
	cut = strlen(lab->old);
	put = strlen(lab->new);
	KUNIT_ASSERT_LT(lab->test, len - cut + put, (u32)LAB_TEXT_MAX);
	memmove(at + put, at + cut, lab->in + len + 1 - (at + cut));
	memcpy(at, lab->new, put);
}

static bool has_contact(const struct lab_msg *m)
{
	return m->method == SIP_INVITE || m->method == SIP_UPDATE || m->method == SIP_SUBSCRIBE;
}

static void send(struct lab *lab, struct lab_end from, struct lab_end to)
{
	struct lab_msg *m = &lab->msg;
	struct lab_end via = m->status ? to : from, contact = from;

	if (m->contact.port)
		contact = m->contact;
	lab->in[0] = '\0';
	if (m->status)
		add(lab, "SIP/2.0 %u X\r\n", m->status);
	else
		add(lab, "%s sip:%s@%pI4:%u SIP/2.0\r\n", method_names[m->method], m->uri,
		    &to.ip, to.port);
	add(lab, "Via: SIP/2.0/UDP %pI4:%u;rport;branch=z9hG4bK%s\r\n", &via.ip, via.port,
	    branch_of(m));
	add(lab, "From: <sip:%s@example.com>;tag=%s\r\n", m->user, m->from);
	add(lab, "To: <sip:%s@example.com>%s%s\r\n", m->user, m->to[0] ? ";tag=" : "", m->to);
	add(lab, "Call-ID: %s\r\nCSeq: %u %s\r\n", m->call, m->cseq, method_names[m->method]);
	if (has_contact(m))
		add(lab, "Contact: <sip:u@%pI4:%u>\r\n", &contact.ip, contact.port);
	if (m->session_s)
		add(lab, "Session-Expires: %u\r\n", m->session_s);
	if (lab->more)
		add(lab, "%s", lab->more);
	add_body(lab, lab->out, from.ip);
	exchange(lab);
	lab->more = NULL;
	lab->body = NULL;
	lab->type = NULL;
	lab->old = NULL;
	pass_packet(lab, from, to, lab->in);
}

void lab_phone_msg(struct lab *lab)
{
	send(lab, lab->phone, lab->proxy);
}

void lab_proxy_msg(struct lab *lab)
{
	struct lab_end phone = { outside_ip(lab), lab->phone.port };

	if (lab->is_nat && lab->mapped_port)
		phone.port = lab->mapped_port;
	send(lab, lab->proxy, phone);
}

void lab_phone(struct lab *lab, const char *line)
{
	lab_read(lab, line);
	lab_phone_msg(lab);
}

void lab_proxy(struct lab *lab, const char *line)
{
	lab_read(lab, line);
	lab_proxy_msg(lab);
}

static u64 digest(const char *s)
{
	return sipalg_digest(s, strlen(s));
}

int lab_tell(struct lab *lab, const char *line)
{
	static const struct nf_conntrack_tuple flow;
	struct sipalg_call_event ev = { .sn = lab->sn, .flow = &flow };
	struct lab_msg *m = &lab->msg;
	enum sipalg_call_side side;
	struct sipalg_call *call;
	int ret = -ENOENT;

	lab_read(lab, line);
	ev.call_id = digest(m->call);
	ev.from_tag = digest(m->from);
	ev.to_tag = digest(m->to);
	ev.branch = digest(branch_of(m));
	ev.cseq = m->cseq;
	ev.session_s = m->session_s;
	ev.status = m->status;
	ev.method = m->method;
	ev.dir = m->status ? IP_CT_DIR_REPLY : IP_CT_DIR_ORIGINAL;
	ev.call_id_text = m->call;
	ev.call_id_len = strlen(m->call);
	rcu_read_lock();
	call = sipalg_call_enter(&ev, &side);
	if (IS_ERR(call)) {
		ret = PTR_ERR(call);
	} else if (call) {
		ret = sipalg_call_advance(call, &ev, side);
		sipalg_call_leave(lab->sn, call, true);
	}
	rcu_read_unlock();
	return ret;
}

bool lab_has(const struct lab *lab, const char *what)
{
	return strstr(lab->out, what);
}

bool lab_is_untouched(const struct lab *lab)
{
	return !strcmp(lab->in, lab->out);
}

u32 lab_number(const struct lab *lab, const char *what)
{
	const char *at = strstr(lab->out, what);

	return at ? number(at + strlen(what)) : 0;
}

u16 lab_audio(const struct lab *lab)
{
	return lab_number(lab, "m=audio ");
}

struct nf_conn *lab_conn(struct lab_end from, struct lab_end to)
{
	struct nf_conntrack_tuple tuple = {};
	struct nf_conntrack_tuple_hash *h;

	tuple.src.l3num = NFPROTO_IPV4;
	tuple.src.u3.ip = from.ip;
	tuple.src.u.all = htons(from.port);
	tuple.dst.u3.ip = to.ip;
	tuple.dst.u.all = htons(to.port);
	tuple.dst.protonum = IPPROTO_UDP;
	h = nf_conntrack_find_get(&init_net, &nf_ct_zone_dflt, &tuple);
	return h ? nf_ct_tuplehash_to_ctrack(h) : NULL;
}

struct nf_conn *lab_master(const struct lab *lab)
{
	return lab_conn(lab->phone, lab->proxy);
}

/* ---- what is there --------------------------------------------------------------- */

static bool is_for_peers(struct lab *lab, const struct nf_conntrack_expect *exp)
{
	struct sipalg_pinhole_key key = {
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)exp->tuple.dst.u3.ip } },
		.port = ntohs(exp->tuple.dst.u.all),
		.proto = exp->tuple.dst.protonum,
	};
	struct sipalg_pinhole *pin = sipalg_pinhole_by_mapped(lab->sn, &key);

	return pin && READ_ONCE(pin->is_for_peers);
}

/* Expectations of ours at @port, or at any; of @class, or of any (-1). */
static u32 count_expected(struct lab *lab, u16 port, int class)
{
	struct nf_ct_helper_expectfn *fn;
	struct nf_conntrack_expect *exp;
	u32 i, n = 0;

	rcu_read_lock();
	fn = nf_ct_helper_expectfn_find_by_name(SIPALG_NAME);
	spin_lock_bh(&nf_conntrack_expect_lock);
	for (i = 0; fn && i < nf_ct_expect_hsize; i++)
		hlist_for_each_entry(exp, &nf_ct_expect_hash[i], hnode)
			n += exp->expectfn == fn->expectfn &&
			     (port ? ntohs(exp->tuple.dst.u.all) == port &&
				     exp->tuple.dst.u3.ip == outside_ip(lab) :
				     class >= 0 || !is_for_peers(lab, exp)) &&
			     (class < 0 || exp->class == class);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	rcu_read_unlock();
	return n;
}

u32 lab_waiting(struct lab *lab, u16 port)
{
	return count_expected(lab, port, -1);
}

u32 lab_waiting_in_class(struct lab *lab, u32 class)
{
	return count_expected(lab, 0, class);
}

u32 lab_for_peers(struct lab *lab)
{
	u32 class, n = 0;

	for (class = 0; class < SIPALG_PINHOLE_CLASSES; class++)
		n += lab_waiting_in_class(lab, class);
	return n - lab_waiting(lab, 0);
}

bool lab_is_lasting(struct lab *lab, u16 port)
{
	struct nf_conntrack_expect *exp;
	bool is_lasting = false;
	u32 i;

	spin_lock_bh(&nf_conntrack_expect_lock);
	for (i = 0; i < nf_ct_expect_hsize; i++)
		hlist_for_each_entry(exp, &nf_ct_expect_hash[i], hnode)
			if (ntohs(exp->tuple.dst.u.all) == port &&
			    exp->tuple.dst.u3.ip == outside_ip(lab))
				is_lasting = exp->flags & NF_CT_EXPECT_PERMANENT;
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return is_lasting;
}

bool lab_is_reserved_at(struct lab *lab, struct lab_end at)
{
	struct sipalg_pinhole_key key = {
		.addr = { .family = SIP_FAMILY_IPV4, .w = { (__force u32)at.ip } },
		.port = at.port,
		.proto = IPPROTO_UDP,
	};
	bool found;

	rcu_read_lock();
	found = sipalg_pinhole_by_mapped(lab->sn, &key);
	rcu_read_unlock();
	return found;
}

bool lab_is_reserved(struct lab *lab, u16 port)
{
	return lab_is_reserved_at(lab, (struct lab_end){ outside_ip(lab), port });
}

u32 lab_reserved(struct lab *lab)
{
	u32 port, n = 0;

	for (port = 1; port < 65536; port++) {
		n += lab_is_reserved(lab, port);
		if (!lab->is_nat)
			n += lab_is_reserved_at(lab, (struct lab_end){ lab->proxy.ip, port });
	}
	return n;
}

static u32 seconds_left(const struct lab *lab, unsigned long until)
{
	long left = until - sipalg_now(lab->sn);

	return left > 0 ? left / HZ : 0;
}

struct lab_call lab_call(struct lab *lab, const char *call_id, const char *tag)
{
	/* a BYE begins no call, and nothing here advances one */
	struct sipalg_call_event ev = {
		.sn = lab->sn, .call_id = digest(call_id), .from_tag = digest(tag),
		.method = SIP_BYE,
	};
	struct lab_call seen = { .state = -1 };
	struct sipalg_call_media *media;
	struct sipalg_call *call;
	enum sipalg_call_side side;

	rcu_read_lock();
	call = sipalg_call_enter(&ev, &side);
	if (call) {
		seen.state = call->state;
		seen.reason = call->reason;
		seen.id = call->id;
		seen.n_pinholes = call->n_pinholes;
		seen.left_s = seconds_left(lab, call->expires);
		list_for_each_entry(media, &call->media, node)
			seen.n_media++;
		seen.is_empty = !seen.n_media && !call->n_pinholes && !call->n_contacts;
		sipalg_call_leave(lab->sn, call, true);
	}
	rcu_read_unlock();
	return seen;
}

int lab_state(struct lab *lab)
{
	return lab_call(lab, "one", "a").state;
}

static u64 counter(const struct lab *lab, int stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(lab->sn->counters, cpu)->n[stat];
	return sum;
}

u64 lab_count(const struct lab *lab, enum sipalg_stat stat)
{
	return counter(lab, stat) - lab->since[stat];
}

/* ---- time ------------------------------------------------------------------------ */

void lab_settle(struct lab *lab)
{
	sipalg_shut_drain(lab->sn);
}

void lab_let_settle(struct lab *lab)
{
	WRITE_ONCE(lab->sn->shut->delay, msecs_to_jiffies(SIPALG_SHUT_MS));
	cancel_delayed_work_sync(&lab->sn->shut->work);
	lab_settle(lab);
}

void lab_wait(struct lab *lab, u32 seconds)
{
	hold_time(lab);
	lab_settle(lab);
	WRITE_ONCE(lab->sn->clock, lab->sn->clock + seconds * HZ);
	sipalg_call_gc(lab->sn);
	sipalg_binding_gc(lab->sn);
	lab_settle(lab);
}

static int any_conn(struct nf_conn *ct, void *unused)
{
	return !nf_ct_is_template(ct);
}

void lab_flush(struct lab *lab)
{
	struct nf_ct_iter_data data = { .net = &init_net };

	nf_ct_iterate_cleanup_net(any_conn, &data);
}

/* ---- setup ----------------------------------------------------------------------- */

static void settings_replace(struct lab *lab, struct sipalg_settings *set)
{
	mutex_lock(&lab->sn->settings_lock);
	rcu_assign_pointer(lab->sn->settings, set);
	mutex_unlock(&lab->sn->settings_lock);
	synchronize_rcu();
}

void lab_forget_sources(struct lab *lab)
{
	sipalg_source_teardown(lab->sn);
	KUNIT_ASSERT_EQ(lab->test, sipalg_source_setup(lab->sn), 0);
}

/* A case that is about limits sets them: the others are about something else. */
static void no_limits(struct sipalg_settings *set)
{
	static const struct sipalg_rate none;

	set->source_invite = none;
	set->source_register = none;
	set->source_options = none;
	set->source_subscribe = none;
	set->source_other = none;
	set->source_response = none;
	set->destination_invite = none;
	set->destination_register = none;
	set->block_failures = 0;
	set->calls_per_host = 0;
	set->bindings_per_host = 0;
	set->trunks.n = 1;	/* 0.0.0.0/0 */
	set->trunks.prefix[0] = (struct sipalg_prefix){ .addr.family = SIP_FAMILY_IPV4 };
}

int lab_setup(struct kunit *test)
{
	struct lab *lab = kunit_kzalloc(test, sizeof(*lab), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lab);
	lab->in = kunit_kzalloc(test, LAB_TEXT_MAX, GFP_KERNEL);
	lab->out = kunit_kzalloc(test, LAB_TEXT_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lab->in);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lab->out);
	lab->test = test;
	lab->sn = sipalg_pernet(&init_net);
	lab->seen = jiffies;
	lab->is_nat = true;
	lab->phone = lab_end(PHONE_IP, 5060);
	lab->proxy = lab_end(PROXY_IP, 5060);
	for (i = 0; i < SIPALG_STAT_COUNT; i++)
		lab->since[i] = counter(lab, i);
	KUNIT_ASSERT_EQ(test, nf_ct_netns_get(&init_net, NFPROTO_IPV4), 0);
	test->priv = lab;
	lab->tmpl = template_alloc(SIPALG_NAME);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lab->tmpl);
	lab->was = rcu_dereference_raw(lab->sn->settings);
	lab->set = kmemdup(lab->was, sizeof(*lab->was), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lab->set);
	no_limits(lab->set);
	settings_replace(lab, lab->set);
	WRITE_ONCE(lab->sn->shut->delay, (unsigned long)LAB_FOREVER_S * HZ);
	return 0;
}

void lab_teardown(struct kunit *test)
{
	struct lab *lab = test->priv;
	int i;

	if (!lab)
		return;
	/* media that was heard is seen to be silent, what is up ends, and what has ended goes */
	for (i = 0; i < 4; i++)
		lab_wait(lab, LAB_FOREVER_S);
	lab_let_settle(lab);
	KUNIT_EXPECT_FALSE(test, sipalg_call_gc(lab->sn));
	KUNIT_EXPECT_FALSE(test, sipalg_binding_gc(lab->sn));
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 0);
	KUNIT_EXPECT_EQ(test, lab_waiting_in_class(lab, SIPALG_PINHOLE_SIGNALLING), 0);
	KUNIT_EXPECT_EQ(test, lab_reserved(lab), 0);
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_CALLS_ADDED),
			lab_count(lab, SIPALG_STAT_CALLS_ENDED));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_BINDINGS_ADDED),
			lab_count(lab, SIPALG_STAT_BINDINGS_ENDED));
	KUNIT_EXPECT_EQ(test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED),
			lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED));
	lab_flush(lab);
	WRITE_ONCE(lab->sn->clock, 0);
	/* no case inherits who was blocked while the clock was ahead */
	lab_forget_sources(lab);
	if (lab->set) {
		settings_replace(lab, lab->was);
		kfree(lab->set);
	}
	if (lab->tmpl)
		template_free(lab->tmpl);
	nf_ct_netns_put(&init_net, NFPROTO_IPV4);
}

kunit_test_suites(&sipalg_call_suite, &sipalg_pinhole_suite, &sipalg_binding_suite,
		  &sip_contact_suite, &sipalg_source_suite, &sipalg_quota_suite,
		  &sipalg_neighbour_suite, &sipalg_flood_suite,
		  &sipalg_chaos_suite, &sipalg_rules_m_suite, &sipalg_rules_p_suite,
		  &sipalg_rules_life_suite, &sipalg_rules_trust_suite, &sipalg_bounds_suite,
		  &sipalg_legacy_suite, &sipalg_shut_suite, &sipalg_said_suite);
