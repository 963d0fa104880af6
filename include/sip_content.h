/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_content: the type of a body, or of one part of it.
 */
#ifndef _SIP_CONTENT_H
#define _SIP_CONTENT_H

#include <linux/types.h>
#include "sip_slice.h"

struct sip_cursor;

/**
 * enum sip_content - what the bytes of a body are
 * @SIP_CONTENT_UNKNOWN: the header does not say
 * @SIP_CONTENT_OTHER: a type that is not read
 * @SIP_CONTENT_SDP: a session description
 * @SIP_CONTENT_MULTIPART: mixed, alternative or related: its parts may be changed
 */
enum sip_content {
	SIP_CONTENT_UNKNOWN,
	SIP_CONTENT_OTHER,
	SIP_CONTENT_SDP,
	SIP_CONTENT_MULTIPART,
};

/**
 * sip_content_type() - read a Content-Type (RFC 3261 20.15), of a message or of a part
 * @text: the message
 * @c: stands at the type; afterwards anywhere in the value
 * @boundary: out: of SIP_CONTENT_MULTIPART, its boundary; else empty
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_content.
 */
u8 sip_content_type(const struct sip_text *text, struct sip_cursor *c, struct sip_slice *boundary);

#endif /* _SIP_CONTENT_H */
