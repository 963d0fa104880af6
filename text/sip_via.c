// SPDX-License-Identifier: GPL-2.0
/*
 * sip_via: one value of a Via.  See sip_via.h.
 */
#include <linux/kernel.h>

#include "sip_cursor.h"
#include "sip_uri.h"
#include "sip_via.h"
#include "sip_word.h"

/* Reads sent-protocol: "SIP / 2.0 / UDP". */
static int read_via_protocol(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	struct sip_slice name, version;

	/* nearly every sender writes it so */
	if (c->end - c->at > 8 && sip_same(c->p + c->at, SIP_LIT("SIP/2.0/")) &&
	    (u8)c->p[c->at + 8] > ' ') {
		c->at += 8;
	} else {
		name = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '/'))
			return -EBADMSG;
		cur_skip_lws(c);
		version = cur_take(c, SIP_C_TOKEN);
		cur_skip_lws(c);
		if (!cur_skip(c, '/'))
			return -EBADMSG;
		if (!sip_slice_is(t, name, SIP_LIT("SIP")) ||
		    !sip_slice_is(t, version, SIP_LIT("2.0")))
			return -EBADMSG;
		cur_skip_lws(c);
	}
	via->transport = sip_transport_of(t, cur_take(c, SIP_C_TOKEN));
	return via->transport ? 0 : -EBADMSG;
}

/* Takes sent-by, which must end where a port can be put: before a blank, ";", "," or the end. */
static int take_sent_by(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	int err = sip_take_host(t, c, &via->by, true);
	int next = cur_peek(c);

	if (err || next < 0 || next == ';' || next == ',' || c->p[c->at - 1] <= ' ')
		return err;
	return cur_is_lws(c) ? 0 : -EBADMSG;
}

__cold int sip_via_take_odd(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	u32 slash = sip_find(c->p, c->at, c->end, '/');

	slash = slash < c->end ? sip_find(c->p, slash + 1, c->end, '/') : slash;
	if (slash == c->end)
		return -EBADMSG;
	memset(via, 0, sizeof(*via));
	c->at = slash + 1;
	cur_skip_lws(c);
	via->transport = sip_transport_of(t, cur_take(c, SIP_C_TOKEN));
	if (!via->transport || !cur_is_lws(c))
		return -EBADMSG;
	cur_skip_lws(c);
	return take_sent_by(t, c, via);
}

int sip_via_take(const struct sip_text *t, struct sip_cursor *c, struct sip_via *via)
{
	cur_skip_lws(c);
	if (read_via_protocol(t, c, via))
		return -EBADMSG;
	cur_skip_lws(c);
	return take_sent_by(t, c, via);
}

void sip_via_set_param(const struct sip_text *t, struct sip_via *via, struct sip_slice name,
		       struct sip_slice value)
{
	if (sip_slice_is(t, name, SIP_LIT("branch"))) {
		via->branch = value;
	} else if (sip_slice_is(t, name, SIP_LIT("maddr"))) {
		via->maddr = value;
	} else if (sip_slice_is(t, name, SIP_LIT("received"))) {
		via->received = value;
	} else if (sip_slice_is(t, name, SIP_LIT("rport"))) {
		via->rport = value;
		via->has_rport = true;
	}
}
