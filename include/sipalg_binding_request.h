/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_binding_request: what a REGISTER and its answer do to bindings.
 *
 * A REGISTER asks for a binding: its port is reserved.  The registrar's 2xx grants it: now its
 * pinhole lets calls in for the granted time, and the connection that registered lives as long.  A
 * refresh that is challenged, lost or refused changes nothing before the old time is over.
 */
#ifndef _SIPALG_BINDING_REQUEST_H
#define _SIPALG_BINDING_REQUEST_H

#include <linux/types.h>

#include "sip_addr.h"

struct nf_conn;
struct sipalg_net;

/**
 * struct sipalg_binding_request - what a REGISTER, or an answer to it, says
 * @sn: namespace
 * @ct: connection of the message
 * @aor: digest of the URI of To, the address of record (RFC 3261 10.2)
 * @aor_text: URI of To, for /proc; it has no NUL at its end
 * @aor_len: length of @aor_text, in bytes
 * @call_id: digest of Call-ID
 * @cseq: CSeq number
 * @branch: digest of the branch of the top Via
 * @self: address and port of the phone, as the phone sees itself
 * @mapped: address and port of the phone, as the registrar sees it
 * @registrar: address and port of the registrar, as the phone sees it
 * @answer_port: port that the answer to a request comes to (RFC 3261 18.2.2), in host byte order;
 *	an answer does not set it
 * @proto: transport that reaches the contact: IPPROTO_UDP or IPPROTO_TCP; where @ct has the other
 *	one, the ports of @self and @mapped are 0
 * @on_flow: calls come in over @ct itself (RFC 5626), so there is no pinhole
 * @callers: addresses that may call in beside the registrar, as an answer names them; they matter
 *	where signalling_source limits the callers
 * @n_callers: number of addresses in @callers
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

/**
 * struct sipalg_grant - one contact in a registrar's answer
 * @contact: address and port, as the registrar wrote them
 * @expires_s: granted life, in seconds; 0: the registrar has removed the contact
 */
struct sipalg_grant {
	struct sip_endpoint contact;
	u32 expires_s;
};

/**
 * sipalg_binding_ask() - a REGISTER asks for a contact
 * @reg: request
 * @port: port of the contact at the address of @reg->self, in host byte order
 * @asked_s: life that the request asks for, in seconds; 0: the request removes the contact
 *
 * Where no pinhole can be opened for the connection's own port, calls come in over the connection
 * alone.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: 0; -ENOSPC: over bindings_max, bindings_per_host or a
 * limit of pinholes, or the request names too many contacts; -EADDRINUSE: no port is free; -ENOMEM.
 */
int sipalg_binding_ask(const struct sipalg_binding_request *reg, u16 port, u32 asked_s);

/**
 * sipalg_binding_ask_none() - a REGISTER removes all contacts with "Contact: *"
 * @reg: request; all contacts of its address of record at this host are to be removed
 *
 * RFC 3261 10.2.2.
 *
 * Context: softirq or BH, under rcu_read_lock().
 */
void sipalg_binding_ask_none(const struct sipalg_binding_request *reg);

/**
 * sipalg_binding_grant() - a registrar's 2xx grants what a REGISTER has asked for
 * @reg: answer, as the phone will see it
 * @grants: contacts of the answer, not translated yet
 * @n: number of contacts in @grants
 * @default_s: life of a contact that @grants does not name, in seconds; 0: it is removed
 *
 * RFC 3261 10.2.4, 10.3: what was asked for with this Call-ID, CSeq and branch is granted, if the
 * answer comes on the connection of the request or from the registrar that the request went to; the
 * rest of the answer is about other bindings.  A binding lives for the granted time and
 * SIPALG_BINDING_GRACE_S, within register_min and register_max.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: seconds for which the connection is needed; 0: no binding was granted.
 */
u32 sipalg_binding_grant(const struct sipalg_binding_request *reg,
			 const struct sipalg_grant *grants, u32 n, u32 default_s);

#endif /* _SIPALG_BINDING_REQUEST_H */
