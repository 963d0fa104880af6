/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_kunit: what the suites of the text core share.
 *
 * The same suites run in the kernel (sipalg_kunit.ko) and in user space
 * (kunit/host), so they call nothing but the core's own headers and KUnit.
 */
#ifndef _SIPALG_KUNIT_H
#define _SIPALG_KUNIT_H

#include <kunit/test.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_addr.h"
#include "sip_parse.h"
#include "sip_slice.h"

extern struct kunit_suite sip_addr_suite;
extern struct kunit_suite sip_edit_suite;
extern struct kunit_suite sip_parse_suite;
extern struct kunit_suite sip_grammar_suite;
extern struct kunit_suite sip_identity_suite;
extern struct kunit_suite sdp_rewrite_suite;
extern struct kunit_suite sip_body_suite;
extern struct kunit_suite sip_rewrite_suite;
extern struct kunit_suite sip_stream_suite;
extern struct kunit_suite sip_tcp_suite;
extern struct kunit_suite sip_tcp_ack_suite;
extern struct kunit_suite sip_tcp_model_suite;

/* the message that most cases vary, and where its pieces are found by name */
extern const char test_invite[];

/* its top Via */
#define VIA_LINE	"Via: SIP/2.0/UDP 192.168.1.2:5060;branch=z9hG4bK74bf9;rport\r\n"

/* Bytes copied to memory of exactly their size: one byte further is a fault. */
struct sip_text test_bytes(struct kunit *test, const char *p, u32 len);

/* The same of a string; its NUL is not part of it. */
struct sip_text test_text(struct kunit *test, const char *s);

/* A whole message: @start line, the five headers that every message has, then @more. */
struct sip_text test_message(struct kunit *test, const char *start, const char *more);

/* The message with the first @old in it replaced by @new. */
struct sip_text test_replace(struct kunit *test, const char *message, const char *old,
			     const char *new);

/* Puts strings together at the end of @buf; grows nothing, a text over @cap fails the case. */
void test_cat(struct kunit *test, char *buf, u32 cap, const char *s);

void test_expect_bytes(struct kunit *test, const char *p, u32 len, const char *want, u32 want_len);
void test_expect_slice(struct kunit *test, const struct sip_text *t, struct sip_slice s,
		       const char *want);

/* Room for a result, filled with garbage, so that what is not set shows. */
struct sip_msg *test_new_msg(struct kunit *test);

/* A message that must parse as a whole. */
struct sip_msg *test_parsed(struct kunit *test, const struct sip_text *t);

/* @fault: SIP_FAULT_NONE means that it parses, SIP_FAULT_COUNT that it is not SIP. */
void test_expect_fault(struct kunit *test, const struct sip_text *t, u8 fault, const char *what);

struct sip_addr test_addr(struct kunit *test, const char *s);

/* The same numbers in every run: xorshift32, Marsaglia 2003. */
static inline u32 test_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif /* _SIPALG_KUNIT_H */
