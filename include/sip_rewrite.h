/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_rewrite: which addresses of a message's header section change, and into what.
 *
 * One rule: a host:port is translated only where it equals an address that the
 * sender of the packet really has, or one that was published for its receiver,
 * and only in the positions of the table in sip_rewrite.c.  Everything else
 * stays byte for byte.
 *
 * Deciding and planning are apart, so that the caller can overrule a decision
 * (a Contact whose port has a pinhole of its own) before anything is planned.
 */
#ifndef _SIP_REWRITE_H
#define _SIP_REWRITE_H

#include <linux/types.h>
#include "sip_addr.h"
#include "sip_edit.h"
#include "sip_parse.h"

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

/* what happens to a host:port */
enum sip_change {
	SIP_KEEP,
	SIP_SET,	/* address and port; an absent port is added if it is not the default */
	SIP_SET_ADDR,	/* the address; the port stays as it is written */
	SIP_SET_BARE,	/* the address; a port is removed */
	SIP_SET_MADDR,	/* of a URI: the address of its maddr parameter alone */
};

/* what a host:port shall become */
struct sip_target {
	u8 change;
	struct sip_endpoint to;
};

/**
 * struct sip_header_plan - all that shall change in a header section
 * @via: sent-by of the top Via
 * @via_maddr: its maddr
 * @received: its received and rport parameters
 * @uri: one for each URI of the message
 */
struct sip_header_plan {
	struct sip_target via;
	struct sip_target via_maddr;
	struct sip_target received;
	struct sip_target uri[SIP_MAX_URIS];
};

/**
 * sip_user_hash() - stands for the user of a URI
 * @text: the message
 * @uri: a sip: or sips: URI
 *
 * RFC 3261 19.1.4: users are equal where they are with their escapes decoded; stacks that
 * read a URI and write it again escape other characters than it had, in either case of
 * letters.  Case counts, but in escapes.
 *
 * Return: the same for equal users.  Of others one in 256 has it too.
 */
u8 sip_user_hash(const struct sip_text *text, const struct sip_uri *uri);

/**
 * sip_via_form() - how a request writes its own Via
 * @msg: a parsed request
 * @flow: the flow that it came on
 *
 * Return: what is to be remembered for the responses to it.
 */
struct sip_via_memo sip_via_form(const struct sip_msg *msg, const struct sip_flow *flow);

/**
 * sip_header_decide() - what the flow alone says about each position
 * @text: the message
 * @msg: its parsed form
 * @flow: the flow that it came on
 * @plan: the result, one decision for each position; no text is touched
 */
void sip_header_decide(const struct sip_text *text, const struct sip_msg *msg,
		       const struct sip_flow *flow, struct sip_header_plan *plan);

/**
 * sip_header_plan() - add the edits of a plan
 * @edits: where to; the caller takes a mark and rolls back on error
 * @text: the message
 * @base: offset of the message in the packet's payload
 * @msg: its parsed form
 * @plan: what shall change
 *
 * Return: 0, or the error of sip_edit_add().
 */
int sip_header_plan(struct sip_edits *edits, const struct sip_text *text, u32 base,
		    const struct sip_msg *msg, const struct sip_header_plan *plan);

/**
 * sip_length_plan() - make Content-Length exact again
 * @edits: with all edits of the message's body in it
 * @base: offset of the message in the packet's payload
 * @msg: its parsed form
 * @delta: bytes that the body grows by
 *
 * A message without Content-Length gets none (RFC 3261 18.3).
 *
 * Return: 0, or the error of sip_edit_add().
 */
int sip_length_plan(struct sip_edits *edits, u32 base, const struct sip_msg *msg, s32 delta);

#endif /* _SIP_REWRITE_H */
