/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_limits: every bound of the text core, named, in one place.
 */
#ifndef _SIP_LIMITS_H
#define _SIP_LIMITS_H

enum {
	SIP_MAX_MESSAGE		= 65535, /* bytes: an IP packet holds no more */
	SIP_MAX_LINE		= 8192,	/* bytes of a start line */
	SIP_MAX_HEADER		= 8192,	/* bytes of a header with its folded lines; strict=1 */
	SIP_MAX_HEADERS		= 128,	/* strict=1 */
	SIP_MAX_VIAS		= 70,	/* RFC 3261 8.1.1.6: Max-Forwards starts at 70; strict=1 */
	SIP_MAX_VALUES		= 32,	/* kept values of Contact, and of each route header */
	SIP_MAX_URIS		= 64,	/* URIs that are kept for translation */
	SIP_MAX_EDITS		= 256,	/* edits of one packet */
	SIP_MAX_GROWTH		= 8192,	/* bytes that translation may add to a packet */
	SIP_MAX_EDIT_TEXT	= 8192,	/* bytes of new text of all edits of a packet */
	SIP_MAX_PARTS		= 16,	/* parts of a body, those inside of others too */
	SIP_MAX_NESTING		= 4,	/* multiparts in each other; deeper ones stay */
	SDP_MAX_DESCRIPTIONS	= 4,	/* descriptions in one message; more stay */
	SDP_MAX_MEDIA		= 16,	/* open sections of a description that are read */
	SDP_MAX_INDEX		= 63,	/* m= lines of a description that are told apart */
	SDP_MAX_PAIRS		= 4,	/* port pairs of one section, m=audio 4000/4 */
	SIP_MAX_CONTENT_LENGTH	= 65535,
	SIP_MAX_IDENTITY	= 4096,	/* bytes in which a message must say what it belongs to */
};

#endif /* _SIP_LIMITS_H */
