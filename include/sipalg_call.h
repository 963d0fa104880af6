/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call: calls, from the INVITE to the end of the BYE.
 *
 * A call is known by its Call-ID, the tag of the party that sent the first INVITE
 * (the caller) and the conntrack zone; never by the connection, because one trunk
 * carries many calls and one call may move between connections.  The branches of
 * a forked call are one call: they share the caller's media, and each
 * callee's media carries that callee's tag.
 *
 * Locking.  sipalg_call_enter() returns the call with its lock held; everything
 * here that takes a call wants that lock, and sipalg_call_leave() gives it back.
 * Order: call lock, then nf_conntrack_expect_lock or a pinhole's lock.
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

enum sipalg_call_side {
	SIPALG_CALLER,
	SIPALG_CALLEE,
};

enum {
	SIPALG_CALL_TXS		= 8,	/* pending requests that a call remembers */
	SIPALG_CALL_ID_SHOWN	= 62,	/* bytes of a Call-ID in /proc */
	SIPALG_CALL_LINGER_S	= 32,	/* 64*T1: how long an ended call is remembered */
	SIPALG_CALL_TICK_S		= 10,	/* a live call renews what it needs this often, */
	SIPALG_CALL_TTL_S		= 240,	/* for so long */
	SIPALG_CALL_CONTACTS	= 4,	/* signalling pinholes of its own */
	SIPALG_CALL_STREAMS	= 64,	/* streams of each side */
};

/* those of one message have room */
static_assert(SDP_MAX_DESCRIPTIONS * SDP_MAX_MEDIA <= SIPALG_CALL_STREAMS);

/* where a stream was before an offer that is not agreed yet */
struct sipalg_call_media_old {
	struct sip_endpoint rtp;
	u16 rtcp;
};

enum { SIPALG_MEDIA_PINS = 2 };	/* pinholes that most streams need at most */

/**
 * struct sipalg_call_media - one stream as one party announced it
 * @node: in the call's list
 * @tag: digest of the party's tag: which branch of a forked call it belongs to
 * @rtp: the announced address and port
 * @pin: pinholes: RTP, RTCP, RTP, RTCP, ...: @few, or an array of its own
 * @few: room for as many as most streams need
 * @old: where it was before an offer that is not agreed yet; NULL: there is no such
 * @cseq: of the request that offered it
 * @named: CSeq of the last request, or answer to one, that named it
 * @rtcp: the announced port of RTCP, 0: none
 * @side: enum sipalg_call_side
 * @index: which section of the description
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @n: pinholes; 0: the party needs none (it is outside)
 * @is_fresh: added by the message under way
 * @is_held: the party put it on hold
 * @has_mux: the party lets RTCP come to the RTP port (RFC 5761)
 * @old_mux: the same before the last message that named it
 * @is_pairs: every second pinhole is for RTCP
 * @is_agreed: a 2xx has confirmed it; until then a refused offer takes it back
 */
struct sipalg_call_media {
	struct list_head node;
	u64 tag;
	struct sip_endpoint rtp;
	struct sipalg_pinhole **pin;
	struct sipalg_pinhole *few[SIPALG_MEDIA_PINS];
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

/* key of the table of calls */
struct sipalg_call_key {
	u64 call_id;
	u64 tag;
	u64 zone;
};

/**
 * struct sipalg_call_tx - a request whose answer may change the call
 * @branch: digest of the top Via's branch
 * @flow: digest of the original tuple of its connection
 * @sent_to: digest of the address that it was sent to
 * @body: digest of its body, where that has a description
 * @cseq: number
 * @method: enum sip_method; 0: free
 * @side: who sent it
 * @dir: its direction in the connection
 * @is_done: finally answered
 */
struct sipalg_call_tx {
	u64 branch;
	u64 flow;
	u64 sent_to;
	u64 body;
	u32 cseq;
	u8 method;
	u8 side;
	u8 dir;
	bool is_done;
};

/**
 * struct sipalg_call_busy - what a call needs while something is going on
 * @tx: requests, with those that were answered a while ago
 * @next_tx: the slot that is used next
 * @half: while nobody has answered
 * @call: whose; it keeps this until its last message is SIPALG_CALL_LINGER_S ago
 * @rcu: who looks for a half-open call to end finds @call under RCU
 */
struct sipalg_call_busy {
	struct sipalg_call_tx tx[SIPALG_CALL_TXS];
	struct sipalg_half_open half;
	struct sipalg_call *call;
	struct rcu_head rcu;
	u8 next_tx;
};

/**
 * struct sipalg_call - one call
 * @node: in the table
 * @key: Call-ID, the caller's tag, zone
 * @ref: one of the table, one of each user
 * @rcu: look-ups run under RCU; used when the call is in no list and has no user
 * @lock: guards what follows
 * @is_dead: no longer in the table
 * @id: its number in /proc/net/sipalg/calls
 * @state: enum sipalg_call_state
 * @reason: enum sipalg_call_reason, from SIPALG_CALL_ENDED on
 * @callee_tag: digest of the tag of the one who answered; 0: nobody yet
 * @cseq: highest CSeq of each side; 0: none
 * @created: sipalg_now() of its begin
 * @answered: of its answer, from SIPALG_CALL_UP on
 * @touched: of the last message
 * @heard: of the last media packet, by the grain of the ticks
 * @expires: of the end by time
 * @tick: of the next renewal
 * @session_s: the session timer (RFC 4028); 0: none
 * @busy: what is going on; NULL: nothing
 * @host: the inside host that it is charged to; NULL: it is over
 * @ended: in the list of calls that are over; of those alone
 * @media: struct sipalg_call_media, in the order of announcement
 * @n_pinholes: pinholes of all media
 * @n_streams: of each side, in @media
 * @contact: the only one of its signalling pinholes, which contacts lead to
 * @contacts: all, where there are several
 * @n_contacts: how many
 * @n_contacts_before: how many before the message under way
 * @party: where each side signals from
 * @flow: the connections over which each side signals; NULL: not known
 * @left: bits by enum sip_left: what could not be read in its messages, and stayed
 * @shown: length of @call_id
 * @call_id: the beginning of the Call-ID
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
	u8 shown;
	char call_id[SIPALG_CALL_ID_SHOWN];
};

static_assert(SIPALG_CALL_CONTACTS < 1 << 3);	/* @n_contacts counts them */
static_assert(SIPALG_CALL_STREAMS <= U8_MAX);	/* @n_streams does, */
static_assert(2 * SIPALG_CALL_STREAMS * 2 * SDP_MAX_PAIRS <= U16_MAX);	/* @n_pinholes */
static_assert(SIP_LEFT_COUNT <= 16);		/* @left has them */

/**
 * struct sipalg_call_event - what a message says to the call machine
 * @sn: namespace
 * @call_id: digest of Call-ID
 * @from_tag: of the tag of From; 0: none
 * @to_tag: of the tag of To; 0: none
 * @branch: of the top Via's branch
 * @body: of the body, where that has a description; 0: it has none
 * @zone: conntrack zone
 * @cseq: CSeq number
 * @session_s: Session-Expires; 0: none
 * @status: of a response; 0: a request
 * @method: enum sip_method, of CSeq
 * @call_id_text: for display
 * @call_id_len: its bytes
 * @sender: where the message comes from, as the sender sees itself
 * @receiver: the address that it goes to, as the receiver sees itself
 * @flow: original tuple of its connection
 * @dir: its direction in the connection
 * @is_inside: whether sender and receiver are inside: who may be charged for a call
 * @is_emergency: it may be one over the quota of its host
 * @is_proven: the sender has had success of late: its calls go after those of strangers
 */
struct sipalg_call_event {
	struct sipalg_net *sn;
	u64 call_id;
	u64 from_tag;
	u64 to_tag;
	u64 branch;
	u64 body;
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
	bool is_emergency;
	bool is_proven;
};

int sipalg_call_setup(struct sipalg_net *sn);
void sipalg_call_teardown(struct sipalg_net *sn);
int sipalg_call_module_init(void);
void sipalg_call_module_exit(void);

/**
 * sipalg_call_enter() - find the call of a message, or begin one
 * @ev: the message
 * @request_side: out: which side sent the request that this is, or answers
 *
 * Only an INVITE without a tag in To begins a call.  It is charged to the inside party, of
 * two to the one that has fewer calls, unless that is a trunk.  Over calls_max or calls_per_host,
 * and where pinholes are scarce, one that nobody has answered ends; over calls_max, where there
 * is none, one that is over is forgotten early.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: the call, locked and referenced; NULL where there is none; -ENOSPC over
 * calls_max or calls_per_host, -ENOMEM.
 */
struct sipalg_call *sipalg_call_enter(const struct sipalg_call_event *ev,
				      enum sipalg_call_side *request_side);

/**
 * sipalg_call_leave() - the message is done with
 * @sn: namespace
 * @call: from sipalg_call_enter()
 * @keep: the media that the message added stay; otherwise it is as if they had never been
 */
void sipalg_call_leave(struct sipalg_net *sn, struct sipalg_call *call, bool keep);

/* The signalling pinholes of a call, call->n_contacts of them.  @call is locked. */
static inline struct sipalg_pinhole **sipalg_call_contacts(struct sipalg_call *call)
{
	return call->n_contacts > 1 ? call->contacts : &call->contact;
}

/* Whether @pin is one of the call's contacts.  @call is locked. */
bool sipalg_call_has_contact(struct sipalg_call *call, const struct sipalg_pinhole *pin);

/* Hands a signalling pinhole over to the call.  Return: false where it has too many.  Locked. */
bool sipalg_call_add_contact(struct sipalg_call *call, struct sipalg_pinhole *pin);

/**
 * sipalg_call_end_by_id() - an administrator ends a call
 * @sn: namespace
 * @id: its number
 *
 * Context: process context.
 * Return: 0; -ENOENT where no such call is up.
 */
int sipalg_call_end_by_id(struct sipalg_net *sn, u32 id);

/* how /proc and the log call the reasons */
extern const char * const sipalg_call_reasons[];

/**
 * sipalg_call_next() - the calls in the order of their numbers
 * @sn: namespace
 * @id: the least number to look at; out: that of the call
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the call, not locked; NULL: no more.
 */
struct sipalg_call *sipalg_call_next(struct sipalg_net *sn, unsigned long *id);

/* How many there are, those that are over and remembered too. */
u32 sipalg_call_count(const struct sipalg_net *sn);

#endif /* _SIPALG_CALL_H */
