/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_binding_internal: what the files of bindings share, and no other file may see.
 *
 * Each function here wants the lock of the table of bindings, unless it says otherwise.
 */
#ifndef _SIPALG_BINDING_INTERNAL_H
#define _SIPALG_BINDING_INTERNAL_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "sipalg_binding.h"
#include "sipalg_binding_request.h"

/**
 * struct sipalg_binding_key - an address of record at one host
 * @aor: digest of the address of record
 * @host: address of the host
 * @zone: conntrack zone of the host
 *
 * The key has no padding, because the table of accounts hashes it as bytes.
 */
struct sipalg_binding_key {
	u64 aor;
	struct sip_addr host;
	u32 zone;
};

/**
 * struct sipalg_binding_account - the bindings of an address of record at one host
 * @node: node in the table of accounts
 * @key: address of record and host
 * @asked: bindings that no registrar has granted, the oldest request first
 * @bound: granted bindings, the oldest grant first
 * @n: number of bindings in @asked and @bound, and of functions that walk over these lists
 * @n_asked: number of bindings in @asked
 * @n_bound: number of bindings in @bound
 */
struct sipalg_binding_account {
	struct rhash_head node;
	struct sipalg_binding_key key;
	struct list_head asked;
	struct list_head bound;
	u32 n;
	u32 n_asked;
	u32 n_bound;
};

/**
 * struct sipalg_binding_contact - an address and port that bindings lead to
 * @node: node in the table of contacts
 * @key: address, port, zone and transport of the contact
 * @bound: granted bindings of the contact, the newest grant first; a host may have registered all
 *	its accounts at one port
 * @n: number of bindings of the contact, granted or not
 * @n_bound: number of bindings in @bound; it is also read without the lock
 * @rcu: frees the contact after a grace period, because look-ups run under RCU
 */
struct sipalg_binding_contact {
	struct rhash_head node;
	struct sipalg_pinhole_key key;
	struct list_head bound;
	u32 n;
	u32 n_bound;
	struct rcu_head rcu;
};

/**
 * struct sipalg_binding - one contact of one address of record at one host
 * @account: account of the binding; an account may have several bindings
 * @of_account: node in @asked or @bound of @account
 * @contact: address and port of the binding; a contact may have bindings of several accounts
 * @of_contact: node in @bound of @contact; it is in that list while @is_bound is set
 * @key: address of record and host
 * @id: number of the binding in the table
 * @port: port of the contact, in host byte order
 * @proto: transport of the contact: IPPROTO_UDP or IPPROTO_TCP
 * @registrar: registrar that granted the binding; before a grant, the one that was asked
 * @shown: length of @aor, in bytes
 * @aor: beginning of the address of record, for /proc; it has no NUL at its end
 * @is_dead: the binding was taken out of the table
 * @is_bound: a registrar has granted the binding at least once
 * @is_asked: a request waits for its answer
 * @call_id: digest of Call-ID of the last request
 * @cseq: CSeq number of the last request
 * @branch: digest of the branch of the top Via of the last request
 * @flow: original tuple of the connection of the last request
 * @asked_of: address of the registrar that the last request went to (SECURITY M5)
 * @asked_s: life that the last request asks for, in seconds; 0: the request removes the binding
 * @expires: when the binding ends, sipalg_now() time
 * @tick: when the pinhole of the binding is next renewed, sipalg_now() time
 * @mapped: where the registrar sees the connection of a binding that has no pinhole
 * @pin: pinhole through which calls come in; NULL: the binding has none
 * @next_pin: pinhole that the waiting request has published; NULL: the request has none
 * @host: host that the binding is charged to; NULL: no host is charged
 * @rcu: frees the binding after a grace period, because walks over the table run under RCU
 */
struct sipalg_binding {
	struct sipalg_binding_account *account;
	struct list_head of_account;
	struct sipalg_binding_contact *contact;
	struct list_head of_contact;
	struct sipalg_binding_key key;
	u32 id;
	u16 port;
	u8 proto;
	struct sip_endpoint registrar;
	u8 shown;
	char aor[SIPALG_BINDING_AOR_SHOWN];
	bool is_dead;
	bool is_bound;
	bool is_asked;
	u64 call_id;
	u32 cseq;
	u64 branch;
	struct nf_conntrack_tuple flow;
	struct sip_addr asked_of;
	u32 asked_s;
	unsigned long expires;
	unsigned long tick;
	struct sip_endpoint mapped;
	struct sipalg_pinhole *pin;
	struct sipalg_pinhole *next_pin;
	struct sipalg_quota *host;
	struct rcu_head rcu;
};

/**
 * struct sipalg_binding_table - the bindings of a namespace
 * @accounts: accounts by address of record, host and zone
 * @contacts: contacts by address, port, zone and transport
 * @by_id: bindings by their numbers, so that /proc can resume after any of them
 * @last_id: number of the newest binding
 * @gc_next: number at which the next tick begins to look
 * @lock: guards the table and all its entries
 * @n: number of bindings; it is also read without the lock
 * @n_tcp: number of bindings with a contact over TCP; it is also read without the lock
 */
struct sipalg_binding_table {
	struct rhashtable accounts;
	struct rhashtable contacts;
	struct xarray by_id;
	u32 last_id;
	unsigned long gc_next;
	spinlock_t lock;
	u32 n;
	u32 n_tcp;
};

/**
 * sipalg_binding_key_of() - the account that a message is about
 * @reg: message
 *
 * Context: any; no lock is needed.
 * Return: key of the account.
 */
struct sipalg_binding_key sipalg_binding_key_of(const struct sipalg_binding_request *reg);

/**
 * sipalg_binding_is_of_request() - does a binding wait for the answer to this request?
 * @b: binding
 * @reg: request, or an answer to it
 *
 * Context: the lock of the table is held.
 * Return: true: Call-ID, CSeq and branch are those of the request that waits; false: they are not,
 * or no request waits.
 */
bool sipalg_binding_is_of_request(const struct sipalg_binding *b,
				  const struct sipalg_binding_request *reg);

/**
 * sipalg_binding_account_find() - look an account up
 * @table: table of bindings
 * @key: address of record and host
 *
 * Context: the lock of the table is held.
 * Return: the account, not referenced; NULL: there is none.
 */
struct sipalg_binding_account *sipalg_binding_account_find(struct sipalg_binding_table *table,
							   const struct sipalg_binding_key *key);

/**
 * sipalg_binding_account_put() - give back what counts in @n of an account
 * @table: table of bindings
 * @account: account; it is freed when nothing counts in its @n any more
 *
 * Context: the lock of the table is held.
 */
void sipalg_binding_account_put(struct sipalg_binding_table *table,
				struct sipalg_binding_account *account);

/**
 * sipalg_binding_find() - the binding of a contact that a message names
 * @reg: message
 * @port: port of the contact, in host byte order
 *
 * Context: the lock of the table is held.
 * Return: the binding, granted or not; NULL: there is none.
 */
struct sipalg_binding *sipalg_binding_find(const struct sipalg_binding_request *reg, u16 port);

/**
 * sipalg_binding_add() - a new binding, which no registrar has granted yet
 * @reg: request that names the contact
 * @port: port of the contact, in host byte order
 *
 * To ask costs nothing.  So where an account has asked for too many, the oldest binding that was
 * only asked for is removed; a granted one never is, nor one that the same request has asked for.
 *
 * Context: the lock of the table is held.
 * Return: the binding; -ENOSPC: over bindings_max or bindings_per_host, or the request names too
 * many contacts; -ENOMEM.
 */
struct sipalg_binding *sipalg_binding_add(const struct sipalg_binding_request *reg, u16 port);

/**
 * sipalg_binding_rm() - remove a binding
 * @sn: namespace
 * @b: binding; it is freed after a grace period
 *
 * Its pinholes close, and its host is no longer charged.
 *
 * Context: the lock of the table is held.
 */
void sipalg_binding_rm(struct sipalg_net *sn, struct sipalg_binding *b);

/**
 * sipalg_binding_list_bound() - a registrar has granted a binding, perhaps again
 * @b: binding; it becomes the newest one in @bound of its account and of its contact
 *
 * Context: the lock of the table is held.
 */
void sipalg_binding_list_bound(struct sipalg_binding *b);

/**
 * sipalg_binding_published() - what the contact says instead of the host's own address
 * @b: binding
 * @pin: pinhole that calls come in through; NULL: they come in over the connection
 *
 * Context: the lock of the table is held.
 * Return: published address and port.
 */
struct sip_endpoint sipalg_binding_published(const struct sipalg_binding *b,
					     const struct sipalg_pinhole *pin);

/**
 * sipalg_binding_close_way_in() - a binding uses a pinhole no longer
 * @sn: namespace
 * @b: binding, which does not have the pinhole as its @pin any more
 * @pin: pinhole; NULL: nothing is done
 *
 * A call that shares the pinhole keeps it, but then only the peer of that call may use it.
 *
 * Context: the lock of the table is held.
 */
void sipalg_binding_close_way_in(struct sipalg_net *sn, const struct sipalg_binding *b,
				 struct sipalg_pinhole *pin);

/**
 * sipalg_binding_trace() - tell the tracepoint about a binding
 * @b: binding
 * @life_s: life that was granted, in seconds; 0: the binding has ended
 *
 * Context: the lock of the table is held.
 */
void sipalg_binding_trace(const struct sipalg_binding *b, u32 life_s);

#endif /* _SIPALG_BINDING_INTERNAL_H */
