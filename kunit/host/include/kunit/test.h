/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of the kernel's KUnit that the suites use, for user space.
 *
 * Memory from kunit_kmalloc() ends at a page that nobody may touch, so reading one
 * byte behind it ends the run; it is given back when the case is over.
 */
#ifndef _HOST_KUNIT_TEST_H
#define _HOST_KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/types.h>

#define KUNIT_PARAM_DESC_SIZE 128

struct host_alloc;

struct kunit {
	const char *name;
	const void *param_value;
	void *priv;
	struct host_alloc *allocs;
	jmp_buf abort;
	bool failed;
	bool skipped;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char name[256];
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
void host_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* the suites of a world: one list, one end */
extern struct kunit_suite *host_suites[];
#define kunit_test_suites(...) struct kunit_suite *host_suites[] = { __VA_ARGS__, NULL }

#define KUNIT_CASE(f)			{ .run_case = f, .name = #f }
#define KUNIT_CASE_PARAM(f, gen)	{ .run_case = f, .name = #f, .generate_params = gen }

#define KUNIT_ARRAY_PARAM(name, array, get_desc)					\
	static const void *name##_gen_params(const void *prev, char *desc)		\
	{										\
		typeof((array)[0]) *next = prev ? (typeof(next))prev + 1 : (array);	\
		void (*describe)(typeof(next), char *) = get_desc;			\
											\
		if (next - (array) >= (long)ARRAY_SIZE(array))				\
			return NULL;							\
		if (describe)								\
			describe(next, desc);						\
		return next;								\
	}

#define kunit_info(test, fmt, ...)	((void)(test), printf("    # " fmt "\n", ##__VA_ARGS__))
#define kunit_err(test, fmt, ...)	kunit_info(test, fmt, ##__VA_ARGS__)

#define HOST_JUDGE(test, stop, pass, ...) do {				\
	if (!(pass)) {							\
		host_fail(test, __FILE__, __LINE__, __VA_ARGS__);	\
		if (stop)						\
			longjmp((test)->abort, 1);			\
	}								\
} while (0)

#define HOST_INT(test, stop, l, op, r, fmt, ...) do {					\
	typeof(l) left = (l);								\
	typeof(r) right = (r);								\
											\
	HOST_JUDGE(test, stop, left op right, "expected " #l " " #op " " #r		\
		   ", which are %lld and %lld. " fmt, (long long)left, (long long)right,	\
		   ##__VA_ARGS__);							\
} while (0)

#define HOST_BOOL(test, stop, want, cond, fmt, ...) \
	HOST_JUDGE(test, stop, (bool)(cond) == (want), "expected %s: " #cond ". " fmt, \
		   (want) ? "true" : "false", ##__VA_ARGS__)

#define KUNIT_FAIL(test, ...)		HOST_JUDGE(test, false, false, __VA_ARGS__)
#define KUNIT_EXPECT_EQ(test, l, r)	HOST_INT(test, false, l, ==, r, "")
#define KUNIT_EXPECT_NE(test, l, r)	HOST_INT(test, false, l, !=, r, "")
#define KUNIT_EXPECT_LT(test, l, r)	HOST_INT(test, false, l, <, r, "")
#define KUNIT_EXPECT_LE(test, l, r)	HOST_INT(test, false, l, <=, r, "")
#define KUNIT_EXPECT_GT(test, l, r)	HOST_INT(test, false, l, >, r, "")
#define KUNIT_EXPECT_GE(test, l, r)	HOST_INT(test, false, l, >=, r, "")
#define KUNIT_EXPECT_TRUE(test, c)	HOST_BOOL(test, false, true, c, "")
#define KUNIT_EXPECT_FALSE(test, c)	HOST_BOOL(test, false, false, c, "")
#define KUNIT_ASSERT_EQ(test, l, r)	HOST_INT(test, true, l, ==, r, "")
#define KUNIT_ASSERT_NE(test, l, r)	HOST_INT(test, true, l, !=, r, "")
#define KUNIT_ASSERT_LE(test, l, r)	HOST_INT(test, true, l, <=, r, "")
#define KUNIT_ASSERT_GT(test, l, r)	HOST_INT(test, true, l, >, r, "")
#define KUNIT_ASSERT_TRUE(test, c)	HOST_BOOL(test, true, true, c, "")
#define KUNIT_ASSERT_FALSE(test, c)	HOST_BOOL(test, true, false, c, "")
#define KUNIT_ASSERT_NOT_NULL(test, p)	HOST_JUDGE(test, true, (p) != NULL, #p " is NULL")
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p)	KUNIT_ASSERT_NOT_NULL(test, p)

#define KUNIT_EXPECT_EQ_MSG(test, l, r, fmt, ...)	HOST_INT(test, false, l, ==, r, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, l, r, fmt, ...)	HOST_INT(test, false, l, !=, r, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, l, r, fmt, ...)	HOST_INT(test, false, l, <=, r, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(test, l, r, fmt, ...)	HOST_INT(test, false, l, >, r, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_TRUE_MSG(test, c, fmt, ...)	HOST_BOOL(test, false, true, c, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, c, fmt, ...)	HOST_BOOL(test, false, false, c, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_EQ_MSG(test, l, r, fmt, ...)	HOST_INT(test, true, l, ==, r, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_GT_MSG(test, l, r, fmt, ...)	HOST_INT(test, true, l, >, r, fmt, ##__VA_ARGS__)

#define kunit_skip(test, ...) do {		\
	kunit_info(test, __VA_ARGS__);		\
	(test)->skipped = true;			\
	longjmp((test)->abort, 1);		\
} while (0)

#endif /* _HOST_KUNIT_TEST_H */
