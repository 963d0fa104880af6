// SPDX-License-Identifier: GPL-2.0
/*
 * What only user space can compare with: the C library's address parser and writer.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "sipalg_kunit.h"

/* inet_pton() refuses leading zeros in a dotted quad, where RFC 3261 has 1*3DIGIT: cut them. */
static void cut_zeros(const char *in, char *out)
{
	bool digit = false;

	for (; *in; in++) {
		bool is_digit = *in >= '0' && *in <= '9';

		if (*in == '0' && !digit && in[1] >= '0' && in[1] <= '9')
			continue;
		digit = is_digit;
		*out++ = *in;
	}
	*out = 0;
}

/* True where a part of the dotted quad in @s has more than three digits, or is no dotted quad. */
static bool too_many_digits(const char *s)
{
	u32 digits = 0;

	for (; *s; s++) {
		digits = *s >= '0' && *s <= '9' ? digits + 1 : 0;
		if (digits > 3)
			return true;
	}
	return false;
}

static u32 random_text(char *buf, u32 *seed)
{
	static const char *const pieces[] = {
		":", ":", ":", "::", ".", ".", "0", "1", "ffff", "2001", "db8", "255", "256", "10",
		"abcde", "F", "192.168.1.2", "09", "[", "g", "", "0000", "00001", "7", "1:2:3:4:5",
	};
	u32 n = test_random(seed) % 9, len = 0;

	for (u32 i = 0; i < n; i++)
		len += sprintf(buf + len, "%s", pieces[test_random(seed) % ARRAY_SIZE(pieces)]);
	buf[len] = 0;
	return len;
}

/* mutations of texts that are nearly right */
static u32 mutated_text(char *buf, u32 *seed)
{
	static const char chars[] = "0123456789abcdefABCDEF::::....";
	u8 addr[16];
	u32 len;

	for (u32 i = 0; i < 16; i++)
		addr[i] = test_random(seed) % 3 ? 0 : test_random(seed);
	inet_ntop(test_random(seed) & 1 ? AF_INET : AF_INET6, addr, buf, 64);
	len = strlen(buf);
	switch (test_random(seed) % 4) {
	case 0:
		buf[test_random(seed) % len] = chars[test_random(seed) % (sizeof(chars) - 1)];
		break;
	case 1:
		len = test_random(seed) % len;
		buf[len] = 0;
		break;
	case 2:
		buf[len++] = chars[test_random(seed) % (sizeof(chars) - 1)];
		buf[len] = 0;
		break;
	}
	return len;
}

static void compare(struct kunit *test, const char *text, u32 len)
{
	bool is_v4, is_v6, ours;
	struct sip_addr addr;
	char cut[256];
	u8 want[16] = {};

	cut_zeros(text, cut);
	is_v4 = !too_many_digits(text) && inet_pton(AF_INET, cut, want) == 1;
	is_v6 = !is_v4 && inet_pton(AF_INET6, text, want) == 1;
	if (strchr(text, ':') && strchr(text, '.'))	/* the quad in an IPv6 address alike */
		is_v6 = !too_many_digits(strrchr(text, ':') + 1) &&
			(is_v6 || inet_pton(AF_INET6, text, want) == 1);
	ours = sip_addr_parse(&addr, text, len);
	if (!ours && !is_v4 && !is_v6)
		return;
	/* an embedded quad with leading zeros: the library refuses it, we do not */
	if (ours && !is_v6 && strchr(text, ':') && strchr(text, '.'))
		return;
	KUNIT_EXPECT_TRUE_MSG(test, ours == (is_v4 || is_v6), "\"%s\"", text);
	KUNIT_EXPECT_EQ_MSG(test, addr.family, (u32)(is_v4 ? SIP_FAMILY_IPV4 : SIP_FAMILY_IPV6),
			    "\"%s\"", text);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(addr.w, want, is_v4 ? 4 : 16), "\"%s\"", text);
}

static void addr_parse_like_inet_pton(struct kunit *test)
{
	u32 seed = 99, len;
	char buf[256];

	for (u32 i = 0; i < 200000 && !test->failed; i++) {
		len = i & 1 ? random_text(buf, &seed) : mutated_text(buf, &seed);
		compare(test, buf, len);
	}
}

static void addr_write_like_inet_ntop(struct kunit *test)
{
	char ours[SIP_ADDR_TEXT_MAX + 1], want[64];
	struct sip_addr addr;
	u32 seed = 77;

	for (u32 i = 0; i < 100000 && !test->failed; i++) {
		u8 *b = (u8 *)addr.w;

		memset(&addr, 0, sizeof(addr));
		addr.family = i & 1 ? SIP_FAMILY_IPV4 : SIP_FAMILY_IPV6;
		for (u32 k = 0; k < (i & 1 ? 4 : 16); k++)
			b[k] = test_random(&seed) % 3 ? 0 : test_random(&seed);
		inet_ntop(i & 1 ? AF_INET : AF_INET6, b, want, sizeof(want));
		if (!(i & 1) && strchr(want, '.'))	/* we never write an embedded quad */
			continue;
		ours[sip_addr_write(&addr, ours, false)] = 0;
		KUNIT_EXPECT_TRUE_MSG(test, !strcmp(ours, want), "\"%s\" \"%s\"", ours, want);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(addr_parse_like_inet_pton),
	KUNIT_CASE(addr_write_like_inet_ntop),
	{}
};

struct kunit_suite host_suite = {
	.name = "host",
	.test_cases = cases,
};
