/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_packet: a TCP packet as bytes: its options, its lengths, its checksum.
 *
 * This unit knows no streams, and keeps no pointer to a packet.
 */
#ifndef _SIPALG_PACKET_H
#define _SIPALG_PACKET_H

#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "sipalg_ctx.h"

/**
 * struct sipalg_options - TCP options of a packet that matter here
 * @mss: maximum segment size in bytes; 536 where the packet has no such option (RFC 9293 3.7.1)
 * @scale: number of bits by which windows are shifted (RFC 7323 2)
 * @has_scale: whether the packet has the option of @scale
 * @time: both time stamps in the packet (RFC 7323 3); NULL: the packet has none
 * @sack: the option with selective acknowledgments in the packet (RFC 2018 3); NULL: none
 * @mptcp: the option of Multipath TCP in the packet (RFC 8684); NULL: none
 */
struct sipalg_options {
	u16 mss;
	u8 scale;
	bool has_scale;
	u8 *time;
	u8 *sack;
	u8 *mptcp;
};

/**
 * sipalg_tcp_of() - find the TCP header of a packet
 * @ctx: context of a TCP packet; the header is in the linear part of its skb
 *
 * Context: any.
 * Return: the header.
 */
static inline struct tcphdr *sipalg_tcp_of(const struct sipalg_ctx *ctx)
{
	return (struct tcphdr *)(ctx->skb->data + ctx->protoff);
}

/**
 * sipalg_options_of() - read the TCP options of a packet
 * @ctx: context of a TCP packet; ctx->dataoff is set, and the bytes of the header from
 *	ctx->protoff to ctx->dataoff are in the linear part of its skb
 *
 * Context: any.
 * Return: the options; the pointers lead into the packet.
 */
struct sipalg_options sipalg_options_of(const struct sipalg_ctx *ctx);

/**
 * sipalg_packet_resize() - change the length of the payload; the caller fills the payload
 * @ctx: context of a packet that is linear; its bytes may move in memory
 * @len: new length of the payload in bytes
 * @size: bytes of payload that one segment may carry; a longer payload is cut up later
 *
 * This writes the new length into the IP header.  The checksum is left to the caller.
 *
 * Context: softirq or BH.
 * Return: 0; -ENOMEM: then nothing has changed.
 */
int sipalg_packet_resize(struct sipalg_ctx *ctx, u32 len, u32 size);

/**
 * sipalg_packet_set_gso() - have a long payload leave as several segments
 * @skb: the packet
 * @len: length of the payload in bytes
 * @size: bytes of payload that one segment may carry; a payload that is no longer than this leaves
 *	as one segment
 * @is_ipv4: true for IPv4, false for IPv6
 *
 * The segments are made right before the packet leaves.
 *
 * Context: any.
 */
void sipalg_packet_set_gso(struct sk_buff *skb, u32 len, u32 size, bool is_ipv4);

/**
 * sipalg_packet_set_length() - write the length of a packet into its IP header
 * @skb: the packet
 * @is_ipv4: true for IPv4, false for IPv6
 *
 * Context: any.
 */
void sipalg_packet_set_length(struct sk_buff *skb, bool is_ipv4);

/**
 * sipalg_packet_set_checksum() - have the checksum of TCP computed when a packet leaves
 * @skb: the packet
 * @protoff: offset of the TCP header in @skb, in bytes
 * @is_ipv4: true for IPv4, false for IPv6
 *
 * Context: any.
 */
void sipalg_packet_set_checksum(struct sk_buff *skb, u32 protoff, bool is_ipv4);

/**
 * sipalg_is_ipv4() - ask whether the connection of a packet is over IPv4
 * @ctx: context of the packet
 *
 * Context: any.
 * Return: true for IPv4, false for IPv6.
 */
static inline bool sipalg_is_ipv4(const struct sipalg_ctx *ctx)
{
	return nf_ct_l3num(ctx->ct) == NFPROTO_IPV4;
}

#endif /* _SIPALG_PACKET_H */
