// SPDX-License-Identifier: GPL-2.0
/* speed_sofia: sofia-sip reads.  It copies the message as a whole, and keeps pointers into that.  See speed.h. */
#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>

#include "speed.h"

static int parse(char *text, size_t len, bool from_inside)
{
	msg_t *msg = msg_make(sip_default_mclass(), 0, text, len);
	sip_t *sip = msg ? sip_object(msg) : NULL;
	bool is_good = sip && (sip->sip_request || sip->sip_status) && !sip->sip_error;

	(void)from_inside;
	msg_destroy(msg);
	return is_good ? (int)len : 0;
}

const struct speed_engine speed_engine = { .run = { parse } };
