/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_fault: what can be wrong with a message, and which parts of a message can stay unchanged.
 *
 * Counters, tracepoints and the tables of the documentation are made from these lists.
 */
#ifndef _SIP_FAULT_H
#define _SIP_FAULT_H

/*
 * What can be wrong with a message: X(NAME, name, text).  The counters malformed_<name> are made
 * from the same list.  Most of these faults exist with strict=1 only: without it the part stays
 * unchanged in a message that is translated.
 */
#define SIP_FAULTS(X) \
	X(LINE, line, "the message has a bare CR or LF, a header without a colon, or a line over the limit") \
	X(TRUNCATED, truncated, "the header section has no end") \
	X(LIMIT, limit, "the message has more headers, values or URIs than the limits allow") \
	X(VIA, via, "the message has no Via, or its top Via cannot be read") \
	X(FROM, from, "From is missing, is repeated or cannot be read") \
	X(TO, to, "To is missing, is repeated or cannot be read") \
	X(CALL_ID, call_id, "Call-ID is missing, is repeated or cannot be read") \
	X(CSEQ, cseq, "CSeq is missing, is repeated, cannot be read or names another method") \
	X(LENGTH, content_length, "Content-Length is not a number, is repeated, or exceeds the message") \
	X(CONTACT, contact, "a Contact cannot be read") \
	X(ROUTE, route, "a Route, Record-Route, Path or Service-Route cannot be read") \
	X(REFER, refer, "a Refer-To, Referred-By or Reply-To cannot be read") \
	X(NUMBER, number, "a time or port is over its range") \
	X(SDP, sdp, "the session description cannot be read")

/**
 * enum sip_fault - what is wrong with a message
 * @SIP_FAULT_NONE: the message has no fault
 * @SIP_FAULTS: one value for each entry of the list SIP_FAULTS, of its name
 *
 * SIP_FAULT_COUNT is the number of values, SIP_FAULT_NONE included.
 */
enum sip_fault {
	SIP_FAULT_NONE,
#define X(NAME, name, text) SIP_FAULT_##NAME,
	SIP_FAULTS(X)
#undef X
	SIP_FAULT_COUNT
};

/*
 * The parts that may stay unchanged in a message that is translated: X(NAME, name, FAULT, text).
 * The counters left_<name> are made from the same list.  FAULT is the fault that the part is with
 * strict=1, an entry of SIP_FAULTS; NONE: with strict=1 the message is not SIP.
 */
#define SIP_LEFTS(X) \
	X(START, start, NONE, "a start line over 8192 bytes, with too many or too few blanks, or with a Request-URI that cannot be read") \
	X(LINE, line, LINE, "a line without a colon, with a blank in its name, or with an end of LF or CR CR LF") \
	X(END, end, TRUNCATED, "a header section, or a body of LF lines, that ends with its datagram") \
	X(LONG, long, LINE, "a header over 8192 bytes, if it was not needed") \
	X(LIMIT, limit, LIMIT, "values or parts over the number that is kept, or more headers than strict=1 takes") \
	X(VIA, via, VIA, "the top Via, or one of its parameters") \
	X(FROM, from, FROM, "a From that is missing, is repeated or cannot be read") \
	X(TO, to, TO, "a To that is missing, is repeated or cannot be read") \
	X(CALL_ID, call_id, CALL_ID, "a Call-ID that is missing, is repeated or cannot be read") \
	X(CSEQ, cseq, CSEQ, "a CSeq that is missing, is repeated, cannot be read, is over 31 bits or names another method") \
	X(LENGTH, content_length, LENGTH, "a Content-Length that is not a number, or is repeated") \
	X(CONTACT, contact, CONTACT, "a Contact, or one of its parameters") \
	X(ROUTE, route, ROUTE, "a Route, Record-Route, Path or Service-Route, or one of its parameters") \
	X(REFER, refer, REFER, "a Refer-To, Referred-By or Reply-To, or one of its parameters") \
	X(NUMBER, number, NUMBER, "a time or port over its range") \
	X(SDP_LINE, sdp_line, SDP, "a line or section of a session description, or a body of two types")

/**
 * enum sip_left - the part of a message that stays unchanged
 * @SIP_LEFTS: one value for each entry of the list SIP_LEFTS, of its name
 * @SIP_LEFT_NONE: no part; for a header that nothing is said about when it cannot be read
 *
 * SIP_LEFT_COUNT is the number of parts.
 */
enum sip_left {
#define X(NAME, name, FAULT, text) SIP_LEFT_##NAME,
	SIP_LEFTS(X)
#undef X
	SIP_LEFT_COUNT,
	SIP_LEFT_NONE = SIP_LEFT_COUNT,
};

#endif /* _SIP_FAULT_H */
