// SPDX-License-Identifier: GPL-2.0
/*
 * sdp_rewrite: reading session descriptions and planning their edits.  See
 * sdp_rewrite.h for the contract.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "sdp_rewrite.h"
#include "sip_chars.h"
#include "sip_parse.h"

/* ---- reading --------------------------------------------------------------------- */

/* what a line belongs to: the session, one section, or one over the limit */
struct reader {
	const struct sip_text *t;
	struct sdp *sdp;
	struct sdp_media *media;
	bool over;
};

/* Cuts the next word off a line; words are separated by single blanks (RFC 8866 9). */
static struct sip_slice take_word(const struct sip_text *t, struct sip_slice *line)
{
	struct sip_slice word = *line;
	const char *p = sip_slice_ptr(t, *line);
	const char *blank = memchr(p, ' ', line->len);

	if (blank)
		word.len = blank - p;
	line->off += word.len;
	line->len -= word.len;
	while (line->len && t->p[line->off] == ' ') {
		line->off++;
		line->len--;
	}
	return word;
}

/* nettype addrtype address: what o=, c= and a=rtcp have in common */
static void read_addr(const struct sip_text *t, struct sip_slice line, struct sdp_addr *out)
{
	struct sip_slice net = take_word(t, &line);
	struct sip_slice type = take_word(t, &line);
	struct sip_slice addr = take_word(t, &line);
	const char *slash = memchr(sip_slice_ptr(t, addr), '/', addr.len);
	u32 family = SIP_FAMILY_NONE;

	if (slash)	/* RFC 8866 5.7: TTL and number of multicast addresses */
		addr.len = slash - sip_slice_ptr(t, addr);
	out->text = addr;
	if (sip_slice_is(t, type, SIP_LIT("IP4")))
		family = SIP_FAMILY_IPV4;
	else if (sip_slice_is(t, type, SIP_LIT("IP6")))
		family = SIP_FAMILY_IPV6;
	if (!sip_slice_is(t, net, SIP_LIT("IN")) ||
	    !sip_addr_parse(&out->addr, sip_slice_ptr(t, addr), addr.len) ||
	    out->addr.family != family)
		memset(&out->addr, 0, sizeof(out->addr));
}

/* o=username sess-id sess-version nettype addrtype address */
static void read_origin(struct reader *r, struct sip_slice line)
{
	take_word(r->t, &line);
	take_word(r->t, &line);
	take_word(r->t, &line);
	read_addr(r->t, line, &r->sdp->origin);
}

static void read_conn(struct reader *r, struct sip_slice line)
{
	if (r->over)
		return;
	if (!r->media) {
		read_addr(r->t, line, &r->sdp->conn);
	} else if (!r->media->has_conn) {
		read_addr(r->t, line, &r->media->conn);
		r->media->has_conn = true;
	}
}

static bool has_prefix(const struct sip_text *t, struct sip_slice s, const char *word, u32 len)
{
	return s.len >= len && !strncasecmp(sip_slice_ptr(t, s), word, len);
}

static void read_proto(const struct sip_text *t, struct sip_slice proto, struct sdp_media *media)
{
	static const struct {
		const char *prefix;
		u8 len;
		u8 transport;
	} protos[] = {
		{ SIP_LIT("RTP/"),   SDP_TRANSPORT_UDP },
		{ SIP_LIT("UDP"),    SDP_TRANSPORT_UDP },	/* udptl too */
		{ SIP_LIT("DTLS/"),  SDP_TRANSPORT_UDP },
		{ SIP_LIT("TCP"),    SDP_TRANSPORT_TCP },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (has_prefix(t, proto, protos[i].prefix, protos[i].len)) {
			media->transport = protos[i].transport;
			break;
		}
	for (i = 0; i + 4 <= proto.len; i++)
		if (!strncasecmp(sip_slice_ptr(t, proto) + i, "RTP/", 4))
			media->is_rtp = true;
}

/* m=<media> <port>["/"<count>] <proto> <fmt> ...; RFC 8866 5.14 */
static int read_media(struct reader *r, struct sip_slice line)
{
	struct sdp *sdp = r->sdp;
	struct sip_slice type, port, count = {};
	struct sdp_media *media;
	const char *slash;
	u32 n;

	r->over = sdp->n_media == SDP_MAX_MEDIA;
	if (r->over) {
		if (sdp->n_over < U8_MAX)
			sdp->n_over++;
		return 0;
	}
	media = &sdp->media[sdp->n_media];
	memset(media, 0, sizeof(*media));
	type = take_word(r->t, &line);
	port = take_word(r->t, &line);
	slash = memchr(sip_slice_ptr(r->t, port), '/', port.len);
	if (slash) {
		count.off = slash + 1 - r->t->p;
		count.len = sip_slice_end(port) - count.off;
		port.len = slash - sip_slice_ptr(r->t, port);
	}
	if (sip_number(r->t, port, 65535, &n))
		return -EBADMSG;
	media->port = n;
	n = 1;
	if (slash && (sip_number(r->t, count, 65535, &n) || !n))
		return -EBADMSG;
	media->count = n;
	media->is_held = sdp->is_held;
	media->type = type;
	media->port_text = port;
	read_proto(r->t, take_word(r->t, &line), media);
	r->media = media;
	sdp->n_media++;
	return 0;
}

/* a=rtcp:<port> [nettype addrtype address]; RFC 3605 2.1 */
static int read_rtcp(struct reader *r, struct sip_slice line)
{
	struct sdp_media *media = r->media;
	struct sip_slice port = take_word(r->t, &line);
	u32 n;
	int err;

	if (media->rtcp_text.len)
		return 0;
	err = sip_number(r->t, port, 65535, &n);
	if (err)	/* not a number: an attribute that is not understood */
		return err == -ERANGE ? -EBADMSG : 0;
	media->rtcp = n;
	media->rtcp_text = port;
	if (line.len)
		read_addr(r->t, line, &media->rtcp_conn);
	return 0;
}

/* RFC 8866 6.7: the direction of the session, or of one section */
static void read_direction(struct reader *r, struct sip_slice line)
{
	bool *is_held = r->media ? &r->media->is_held : &r->sdp->is_held;

	if (sip_slice_is(r->t, line, SIP_LIT("sendrecv")))
		*is_held = false;
	else if (sip_slice_is(r->t, line, SIP_LIT("sendonly")) ||
		 sip_slice_is(r->t, line, SIP_LIT("recvonly")) ||
		 sip_slice_is(r->t, line, SIP_LIT("inactive")))
		*is_held = true;
}

static int read_attr(struct reader *r, struct sip_slice line)
{
	static const char rtcp[] = "rtcp:";

	if (r->over)
		return 0;
	read_direction(r, line);
	if (!r->media)
		return 0;
	if (sip_slice_is(r->t, line, SIP_LIT("rtcp-mux")))
		r->media->has_mux = true;
	if (!has_prefix(r->t, line, rtcp, sizeof(rtcp) - 1))
		return 0;
	line.off += sizeof(rtcp) - 1;
	line.len -= sizeof(rtcp) - 1;
	return read_rtcp(r, line);
}

/* One line without its end.  @next: offset behind the end. */
static int read_line(struct reader *r, struct sip_slice line, u32 next)
{
	char type = line.len >= 2 && r->t->p[line.off + 1] == '=' ? r->t->p[line.off] : 0;
	int err = 0;

	if (type) {
		line.off += 2;
		line.len -= 2;
	}
	if (type == 'm')
		err = read_media(r, line);
	else if (type == 'a')
		err = read_attr(r, line);
	else if (type == 'c')
		read_conn(r, line);
	else if (type == 'o' && !r->media)
		read_origin(r, line);
	if (err || !r->media || r->over)
		return err;
	/* RFC 8866 9: in a section m= and i= come before c=, attributes at its end */
	if (type == 'm' || type == 'i')
		r->media->conn_at = next;
	r->media->attr_at = next;
	return 0;
}

int sdp_parse(const struct sip_text *text, struct sip_slice body, struct sdp *sdp)
{
	struct reader r = { .t = text, .sdp = sdp };
	u32 at = body.off, end = sip_slice_end(body);
	int err;

	memset(sdp, 0, offsetof(struct sdp, media));
	if (body.len < 2 || text->p[at] != 'v' || text->p[at + 1] != '=')
		return -ENOMSG;
	while (at < end) {
		u32 lf = sip_line_end(text->p, at, end);
		u32 stop = lf > at && lf < end && text->p[lf - 1] == '\r' ? lf - 1 : lf;
		u32 next = lf < end ? lf + 1 : end;

		if (lf < end && !sdp->eol)
			sdp->eol = next - stop;
		sdp->has_final_eol = lf < end;
		err = read_line(&r, (struct sip_slice){ at, stop - at }, next);
		if (err)
			return err;
		at = next;
	}
	return 0;
}

const struct sip_addr *sdp_conn_of(const struct sdp *sdp, unsigned int i)
{
	return sdp->media[i].has_conn ? &sdp->media[i].conn.addr : &sdp->conn.addr;
}

u16 sdp_rtcp_of(const struct sdp_media *media)
{
	if (!media->is_rtp)
		return 0;
	if (media->rtcp_text.len)
		return media->rtcp;
	return media->port && media->port < 65535 ? media->port + 1 : 0;
}

/* ---- planning -------------------------------------------------------------------- */

struct planner {
	struct sip_edits *edits;
	const struct sip_text *t;
	u32 base;
	const struct sdp *sdp;
	const struct sdp_plan *plan;
};

static int put_addr(struct planner *p, const struct sdp_addr *old, const struct sip_addr *addr)
{
	char buf[SIP_ADDR_TEXT_MAX];

	if (!old->text.len || !addr->family || sip_addr_equal(&old->addr, addr))
		return 0;
	return sip_edit_add(p->edits, p->base + old->text.off, old->text.len,
			    buf, sip_addr_write(addr, buf, false));
}

static int put_port(struct planner *p, struct sip_slice old, u16 was, u16 port)
{
	char buf[10];

	if (!port || port == was)
		return 0;
	return sip_edit_add(p->edits, p->base + old.off, old.len,
			    buf, sip_number_write(port, buf));
}

/*
 * Inserts a line before the one at @at.  The description keeps its own kind of
 * line end; behind a last line that has none the new line goes without one too.
 */
static int put_line(struct planner *p, u32 at, const char *line, u32 len)
{
	bool at_open_end = at && p->t->p[at - 1] != '\n';
	char buf[64 + SIP_ADDR_TEXT_MAX];
	u32 n = 0;

	if (at_open_end) {
		if (p->sdp->eol != 1)
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

static int put_conn_line(struct planner *p, u32 at, const struct sip_addr *addr)
{
	bool is_v4 = addr->family == SIP_FAMILY_IPV4;
	char buf[16 + SIP_ADDR_TEXT_MAX];

	memcpy(buf, is_v4 ? "c=IN IP4 " : "c=IN IP6 ", 9);
	return put_line(p, at, buf, 9 + sip_addr_write(addr, buf + 9, false));
}

static int put_rtcp_line(struct planner *p, u32 at, u16 port)
{
	char buf[24] = "a=rtcp:";

	return put_line(p, at, buf, 7 + sip_number_write(port, buf + 7));
}

static bool is_governed(const struct sdp *sdp, u32 i)
{
	return !sdp->media[i].has_conn && sdp->media[i].port;
}

/*
 * What all open sections under the session's c= want in it.
 * Return: false where they differ.
 */
static bool session_target(const struct planner *p, struct sip_addr *addr)
{
	bool found = false;
	u32 i;

	for (i = 0; i < p->sdp->n_media; i++) {
		const struct sip_addr *want = &p->plan->media[i].addr;

		if (!is_governed(p->sdp, i))
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

static int plan_rtcp(struct planner *p, u32 i)
{
	const struct sdp_media *media = &p->sdp->media[i];
	const struct sdp_target *want = &p->plan->media[i];
	u16 port = want->port ? want->port : media->port;
	int err;

	if (!media->rtcp_text.len) {
		if (!want->rtcp || want->rtcp == port + 1)
			return 0;
		return put_rtcp_line(p, media->attr_at, want->rtcp);
	}
	err = put_port(p, media->rtcp_text, media->rtcp, want->rtcp);
	if (!err && sip_addr_equal(&media->rtcp_conn.addr, sdp_conn_of(p->sdp, i)))
		err = put_addr(p, &media->rtcp_conn, &want->addr);
	return err;
}

static int plan_media(struct planner *p, u32 i, bool has_session)
{
	const struct sdp_media *media = &p->sdp->media[i];
	const struct sdp_target *want = &p->plan->media[i];
	int err;

	err = put_port(p, media->port_text, media->port, want->port);
	if (err)
		return err;
	if (media->has_conn)
		err = put_addr(p, &media->conn, &want->addr);
	else if (!has_session && media->port && want->addr.family)
		err = put_conn_line(p, media->conn_at, &want->addr);
	return err ? err : plan_rtcp(p, i);
}

int sdp_plan(struct sip_edits *edits, const struct sip_text *text, u32 base,
	     const struct sdp *sdp, const struct sdp_plan *plan)
{
	struct planner p = { edits, text, base, sdp, plan };
	struct sip_addr conn;
	bool has_session;
	int err = 0;
	u32 i;

	if (sip_addr_equal(&sdp->origin.addr, &plan->from))
		err = put_addr(&p, &sdp->origin, &plan->to);
	has_session = session_target(&p, &conn);
	if (!err && has_session)
		err = put_addr(&p, &sdp->conn, &conn);
	for (i = 0; !err && i < sdp->n_media; i++)
		err = plan_media(&p, i, has_session);
	return err;
}
