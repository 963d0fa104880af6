/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_early: drops the messages of a flood before they are routed.
 *
 * A datagram that the helper would drop later need not be translated and routed first.
 */
#ifndef _SIPALG_EARLY_H
#define _SIPALG_EARLY_H

#include <linux/types.h>
#include <linux/netfilter/nf_conntrack_common.h>

struct nf_conn;
struct sk_buff;

/**
 * sipalg_refuses_early() - ask whether a packet exceeds the limits of its sender
 * @skb: packet after conntrack and before routing
 * @ct: connection of the packet, confirmed
 * @ctinfo: relation of the packet to @ct
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the packet must be dropped, and was counted; false: nothing was counted.
 */
bool sipalg_refuses_early(struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info ctinfo);

#endif /* _SIPALG_EARLY_H */
