// SPDX-License-Identifier: GPL-2.0
/* tables: prints the tables of docs/settings.md and docs/counters.md from the lists in include/. */
#include <stdio.h>
#include <string.h>

struct rcu_head { int unused; };

#include "sipalg_settings.h"
#include "sipalg_stats.h"

/* a setting of one of these types has names, which its text says, for the numbers of its range */
static const char words[] = "media_source signalling_source second_address";

static void settings(void)
{
	printf("| setting | default | range | meaning |\n|---|---|---|---|\n");
#define X(name, type, def, min, max, zero, text)					\
	printf("| `%s` | %s | ", #name, def[0] ? def : "empty");			\
	if (strstr(words, #type))							\
		printf("a word");							\
	else if (max)									\
		printf("%s%u-%u", zero && min ? "0, " : "", min, max);			\
	printf(" | %s |\n", text);
	SIPALG_SETTINGS(X)
#undef X
}

static void counters(void)
{
	printf("| counter | counts |\n|---|---|\n");
#define X(NAME, name, text) printf("| `%s` | %s |\n", #name, text);
	SIPALG_STATS(X)
#undef X
#define X(NAME, name, text) printf("| `malformed_%s` | passed unchanged: %s |\n", #name, text);
	SIP_FAULTS(X)
#undef X
#define X(NAME, name, FAULT, text) printf("| `left_%s` | translated, but left as it is: %s |\n", #name, text);
	SIP_LEFTS(X)
#undef X
}

int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] == 's')
		settings();
	else
		counters();
	return 0;
}
