/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_state: the states of a call, and why one ended.
 *
 * X(NAME, text): /proc/net/sipalg/calls and the tracepoint sipalg_call print the text.
 */
#ifndef _SIPALG_CALL_STATE_H
#define _SIPALG_CALL_STATE_H

#define SIPALG_CALL_STATES(X) \
	X(TRYING, "trying")	/* INVITE seen, no answer, or none but 100 */ \
	X(RINGING, "ringing")	/* provisional answers of the called end only */ \
	X(UP, "up")		/* answered with 2xx */ \
	X(ENDED, "ended")	/* pinholes are closed; the object absorbs what comes late */

enum sipalg_call_state {
#define X(NAME, text) SIPALG_CALL_##NAME,
	SIPALG_CALL_STATES(X)
#undef X
};

#define SIPALG_CALL_REASONS(X) \
	X(REASON_NONE, "-") \
	X(REFUSED, "refused")		/* a final failure of the INVITE */ \
	X(HUNG_UP, "hung-up")		/* BYE was answered, or its time is over */ \
	X(NO_ANSWER, "no-answer")	/* invite_timeout */ \
	X(RANG_OUT, "rang-out")		/* ringing_timeout */ \
	X(TIMED_OUT, "timed-out")	/* call_timeout or the session timer */ \
	X(TOO_LONG, "too-long")		/* call_max_duration */ \
	X(DEAD, "silent")		/* dead_call_timeout */ \
	X(ADMIN, "administrator")	/* ended through /proc/net/sipalg/calls */ \
	X(EVICTED, "evicted")		/* nobody had answered, and others needed the room */

enum sipalg_call_reason {
#define X(NAME, text) SIPALG_CALL_##NAME,
	SIPALG_CALL_REASONS(X)
#undef X
};

#endif /* _SIPALG_CALL_STATE_H */
