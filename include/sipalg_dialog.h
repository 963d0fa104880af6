/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_dialog: the pinholes that a message of a call opens.
 *
 * This unit gives no verdict and does not change the packet.  If a message fails later,
 * sipalg_call_leave() closes the pinholes that were opened for it.
 */
#ifndef _SIPALG_DIALOG_H
#define _SIPALG_DIALOG_H

struct sipalg_ctx;

/**
 * sipalg_decide_dialog() - handle a message that may belong to a call
 * @ctx: context of a message that was read; ctx->may_open is set.  This enters the call and leaves
 *	it locked in ctx->call, and fills ctx->body with the descriptions and the address and port
 *	that each section shall name instead
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -EBADMSG with strict=1: a description cannot be read; -EADDRINUSE, -ENOSPC or -ENOMEM:
 * a pinhole could not be opened, which is counted; or the error of sipalg_call_enter(), which is
 * counted too.
 */
int sipalg_decide_dialog(struct sipalg_ctx *ctx);

/**
 * sipalg_decide_passive() - handle a message of an unknown dialog (SECURITY M2)
 * @ctx: context of a message that was read, and for which sip_may_act() is false.  This fills
 *	ctx->body with the descriptions and the mapped address that each section shall name instead
 *
 * The message opens and closes no pinhole.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -EBADMSG with strict=1: a description cannot be read.
 */
int sipalg_decide_passive(struct sipalg_ctx *ctx);

#endif /* _SIPALG_DIALOG_H */
