// SPDX-License-Identifier: GPL-2.0
/*
 * bench: the reference INVITE, of 740 bytes, for counting instructions.
 *
 * usage: valgrind --tool=callgrind --toggle-collect=bench_WHAT bench WHAT
 */
#include <stdio.h>
#include <string.h>

#include <linux/kernel.h>

#include "../sipalg_kunit.h"
#include "world.h"

static struct world w;
static char buf[4096];

noinline int bench_parse(const struct sip_text *t)
{
	return sip_parse_datagram(t, &w.msg);
}

noinline int bench_translate(const struct scene *scene, u32 len)
{
	return world_translate(&w, scene, buf, len, sizeof(buf));
}

/* what phones say beside that, and nobody on the way reads */
static const char more[] =
	"Supported: replaces, 100rel, path, outbound\r\n"
	"Accept: application/sdp, text/plain\r\n";

/* Return: length of the message. */
static u32 make_message(void)
{
	const char *at = strstr(test_invite, "User-Agent:");
	u32 head = at - test_invite;

	memcpy(buf, test_invite, head);
	strcpy(buf + head, more);
	strcat(buf, at);
	return strlen(buf);
}

int main(int argc, char **argv)
{
	u32 len = make_message();
	struct sip_text t = { buf, len };
	struct scene s = {};
	int ret;

	sip_addr_parse(&s.flow.self.addr, "192.168.1.2", 11);
	sip_addr_parse(&s.flow.self_mapped.addr, "203.0.113.100", 13);
	s.flow.self.port = 5060;
	s.flow.self_mapped.port = 40000;
	s.hide = s.flow.self.addr;
	s.show = s.flow.self_mapped.addr;
	s.media[0] = (struct sdp_target){ s.show, 50000, 50001 };
	world_plan(&w, &s, &t);		/* once before, for the library's own sake */
	if (argc > 1 && !strcmp(argv[1], "translate"))
		ret = bench_translate(&s, len);
	else
		ret = bench_parse(&t);
	printf("%u bytes in, %d out\n", len, ret);
	return ret <= 0;
}
