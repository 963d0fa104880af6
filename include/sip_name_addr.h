/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_name_addr: a URI with its brackets and its display name (RFC 3261 25.1 name-addr, addr-spec).
 *
 * From, To, Contact and the route headers write their URIs like this.  The parameters after the
 * URI are left to sip_next_param().  Where a value does not follow the grammar, and all known
 * readers take it alike, a second function reads it.
 */
#ifndef _SIP_NAME_ADDR_H
#define _SIP_NAME_ADDR_H

#include <linux/types.h>
#include "sip_slice.h"

struct sip_cursor;

/**
 * sip_name_addr_take() - name-addr or addr-spec, without its parameters
 * @from: stands where the value begins; afterwards after the bracket, or after the bare URI
 * @uri: out: the URI without its brackets; may be empty
 *
 * RFC 3261 20: outside of brackets a semicolon, a comma or a question mark does not belong to
 * the URI.
 *
 * Context: any; no lock, no allocation.
 * Return: 0; -EBADMSG where the value is none, and @from is then anywhere in it.
 */
int sip_name_addr_take(struct sip_cursor *from, struct sip_slice *uri);

/**
 * sip_name_addr_take_unclosed() - a URI whose bracket is not closed
 * @from: stands where the value begins; afterwards at the comma or the bracket that ends the URI
 * @uri: out: the URI, without blanks at its end
 *
 * The URI ends before the next comma, the next opening bracket, or the end of the value.
 *
 * Context: any; no lock, no allocation.
 * Return: 0; -EBADMSG where no bracket is opened, or the bracket is closed.
 */
int sip_name_addr_take_unclosed(struct sip_cursor *from, struct sip_slice *uri);

/**
 * sip_name_addr_take_only() - the only URI that stands in brackets
 * @c: stands where the value begins; afterwards after the closing bracket
 * @uri: out: the URI without its brackets
 *
 * Some write a display name that needs quotes without quotes, or write quotes in quotes.  What the
 * name is for can be told where the value has one pair of brackets.
 *
 * Context: any; no lock, no allocation.
 * Return: 0; -EBADMSG where there is no pair, or more than one.
 */
int sip_name_addr_take_only(struct sip_cursor *c, struct sip_slice *uri);

/**
 * sip_name_addr_trim() - a URI without the blanks around it (RFC 4475 3.1.2.14)
 * @t: the message
 * @s: what stands between the brackets
 *
 * Context: any; no lock, no allocation.
 * Return: the URI; empty where @s has nothing but blanks.
 */
struct sip_slice sip_name_addr_trim(const struct sip_text *t, struct sip_slice s);

/**
 * sip_name_addr_skip() - step over a value that cannot be read
 * @c: stands where the value begins; afterwards at the next comma that is neither quoted nor in
 *	brackets, or at the end
 *
 * Context: any; no lock, no allocation.
 */
void sip_name_addr_skip(struct sip_cursor *c);

#endif /* _SIP_NAME_ADDR_H */
