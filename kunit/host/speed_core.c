// SPDX-License-Identifier: GPL-2.0
/* speed_core: the text core of the tree that this is compiled with.  See speed.h. */
#include <linux/kernel.h>

#include "speed.h"
#include <world.h>	/* of that tree */

static struct world world;
static struct scene scenes[2];

/* the phone 192.168.1.2 behind 203.0.113.100, the provider 203.0.113.2 */
static __attribute__((constructor)) void make_scenes(void)
{
	struct scene *in = &scenes[false], *out = &scenes[true];
	struct sip_endpoint phone = { .port = 5060 }, mapped = { .port = 40000 };
	struct sip_endpoint provider = { .port = 5060 };

	sip_addr_parse(&phone.addr, "192.168.1.2", 11);
	sip_addr_parse(&mapped.addr, "203.0.113.100", 13);
	sip_addr_parse(&provider.addr, "203.0.113.2", 11);
	out->flow.self = phone;
	out->flow.self_mapped = mapped;
	out->flow.peer = provider;
	out->flow.peer_real = provider;
	out->hide = phone.addr;
	out->show = mapped.addr;
	out->media[0] = (struct sdp_target){ mapped.addr, 50000, 50001 };
	in->flow.self = provider;
	in->flow.self_mapped = provider;
	in->flow.peer = mapped;
	in->flow.peer_real = phone;
	in->flow.memo = (struct sip_via_memo){ SIP_VIA_PORT, 5060 };
	in->hide = mapped.addr;
	in->show = phone.addr;
	in->media[0] = (struct sdp_target){ phone.addr, 49170, 49171 };
}

static int parse(char *text, size_t len, bool from_inside)
{
	struct sip_text t = { text, len };

	return sip_parse_datagram(&t, &world.msg);
}

static int plan(char *text, size_t len, bool from_inside)
{
	struct sip_text t = { text, len };
	int err = world_plan(&world, &scenes[from_inside], &t);

	return err ? err : (int)len;
}

static int render(char *text, size_t len, bool from_inside)
{
	return world_translate(&world, &scenes[from_inside], text, len, SPEED_CAP);
}

const struct speed_engine speed_engine = {
	.run = { parse, plan, render },
	.memory = &world,
	.size = sizeof(world),
};
