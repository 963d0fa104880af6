// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_flood: limits, and messages that are exempt from them.  See sipalg_flood.h.
 */
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_call.h"
#include "sipalg_call_event.h"
#include "sipalg_source.h"
#include "sip_start.h"
#include "sipalg_ctx.h"
#include "sipalg_emergency.h"
#include "sipalg_flood.h"
#include "sipalg_flow.h"
#include "sipalg_inside.h"
#include "sipalg_trace.h"

/* ---- classes --------------------------------------------------------------------- */

static enum sipalg_source_class class_of(const struct sip_msg *msg)
{
	if (!sip_is_request(msg))
		return SIPALG_CLASS_RESPONSE;
	switch (msg->method) {
	case SIP_INVITE:
		return SIPALG_CLASS_INVITE;
	case SIP_REGISTER:
		return SIPALG_CLASS_REGISTER;
	case SIP_OPTIONS:
		return SIPALG_CLASS_OPTIONS;
	case SIP_SUBSCRIBE:
	case SIP_PUBLISH:
	case SIP_NOTIFY:
		return SIPALG_CLASS_SUBSCRIBE;
	default:
		return SIPALG_CLASS_OTHER;
	}
}

static const struct {
	size_t rate;		/* offset in the settings */
	enum sipalg_stat stat;
	const char *name;
} classes[SIPALG_CLASSES] = {
#define RATE(name) offsetof(struct sipalg_settings, source_##name)
	[SIPALG_CLASS_INVITE]	= { RATE(invite), SIPALG_STAT_FLOOD_INVITE, "INVITEs" },
	[SIPALG_CLASS_REGISTER]	= { RATE(register), SIPALG_STAT_FLOOD_REGISTER, "REGISTERs" },
	[SIPALG_CLASS_OPTIONS]	= { RATE(options), SIPALG_STAT_FLOOD_OPTIONS, "OPTIONS" },
	[SIPALG_CLASS_SUBSCRIBE]	= { RATE(subscribe), SIPALG_STAT_FLOOD_SUBSCRIBE,
				    "SUBSCRIBEs, PUBLISHes and NOTIFYs" },
	[SIPALG_CLASS_OTHER]	= { RATE(other), SIPALG_STAT_FLOOD_OTHER, "other requests" },
	[SIPALG_CLASS_RESPONSE]	= { RATE(response), SIPALG_STAT_FLOOD_RESPONSE, "responses" },
#undef RATE
};

static const struct sipalg_rate *source_rate(const struct sipalg_ctx *ctx)
{
	return (const void *)ctx->set + classes[ctx->class].rate;
}

/* Requests by which strangers could overload a proxy have a limit for each proxy as well. */
static const struct sipalg_rate *target_rate(const struct sipalg_ctx *ctx)
{
	const struct sipalg_rate *rate = NULL;

	if (ctx->class == SIPALG_CLASS_INVITE)
		rate = &ctx->set->destination_invite;
	if (ctx->class == SIPALG_CLASS_REGISTER)
		rate = &ctx->set->destination_register;
	return rate && rate->rate ? rate : NULL;
}

static struct sipalg_source_key source_key_of(const struct sipalg_ctx *ctx,
					      const struct sip_addr *addr,
					      enum sipalg_source_role role)
{
	return (struct sipalg_source_key){ *addr, nf_ct_zone(ctx->ct)->id, role };
}

/* Whether the sender of direction @dir has registered over this connection. */
static bool is_client(const struct sipalg_ctx *ctx, enum ip_conntrack_dir dir)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	return data && READ_ONCE(data->is_proven) == SIPALG_FLOW_PROVEN + dir;
}

/*
 * The key by which the messages of direction @dir are limited: their sender.  A registrar has many
 * clients, so its messages to each client have limits of their own.
 */
static struct sipalg_source_key sender_of(const struct sipalg_ctx *ctx, enum ip_conntrack_dir dir)
{
	bool is_this = dir == ctx->dir;
	const struct sip_addr *sender = is_this ? &ctx->flow.self.addr : &ctx->flow.peer_real.addr;
	const struct sip_addr *other = is_this ? &ctx->flow.peer_real.addr : &ctx->flow.self.addr;

	return is_client(ctx, !dir) ? source_key_of(ctx, other, SIPALG_SOURCE_SERVED) :
				      source_key_of(ctx, sender, SIPALG_SOURCE_FROM);
}

/* ---- exemptions ------------------------------------------------------------------ */

/*
 * A number that a request, wherever it is seen, and its answers have in common (RFC 3261 17.1.3).
 * Old clients may use one branch for all requests of a call, so Call-ID, CSeq and method are in it.
 */
static u64 transaction_of(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	u64 number = (u64)msg->cseq << 8 | msg->method;

	return sipalg_id_of(ctx, &ctx->ids.branch, msg->via.branch) +
	       3 * sipalg_id_of(ctx, &ctx->ids.call_id, msg->call_id) +
	       number * 0x9e3779b97f4a7c15ULL;
}

/* Return: the sender of the request that this message is, or answers; NULL: it is not known. */
static struct sipalg_source *asker_of(struct sipalg_ctx *ctx)
{
	struct sipalg_source_key key = sender_of(ctx, !ctx->dir);

	return sip_is_request(&ctx->msg) ? ctx->source : sipalg_source_find(ctx->sn, &key);
}

static bool is_of_call(struct sipalg_ctx *ctx)
{
	struct sipalg_call_event ev = {
		.sn = ctx->sn,
		.call_id = sipalg_id_of(ctx, &ctx->ids.call_id, ctx->msg.call_id),
		.from_tag = sipalg_id_of(ctx, &ctx->ids.from_tag, ctx->msg.from_tag),
		.to_tag = sipalg_id_of(ctx, &ctx->ids.to_tag, ctx->msg.to_tag),
		.branch = sipalg_id_of(ctx, &ctx->ids.branch, ctx->msg.via.branch),
		.zone = nf_ct_zone(ctx->ct)->id,
		.cseq = ctx->msg.cseq,
		.status = ctx->msg.status,
		.method = ctx->msg.method,
	};

	return sipalg_call_knows(&ev);
}

/*
 * Whether a message over a limit belongs to a transaction that was seen, or to a call.  The search
 * is bounded.  Both have their own limit (SECURITY B5), and a message over that does not belong.
 */
static bool is_known(struct sipalg_ctx *ctx, int line, bool is_taken)
{
	enum sipalg_source_again what = sip_is_request(&ctx->msg) ? SIPALG_SOURCE_COPY :
								 SIPALG_SOURCE_ANSWER;
	struct sipalg_source *asker;

	if (sip_parse_identity(&ctx->text, &ctx->msg, line))
		return false;
	asker = asker_of(ctx);
	if (asker && sipalg_source_has_sent(asker, transaction_of(ctx)))
		return sipalg_source_may_again(asker, transaction_of(ctx), what, is_taken);
	return is_of_call(ctx) &&
	       sipalg_source_may_in_dialog(ctx->sn, ctx->source, ctx->ids.call_id, is_taken);
}

/*
 * Whether a message is an emergency call within its limit.  Over the limit of a proxy, the
 * emergency calls of all strangers to this proxy have a limit as well.
 */
static bool is_help(struct sipalg_ctx *ctx, bool is_taken)
{
	if (!sip_is_request(&ctx->msg) || ctx->msg.method != SIP_INVITE)
		return false;
	sipalg_ask_sides(ctx);	/* is_outside is still that of an earlier packet */
	return sipalg_is_emergency(ctx) &&
	       sipalg_source_may_help(ctx->sn, ctx->source, is_taken) &&
	       (!ctx->is_over_target || sipalg_source_may_help(ctx->sn, ctx->target, is_taken));
}

/* @is_taken: true: the message goes on now; false: the helper asks about it again */
static bool is_exempt(struct sipalg_ctx *ctx, int line, bool is_taken)
{
	u16 strict = ctx->msg.flags & SIP_MSG_STRICT;

	if (sipalg_prefixes_have(&ctx->set->trusted, &ctx->flow.self.addr) ||
	    is_help(ctx, is_taken))
		return true;
	if (!is_known(ctx, line, is_taken))
		return false;
	/* the full parser starts again from the start line */
	ctx->ids = (struct sipalg_ids){};
	sip_parse_start(&ctx->text, &ctx->msg);
	ctx->msg.flags |= strict;
	return true;
}

/* ---- limits ---------------------------------------------------------------------- */

static void tell_flood(const struct sipalg_ctx *ctx, const char *role, const struct sip_addr *addr)
{
	char buf[SIP_ADDR_TEXT_MAX];
	u32 len = sip_addr_write(addr, buf, false);

	if (sipalg_may_log(ctx->sn))
		net_info_ratelimited("%s %.*s: too many %s, some are dropped (/proc/net/sipalg/sources)\n",
			     role, (int)len, buf, classes[ctx->class].name);
}

/* A client that has registered over this connection is not blocked for others at its address. */
static bool is_blocked(const struct sipalg_ctx *ctx)
{
	return sipalg_source_blocked_s(ctx->sn, ctx->source) && !is_client(ctx, ctx->dir);
}

/* Return: false: the message is within all limits, and was counted against them. */
static bool is_over_limits(struct sipalg_ctx *ctx, enum sipalg_stat *why)
{
	const struct sipalg_rate *rate = target_rate(ctx);
	struct sipalg_source_key key = source_key_of(ctx, &ctx->flow.peer_real.addr,
						     SIPALG_SOURCE_TO);

	*why = classes[ctx->class].stat;
	if (!sipalg_source_take(ctx->sn, ctx->source, ctx->class, source_rate(ctx)))
		return true;
	*why = SIPALG_STAT_BLOCKED;
	if (is_blocked(ctx))
		return true;
	ctx->target = rate ? sipalg_source_get(ctx->sn, &key) : NULL;
	*why = SIPALG_STAT_FLOOD_DESTINATION;
	ctx->is_over_target = ctx->target &&
			      !sipalg_source_take(ctx->sn, ctx->target, ctx->class, rate) &&
			      !sipalg_source_is_good(ctx->sn, ctx->source);
	return ctx->is_over_target;
}

/* Notes that a message is dropped for a limit, or a block, of its sender. */
static void note_refused(struct sipalg_ctx *ctx, enum sipalg_stat why)
{
	struct sipalg_net *sn = ctx->sn;
	unsigned long until = (sipalg_now(sn) + HZ) ?: 1;

	if (READ_ONCE(sn->flood_until) != until)
		WRITE_ONCE(sn->flood_until, until);
	if (sipalg_source_dropped(sn, ctx->source, ctx->class) && why != SIPALG_STAT_BLOCKED)
		tell_flood(ctx, "from", &ctx->flow.self.addr);
}

bool sipalg_flood_refuses(struct sipalg_ctx *ctx, int line, enum sipalg_stat *why)
{
	struct sipalg_source_key key = sender_of(ctx, ctx->dir);

	ctx->class = class_of(&ctx->msg);
	ctx->target = NULL;
	ctx->is_over_target = false;
	ctx->is_paid = false;
	ctx->source = sipalg_source_get(ctx->sn, &key);
	if (!ctx->source)
		return false;
	if (!is_over_limits(ctx, why)) {
		ctx->is_paid = true;
		return false;
	}
	if (is_exempt(ctx, line, true))
		return false;
	if (*why == SIPALG_STAT_FLOOD_DESTINATION) {
		sipalg_source_dropped(ctx->sn, ctx->source, ctx->class);
		if (sipalg_source_dropped(ctx->sn, ctx->target, ctx->class))
			tell_flood(ctx, "to", &ctx->flow.peer_real.addr);
	} else {
		note_refused(ctx, *why);
	}
	return true;
}

bool sipalg_flood_refuses_early(struct sipalg_ctx *ctx, int line, enum sipalg_stat *why)
{
	struct sipalg_source_key key = sender_of(ctx, ctx->dir);

	ctx->class = class_of(&ctx->msg);
	ctx->source = sipalg_source_find(ctx->sn, &key);
	ctx->is_over_target = false;
	if (!ctx->source)
		return false;
	*why = classes[ctx->class].stat;
	if (!sipalg_source_is_over(ctx->sn, ctx->source, ctx->class, source_rate(ctx))) {
		*why = SIPALG_STAT_BLOCKED;
		if (!is_blocked(ctx))
			return false;
	}
	if (is_exempt(ctx, line, false))
		return false;
	sipalg_source_saw(ctx->sn, ctx->source, ctx->class);
	note_refused(ctx, *why);
	return true;
}

/* ---- messages that passed -------------------------------------------------------- */

/* A repeated request counts once, for as many copies as a client may send (RFC 3261 17.1). */
static void saw_request(struct sipalg_ctx *ctx)
{
	if (!ctx->source || ctx->msg.method == SIP_ACK)
		return;
	if (!sipalg_source_sent(ctx->source, transaction_of(ctx),
				ctx->msg.flags & SIP_MSG_CREDENTIALS) || !ctx->is_paid ||
	    !sipalg_source_may_again(ctx->source, transaction_of(ctx), SIPALG_SOURCE_COPY, true))
		return;
	sipalg_source_refund(ctx->source, ctx->class);
	if (ctx->target)
		sipalg_source_refund(ctx->target, ctx->class);
}

/*
 * BEHAVIOUR 7: the answers that are failures of a guesser.  Any caller may dial a number that does
 * not exist, and a trunk passes on the mistakes of many callers, so this answer is a failure only
 * of a source that never had a success.
 */
static enum sipalg_source_end end_of(const struct sip_msg *msg)
{
	switch (msg->status) {
	case 200 ... 299:
		return SIPALG_SOURCE_SUCCESS;
	case 403:
	case 404:
	case 410:
		return msg->method == SIP_REGISTER ? SIPALG_SOURCE_REFUSED : SIPALG_SOURCE_MISSED;
	case 401:
	case 407:
		return msg->flags & SIP_MSG_STALE ? SIPALG_SOURCE_OTHERWISE :
						    SIPALG_SOURCE_CHALLENGED;
	default:
		return SIPALG_SOURCE_OTHERWISE;
	}
}

static void tell_block(const struct sipalg_ctx *ctx, struct sipalg_source *asker)
{
	char buf[SIP_ADDR_TEXT_MAX];
	u32 len = sip_addr_write(&ctx->flow.peer_real.addr, buf, false);

	sipalg_count(ctx->sn, SIPALG_STAT_SOURCES_BLOCKED);
	trace_sipalg_source(&ctx->flow.peer_real, sipalg_source_blocked_s(ctx->sn, asker));
	if (!sipalg_may_log(ctx->sn))
		return;
	net_info_ratelimited("%.*s is blocked for %u s: %u registrations or calls failed within %u s\n",
			     (int)len, buf, sipalg_source_blocked_s(ctx->sn, asker),
			     ctx->set->block_failures, ctx->set->block_window);
}

/* @word: SIPALG_FLOW_PROVEN plus the direction of the client; 0: no client has registered */
static void set_proven(const struct sipalg_ctx *ctx, u16 word)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	if (data && READ_ONCE(data->is_proven) != word)
		WRITE_ONCE(data->is_proven, word);
}

/* A successful registration proves the phone, and the registrar, which other phones need. */
static void saw_registered(struct sipalg_ctx *ctx)
{
	struct sipalg_source_key key = source_key_of(ctx, &ctx->flow.self.addr, SIPALG_SOURCE_FROM);
	struct sipalg_source *registrar = sipalg_source_get(ctx->sn, &key);

	set_proven(ctx, SIPALG_FLOW_PROVEN + !ctx->dir);
	if (registrar)
		sipalg_source_serves(ctx->sn, registrar, ctx->set->register_max);
}

/*
 * Whether a setting of the administrator names the sender of a request, so its failures do not
 * count.  For a trunk this holds for INVITE only.
 */
static bool is_named(const struct sipalg_ctx *ctx)
{
	const struct sip_addr *asker = &ctx->flow.peer_real.addr;

	return sipalg_prefixes_have(&ctx->set->trusted, asker) ||
	       (ctx->msg.method == SIP_INVITE && sipalg_prefixes_have(&ctx->set->trunks, asker));
}

static void saw_answer(struct sipalg_ctx *ctx)
{
	struct sipalg_source_key key = sender_of(ctx, !ctx->dir);
	enum sipalg_source_end end = end_of(&ctx->msg);
	struct sipalg_source *asker = sipalg_source_find(ctx->sn, &key);
	enum sipalg_source_told told;

	if (!asker)
		return;
	ctx->was_asked = sipalg_source_has_sent(asker, transaction_of(ctx));
	if (end != SIPALG_SOURCE_SUCCESS && is_named(ctx))
		end = SIPALG_SOURCE_OTHERWISE;
	told = sipalg_source_answered(ctx->sn, asker, transaction_of(ctx), end);
	if (told == SIPALG_SOURCE_FAILED || told == SIPALG_SOURCE_BLOCKED) {
		sipalg_count(ctx->sn, SIPALG_STAT_FAILURES);
		if (is_client(ctx, !ctx->dir))
			set_proven(ctx, 0);
	}
	if (told == SIPALG_SOURCE_BLOCKED)
		tell_block(ctx, asker);
	if (told == SIPALG_SOURCE_NOTED && end == SIPALG_SOURCE_SUCCESS &&
	    ctx->msg.method == SIP_REGISTER)
		saw_registered(ctx);
}

static void saw_subscribed(struct sipalg_ctx *ctx)
{
	struct sipalg_source_key key = sender_of(ctx, !ctx->dir);
	struct sipalg_source *asker = sipalg_source_find(ctx->sn, &key);

	ctx->was_asked = asker && sipalg_source_has_sent(asker, transaction_of(ctx));
}

void sipalg_flood_saw(struct sipalg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;

	ctx->was_asked = false;
	if (sip_is_request(msg))
		saw_request(ctx);
	else if (msg->status >= 200 && (msg->method == SIP_REGISTER || msg->method == SIP_INVITE))
		saw_answer(ctx);
	else if (msg->status >= 200 && msg->method == SIP_SUBSCRIBE)
		saw_subscribed(ctx);
}
