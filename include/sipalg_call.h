/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call: calls, from the INVITE to the end of the BYE.
 *
 * A call is known by its Call-ID, the tag of the party that sent the first INVITE (the caller) and
 * the conntrack zone; never by the connection, because one trunk carries many calls and one call
 * may move between connections.  The branches of a forked call are one call: they share the
 * caller's media, and each callee's media carries the tag of that callee.
 *
 * Locking.  sipalg_call_enter() returns the call with its lock held; every function here that takes
 * a call wants that lock, and sipalg_call_leave() gives it back.  docs/architecture.md has the
 * order of all locks; the locks of pinholes come after the lock of a call.
 */
#ifndef _SIPALG_CALL_H
#define _SIPALG_CALL_H

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "sipalg_call_state.h"
#include "sipalg_master.h"
#include "sipalg_pinhole.h"
#include "sipalg_quota.h"

/**
 * enum sipalg_call_side - the two parties of a call
 * @SIPALG_CALLER: the party that sent the first INVITE
 * @SIPALG_CALLEE: the called end
 */
enum sipalg_call_side {
	SIPALG_CALLER,
	SIPALG_CALLEE,
};

enum {
	SIPALG_CALL_TXS		= 8,	/* requests that a call remembers */
	SIPALG_CALL_ID_SHOWN	= 62,	/* bytes of a Call-ID in /proc */
	SIPALG_CALL_LINGER_S	= 32,	/* 64*T1: seconds for which an ended call is remembered */
	SIPALG_CALL_TICK_S		= 10,	/* seconds between two renewals of its pinholes */
	SIPALG_CALL_TTL_S		= 240,	/* seconds for which a renewal lasts */
	SIPALG_CALL_CONTACTS	= 4,	/* signalling pinholes of one call */
	SIPALG_CALL_STREAMS	= 64,	/* streams of each side */
};

/* a call has room for all streams of one message */
static_assert(SDP_MAX_DESCRIPTIONS * SDP_MAX_MEDIA <= SIPALG_CALL_STREAMS);

/**
 * struct sipalg_call_media_old - where a stream was before an offer that is not agreed yet
 * @rtp: address and port of RTP
 * @rtcp: port of RTCP, in host byte order; 0: none was announced
 */
struct sipalg_call_media_old {
	struct sip_endpoint rtp;
	u16 rtcp;
};

enum { SIPALG_MEDIA_PINS = 2 };	/* pinholes that most streams need at most */

/**
 * struct sipalg_call_media - one stream as one party announced it
 * @node: node in @media of the call
 * @tag: digest of the tag of the party, which says to which branch of a forked call it belongs
 * @rtp: announced address and port of RTP
 * @few: its pinholes: RTP, RTCP; while @n is at most SIPALG_MEDIA_PINS
 * @many: array of its pinholes: RTP, RTCP, RTP, RTCP, ...; while @n is above SIPALG_MEDIA_PINS
 * @old: where it was before an offer that is not agreed yet; NULL: there is no such offer
 * @cseq: CSeq number of the request that offered it
 * @named: CSeq number of the last message that named it: a request or an answer to one
 * @rtcp: announced port of RTCP, in host byte order; 0: none was announced
 * @side: party that announced it, enum sipalg_call_side
 * @index: number of its section in the description, from 0
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @n: number of its pinholes; 0: the party is outside, and needs no pinhole
 * @is_fresh: the message under way has added it
 * @is_held: the party put it on hold
 * @has_mux: the party lets RTCP come to the RTP port (RFC 5761)
 * @old_mux: @has_mux before the last message that named it
 * @is_pairs: every second pinhole is for RTCP
 * @is_agreed: a 2xx has confirmed it; until then a refused offer takes it back
 */
struct sipalg_call_media {
	struct list_head node;
	u64 tag;
	struct sip_endpoint rtp;
	union {
		struct sipalg_pinhole *few[SIPALG_MEDIA_PINS];
		struct sipalg_pinhole **many;
	};
	struct sipalg_call_media_old *old;
	u32 cseq;
	u32 named;
	u16 rtcp;
	u8 side;
	u8 index;
	u8 proto;
	u8 n;
	bool is_fresh : 1;
	bool is_held : 1;
	bool has_mux : 1;
	bool old_mux : 1;
	bool is_pairs : 1;
	bool is_agreed : 1;
};

/**
 * sipalg_call_media_pin() - a pinhole of a stream
 * @media: stream
 * @i: number of the pinhole, below @media->n
 *
 * Context: the lock of the call is held.
 * Return: the pinhole.
 */
static inline struct sipalg_pinhole *sipalg_call_media_pin(const struct sipalg_call_media *media,
							   u32 i)
{
	return media->n > SIPALG_MEDIA_PINS ? media->many[i] : media->few[i];
}

/**
 * struct sipalg_call_key - key of the table of calls
 * @call_id: digest of Call-ID
 * @tag: digest of the tag of the caller
 * @zone: conntrack zone
 */
struct sipalg_call_key {
	u64 call_id;
	u64 tag;
	u64 zone;
};

/**
 * struct sipalg_call_tx - a request with an answer that may change the call
 * @branch: digest of the branch of the top Via
 * @flow: hash of the original tuple of its connection
 * @sent_to: hash of the address that it was sent to
 * @body: hash of its body; 0: the body has no description
 * @cseq: CSeq number
 * @method: enum sip_method; 0: the slot is free
 * @side: party that sent it, enum sipalg_call_side
 * @dir: its direction in the connection, enum ip_conntrack_dir
 * @is_done: it was finally answered
 * @is_elsewhere: another router has seen it, and this one its answer alone
 */
struct sipalg_call_tx {
	u64 branch;
	u32 flow;
	u32 sent_to;
	u32 body;
	u32 cseq;
	u8 method;
	u8 side;
	u8 dir;
	bool is_done;
	bool is_elsewhere;
};

/**
 * struct sipalg_call_busy - what a call needs while messages come
 * @tx: requests of the call; answered ones stay until their slot is needed
 * @said: CSeq number of the last request of each side with a description; 0: none is known
 * @next_tx: number of the slot in @tx that is used next
 * @half: place of the call in the lists of half-open calls, until the called end has answered
 * @call: call that has this; the call keeps it until its last message is SIPALG_CALL_LINGER_S ago
 * @rcu: frees this after a grace period, because searches for half-open calls read @call under RCU
 */
struct sipalg_call_busy {
	struct sipalg_call_tx tx[SIPALG_CALL_TXS];
	struct sipalg_half_open half;
	struct sipalg_call *call;
	struct rcu_head rcu;
	u32 said[2];
	u8 next_tx;
};

/**
 * struct sipalg_call_said - the last description of a party, so that the same one is known again
 * @print: hash of what the description says and of what it came through; 0: nothing is known
 * @port: published port of RTP, in host byte order; 0: the port stays
 * @rtcp: published port of RTCP, in host byte order; 0: the port stays
 *
 * While @print stands, the stream of the party is that of its last description, with the same
 * pinholes, and the pinholes follow the connection that the party signals over.
 */
struct sipalg_call_said {
	u32 print;
	u16 port;
	u16 rtcp;
};

/**
 * struct sipalg_call - one call
 * @node: node in the table of calls
 * @key: Call-ID, tag of the caller and zone
 * @ref: references: the table holds one, and each user holds one
 * @id: number of the call in /proc/net/sipalg/calls
 * @rcu: frees the call after a grace period, when it is in no list and has no user
 * @ended: node in the list of calls that are over, from SIPALG_CALL_ENDED on
 * @created: when the call began, sipalg_now() time
 * @answered: when the 2xx came, sipalg_now() time; valid from SIPALG_CALL_UP on
 * @touched: when the last message came, sipalg_now() time
 * @heard: when the last media packet was seen, sipalg_now() time; as exact as the ticks are
 * @expires: when the call times out, sipalg_now() time
 * @tick: when the pinholes of the call are next renewed, sipalg_now() time
 * @callee_tag: digest of the tag of the called end that answered; 0: none has answered
 * @cseq: highest CSeq number of each side; 0: the side has sent none
 * @lock: guards all members that change, but @ref, and @ended, which has a lock in the table
 * @session_s: session timer (RFC 4028), in seconds; 0: the call has none
 * @busy: requests that wait for their answers; NULL: there are none
 * @media: streams, struct sipalg_call_media, in the order of announcement
 * @contact: signalling pinhole of the call, while @n_contacts is at most 1
 * @contacts: array of signalling pinholes of the call, while @n_contacts is above 1
 * @said: last description of each side
 * @flow: connection over which each side signals; NULL: it is not known
 * @party: address and port from which each side signals
 * @host: inside host that the call is charged to; NULL: the call is over
 * @n_pinholes: number of pinholes of all streams in @media
 * @n_streams: number of streams of each side in @media
 * @left: bits of enum sip_left: what could not be read in messages of the call, and stayed
 * @state: enum sipalg_call_state
 * @reason: enum sipalg_call_reason, from SIPALG_CALL_ENDED on
 * @n_contacts: number of signalling pinholes
 * @n_contacts_before: @n_contacts before the message under way
 * @is_dead: the call was taken out of the table
 * @is_taken_up: the call began at another router, or before the module was loaded
 * @is_said: bit of each side whose last description was an answer, or an offer that was agreed
 * @must_pair: streams have changed since sipalg_call_media_pair(); sipalg_call_leave() pairs them
 * @has_fresh: the message under way has added a stream
 * @is_untold: user space may have missed an expectation of a stream
 * @shown: length of @call_id, in bytes
 * @call_id: beginning of Call-ID, for /proc; it has no NUL at its end
 */
struct sipalg_call {
	struct rhash_head node;
	struct sipalg_call_key key;
	refcount_t ref;
	u32 id;
	union {
		struct rcu_head rcu;
		struct list_head ended;
	};
	unsigned long created;
	unsigned long answered;
	unsigned long touched;
	unsigned long heard;
	unsigned long expires;
	unsigned long tick;
	u64 callee_tag;
	u32 cseq[2];
	spinlock_t lock;
	u32 session_s;
	struct sipalg_call_busy *busy;
	struct list_head media;
	union {
		struct sipalg_pinhole *contact;
		struct sipalg_pinhole **contacts;
	};
	struct sipalg_call_said said[2];
	struct sipalg_master *flow[2];
	struct sip_endpoint party[2];
	struct sipalg_quota *host;
	u16 n_pinholes;
	u8 n_streams[2];
	u16 left;
	u8 state : 4;
	u8 reason : 4;
	u8 n_contacts : 3;
	u8 n_contacts_before : 3;
	bool is_dead : 1;
	bool is_taken_up : 1;
	u8 is_said : 2;
	bool must_pair : 1;
	bool has_fresh : 1;
	bool is_untold : 1;
	u8 shown;
	char call_id[SIPALG_CALL_ID_SHOWN];
};

static_assert(SIPALG_CALL_CONTACTS < 1 << 3);	/* @n_contacts has 3 bits */
static_assert(SIPALG_CALL_STREAMS <= U8_MAX);	/* @n_streams has 8 bits */
static_assert(2 * SIPALG_CALL_STREAMS * 2 * SDP_MAX_PAIRS <= U16_MAX);	/* @n_pinholes has 16 */
static_assert(SIP_LEFT_COUNT <= 16);		/* @left has 16 bits */

/**
 * struct sipalg_call_seen - what sipalg_call_look() has found
 * @call: call of the message, neither locked nor referenced; NULL: the table has none
 * @side: side that sent the request, enum sipalg_call_side
 * @is_looked: the table was asked
 */
struct sipalg_call_seen {
	struct sipalg_call *call;
	u8 side;
	bool is_looked;
};

/**
 * struct sipalg_call_event - what a message says about its call
 * @sn: namespace
 * @call_id: digest of Call-ID
 * @from_tag: digest of the tag of From; 0: From has no tag
 * @to_tag: digest of the tag of To; 0: To has no tag
 * @branch: digest of the branch of the top Via
 * @body: hash of the body; 0: the body has no description
 * @zone: conntrack zone
 * @cseq: CSeq number
 * @session_s: Session-Expires, in seconds; 0: the message has none
 * @status: status code of a response, 100 to 699; 0: the message is a request
 * @method: method of CSeq, enum sip_method
 * @call_id_text: Call-ID, for /proc; it has no NUL at its end
 * @call_id_len: length of @call_id_text, in bytes
 * @sender: address and port that the message comes from, as the sender sees itself
 * @receiver: address that the message goes to, as the receiver sees itself
 * @flow: original tuple of the connection of the message
 * @dir: direction of the message in its connection, enum ip_conntrack_dir
 * @is_inside: whether sender and receiver are inside, so that a call may be charged to them
 * @is_heir: there may be calls that this module has not seen begin
 * @is_given: another router has seen the connection of the message before
 * @may_ring: it was given a short while ago, so an answer may be the first message of its call
 * @is_emergency: the message calls for help, so its host may have one call over its quota
 * @is_proven: the sender has had success of late, so calls of strangers are evicted before its own
 * @seen: what sipalg_call_look() has found; all zero: it was not called
 */
struct sipalg_call_event {
	struct sipalg_net *sn;
	u64 call_id;
	u64 from_tag;
	u64 to_tag;
	u64 branch;
	u32 body;
	u16 zone;
	u32 cseq;
	u32 session_s;
	u16 status;
	u8 method;
	const char *call_id_text;
	u32 call_id_len;
	struct sip_endpoint sender;
	struct sip_addr receiver;
	const struct nf_conntrack_tuple *flow;
	u8 dir;
	bool is_inside[2];
	bool is_heir;
	bool is_given;
	bool may_ring;
	bool is_emergency;
	bool is_proven;
	struct sipalg_call_seen seen;
};

/**
 * sipalg_call_setup() - make the table of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_call_setup(struct sipalg_net *sn);

/**
 * sipalg_call_teardown() - free all calls of a namespace, and its table
 * @sn: namespace, in which no packet is under way
 *
 * Context: process context.
 */
void sipalg_call_teardown(struct sipalg_net *sn);

/**
 * sipalg_call_module_init() - make the caches of calls, streams and pending requests, once
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_call_module_init(void);

/**
 * sipalg_call_module_exit() - free these caches, after all tables are gone
 *
 * Context: process context; waits for RCU callbacks.
 */
void sipalg_call_module_exit(void);

/**
 * sipalg_call_look() - look the call of a message up, some time before it is entered
 * @ev: message; @ev->seen is set
 *
 * The memory of a call that was quiet is in no cache.  It comes while the caller does other work,
 * such as reading the body.
 *
 * Context: softirq or BH, under rcu_read_lock() until sipalg_call_enter() has returned.
 */
void sipalg_call_look(struct sipalg_call_event *ev);

/**
 * sipalg_call_enter() - find the call of a message, or begin a call
 * @ev: message
 * @request_side: set to the side that sent the request: the message itself, or the one it answers
 *
 * An INVITE without a tag in To begins a call.  An INVITE or UPDATE with both tags, of which no
 * call is known, takes a call up again that began at another router, or before the module was
 * loaded; so does the answer of a host inside to such an INVITE.  The call is charged to the inside
 * party; where both parties are inside, to the one that has fewer calls, unless that is a trunk.
 * Over calls_max or calls_per_host, and where pinholes are scarce, a call ends that the called end
 * has not answered (SECURITY R3).  Over calls_max a call that is over is forgotten first.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: the call, locked and referenced; NULL: the message belongs to no call; -ENOSPC: over
 * calls_max or calls_per_host; -ENOMEM.
 */
struct sipalg_call *sipalg_call_enter(const struct sipalg_call_event *ev,
				      enum sipalg_call_side *request_side);

/**
 * sipalg_call_leave() - unlock a call after a message, and give it back
 * @sn: namespace
 * @call: call from sipalg_call_enter()
 * @keep: true: the streams and contacts that the message added stay; false: they are removed
 *
 * Context: softirq or BH, under rcu_read_lock(); releases the lock of @call.
 */
void sipalg_call_leave(struct sipalg_net *sn, struct sipalg_call *call, bool keep);

/**
 * sipalg_call_contacts() - the signalling pinholes of a call
 * @call: call, locked
 *
 * Context: the lock of @call is held.
 * Return: array of @call->n_contacts pinholes; it is valid until one is added or removed.
 */
static inline struct sipalg_pinhole **sipalg_call_contacts(struct sipalg_call *call)
{
	return call->n_contacts > 1 ? call->contacts : &call->contact;
}

/**
 * sipalg_call_end_by_id() - an administrator ends a call
 * @sn: namespace
 * @id: number of the call in /proc/net/sipalg/calls
 *
 * Context: process context.
 * Return: 0; -ENOENT: there is no such call, or it is over.
 */
int sipalg_call_end_by_id(struct sipalg_net *sn, u32 id);

/* Names of enum sipalg_call_reason, for /proc and the log. */
extern const char * const sipalg_call_reasons[];

/**
 * sipalg_call_next() - walk over the calls in the order of their numbers
 * @sn: namespace
 * @id: least number to look at; set to the number of the call that is returned
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the call, neither locked nor referenced; NULL: there are no more.
 */
struct sipalg_call *sipalg_call_next(struct sipalg_net *sn, unsigned long *id);

/**
 * sipalg_call_count() - the number of calls in the table
 * @sn: namespace
 *
 * Context: any; no lock is needed.
 * Return: number of calls, with the remembered ones that are over.
 */
u32 sipalg_call_count(const struct sipalg_net *sn);

#endif /* _SIPALG_CALL_H */
