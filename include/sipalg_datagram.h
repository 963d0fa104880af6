/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_datagram: the text of a datagram, and where the header of a packet is.
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
 * ICMP errors about a connection reach its helper too.
 *
 * Context: any.
 * Return: offset of the header in @skb, in bytes; below 0: the packet has none of @protocol.
 */
int sipalg_find_header(const struct sk_buff *skb, const struct nf_conn *ct, u8 protocol);

/**
 * sipalg_take_datagram() - make the text of a datagram readable
 * @ctx: context that was filled; its skb is made linear, its text and offsets are set
 * @why: the counter that says why there is no text; set where false is returned
 *
 * Keep-alives before the message (RFC 5626 3.5.1) are no part of the text.
 *
 * Context: packet path.
 * Return: whether @ctx->text is the text, of 0 bytes or more.
 */
bool sipalg_take_datagram(struct sipalg_ctx *ctx, enum sipalg_stat *why);

#endif /* _SIPALG_DATAGRAM_H */
