// SPDX-License-Identifier: GPL-2.0
/* library: asking the libraries, and lists of fields.  See library.h. */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library.h"

struct library libraries[LIBRARIES] = {
	{ .name = "sofia" }, { .name = "osip" }, { .name = "re" },
};

static const char *readers;

/* ---- processes ---------------------------------------------------------------------- */

static void library_start(struct library *lib)
{
	int to[2], from[2];
	char path[4096];

	snprintf(path, sizeof(path), "%s/reader_%s", readers, lib->name);
	lib->is_there = !access(path, X_OK);
	if (!lib->is_there)
		return;
	/* closed where another reader is started: each sees the end of its own questions */
	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		abort();
	lib->pid = fork();
	if (!lib->pid) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		execl(path, path, NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	lib->to = fdopen(to[1], "w");
	lib->from = fdopen(from[0], "r");
	if (lib->pid < 0 || !lib->to || !lib->from)
		abort();
}

static void library_stop(struct library *lib)
{
	if (!lib->is_there)
		return;
	fclose(lib->to);
	fclose(lib->from);
	waitpid(lib->pid, NULL, 0);
}

void libraries_start(const char *dir)
{
	int i;

	signal(SIGPIPE, SIG_IGN);
	readers = dir;
	for (i = 0; i < LIBRARIES; i++)
		library_start(&libraries[i]);
}

void libraries_stop(void)
{
	int i;

	for (i = 0; i < LIBRARIES; i++)
		library_stop(&libraries[i]);
}

static void add_line(struct fields *f, const char *name, u32 name_len, const char *value,
		     u32 value_len)
{
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->line = realloc(f->line, f->room * sizeof(*f->line));
		if (!f->line)
			abort();
	}
	f->line[f->n++] = (struct field_line){ strndup(name, name_len), strndup(value, value_len) };
}

static void split_lines(struct fields *f, const char *p, u32 len)
{
	const char *end = p + len, *equals, *stop;

	for (; p < end; p = stop + 1) {
		stop = memchr(p, '\n', end - p);
		equals = memchr(p, '=', stop - p);
		add_line(f, p, equals - p, equals + 1, stop - equals - 1);
	}
}

void library_ask(struct library *lib, enum reader_kind kind, const char *text, u32 len,
		 struct fields *f)
{
	struct reader_question q = { kind, len };
	struct reader_answer a;
	char *lines = NULL;

	memset(f, 0, sizeof(*f));
	if (fwrite(&q, sizeof(q), 1, lib->to) != 1 || (len && fwrite(text, len, 1, lib->to) != 1) ||
	    fflush(lib->to) || fread(&a, sizeof(a), 1, lib->from) != 1)
		goto broke;
	lines = malloc(a.len + 1);
	if (!lines || (a.len && fread(lines, a.len, 1, lib->from) != 1))
		goto broke;
	f->is_good = a.is_good;
	split_lines(f, lines, a.len);
	fields_sort(f);
	free(lines);
	return;
broke:
	free(lines);
	f->broke = true;
	lib->broke++;
	library_stop(lib);
	library_start(lib);
}

/* ---- lists -------------------------------------------------------------------------- */

void fields_copy(struct fields *to, const struct fields *from)
{
	u32 i;

	memset(to, 0, sizeof(*to));
	to->is_good = from->is_good;
	to->broke = from->broke;
	for (i = 0; i < from->n; i++)
		add_line(to, from->line[i].name, strlen(from->line[i].name), from->line[i].value,
			 strlen(from->line[i].value));
}

void fields_clear(struct fields *f)
{
	u32 i;

	for (i = 0; i < f->n; i++) {
		free(f->line[i].name);
		free(f->line[i].value);
	}
	free(f->line);
	memset(f, 0, sizeof(*f));
}

static int compare(const void *a, const void *b)
{
	const struct field_line *x = a, *y = b;
	int ret = strcmp(x->name, y->name);

	return ret ? ret : strcmp(x->value, y->value);
}

void fields_sort(struct fields *f)
{
	if (f->n)
		qsort(f->line, f->n, sizeof(*f->line), compare);
}

static struct field_line *find(const struct fields *f, const char *name)
{
	u32 i;

	for (i = 0; i < f->n; i++)
		if (!strcasecmp(f->line[i].name, name))
			return &f->line[i];
	return NULL;
}

const char *fields_get(const struct fields *f, const char *name, ...)
{
	struct field_line *line;
	char buf[256];
	va_list args;

	va_start(args, name);
	vsnprintf(buf, sizeof(buf), name, args);
	va_end(args);
	line = find(f, buf);
	return line ? line->value : NULL;
}

void fields_set(struct fields *f, const char *value, const char *name, ...)
{
	struct field_line *line;
	char buf[256];
	va_list args;

	va_start(args, name);
	vsnprintf(buf, sizeof(buf), name, args);
	va_end(args);
	line = find(f, buf);
	if (line && value) {
		free(line->value);
		line->value = strdup(value);
	} else if (line) {
		free(line->name);
		free(line->value);
		*line = f->line[--f->n];
	} else if (value) {
		add_line(f, buf, strlen(buf), value, strlen(value));
	}
}

const char *fields_differ(const struct fields *want, const struct fields *got)
{
	static char text[2048];
	u32 i;

	for (i = 0; i < want->n || i < got->n; i++) {
		const struct field_line *w = i < want->n ? &want->line[i] : NULL;
		const struct field_line *g = i < got->n ? &got->line[i] : NULL;

		if (w && g && !compare(w, g))
			continue;
		snprintf(text, sizeof(text), "%.200s=%.700s, not %.200s=%.700s",
			 g ? g->name : "nothing", g ? g->value : "", w ? w->name : "nothing",
			 w ? w->value : "");
		return text;
	}
	return NULL;
}
