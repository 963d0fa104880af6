/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_contact: over which protocol a Contact is reached, and where it is published then.
 *
 * A phone that is registered over UDP may send a large request over TCP (RFC 3261 18.1.1), and
 * its Contact still names the port on which it listens for UDP.  What is opened for such a Contact
 * and what is written into it are asked of the same functions.
 */
#ifndef _SIPALG_CONTACT_H
#define _SIPALG_CONTACT_H

#include "sip_parse.h"

struct sip_endpoint;
struct sipalg_pinhole_key;
struct sipalg_ctx;

/**
 * sipalg_contact_proto() - the protocol by which the sender is reached at a Contact
 * @ctx: parsed
 * @uri: a Contact of the sender's own address
 *
 * What its transport parameter says (RFC 3261 19.1.1); else that of its registration; else the
 * connection's, as for a registration itself.
 *
 * Context: softirq or BH, under rcu_read_lock(), as for all here.
 * Return: IPPROTO_UDP or IPPROTO_TCP.
 */
u8 sipalg_contact_proto(const struct sipalg_ctx *ctx, const struct sip_uri *uri);

/**
 * sipalg_contact_is_elsewhere() - whether a Contact is not published as what the connection is
 * @ctx: parsed; what the message opens is open
 * @uri: any URI of the message
 * @at: out, if so: where it is published
 *
 * Return: true for a Contact of the sender's own address that is reached over the other protocol,
 * and is published for it.
 */
bool sipalg_contact_is_elsewhere(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
				 struct sip_endpoint *at);

/**
 * sipalg_contact_back() - what a published address of the receiver's stands for
 * @ctx: parsed
 * @uri: a URI of the message
 * @real: out: the receiver's own address and port
 *
 * One that is not the connection's, of a binding or of a call, and of either protocol: who has
 * the phone's connection may use it for what is to come over another.
 *
 * Return: whether there is such.
 */
bool sipalg_contact_back(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
			 struct sip_endpoint *real);

/* RFC 3261 18.2.2: where an answer without rport goes to; a sent-by without port means 5060 */
static inline u16 sipalg_via_port(const struct sip_via *via)
{
	return via->by.port.len ? via->by.num : SIP_PORT_DEFAULT;
}

/* The key of the pinhole, or binding, of a port of the message's sender. */
struct sipalg_pinhole_key sipalg_contact_key(const struct sipalg_ctx *ctx, u16 port, u8 proto);

#endif /* _SIPALG_CONTACT_H */
