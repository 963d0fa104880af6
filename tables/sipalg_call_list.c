// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call_list: /proc/net/sipalg/calls.
 */
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "sipalg_call.h"
#include "sipalg_call_list.h"
#include "sipalg_pinhole_peer.h"

static const char * const state_names[] = {
#define X(NAME, text) [SIPALG_CALL_##NAME] = text,
	SIPALG_CALL_STATES(X)
#undef X
};

/**
 * struct call_seq - private state of a reader of the file
 * @p: namespace; the first member, because seq_file_net() looks there
 * @left: number of lines to come; without it a reader might never end, while calls are added
 */
struct call_seq {
	struct seq_net_private p;
	u32 left;
};

size_t sipalg_call_seq_size(void)
{
	return sizeof(struct call_seq);
}

/*
 * Position 0 is the headline, and position i + 1 is the first call with a number of i or more.
 * The file is read in pieces while calls come and go, so a count of lines would leave calls out.
 */
static void *call_at(struct seq_file *seq, loff_t *pos)
{
	struct call_seq *state = seq->private;
	unsigned long id = *pos - 1;
	struct sipalg_call *call;

	if (!state->left)
		return NULL;
	call = sipalg_call_next(sipalg_pernet(seq_file_net(seq)), &id);
	*pos = (loff_t)id + 1;
	return call;
}

static void *calls_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct call_seq *state = seq->private;

	rcu_read_lock();
	if (*pos)
		return call_at(seq, pos);
	state->left = sipalg_call_count(sipalg_pernet(seq_file_net(seq)));
	return SEQ_START_TOKEN;
}

static void *calls_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct call_seq *state = seq->private;

	if (v != SEQ_START_TOKEN)
		state->left--;
	++*pos;
	return call_at(seq, pos);
}

static void calls_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static void show_pinhole(struct seq_file *seq, struct sipalg_pinhole *pin, bool is_rtcp)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct sipalg_pinhole_heard heard = sipalg_pinhole_last_heard(sn, pin);
	struct sip_endpoint peer = sipalg_pinhole_peer(pin);

	seq_printf(seq, " %s,real=", is_rtcp ? "rtcp" : "rtp");
	sipalg_show_endpoint(seq, &pin->real.addr, pin->real.port);
	seq_puts(seq, ",mapped=");
	sipalg_show_endpoint(seq, &pin->mapped.addr, pin->mapped.port);
	seq_puts(seq, ",peer=");
	sipalg_show_endpoint(seq, &peer.addr, peer.port);
	seq_printf(seq, ",%s", heard.is_live ? heard.is_waiting ? "live+waiting" : "live" :
		   heard.is_waiting ? "waiting" : "shut");
	if (heard.is_counted)
		seq_printf(seq, ",sent=%llu,heard=%llu", heard.from_host, heard.to_host);
}

/* Prints a column for what could not be read and stayed as it was, if there is any. */
static void show_left(struct seq_file *seq, u16 left)
{
	static const char * const names[] = {
#define X(NAME, name, FAULT, text) [SIP_LEFT_##NAME] = #name,
		SIP_LEFTS(X)
#undef X
	};
	u32 i;

	if (left)
		seq_puts(seq, " left");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (left & 1U << i)
			seq_printf(seq, ",%s", names[i]);
}

static int calls_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	unsigned long now = sipalg_now(sn);
	struct sipalg_call *call = v;
	struct sipalg_call_media *media;
	u32 i;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "id state age_s idle_s left_s reason caller callee call_id media\n");
		return 0;
	}
	spin_lock_bh(&call->lock);
	seq_printf(seq, "%u %s %u %u %u %s ", call->id, state_names[call->state],
		   sipalg_seconds_between(call->created, now),
		   sipalg_seconds_between(call->touched, now),
		   sipalg_seconds_between(now, call->expires), sipalg_call_reasons[call->reason]);
	sipalg_show_endpoint(seq, &call->party[SIPALG_CALLER].addr,
			     call->party[SIPALG_CALLER].port);
	seq_putc(seq, ' ');
	sipalg_show_endpoint(seq, &call->party[SIPALG_CALLEE].addr,
			     call->party[SIPALG_CALLEE].port);
	/* a stranger chose these bytes: all that is not plain text is escaped in octal */
	seq_printf(seq, " %*pE", call->shown, call->call_id);
	list_for_each_entry(media, &call->media, node)
		for (i = 0; i < media->n; i++)
			show_pinhole(seq, sipalg_call_media_pin(media, i), i & 1);
	show_left(seq, call->left);
	seq_putc(seq, '\n');
	spin_unlock_bh(&call->lock);
	return 0;
}

const struct seq_operations sipalg_call_seq_ops = {
	.start = calls_start,
	.next = calls_next,
	.stop = calls_stop,
	.show = calls_show,
};
