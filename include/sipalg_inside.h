/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_inside: whether an address that a message names is on the sender's side.
 */
#ifndef _SIPALG_INSIDE_H
#define _SIPALG_INSIDE_H

#include <linux/types.h>

struct sipalg_ctx;
struct sip_addr;

/**
 * sipalg_is_inside() - may media go to another host than the sender, inside_media=1
 * @ctx: the packet that names it
 * @addr: an address of the family of the connection, or another
 *
 * SECURITY P1 and P2: it is one host, not the router itself, and the routes say that it is
 * reached on another interface than the receiver of the message.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether it is.
 */
bool sipalg_is_inside(const struct sipalg_ctx *ctx, const struct sip_addr *addr);

#endif /* _SIPALG_INSIDE_H */
