/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_published: the memory that a connection has of its messages.
 *
 * The other side of a translated connection knows the addresses that we have written for a host.
 * A message that names such an address is led back to the host; a message that names an address
 * that the host has published itself is not.  The memory is a word for each direction, in struct
 * sipalg_flow_data.
 */
#ifndef _SIPALG_PUBLISHED_H
#define _SIPALG_PUBLISHED_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * struct sipalg_published - the change that one message makes to the memory
 * @before: word of the direction of the sender before the message
 * @after: word of the direction of the sender after the message
 * @listens: whether the sender listens at the port in its Via and sends from another port
 */
struct sipalg_published {
	u32 before;
	u32 after;
	bool listens;
};

/**
 * sipalg_published_by() - read from a message what it publishes
 * @ctx: context of a message that was read and not yet committed: the commit moves its text
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: the change, which sipalg_published_remember() writes.
 */
struct sipalg_published sipalg_published_by(const struct sipalg_ctx *ctx);

/**
 * sipalg_published_remember() - write what a message has published to its connection
 * @ctx: context of a message that was committed
 * @by: what sipalg_published_by() returned for it
 *
 * Where two CPUs handle messages of one direction at the same time, the first one writes and the
 * change of the second one is lost.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_published_remember(struct sipalg_ctx *ctx, const struct sipalg_published *by);

#endif /* _SIPALG_PUBLISHED_H */
