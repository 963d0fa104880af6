/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_ack: an acknowledgment in the name of a receiver that has heard nothing yet.
 */
#ifndef _SIPALG_ACK_H
#define _SIPALG_ACK_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * struct sipalg_ack - what it says; all in host byte order, in the count of its addressee
 * @seq: sequence number
 * @ack: acknowledged
 * @window: as it stands in the header
 * @has_time: whether it has time stamps (RFC 7323 3)
 * @time: the receiver's last one
 * @echo: the addressee's, of the packet at hand
 */
struct sipalg_ack {
	u32 seq;
	u32 ack;
	u16 window;
	bool has_time;
	u32 time;
	u32 echo;
};

/**
 * sipalg_ack_send() - send it to where a packet came from
 * @ctx: that packet, which is not gone yet
 * @ack: what to say
 *
 * Best effort: whoever misses it repeats what it is for.
 *
 * Context: softirq or BH, under rcu_read_lock(); no lock of ours is held.
 */
void sipalg_ack_send(const struct sipalg_ctx *ctx, const struct sipalg_ack *ack);

#endif /* _SIPALG_ACK_H */
