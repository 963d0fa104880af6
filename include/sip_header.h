/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_header: which header a name is.
 */
#ifndef _SIP_HEADER_H
#define _SIP_HEADER_H

#include <linux/types.h>

/* the headers that are read; in this order those up to SIP_HEADER_IDENTITY say what it is about */
enum sip_header {
	SIP_HEADER_OTHER,
	SIP_HEADER_VIA,
	SIP_HEADER_FROM,
	SIP_HEADER_TO,
	SIP_HEADER_CALL_ID,
	SIP_HEADER_CSEQ,
	SIP_HEADER_IDENTITY = SIP_HEADER_CSEQ,	/* up to here: which transaction and dialog it is */
	SIP_HEADER_CONTACT,
	SIP_HEADER_CONTENT_LENGTH,
	SIP_HEADER_CONTENT_TYPE,
	SIP_HEADER_CONTENT_ENCODING,
	SIP_HEADER_EXPIRES,
	SIP_HEADER_SESSION_EXPIRES,
	SIP_HEADER_ROUTE,
	SIP_HEADER_RECORD_ROUTE,
	SIP_HEADER_PATH,
	SIP_HEADER_SERVICE_ROUTE,
	SIP_HEADER_REFER_TO,
	SIP_HEADER_REFERRED_BY,
	SIP_HEADER_REPLY_TO,
	SIP_HEADER_CREDENTIALS,
	SIP_HEADER_CHALLENGE,
	SIP_HEADER_LAST = SIP_HEADER_CHALLENGE,
};

/**
 * sip_header_of() - which header a name is
 * @p: the name
 * @len: its bytes; may be 0
 *
 * RFC 3261 7.3.1: names are equal in any case, and 7.3.3: some have a compact form.
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_header; SIP_HEADER_OTHER also for what is no name of a header.
 */
enum sip_header sip_header_of(const char *p, u32 len);

#endif /* _SIP_HEADER_H */
