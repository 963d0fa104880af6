/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_judge: the rules that tell whether a message may open anything.
 *
 * A message that may not is still translated, and opens no pinhole, call or binding.
 */
#ifndef _SIPALG_JUDGE_H
#define _SIPALG_JUDGE_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_may_open() - ask the rules for a message that opens something
 * @ctx: context of a message that was read; sipalg_ask_sides() was called
 *
 * The rules are SECURITY M1 (the Request-URI is one of SIP), M2 (its headers can be read), M3 (the
 * top Via names the sender) and P2 (the sender is a host).  A response is judged by the request
 * that it answers.  The reason of a refusal is counted.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the message may open pinholes, calls and bindings.
 */
bool sipalg_may_open(struct sipalg_ctx *ctx);

#endif /* _SIPALG_JUDGE_H */
