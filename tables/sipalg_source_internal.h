/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_source_internal: what the files of sources share, and no other file may see.
 */
#ifndef _SIPALG_SOURCE_INTERNAL_H
#define _SIPALG_SOURCE_INTERNAL_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "sipalg_source.h"
#include "sipalg_source_trust.h"

enum {
	SIPALG_SOURCE_SETS	= 1024,	/* lists of the table */
	SIPALG_SOURCE_LOCKS	= 64,	/* locks of the table */
	SIPALG_SOURCE_DIALOGS	= 16,	/* counts of dialogs of one source */
};

/* what a remembered request says, beside a piece of its digest */
enum {
	SIPALG_TX_CREDENTIALS	= BIT(0),	/* it carried a password */
	SIPALG_TX_ANSWERED	= BIT(1),	/* it was finally answered */
	SIPALG_TX_COPIES	= GENMASK(5, 2),	/* its copies that passed over limits */
	SIPALG_TX_ANSWERS	= GENMASK(10, 6),	/* its answers that passed over limits */
	SIPALG_TX_FLAGS		= GENMASK(10, 0),
};

static_assert(SIPALG_TX_COPIES / BIT(2) >= SIPALG_SOURCE_COPIES);
static_assert(SIPALG_TX_ANSWERS / BIT(6) >= SIPALG_SOURCE_ANSWERS);

/**
 * struct sipalg_source_bucket - one class of messages of one source
 * @credit: messages that may pass, times HZ
 * @filled: when @credit was last brought up to date, sipalg_now() time; 0: never
 * @second: when the second that @now counts began, sipalg_now() time; 0: no message came yet
 * @now: messages in the second that began at @second
 * @last: messages in the second before @second
 * @dropped: messages dropped
 */
struct sipalg_source_bucket {
	u32 credit;
	unsigned long filled;
	unsigned long second;
	u32 now;
	u32 last;
	u32 dropped;
};

/**
 * struct sipalg_source_spared - messages that passed over the limits
 * @since: when the count began, the low 32 bits of sipalg_now()
 * @n: messages that have passed since then
 */
struct sipalg_source_spared {
	u32 since;
	u32 n;
};

/**
 * struct sipalg_source - one address
 * @node: node in its set
 * @key: address, zone and role
 * @is_held: the source counts in @held of its namespace
 * @lock: guards all members that follow
 * @heard: when its last message came, sipalg_now() time
 * @good_until: end of the time for which its last success counts, sipalg_now() time; 0: it has had
 *	no success
 * @serves_until: end of the last registration with it, sipalg_now() time; 0: no host has registered
 *	with it
 * @blocked_until: end of its block, sipalg_now() time; 0: it was never blocked
 * @block_s: length of its last block, in seconds; 0: it was never blocked
 * @failures: its failures in the window that began at @failed
 * @failures_before: its failures in the window before @failed
 * @failed: when the window began, sipalg_now() time
 * @told: until when the log does not name it again, sipalg_now() time; 0: it was not named yet
 * @bucket: its messages, by enum sipalg_source_class
 * @tx: its requests that passed lately, each in one of the places that its digest names
 * @dialog: its messages in dialogs that passed over the limits, by digest of the dialog
 * @help: its calls for help that passed over the limits
 * @rcu: frees the source after a grace period, because look-ups run under RCU
 */
struct sipalg_source {
	struct hlist_node node;
	struct sipalg_source_key key;
	bool is_held;
	spinlock_t lock;
	unsigned long heard;
	unsigned long good_until;
	unsigned long serves_until;
	unsigned long blocked_until;
	u32 block_s;
	u32 failures;
	u32 failures_before;
	unsigned long failed;
	unsigned long told;
	struct sipalg_source_bucket bucket[SIPALG_CLASSES];
	u32 tx[SIPALG_SOURCE_TXS];
	struct sipalg_source_spared dialog[SIPALG_SOURCE_DIALOGS];
	struct sipalg_source_spared help;
	struct rcu_head rcu;
};

/**
 * struct sipalg_source_table - the sources of a namespace
 * @set: lists of sources, by digest of the key
 * @lock: locks for additions; the lock of set i is number i % SIPALG_SOURCE_LOCKS
 */
struct sipalg_source_table {
	struct hlist_head set[SIPALG_SOURCE_SETS];
	spinlock_t lock[SIPALG_SOURCE_LOCKS];
};

/**
 * sipalg_source_is_before() - is a time still to come?
 * @sn: namespace
 * @until: sipalg_now() time; 0: it never comes
 *
 * Context: any.
 * Return: true: the time is to come; false: it has passed, or @until is 0.
 */
static inline bool sipalg_source_is_before(const struct sipalg_net *sn, unsigned long until)
{
	return until && time_before(sipalg_now(sn), until);
}

/**
 * sipalg_source_in_seconds() - a time to come
 * @sn: namespace
 * @seconds: seconds from now
 *
 * Context: any.
 * Return: sipalg_now() time; never 0, which means "never".
 */
static inline unsigned long sipalg_source_in_seconds(const struct sipalg_net *sn, u32 seconds)
{
	return (sipalg_now(sn) + seconds * HZ) ?: 1;
}

/**
 * sipalg_source_host() - the host that an address belongs to
 * @sn: namespace
 * @addr: address
 *
 * Context: any.
 * Return: @addr without the bits that the settings do not count.
 */
struct sip_addr sipalg_source_host(const struct sipalg_net *sn, const struct sip_addr *addr);

/**
 * sipalg_source_tx_find() - the place of a remembered request
 * @source: sender of the request
 * @tx: digest of the transaction
 *
 * Context: softirq or BH; the lock of @source is held by a caller that changes the place.
 * Return: the place, in @tx of @source; NULL: the request is not remembered.
 */
u32 *sipalg_source_tx_find(struct sipalg_source *source, u64 tx);

#endif /* _SIPALG_SOURCE_INTERNAL_H */
