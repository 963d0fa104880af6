/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_judge: may a message open anything?
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
 * SECURITY M1 (a Via of its sender), M3 (a Request-URI that is SIP's) and P2 (a sender that is a
 * host).  A response is judged by the request that it answers.  Counts the reason of a refusal.
 *
 * Context: packet path, under rcu_read_lock().
 * Return: whether the message may open anything.
 */
bool sipalg_may_open(struct sipalg_ctx *ctx);

#endif /* _SIPALG_JUDGE_H */
