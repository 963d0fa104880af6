/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_uri: a host and port as messages write them, and the URIs around them (RFC 3261 19.1).
 */
#ifndef _SIP_URI_H
#define _SIP_URI_H

#include <linux/types.h>
#include "sip_addr.h"
#include "sip_slice.h"

struct sip_cursor;

#define SIP_PORT_DEFAULT	5060	/* RFC 3261 19.1.2 */
#define SIPS_PORT_DEFAULT	5061

/**
 * enum sip_transport - what a message goes by
 * @SIP_TRANSPORT_NONE: the text does not say
 * @SIP_TRANSPORT_UDP: UDP
 * @SIP_TRANSPORT_TCP: TCP
 * @SIP_TRANSPORT_TLS: TLS
 * @SIP_TRANSPORT_OTHER: SCTP, WS, WSS and what may come
 */
enum sip_transport {
	SIP_TRANSPORT_NONE,
	SIP_TRANSPORT_UDP,
	SIP_TRANSPORT_TCP,
	SIP_TRANSPORT_TLS,
	SIP_TRANSPORT_OTHER,
};

/**
 * enum sip_scheme - the scheme of a URI
 * @SIP_SCHEME_OTHER: another scheme
 * @SIP_SCHEME_SIP: sip
 * @SIP_SCHEME_SIPS: sips
 * @SIP_SCHEME_TEL: tel
 * @SIP_SCHEME_URN: urn
 */
enum sip_scheme {
	SIP_SCHEME_OTHER,
	SIP_SCHEME_SIP,
	SIP_SCHEME_SIPS,
	SIP_SCHEME_TEL,
	SIP_SCHEME_URN,
};

/**
 * struct sip_host - host [":" port] as written
 * @host: the host, brackets of an IPv6 address included
 * @port: its digits; where there is none, len is 0 and off the place after the host
 * @num: the port in host byte order; 0 where none is written
 * @addr: the host as an address; SIP_FAMILY_NONE for a name
 */
struct sip_host {
	struct sip_slice host;
	struct sip_slice port;
	u16 num;
	struct sip_addr addr;
};

/**
 * struct sip_uri - one URI that may have to be translated
 * @user: userinfo in front of the host, without the "@"; of other schemes than sip: and
 *	sips: all that stands after the colon
 * @at: host and port; only of sip: and sips:
 * @maddr: value of its maddr parameter
 * @expires: seconds, of a Contact's expires parameter
 * @has_expires: whether it was there
 * @is_odd: the URI is read although a byte of it has no place in one: UTF-8 that is not
 *	escaped, or anything in parameters or headers
 * @role: enum sip_role
 * @scheme: enum sip_scheme
 * @transport: its transport parameter, enum sip_transport
 */
struct sip_uri {
	struct sip_slice user;
	struct sip_host at;
	struct sip_slice maddr;
	u32 expires;
	bool has_expires;
	bool is_odd;
	u8 role;
	u8 scheme;
	u8 transport;
};

/**
 * sip_take_host() - host [":" port]
 * @text: the message
 * @c: stands at the host; afterwards after what was read
 * @host: the result
 * @lws: white space may stand around the colon: in Via it may, in a URI not
 *
 * Return: 0; -EBADMSG; -ERANGE where the port is over 65535.
 */
int sip_take_host(const struct sip_text *text, struct sip_cursor *c, struct sip_host *host,
		  bool lws);

/**
 * sip_transport_of() - a transport by its name (RFC 3261 25.1 transport)
 * @text: the message
 * @name: the name, in any case
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_transport; SIP_TRANSPORT_NONE where the name is empty.
 */
u8 sip_transport_of(const struct sip_text *text, struct sip_slice name);

/**
 * sip_uri_parse() - read a URI
 * @text: the message
 * @s: the URI and nothing else
 * @uri: the result; its role is 0
 *
 * Of schemes but sip: and sips: no more than the scheme is read.
 *
 * Return: 0; -EBADMSG; -ERANGE where the port is over 65535.  On error no more of @uri is
 * to be used than its scheme.
 */
int sip_uri_parse(const struct sip_text *text, struct sip_slice s, struct sip_uri *uri);

/**
 * sip_uri_port() - the port that a URI means
 * @uri: a sip: or sips: URI
 *
 * Context: any; no lock, no allocation.
 * Return: the port as written, in host byte order; else the default of its scheme and transport
 * (RFC 3261 19.1.2).
 */
u16 sip_uri_port(const struct sip_uri *uri);

#endif /* _SIP_URI_H */
