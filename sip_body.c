// SPDX-License-Identifier: GPL-2.0
/*
 * sip_body: the parts of a body, and the descriptions among them.  See sip_body.h.
 *
 * One pass over the lines.  The multiparts that are open form a short stack; a
 * boundary line of any of them closes all that are inside of it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "sip_body.h"
#include "sip_header.h"
#include "sip_rewrite.h"
#include "sip_word.h"

/**
 * struct body_level - a multipart that is open
 * @boundary: what its boundary lines have after "--"
 * @part: the part that it is, or SIP_PART_MESSAGE
 */
struct body_level {
	struct sip_slice boundary;
	u8 part;
};

/**
 * struct body_reader - the pass
 * @t: the message
 * @parts: the result
 * @end: where the body ends
 * @level: open multiparts, outer ones first
 * @n_levels: how many
 * @current_part: the part that the lines belong to; SIP_PART_MESSAGE: none of them
 */
struct body_reader {
	const struct sip_text *t;
	struct sip_parts *parts;
	u32 end;
	struct body_level level[SIP_MAX_NESTING];
	u32 n_levels;
	u8 current_part;
};

/**
 * struct part_head - what the headers of a part say
 * @type: enum sip_content
 * @boundary: of a multipart, its boundary
 * @length: the digits of Content-Length; empty: it is absent, or no number
 * @content_length: the value of @length
 * @is_encoded: the content is no plain text
 */
struct part_head {
	u8 type;
	struct sip_slice boundary;
	struct sip_slice length;
	u32 content_length;
	bool is_encoded;
};

/* ---- boundary lines -------------------------------------------------------------- */

/*
 * Compares a line with the boundary of level @l.  Return: 1: a part begins after the line;
 * 2: the line is the last boundary of the level; 0: the line is none.
 */
static int match_boundary(const struct body_reader *r, struct sip_slice line, u32 l)
{
	struct sip_slice boundary = r->level[l].boundary;
	const char *p = r->t->p + line.off;
	u32 at = 2 + boundary.len;
	int what = 1;

	if (line.len < at || memcmp(p + 2, r->t->p + boundary.off, boundary.len))
		return 0;
	if (line.len >= at + 2 && p[at] == '-' && p[at + 1] == '-') {
		what = 2;
		at += 2;
	}
	/* RFC 2046 5.1.1: transport padding */
	while (at < line.len && sip_char_is((u8)p[at], SIP_C_WSP))
		at++;
	if (at < line.len && p[at] == '\r')
		at++;
	return at == line.len ? what : 0;
}

/*
 * Looks for the innermost open level that a line is a boundary line of.
 * Return: as match_boundary(); @l: out: the level.
 */
static int find_boundary(const struct body_reader *r, struct sip_slice line, u32 *l)
{
	int what = 0;

	if (line.len < 2 || r->t->p[line.off] != '-' || r->t->p[line.off + 1] != '-')
		return 0;
	for (*l = r->n_levels; *l && !what; )
		what = match_boundary(r, line, --*l);
	return what;
}

/* ---- headers of a part ----------------------------------------------------------- */

/* Whether an encoding leaves the bytes of a body as they are (RFC 2045 6). */
static bool is_plain_encoding(const struct sip_text *t, struct sip_slice encoding)
{
	return sip_slice_is(t, encoding, SIP_LIT("7bit")) ||
	       sip_slice_is(t, encoding, SIP_LIT("8bit")) ||
	       sip_slice_is(t, encoding, SIP_LIT("binary")) ||
	       sip_slice_is(t, encoding, SIP_LIT("identity"));
}

static void read_part_header(const struct sip_text *t, struct sip_cursor *c,
			     struct part_head *head)
{
	struct sip_slice name = cur_take(c, SIP_C_TOKEN);

	cur_skip_lws(c);
	if (!cur_skip(c, ':'))
		return;
	cur_skip_lws(c);
	switch (sip_header_of(sip_slice_ptr(t, name), name.len)) {
	case SIP_HEADER_CONTENT_TYPE:
		head->type = sip_content_type(t, c, &head->boundary);
		break;
	case SIP_HEADER_CONTENT_LENGTH:
		head->length = cur_take(c, SIP_C_DIGIT);
		if (sip_number(t, head->length, SIP_MAX_CONTENT_LENGTH, &head->content_length))
			head->length.len = 0;
		break;
	case SIP_HEADER_CONTENT_ENCODING:
	case SIP_HEADER_TRANSFER_ENCODING:
		head->is_encoded |= !is_plain_encoding(t, cur_take(c, SIP_C_TOKEN));
		break;
	default:
		break;
	}
}

/* Return: where the part's content begins; 0: it has none, or its headers have no end. */
static u32 read_part_head(struct body_reader *r, u32 at, struct part_head *head)
{
	struct sip_text text = { r->t->p, r->end };
	struct sip_cursor c;
	int next;
	u32 l;

	while (at + 2 > r->end || r->t->p[at] != '\r' || r->t->p[at + 1] != '\n') {
		/* RFC 2046 5.1.1: a part may be headers and nothing else */
		if (find_boundary(r, sip_slice_of(at, sip_line_end(r->t->p, at, r->end)), &l))
			return 0;
		next = sip_cut_header(&text, at, &c);
		if (next <= 0)
			return 0;
		read_part_header(r->t, &c, head);
		at = next;
	}
	return at + 2;
}

/* ---- parts ----------------------------------------------------------------------- */

static bool open_level(struct body_reader *r, struct sip_slice boundary, u8 part)
{
	if (!boundary.len || r->n_levels == SIP_MAX_NESTING)
		return false;
	r->level[r->n_levels++] = (struct body_level){ boundary, part };
	return true;
}

/* Begins a part of the innermost multipart, after its boundary line.  Return: where to go on. */
static u32 begin_part(struct body_reader *r, u32 at)
{
	struct part_head head = {};
	struct sip_part *part;
	u32 body = read_part_head(r, at, &head);

	if (!body)
		return at;
	if (r->parts->n == SIP_MAX_PARTS) {
		r->parts->is_over = true;
		return at;
	}
	r->current_part = r->parts->n++;
	part = &r->parts->part[r->current_part];
	*part = (struct sip_part){
		.body = { .off = body },
		.parent = r->level[r->n_levels - 1].part,
		.is_sdp = head.type == SIP_CONTENT_SDP && !head.is_encoded,
		.length = head.length,
	};
	/* remembered here until the end of the part is seen */
	part->body.len = head.content_length;
	if (head.type == SIP_CONTENT_MULTIPART && !head.is_encoded &&
	    open_level(r, head.boundary, r->current_part))
		r->current_part = SIP_PART_MESSAGE;
	return body;
}

/*
 * Ends a part before the line at @at.  Its length is kept up only where it was true; some senders
 * count the line end that belongs to the boundary.
 */
static void end_part(struct body_reader *r, u8 index, u32 at)
{
	struct sip_part *part;
	u32 stated, end = at;

	if (index == SIP_PART_MESSAGE)
		return;
	part = &r->parts->part[index];
	if (end > part->body.off && r->t->p[end - 1] == '\n')
		end--;
	if (end > part->body.off && end < at && r->t->p[end - 1] == '\r')
		end--;
	stated = part->body.len;
	part->body.len = end - part->body.off;
	if (stated != part->body.len && stated != at - part->body.off)
		part->length.len = 0;
}

/* Ends all parts inside of level @l, before the line at @at. */
static void end_parts(struct body_reader *r, u32 l, u32 at)
{
	end_part(r, r->current_part, at);
	r->current_part = SIP_PART_MESSAGE;
	while (r->n_levels > l + 1)
		end_part(r, r->level[--r->n_levels].part, at);
}

/* Return: where to go on. */
static u32 read_body_line(struct body_reader *r, struct sip_slice line, u32 next)
{
	u32 l;
	int what = find_boundary(r, line, &l);

	if (!what)
		return next;
	end_parts(r, l, line.off);
	if (what == 1)
		return begin_part(r, next);
	/* after its last boundary a multipart has an epilogue, which is part of it */
	r->current_part = r->level[l].part;
	r->n_levels--;
	return next;
}

static void read_multipart(struct body_reader *r, u32 at)
{
	while (at < r->end && r->n_levels) {
		u32 lf = sip_line_end(r->t->p, at, r->end);

		at = read_body_line(r, sip_slice_of(at, lf), lf < r->end ? lf + 1 : lf);
	}
	end_parts(r, 0, r->end);
}

/* Whether a body has no type, and begins with the version of a description. */
static bool is_untyped_sdp(const struct sip_text *t, const struct sip_msg *msg)
{
	const char *p = sip_slice_ptr(t, msg->body);

	return !msg->has_type && !(msg->flags & SIP_MSG_STRICT) && msg->body.len > 4 &&
	       !memcmp(p, "v=0", 3) &&
	       (p[3] == '\n' || (p[3] == '\r' && p[4] == '\n'));
}

static void read_parts(const struct sip_text *text, const struct sip_msg *msg,
		       struct sip_parts *parts)
{
	struct body_reader r = {
		.t = text,
		.parts = parts,
		.end = sip_slice_end(msg->body),
		.current_part = SIP_PART_MESSAGE,
	};

	if (open_level(&r, msg->boundary, SIP_PART_MESSAGE))
		read_multipart(&r, msg->body.off);
}

void sip_body_parts(const struct sip_text *text, const struct sip_msg *msg,
		    struct sip_parts *parts)
{
	parts->n = 0;
	parts->is_over = false;
	if (!msg->body.len || msg->flags & SIP_MSG_ENCODED)
		return;
	if (msg->flags & SIP_MSG_SDP || is_untyped_sdp(text, msg))
		parts->part[parts->n++] = (struct sip_part){
			.body = msg->body, .parent = SIP_PART_MESSAGE, .is_sdp = true,
		};
	else if (msg->flags & SIP_MSG_MULTIPART)
		read_parts(text, msg, parts);
}

/* ---- descriptions ---------------------------------------------------------------- */

/* Nothing changes in @n sections; no more of them are read. */
static void clear_plan(struct sdp_plan *plan, u32 n)
{
	u32 i;

	sip_clear(plan, offsetof(struct sdp_plan, media));
	for (i = 0; i < n; i++)
		sip_clear(&plan->media[i], sizeof(plan->media[i]));
}

static void read_description(const struct sip_text *text, struct sip_msg *msg,
			     struct sip_body *body, u32 part)
{
	struct sip_description *desc;

	if (body->n == SDP_MAX_DESCRIPTIONS) {
		body->n_over++;
		return;
	}
	desc = &body->desc[body->n];
	/* a part whose type says SDP, and whose content is something else, stays */
	if (sdp_parse(text, body->parts.part[part].body, &desc->sdp) ||
	    (msg->flags & SIP_MSG_STRICT && !desc->sdp.has_version))
		return;
	if (desc->sdp.is_left)
		sip_leave(msg, SIP_LEFT_SDP_LINE);
	clear_plan(&desc->plan, desc->sdp.n_media);
	desc->part = part;
	body->n++;
}

void sip_body_read(const struct sip_text *text, struct sip_msg *msg, struct sip_body *body)
{
	u32 i;

	body->n = 0;
	body->n_over = 0;
	sip_body_parts(text, msg, &body->parts);
	if (body->parts.is_over)
		sip_leave(msg, SIP_LEFT_LIMIT);
	for (i = 0; i < body->parts.n; i++)
		if (body->parts.part[i].is_sdp)
			read_description(text, msg, body, i);
}

/* Plans a body that is one description, as nearly all are. */
static int plan_only(struct sip_edits *edits, const struct sip_text *text, u32 base,
		     const struct sip_msg *msg, const struct sip_description *desc)
{
	s32 start = edits->delta;
	int err = sdp_plan_edits(edits, text, base, &desc->sdp, &desc->plan);

	return err ? err : sip_length_plan(edits, base, msg, edits->delta - start);
}

static int plan_part_length(struct sip_edits *edits, const struct sip_text *text, u32 base,
			    struct sip_slice digits, s32 delta)
{
	u32 was;

	if (!delta || sip_number(text, digits, SIP_MAX_CONTENT_LENGTH, &was))
		return 0;
	return sip_edit_add_number(edits, base + digits.off, digits.len, was + delta);
}

/* Adds what the inside of part @p has grown by to it, and to all parts around it. */
static void add_growth(const struct sip_parts *parts, s32 *delta, u32 p, s32 growth)
{
	for (; p != SIP_PART_MESSAGE; p = parts->part[p].parent)
		delta[p] += growth;
}

static int plan_parts(struct sip_edits *edits, const struct sip_text *text, u32 base,
		      const struct sip_msg *msg, const struct sip_body *body)
{
	const struct sip_parts *parts = &body->parts;
	s32 start = edits->delta, delta[SIP_MAX_PARTS];
	int err = 0;
	u32 i;

	memset(delta, 0, parts->n * sizeof(*delta));
	for (i = 0; !err && i < body->n; i++) {
		s32 before = edits->delta;

		err = sdp_plan_edits(edits, text, base, &body->desc[i].sdp, &body->desc[i].plan);
		add_growth(parts, delta, body->desc[i].part, edits->delta - before);
	}
	/* inner lengths come first: one digit more in them makes the outer parts longer */
	for (i = parts->n; !err && i--; ) {
		s32 before = edits->delta;

		err = plan_part_length(edits, text, base, parts->part[i].length, delta[i]);
		add_growth(parts, delta, parts->part[i].parent, edits->delta - before);
	}
	return err ? err : sip_length_plan(edits, base, msg, edits->delta - start);
}

int sip_body_plan(struct sip_edits *edits, const struct sip_text *text, u32 base,
		  const struct sip_msg *msg, const struct sip_body *body)
{
	if (likely(body->parts.n == 1 && body->n == 1 && !body->parts.part[0].length.len))
		return plan_only(edits, text, base, msg, &body->desc[0]);
	return body->n ? plan_parts(edits, text, base, msg, body) : 0;
}
