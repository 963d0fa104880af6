// SPDX-License-Identifier: GPL-2.0
/*
 * tree: the files below a directory.  See tree.h.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tree.h"

void tree_walk(const char *dir, tree_fn *fn, void *arg)
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
			tree_walk(path, fn, arg);
		else if (S_ISREG(st.st_mode))
			fn(path, arg);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}
