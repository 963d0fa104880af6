/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_method: the methods that the helper knows (RFC 3261 7.1 and the RFCs beside each).
 *
 * The reader of methods and the writer of their names are made from this list.  A method that is
 * not in the list is SIP_METHOD_OTHER: its messages are translated and change no state.
 */
#ifndef _SIP_METHOD_H
#define _SIP_METHOD_H

#define SIP_METHODS(X) \
	X(INVITE)	/* RFC 3261 13 */ \
	X(ACK)		/* RFC 3261 13.2.2.4 */ \
	X(BYE)		/* RFC 3261 15 */ \
	X(CANCEL)	/* RFC 3261 9 */ \
	X(PRACK)	/* RFC 3262 */ \
	X(UPDATE)	/* RFC 3311 */ \
	X(REGISTER)	/* RFC 3261 10 */ \
	X(OPTIONS)	/* RFC 3261 11 */ \
	X(SUBSCRIBE)	/* RFC 6665 */ \
	X(NOTIFY)	/* RFC 6665 */ \
	X(PUBLISH)	/* RFC 3903 */ \
	X(INFO)		/* RFC 6086 */ \
	X(REFER)	/* RFC 3515 */ \
	X(MESSAGE)	/* RFC 3428 */

/**
 * enum sip_method - the method of a message
 * @SIP_METHOD_OTHER: a method that is not in the list
 * @SIP_METHODS: one value for each entry of the list SIP_METHODS, SIP_ and its name
 */
enum sip_method {
	SIP_METHOD_OTHER,
#define X(NAME) SIP_##NAME,
	SIP_METHODS(X)
#undef X
};

#endif /* _SIP_METHOD_H */
