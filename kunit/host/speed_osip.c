// SPDX-License-Identifier: GPL-2.0
/* speed_osip: libosip2 reads.  It copies what it finds.  See speed.h. */
#include <stdlib.h>
#include <time.h>
#include <osipparser2/osip_parser.h>

#include "speed.h"

static __attribute__((constructor)) void begin(void)
{
	parser_init();
}

static int parse(char *text, size_t len, bool from_inside)
{
	osip_message_t *msg;
	int err;

	(void)from_inside;
	if (osip_message_init(&msg))
		return 0;
	err = osip_message_parse(msg, text, len);
	osip_message_free(msg);
	return err ? 0 : (int)len;
}

const struct speed_engine speed_engine = { .run = { parse } };
