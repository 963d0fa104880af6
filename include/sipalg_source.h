/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_source: who sends how much, and who may send no more for a while.
 *
 * For each address that messages come from (and, for the limits of a proxy, go to) there
 * is a token bucket a class of message, a memory of the requests that passed lately, and a
 * count of what failed.  The memory answers three questions: is this request one that
 * was sent before, was this response asked for, and did the request that it answers
 * carry a password.
 *
 * The table is bounded, and full of strangers when somebody makes up addresses: then who
 * has been idle longest goes, the blocked ones after those that are not, then those that have
 * had success, and registrars last.  To be forgotten costs a source nothing: its buckets are
 * full again.
 */
#ifndef _SIPALG_SOURCE_H
#define _SIPALG_SOURCE_H

#include <linux/types.h>

#include "sip_addr.h"
#include "sipalg_net.h"

struct seq_operations;
struct sipalg_source;

enum {
	SIPALG_SOURCE_MAX		= 8192,	/* addresses that a namespace knows */
	SIPALG_SOURCE_TXS		= 64,	/* requests of one that are remembered */
	SIPALG_SOURCE_GOOD_S	= 3600,	/* how long a success is remembered */
	SIPALG_SOURCE_SHOWN_S	= 60,	/* how long one that is idle is listed */
	/*
	 * What goes on over the limits (SECURITY B5).  RFC 3261 17.1: an INVITE is sent 7 times,
	 * another request 11; 13.3.1.4, RFC 3262 3: so is each answer that must arrive, and there
	 * is one of each branch.
	 */
	SIPALG_SOURCE_COPIES	= 12,	/* of one request, after the first */
	SIPALG_SOURCE_ANSWERS	= 30,	/* to one request */
	SIPALG_SOURCE_IN_DIALOG	= 20,	/* a second in one dialog */
	SIPALG_SOURCE_HELP		= 5,	/* calls for help a minute */
};

/* what has a limit of its own (BEHAVIOUR 7) */
enum sipalg_source_class {
	SIPALG_CLASS_INVITE,
	SIPALG_CLASS_REGISTER,
	SIPALG_CLASS_OPTIONS,
	SIPALG_CLASS_SUBSCRIBE,	/* PUBLISH and NOTIFY, too */
	SIPALG_CLASS_OTHER,
	SIPALG_CLASS_RESPONSE,
	SIPALG_CLASSES
};

enum sipalg_source_role {
	SIPALG_SOURCE_FROM,	/* what the address sends */
	SIPALG_SOURCE_TO,		/* what is sent to it, as a proxy */
	SIPALG_SOURCE_SERVED,	/* what its registrar sends to it: never blocked */
};

struct sipalg_source_key {
	struct sip_addr addr;
	u16 zone;
	u16 role;
};

/* how a request of a source ended */
enum sipalg_source_end {
	SIPALG_SOURCE_SUCCESS,	/* 2xx */
	SIPALG_SOURCE_REFUSED,	/* 403, 404, 410 of a REGISTER */
	SIPALG_SOURCE_MISSED,	/* the same of an INVITE: a failure of who never had success */
	SIPALG_SOURCE_CHALLENGED,	/* 401, 407: a failure if it had credentials */
	SIPALG_SOURCE_OTHERWISE,	/* says nothing about the source */
};

int sipalg_source_setup(struct sipalg_net *sn);
void sipalg_source_teardown(struct sipalg_net *sn);
int sipalg_source_module_init(void);
void sipalg_source_module_exit(void);

/**
 * sipalg_source_find() - what is known of an address
 * @sn: namespace
 * @key: the address
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: NULL where nothing is.
 */
struct sipalg_source *sipalg_source_find(struct sipalg_net *sn,
					 const struct sipalg_source_key *key);

/* The same, but one that is not known is from now on.  Return: NULL: no memory. */
struct sipalg_source *sipalg_source_get(struct sipalg_net *sn, const struct sipalg_source_key *key);

/**
 * sipalg_source_take() - one message more
 * @sn: namespace
 * @source: who
 * @class: of what
 * @rate: how many there may be
 *
 * Context: softirq or BH, as for all here.
 * Return: whether it is within the limit.
 */
bool sipalg_source_take(struct sipalg_net *sn, struct sipalg_source *source,
			enum sipalg_source_class class, const struct sipalg_rate *rate);

/* Whether one message more would not be; nothing is counted.  Context and arguments: the same. */
bool sipalg_source_is_over(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class, const struct sipalg_rate *rate);

/* A message that is over a limit, though sipalg_source_take() was not asked: only counts. */
void sipalg_source_saw(struct sipalg_net *sn, struct sipalg_source *source,
		       enum sipalg_source_class class);

/* A message was dropped.  Return: whether that should be told: the first one for a while. */
bool sipalg_source_dropped(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class);

/* It was one that had been counted before. */
void sipalg_source_refund(struct sipalg_source *source, enum sipalg_source_class class);

/**
 * sipalg_source_sent() - a request passed, and is remembered
 * @source: its sender
 * @tx: digest of its transaction
 * @has_credentials: it carries a password
 *
 * Return: whether it had passed before: a retransmission.
 */
bool sipalg_source_sent(struct sipalg_source *source, u64 tx, bool has_credentials);

/* Whether that request passed lately. */
bool sipalg_source_has_sent(struct sipalg_source *source, u64 tx);

/* what of a request goes by the limits */
enum sipalg_source_again {
	SIPALG_SOURCE_COPY,	/* itself, once more */
	SIPALG_SOURCE_ANSWER,	/* what answers it */
};

/**
 * sipalg_source_may_again() - may a copy of a request pass for nothing, or an answer to it?
 * @source: its sender
 * @tx: digest of its transaction
 * @what: which of them
 * @is_taken: it passes: that is one less
 *
 * Each request has SIPALG_SOURCE_COPIES and SIPALG_SOURCE_ANSWERS of its own.
 *
 * Return: true; false: there were too many, or the request has not passed lately.
 */
bool sipalg_source_may_again(struct sipalg_source *source, u64 tx, enum sipalg_source_again what,
			     bool is_taken);

/**
 * sipalg_source_may_in_dialog() - may a message of a dialog pass over the limits?
 * @sn: namespace
 * @source: its sender
 * @dialog: digest of its Call-ID
 * @is_taken: it passes
 *
 * SIPALG_SOURCE_IN_DIALOG a second may.  A few dialogs of a source share a count, which ones nobody
 * can tell: one that floods takes what is its own, and not what others need.
 *
 * Return: whether it may.
 */
bool sipalg_source_may_in_dialog(const struct sipalg_net *sn, struct sipalg_source *source,
				 u64 dialog, bool is_taken);

/* The same of a call for help: SIPALG_SOURCE_HELP a minute from (or to) one source. */
bool sipalg_source_may_help(const struct sipalg_net *sn, struct sipalg_source *source,
			    bool is_taken);

/* what an answer says of the source that had asked */
enum sipalg_source_told {
	SIPALG_SOURCE_NOT_ASKED,	/* it had not, or has been answered already */
	SIPALG_SOURCE_NOTED,
	SIPALG_SOURCE_FAILED,	/* it has failed, as a guesser does */
	SIPALG_SOURCE_BLOCKED,	/* the same, and it is blocked from now on */
};

/**
 * sipalg_source_answered() - a request was finally answered
 * @sn: namespace
 * @source: who had sent it
 * @tx: digest of its transaction
 * @end: what became of it
 *
 * block_failures of them in block_window block the source for block_time, the next time
 * twice as long, and so on to block_time_max; that is forgotten when it was not blocked for
 * block_time_max.  What was not asked, or was answered already, changes nothing.
 *
 * Return: enum sipalg_source_told.
 */
enum sipalg_source_told sipalg_source_answered(struct sipalg_net *sn, struct sipalg_source *source,
					       u64 tx, enum sipalg_source_end end);

/* Others have registered with it: what they refuse it does not block it. */
void sipalg_source_serves(struct sipalg_net *sn, struct sipalg_source *source, u32 seconds);

/* Whether it has had success of late. */
bool sipalg_source_is_good(const struct sipalg_net *sn, const struct sipalg_source *source);

/* Seconds that it is blocked for; 0: it is not. */
u32 sipalg_source_blocked_s(const struct sipalg_net *sn, const struct sipalg_source *source);

/**
 * sipalg_source_release() - an administrator forgives
 * @sn: namespace
 * @addr: whom
 *
 * Context: process context.
 * Return: 0; -ENOENT where it is not known.
 */
int sipalg_source_release(struct sipalg_net *sn, const struct sip_addr *addr);

extern const struct seq_operations sipalg_source_seq_ops;

#endif /* _SIPALG_SOURCE_H */
