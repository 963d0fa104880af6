// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_emergency: emergency calls.  See sipalg_emergency.h.
 */
#include "sipalg_ctx.h"
#include "sipalg_emergency.h"

/* Whether @user is @number, with visual separators, parameters or a password (RFC 3966 3). */
static bool is_number(const struct sip_text *text, struct sip_slice user, const char *number)
{
	u32 i;

	for (i = user.off; i < sip_slice_end(user); i++) {
		char ch = text->p[i];

		if (ch == '-' || ch == '.' || ch == '(' || ch == ')')
			continue;
		if (ch == ';' || ch == ':')
			break;
		if (ch != *number++)	/* differs at the NUL of @number at the latest */
			return false;
	}
	return !*number;
}

/* Whether a URN is urn:service:sos or a service below it (RFC 5031). */
static bool is_sos(const struct sip_text *text, struct sip_slice user)
{
	struct sip_slice head = user;

	head.len = min_t(u16, user.len, sizeof("service:sos") - 1);
	return sip_slice_is(text, head, SIP_LIT("service:sos")) &&
	       (user.len == head.len || text->p[sip_slice_end(head)] == '.');
}

bool sipalg_is_emergency(const struct sipalg_ctx *ctx)
{
	const struct sip_uri *uri = &ctx->msg.uri[0];
	u32 i;

	/* SECURITY B5: an emergency call comes from inside */
	if (!sipalg_sender_is_inside(ctx))
		return false;
	/* further messages belong to the call; a REGISTER for 112 makes no call */
	if (!sip_is_request(&ctx->msg) || ctx->msg.method != SIP_INVITE)
		return false;
	if (uri->scheme == SIP_SCHEME_URN)
		return is_sos(&ctx->text, uri->user);
	if (uri->scheme == SIP_SCHEME_OTHER)
		return false;
	for (i = 0; i < ctx->set->emergency_numbers.n; i++)
		if (is_number(&ctx->text, uri->user, ctx->set->emergency_numbers.number[i]))
			return true;
	return false;
}
