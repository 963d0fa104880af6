/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_register: what a registration or a subscription opens, and who may call in through it.
 *
 * Nothing here gives a verdict or touches the packet.
 */
#ifndef _SIPALG_REGISTER_H
#define _SIPALG_REGISTER_H

#include <linux/types.h>

struct sipalg_ctx;

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

#endif /* _SIPALG_REGISTER_H */
