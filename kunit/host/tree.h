/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tree: the files of a directory and of those below it, in the order of their names.
 */
#ifndef _HOST_TREE_H
#define _HOST_TREE_H

/* What is done with a file; @arg is the one of the walk. */
typedef void tree_fn(const char *path, void *arg);

/* Nothing is done with what begins with a dot; a directory that is not there has no files. */
void tree_walk(const char *dir, tree_fn *fn, void *arg);

#endif
