/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_dialog: what a message of a call opens.
 *
 * Nothing here gives a verdict or touches the packet; what was opened for a message that fails
 * later is taken back by sipalg_call_leave().
 */
#ifndef _SIPALG_DIALOG_H
#define _SIPALG_DIALOG_H

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

#endif /* _SIPALG_DIALOG_H */
