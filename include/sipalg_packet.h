/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_packet: a TCP packet as bytes: its options, its lengths, its checksum.
 *
 * Knows no stream.  All run in the packet path; none keeps a pointer.
 */
#ifndef _SIPALG_PACKET_H
#define _SIPALG_PACKET_H

#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "sipalg_ctx.h"

/**
 * struct sipalg_options - TCP options that matter here; the pointers lead into the packet
 * @mss: maximum segment size; 536 where it is not said (RFC 9293 3.7.1)
 * @scale: shift of windows (RFC 7323 2)
 * @has_scale: whether it is said
 * @time: both time stamps (RFC 7323 3); NULL: none
 * @sack: the whole option with blocks (RFC 2018 3); NULL: none
 * @mptcp: the whole option of RFC 8684; NULL: none
 */
struct sipalg_options {
	u16 mss;
	u8 scale;
	bool has_scale;
	u8 *time;
	u8 *sack;
	u8 *mptcp;
};

static inline struct tcphdr *sipalg_tcp_of(const struct sipalg_ctx *ctx)
{
	return (struct tcphdr *)(ctx->skb->data + ctx->protoff);
}

/* Of a packet whose whole TCP header, ctx->dataoff behind ctx->protoff, is in one piece. */
struct sipalg_options sipalg_options_of(const struct sipalg_ctx *ctx);

/**
 * sipalg_packet_resize() - the payload becomes that long; the caller fills it
 * @ctx: the packet, linear; it may move
 * @len: bytes of payload
 * @size: bytes of payload that one segment may carry: what exceeds it is cut up later
 *
 * The IP header says the new length; the checksum is for the caller.
 *
 * Return: 0 or -ENOMEM: then nothing has changed.
 */
int sipalg_packet_resize(struct sipalg_ctx *ctx, u32 len, u32 size);

/* A payload of @len bytes that exceeds @size leaves as several segments, cut up right before. */
void sipalg_packet_set_gso(struct sk_buff *skb, u32 len, u32 size, bool is_ipv4);

/* Writes lengths into the IP header. */
void sipalg_packet_set_length(struct sk_buff *skb, bool is_ipv4);

/* The sum over TCP header and payload is made when the packet leaves. */
void sipalg_packet_set_checksum(struct sk_buff *skb, u32 protoff, bool is_ipv4);

static inline bool sipalg_is_ipv4(const struct sipalg_ctx *ctx)
{
	return nf_ct_l3num(ctx->ct) == NFPROTO_IPV4;
}

#endif /* _SIPALG_PACKET_H */
