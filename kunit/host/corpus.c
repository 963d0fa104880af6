// SPDX-License-Identifier: GPL-2.0
/*
 * Messages written by others: parse, translate, parse again.
 *
 * usage: corpus DIR
 *
 * What must hold of the translation says oracle.h.  The data stay unedited, but for
 * messages whose lines end with LF alone: these get CRLF first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpora.h"
#include "oracle.h"

/* descriptions without a message come after the oracle's own verdicts */
enum { SDP_ONLY = ORACLE_COUNT, VERDICTS };

static const char *const verdict_names[VERDICTS] = {
	[ORACLE_GOOD] = "translated", [ORACLE_NO_ADDRESS] = "no-address",
	[ORACLE_MALFORMED] = "malformed", [ORACLE_NOT_SIP] = "not-sip",
	[ORACLE_LIMIT] = "over-limit", [ORACLE_BROKEN] = "BROKEN", [SDP_ONLY] = "sdp",
};

static unsigned int totals[VERDICTS];

/* A description alone: only read. */
static unsigned int run_sdp(const char *p, u32 len, const char **why)
{
	static struct sdp sdp;
	struct sip_text text = { p, len };
	int ret = sdp_parse(&text, (struct sip_slice){ 0, len }, &sdp);

	*why = ret ? "m= or a=rtcp not readable" : "";
	return ret ? ORACLE_MALFORMED : SDP_ONLY;
}

/* Every variant of the translation has to hold; the verdict is that of the first that does not. */
static unsigned int run(const char *p, u32 len, const char **why)
{
	static char buf[ORACLE_ROOM];
	unsigned int verdict = 0;
	u32 variant;

	if (len > 2 && !memcmp(p, "v=", 2))
		return run_sdp(p, len, why);
	for (variant = 0; variant < 8 && verdict != ORACLE_BROKEN; variant++) {
		memcpy(buf, p, len);
		verdict = oracle_check(buf, len, variant, why);
	}
	return verdict;
}

/*
 * RFC 4475 3.1.2 and 3.3, what must not be taken for a good message.  Refused is what two
 * readers could read as two messages, and what is not SIP by its start line.
 */
static const char *const refused[] = {
	"clerr.dat", "mcl01.dat", "multi01.dat", "test.dat",
};

/* Of these something stays as it is, and the rest is read.  Of all others nothing stays. */
static const char *const odd[] = {
	"baddn.dat", "badinv01.dat", "badvers.dat", "bigcode.dat", "insuf.dat", "ltgtruri.dat",
	"lwsruri.dat", "lwsstart.dat", "mismatch01.dat", "mismatch02.dat", "ncl.dat", "quotbal.dat", "regbadct.dat", "scalar02.dat",
	"scalarlg.dat", "trws.dat",
};

static bool is_of(const char *const *names, size_t n, const char *base)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(base, names[i]))
			return true;
	return false;
}

#define IS_OF(names, base)	is_of(names, sizeof(names) / sizeof(*(names)), base)

/* @left: of the message, which is read where it is not refused */
static bool as_rfc4475(const char *path, unsigned int v, u32 left)
{
	const char *base = strrchr(path, '/') + 1;

	if (!strstr(path, "/rfc4475/"))
		return true;
	if (v == ORACLE_MALFORMED || v == ORACLE_NOT_SIP)
		return IS_OF(refused, base);
	return !IS_OF(refused, base) && IS_OF(odd, base) == !!left;
}

static void run_file(const char *path, void *arg)
{
	unsigned int *counts = arg;
	char *buf = malloc(ORACLE_ROOM), *exact;
	static struct world w;
	struct scene any = { .hide.family = SIP_FAMILY_IPV4, .show.family = SIP_FAMILY_IPV4 };
	const char *why = "";
	unsigned int v;
	u32 len;

	if (!buf)
		abort();
	len = corpora_read(path, buf);
	if (len <= 2 || memcmp(buf, "v=", 2))	/* not a description alone */
		len = corpora_to_wire(buf, len);
	exact = malloc(len ? len : 1);	/* for the first reading: ends where the message ends */
	memcpy(exact, buf, len);
	world_plan(&w, &any, &(struct sip_text){ exact, len });
	free(exact);
	v = run(buf, len, &why);
	if (!as_rfc4475(path, v, w.msg.left)) {
		v = ORACLE_BROKEN;
		why = "not the verdict of RFC 4475";
	}
	counts[v]++;
	totals[v]++;
	if (v == ORACLE_MALFORMED || v == ORACLE_NOT_SIP || v == ORACLE_BROKEN)
		printf("# %-10s %s: %s\n", verdict_names[v], path, *why ? why : "start line");
	free(buf);
}

static void print_counts(const char *name, const unsigned int *counts)
{
	int i;

	printf("%-16s", name);
	for (i = 0; i < VERDICTS; i++)
		printf(" %u %s%s", counts[i], verdict_names[i], i + 1 < VERDICTS ? "," : "\n");
}

int main(int argc, char **argv)
{
	unsigned int skipped = 0, passed = 0, counts[VERDICTS];
	size_t i;

	if (argc != 2)
		return 2;
	for (i = 0; i < CORPORA_ALL; i++) {
		memset(counts, 0, sizeof(counts));
		if (corpora_walk(argv[1], corpora_sets[i], run_file, counts))
			print_counts(corpora_sets[i], counts);
		else
			skipped++;
	}
	print_counts("all", totals);
	for (i = 0; i < VERDICTS; i++)
		passed += i == ORACLE_BROKEN ? 0 : totals[i];
	printf("%u passed, %u failed, %u skipped\n", passed, totals[ORACLE_BROKEN], skipped);
	return totals[ORACLE_BROKEN] != 0;
}
