// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_published: the memory that a connection has of its messages.  See sipalg_published.h.
 */
#include "sipalg_contact.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"
#include "sipalg_published.h"

/*
 * Whether a URI is published as the address of the connection.  A Contact is, and over TCP also a
 * hop that an inside proxy has put into its message.  A Contact that is reached over the other
 * protocol is not, as it has another address.
 */
static bool is_publishing(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	struct sip_endpoint at;

	if (!sip_addr_equal(&uri->at.addr, &ctx->flow.self.addr) ||
	    sipalg_contact_is_elsewhere(ctx, uri, &at))
		return false;
	return uri->role == SIP_ROLE_CONTACT ||
	       (ctx->seg && (uri->role == SIP_ROLE_RECORD_ROUTE || uri->role == SIP_ROLE_PATH));
}

/* RFC 3261 18.2.2: whether the sender listens at the port of its Via and sends from another. */
static bool listens_elsewhere(const struct sipalg_ctx *ctx)
{
	const struct sip_via *via = &ctx->msg.via;
	u16 port = sipalg_via_port(via);

	return sip_is_request(&ctx->msg) && !ctx->seg && !via->has_rport &&
	       sipalg_sender_is_translated(ctx) && port >= SIPALG_PORT_MIN &&
	       port != ctx->flow.self.port && sip_addr_equal(&via->by.addr, &ctx->flow.self.addr);
}

/*
 * The word for a Contact that names the connection or a port of its own after the translation.  A
 * request to it must get the Contact back as it was, so the word says whether it had no port, or
 * another port than the connection.
 */
static u32 published_form(const struct sipalg_ctx *ctx, const struct sip_uri *uri)
{
	u32 word = sipalg_flow_published(sip_user_hash(&ctx->text, uri));
	bool is_flows = sip_uri_port(uri) == ctx->flow.self.port;
	u8 form = uri->at.port.len ? SIP_VIA_PORT : SIP_VIA_NO_PORT;

	if (ctx->msg.method == SIP_REGISTER && uri->role == SIP_ROLE_CONTACT)
		word |= SIPALG_FLOW_REGISTERED;
	if (is_flows)
		word |= SIPALG_FLOW_AT_PORT;
	if (is_flows ? form == SIP_VIA_NO_PORT : ctx->seg || listens_elsewhere(ctx))
		word |= sipalg_flow_written(form, sip_uri_port(uri));
	return word;
}

static u32 published_before(const struct sipalg_ctx *ctx)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	return data ? READ_ONCE(data->published[ctx->dir]) : 0;
}

/*
 * The new value of data->published: did we write the Contact that the peer now knows?  A phone
 * that registers its public address has published that itself, and gets it back unchanged.
 */
static u32 published_after(const struct sipalg_ctx *ctx, u32 word)
{
	u32 i;

	if (!sipalg_sender_is_translated(ctx) || !ctx->set->rewrite)
		return word;
	for (i = 0; i < ctx->msg.n_uris; i++) {
		const struct sip_uri *uri = &ctx->msg.uri[i];

		if (is_publishing(ctx, uri))
			word = (word & (SIPALG_FLOW_REGISTERED | SIPALG_FLOW_OF_CALL)) |
			       published_form(ctx, uri);
		else if (ctx->msg.method == SIP_REGISTER && uri->role == SIP_ROLE_CONTACT &&
			 sip_addr_equal(&uri->at.addr, &ctx->flow.self_mapped.addr))
			word = 0;
	}
	return word;
}

struct sipalg_published sipalg_published_by(const struct sipalg_ctx *ctx)
{
	u32 before = published_before(ctx);

	return (struct sipalg_published){
		.before = before,
		.after = published_after(ctx, before),
		.listens = listens_elsewhere(ctx),
	};
}

void sipalg_published_remember(struct sipalg_ctx *ctx, const struct sipalg_published *by)
{
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);

	if (!data)
		return;
	if (sip_is_request(&ctx->msg) && ctx->msg.method == SIP_REGISTER &&
	    sipalg_sender_is_translated(ctx))
		sipalg_flow_begin(data);
	if (sip_is_request(&ctx->msg))
		sipalg_flow_set_memo(data, ctx->dir, sip_via_form(&ctx->msg, &ctx->flow),
				     by->listens ? SIPALG_FLOW_LISTENS : 0);
	/* if another CPU has written in the meantime, its message is the newer one */
	if (by->after != by->before)
		cmpxchg(&data->published[ctx->dir], by->before, by->after);
}
