/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_contact: the protocol over which a Contact is reached, and the address as which it is
 * published.
 *
 * A phone that is registered over UDP may send a large request over TCP (RFC 3261 18.1.1), and
 * its Contact still names the port on which it listens for UDP.  The code that opens pinholes for
 * a Contact and the code that writes into it both ask these functions, so they agree.
 */
#ifndef _SIPALG_CONTACT_H
#define _SIPALG_CONTACT_H

#include "sip_parse.h"

struct sip_endpoint;
struct sipalg_pinhole_key;
struct sipalg_ctx;

/**
 * sipalg_contact_proto() - tell the protocol over which the sender is reached at a Contact
 * @ctx: context of a message that was read
 * @uri: a Contact with the own address of the sender
 *
 * The transport parameter of the Contact names the protocol (RFC 3261 19.1.1).  A Contact without
 * this parameter has the protocol of its registration.  A Contact that is not registered has the
 * protocol of the connection, and so has a Contact in a REGISTER.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: IPPROTO_UDP or IPPROTO_TCP.
 */
u8 sipalg_contact_proto(const struct sipalg_ctx *ctx, const struct sip_uri *uri);

/**
 * sipalg_contact_is_elsewhere() - ask whether a Contact is published at another place than the
 *	connection
 * @ctx: context of a message that was read; the pinholes that it opens are open
 * @uri: any URI of the message
 * @at: out, where true is returned: mapped address and port of the Contact
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true for a Contact with the own address of the sender that is reached over the other
 * protocol, and that a pinhole or binding of this protocol publishes.
 */
bool sipalg_contact_is_elsewhere(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
				 struct sip_endpoint *at);

/**
 * sipalg_contact_back() - find the receiver's own address by a published address
 * @ctx: context of a message that was read
 * @uri: a URI of the message
 * @real: out, where true is returned: the own address and port of the receiver
 *
 * The published address belongs to a binding or a call of the receiver, of either protocol, and
 * not to the connection of the message: a proxy that has a connection to the phone may send over
 * it a request for an address that the phone has published on another connection.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where a binding or pinhole of the receiver has the address of @uri.
 */
bool sipalg_contact_back(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
			 struct sip_endpoint *real);

/**
 * sipalg_via_port() - tell the port to which a response goes without rport (RFC 3261 18.2.2)
 * @via: the top Via
 *
 * Context: any.
 * Return: the port of sent-by, in host byte order; 5060 where sent-by has no port.
 */
static inline u16 sipalg_via_port(const struct sip_via *via)
{
	return via->by.port.len ? via->by.num : SIP_PORT_DEFAULT;
}

/**
 * sipalg_contact_key() - make the key of the pinhole or binding for a port of the sender
 * @ctx: context of a message
 * @port: port of the sender, in host byte order
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 *
 * Context: any.
 * Return: a key with the own address of the sender and the zone of its connection.
 */
struct sipalg_pinhole_key sipalg_contact_key(const struct sipalg_ctx *ctx, u16 port, u8 proto);

#endif /* _SIPALG_CONTACT_H */
