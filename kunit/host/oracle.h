/* SPDX-License-Identifier: GPL-2.0 */
/*
 * oracle: what must hold of any translated message, whoever wrote it.
 *
 * The inside host is given the address that the message itself names: top Via of a
 * request, else Contact, else its description.
 */
#ifndef _HOST_ORACLE_H
#define _HOST_ORACLE_H

#include "world.h"

#define ORACLE_ROOM	(SIP_MAX_MESSAGE + SIP_MAX_GROWTH)

/* the outcome of one message */
enum oracle {
	ORACLE_GOOD,		/* translated, and all that must hold holds */
	ORACLE_NO_ADDRESS,	/* parsed, but names no address to hide */
	ORACLE_MALFORMED,
	ORACLE_NOT_SIP,
	ORACLE_LIMIT,		/* more edits than a packet may have: it stays as it is */
	ORACLE_BROKEN,
	ORACLE_COUNT
};

/**
 * oracle_check() - translate a message and judge the result
 * @buf: the message, with ORACLE_ROOM bytes of room; translated in place
 * @len: its bytes
 * @variant: which ports and addresses the sections become
 * @why: the reason, where there is one to tell
 */
enum oracle oracle_check(char *buf, u32 len, u32 variant, const char **why);

/* The host that a message says it is from, NULL where it names none. */
const struct sip_host *oracle_own_host(const struct world *w);
const struct sip_host *oracle_host_of_sdp(const struct sdp *sdp);
/* as in SIP_FAULTS */
const char *oracle_fault_name(u8 fault);

#endif /* _HOST_ORACLE_H */
