/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_flow: the addresses of the connection of a packet, as each side sees them, and what was
 * published over this connection.
 */
#ifndef _SIP_FLOW_H
#define _SIP_FLOW_H

#include <linux/types.h>
#include "sip_addr.h"

/**
 * enum sip_via_form - how a sender wrote its own address in a Via or a Contact
 * @SIP_VIA_UNSEEN: no request was seen yet: an address that equals the mapping is led back
 * @SIP_VIA_FOREIGN: not the address of the sender: a NAT-aware client, or a name
 * @SIP_VIA_NO_PORT: the host without a port
 * @SIP_VIA_PORT: the host and a port
 *
 * A response must have the top Via of its request exactly as the sender wrote it, because the
 * client compares it (RFC 3261 18.1.2).
 */
enum sip_via_form {
	SIP_VIA_UNSEEN,
	SIP_VIA_FOREIGN,
	SIP_VIA_NO_PORT,
	SIP_VIA_PORT,
};

/**
 * struct sip_via_memo - how a sender wrote its own address, as it is kept with the connection
 * @form: an enum sip_via_form
 * @port: the port that is meant, in host byte order; 0 where @form names no address of the sender
 */
struct sip_via_memo {
	u8 form;
	u16 port;
};

/**
 * struct sip_ends - the four endpoints of the connection of a packet
 * @at: both parties, each as its own side and as the other side sees it
 *
 * Where a message has more URIs than the parser keeps, it keeps those that name one of these
 * endpoints.
 */
struct sip_ends {
	struct sip_endpoint at[4];
};

/**
 * struct sip_flow - what the connection of a packet says about addresses
 * @self: the sender as it sees itself
 * @self_mapped: the sender as the receiver's side sees it
 * @peer: the receiver as the sender's side sees it
 * @peer_real: the receiver as it sees itself
 * @ends: @self, @self_mapped, @peer and @peer_real as an array
 * @memo: how the last request of the receiver on this connection wrote its Via; used for responses
 * @is_published: whether a Contact has published @peer as an address of @peer_real
 * @is_registered: whether this Contact was registered: requests for any user may come there
 * @user: sip_user_hash() of the Contact that was published last; used where @is_registered is false
 * @contact: how the Contact that was published last was written; its form is not SIP_VIA_UNSEEN
 *	only where it had no port, or another port than the connection
 */
struct sip_flow {
	union {
		struct {
			struct sip_endpoint self;
			struct sip_endpoint self_mapped;
			struct sip_endpoint peer;
			struct sip_endpoint peer_real;
		};
		struct sip_ends ends;
	};
	struct sip_via_memo memo;
	bool is_published;
	bool is_registered;
	u8 user;
	struct sip_via_memo contact;
};

#endif /* _SIP_FLOW_H */
