/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_register: the pinholes that a registration or a subscription opens, and the hosts that
 * may call in through them.
 *
 * This unit gives no verdict and does not change the packet.
 */
#ifndef _SIPALG_REGISTER_H
#define _SIPALG_REGISTER_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_decide_register() - handle a REGISTER: ask for bindings for its contacts (RFC 3261 10.2)
 * @ctx: context of a REGISTER request that was read and judged
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_decide_register(struct sipalg_ctx *ctx);

/**
 * sipalg_decide_registered() - handle the answer to a REGISTER (RFC 3261 10.3)
 * @ctx: context of a response to REGISTER that was read
 *
 * A 2xx response grants the bindings that it lists; any other response changes nothing.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_decide_registered(struct sipalg_ctx *ctx);

/**
 * sipalg_decide_subscribed() - handle the answer to a SUBSCRIBE (RFC 6665 4.1.2)
 * @ctx: context of a response to SUBSCRIBE that was read
 *
 * Notifications come over the connection for the time that a 2xx response grants, so this keeps
 * the connection for that time.  Only an inside subscriber needs it, and its request must have
 * been seen (security.md B1): notifications to an outside subscriber find their way without it.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_decide_subscribed(struct sipalg_ctx *ctx);

/**
 * sipalg_caller_is_refused() - ask whether a connection came in through a pinhole and may not
 * @ctx: context of the first packet of a connection that a pinhole let in; only its flow is set
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where the sender is not a caller of the pinhole, and either signalling_source is
 * learned or the pinhole is only for the peers of calls.
 */
bool sipalg_caller_is_refused(const struct sipalg_ctx *ctx);

/**
 * sipalg_caller_inherits() - give a new connection the memory of the connection of its call
 * @ctx: context of the first packet of a connection that a pinhole let in; only its flow is set,
 *	and sipalg_caller_is_refused() has returned false
 *
 * The other party of a call may come from another port than before.  The address that it knows of
 * the phone was published on the connection of the call.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the data of the connection has changed, so the flow must be filled again.
 */
bool sipalg_caller_inherits(struct sipalg_ctx *ctx);

#endif /* _SIPALG_REGISTER_H */
