/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_flow: the 32 bytes that a signalling connection keeps for its helper.
 *
 * The data has no pointers, because the kernel frees it without a call to its helper.  Several CPUs
 * may handle packets of one connection, so every member is read and written whole.
 */
#ifndef _SIPALG_FLOW_H
#define _SIPALG_FLOW_H

#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "sip_flow.h"
#include "sipalg_compat.h"

/**
 * struct sipalg_flow_data - data of one connection
 * @keep_until: until when calls and bindings need the connection, in jiffies (32 bits)
 * @marks: SIPALG_FLOW_KEPT, SIPALG_FLOW_BORN and SIPALG_FLOW_GIVEN
 * @is_proven: SIPALG_FLOW_PROVEN and the direction in which a side sends that has registered over
 *	the connection, and has not failed since; 0: no side has
 * @memo: how the sender of each direction writes its own Via: enum sip_via_form << 16 | port, and
 *	SIPALG_FLOW_LISTENS
 * @published: whether the address of the sender of each direction was published in a Contact:
 *	SIPALG_FLOW_PUBLISHED and the flags after it, digest of the user << 24; a Contact without
 *	a port, or with another port than that of the connection, is written down here, too:
 *	enum sip_via_form << 20 | port
 * @stream: number of the sipalg_stream of a TCP connection, which may be gone; 0: there is none
 * @syn: what the last SYN of a TCP connection said, as sipalg_handshake.c packs it
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

/* in @marks */
enum {
	SIPALG_FLOW_KEPT	= 1 << 0,	/* @keep_until is set */
	SIPALG_FLOW_BORN	= 1 << 1,	/* the first packet came by here */
	SIPALG_FLOW_GIVEN	= 1 << 2,	/* a failover peer has given it to the kernel */
};

enum {
	SIPALG_FLOW_LIFE_S	= 604800,	/* longest life that is taken over */
	SIPALG_FLOW_GUESS_S	= 3600,		/* life that is taken for one that is not known */
	SIPALG_FLOW_SHORT_S	= 240,		/* the same, where one end alone has talked */
};

enum { SIPALG_FLOW_PROVEN = 2 };	/* in @is_proven, beside the direction 0 or 1 */

/* flags in a word of @published */
enum {
	SIPALG_FLOW_PUBLISHED	= 1 << 16,	/* in a Contact */
	SIPALG_FLOW_REGISTERED	= 1 << 17,	/* by a REGISTER */
	SIPALG_FLOW_AT_PORT	= 1 << 18,	/* the Contact had the port of the connection */
	SIPALG_FLOW_OF_CALL	= 1 << 19,	/* over the connection that let this one in */
};

/* in @memo: the sender listens at that port, sends from another one, and its Via has no rport */
enum { SIPALG_FLOW_LISTENS = 1 << 24 };

static_assert(sizeof(struct sipalg_flow_data) <= sizeof_field(struct nf_conn_help, data));

/**
 * sipalg_flow_data_of() - the data of a connection
 * @ct: connection
 *
 * Context: any, while @ct is held.
 * Return: the data; NULL: the connection has no helper.
 */
static inline struct sipalg_flow_data *sipalg_flow_data_of(const struct nf_conn *ct)
{
	return nfct_help(ct) ? nfct_help_data(ct) : NULL;
}

/**
 * sipalg_flow_memo() - how the sender of a direction writes its Via
 * @data: data of the connection
 * @dir: direction, enum ip_conntrack_dir
 *
 * Context: any.
 * Return: form and port, in host byte order.
 */
static inline struct sip_via_memo sipalg_flow_memo(const struct sipalg_flow_data *data, int dir)
{
	u32 word = READ_ONCE(data->memo[dir]);

	return (struct sip_via_memo){ .form = word >> 16, .port = word };
}

/**
 * sipalg_flow_listens_at() - the port at which the sender of a direction listens and does not send
 * @data: data of the connection
 * @dir: direction, enum ip_conntrack_dir
 *
 * Context: any.
 * Return: port in host byte order; 0: there is no such port.
 */
static inline u16 sipalg_flow_listens_at(const struct sipalg_flow_data *data, int dir)
{
	u32 word = READ_ONCE(data->memo[dir]);

	return word & SIPALG_FLOW_LISTENS ? word : 0;
}

/**
 * sipalg_flow_set_memo() - remember how the sender of a direction writes its Via
 * @data: data of the connection
 * @dir: direction, enum ip_conntrack_dir
 * @memo: form and port, in host byte order
 * @listens: SIPALG_FLOW_LISTENS: the sender listens at that port and does not send from it; 0: it
 *	sends from that port, or asks for rport
 *
 * Context: any.
 */
static inline void sipalg_flow_set_memo(struct sipalg_flow_data *data, int dir,
					struct sip_via_memo memo, u32 listens)
{
	WRITE_ONCE(data->memo[dir], listens | (u32)memo.form << 16 | memo.port);
}

/**
 * sipalg_flow_published() - a word of @published: a Contact of a user was published
 * @user: sip_user_hash() of the user
 *
 * Context: any.
 * Return: the word, without SIPALG_FLOW_REGISTERED and the flags after it.
 */
static inline u32 sipalg_flow_published(u8 user)
{
	return SIPALG_FLOW_PUBLISHED | (u32)user << 24;
}

/**
 * sipalg_flow_written() - bits in a word of @published: how the Contact was written
 * @form: enum sip_via_form, 0 to 3
 * @port: port of the Contact, in host byte order; 0: the Contact has none
 *
 * Context: any.
 * Return: the bits.
 */
static inline u32 sipalg_flow_written(u8 form, u16 port)
{
	return (u32)form << 20 | port;
}

/**
 * sipalg_flow_user() - the user in a word of @published
 * @published: word of @published
 *
 * Context: any.
 * Return: sip_user_hash() of the user.
 */
static inline u8 sipalg_flow_user(u32 published)
{
	return published >> 24;
}

/**
 * sipalg_flow_contact() - how the Contact in a word of @published was written
 * @published: word of @published
 *
 * Context: any.
 * Return: form and port, in host byte order.
 */
static inline struct sip_via_memo sipalg_flow_contact(u32 published)
{
	return (struct sip_via_memo){ .form = published >> 20 & 3, .port = published };
}

/**
 * sipalg_flow_begin() - all that the connection publishes is known from here on
 * @data: data of the connection
 *
 * Called for the first packet, and for a REGISTER: no earlier message that still matters has passed
 * unseen.
 *
 * Context: softirq or BH.
 */
static inline void sipalg_flow_begin(struct sipalg_flow_data *data)
{
	WRITE_ONCE(data->marks, READ_ONCE(data->marks) | SIPALG_FLOW_BORN);
}

/**
 * sipalg_flow_is_taken_over() - did another router see the connection before?
 * @data: data of the connection
 *
 * A failover peer injects connections with a helper that has no data: nothing is known of what
 * their messages have published.
 *
 * Context: any.
 * Return: true: the first packet of the connection did not come by here; false: it did, or a
 * REGISTER came.
 */
static inline bool sipalg_flow_is_taken_over(const struct sipalg_flow_data *data)
{
	return !(READ_ONCE(data->marks) & SIPALG_FLOW_BORN);
}

/**
 * sipalg_flow_give() - user space gives a connection to the kernel
 * @ct: connection, not confirmed yet
 *
 * Context: process context, as ctnetlink has it.
 */
static inline void sipalg_flow_give(struct nf_conn *ct)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ct);

	if (data)
		WRITE_ONCE(data->marks, SIPALG_FLOW_GIVEN);
}

/**
 * sipalg_flow_is_given() - did a failover peer give a connection to the kernel?
 * @data: data of the connection
 *
 * Context: any.
 * Return: true: calls on it may have begun at another router; false: its first packet came by here.
 */
static inline bool sipalg_flow_is_given(const struct sipalg_flow_data *data)
{
	return READ_ONCE(data->marks) & SIPALG_FLOW_GIVEN;
}

/**
 * sipalg_flow_refresh() - let a connection live at least as long as it is kept
 * @ct: connection
 * @skb: packet of the connection; NULL: there is none
 *
 * Every packet first sets the short idle time of its protocol.  So this function is called for
 * every packet of the flow, even an empty keep-alive; it never makes a life shorter.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
static inline void sipalg_flow_refresh(struct nf_conn *ct, struct sk_buff *skb)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	s32 left;

	if (!data || !(READ_ONCE(data->marks) & SIPALG_FLOW_KEPT))
		return;
	/* a TCP connection that is being closed is not needed any more */
	if (nf_ct_protonum(ct) == IPPROTO_TCP &&
	    READ_ONCE(ct->proto.tcp.state) != TCP_CONNTRACK_ESTABLISHED)
		return;
	left = READ_ONCE(data->keep_until) - nfct_time_stamp;
	if (left > 0 && (!nf_ct_is_confirmed(ct) || nf_ct_expires(ct) < left))
		sipalg_ct_refresh(ct, skb, left);
}

/**
 * sipalg_flow_keep() - keep a connection for some time at least
 * @ct: connection
 * @skb: packet of the connection; NULL: there is none
 * @seconds: seconds from now
 *
 * User space is told of the life with the packet, so that a failover peer keeps the connection for
 * as long: whenever its end passes another eighth of @seconds, so what user space knows lacks less
 * than an eighth.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
static inline void sipalg_flow_keep(struct nf_conn *ct, struct sk_buff *skb, u32 seconds)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	u32 until = nfct_time_stamp + seconds * HZ, step = seconds * HZ / 8 + 1, before;
	bool is_kept;

	if (!data)
		return;
	is_kept = READ_ONCE(data->marks) & SIPALG_FLOW_KEPT;
	before = READ_ONCE(data->keep_until);
	if (!is_kept || (s32)(until - before) > 0) {
		WRITE_ONCE(data->keep_until, until);
		WRITE_ONCE(data->marks, READ_ONCE(data->marks) | SIPALG_FLOW_KEPT);
		/* no change of a life is told to user space by itself */
		if (!is_kept || until / step != before / step)
			nf_conntrack_event_cache(IPCT_HELPER, ct);
	}
	sipalg_flow_refresh(ct, skb);
}

/**
 * sipalg_flow_inherit() - keep a connection for as long as the other router would have
 * @ct: connection
 * @skb: packet of the connection; NULL: there is none, and the connection has the time that it was
 *	given with
 *
 * Nothing is done unless the connection was given by a failover peer, and its life is not known
 * yet.  The kernel has set the short idle time of its protocol where a packet is the first, so then
 * the life is a guess: that of a usual registration, where both ends have talked.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
static inline void sipalg_flow_inherit(struct nf_conn *ct, struct sk_buff *skb)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	u32 life_s;

	if (!data || (READ_ONCE(data->marks) & (SIPALG_FLOW_GIVEN | SIPALG_FLOW_KEPT)) !=
		     SIPALG_FLOW_GIVEN)
		return;
	if (!skb)
		life_s = min_t(u32, nf_ct_expires(ct) / HZ, SIPALG_FLOW_LIFE_S);
	else
		life_s = ct->status & IPS_SEEN_REPLY ? SIPALG_FLOW_GUESS_S : SIPALG_FLOW_SHORT_S;
	sipalg_flow_keep(ct, skb, life_s);
}

#endif /* _SIPALG_FLOW_H */
