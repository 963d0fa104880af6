// SPDX-License-Identifier: GPL-2.0
/*
 * nf_conntrack_sipalg: the conntrack helper for SIP.
 *
 * The way of a packet, from top to bottom:
 *
 *	help()		is it ours at all; the connection's life is renewed
 *	frame		(TCP) whole messages of the stream, whichever segments they came in
 *	limit		is it one too many?  Asked of its start line
 *	read		one linear buffer, one parse; what is not SIP passes untouched
 *	judge		may this message open anything?
 *	decide		registrations and calls; pinholes are opened
 *	translate	(NAT module) edits are planned
 *	commit		the packet is written, once: a datagram by the NAT module
 *	verdict		accept, or drop with a named reason
 *
 * A message that fails on the way takes back what it opened and passes as it came.
 * Verdicts are made here and nowhere below, by sipalg_pass() and sipalg_drop().
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_binding.h"
#include "sipalg_call.h"
#include "sipalg_call_list.h"
#include "sip_chars.h"
#include "sipalg_inet.h"
#include "sipalg_pinhole.h"
#include "sipalg_quota.h"
#include "sipalg_source.h"
#include "sip_start.h"
#include "sipalg_compat.h"
#include "sipalg_contact.h"
#include "sipalg_ctx.h"
#include "sipalg_dialog.h"
#include "sipalg_flood.h"
#include "sipalg_flow.h"
#include "sipalg_handshake.h"
#include "sipalg_hooks.h"
#include "sipalg_inside.h"
#include "sipalg_net.h"
#include "sipalg_packet.h"
#include "sipalg_register.h"
#include "sipalg_segment.h"
#include "sipalg_stream.h"
#include "sipalg_trace.h"

static const struct sipalg_nat_hooks __rcu *nat_hooks __read_mostly;

void sipalg_set_nat_hooks(const struct sipalg_nat_hooks *hooks)
{
	rcu_assign_pointer(nat_hooks, hooks);
}

const struct sipalg_nat_hooks *sipalg_nat_hooks_get(void)
{
	return rcu_dereference(nat_hooks);
}

/* ---- verdicts -------------------------------------------------------------------- */

static int sipalg_pass(struct sipalg_ctx *ctx, enum sipalg_stat stat)
{
	ctx->counted = stat;
	sipalg_count(ctx->sn, stat);
	return NF_ACCEPT;
}

static int sipalg_drop(struct sipalg_ctx *ctx, enum sipalg_stat stat)
{
	ctx->counted = stat;
	sipalg_count(ctx->sn, stat);
	return NF_DROP;
}

static int sipalg_pass_malformed(struct sipalg_ctx *ctx, enum sip_fault fault)
{
	int verdict = sipalg_pass(ctx, SIPALG_STAT_MALFORMED + fault);

	return ctx->set->strict ? sipalg_drop(ctx, SIPALG_STAT_MALFORMED_DROPPED) : verdict;
}

static int sipalg_pass_failed(struct sipalg_ctx *ctx, int err)
{
	switch (err) {
	case -E2BIG:
		return sipalg_pass(ctx, SIPALG_STAT_TOO_MANY_EDITS);
	case -ENOMEM:
		return sipalg_pass(ctx, SIPALG_STAT_NO_MEMORY);
	case -EADDRINUSE:	/* counted where the pinhole was not had */
	case -ENOSPC:
		return NF_ACCEPT;
	default:
		return sipalg_pass(ctx, SIPALG_STAT_COMMIT_FAILED);
	}
}

/* ---- context --------------------------------------------------------------------- */

/*
 * One context waits on each CPU.  It is taken out while it is used, so this needs
 * neither preemption nor softirqs to be off; who finds the place empty, having
 * interrupted another user, makes one of its own.
 */
static struct sipalg_ctx * __percpu *ctx_slots;

static struct sipalg_ctx *ctx_get(void)
{
	struct sipalg_ctx *ctx = this_cpu_xchg(*ctx_slots, NULL);

	if (!ctx)
		ctx = kmalloc(sizeof(*ctx), GFP_ATOMIC);
	/* what the packet before left must not matter: here it would be seen */
	if (IS_ENABLED(CONFIG_KASAN) && ctx)
		memset(ctx, 0xa5, sizeof(*ctx));
	return ctx;
}

static void ctx_put(struct sipalg_ctx *ctx)
{
	kfree(this_cpu_xchg(*ctx_slots, ctx));
}

static void ctx_teardown(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(*per_cpu_ptr(ctx_slots, cpu));
	free_percpu(ctx_slots);
}

static int ctx_setup(void)
{
	int cpu;

	ctx_slots = alloc_percpu(struct sipalg_ctx *);
	if (!ctx_slots)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct sipalg_ctx *ctx = kmalloc_node(sizeof(*ctx), GFP_KERNEL, cpu_to_node(cpu));

		if (!ctx) {
			ctx_teardown();
			return -ENOMEM;
		}
		*per_cpu_ptr(ctx_slots, cpu) = ctx;
	}
	return 0;
}

/*
 * Four views of two parties.  help() runs behind NAT for the headers, so the
 * tuples tell all: each direction's source is its sender as it sees itself, and
 * the other direction's destination is that sender as the other side sees it.
 */
static void ctx_fill_flow(struct sipalg_ctx *ctx)
{
	const struct nf_conntrack_tuple *there = &ctx->ct->tuplehash[ctx->dir].tuple;
	const struct nf_conntrack_tuple *back = &ctx->ct->tuplehash[!ctx->dir].tuple;
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	struct sip_flow *flow = &ctx->flow;

	flow->self = sipalg_inet_source_of(there);
	flow->self_mapped = sipalg_inet_destination_of(back);
	flow->peer = sipalg_inet_destination_of(there);
	flow->peer_real = sipalg_inet_source_of(back);
	flow->memo = (struct sip_via_memo){ .form = SIP_VIA_UNSEEN };
	flow->contact = flow->memo;
	/* a connection that a binding let in goes to what the binding published */
	flow->is_published = test_bit(IPS_EXPECTED_BIT, &ctx->ct->status) &&
			     ctx->dir == IP_CT_DIR_ORIGINAL;
	flow->is_registered = flow->is_published;
	flow->user = 0;
	ctx->via_port = 0;
	if (data) {
		u32 published = READ_ONCE(data->published[!ctx->dir]);

		if (ctx->proto == IPPROTO_UDP)
			ctx->via_port = sipalg_flow_listens_at(data, !ctx->dir);
		if (published & SIPALG_FLOW_OF_CALL)
			flow->is_registered = false;
		flow->memo = sipalg_flow_memo(data, !ctx->dir);
		flow->is_published |= published;
		flow->is_registered |= published & SIPALG_FLOW_REGISTERED;
		flow->user = published >> 24;
		flow->contact = (struct sip_via_memo){ published >> 20 & 3, published };
	}
	ctx->is_nat = !sip_endpoint_equal(&flow->self, &flow->self_mapped) ||
		      !sip_endpoint_equal(&flow->peer, &flow->peer_real);
}

/* ---- judge: SECURITY rules M1, M3 and P2 ------------------------------------------ */

static bool via_is_senders(struct sipalg_ctx *ctx)
{
	const struct sip_via *via = &ctx->msg.via;
	const struct sip_addr *by = &via->by.addr;

	if (ctx->proto == IPPROTO_TCP && via->transport == SIP_TRANSPORT_UDP)
		return false;
	/* a phone that writes TCP and sends datagrams means itself; nobody else is believed */
	if (ctx->proto == IPPROTO_UDP && via->transport == SIP_TRANSPORT_TCP)
		return sip_addr_equal(by, &ctx->flow.self.addr);
	/* a proxy outside may have several addresses: that is what "received" is for */
	if (!sipalg_sender_is_inside(ctx))
		return true;
	return !by->family || sip_addr_equal(by, &ctx->flow.self.addr) ||
	       sip_addr_equal(by, &ctx->flow.self_mapped.addr);
}

/*
 * SECURITY P2.  The routes let no such sender by, but a bridge does; and what is one link's
 * alone is not led to from outside.
 */
static bool sender_is_host(const struct sipalg_ctx *ctx)
{
	const struct sip_addr *self = &ctx->flow.self.addr;

	return sipalg_inet_is_host(self) &&
	       !(sipalg_sender_is_translated(ctx) && sipalg_inet_is_link_local(self));
}

static bool may_open(struct sipalg_ctx *ctx)
{
	if (!sender_is_host(ctx)) {
		sipalg_count(ctx->sn, SIPALG_STAT_NO_HOST);
		return false;
	}
	if (!sip_may_act(&ctx->msg))
		return false;
	if (!sip_is_request(&ctx->msg))
		return true;	/* a response is judged by the request that it answers */
	if (ctx->msg.uri[0].scheme == SIP_SCHEME_OTHER)
		return false;
	if (via_is_senders(ctx))
		return true;
	sipalg_count(ctx->sn, SIPALG_STAT_FOREIGN_VIA);
	return false;
}

/* ---- pipeline -------------------------------------------------------------------- */

static int decide_message(struct sipalg_ctx *ctx)
{
	bool is_request = sip_is_request(&ctx->msg);

	if (!sip_may_act(&ctx->msg))
		return sipalg_decide_passive(ctx);
	switch (ctx->msg.method) {
	case SIP_REGISTER:
		if (is_request)
			sipalg_decide_register(ctx);
		else
			sipalg_decide_registered(ctx);
		return 0;
	case SIP_SUBSCRIBE:
		if (!is_request)
			sipalg_decide_subscribed(ctx);
		return 0;
	case SIP_OPTIONS:
	case SIP_PUBLISH:
	case SIP_METHOD_OTHER:
		return 0;
	default:
		return sipalg_decide_dialog(ctx);
	}
}

/*
 * Over TCP a hop that a proxy inside has put into its message is published like its
 * Contact would be, as the connection.  A Contact that is reached over the other protocol
 * is not: nothing of this connection stands in it.
 */
static bool is_publishing(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	struct sip_endpoint at;

	if (!sip_addr_equal(&uri->at.addr, &ctx->flow.self.addr) ||
	    sipalg_contact_is_elsewhere(ctx, uri, &at))
		return false;
	return uri->role == SIP_ROLE_CONTACT ||
	       (ctx->seg && (uri->role == SIP_ROLE_RECORD_ROUTE || uri->role == SIP_ROLE_PATH));
}

/* RFC 3261 18.2.2: the sender listens where its Via says, which is not where it sends from. */
static bool listens_elsewhere(const struct sipalg_ctx *ctx)
{
	const struct sip_via *via = &ctx->msg.via;
	u16 port = sipalg_via_port(via);

	return sip_is_request(&ctx->msg) && !ctx->seg && !via->has_rport &&
	       sipalg_sender_is_translated(ctx) && port >= SIPALG_PORT_MIN &&
	       port != ctx->flow.self.port && sip_addr_equal(&via->by.addr, &ctx->flow.self.addr);
}

/*
 * A Contact that now names the connection, or a port of its own, leads back to what
 * stood there: where that had no port, or the connection stands for another port, it is
 * remembered.
 */
static u32 published_form(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	u32 word = SIPALG_FLOW_PUBLISHED | (u32)sip_user_hash(&ctx->text, uri) << 24;
	bool is_flows = sip_uri_port(uri) == ctx->flow.self.port;
	u32 form = uri->at.port.len ? SIP_VIA_PORT : SIP_VIA_NO_PORT;

	if (ctx->msg.method == SIP_REGISTER && uri->role == SIP_ROLE_CONTACT)
		word |= SIPALG_FLOW_REGISTERED;
	if (is_flows)
		word |= SIPALG_FLOW_AT_PORT;
	if (is_flows ? form == SIP_VIA_NO_PORT : ctx->seg || listens_elsewhere(ctx))
		word |= form << 20 | sip_uri_port(uri);
	return word;
}

static u32 published_before(const struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	return data ? READ_ONCE(data->published[ctx->dir]) : 0;
}

/*
 * What the flow's data shall say about the sender's contacts, behind this message: whether
 * what the other side knows of him is what we wrote.  One who registers with his public
 * address has published that himself, and wants it back as it is.
 */
static u32 published_after(const struct sipalg_ctx *ctx, u32 word)
{
	u32 i;

	if (!sipalg_sender_is_translated(ctx) || !ctx->set->rewrite)
		return word;
	for (i = 0; i < ctx->msg.n_uris; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];

		if (is_publishing(ctx, uri))
			word = (word & (SIPALG_FLOW_REGISTERED | SIPALG_FLOW_OF_CALL)) |
			       published_form(ctx, uri);
		else if (ctx->msg.method == SIP_REGISTER && uri->role == SIP_ROLE_CONTACT &&
			 sip_addr_equal(&uri->at.addr, &ctx->flow.self_mapped.addr))
			word = 0;
	}
	return word;
}

/* What later messages of the connection need to know of this one. */
static void remember_message(struct sipalg_ctx *ctx, u32 before, u32 published, bool listens)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	if (!data)
		return;
	if (sip_is_request(&ctx->msg))
		sipalg_flow_set_memo(data, ctx->dir, sip_via_form(&ctx->msg, &ctx->flow),
				     listens ? SIPALG_FLOW_LISTENS : 0);
	/* where another CPU was faster, what it knows is newer */
	if (published != before)
		cmpxchg(&data->published[ctx->dir], before, published);
}

static int translate_and_commit(struct sipalg_ctx *ctx, const struct sipalg_nat_hooks *nat)
{
	int err;

	if (!ctx->is_nat || !ctx->set->rewrite)
		return 0;
	err = nat->translate(ctx);
	if (err || (!ctx->edits.n && !ctx->lead_to))
		return err;
	if (ctx->seg)
		err = sipalg_segment_replace(ctx->seg, ctx->text.len, &ctx->edits);
	else
		err = nat->commit(ctx);
	if (!err)
		sipalg_count(ctx->sn, SIPALG_STAT_TRANSLATED);
	if (!err && ctx->lead_to)
		sipalg_count(ctx->sn, SIPALG_STAT_LED_TO_VIA);
	return err;
}

/* What stayed in a message that was translated all the same. */
static void count_left(const struct sipalg_ctx *ctx)
{
	unsigned long left = ctx->msg.left;
	u32 i;

	for_each_set_bit(i, &left, SIP_LEFT_COUNT)
		sipalg_count(ctx->sn, SIPALG_STAT_LEFT + i);
}

static int handle_message(struct sipalg_ctx *ctx)
{
	const struct sipalg_nat_hooks *nat = sipalg_nat_hooks_get();
	u32 before, published;
	bool listens;
	int err;

	if (ctx->msg.method == SIP_METHOD_OTHER && ctx->msg.method_name.len) {
		if (!(ctx->is_nat ? ctx->set->unknown_nat : ctx->set->unknown_route))
			return sipalg_drop(ctx, SIPALG_STAT_UNKNOWN_DROPPED);
		sipalg_count(ctx->sn, SIPALG_STAT_UNKNOWN_METHOD);
	}
	if (ctx->is_nat && ctx->set->rewrite && !nat) {
		pr_info_once("connections are translated, but nf_nat_sipalg is not loaded\n");
		return sipalg_pass(ctx, SIPALG_STAT_NO_NAT_MODULE);
	}
	sipalg_ask_sides(ctx);
	ctx->may_open = may_open(ctx);
	ctx->body.n = 0;
	ctx->body.n_over = 0;
	ctx->call = NULL;
	ctx->lead_to = 0;
	sip_edit_init(&ctx->edits);

	err = decide_message(ctx);
	before = published_before(ctx);
	published = published_after(ctx, before);	/* read text, which the commit moves */
	listens = listens_elsewhere(ctx);
	if (!err)
		err = translate_and_commit(ctx, nat);
	if (ctx->call) {
		ctx->call->left |= ctx->msg.left;
		sipalg_call_leave(ctx->sn, ctx->call, !err);
	}
	if (err == -EBADMSG)
		return sipalg_pass_malformed(ctx, ctx->msg.fault);
	if (err)
		return sipalg_pass_failed(ctx, err);
	remember_message(ctx, before, published, listens);
	count_left(ctx);
	return sipalg_pass(ctx, SIPALG_STAT_MESSAGES);
}

static int read_start(struct sipalg_ctx *ctx)
{
	int line = sip_parse_start(&ctx->text, &ctx->msg);

	if (ctx->set->strict)
		ctx->msg.flags |= SIP_MSG_STRICT;
	return line;
}

static int read_text(struct sipalg_ctx *ctx)
{
	int line = read_start(ctx), ret;
	enum sipalg_stat why;

	if (line > 0 && sipalg_flood_refuses(ctx, line, &why))
		return sipalg_drop(ctx, why);
	/* with strict=1 what is odd about a start line makes it none of SIP's, but it counts */
	if (ctx->set->strict && line > 0 && ctx->msg.left)
		return sipalg_pass(ctx, SIPALG_STAT_NOT_SIP);
	ret = sip_parse_rest(&ctx->text, &ctx->msg, line, &ctx->flow.ends);
	if (ret == -ENOMSG)
		return sipalg_pass(ctx, SIPALG_STAT_NOT_SIP);
	if (ctx->set->strict && ctx->msg.left)
		return sipalg_pass_malformed(ctx, sip_strict_fault(&ctx->msg));
	if (ret < 0)
		return sipalg_pass_malformed(ctx, ctx->msg.fault);
	sipalg_count(ctx->sn, sip_is_request(&ctx->msg) ? SIPALG_STAT_REQUESTS :
							  SIPALG_STAT_RESPONSES);
	sipalg_flood_saw(ctx);
	return handle_message(ctx);
}

/* ctx->text is one message, from its first byte to its last. */
static int handle_text(struct sipalg_ctx *ctx)
{
	u32 len = ctx->text.len;
	int verdict;

	ctx->counted = SIPALG_STAT_NONE;
	ctx->ids = (struct sipalg_ids){};
	verdict = read_text(ctx);
	trace_sipalg_message(&ctx->flow.self, &ctx->flow.peer_real, &ctx->msg, len, ctx->counted,
			     verdict != NF_ACCEPT);
	return verdict;
}

/* The text of a datagram.  Return: whether it is there; else @why not. */
static bool take_datagram(struct sipalg_ctx *ctx, enum sipalg_stat *why)
{
	struct sk_buff *skb = ctx->skb;
	const struct udphdr *udph;

	ctx->dataoff = ctx->protoff + sizeof(struct udphdr);
	*why = SIPALG_STAT_NOT_SIP;
	if (ctx->dataoff >= skb->len)
		return false;
	*why = SIPALG_STAT_UDP_GSO;
	if (skb_is_gso(skb))
		return false;
	*why = SIPALG_STAT_NO_MEMORY;
	if (skb_linearize(skb))
		return false;
	udph = (const struct udphdr *)(skb->data + ctx->protoff);
	*why = SIPALG_STAT_UDP_LENGTH;
	if (ntohs(udph->len) != skb->len - ctx->protoff)
		return false;

	ctx->text = (struct sip_text){ skb->data + ctx->dataoff, skb->len - ctx->dataoff };
	ctx->base = sip_keepalive_len(&ctx->text);
	ctx->text.p += ctx->base;
	ctx->text.len -= ctx->base;
	return true;
}

static int handle_datagram(struct sipalg_ctx *ctx)
{
	enum sipalg_stat why;

	return take_datagram(ctx, &why) ? handle_text(ctx) : sipalg_pass(ctx, why);
}

/* Return: 0 or -errno: then the unit was not emitted. */
static int handle_unit(struct sipalg_ctx *ctx, struct sipalg_segment *seg, u32 len)
{
	int verdict;

	if (seg->half->frame.is_keepalive)
		return sipalg_segment_pass(seg, len);
	ctx->text = (struct sip_text){ seg->text.p, len };
	ctx->base = 0;
	verdict = handle_text(ctx);
	if (seg->is_taken)
		return 0;
	if (verdict == NF_ACCEPT)
		return sipalg_segment_pass(seg, len);
	/* a stream cannot do without its bytes, but with others (RFC 3261 7.5) */
	sipalg_count(ctx->sn, SIPALG_STAT_TCP_CUT);
	return sipalg_segment_replace(seg, len, NULL);
}

/* SECURITY S2, S3: what is not SIP here will not become it later. */
static int leave_alone(struct sipalg_ctx *ctx, struct sipalg_segment *seg, int why)
{
	if (!seg->stream->is_bypassed)
		sipalg_count(ctx->sn, why == -ENOMSG ? SIPALG_STAT_TCP_NOT_SIP :
						       SIPALG_STAT_TCP_BROKEN);
	return sipalg_segment_bypass(seg);
}

static bool is_leaving __read_mostly;

/* Return: whether the TCP header is there, and in one piece. */
static bool find_payload(struct sipalg_ctx *ctx)
{
	u32 hdrlen;

	if (!pskb_may_pull(ctx->skb, ctx->protoff + sizeof(struct tcphdr)))
		return false;
	hdrlen = __tcp_hdrlen(sipalg_tcp_of(ctx));
	ctx->dataoff = ctx->protoff + hdrlen;
	return hdrlen >= sizeof(struct tcphdr) && pskb_may_pull(ctx->skb, ctx->dataoff);
}

/* SECURITY 5.6: M1 and M2 are the parser's, M3 is asked here. */
static bool try_resync(struct sipalg_ctx *ctx)
{
	sipalg_ask_sides(ctx);
	return ctx->set->enabled && sipalg_handshake_is_missed(ctx) && may_open(ctx) &&
	       sipalg_handshake_make_up(ctx);
}

static int handle_segment(struct sipalg_ctx *ctx)
{
	struct sipalg_segment seg;
	int len, err;

	if (!find_payload(ctx))
		return NF_ACCEPT;
	/* the kernel takes the offsets over, and until it has, nobody may guess them */
	if (READ_ONCE(is_leaving))
		return sipalg_stream_is_known(ctx->sn, ctx->ct) ?
		       sipalg_drop(ctx, SIPALG_STAT_TCP_AGAIN) : NF_ACCEPT;
	if (sipalg_tcp_of(ctx)->syn) {
		if (sipalg_handshake_see(ctx))
			return sipalg_drop(ctx, SIPALG_STAT_TCP_AGAIN);
		return NF_ACCEPT;
	}
	err = sipalg_segment_begin(&seg, ctx);
	if (err == -ENOENT && ctx->set->tcp_resync && try_resync(ctx))
		err = sipalg_segment_begin(&seg, ctx);
	if (err == -ENOENT)
		return NF_ACCEPT;
	if (err)
		return sipalg_drop(ctx, SIPALG_STAT_TCP_AGAIN);
	ctx->seg = &seg;
	/* every unit is at least a byte long */
	while (!err && (len = sipalg_segment_next(&seg)) > 0)
		err = handle_unit(ctx, &seg, len);
	if (!err && len < 0)
		err = leave_alone(ctx, &seg, len);
	switch (sipalg_segment_end(&seg, err)) {
	case SIPALG_SEGMENT_FORWARD:
		return NF_ACCEPT;
	case SIPALG_SEGMENT_CONSUMED:
		return sipalg_drop(ctx, SIPALG_STAT_TCP_STAYED);
	default:
		return sipalg_drop(ctx, SIPALG_STAT_TCP_AGAIN);
	}
}

/*
 * ICMP errors about the connection reach a helper too, and so may the wrong protocol.
 * Return: where the header of @protocol begins, or below 0.
 */
static int find_header(const struct sk_buff *skb, const struct nf_conn *ct, u8 protocol)
{
	int at = skb_network_offset(skb);
	__be16 frag_off;
	u8 proto;

	if (nf_ct_l3num(ct) == NFPROTO_IPV4)
		return ip_hdr(skb)->protocol == protocol ? at + ip_hdrlen(skb) : -1;
	proto = ipv6_hdr(skb)->nexthdr;
	at = ipv6_skip_exthdr(skb, at + sizeof(struct ipv6hdr), &proto, &frag_off);
	return proto == protocol ? at : -1;
}

static void ctx_fill(struct sipalg_ctx *ctx, struct sk_buff *skb, u32 protoff, struct nf_conn *ct,
		     enum ip_conntrack_info ctinfo)
{
	ctx->skb = skb;
	ctx->ct = ct;
	ctx->ctinfo = ctinfo;
	ctx->dir = CTINFO2DIR(ctinfo);
	ctx->proto = nf_ct_protonum(ct);
	ctx->seg = NULL;
	ctx->protoff = protoff;
	ctx->sn = sipalg_pernet(nf_ct_net(ct));
	ctx->set = sipalg_settings_of(ctx->sn);
	ctx_fill_flow(ctx);
}

/* SECURITY P6, P13.  Return: whether who comes in first may not: he is to come no further. */
static bool refuses_caller(struct sipalg_ctx *ctx)
{
	if (!test_bit(IPS_EXPECTED_BIT, &ctx->ct->status) || nf_ct_is_confirmed(ctx->ct))
		return false;
	if (sipalg_caller_is_refused(ctx))
		return true;
	if (sipalg_caller_inherits(ctx))
		ctx_fill_flow(ctx);
	return false;
}

static int sipalg_help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
		       enum ip_conntrack_info ctinfo)
{
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	const struct sipalg_settings *set = sipalg_settings_of(sn);
	u8 proto = nf_ct_protonum(ct);
	struct sipalg_ctx *ctx;
	int verdict;

	/* on loopback a packet comes by twice, the second time translated already */
	if (find_header(skb, ct, proto) < 0 || nf_is_loopback_packet(skb))
		return NF_ACCEPT;
	/* a stream whose bytes were changed stays in need of us */
	if (!set->enabled && proto != IPPROTO_TCP)
		return NF_ACCEPT;
	sipalg_count(sn, SIPALG_STAT_PACKETS);
	sipalg_flow_refresh(ct, skb);
	ctx = ctx_get();
	if (!ctx) {
		bool is_tcp = proto == IPPROTO_TCP;	/* offsets must not be left out */

		sipalg_count(sn, is_tcp ? SIPALG_STAT_TCP_AGAIN : SIPALG_STAT_NO_MEMORY);
		return is_tcp ? NF_DROP : NF_ACCEPT;
	}
	ctx_fill(ctx, skb, protoff, ct, ctinfo);
	if (set->enabled && refuses_caller(ctx))
		verdict = sipalg_drop(ctx, SIPALG_STAT_CALLER_REFUSED);
	else if (proto == IPPROTO_TCP)
		verdict = handle_segment(ctx);
	else
		verdict = handle_datagram(ctx);
	ctx_put(ctx);
	return verdict;
}

/* ---- floods ---------------------------------------------------------------------- */

static bool conn_is_ours(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);

	return help && rcu_access_pointer(help->helper) &&
	       rcu_access_pointer(help->helper) == sipalg_helper_of(nf_ct_l3num(ct),
								    nf_ct_protonum(ct));
}

/* Return: whether a datagram is one too many; it was counted then, and nothing else is. */
static bool refuses_datagram(struct sipalg_ctx *ctx)
{
	enum sipalg_stat why;
	u32 len;
	int line;

	if (!take_datagram(ctx, &why))
		return false;
	len = ctx->text.len;
	ctx->ids = (struct sipalg_ids){};
	line = read_start(ctx);
	if (line <= 0 || !sipalg_flood_refuses_early(ctx, line, &why))
		return false;
	sipalg_count(ctx->sn, SIPALG_STAT_PACKETS);
	sipalg_count(ctx->sn, SIPALG_STAT_REFUSED_EARLY);
	sipalg_drop(ctx, why);
	trace_sipalg_message(&ctx->flow.self, &ctx->flow.peer_real, &ctx->msg, len, why, true);
	return true;
}

/*
 * Only datagrams, for a stream cannot do without its bytes; and only of a connection that is
 * known: of all that the limits ask, nothing is different here then.
 */
bool sipalg_refuses_early(struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	struct sipalg_ctx *ctx;
	int protoff;
	bool is_refused;

	if (nf_ct_protonum(ct) != IPPROTO_UDP || !conn_is_ours(ct) || nf_is_loopback_packet(skb))
		return false;
	protoff = find_header(skb, ct, IPPROTO_UDP);
	if (protoff < 0 || !sipalg_settings_of(sipalg_pernet(nf_ct_net(ct)))->enabled)
		return false;
	ctx = ctx_get();
	if (!ctx)
		return false;
	ctx_fill(ctx, skb, protoff, ct, ctinfo);
	is_refused = refuses_datagram(ctx);
	ctx_put(ctx);
	return is_refused;
}

/* ---- helpers -------------------------------------------------------------------- */

/*
 * The times hold on a failover peer until it hears of the call itself; here they
 * are extended for as long as an owner needs the pinhole.  Never change the order.
 */
static const struct nf_conntrack_expect_policy policy[SIPALG_PINHOLE_CLASSES] = {
	{ .name = "signalling", .max_expected = NF_CT_EXPECT_MAX_CNT, .timeout = 3632 },
	{ .name = "media-a", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_TTL_S },
	{ .name = "media-b", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_TTL_S },
	{ .name = "media-c", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_TTL_S },
};

static struct sipalg_helpers helpers;

static bool helpers_are_up;

/* where a family and a protocol have their place among the four */
static int helper_index(u8 family, u8 proto)
{
	return (family == NFPROTO_IPV6) + 2 * (proto == IPPROTO_TCP);
}

struct nf_conntrack_helper *sipalg_helper_of(u8 family, u8 proto)
{
	if (!smp_load_acquire(&helpers_are_up))	/* pairs with smp_store_release() below */
		return NULL;
	return sipalg_helper(&helpers, helper_index(family, proto));
}

static void helpers_init(void)
{
	static const u8 families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	static const u8 protos[] = { IPPROTO_UDP, IPPROTO_TCP };
	u32 f, p;

	for (f = 0; f < ARRAY_SIZE(families); f++)
		for (p = 0; p < ARRAY_SIZE(protos); p++)
			sipalg_helper_init(&helpers.h[helper_index(families[f], protos[p])],
					   families[f], protos[p], policy, sipalg_help);
}

/* ---- namespaces and module ------------------------------------------------------- */

static void gc_work(struct work_struct *work)
{
	struct sipalg_net *sn = container_of(to_delayed_work(work), struct sipalg_net, gc);

	bool more = sipalg_call_gc(sn);

	more |= sipalg_binding_gc(sn);
	more |= sipalg_stream_gc(sn);
	if (more)
		sipalg_gc_soon(sn);
}

/* "end ID", written to the list of calls */
static int __maybe_unused calls_write(struct file *file, char *buf, size_t size)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(file->private_data));
	u32 id;

	if (strncmp(buf, "end ", 4) || kstrtou32(strim(buf + 4), 10, &id))
		return -EINVAL;
	return sipalg_call_end_by_id(sn, id);
}

/* "release ADDRESS", written to the list of sources */
static int __maybe_unused sources_write(struct file *file, char *buf, size_t size)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(file->private_data));
	struct sip_addr addr;
	char *text;

	if (strncmp(buf, "release ", 8))
		return -EINVAL;
	text = strim(buf + 8);
	if (!sip_addr_parse(&addr, text, strlen(text)))
		return -EINVAL;
	return sipalg_source_release(sn, &addr);
}

static void remove_files(struct sipalg_net *sn)
{
	if (!sn->proc)
		return;
	remove_proc_subtree("sources", sn->proc);
	remove_proc_subtree("calls", sn->proc);
	remove_proc_subtree("bindings", sn->proc);
}

/* SECURITY B11: a kernel without procfs has none of them. */
static int add_files(struct sipalg_net *sn)
{
	if (!SIPALG_HAS_PROC)
		return 0;
	if (!proc_create_net_data_write("calls", 0600, sn->proc, &sipalg_call_seq_ops, calls_write,
					sipalg_call_seq_size(), NULL) ||
	    !proc_create_net_data("bindings", 0400, sn->proc, &sipalg_binding_seq_ops,
				  sipalg_binding_seq_size(), NULL) ||
	    !proc_create_net_data_write("sources", 0600, sn->proc, &sipalg_source_seq_ops,
					sources_write, sizeof(struct seq_net_private), NULL))
		return -ENOMEM;
	return 0;
}

static int __net_init sipalg_net_init(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);
	int err;

	INIT_DELAYED_WORK(&sn->gc, gc_work);
	err = sipalg_net_setup(sn, net);
	if (err)
		return err;
	err = sipalg_source_setup(sn);
	if (err)
		goto teardown_net;
	err = sipalg_quota_setup(sn);
	if (err)
		goto teardown_sources;
	err = sipalg_pinhole_setup(sn);
	if (err)
		goto teardown_quotas;
	err = sipalg_call_setup(sn);
	if (err)
		goto teardown_pinholes;
	err = sipalg_binding_setup(sn);
	if (err)
		goto teardown_calls;
	err = sipalg_stream_setup(sn);
	if (err)
		goto teardown_bindings;
	err = add_files(sn);
	if (err)
		goto remove_files;
	err = sipalg_hooks_setup(net);
	if (err)
		goto remove_files;
	err = sipalg_settings_start(sn);
	if (err)
		goto teardown_hooks;
	return 0;

teardown_hooks:
	sipalg_hooks_teardown(net);
	synchronize_rcu();	/* a packet may be in them */
remove_files:
	remove_files(sn);
	sipalg_stream_teardown(sn);
teardown_bindings:
	sipalg_binding_teardown(sn);
teardown_calls:
	sipalg_call_teardown(sn);
teardown_pinholes:
	sipalg_pinhole_teardown(sn);
teardown_quotas:
	sipalg_quota_teardown(sn);
teardown_sources:
	sipalg_source_teardown(sn);
teardown_net:
	sipalg_net_teardown(sn);
	return err;
}

/* Hooks go first: between this and sipalg_net_exit() the kernel waits for a grace period. */
static void __net_exit sipalg_net_pre_exit(struct net *net)
{
	sipalg_settings_stop(sipalg_pernet(net));
	sipalg_hooks_teardown(net);
}

/*
 * No packet comes any more: helpers, hooks and expectations are gone, or the
 * namespace has no devices.
 */
static void __net_exit sipalg_net_exit(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);

	cancel_delayed_work_sync(&sn->gc);
	remove_files(sn);
	sipalg_stream_teardown(sn);
	sipalg_binding_teardown(sn);
	sipalg_call_teardown(sn);
	sipalg_pinhole_teardown(sn);
	sipalg_quota_teardown(sn);
	sipalg_source_teardown(sn);
	sipalg_net_teardown(sn);
}

static struct pernet_operations sipalg_net_ops = {
	.init = sipalg_net_init,
	.pre_exit = sipalg_net_pre_exit,
	.exit = sipalg_net_exit,
	.id = &sipalg_net_id,
	.size = sizeof(struct sipalg_net),
};

static int __init sipalg_init(void)
{
	int err;

	sipalg_hash_init();
	err = ctx_setup();
	if (err)
		return err;
	err = sipalg_source_module_init();
	if (err)
		goto free_ctx;
	err = sipalg_pinhole_module_init();
	if (err)
		goto exit_sources;
	err = sipalg_call_module_init();
	if (err)
		goto exit_pinholes;
	err = sipalg_binding_module_init();
	if (err)
		goto exit_calls;
	BUILD_BUG_ON(ARRAY_SIZE(policy) != NF_CT_MAX_EXPECT_CLASSES);
	helpers_init();
	sipalg_set_attach(sipalg_attach);
	err = register_pernet_subsys(&sipalg_net_ops);
	if (err)
		goto exit_bindings;
	sipalg_pinhole_start();
	err = sipalg_helpers_register(&helpers);
	if (err) {
		pr_err("cannot register the helper: %d\n", err);
		goto unregister_net;
	}
	smp_store_release(&helpers_are_up, true);	/* pairs with sipalg_helper_of() */
	return 0;

unregister_net:
	sipalg_pinhole_stop();
	unregister_pernet_subsys(&sipalg_net_ops);
exit_bindings:
	sipalg_binding_module_exit();
exit_calls:
	sipalg_call_module_exit();
exit_pinholes:
	sipalg_pinhole_module_exit();
exit_sources:
	sipalg_source_module_exit();
free_ctx:
	ctx_teardown();
	return err;
}

/*
 * In the order in which things lean on each other: nobody hands the helper out, the
 * kernel has the offsets of TCP connections, no connection has the helper, no
 * expectation leads to us, no hook runs; then the tables go.
 */
static void __exit sipalg_exit(void)
{
	WRITE_ONCE(helpers_are_up, false);
	WRITE_ONCE(is_leaving, true);
	synchronize_rcu();
	sipalg_stream_hand_over();
	sipalg_helpers_unregister(&helpers);
	synchronize_rcu();
	sipalg_pinhole_stop();
	unregister_pernet_subsys(&sipalg_net_ops);
	sipalg_binding_module_exit();
	sipalg_call_module_exit();
	sipalg_pinhole_module_exit();
	sipalg_source_module_exit();
	ctx_teardown();
}

module_init(sipalg_init);
module_exit(sipalg_exit);

/* what the NAT module and the unit tests use; the text core itself knows no kernel */
SIPALG_EXPORT(sipalg_set_nat_hooks);
SIPALG_EXPORT(sip_chars);
SIPALG_EXPORT(sip_addr_parse);
SIPALG_EXPORT(sip_addr_take_ipv4);
SIPALG_EXPORT(sip_addr_write);
SIPALG_EXPORT(sip_edit_add);
SIPALG_EXPORT(sip_edit_add_addr);
SIPALG_EXPORT(sip_edit_mark);
SIPALG_EXPORT(sip_edit_rollback);
SIPALG_EXPORT(sip_edit_render);
SIPALG_EXPORT(sip_parse);
SIPALG_EXPORT(sip_parse_body);
SIPALG_EXPORT(sip_parse_datagram);
SIPALG_EXPORT(sip_parse_start);
SIPALG_EXPORT(sip_parse_identity);
SIPALG_EXPORT(sip_parse_rest);
SIPALG_EXPORT(sip_keepalive_len);
SIPALG_EXPORT(sip_number);
SIPALG_EXPORT(sip_take_number);
SIPALG_EXPORT(sip_number_write);
SIPALG_EXPORT(sip_line_end);
SIPALG_EXPORT(sip_frame_next);
SIPALG_EXPORT(sip_tcp_init);
SIPALG_EXPORT(sip_tcp_exit);
SIPALG_EXPORT(sip_tcp_seq);
SIPALG_EXPORT(sip_tcp_take);
SIPALG_EXPORT(sip_tcp_pass);
SIPALG_EXPORT(sip_tcp_replace);
SIPALG_EXPORT(sip_tcp_keep);
SIPALG_EXPORT(sip_tcp_untake);
SIPALG_EXPORT(sip_tcp_bypass);
SIPALG_EXPORT(sip_tcp_emit);
SIPALG_EXPORT(sip_tcp_more);
SIPALG_EXPORT(sip_tcp_copy);
SIPALG_EXPORT(sip_tcp_reset);
SIPALG_EXPORT(sip_tcp_ack);
SIPALG_EXPORT(sip_tcp_sack);
SIPALG_EXPORT(sip_tcp_tell);
SIPALG_EXPORT(sip_skip_quoted);
SIPALG_EXPORT(sip_next_param);
SIPALG_EXPORT(sip_cut_header);
SIPALG_EXPORT(sip_uri_parse);
SIPALG_EXPORT(sip_content_type);
SIPALG_EXPORT(sip_uri_port);
SIPALG_EXPORT(sip_strict_fault);
SIPALG_EXPORT(sip_user_hash);
SIPALG_EXPORT(sip_via_form);
SIPALG_EXPORT(sip_header_decide);
SIPALG_EXPORT(sip_header_plan);
SIPALG_EXPORT(sip_length_plan);
SIPALG_EXPORT(sdp_parse);
SIPALG_EXPORT(sdp_conn_of);
SIPALG_EXPORT(sdp_rtcp_of);
SIPALG_EXPORT(sdp_plan);
SIPALG_EXPORT(sip_body_parts);
SIPALG_EXPORT(sip_body_read);
SIPALG_EXPORT(sip_body_plan);

MODULE_DESCRIPTION("SIP application layer gateway: connection tracking helper");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NFCT_HELPER(SIPALG_NAME);
