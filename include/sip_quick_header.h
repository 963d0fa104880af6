/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_quick_header: headers in their usual form.  See sip_quick.h for what that means.
 *
 * The names, and which reader a header has, come from the list in sip_header.h.  Each reader of
 * that list has a quick one beside it, of the same name, or an entry that says there is none.
 */
#ifndef _SIP_QUICK_HEADER_H
#define _SIP_QUICK_HEADER_H

#include <linux/types.h>
#include "sip_quick.h"
#include "sip_walk.h"

/**
 * sip_quick_headers() - read headers for as long as they have their usual form
 * @w: the walk
 * @q: its text
 * @at: index where a header begins
 * @n: in and out: headers that were read
 *
 * Context: any; no lock, no allocation.
 * Return: index of the first header that has another form, or of what is no header; the header
 * after the one with which all of @w->until was seen.
 */
u32 sip_quick_headers(struct sip_walk *w, struct sip_quick q, u32 at, u32 *n);

/**
 * sip_quick_start() - read a start line in its usual form
 * @q: a text that may be read quickly
 * @msg: its head was cleared; out: method, status and Request-URI
 *
 * RFC 3261 7.1, 7.2.
 *
 * Context: any; no lock, no allocation.
 * Return: bytes of the line; 0 where it has another form, then the flags of @msg are as they were.
 */
int sip_quick_start(struct sip_quick q, struct sip_msg *msg);

#endif /* _SIP_QUICK_HEADER_H */
