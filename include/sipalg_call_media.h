/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_media: the streams of a call, as each party has announced them.
 *
 * Each function here that takes a call or a stream wants the lock of the call, which
 * sipalg_call_enter() has taken.
 */
#ifndef _SIPALG_CALL_MEDIA_H
#define _SIPALG_CALL_MEDIA_H

#include "sipalg_call.h"

/**
 * sipalg_call_media_module_init() - make the cache of streams, once
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_call_media_module_init(void);

/**
 * sipalg_call_media_module_exit() - free the cache of streams, after all calls are gone
 *
 * Context: process context.
 */
void sipalg_call_media_module_exit(void);

/**
 * sipalg_call_unsay() - the next description of each side is read as if it were the first one
 * @call: call, locked
 *
 * For whatever changes the streams of a call, or where they are signalled.
 *
 * Context: the lock of @call is held.
 */
static inline void sipalg_call_unsay(struct sipalg_call *call)
{
	call->said[SIPALG_CALLER].print = 0;
	call->said[SIPALG_CALLEE].print = 0;
}

/**
 * sipalg_call_says_again() - does a party say what it said last, and what was agreed?
 * @call: call, locked
 * @side: party
 * @print: hash of its description, not 0
 * @cseq: CSeq number of the request that has the description; 0: an answer has it
 *
 * A call that is up alone knows a description again.
 *
 * Context: the lock of @call is held.
 * Return: true: nothing changes by the description, and a refusal of it changes nothing either;
 * false: the description is to be read.
 */
bool sipalg_call_says_again(struct sipalg_call *call, enum sipalg_call_side side, u32 print,
			    u32 cseq);

/**
 * sipalg_call_says() - remember what a party has said
 * @call: call, locked
 * @side: party
 * @said: its description, and what was published for it
 * @cseq: CSeq number of the request that has the description; 0: an answer has it
 * @is_agreed: it is an answer, and not an offer that may be refused
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_says(struct sipalg_call *call, enum sipalg_call_side side,
		      const struct sipalg_call_said *said, u32 cseq, bool is_agreed);

/**
 * sipalg_call_media_find() - a stream that a party has announced before
 * @call: call, locked
 * @side: party that announced the stream
 * @rtp: announced address and port of RTP
 * @proto: transport of the stream: IPPROTO_UDP or IPPROTO_TCP
 *
 * Context: the lock of @call is held.
 * Return: the stream; NULL: there is none.
 */
struct sipalg_call_media *sipalg_call_media_find(struct sipalg_call *call,
						 enum sipalg_call_side side,
						 const struct sip_endpoint *rtp, u8 proto);

/**
 * sipalg_call_media_add() - a stream that is announced for the first time
 * @sn: namespace
 * @call: call, locked
 * @side: party that announces the stream
 *
 * Where the side has SIPALG_CALL_STREAMS streams already, its oldest stream without pinholes is
 * removed: while a call is not answered that may be one of many branches, and a branch costs its
 * sender nothing.  A stream that the message under way has added stays.
 *
 * Context: the lock of @call is held.
 * Return: the stream, to be filled in; -EDQUOT: no stream may be removed; -ENOMEM.
 */
struct sipalg_call_media *sipalg_call_media_add(struct sipalg_net *sn, struct sipalg_call *call,
						enum sipalg_call_side side);

/**
 * sipalg_call_media_foreign() - a stream without pinholes that a party has announced before
 * @call: call, locked
 * @side: party that announced the stream
 * @index: number of the section in the description, from 0
 * @tag: digest of the tag of the party
 *
 * Context: the lock of @call is held.
 * Return: the stream; NULL: there is none.
 */
struct sipalg_call_media *sipalg_call_media_foreign(struct sipalg_call *call,
						    enum sipalg_call_side side, u8 index, u64 tag);

/**
 * sipalg_call_media_room() - make room for the pinholes of a stream that has none
 * @media: stream of a locked call
 * @n: number of pinholes, at least 1
 *
 * Context: the lock of the call is held.
 * Return: array of @n pointers, for sipalg_call_media_take() or sipalg_call_media_unroom(); NULL:
 * there is no memory.
 */
struct sipalg_pinhole **sipalg_call_media_room(struct sipalg_call_media *media, u8 n);

/**
 * sipalg_call_media_unroom() - give the room back, as there are no pinholes
 * @media: stream of a locked call
 * @pins: result of sipalg_call_media_room()
 *
 * Context: the lock of the call is held.
 */
void sipalg_call_media_unroom(struct sipalg_call_media *media, struct sipalg_pinhole **pins);

/**
 * sipalg_call_media_take() - hand pinholes over to a stream that has none
 * @call: call, locked
 * @media: stream of @call
 * @pins: result of sipalg_call_media_room(), filled in
 * @n: number of pinholes
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_media_take(struct sipalg_call *call, struct sipalg_call_media *media,
			    struct sipalg_pinhole **pins, u8 n);

/**
 * sipalg_call_media_offer() - an agreed stream is offered at another address, and may be refused
 * @media: stream without pinholes, of a locked call
 * @cseq: CSeq number of the request that offers it
 *
 * Remembers where the stream is, until sipalg_call_media_settle().
 *
 * Context: the lock of the call is held.
 * Return: 0; -ENOMEM.
 */
int sipalg_call_media_offer(struct sipalg_call_media *media, u32 cseq);

/**
 * sipalg_call_media_settle() - the offer of a stream is agreed or refused
 * @media: stream of a locked call
 * @is_refused: true: the stream goes back to where it was before the offer; false: the stream is
 *	where the offer says
 *
 * Context: the lock of the call is held.
 */
void sipalg_call_media_settle(struct sipalg_call_media *media, bool is_refused);

/**
 * sipalg_call_media_drop() - a message ends a stream
 * @sn: namespace
 * @call: call, locked
 * @media: stream of @call; its pinholes close, and it is freed
 *
 * Connections through its pinholes end in SIPALG_PINHOLE_LAST_S seconds.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_media_drop(struct sipalg_net *sn, struct sipalg_call *call,
			    struct sipalg_call_media *media);

/**
 * sipalg_call_hold() - a party says whether a stream is held
 * @call: call, locked
 * @side: party that says it
 * @index: number of the section in the description, from 0
 * @is_held: the section is sendonly, recvonly or inactive (RFC 3264 8.4), or has address 0.0.0.0
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_hold(struct sipalg_call *call, enum sipalg_call_side side, u8 index, bool is_held);

/**
 * sipalg_call_media_pair() - tell each side's pinholes what the other side has announced
 * @sn: namespace
 * @call: call, locked
 *
 * Sections of offer and answer correspond by their index (RFC 3264 6).  A message pairs once: an
 * answer that has changed the streams sets @call->must_pair, and its description pairs them, or the
 * end of the message does.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_media_pair(struct sipalg_net *sn, struct sipalg_call *call);

/**
 * sipalg_call_offer_refused() - a final answer refuses an offer
 * @call: call, locked
 * @ev: answer
 * @side: party that made the offer
 *
 * The streams of the offer go back to what was agreed before (SECURITY P10); a stream that was
 * never agreed is removed.  Used by sipalg_call_event.c alone.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_offer_refused(struct sipalg_call *call, const struct sipalg_call_event *ev,
			       enum sipalg_call_side side);

/**
 * sipalg_call_offer_agreed() - a 2xx accepts an offer
 * @call: call, locked
 * @ev: 2xx
 * @side: party that made the offer
 *
 * The streams of the offer are in force.  In a call that is answered, a stream of @side that the
 * offer does not name is removed (RFC 3264 8.3).  Used by sipalg_call_event.c alone.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_offer_agreed(struct sipalg_call *call, const struct sipalg_call_event *ev,
			      enum sipalg_call_side side);

/**
 * sipalg_call_media_rm() - remove a stream
 * @sn: namespace
 * @call: call, locked
 * @media: stream of @call; it is freed
 * @end: what happens to the connections of its pinholes
 *
 * Used by the files of calls alone.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_media_rm(struct sipalg_net *sn, struct sipalg_call *call,
			  struct sipalg_call_media *media, enum sipalg_pinhole_end end);

/**
 * sipalg_call_drop_branch() - remove the streams of one branch of a forked call
 * @sn: namespace
 * @call: call, locked
 * @tag: digest of the tag of the called end of the branch
 *
 * Used by sipalg_call_event.c alone.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_drop_branch(struct sipalg_net *sn, struct sipalg_call *call, u64 tag);

/**
 * sipalg_call_drop_losers() - remove the streams of all branches but the answered one
 * @sn: namespace
 * @call: call, locked, with the tag of the answered branch in @callee_tag
 *
 * RFC 3261 13.2.2.4.  Used by sipalg_call_event.c alone.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_drop_losers(struct sipalg_net *sn, struct sipalg_call *call);

/**
 * sipalg_call_is_on_hold() - is a stream held?
 * @call: call, locked
 * @media: stream of @call
 *
 * RFC 3264 8.4: a stream is held if either side says so.
 *
 * Context: the lock of @call is held.
 * Return: true: one side or both have put the stream on hold; false: none has.
 */
bool sipalg_call_is_on_hold(const struct sipalg_call *call, const struct sipalg_call_media *media);

#endif /* _SIPALG_CALL_MEDIA_H */
