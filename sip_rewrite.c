// SPDX-License-Identifier: GPL-2.0
/*
 * sip_rewrite: decisions and edits for the header section.  See sip_rewrite.h.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "sip_rewrite.h"

/* which translations a position knows */
enum {
	OWN	= 1 << 0,	/* the sender's own address -> its mapping */
	BACK	= 1 << 1,	/* the receiver's mapping -> its own address */
	FLOW	= 1 << 2,	/* BACK, but only what the flow has published for this message */
};

/*
 * The table of positions: what a URI in that place may turn into, in a request
 * and in a response.  From, To, Call-ID, lower Vias and every header that has no
 * position are never touched: others sign, compare and route by them.
 */
static const struct {
	u8 request;
	u8 response;
} positions[SIP_POSITION_COUNT] = {
	[SIP_POSITION_TARGET]	= { FLOW, 0 },
	[SIP_POSITION_SENDER]	= { OWN, OWN },
	[SIP_POSITION_ROUTE]	= { OWN | BACK, 0 },
	[SIP_POSITION_EITHER]	= { OWN | BACK, OWN | BACK },
};

/* the position of each role, as the list of headers has it */
static const u8 position_of[SIP_ROLE_COUNT] = {
	[SIP_ROLE_REQUEST] = SIP_POSITION_TARGET,
#define X(NAME, name, letter, reader, LEFT, POSITION) [SIP_ROLE_##NAME] = SIP_POSITION_##POSITION,
	SIP_URI_HEADERS(X)
#undef X
};

static bool is_sip_uri(const struct sip_uri *uri)
{
	return uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS;
}

/* RFC 3261 18.2.2: a sent-by without port means the default one */
static u16 via_port(const struct sip_via *via)
{
	return via->by.port.len ? via->by.num : SIP_PORT_DEFAULT;
}

static int hex_digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The byte that is written at @at: itself, or escaped (RFC 3261 25.1).  What only looks like
 * an escape is itself.  @next: out: where the one after it is written.
 */
static u8 user_byte(const struct sip_text *t, u32 at, u32 end, u32 *next)
{
	int high, low;

	*next = at + 1;
	if (t->p[at] != '%' || end - at < 3)
		return t->p[at];
	high = hex_digit_value(t->p[at + 1]);
	low = hex_digit_value(t->p[at + 2]);
	if (high < 0 || low < 0)
		return t->p[at];
	*next = at + 3;
	return high << 4 | low;
}

u8 sip_user_hash(const struct sip_text *text, const struct sip_uri *uri)
{
	u32 hash = 2166136261U, end = sip_slice_end(uri->user), at, next;	/* FNV-1a */

	for (at = uri->user.off; at < end; at = next)
		hash = (hash ^ user_byte(text, at, end, &next)) * 16777619U;
	return hash ^ hash >> 8 ^ hash >> 16 ^ hash >> 24;
}

static bool has_mapping(const struct sip_endpoint *from, const struct sip_endpoint *to)
{
	return from->addr.family && !sip_endpoint_equal(from, to);
}

/* A host at @from's address becomes @to; the port goes along if it is @from's. */
static __always_inline void set_mapped(struct sip_target *target, const struct sip_addr *host,
				       u16 port, const struct sip_endpoint *from,
				       const struct sip_endpoint *to)
{
	target->change = SIP_KEEP;
	if (!sip_addr_equal(host, &from->addr) || !has_mapping(from, to))
		return;
	target->change = port == from->port ? SIP_SET : SIP_SET_ADDR;
	target->to = *to;
}

struct sip_via_memo sip_via_form(const struct sip_msg *msg, const struct sip_flow *flow)
{
	const struct sip_via *via = &msg->via;

	if (!via->by.addr.family)	/* a name says nothing about NAT */
		return (struct sip_via_memo){ .form = SIP_VIA_UNSEEN };
	if (!sip_addr_equal(&via->by.addr, &flow->self.addr))
		return (struct sip_via_memo){ .form = SIP_VIA_FOREIGN };
	return (struct sip_via_memo){
		.form = via->by.port.len ? SIP_VIA_PORT : SIP_VIA_NO_PORT,
		.port = via_port(via),
	};
}

/*
 * The top Via of a request is the hop of its sender.  Its port becomes the mapped port in two
 * cases: the port is that of the flow, or rport makes it unused (RFC 3581 4).
 */
static void decide_request_via(const struct sip_via *via, const struct sip_flow *flow,
			       struct sip_header_plan *plan)
{
	set_mapped(&plan->via, &via->by.addr, via_port(via), &flow->self, &flow->self_mapped);
	if (plan->via.change == SIP_SET_ADDR && via->has_rport && via->by.port.len)
		plan->via.change = SIP_SET;
}

/* received and rport (RFC 3581 4) that name the mapping name the receiver itself again. */
static void decide_received(const struct sip_text *text, const struct sip_via *via,
			    const struct sip_flow *flow, struct sip_header_plan *plan)
{
	struct sip_addr addr = flow->peer.addr;
	u32 port = 0;

	if (via->received.len)
		sip_addr_parse(&addr, sip_slice_ptr(text, via->received), via->received.len);
	if (via->rport.len)
		sip_number(text, via->rport, 65535, &port);
	set_mapped(&plan->received, &addr, port, &flow->peer, &flow->peer_real);
}

/* A response gives the receiver back what its request had, port or no port. */
static void decide_response_via(const struct sip_via *via, const struct sip_flow *flow,
				struct sip_header_plan *plan)
{
	set_mapped(&plan->via, &via->by.addr, via_port(via), &flow->peer, &flow->peer_real);
	if (plan->via.change == SIP_KEEP || flow->memo.form == SIP_VIA_UNSEEN)
		return;
	plan->via.to.port = flow->memo.port;
	plan->via.change = flow->memo.form == SIP_VIA_NO_PORT ? SIP_SET_BARE : SIP_SET;
}

/* What was published for another port of the receiver's gives that port back. */
static void set_published(struct sip_target *target, const struct sip_addr *host, u16 port,
			  const struct sip_flow *flow)
{
	set_mapped(target, host, port, &flow->peer, &flow->peer_real);
	if (target->change != SIP_SET || flow->contact.form < SIP_VIA_NO_PORT)
		return;
	target->to.port = flow->contact.port;
	if (flow->contact.form == SIP_VIA_NO_PORT)
		target->change = SIP_SET_BARE;
}

static void decide_host(struct sip_target *target, const struct sip_addr *host, u16 port, u8 ways,
			const struct sip_flow *flow)
{
	target->change = SIP_KEEP;
	if (!host->family)
		return;
	if (ways & OWN)
		set_mapped(target, host, port, &flow->self, &flow->self_mapped);
	if (target->change == SIP_KEEP && ways & BACK)
		set_published(target, host, port, flow);
	/* one address stands for many hosts outside: only with its port is it the receiver's */
	if (target->change == SIP_SET_ADDR && !sip_addr_equal(host, &flow->self.addr))
		target->change = SIP_KEEP;
}

static struct sip_addr read_maddr(const struct sip_text *text, struct sip_slice s)
{
	struct sip_addr addr = { .family = SIP_FAMILY_NONE };

	if (s.len)
		sip_addr_parse(&addr, sip_slice_ptr(text, s), s.len);
	return addr;
}

/* RFC 3261 19.1.1: maddr overrides the host, so it may be the only address in a URI */
static void decide_uri(struct sip_target *target, const struct sip_text *text,
		       const struct sip_uri *uri, u8 ways, const struct sip_flow *flow)
{
	struct sip_addr maddr;

	target->change = SIP_KEEP;
	if (!is_sip_uri(uri))
		return;
	decide_host(target, &uri->at.addr, sip_uri_port(uri), ways, flow);
	if (likely(!uri->maddr.len) || target->change != SIP_KEEP)
		return;
	maddr = read_maddr(text, uri->maddr);
	decide_host(target, &maddr, sip_uri_port(uri), ways, flow);
	if (target->change != SIP_KEEP)
		target->change = SIP_SET_MADDR;
}

/* The top Via is this packet's hop, whichever transport it says: where it came from counts. */
static void decide_via(const struct sip_text *text, const struct sip_msg *msg,
		       const struct sip_flow *flow, struct sip_header_plan *plan)
{
	struct sip_addr maddr = {};

	plan->via.change = SIP_KEEP;
	plan->via_maddr.change = SIP_KEEP;
	plan->received.change = SIP_KEEP;
	if (unlikely(msg->via.maddr.len))
		maddr = read_maddr(text, msg->via.maddr);
	if (sip_is_request(msg)) {
		decide_request_via(&msg->via, flow, plan);
		set_mapped(&plan->via_maddr, &maddr, 0, &flow->self, &flow->self_mapped);
	} else if (flow->memo.form != SIP_VIA_FOREIGN) {
		decide_response_via(&msg->via, flow, plan);
		decide_received(text, &msg->via, flow, plan);
		set_mapped(&plan->via_maddr, &maddr, 0, &flow->peer, &flow->peer_real);
	}
}

/*
 * Whether a message may be sent to what the flow has published.  A server that has made a call
 * has published its Contact.  A request to one of its users by the same address, as before the
 * call, is not sent to that Contact.
 */
static bool is_for_published(const struct sip_text *text, const struct sip_msg *msg,
			     const struct sip_flow *flow)
{
	if (!flow->is_published)
		return false;
	if (!sip_is_request(msg) || flow->is_registered)
		return true;
	/* RFC 3261 17.1.1.3: an ACK may have the URI of the INVITE that was refused */
	if (msg->to_tag.len && msg->method != SIP_ACK)
		return true;
	return sip_user_hash(text, &msg->uri[0]) == flow->user;
}

static u8 uri_ways(const struct sip_msg *msg, const struct sip_uri *uri)
{
	if (sip_is_request(msg))
		return positions[position_of[uri->role]].request;
	/*
	 * RFC 3261 10.3: a registrar's answer lists the contacts of the client; a client that
	 * gave its public address itself gets that back
	 */
	if (msg->method == SIP_REGISTER && uri->role == SIP_ROLE_CONTACT)
		return OWN | FLOW;
	return positions[position_of[uri->role]].response;
}

void sip_header_decide(const struct sip_text *text, const struct sip_msg *msg,
		       const struct sip_flow *flow, struct sip_header_plan *plan)
{
	u8 flow_way = is_for_published(text, msg, flow) ? BACK : 0;
	u32 i;

	decide_via(text, msg, flow, plan);
	for (i = 0; i < msg->n_uris; i++) {
		u8 ways = uri_ways(msg, &msg->uri[i]);

		if (ways & FLOW)
			ways |= flow_way;
		decide_uri(&plan->uri[i], text, &msg->uri[i], ways, flow);
	}
}

/* ---- edits ----------------------------------------------------------------------- */

struct header_planner {
	struct sip_edits *edits;
	const struct sip_text *t;
	u32 base;
};

/* An address that is the same stays as it is spelt.  @was: what @old says */
static int put_host_addr(struct header_planner *p, struct sip_slice old, const struct sip_addr *was,
			 const struct sip_addr *addr, bool brackets)
{
	if (sip_addr_equal(was, addr))
		return 0;
	return sip_edit_add_addr(p->edits, p->base + old.off, old.len, addr, brackets);
}

/* A parameter that has been no address, or may have been one in brackets. */
static int put_param(struct header_planner *p, struct sip_slice old, const struct sip_addr *addr)
{
	struct sip_addr was;

	sip_addr_parse(&was, sip_slice_ptr(p->t, old), old.len);
	return put_host_addr(p, old, &was, addr, p->t->p[old.off] == '[');
}

/* Writes a number whose digits are not the same.  @old: the digits; there may be none */
static int put_digits(struct header_planner *p, struct sip_slice old, u16 n)
{
	char buf[10];
	u32 len = sip_number_write(n, buf);

	if (old.len == len && !memcmp(sip_slice_ptr(p->t, old), buf, len))
		return 0;
	return sip_edit_add(p->edits, p->base + old.off, old.len, buf, len);
}

/* Writes the port of a host; @means: the port that the text means as it is. */
static int put_host_port(struct header_planner *p, const struct sip_host *at, u16 means, u16 port)
{
	char buf[11] = ":";

	if (port == means)
		return 0;
	if (at->port.len)
		return sip_edit_add_number(p->edits, p->base + at->port.off, at->port.len, port);
	return sip_edit_add(p->edits, p->base + at->port.off, 0, buf,
			    1 + sip_number_write(port, buf + 1));
}

static int drop_host_port(struct header_planner *p, const struct sip_host *at)
{
	u32 from = sip_slice_end(at->host);

	if (!at->port.len)
		return 0;
	return sip_edit_add(p->edits, p->base + from, sip_slice_end(at->port) - from, "", 0);
}

static int put_host(struct header_planner *p, const struct sip_host *at, u16 means,
		    const struct sip_target *target)
{
	int err;

	if (target->change == SIP_KEEP)
		return 0;
	/* mostly both change, and stand side by side */
	if (target->change == SIP_SET && target->to.port != means &&
	    !sip_addr_equal(&at->addr, &target->to.addr) &&
	    (!at->port.len || at->port.off == sip_slice_end(at->host) + 1))
		return sip_edit_add_endpoint(p->edits, p->base + at->host.off,
					     sip_slice_end(at->port) - at->host.off, &target->to);
	err = put_host_addr(p, at->host, &at->addr, &target->to.addr, true);
	if (err)
		return err;
	if (target->change == SIP_SET)
		return put_host_port(p, at, means, target->to.port);
	return target->change == SIP_SET_BARE ? drop_host_port(p, at) : 0;
}

static int put_received(struct header_planner *p, const struct sip_via *via,
			const struct sip_header_plan *plan)
{
	const struct sip_target *target = &plan->received;
	int err = 0;

	if (target->change == SIP_KEEP)
		return 0;
	if (via->received.len)
		err = put_param(p, via->received, &target->to.addr);
	if (!err && via->rport.len && target->change == SIP_SET)
		err = put_digits(p, via->rport, target->to.port);
	return err;
}

static int put_uri(struct header_planner *p, const struct sip_uri *uri,
		   const struct sip_target *target)
{
	bool is_only = target->change == SIP_SET_MADDR;
	struct sip_addr maddr;
	int err;

	err = is_only ? 0 : put_host(p, &uri->at, sip_uri_port(uri), target);
	if (err || target->change == SIP_KEEP || !uri->maddr.len)
		return err;
	maddr = read_maddr(p->t, uri->maddr);
	if (!is_only && !sip_addr_equal(&maddr, &uri->at.addr))
		return 0;
	return put_param(p, uri->maddr, &target->to.addr);
}

int sip_header_plan_edits(struct sip_edits *edits, const struct sip_text *text, u32 base,
			  const struct sip_msg *msg, const struct sip_header_plan *plan)
{
	struct header_planner p = { edits, text, base };
	const struct sip_via *via = &msg->via;
	int err;
	u32 i;

	err = put_host(&p, &via->by, via_port(via), &plan->via);
	if (!err && plan->via_maddr.change != SIP_KEEP)
		err = put_param(&p, via->maddr, &plan->via_maddr.to.addr);
	if (!err)
		err = put_received(&p, via, plan);
	for (i = 0; !err && i < msg->n_uris; i++)
		err = put_uri(&p, &msg->uri[i], &plan->uri[i]);
	return err;
}

int sip_length_plan(struct sip_edits *edits, u32 base, const struct sip_msg *msg, s32 delta)
{
	u32 len = msg->content_length + delta;
	int err;

	if (!delta || !(msg->flags & SIP_MSG_LENGTH))
		return 0;
	err = sip_edit_add_number(edits, base + msg->length.off, msg->length.len, len);
	if (likely(!msg->length_again.len) || err)
		return err;
	return sip_edit_add_number(edits, base + msg->length_again.off, msg->length_again.len, len);
}
