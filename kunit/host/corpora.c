// SPDX-License-Identifier: GPL-2.0
/*
 * corpora: messages written by others.  See corpora.h.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "corpora.h"

const char *const corpora_sets[CORPORA_ALL] = {
	"rfc4475", "rfc5118-crlf", "rfc3665", "rfc3665-alg", "rfc3666", "kamailio", "pjsip",
	"sdp-transform",
};

static void walk(const char *dir, corpora_fn *fn, void *arg)
{
	struct dirent **entries;
	char path[PATH_MAX];
	struct stat st;
	int i, n = scandir(dir, &entries, NULL, alphasort);

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (entries[i]->d_name[0] == '.' || stat(path, &st))
			;
		else if (S_ISDIR(st.st_mode))
			walk(path, fn, arg);
		else if (S_ISREG(st.st_mode))
			fn(path, arg);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

bool corpora_walk(const char *dir, const char *name, corpora_fn *fn, void *arg)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (stat(path, &st)) {
		printf("%-16s SKIPPED, not there\n", name);
		return false;
	}
	walk(path, fn, arg);
	return true;
}

u32 corpora_read(const char *path, char *buf)
{
	FILE *f = fopen(path, "r");
	u32 len;

	if (!f) {
		perror(path);
		exit(2);
	}
	len = fread(buf, 1, SIP_MAX_MESSAGE / 2, f);
	fclose(f);
	return len;
}

u32 corpora_to_wire(char *buf, u32 len)
{
	u32 lf = 0, i, n;

	if (memchr(buf, '\r', len))
		return len;
	for (i = 0; i < len; i++)
		lf += buf[i] == '\n';
	n = len + lf;
	for (i = len; i--;) {
		buf[--n] = buf[i];
		if (buf[i] == '\n')
			buf[--n] = '\r';
	}
	return len + lf;
}
