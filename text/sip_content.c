// SPDX-License-Identifier: GPL-2.0
/*
 * sip_content: the type of a body.  See sip_content.h.
 */
#include <linux/string.h>

#include "sip_content.h"
#include "sip_cursor.h"

/* RFC 2046 5.1.1: a boundary has 1 to 70 characters, and needs no escapes; blanks may be inside. */
static struct sip_slice read_boundary(const struct sip_text *t, struct sip_cursor *c)
{
	struct sip_slice name, value;
	int ret;

	while ((ret = sip_next_param(c, &name, &value)))
		if (ret > 0 && sip_slice_is(t, name, SIP_LIT("boundary")) && value.len <= 70 &&
		    !memchr(sip_slice_ptr(t, value), '\\', value.len))
			return value;
	return (struct sip_slice){};
}

u8 sip_content_type(const struct sip_text *text, struct sip_cursor *c, struct sip_slice *boundary)
{
	struct sip_slice type, subtype;

	*boundary = (struct sip_slice){};
	/* nearly every sender writes it so */
	if (c->end - c->at == sizeof("application/sdp") - 1 &&
	    sip_same(c->p + c->at, SIP_LIT("application/sdp")))
		return SIP_CONTENT_SDP;
	type = cur_take(c, SIP_C_TOKEN);
	cur_skip_lws(c);
	if (!cur_skip(c, '/'))
		return SIP_CONTENT_UNKNOWN;
	cur_skip_lws(c);
	subtype = cur_take(c, SIP_C_TOKEN);
	if (!type.len || !subtype.len)
		return SIP_CONTENT_UNKNOWN;
	if (sip_slice_is(text, type, SIP_LIT("application")))
		return sip_slice_is(text, subtype, SIP_LIT("sdp")) ? SIP_CONTENT_SDP :
								     SIP_CONTENT_OTHER;
	if (!sip_slice_is(text, type, SIP_LIT("multipart")) ||
	    (!sip_slice_is(text, subtype, SIP_LIT("mixed")) &&
	     !sip_slice_is(text, subtype, SIP_LIT("alternative")) &&
	     !sip_slice_is(text, subtype, SIP_LIT("related"))))
		return SIP_CONTENT_OTHER;
	*boundary = read_boundary(text, c);
	return SIP_CONTENT_MULTIPART;
}
