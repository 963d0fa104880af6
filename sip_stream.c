// SPDX-License-Identifier: GPL-2.0
/*
 * sip_stream: framing of a byte stream.  See sip_stream.h.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "sip_chars.h"
#include "sip_header.h"
#include "sip_start.h"
#include "sip_stream.h"

/* ---- a start line that is not all there ------------------------------------------ */

static const char version[] = "SIP/2.0";

enum {
	VERSION_LEN	= sizeof(version) - 1,
	METHOD_MAX	= 64,	/* of a standard: nine letters; RFC 4475 3.1.1.2 has one of 43 */
};

/* Whether the @len bytes may be the beginning of "SIP/2.0" and what follows it. */
static bool begins_version(const char *p, u32 len)
{
	return !strncasecmp(p, version, min_t(u32, len, VERSION_LEN));
}

static u32 skip_class(const struct sip_text *t, u32 at, u8 class)
{
	while (at < t->len && sip_char_is((u8)t->p[at], class))
		at++;
	return at;
}

/* Whether a Request-URI may begin at @at: with a scheme, never a path or a "*" (SECURITY M1). */
static bool begins_uri(const struct sip_text *t, u32 at)
{
	u32 end = skip_class(t, at, SIP_C_HOST);

	if (at < t->len && !sip_char_is((u8)t->p[at], SIP_C_ALPHA))
		return false;
	while (end < t->len && t->p[end] == '+')
		end = skip_class(t, end + 1, SIP_C_HOST);
	return end == t->len || t->p[end] == ':';
}

/*
 * Whether the text, which begins a version, may begin a status line: SP 3DIGIT SP
 * after it, then a reason without control bytes (RFC 3261 7.2).
 */
static bool begins_status(const struct sip_text *t)
{
	static const char low[] = " 100 ", high[] = " 699 ";
	u32 at;

	for (at = VERSION_LEN; at < t->len && at < VERSION_LEN + sizeof(low) - 1; at++)
		if (t->p[at] < low[at - VERSION_LEN] || t->p[at] > high[at - VERSION_LEN])
			return false;
	while (at < t->len && !sip_char_is((u8)t->p[at], SIP_C_CTL))
		at++;
	return at >= t->len || (t->p[at] == '\r' && at + 1 == t->len);
}

/*
 * Whether the text, which has no line end, may be the beginning of a start line.
 * If bytes are held for a message that never comes, their receiver misses them.  So the first
 * wrong byte ends the search.
 */
static bool may_become_start_line(const struct sip_text *t)
{
	u32 end;

	if (begins_version(t->p, t->len))
		return begins_status(t);
	end = skip_class(t, 0, SIP_C_TOKEN);
	if (!end || end > METHOD_MAX)
		return false;
	if (end == t->len)
		return true;
	if (t->p[end] != ' ' || !begins_uri(t, end + 1))
		return false;
	end = skip_class(t, end + 1, SIP_C_URI);
	if (end == t->len)
		return true;
	if (t->p[end++] != ' ' || !begins_version(t->p + end, t->len - end))
		return false;
	end += VERSION_LEN;
	return end >= t->len || (t->p[end] == '\r' && end + 1 == t->len);
}

/*
 * Whether the text may be the beginning of a start line between ends that speak SIP: a method or
 * any version, then anything that is one line.
 */
static bool may_become_odd_line(const struct sip_text *t)
{
	u32 end = skip_class(t, 0, SIP_C_TOKEN), at;

	if (end == 3 && begins_version(t->p, min_t(u32, t->len, sizeof("SIP/") - 1)))
		end = skip_class(t, end, SIP_C_URI);
	if (!end || end > METHOD_MAX)
		return false;
	if (end >= t->len)
		return true;
	if (!sip_char_is((u8)t->p[end], SIP_C_WSP))
		return false;
	for (at = end; at < t->len; at++)
		if (!t->p[at] || (t->p[at] == '\r' && t->len - at > 2))
			return false;
	return true;
}

/* Whether a start line of which something was left begins a message of this stream. */
static bool may_start_frame(const struct sip_frame *f, const struct sip_msg *msg)
{
	/* a port over its range is broken, but SIP's: that is the parser's business */
	return f->is_known || !(msg->left & 1U << SIP_LEFT_START) ||
	       msg->left & 1U << SIP_LEFT_NUMBER;
}

/* Return: index after the line; 0: its end is not there; -ENOMSG. */
static int read_start_line(struct sip_frame *f, const struct sip_text *t, struct sip_msg *msg)
{
	u32 lf = sip_line_end(t->p, f->at, t->len);
	struct sip_text line = { t->p, lf + 1 };

	if (lf > SIP_MAX_LINE && !f->is_known)
		return -ENOMSG;
	f->at = lf;
	line.len = lf;
	/* an incomplete line follows the same rule: the place of a cut does not matter */
	if (f->is_known ? !may_become_odd_line(&line) : !may_become_start_line(&line))
		return -ENOMSG;
	if (lf == t->len)
		return 0;
	line.len = lf + 1;
	if (sip_parse_start(&line, msg) <= 0 || !may_start_frame(f, msg))
		return -ENOMSG;
	return lf + 1;
}

/* ---- Content-Length ---------------------------------------------------------------- */

/* Steps over white space and folds of a header; a CR alone is neither (RFC 3261 25.1 LWS). */
static u32 skip_fold(const struct sip_text *t, u32 at, u32 end)
{
	while (at < end) {
		if (sip_char_is((u8)t->p[at], SIP_C_WSP))
			at++;
		else if (t->p[at] == '\r' && at + 1 < end && t->p[at + 1] == '\n')
			at += 2;
		else
			break;
	}
	return at;
}

/* Return: the index after the name at @at; 0 where it is the name of another header. */
static u32 skip_length_name(const struct sip_text *t, u32 at, u32 end)
{
	u32 from = at;

	at = skip_class(&(struct sip_text){ t->p, end }, at, SIP_C_TOKEN);
	return sip_header_of(t->p + from, at - from) == SIP_HEADER_CONTENT_LENGTH ? at : 0;
}

/* Reads one whole header, from @at to the end of its last line. */
static int read_frame_header(struct sip_frame *f, const struct sip_text *t, u32 at, u32 end)
{
	struct sip_slice digits;
	u32 length;

	at = skip_length_name(t, at, end);
	if (!at)
		return 0;
	if (f->after_lf)	/* a reader that knows CRLF alone sees no header here */
		return -EBADMSG;
	/* not over a line end, which is there at the latest */
	at = skip_class(&(struct sip_text){ t->p, end }, at, SIP_C_WSP);
	if (t->p[at] != ':')
		return -EBADMSG;
	at = skip_fold(t, at + 1, end);
	digits.off = at;
	at = skip_class(&(struct sip_text){ t->p, end }, at, SIP_C_DIGIT);
	digits.len = at - digits.off;
	if (skip_fold(t, at, end) != end ||
	    sip_number(t, digits, SIP_MAX_CONTENT_LENGTH, &length))
		return -EBADMSG;
	if (f->has_length && length != f->length)
		return -EBADMSG;
	f->length = length;
	f->has_length = true;
	return 0;
}

/*
 * Whether the LF at @lf ends a line of the header section, of which @f->header is the first
 * byte or a fold before it.  Return: 0; -EBADMSG where readers differ.
 */
static int check_line_end(const struct sip_frame *f, const struct sip_text *t, u32 lf)
{
	u32 at = lf;

	while (at > f->header && t->p[at - 1] == '\r')
		at--;
	if (at == lf)		/* LF alone */
		return f->is_known && lf > f->header ? 0 : -EBADMSG;
	if (at > f->header)
		return 0;
	/* an empty line must not follow a line that some readers see go on */
	return lf - at == 1 && !f->after_lf ? 0 : -EBADMSG;
}

static bool is_empty_line(const struct sip_frame *f, const struct sip_text *t, u32 lf)
{
	return lf == f->header + 1 && t->p[f->header] == '\r';
}

/* Return: bytes of the header section; 0: its end is not there; -EBADMSG. */
static int read_frame_headers(struct sip_frame *f, const struct sip_text *t)
{
	u32 lf;
	int err;

	for (;;) {
		lf = sip_line_end(t->p, f->at, t->len);
		if (lf > SIP_MAX_MESSAGE)
			return -EBADMSG;
		if (lf < t->len && check_line_end(f, t, lf))
			return -EBADMSG;
		if (lf == t->len || lf + 1 == t->len) {
			/* an empty line ends the section; every other one may be folded */
			if (lf + 1 == t->len && is_empty_line(f, t, lf))
				return t->len;
			f->at = lf;
			return 0;
		}
		f->at = lf + 1;
		if (is_empty_line(f, t, lf))
			return f->at;
		if (sip_char_is((u8)t->p[lf + 1], SIP_C_WSP))
			continue;
		err = read_frame_header(f, t, f->header, f->at);
		if (err)
			return err;
		f->after_lf = t->p[lf - 1] != '\r';
		f->header = f->at;
	}
}

u32 sip_frame_word(const struct sip_text *t)
{
	return skip_class(t, 0, SIP_C_TOKEN);
}

/* ---- units ----------------------------------------------------------------------- */

static int read_frame(struct sip_frame *f, const struct sip_text *t, struct sip_msg *msg)
{
	int ret;

	if (!f->header) {
		ret = read_start_line(f, t, msg);
		if (ret <= 0)
			return ret;
		f->header = ret;
		f->at = ret;
		f->after_lf = t->p[ret - 2] != '\r';
	}
	if (!f->total) {
		ret = read_frame_headers(f, t);
		if (ret <= 0)
			return ret ? ret : t->len > SIP_MAX_MESSAGE ? -EBADMSG : 0;
		if (!f->has_length || ret + f->length > SIP_MAX_MESSAGE)
			return -EBADMSG;
		f->total = ret + f->length;
	}
	return t->len >= f->total ? f->total : 0;
}

int sip_frame_next(struct sip_frame *f, const struct sip_text *t, struct sip_msg *msg)
{
	int ret = 0;

	f->is_keepalive = false;
	if (!t->len)
		return 0;
	if (t->p[0] == '\r') {
		ret = sip_keepalive_len(t);
		f->is_keepalive = true;
		if (!ret && t->len > 1)
			return -ENOMSG;
	} else {
		ret = read_frame(f, t, msg);
	}
	if (ret > 0)
		*f = (struct sip_frame){
			.is_keepalive = f->is_keepalive, .is_known = f->is_known,
		};
	return ret;
}
