/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_handshake: how streams begin (SECURITY S1), with the handshake, or without it
 * where the administrator wants that.
 */
#ifndef _SIPALG_HANDSHAKE_H
#define _SIPALG_HANDSHAKE_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_handshake_see() - a SYN or a SYN-ACK
 * @ctx: the packet; ctx->dataoff is set
 *
 * The first is remembered, the second makes a stream of it: only one that acknowledges
 * that SYN, and no other one later, for a server may send whatever it likes.  What they
 * carry that would lead bytes past us is taken out.
 *
 * Context: softirq or BH, under rcu_read_lock(), as for all here.
 * Return: 0; -ENOMEM: its sender must repeat it.
 */
int sipalg_handshake_see(struct sipalg_ctx *ctx);

/**
 * sipalg_handshake_is_lost() - do the ends of a stream count in numbers that are not known here?
 * @ctx: packet without a stream
 *
 * A translated connection whose handshake another router has seen, or which was flushed from the
 * table of connections: bytes of its messages were changed in length there.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether they do; false where the kernel knows their offsets.
 */
bool sipalg_handshake_is_lost(const struct sipalg_ctx *ctx);

/**
 * sipalg_handshake_is_missed() - tcp_resync=1: whether a stream may be taken up here
 * @ctx: a packet without a stream; its message is parsed as far as the body
 *
 * SECURITY 5.6: after a failover the handshake was seen by somebody else.  A stream that
 * was seen from its beginning, or taken up before, is not taken up again, whatever it
 * was left for.
 *
 * Return: whether the connection is unknown and the packet begins with a start line and
 * a whole header section.  Whether the sender is who it says is for the caller to judge.
 */
bool sipalg_handshake_is_missed(struct sipalg_ctx *ctx);

/* Makes a stream that begins with the packet.  Return: whether it was made. */
bool sipalg_handshake_make_up(struct sipalg_ctx *ctx);

#endif /* _SIPALG_HANDSHAKE_H */
