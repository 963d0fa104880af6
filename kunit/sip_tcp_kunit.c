// SPDX-License-Identifier: GPL-2.0
/*
 * sip_tcp: whatever a network does to segments, the receiver reads what it shall.
 *
 * The model: a sender that cuts, repeats and ends its stream as TCP may, a network
 * that loses, doubles and reorders, a receiver that puts together what it gets, and
 * between them the unit under test, driven as the helper drives it.  A message whose
 * From is "grow" becomes longer, one whose From is "shrink" shorter, by a rule that
 * the test applies to the whole stream at once as well.
 */
#include <linux/errno.h>
#include <linux/slab.h>

#include "sip_tcp.h"
#include "sipalg_kunit.h"

enum {
	STREAM_MAX	= 8192,
	PACKETS		= 32,		/* under way in one direction */
	SEGMENT_MAX	= 1460,
	STEPS_MAX	= 400000,
	MODELS		= 400,
};

struct packet {
	bool used, fin;
	u32 seq, len;
	u8 *data;
};

struct model {
	struct kunit *test;
	u32 seed;
	struct sip_msg *msg;
	struct sip_edits *edits;
	/* the stream, and what shall be read of it */
	char sent[STREAM_MAX], want[2 * STREAM_MAX];
	u32 n_sent, n_want;
	bool has_fin;
	/* sender */
	u32 isn, una, nxt, window;
	bool fin_sent, fin_acked;
	u32 idle;
	/* receiver: a byte of @got says whether @read holds one */
	u32 rcv;
	u8 read[2 * STREAM_MAX];
	u8 got[2 * STREAM_MAX];
	bool fin_read;
	u32 fin_at;
	/* between */
	struct sip_tcp_half half;
	struct packet data[PACKETS], ack[PACKETS], back[PACKETS];
	u8 data_bytes[PACKETS][SEGMENT_MAX], back_bytes[PACKETS][2 * STREAM_MAX];
	/* how bad the network is, in 1 of 256 */
	u32 loss, twice, mss;
	u8 scratch[2 * STREAM_MAX];
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

/* The rule: "grow" and "shrink" in a message become these. */
static const struct {
	const char *old, *new;
} rules[] = {
	{ "grow", "grows-by-more-than-it-was-before" },
	{ "shrink", "x" },
};

static u32 message_text(struct model *m, char *buf, bool translated)
{
	static const char * const from[] = { "grow", "shrink", "stay" };
	u32 n = 0, what = rnd(m, 3), body = rnd(m, 4) ? rnd(m, 60) : rnd(m, 3000), i;
	char length[16];

	add_text(buf, &n, "INFO sip:b@c SIP/2.0\r\nFrom: ");
	add_text(buf, &n, translated && what < 2 ? rules[what].new : from[what]);
	add_text(buf, &n, "\r\nContent-Length: ");
	length[sip_number_write(body, length)] = 0;
	add_text(buf, &n, length);
	add_text(buf, &n, "\r\n\r\n");
	for (i = 0; i < body; i++)
		buf[n++] = 'a' + i % 26;
	return n;
}

static void make_stream(struct model *m)
{
	u32 i, n = rnd(m, 12), seed;

	for (i = 0; i < n && m->n_sent < STREAM_MAX - 4096; i++) {
		if (!rnd(m, 4)) {
			add_text(m->sent, &m->n_sent, "\r\n\r\n");
			add_text(m->want, &m->n_want, "\r\n\r\n");
		}
		seed = m->seed;
		m->n_sent += message_text(m, m->sent + m->n_sent, false);
		m->seed = seed;
		m->n_want += message_text(m, m->want + m->n_want, true);
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
	m->has_fin = true;
}

/* ---- the network ----------------------------------------------------------------- */

static void network_takes(struct model *m, struct packet *queue, const struct packet *p)
{
	u32 copies = rnd(m, 256) < m->loss ? 0 : rnd(m, 256) < m->twice ? 2 : 1, i, k;

	for (k = 0; k < copies; k++) {
		for (i = 0; i < PACKETS && queue[i].used; i++)
			;
		if (i == PACKETS)
			return;
		queue[i].used = true;
		queue[i].fin = p->fin;
		queue[i].seq = p->seq;
		queue[i].len = p->len;
		if (p->len)
			memcpy(queue[i].data, p->data, p->len);
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
	if (in_flight >= m->window)
		return;
	n = min(n, min(left, m->window - in_flight));
	if (!n && (left || m->fin_sent))
		return;
	m->fin_sent = n == left && (n || !left) && rnd(m, 2);
	if (!n && !m->fin_sent)
		return;
	network_takes(m, m->data, &(struct packet){
		.seq = m->nxt, .len = n, .fin = m->fin_sent,
		.data = (u8 *)m->sent + (m->nxt - m->isn),
	});
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

static void receiver_hears(struct model *m, const struct packet *p)
{
	u32 base = m->isn, i;

	for (i = 0; i < p->len; i++) {
		u32 at = p->seq + i - base;

		if (at >= sizeof(m->read))
			continue;	/* before the first byte */
		if (m->got[at])
			KUNIT_EXPECT_EQ(m->test, (int)m->read[at], (int)p->data[i]);
		m->got[at] = 1;
		m->read[at] = p->data[i];
	}
	if (p->fin) {
		m->fin_read = true;
		m->fin_at = p->seq + p->len;
	}
	while (m->rcv - base < sizeof(m->got) && m->got[m->rcv - base])
		m->rcv++;
	if (p->len || p->fin || sip_seq_before(p->seq, m->rcv))
		network_takes(m, m->ack, &(struct packet){
			.seq = m->rcv + (m->fin_read && m->fin_at == m->rcv),
		});
}

/* ---- between --------------------------------------------------------------------- */

/* As a translated message: From's value is another one. */
static int plan(struct model *m, const struct sip_text *text, u32 len)
{
	u32 i, k;

	sip_edit_init(m->edits);
	for (k = 0; k < ARRAY_SIZE(rules); k++)
		for (i = 0; i + strlen(rules[k].old) < len && i < 60; i++)
			if (!memcmp(text->p + i, rules[k].old, strlen(rules[k].old)))
				return sip_edit_add(m->edits, i, strlen(rules[k].old),
						    rules[k].new, strlen(rules[k].new));
	return 0;
}

static int handle(struct model *m, struct sip_tcp_segment *seg, struct sip_text *text)
{
	struct sip_tcp_half *half = &m->half;
	int len, err = 0;

	while (!err && (len = sip_frame_next(&half->frame, text, m->msg)) > 0) {
		if (!half->frame.is_keepalive && plan(m, text, len))
			return -ENOMEM;
		if (!half->frame.is_keepalive && m->edits->n)
			err = sip_tcp_replace(half, text, len, m->edits);
		else
			err = sip_tcp_pass(half, seg, text, len);
	}
	if (!err && (len < 0 || seg->fin))
		return sip_tcp_bypass(half, seg, text);
	return err;
}

static void middle_hears(struct model *m, const struct packet *p)
{
	struct sip_tcp_segment seg = {
		.seq = p->seq, .len = p->len, .data = p->data, .fin = p->fin,
	};
	struct sip_tcp_half *half = &m->half;
	struct sip_tcp_emission what;
	struct sip_text text;
	int err;

	err = sip_tcp_take(half, &seg, &text);
	if (err)
		return;		/* dropped; its sender repeats it */
	if (!half->is_bypassed) {
		err = handle(m, &seg, &text);
		if (err)
			sip_tcp_untake(half, &seg, &text);
		else
			sip_tcp_keep(half, &seg, &text);
	}
	what = sip_tcp_emit(half, &seg, sizeof(m->scratch), sizeof(m->scratch));
	if (what.same) {
		KUNIT_EXPECT_EQ(m->test, what.len, seg.len);
		memcpy(m->scratch, seg.data, what.len);
	} else {
		sip_tcp_copy(half, &seg, &what, m->scratch);
	}
	network_takes(m, m->back, &(struct packet){
		.seq = what.seq, .len = what.len, .fin = what.fin, .data = m->scratch,
	});
	if (seg.len && !what.len && sip_tcp_tell(half))
		sender_hears(m, half->next);
}

static void step(struct model *m)
{
	struct packet *p;

	m->idle++;
	switch (rnd(m, 4)) {
	case 0:
		sender_sends(m);
		return;
	case 1:
		p = arrives(m, m->data);
		if (p) {
			p->used = false;
			middle_hears(m, p);
		}
		return;
	case 2:
		p = arrives(m, m->back);
		if (p) {
			p->used = false;
			receiver_hears(m, p);
		}
		return;
	default:
		p = arrives(m, m->ack);
		if (p) {
			p->used = false;
			sender_hears(m, sip_tcp_ack(&m->half, p->seq));
		}
	}
}

static void expect_read(struct model *m)
{
	u32 n = m->rcv - m->isn;

	KUNIT_EXPECT_EQ(m->test, n, m->n_want);
	if (n == m->n_want)
		KUNIT_EXPECT_EQ(m->test, memcmp(m->read, m->want, n), 0);
	KUNIT_EXPECT_TRUE(m->test, list_empty(&m->half.patches));
	KUNIT_EXPECT_EQ(m->test, m->half.patched, 0u);
	KUNIT_EXPECT_EQ(m->test, m->half.last, m->half.first);
	KUNIT_EXPECT_EQ(m->test, (u32)m->half.last, m->n_want - m->n_sent);
}

static void run_model(struct kunit *test, struct model *m, u32 seed, u32 loss)
{
	struct sip_msg *msg = m->msg;
	struct sip_edits *edits = m->edits;
	u32 i;

	memset(m, 0, sizeof(*m));
	m->test = test;
	m->msg = msg;
	m->edits = edits;
	m->seed = seed * 2654435761u + 1;
	m->loss = loss;
	m->twice = loss / 2;
	m->isn = rnd(m, 2) ? 0xfffffff0 - rnd(m, 3000) : test_random(&m->seed);
	m->mss = rnd(m, 4) ? 1 + rnd(m, SEGMENT_MAX) : 1 + rnd(m, 20);
	m->window = m->mss * (1 + rnd(m, 12));
	m->una = m->isn;
	m->nxt = m->isn;
	m->rcv = m->isn;
	for (i = 0; i < PACKETS; i++) {
		m->data[i].data = m->data_bytes[i];
		m->back[i].data = m->back_bytes[i];
	}
	make_stream(m);
	sip_tcp_init(&m->half, m->isn);
	for (i = 0; i < STEPS_MAX && !m->fin_acked; i++)
		step(m);
	KUNIT_EXPECT_TRUE_MSG(test, m->fin_acked, "model %u, loss %u: stuck", seed, loss);
	expect_read(m);
	sip_tcp_exit(&m->half);
}

static void tcp_model(struct kunit *test, u32 loss)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u32 seed;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m);
	m->msg = test_new_msg(test);
	m->edits = kunit_kzalloc(test, sizeof(*m->edits), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m->edits);
	for (seed = 0; seed < MODELS; seed++)
		run_model(test, m, seed, loss);
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

/* A word may be all that ever comes, and be waited for: it is not held. */
static void tcp_word_goes_at_once(struct kunit *test)
{
	static const char word[] = "hello", rest[] = " sip:b@c SIP/2.0\r\n";
	struct sip_tcp_segment seg = { .seq = 100, .len = 5, .data = (const u8 *)word };
	struct sip_tcp_emission what;
	struct sip_tcp_half half;
	struct sip_text text;
	u8 bytes[8];

	sip_tcp_init(&half, 100);
	KUNIT_ASSERT_EQ(test, sip_tcp_take(&half, &seg, &text), 0);
	KUNIT_ASSERT_EQ(test, sip_tcp_keep(&half, &seg, &text), 0);
	what = sip_tcp_emit(&half, &seg, 1000, 1000);
	KUNIT_EXPECT_EQ(test, what.seq, 100u);
	KUNIT_ASSERT_EQ(test, what.len, 5u);
	sip_tcp_copy(&half, &seg, &what, bytes);
	KUNIT_EXPECT_EQ(test, memcmp(bytes, word, 5), 0);
	/* and only the receiver says that it has come */
	KUNIT_EXPECT_FALSE(test, sip_tcp_tell(&half));
	KUNIT_EXPECT_EQ(test, sip_tcp_seq(&half, 105), 105u);
	KUNIT_EXPECT_EQ(test, sip_tcp_ack(&half, 100), 100u);
	KUNIT_EXPECT_EQ(test, sip_tcp_ack(&half, 103), 103u);
	KUNIT_EXPECT_EQ(test, sip_tcp_ack(&half, 105), 105u);
	/* as the beginning of a message it goes again, with all of it */
	seg = (struct sip_tcp_segment){ .seq = 105, .len = 18, .data = (const u8 *)rest };
	KUNIT_ASSERT_EQ(test, sip_tcp_take(&half, &seg, &text), 0);
	KUNIT_ASSERT_EQ(test, sip_tcp_keep(&half, &seg, &text), 0);
	what = sip_tcp_emit(&half, &seg, 1000, 1000);
	KUNIT_EXPECT_EQ(test, what.len, 0u);
	KUNIT_EXPECT_EQ(test, what.seq, 105u);
	KUNIT_EXPECT_TRUE(test, sip_tcp_tell(&half));
	KUNIT_EXPECT_EQ(test, half.told, 123u);
	KUNIT_ASSERT_EQ(test, sip_tcp_pass(&half, &seg, &text, text.len), 0);
	what = sip_tcp_emit(&half, &seg, 1000, 1000);
	KUNIT_EXPECT_EQ(test, what.seq, 100u);
	KUNIT_EXPECT_EQ(test, what.len, 23u);
	sip_tcp_exit(&half);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tcp_word_goes_at_once),
	KUNIT_CASE(tcp_without_loss),
	KUNIT_CASE(tcp_with_loss),
	KUNIT_CASE(tcp_with_much_loss),
	{}
};

struct kunit_suite sip_tcp_suite = {
	.name = "sip_tcp",
	.test_cases = cases,
};
