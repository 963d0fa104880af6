// SPDX-License-Identifier: GPL-2.0
/* oracle: what must hold of any translated message.  See oracle.h. */
#include <linux/errno.h>
#include <linux/string.h>

#include "oracle.h"

static struct world before, after;

const char *oracle_fault_name(u8 fault)
{
	static const char *const names[] = {
		"none",
#define X(NAME, name, text) #name,
		SIP_FAULTS(X)
#undef X
	};

	return fault < SIP_FAULT_COUNT ? names[fault] : "?";
}

const struct sip_host *oracle_host_of_sdp(const struct sdp *sdp)
{
	static struct sip_host host;

	memset(&host, 0, sizeof(host));
	host.addr = sdp->conn.addr;
	if (!host.addr.family && sdp->n_media)
		host.addr = sdp->media[0].conn.addr;
	if (!host.addr.family)
		host.addr = sdp->origin.addr;
	return host.addr.family ? &host : NULL;
}

const struct sip_host *oracle_own_host(const struct world *w)
{
	const struct sip_msg *msg = &w->msg;
	u32 i;

	if (sip_is_request(msg) && msg->via.by.addr.family)
		return &msg->via.by;
	for (i = 0; i < msg->n_uris; i++)
		if (msg->uri[i].role == SIP_ROLE_CONTACT && msg->uri[i].at.addr.family)
			return &msg->uri[i].at;
	return w->has_sdp ? oracle_host_of_sdp(&w->sdp) : NULL;
}

/* @variant: bit 0: RTCP not beside RTP; bit 1: two addresses; bit 2: odd sections unmapped */
static void make_scene(struct scene *s, const struct sip_host *own, u32 variant)
{
	bool is_v4 = own->addr.family == SIP_FAMILY_IPV4;
	const char *first = is_v4 ? "198.51.100.77" : "2001:db8:ffff::77";
	const char *second = is_v4 ? "198.51.100.178" : "2001:db8:ffff::1";
	struct sip_addr other;
	u32 i;

	memset(s, 0, sizeof(*s));
	s->flow.self.addr = own->addr;
	s->flow.self.port = own->port.len ? own->num : SIP_PORT_DEFAULT;
	sip_addr_parse(&s->flow.self_mapped.addr, first, strlen(first));
	sip_addr_parse(&other, second, strlen(second));
	s->flow.self_mapped.port = 61000;
	s->hide = own->addr;
	s->show = s->flow.self_mapped.addr;
	for (i = 0; i < SDP_MAX_MEDIA; i++) {
		if (variant & 4 && i & 1)
			continue;
		s->media[i].addr = variant & 2 && i & 1 ? other : s->show;
		s->media[i].port = 50000 + 2 * i;
		s->media[i].rtcp = s->media[i].port + (variant & 1 ? 1001 : 1);
	}
}

static bool is_hidden(const struct scene *s, const struct sip_addr *addr)
{
	return sip_addr_equal(addr, &s->hide);
}

static const char *check_header(const struct scene *s, const struct sip_msg *msg)
{
	u32 i;

	if (sip_is_request(msg) && is_hidden(s, &msg->via.by.addr))
		return "the address is left in the top Via";
	/* of more than are kept others may be kept now */
	for (i = 0; i < msg->n_uris && !(before.msg.left & 1U << SIP_LEFT_LIMIT); i++)
		if (msg->uri[i].role == SIP_ROLE_CONTACT && is_hidden(s, &msg->uri[i].at.addr))
			return "the address is left in a Contact";
	return NULL;
}

static const char *check_section(const struct scene *s, u32 i)
{
	const struct sdp_media *was = &before.sdp.media[i], *is = &after.sdp.media[i];
	const struct sdp_target *want = &s->media[i];

	if (was->transport != is->transport || was->count != is->count ||
	    was->type.len != is->type.len || was->has_mux != is->has_mux)
		return "a section says something else";
	if (!is_hidden(s, sdp_conn_of(&before.sdp, i)))
		return was->port == is->port ? NULL : "the port of another host's section changed";
	if (!was->port)
		return is->port ? "a section that was off is on" : NULL;
	if (!want->addr.family)
		return was->port == is->port && is_hidden(s, sdp_conn_of(&after.sdp, i)) &&
		       is_hidden(s, &was->rtcp_conn.addr) == is_hidden(s, &is->rtcp_conn.addr) ?
		       NULL : "half of a section changed";
	if (is->port != want->port || !sip_addr_equal(sdp_conn_of(&after.sdp, i), &want->addr))
		return "a section is not what was planned";
	/* RFC 8858: of mux-only there is no other port, whatever was planned */
	if (is->is_rtp && sdp_rtcp_of(is) != (is->is_mux_only ? is->port : want->rtcp))
		return "the RTCP port is not what was planned";
	return is_hidden(s, &is->rtcp_conn.addr) ? "the address is left in a=rtcp" : NULL;
}

static const char *check_sdp(const struct scene *s, u32 variant)
{
	const struct sdp *sdp = &after.sdp;
	const char *wrong = NULL;
	u32 i;

	if (sdp->n_media != before.sdp.n_media || sdp->n_over != before.sdp.n_over)
		return "sections are lost";
	if (is_hidden(s, &sdp->origin.addr))
		return "the address is left in o=";
	if (!(variant & 6) && !sdp->n_over && is_hidden(s, &sdp->conn.addr))
		return "the address is left in c=";
	for (i = 0; !wrong && i < sdp->n_media; i++)
		wrong = check_section(s, i);
	return wrong;
}

static const char *check_same(const struct sip_msg *a, const struct sip_msg *b)
{
	if (a->n_uris != b->n_uris || a->cseq != b->cseq || a->method != b->method ||
	    a->status != b->status || a->flags != b->flags || a->n_vias != b->n_vias ||
	    a->call_id.len != b->call_id.len || a->from.len != b->from.len ||
	    a->to.len != b->to.len || a->from_tag.len != b->from_tag.len ||
	    a->to_tag.len != b->to_tag.len || a->via.branch.len != b->via.branch.len)
		return "the output says something else";
	return NULL;
}

/* NULL, or what is wrong with @buf, which was made from @len bytes. */
static const char *check_output(const struct scene *s, const char *buf, u32 len, u32 new_len,
				u32 variant)
{
	struct scene none = { .hide = s->hide, .show = s->hide };
	struct sip_text text = { buf, new_len };
	const char *wrong;

	if (world_plan(&after, &none, &text))
		return "the output does not parse";
	wrong = check_same(&before.msg, &after.msg);
	if (wrong)
		return wrong;
	if (len - sip_slice_end(before.msg.body) != new_len - sip_slice_end(after.msg.body))
		return "Content-Length is not exact";
	if (before.has_sdp != after.has_sdp)
		return "the description is lost";
	wrong = check_header(s, &after.msg);
	return wrong || !after.has_sdp ? wrong : check_sdp(s, variant);
}

enum oracle oracle_check(char *buf, u32 len, u32 variant, const char **why)
{
	struct scene s = { .hide.family = SIP_FAMILY_IPV4, .show.family = SIP_FAMILY_IPV4 };
	struct sip_text text = { buf, len };
	const struct sip_host *own;
	int ret;

	*why = "";
	ret = world_plan(&before, &s, &text);
	if (ret == -ENOMSG)
		return ORACLE_NOT_SIP;
	if (ret) {
		*why = oracle_fault_name(before.msg.fault);
		return ORACLE_MALFORMED;
	}
	own = oracle_own_host(&before);
	if (!own)
		return ORACLE_NO_ADDRESS;
	make_scene(&s, own, variant);
	if (sip_addr_equal(&s.hide, &s.show) || sip_addr_equal(&s.hide, &s.media[1].addr))
		return ORACLE_NO_ADDRESS;
	ret = world_translate(&before, &s, buf, len, ORACLE_ROOM);
	if (ret == -E2BIG)
		return ORACLE_LIMIT;
	*why = ret < 0 ? "translation failed" : check_output(&s, buf, len, ret, variant);
	return *why ? ORACLE_BROKEN : ORACLE_GOOD;
}
