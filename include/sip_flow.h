/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_flow: the addresses of a packet's connection, as each side sees them, and what was
 * published over it.
 */
#ifndef _SIP_FLOW_H
#define _SIP_FLOW_H

#include <linux/types.h>
#include "sip_addr.h"

/*
 * How a sender wrote its own address.  The last request of a flow its top Via: a
 * response must give it back exactly (RFC 3261 18.1.2: the client compares it).
 */
enum sip_via_form {
	SIP_VIA_UNSEEN,		/* no request yet: what equals the mapping is given back */
	SIP_VIA_FOREIGN,	/* not the sender's address: a NAT-aware client, or a name */
	SIP_VIA_NO_PORT,	/* host alone */
	SIP_VIA_PORT,		/* host and port */
};

struct sip_via_memo {
	u8 form;
	u16 port;
};

/**
 * struct sip_ends - the addresses of a packet's connection
 * @at: of both parties, as each side sees them
 *
 * Where a message has more URIs than are kept, those that name one of these are kept.
 */
struct sip_ends {
	struct sip_endpoint at[4];
};

/**
 * struct sip_flow - what the packet's connection says about addresses
 * @self: the sender as it sees itself
 * @self_mapped: the sender as the receiver's side sees it
 * @peer: the receiver as the sender's side sees it
 * @peer_real: the receiver as it sees itself
 * @ends: these four
 * @memo: how the receiver's last request on this flow wrote its Via (used for responses)
 * @is_published: @peer was published as an address of @peer_real, in a Contact
 * @is_registered: in one that was registered: requests for any user may come there
 * @user: else sip_user_hash() of the Contact that was published last
 * @contact: how that was written, where it had no port, or one that is not the connection's
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
