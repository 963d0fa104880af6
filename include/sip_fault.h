/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_fault: what can be wrong with a message, and what of it can be left as it is.
 *
 * Counters, tracepoints and the tables of the documentation are made from these lists.
 */
#ifndef _SIP_FAULT_H
#define _SIP_FAULT_H

/*
 * What can be wrong with a message: X(NAME, name, text).  The counters
 * malformed_<name> are made from the same list.  Most of these happen with strict=1 alone,
 * where it is malformed what is otherwise left as it is.
 */
#define SIP_FAULTS(X) \
	X(LINE, line, "bare CR or LF, header without a colon, or line over the limit") \
	X(TRUNCATED, truncated, "no end of the header section") \
	X(LIMIT, limit, "more headers, values or URIs than the limits allow") \
	X(VIA, via, "no Via, or the top one is not readable") \
	X(FROM, from, "From missing, repeated or not readable") \
	X(TO, to, "To missing, repeated or not readable") \
	X(CALL_ID, call_id, "Call-ID missing, repeated or not readable") \
	X(CSEQ, cseq, "CSeq missing, repeated, not readable or of another method") \
	X(LENGTH, content_length, "Content-Length not a number, repeated, or over the message") \
	X(CONTACT, contact, "Contact not readable") \
	X(ROUTE, route, "Route, Record-Route, Path or Service-Route not readable") \
	X(REFER, refer, "Refer-To, Referred-By or Reply-To not readable") \
	X(NUMBER, number, "a time or port over its range") \
	X(SDP, sdp, "session description not readable")

enum sip_fault {
	SIP_FAULT_NONE,
#define X(NAME, name, text) SIP_FAULT_##NAME,
	SIP_FAULTS(X)
#undef X
	SIP_FAULT_COUNT
};

/*
 * What may be left as it is in a message that is translated all the same: X(NAME, name,
 * FAULT, text).  The counters left_<name> are made from the same list.  FAULT is what it is
 * to a strict reader: of SIP_FAULTS, or NONE: then the message is not SIP.
 */
#define SIP_LEFTS(X) \
	X(START, start, NONE, "start line: over 8192 bytes, blanks too many or missing, a Request-URI that is not readable") \
	X(LINE, line, LINE, "line without a colon, with a blank in its name, or that ends with LF alone or CR CR LF") \
	X(END, end, TRUNCATED, "header section, or a body of LF lines, that ends with its datagram") \
	X(LONG, long, LINE, "header over 8192 bytes, if it was not needed") \
	X(LIMIT, limit, LIMIT, "values or parts over those that are kept, or more headers than strict=1 takes") \
	X(VIA, via, VIA, "top Via, or a parameter of it") \
	X(FROM, from, FROM, "From: missing, there again, or not readable") \
	X(TO, to, TO, "To: missing, there again, or not readable") \
	X(CALL_ID, call_id, CALL_ID, "Call-ID: missing, there again, or not readable") \
	X(CSEQ, cseq, CSEQ, "CSeq: missing, there again, not readable, over 31 bits or of another method") \
	X(LENGTH, content_length, LENGTH, "Content-Length that is no number, or there again") \
	X(CONTACT, contact, CONTACT, "Contact, or a parameter of it") \
	X(ROUTE, route, ROUTE, "Route, Record-Route, Path or Service-Route, or a parameter of it") \
	X(REFER, refer, REFER, "Refer-To, Referred-By or Reply-To, or a parameter of it") \
	X(NUMBER, number, NUMBER, "time or port over its range") \
	X(SDP_LINE, sdp_line, SDP, "line or section of a session description, or a body of two types")

enum sip_left {
#define X(NAME, name, FAULT, text) SIP_LEFT_##NAME,
	SIP_LEFTS(X)
#undef X
	SIP_LEFT_COUNT,
	SIP_LEFT_NONE = SIP_LEFT_COUNT,	/* of a header: it says nothing where it cannot be read */
};

#endif /* _SIP_FAULT_H */
