// SPDX-License-Identifier: GPL-2.0
/*
 * sip_addr: IP addresses as text, in and out.  See sip_addr.h for the contract.
 *
 * Values are kept in network byte order, so bytes are put together, never shifted.
 */
#include "sip_addr.h"
#include "sip_chars.h"

static u8 *addr_bytes(struct sip_addr *addr)
{
	return (u8 *)addr->w;
}

/* Takes one octet, and reads up to three bytes after the first.  Return: its digits; 0: none. */
static u32 octet_take(u8 *out, const char *p)
{
	u32 a = (u8)p[0] - '0', b = (u8)p[1] - '0', c;

	if (a > 9)
		return 0;
	*out = a;
	if (b > 9)
		return 1;
	*out = a = a * 10 + b;
	c = (u8)p[2] - '0';
	if (c > 9)
		return 2;
	a = a * 10 + c;
	*out = a;
	return a > 255 || (u8)p[3] - '0' <= 9U ? 0 : 3;
}

/* Takes a dotted quad that the text begins with.  Return: its bytes; 0 where there is none. */
static u32 ipv4_take(u8 *out, const char *p, u32 len)
{
	char buf[16] = {};
	u32 at = 0, octet, n;

	if (len < sizeof(buf)) {	/* NULs follow a text that is too short */
		memcpy(buf, p, len);
		p = buf;
	}
	for (octet = 0; octet < 4; octet++) {
		if (octet && p[at++] != '.')
			return 0;
		n = octet_take(out + octet, p + at);
		if (!n)
			return 0;
		at += n;
	}
	return at;
}

static bool ipv4_parse(u8 *out, const char *p, u32 len)
{
	return ipv4_take(out, p, len) == len;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads one group of an IPv6 address.  Return: its bytes; 0 where there is none. */
static u32 group_parse(u8 *out, const char *p, u32 len)
{
	u32 i, value = 0;

	for (i = 0; i < len && i < 4 && hex_value(p[i]) >= 0; i++)
		value = value * 16 + hex_value(p[i]);
	out[0] = value >> 8;
	out[1] = value;
	return i;
}

/* Moves the groups after "::" to the end, and fills the gap with zeros. */
static bool ipv6_expand(u8 *out, u32 used, int gap)
{
	u32 tail;

	if (gap < 0)
		return used == 16;
	if (used == 16)		/* RFC 4291 2.2: "::" stands for one group at least */
		return false;
	tail = used - gap;
	memmove(out + 16 - tail, out + gap, tail);
	memset(out + gap, 0, 16 - used);
	return true;
}

/* Reads groups, with at most one "::", and maybe a dotted quad as the last two (RFC 4291 2.2). */
static bool ipv6_parse(u8 *out, const char *p, u32 len)
{
	u32 at = 0, used = 0, n;
	int gap = -1;

	if (len >= 2 && p[0] == ':' && p[1] == ':') {
		gap = 0;
		at = 2;
	}
	while (at < len) {
		if (used == 16)
			return false;
		n = group_parse(out + used, p + at, len - at);
		if (!n)
			return false;
		if (at + n < len && p[at + n] == '.') {
			if (used > 12 || !ipv4_parse(out + used, p + at, len - at))
				return false;
			return ipv6_expand(out, used + 4, gap);
		}
		used += 2;
		at += n;
		if (at == len)
			break;
		if (p[at++] != ':' || at == len)
			return false;
		if (p[at] == ':') {
			if (gap >= 0)
				return false;
			gap = used;
			at++;
		}
	}
	return ipv6_expand(out, used, gap);
}

u32 sip_addr_take_ipv4(struct sip_addr *addr, const char *p, u32 len)
{
	u32 n;

	memset(addr, 0, sizeof(*addr));
	n = ipv4_take(addr_bytes(addr), p, len);
	if (n)
		addr->family = SIP_FAMILY_IPV4;
	else
		addr->w[0] = 0;
	return n;
}

bool sip_addr_parse(struct sip_addr *addr, const char *p, u32 len)
{
	if (len >= 2 && p[0] == '[') {
		if (p[len - 1] != ']')
			len = 0;	/* no address is empty */
		else
			len -= 2;
		p++;
	} else if (len && sip_addr_take_ipv4(addr, p, len) == len) {
		return true;
	}
	memset(addr, 0, sizeof(*addr));
	if (ipv6_parse(addr_bytes(addr), p, len)) {
		addr->family = SIP_FAMILY_IPV6;
		return true;
	}
	memset(addr, 0, sizeof(*addr));
	return false;
}

/* Writes an octet, and moves to the place after it. */
static __always_inline char *octet_write(u32 v, char *to)
{
	u32 tens;

	if (v >= 100) {
		u32 hundreds = v >= 200 ? 2 : 1;

		*to++ = '0' + hundreds;
		v -= hundreds * 100;
	} else if (v < 10) {
		*to++ = '0' + v;
		return to;
	}
	tens = v * 205 >> 11;		/* v / 10 */
	*to++ = '0' + tens;
	*to++ = '0' + v - tens * 10;
	return to;
}

static u32 ipv4_write(const u8 *b, char *buf)
{
	char *to = octet_write(b[0], buf);

	*to++ = '.';
	to = octet_write(b[1], to);
	*to++ = '.';
	to = octet_write(b[2], to);
	*to++ = '.';
	return octet_write(b[3], to) - buf;
}

static u32 group_write(u32 v, char *buf)
{
	static const char hex[] = "0123456789abcdef";
	u32 n = 0;
	int shift;

	for (shift = 12; shift >= 0; shift -= 4)
		if (n || !shift || v >> shift)
			buf[n++] = hex[v >> shift & 15];
	return n;
}

/* Finds the longest run of two or more zero groups, the first of equals (RFC 5952 4.2.3). */
static u32 zero_run(const u8 *b, u32 *start)
{
	u32 i, run = 0, best = 1;

	for (i = 0; i < 8; i++) {
		run = b[2 * i] | b[2 * i + 1] ? 0 : run + 1;
		if (run > best) {
			best = run;
			*start = i + 1 - run;
		}
	}
	return best > 1 ? best : 0;
}

static u32 ipv6_write(const u8 *b, char *buf)
{
	u32 i = 0, n = 0, start = 8, run = zero_run(b, &start);

	while (i < 8) {
		if (run && i == start) {
			buf[n++] = ':';
			buf[n++] = ':';
			i += run;
			continue;
		}
		if (i && !(run && i == start + run))
			buf[n++] = ':';
		n += group_write(b[2 * i] << 8 | b[2 * i + 1], buf + n);
		i++;
	}
	return n;
}

u32 sip_addr_write(const struct sip_addr *addr, char *buf, bool brackets)
{
	const u8 *b = (const u8 *)addr->w;
	u32 n = 0;

	if (addr->family == SIP_FAMILY_IPV4)
		return ipv4_write(b, buf);
	if (addr->family != SIP_FAMILY_IPV6)
		return 0;
	if (brackets)
		buf[n++] = '[';
	n += ipv6_write(b, buf + n);
	if (brackets)
		buf[n++] = ']';
	return n;
}
