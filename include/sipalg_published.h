/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_published: what a connection remembers of its messages.
 *
 * The other side of a translated connection knows the addresses that we have written for a host.
 * What it sends to these is led back; what a host has published itself is not.  The memory is a
 * word for each direction, in struct sipalg_flow_data.
 */
#ifndef _SIPALG_PUBLISHED_H
#define _SIPALG_PUBLISHED_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * struct sipalg_published - what one message changes of the memory
 * @before: word of the sender's direction before the message
 * @after: word after it
 * @listens: the sender listens at the port of its Via, from which it does not send
 */
struct sipalg_published {
	u32 before;
	u32 after;
	bool listens;
};

/**
 * sipalg_published_by() - read what a message publishes
 * @ctx: context of a message that was read and not yet committed: the commit moves its text
 *
 * Context: packet path, under rcu_read_lock().
 * Return: the change; nothing is written.
 */
struct sipalg_published sipalg_published_by(const struct sipalg_ctx *ctx);

/**
 * sipalg_published_remember() - write what a message has published
 * @ctx: context of a message that was committed
 * @by: what sipalg_published_by() returned for it
 *
 * Where two CPUs handle messages of one direction, the first to write wins.
 *
 * Context: packet path, under rcu_read_lock().
 */
void sipalg_published_remember(struct sipalg_ctx *ctx, const struct sipalg_published *by);

#endif /* _SIPALG_PUBLISHED_H */
