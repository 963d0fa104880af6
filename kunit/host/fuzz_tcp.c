// SPDX-License-Identifier: GPL-2.0
/*
 * F5: a script of segments and acknowledgements to sip_tcp.
 *
 * The input: a first sequence number, units and what becomes of each, then steps of
 * four bytes: a sender sends any range of what may be under way, a network gives what was
 * emitted to the receiver in any order, twice, or not at all, the receiver acknowledges,
 * now or as it would have done before.  What the receiver reads is the translated stream, and
 * nothing is told to the sender that the receiver does not have, but for what is held.
 * At last the network is good, and all of it must arrive.
 */
#include <linux/slab.h>
#include <stdlib.h>
#include <string.h>

#include "sip_tcp.h"

int host_allocs_left = -1;

enum { UNITS_MAX = 12, STREAM_MAX = 2048, READ_MAX = 4096, QUEUE = 8, BELOW = 8 };

enum kind { PASS, REPLACE, CUT, BYPASS, KINDS };

struct unit {
	u32 sent, want;		/* where it ends */
	enum kind kind;
};

struct emitted {
	u32 seq, len;
	bool fin, used;
	u8 data[READ_MAX];
};

static struct world {
	struct sip_tcp_half half;
	struct unit unit[UNITS_MAX];
	u32 n_units, n_sent, n_want, isn;
	u8 sent[STREAM_MAX], want[READ_MAX];
	/* sender */
	u32 una, nxt;
	bool fin_acked;
	/* receiver */
	u32 rcv, rcv_old, window;
	bool got[READ_MAX], fin_read;
	struct emitted queue[QUEUE];
	/* of the first unit: the letters that it begins with, whatever becomes of it */
	u32 word;
	bool gives_up;
	const u8 *in;
	size_t left;
} w;

static struct sip_edits edits;

static u32 byte(void)
{
	if (!w.left)
		return 0;
	w.left--;
	return *w.in++;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* ---- the stream, and what becomes of it ------------------------------------------ */

static void make_unit(struct unit *u, bool is_read)
{
	u32 len = 2 + byte() % 150, word = byte() % 8, new_len = len, k;
	u8 *sent = w.sent + w.n_sent, *want = w.want + w.n_want;

	word = word < len ? word : len - 1;
	if (u == w.unit)
		w.word = word;
	if (u->kind == CUT && u == w.unit)	/* a word may have gone on */
		u->kind = PASS;
	for (k = 0; k < len; k++)
		sent[k] = k == word ? ' ' : 'a' + (w.n_sent + k) % 26;
	memcpy(want, sent, len);
	if (is_read && u->kind == REPLACE) {
		new_len = word + 1 + byte();
		memset(want + word, 'A' + (u - w.unit), new_len - word);
	} else if (is_read && u->kind == CUT) {
		new_len = 2;
		memcpy(want, "\r\n", 2);
	}
	w.n_sent += len;
	w.n_want += new_len;
	u->sent = w.n_sent;
	u->want = w.n_want;
}

static void make_units(void)
{
	bool is_read = true;
	struct unit *u;

	w.n_units = 1 + byte() % UNITS_MAX;
	for (u = w.unit; u < w.unit + w.n_units; u++) {
		u->kind = byte() % 8;
		u->kind = u->kind < KINDS ? u->kind : u->kind % BYPASS;
		is_read &= u->kind != BYPASS;
		make_unit(u, is_read);
	}
}

static u32 start_sent(u32 i)
{
	return i ? w.unit[i - 1].sent : 0;
}

static u32 start_want(u32 i)
{
	return i ? w.unit[i - 1].want : 0;
}

/* ---- the truth ---------------------------------------------------------------------- */

static void must_have(u32 from, u32 to)
{
	for (; from < to; from++)
		must(w.got[from]);
}

/* A message that begins before @to and behind @from, and ends before @to, is there. */
static void must_be_true(u32 from, u32 to, bool whole_only)
{
	u32 i, a, b;

	must(from <= to && to <= w.n_sent);
	for (i = 0; i < w.n_units; i++) {
		a = start_sent(i);
		b = w.unit[i].sent;
		if (b <= from || a >= to || (whole_only && b > to))
			continue;
		if (to > w.word && (whole_only || b - a != w.unit[i].want - start_want(i) ||
				    memcmp(w.sent + a, w.want + start_want(i), b - a)))
			must_have(start_want(i), w.unit[i].want);
		else
			must_have(start_want(i) + (from > a ? from - a : 0),
				  start_want(i) + (to < b ? to : b) - a);
	}
}

/* ---- sender and receiver ---------------------------------------------------------- */

static void sender_hears(u32 ack)
{
	u32 at = ack - w.isn;

	if (at == w.n_sent + 1) {
		must(w.fin_read);
		w.fin_acked = true;
		at--;
	}
	must_be_true(0, at, true);
	if (sip_seq_before(w.una, w.isn + at))
		w.una = w.isn + at;
	w.nxt = sip_seq_max(w.nxt, w.una);
}

static void must_map_truly(u32 from, u32 to)
{
	u32 left = w.isn + from, right = w.isn + to;

	if (from < to && sip_tcp_sack(&w.half, &left, &right))
		must_be_true(left - w.isn, right - w.isn, false);
}

static struct emitted *queue_slot(void)
{
	u32 i;

	for (i = 0; i < QUEUE - 1 && w.queue[i].used; i++)
		;
	return &w.queue[i];
}

static void emit_more(void)
{
	struct sip_tcp_emission what;
	const u8 *bytes = sip_tcp_more(&w.half, w.window, READ_MAX, &what);
	struct emitted *e = queue_slot();

	if (!bytes)
		return;
	e->used = true;
	e->seq = what.seq;
	e->len = what.len;
	e->fin = false;
	must(what.len && what.len <= READ_MAX);
	memcpy(e->data, bytes, what.len);
}

/* @dup: length of what came twice, before what is acknowledged (RFC 2883) */
static void receiver_says(u32 rcv, u32 dup)
{
	u32 told = w.half.told, at = rcv - w.isn, from;
	u32 ack = sip_tcp_ack(&w.half, rcv);

	must(!sip_seq_before(ack, told));
	sender_hears(ack);
	at = at < w.n_want ? at : w.n_want;
	if (dup < at)
		must_map_truly(at - dup, at - dup / 2);
	while (at < w.n_want) {
		while (at < w.n_want && !w.got[at])
			at++;
		for (from = at; at < w.n_want && w.got[at];)
			at++;
		must_map_truly(from, at);
	}
	emit_more();
}

static void receiver_hears(const struct emitted *e)
{
	u32 i, at;

	for (i = 0; i < e->len; i++) {
		at = e->seq + i - w.isn;
		if (at >= 0u - BELOW)
			continue;	/* a probe's */
		must(at < w.n_want && w.want[at] == e->data[i]);
		if (at >= w.rcv - w.isn + w.window)
			continue;
		w.got[at] = true;
	}
	w.rcv_old = w.rcv;
	while (w.rcv - w.isn < w.n_want && w.got[w.rcv - w.isn])
		w.rcv++;
	if (e->fin) {
		must(e->seq + e->len - w.isn == w.n_want);
		w.fin_read = true;
	}
}

static u32 receiver_stands(void)
{
	return w.rcv + (w.fin_read && w.rcv - w.isn == w.n_want);
}

/* ---- between ------------------------------------------------------------------------ */

static int handle_unit(struct sip_tcp_segment *seg, struct sip_text *text, u32 i)
{
	const struct unit *u = &w.unit[i];
	u32 len = u->sent - start_sent(i);

	switch (u->kind) {
	case REPLACE:
		sip_edit_init(&edits);
		must(!sip_edit_add(&edits, 0, len, (char *)w.want + start_want(i),
				   u->want - start_want(i)));
		return sip_tcp_replace(&w.half, text, len, &edits);
	case CUT:
		return sip_tcp_replace(&w.half, text, len, NULL);
	case BYPASS:
		return sip_tcp_bypass(&w.half, seg, text);
	default:
		return sip_tcp_pass(&w.half, seg, text, len);
	}
}

/* The other direction is no SIP: what did not go yet goes as it was sent. */
static void want_no_more(void)
{
	u32 out = w.half.out - w.isn, end = sip_tcp_end(&w.half) - w.isn, i;

	memcpy(w.want + end, w.sent + out, w.n_sent - out);
	w.n_want = end + w.n_sent - out;
	for (i = 0; i < w.n_units; i++) {
		if (w.unit[i].sent <= out)
			continue;
		w.unit[i].kind = BYPASS;
		w.unit[i].want = end + w.unit[i].sent - out;
	}
}

static int handle(struct sip_tcp_segment *seg, struct sip_text *text)
{
	u32 out = w.half.out - w.isn, i;
	int err = 0;

	if (w.gives_up) {
		want_no_more();
		return sip_tcp_bypass(&w.half, seg, text);
	}
	for (i = 0; i < w.n_units && w.unit[i].sent <= out; i++)
		must(start_sent(i) != out);
	for (; !err && i < w.n_units && !w.half.is_bypassed; i++) {
		must(w.half.out - w.isn == start_sent(i));
		if (text->len < w.unit[i].sent - start_sent(i))
			break;
		err = handle_unit(seg, text, i);
	}
	if (!err && seg->fin)
		err = sip_tcp_bypass(&w.half, seg, text);
	return err;
}

static void emit(struct sip_tcp_segment *seg, int err, u32 max)
{
	struct sip_tcp_emission what = sip_tcp_emit(&w.half, seg, w.window, max);
	struct emitted *e = queue_slot();

	if (err && !what.len)
		return;
	must(what.len <= max || what.same || w.half.word);
	e->used = true;
	e->seq = what.seq;
	e->len = what.len;
	e->fin = what.fin;
	if (what.same)
		must(what.len == seg->len);
	sip_tcp_copy(&w.half, seg, &what, e->data);
	if (what.same && what.len)
		must(!memcmp(e->data, seg->data, seg->len));
	if (seg->len && !what.len && sip_tcp_tell(&w.half))
		sender_hears(w.half.next);
}

/* Other bytes than those that are held: nothing is taken of them. */
static void send_forged(u32 seq, u8 *data, u32 len)
{
	struct sip_tcp_segment seg = { .seq = seq, .len = len, .data = data };
	struct sip_tcp_half was = w.half;
	struct sip_text text;
	u32 at = w.half.out - seq;

	if (w.half.is_bypassed || at >= len || !sip_tcp_held(&w.half) ||
	    (len == 1 && seq == w.half.told - 1) ||
	    sip_seq_before(w.half.next, seq))
		return;
	data[at] ^= 0x20;
	must(sip_tcp_take(&w.half, &seg, &text) == -EILSEQ);
	must(!memcmp(&was, &w.half, sizeof(was)) && text.len == sip_tcp_held(&w.half));
	data[at] ^= 0x20;
}

static void send_range(u32 from, u32 len, bool fin, u32 max)
{
	u8 *data = malloc(len ? len : 1);
	struct sip_tcp_segment seg = {
		.seq = from, .len = len, .data = data, .fin = fin && from + len == w.isn + w.n_sent,
	};
	struct sip_text text;
	int err;

	memcpy(data, w.sent + (from - w.isn), len);
	send_forged(from, data, len);
	err = sip_tcp_take(&w.half, &seg, &text);
	if (!err && !w.half.is_bypassed) {
		err = handle(&seg, &text);
		if (err)
			sip_tcp_untake(&w.half, &seg, &text);
		else
			err = sip_tcp_keep(&w.half, &seg, &text);
	} else if (err) {
		goto out;
	}
	must(!err || err == -ENOMEM);
	emit(&seg, err, max);
out:
	free(data);
}

static void probe(void)
{
	struct sip_tcp_segment seg = { .seq = w.una - 1, .data = w.sent };
	struct sip_text text;

	must(!sip_tcp_take(&w.half, &seg, &text));
	if (!w.half.is_bypassed)
		must(!sip_tcp_keep(&w.half, &seg, &text));
	emit(&seg, 0, READ_MAX);
}

/* ---- the script --------------------------------------------------------------------- */

static void step(void)
{
	u32 what = byte(), a = byte(), b = byte(), c = byte(), from, left;
	struct emitted *e = &w.queue[a % QUEUE];

	host_allocs_left = what & 0x80 ? (int)(what >> 5 & 3) : -1;
	switch (what % 8) {
	case 0:
	case 1:
	case 2:		/* new, repeated, or behind a hole */
		from = what % 8 == 2 ? w.una + a % (w.nxt - w.una + 1) :
				       w.nxt + (what % 8 ? a % 16 : 0);
		if (from - w.isn > w.n_sent)
			break;
		left = w.n_sent - (from - w.isn);
		b = b < left ? b : left;
		send_range(from, b, c & 1, c & 2 ? READ_MAX : c);
		w.nxt = sip_seq_max(w.nxt, from + b);
		break;
	case 3:
	case 4:		/* arrives; and may do so again */
		if (e->used)
			receiver_hears(e);
		e->used &= b & 1;
		break;
	case 5:
		e->used = false;
		break;
	case 6:
		receiver_says(a & 1 ? w.rcv_old : receiver_stands(), b);
		break;
	default:
		w.gives_up |= a == 0xbb;
		probe();
	}
	host_allocs_left = -1;
}

/* A good network and a patient sender. */
static void finish(void)
{
	u32 rounds, i, left;

	for (rounds = 0; rounds < 4 * READ_MAX && !w.fin_acked; rounds++) {
		left = w.isn + w.n_sent - w.una;
		send_range(w.una, left < 100 ? left : 100, true, READ_MAX);
		for (i = 0; i < QUEUE; i++) {
			if (w.queue[i].used)
				receiver_hears(&w.queue[i]);
			w.queue[i].used = false;
		}
		receiver_says(receiver_stands(), 0);
	}
	must(w.fin_acked && w.rcv - w.isn == w.n_want);
	must(!w.half.n_patches && !w.half.patched && w.half.first == w.half.last);
	must((u32)w.half.last == w.n_want - w.n_sent);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	memset(&w, 0, sizeof(w));
	w.in = data;
	w.left = size;
	w.isn = byte() & 1 ? 0u - byte() : 0x80000000u - byte();
	w.una = w.nxt = w.rcv = w.rcv_old = w.isn;
	w.window = byte();
	w.window = w.window & 1 ? READ_MAX : 1 + 2 * w.window;
	make_units();
	sip_tcp_init(&w.half, w.isn);
	while (w.left)
		step();
	finish();
	sip_tcp_exit(&w.half);
	return 0;
}
