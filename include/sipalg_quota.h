/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_quota: how much one host holds, and which call ends first when there is no room.
 *
 * Every call, binding and pinhole is charged to the inside host that it is for.  A call is
 * half-open as long as its INVITE has no answer.  An INVITE costs its sender nothing, so a flood
 * makes many half-open calls.  Where room is needed, the source with the most half-open calls
 * loses its oldest one.  Where one host needs room, its calls from strangers end first, and the
 * calls that it began itself end last.  A call that the called end has answered is never ended for
 * another call (SECURITY R3); the status 100 is no such answer (security.md B2).
 *
 * A host is known as long as it holds something, so the limits of the other tables bound this
 * table too.  Locking: each namespace has one lock, the innermost lock of this module.
 */
#ifndef _SIPALG_QUOTA_H
#define _SIPALG_QUOTA_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "sip_addr.h"
#include "sipalg_net.h"

struct sipalg_quota;

/**
 * enum sipalg_quota_kind - what a host can hold
 * @SIPALG_QUOTA_CALL: calls
 * @SIPALG_QUOTA_BINDING: registered contacts
 * @SIPALG_QUOTA_PINHOLE: pinholes
 * @SIPALG_QUOTA_BYTES: bytes of memory that the TCP streams of the host take
 * @SIPALG_QUOTA_KINDS: number of kinds
 */
enum sipalg_quota_kind {
	SIPALG_QUOTA_CALL,
	SIPALG_QUOTA_BINDING,
	SIPALG_QUOTA_PINHOLE,
	SIPALG_QUOTA_BYTES,
	SIPALG_QUOTA_KINDS
};

/**
 * struct sipalg_quota_key - names a host
 * @addr: an address of the host
 * @zone: conntrack zone of the host
 * @len: number of bits of @addr that name the host, 1 to 128; 0: the result of sipalg_host_len()
 */
struct sipalg_quota_key {
	struct sip_addr addr;
	u16 zone;
	u8 len;
};

/**
 * struct sipalg_half_open - the part of a call by which a half-open call is found
 * @of_source: entry in the list of half-open calls that @source began
 * @of_host: entry in the list of half-open calls that are charged to @host
 * @source: the sender of the INVITE
 * @host: the host that is charged for the call
 * @ref: count of references of the call; set by the owner before sipalg_quota_open()
 * @is_proven: whether a call or registration of @source has succeeded lately; set by the owner
 *	before sipalg_quota_open()
 * @is_listed: whether the call is in both lists
 */
struct sipalg_half_open {
	struct list_head of_source;
	struct list_head of_host;
	struct sipalg_quota *source;
	struct sipalg_quota *host;
	refcount_t *ref;
	bool is_proven;
	bool is_listed;
};

/**
 * sipalg_quota_setup() - make the table of hosts of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0; -ENOMEM, or the error of rhashtable_init(): then nothing was made.
 */
int sipalg_quota_setup(struct sipalg_net *sn);

/**
 * sipalg_quota_teardown() - free the table of hosts of a namespace
 * @sn: namespace; its calls, bindings, pinholes and streams are gone already
 *
 * Context: process context.
 */
void sipalg_quota_teardown(struct sipalg_net *sn);

/**
 * sipalg_quota_charge() - charge a host for objects that it is to hold
 * @sn: namespace
 * @host: the host
 * @kind: kind of the objects
 * @n: number of objects: the host is charged for all of them, or for none
 * @max: number of objects of @kind that the host may hold; 0: any number.  A host in the setting
 *	trunks may hold any number as well
 *
 * Context: any but hard interrupt, under rcu_read_lock().
 * Return: the entry of the host, for sipalg_quota_release(); it stays as long as the host is
 * charged for anything.  NULL: @n is 0, so nothing is charged.  -EDQUOT: the host, or the
 * namespace, would hold too many.  -ENOMEM.
 */
struct sipalg_quota *sipalg_quota_charge(struct sipalg_net *sn, const struct sipalg_quota_key *host,
					 enum sipalg_quota_kind kind, u32 n, u32 max);

/**
 * sipalg_quota_release() - take back what sipalg_quota_charge() has charged
 * @sn: namespace
 * @host: what sipalg_quota_charge() returned; NULL: nothing is released
 * @kind: kind of the objects
 * @n: number of objects, at most as many as the host is charged for
 *
 * Context: any but hard interrupt.
 */
void sipalg_quota_release(struct sipalg_net *sn, struct sipalg_quota *host,
			  enum sipalg_quota_kind kind, u32 n);

/**
 * sipalg_quota_len() - tell how much of an address names a host
 * @host: what sipalg_quota_charge() returned, not NULL and no error
 *
 * An owner that keeps a key instead of @host keeps this length in the key: host_prefix6 may change
 * in the meantime.
 *
 * Context: any, while the host is charged for something.
 * Return: the length in bits, 1 to 128.
 */
u8 sipalg_quota_len(const struct sipalg_quota *host);

/**
 * sipalg_quota_release_of() - take back what was charged, and look the host up by its key
 * @sn: namespace
 * @host: the host
 * @kind: kind of the objects
 * @n: number of objects, at most as many as the host is charged for
 *
 * It is for objects that are too many for each to keep a pointer to its host.
 *
 * Context: any but hard interrupt; under rcu_read_lock() where @host has no length.
 */
void sipalg_quota_release_of(struct sipalg_net *sn, const struct sipalg_quota_key *host,
			     enum sipalg_quota_kind kind, u32 n);

/**
 * sipalg_quota_held() - count what a host holds
 * @sn: namespace
 * @host: the host
 * @kind: kind of the objects
 *
 * Context: any but hard interrupt; under rcu_read_lock() where @host has no length.
 * Return: number of objects of @kind that the host is charged for.
 */
u32 sipalg_quota_held(struct sipalg_net *sn, const struct sipalg_quota_key *host,
		      enum sipalg_quota_kind kind);

/**
 * sipalg_quota_held_by() - count what a host holds, without a look-up and without the lock
 * @host: what sipalg_quota_charge() returned, not NULL and no error
 * @kind: kind of the objects
 *
 * Context: any, while the host is charged for something.
 * Return: number of objects of @kind that the host is charged for.
 */
u32 sipalg_quota_held_by(const struct sipalg_quota *host, enum sipalg_quota_kind kind);

/**
 * sipalg_quota_open() - list a call that has begun as half-open
 * @sn: namespace
 * @half: the part of the call; the call holds a reference on itself until sipalg_quota_settle()
 * @source: the sender of the INVITE
 * @host: the host that is charged for the call; it stays charged as long as the call is half-open
 *
 * Without memory the call is not listed, and never ends to make room for another call.  A call
 * that is listed already stays as it is.
 *
 * Context: any but hard interrupt, under rcu_read_lock().
 */
void sipalg_quota_open(struct sipalg_net *sn, struct sipalg_half_open *half,
		       const struct sipalg_quota_key *source, struct sipalg_quota *host);

/**
 * sipalg_quota_settle() - take a call off the lists of half-open calls
 * @sn: namespace
 * @half: the part of the call, which was answered or is over; it need not be listed
 *
 * sipalg_quota_open() may list the call again.
 *
 * Context: any but hard interrupt.
 */
void sipalg_quota_settle(struct sipalg_net *sn, struct sipalg_half_open *half);

/**
 * sipalg_quota_victim() - choose the half-open call that ends first
 * @sn: namespace
 * @host: choose among the calls that are charged to this host; NULL: choose among all calls
 *
 * Context: any but hard interrupt; under rcu_read_lock() where @host has no length.
 * Return: the part of the call, with a reference on the call for the caller; NULL: no call is
 * half-open.
 */
struct sipalg_half_open *sipalg_quota_victim(struct sipalg_net *sn,
					     const struct sipalg_quota_key *host);

#endif /* _SIPALG_QUOTA_H */
