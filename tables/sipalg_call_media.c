// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call_media: the streams of a call, under the lock of the call.  See sipalg_call_media.h.
 */
#include <linux/slab.h>

#include "sipalg_call.h"
#include "sipalg_call_media.h"
#include "sipalg_pinhole_peer.h"

static struct kmem_cache *media_cache __read_mostly;

bool sipalg_call_says_again(struct sipalg_call *call, enum sipalg_call_side side, u32 print,
			    u32 cseq)
{
	lockdep_assert_held(&call->lock);
	if (call->state != SIPALG_CALL_UP || !(call->is_said & BIT(side)) ||
	    call->said[side].print != print)
		return false;
	if (call->busy)
		call->busy->said[side] = cseq;
	return true;
}

void sipalg_call_says(struct sipalg_call *call, enum sipalg_call_side side,
		      const struct sipalg_call_said *said, u32 cseq, bool is_agreed)
{
	lockdep_assert_held(&call->lock);
	call->said[side] = *said;
	call->is_said = (call->is_said & ~BIT(side)) | is_agreed << side;
	if (call->busy)
		call->busy->said[side] = cseq;
}

/* Whether an answer is about the last description that a side has offered. */
static bool is_of_said(const struct sipalg_call *call, const struct sipalg_call_event *ev,
		       enum sipalg_call_side side)
{
	return call->said[side].print && call->busy && call->busy->said[side] &&
	       call->busy->said[side] == ev->cseq;
}

/* Whether an answer is about an offer that was agreed before, so that it changes nothing. */
static bool is_said_again(const struct sipalg_call *call, const struct sipalg_call_event *ev,
			  enum sipalg_call_side side)
{
	return is_of_said(call, ev, side) && call->is_said & BIT(side) && call->callee_tag;
}

void sipalg_call_media_rm(struct sipalg_net *sn, struct sipalg_call *call,
			  struct sipalg_call_media *media, enum sipalg_pinhole_end end)
{
	u32 i;

	sipalg_call_unsay(call);
	for (i = 0; i < media->n; i++) {
		sipalg_step();
		sipalg_pinhole_close(sn, sipalg_call_media_pin(media, i), end);
	}
	call->n_pinholes -= media->n;
	call->n_streams[media->side]--;
	list_del(&media->node);
	if (media->n > SIPALG_MEDIA_PINS)
		kfree(media->many);
	kfree(media->old);
	kmem_cache_free(media_cache, media);
}

struct sipalg_call_media *sipalg_call_media_find(struct sipalg_call *call,
						 enum sipalg_call_side side,
				 const struct sip_endpoint *rtp, u8 proto)
{
	struct sipalg_call_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->proto == proto &&
		    sip_endpoint_equal(&media->rtp, rtp))
			return media;
	}
	return NULL;
}

struct sipalg_call_media *sipalg_call_media_foreign(struct sipalg_call *call,
						    enum sipalg_call_side side, u8 index, u64 tag)
{
	struct sipalg_call_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (!media->n && media->side == side && media->index == index &&
		    media->tag == tag)
			return media;
	}
	return NULL;
}

/* Removes the oldest stream of a side that may be removed.  Return: whether there was one. */
static bool forget_oldest(struct sipalg_net *sn, struct sipalg_call *call,
			  enum sipalg_call_side side)
{
	struct sipalg_call_media *media;

	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side != side || media->n || media->is_fresh)
			continue;
		sipalg_call_media_rm(sn, call, media, SIPALG_PINHOLE_KEEP_CONNS);
		return true;
	}
	return false;
}

struct sipalg_call_media *sipalg_call_media_add(struct sipalg_net *sn, struct sipalg_call *call,
						enum sipalg_call_side side)
{
	struct sipalg_call_media *media;

	lockdep_assert_held(&call->lock);
	if (call->n_streams[side] == SIPALG_CALL_STREAMS && !forget_oldest(sn, call, side))
		return ERR_PTR(-EDQUOT);
	media = kmem_cache_zalloc(media_cache, GFP_ATOMIC);
	if (!media)
		return ERR_PTR(-ENOMEM);
	media->side = side;
	media->is_fresh = true;
	call->has_fresh = true;
	call->said[side].print = 0;
	call->n_streams[side]++;
	list_add_tail(&media->node, &call->media);
	return media;
}

struct sipalg_pinhole **sipalg_call_media_room(struct sipalg_call_media *media, u8 n)
{
	return n > SIPALG_MEDIA_PINS ? kcalloc(n, sizeof(*media->many), GFP_ATOMIC) : media->few;
}

void sipalg_call_media_unroom(struct sipalg_call_media *media, struct sipalg_pinhole **pins)
{
	if (pins != media->few)
		kfree(pins);
}

void sipalg_call_media_take(struct sipalg_call *call, struct sipalg_call_media *media,
			    struct sipalg_pinhole **pins, u8 n)
{
	lockdep_assert_held(&call->lock);
	if (n > SIPALG_MEDIA_PINS)
		media->many = pins;
	media->n = n;
	call->n_pinholes += n;
}

int sipalg_call_media_offer(struct sipalg_call_media *media, u32 cseq)
{
	media->old = kmalloc(sizeof(*media->old), GFP_ATOMIC);
	if (!media->old)
		return -ENOMEM;
	*media->old = (struct sipalg_call_media_old){ media->rtp, media->rtcp };
	media->old_mux = media->has_mux;
	media->is_agreed = false;
	media->cseq = cseq;
	return 0;
}

void sipalg_call_media_settle(struct sipalg_call_media *media, bool is_refused)
{
	if (is_refused && media->old) {
		media->rtp = media->old->rtp;
		media->rtcp = media->old->rtcp;
	}
	kfree(media->old);
	media->old = NULL;
	media->is_agreed = true;
}

static void media_set_peer(struct sipalg_net *sn, struct sipalg_call_media *media,
			   const struct sipalg_call_media *other)
{
	u32 i;

	for (i = 0; i < media->n; i++) {
		u32 rtcp = media->is_pairs && i & 1 ? other->rtcp : 0;
		u16 port = rtcp ? rtcp + (i & ~1U) : other->rtp.port + i;

		sipalg_pinhole_set_peer(sn, sipalg_call_media_pin(media, i), &other->rtp.addr,
					port);
	}
}

/*
 * RFC 5761 5.1.1: RTCP comes to the RTP port where both sides allow it, and then the pinhole for
 * RTCP pauses.  That pinhole is kept, because a side may take its consent back.
 */
static void media_set_mux(struct sipalg_net *sn, struct sipalg_call_media *media, bool is_agreed)
{
	u32 i;

	for (i = 1; media->is_pairs && i < media->n; i += 2)
		sipalg_pinhole_pause(sn, sipalg_call_media_pin(media, i), is_agreed);
}

/* The list is in the order of announcement: the last stream of the other side counts. */
static void pair_one(struct sipalg_net *sn, struct sipalg_call *call,
		     struct sipalg_call_media *media)
{
	bool has_mux = media->has_mux && media->is_agreed;
	const struct sipalg_call_media *other, *peer = NULL;

	list_for_each_entry(other, &call->media, node) {
		sipalg_step();
		if (other->side == media->side || other->index != media->index)
			continue;
		peer = other;
		has_mux &= other->has_mux && other->is_agreed;	/* every branch must agree */
	}
	if (peer)
		media_set_peer(sn, media, peer);
	media_set_mux(sn, media, peer && has_mux);
}

void sipalg_call_media_pair(struct sipalg_net *sn, struct sipalg_call *call)
{
	struct sipalg_call_media *media;

	lockdep_assert_held(&call->lock);
	call->must_pair = false;
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->n)
			pair_one(sn, call, media);
	}
}

void sipalg_call_drop_branch(struct sipalg_net *sn, struct sipalg_call *call, u64 tag)
{
	struct sipalg_call_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == SIPALG_CALLEE && media->tag == tag)
			sipalg_call_media_rm(sn, call, media, SIPALG_PINHOLE_EXPIRE_CONNS);
	}
}

void sipalg_call_drop_losers(struct sipalg_net *sn, struct sipalg_call *call)
{
	struct sipalg_call_media *media, *next;

	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == SIPALG_CALLEE && media->tag != call->callee_tag)
			sipalg_call_media_rm(sn, call, media, SIPALG_PINHOLE_EXPIRE_CONNS);
	}
	call->must_pair = true;		/* the branch announced last may have lost */
}

void sipalg_call_offer_refused(struct sipalg_call *call, const struct sipalg_call_event *ev,
			       enum sipalg_call_side side)
{
	struct sipalg_call_media *media, *next;

	if (is_said_again(call, ev, side))
		return;
	sipalg_call_unsay(call);
	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->named == ev->cseq)
			media->has_mux = media->old_mux;
		if (media->side != side || media->is_agreed || media->cseq > ev->cseq)
			continue;
		if (!media->old) {
			sipalg_call_media_rm(ev->sn, call, media, SIPALG_PINHOLE_EXPIRE_CONNS);
			continue;
		}
		sipalg_call_media_settle(media, true);
	}
	call->must_pair = true;
}

void sipalg_call_offer_agreed(struct sipalg_call *call, const struct sipalg_call_event *ev,
			      enum sipalg_call_side side)
{
	struct sipalg_call_media *media, *next;
	bool has_offer = false;

	if (is_said_again(call, ev, side))
		return;
	if (is_of_said(call, ev, side))
		call->is_said |= BIT(side);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side != side || media->cseq > ev->cseq)
			continue;
		sipalg_call_media_settle(media, false);
		has_offer |= media->named == ev->cseq;
	}
	if (!has_offer || !call->callee_tag)
		return;
	/* RFC 3264 8.3: a port that the agreed offer does not name is free */
	list_for_each_entry_safe(media, next, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->named < ev->cseq)
			sipalg_call_media_rm(ev->sn, call, media, SIPALG_PINHOLE_EXPIRE_CONNS);
	}
}

void sipalg_call_media_drop(struct sipalg_net *sn, struct sipalg_call *call,
			    struct sipalg_call_media *media)
{
	lockdep_assert_held(&call->lock);
	sipalg_call_media_rm(sn, call, media, SIPALG_PINHOLE_EXPIRE_CONNS);
}

void sipalg_call_hold(struct sipalg_call *call, enum sipalg_call_side side, u8 index, bool is_held)
{
	struct sipalg_call_media *media;

	lockdep_assert_held(&call->lock);
	list_for_each_entry(media, &call->media, node) {
		sipalg_step();
		if (media->side == side && media->index == index)
			media->is_held = is_held;
	}
}

bool sipalg_call_is_on_hold(const struct sipalg_call *call, const struct sipalg_call_media *media)
{
	const struct sipalg_call_media *other;

	list_for_each_entry(other, &call->media, node)
		if (other->index == media->index && other->is_held)
			return true;
	return false;
}

int sipalg_call_media_module_init(void)
{
	media_cache = KMEM_CACHE(sipalg_call_media, 0);
	return media_cache ? 0 : -ENOMEM;
}

void sipalg_call_media_module_exit(void)
{
	kmem_cache_destroy(media_cache);
}
