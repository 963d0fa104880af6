/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_media: the streams that a message's descriptions name, and their pinholes.
 *
 * Each section at the sender's own address is published: it gets a mapping that
 * stays the same for the life of the call.  What stands at another address is
 * remembered as the place where the other side's media comes from.
 */
#ifndef _SIPALG_MEDIA_H
#define _SIPALG_MEDIA_H

#include "sipalg_call.h"
#include "sipalg_pinhole.h"

struct sipalg_ctx;

/**
 * sipalg_media_read() - read what descriptions the message carries
 * @ctx: parsed; its body is filled
 *
 * Before anything is decided: a message with a description that is broken changes nothing.
 *
 * Return: 0; -EBADMSG with ctx->msg.fault.
 */
int sipalg_media_read(struct sipalg_ctx *ctx);

/**
 * sipalg_media_decide() - open what the descriptions need, and say what they become
 * @ctx: its body is read; its call, if there is one, is locked
 * @side: who says this
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -EADDRINUSE, -ENOSPC or -ENOMEM where a pinhole was not had.
 */
int sipalg_media_decide(struct sipalg_ctx *ctx, enum sipalg_call_side side);

/* A pinhole of the call's media class to the sender, with no port in it yet. */
struct sipalg_pinhole_want sipalg_media_want(const struct sipalg_ctx *ctx);

#endif /* _SIPALG_MEDIA_H */
