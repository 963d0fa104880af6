// SPDX-License-Identifier: GPL-2.0
/*
 * Golden files: a message in, the message that must come out, byte for byte.
 *
 * usage: golden [-s DIR] FILE...	-s: also write the messages in to DIR, as seeds
 *
 * What a file looks like says golden_file.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "golden_file.h"
#include "sip_quick.h"

static const char *fault_name(int err, u8 fault)
{
	static const char *const names[] = {
		"none",
#define X(NAME, name, text) #name,
		SIP_FAULTS(X)
#undef X
	};

	if (err == -ENOMSG)
		return "not_sip";
	if (err == -E2BIG)
		return "too_many_edits";
	return err == -EBADMSG && fault < SIP_FAULT_COUNT ? names[fault] : "another error";
}

static void print_line(char mark, const char *p, size_t len)
{
	printf("# %c", mark);
	for (; len--; p++) {
		if (*p == '\r')
			printf("\\r");
		else if (*p == '\n')
			printf("\\n");
		else if ((unsigned char)*p < 32)
			printf("\\x%02x", (unsigned char)*p);
		else
			putchar(*p);
	}
	putchar('\n');
}

static size_t line_len(const char *p, size_t len)
{
	const char *lf = memchr(p, '\n', len);

	return lf ? (size_t)(lf + 1 - p) : len;
}

/* Line by line; where they differ, both. */
static void print_diff(const char *want, size_t want_len, const char *got, size_t got_len)
{
	while (want_len || got_len) {
		size_t w = line_len(want, want_len), g = line_len(got, got_len);

		if (w == g && !memcmp(want, got, w)) {
			print_line(' ', want, w);
		} else {
			if (w)
				print_line('-', want, w);
			if (g)
				print_line('+', got, g);
		}
		want += w;
		want_len -= w;
		got += g;
		got_len -= g;
	}
}

/* Room whose end cannot be passed. */
static char *guarded(size_t len)
{
	static char *end;
	size_t page = sysconf(_SC_PAGESIZE), room = (GOLDEN_ROOM + page - 1) / page * page;

	if (!end) {
		end = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		if (end == MAP_FAILED || mprotect(end + room, page, PROT_NONE))
			abort();
		end += room;
	}
	return end - len;
}

static bool is_same(const char *what, const char *want, const char *got)
{
	want = want ?: "";
	if (strcmp(want, got))
		printf("# %s: \"%s\", and not \"%s\"\n", what, got, want);
	return !strcmp(want, got);
}

/* What stays, what that is to someone who is strict, and whether the message may act. */
static bool left_check(const struct golden *g, const struct sip_msg *msg)
{
	static const char *const names[] = {
#define X(NAME, name, FAULT, text) #name,
		SIP_LEFTS(X)
#undef X
	};
	char got[256] = "";
	unsigned int i;
	bool ok;

	for (i = 0; i < SIP_LEFT_COUNT; i++)
		if (msg->left & 1U << i)
			strcat(strcat(got, *got ? " " : ""), names[i]);
	ok = is_same("left", g->left, got);
	if (msg->left)
		ok &= is_same("strict", g->strict, sip_strict_fault(msg) ?
			      fault_name(-EBADMSG, sip_strict_fault(msg)) : "not_sip");
	return ok & is_same("acts", g->is_passive ? "no" : "yes", sip_may_act(msg) ? "yes" : "no");
}

static bool golden_check(const struct golden *g)
{
	static struct world w;
	size_t want_len = g->fault ? g->in_len : g->want_len;
	size_t cap = g->in_len > want_len ? g->in_len : want_len;
	const char *want = g->fault ? g->in : g->want;
	char *buf = guarded(g->in_len);
	int ret;

	/* once for the reading alone, so that no byte behind the message is read */
	memcpy(buf, g->in, g->in_len);
	world_plan(&w, &g->scene, &(struct sip_text){ buf, g->in_len });
	buf = guarded(cap);
	memcpy(buf, g->in, g->in_len);
	ret = world_translate(&w, &g->scene, buf, g->in_len, cap);
	if (ret == -ENOSPC) {
		buf = guarded(GOLDEN_ROOM);
		memcpy(buf, g->in, g->in_len);
		ret = world_translate(&w, &g->scene, buf, g->in_len, GOLDEN_ROOM);
	}
	if (ret < 0 && (!g->fault || strcmp(fault_name(ret, w.msg.fault), g->fault))) {
		printf("# error %d: %s\n", ret, fault_name(ret, w.msg.fault));
		return false;
	}
	if (ret >= 0 && g->fault) {
		printf("# no fault, but %s was expected\n", g->fault);
		return false;
	}
	if (ret >= 0 && !left_check(g, &w.msg))
		return false;
	if (ret < 0)
		ret = g->in_len;
	if ((size_t)ret == want_len && !memcmp(buf, want, want_len))
		return true;
	print_diff(want, want_len, buf, ret);
	return false;
}

static void write_seed(const struct golden *g, const char *dir)
{
	const char *base = strrchr(g->path, '/');
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, base ? base + 1 : g->path);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(2);
	}
	fwrite(g->in, 1, g->in_len, f);
	fclose(f);
}

int main(int argc, char **argv)
{
	unsigned int n = 0, bad = 0;
	const char *seeds = NULL;
	struct golden g;
	int i = 1;

	sip_quick_is_off = getenv("CAREFUL");
	if (argc > 2 && !strcmp(argv[1], "-s")) {
		seeds = argv[2];
		i = 3;
	}
	for (; i < argc; i++) {
		bool ok;

		golden_read(&g, argv[i]);
		if (seeds)
			write_seed(&g, seeds);
		ok = golden_check(&g);
		n++;
		bad += !ok;
		printf("%sok %u - %s\n", ok ? "" : "not ", n, argv[i]);
		golden_free(&g);
	}
	printf("1..%u\n%u passed, %u failed, 0 skipped\n", n, n - bad, bad);
	return bad || !n;
}
