// SPDX-License-Identifier: GPL-2.0
/*
 * sdp_quick: quick readers of the lines of a description.  See sdp_quick.h.
 *
 * A reader takes a line from the place after its "x=".  It returns the next line, or NULL: then it
 * has written nothing.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sdp_quick.h"

/* Steps over the end of a line, which LF alone may be.  Return: the next line; NULL: more comes. */
static __always_inline const char *quick_line_end(const char *s)
{
	s += *s == '\r';
	return *s == '\n' ? s + 1 : NULL;
}

/* Steps to the next line.  An LF is known to stand in the text. */
static __always_inline const char *quick_next_line(struct sip_quick q, const char *s)
{
	for (;; s++) {
		s = sip_quick_next_control(q, s);
		s += *s == '\r';
		if (likely(*s == '\n'))
			return s + 1;
	}
}

/* Steps over a word and the one blank after it. */
static __always_inline const char *quick_word(struct sip_quick q, const char *s)
{
	const char *from = s;

	for (; likely(s <= q.last); s += SIP_WORD) {
		u64 hits = sip_word_below(sip_word_at(s), '!');

		if (hits) {
			s += sip_word_first(hits);
			break;
		}
	}
	return s != from && s <= q.last && *s == ' ' && (u8)s[1] > ' ' ? s + 1 : NULL;
}

/* Reads "IN IP4 a.b.c.d" and the end of the line. */
static noinline const char *quick_addr(struct sip_quick q, const char *s, struct sdp_addr *out)
{
	const char *from = s + sizeof("IN IP4 ") - 1;
	u32 quad;

	if (s > q.last || !sip_same(s, SIP_LIT("IN IP4 ")))
		return NULL;
	s = sip_quick_quad(from, &quad);
	if (!s || !quick_line_end(s))
		return NULL;
	out->text = sip_quick_slice(q, from, s);
	sip_quick_set_quad(&out->addr, quad);
	return quick_line_end(s);
}

static const char *quick_conn(struct sdp_reader *r, struct sip_quick q, const char *s)
{
	struct sdp_media *media = r->media;

	if (!media)
		return quick_addr(q, s, &r->sdp->conn);
	s = media->has_conn ? NULL : quick_addr(q, s, &media->conn);
	if (s)
		media->has_conn = true;
	return s;
}

/* Reads username sess-id sess-version, and the address after them. */
static const char *quick_origin(struct sdp_reader *r, struct sip_quick q, const char *s)
{
	u32 words = 3;

	if (r->media)
		return NULL;
	while (s && words--)
		s = quick_word(q, s);
	return s ? quick_addr(q, s, &r->sdp->origin) : NULL;
}

/* Reads <media> <port> "RTP/"...: all that follows the slash says nothing here. */
static const char *quick_media(struct sdp_reader *r, struct sip_quick q, const char *s)
{
	const char *port = quick_word(q, s), *end;
	struct sdp *sdp = r->sdp;
	struct sdp_media *media;
	u32 n;

	if (!port || sdp->n_media == SDP_MAX_MEDIA || sdp->n_lines == SDP_MAX_INDEX)
		return NULL;
	end = sip_quick_number(port, &n);
	if (!end || n > 65535 || *end != ' ' || end > q.last - SIP_WORD ||
	    !sip_same(end + 1, SIP_LIT("RTP/")))
		return NULL;
	media = &sdp->media[sdp->n_media++];
	sip_clear(media, sizeof(*media));
	media->type = sip_quick_slice(q, s, port - 1);
	media->port_text = sip_quick_slice(q, port, end);
	media->port = n;
	media->count = 1;
	media->transport = SDP_TRANSPORT_UDP;
	media->is_rtp = true;
	media->is_held = sdp->is_held;
	media->setup = sdp->setup;
	media->index = sdp->n_lines++;
	r->media = media;
	s = quick_next_line(q, end + 5);
	media->from = s - q.p;
	media->conn_at = s - q.p;
	return s;
}

static __always_inline const char *quick_direction(struct sdp_reader *r, const char *s)
{
	const char *next;
	bool is_held = true;

	if (sip_same(s, SIP_LIT("sendrecv")))
		is_held = false;
	else if (!sip_same(s, SIP_LIT("sendonly")) && !sip_same(s, SIP_LIT("recvonly")) &&
		 !sip_same(s, SIP_LIT("inactive")))
		return NULL;
	next = quick_line_end(s + 8);
	if (next)
		*(r->media ? &r->media->is_held : &r->sdp->is_held) = is_held;
	return next;
}

/* Reads rtcp:<port>, with the address after it or without, and rtcp-mux. */
static const char *quick_rtcp(struct sdp_reader *r, struct sip_quick q, const char *s)
{
	struct sdp_media *media = r->media;
	const char *from = s + 5, *end, *next;
	u32 n;

	if (!media)
		return NULL;
	if (sip_same(s, SIP_LIT("rtcp-mux"))) {
		next = quick_line_end(s + 8);
		media->has_mux |= !!next;
		return next;
	}
	if (*(s + 4) != ':' || media->rtcp_text.len)
		return NULL;
	end = sip_quick_number(from, &n);
	if (!end || n > 65535)
		return NULL;
	next = *end == ' ' ? quick_addr(q, end + 1, &media->rtcp_conn) : quick_line_end(end);
	if (!next)
		return NULL;
	media->rtcp = n;
	media->rtcp_text = sip_quick_slice(q, from, end);
	return next;
}

static __always_inline const char *quick_attr(struct sdp_reader *r, struct sip_quick q,
					      const char *s)
{
	if (unlikely(s > q.last))
		return NULL;
	switch (sip_quick_half(s) | SIP_FOLD_4) {
	case SIP_FOUR('s', 'e', 'n', 'd'):
	case SIP_FOUR('r', 'e', 'c', 'v'):
	case SIP_FOUR('i', 'n', 'a', 'c'):
		return quick_direction(r, s);
	case SIP_FOUR('r', 't', 'c', 'p'):
		return quick_rtcp(r, q, s);
	case SIP_FOUR('c', 'a', 'n', 'd'):
	case SIP_FOUR('p', 'a', 't', 'h'):
	case SIP_FOUR('s', 'e', 't', 'u'):
		return NULL;
	default:	/* no attribute that is read begins so */
		return quick_next_line(q, s);
	}
}

/* Return: the next line; NULL: the careful reader reads this one. */
static __always_inline const char *quick_line(struct sdp_reader *r, struct sip_quick q,
					      const char *s)
{
	const char *next;

	if (unlikely(s > q.last))
		return NULL;
	switch (sip_quick_half(s) & 0xffff) {
	case 'a' | '=' << 8:
		next = quick_attr(r, q, s + 2);
		break;
	case 'm' | '=' << 8:
		next = quick_media(r, q, s + 2);
		break;
	case 'c' | '=' << 8:
		next = quick_conn(r, q, s + 2);
		break;
	case 'o' | '=' << 8:
		next = quick_origin(r, q, s + 2);
		break;
	case 'i' | '=' << 8:
		next = quick_next_line(q, s);
		if (r->media)
			r->media->conn_at = next - q.p;
		break;
	default:
		next = quick_next_line(q, s);
	}
	if (next && r->media)
		r->media->attr_at = next - q.p;
	return next;
}

u32 sdp_quick_lines(struct sdp_reader *r, struct sip_quick q, u32 at)
{
	const char *s = q.p + at, *next;

	while ((next = quick_line(r, q, s)))
		s = next;
	return s - q.p;
}
