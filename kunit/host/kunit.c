// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the KUnit suites in user space.  Prints a TAP line a case, and at last
 * "N passed, N failed, N skipped".
 *
 * usage: kunit [name]		only cases whose suite or name holds this text
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kunit/test.h>

#include "sip_quick.h"

/* cases that need the C library */
extern struct kunit_suite host_suite;

struct host_alloc {
	struct host_alloc *next;
	void *map;
	size_t len;
};

static unsigned int passed, failed, skipped;
int host_allocs_left = -1;

/* Text whose end is the end of the page, with a page behind it that cannot be read. */
void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t room = (size + page - 1) / page * page;
	struct host_alloc *a = malloc(sizeof(*a));

	(void)gfp;
	if (!a)
		abort();
	a->len = room + page;
	a->map = mmap(NULL, a->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->map == MAP_FAILED || mprotect((char *)a->map + room, page, PROT_NONE))
		abort();
	a->next = test->allocs;
	test->allocs = a;
	memset(a->map, 0xa5, room);
	return (char *)a->map + room - size;
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return memset(kunit_kmalloc(test, size, gfp), 0, size);
}

static void free_all(struct kunit *test)
{
	while (test->allocs) {
		struct host_alloc *a = test->allocs;

		test->allocs = a->next;
		munmap(a->map, a->len);
		free(a);
	}
}

void host_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
{
	va_list args;

	test->failed = true;
	printf("    # %s: %s:%d: ", test->name, file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void run_once(struct kunit_suite *suite, struct kunit_case *c, const void *param,
		     const char *desc)
{
	struct kunit test = { .name = c->name, .param_value = param };

	fflush(stdout);
	if (!setjmp(test.abort)) {
		if (suite->init && suite->init(&test))
			host_fail(&test, __FILE__, __LINE__, "init failed");
		else
			c->run_case(&test);
	}
	if (suite->exit)
		suite->exit(&test);
	free_all(&test);
	if (test.failed)
		failed++;
	else if (test.skipped)
		skipped++;
	else
		passed++;
	printf("%sok %u - %s.%s%s%s%s\n", test.failed ? "not " : "", passed + failed + skipped,
	       suite->name, c->name, *desc ? ": " : "", desc, test.skipped ? " # SKIP" : "");
}

static void run_case(struct kunit_suite *suite, struct kunit_case *c)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = NULL;

	if (!c->generate_params) {
		run_once(suite, c, NULL, desc);
		return;
	}
	while ((param = c->generate_params(param, desc))) {
		run_once(suite, c, param, desc);
		*desc = 0;
	}
}

static void run_suite(struct kunit_suite *suite, const char *only)
{
	struct kunit_case *c;

	for (c = suite->test_cases; c->run_case; c++)
		if (!only || strstr(suite->name, only) || strstr(c->name, only))
			run_case(suite, c);
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;
	struct kunit_suite **suite;

	sip_quick_is_off = getenv("CAREFUL");
	for (suite = host_suites; *suite; suite++)
		run_suite(*suite, only);
	run_suite(&host_suite, only);
	printf("1..%u\n%u passed, %u failed, %u skipped\n", passed + failed + skipped, passed,
	       failed, skipped);
	return failed || !passed;
}
