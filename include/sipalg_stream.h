/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_stream: the TCP connections that are read.
 *
 * A stream begins with the SYN-ACK of a connection if its SYN was seen as well (SECURITY S1).  It
 * is found by a number that the connection keeps in its 32 bytes for the helper.  A connection
 * without the number has no stream: its handshake was not seen, or it is not SIP.  No stream
 * holds its connection: gc looks for streams without a connection.
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
	SIPALG_STREAMS_MAX	= 65536,	/* streams of a namespace */
	SIPALG_STREAM_BYTES_MAX	= 16 << 20,	/* bytes that all of them take, BEHAVIOUR 9 */
	SIPALG_STREAM_SHARE	= 3,		/* see sipalg_stream_is_full() */
	SIPALG_STREAM_TICK_S	= 10,		/* seconds between two runs of gc */
};

/**
 * struct sipalg_tcp_end - what is known of one end of a connection
 * @mss: bytes of payload that this end takes in one segment
 * @window: last window of this end, as in its header, not shifted
 * @scale: number of bits by which @window is shifted (RFC 7323 2)
 * @has_time: whether this end writes time stamps (RFC 7323 3)
 * @is_heard: whether this end has sent anything since its SYN: @time, @heard and @window are valid
 * @time: last time stamp of this end
 * @heard: highest acknowledgment number of this end, as it came
 * @largest: bytes of the largest segment that this end has sent: its path carries these
 * @ack: last acknowledgment number of this end, as it was passed on
 * @passed_window: last window of this end, as it was passed on, not shifted
 * @is_passed: whether @ack and @passed_window are valid
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
 * struct sipalg_stream - one connection that is read
 * @node: entry in the table
 * @id: key in the table, which the connection keeps
 * @zone: conntrack zone of the connection
 * @zone_dir: direction of the connection for which @zone holds
 * @tuple: original tuple of the connection
 * @lock: guards all members after it; the lock of a call may be taken while it is held
 * @is_dead: whether the stream is out of the table
 * @is_bypassed: whether the stream is not read any more, in both directions
 * @has_spoken: for each direction, whether a SIP message has come (see sip_stream.h)
 * @is_ours: whether bytes were held or changed: the sequence numbers that the kernel has seen are
 *	not those of both ends then, so it must not judge packets by them
 * @bytes: memory of both halves in bytes, as it was added to the sum of the table
 * @host: the host that began the connection, and is charged for @bytes; NULL: @bytes is 0
 * @begin: for each direction the sequence number of its first byte
 * @syn: first sequence number of a later SYN, which may begin another connection of the same ports;
 *	if no such SYN was seen it is @begin of the original direction
 * @half: for each direction its bytes
 * @end: for each direction its sender
 * @rcu: for call_rcu(), as packets find streams under RCU
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

/**
 * sipalg_stream_setup() - make the table of streams of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0; -ENOMEM, or the error of rhashtable_init(): then nothing was made.
 */
int sipalg_stream_setup(struct sipalg_net *sn);

/**
 * sipalg_stream_teardown() - free the table of streams of a namespace, and all its streams
 * @sn: namespace; no packet is in it any more
 *
 * Context: process context.
 */
void sipalg_stream_teardown(struct sipalg_net *sn);

/**
 * sipalg_stream_add() - make a stream for a connection
 * @sn: namespace
 * @ct: the connection
 * @seq: for each direction the sequence number of its first byte
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: the stream, not locked; @ct has its number.  NULL: the namespace has SIPALG_STREAMS_MAX
 * streams, or no memory is left.
 */
struct sipalg_stream *sipalg_stream_add(struct sipalg_net *sn, struct nf_conn *ct,
					const u32 seq[IP_CT_DIR_MAX]);

/**
 * sipalg_stream_enter() - find the stream of a connection, and lock it
 * @sn: namespace
 * @ct: the connection
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: the stream, locked: sipalg_stream_leave() must follow; NULL: the connection has none.
 */
struct sipalg_stream *sipalg_stream_enter(struct sipalg_net *sn, const struct nf_conn *ct);

/**
 * sipalg_stream_is_known() - ask whether a connection has a stream
 * @sn: namespace
 * @ct: the connection
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where it has.
 */
bool sipalg_stream_is_known(struct sipalg_net *sn, const struct nf_conn *ct);

/**
 * sipalg_stream_leave() - account for the memory of a stream, and unlock it
 * @sn: namespace
 * @stream: the stream, locked by sipalg_stream_enter()
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_stream_leave(struct sipalg_net *sn, struct sipalg_stream *stream);

/**
 * sipalg_stream_is_full() - ask whether a stream may take no more memory
 * @sn: namespace
 * @stream: the stream, locked
 *
 * All streams together may take SIPALG_STREAM_BYTES_MAX bytes.  The streams that one host began
 * may take three times as many bytes as are left of that, so a host with many streams leaves room
 * for the next host.  This share does not limit the hosts in the setting trunks.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where one of both limits is reached.
 */
bool sipalg_stream_is_full(struct sipalg_net *sn, const struct sipalg_stream *stream);

/**
 * sipalg_stream_is_idle() - ask whether a connection needs its stream no more
 * @stream: the stream, locked
 *
 * Context: any.
 * Return: true where the stream is not read any more, and no byte of it was ever changed.
 */
bool sipalg_stream_is_idle(const struct sipalg_stream *stream);

/**
 * sipalg_stream_begin() - have a stream forget everything and start again
 * @stream: the stream, locked
 * @seq: for each direction the sequence number of its first byte
 *
 * Context: any but hard interrupt.
 */
void sipalg_stream_begin(struct sipalg_stream *stream, const u32 seq[IP_CT_DIR_MAX]);

/**
 * sipalg_stream_end() - take a stream out of the table
 * @sn: namespace
 * @stream: the stream, locked; the caller still calls sipalg_stream_leave()
 *
 * The connection keeps the number of the stream, so only a handshake can give it another one.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_stream_end(struct sipalg_net *sn, struct sipalg_stream *stream);

/**
 * sipalg_stream_hand_over() - end the streams of all namespaces, and give the kernel their offsets
 *
 * Context: process context, once, before the module goes.  The caller drops all packets of
 * streams in the meantime.
 */
void sipalg_stream_hand_over(void);

/**
 * sipalg_stream_gc() - forget the streams without a connection
 * @sn: namespace
 *
 * Context: process context.
 * Return: true where the namespace still has a stream.
 */
bool sipalg_stream_gc(struct sipalg_net *sn);

#endif /* _SIPALG_STREAM_H */
