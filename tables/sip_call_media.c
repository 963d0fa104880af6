// SPDX-License-Identifier: GPL-2.0
/*
 * sip_call_media: the streams of a call.  All under the call's lock; see sip_call.h.
 */
#include <linux/slab.h>

#include "sip_call.h"
#include "sip_call_media.h"

static struct kmem_cache *media_cache __read_mostly;

void sip_call_media_rm(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media,
		       enum sip_pinhole_end end)
{
	u32 i;

	for (i = 0; i < media->n; i++) {
		sipalg_step();
		sip_pinhole_close(sn, media->pin[i], end);
	}
	call->n_pinholes -= media->n;
	call->n_streams[media->side]--;
	list_del(&media->node);
	if (media->pin != media->few)
		kfree(media->pin);
	kfree(media->old);
	kmem_cache_free(media_cache, media);
}

struct sip_media *sip_call_media(struct sip_call *call, enum sip_side side,
				 const struct sip_endpoint *rtp, u8 proto)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->proto == proto &&
		    sip_endpoint_equal(&media->rtp, rtp))
			return media;
	}
	return NULL;
}

struct sip_media *sip_call_foreign_media(struct sip_call *call, enum sip_side side, u8 index,
					 u64 tag)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (!media->n && media->side == side && media->index == index &&
		    media->tag == tag)
			return media;
	}
	return NULL;
}

/* Return: whether there is room now. */
static bool forget_oldest(struct sipalg_net *sn, struct sip_call *call, enum sip_side side)
{
	struct sip_media *media;

	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side != side || media->n || media->is_fresh)
			continue;
		sip_call_media_rm(sn, call, media, SIP_PINHOLE_LET);
		return true;
	}
	return false;
}

struct sip_media *sip_call_add_media(struct sipalg_net *sn, struct sip_call *call,
				     enum sip_side side)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	if (call->n_streams[side] == SIP_CALL_STREAMS && !forget_oldest(sn, call, side))
		return ERR_PTR(-EDQUOT);
	media = kmem_cache_zalloc(media_cache, GFP_ATOMIC);
	if (!media)
		return ERR_PTR(-ENOMEM);
	media->side = side;
	media->is_fresh = true;
	call->n_streams[side]++;
	list_add_tail(&media->node, &call->media);
	return media;
}

struct sip_pinhole **sip_call_media_room(struct sip_media *media, u8 n)
{
	media->pin = n <= SIP_MEDIA_PINS ? media->few :
					   kcalloc(n, sizeof(*media->pin), GFP_ATOMIC);
	return media->pin;
}

int sip_call_media_offer(struct sip_media *media, u32 cseq)
{
	media->old = kmalloc(sizeof(*media->old), GFP_ATOMIC);
	if (!media->old)
		return -ENOMEM;
	*media->old = (struct sip_media_old){ media->rtp, media->rtcp };
	media->old_mux = media->has_mux;
	media->is_agreed = false;
	media->cseq = cseq;
	return 0;
}

void sip_call_media_settle(struct sip_media *media, bool is_refused)
{
	if (is_refused && media->old) {
		media->rtp = media->old->rtp;
		media->rtcp = media->old->rtcp;
	}
	kfree(media->old);
	media->old = NULL;
	media->is_agreed = true;
}

static void media_set_peer(struct sipalg_net *sn, struct sip_media *media,
			   const struct sip_media *other)
{
	u32 i;

	for (i = 0; i < media->n; i++) {
		u32 rtcp = media->is_pairs && i & 1 ? other->rtcp : 0;
		u16 port = rtcp ? rtcp + (i & ~1U) : other->rtp.port + i;

		sip_pinhole_set_peer(sn, media->pin[i], &other->rtp.addr, port);
	}
}

/*
 * RFC 5761 5.1.1: RTCP comes to the RTP port where both sides say that it may, and then
 * nothing waits at its own.  It is kept for the case that one of them takes that back.
 */
static void media_set_mux(struct sipalg_net *sn, struct sip_media *media, bool is_agreed)
{
	u32 i;

	for (i = 1; media->is_pairs && i < media->n; i += 2)
		sip_pinhole_pause(sn, media->pin[i], is_agreed);
}

/* The list is in the order of announcement: the last one that fits is in force. */
static void pair_one(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media)
{
	bool has_mux = media->has_mux && media->is_agreed;
	const struct sip_media *other, *peer = NULL;

	list_for_each_entry(other, &call->media, node) {
		sipalg_step();
		if (other->side == media->side || other->index != media->index)
			continue;
		peer = other;
		has_mux &= other->has_mux && other->is_agreed;	/* of every branch */
	}
	if (peer)
		media_set_peer(sn, media, peer);
	media_set_mux(sn, media, peer && has_mux);
}

void sip_call_pair_media(struct sipalg_net *sn, struct sip_call *call)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->n)
			pair_one(sn, call, media);
	}
}

void sip_call_drop_branch(struct sipalg_net *sn, struct sip_call *call, u64 tag)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == SIP_CALLEE && media->tag == tag)
			sip_call_media_rm(sn, call, media, SIP_PINHOLE_SHORTEN);
	}
}

/* RFC 3261 13.2.2.4: one branch was answered; the others' media are of no use any more. */
void sip_call_drop_losers(struct sipalg_net *sn, struct sip_call *call)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == SIP_CALLEE && media->tag != call->callee_tag)
			sip_call_media_rm(sn, call, media, SIP_PINHOLE_SHORTEN);
	}
	sip_call_pair_media(sn, call);	/* the winner's may not have been announced last */
}

/* SECURITY P10: what was offered and refused falls back to what was agreed. */
void sip_call_offer_refused(struct sip_call *call, const struct sip_call_event *ev,
			    enum sip_side side)
{
	struct sip_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->named == ev->cseq)
			media->has_mux = media->old_mux;
		if (media->side != side || media->is_agreed || media->cseq > ev->cseq)
			continue;
		if (!media->old) {
			sip_call_media_rm(ev->sn, call, media, SIP_PINHOLE_SHORTEN);
			continue;
		}
		sip_call_media_settle(media, true);
	}
	sip_call_pair_media(ev->sn, call);
}

void sip_call_offer_agreed(struct sip_call *call, const struct sip_call_event *ev,
			   enum sip_side side)
{
	struct sip_media *media, *next;
	bool has_offer = false;

	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side != side || media->cseq > ev->cseq)
			continue;
		sip_call_media_settle(media, false);
		has_offer |= media->named == ev->cseq;
	}
	if (!has_offer || !call->callee_tag)
		return;
	/* RFC 3264 8.3: a port that the agreed offer names no more is free */
	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->named < ev->cseq)
			sip_call_media_rm(ev->sn, call, media, SIP_PINHOLE_SHORTEN);
	}
}

void sip_call_drop_media(struct sipalg_net *sn, struct sip_call *call, struct sip_media *media)
{
	lockdep_assert_held(&call->lock);
	sip_call_media_rm(sn, call, media, SIP_PINHOLE_SHORTEN);
}

void sip_call_hold(struct sip_call *call, enum sip_side side, u8 index, bool is_held)
{
	struct sip_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->index == index)
			media->is_held = is_held;
	}
}

/* RFC 3264 8.4: a stream is held if either side says so. */
bool sip_call_is_on_hold(const struct sip_call *call, const struct sip_media *media)
{
	const struct sip_media *other;

	list_for_each_entry(other, &call->media, node)
		if (other->index == media->index && other->is_held)
			return true;
	return false;
}

int sip_call_media_module_init(void)
{
	media_cache = KMEM_CACHE(sip_media, 0);
	return media_cache ? 0 : -ENOMEM;
}

void sip_call_media_module_exit(void)
{
	kmem_cache_destroy(media_cache);
}
