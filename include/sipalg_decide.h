/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_decide: what a message opens, by its method.
 *
 * Between reading a message and translating it.  Nothing here gives a verdict or
 * touches the packet; what was opened for a message that fails later is taken
 * back by whoever called.
 */
#ifndef _SIPALG_DECIDE_H
#define _SIPALG_DECIDE_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_decide_dialog() - a message that may belong to a call
 * @ctx: parsed and judged; its call is entered and stays locked, and its description
 *       is read, with what each section shall name instead
 *
 * Context: softirq or BH, under rcu_read_lock(), as for all here.
 * Return: 0; -EBADMSG with strict=1 where the description is broken; -EADDRINUSE, -ENOSPC or
 * -ENOMEM where a pinhole was not had.
 */
int sipalg_decide_dialog(struct sipalg_ctx *ctx);

/**
 * sipalg_decide_passive() - a message of which nobody can say what it belongs to
 * @ctx: parsed, and sip_may_act() is false; its description is read, and names the mapped
 *       addresses instead, but nothing is opened or closed for it (SECURITY M2)
 *
 * Return: 0; -EBADMSG with strict=1 where the description is broken.
 */
int sipalg_decide_passive(struct sipalg_ctx *ctx);

/* A REGISTER: its contacts are asked for (RFC 3261 10.2). */
void sipalg_decide_register(struct sipalg_ctx *ctx);

/* Its answer: what was asked for is granted, or not (RFC 3261 10.3). */
void sipalg_decide_registered(struct sipalg_ctx *ctx);

/* The answer to a SUBSCRIBE: notifications need the connection (RFC 6665). */
void sipalg_decide_subscribed(struct sipalg_ctx *ctx);

/**
 * sipalg_caller_is_refused() - whether somebody came in who may not
 * @ctx: of the first packet of a connection that a pinhole let in; only its flow is filled
 *
 * Return: true where signalling_source=learned, or the pinhole is for others' calls.
 */
bool sipalg_caller_is_refused(const struct sipalg_ctx *ctx);

/**
 * sipalg_caller_inherits() - the other party of a call comes from another port than before
 * @ctx: the same, and not refused
 *
 * What it knows of the phone was published on the connection of the call.
 *
 * Return: whether the connection's data changed.
 */
bool sipalg_caller_inherits(struct sipalg_ctx *ctx);

#endif /* _SIPALG_DECIDE_H */
