/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_source: how much each address sends, and which messages over a limit pass all the same.
 *
 * For each address that messages come from (and, for the limits of a proxy, go to) there is a token
 * bucket for each class of message, a memory of the requests that passed lately, and a count of
 * failures.  The memory answers three questions: was this request sent before, was this response
 * asked for, and did the request that it answers carry a password.  sipalg_source_trust.h has what
 * answers prove about a source, sipalg_source_list.h has /proc/net/sipalg/sources.
 *
 * The table is bounded, and full of strangers while a flood comes from invented addresses.  Then
 * sources are forgotten: first strangers, then blocked sources, then sources that have had success,
 * and registrars last; of each kind first the source that was idle for longest.  A source that is
 * forgotten loses nothing: its buckets are full again.
 */
#ifndef _SIPALG_SOURCE_H
#define _SIPALG_SOURCE_H

#include <linux/types.h>

#include "sip_addr.h"
#include "sipalg_net.h"
#include "sipalg_source_list.h"
#include "sipalg_source_trust.h"

enum {
	SIPALG_SOURCE_MAX		= 8192,	/* addresses that a namespace knows */
	SIPALG_SOURCE_TXS		= 64,	/* requests of one source that are remembered */
	SIPALG_SOURCE_GOOD_S	= 3600,	/* seconds for which a success counts */
	SIPALG_SOURCE_SHOWN_S	= 60,	/* seconds for which an idle source is listed */
	/*
	 * What passes over the limits (SECURITY B5).  RFC 3261 17.1: an INVITE is sent 7 times,
	 * another request 11 times; 13.3.1.4, RFC 3262 3: an answer that must arrive is sent 11
	 * times, and each branch has one.
	 */
	SIPALG_SOURCE_COPIES	= 12,	/* copies of one request, after the first */
	SIPALG_SOURCE_ANSWERS	= 30,	/* answers to one request */
	SIPALG_SOURCE_IN_DIALOG	= 20,	/* messages a second in one dialog */
	SIPALG_SOURCE_HELP		= 5,	/* calls for help a minute */
};

/**
 * enum sipalg_source_class - classes of messages, each with a limit of its own (BEHAVIOUR 7)
 * @SIPALG_CLASS_INVITE: INVITE
 * @SIPALG_CLASS_REGISTER: REGISTER
 * @SIPALG_CLASS_OPTIONS: OPTIONS
 * @SIPALG_CLASS_SUBSCRIBE: SUBSCRIBE, PUBLISH or NOTIFY
 * @SIPALG_CLASS_OTHER: any other request
 * @SIPALG_CLASS_RESPONSE: response
 * @SIPALG_CLASSES: number of classes
 */
enum sipalg_source_class {
	SIPALG_CLASS_INVITE,
	SIPALG_CLASS_REGISTER,
	SIPALG_CLASS_OPTIONS,
	SIPALG_CLASS_SUBSCRIBE,
	SIPALG_CLASS_OTHER,
	SIPALG_CLASS_RESPONSE,
	SIPALG_CLASSES,
};

/**
 * enum sipalg_source_role - which messages a source counts
 * @SIPALG_SOURCE_FROM: messages that the address sends
 * @SIPALG_SOURCE_TO: messages that go to the address, as to a proxy
 * @SIPALG_SOURCE_SERVED: messages of its registrar to the address: never blocked
 */
enum sipalg_source_role {
	SIPALG_SOURCE_FROM,
	SIPALG_SOURCE_TO,
	SIPALG_SOURCE_SERVED,
};

/**
 * struct sipalg_source_key - key of the table of sources
 * @addr: address
 * @zone: conntrack zone
 * @role: enum sipalg_source_role
 */
struct sipalg_source_key {
	struct sip_addr addr;
	u16 zone;
	u16 role;
};

/**
 * enum sipalg_source_again - which copies pass over the limits: see sipalg_source_may_again()
 * @SIPALG_SOURCE_COPY: a copy of a request
 * @SIPALG_SOURCE_ANSWER: an answer to a request
 */
enum sipalg_source_again {
	SIPALG_SOURCE_COPY,
	SIPALG_SOURCE_ANSWER,
};

/**
 * sipalg_source_setup() - make the table of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_source_setup(struct sipalg_net *sn);

/**
 * sipalg_source_teardown() - free all sources of a namespace, and its table
 * @sn: namespace, in which no packet is under way
 *
 * Context: process context.
 */
void sipalg_source_teardown(struct sipalg_net *sn);

/**
 * sipalg_source_module_init() - make the cache of sources, once
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_source_module_init(void);

/**
 * sipalg_source_module_exit() - free the cache of sources, after all tables are gone
 *
 * Context: process context; waits for RCU callbacks.
 */
void sipalg_source_module_exit(void);

/**
 * sipalg_source_find() - look a source up
 * @sn: namespace
 * @key: address, zone and role
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the source; NULL: it is not known.
 */
struct sipalg_source *sipalg_source_find(struct sipalg_net *sn,
					 const struct sipalg_source_key *key);

/**
 * sipalg_source_get() - look a source up, and add it if it is not known
 * @sn: namespace
 * @key: address, zone and role
 *
 * Context: softirq or BH, under rcu_read_lock(), as long as the result is used.
 * Return: the source; NULL: there is no memory, or the namespace may hold no more.
 */
struct sipalg_source *sipalg_source_get(struct sipalg_net *sn, const struct sipalg_source_key *key);

/**
 * sipalg_source_take() - count a message, and take it from the limit
 * @sn: namespace
 * @source: sender or receiver of the message
 * @class: class of the message
 * @rate: limit of @class
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the message is within the limit, or there is none; false: it is over the limit.
 */
bool sipalg_source_take(struct sipalg_net *sn, struct sipalg_source *source,
			enum sipalg_source_class class, const struct sipalg_rate *rate);

/**
 * sipalg_source_is_over() - would one message more be over the limit?
 * @sn: namespace
 * @source: sender or receiver of the message
 * @class: class of the message
 * @rate: limit of @class
 *
 * Counts nothing.
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the message would be over the limit; false: it would not, or there is no limit.
 */
bool sipalg_source_is_over(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class, const struct sipalg_rate *rate);

/**
 * sipalg_source_saw() - count a message for which sipalg_source_take() was not called
 * @sn: namespace
 * @source: sender or receiver of the message
 * @class: class of the message
 *
 * Takes nothing from the limit.
 *
 * Context: softirq or BH; takes the lock of @source.
 */
void sipalg_source_saw(struct sipalg_net *sn, struct sipalg_source *source,
		       enum sipalg_source_class class);

/**
 * sipalg_source_dropped() - count a message that was dropped
 * @sn: namespace
 * @source: sender or receiver of the message
 * @class: class of the message
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the log should name the source; false: it has done so in the last minute.
 */
bool sipalg_source_dropped(struct sipalg_net *sn, struct sipalg_source *source,
			   enum sipalg_source_class class);

/**
 * sipalg_source_refund() - give back to the limit what sipalg_source_take() took
 * @source: sender or receiver of the message
 * @class: class of the message
 *
 * Context: softirq or BH; takes the lock of @source.
 */
void sipalg_source_refund(struct sipalg_source *source, enum sipalg_source_class class);

/**
 * sipalg_source_sent() - remember a request that passed
 * @source: sender of the request
 * @tx: digest of the transaction
 * @has_credentials: the request carries a password
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the request had passed before, so it is a retransmission; false: it is new.
 */
bool sipalg_source_sent(struct sipalg_source *source, u64 tx, bool has_credentials);

/**
 * sipalg_source_has_sent() - did a request pass lately?
 * @source: sender of the request
 * @tx: digest of the transaction
 *
 * Context: softirq or BH; no lock is needed.
 * Return: true: the request is remembered; false: it is not.
 */
bool sipalg_source_has_sent(struct sipalg_source *source, u64 tx);

/**
 * sipalg_source_may_again() - may a copy of a request, or an answer to it, pass over the limits?
 * @source: sender of the request
 * @tx: digest of the transaction
 * @what: whether the message is a copy or an answer
 * @is_taken: the message passes, so it is counted
 *
 * Each request has SIPALG_SOURCE_COPIES copies and SIPALG_SOURCE_ANSWERS answers.
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the message may pass; false: too many have passed, or the request has not passed
 * lately.
 */
bool sipalg_source_may_again(struct sipalg_source *source, u64 tx, enum sipalg_source_again what,
			     bool is_taken);

/**
 * sipalg_source_may_in_dialog() - may a message of a dialog pass over the limits?
 * @sn: namespace
 * @source: sender or receiver of the message
 * @dialog: digest of the Call-ID of the dialog
 * @is_taken: the message passes, so it is counted
 *
 * SIPALG_SOURCE_IN_DIALOG messages a second may pass.  A few dialogs of a source share a count, and
 * a sender cannot find out which ones: a dialog that floods uses its own count up, and few others.
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the message may pass; false: too many have passed in this second.
 */
bool sipalg_source_may_in_dialog(const struct sipalg_net *sn, struct sipalg_source *source,
				 u64 dialog, bool is_taken);

/**
 * sipalg_source_may_help() - may a call for help pass over the limits?
 * @sn: namespace
 * @source: sender or receiver of the message
 * @is_taken: the message passes, so it is counted
 *
 * SIPALG_SOURCE_HELP calls a minute may pass.
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: true: the message may pass; false: too many have passed in this minute.
 */
bool sipalg_source_may_help(const struct sipalg_net *sn, struct sipalg_source *source,
			    bool is_taken);

#endif /* _SIPALG_SOURCE_H */
