/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_datagram: the place of the UDP or TCP header in a packet, and the text of a datagram.
 */
#ifndef _SIPALG_DATAGRAM_H
#define _SIPALG_DATAGRAM_H

#include <linux/types.h>

#include "sipalg_stats.h"

struct nf_conn;
struct sipalg_ctx;
struct sk_buff;

/**
 * sipalg_find_header() - find the UDP or TCP header of a packet
 * @skb: packet; its network header is set
 * @ct: connection of the packet
 * @protocol: IPPROTO_UDP or IPPROTO_TCP
 *
 * ICMP errors about a connection reach its helper as well, and have no such header.
 *
 * Context: any.
 * Return: offset of the header in @skb, in bytes; below 0: the packet has no header of @protocol.
 */
int sipalg_find_header(const struct sk_buff *skb, const struct nf_conn *ct, u8 protocol);

/**
 * sipalg_take_datagram() - make the text of a datagram readable
 * @ctx: context that sipalg_ctx_fill() has filled; this makes its skb linear, and sets its text
 *	and its offsets
 * @why: out, where false is returned: the counter of the reason
 *
 * The text begins after the keep-alives that precede a message (RFC 5626 3.5.1).
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: ctx->text is set, and may be empty; false: the packet has no readable text.
 */
bool sipalg_take_datagram(struct sipalg_ctx *ctx, enum sipalg_stat *why);

#endif /* _SIPALG_DATAGRAM_H */
