/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_ack: what is said to the sender of a packet in the name of its other end: that
 * bytes have arrived which are held for it here; or the bytes of a message that had to
 * wait for room.
 */
#ifndef _SIPALG_ACK_H
#define _SIPALG_ACK_H

#include <linux/types.h>

struct sipalg_ctx;
struct sk_buff;

/**
 * struct sipalg_ack - what it says; all in host byte order, in the count of its addressee
 * @seq: sequence number
 * @ack: acknowledged
 * @window: as it stands in the header
 * @is_reset: it ends the connection (RST), and acknowledges nothing
 * @has_time: whether it has time stamps (RFC 7323 3)
 * @time: the other end's last one
 * @echo: the addressee's, of the packet at hand
 * @data: bytes; copied
 * @len: how many
 * @size: how many one segment may carry
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

/* Whether one can be sent to where the packet came from: not where nobody routes. */
bool sipalg_ack_is_possible(const struct sk_buff *skb);

/**
 * sipalg_ack_make() - a packet
 * @ctx: the packet that it answers, which is not gone yet
 * @ack: what to say
 *
 * Return: the packet; NULL without memory.
 */
struct sk_buff *sipalg_ack_make(const struct sipalg_ctx *ctx, const struct sipalg_ack *ack);

/**
 * sipalg_ack_send() - send it
 * @ctx: as above
 * @skb: what sipalg_ack_make() gave; NULL is allowed
 *
 * Best effort: whoever misses it repeats what it is for.
 *
 * Context: softirq or BH, under rcu_read_lock(); no lock of ours is held.
 */
void sipalg_ack_send(const struct sipalg_ctx *ctx, struct sk_buff *skb);

/**
 * sipalg_ack_send_reset() - end a connection for the sender of a segment
 * @ctx: segment, whose TCP header is in one piece
 *
 * The reset has the number that the sender expects next, so it need not be challenged (RFC 5961 3).
 * A segment that acknowledges nothing, or is a reset itself, is not answered.
 *
 * Context: softirq or BH, under rcu_read_lock(); no lock of ours is held.
 */
void sipalg_ack_send_reset(const struct sipalg_ctx *ctx);

#endif /* _SIPALG_ACK_H */
