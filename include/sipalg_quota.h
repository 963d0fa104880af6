/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_quota: how much one host holds, and which call gives way when there is no room.
 *
 * Every call, binding and pinhole is charged to the inside host that it is for.  An INVITE
 * that nobody has answered is half-open: it costs its sender nothing, so of these there may
 * be more than anybody wants, and where room is needed the oldest of whoever has most of
 * them ends; of a host's, those of strangers first, and its own last.  A call that the called
 * end has answered is never taken away (SECURITY R3); 100 is no answer of that (security.md B2).
 *
 * A host is known as long as it holds something, so the tables of what is held bound this
 * one.  Locking: one lock a namespace, innermost of ours.
 */
#ifndef _SIPALG_QUOTA_H
#define _SIPALG_QUOTA_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "sip_addr.h"
#include "sipalg_net.h"

struct sipalg_quota;

enum sipalg_quota_kind {
	SIPALG_QUOTA_CALL,
	SIPALG_QUOTA_BINDING,
	SIPALG_QUOTA_PINHOLE,
	SIPALG_QUOTA_BYTES,	/* that TCP streams remember */
	SIPALG_QUOTA_KINDS
};

/**
 * struct sipalg_quota_key - a host
 * @addr: an address of it
 * @zone: conntrack zone
 * @len: so much of @addr is the host; 0: as sipalg_host_len() says
 */
struct sipalg_quota_key {
	struct sip_addr addr;
	u16 zone;
	u8 len;
};

/**
 * struct sipalg_half_open - part of a call that nobody has answered
 * @of_source: in the list of who sent the INVITE
 * @of_host: in the list of the host that is charged
 * @source: who sent it
 * @host: who is charged
 * @ref: the call's count of references
 * @is_proven: @source has had success of late; set by the call, before it is listed
 * @is_listed: all of this is set
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

int sipalg_quota_setup(struct sipalg_net *sn);
void sipalg_quota_teardown(struct sipalg_net *sn);

/**
 * sipalg_quota_charge() - a host is to hold more
 * @sn: namespace
 * @host: the host
 * @kind: of what
 * @n: how many more: all or none
 * @max: how many it may hold; 0: any number, as for those in trunks
 *
 * Context: any but hard interrupt, under rcu_read_lock(), as all that takes a key without @len.
 * Return: what is to be released, and stays as long as anything is charged; NULL: @n is 0, so
 * nothing is; -EDQUOT: it would hold too many; -ENOMEM.
 */
struct sipalg_quota *sipalg_quota_charge(struct sipalg_net *sn, const struct sipalg_quota_key *host,
					 enum sipalg_quota_kind kind, u32 n, u32 max);

/**
 * sipalg_quota_release() - it holds less
 * @sn: namespace
 * @host: what sipalg_quota_charge() returned; NULL is allowed
 * @kind: of what
 * @n: at most as many as were charged
 *
 * Context: any but hard interrupt, as for all that follows.
 */
void sipalg_quota_release(struct sipalg_net *sn, struct sipalg_quota *host,
			  enum sipalg_quota_kind kind, u32 n);

/* Of what sipalg_quota_charge() returned: @len of its key, which the setting may change later. */
u8 sipalg_quota_len(const struct sipalg_quota *host);

/* The same of a host that is looked up: for those of which there are too many to keep it. */
void sipalg_quota_release_of(struct sipalg_net *sn, const struct sipalg_quota_key *host,
			     enum sipalg_quota_kind kind, u32 n);

/* How many it holds. */
u32 sipalg_quota_held(struct sipalg_net *sn, const struct sipalg_quota_key *host,
		      enum sipalg_quota_kind kind);

/* The same of one that holds something, as sipalg_quota_charge() returned it.  No lock is taken. */
u32 sipalg_quota_held_by(const struct sipalg_quota *host, enum sipalg_quota_kind kind);

/**
 * sipalg_quota_open() - a call has begun
 * @sn: namespace
 * @half: of the call, which holds a reference on itself until sipalg_quota_settle()
 * @source: who sent the INVITE
 * @host: who is charged, and is for as long as the call is half-open
 *
 * Without memory the call is not listed, and is never ended for another.
 */
void sipalg_quota_open(struct sipalg_net *sn, struct sipalg_half_open *half,
		       const struct sipalg_quota_key *source, struct sipalg_quota *host);

/* It was answered, or is over.  May be called again, and sipalg_quota_open() after it. */
void sipalg_quota_settle(struct sipalg_net *sn, struct sipalg_half_open *half);

/**
 * sipalg_quota_victim() - whose call ends first
 * @sn: namespace
 * @host: of all that are charged to it; NULL: of all
 *
 * Return: of a call, with a reference for the caller; NULL: none is half-open.
 */
struct sipalg_half_open *sipalg_quota_victim(struct sipalg_net *sn,
					     const struct sipalg_quota_key *host);

#endif /* _SIPALG_QUOTA_H */
