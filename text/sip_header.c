// SPDX-License-Identifier: GPL-2.0
/*
 * sip_header: which header a name is.  See sip_header.h.
 */
#include "sip_header.h"
#include "sip_slice.h"

/* RFC 3261 7.3.3 and 20, and the RFCs that each comes from */
static enum sip_header short_header(char letter)
{
	switch (letter | 0x20) {
	case 'b':
		return SIP_HEADER_REFERRED_BY;
	case 'c':
		return SIP_HEADER_CONTENT_TYPE;
	case 'e':
		return SIP_HEADER_CONTENT_ENCODING;
	case 'f':
		return SIP_HEADER_FROM;
	case 'i':
		return SIP_HEADER_CALL_ID;
	case 'l':
		return SIP_HEADER_CONTENT_LENGTH;
	case 'm':
		return SIP_HEADER_CONTACT;
	case 'r':
		return SIP_HEADER_REFER_TO;
	case 't':
		return SIP_HEADER_TO;
	case 'v':
		return SIP_HEADER_VIA;
	case 'x':
		return SIP_HEADER_SESSION_EXPIRES;
	default:
		return SIP_HEADER_OTHER;
	}
}

#define NAME_IS(lit)	sip_same(p, SIP_LIT(lit))

/* By length, and then the few names of that length. */
enum sip_header sip_header_of(const char *p, u32 len)
{
	switch (len) {
	case 1:
		return short_header(*p);
	case 2:
		return NAME_IS("To") ? SIP_HEADER_TO : SIP_HEADER_OTHER;
	case 3:
		return NAME_IS("Via") ? SIP_HEADER_VIA : SIP_HEADER_OTHER;
	case 4:
		return NAME_IS("From") ? SIP_HEADER_FROM :
		       NAME_IS("CSeq") ? SIP_HEADER_CSEQ :
		       NAME_IS("Path") ? SIP_HEADER_PATH : SIP_HEADER_OTHER;
	case 5:
		return NAME_IS("Route") ? SIP_HEADER_ROUTE : SIP_HEADER_OTHER;
	case 7:
		return NAME_IS("Call-ID") ? SIP_HEADER_CALL_ID :
		       NAME_IS("Contact") ? SIP_HEADER_CONTACT :
		       NAME_IS("Expires") ? SIP_HEADER_EXPIRES : SIP_HEADER_OTHER;
	case 8:
		return NAME_IS("Refer-To") ? SIP_HEADER_REFER_TO :
		       NAME_IS("Reply-To") ? SIP_HEADER_REPLY_TO : SIP_HEADER_OTHER;
	case 11:
		return NAME_IS("Referred-By") ? SIP_HEADER_REFERRED_BY : SIP_HEADER_OTHER;
	case 12:
		return NAME_IS("Content-Type") ? SIP_HEADER_CONTENT_TYPE :
		       NAME_IS("Record-Route") ? SIP_HEADER_RECORD_ROUTE : SIP_HEADER_OTHER;
	case 13:
		return NAME_IS("Authorization") ? SIP_HEADER_CREDENTIALS :
		       NAME_IS("Service-Route") ? SIP_HEADER_SERVICE_ROUTE : SIP_HEADER_OTHER;
	case 14:
		return NAME_IS("Content-Length") ? SIP_HEADER_CONTENT_LENGTH : SIP_HEADER_OTHER;
	case 15:
		return NAME_IS("Session-Expires") ? SIP_HEADER_SESSION_EXPIRES : SIP_HEADER_OTHER;
	case 16:
		return NAME_IS("Content-Encoding") ? SIP_HEADER_CONTENT_ENCODING :
		       NAME_IS("WWW-Authenticate") ? SIP_HEADER_CHALLENGE : SIP_HEADER_OTHER;
	case 18:
		return NAME_IS("Proxy-Authenticate") ? SIP_HEADER_CHALLENGE : SIP_HEADER_OTHER;
	case 19:
		return NAME_IS("Proxy-Authorization") ? SIP_HEADER_CREDENTIALS : SIP_HEADER_OTHER;
	default:
		return SIP_HEADER_OTHER;
	}
}

#undef NAME_IS
