/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole: a port that is published for a host, and the expectation behind it.
 *
 * The life of a pinhole.  It is opened by the call or the binding that needs it,
 * for one address and port of one host (@real).  A mapped address and port is
 * reserved in our own table, which alone knows what has been promised to whom,
 * and an expectation is made there: the pinhole is armed.  The first packet from
 * outside uses the expectation up and becomes a connection: the pinhole is live.
 * Packets that the host itself sends first find the pinhole by @real and leave
 * from the mapped port.  Whoever comes first starves nobody: until the announced
 * peer itself has come, the pinhole is armed again at once.  When its connections
 * have died of silence it is armed again too, as long as the owner lives.  The
 * owner closes it; then the expectation goes, the reservation goes, its
 * connections end as the owner says, and the object goes after a grace period.
 * Pinholes know nothing of their owners.
 *
 * RTCP gives way to RTP.  The kernel counts expectations in one byte a class and flow,
 * and on a trunk with many waiting calls they would not suffice for both.  So RTP leads:
 * its pinhole has any of three classes, and while those are not full of other leaders'
 * it always gets its place.  RTCP follows, in the third of them.  Before its leader is
 * taken it waits there only while few do.  Then it is due, and may use any place that is
 * free; it ends the wait of one that is not due, or else of the one that has waited
 * longest, if that was SIPALG_PINHOLE_TURN_S or more: they take turns.  What had to give
 * way, or found no place, is armed again when there is one.
 *
 * This is the only unit that creates, extends and removes expectations.
 */
#ifndef _SIPALG_PINHOLE_H
#define _SIPALG_PINHOLE_H

#include <linux/netfilter/nf_conntrack_tuple_common.h>
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

/*
 * Expectation classes.  Their order is seen by user space and by failover peers
 * (SECURITY 5.3): never change it.  Leaders are spread over two classes and flow over
 * into the followers', whose expectations end where they need the place: 3 * 255 leaders
 * of a flow can wait, whatever followers do, and none is ever ended for another.
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
	SIPALG_PINHOLE_TURN_S	= 10,	/* a follower that is due may wait so long before others */
	SIPALG_PINHOLE_TTL_S	= 240,	/* how long an expectation lives at least, of any class */
	SIPALG_PINHOLE_SEEK_S	= 5,	/* how often it may have others end for it */
	SIPALG_PINHOLE_NEAR_S	= 15,	/* time left below which a successor is let in */
	SIPALG_PINHOLE_REARMS	= 8,	/* strangers that may take a pinhole */
	SIPALG_PINHOLE_REARM_S	= 10,	/* in this time, before only the peer may */
	SIPALG_PINHOLE_CALLERS	= 8,	/* who may call in, signalling_source=learned */
};

/* what becomes of a pinhole's connections when it closes */
enum sipalg_pinhole_end {
	SIPALG_PINHOLE_KEEP_CONNS,	/* nothing */
	SIPALG_PINHOLE_EXPIRE_CONNS,	/* they end in SIPALG_PINHOLE_LAST_S */
	SIPALG_PINHOLE_KILL_CONNS,	/* they end now */
};

enum { SIPALG_PINHOLE_LAST_S = 5 };

/**
 * struct sipalg_pinhole_conn - a connection through a pinhole
 * @addr: the other end; this end is the pinhole's, and both make the original tuple
 * @port: its port
 * @is_from_host: the host began it, from @real; otherwise it came to @mapped
 * @is_used: whether this place holds one
 * @timeout: the kernel's time-out of it as last seen; it changes with every packet
 * @heard: sipalg_now() when it last changed
 */
struct sipalg_pinhole_conn {
	struct sip_addr addr;
	u16 port;
	bool is_from_host;
	bool is_used;
	u32 timeout;
	u32 heard;
};

/* key of both tables */
struct sipalg_pinhole_key {
	struct sip_addr addr;
	u16 port;	/* host byte order */
	u16 zone;
	u32 proto;	/* IPPROTO_UDP or IPPROTO_TCP */
};

/**
 * struct sipalg_pinhole_more - what few pinholes need, from the time when they need it
 * @conn: connections beyond the newest, by age
 * @comes_from: where packets of the peer come from, where that is not as announced
 * @caller: who may call in, where that is asked
 * @n_callers: how many were added; the oldest gives way
 * @charged: who holds it, where that is not the address that it leads to; set once, at first
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
 * @mapped_node: in the table by @mapped
 * @real_node: in the table by @real; one host may offer a port in several calls
 * @mapped: where the other side sends to; never changes
 * @real: where the host is; never changes
 * @class: enum sipalg_pinhole_class
 * @charged_len: of the key of who is charged; set once, at first, as what is beside it
 * @is_nat: @mapped and @real differ, or the address is translated at all
 * @is_lasting: packets do not use its expectation up
 * @users: owners that share it: accounts that are registered with one contact
 * @lock: guards what follows
 * @source: the only address that the waiting expectation lets in; family 0: any
 * @peer: what the other side announced for the same stream; family 0: not known
 * @conn: the newest connection
 * @more: what else some need; NULL: this one does not
 * @exp: the expectation that was made last, which may be gone; NULL: it was seen to be
 * @is_armed: it is to have an expectation: one that is missing is made when time comes by
 * @is_paused: nothing waits at it although it is armed; its port stays promised
 * @is_counted: it was counted as opened
 * @is_narrowed: too many strangers came: only the announced peer is let in for a while
 * @is_anothers: another host than its own has named it (inside_media)
 * @is_closed: no expectation is made any more
 * @is_due: a follower whose leader was taken; read without the lock, too
 * @is_for_peers: it belongs to calls alone, and lets nobody in but @source, or where that is
 *	any, who is a caller; read without the lock, too
 * @armed: 32 bits of sipalg_now() when its expectation was made; read without the lock, too
 * @sought: the same of the last time that it had others end for it
 * @has_come: the announced peer has come, or has been sent to
 * @rearms: strangers that came since @rearm_since
 * @rearm_since: 32 bits of sipalg_now()
 * @follower: RTCP of this RTP; only where neither is shared, for they are closed together
 * @turn: of a follower, its place among those that wait, or NULL; under sipalg_turn.c's lock
 * @master: the signalling connection
 * @rcu: readers find pinholes under RCU
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
		struct sipalg_pinhole *follower;
		struct sipalg_turn *turn;
	};
	struct sipalg_master *master;
	struct rcu_head rcu;
	u8 class : 2;
	bool is_nat : 1;
	bool is_lasting : 1;
	u8 charged_len;
	bool is_armed;
	bool is_due;
	bool is_for_peers;
	u8 rearms;
	bool is_paused : 1;
	bool is_counted : 1;
	bool is_narrowed : 1;
	bool is_closed : 1;
	bool is_anothers : 1;
	bool has_come : 1;
};

/**
 * struct sipalg_pinhole_want - what a new run of pinholes shall be
 * @sn: namespace
 * @ct: the signalling connection of the packet under way: the master
 * @master: the same as its owner keeps it, so that it is kept once; NULL: he does not
 * @real: address of the host
 * @charged: who holds them; NULL: @real
 * @mapped: address that the other side sees
 * @source: only this address may use the expectation; NULL: any
 * @ports: real ports; the first is the RTP port
 * @n: how many pinholes, at most 2 * SDP_MAX_PAIRS
 * @keep_ports: the mapped ports must be the real ones
 * @mapped_port: of a run of one: this mapped port and no other; 0: search
 * @seed: of the order in which other ports are tried: the same for the same stream on every node
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @class: SIPALG_PINHOLE_SIGNALLING, SIPALG_PINHOLE_MEDIA or SIPALG_PINHOLE_MEDIA_B
 * @is_lasting: the expectation is not used up by a packet
 * @is_for_peers: a signalling pinhole for @source, and for those of other calls that share it
 * @is_anothers: it is another host that names @real, not @real itself
 * @is_pairs: every second port follows the one before it, in class SIPALG_PINHOLE_RTCP
 * @ttl_s: life of the expectation, from 1
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
	u32 seed;
	u8 proto;
	u8 class;
	bool is_lasting;
	bool is_for_peers;
	bool is_anothers;
	bool is_pairs;
	u32 ttl_s;
};

int sipalg_pinhole_setup(struct sipalg_net *sn);
void sipalg_pinhole_teardown(struct sipalg_net *sn);
int sipalg_pinhole_module_init(void);
void sipalg_pinhole_module_exit(void);

/* Makes the expectfn known to user space: every namespace is set up. */
void sipalg_pinhole_start(void);

/*
 * Ends all expectations of ours, wherever they came from; when this returns none is
 * made any more and the expectfn runs nowhere.  Namespaces are still set up.
 */
void sipalg_pinhole_stop(void);

/**
 * sipalg_pinhole_open() - reserve a run of ports and arm them
 * @want: what for
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
 * sipalg_pinhole_reserve() - the same without arming: the ports are promised, nothing comes in
 * @want: what for
 * @pin: as above
 *
 * Context: as sipalg_pinhole_open().
 * Return: as sipalg_pinhole_open().
 */
int sipalg_pinhole_reserve(const struct sipalg_pinhole_want *want, struct sipalg_pinhole **pin);

/* Whether the last eighth of all pinholes that there may be is in use.  Context: under RCU. */
bool sipalg_pinhole_is_scarce(struct sipalg_net *sn);

/**
 * sipalg_pinhole_arm() - let packets in through a pinhole, or let it wait longer
 * @pin: a pinhole of @want's kind
 * @want: its sn, ct, source, is_lasting, is_for_peers and ttl_s are used
 *
 * An expectation that waits for another source gives way.  What is for peers and waits for one
 * already lets in both.
 *
 * Context: as sipalg_pinhole_open().
 * Return: as sipalg_pinhole_open().
 */
int sipalg_pinhole_arm(struct sipalg_pinhole *pin, const struct sipalg_pinhole_want *want);

/**
 * sipalg_pinhole_pause() - nothing is to come for a while, or something may again
 * @sn: namespace
 * @pin: an open pinhole
 * @pause: its expectation ends and none is made; else one is made where it is armed
 *
 * The port stays promised, and connections go on.  One that several calls share is not
 * paused.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_pinhole_pause(struct sipalg_net *sn, struct sipalg_pinhole *pin, bool pause);

/**
 * sipalg_pinhole_keep() - what time asks of a media pinhole
 * @sn: namespace
 * @pin: an open pinhole
 * @ttl_s: life of its expectation from now
 * @silence_s: a connection that was silent for so long ends; 0: never
 *
 * A waiting expectation is extended.  Where none waits and no connection with the
 * announced peer is left, or the last is about to time out, it is armed again.
 *
 * Context: process context or softirq; call it every few seconds.
 * Return: jiffies of the last packet, by the grain of these calls; 0: there is no connection.
 */
unsigned long sipalg_pinhole_keep(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s,
				  u32 silence_s);

/**
 * sipalg_pinhole_close() - an owner needs a pinhole no more
 * @sn: namespace
 * @pin: must not be used by the caller afterwards; NULL is allowed
 * @end: what becomes of its connections
 *
 * It ends with its last owner.
 *
 * Context: any but hard interrupt.
 */
void sipalg_pinhole_close(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			  enum sipalg_pinhole_end end);

/**
 * sipalg_pinhole_by_mapped() - what a mapped address leads to
 * @sn: namespace
 * @key: the mapped side
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the pinhole or NULL.
 */
struct sipalg_pinhole *sipalg_pinhole_by_mapped(struct sipalg_net *sn,
						const struct sipalg_pinhole_key *key);

/* Whether it is RTCP's, which gives way. */
static inline bool sipalg_pinhole_is_rtcp(const struct sipalg_pinhole *pin)
{
	return pin->class == SIPALG_PINHOLE_RTCP;
}

/*
 * For sipalg_turn.c: what waits at @mapped for that source, or (family 0) for all, ours or not; and
 * whether it is ours.  Under nf_conntrack_expect_lock.
 */
struct nf_conntrack_expect *sipalg_pinhole_expect_at(struct sipalg_net *sn,
						     const struct sipalg_pinhole_key *mapped,
						     const struct sip_addr *source);
bool sipalg_pinhole_is_expected(const struct nf_conntrack_expect *exp);

/* One owner more.  Return: false where the pinhole is ending. */
static inline bool sipalg_pinhole_get(struct sipalg_pinhole *pin)
{
	return refcount_inc_not_zero(&pin->users);
}

/**
 * sipalg_pinhole_follow() - the owner signals over this connection now
 * @sn: namespace
 * @pin: an open pinhole
 * @ct: the signalling connection of the packet under way
 *
 * Where its expectation has gone, with a connection that was flushed, it is armed again.
 *
 * Context: as sipalg_pinhole_open().
 */
void sipalg_pinhole_follow(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct);

/* Original tuple of the owner's signalling connection.  Context: any but hard interrupt. */
struct nf_conntrack_tuple sipalg_pinhole_master(struct sipalg_pinhole *pin);

/* What the other side announced for the stream of @pin.  Context: any but hard interrupt. */
void sipalg_pinhole_set_peer(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct sip_addr *addr, u16 port);
struct sip_endpoint sipalg_pinhole_peer(struct sipalg_pinhole *pin);

/* The address that packets of that peer come from; family 0: not known.  The same context. */
struct sip_addr sipalg_pinhole_comes_from(struct sipalg_pinhole *pin);

/* Whether @addr is where that peer really is, and was announced by another one: he is inside. */
static inline bool sipalg_pinhole_is_inside(struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	struct sip_endpoint peer = sipalg_pinhole_peer(pin);
	struct sip_addr from = sipalg_pinhole_comes_from(pin);

	return sip_addr_equal(&from, addr) && !sip_addr_equal(&peer.addr, addr);
}

/**
 * sipalg_pinhole_used() - a connection that the host began belongs to a pinhole
 * @sn: namespace
 * @pin: the pinhole
 * @ct: the connection, not confirmed yet, its master set
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_pinhole_used(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct);

/**
 * struct sipalg_pinhole_heard - what came through a pinhole
 * @is_live: a connection exists
 * @is_waiting: an expectation waits
 * @is_counted: this kernel counts packets (nf_conntrack_acct)
 * @from_host: packets that the host sent
 * @to_host: packets that it was sent
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
 * @pin: an open pinhole
 *
 * Context: any but hard interrupt.
 * Return: the figures, all zero where there is no connection.
 */
struct sipalg_pinhole_heard sipalg_pinhole_last_heard(struct sipalg_net *sn,
						      struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_on_expected() - hand in the function that NATs an expected connection
 * @fn: of the NAT module; NULL: it goes, and has handed in its hooks already
 *
 * With NULL this returns when the function runs nowhere any more, and ends the
 * expectations that needed it.
 *
 * Context: process context.
 */
void sipalg_pinhole_on_expected(void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp));

#endif /* _SIPALG_PINHOLE_H */
