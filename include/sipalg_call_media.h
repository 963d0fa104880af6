/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_media: the streams of a call, as each party has announced them.
 *
 * Every call here is locked: sipalg_call_enter() has returned it.
 */
#ifndef _SIPALG_CALL_MEDIA_H
#define _SIPALG_CALL_MEDIA_H

#include "sipalg_call.h"

int sipalg_call_media_module_init(void);
void sipalg_call_media_module_exit(void);

/**
 * sipalg_call_media_find() - a stream that a party has announced before
 * @call: locked
 * @side: whose
 * @rtp: its address and port
 * @proto: its transport
 *
 * Return: the stream or NULL.
 */
struct sipalg_call_media *sipalg_call_media_find(struct sipalg_call *call,
						 enum sipalg_call_side side,
				 const struct sip_endpoint *rtp, u8 proto);

/**
 * sipalg_call_media_add() - a stream that is announced for the first time
 * @sn: namespace
 * @call: locked
 * @side: whose
 *
 * Over SIPALG_CALL_STREAMS the one of that side without pinholes goes that was announced longest
 * ago: of a call that is not answered it may be one of many branches, and each branch costs its
 * sender nothing.  What the message under way has added stays.
 *
 * Return: the stream, to be filled in; -EDQUOT: none may go; -ENOMEM.
 */
struct sipalg_call_media *sipalg_call_media_add(struct sipalg_net *sn, struct sipalg_call *call,
						enum sipalg_call_side side);

/**
 * sipalg_call_media_foreign() - a stream without pinholes that a party has announced before
 * @call: locked
 * @side: whose
 * @index: which section
 * @tag: digest of the party's tag
 *
 * Return: the stream or NULL.
 */
struct sipalg_call_media *sipalg_call_media_foreign(struct sipalg_call *call,
						    enum sipalg_call_side side, u8 index, u64 tag);

/* Room for the pinholes of a stream that has none.  Return: NULL: no memory.  Locked. */
struct sipalg_pinhole **sipalg_call_media_room(struct sipalg_call_media *media, u8 n);

/**
 * sipalg_call_media_offer() - a stream that was agreed is offered anew, and may be refused
 * @media: a stream without pinholes, of a locked call
 * @cseq: of the request
 *
 * Return: 0 or -ENOMEM.
 */
int sipalg_call_media_offer(struct sipalg_call_media *media, u32 cseq);

/* The offer is agreed, or (@is_refused) the stream is where it was.  Locked. */
void sipalg_call_media_settle(struct sipalg_call_media *media, bool is_refused);

/* The stream is no more: its pinholes close.  Locked. */
void sipalg_call_media_drop(struct sipalg_net *sn, struct sipalg_call *call,
			    struct sipalg_call_media *media);

/**
 * sipalg_call_hold() - a party says whether a stream is held
 * @call: locked
 * @side: who
 * @index: which section
 * @is_held: sendonly, recvonly or inactive (RFC 3264 8.4), or the address 0.0.0.0
 */
void sipalg_call_hold(struct sipalg_call *call, enum sipalg_call_side side, u8 index, bool is_held);

/**
 * sipalg_call_media_pair() - tell each side's pinholes what the other side has announced
 * @sn: namespace
 * @call: locked
 *
 * Sections of offer and answer correspond by their index (RFC 3264 6).
 */
void sipalg_call_media_pair(struct sipalg_net *sn, struct sipalg_call *call);

/*
 * For sipalg_call.c: a final answer says what became of the offer of @side that it is about.  What
 * was refused is as it was agreed before (SECURITY P10); what is agreed is in force.  Locked.
 */
void sipalg_call_offer_refused(struct sipalg_call *call, const struct sipalg_call_event *ev,
			       enum sipalg_call_side side);
void sipalg_call_offer_agreed(struct sipalg_call *call, const struct sipalg_call_event *ev,
			      enum sipalg_call_side side);

/* For sipalg_call.c: a stream goes, a branch's streams, those of the branches that lost. */
void sipalg_call_media_rm(struct sipalg_net *sn, struct sipalg_call *call,
			  struct sipalg_call_media *media, enum sipalg_pinhole_end end);
void sipalg_call_drop_branch(struct sipalg_net *sn, struct sipalg_call *call, u64 tag);
void sipalg_call_drop_losers(struct sipalg_net *sn, struct sipalg_call *call);

/* RFC 3264 8.4: a stream is held if either side says so. */
bool sipalg_call_is_on_hold(const struct sipalg_call *call, const struct sipalg_call_media *media);

#endif /* _SIPALG_CALL_MEDIA_H */
