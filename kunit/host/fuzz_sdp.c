// SPDX-License-Identifier: GPL-2.0
/* F3: any bytes as a session description, with every section mapped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

static const char head[] =
	"INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.2\r\nFrom: <sip:a@b>;tag=1\r\n"
	"To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n";

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *p = malloc(size ? size : 1);
	struct sip_text t = { p, size };
	static char buf[ORACLE_ROOM];
	static struct sdp sdp;
	const char *why;
	u32 len, variant;

	if (size > 8192)
		return 0;
	memcpy(p, data, size);
	sdp_parse(&t, (struct sip_slice){ 0, size }, &sdp);
	for (variant = 0; variant < 8; variant++) {
		len = sprintf(buf, "%sContent-Length: %zu\r\n\r\n", head, size);
		memcpy(buf + len, p, size);
		if (oracle_check(buf, len + size, variant, &why) == ORACLE_BROKEN) {
			fprintf(stderr, "variant %u: %s\n", variant, why);
			abort();
		}
	}
	free(p);
	return 0;
}
