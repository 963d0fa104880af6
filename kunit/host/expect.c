// SPDX-License-Identifier: GPL-2.0
/* expect: the rules of translation over fields.  See expect.h. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

bool expect_is_addr(const char *text, const struct sip_addr *addr)
{
	unsigned char bytes[16];
	bool is_v6 = addr->family == SIP_FAMILY_IPV6;

	return text && addr->family && inet_pton(is_v6 ? AF_INET6 : AF_INET, text, bytes) == 1 &&
	       !memcmp(bytes, addr->w, is_v6 ? 16 : 4);
}

const char *expect_text(const struct sip_addr *addr)
{
	static char buf[4][INET6_ADDRSTRLEN];
	static int i;

	i = (i + 1) % 4;
	inet_ntop(addr->family == SIP_FAMILY_IPV6 ? AF_INET6 : AF_INET, addr->w, buf[i],
		  sizeof(buf[i]));
	return buf[i];
}

static bool equal(const struct sip_endpoint *a, const struct sip_endpoint *b)
{
	return a->port == b->port && !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

/* ---- one host:port ------------------------------------------------------------------ */

/* @from becomes @to; @whole: an address without its port is not enough */
struct rule {
	struct sip_endpoint from, to;
	bool whole;
};

static void put_port(struct fields *f, const char *at, u16 means, u16 port)
{
	char text[8];

	if (means == port)
		return;
	snprintf(text, sizeof(text), "%u", port);
	fields_set(f, text, "%s.port", at);
}

/* The port that is written, or the one that nothing written means. */
static u16 port_of(const struct fields *f, const char *at)
{
	const char *port = fields_get(f, "%s.port", at);
	const char *scheme = fields_get(f, "%s.scheme", at);

	if (port && *port)
		return atoi(port);
	return scheme && !strcasecmp(scheme, "sips") ? 5061 : 5060;
}

static bool is_sip(const struct fields *f, const char *at)
{
	const char *scheme = fields_get(f, "%s.scheme", at);

	return scheme && (!strcasecmp(scheme, "sip") || !strcasecmp(scheme, "sips"));
}

static const char *bare(const char *host)
{
	static char buf[64];
	size_t len = host ? strlen(host) : 0;

	if (len < 2 || len > sizeof(buf) || *host != '[' || host[len - 1] != ']')
		return host;
	memcpy(buf, host + 1, len - 2);
	buf[len - 2] = 0;
	return buf;
}

static void put_maddr(struct fields *f, const char *at, const struct sip_addr *addr)
{
	bool bracket = *fields_get(f, "%s.param.maddr", at) == '[';
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s", bracket ? "[" : "", expect_text(addr),
		 bracket ? "]" : "");
	fields_set(f, text, "%s.param.maddr", at);
}

/* A URI.  RFC 3261 19.1.1: maddr stands for the host where both are there. */
static bool apply(struct fields *f, const char *at, const struct rule *r)
{
	const char *host = fields_get(f, "%s.host", at);
	const char *maddr = bare(fields_get(f, "%s.param.maddr", at));
	bool is_host, is_maddr;
	u16 port = port_of(f, at);

	if (equal(&r->from, &r->to) || !is_sip(f, at) || (r->whole && port != r->from.port))
		return false;
	is_host = expect_is_addr(host, &r->from.addr);
	is_maddr = expect_is_addr(maddr, &r->from.addr);
	if (is_host) {
		fields_set(f, expect_text(&r->to.addr), "%s.host", at);
		if (port == r->from.port)
			put_port(f, at, port, r->to.port);
	}
	if (is_maddr)
		put_maddr(f, at, &r->to.addr);
	return is_host || is_maddr;
}

/* what the library could not take apart */
static void apply_raw(struct fields *f, const char *at, const struct rule *r)
{
	const char *raw = fields_get(f, "%s.raw", at), *from = expect_text(&r->from.addr), *p;
	char text[4096];

	if (!raw || equal(&r->from, &r->to))
		return;
	p = strstr(raw, from);
	if (!p)
		return;
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(p - raw), raw, expect_text(&r->to.addr),
		 p + strlen(from));
	fields_set(f, text, "%s.raw", at);
}

/* ---- the top Via -------------------------------------------------------------------- */

static void expect_request_via(struct fields *f, const struct rule *own)
{
	const char *port = fields_get(f, "via.0.port");
	u16 means = port_of(f, "via.0");

	if (!expect_is_addr(fields_get(f, "via.0.host"), &own->from.addr))
		return;
	fields_set(f, expect_text(&own->to.addr), "via.0.host");
	if (means == own->from.port || (port && *port && fields_get(f, "via.0.param.rport")))
		put_port(f, "via.0", means, own->to.port);
}

/* A response gives the receiver back what its request had. */
static void expect_response_via(struct fields *f, const struct scene *s, const struct rule *back)
{
	const char *rport = fields_get(f, "via.0.param.rport");
	const char *received = fields_get(f, "via.0.param.received");
	char text[8];

	if (expect_is_addr(fields_get(f, "via.0.host"), &back->from.addr)) {
		fields_set(f, expect_text(&back->to.addr), "via.0.host");
		if (s->flow.memo.form == SIP_VIA_NO_PORT)
			fields_set(f, NULL, "via.0.port");
		else if (s->flow.memo.form == SIP_VIA_PORT)
			put_port(f, "via.0", port_of(f, "via.0"), s->flow.memo.port);
		else if (port_of(f, "via.0") == back->from.port)
			put_port(f, "via.0", back->from.port, back->to.port);
	}
	if (received && !expect_is_addr(bare(received), &back->from.addr))
		return;
	if (received)
		fields_set(f, *received == '[' ? received : expect_text(&back->to.addr),
			   "via.0.param.received");
	if (rport && *rport && atoi(rport) == back->from.port && back->to.port != back->from.port) {
		snprintf(text, sizeof(text), "%u", back->to.port);
		fields_set(f, text, "via.0.param.rport");
	}
}

static void expect_via(struct fields *f, const struct scene *s, bool is_request,
		       const struct rule *r)
{
	if (equal(&r->from, &r->to))
		return;
	if (expect_is_addr(bare(fields_get(f, "via.0.param.maddr")), &r->from.addr))
		put_maddr(f, "via.0", &r->to.addr);
	if (is_request)
		expect_request_via(f, r);
	else
		expect_response_via(f, s, r);
}

/* ---- a message ---------------------------------------------------------------------- */

static bool is_register(const struct fields *f)
{
	const char *cseq = fields_get(f, "cseq.method");

	if (!cseq)
		cseq = fields_get(f, "header.CSeq.0");
	return cseq && strcasestr(cseq, "REGISTER");
}

static void expect_each(struct fields *f, const char *name, const struct rule *r)
{
	char at[64];
	int i;

	for (i = 0; ; i++) {
		snprintf(at, sizeof(at), "%s.%d", name, i);
		if (!fields_get(f, "%s.scheme", at) && !fields_get(f, "%s.raw", at))
			break;
		apply(f, at, r);
		apply_raw(f, at, r);
	}
}

/* Content-Length is compared with the bytes of the body, not here. */
void expect_message(struct fields *f, const struct scene *s, enum expect_way way)
{
	static const char *const hops[] = {
		"record-route", "path", "service-route", "refer-to", "referred-by", "reply-to",
	};
	bool is_request = fields_get(f, "start.method");
	struct rule r = { s->flow.self, s->flow.self_mapped, false };
	size_t i;

	if (way == EXPECT_IN)
		r = (struct rule){ s->flow.peer, s->flow.peer_real, true };
	if (is_request == (way == EXPECT_OUT))
		expect_via(f, s, is_request, &r);
	if (is_request && way == EXPECT_IN)
		apply(f, "ruri", &r);
	if (way == EXPECT_OUT || (!is_request && is_register(f)))
		expect_each(f, "contact", &r);
	if (is_request)
		expect_each(f, "route", &r);
	for (i = 0; i < sizeof(hops) / sizeof(*hops); i++)
		expect_each(f, hops[i], &r);
	fields_set(f, NULL, "length");
	fields_sort(f);
}

/* ---- a description ------------------------------------------------------------------- */

static void put_number(struct fields *f, u32 n, const char *what, u32 i)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", n);
	fields_set(f, text, "sdp.m.%u.%s", i, what);
}

/* a=rtcp:PORT [IN IP4 ADDRESS], RFC 3605 */
static void expect_rtcp(struct fields *f, const struct scene *s, u32 i, u16 port)
{
	const char *rtcp = fields_get(f, "sdp.m.%u.rtcp", i), *addr;
	bool is_on = atoi(fields_get(f, "sdp.m.%u.port", i));
	char text[256];

	if (!rtcp) {
		if (port && port != s->media[i].port + 1)
			put_number(f, port, "rtcp", i);
		return;
	}
	addr = strchr(rtcp, ' ');
	if (addr && expect_is_addr(strrchr(rtcp, ' ') + 1, &s->hide))
		snprintf(text, sizeof(text), "%u%.*s %s", port ? port : (u32)atoi(rtcp),
			 (int)(strrchr(rtcp, ' ') - addr), addr,
			 expect_text(is_on ? &s->media[i].addr : &s->show));
	else
		snprintf(text, sizeof(text), "%u%s", port ? port : (u32)atoi(rtcp), addr ? addr : "");
	fields_set(f, text, "sdp.m.%u.rtcp", i);
}

/* where a library says that RTCP goes, whether it is said or not */
static void expect_rtcp_meant(struct fields *f, const struct scene *s, u32 i, bool is_on)
{
	u16 rtcp = s->media[i].rtcp ? s->media[i].rtcp : s->media[i].port + 1;

	if (!fields_get(f, "sdp.m.%u.rtcp.port", i))
		return;
	if (is_on)
		put_number(f, rtcp, "rtcp.port", i);
	if (expect_is_addr(fields_get(f, "sdp.m.%u.rtcp.addr", i), &s->hide))
		fields_set(f, expect_text(&s->media[i].addr), "sdp.m.%u.rtcp.addr", i);
}

static u16 rtcp_of(const struct fields *f, u32 i)
{
	const char *rtcp = fields_get(f, "sdp.m.%u.rtcp", i);

	rtcp = rtcp ? rtcp : fields_get(f, "sdp.m.%u.rtcp.port", i);
	return atoi(rtcp ? rtcp : fields_get(f, "sdp.m.%u.port", i)) + !rtcp;
}

/* RFC 8839 5.1: the host candidates that are the default ones follow these */
static void expect_candidates(struct fields *f, const struct scene *s, u32 i)
{
	u16 port = atoi(fields_get(f, "sdp.m.%u.port", i)), rtcp = rtcp_of(f, i), is;
	char addr[64], tail[300], text[600];
	const char *value;
	int k;

	for (k = 0; k < 200; k++) {	/* numbered through the description */
		value = fields_get(f, "sdp.m.%u.attr.candidate.%d", i, k);
		if (!value)
			continue;
		if (sscanf(value, "%*s %*s %*s %*s %63s %hu %299[^\n]", addr, &is, tail) != 3 ||
		    !expect_is_addr(addr, &s->hide) || strncmp(tail, "typ host", 8) ||
		    (is != port && is != rtcp))
			continue;
		snprintf(text, sizeof(text), "%.*s%s %u %s", (int)(strstr(value, addr) - value),
			 value, expect_text(&s->media[i].addr),
			 is == port ? s->media[i].port : s->media[i].rtcp, tail);
		fields_set(f, text, "sdp.m.%u.attr.candidate.%d", i, k);
	}
}

/*
 * RFC 8866 5.7: the session's c= can only say one thing, and does for all sections that
 * have none of their own; where these part, or are too many, it stays.
 */
static bool is_split(const struct fields *f, const struct scene *s, u32 n)
{
	const struct sip_addr *first = NULL;
	u32 i;

	for (i = 0; i < n && n <= SDP_MAX_MEDIA; i++) {
		if (fields_get(f, "sdp.m.%u.c", i) || !atoi(fields_get(f, "sdp.m.%u.port", i)))
			continue;
		first = first ? first : &s->media[i].addr;
		if (memcmp(first, &s->media[i].addr, sizeof(*first)))
			return true;
	}
	return n > SDP_MAX_MEDIA;
}

static void expect_conn(struct fields *f, const struct scene *s, u32 i, bool split)
{
	bool is_on = atoi(fields_get(f, "sdp.m.%u.port", i));
	bool has_own = fields_get(f, "sdp.m.%u.c", i);

	if (split && !has_own && !is_on)
		return;
	fields_set(f, expect_text(is_on ? &s->media[i].addr : &s->show), "sdp.m.%u.conn", i);
	if (split && fields_get(f, "sdp.conn"))
		fields_set(f, "own", "sdp.m.%u.c", i);
}

static void expect_section(struct fields *f, const struct scene *s, u32 i)
{
	bool is_on = atoi(fields_get(f, "sdp.m.%u.port", i));

	if (is_on)
		expect_candidates(f, s, i);
	if (fields_get(f, "sdp.m.%u.rtcp.port", i))
		expect_rtcp_meant(f, s, i, is_on);
	else if (is_on || fields_get(f, "sdp.m.%u.rtcp", i))
		expect_rtcp(f, s, i, is_on ? s->media[i].rtcp : 0);
	if (is_on)
		put_number(f, s->media[i].port, "port", i);
}

void expect_sdp(struct fields *f, const struct scene *s)
{
	u32 n = 0, i;
	bool split;

	while (fields_get(f, "sdp.m.%u.port", n))
		n++;
	split = is_split(f, s, n);
	for (i = 0; i < n && i < SDP_MAX_MEDIA; i++) {
		if (!expect_is_addr(fields_get(f, "sdp.m.%u.conn", i), &s->hide))
			continue;
		/* what is off opens nothing, but the address is not left in its lines */
		expect_conn(f, s, i, split);
		expect_section(f, s, i);
	}
	if (expect_is_addr(fields_get(f, "sdp.origin"), &s->hide))
		fields_set(f, expect_text(&s->show), "sdp.origin");
	if (!split && expect_is_addr(fields_get(f, "sdp.conn"), &s->hide)) {
		for (i = 0; i < n; i++)
			if (!fields_get(f, "sdp.m.%u.c", i) &&
			    atoi(fields_get(f, "sdp.m.%u.port", i)))
				break;
		fields_set(f, expect_text(i < n ? &s->media[i].addr : &s->show), "sdp.conn");
	}
	fields_sort(f);
}
