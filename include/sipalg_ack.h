/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_ack: packets to the sender of a packet, in the name of the other end of its connection.
 *
 * Such a packet acknowledges bytes that are held here, or carries bytes of a message for which the
 * window of the sender was too small before, or resets the connection.
 */
#ifndef _SIPALG_ACK_H
#define _SIPALG_ACK_H

#include <linux/types.h>

struct sipalg_ctx;
struct sk_buff;

/**
 * struct sipalg_ack - contents of such a packet, in host byte order
 * @seq: sequence number, as the machine that the packet goes to counts
 * @ack: acknowledgment number, as the machine that the packet goes to counts
 * @window: window, as it stands in the header, not shifted
 * @is_reset: whether the packet resets the connection (RST), and acknowledges nothing
 * @has_time: whether the packet has time stamps (RFC 7323 3)
 * @time: last time stamp of the other end
 * @echo: time stamp of the packet that this one answers
 * @data: payload, which is copied
 * @len: bytes of @data
 * @size: bytes of payload that one segment may carry
 */
struct sipalg_ack {
	u32 seq;
	u32 ack;
	u16 window;
	bool is_reset;
	bool has_time;
	u32 time;
	u32 echo;
	const u8 *data;
	u32 len;
	u32 size;
};

/**
 * sipalg_ack_is_possible() - ask whether a packet can be sent back to where another came from
 * @skb: the packet to answer
 *
 * Context: any.
 * Return: false where this machine does not route @skb, as on a bridge.
 */
bool sipalg_ack_is_possible(const struct sk_buff *skb);

/**
 * sipalg_ack_make() - make a packet to the sender of another packet
 * @ctx: context of the packet to answer, which has not been passed on yet
 * @ack: contents of the new packet
 *
 * Context: softirq or BH.
 * Return: the packet, for sipalg_ack_send(); NULL: no memory is left.
 */
struct sk_buff *sipalg_ack_make(const struct sipalg_ctx *ctx, const struct sipalg_ack *ack);

/**
 * sipalg_ack_send() - send a packet that sipalg_ack_make() has made
 * @ctx: context of the packet to answer
 * @skb: the packet; NULL: nothing is sent
 *
 * The packet may be lost: then the machine that misses it repeats its own packet.
 *
 * Context: softirq or BH, under rcu_read_lock(); no lock of ours is held.
 */
void sipalg_ack_send(const struct sipalg_ctx *ctx, struct sk_buff *skb);

/**
 * sipalg_ack_send_reset() - reset a connection for the sender of a segment
 * @ctx: context of the segment; its TCP header is in the linear part of its skb
 *
 * The reset has the sequence number that the sender expects next, so the sender need not challenge
 * it (RFC 5961 3).  A segment that acknowledges nothing, or is a reset itself, gets no reset.
 *
 * Context: softirq or BH, under rcu_read_lock(); no lock of ours is held.
 */
void sipalg_ack_send_reset(const struct sipalg_ctx *ctx);

#endif /* _SIPALG_ACK_H */
