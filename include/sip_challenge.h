/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_challenge: what a server says when it asks for a password (RFC 2617 3.2.1).
 */
#ifndef _SIP_CHALLENGE_H
#define _SIP_CHALLENGE_H

#include <linux/types.h>
#include "sip_slice.h"

struct sip_cursor;

/**
 * sip_challenge_is_stale() - whether a challenge says stale=true
 * @text: the message
 * @c: stands at the scheme; afterwards where reading ended
 *
 * stale=true says that the password was right, and only the nonce too old.  The value of a
 * challenge is a scheme, then parameters with commas between them; what cannot be read says
 * nothing.
 *
 * Context: any; no lock, no allocation.
 * Return: true where a parameter before the first unreadable byte says so.
 */
bool sip_challenge_is_stale(const struct sip_text *text, struct sip_cursor *c);

#endif /* _SIP_CHALLENGE_H */
