// SPDX-License-Identifier: GPL-2.0
/*
 * sip_header: which header a name is.  See sip_header.h.
 */
#include "sip_fault.h"
#include "sip_header.h"
#include "sip_slice.h"

/* RFC 3261 7.3.3 and 20, and the RFCs that each header comes from */
static enum sip_header header_of_letter(char ch)
{
#define X(NAME, name, letter, reader, LEFT, POSITION) \
	(letter) && (ch | 0x20) == (letter) ? SIP_HEADER_##NAME :
	return SIP_HEADERS(X) SIP_HEADER_OTHER;
#undef X
}

/* With @len a constant the compiler keeps no more than the few names of that length. */
static __always_inline enum sip_header header_of_length(const char *p, u32 len)
{
#define X(NAME, name, letter, reader, LEFT, POSITION) \
	len == sizeof(name) - 1 && sip_same(p, SIP_LIT(name)) ? SIP_HEADER_##NAME :
	return SIP_HEADERS(X) SIP_HEADER_OTHER;
#undef X
}

/* the lengths that names have; a name of another length is found, too, but not as fast */
#define LENGTHS(X) \
	X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) \
	X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25)

enum sip_header sip_header_of(const char *p, u32 len)
{
	switch (len) {
	default:
		return header_of_length(p, len);
	case 1:
		return header_of_letter(*p);
#define X(len) case len: return header_of_length(p, len);
	LENGTHS(X)
#undef X
	}
}

u8 sip_header_left(enum sip_header header)
{
	static const u8 lefts[] = {
#define X(NAME, name, letter, reader, LEFT, POSITION) [SIP_HEADER_##NAME] = SIP_LEFT_##LEFT,
		SIP_HEADERS(X)
#undef X
	};

	return lefts[header];
}
