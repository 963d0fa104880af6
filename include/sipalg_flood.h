/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_flood: whether a message is one too many (BEHAVIOUR 7).
 *
 * Asked before the parser, of the start line alone.  Only where a limit is exceeded, or
 * the sender is blocked, a bounded look says whether the message belongs to something that
 * stands: a flood must not hang up a call.
 */
#ifndef _SIPALG_FLOOD_H
#define _SIPALG_FLOOD_H

#include "sipalg_stats.h"

struct sipalg_ctx;

/**
 * sipalg_flood_refuses() - is this message one too many?
 * @ctx: its text and flow are filled, and sip_parse_start() has read its start line
 * @line: what that returned, above 0
 * @why: out: the counter of the drop
 *
 * @ctx->msg is as sip_parse_start() left it, afterwards too, unless it is to be dropped.
 *
 * Context: softirq or BH, under rcu_read_lock(), as for all here.
 * Return: true: it is to be dropped.
 */
bool sipalg_flood_refuses(struct sipalg_ctx *ctx, int line, enum sipalg_stat *why);

/**
 * sipalg_flood_refuses_early() - the same before the message is routed
 * @ctx: as above
 * @line: as above
 * @why: as above
 *
 * Knows no sender that sipalg_flood_refuses() has not, and not the limits of destinations.
 * What it does not refuse was not counted, and is to be asked about again.
 *
 * Return: true: it is to be dropped.
 */
bool sipalg_flood_refuses_early(struct sipalg_ctx *ctx, int line, enum sipalg_stat *why);

/* A message passed, and was read: requests are remembered, and answers held against them. */
void sipalg_flood_saw(struct sipalg_ctx *ctx);

#endif /* _SIPALG_FLOOD_H */
