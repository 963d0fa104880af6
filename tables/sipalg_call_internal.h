/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_internal: what the files of calls share, and no other file may see.
 *
 * Each function here wants the lock of the call, unless it says otherwise.
 */
#ifndef _SIPALG_CALL_INTERNAL_H
#define _SIPALG_CALL_INTERNAL_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>

#include "sipalg_call.h"

/**
 * struct sipalg_call_table - the calls of a namespace
 * @calls: calls by Call-ID, tag of the caller and zone
 * @by_id: the same calls by id, so that /proc can resume after any of them
 * @n: number of calls in @calls
 * @last_id: id of the newest call
 * @gc_next: id at which the next tick begins to look
 * @ended_lock: guards @ended; it is taken inside of the lock of a call
 * @ended: calls that are over, the oldest end first; they are kept while there is room
 */
struct sipalg_call_table {
	struct rhashtable calls;
	struct xarray by_id;
	atomic_t n;
	u32 last_id;
	unsigned long gc_next;
	spinlock_t ended_lock;
	struct list_head ended;
};

/**
 * sipalg_call_set_state() - set the state of a call, and tell the tracepoint
 * @call: call, locked
 * @state: new state; a call ends through sipalg_call_end()
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_set_state(struct sipalg_call *call, enum sipalg_call_state state);

/**
 * sipalg_call_set_expires() - set when a call times out
 * @sn: namespace
 * @call: call, locked
 * @seconds: seconds from now
 *
 * Context: the lock of @call is held, or no other CPU can find @call yet.
 */
void sipalg_call_set_expires(const struct sipalg_net *sn, struct sipalg_call *call, u32 seconds);

/**
 * sipalg_call_wait_longer() - let a call live for some time at least
 * @sn: namespace
 * @call: call, locked
 * @seconds: seconds from now; a call that times out later is left alone
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_wait_longer(const struct sipalg_net *sn, struct sipalg_call *call, u32 seconds);

/**
 * sipalg_call_refresh() - let a call that is up live on, unless a BYE waits for its answer
 * @sn: namespace
 * @call: call, locked; nothing happens where it is not up
 *
 * The call lives for call_timeout, or as its session timer says (RFC 4028 10).
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_refresh(const struct sipalg_net *sn, struct sipalg_call *call);

/**
 * sipalg_call_leave_half_open() - a call counts as half-open no longer
 * @sn: namespace
 * @call: call, locked, that was answered or has ended
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_leave_half_open(struct sipalg_net *sn, struct sipalg_call *call);

/**
 * sipalg_call_end() - end a call
 * @sn: namespace
 * @call: call, locked; nothing happens where it has ended already
 * @reason: why it is over
 *
 * Its pinholes close, its host is no longer charged, and it is remembered for SIPALG_CALL_LINGER_S.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_end(struct sipalg_net *sn, struct sipalg_call *call,
		     enum sipalg_call_reason reason);

/**
 * sipalg_call_rm() - take a call out of the table
 * @sn: namespace
 * @call: call, locked; the table held a reference, which the caller of this function gives back
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_rm(struct sipalg_net *sn, struct sipalg_call *call);

/**
 * sipalg_call_put() - give a reference to a call back
 * @call: call, not locked; it is freed after a grace period when it was the last reference
 *
 * Context: any but hard interrupt.
 */
void sipalg_call_put(struct sipalg_call *call);

/**
 * sipalg_call_quota_key() - the host of an address, as quotas know it
 * @ev: message: its namespace and zone are used
 * @addr: address of a party
 *
 * Context: any; no lock is needed.
 * Return: the key.
 */
struct sipalg_quota_key sipalg_call_quota_key(const struct sipalg_call_event *ev,
					      const struct sip_addr *addr);

/**
 * sipalg_call_reopen() - an INVITE begins a call again that is over
 * @ev: INVITE
 * @call: call that has ended, locked
 *
 * Context: softirq or BH, under rcu_read_lock(); the lock of @call is held.
 * Return: 0; -EDQUOT: its host has too many calls; -ENOMEM.
 */
int sipalg_call_reopen(const struct sipalg_call_event *ev, struct sipalg_call *call);

/**
 * sipalg_call_find() - look a call up
 * @ev: message: its Call-ID and zone are used
 * @tag: digest of the tag of the caller
 *
 * Context: under rcu_read_lock().
 * Return: the call, neither locked nor referenced; NULL: there is none.
 */
struct sipalg_call *sipalg_call_find(const struct sipalg_call_event *ev, u64 tag);

#endif /* _SIPALG_CALL_INTERNAL_H */
