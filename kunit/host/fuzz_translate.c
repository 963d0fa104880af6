// SPDX-License-Identifier: GPL-2.0
/* F5: any message translated, parsed again and compared with what was planned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

/* Edits that are taken back leave the text as it was. */
static void check_rollback(const u8 *data, size_t size)
{
	struct scene scene = {};
	static struct world w;
	char *p = malloc(size ? size : 1);
	struct sip_text t = { p, size };
	struct sip_edit_mark none = {};

	memcpy(p, data, size);
	sip_addr_parse(&scene.flow.self.addr, "192.168.1.2", 11);
	sip_addr_parse(&scene.flow.self_mapped.addr, "203.0.113.1", 11);
	scene.flow.peer = scene.flow.self_mapped;
	scene.flow.peer_real = scene.flow.self;
	scene.flow.is_published = true;
	scene.flow.is_registered = true;
	scene.hide = scene.flow.self.addr;
	scene.show = scene.flow.self_mapped.addr;
	world_plan(&w, &scene, &t);
	sip_edit_rollback(&w.edits, none);
	if (sip_edit_render(&w.edits, p, size, size) != (int)size || memcmp(p, data, size))
		abort();
	free(p);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static char buf[ORACLE_ROOM];
	const char *why;

	if (size > 6000)	/* lines may grow over what our own parser takes */
		return 0;
	check_rollback(data, size);
	memcpy(buf, data, size);
	if (oracle_check(buf, size, size & 7, &why) == ORACLE_BROKEN) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	return 0;
}
