/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_said: descriptions that say again what was agreed.
 *
 * A session refresh has the same description as before (RFC 4028 7.4), and so has its answer.  Such
 * a description changes nothing, so no stream and no pinhole is looked at.  A hash of what it says
 * and of what it comes through is compared with the hash in the call.  32 bits under a secret key
 * are enough: a party can only deceive itself, and has one guess a message.
 *
 * A description is known again only if nothing outside of the call has a say about it: it has one
 * section with a port, at the own address of a sender inside, or of a sender outside.
 * sipalg_call_unsay() forgets where streams or connections of the call change.
 *
 * These functions are for sipalg_media.c.
 */
#ifndef _SIPALG_SAID_H
#define _SIPALG_SAID_H

#include "sipalg_call.h"

struct sipalg_ctx;

/**
 * sipalg_said_print() - hash of a description
 * @ctx: context of a message with ctx->body filled
 *
 * Context: softirq or BH, under rcu_read_lock(), before the commit.
 * Return: the hash; 0: the description is of a kind that is not known again.
 */
u32 sipalg_said_print(struct sipalg_ctx *ctx);

/**
 * sipalg_said_again() - does a description say what its sender said last, and what was agreed?
 * @ctx: context of a message; if @print is not 0, its call is locked
 * @side: side of the call that has sent the message
 * @print: result of sipalg_said_print()
 *
 * Context: as sipalg_said_print().
 * Return: true: the message changes nothing by its description; false: it is to be read.
 */
bool sipalg_said_again(struct sipalg_ctx *ctx, enum sipalg_call_side side, u32 print);

/**
 * sipalg_said_remember() - remember a description that was read, and what was published for it
 * @ctx: context of a message; its call is locked, and its plan is made
 * @side: side of the call that has sent the message
 * @print: result of sipalg_said_print()
 *
 * Context: as sipalg_said_print().
 */
void sipalg_said_remember(struct sipalg_ctx *ctx, enum sipalg_call_side side, u32 print);

#endif /* _SIPALG_SAID_H */
