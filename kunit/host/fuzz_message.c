// SPDX-License-Identifier: GPL-2.0
/* F1: any bytes to the message parser, at the end of their memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sip_parse.h"
#include "sip_start.h"

static void in_text(const struct sip_text *t, struct sip_slice s)
{
	if (s.len && sip_slice_end(s) > t->len)
		abort();
}

static void host_in_text(const struct sip_text *t, const struct sip_host *h)
{
	in_text(t, h->host);
	in_text(t, h->port);
	if (h->port.off > t->len)
		abort();
}

static void check(const struct sip_text *t, const struct sip_msg *msg)
{
	u32 i;

	if (msg->n_uris > SIP_MAX_URIS || (msg->left && msg->first_left >= SIP_LEFT_COUNT))
		abort();
	host_in_text(t, &msg->via.by);
	in_text(t, msg->via.branch);
	in_text(t, msg->via.maddr);
	in_text(t, msg->via.received);
	in_text(t, msg->via.rport);
	in_text(t, msg->method_name);
	in_text(t, msg->length);
	in_text(t, msg->length_again);
	in_text(t, msg->boundary);
	in_text(t, msg->call_id);
	in_text(t, msg->from);
	in_text(t, msg->from_tag);
	in_text(t, msg->to);
	in_text(t, msg->to_tag);
	in_text(t, msg->body);
	for (i = 0; i < msg->n_uris; i++) {
		host_in_text(t, &msg->uri[i].at);
		in_text(t, msg->uri[i].maddr);
	}
}

/* A message that was read whole is read alike with other bytes behind it, or none. */
static void check_prefix(const struct sip_text *t, const struct sip_msg *msg, int head)
{
	struct sip_text cut = { t->p, head };
	static struct sip_msg again;

	if (sip_parse(&cut, &again) != head || again.cseq != msg->cseq ||
	    again.n_uris != msg->n_uris || again.flags != msg->flags || again.left != msg->left)
		abort();
	cut.len--;
	if (sip_parse(&cut, &again) > 0)
		abort();
}

/* What a bounded look finds is what the whole walk found. */
static void check_identity(const struct sip_text *t, const struct sip_msg *msg)
{
	static struct sip_msg look;
	int line = sip_parse_start(t, &look);
	int ret = line > 0 ? sip_parse_identity(t, &look, line) : -EBADMSG;

	if (ret && ret != -EBADMSG && ret != -E2BIG)
		abort();
	if (!msg)
		return;
	if (ret == -EBADMSG && sip_may_act(msg))
		abort();	/* it asks less than the walk did */
	if (!ret && (memcmp(&look.via, &msg->via, sizeof(look.via)) || look.cseq != msg->cseq ||
		     memcmp(&look.call_id, &msg->call_id, sizeof(look.call_id)) ||
		     memcmp(&look.from_tag, &msg->from_tag, sizeof(look.from_tag)) ||
		     memcmp(&look.to_tag, &msg->to_tag, sizeof(look.to_tag)) ||
		     look.method != msg->method))
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *p = malloc(size ? size : 1);
	struct sip_text t = { p, size };
	static struct sip_msg msg;
	int head, ret;

	memcpy(p, data, size);
	sip_keepalive_len(&t);
	head = sip_parse(&t, &msg);
	if (head > (int)size || (head < 0 && head != -ENOMSG && head != -EBADMSG))
		abort();
	if (head == -EBADMSG && (!msg.fault || msg.fault >= SIP_FAULT_COUNT))
		abort();
	if (head > 0) {
		check(&t, &msg);
		check_prefix(&t, &msg, head);
	}
	check_identity(&t, head > 0 ? &msg : NULL);
	ret = sip_parse_datagram(&t, &msg);
	if (ret == 0 || ret > (int)size || (ret > 0 && head < 0))
		abort();
	/* only a datagram ends a header section */
	if (ret > 0 && !head && !(msg.left & 1U << SIP_LEFT_END))
		abort();
	if (ret > 0)
		check(&t, &msg);
	free(p);
	return 0;
}
