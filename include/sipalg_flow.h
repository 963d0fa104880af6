/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_flow: the 32 bytes that a signalling connection keeps for its helper.
 *
 * No pointers: the kernel frees them without a word.  Several CPUs may handle
 * packets of one connection, so every member is read and written whole.
 */
#ifndef _SIPALG_FLOW_H
#define _SIPALG_FLOW_H

#include <net/netfilter/nf_conntrack_helper.h>

#include "sip_flow.h"
#include "sipalg_compat.h"

/**
 * struct sipalg_flow_data - of one connection
 * @keep_until: jiffies32 until which calls and bindings need the connection
 * @marks: SIPALG_FLOW_KEPT and SIPALG_FLOW_BORN
 * @is_proven: one side has registered over it, and has not failed since:
 *	SIPALG_FLOW_PROVEN and the direction in which that one sends; 0: nobody has
 * @memo: for each direction, how its sender writes its own Via: enum sip_via_form << 16 | port,
 *	and SIPALG_FLOW_LISTENS
 * @published: for each direction, whether its sender's address was published in a Contact,
 *	and of which user: SIPALG_FLOW_PUBLISHED and the bits below it here, user << 24; and
 *	where that had no port, or another one than the connection, how it was written:
 *	enum sip_via_form << 20 | port
 * @stream: of TCP, the number of its sipalg_stream, which may be gone; 0: it has none
 * @syn: what the last SYN said: see sipalg_handshake.c
 */
struct sipalg_flow_data {
	u32 keep_until;
	u16 marks;
	u16 is_proven;
	u32 memo[IP_CT_DIR_MAX];
	u32 published[IP_CT_DIR_MAX];
	u32 stream;
	u32 syn;
};

enum {
	SIPALG_FLOW_KEPT	= 1 << 0,	/* @keep_until is set */
	SIPALG_FLOW_BORN	= 1 << 1,	/* the first packet of the connection came by here */
};

enum { SIPALG_FLOW_PROVEN = 2 };	/* beside 0 and 1, which are directions */

enum {
	SIPALG_FLOW_PUBLISHED	= 1 << 16,
	SIPALG_FLOW_REGISTERED	= 1 << 17,	/* by a REGISTER */
	SIPALG_FLOW_AT_PORT	= 1 << 18,	/* the Contact had the connection's own port */
	SIPALG_FLOW_OF_CALL	= 1 << 19,	/* on the connection that let this one in */
};

/* in @memo: the sender listens at that port, another than it sends from, and says no rport */
enum { SIPALG_FLOW_LISTENS = 1 << 24 };

static_assert(sizeof(struct sipalg_flow_data) <= sizeof_field(struct nf_conn_help, data));

/* Our data of a connection, or NULL where it has none. */
static inline struct sipalg_flow_data *sipalg_flow_data_of(const struct nf_conn *ct)
{
	return nfct_help(ct) ? nfct_help_data(ct) : NULL;
}

static inline struct sip_via_memo sipalg_flow_memo(const struct sipalg_flow_data *data, int dir)
{
	u32 word = READ_ONCE(data->memo[dir]);

	return (struct sip_via_memo){ .form = word >> 16, .port = word };
}

/* The port at which the sender of a direction listens and from which it does not send; 0: none. */
static inline u16 sipalg_flow_listens_at(const struct sipalg_flow_data *data, int dir)
{
	u32 word = READ_ONCE(data->memo[dir]);

	return word & SIPALG_FLOW_LISTENS ? word : 0;
}

/* @listens: SIPALG_FLOW_LISTENS or 0 */
static inline void sipalg_flow_set_memo(struct sipalg_flow_data *data, int dir,
					struct sip_via_memo memo, u32 listens)
{
	WRITE_ONCE(data->memo[dir], listens | (u32)memo.form << 16 | memo.port);
}

/* A word of @published: a Contact of a user was published; @user: sip_user_hash(). */
static inline u32 sipalg_flow_published(u8 user)
{
	return SIPALG_FLOW_PUBLISHED | (u32)user << 24;
}

/* Bits of @published: how the Contact was written; @form: enum sip_via_form, @port: 0 to 65535. */
static inline u32 sipalg_flow_written(u8 form, u16 port)
{
	return (u32)form << 20 | port;
}

/* The user of a word of @published, as sip_user_hash(). */
static inline u8 sipalg_flow_user(u32 published)
{
	return published >> 24;
}

/* How the Contact of a word of @published was written. */
static inline struct sip_via_memo sipalg_flow_contact(u32 published)
{
	return (struct sip_via_memo){ .form = published >> 20 & 3, .port = published };
}

/**
 * sipalg_flow_begin() - what the connection has published is known from here on
 * @data: data of the connection
 *
 * Called for the first packet, and for a REGISTER: both say that no message went by unseen that
 * matters still.
 */
static inline void sipalg_flow_begin(struct sipalg_flow_data *data)
{
	WRITE_ONCE(data->marks, READ_ONCE(data->marks) | SIPALG_FLOW_BORN);
}

/**
 * sipalg_flow_is_taken_over() - did another router see the connection before?
 * @data: data of the connection
 *
 * A failover peer injects connections whose helper has no data: nothing is known of what their
 * messages have published.
 *
 * Return: whether its first packet did not come by here.
 */
static inline bool sipalg_flow_is_taken_over(const struct sipalg_flow_data *data)
{
	return !(READ_ONCE(data->marks) & SIPALG_FLOW_BORN);
}

/*
 * Lets the connection live at least as long as it is kept.  Every packet sets the
 * protocol's short idle time first, so this is done for every packet of the
 * flow, the empty keep-alive included; it never shortens.
 */
static inline void sipalg_flow_refresh(struct nf_conn *ct, struct sk_buff *skb)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	s32 left;

	if (!data || !(READ_ONCE(data->marks) & SIPALG_FLOW_KEPT))
		return;
	/* a connection that is being closed is needed no more */
	if (nf_ct_protonum(ct) == IPPROTO_TCP &&
	    READ_ONCE(ct->proto.tcp.state) != TCP_CONNTRACK_ESTABLISHED)
		return;
	left = READ_ONCE(data->keep_until) - nfct_time_stamp;
	if (left > 0 && (!nf_ct_is_confirmed(ct) || nf_ct_expires(ct) < left))
		sipalg_ct_refresh(ct, skb, left);
}

/* The connection is needed for @seconds from now. */
static inline void sipalg_flow_keep(struct nf_conn *ct, struct sk_buff *skb, u32 seconds)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	u32 until = nfct_time_stamp + seconds * HZ;

	if (!data)
		return;
	if (!(READ_ONCE(data->marks) & SIPALG_FLOW_KEPT) || (s32)(until - READ_ONCE(data->keep_until)) > 0) {
		WRITE_ONCE(data->keep_until, until);
		WRITE_ONCE(data->marks, READ_ONCE(data->marks) | SIPALG_FLOW_KEPT);
	}
	sipalg_flow_refresh(ct, skb);
}

#endif /* _SIPALG_FLOW_H */
