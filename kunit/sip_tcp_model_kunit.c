// SPDX-License-Identifier: GPL-2.0
/*
 * sip_tcp: whatever a network does to segments, the receiver reads what it shall.
 *
 * The model: a sender that cuts, repeats and ends its stream as TCP may, a network
 * that loses, doubles and reorders, a receiver that puts together what it gets, and
 * between them the unit under test, driven as the helper drives it.  A message whose
 * From is "grow" becomes longer, one whose From is "shrink" shorter, and one whose From
 * is "cut" goes, by a rule that the test applies to the whole stream at once as well.
 * Whatever its sender is told to have arrived, by number or by block, must be
 * at the receiver by then.
 */
#include <linux/errno.h>
#include <linux/slab.h>

#include "sip_tcp.h"
#include "sipalg_kunit.h"

enum {
	STREAM_MAX	= 8192,
	READ_MAX	= 2 * STREAM_MAX,
	UNITS_MAX	= 64,
	PACKETS		= 32,		/* under way in one direction */
	BLOCKS		= 3,		/* RFC 2018: with time stamps there is room for three */
	SEGMENT_MAX	= 1460,
	WORD		= 4,		/* INFO: as the first of the stream it may go on alone */
	STEPS_MAX	= 400000,
	MODELS		= 400,
};

/* one that acknowledges has no bytes; @seq is what it says */
struct packet {
	bool used, fin;
	u32 seq, len;
	u32 n_blocks, left[BLOCKS], right[BLOCKS];
	u8 *data;
};

/* a message or keep-alive: where it ends, as it was sent and as it shall be read */
struct unit {
	u32 sent, want;
	bool is_same;
};

struct model {
	struct kunit *test;
	u32 seed;
	struct sip_msg *msg;
	struct sip_edits *edits;
	/* the stream, and what shall be read of it */
	char sent[STREAM_MAX], want[READ_MAX];
	u32 n_sent, n_want;
	struct unit unit[UNITS_MAX];
	u32 n_units;
	/* sender */
	u32 isn, una, nxt, window;
	bool fin_sent, fin_acked;
	u32 idle;
	/* receiver: where it stands, and what it has; @got: whether @read holds a byte */
	u32 rcv, rcv_window;
	u8 read[READ_MAX];
	u8 got[READ_MAX];
	bool fin_read;
	u32 fin_at;
	/* between: after how many bytes it gives up reading; room of an emission */
	struct sip_tcp_half half;
	u32 bypass_at, room;
	struct packet data[PACKETS], ack[PACKETS], back[PACKETS];
	u8 data_bytes[PACKETS][SEGMENT_MAX], back_bytes[PACKETS][READ_MAX];
	/* how bad the network is, and how short of memory the middle, in 1 of 256 */
	u32 loss, twice, mss, no_memory;
	u8 scratch[READ_MAX];
	/* what was seen, so that no case is in vain */
	u32 n_sacks, n_d_sacks, n_probes, n_failed, n_bypassed, n_more;
};

static u32 rnd(struct model *m, u32 n)
{
	return test_random(&m->seed) % n;
}

/* ---- the stream ------------------------------------------------------------------ */

static void add_text(char *buf, u32 *n, const char *s)
{
	memcpy(buf + *n, s, strlen(s));
	*n += strlen(s);
}

/* The rule: "grow" and "shrink" in a message become these; "cut" makes all of it a CRLF. */
static const struct {
	const char *old, *new;
} rules[] = {
	{ "grow", "grows-by-more-than-it-was-before" },
	{ "shrink", "x" },
	{ "cut", NULL },
};

static u32 message_text(struct model *m, char *buf, bool translated)
{
	static const char * const from[] = { "grow", "shrink", "cut", "stay", "stay" };
	u32 n = 0, what = rnd(m, ARRAY_SIZE(from)), body, i;
	char length[16];

	/* a word of the first one may have gone on */
	what = what == 2 && !m->n_units ? 3 : what;
	body = rnd(m, 4) ? rnd(m, 60) : rnd(m, 3000);
	add_text(buf, &n, "INFO sip:b@c SIP/2.0\r\nFrom: ");
	add_text(buf, &n, translated && what < 2 ? rules[what].new : from[what]);
	add_text(buf, &n, "\r\nContent-Length: ");
	length[sip_number_write(body, length)] = 0;
	add_text(buf, &n, length);
	add_text(buf, &n, "\r\n\r\n");
	for (i = 0; i < body; i++)
		buf[n++] = 'a' + i % 26;
	if (translated && what == 2) {
		n = 0;
		add_text(buf, &n, "\r\n");
	}
	return n;
}

/* The unit that was just added ends here. */
static void add_unit(struct model *m)
{
	struct unit *last = &m->unit[m->n_units++];
	u32 sent = m->n_units > 1 ? last[-1].sent : 0, want = m->n_units > 1 ? last[-1].want : 0;

	last->sent = m->n_sent;
	last->want = m->n_want;
	last->is_same = last->sent - sent == last->want - want &&
			!memcmp(m->sent + sent, m->want + want, last->sent - sent);
}

static void make_stream(struct model *m)
{
	u32 i, n = rnd(m, 12), seed;

	for (i = 0; i < n && m->n_sent < STREAM_MAX - 4096; i++) {
		if (!rnd(m, 4)) {
			add_text(m->sent, &m->n_sent, "\r\n\r\n");
			add_text(m->want, &m->n_want, "\r\n\r\n");
			add_unit(m);
		}
		seed = m->seed;
		m->n_sent += message_text(m, m->sent + m->n_sent, false);
		m->seed = seed;
		m->n_want += message_text(m, m->want + m->n_want, true);
		add_unit(m);
	}
	if (!n || !rnd(m, 4)) {	/* the stream ends, or goes on as something else */
		static const char * const tails[] = {
			"INFO sip:b@c SIP/2.0\r\nFrom: grow\r\nContent-Length: 9\r\n\r\nhalf",
			"INFO sip:b@c SIP/2.0\r\nFrom: grow\r\n\r\nno length: grow",
			"POST / HTTP/1.1\r\n\r\n",
			"hello",
		};
		const char *tail = tails[rnd(m, 4)];

		add_text(m->sent, &m->n_sent, tail);
		add_text(m->want, &m->n_want, tail);
	}
}

/* ---- the network ----------------------------------------------------------------- */

static void network_takes(struct model *m, struct packet *queue, const struct packet *p)
{
	u32 copies = rnd(m, 256) < m->loss ? 0 : rnd(m, 256) < m->twice ? 2 : 1, i, k;
	u8 *room;

	for (k = 0; k < copies; k++) {
		for (i = 0; i < PACKETS && queue[i].used; i++)
			;
		if (i == PACKETS)
			return;
		room = queue[i].data;
		queue[i] = *p;
		queue[i].used = true;
		queue[i].data = room;
		if (p->len)
			memcpy(room, p->data, p->len);
	}
}

/* Any packet that is under way may be the next to arrive: in order more often than not. */
static struct packet *arrives(struct model *m, struct packet *queue)
{
	struct packet *oldest = NULL;
	u32 i, skip = m->loss ? rnd(m, 8) : 0;

	for (i = 0; i < PACKETS; i++) {
		if (!queue[i].used)
			continue;
		if (!oldest || sip_seq_before(queue[i].seq, oldest->seq))
			oldest = &queue[i];
		if (skip == 1 && !rnd(m, 4))
			return &queue[i];
	}
	return oldest;
}

/* ---- the sender ------------------------------------------------------------------ */

static void send_range(struct model *m, u32 seq, u32 len, bool fin)
{
	struct packet p = {
		.seq = seq, .len = len, .fin = fin, .data = (u8 *)m->sent + (seq - m->isn),
	};

	network_takes(m, m->data, &p);
}

/* Again, with whatever boundaries, something that was not acknowledged. */
static void sender_repeats(struct model *m)
{
	u32 in_flight = m->nxt - m->una, from, len;

	if (!in_flight)
		return;
	from = rnd(m, in_flight);
	len = 1 + rnd(m, m->mss);
	len = min(len, in_flight - from);
	send_range(m, m->una + from, len, m->fin_sent && from + len == in_flight && rnd(m, 2));
}

/* RFC 9293 3.8.4: with the byte before what is expected, or none. */
static void sender_probes(struct model *m)
{
	bool has_byte = m->una != m->isn && rnd(m, 2);

	m->n_probes++;
	send_range(m, m->una - 1, has_byte, false);
}

static void sender_sends(struct model *m)
{
	u32 in_flight = m->nxt - m->una, left = m->isn + m->n_sent - m->nxt;
	u32 n = 1 + rnd(m, m->mss);

	if (m->idle > 40) {	/* time-out: again from the first byte that is missing */
		m->idle = 0;
		m->nxt = m->una;
		m->fin_sent = false;
		return;
	}
	if (!rnd(m, 16))
		sender_repeats(m);
	if (!in_flight && !rnd(m, 16))
		sender_probes(m);
	if (in_flight >= m->window)
		return;
	n = min(n, min(left, m->window - in_flight));
	if (!n && (left || m->fin_sent))
		return;
	m->fin_sent = n == left && (n || !left) && rnd(m, 2);
	if (!n && !m->fin_sent)
		return;
	send_range(m, m->nxt, n, m->fin_sent);
	m->nxt += n;
}

static void sender_hears(struct model *m, u32 ack)
{
	u32 end = m->isn + m->n_sent;

	/* told of what it never sent, a sender would end the connection */
	KUNIT_EXPECT_FALSE(m->test, sip_seq_before(end + 1, ack));
	if (!sip_seq_before(m->una, ack))
		return;
	m->idle = 0;
	m->fin_acked = ack == end + 1;
	m->una = m->fin_acked ? end : ack;
	m->nxt = sip_seq_max(m->nxt, m->una);
}

/* ---- the receiver ---------------------------------------------------------------- */

static void receiver_takes(struct model *m, const struct packet *p)
{
	u32 i, at;

	for (i = 0; i < p->len; i++) {
		at = p->seq + i - m->isn;
		if (at >= READ_MAX || at >= m->rcv - m->isn + m->rcv_window)
			continue;	/* before the first byte, or no room for it */
		if (at >= m->n_want || m->want[at] != (char)p->data[i])
			KUNIT_FAIL(m->test, "byte %u is %u", at, p->data[i]);
		m->got[at] = 1;
		m->read[at] = p->data[i];
	}
	if (p->fin) {
		m->fin_read = true;
		m->fin_at = p->seq + p->len;
	}
	while (m->rcv - m->isn < READ_MAX && m->got[m->rcv - m->isn])
		m->rcv++;
}

static void add_block(struct packet *p, u32 left, u32 right)
{
	p->left[p->n_blocks] = left;
	p->right[p->n_blocks++] = right;
}

/* RFC 2883: what came twice first; RFC 2018: then what is there behind the hole. */
static void add_blocks(struct model *m, struct packet *p, const struct packet *heard, u32 was)
{
	u32 at = m->rcv - m->isn, from;

	if (heard->len && !sip_seq_before(was, heard->seq + heard->len))
		add_block(p, heard->seq, heard->seq + heard->len);
	while (p->n_blocks < BLOCKS) {
		while (at < m->n_want && !m->got[at])
			at++;
		for (from = at; at < m->n_want && m->got[at];)
			at++;
		if (at == from)
			return;
		add_block(p, m->isn + from, m->isn + at);
	}
}

static void receiver_hears(struct model *m, const struct packet *p)
{
	struct packet ack = {};
	u32 was = m->rcv;

	receiver_takes(m, p);
	if (!p->len && !p->fin && !sip_seq_before(p->seq, m->rcv))
		return;
	ack.seq = m->rcv + (m->fin_read && m->fin_at == m->rcv);
	add_blocks(m, &ack, p, was);
	network_takes(m, m->ack, &ack);
}

/* ---- what is told ----------------------------------------------------------------- */

static void expect_got(struct model *m, u32 from, u32 to)
{
	for (; from < to; from++)
		if (!m->got[from])
			break;
	if (from < to)
		KUNIT_FAIL(m->test, "told of byte %u, which did not arrive", from);
}

/* What was sent from @from to @to is said to have arrived: then all that it became has. */
static void expect_arrived(struct model *m, u32 from, u32 to)
{
	u32 sent = 0, want = 0, i;
	const struct unit *u;

	for (i = 0; i < m->n_units; i++, sent = u->sent, want = u->want) {
		u = &m->unit[i];
		if (u->sent <= from || sent >= to)
			continue;
		if (u->is_same || to <= WORD)
			expect_got(m, want + (max(from, sent) - sent),
				   want + (min(to, u->sent) - sent));
		else
			expect_got(m, want, u->want);
	}
	if (to > sent)
		expect_got(m, want + (max(from, sent) - sent), want + (to - sent));
}

/* A message whose end is acknowledged is all there; one that is held may be, but for that. */
static void expect_ack_is_true(struct model *m, u32 ack)
{
	u32 i, at = ack - m->isn;

	for (i = 0; i < m->n_units && m->unit[i].sent <= at; i++)
		;
	if (i)
		expect_got(m, i > 1 ? m->unit[i - 2].want : 0, m->unit[i - 1].want);
}

static void sender_hears_blocks(struct model *m, const struct packet *p)
{
	u32 i, left, right;

	for (i = 0; i < p->n_blocks; i++) {
		left = p->left[i];
		right = p->right[i];
		if (!sip_tcp_sack(&m->half, &left, &right))
			continue;
		m->n_sacks++;
		m->n_d_sacks += !sip_seq_before(m->half.told, right);
		KUNIT_EXPECT_FALSE(m->test, sip_seq_before(left, m->isn));
		KUNIT_EXPECT_FALSE(m->test, sip_seq_before(m->isn + m->n_sent, right));
		expect_arrived(m, left - m->isn, right - m->isn);
	}
}

/* A receiver with a small window gets what it has room for now. */
static void middle_emits_more(struct model *m)
{
	struct sip_tcp_emission what;
	const u8 *bytes = sip_tcp_more(&m->half, m->rcv_window, m->room, &what);
	struct packet p = {};

	if (!bytes)
		return;
	m->n_more++;
	p.seq = what.seq;
	p.len = what.len;
	p.data = m->scratch;
	memcpy(m->scratch, bytes, what.len);
	network_takes(m, m->back, &p);
}

static void ack_arrives(struct model *m, const struct packet *p)
{
	u32 was = m->half.told, ack = sip_tcp_ack(&m->half, p->seq);

	KUNIT_EXPECT_FALSE(m->test, sip_seq_before(ack, was));
	expect_ack_is_true(m, ack);
	sender_hears_blocks(m, p);
	sender_hears(m, ack);
	middle_emits_more(m);
}

/* ---- between --------------------------------------------------------------------- */

static void memory_runs_short(struct model *m)
{
#ifndef __KERNEL__
	host_allocs_left = rnd(m, 256) < m->no_memory ? (int)rnd(m, 3) : -1;
#endif
}

static void memory_is_there(void)
{
#ifndef __KERNEL__
	host_allocs_left = -1;
#endif
}

/* As a translated message: From's value is another one.  Return: which rule; -1: none. */
static int plan(struct model *m, const struct sip_text *text, u32 len)
{
	u32 i, k;

	sip_edit_init(m->edits);
	for (k = 0; k < ARRAY_SIZE(rules); k++) {
		for (i = 0; i + strlen(rules[k].old) < len && i < 60; i++) {
			if (memcmp(text->p + i, rules[k].old, strlen(rules[k].old)))
				continue;
			if (rules[k].new)
				sip_edit_add(m->edits, i, strlen(rules[k].old), rules[k].new,
					     strlen(rules[k].new));
			return k;
		}
	}
	return -1;
}

static int handle_unit(struct model *m, struct sip_tcp_segment *seg, struct sip_text *text, u32 len)
{
	int rule = m->half.frame.is_keepalive ? -1 : plan(m, text, len);

	if (rule < 0)
		return sip_tcp_pass(&m->half, seg, text, len);
	return sip_tcp_replace(&m->half, text, len, rules[rule].new ? m->edits : NULL);
}

/* From here on it is not read any more: what was not emitted goes as it was sent. */
static void want_no_more(struct model *m)
{
	u32 out = m->half.out - m->isn, end = sip_tcp_end(&m->half) - m->isn;

	while (m->n_units && m->unit[m->n_units - 1].sent > out)
		m->n_units--;
	memcpy(m->want + end, m->sent + out, m->n_sent - out);
	m->n_want = end + m->n_sent - out;
	m->n_bypassed++;
}

static int handle(struct model *m, struct sip_tcp_segment *seg, struct sip_text *text)
{
	struct sip_tcp_half *half = &m->half;
	int len, err = 0;

	if (half->out - m->isn >= m->bypass_at) {
		want_no_more(m);
		m->bypass_at = 0;	/* and if it fails, with the next segment */
		return sip_tcp_bypass(half, seg, text);
	}
	while (!err && (len = sip_frame_next(&half->frame, text, m->msg)) > 0)
		err = handle_unit(m, seg, text, len);
	if (!err && (len < 0 || seg->fin))
		return sip_tcp_bypass(half, seg, text);
	return err;
}

static void middle_emits(struct model *m, struct sip_tcp_segment *seg, int err)
{
	struct sip_tcp_emission what = sip_tcp_emit(&m->half, seg, m->rcv_window, m->room);
	struct packet p = {
		.seq = what.seq, .len = what.len, .fin = what.fin, .data = m->scratch,
	};

	if (err && !what.len)
		return;
	if (what.same) {
		KUNIT_EXPECT_EQ(m->test, what.len, seg->len);
		memcpy(m->scratch, seg->data, what.len);
	} else {
		sip_tcp_copy(&m->half, seg, &what, m->scratch);
	}
	network_takes(m, m->back, &p);
	if (seg->len && !what.len && sip_tcp_tell(&m->half)) {
		expect_ack_is_true(m, m->half.next);
		sender_hears(m, m->half.next);
	}
}

static void middle_hears(struct model *m, const struct packet *p)
{
	struct sip_tcp_segment seg = {
		.seq = p->seq, .len = p->len, .data = p->data, .fin = p->fin,
	};
	struct sip_tcp_half *half = &m->half;
	struct sip_text text;
	int err;

	memory_runs_short(m);
	err = sip_tcp_take(half, &seg, &text);
	if (!err && !half->is_bypassed) {
		err = handle(m, &seg, &text);
		if (err)
			sip_tcp_untake(half, &seg, &text);
		else
			err = sip_tcp_keep(half, &seg, &text);
		middle_emits(m, &seg, err);
	} else if (!err) {
		middle_emits(m, &seg, 0);
	}	/* else dropped; its sender repeats it */
	memory_is_there();
	m->n_failed += err == -ENOMEM;
	KUNIT_EXPECT_TRUE(m->test, !err || err == -EAGAIN || (m->no_memory && err == -ENOMEM));
}

static void step(struct model *m)
{
	static void (* const hear[])(struct model *m, const struct packet *p) = {
		middle_hears, receiver_hears, ack_arrives,
	};
	struct packet *queues[] = { m->data, m->back, m->ack }, *p;
	u32 what = rnd(m, 4);

	m->idle++;
	if (what == 3) {
		sender_sends(m);
		return;
	}
	p = arrives(m, queues[what]);
	if (!p)
		return;
	p->used = false;
	hear[what](m, p);
}

static void expect_read(struct model *m)
{
	u32 n = m->rcv - m->isn;

	KUNIT_EXPECT_EQ(m->test, n, m->n_want);
	if (n == m->n_want)
		KUNIT_EXPECT_EQ(m->test, memcmp(m->read, m->want, n), 0);
	KUNIT_EXPECT_TRUE(m->test, !m->half.n_patches);
	KUNIT_EXPECT_EQ(m->test, m->half.patched, 0u);
	KUNIT_EXPECT_EQ(m->test, m->half.last, m->half.first);
	KUNIT_EXPECT_EQ(m->test, (u32)m->half.last, m->n_want - m->n_sent);
}

static void choose_network(struct model *m, u32 loss)
{
	u32 i;

	m->loss = loss;
	m->twice = loss / 2;
	m->no_memory = loss;
	m->isn = rnd(m, 2) ? 0xfffffff0 - rnd(m, 3000) : test_random(&m->seed);
	m->mss = rnd(m, 4) ? 1 + rnd(m, SEGMENT_MAX) : 1 + rnd(m, 20);
	m->window = m->mss * (1 + rnd(m, 12));
	m->rcv_window = rnd(m, 2) ? READ_MAX : 100 + rnd(m, 4000);
	m->room = rnd(m, 2) ? READ_MAX : 200 + rnd(m, 2000);
	m->bypass_at = rnd(m, 8) ? U32_MAX : rnd(m, 2000);
	m->una = m->isn;
	m->nxt = m->isn;
	m->rcv = m->isn;
	for (i = 0; i < PACKETS; i++) {
		m->data[i].data = m->data_bytes[i];
		m->back[i].data = m->back_bytes[i];
	}
}

/* What was seen is counted over all models.  Return: whether it came to its end. */
static bool run_model(struct kunit *test, struct model *m, u32 seed, u32 loss)
{
	u32 i;

	memset(&m->n_sent, 0, offsetof(struct model, scratch) - offsetof(struct model, n_sent));
	m->seed = seed * 2654435761u + 1;
	choose_network(m, loss);
	make_stream(m);
	sip_tcp_init(&m->half, m->isn);
	for (i = 0; i < STEPS_MAX && !m->fin_acked; i++)
		step(m);
	KUNIT_EXPECT_TRUE_MSG(test, m->fin_acked, "model %u, loss %u: stuck", seed, loss);
	expect_read(m);
	sip_tcp_exit(&m->half);
	return m->fin_acked;
}

static void tcp_model(struct kunit *test, u32 loss)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u32 seed;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m);
	m->test = test;
	m->msg = test_new_msg(test);
	m->edits = kunit_kzalloc(test, sizeof(*m->edits), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m->edits);
	for (seed = 0; seed < MODELS; seed++)
		if (!run_model(test, m, seed, loss))
			return;	/* one says it, and takes its time */
	kunit_info(test, "%u blocks, %u of them old, %u probes, %u bypassed, %u times no memory, %u more",
		   m->n_sacks, m->n_d_sacks, m->n_probes, m->n_bypassed, m->n_failed, m->n_more);
	KUNIT_EXPECT_GT(test, m->n_more, 100u);
	KUNIT_EXPECT_GT(test, m->n_probes, 0u);
	KUNIT_EXPECT_GT(test, m->n_bypassed, 0u);
	if (!loss)
		return;
	KUNIT_EXPECT_GT(test, m->n_sacks, 1000u);
	KUNIT_EXPECT_GT(test, m->n_d_sacks, 0u);
#ifndef __KERNEL__
	KUNIT_EXPECT_GT(test, m->n_failed, 20u);
#endif
}

static void tcp_without_loss(struct kunit *test)
{
	tcp_model(test, 0);
}

static void tcp_with_loss(struct kunit *test)
{
	tcp_model(test, 12);
}

static void tcp_with_much_loss(struct kunit *test)
{
	tcp_model(test, 80);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tcp_without_loss),
	KUNIT_CASE(tcp_with_loss),
	KUNIT_CASE(tcp_with_much_loss),
	{}
};

struct kunit_suite sip_tcp_model_suite = {
	.name = "sip_tcp_model",
	.test_cases = cases,
};
