// SPDX-License-Identifier: GPL-2.0
/*
 * F4: any bytes to the framer, at once and in pieces: the same units, the same end.
 *
 * The input: how many pieces the plan has, and whether the stream is known to be SIP, the
 * sizes of the pieces, which are used in turn, then the stream.  Every reading ends where its
 * memory ends.
 *
 * What is framed is read by the parser with the same end, or not at all: where one of the two
 * saw an empty line or a length that the other does not see, somebody could hide a message
 * in another one's body.
 */
#include <stdlib.h>
#include <string.h>

#include "sip_start.h"
#include "sip_stream.h"

enum { UNITS_MAX = 2048, PLAN_MAX = 16 };

struct units {
	u32 n, at, len[UNITS_MAX];
	bool is_keepalive[UNITS_MAX];
	int end;
};

static struct sip_msg msg;
static bool is_known;

/* The parser's message of @ret bytes must not end elsewhere. */
static void check_end(const struct sip_text *t, int ret)
{
	struct sip_text unit = { t->p, ret };
	int head = sip_parse(&unit, &msg);

	if (head > 0 && (!(msg.flags & SIP_MSG_LENGTH) || head + (int)msg.content_length != ret))
		abort();
	if (!head)
		abort();
}

static void add(struct units *u, u32 len, bool is_keepalive)
{
	u->at += len;
	if (u->n && is_keepalive && u->is_keepalive[u->n - 1]) {
		u->len[u->n - 1] += len;
		return;
	}
	if (u->n == UNITS_MAX)
		abort();
	u->len[u->n] = len;
	u->is_keepalive[u->n++] = is_keepalive;
}

static void check_unit(const struct sip_frame *f, const struct sip_text *t, int ret)
{
	static const struct sip_frame fresh;
	struct sip_frame now = *f;
	struct sip_text head = { t->p, 0 };

	now.is_keepalive = false;
	now.is_known = false;
	if (memcmp(&now, &fresh, sizeof(now)) || ret > (int)t->len)
		abort();
	if (f->is_keepalive) {
		if (ret & 1 || sip_keepalive_len(t) < (u32)ret)
			abort();
		return;
	}
	/* what is framed begins as SIP, and within the bounds */
	head.len = sip_line_end(t->p, 0, t->len) + 1;
	if (ret > SIP_MAX_MESSAGE || head.len > (u32)ret || sip_parse_start(&head, &msg) <= 0)
		abort();
	if (!is_known && msg.left & 1U << SIP_LEFT_START && !(msg.left & 1U << SIP_LEFT_NUMBER))
		abort();
	check_end(t, ret);
}

/* All units that are there.  @p begins where the unit at hand begins. */
static void read_all(struct units *u, struct sip_frame *f, const u8 *p, u32 len)
{
	char *copy = malloc(len ? len : 1);
	struct sip_text t = { copy, len };

	memcpy(copy, p, len);
	while ((u->end = sip_frame_next(f, &t, &msg)) > 0) {
		check_unit(f, &t, u->end);
		add(u, u->end, f->is_keepalive);
		t.p += u->end;
		t.len -= u->end;
	}
	if (u->end && u->end != -ENOMSG && u->end != -EBADMSG)
		abort();
	free(copy);
}

static void read_stream(struct units *u, const u8 *p, u32 len, const u8 *plan, u32 n_plan)
{
	struct sip_frame f = { .is_known = is_known };
	u32 have = 0, i = 0, n;

	u->n = 0;
	u->at = 0;
	u->end = 0;
	while (have < len && !u->end) {
		n = n_plan ? 1 + plan[i++ % n_plan] : len;
		have = n > len - have ? len : have + n;
		read_all(u, &f, p + u->at, have - u->at);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct units at_once, in_pieces;
	u32 n_plan;

	if (!size)
		return 0;
	n_plan = 1 + data[0] % PLAN_MAX;
	is_known = data[0] & 128;
	if (size < 1 + n_plan)
		return 0;
	size -= 1 + n_plan;
	read_stream(&at_once, data + 1 + n_plan, size, NULL, 0);
	read_stream(&in_pieces, data + 1 + n_plan, size, data + 1, n_plan);
	if (at_once.n != in_pieces.n || at_once.at != in_pieces.at ||
	    at_once.end != in_pieces.end ||
	    memcmp(at_once.len, in_pieces.len, at_once.n * sizeof(*at_once.len)) ||
	    memcmp(at_once.is_keepalive, in_pieces.is_keepalive, at_once.n))
		abort();
	return 0;
}
