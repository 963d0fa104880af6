// SPDX-License-Identifier: GPL-2.0
/*
 * sdp_rewrite: reading session descriptions and planning their edits.  See
 * sdp_rewrite.h for the contract.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sdp_quick.h"
#include "sdp_rewrite.h"
#include "sip_cursor.h"
#include "sip_uri.h"
#include "sip_word.h"

/* ---- reading --------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return (u8)c <= ' ' && (c == ' ' || c == '\t');
}

/*
 * Cuts the next word off a line; words are separated by single blanks (RFC 8866 9), and where
 * there are more, or tabs, others read them as well.
 */
static struct sip_slice take_word(const struct sip_text *t, struct sip_slice *line)
{
	u32 from = line->off, end = sip_slice_end(*line), at = from, next;

	while (at < end && !is_blank(t->p[at]))
		at++;
	for (next = at; next < end && is_blank(t->p[next]); next++)
		;
	*line = sip_slice_of(next, end);
	return sip_slice_of(from, at);
}

/* No blank stands after the equals sign (RFC 8866 5); others step over it. */
static struct sip_slice skip_blanks(const struct sip_text *t, struct sip_slice line)
{
	while (line.len && is_blank(t->p[line.off])) {
		line.off++;
		line.len--;
	}
	return line;
}

static __always_inline bool has_prefix(const struct sip_text *t, struct sip_slice s,
				       const char *word, u32 len)
{
	return s.len >= len && sip_same(sip_slice_ptr(t, s), word, len);
}

static __always_inline bool has_suffix(const struct sip_text *t, struct sip_slice s,
				       const char *word, u32 len)
{
	return s.len >= len && sip_same(t->p + sip_slice_end(s) - len, word, len);
}

/* Reads nettype addrtype address, which o=, c= and a=rtcp have in common. */
static void read_addr(const struct sip_text *t, struct sip_slice line, struct sdp_addr *out)
{
	struct sip_slice net = take_word(t, &line);
	struct sip_slice type = take_word(t, &line);
	struct sip_slice addr = take_word(t, &line);
	const char *p = sip_slice_ptr(t, addr);
	u32 family = SIP_FAMILY_NONE;

	/* RFC 8866 5.7: TTL and number of multicast addresses */
	addr.len = sip_find(p, 0, addr.len, '/');
	out->text = addr;
	/* some readers look at the address alone: bytes beside these words do not hide it */
	if (has_prefix(t, type, SIP_LIT("IP4")))
		family = SIP_FAMILY_IPV4;
	else if (has_prefix(t, type, SIP_LIT("IP6")))
		family = SIP_FAMILY_IPV6;
	if (!has_suffix(t, net, SIP_LIT("IN")) || !sip_addr_parse(&out->addr, p, addr.len) ||
	    out->addr.family != family)
		memset(&out->addr, 0, sizeof(out->addr));
}

/* Reads o=username sess-id sess-version nettype addrtype address. */
static void read_origin(struct sdp_reader *r, struct sip_slice line)
{
	take_word(r->t, &line);
	take_word(r->t, &line);
	take_word(r->t, &line);
	read_addr(r->t, line, &r->sdp->origin);
}

static void read_conn(struct sdp_reader *r, struct sip_slice line)
{
	if (r->skip)
		return;
	if (!r->media) {
		read_addr(r->t, line, &r->sdp->conn);
	} else if (!r->media->has_conn) {
		read_addr(r->t, line, &r->media->conn);
		r->media->has_conn = true;
	} else {
		r->media->has_more = true;
	}
}

static void read_proto(const struct sip_text *t, struct sip_slice proto, struct sdp_media *media)
{
	const char *p = sip_slice_ptr(t, proto);
	u32 i;

	if (has_prefix(t, proto, SIP_LIT("RTP/")) || has_prefix(t, proto, SIP_LIT("UDP")) ||
	    has_prefix(t, proto, SIP_LIT("DTLS/")))	/* udptl too */
		media->transport = SDP_TRANSPORT_UDP;
	else if (has_prefix(t, proto, SIP_LIT("TCP")))
		media->transport = SDP_TRANSPORT_TCP;
	for (i = 0; !media->is_rtp && i + 4 <= proto.len; i++)
		media->is_rtp = sip_same(p + i, SIP_LIT("RTP/"));
}

/* Reads <port>["/"<count>]. */
static int read_ports(const struct sip_text *t, struct sip_slice port, struct sdp_media *media)
{
	u32 end = sip_slice_end(port), slash = sip_find(t->p, port.off, end, '/'), n = 1;
	struct sip_slice count = {};
	bool has_count = slash < end;

	if (has_count) {
		count = sip_slice_of(slash + 1, end);
		port.len = slash - port.off;
	}
	if (has_count && (sip_number(t, count, 65535, &n) || !n))
		return -EBADMSG;
	media->count = n;
	if (sip_number(t, port, 65535, &n))
		return -EBADMSG;
	media->port = n;
	media->port_text = port;
	return 0;
}

/* Reads <media> <port>["/"<count>] <proto> <fmt>, and more formats (RFC 8866 5.14). */
static int read_media_line(struct sdp_reader *r, struct sip_slice line, struct sdp_media *media)
{
	memset(media, 0, sizeof(*media));
	media->type = take_word(r->t, &line);
	if (read_ports(r->t, take_word(r->t, &line), media))
		return -EBADMSG;
	media->is_held = r->sdp->is_held;
	media->setup = r->sdp->setup;
	read_proto(r->t, take_word(r->t, &line), media);
	return 0;
}

/* Takes out a section that is off, in favour of @media.  Return: whether there was one. */
static bool make_place(struct sdp_reader *r, const struct sdp_media *media)
{
	struct sdp *sdp = r->sdp;
	struct sdp_media *old;

	while (r->victim < sdp->n_media && sdp->media[r->victim].port)
		r->victim++;
	if (!media->port || r->victim == sdp->n_media)
		return false;
	old = &sdp->media[r->victim];
	memmove(old, old + 1, (u8 *)&sdp->media[sdp->n_media] - (u8 *)(old + 1));
	sdp->n_media--;
	return true;
}

/* Passes over a section beyond the limit.  One that is off has no say about the c= line. */
static void pass_over(struct sdp_reader *r, const struct sdp_media *media)
{
	struct sdp *sdp = r->sdp;

	r->skip = true;
	sdp->n_lines += sdp->n_lines < SDP_MAX_INDEX;
	if (media->port && sdp->n_over < U8_MAX)
		sdp->n_over++;
}

static void read_media(struct sdp_reader *r, struct sip_slice line)
{
	struct sdp *sdp = r->sdp;
	struct sdp_media spare, *media = &spare;

	if (sdp->n_media < SDP_MAX_MEDIA)
		media = &sdp->media[sdp->n_media];
	r->skip = read_media_line(r, line, media);
	if (r->skip) {
		sdp->is_left = true;
		sdp->n_lines += sdp->n_lines < SDP_MAX_INDEX;
		return;
	}
	if (sdp->n_lines == SDP_MAX_INDEX || (media == &spare && !make_place(r, media))) {
		pass_over(r, media);
		return;
	}
	if (media == &spare) {
		media = &sdp->media[sdp->n_media];
		*media = spare;
	}
	media->index = sdp->n_lines++;
	r->media = media;
	sdp->n_media++;
}

/* Reads a=rtcp:<port> [nettype addrtype address] (RFC 3605 2.1). */
static void read_rtcp(struct sdp_reader *r, struct sip_slice line)
{
	struct sdp_media *media = r->media;
	struct sip_slice port = take_word(r->t, &line);
	u32 n;
	int err;

	if (media->rtcp_text.len)
		return;
	err = sip_number(r->t, port, 65535, &n);
	if (err) {	/* without a number it is skipped like an unknown attribute */
		r->sdp->is_left |= err == -ERANGE;
		return;
	}
	media->rtcp = n;
	media->rtcp_text = port;
	if (line.len)
		read_addr(r->t, line, &media->rtcp_conn);
}

/* Reads the direction of the session, or of one section (RFC 8866 6.7). */
static void read_direction(struct sdp_reader *r, struct sip_slice line)
{
	bool *is_held = r->media ? &r->media->is_held : &r->sdp->is_held;

	if (sip_slice_is(r->t, line, SIP_LIT("sendrecv")))
		*is_held = false;
	else if (sip_slice_is(r->t, line, SIP_LIT("sendonly")) ||
		 sip_slice_is(r->t, line, SIP_LIT("recvonly")) ||
		 sip_slice_is(r->t, line, SIP_LIT("inactive")))
		*is_held = true;
}

/* Reads the a=setup of the session, or of one section (RFC 4145 4). */
static void read_setup(struct sdp_reader *r, struct sip_slice role)
{
	u8 *setup = r->media ? &r->media->setup : &r->sdp->setup;

	*setup = sip_slice_is(r->t, role, SIP_LIT("active")) ? SDP_SETUP_ACTIVE : SDP_SETUP_PASSIVE;
}

/* Cuts "word:" off the front of @line.  Return: whether it stood there. */
static __always_inline bool take_attr(const struct sip_text *t, struct sip_slice *line,
				      const char *word, u32 len)
{
	if (!has_prefix(t, *line, word, len))
		return false;
	line->off += len;
	line->len -= len;
	return true;
}

static void read_media_attr(struct sdp_reader *r, struct sip_slice line)
{
	struct sdp_media *media = r->media;

	if (sip_slice_is(r->t, line, SIP_LIT("rtcp-mux"))) {
		media->has_mux = true;
	} else if (sip_slice_is(r->t, line, SIP_LIT("rtcp-mux-only"))) {
		media->has_mux = true;
		media->is_mux_only = true;
	} else if (take_attr(r->t, &line, SIP_LIT("rtcp:"))) {
		read_rtcp(r, line);
	} else if (take_attr(r->t, &line, SIP_LIT("candidate:")) ||
		   take_attr(r->t, &line, SIP_LIT("path:"))) {
		media->has_more = true;
	}
}

static void read_attr(struct sdp_reader *r, struct sip_slice line)
{
	if (r->skip)
		return;
	read_direction(r, line);
	if (take_attr(r->t, &line, SIP_LIT("setup:")))
		read_setup(r, line);
	if (r->media)
		read_media_attr(r, line);
}

/* Reads one line.  @line: without its end; @next: the offset after that end. */
static void read_sdp_line(struct sdp_reader *r, struct sip_slice line, u32 next)
{
	char type = line.len >= 2 && r->t->p[line.off + 1] == '=' ? r->t->p[line.off] : 0;

	if (type) {
		line.off += 2;
		line.len -= 2;
	}
	while (line.len && is_blank(r->t->p[sip_slice_end(line) - 1]))
		line.len--;
	if (type == 'a')
		read_attr(r, line);
	else if (type == 'm')
		read_media(r, skip_blanks(r->t, line));
	else if (type == 'c')
		read_conn(r, skip_blanks(r->t, line));
	else if (type == 'o' && !r->media && !r->skip)
		read_origin(r, skip_blanks(r->t, line));
	if (!r->media || r->skip)
		return;
	if (type == 'm')
		r->media->from = next;
	/* RFC 8866 9: in a section m= and i= come before c=, attributes at its end */
	if (type == 'm' || type == 'i')
		r->media->conn_at = next;
	r->media->attr_at = next;
}

/*
 * Cuts the line at @at.  The last line may lack its end, or half of it.
 * Return: the offset after its end.
 */
static u32 cut_sdp_line(const struct sip_text *t, u32 at, u32 end, struct sip_slice *line)
{
	u32 lf = sip_line_end(t->p, at, end);

	*line = sip_slice_of(at, lf > at && t->p[lf - 1] == '\r' ? lf - 1 : lf);
	return lf < end ? lf + 1 : end;
}

/* Reads the line at @at in any form.  Return: the offset after its end. */
static u32 read_any_line(struct sdp_reader *r, u32 at, u32 end)
{
	struct sip_slice line;
	u32 next = cut_sdp_line(r->t, at, end, &line);

	if (!r->sdp->eol && r->t->p[next - 1] == '\n')
		r->sdp->eol = next - sip_slice_end(line);
	read_sdp_line(r, line, next);
	return next;
}

int sdp_parse(const struct sip_text *text, struct sip_slice body, struct sdp *sdp)
{
	struct sdp_reader r = { .t = text, .sdp = sdp };
	u32 at = body.off, end = sip_slice_end(body);
	struct sip_quick q = sip_quick_of(&(struct sip_text){ text->p, end });

	sip_clear(sdp, offsetof(struct sdp, media));
	sdp->has_version = body.len >= 2 && text->p[at] == 'v' && text->p[at + 1] == '=';
	sdp->has_final_eol = body.len && text->p[end - 1] == '\n';
	if (likely(q.last && text->p + at <= q.last &&
		   sip_same(text->p + at, SIP_LIT("v=0\r\n")))) {
		sdp->eol = 2;		/* the first line says how lines end */
		at = sdp_quick_lines(&r, q, at);
	}
	while (at < end) {
		at = read_any_line(&r, at, end);
		if (q.last && !r.skip)
			at = sdp_quick_lines(&r, q, at);
	}
	sdp->is_left |= !sdp->has_version;
	return sdp->has_version || sdp->n_media ? 0 : -ENOMSG;
}

const struct sip_addr *sdp_conn_of(const struct sdp *sdp, unsigned int i)
{
	return sdp->media[i].has_conn ? &sdp->media[i].conn.addr : &sdp->conn.addr;
}

u16 sdp_rtcp_of(const struct sdp_media *media)
{
	if (!media->is_rtp)
		return 0;
	if (media->is_mux_only)
		return media->port;
	if (media->rtcp_text.len)
		return media->rtcp;
	return media->port && media->port < 65535 ? media->port + 1 : 0;
}

/* ---- planning -------------------------------------------------------------------- */

struct sdp_planner {
	struct sip_edits *edits;
	const struct sip_text *t;
	u32 base;
	const struct sdp *sdp;
	const struct sdp_plan *plan;
};

static int put_sdp_addr(struct sdp_planner *p, const struct sdp_addr *old,
			const struct sip_addr *addr)
{
	if (!old->text.len || !addr->family || sip_addr_equal(&old->addr, addr))
		return 0;
	return sip_edit_add_addr(p->edits, p->base + old->text.off, old->text.len, addr, false);
}

static int put_sdp_port(struct sdp_planner *p, struct sip_slice old, u16 was, u16 port)
{
	if (!port || port == was)
		return 0;
	return sip_edit_add_number(p->edits, p->base + old.off, old.len, port);
}

/*
 * Inserts a line before the one at @at.  The description keeps its own kind of
 * line end; after a last line without an end the new line has none, too.
 */
static int put_sdp_line(struct sdp_planner *p, u32 at, const char *line, u32 len)
{
	bool at_open_end = at && p->t->p[at - 1] != '\n';
	char buf[64 + SIP_ADDR_TEXT_MAX];
	u32 n = 0;

	if (at_open_end) {
		if (p->sdp->eol != 1 && p->t->p[at - 1] != '\r')
			buf[n++] = '\r';
		buf[n++] = '\n';
	}
	memcpy(buf + n, line, len);
	n += len;
	if (!at_open_end) {
		if (p->sdp->eol != 1)
			buf[n++] = '\r';
		buf[n++] = '\n';
	}
	return sip_edit_add(p->edits, p->base + at, 0, buf, n);
}

static int put_conn_line(struct sdp_planner *p, u32 at, const struct sip_addr *addr)
{
	bool is_v4 = addr->family == SIP_FAMILY_IPV4;
	char buf[16 + SIP_ADDR_TEXT_MAX];

	memcpy(buf, is_v4 ? "c=IN IP4 " : "c=IN IP6 ", 9);
	return put_sdp_line(p, at, buf, 9 + sip_addr_write(addr, buf + 9, false));
}

static int put_rtcp_line(struct sdp_planner *p, u32 at, u16 port)
{
	char buf[24] = "a=rtcp:";

	return put_sdp_line(p, at, buf, 7 + sip_number_write(port, buf + 7));
}

static bool is_under_session(const struct sdp *sdp, u32 i)
{
	return !sdp->media[i].has_conn && sdp->media[i].port;
}

/*
 * What all open sections under the session's c= want in it.
 * Return: false where they differ.
 */
static bool session_target(const struct sdp_planner *p, struct sip_addr *addr)
{
	bool found = false;
	u32 i;

	for (i = 0; i < p->sdp->n_media; i++) {
		const struct sip_addr *want = &p->plan->media[i].addr;

		if (!is_under_session(p->sdp, i))
			continue;
		if (found && !sip_addr_equal(addr, want))
			return false;
		*addr = *want;
		found = true;
	}
	if (!found) {
		memset(addr, 0, sizeof(*addr));
		if (sip_addr_equal(&p->sdp->conn.addr, &p->plan->from))
			*addr = p->plan->to;
	}
	return !p->sdp->n_over;
}

static int plan_rtcp(struct sdp_planner *p, u32 i)
{
	const struct sdp_media *media = &p->sdp->media[i];
	const struct sdp_target *want = &p->plan->media[i];
	u16 port = want->port ? want->port : media->port;
	u16 rtcp = want->rtcp;
	int err;

	if (!media->rtcp_text.len) {
		if (!rtcp || rtcp == port + 1)
			return 0;
		return put_rtcp_line(p, media->attr_at, rtcp);
	}
	if (!rtcp && media->rtcp == media->port)	/* it shares that port */
		rtcp = want->port;
	err = put_sdp_port(p, media->rtcp_text, media->rtcp, rtcp);
	if (!err && sip_addr_equal(&media->rtcp_conn.addr, sdp_conn_of(p->sdp, i)))
		err = put_sdp_addr(p, &media->rtcp_conn, &want->addr);
	return err;
}

/* ---- what names a section's address once more ------------------------------------ */

static struct sdp_addr read_bare_addr(const struct sip_text *t, struct sip_slice text)
{
	struct sdp_addr a = { .text = text };

	sip_addr_parse(&a.addr, sip_slice_ptr(t, text), text.len);
	return a;
}

/* Return: what a port of section @i becomes; 0: the section has no such port. */
static u16 target_port(const struct sdp_planner *p, u32 i, u16 port)
{
	const struct sdp_media *media = &p->sdp->media[i];
	const struct sdp_target *want = &p->plan->media[i];

	if (port == media->port)
		return want->port ? want->port : port;
	if (port == sdp_rtcp_of(media))
		return want->rtcp ? want->rtcp : port;
	return 0;
}

/*
 * foundation component transport priority address port "typ" type ...; RFC 8839 5.1.  Candidates
 * at the section's own port alone are changed.
 */
static int plan_candidate(struct sdp_planner *p, u32 i, struct sip_slice line)
{
	/* RFC 6544 4.5: the default of a section over TCP is a candidate over TCP */
	const char *want = p->sdp->media[i].transport == SDP_TRANSPORT_TCP ? "TCP" : "UDP";
	struct sip_slice transport, port;
	struct sdp_addr addr;
	u32 n;
	int err;

	take_word(p->t, &line);
	take_word(p->t, &line);
	transport = take_word(p->t, &line);
	take_word(p->t, &line);
	addr = read_bare_addr(p->t, take_word(p->t, &line));
	port = take_word(p->t, &line);
	take_word(p->t, &line);
	if (!sip_slice_is(p->t, transport, want, 3) ||
	    !sip_slice_is(p->t, take_word(p->t, &line), SIP_LIT("host")) ||
	    !sip_addr_equal(&addr.addr, sdp_conn_of(p->sdp, i)) ||
	    sip_number(p->t, port, 65535, &n) || !target_port(p, i, n))
		return 0;
	err = put_sdp_addr(p, &addr, &p->plan->media[i].addr);
	return err ? err : put_sdp_port(p, port, n, target_port(p, i, n));
}

/* Steps to the host of scheme "://" [userinfo "@"] host; RFC 3986 3.2 */
static bool skip_to_host(struct sip_cursor *c)
{
	u32 host, i;

	while (cur_peek(c) >= 0 && cur_peek(c) != '/')
		c->at++;
	if (!cur_skip(c, '/') || !cur_skip(c, '/'))
		return false;
	host = c->at;
	for (i = host; i < c->end && c->p[i] != '/'; i++)
		if (c->p[i] == '@')
			host = i + 1;
	c->at = host;
	return true;
}

/* "msrp://" host ":" port "/" ...; RFC 4975 9.  The URI of a relay belongs to another host. */
static int plan_path_uri(struct sdp_planner *p, u32 i, struct sip_slice uri)
{
	struct sip_cursor c = { p->t->p, uri.off, sip_slice_end(uri) };
	const struct sdp_target *want = &p->plan->media[i];
	struct sip_host at;
	char buf[SIP_ADDR_TEXT_MAX];
	u32 len;
	int err;

	if (!skip_to_host(&c) || sip_take_host(p->t, &c, &at, false) ||
	    at.num != p->sdp->media[i].port || !sip_addr_equal(&at.addr, sdp_conn_of(p->sdp, i)))
		return 0;
	len = sip_addr_write(&want->addr, buf, true);
	err = sip_edit_add(p->edits, p->base + at.host.off, at.host.len, buf, len);
	return err ? err : put_sdp_port(p, at.port, at.num, want->port);
}

static int plan_more_line(struct sdp_planner *p, u32 i, struct sip_slice line)
{
	struct sdp_addr addr;
	int err = 0;

	if (take_attr(p->t, &line, SIP_LIT("a=candidate:")))
		return plan_candidate(p, i, line);
	if (take_attr(p->t, &line, SIP_LIT("a=path:"))) {
		while (!err && line.len)
			err = plan_path_uri(p, i, take_word(p->t, &line));
		return err;
	}
	if (!take_attr(p->t, &line, SIP_LIT("c=")))
		return 0;
	read_addr(p->t, skip_blanks(p->t, line), &addr);
	if (addr.text.off == p->sdp->media[i].conn.text.off ||
	    !sip_addr_equal(&addr.addr, sdp_conn_of(p->sdp, i)))
		return 0;
	return put_sdp_addr(p, &addr, &p->plan->media[i].addr);
}

/* The section is read a second time: there is no bound to how many such lines it has. */
static int plan_more_lines(struct sdp_planner *p, u32 i)
{
	const struct sdp_media *media = &p->sdp->media[i];
	struct sip_slice line;
	u32 at, next;
	int err = 0;

	if (!media->has_more || !p->plan->media[i].addr.family)
		return 0;
	for (at = media->from; !err && at < media->attr_at; at = next) {
		next = cut_sdp_line(p->t, at, media->attr_at, &line);
		err = plan_more_line(p, i, line);
	}
	return err;
}

static int plan_media(struct sdp_planner *p, u32 i, bool has_session)
{
	const struct sdp_media *media = &p->sdp->media[i];
	const struct sdp_target *want = &p->plan->media[i];
	int err;

	err = put_sdp_port(p, media->port_text, media->port, want->port);
	if (err)
		return err;
	if (media->has_conn)
		err = put_sdp_addr(p, &media->conn, &want->addr);
	else if (!has_session && media->port && want->addr.family)
		err = put_conn_line(p, media->conn_at, &want->addr);
	if (!err)
		err = plan_rtcp(p, i);
	return err ? err : plan_more_lines(p, i);
}

/* o= names a host by its hidden address, or by an address to which the media of a section goes. */
static const struct sip_addr *origin_target(const struct sdp_planner *p)
{
	const struct sip_addr *origin = &p->sdp->origin.addr;
	u32 i;

	if (!origin->family || !p->plan->from.family)
		return NULL;
	if (sip_addr_equal(origin, &p->plan->from))
		return &p->plan->to;
	for (i = 0; i < p->sdp->n_media; i++)
		if (sip_addr_equal(origin, sdp_conn_of(p->sdp, i)))
			return &p->plan->media[i].addr;
	return NULL;
}

int sdp_plan_edits(struct sip_edits *edits, const struct sip_text *text, u32 base,
		   const struct sdp *sdp, const struct sdp_plan *plan)
{
	struct sdp_planner p = { edits, text, base, sdp, plan };
	const struct sip_addr *origin = origin_target(&p);
	struct sip_addr conn;
	bool has_session;
	int err = 0;
	u32 i;

	if (origin)
		err = put_sdp_addr(&p, &sdp->origin, origin);
	has_session = session_target(&p, &conn);
	if (!err && has_session)
		err = put_sdp_addr(&p, &sdp->conn, &conn);
	for (i = 0; !err && i < sdp->n_media; i++)
		err = plan_media(&p, i, has_session);
	return err;
}
