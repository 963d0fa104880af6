// SPDX-License-Identifier: GPL-2.0
/* F6: any message before both readers of the text core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct scene scene = {};
	const char *what;

	if (size > TWIN_MAX)
		return 0;
	sip_addr_parse(&scene.flow.self.addr, "192.168.1.2", 11);
	sip_addr_parse(&scene.flow.self_mapped.addr, "203.0.113.1", 11);
	scene.flow.self.port = SIP_PORT_DEFAULT;
	scene.flow.self_mapped.port = 40000;
	scene.flow.peer = scene.flow.self_mapped;
	scene.flow.peer_real = scene.flow.self;
	scene.hide = scene.flow.self.addr;
	scene.show = scene.flow.self_mapped.addr;
	scene.shift = 20000;
	what = twin_check(&scene, (const char *)data, size);
	if (what) {
		fprintf(stderr, "%s differs\n", what);
		abort();
	}
	return 0;
}
