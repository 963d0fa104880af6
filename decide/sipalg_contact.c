// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_contact: the protocol over which a Contact is reached.  See sipalg_contact.h.
 */
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_binding.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_compat.h"
#include "sipalg_contact.h"
#include "sipalg_ctx.h"

static struct sipalg_pinhole_key contact_key(const struct sipalg_ctx *ctx,
					     const struct sip_addr *addr, u16 port, u8 proto)
{
	return (struct sipalg_pinhole_key){ *addr, port, nf_ct_zone(ctx->ct)->id, proto };
}

struct sipalg_pinhole_key sipalg_contact_key(const struct sipalg_ctx *ctx, u16 port, u8 proto)
{
	return contact_key(ctx, &ctx->flow.self.addr, port, proto);
}
SIPALG_EXPORT(sipalg_contact_key);

static u8 other_than(u8 proto)
{
	return proto == IPPROTO_UDP ? IPPROTO_TCP : IPPROTO_UDP;
}

/*
 * The protocol that the URI names; 0: it names none.  A URI with TLS, such as each sips: URI
 * (RFC 3261 26.2.2), or with another transport counts as one of the connection.
 */
static u8 said_by(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	if (uri->scheme != SIP_SCHEME_SIP)
		return ctx->proto;
	switch (uri->transport) {
	case SIP_TRANSPORT_NONE:
		return 0;
	case SIP_TRANSPORT_UDP:
		return IPPROTO_UDP;
	case SIP_TRANSPORT_TCP:
		return IPPROTO_TCP;
	default:
		return ctx->proto;
	}
}

/* Whether the sender has registered a port with @proto and not with that of the connection. */
static bool is_registered_with(const struct sipalg_ctx *ctx, u16 port, u8 proto)
{
	struct sipalg_pinhole_key other = sipalg_contact_key(ctx, port, proto);
	struct sipalg_pinhole_key own = sipalg_contact_key(ctx, port, ctx->proto);

	return sipalg_binding_of(ctx->sn, &other, NULL) && !sipalg_binding_of(ctx->sn, &own, NULL);
}

/*
 * The protocol of a Contact in a REGISTER, where @said is the protocol that the Contact names.  TCP
 * at a port of its own needs tcp_contact=1.
 */
static u8 contact_flags(const struct sipalg_ctx *ctx, u8 said)
{
	if (!said || (said == IPPROTO_TCP && !ctx->set->tcp_contact))
		return ctx->proto;
	return said;
}

u8 sipalg_contact_proto(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	u8 said = said_by(ctx, uri), other = other_than(ctx->proto);

	if (ctx->msg.method == SIP_REGISTER)
		return contact_flags(ctx, said);
	if (said)
		return said;
	return is_registered_with(ctx, sip_uri_port(uri), other) ? other : ctx->proto;
}

bool sipalg_contact_is_elsewhere(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
				 struct sip_endpoint *at)
{
	const struct sip_endpoint mapped = { ctx->flow.self_mapped.addr };
	struct sipalg_pinhole_key key;
	struct sipalg_pinhole *pin;
	u8 proto;

	if (uri->role != SIP_ROLE_CONTACT || !sip_addr_equal(&uri->at.addr, &ctx->flow.self.addr))
		return false;
	proto = sipalg_contact_proto(ctx, uri);
	if (proto == ctx->proto)
		return false;
	key = sipalg_contact_key(ctx, sip_uri_port(uri), proto);
	pin = sipalg_pinhole_signalling(ctx->sn, &key, &mapped);
	if (!pin)
		return sipalg_binding_of(ctx->sn, &key, at);
	*at = (struct sip_endpoint){ pin->mapped.addr, pin->mapped.port };
	return true;
}
SIPALG_EXPORT(sipalg_contact_is_elsewhere);

/*
 * Whether a URI means the host of a pinhole.  A pinhole that only the parties of calls may use
 * stands for these calls, so only requests within a dialog mean its host.
 */
static bool is_meant(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
		     const struct sipalg_pinhole *pin)
{
	if (!READ_ONCE(pin->is_for_peers) || uri->role != SIP_ROLE_REQUEST)
		return true;
	return ctx->msg.to_tag.len && ctx->msg.method != SIP_ACK;
}

static bool back_through(const struct sipalg_ctx *ctx, const struct sip_uri *uri, u8 proto,
			 struct sip_endpoint *real)
{
	struct sipalg_pinhole_key key = contact_key(ctx, &uri->at.addr, sip_uri_port(uri), proto);
	struct sipalg_pinhole *pin = sipalg_pinhole_by_mapped(ctx->sn, &key);

	if (!pin || !pin->is_nat || pin->class != SIPALG_PINHOLE_SIGNALLING ||
	    !sip_addr_equal(&pin->real.addr, &ctx->flow.peer_real.addr) || !is_meant(ctx, uri, pin))
		return false;
	*real = (struct sip_endpoint){ pin->real.addr, pin->real.port };
	return true;
}

/* Whether a URI names the address that the receiver has registered over a TCP connection. */
static bool back_to_connection(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
			       struct sip_endpoint *real)
{
	const struct sip_endpoint *phone = &ctx->flow.peer_real;
	struct sipalg_pinhole_key key = contact_key(ctx, &phone->addr, phone->port, IPPROTO_TCP);
	struct sip_endpoint mapped, at = { uri->at.addr, sip_uri_port(uri) };

	if (!sipalg_binding_of(ctx->sn, &key, &mapped) || !sip_endpoint_equal(&mapped, &at))
		return false;
	*real = *phone;
	return true;
}

bool sipalg_contact_back(const struct sipalg_ctx *ctx, const struct sip_uri *uri,
			 struct sip_endpoint *real)
{
	if (back_through(ctx, uri, ctx->proto, real))
		return true;
	/* most URIs name other hosts: only the public address of the receiver is worth a look-up */
	if (!sip_addr_equal(&uri->at.addr, &ctx->flow.peer.addr))
		return false;
	if (back_through(ctx, uri, other_than(ctx->proto), real))
		return true;
	return ctx->proto == IPPROTO_UDP && back_to_connection(ctx, uri, real);
}
SIPALG_EXPORT(sipalg_contact_back);
