/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_call_media: the streams of a call, as each party has announced them.
 *
 * Every call here is locked: sip_call_enter() has returned it.
 */
#ifndef _SIP_CALL_MEDIA_H
#define _SIP_CALL_MEDIA_H

#include "sip_call.h"

int sip_call_media_module_init(void);
void sip_call_media_module_exit(void);

/**
 * sip_call_media() - a stream that a party has announced before
 * @call: locked
 * @side: whose
 * @rtp: its address and port
 * @proto: its transport
 *
 * Return: the stream or NULL.
 */
struct sip_media *sip_call_media(struct sip_call *call, enum sip_side side,
				 const struct sip_endpoint *rtp, u8 proto);

/**
 * sip_call_add_media() - a stream that is announced for the first time
 * @sn: namespace
 * @call: locked
 * @side: whose
 *
 * Over SIP_CALL_STREAMS the one of that side without pinholes goes that was announced longest
 * ago: of a call that is not answered it may be one of many branches, and each branch costs its
 * sender nothing.  What the message under way has added stays.
 *
 * Return: the stream, to be filled in; -EDQUOT: none may go; -ENOMEM.
 */
struct sip_media *sip_call_add_media(struct sipalg_net *sn, struct sip_call *call,
				     enum sip_side side);

/**
 * sip_call_foreign_media() - a stream without pinholes that a party has announced before
 * @call: locked
 * @side: whose
 * @index: which section
 * @tag: digest of the party's tag
 *
 * Return: the stream or NULL.
 */
struct sip_media *sip_call_foreign_media(struct sip_call *call, enum sip_side side, u8 index,
					 u64 tag);

/* Room for the pinholes of a stream that has none.  Return: NULL: no memory.  Locked. */
struct sip_pinhole **sip_call_media_room(struct sip_media *media, u8 n);

/**
 * sip_call_media_offer() - a stream that was agreed is offered anew, and may be refused
 * @media: a stream without pinholes, of a locked call
 * @cseq: of the request
 *
 * Return: 0 or -ENOMEM.
 */
int sip_call_media_offer(struct sip_media *media, u32 cseq);

/* The offer is agreed, or (@is_refused) the stream is where it was.  Locked. */
void sip_call_media_settle(struct sip_media *media, bool is_refused);

/* The stream is no more: its pinholes close.  Locked. */
void sip_call_drop_media(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media);

/**
 * sip_call_hold() - a party says whether a stream is held
 * @call: locked
 * @side: who
 * @index: which section
 * @is_held: sendonly, recvonly or inactive (RFC 3264 8.4), or the address 0.0.0.0
 */
void sip_call_hold(struct sip_call *call, enum sip_side side, u8 index, bool is_held);

/**
 * sip_call_pair_media() - tell each side's pinholes what the other side has announced
 * @sn: namespace
 * @call: locked
 *
 * Sections of offer and answer correspond by their index (RFC 3264 6).
 */
void sip_call_pair_media(struct sipalg_net *sn, struct sip_call *call);

/*
 * For sip_call.c: a final answer says what became of the offer of @side that it is about.  What
 * was refused is as it was agreed before (SECURITY P10); what is agreed is in force.  Locked.
 */
void sip_call_offer_refused(struct sip_call *call, const struct sip_call_event *ev,
			    enum sip_side side);
void sip_call_offer_agreed(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side);

/* For sip_call.c: a stream goes, a branch's streams, those of the branches that lost. */
void sip_call_media_rm(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media,
		       enum sip_pinhole_end end);
void sip_call_drop_branch(struct sipalg_net *sn, struct sip_call *call, u64 tag);
void sip_call_drop_losers(struct sipalg_net *sn, struct sip_call *call);

/* RFC 3264 8.4: a stream is held if either side says so. */
bool sip_call_is_on_hold(const struct sip_call *call, const struct sip_media *media);

#endif /* _SIP_CALL_MEDIA_H */
