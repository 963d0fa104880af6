// SPDX-License-Identifier: GPL-2.0
/*
 * nf_conntrack_sipalg: the conntrack helper for SIP.
 *
 * The way of a packet, from top to bottom:
 *
 *	help()		takes UDP and TCP packets, and renews the life of the connection
 *	frame		(TCP) finds whole messages in the stream, whichever segments they came in
 *	limit		drops a message that exceeds a limit, by its start line
 *	read		makes the buffer linear, parses it once; what is not SIP passes unchanged
 *	judge		tells whether this message may open anything
 *	decide		handles registrations and calls, and opens pinholes
 *	translate	(NAT module) plans the edits
 *	commit		writes the packet once: a datagram is written by the NAT module
 *	verdict		accepts the packet, or drops it with a named reason
 *
 * When a message fails on the way, the pinholes that it opened are closed, and it passes unchanged.
 * Verdicts are given in this file, by sipalg_pass() and sipalg_drop(); a flood may end before, in
 * module/sipalg_early.c.
 */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "sip_chars.h"
#include "sip_start.h"
#include "sipalg_ack.h"
#include "sipalg_compat.h"
#include "sipalg_contact.h"
#include "sipalg_ctx.h"
#include "sipalg_datagram.h"
#include "sipalg_dialog.h"
#include "sipalg_flood.h"
#include "sipalg_flow.h"
#include "sipalg_handshake.h"
#include "sipalg_helpers.h"
#include "sipalg_hooks.h"
#include "sipalg_inside.h"
#include "sipalg_judge.h"
#include "sipalg_net.h"
#include "sipalg_netns.h"
#include "sipalg_packet.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_expect.h"
#include "sipalg_published.h"
#include "sipalg_register.h"
#include "sipalg_segment.h"
#include "sipalg_stream.h"
#include "sipalg_trace.h"

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
	case -EADDRINUSE:	/* sipalg_pinhole_open() has counted it */
	case -ENOSPC:
		return NF_ACCEPT;
	default:
		return sipalg_pass(ctx, SIPALG_STAT_COMMIT_FAILED);
	}
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

/* Counts the parts that stay unchanged in a message that was translated. */
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
	struct sipalg_published published;
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
	ctx->may_open = sipalg_may_open(ctx);
	ctx->may_note = ctx->may_open;
	ctx->body.n = 0;
	ctx->body.n_over = 0;
	ctx->call = NULL;
	ctx->lead_to = 0;
	sip_edit_init(&ctx->edits);

	err = decide_message(ctx);
	published = sipalg_published_by(ctx);	/* reads the text, which the commit moves */
	if (!err)
		err = translate_and_commit(ctx, nat);
	if (ctx->call) {
		ctx->call->left |= ctx->msg.left;
		sipalg_call_leave(ctx->sn, ctx->call, !err);
	}
	if (err == -EBADMSG)
		return sipalg_pass_malformed(ctx, ctx->msg.fault);
	if (err == -EAGAIN)
		return sipalg_drop(ctx, SIPALG_STAT_TAKEOVER_WAITS);
	if (err)
		return sipalg_pass_failed(ctx, err);
	sipalg_published_remember(ctx, &published);
	count_left(ctx);
	return sipalg_pass(ctx, SIPALG_STAT_MESSAGES);
}

static int read_text(struct sipalg_ctx *ctx)
{
	int line = sipalg_ctx_read_start(ctx), ret;
	enum sipalg_stat why;

	if (line > 0 && sipalg_flood_refuses(ctx, line, &why))
		return sipalg_drop(ctx, why);
	/* with strict=1 a message with an odd start line is not SIP, but counts for the limits */
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

static int handle_datagram(struct sipalg_ctx *ctx)
{
	enum sipalg_stat why;

	return sipalg_take_datagram(ctx, &why) ? handle_text(ctx) : sipalg_pass(ctx, why);
}

/* Return: 0; or the error of the segment: then the unit was not emitted. */
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
	if (ctx->counted == SIPALG_STAT_TAKEOVER_WAITS)
		return -EAGAIN;
	/* the bytes of a stream cannot be dropped, but a CRLF can replace them (RFC 3261 7.5) */
	sipalg_count(ctx->sn, SIPALG_STAT_TCP_CUT);
	return sipalg_segment_replace(seg, len, NULL);
}

/* SECURITY S2, S3: a stream that is not SIP here will not become SIP later. */
static int leave_alone(struct sipalg_ctx *ctx, struct sipalg_segment *seg, int why)
{
	if (!seg->stream->is_bypassed)
		sipalg_count(ctx->sn, why == -ENOMSG ? SIPALG_STAT_TCP_NOT_SIP :
						       SIPALG_STAT_TCP_BROKEN);
	return sipalg_segment_bypass(seg);
}

static bool is_leaving __read_mostly;

/* Return: whether the packet has a whole TCP header, which is in the linear part now. */
static bool find_payload(struct sipalg_ctx *ctx)
{
	u32 hdrlen;

	if (!pskb_may_pull(ctx->skb, ctx->protoff + sizeof(struct tcphdr)))
		return false;
	hdrlen = __tcp_hdrlen(sipalg_tcp_of(ctx));
	ctx->dataoff = ctx->protoff + hdrlen;
	return hdrlen >= sizeof(struct tcphdr) && pskb_may_pull(ctx->skb, ctx->dataoff);
}

/* SECURITY 5.6: sipalg_may_open() checks the rules M1, M2 and M3. */
static bool try_resync(struct sipalg_ctx *ctx)
{
	sipalg_ask_sides(ctx);
	return ctx->set->enabled && sipalg_handshake_is_missed(ctx) && sipalg_may_open(ctx) &&
	       sipalg_handshake_make_up(ctx);
}

/* SECURITY S7: only another router knows the numbers of both ends, so the sender gets a reset. */
static int handle_unknown_stream(struct sipalg_ctx *ctx)
{
	if (!ctx->set->enabled || !ctx->set->rewrite || !sipalg_handshake_is_lost(ctx))
		return NF_ACCEPT;
	sipalg_ack_send_reset(ctx);
	return sipalg_drop(ctx, SIPALG_STAT_TCP_RESET);
}

static int handle_segment(struct sipalg_ctx *ctx)
{
	struct sipalg_segment seg;
	int len, err;

	if (!find_payload(ctx))
		return NF_ACCEPT;
	/* the kernel takes over the offsets: no packet of a stream may pass until it has them */
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
		return handle_unknown_stream(ctx);
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

/* SECURITY P6, P13.  Return: whether the packet begins a connection that may not come in. */
static bool refuses_caller(struct sipalg_ctx *ctx)
{
	if (!test_bit(IPS_EXPECTED_BIT, &ctx->ct->status) || nf_ct_is_confirmed(ctx->ct))
		return false;
	if (sipalg_caller_is_refused(ctx))
		return true;
	if (sipalg_caller_inherits(ctx))
		sipalg_ctx_fill_flow(ctx);
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

	/* a packet on loopback comes here twice, the second time already translated */
	if (sipalg_find_header(skb, ct, proto) < 0 || nf_is_loopback_packet(skb))
		return NF_ACCEPT;
	/* a stream that was changed still needs its offsets */
	if (!set->enabled && proto != IPPROTO_TCP)
		return NF_ACCEPT;
	sipalg_count(sn, SIPALG_STAT_PACKETS);
	if (!nf_ct_is_confirmed(ct) && sipalg_flow_data_of(ct))
		sipalg_flow_begin(sipalg_flow_data_of(ct));
	sipalg_flow_inherit(ct, skb);
	sipalg_flow_refresh(ct, skb);
	ctx = sipalg_ctx_get();
	if (!ctx) {
		bool is_tcp = proto == IPPROTO_TCP;	/* no segment may miss its offset */

		sipalg_count(sn, is_tcp ? SIPALG_STAT_TCP_AGAIN : SIPALG_STAT_NO_MEMORY);
		return is_tcp ? NF_DROP : NF_ACCEPT;
	}
	sipalg_ctx_fill(ctx, skb, protoff, ct, ctinfo);
	if (set->enabled && refuses_caller(ctx))
		verdict = sipalg_drop(ctx, SIPALG_STAT_CALLER_REFUSED);
	else if (proto == IPPROTO_TCP)
		verdict = handle_segment(ctx);
	else
		verdict = handle_datagram(ctx);
	sipalg_ctx_put(ctx);
	return verdict;
}

static int __init sipalg_init(void)
{
	int err;

	sipalg_hash_init();
	err = sipalg_ctx_module_init();
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
	sipalg_set_attach(sipalg_attach);
	err = sipalg_netns_register();
	if (err)
		goto exit_bindings;
	sipalg_pinhole_expect_start();
	err = sipalg_helpers_start(sipalg_help);
	if (err)
		goto unregister_net;
	return 0;

unregister_net:
	sipalg_pinhole_expect_stop();
	sipalg_netns_unregister();
exit_bindings:
	sipalg_binding_module_exit();
exit_calls:
	sipalg_call_module_exit();
exit_pinholes:
	sipalg_pinhole_module_exit();
exit_sources:
	sipalg_source_module_exit();
free_ctx:
	sipalg_ctx_module_exit();
	return err;
}

/*
 * The order matters.  1. No new connection gets the helper.  2. The kernel takes over the offsets
 * of TCP connections.  3. No connection has the helper.  4. No expectation leads to us.  5. No hook
 * runs.  6. The tables go.
 */
static void __exit sipalg_exit(void)
{
	sipalg_helpers_withhold();
	WRITE_ONCE(is_leaving, true);
	synchronize_rcu();
	sipalg_stream_hand_over();
	sipalg_helpers_stop();
	synchronize_rcu();
	sipalg_pinhole_expect_stop();
	sipalg_netns_unregister();
	sipalg_binding_module_exit();
	sipalg_call_module_exit();
	sipalg_pinhole_module_exit();
	sipalg_source_module_exit();
	sipalg_ctx_module_exit();
}

module_init(sipalg_init);
module_exit(sipalg_exit);

MODULE_DESCRIPTION("SIP application layer gateway: connection tracking helper");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NFCT_HELPER(SIPALG_NAME);
