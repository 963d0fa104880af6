/* SPDX-License-Identifier: GPL-2.0 */
/*
 * library: the SIP libraries of others, each asked in a process of its own (reader.h),
 * and their answers as lists of fields.
 */
#ifndef _HOST_LIBRARY_H
#define _HOST_LIBRARY_H

#include <stdio.h>
#include <linux/types.h>

#include "reader.h"

enum { LIBRARIES = 3 };

/**
 * struct library - one of them
 * @name: as its reader is called: reader_<name>
 * @is_there: its reader was built
 * @broke: questions at which it crashed or hung
 */
struct library {
	const char *name;
	bool is_there;
	unsigned int broke;
	int pid;
	FILE *to, *from;
};

extern struct library libraries[LIBRARIES];

/* one "name=value" */
struct field_line {
	char *name;
	char *value;
};

/**
 * struct fields - what a text says to a library
 * @is_good: the library takes the text; else there are no lines
 * @broke: the library crashed or hung
 * @n: how many lines
 * @line: the lines, sorted by fields_sort()
 */
struct fields {
	bool is_good;
	bool broke;
	u32 n, room;
	struct field_line *line;
};

/* starts the readers that stand in @dir; the others are not there */
void libraries_start(const char *dir);
void libraries_stop(void);

void library_ask(struct library *lib, enum reader_kind kind, const char *text, u32 len,
		 struct fields *f);

void fields_copy(struct fields *to, const struct fields *from);
void fields_clear(struct fields *f);
void fields_sort(struct fields *f);
/* the value of a field that is named so, or NULL */
const char *fields_get(const struct fields *f, const char *name, ...)
	__attribute__((format(printf, 2, 3)));
/* sets the first field of that name, adds it, or with @value NULL removes it */
void fields_set(struct fields *f, const char *value, const char *name, ...)
	__attribute__((format(printf, 3, 4)));
/* the first difference of two sorted lists as a text, or NULL */
const char *fields_differ(const struct fields *want, const struct fields *got);

#endif /* _HOST_LIBRARY_H */
