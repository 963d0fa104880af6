/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_flood: limits of the number of messages (BEHAVIOUR 7).
 *
 * The limits are checked before the message is parsed, with the start line only.  Where a limit
 * is exceeded, or the sender is blocked, a bounded search tells whether the message belongs to a
 * call or registration that exists: a flood must not hang up a call.
 */
#ifndef _SIPALG_FLOOD_H
#define _SIPALG_FLOOD_H

#include "sipalg_stats.h"

struct sipalg_ctx;

/**
 * sipalg_flood_refuses() - ask whether a message exceeds a limit and must be dropped
 * @ctx: context of a message; its text and flow are set, and sip_parse_start() has read its start
 *	line
 * @line: what sip_parse_start() returned, above 0
 * @why: out, where true is returned: the counter of the reason
 *
 * Where false is returned, ctx->msg is as sip_parse_start() has left it.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the message must be dropped; false: it passes, and was counted against its limits.
 */
bool sipalg_flood_refuses(struct sipalg_ctx *ctx, int line, enum sipalg_stat *why);

/**
 * sipalg_flood_refuses_early() - ask before routing whether a message exceeds a limit
 * @ctx: context of a message; its text and flow are set, and sip_parse_start() has read its start
 *	line
 * @line: what sip_parse_start() returned, above 0
 * @why: out, where true is returned: the counter of the reason
 *
 * This knows the senders that sipalg_flood_refuses() has seen, and does not check the limits of
 * destinations.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the message must be dropped; false: it goes on, was not counted against its limits,
 * and sipalg_flood_refuses() must be asked about it later.
 */
bool sipalg_flood_refuses_early(struct sipalg_ctx *ctx, int line, enum sipalg_stat *why);

/**
 * sipalg_flood_saw() - learn from a message that was read and passes
 * @ctx: context of the message
 *
 * A request is remembered with its sender.  A response that refuses a request counts as a failure
 * of the sender of that request, and may block it.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_flood_saw(struct sipalg_ctx *ctx);

#endif /* _SIPALG_FLOOD_H */
