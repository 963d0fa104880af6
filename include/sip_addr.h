/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_addr: an IP address as messages write it.
 *
 * One small value for both families, so that no parser needs to know which
 * family the packet came in, and equal addresses are equal whatever their
 * spelling was (RFC 5118 4.5: IPv6 has many).
 */
#ifndef _SIP_ADDR_H
#define _SIP_ADDR_H

#include <linux/types.h>
#include <linux/string.h>

/**
 * enum sip_family - what an address is
 * @SIP_FAMILY_NONE: a host name, or nothing
 * @SIP_FAMILY_IPV4: an IPv4 address
 * @SIP_FAMILY_IPV6: an IPv6 address
 */
enum sip_family {
	SIP_FAMILY_NONE	= 0,
	SIP_FAMILY_IPV4	= 4,
	SIP_FAMILY_IPV6	= 6,
};

/* the longest text: eight groups, seven colons (an embedded IPv4 is never written), two brackets */
#define SIP_ADDR_TEXT_MAX 41

/**
 * struct sip_addr - an address, comparable with sip_addr_equal()
 * @family: enum sip_family
 * @w: the address in network byte order; an IPv4 address in the first word, the others 0
 */
struct sip_addr {
	u32 family;
	u32 w[4];
};

/**
 * sip_addr_parse() - read a whole text as an IP address
 * @addr: the result; its family is SIP_FAMILY_NONE where the text is no address
 * @p: text: dotted quad, or an IPv6 address with or without brackets
 * @len: its bytes
 *
 * All of the text must be the address: "10.0.0.1x" and "[::1" are names.
 * A zone ("fe80::1%eth0") makes a name too: RFC 3261 25.1 has none in a host.
 * Octets are decimal with at most three digits, leading zeros as in RFC 3261
 * (1*3DIGIT) are read as decimal.
 *
 * Context: any.
 * Return: true where it is an address.
 */
bool sip_addr_parse(struct sip_addr *addr, const char *p, u32 len);

/**
 * sip_addr_take_ipv4() - read a dotted quad that a text begins with
 * @addr: the result; its family is SIP_FAMILY_NONE where there is none
 * @p: text
 * @len: its bytes; what follows the quad may be anything
 *
 * Context: any.
 * Return: bytes of the quad; 0 where there is none.
 */
u32 sip_addr_take_ipv4(struct sip_addr *addr, const char *p, u32 len);

/**
 * sip_addr_write() - the address as text
 * @addr: an address of either family
 * @buf: room for SIP_ADDR_TEXT_MAX bytes; no NUL is written
 * @brackets: put an IPv6 address into brackets (URIs and Via; SDP has none)
 *
 * IPv6 in the form of RFC 5952: lower case, no leading zeros, the longest run
 * of two or more zero groups shortened, the first of equals.
 *
 * Context: any.
 * Return: bytes written; 0 for SIP_FAMILY_NONE.
 */
u32 sip_addr_write(const struct sip_addr *addr, char *buf, bool brackets);

/**
 * sip_addr_equal() - whether two addresses are the same
 * @a: one address
 * @b: the other address
 *
 * Context: any; no lock, no allocation.
 * Return: true also where both are SIP_FAMILY_NONE.
 */
static inline bool sip_addr_equal(const struct sip_addr *a, const struct sip_addr *b)
{
	/* most addresses differ here; of the rest all differences together: one branch, no call */
	if ((a->family ^ b->family) | (a->w[0] ^ b->w[0]))
		return false;
	return !((a->w[1] ^ b->w[1]) | (a->w[2] ^ b->w[2]) | (a->w[3] ^ b->w[3]));
}

/**
 * sip_addr_is_any() - whether an address is 0.0.0.0 or ::
 * @a: the address
 *
 * RFC 3264 8.4: such an address is an old way to say hold, not a place to send to.
 *
 * Context: any; no lock, no allocation.
 * Return: false also for SIP_FAMILY_NONE.
 */
static inline bool sip_addr_is_any(const struct sip_addr *a)
{
	return a->family && !(a->w[0] | a->w[1] | a->w[2] | a->w[3]);
}

/**
 * struct sip_endpoint - an address with a port
 * @addr: the address
 * @port: the port, in host byte order
 */
struct sip_endpoint {
	struct sip_addr addr;
	u16 port;
};

/**
 * sip_endpoint_equal() - whether two endpoints have the same address and port
 * @a: one endpoint
 * @b: the other endpoint
 *
 * Context: any; no lock, no allocation.
 * Return: true also where both ports are equal and both addresses are SIP_FAMILY_NONE.
 */
static inline bool sip_endpoint_equal(const struct sip_endpoint *a, const struct sip_endpoint *b)
{
	return a->port == b->port && sip_addr_equal(&a->addr, &b->addr);
}

#endif /* _SIP_ADDR_H */
