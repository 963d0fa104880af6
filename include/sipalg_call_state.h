/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_state: the states of a call, and why one ended.
 *
 * X(NAME, text): /proc/net/sipalg/calls and the tracepoint sipalg_call print the text.
 */
#ifndef _SIPALG_CALL_STATE_H
#define _SIPALG_CALL_STATE_H

#define SIPALG_CALL_STATES(X) \
	X(TRYING, "trying")	/* an INVITE came, and no answer but 100 */ \
	X(RINGING, "ringing")	/* the called end has sent provisional answers */ \
	X(UP, "up")		/* answered with 2xx */ \
	X(ENDED, "ended")	/* pinholes are closed; the object absorbs late messages */

/**
 * enum sipalg_call_state - state of a call
 * @SIPALG_CALL_STATES: one value for each entry of the list SIPALG_CALL_STATES, of its name
 */
enum sipalg_call_state {
#define X(NAME, text) SIPALG_CALL_##NAME,
	SIPALG_CALL_STATES(X)
#undef X
};

#define SIPALG_CALL_REASONS(X) \
	X(REASON_NONE, "-") \
	X(REFUSED, "refused")		/* a final failure of the INVITE */ \
	X(HUNG_UP, "hung-up")		/* the BYE was answered, or timed out */ \
	X(NO_ANSWER, "no-answer")	/* invite_timeout */ \
	X(RANG_OUT, "rang-out")		/* ringing_timeout */ \
	X(TIMED_OUT, "timed-out")	/* call_timeout or the session timer */ \
	X(TOO_LONG, "too-long")		/* call_max_duration */ \
	X(DEAD, "silent")		/* dead_call_timeout */ \
	X(ADMIN, "administrator")	/* ended through /proc/net/sipalg/calls */ \
	X(EVICTED, "evicted")		/* unanswered, and other calls needed the room */

/**
 * enum sipalg_call_reason - why a call has ended
 * @SIPALG_CALL_REASONS: one value for each entry of the list SIPALG_CALL_REASONS, of its name
 */
enum sipalg_call_reason {
#define X(NAME, text) SIPALG_CALL_##NAME,
	SIPALG_CALL_REASONS(X)
#undef X
};

#endif /* _SIPALG_CALL_STATE_H */
