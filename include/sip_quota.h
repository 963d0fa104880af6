/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_quota: how much one host holds, and which call gives way when there is no room.
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
#ifndef _SIP_QUOTA_H
#define _SIP_QUOTA_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "sip_addr.h"
#include "sipalg_net.h"

struct sip_quota;

enum sip_quota_kind {
	SIP_QUOTA_CALL,
	SIP_QUOTA_BINDING,
	SIP_QUOTA_PINHOLE,
	SIP_QUOTA_BYTES,	/* that TCP streams remember */
	SIP_QUOTA_KINDS
};

/**
 * struct sip_quota_key - a host
 * @addr: an address of it
 * @zone: conntrack zone
 * @len: so much of @addr is the host; 0: as sipalg_host_len() says
 */
struct sip_quota_key {
	struct sip_addr addr;
	u16 zone;
	u8 len;
};

/**
 * struct sip_half_open - part of a call that nobody has answered
 * @of_source: in the list of who sent the INVITE
 * @of_host: in the list of the host that is charged
 * @source: who sent it
 * @host: who is charged
 * @ref: the call's count of references
 * @is_proven: @source has had success of late; set by the call, before it is listed
 * @is_listed: all of this is set
 */
struct sip_half_open {
	struct list_head of_source;
	struct list_head of_host;
	struct sip_quota *source;
	struct sip_quota *host;
	refcount_t *ref;
	bool is_proven;
	bool is_listed;
};

int sip_quota_setup(struct sipalg_net *sn);
void sip_quota_teardown(struct sipalg_net *sn);

/**
 * sip_quota_charge() - a host is to hold more
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
struct sip_quota *sip_quota_charge(struct sipalg_net *sn, const struct sip_quota_key *host,
				   enum sip_quota_kind kind, u32 n, u32 max);

/**
 * sip_quota_release() - it holds less
 * @sn: namespace
 * @host: what sip_quota_charge() returned; NULL is allowed
 * @kind: of what
 * @n: at most as many as were charged
 *
 * Context: any but hard interrupt, as for all that follows.
 */
void sip_quota_release(struct sipalg_net *sn, struct sip_quota *host, enum sip_quota_kind kind,
		       u32 n);

/* Of what sip_quota_charge() returned: @len of its key, which the setting may change later. */
u8 sip_quota_len(const struct sip_quota *host);

/* The same of a host that is looked up: for those of which there are too many to keep it. */
void sip_quota_release_of(struct sipalg_net *sn, const struct sip_quota_key *host,
			  enum sip_quota_kind kind, u32 n);

/* How many it holds. */
u32 sip_quota_held(struct sipalg_net *sn, const struct sip_quota_key *host,
		   enum sip_quota_kind kind);

/* The same of one that holds something, as sip_quota_charge() returned it.  No lock is taken. */
u32 sip_quota_held_by(const struct sip_quota *host, enum sip_quota_kind kind);

/**
 * sip_quota_open() - a call has begun
 * @sn: namespace
 * @half: of the call, which holds a reference on itself until sip_quota_settle()
 * @source: who sent the INVITE
 * @host: who is charged, and is for as long as the call is half-open
 *
 * Without memory the call is not listed, and is never ended for another.
 */
void sip_quota_open(struct sipalg_net *sn, struct sip_half_open *half,
		    const struct sip_quota_key *source, struct sip_quota *host);

/* It was answered, or is over.  May be called again, and sip_quota_open() after it. */
void sip_quota_settle(struct sipalg_net *sn, struct sip_half_open *half);

/**
 * sip_quota_victim() - whose call ends first
 * @sn: namespace
 * @host: of all that are charged to it; NULL: of all
 *
 * Return: of a call, with a reference for the caller; NULL: none is half-open.
 */
struct sip_half_open *sip_quota_victim(struct sipalg_net *sn, const struct sip_quota_key *host);

#endif /* _SIP_QUOTA_H */
