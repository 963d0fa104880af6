// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_kunit: the module of all suites, and the helpers they share.
 */
#include <linux/module.h>

#include "sipalg_kunit.h"
#ifdef __KERNEL__
#include "sipalg_compat.h"
#endif

struct sip_text test_bytes(struct kunit *test, const char *p, u32 len)
{
	char *copy = kunit_kmalloc(test, len ? len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	memcpy(copy, p, len);
	return (struct sip_text){ copy, len };
}

struct sip_text test_text(struct kunit *test, const char *s)
{
	return test_bytes(test, s, strlen(s));
}

void test_cat(struct kunit *test, char *buf, u32 cap, const char *s)
{
	u32 at = strlen(buf), len = strlen(s);

	KUNIT_ASSERT_TRUE(test, at + len < cap);
	memcpy(buf + at, s, len + 1);
}

struct sip_text test_message(struct kunit *test, const char *start, const char *more)
{
	static const char rest[] =
		"Via: SIP/2.0/UDP 192.168.1.2:5060;branch=z9hG4bK1\r\n"
		"From: <sip:alice@example.com>;tag=1\r\n"
		"To: <sip:bob@example.com>\r\n"
		"Call-ID: 1@example.com\r\n"
		"CSeq: 1 OPTIONS\r\n";
	u32 cap = strlen(start) + sizeof(rest) + strlen(more) + 16;
	char *buf = kunit_kzalloc(test, cap, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	test_cat(test, buf, cap, start);
	test_cat(test, buf, cap, "\r\n");
	test_cat(test, buf, cap, rest);
	test_cat(test, buf, cap, more);
	test_cat(test, buf, cap, "\r\n");
	return test_text(test, buf);
}

struct sip_text test_replace(struct kunit *test, const char *message, const char *old,
			     const char *new)
{
	const char *at = strstr(message, old);
	u32 cap = strlen(message) + strlen(new) + 1;
	char *buf = kunit_kzalloc(test, cap, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buf);
	KUNIT_ASSERT_NOT_NULL(test, at);
	memcpy(buf, message, at - message);
	test_cat(test, buf, cap, new);
	test_cat(test, buf, cap, at + strlen(old));
	return test_text(test, buf);
}

void test_expect_bytes(struct kunit *test, const char *p, u32 len, const char *want, u32 want_len)
{
	bool same = len == want_len && !memcmp(p, want, len);

	KUNIT_EXPECT_TRUE_MSG(test, same, "got \"%.*s\", want \"%.*s\"", (int)len, p,
			      (int)want_len, want);
}

void test_expect_slice(struct kunit *test, const struct sip_text *t, struct sip_slice s,
		       const char *want)
{
	KUNIT_ASSERT_LE(test, sip_slice_end(s), t->len);
	test_expect_bytes(test, sip_slice_ptr(t, s), s.len, want, strlen(want));
}

struct sip_msg *test_new_msg(struct kunit *test)
{
	struct sip_msg *msg = kunit_kmalloc(test, sizeof(*msg), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, msg);
	memset(msg, 0x5a, sizeof(*msg));
	return msg;
}

struct sip_msg *test_parsed(struct kunit *test, const struct sip_text *t)
{
	struct sip_msg *msg = test_new_msg(test);
	int ret = sip_parse_datagram(t, msg);

	KUNIT_EXPECT_EQ_MSG(test, ret, (int)t->len, "fault %u of \"%.*s\"", msg->fault,
			    (int)t->len, t->p);
	KUNIT_ASSERT_GT(test, ret, 0);
	return msg;
}

void test_expect_fault(struct kunit *test, const struct sip_text *t, u8 fault, const char *what)
{
	struct sip_msg *msg = test_new_msg(test);
	int ret = sip_parse_datagram(t, msg);

	if (fault == SIP_FAULT_NONE) {
		KUNIT_EXPECT_GT_MSG(test, ret, 0, "fault %u: %s", msg->fault, what);
		KUNIT_EXPECT_EQ_MSG(test, msg->left, 0, "%s", what);
		return;
	}
	/* what is left is a fault to someone who is strict */
	if (ret != -ENOMSG && msg->left) {
		msg->fault = sip_strict_fault(msg);
		ret = msg->fault ? -EBADMSG : -ENOMSG;
	}
	KUNIT_EXPECT_EQ_MSG(test, ret, fault == SIP_FAULT_COUNT ? -ENOMSG : -EBADMSG, "%s", what);
	if (ret == -EBADMSG)
		KUNIT_EXPECT_EQ_MSG(test, (int)msg->fault, (int)fault, "%s", what);
}

struct sip_addr test_addr(struct kunit *test, const char *s)
{
	struct sip_addr addr;

	KUNIT_EXPECT_TRUE_MSG(test, sip_addr_parse(&addr, s, strlen(s)), "%s", s);
	return addr;
}

kunit_test_suites(&sip_addr_suite, &sip_edit_suite, &sip_parse_suite, &sip_grammar_suite,
		  &sip_identity_suite,
		  &sdp_rewrite_suite, &sip_body_suite, &sip_rewrite_suite, &sip_stream_suite,
		  &sip_tcp_suite, &sip_tcp_ack_suite, &sip_tcp_model_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Unit tests of the SIP ALG's text core");
#ifdef __KERNEL__
SIPALG_IMPORT_NS;
#endif
