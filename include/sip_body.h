/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_body: the session descriptions of a message, wherever they stand in its body.
 *
 * A body is one description, or a multipart that holds descriptions among other
 * things (RFC 5621), nested as deep as SIP_MAX_NESTING.  Parts that are encoded,
 * and multiparts that are signed or encrypted, are read as one opaque piece: no
 * byte of them may change.
 */
#ifndef _SIP_BODY_H
#define _SIP_BODY_H

#include <linux/types.h>
#include "sdp_rewrite.h"
#include "sip_edit.h"
#include "sip_limits.h"
#include "sip_parse.h"
#include "sip_slice.h"

/* sip_part.parent: the message itself */
#define SIP_PART_MESSAGE	U8_MAX

/**
 * struct sip_part - one part, or the whole body
 * @body: its content
 * @length: the digits of a Content-Length of its own that says what @body has; else empty
 * @parent: index of the part around it, or SIP_PART_MESSAGE
 * @is_sdp: it is a session description that may be read
 */
struct sip_part {
	struct sip_slice body;
	struct sip_slice length;
	u8 parent;
	bool is_sdp;
};

/**
 * struct sip_parts - the parts of a body, each after the one around it
 * @n: used entries of @part
 * @is_over: there are more, which are passed as they are
 * @part: the parts
 */
struct sip_parts {
	u8 n;
	bool is_over;
	struct sip_part part[SIP_MAX_PARTS];
};

/**
 * struct sip_description - one session description of a message
 * @part: the part that it is
 * @sdp: what it says
 * @plan: what the caller wants it to say instead
 */
struct sip_description {
	u8 part;
	struct sdp sdp;
	struct sdp_plan plan;
};

/**
 * struct sip_body - the descriptions of a message
 * @n: used entries of @desc
 * @n_over: descriptions over SDP_MAX_DESCRIPTIONS, at most 255, which are passed as they are
 * @desc: the descriptions
 * @parts: all parts
 */
struct sip_body {
	u8 n;
	u8 n_over;
	struct sip_description desc[SDP_MAX_DESCRIPTIONS];
	struct sip_parts parts;
};

/**
 * sip_body_parts() - find the parts of a body
 * @text: the message
 * @msg: its parsed form, the body included
 * @parts: the result
 *
 * RFC 2046 5.1: a part ends before the line that begins with "--" and a boundary that is
 * open, its own multipart's or an outer one's; the line end before that belongs to the
 * boundary.  What stands before the first part and after the last belongs to no part.  A
 * multipart whose last boundary is missing ends with its body.
 *
 * A body without a Content-Type is a description if it begins with a version line (RFC 8866 5.1).
 * No other body begins with that line.
 *
 * Context: any; no lock, no allocation.
 */
void sip_body_parts(const struct sip_text *text, const struct sip_msg *msg,
		    struct sip_parts *parts);

/**
 * sip_body_read() - read all descriptions of a message
 * @text: the message
 * @msg: its parsed form, the body included
 * @body: the result; every plan says that nothing changes
 *
 * A body that has neither a version nor a section is no description, whatever its type says.
 * What cannot be read, or is over a limit, is left as it is: see @msg->left.
 */
void sip_body_read(const struct sip_text *text, struct sip_msg *msg, struct sip_body *body);

/**
 * sip_body_plan() - add the edits of all descriptions, and of every length around them
 * @edits: where to; the caller takes a mark and rolls back on error
 * @text: the message
 * @base: offset of the message in the packet's payload
 * @msg: its parsed form
 * @body: what sip_body_read() found, with the caller's plans
 *
 * Return: 0, or the error of sip_edit_add().
 */
int sip_body_plan(struct sip_edits *edits, const struct sip_text *text, u32 base,
		  const struct sip_msg *msg, const struct sip_body *body);

#endif /* _SIP_BODY_H */
