/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_stream: the TCP connections whose bytes are read.
 *
 * A stream begins with the SYN-ACK of a connection whose SYN was seen as well
 * (SECURITY S1), and is found by a number that the connection keeps in its 32 bytes
 * for the helper.  A connection without the number is none of ours: it was picked up
 * in mid-course, or is not SIP.  Nothing here holds a connection: gc looks
 * which are gone.
 */
#ifndef _SIPALG_STREAM_H
#define _SIPALG_STREAM_H

#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <net/netfilter/nf_conntrack.h>

#include "sipalg_quota.h"
#include "sip_tcp.h"
#include "sipalg_net.h"

struct sipalg_stream_table;

enum {
	SIPALG_STREAMS_MAX	= 65536,	/* of a namespace */
	SIPALG_STREAM_BYTES_MAX	= 16 << 20,	/* that they all may remember, BEHAVIOUR 9 */
	SIPALG_STREAM_SHARE	= 3,		/* times what is left, of one host */
	SIPALG_STREAM_TICK_S	= 10,		/* how often gc looks after them */
};

/**
 * struct sipalg_tcp_end - what the other side must know of one end
 * @mss: bytes that it takes in one segment
 * @window: its last window, as it wrote it
 * @scale: shift of that (RFC 7323 2)
 * @has_time: it writes time stamps (RFC 7323 3)
 * @is_heard: it has sent something since the SYN: what follows is known
 * @time: its last one
 * @heard: its highest acknowledgment, as it was heard
 * @largest: bytes of the largest segment that it has sent: what is known of its path
 * @ack: its last acknowledgment, as it was passed on
 * @passed_window: its last window, as it was passed on
 * @is_passed: these two are known
 */
struct sipalg_tcp_end {
	u16 mss;
	u16 window;
	u8 scale;
	bool has_time;
	bool is_heard;
	u32 time;
	u32 heard;
	u32 largest;
	u32 ack;
	u16 passed_window;
	bool is_passed;
};

/**
 * struct sipalg_stream - one connection
 * @node: in the table
 * @id: key
 * @zone: of the connection
 * @zone_dir: for which direction that holds
 * @tuple: its original tuple
 * @lock: guards what follows; a call's lock is taken inside of it
 * @is_dead: taken out of the table
 * @is_bypassed: nothing is read any more, in either direction
 * @has_spoken: for each direction, whether a message of SIP has come (see sip_stream.h)
 * @is_ours: bytes were held or changed: the kernel must not judge by its own count
 * @bytes: what both halves remember, as it was added to the table's sum
 * @host: who began the connection, and is charged for @bytes; NULL: there are none
 * @begin: for each direction the sequence number of its first byte
 * @syn: what a later SYN said, which may begin another connection of the same ports; or
 *	@begin of the original direction
 * @half: for each direction its bytes; its sender is the end of the same index
 * @end: for each direction its sender
 * @rcu: packets find streams under RCU
 */
struct sipalg_stream {
	struct rhash_head node;
	u32 id;
	u16 zone;
	u8 zone_dir;
	struct nf_conntrack_tuple tuple;
	spinlock_t lock;
	bool is_dead;
	bool is_bypassed;
	bool has_spoken[2];
	bool is_ours;
	u32 bytes;
	struct sipalg_quota *host;
	u32 begin[IP_CT_DIR_MAX];
	u32 syn;
	struct sip_tcp_half half[IP_CT_DIR_MAX];
	struct sipalg_tcp_end end[IP_CT_DIR_MAX];
	struct rcu_head rcu;
};

int sipalg_stream_setup(struct sipalg_net *sn);
void sipalg_stream_teardown(struct sipalg_net *sn);

/**
 * sipalg_stream_add() - a stream for a connection
 * @sn: namespace
 * @ct: the connection
 * @seq: for each direction the sequence number of its first byte
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: the stream, known to @ct; NULL over SIPALG_STREAMS_MAX or without memory.
 */
struct sipalg_stream *sipalg_stream_add(struct sipalg_net *sn, struct nf_conn *ct,
					const u32 seq[IP_CT_DIR_MAX]);

/**
 * sipalg_stream_enter() - the stream of a connection, locked
 * @sn: namespace
 * @ct: the connection
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: NULL where it has none.
 */
struct sipalg_stream *sipalg_stream_enter(struct sipalg_net *sn, const struct nf_conn *ct);

/* Whether a connection has one.  Context: as above. */
bool sipalg_stream_is_known(struct sipalg_net *sn, const struct nf_conn *ct);

/* The reverse.  What it remembers now is accounted for. */
void sipalg_stream_leave(struct sipalg_net *sn, struct sipalg_stream *stream);

/**
 * sipalg_stream_is_full() - may the stream remember nothing more?
 * @sn: namespace
 * @stream: entered
 *
 * Because all streams remember as much as they may, or those that its host has begun three times
 * as much as is left: so who begins many leaves room for the next one.  No share limits those in
 * trunks.
 *
 * Context: under rcu_read_lock().
 * Return: whether that is so.
 */
bool sipalg_stream_is_full(struct sipalg_net *sn, const struct sipalg_stream *stream);

/* Whether the connection needs us no more: nothing is read, and nothing was ever changed. */
bool sipalg_stream_is_idle(const struct sipalg_stream *stream);

/* The stream, entered, begins anew; it forgets all. */
void sipalg_stream_begin(struct sipalg_stream *stream, const u32 seq[IP_CT_DIR_MAX]);

/*
 * Forgets a stream that is entered; it is left all the same.  Its connection keeps the
 * number, so that it never gets another stream but by a handshake.
 */
void sipalg_stream_end(struct sipalg_net *sn, struct sipalg_stream *stream);

/*
 * The module goes: in all namespaces the streams end, and the kernel takes their offsets
 * over.  Process context; meanwhile packets of streams must be dropped.
 */
void sipalg_stream_hand_over(void);

/**
 * sipalg_stream_gc() - forget the streams whose connections are gone
 * @sn: namespace
 *
 * Context: process context.
 * Return: whether there is a stream left.
 */
bool sipalg_stream_gc(struct sipalg_net *sn);

#endif /* _SIPALG_STREAM_H */
