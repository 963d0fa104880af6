// SPDX-License-Identifier: GPL-2.0
/* reader_sofia: what sofia-sip says.  See reader.h. */
#include <stdio.h>
#include <string.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sdp.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_alloc.h>

#include "reader.h"

static void put_url(const char *position, const url_t *url)
{
	field(url->url_scheme, -1, "%s", field_at(position, "scheme"));
	field(url->url_user, -1, "%s", field_at(position, "user"));
	field(url->url_password, -1, "%s", field_at(position, "password"));
	field_host(url->url_host, -1, field_at(position, "host"));
	field(url->url_port, -1, "%s", field_at(position, "port"));
	field_params(url->url_params, -1, field_at(position, "param"));
	field(url->url_headers, -1, "%s", field_at(position, "headers"));
}

static void put_attrs(const char *position, const char *name, const msg_param_t *params)
{
	for (; params && *params; params++)
		field_params(*params, -1, field_at(position, name));
}

static void put_via(const sip_via_t *via)
{
	const char *position = field_position("via");

	field(via->v_protocol, -1, "%s", field_at(position, "protocol"));
	field_host(via->v_host, -1, field_at(position, "host"));
	field(via->v_port, -1, "%s", field_at(position, "port"));
	put_attrs(position, "param", via->v_params);
}

static void put_addr(const char *name, const char *display, const url_t *url,
		     const msg_param_t *params)
{
	const char *position = field_position(name);

	field(display, -1, "%s", field_at(position, "display"));
	put_url(position, url);
	put_attrs(position, "attr", params);
}

static const char *const uri_headers[] = {
	"Contact", "Route", "Record-Route", "Path", "Service-Route", "Refer-To", "Referred-By",
	"Reply-To",
};

/* Any header of addresses is read as a list of Contacts. */
static bool put_addrs(const char *name, const char *value)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	char position[64];
	sip_contact_t *c;
	size_t i;

	for (i = 0; i < sizeof(uri_headers) / sizeof(*uri_headers); i++)
		if (!strcasecmp(name, uri_headers[i]))
			break;
	if (i == sizeof(uri_headers) / sizeof(*uri_headers))
		return false;
	for (i = 0; name[i]; i++)
		position[i] = name[i] | 0x20;
	position[i] = 0;
	su_home_init(home);
	c = sip_contact_make(home, value);
	if (!c)
		field(value, -1, "%s.raw", field_position(position));
	for (; c; c = c->m_next)
		put_addr(position, c->m_display, c->m_url, c->m_params);
	su_home_deinit(home);
	return true;
}

static void put_header(sip_header_t *h)
{
	static char value[70000];
	const char *name = h->sh_class->hc_name ? h->sh_class->hc_name : "";
	issize_t n;

	if (h->sh_class->hc_hash == sip_via_hash)
		return put_via(h->sh_via);
	n = msg_header_field_e(value, sizeof(value), (msg_header_t *)h, 0);
	if (n < 0 || (size_t)n >= sizeof(value))
		return;
	if (h->sh_class->hc_hash == msg_unknown_hash) {
		name = h->sh_unknown->un_name;
		snprintf(value, sizeof(value), "%s", h->sh_unknown->un_value);
	}
	if (!strcasecmp(name, "Content-Length"))
		field(value, -1, "length");
	else if (!put_addrs(name, value))
		field(value, -1, "header.%s.%u", name, field_count(name));
}

static void put_start(sip_header_t *h)
{
	if (h->sh_class == sip_request_class) {
		field(h->sh_request->rq_method_name, -1, "start.method");
		field(h->sh_request->rq_version, -1, "start.version");
		put_url("ruri", h->sh_request->rq_url);
	} else {
		field_number(h->sh_status->st_status, "start.status");
		field(h->sh_status->st_phrase, -1, "start.reason");
	}
}

bool reader_message(const char *text, size_t len)
{
	msg_t *msg = msg_make(sip_default_mclass(), 0, text, len);
	sip_t *sip = msg ? sip_object(msg) : NULL;
	sip_header_t *h;
	bool is_good;

	is_good = sip && (sip->sip_request || sip->sip_status) && !sip->sip_error &&
		  sip_sanity_check(sip) >= 0;
	if (is_good) {
		h = sip->sip_request ? (sip_header_t *)sip->sip_request :
				       (sip_header_t *)sip->sip_status;
		put_start(h);
		while ((h = (sip_header_t *)h->sh_succ))
			if (h->sh_class != sip_payload_class && h->sh_class != sip_separator_class)
				put_header(h);
	}
	msg_destroy(msg);
	return is_good;
}

/* ---- descriptions -------------------------------------------------------------------- */

static void put_conn(const sdp_connection_t *conn, const char *name)
{
	if (!conn)
		return;
	field(conn->c_address, -1, "%s", name);
	field_number(conn->c_addrtype, "%s.type", name);
	field_number(conn->c_ttl, "%s.ttl", name);
	field_number(conn->c_groups, "%s.groups", name);
}

static void put_media(const sdp_session_t *sdp, const sdp_media_t *m, unsigned int n)
{
	const sdp_attribute_t *a;
	const sdp_list_t *fmt;
	const sdp_rtpmap_t *map;
	char name[80];

	field(m->m_type_name, -1, "sdp.m.%u.type", n);
	field_number(m->m_port, "sdp.m.%u.port", n);
	field_number(m->m_number_of_ports, "sdp.m.%u.count", n);
	field(m->m_proto_name, -1, "sdp.m.%u.proto", n);
	field_number(m->m_mode, "sdp.m.%u.mode", n);
	snprintf(name, sizeof(name), "sdp.m.%u.conn", n);
	put_conn(sdp_media_connections((sdp_media_t *)m), name);
	if (m->m_connections)
		field("own", -1, "sdp.m.%u.c", n);
	for (fmt = m->m_format; fmt; fmt = fmt->l_next)
		field(fmt->l_text, -1, "sdp.m.%u.fmt.%u", n, field_count("fmt"));
	for (map = m->m_rtpmaps; map; map = map->rm_next)
		field(map->rm_encoding, -1, "sdp.m.%u.map.%u", n, map->rm_pt);
	for (a = m->m_attributes; a; a = a->a_next)
		if (!strcasecmp(a->a_name, "rtcp"))
			field(a->a_value, -1, "sdp.m.%u.rtcp", n);
		else
			field(a->a_value ? a->a_value : "", -1, "sdp.m.%u.attr.%s.%u", n, a->a_name,
			      field_count(a->a_name));
}

bool reader_sdp(const char *text, size_t len)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const sdp_attribute_t *a;
	const sdp_media_t *m;
	sdp_parser_t *parser;
	sdp_session_t *sdp;
	unsigned int n = 0;

	su_home_init(home);
	parser = sdp_parse(home, text, len, 0);
	sdp = sdp_session(parser);
	if (sdp) {
		field(sdp->sdp_origin->o_username, -1, "sdp.user");
		field_number(sdp->sdp_origin->o_id, "sdp.id");
		field_number(sdp->sdp_origin->o_version, "sdp.version");
		put_conn(sdp->sdp_origin->o_address, "sdp.origin");
		put_conn(sdp->sdp_connection, "sdp.conn");
		field(sdp->sdp_subject, -1, "sdp.subject");
		for (a = sdp->sdp_attributes; a; a = a->a_next)
			field(a->a_value ? a->a_value : "", -1, "sdp.attr.%s.%u", a->a_name,
			      field_count(a->a_name));
		for (m = sdp->sdp_media; m; m = m->m_next)
			put_media(sdp, m, n++);
	}
	sdp_parser_free(parser);
	su_home_deinit(home);
	return sdp;
}
