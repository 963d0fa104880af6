// SPDX-License-Identifier: GPL-2.0
/* damage: the ways to break a line.  See damage.h. */
#include <ctype.h>
#include <string.h>

#include "damage.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct damage_line damage_line(const char *p, u32 len, u8 kind)
{
	struct damage_line l = { .p = p, .len = len, .kind = kind };
	char stop = kind == LINE_HEADER ? ':' : kind == LINE_BODY ? '=' : ' ';
	const char *at = memchr(p, stop, len);

	l.name = at ? at - p : 0;
	l.value = at ? at - p + 1 : 0;
	while (l.name && is_blank(p[l.name - 1]))
		l.name--;
	while (l.value < len && is_blank(p[l.value]))
		l.value++;
	return l;
}

/* ---- helpers --------------------------------------------------------------------------- */

/* The line with @n bytes at @at replaced by @text. */
static int splice(const struct damage_line *l, u32 at, u32 n, const char *text, char *out)
{
	u32 len = strlen(text);

	memcpy(out, l->p, at);
	memcpy(out + at, text, len);
	memcpy(out + at + len, l->p + at + n, l->len - at - n);
	return l->len - n + len;
}

static bool has_value(const struct damage_line *l)
{
	return l->value < l->len;
}

/* In the middle of the value, and not within a line end of a folded one. */
static u32 middle(const struct damage_line *l)
{
	u32 at = l->value + (l->len - l->value) / 2;

	while (at > l->value && is_blank(l->p[at - 1]))
		at--;
	return at;
}

static int in_the_middle(const struct damage_line *l, const char *text, char *out)
{
	return has_value(l) ? splice(l, middle(l), 0, text, out) : -1;
}

static int remove_first(const struct damage_line *l, char c, char *out)
{
	const char *at = memchr(l->p + l->value, c, l->len - l->value);

	return at ? splice(l, at - l->p, 1, "", out) : -1;
}

/* ---- the name -------------------------------------------------------------------------- */

static int colon_removed(const struct damage_line *l, char *out)
{
	const char *at = memchr(l->p, ':', l->len);

	return at ? splice(l, at - l->p, 1, "", out) : -1;
}

static int equals_removed(const struct damage_line *l, char *out)
{
	return l->value ? splice(l, l->name, 1, "", out) : -1;
}

static int blank_in_the_name(const struct damage_line *l, char *out)
{
	return l->name > 1 ? splice(l, l->name / 2, 0, " ", out) : -1;
}

/* no header and no line of a description has this letter */
static int name_letter_changed(const struct damage_line *l, char *out)
{
	return l->name ? splice(l, 0, 1, "q", out) : -1;
}

static int first_byte_removed(const struct damage_line *l, char *out)
{
	return l->len > 1 && !is_blank(l->p[1]) ? splice(l, 0, 1, "", out) : -1;
}

/* ---- the value ------------------------------------------------------------------------- */

static int value_emptied(const struct damage_line *l, char *out)
{
	return has_value(l) ? splice(l, l->value, l->len - l->value, "", out) : -1;
}

static int value_cut_in_half(const struct damage_line *l, char *out)
{
	return has_value(l) ? splice(l, middle(l), l->len - middle(l), "", out) : -1;
}

/* what is left is no empty line */
static int last_byte_removed(const struct damage_line *l, char *out)
{
	return has_value(l) && l->p[l->len - 2] != '\n' ? splice(l, l->len - 1, 1, "", out) : -1;
}

static int quote_in_front(const struct damage_line *l, char *out)
{
	return splice(l, l->value, 0, "\"", out);
}

static int quote_in_the_middle(const struct damage_line *l, char *out)
{
	return in_the_middle(l, "\"", out);
}

static int open_angle_removed(const struct damage_line *l, char *out)
{
	return remove_first(l, '<', out);
}

static int close_angle_removed(const struct damage_line *l, char *out)
{
	return remove_first(l, '>', out);
}

static int semicolon_at_the_end(const struct damage_line *l, char *out)
{
	return splice(l, l->len, 0, ";", out);
}

static int semicolons_in_the_middle(const struct damage_line *l, char *out)
{
	return in_the_middle(l, ";;", out);
}

/* where a parameter begins, if there is one */
static int semicolon_doubled(const struct damage_line *l, char *out)
{
	const char *at = memchr(l->p + l->value, ';', l->len - l->value);

	return at ? splice(l, at - l->p, 0, ";", out) : -1;
}

static int comma_in_front(const struct damage_line *l, char *out)
{
	return splice(l, l->value, 0, ",", out);
}

static int bracket_in_the_middle(const struct damage_line *l, char *out)
{
	return in_the_middle(l, "[", out);
}

static int control_byte(const struct damage_line *l, char *out)
{
	return in_the_middle(l, "\x01", out);
}

static int byte_of_no_text(const struct damage_line *l, char *out)
{
	return in_the_middle(l, "\xff", out);
}

static int letter_of_utf8(const struct damage_line *l, char *out)
{
	return in_the_middle(l, "\xc3\xa9", out);
}

static int blanks_and_a_tab(const struct damage_line *l, char *out)
{
	return in_the_middle(l, "   \t ", out);
}

static int blanks_in_front(const struct damage_line *l, char *out)
{
	return splice(l, l->value, 0, "  \t ", out);
}

static int blank_at_the_end(const struct damage_line *l, char *out)
{
	return splice(l, l->len, 0, " ", out);
}

/* not before another line end: that would be an empty line */
static int bare_lf(const struct damage_line *l, char *out)
{
	return has_value(l) && !strchr("\r\n", l->p[middle(l)]) ? in_the_middle(l, "\n", out) : -1;
}

static int blank_removed(const struct damage_line *l, char *out)
{
	return remove_first(l, ' ', out);
}

static int digits_replaced(const struct damage_line *l, char *out)
{
	u32 i, n = 0;

	memcpy(out, l->p, l->len);
	for (i = l->value; i < l->len; i++)
		if (isdigit((unsigned char)out[i])) {
			out[i] = 'x';
			n++;
		}
	return n ? (int)l->len : -1;
}

static int number_of_20_digits(const struct damage_line *l, char *out)
{
	u32 end = l->len, from;

	while (end > l->value && !isdigit((unsigned char)l->p[end - 1]))
		end--;
	for (from = end; from > l->value && isdigit((unsigned char)l->p[from - 1]);)
		from--;
	return from < end ? splice(l, from, end - from, "99999999999999999999", out) : -1;
}

static int line_of_9000_bytes(const struct damage_line *l, char *out)
{
	enum { LEN = 9000 };

	if (l->len >= LEN)
		return -1;
	memcpy(out, l->p, l->len);
	memset(out + l->len, 'a', LEN - l->len);
	return LEN;
}

/* ---- the whole line -------------------------------------------------------------------- */

static int line_repeated(const struct damage_line *l, char *out)
{
	memcpy(out, l->p, l->len);
	memcpy(out + l->len, "\r\n", 2);
	memcpy(out + l->len + 2, l->p, l->len);
	return 2 * l->len + 2;
}

const struct damage damages[] = {
	{ "colon removed", LINE_HEADER, colon_removed },
	{ "equals removed", LINE_BODY, equals_removed },
	{ "blank in the name", LINE_HEADER, blank_in_the_name },
	{ "name letter changed", LINE_HEADER | LINE_BODY, name_letter_changed },
	{ "first byte removed", LINE_START | LINE_HEADER | LINE_BODY, first_byte_removed },
	{ "last byte removed", LINE_START | LINE_HEADER | LINE_BODY, last_byte_removed },
	{ "value emptied", LINE_HEADER | LINE_BODY, value_emptied },
	{ "value cut in half", LINE_START | LINE_HEADER | LINE_BODY, value_cut_in_half },
	{ "quote in front", LINE_START | LINE_HEADER | LINE_BODY, quote_in_front },
	{ "quote in the middle", LINE_START | LINE_HEADER | LINE_BODY, quote_in_the_middle },
	{ "< removed", LINE_HEADER, open_angle_removed },
	{ "> removed", LINE_HEADER, close_angle_removed },
	{ "; at the end", LINE_START | LINE_HEADER | LINE_BODY, semicolon_at_the_end },
	{ ";; in the middle", LINE_START | LINE_HEADER | LINE_BODY, semicolons_in_the_middle },
	{ "; doubled", LINE_START | LINE_HEADER, semicolon_doubled },
	{ "comma in front", LINE_START | LINE_HEADER | LINE_BODY, comma_in_front },
	{ "[ in the middle", LINE_START | LINE_HEADER | LINE_BODY, bracket_in_the_middle },
	{ "0x01 in the middle", LINE_START | LINE_HEADER | LINE_BODY, control_byte },
	{ "0xff in the middle", LINE_START | LINE_HEADER | LINE_BODY, byte_of_no_text },
	{ "UTF-8 in the middle", LINE_START | LINE_HEADER | LINE_BODY, letter_of_utf8 },
	{ "digits replaced", LINE_START | LINE_HEADER | LINE_BODY, digits_replaced },
	{ "20 digits", LINE_START | LINE_HEADER | LINE_BODY, number_of_20_digits },
	{ "blanks in the middle", LINE_START | LINE_HEADER | LINE_BODY, blanks_and_a_tab },
	{ "blanks in front", LINE_START | LINE_HEADER | LINE_BODY, blanks_in_front },
	{ "blank at the end", LINE_START | LINE_HEADER | LINE_BODY, blank_at_the_end },
	{ "blank removed", LINE_START | LINE_BODY, blank_removed },
	{ "bare LF", LINE_START | LINE_HEADER | LINE_BODY, bare_lf },
	{ "9000 bytes", LINE_START | LINE_HEADER | LINE_BODY, line_of_9000_bytes },
	{ "line repeated", LINE_HEADER | LINE_BODY, line_repeated },
};

const u32 n_damages = sizeof(damages) / sizeof(*damages);
