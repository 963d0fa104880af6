// SPDX-License-Identifier: GPL-2.0
/* reader_osip: what libosip2 says.  See reader.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/sdp_message.h>

#include "reader.h"

/* parameters and headers of URIs, parameters of headers */
static void put_params(const osip_list_t *list, const char *position, const char *what)
{
	osip_uri_param_t *p;
	int i;

	for (i = 0; (p = osip_list_get(list, i)); i++)
		field(p->gvalue ? p->gvalue : "", -1, "%s.%s", field_at(position, what), p->gname);
}

static void put_uri(const char *position, const osip_uri_t *uri)
{
	field(uri->scheme, -1, "%s", field_at(position, "scheme"));
	field(uri->username, -1, "%s", field_at(position, "user"));
	field(uri->password, -1, "%s", field_at(position, "password"));
	field_host(uri->host, -1, field_at(position, "host"));
	field(uri->port, -1, "%s", field_at(position, "port"));
	field(uri->string, -1, "%s", field_at(position, "headers"));
	put_params(&uri->url_params, position, "param");
	put_params(&uri->url_headers, position, "header");
}

static void put_addr(const char *position, const osip_from_t *addr)
{
	field(addr->displayname, -1, "%s", field_at(position, "display"));
	if (addr->url)
		put_uri(position, addr->url);
	put_params(&addr->gen_params, position, "attr");
}

static void put_addrs(const osip_list_t *list, const char *name)
{
	osip_from_t *addr;
	int i;

	for (i = 0; (addr = osip_list_get(list, i)); i++)
		put_addr(field_position(name), addr);
}

static void put_via(const osip_via_t *via)
{
	const char *position = field_position("via");

	field(via->version, -1, "%s", field_at(position, "version"));
	field(via->protocol, -1, "%s", field_at(position, "protocol"));
	field_host(via->host, -1, field_at(position, "host"));
	field(via->port, -1, "%s", field_at(position, "port"));
	field(via->comment, -1, "%s", field_at(position, "comment"));
	put_params(&via->via_params, position, "param");
}

/* Headers that the library keeps as text, but whose values it can read. */
static bool put_uri_header(const osip_header_t *h)
{
	static const struct {
		const char *name, *position;
	} names[] = {
		{ "path", "path" }, { "service-route", "service-route" }, { "refer-to", "refer-to" },
		{ "r", "refer-to" }, { "referred-by", "referred-by" }, { "b", "referred-by" },
		{ "reply-to", "reply-to" },
	};
	osip_from_t *addr;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcasecmp(h->hname, names[i].name))
			break;
	if (i == sizeof(names) / sizeof(*names))
		return false;
	if (osip_from_init(&addr))
		return false;
	if (h->hvalue && !osip_from_parse(addr, h->hvalue))
		put_addr(field_position(names[i].position), addr);
	else
		field(h->hvalue, -1, "%s.raw", field_position(names[i].position));
	osip_from_free(addr);
	return true;
}

static void put_rest(const osip_message_t *msg)
{
	osip_header_t *h;
	osip_via_t *via;
	char *text = NULL;
	int i;

	for (i = 0; (via = osip_list_get(&msg->vias, i)); i++)
		put_via(via);
	for (i = 0; (h = osip_list_get(&msg->headers, i)); i++)
		if (h->hname && !put_uri_header(h))
			field(h->hvalue, -1, "header.%s.%u", h->hname, field_count(h->hname));
	if (msg->content_length)
		field(msg->content_length->value, -1, "length");
	if (msg->content_type && !osip_content_type_to_str(msg->content_type, &text))
		field(text, -1, "type");
	osip_free(text);
	text = NULL;
	if (!osip_call_id_to_str(msg->call_id, &text))
		field(text, -1, "call-id");
	osip_free(text);
	field(msg->cseq->number, -1, "cseq");
	field(msg->cseq->method, -1, "cseq.method");
}

static bool is_whole(const osip_message_t *msg)
{
	return msg->call_id && msg->cseq && msg->from && msg->to && osip_list_size(&msg->vias) > 0;
}

static void put_message(const osip_message_t *msg)
{
	field(msg->sip_method, -1, "start.method");
	field(msg->sip_version, -1, "start.version");
	if (msg->status_code)
		field_number(msg->status_code, "start.status");
	field(msg->reason_phrase, -1, "start.reason");
	if (msg->req_uri)
		put_uri("ruri", msg->req_uri);
	put_addr("from", msg->from);
	put_addr("to", msg->to);
	put_addrs(&msg->contacts, "contact");
	put_addrs(&msg->routes, "route");
	put_addrs(&msg->record_routes, "record-route");
	put_rest(msg);
}

bool reader_message(const char *text, size_t len)
{
	osip_message_t *msg;
	bool is_good;

	parser_init();
	if (osip_message_init(&msg))
		return false;
	is_good = !osip_message_parse(msg, text, len) && is_whole(msg);
	if (is_good)
		put_message(msg);
	osip_message_free(msg);
	return is_good;
}

/* ---- descriptions -------------------------------------------------------------------- */

static void put_conn(const sdp_connection_t *conn, const char *name)
{
	if (!conn)
		return;
	field(conn->c_addr, -1, "%s", name);
	field(conn->c_addrtype, -1, "%s.type", name);
	field(conn->c_addr_multicast_ttl, -1, "%s.ttl", name);
	field(conn->c_addr_multicast_int, -1, "%s.groups", name);
}

static void put_attrs(const osip_list_t *list, const char *name)
{
	sdp_attribute_t *a;
	int i;

	for (i = 0; (a = osip_list_get(list, i)); i++)
		if (!strcasecmp(a->a_att_field, "rtcp"))
			field(a->a_att_value, -1, "%s.rtcp", name);
		else
			field(a->a_att_value ? a->a_att_value : "", -1, "%s.attr.%s.%u", name,
			      a->a_att_field, field_count(a->a_att_field));
}

static void put_media(const sdp_message_t *sdp, const sdp_media_t *m, unsigned int n)
{
	const sdp_connection_t *conn = osip_list_get(&m->c_connections, 0);
	char name[80];
	char *fmt;
	int i;

	field(m->m_media, -1, "sdp.m.%u.type", n);
	field(m->m_port, -1, "sdp.m.%u.port", n);
	field(m->m_number_of_port, -1, "sdp.m.%u.count", n);
	field(m->m_proto, -1, "sdp.m.%u.proto", n);
	snprintf(name, sizeof(name), "sdp.m.%u.conn", n);
	put_conn(conn ? conn : sdp->c_connection, name);
	if (conn)
		field("own", -1, "sdp.m.%u.c", n);
	for (i = 0; (fmt = osip_list_get(&m->m_payloads, i)); i++)
		field(fmt, -1, "sdp.m.%u.fmt.%d", n, i);
	snprintf(name, sizeof(name), "sdp.m.%u", n);
	put_attrs(&m->a_attributes, name);
}

bool reader_sdp(const char *text, size_t len)
{
	sdp_message_t *sdp;
	sdp_media_t *m;
	bool is_good;
	int i;

	if (sdp_message_init(&sdp))
		return false;
	is_good = !sdp_message_parse(sdp, text);
	if (is_good) {
		field(sdp->o_username, -1, "sdp.user");
		field(sdp->o_sess_id, -1, "sdp.id");
		field(sdp->o_sess_version, -1, "sdp.version");
		field(sdp->o_addr, -1, "sdp.origin");
		field(sdp->o_addrtype, -1, "sdp.origin.type");
		field(sdp->s_name, -1, "sdp.subject");
		put_conn(sdp->c_connection, "sdp.conn");
		put_attrs(&sdp->a_attributes, "sdp");
		for (i = 0; (m = osip_list_get(&sdp->m_medias, i)); i++)
			put_media(sdp, m, i);
	}
	sdp_message_free(sdp);
	return is_good;
}
