/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_header: the headers that are read, each on one line, and which of them a name is.
 *
 * All that the text core knows of a header is made from the two lists below: its number, its
 * names, its reader, the fault that is counted, and how its URIs are translated.  A header that
 * is not here is stepped over, and leaves byte for byte as it came.
 */
#ifndef _SIP_HEADER_H
#define _SIP_HEADER_H

#include <linux/types.h>

/*
 * X(NAME, name, letter, reader, LEFT, POSITION)
 *
 * @name is the name, and @letter its compact form (RFC 3261 7.3.3) in lower case, or 0.
 * sip_read_<reader>() reads the value.  LEFT is what is counted where the value cannot be read:
 * of SIP_LEFTS, or NONE.  POSITION says how a URI in it is translated: of enum sip_position.
 */

/* Headers whose values are read.  Those up to CSeq say which transaction and dialog it is. */
#define SIP_VALUE_HEADERS(X) \
	X(VIA,			"Via",			'v', via,	VIA,	  NONE) \
	X(FROM,			"From",			'f', from,	FROM,	  NONE) \
	X(TO,			"To",			't', to,	TO,	  NONE) \
	X(CALL_ID,		"Call-ID",		'i', call_id,	CALL_ID,  NONE) \
	X(CSEQ,			"CSeq",			0,   cseq,	CSEQ,	  NONE) \
	X(CONTENT_LENGTH,	"Content-Length",	'l', length,	LENGTH,	  NONE) \
	X(CONTENT_TYPE,		"Content-Type",		'c', type,	SDP_LINE, NONE) \
	X(CONTENT_ENCODING,	"Content-Encoding",	'e', encoding,	SDP_LINE, NONE) \
	X(TRANSFER_ENCODING,	"Content-Transfer-Encoding", 0, nothing, NONE,	  NONE) \
	X(EXPIRES,		"Expires",		0,   expires,	NUMBER,	  NONE) \
	X(SESSION_EXPIRES,	"Session-Expires",	'x', session,	NUMBER,	  NONE) \
	X(AUTHORIZATION,	"Authorization",	0,   credentials, NONE,	  NONE) \
	X(PROXY_AUTHORIZATION,	"Proxy-Authorization",	0,   credentials, NONE,	  NONE) \
	X(WWW_AUTHENTICATE,	"WWW-Authenticate",	0,   challenge,	NONE,	  NONE) \
	X(PROXY_AUTHENTICATE,	"Proxy-Authenticate",	0,   challenge,	NONE,	  NONE)

/* Headers whose URIs are kept for translation. */
#define SIP_URI_HEADERS(X) \
	X(CONTACT,		"Contact",		'm', contact,	CONTACT,  SENDER) \
	X(ROUTE,		"Route",		0,   uris,	ROUTE,	  ROUTE) \
	X(RECORD_ROUTE,		"Record-Route",		0,   uris,	ROUTE,	  EITHER) \
	X(PATH,			"Path",			0,   uris,	ROUTE,	  EITHER) \
	X(SERVICE_ROUTE,	"Service-Route",	0,   uris,	ROUTE,	  EITHER) \
	X(REFER_TO,		"Refer-To",		'r', uris,	REFER,	  EITHER) \
	X(REFERRED_BY,		"Referred-By",		'b', uris,	REFER,	  EITHER) \
	X(REPLY_TO,		"Reply-To",		0,   uris,	REFER,	  EITHER)

#define SIP_HEADERS(X) SIP_VALUE_HEADERS(X) SIP_URI_HEADERS(X)

/**
 * enum sip_header - the headers that are read
 * @SIP_HEADER_OTHER: a header that is not read
 * @SIP_HEADERS: a number for each line of the list
 * @SIP_HEADER_LAST: the highest number
 * @SIP_HEADER_IDENTITY: the last header that says which dialog a message belongs to
 */
enum sip_header {
	SIP_HEADER_OTHER,
#define X(NAME, name, letter, reader, LEFT, POSITION) SIP_HEADER_##NAME,
	SIP_HEADERS(X)
#undef X
	SIP_HEADER_COUNT,
	SIP_HEADER_LAST = SIP_HEADER_COUNT - 1,
	SIP_HEADER_IDENTITY = SIP_HEADER_CSEQ,
};

/**
 * enum sip_role - where in a message a URI stands
 * @SIP_ROLE_REQUEST: in the start line
 * @SIP_URI_HEADERS: in the header of that number
 */
enum sip_role {
	SIP_ROLE_REQUEST = SIP_HEADER_OTHER,
#define X(NAME, name, letter, reader, LEFT, POSITION) SIP_ROLE_##NAME = SIP_HEADER_##NAME,
	SIP_URI_HEADERS(X)
#undef X
	SIP_ROLE_COUNT
};

/**
 * enum sip_position - whose address a URI is; positions[] of sip_rewrite.c has what follows
 * @SIP_POSITION_NONE: the header has no URI that may change
 * @SIP_POSITION_TARGET: the Request-URI: the receiver
 * @SIP_POSITION_SENDER: the sender
 * @SIP_POSITION_ROUTE: a hop that the request has still before it
 * @SIP_POSITION_EITHER: the sender or the receiver
 * @SIP_POSITION_COUNT: number of positions
 */
enum sip_position {
	SIP_POSITION_NONE,
	SIP_POSITION_TARGET,
	SIP_POSITION_SENDER,
	SIP_POSITION_ROUTE,
	SIP_POSITION_EITHER,
	SIP_POSITION_COUNT
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

/**
 * sip_header_left() - what is counted where a header cannot be read
 * @header: any but SIP_HEADER_OTHER
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_left; SIP_LEFT_NONE where the header then says nothing, and nothing is counted.
 */
u8 sip_header_left(enum sip_header header);

#endif /* _SIP_HEADER_H */
