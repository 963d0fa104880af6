// SPDX-License-Identifier: GPL-2.0
/* reader_re: what libre says.  See reader.h. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <re.h>

#include "reader.h"

static void put(const struct pl *pl, const char *name)
{
	if (pl->p)
		field(pl->p, pl->l, "%s", name);
}

static void put_uri(const char *position, const struct uri *uri)
{
	put(&uri->scheme, field_at(position, "scheme"));
	put(&uri->user, field_at(position, "user"));
	put(&uri->password, field_at(position, "password"));
	if (uri->host.p)
		field_host(uri->host.p, uri->host.l, field_at(position, "host"));
	if (uri->port)
		field_number(uri->port, "%s", field_at(position, "port"));
	put(&uri->path, field_at(position, "path"));
	field_params(uri->params.p, uri->params.l, field_at(position, "param"));
	put(&uri->headers, field_at(position, "headers"));
}

static void put_addr(const char *name, const struct pl *value)
{
	const char *position = field_position(name);
	struct sip_addr addr;

	if (sip_addr_decode(&addr, value)) {
		put(value, field_at(position, "raw"));
		return;
	}
	put(&addr.dname, field_at(position, "display"));
	put_uri(position, &addr.uri);
	field_params(addr.params.p, addr.params.l, field_at(position, "attr"));
}

static void put_via(const struct pl *value)
{
	const char *position = field_position("via");
	struct pl host, port = PL_INIT;
	struct sip_via via;

	if (sip_via_decode(&via, value)) {
		put(value, field_at(position, "raw"));
		return;
	}
	field(sip_transp_name(via.tp), -1, "%s", field_at(position, "protocol"));
	if (!uri_decode_hostport(&via.sentby, &host, &port)) {
		field_host(host.p, host.l, field_at(position, "host"));
		if (port.l)
			put(&port, field_at(position, "port"));
	} else {
		field_host(via.sentby.p, via.sentby.l, field_at(position, "host"));
	}
	field_params(via.params.p, via.params.l, field_at(position, "param"));
}

static bool is_of_uris(enum sip_hdrid id, const char **name)
{
	static const struct {
		enum sip_hdrid id;
		const char *name;
	} ids[] = {
		{ SIP_HDR_CONTACT, "contact" }, { SIP_HDR_ROUTE, "route" },
		{ SIP_HDR_RECORD_ROUTE, "record-route" }, { SIP_HDR_PATH, "path" },
		{ SIP_HDR_SERVICE_ROUTE, "service-route" }, { SIP_HDR_REFER_TO, "refer-to" },
		{ SIP_HDR_REFERRED_BY, "referred-by" }, { SIP_HDR_REPLY_TO, "reply-to" },
	};
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (ids[i].id == id) {
			*name = ids[i].name;
			return true;
		}
	return false;
}

static void put_header(const struct sip_hdr *h)
{
	const char *name;
	char text[64];

	if (h->id == SIP_HDR_VIA) {
		put_via(&h->val);
	} else if (h->id == SIP_HDR_CONTENT_LENGTH) {
		put(&h->val, "length");
	} else if (is_of_uris(h->id, &name)) {
		put_addr(name, &h->val);
	} else {
		snprintf(text, sizeof(text), "%.*s", (int)h->name.l, h->name.p);
		field(h->val.p, h->val.l, "header.%s.%u", text, field_count(text));
	}
}

static struct mbuf *mbuf_of(const char *text, size_t len)
{
	struct mbuf *mb = mbuf_alloc(len ? len : 1);

	if (mb && mbuf_write_mem(mb, (const uint8_t *)text, len))
		mb = mem_deref(mb);
	if (mb)
		mb->pos = 0;
	return mb;
}

bool reader_message(const char *text, size_t len)
{
	struct mbuf *mb = mbuf_of(text, len);
	struct sip_msg *msg = NULL;
	struct le *le;
	bool is_good;

	/* a header that is not there has no text */
	is_good = mb && !sip_msg_decode(&msg, mb) && msg->via.sentby.p && msg->from.val.p &&
		  msg->to.val.p && msg->callid.p && msg->cseq.met.p;
	if (is_good) {
		put(&msg->met, "start.method");
		put(&msg->ver, "start.version");
		put(&msg->reason, "start.reason");
		if (msg->scode)
			field_number(msg->scode, "start.status");
		else
			put_uri("ruri", &msg->uri);
		put_uri("from", &msg->from.uri);
		put_uri("to", &msg->to.uri);
		field_number(msg->cseq.num, "cseq");
		for (le = list_head(&msg->hdrl); le; le = le->next)
			put_header(le->data);
	}
	mem_deref(msg);
	mem_deref(mb);
	return is_good;
}

/* ---- descriptions -------------------------------------------------------------------- */

static unsigned int section;

static bool on_attr(const char *name, const char *value, void *arg)
{
	field(value ? value : "", -1, "sdp.m.%u.attr.%s.%u", section, name, field_count(name));
	return false;
}

static void put_media(const struct sdp_media *m)
{
	char addr[64], rtcp_addr[64];
	struct sa rtcp;

	/* the library takes a=rtcp out of the attributes, and says what it means */
	sdp_media_raddr_rtcp(m, &rtcp);
	re_snprintf(rtcp_addr, sizeof(rtcp_addr), "%j", &rtcp);
	re_snprintf(addr, sizeof(addr), "%j", sdp_media_raddr(m));
	field(sdp_media_name(m), -1, "sdp.m.%u.type", section);
	field_number(sdp_media_rport(m), "sdp.m.%u.port", section);
	field(sdp_media_proto(m), -1, "sdp.m.%u.proto", section);
	field_number(sdp_media_rdir(m), "sdp.m.%u.mode", section);
	if (sdp_media_rport(m))	/* of one that is off it does not say whose c= it is */
		field(addr, -1, "sdp.m.%u.conn", section);
	field_number(sa_port(&rtcp), "sdp.m.%u.rtcp.port", section);
	if (sdp_media_rport(m))
		field(rtcp_addr, -1, "sdp.m.%u.rtcp.addr", section);
	sdp_media_rattr_apply(m, NULL, on_attr, NULL);
}

static bool on_session_attr(const char *name, const char *value, void *arg)
{
	field(value ? value : "", -1, "sdp.attr.%s.%u", name, field_count(name));
	return false;
}

bool reader_sdp(const char *text, size_t len)
{
	struct mbuf *mb = mbuf_of(text, len);
	struct sdp_session *sdp = NULL;
	struct sa any;
	struct le *le;
	bool is_good;

	sa_set_str(&any, "127.0.0.1", 0);
	is_good = mb && !sdp_session_alloc(&sdp, &any) && !sdp_decode(sdp, mb, true);
	section = 0;
	if (is_good) {
		sdp_session_rattr_apply(sdp, NULL, on_session_attr, NULL);
		for (le = list_head(sdp_session_medial(sdp, false)); le; le = le->next) {
			put_media(le->data);
			section++;
		}
	}
	mem_deref(sdp);
	mem_deref(mb);
	return is_good;
}
