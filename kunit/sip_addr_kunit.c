// SPDX-License-Identifier: GPL-2.0
/*
 * sip_addr: which texts are addresses, and how an address is written.
 */
#include "sipalg_kunit.h"

struct addr_case {
	const char *text;
	u32 family;
	const char *written;	/* RFC 5952, without brackets */
};

static const struct addr_case good[] = {
	{ "0.0.0.0", SIP_FAMILY_IPV4, "0.0.0.0" },
	{ "192.168.1.2", SIP_FAMILY_IPV4, "192.168.1.2" },
	{ "255.255.255.255", SIP_FAMILY_IPV4, "255.255.255.255" },
	{ "10.009.099.100", SIP_FAMILY_IPV4, "10.9.99.100" },	/* decimal, never octal */
	{ "001.002.003.004", SIP_FAMILY_IPV4, "1.2.3.4" },
	{ "::", SIP_FAMILY_IPV6, "::" },
	{ "[::]", SIP_FAMILY_IPV6, "::" },
	{ "::1", SIP_FAMILY_IPV6, "::1" },
	{ "1::", SIP_FAMILY_IPV6, "1::" },
	{ "[2001:DB8::9:1]", SIP_FAMILY_IPV6, "2001:db8::9:1" },
	{ "2001:0db8:0000:0000:0000:0000:0009:0001", SIP_FAMILY_IPV6, "2001:db8::9:1" },
	{ "1:2:3:4:5:6:7:8", SIP_FAMILY_IPV6, "1:2:3:4:5:6:7:8" },
	{ "1:2:3:4:5:6:7::", SIP_FAMILY_IPV6, "1:2:3:4:5:6:7:0" },	/* RFC 5952 4.2.2 */
	{ "::2:3:4:5:6:7:8", SIP_FAMILY_IPV6, "0:2:3:4:5:6:7:8" },
	{ "1:0:0:2:0:0:0:3", SIP_FAMILY_IPV6, "1:0:0:2::3" },	/* the longest run */
	{ "1:0:0:2:3:0:0:4", SIP_FAMILY_IPV6, "1::2:3:0:0:4" },	/* the first of equals */
	{ "0:0:1:0:0:0:0:0", SIP_FAMILY_IPV6, "0:0:1::" },
	{ "::192.0.2.1", SIP_FAMILY_IPV6, "::c000:201" },
	{ "::ffff:192.0.2.10", SIP_FAMILY_IPV6, "::ffff:c000:20a" },	/* RFC 5118 4.10 */
	{ "1:2:3:4:5:6:1.2.3.4", SIP_FAMILY_IPV6, "1:2:3:4:5:6:102:304" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SIP_FAMILY_IPV6,
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "ABCD:EF01:2345:6789:abcd:ef01:2345:6789", SIP_FAMILY_IPV6,
	  "abcd:ef01:2345:6789:abcd:ef01:2345:6789" },
};

static const char *const bad[] = {
	"", ".", ":", "[", "]", "[]", "[:]", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3",
	"1.2.3.4.", "1.2.3.4.5", "1.2.3.256", "1.2.3.999", "0001.2.3.4", "1.2.3.0004",
	"1.2.3.4x", "x1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "-1.2.3.4", "+1.2.3.4", "1.2.3.4/24",
	"0x1.2.3.4", "1.2.3.a", "[1.2.3.4]", "[1.2.3.4", "1.2.3.4]", "example.com",
	":::", ":1", "1:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
	"::1:2:3:4:5:6:7:8", "1::2:3:4:5:6:7:8", "1::2::3", "12345::", "::12345", "::g",
	"[::1", "::1]", "[::1]]", "[[::1]]", "fe80::1%eth0", "[fe80::1%eth0]", "::1.2.3",
	"::1.2.3.256", "::1.2.3.4.5", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4",
	"1.2.3.4::", "::a.2.3.4", "::1:", "1:::2", "2001:db8::/32", "0:0:0:0:0:0:0:0:0",
};

static void addr_reads_and_writes(struct kunit *test)
{
	const struct addr_case *c = test->param_value;
	struct sip_text t = test_text(test, c->text);
	char buf[SIP_ADDR_TEXT_MAX];
	struct sip_addr addr;
	u32 len;

	KUNIT_ASSERT_TRUE(test, sip_addr_parse(&addr, t.p, t.len));
	KUNIT_EXPECT_EQ(test, addr.family, c->family);
	len = sip_addr_write(&addr, buf, false);
	test_expect_bytes(test, buf, len, c->written, strlen(c->written));
}

static void addr_desc(const struct addr_case *c, char *desc)
{
	strcpy(desc, c->text);
}

KUNIT_ARRAY_PARAM(good, good, addr_desc);

static void addr_refuses(struct kunit *test)
{
	static const struct sip_addr none;

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct sip_text t = test_text(test, bad[i]);
		struct sip_addr addr;

		memset(&addr, 0x5a, sizeof(addr));
		KUNIT_EXPECT_FALSE_MSG(test, sip_addr_parse(&addr, t.p, t.len), "\"%s\"", bad[i]);
		KUNIT_EXPECT_TRUE_MSG(test, sip_addr_equal(&addr, &none), "\"%s\"", bad[i]);
	}
}

/* A NUL or a byte over 127 is no digit, wherever it stands. */
static void addr_refuses_any_other_byte(struct kunit *test)
{
	static const char v4[] = "192.168.1.2", v6[] = "2001:db8::1";
	char *buf = kunit_kzalloc(test, 16, GFP_KERNEL);
	struct sip_addr addr;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	for (u32 at = 0; at < sizeof(v4) - 1; at++) {
		for (u32 c = 0; c < 256; c++) {
			bool may = c == '.' || (c >= '0' && c <= '9');

			memcpy(buf, v4, sizeof(v4) - 1);
			buf[at] = c;
			if (!may)
				KUNIT_EXPECT_FALSE_MSG(test, sip_addr_parse(&addr, buf, 11),
						       "byte %u at %u", c, at);
			memcpy(buf, v6, sizeof(v6) - 1);
			buf[at] = c;
			may = c == ':' || c == '.' || (c >= '0' && c <= '9') ||
			      ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
			if (!may && !(at == 0 && c == '['))
				KUNIT_EXPECT_FALSE_MSG(test, sip_addr_parse(&addr, buf, 11),
						       "byte %u at %u", c, at);
		}
	}
}

static void addr_brackets(struct kunit *test)
{
	struct sip_addr v4 = test_addr(test, "10.0.0.1"), v6 = test_addr(test, "[2001:db8::1]");
	struct sip_addr longest = test_addr(test, "1111:2222:3333:4444:5555:6666:7777:8888");
	struct sip_addr none = {};
	char *buf = (char *)test_bytes(test, bad[0], 0).p;

	KUNIT_EXPECT_EQ(test, sip_addr_write(&none, buf, true), 0u);
	KUNIT_EXPECT_EQ(test, sip_addr_write(&none, buf, false), 0u);
	buf = kunit_kzalloc(test, SIP_ADDR_TEXT_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	test_expect_bytes(test, buf, sip_addr_write(&v4, buf, true), "10.0.0.1", 8);
	test_expect_bytes(test, buf, sip_addr_write(&v6, buf, true), "[2001:db8::1]", 13);
	KUNIT_EXPECT_EQ(test, sip_addr_write(&longest, buf, true), (u32)SIP_ADDR_TEXT_MAX);
}

/* RFC 5118 4.5: the spelling does not matter, the family does. */
static void addr_equality(struct kunit *test)
{
	struct sip_addr a = test_addr(test, "2001:DB8:0:0::1");
	struct sip_addr b = test_addr(test, "[2001:db8::1]");
	struct sip_addr v4 = test_addr(test, "1.0.0.0"), v6 = test_addr(test, "100::");

	KUNIT_EXPECT_TRUE(test, sip_addr_equal(&a, &b));
	KUNIT_EXPECT_EQ(test, v4.w[0], v6.w[0]);
	KUNIT_EXPECT_FALSE(test, sip_addr_equal(&v4, &v6));
}

static void addr_any(struct kunit *test)
{
	struct sip_addr v4 = test_addr(test, "0.0.0.0"), v6 = test_addr(test, "::");
	struct sip_addr low = test_addr(test, "::1"), none = {};
	struct sip_addr v4_low = test_addr(test, "0.0.0.1");

	KUNIT_EXPECT_TRUE(test, sip_addr_is_any(&v4));
	KUNIT_EXPECT_TRUE(test, sip_addr_is_any(&v6));
	KUNIT_EXPECT_FALSE(test, sip_addr_is_any(&low));
	KUNIT_EXPECT_FALSE(test, sip_addr_is_any(&v4_low));
	KUNIT_EXPECT_FALSE(test, sip_addr_is_any(&none));
}

/* The stupid twin of the writer: tries every run of zero groups. */
static u32 twin_write(const u8 *b, char *buf)
{
	u32 n = 0, best = 1, start = 9, g[8];

	for (u32 i = 0; i < 8; i++)
		g[i] = b[2 * i] << 8 | b[2 * i + 1];
	for (u32 i = 0; i < 8; i++) {
		u32 k = i;

		while (k < 8 && !g[k])
			k++;
		if (k - i > best) {
			best = k - i;
			start = i;
		}
	}
	for (u32 i = 0; i < 8; i++) {
		if (i == start) {
			n += sprintf(buf + n, "::");
			i += best - 1;
			continue;
		}
		if (i && buf[n - 1] != ':')
			buf[n++] = ':';
		n += sprintf(buf + n, "%x", g[i]);
	}
	return n;
}

static void addr_round_trip(struct kunit *test)
{
	u32 seed = 12345, want_len, len;
	char buf[SIP_ADDR_TEXT_MAX], want[64];
	struct sip_addr addr, again;

	for (u32 round = 0; round < 20000; round++) {
		u8 *b = (u8 *)addr.w;

		memset(&addr, 0, sizeof(addr));
		addr.family = SIP_FAMILY_IPV6;
		for (u32 i = 0; i < 16; i++)	/* many zeros, so that runs are frequent */
			b[i] = test_random(&seed) % 3 ? 0 : test_random(&seed);
		len = sip_addr_write(&addr, buf, round & 1);
		KUNIT_ASSERT_TRUE(test, sip_addr_parse(&again, buf, len));
		KUNIT_ASSERT_TRUE(test, sip_addr_equal(&addr, &again));
		want_len = twin_write(b, want);
		test_expect_bytes(test, buf + (round & 1), len - 2 * (round & 1), want, want_len);
		memset(b + 4, 0, 12);
		addr.family = SIP_FAMILY_IPV4;
		len = sip_addr_write(&addr, buf, false);
		want_len = sprintf(want, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
		test_expect_bytes(test, buf, len, want, want_len);
		KUNIT_ASSERT_TRUE(test, sip_addr_parse(&again, buf, len));
		KUNIT_ASSERT_TRUE(test, sip_addr_equal(&addr, &again));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(addr_reads_and_writes, good_gen_params),
	KUNIT_CASE(addr_refuses),
	KUNIT_CASE(addr_refuses_any_other_byte),
	KUNIT_CASE(addr_brackets),
	KUNIT_CASE(addr_equality),
	KUNIT_CASE(addr_any),
	KUNIT_CASE(addr_round_trip),
	{}
};

struct kunit_suite sip_addr_suite = {
	.name = "sip_addr",
	.test_cases = cases,
};
