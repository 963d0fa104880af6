// SPDX-License-Identifier: GPL-2.0
/*
 * speed: the engines take turns, message by message.  See speed.h.
 *
 * usage: speed ROUNDS NAME=FILE.so...	times
 *	  speed count NAME=FILE.so...	under callgrind: a dump for each message, stage and engine
 *
 * Output, a line for each round: TEXT CACHE MESSAGE STAGE ENGINE ROUND NANOSECONDS.  CACHE is
 *
 *	warm	the same message again and again: of many short runs of COPIES messages the 5 % quantile, which
 *		is what it takes when nobody disturbs
 *	cold	before each message other code has run, a jump in each of its lines, and thrown the engine's code
 *		out of the instruction cache and its branches out of the predictor: the median of many messages.
 *		256 KiB of it leave the code in the second cache
 *	colder	likewise, 2 MiB of it, as after a while without messages
 *
 * Text and working memory are in the data cache each time.  What an engine that does nothing takes in the same
 * way is taken off.
 */
#include <dlfcn.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include "speed.h"
#include "speed_messages.h"

enum {
	ENGINES = 8,
	COPIES = 8,
	RUNS = 41,
	LINE = 64,
	BLOCK = 2 << 20,
	STRIDE = SPEED_CAP + 13 * LINE,	/* copies are not all in the same lines of the cache */
};

static const char *const stage_name[SPEED_STAGES] = { "parse", "plan", "render" };

static const struct cache {
	const char *name;
	size_t code;		/* bytes of other code that run before each message */
	unsigned int quantile;	/* percent of the runs that take no longer */
} caches[] = {
	{ "warm", 0, 5 },
	{ "cold", 256 << 10, 50 },
	{ "colder", BLOCK, 50 },
	{ },
};

struct engine {
	const char *name;
	const struct speed_engine *does;
};

static struct engine engines[ENGINES];
static unsigned int n_engines;
static char copies[COPIES][STRIDE] __attribute__((aligned(4096)));
static double tick_ns;

/* BLOCK bytes of code, each line a jump to the next one */
asm(".text\n"
    ".balign 64\n"
    "speed_block:\n"
    ".rept 32768\n"
    "jmp 1f\n"
    ".balign 64, 0xcc\n"
    "1:\n"
    ".endr\n"
    "ret\n");
extern const char speed_block[];

static int nothing(char *text, size_t len, bool from_inside)
{
	(void)text;
	(void)from_inside;
	return len;
}

static const struct speed_engine idle = { .run = { nothing, nothing, nothing } };

/* ---- time ---------------------------------------------------------------------- */

static uint64_t ticks(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a" (low), "=d" (high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void calibrate(void)
{
	uint64_t ns = now_ns(), from = ticks();

	while (now_ns() - ns < 50000000)
		;
	tick_ns = (double)(now_ns() - ns) / (ticks() - from);
}

/* ---- runs ----------------------------------------------------------------------- */

static void put_copies(const struct speed_message *m, size_t len)
{
	unsigned int i;

	for (i = 0; i < COPIES; i++)
		memcpy(copies[i], m->text, len + 1);
}

static void touch(const void *memory, size_t size)
{
	const volatile char *byte = memory;
	size_t i;

	for (i = 0; i < size; i += LINE)
		(void)byte[i];
}

static void make_cold(const struct cache *cache, const struct speed_engine *e, size_t len)
{
	((void (*)(void))(speed_block + BLOCK - cache->code))();
	touch(e->memory, e->size);
	touch(copies[0], len);
}

/* One short run; nanoseconds for a message. */
static double run(const struct cache *cache, const struct speed_engine *e, enum speed_stage stage,
		  const struct speed_message *m)
{
	unsigned int n = cache->code ? 1 : COPIES, i;
	size_t len = strlen(m->text);
	uint64_t start;

	put_copies(m, len);
	if (cache->code)
		make_cold(cache, e, len);
	start = ticks();
	for (i = 0; i < n; i++)
		e->run[stage](copies[i], len, m->from_inside);
	return (ticks() - start) * tick_ns / n;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double many(const struct cache *cache, const struct speed_engine *e, enum speed_stage stage,
		   const struct speed_message *m)
{
	static double ns[RUNS];
	unsigned int i;

	for (i = 0; i < 3; i++)
		run(cache, e, stage, m);
	for (i = 0; i < RUNS; i++)
		ns[i] = run(cache, e, stage, m);
	qsort(ns, RUNS, sizeof(*ns), by_size);
	return ns[RUNS * cache->quantile / 100];
}

static void round_of(const struct cache *cache, const struct speed_message *m, unsigned int round)
{
	double own = many(cache, &idle, 0, m);
	const struct engine *e;
	unsigned int stage, i;

	for (stage = 0; stage < SPEED_STAGES; stage++)
		for (i = 0; i < n_engines; i++) {
			e = &engines[round % 2 ? n_engines - 1 - i : i];
			if (!e->does->run[stage])
				continue;
			printf("TEXT %s %s %s %s %u %.1f\n", cache->name, m->name, stage_name[stage],
			       e->name, round, many(cache, e->does, stage, m) - own);
		}
}

static void measure(unsigned int rounds)
{
	const struct speed_message *m;
	const struct cache *cache;
	unsigned int round;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(sched_getcpu(), &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	calibrate();
	for (round = 0; round < rounds; round++)
		for (m = speed_messages; m->name; m++)
			for (cache = caches; cache->name; cache++)
				round_of(cache, m, round);
}

/* Collected is only what the engine does. */
static void count(void)
{
	const struct speed_message *m;
	unsigned int stage, i, k;
	char label[80];

	for (m = speed_messages; m->name; m++)
		for (stage = 0; stage < SPEED_STAGES; stage++)
			for (i = 0; i < n_engines; i++) {
				const struct speed_engine *e = engines[i].does;

				if (!e->run[stage])
					continue;
				for (k = 0; k < 2; k++) {	/* the library's own first time */
					put_copies(m, strlen(m->text));
					CALLGRIND_ZERO_STATS;
					CALLGRIND_TOGGLE_COLLECT;
					e->run[stage](copies[0], strlen(m->text), m->from_inside);
					CALLGRIND_TOGGLE_COLLECT;
				}
				snprintf(label, sizeof(label), "%s %s %s", m->name, stage_name[stage],
					 engines[i].name);
				CALLGRIND_DUMP_STATS_AT(label);
			}
}

/* ---- engines --------------------------------------------------------------------- */

/* @argument: NAME=FILE */
static bool load(char *argument)
{
	char *file = strchr(argument, '=');
	void *object;

	if (!file || n_engines == ENGINES)
		return false;
	*file++ = 0;
	object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!object) {
		fprintf(stderr, "speed: %s\n", dlerror());
		return false;
	}
	engines[n_engines].name = argument;
	engines[n_engines++].does = dlsym(object, "speed_engine");
	return engines[n_engines - 1].does;
}

/* Each engine reads each message, and those that change it make the same of it. */
static bool check(void)
{
	const struct speed_message *m;
	static char made[SPEED_CAP];
	unsigned int i, stage;
	bool is_good = true;

	for (m = speed_messages; m->name; m++) {
		*made = 0;
		for (i = 0; i < n_engines; i++)
			for (stage = 0; stage < SPEED_STAGES; stage++) {
				const struct speed_engine *e = engines[i].does;
				int len;

				if (!e->run[stage])
					continue;
				put_copies(m, strlen(m->text));
				len = e->run[stage](copies[0], strlen(m->text), m->from_inside);
				if (len <= 0 || len >= SPEED_CAP) {
					fprintf(stderr, "speed: %s does not %s %s: %d\n", engines[i].name,
						stage_name[stage], m->name, len);
					is_good = false;
				} else if (stage == SPEED_RENDER) {
					copies[0][len] = 0;
					if (*made && strcmp(made, copies[0]))
						fprintf(stderr, "speed: %s: another %s than before\n",
							engines[i].name, m->name);
					strcpy(made, copies[0]);
				}
			}
	}
	return is_good;
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: speed ROUNDS|count NAME=FILE.so...\n");
		return 2;
	}
	for (i = 2; i < argc; i++)
		if (!load(argv[i]))
			return 1;
	if (!check())
		return 1;
	if (!strcmp(argv[1], "count"))
		count();
	else
		measure(atoi(argv[1]));
	return 0;
}
