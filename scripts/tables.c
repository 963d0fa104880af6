// SPDX-License-Identifier: GPL-2.0
/* tables: prints the tables of docs/settings.md and docs/counters.md, and scripts/sipalg.conf, from the lists in include/. */
#include <stdio.h>
#include <string.h>

struct rcu_head { int unused; };

#include "sipalg_settings.h"
#include "sipalg_stats.h"

/* What may be written: words, or numbers. */
static const char *words_of(const char *type)
{
	if (!strcmp(type, "media_source"))
		return "any, announced, signalling";
	if (!strcmp(type, "signalling_source"))
		return "registrar, learned, any";
	if (!strcmp(type, "second_address"))
		return "off, neighbour, prefix";
	return NULL;
}

static void range(const char *type, unsigned int min, unsigned int max, unsigned int zero)
{
	if (words_of(type))
		printf("%s", words_of(type));
	else if (max)
		printf("%s%u-%u", zero && min ? "0, " : "", min, max);
}

static void settings(void)
{
	printf("| setting | default | range | meaning |\n|---|---|---|---|\n");
#define X(name, type, def, min, max, zero, text)					\
	printf("| `%s` | %s | ", #name, def[0] ? def : "empty");			\
	range(#type, min, max, zero);							\
	printf(" | %s |\n", text);
	SIPALG_SETTINGS(X)
#undef X
}

/* A comment of lines up to 100 columns. */
static void comment(const char *text)
{
	unsigned int col = 1;

	putchar('#');
	while (*text) {
		size_t len = strcspn(text, " ");

		if (col + 1 + len > 100) {
			printf("\n#");
			col = 1;
		}
		printf(" %.*s", (int)len, text);
		col += 1 + len;
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

/* The example of /etc/modprobe.d/sipalg.conf. */
static void conf(void)
{
	printf("# SPDX-License-Identifier: GPL-2.0\n"
	       "# /etc/modprobe.d/sipalg.conf - settings of the SIP helper that a new network namespace\n"
	       "# begins with. Times are in seconds; the values shown are the built-in ones.\n#\n"
	       "# Read when nf_conntrack_sipalg is loaded. A namespace that exists is changed with\n"
	       "# sysctl, at any time and with calls up:  sysctl -w net.netfilter.sipalg.strict=1\n");
#define X(name, type, def, min, max, zero, text)					\
	putchar('\n');									\
	comment(text);									\
	printf("#options nf_conntrack_sipalg %s=%s\n", #name, strchr(def, ' ') ? "\"" def "\"" : def);
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
	if (argc > 1 && !strcmp(argv[1], "settings"))
		settings();
	else if (argc > 1 && !strcmp(argv[1], "conf"))
		conf();
	else
		counters();
	return 0;
}
