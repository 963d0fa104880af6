// SPDX-License-Identifier: GPL-2.0
/*
 * speed_re: libre reads.  It keeps pointers, and reads few headers further than their names.  Its text has to
 * stand in a buffer of its own, so a copy is made here.  See speed.h.
 */
#include <string.h>
#include <stdbool.h>
#include <stdint.h>
#include <re.h>

#include "speed.h"

static struct mbuf *buffer;

static __attribute__((constructor)) void begin(void)
{
	buffer = mbuf_alloc(SPEED_CAP);
}

static int parse(char *text, size_t len, bool from_inside)
{
	struct sip_msg *msg = NULL;
	bool is_good;

	(void)from_inside;
	memcpy(buffer->buf, text, len);
	buffer->pos = 0;
	buffer->end = len;
	is_good = !sip_msg_decode(&msg, buffer) && msg->callid.p;
	mem_deref(msg);
	return is_good ? (int)len : 0;
}

const struct speed_engine speed_engine = { .run = { parse } };
