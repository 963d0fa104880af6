/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_binding: registered contacts, and the way in that each keeps open.
 *
 * A REGISTER asks for a binding: its port is reserved.  The registrar's 2xx grants
 * it: now its pinhole lets calls in for the granted time, and the connection that
 * registered lives as long.  A refresh that is challenged, lost or refused
 * changes nothing before the old time is over.
 *
 * Registrations are rare beside other messages, so one lock a namespace guards them all.
 */
#ifndef _SIPALG_BINDING_H
#define _SIPALG_BINDING_H

#include "sipalg_pinhole.h"

struct seq_operations;

enum {
	SIPALG_BINDING_AOR_SHOWN	= 64,	/* bytes of an address of record in /proc */
	SIPALG_BINDING_TICK_S	= 10,	/* how often a binding's pinhole is looked after */
	/* 64*T1: what is added to the granted time, and how long a request may wait */
	SIPALG_BINDING_GRACE_S	= 32,
};

/**
 * struct sipalg_binding_request - what a REGISTER, or its answer, says
 * @sn: namespace
 * @ct: its connection
 * @aor: digest of the URI of To (RFC 3261 10.2)
 * @aor_text: the same for display
 * @aor_len: its bytes
 * @call_id: digest of Call-ID
 * @cseq: CSeq number
 * @branch: digest of the top Via's branch
 * @self: the phone as it sees itself
 * @mapped: the phone as the registrar sees it
 * @registrar: the registrar as the phone sees it
 * @answer_port: of a request, the port that its answer comes to (RFC 3261 18.2.2)
 * @proto: what the contact is reached by, IPPROTO_UDP or IPPROTO_TCP; where that is not @ct's
 *	own, the ports of @self and @mapped are 0
 * @on_flow: calls come in over @ct itself (RFC 5626): no pinhole
 * @callers: of an answer, who may call in beside the registrar, where that is asked
 * @n_callers: how many
 */
struct sipalg_binding_request {
	struct sipalg_net *sn;
	struct nf_conn *ct;
	u64 aor;
	const char *aor_text;
	u32 aor_len;
	u64 call_id;
	u32 cseq;
	u64 branch;
	struct sip_endpoint self;
	struct sip_endpoint mapped;
	struct sip_endpoint registrar;
	u16 answer_port;
	u8 proto;
	bool on_flow;
	const struct sip_addr *callers;
	u32 n_callers;
};

/* one contact in an answer: as the registrar wrote it, and for how long */
struct sipalg_grant {
	struct sip_endpoint contact;
	u32 expires_s;
};

int sipalg_binding_setup(struct sipalg_net *sn);
void sipalg_binding_teardown(struct sipalg_net *sn);
int sipalg_binding_module_init(void);
void sipalg_binding_module_exit(void);

/**
 * sipalg_binding_ask() - a contact of a REGISTER
 * @reg: the request
 * @port: the contact's port at reg->self.addr
 * @asked_s: the time that it asks for; 0: it is to be removed
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Where no pinhole is to be had for the connection's own port, calls come in over the connection
 * alone.
 *
 * Return: the port to publish instead of @port; -ENOSPC over bindings_max, bindings_per_host or
 * a pinhole limit, -EADDRINUSE, -ENOMEM.
 */
int sipalg_binding_ask(const struct sipalg_binding_request *reg, u16 port, u32 asked_s);

/**
 * sipalg_binding_ask_none() - "Contact: *": all contacts of the address of record are to be removed
 * @reg: the request
 */
void sipalg_binding_ask_none(const struct sipalg_binding_request *reg);

/**
 * sipalg_binding_grant() - the registrar's 2xx
 * @reg: the answer, as the phone will see it
 * @grants: its contacts, not translated yet
 * @n: how many
 * @default_s: for a contact that is not among them
 *
 * RFC 3261 10.2.4, 10.3: what was asked for with this Call-ID, CSeq and branch is
 * granted, if the answer comes on the connection of the request or from the
 * registrar that it went to; the rest of the answer is about others.  Lives are the
 * granted time and SIPALG_BINDING_GRACE_S, within register_min and register_max.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: seconds for which the connection is needed; 0: none was granted.
 */
u32 sipalg_binding_grant(const struct sipalg_binding_request *reg,
			 const struct sipalg_grant *grants, u32 n, u32 default_s);

/**
 * sipalg_binding_of() - where a contact is registered, and published
 * @sn: namespace
 * @contact: the host's own address and port, as it named them
 * @mapped: out, if it is; NULL: not asked
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: whether it is.
 */
bool sipalg_binding_of(struct sipalg_net *sn, const struct sipalg_pinhole_key *contact,
		       struct sip_endpoint *mapped);

/**
 * sipalg_binding_gc() - end the bindings whose time is over
 * @sn: namespace
 *
 * Context: process context.
 * Return: whether there is a binding left.
 */
bool sipalg_binding_gc(struct sipalg_net *sn);

extern const struct seq_operations sipalg_binding_seq_ops;

/* size of the private state of sipalg_binding_seq_ops */
size_t sipalg_binding_seq_size(void);

#endif /* _SIPALG_BINDING_H */
