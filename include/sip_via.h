/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_via: one value of a Via, the hop that it names (RFC 3261 20.42).
 */
#ifndef _SIP_VIA_H
#define _SIP_VIA_H

#include <linux/types.h>
#include "sip_slice.h"
#include "sip_uri.h"

struct sip_cursor;

/**
 * struct sip_via - one value of a Via
 * @by: sent-by
 * @branch: value of branch
 * @maddr: value of maddr
 * @received: value of received (RFC 3261 18.2.1)
 * @rport: value of rport (RFC 3581); empty where the parameter has none
 * @has_rport: whether rport is there at all
 * @transport: enum sip_transport
 */
struct sip_via {
	struct sip_host by;
	struct sip_slice branch;
	struct sip_slice maddr;
	struct sip_slice received;
	struct sip_slice rport;
	bool has_rport;
	u8 transport;
};

/**
 * sip_via_take() - take sent-protocol LWS sent-by: "SIP/2.0/UDP host:port"
 * @t: the message
 * @c: stands where the value begins; afterwards at the parameters
 * @via: out: sent-by and transport
 *
 * Context: any; no lock, no allocation.
 * Return: 0; -EBADMSG; -ERANGE where the port is over 65535.
 */
int sip_via_take(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via);

/**
 * sip_via_take_odd() - take sent-by, of a value whose protocol cannot be read
 * @t: the message
 * @c: stands where the value begins; afterwards at the parameters
 * @via: out: sent-by and transport; all else is empty
 *
 * Some readers ask less of a Via: the text before its second slash says nothing to them, and they
 * send their answer to the address after it.
 *
 * Context: any; no lock, no allocation.
 * Return: 0; -EBADMSG; -ERANGE where the port is over 65535.
 */
int sip_via_take_odd(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via);

/**
 * sip_via_set_param() - keep a parameter of a Via (RFC 3261 20.42, RFC 3581 3)
 * @t: the message
 * @via: gets the value, if it has a place for a parameter of that name
 * @name: the name, in any case
 * @value: the value; may be empty
 *
 * Context: any; no lock, no allocation.
 */
void sip_via_set_param(const struct sip_text *t, struct sip_via *via, struct sip_slice name,
		       struct sip_slice value);

#endif /* _SIP_VIA_H */
