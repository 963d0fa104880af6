/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_start: the start line of a message, and what may stand before it.
 */
#ifndef _SIP_START_H
#define _SIP_START_H

#include "sip_parse.h"

/**
 * sip_parse_start() - read the start line alone
 * @text: as for sip_parse()
 * @msg: out: method, status and Request-URI; the rest is empty
 *
 * RFC 3261 7.1, 7.2.  These deviations are left as they are: more white space than a blank; no
 * white space after a status; control characters except NUL and CR; a length over SIP_MAX_LINE; a
 * line end of LF or CR CR LF; a Request-URI that cannot be read, except a path and "*", which
 * belong to other protocols (SECURITY M1).
 * A stream that has not been SIP in both directions is asked for more: see sip_stream.h.
 *
 * Return: bytes of the line; else as sip_parse().
 */
int sip_parse_start(const struct sip_text *text, struct sip_msg *msg);

/**
 * sip_method_of() - a method by its name (RFC 3261 7.1: which is case-sensitive)
 * @text: the message
 * @name: not empty
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_method; SIP_METHOD_OTHER where the list has no such name.
 */
u8 sip_method_of(const struct sip_text *text, struct sip_slice name);

/**
 * sip_keepalive_len() - the bytes of keep-alives before a message
 * @text: any bytes
 *
 * Return: how many bytes of CRLF pairs @text begins with (RFC 3261 7.5, RFC 5626 3.5.1).
 */
u32 sip_keepalive_len(const struct sip_text *text);

#endif /* _SIP_START_H */
