// SPDX-License-Identifier: GPL-2.0
/* variant: scenes for published messages.  See variant.h. */
#include <linux/string.h>

#include "oracle.h"
#include "variant.h"

struct variant variant_of(u32 i)
{
	return (struct variant){ i & 1 ? EXPECT_IN : EXPECT_OUT, i & 2, i & 4, i & 8 };
}

static struct sip_addr addr_of(const char *text)
{
	struct sip_addr addr;

	sip_addr_parse(&addr, text, strlen(text));
	return addr;
}

/* Addresses that no message has: nothing of it is taken for them. */
static struct sip_addr other_addr(u32 family, bool longer)
{
	if (family == SIP_FAMILY_IPV6)
		return addr_of(longer ? "2001:db8:ffff:fffe:fffd:fffc:fffb:fffa" : "fd00::9");
	return addr_of(longer ? "198.151.100.177" : "9.8.7.6");
}

static bool is_group(const struct sip_addr *addr)
{
	u8 first = *(const u8 *)addr->w;

	return addr->family == SIP_FAMILY_IPV4 ? first >> 4 == 14 : first == 255;
}

/* Who is named by a description that comes in: some host of the inside. */
static const struct sip_host *hairpin(const struct world *w)
{
	const struct sip_host *host = w->has_sdp ? oracle_host_of_sdp(&w->sdp) : NULL;

	return host && !is_group(&host->addr) ? host : NULL;
}

/* The receiver, as the sender knows it. */
static const struct sip_host *receiver(const struct world *w, const struct sip_text *text)
{
	static struct sip_host host;
	const struct sip_msg *msg = &w->msg;
	u32 i;

	memset(&host, 0, sizeof(host));
	if (!sip_is_request(msg) && msg->via.received.len &&
	    sip_addr_parse(&host.addr, sip_slice_ptr(text, msg->via.received),
			   msg->via.received.len)) {
		host.port = msg->via.rport.len ? msg->via.rport : msg->via.by.port;
		host.num = msg->via.by.num;
		if (msg->via.rport.len)
			sip_number(text, msg->via.rport, 65535, &i);
		if (msg->via.rport.len)
			host.num = i;
		return &host;
	}
	if (!sip_is_request(msg) && msg->via.by.addr.family)
		return &msg->via.by;
	for (i = 0; i < msg->n_uris; i++)
		if (msg->uri[i].at.addr.family && msg->uri[i].role != SIP_ROLE_CONTACT)
			return &msg->uri[i].at;
	return hairpin(w);
}

static void choose_media(const struct variant *v, const struct world *w, struct scene *s)
{
	u32 i;

	for (i = 0; w->has_sdp && i < w->sdp.n_media; i++) {
		const struct sdp_media *media = &w->sdp.media[i];
		struct sdp_target *target = &s->media[i];

		target->addr = v->apart && i & 1 ? other_addr(s->show.family, !v->longer) : s->show;
		target->port = v->new_port ? 50000 + 2 * i : media->port;
		if (!media->is_rtp)
			continue;
		target->rtcp = v->new_port ? target->port + (i & 1 ? 1001 : 1) : sdp_rtcp_of(media);
	}
}

/* How the receiver wrote its own Via, where this is an answer to it. */
static struct sip_via_memo memo_of(const struct world *w, const struct scene *s)
{
	const struct sip_via *via = &w->msg.via;

	if (sip_is_request(&w->msg) || !sip_addr_equal(&via->by.addr, &s->flow.peer.addr))
		return (struct sip_via_memo){ .form = SIP_VIA_UNSEEN };
	return (struct sip_via_memo){
		.form = via->by.port.len ? SIP_VIA_PORT : SIP_VIA_NO_PORT,
		.port = via->by.port.len ? s->flow.peer_real.port : SIP_PORT_DEFAULT,
	};
}

bool variant_scene(const struct variant *v, const struct world *w, const struct sip_text *text,
		   struct scene *s)
{
	const struct sip_host *own = v->way == EXPECT_OUT ? oracle_own_host(w) : receiver(w, text);
	struct sip_endpoint from = { addr_of("10.99.99.99"), SIP_PORT_DEFAULT }, to;

	memset(s, 0, sizeof(*s));
	if (own)
		from = (struct sip_endpoint){ own->addr,
					      own->port.len ? own->num : SIP_PORT_DEFAULT };
	to.addr = other_addr(from.addr.family, v->longer);
	to.port = v->new_port ? 61000 : from.port;
	s->hide = from.addr;
	s->show = to.addr;
	if (v->way == EXPECT_OUT) {
		s->flow.self = from;
		s->flow.self_mapped = to;
	} else {
		s->flow.self.addr = other_addr(from.addr.family, !v->longer);
		s->flow.self.port = SIP_PORT_DEFAULT;
		s->flow.self_mapped = s->flow.self;
		s->flow.peer = from;
		s->flow.peer_real = to;
		s->flow.is_published = true;
		s->flow.is_registered = true;
		if (v->new_port)
			s->flow.memo = memo_of(w, s);
		/* hairpin: the description names what was published for somebody */
		if (hairpin(w)) {
			s->hide = hairpin(w)->addr;
			s->show = other_addr(s->hide.family, v->longer);
		}
	}
	choose_media(v, w, s);
	return own || (v->way == EXPECT_IN && hairpin(w));
}

void variant_back(const struct variant *v, const struct world *w, const struct scene *s,
		  struct scene *back)
{
	u32 i;

	*back = *s;
	back->hide = s->show;
	back->show = s->hide;
	back->flow.self = s->flow.self_mapped;
	back->flow.self_mapped = s->flow.self;
	back->flow.peer = s->flow.peer_real;
	back->flow.peer_real = s->flow.peer;
	if (v->way == EXPECT_IN && back->flow.memo.form)
		back->flow.memo.port = w->msg.via.by.port.len ? w->msg.via.by.num :
								SIP_PORT_DEFAULT;
	for (i = 0; w->has_sdp && i < w->sdp.n_media; i++) {
		back->media[i].addr = s->hide;
		back->media[i].port = w->sdp.media[i].port;
		back->media[i].rtcp = sdp_rtcp_of(&w->sdp.media[i]);
	}
}
