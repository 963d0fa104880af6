/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_handshake: how streams begin (SECURITY S1): with the handshake of TCP, or without it
 * where tcp_resync is 1.
 */
#ifndef _SIPALG_HANDSHAKE_H
#define _SIPALG_HANDSHAKE_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_handshake_see() - handle a SYN or a SYN-ACK
 * @ctx: context of the packet; ctx->dataoff is set
 *
 * A SYN is remembered.  The first SYN-ACK that acknowledges this SYN makes a stream, and no later
 * SYN-ACK does, because a server may send any number of them.  Options by which bytes would pass
 * this machine unread are taken out of both packets.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -ENOMEM: the packet must be dropped, and its sender repeats it.
 */
int sipalg_handshake_see(struct sipalg_ctx *ctx);

/**
 * sipalg_handshake_is_lost() - ask whether the numbers of a stream cannot be known here
 * @ctx: context of a packet without a stream
 *
 * This holds for a translated connection of which another router has seen the handshake, or which
 * was flushed from the table of connections: the other router, or the stream that is gone, has
 * changed the length of its messages.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where it holds; false where the kernel knows the offsets of the connection.
 */
bool sipalg_handshake_is_lost(const struct sipalg_ctx *ctx);

/**
 * sipalg_handshake_is_missed() - ask whether a stream may begin at this packet, tcp_resync=1
 * @ctx: context of a packet without a stream; its message is parsed as far as the body
 *
 * SECURITY 5.6: after a failover another machine has seen the handshake.  A connection that was a
 * stream before does not become one again, whatever the reason for which it is not read any more.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where the connection was never a stream, and the packet begins with a start line
 * and a whole header section.  The caller judges whether the top Via names the sender.
 */
bool sipalg_handshake_is_missed(struct sipalg_ctx *ctx);

/**
 * sipalg_handshake_make_up() - make a stream that begins with a packet
 * @ctx: context of a packet for which sipalg_handshake_is_missed() has returned true
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: the stream was made; false: there are too many streams, or no memory.
 */
bool sipalg_handshake_make_up(struct sipalg_ctx *ctx);

#endif /* _SIPALG_HANDSHAKE_H */
