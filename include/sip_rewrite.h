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
#include "sip_flow.h"
#include "sip_parse.h"

/**
 * enum sip_change - what happens to a host:port
 * @SIP_KEEP: it stays as it is written
 * @SIP_SET: address and port change; an absent port is added if it is not the default
 * @SIP_SET_ADDR: the address changes; the port stays as it is written
 * @SIP_SET_BARE: the address changes; a port is removed
 * @SIP_SET_MADDR: of a URI, the address of its maddr parameter alone changes
 */
enum sip_change {
	SIP_KEEP,
	SIP_SET,
	SIP_SET_ADDR,
	SIP_SET_BARE,
	SIP_SET_MADDR,
};

/**
 * struct sip_target - what a host:port shall become
 * @change: enum sip_change
 * @to: the new address, and the new port in host byte order; not used with SIP_KEEP
 */
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
 * RFC 3261 19.1.4: users are compared after their escapes are decoded, for a stack that reads a URI
 * and writes it again may escape other characters.  Case matters, except in escapes.
 *
 * Return: equal numbers for equal users; one of 256 different users has the same number.
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
 * sip_header_plan_edits() - add the edits of a plan
 * @edits: where to; the caller takes a mark and rolls back on error
 * @text: the message
 * @base: offset of the message in the packet's payload
 * @msg: its parsed form
 * @plan: what shall change
 *
 * Return: 0, or the error of sip_edit_add().
 */
int sip_header_plan_edits(struct sip_edits *edits, const struct sip_text *text, u32 base,
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
