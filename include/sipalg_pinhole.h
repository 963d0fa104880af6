/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole: a port that is published for a host, and the expectation that waits there.
 *
 * The life of a pinhole.  The call or the binding that needs a pinhole opens it, for one address
 * and port of one host (@real).  A mapped address and port is reserved in our own table, which
 * alone knows what has been promised to which host, and an expectation is made there: the pinhole
 * is armed.  The first packet from outside uses the expectation up and becomes a connection: the
 * pinhole is live.  Packets that the host itself sends first find the pinhole by @real and leave
 * from the mapped port.  A stranger that comes first locks no peer out: until the announced peer
 * itself has come, the pinhole is armed again at once.  When its connections have died of silence
 * it is armed again too, as long as the owner lives.  The owner closes it; then the expectation
 * goes, the reservation goes, its connections end as the owner says, and the object goes after a
 * grace period.  Pinholes know nothing of their owners.
 *
 * A call that ends is in the way of the packet that ends it, so all but the expectation may wait
 * for a work item (sipalg_pinhole_shut.c).  Such a pinhole is shut: it has no owner, lets nothing
 * in, and no look-up finds it.  Who needs its port, or the room that it takes, ends the rest at
 * once.
 *
 * RTP comes before RTCP.  The kernel counts the expectations of a class and flow in one byte, and
 * on a trunk with many waiting calls that is too few for both.  So a pinhole of RTP may use any of
 * three classes, and always gets a place while other RTP has not filled them.  A pinhole of RTCP
 * uses the third class.  Until its RTP has come, it waits there if few others do.  After its RTP
 * has come it is due, and may use any free place; it ends the wait of a pinhole that is not due, or
 * else of the one that has waited longest, if that was SIPALG_PINHOLE_TURN_S or more: they take
 * turns.  A pinhole that lost its place, or found none, is armed again when there is one.
 *
 * sipalg_pinhole_expect.c alone creates, extends and removes expectations.
 */
#ifndef _SIPALG_PINHOLE_H
#define _SIPALG_PINHOLE_H

#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <net/netfilter/nf_conntrack.h>

#include "sipalg_inet.h"
#include "sip_limits.h"
#include "sipalg_master.h"
#include "sipalg_net.h"

struct nf_conntrack_expect;
struct sipalg_pinhole_table;
struct sipalg_turn;

/**
 * enum sipalg_pinhole_class - classes of expectations
 * @SIPALG_PINHOLE_SIGNALLING: calls and requests that come in
 * @SIPALG_PINHOLE_MEDIA: RTP and other media
 * @SIPALG_PINHOLE_MEDIA_B: more of the same
 * @SIPALG_PINHOLE_RTCP: RTCP, and RTP that finds the other two full
 * @SIPALG_PINHOLE_CLASSES: number of classes
 *
 * User space and failover peers see their order (SECURITY 5.3): never change it.  3 * 255 pinholes
 * of RTP can wait on a flow, whatever RTCP does, and none of them ever ends for another.
 */
enum sipalg_pinhole_class {
	SIPALG_PINHOLE_SIGNALLING,
	SIPALG_PINHOLE_MEDIA,
	SIPALG_PINHOLE_MEDIA_B,
	SIPALG_PINHOLE_RTCP,
	SIPALG_PINHOLE_CLASSES,
};

enum {
	SIPALG_PINHOLE_CONNS	= 4,	/* connections of a pinhole that are known at a time */
	SIPALG_PINHOLE_RTCP_PLACES	= 32,	/* places for RTCP that is not due */
	SIPALG_PINHOLE_TURN_S	= 10,	/* RTCP that is due waits so long before its turn ends */
	SIPALG_PINHOLE_TTL_S	= 240,	/* least life of an expectation, of any class */
	SIPALG_PINHOLE_SIGNALLING_S	= 604800 + 32,	/* longest: register_max at its highest */
	SIPALG_PINHOLE_SEEK_S	= 5,	/* time between two ends of others for one pinhole */
	SIPALG_PINHOLE_NEAR_S	= 15,	/* time left of a connection below which it is replaced */
	SIPALG_PINHOLE_REARMS	= 8,	/* strangers that may take a pinhole */
	SIPALG_PINHOLE_REARM_S	= 10,	/* in this time, before the peer alone may */
	SIPALG_PINHOLE_CALLERS	= 8,	/* hosts that may call in, signalling_source=learned */
};

/**
 * enum sipalg_pinhole_end - what becomes of the connections of a pinhole that closes
 * @SIPALG_PINHOLE_KEEP_CONNS: the connections live on
 * @SIPALG_PINHOLE_EXPIRE_CONNS: the connections end in SIPALG_PINHOLE_LAST_S seconds
 * @SIPALG_PINHOLE_KILL_CONNS: the connections end at once
 * @SIPALG_PINHOLE_KEEP_LATER: as SIPALG_PINHOLE_KEEP_CONNS, and what can wait waits
 * @SIPALG_PINHOLE_EXPIRE_LATER: as SIPALG_PINHOLE_EXPIRE_CONNS, and what can wait waits
 */
enum sipalg_pinhole_end {
	SIPALG_PINHOLE_KEEP_CONNS,
	SIPALG_PINHOLE_EXPIRE_CONNS,
	SIPALG_PINHOLE_KILL_CONNS,
	SIPALG_PINHOLE_KEEP_LATER,
	SIPALG_PINHOLE_EXPIRE_LATER,
};

enum { SIPALG_PINHOLE_LAST_S = 5 };

/**
 * struct sipalg_pinhole_conn - a connection through a pinhole
 * @addr: address of the other end; with the address of the pinhole it makes the original tuple
 * @port: port of the other end, host byte order
 * @is_from_host: the host began the connection, from @real; otherwise it came to @mapped
 * @is_used: this place holds a connection
 * @timeout: the time-out of the connection as last seen; it changes with every packet
 * @heard: 32 bits of sipalg_now() when @timeout last changed
 */
struct sipalg_pinhole_conn {
	struct sip_addr addr;
	u16 port;
	bool is_from_host;
	bool is_used;
	u32 timeout;
	u32 heard;
};

/**
 * struct sipalg_pinhole_key - key of the tables of pinholes
 * @addr: address
 * @port: port, host byte order
 * @zone: conntrack zone
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 */
struct sipalg_pinhole_key {
	struct sip_addr addr;
	u16 port;
	u16 zone;
	u32 proto;
};

/**
 * struct sipalg_pinhole_more - what few pinholes need; it is made when a pinhole needs it
 * @conn: older connections, the newest of them first
 * @comes_from: endpoint that packets of the peer come from; family 0: the announced one
 * @caller: hosts that may call in, where the setting asks
 * @n_callers: number of hosts that were added; a new one replaces the oldest
 * @charged: host that is charged for the pinhole; family 0: the one that it leads to; set once,
 *	before others see the pinhole
 */
struct sipalg_pinhole_more {
	struct sipalg_pinhole_conn conn[SIPALG_PINHOLE_CONNS - 1];
	struct sip_endpoint comes_from;
	struct sip_addr caller[SIPALG_PINHOLE_CALLERS];
	u8 n_callers;
	struct sip_addr charged;
};

/**
 * struct sipalg_pinhole - one published port
 * @mapped_node: node of the table by @mapped
 * @real_node: node of the table by @real, where one host may have a port in several calls
 * @mapped: address and port that the other side sends to; never changes
 * @real: address and port of the host; never changes
 * @class: enum sipalg_pinhole_class; never changes
 * @charged_len: length of the prefix of the host that is charged, in bits; never changes
 * @is_nat: @mapped and @real differ, or the address is translated at all; never changes
 * @is_lasting: packets do not use its expectation up; never changes
 * @users: number of owners that share the pinhole: accounts that are registered with one contact
 * @lock: guards the members below, and each says if it is read without the lock too
 * @source: address that the waiting expectation lets in; family 0: any
 * @peer: endpoint that the other side announced for the stream; family 0: not known
 * @conn: the newest connection
 * @more: members that few pinholes need; NULL: this pinhole needs none
 * @exp: the expectation that was made last, which the kernel may have ended; NULL: no expectation
 * @is_armed: the pinhole is to have an expectation: a tick makes one that is missing
 * @is_paused: no expectation waits although the pinhole is armed; its port stays promised
 * @is_counted: the pinhole was counted as opened
 * @is_narrowed: too many strangers came: the announced peer alone is let in for a while
 * @is_anothers: another host than @real has named the pinhole (inside_media)
 * @is_closed: no expectation is made any more
 * @is_buried: it is in no table, and its host is charged no more; @is_closed is set
 * @ends_conns: of one that is closed and not buried: its connections end with the rest
 * @is_due: RTCP whose RTP has come; read without the lock too
 * @is_untold: its expectation was made before the kernel had told of the master; read without the
 *	lock too
 * @is_for_peers: calls alone own the pinhole, and it lets in @source, or where that is any the
 *	hosts that may call in; read without the lock too
 * @armed: 32 bits of sipalg_now() when its expectation was made; read without the lock too
 * @sought: 32 bits of sipalg_now() when the pinhole last ended others for a place
 * @has_come: the announced peer has come, or was sent to
 * @rearms: number of strangers that came since @rearm_since
 * @rearm_since: 32 bits of sipalg_now() when @rearms began to count
 * @rtcp: of RTP, its RTCP, where neither is shared: both close together; NULL: none
 * @turn: of RTCP, its place in the row of its flow; NULL: none; under the lock of sipalg_turn.c
 * @master: memory of the signalling connection
 * @rcu: readers find pinholes under RCU
 * @shut: node in the list of sipalg_pinhole_shut.c, from which @rcu frees it
 */
struct sipalg_pinhole {
	struct rhash_head mapped_node;
	struct rhlist_head real_node;
	struct sipalg_pinhole_key mapped;
	struct sipalg_pinhole_key real;
	refcount_t users;
	spinlock_t lock;
	struct sip_addr source;
	struct sip_endpoint peer;
	struct sipalg_pinhole_conn conn;
	u32 rearm_since;
	u32 armed;
	u32 sought;
	struct sipalg_pinhole_more *more;
	struct nf_conntrack_expect *exp;
	union {
		struct sipalg_pinhole *rtcp;
		struct sipalg_turn *turn;
	};
	struct sipalg_master *master;
	union {
		struct rcu_head rcu;
		struct list_head shut;
	};
	u8 class : 2;
	bool is_nat : 1;
	bool is_lasting : 1;
	u8 charged_len;
	bool is_armed;
	bool is_due;
	bool is_for_peers;
	bool is_untold;
	u8 rearms;
	bool is_paused : 1;
	bool is_counted : 1;
	bool is_narrowed : 1;
	bool is_closed : 1;
	bool is_buried : 1;
	bool ends_conns : 1;
	bool is_anothers : 1;
	bool has_come : 1;
};

/**
 * struct sipalg_pinhole_want - what a new run of pinholes shall be
 * @sn: namespace
 * @ct: signalling connection of the packet under way: the master of the expectations
 * @master: memory of @ct that its owner holds already, so that it is kept once; NULL: none
 * @real: address of the host
 * @charged: host that is charged; NULL: @real
 * @mapped: address that the other side sees
 * @source: address that alone may use the expectation; NULL: any
 * @ports: real ports in host byte order; the first is the RTP port
 * @n: number of pinholes, 1 to 2 * SDP_MAX_PAIRS
 * @keep_ports: the mapped ports must be the real ones
 * @mapped_port: of a run of one, the mapped port and no other; 0: search
 * @adopted: first mapped port that another router has published for the run; 0: none is known
 * @seed: seed of the order in which other ports are tried: equal for a stream on every node
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @class: SIPALG_PINHOLE_SIGNALLING, SIPALG_PINHOLE_MEDIA or SIPALG_PINHOLE_MEDIA_B
 * @is_lasting: packets do not use the expectation up
 * @is_for_peers: a signalling pinhole for @source, and for the sources of calls that share it
 * @is_anothers: another host names @real, and not @real itself
 * @is_taken_up: the call began at another router, which may have published a port for @real
 * @is_pairs: every second port is for RTCP of the port before it
 * @ttl_s: life of the expectation in seconds, from 1
 */
struct sipalg_pinhole_want {
	struct sipalg_net *sn;
	struct nf_conn *ct;
	struct sipalg_master *master;
	struct sip_addr real;
	const struct sip_addr *charged;
	struct sip_addr mapped;
	const struct sip_addr *source;
	u16 ports[2 * SDP_MAX_PAIRS];
	u8 n;
	bool keep_ports;
	u16 mapped_port;
	u16 adopted;
	u32 seed;
	u8 proto;
	u8 class;
	bool is_lasting;
	bool is_for_peers;
	bool is_anothers;
	bool is_taken_up;
	bool is_pairs;
	u32 ttl_s;
};

/**
 * sipalg_pinhole_setup() - make the tables of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0 or -ENOMEM.
 */
int sipalg_pinhole_setup(struct sipalg_net *sn);

/**
 * sipalg_pinhole_teardown() - free the tables of a namespace
 * @sn: namespace; the owners have closed their pinholes
 *
 * Context: process context.
 */
void sipalg_pinhole_teardown(struct sipalg_net *sn);

/**
 * sipalg_pinhole_module_init() - make the caches of this folder
 *
 * Context: process context, once.
 * Return: 0 or -ENOMEM.
 */
int sipalg_pinhole_module_init(void);

/**
 * sipalg_pinhole_module_exit() - free the caches of this folder
 *
 * Context: process context; no pinhole is left.
 */
void sipalg_pinhole_module_exit(void);

/**
 * sipalg_pinhole_open() - reserve a run of ports and arm them
 * @want: what the run shall be
 * @pin: room for want->n pointers; the caller owns the pinholes until sipalg_pinhole_close()
 *
 * First the real port numbers are tried (RFC 4787 REQ-3), then a bounded number
 * of others of the same parity (REQ-4), the run's ports next to each other.
 * All or nothing.
 *
 * Context: softirq or BH; under rcu_read_lock(), in the packet path of want->ct.
 * Return: 0; -EADDRINUSE where no port was free; -ENOSPC where a table is full;
 * -ENOMEM.
 */
int sipalg_pinhole_open(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin);

/**
 * sipalg_pinhole_reserve() - reserve a run of ports without arming them
 * @want: what the run shall be
 * @pin: room for want->n pointers; the caller owns the pinholes until sipalg_pinhole_close()
 *
 * The ports are promised, and no packet comes in before sipalg_pinhole_arm().
 *
 * Context: as sipalg_pinhole_open().
 * Return: as sipalg_pinhole_open().
 */
int sipalg_pinhole_reserve(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin);

/**
 * sipalg_pinhole_is_scarce() - are few pinholes left?
 * @sn: namespace
 *
 * Context: under rcu_read_lock().
 * Return: whether the last eighth of all pinholes that there may be is in use.
 */
bool sipalg_pinhole_is_scarce(struct sipalg_net *sn);

/**
 * sipalg_pinhole_arm() - let packets in through a pinhole, or let it wait longer
 * @pin: pinhole of the kind of @want
 * @want: its members sn, ct, source, is_lasting, is_for_peers and ttl_s are used
 *
 * An expectation that waits for another source ends.  A pinhole for peers that waits for one
 * already lets in both.
 *
 * Context: as sipalg_pinhole_open().
 * Return: as sipalg_pinhole_open().
 */
int sipalg_pinhole_arm(struct sipalg_pinhole *pin, const struct sipalg_pinhole_want *want);

/**
 * sipalg_pinhole_pause() - let no packet in for a while, or let packets in again
 * @sn: namespace
 * @pin: open pinhole
 * @pause: true: its expectation ends; false: an expectation is made where the pinhole is armed
 *
 * The port stays promised, and connections go on.  A pinhole that several calls share is not
 * paused.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_pinhole_pause(struct sipalg_net *sn, struct sipalg_pinhole *pin, bool pause);

/**
 * sipalg_pinhole_keep() - let a media pinhole live on
 * @sn: namespace
 * @pin: open pinhole
 * @ttl_s: life of its expectation in seconds from now
 * @silence_s: seconds of silence after which a connection ends; 0: it never does
 *
 * A waiting expectation is extended.  Where none waits and no connection with the
 * announced peer is left, or the last is about to time out, it is armed again.
 *
 * Context: process context or softirq; call it every few seconds.
 * Return: sipalg_now() of the last packet, by the grain of these calls; 0: no connection.
 */
unsigned long sipalg_pinhole_keep(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s,
				  u32 silence_s);

/**
 * sipalg_pinhole_close() - an owner needs a pinhole no more
 * @sn: namespace
 * @pin: pinhole, which the caller must not use afterwards; NULL is allowed
 * @end: what becomes of the connections of the pinhole
 *
 * The pinhole ends with its last owner: nothing comes in from then on, no look-up finds it, and its
 * port may be given away.
 *
 * Context: any but hard interrupt.
 */
void sipalg_pinhole_close(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			  enum sipalg_pinhole_end end);

/**
 * sipalg_pinhole_by_mapped() - find the pinhole of a mapped address and port
 * @sn: namespace
 * @key: mapped address and port
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the pinhole; NULL: there is none, or its last owner is gone.
 */
struct sipalg_pinhole *sipalg_pinhole_by_mapped(struct sipalg_net *sn,
						const struct sipalg_pinhole_key *key);

/**
 * sipalg_pinhole_shut_at() - find the pinhole of a mapped address and port that is shut
 * @sn: namespace
 * @key: mapped address and port
 *
 * Used by the files of the folder pinhole alone.
 *
 * Context: under rcu_read_lock(), as long as the result is used; no lock of a pinhole is needed.
 * Return: the pinhole, which is about to leave the table; NULL: none is shut there.
 */
struct sipalg_pinhole *sipalg_pinhole_shut_at(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key);

/**
 * sipalg_pinhole_bury() - end the rest of a pinhole that is shut, and free it
 * @sn: namespace
 * @pin: pinhole that has left the list; its rest may have ended before
 *
 * Used by sipalg_pinhole_shut.c alone.
 *
 * Context: any but hard interrupt; no lock of a pinhole is held.
 */
void sipalg_pinhole_bury(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_is_rtcp() - is a pinhole for RTCP?
 * @pin: pinhole
 *
 * Context: any.
 * Return: whether it is.
 */
static inline bool sipalg_pinhole_is_rtcp(const struct sipalg_pinhole *pin)
{
	return pin->class == SIPALG_PINHOLE_RTCP;
}

/**
 * sipalg_pinhole_is_shut() - is the last owner of a pinhole gone?
 * @pin: pinhole that was found under rcu_read_lock()
 *
 * Context: any; no lock is needed.  A pinhole that is shut stays so.
 * Return: true: nobody owns @pin any more; false: it is open.
 */
static inline bool sipalg_pinhole_is_shut(const struct sipalg_pinhole *pin)
{
	return !refcount_read(&pin->users);
}

/**
 * sipalg_pinhole_get() - one owner more
 * @pin: pinhole that was found under rcu_read_lock()
 *
 * Context: any.
 * Return: true: sipalg_pinhole_close() is to follow; false: the pinhole is ending.
 */
static inline bool sipalg_pinhole_get(struct sipalg_pinhole *pin)
{
	return refcount_inc_not_zero(&pin->users);
}

/**
 * sipalg_pinhole_follow() - the owner signals over another connection now
 * @sn: namespace
 * @pin: open pinhole
 * @ct: signalling connection of the packet under way
 *
 * A pinhole whose expectation went with a connection that was flushed is armed again.
 *
 * Context: as sipalg_pinhole_open().
 */
void sipalg_pinhole_follow(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct);

/**
 * sipalg_pinhole_tell() - let user space know of the expectation of a pinhole
 * @sn: namespace
 * @pin: open pinhole
 *
 * Nothing is done unless its expectation was made with the first packet of its signalling
 * connection, so that conntrackd could not take it.
 *
 * Context: as sipalg_pinhole_open().
 */
void sipalg_pinhole_tell(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_master() - the signalling connection of the owner
 * @pin: open pinhole
 *
 * Context: any but hard interrupt.
 * Return: original tuple of the connection.
 */
struct nf_conntrack_tuple sipalg_pinhole_master(struct sipalg_pinhole *pin);

/**
 * struct sipalg_pinhole_heard - what came through a pinhole
 * @is_live: a connection exists
 * @is_waiting: an expectation waits
 * @is_counted: this kernel counts packets (nf_conntrack_acct)
 * @from_host: number of packets from the host
 * @to_host: number of packets to the host
 */
struct sipalg_pinhole_heard {
	bool is_live;
	bool is_waiting;
	bool is_counted;
	u64 from_host;
	u64 to_host;
};

/**
 * sipalg_pinhole_last_heard() - ask the kernel what came through
 * @sn: namespace
 * @pin: open pinhole
 *
 * Context: any but hard interrupt.
 * Return: the figures, all zero where there is no connection.
 */
struct sipalg_pinhole_heard sipalg_pinhole_last_heard(struct sipalg_net *sn,
						      struct sipalg_pinhole *pin);

#endif /* _SIPALG_PINHOLE_H */
