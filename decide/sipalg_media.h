/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_media: the streams that the descriptions of a message name, and their pinholes.
 *
 * Each section at the own address of the sender is published: it gets a mapping that stays the
 * same for the life of the call.  A section at another address is remembered as the place where
 * the media of the other side comes from.
 */
#ifndef _SIPALG_MEDIA_H
#define _SIPALG_MEDIA_H

#include "sipalg_call.h"
#include "sipalg_pinhole.h"

struct sipalg_ctx;

/**
 * sipalg_media_read() - read the descriptions of a message
 * @ctx: context of a message that was read; this fills ctx->body
 *
 * It runs before anything is decided, so a message with a broken description changes nothing.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -EBADMSG with strict=1: a description cannot be read, and ctx->msg.fault is set.
 */
int sipalg_media_read(struct sipalg_ctx *ctx);

/**
 * sipalg_media_decide() - open the pinholes that descriptions need, and plan their new addresses
 * @ctx: context of a message with ctx->body filled; its call, if it has one, is locked
 * @side: the side of the call that has sent the message
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -EADDRINUSE, -ENOSPC or -ENOMEM: a pinhole could not be opened, which is counted.
 */
int sipalg_media_decide(struct sipalg_ctx *ctx, enum sipalg_call_side side);

/**
 * sipalg_media_want() - describe a media pinhole to the sender
 * @ctx: context of a message
 *
 * Context: any.
 * Return: a pinhole of the media class of the call, with no port in it yet.
 */
struct sipalg_pinhole_want sipalg_media_want(const struct sipalg_ctx *ctx);

#endif /* _SIPALG_MEDIA_H */
