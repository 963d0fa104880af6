// SPDX-License-Identifier: GPL-2.0
/* twin: quick readers against careful ones.  See twin.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sip_quick.h"
#include "sip_start.h"
#include "twin.h"

struct twin_counts twin_counts;

/* one reader's view of a message: [0] that of the quick readers, [1] that of the careful ones */
static struct world views[2];
static char out[2][TWIN_MAX + SIP_MAX_GROWTH];

/* ---- comparing ------------------------------------------------------------------------- */

static bool is_same_slice(struct sip_slice a, struct sip_slice b)
{
	return a.off == b.off && a.len == b.len;
}

static bool is_same_host(const struct sip_host *a, const struct sip_host *b)
{
	return is_same_slice(a->host, b->host) && is_same_slice(a->port, b->port) &&
	       a->num == b->num && sip_addr_equal(&a->addr, &b->addr);
}

static bool is_same_uri(const struct sip_uri *a, const struct sip_uri *b)
{
	return is_same_slice(a->user, b->user) && is_same_host(&a->at, &b->at) &&
	       is_same_slice(a->maddr, b->maddr) && a->expires == b->expires &&
	       a->has_expires == b->has_expires && a->is_odd == b->is_odd && a->role == b->role &&
	       a->scheme == b->scheme && a->transport == b->transport;
}

static bool is_same_via(const struct sip_via *a, const struct sip_via *b)
{
	return is_same_host(&a->by, &b->by) && is_same_slice(a->branch, b->branch) &&
	       is_same_slice(a->maddr, b->maddr) && is_same_slice(a->received, b->received) &&
	       is_same_slice(a->rport, b->rport) && a->has_rport == b->has_rport &&
	       a->transport == b->transport;
}

static const char *differs_head(const struct sip_msg *a, const struct sip_msg *b)
{
	if (a->flags != b->flags || a->status != b->status || a->method != b->method ||
	    a->has_type != b->has_type)
		return "flags, status, method or type";
	if (a->fault != b->fault || a->left != b->left || a->first_left != b->first_left)
		return "what is left";
	if (a->n_uris != b->n_uris || a->n_vias != b->n_vias)
		return "number of URIs or Vias";
	if (a->cseq != b->cseq || a->expires != b->expires || a->session != b->session ||
	    a->content_length != b->content_length)
		return "a number";
	return NULL;
}

static const char *differs(const struct sip_msg *a, const struct sip_msg *b)
{
	const char *what = differs_head(a, b);
	u32 i;

	if (what)
		return what;
	if (!is_same_slice(a->method_name, b->method_name) ||
	    !is_same_slice(a->length, b->length) ||
	    !is_same_slice(a->length_again, b->length_again) ||
	    !is_same_slice(a->call_id, b->call_id) || !is_same_slice(a->from_tag, b->from_tag) ||
	    !is_same_slice(a->to_tag, b->to_tag) || !is_same_slice(a->from, b->from) ||
	    !is_same_slice(a->to, b->to) || !is_same_slice(a->body, b->body) ||
	    !is_same_slice(a->boundary, b->boundary))
		return "a slice";
	if (!is_same_via(&a->via, &b->via))
		return "the top Via";
	for (i = 0; i < a->n_uris; i++)
		if (!is_same_uri(&a->uri[i], &b->uri[i]))
			return "a URI";
	return NULL;
}

static bool is_same_sdp_addr(const struct sdp_addr *a, const struct sdp_addr *b)
{
	return is_same_slice(a->text, b->text) && sip_addr_equal(&a->addr, &b->addr);
}

static bool is_same_media(const struct sdp_media *a, const struct sdp_media *b)
{
	return is_same_slice(a->type, b->type) && is_same_slice(a->port_text, b->port_text) &&
	       is_same_sdp_addr(&a->conn, &b->conn) &&
	       is_same_slice(a->rtcp_text, b->rtcp_text) &&
	       is_same_sdp_addr(&a->rtcp_conn, &b->rtcp_conn) && a->from == b->from &&
	       a->conn_at == b->conn_at && a->attr_at == b->attr_at && a->port == b->port &&
	       a->count == b->count && a->index == b->index && a->rtcp == b->rtcp &&
	       a->transport == b->transport && a->is_rtp == b->is_rtp &&
	       a->has_conn == b->has_conn && a->has_mux == b->has_mux &&
	       a->is_mux_only == b->is_mux_only && a->has_more == b->has_more &&
	       a->setup == b->setup && a->is_held == b->is_held;
}

static const char *differs_sdp(const struct sdp *a, const struct sdp *b)
{
	u32 i;

	if (!is_same_sdp_addr(&a->origin, &b->origin) || !is_same_sdp_addr(&a->conn, &b->conn))
		return "an address of a description";
	if (a->n_media != b->n_media || a->n_lines != b->n_lines || a->n_over != b->n_over)
		return "the number of sections";
	if (a->eol != b->eol || a->has_final_eol != b->has_final_eol ||
	    a->has_version != b->has_version || a->is_left != b->is_left ||
	    a->is_held != b->is_held || a->setup != b->setup)
		return "what a description says as a whole";
	for (i = 0; i < a->n_media; i++)
		if (!is_same_media(&a->media[i], &b->media[i]))
			return "a section";
	return NULL;
}

static const char *differs_body(const struct sip_body *a, const struct sip_body *b)
{
	const char *what = NULL;
	u32 i;

	if (a->n != b->n || a->n_over != b->n_over || a->parts.n != b->parts.n)
		return "the number of descriptions";
	for (i = 0; !what && i < a->n; i++)
		what = differs_sdp(&a->desc[i].sdp, &b->desc[i].sdp);
	return what;
}

/* ---- reading --------------------------------------------------------------------------- */

/* Return: the text at the end of memory that may be read. */
static char *place_text(const char *p, u32 len)
{
	static char *end;

	if (!end) {
		long page = sysconf(_SC_PAGESIZE);
		char *area = mmap(NULL, TWIN_MAX + page, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (area == MAP_FAILED || mprotect(area + TWIN_MAX, page, PROT_NONE))
			abort();
		end = area + TWIN_MAX;
	}
	memcpy(end - len, p, len);
	return end - len;
}

/* What is found without a datagram around it: the start line, the headers, the identity. */
static const char *check_parts(const struct sip_text *t)
{
	static struct sip_msg msg[2];
	int start[2], head[2], identity[2];
	const char *what = NULL;
	u32 i;

	for (i = 0; i < 2; i++) {
		sip_quick_is_off = i;
		start[i] = sip_parse_start(t, &msg[i]);
	}
	if (start[0] != start[1])
		return "the start line's result";
	if (start[0] <= 0)
		return NULL;
	twin_counts.start++;
	what = differs(&msg[0], &msg[1]);
	for (i = 0; !what && i < 2; i++) {
		sip_quick_is_off = i;
		identity[i] = sip_parse_identity(t, &msg[i], start[i]);
	}
	if (!what && identity[0] != identity[1])
		what = "the identity's result";
	if (!what && identity[0] != -EBADMSG)
		what = differs(&msg[0], &msg[1]);
	else if (!what && msg[0].fault != msg[1].fault)
		what = "the identity's fault";
	for (i = 0; !what && i < 2; i++) {
		sip_quick_is_off = i;
		head[i] = sip_parse(t, &msg[i]);
	}
	if (!what && head[0] != head[1])
		what = "the header section's result";
	if (!what && (head[0] > 0 || head[0] == -EBADMSG))
		what = head[0] > 0 ? differs(&msg[0], &msg[1]) : differs_head(&msg[0], &msg[1]);
	return what;
}

const char *twin_check(const struct scene *scene, const char *p, u32 len)
{
	struct sip_text t = { place_text(p, len), len };
	const char *what = check_parts(&t);
	int ret[2], i;

	twin_counts.runs++;
	for (i = 0; !what && i < 2; i++) {
		sip_quick_is_off = i;
		ret[i] = world_plan(&views[i], scene, &t);
		if (!ret[i]) {
			memcpy(out[i], t.p, len);
			ret[i] = sip_edit_render(&views[i].edits, out[i], len, sizeof(out[i]));
		}
	}
	sip_quick_is_off = false;
	if (what)
		return what;
	if (ret[0] != ret[1])
		return "the result";
	if (ret[0] < 0)
		return NULL;
	twin_counts.whole++;
	twin_counts.sdp += views[0].has_sdp;
	twin_counts.changed += views[0].edits.n > 0;
	what = differs(&views[0].msg, &views[1].msg);
	if (!what)
		what = differs_body(&views[0].body, &views[1].body);
	return what || !memcmp(out[0], out[1], ret[0]) ? what : "the text out";
}
