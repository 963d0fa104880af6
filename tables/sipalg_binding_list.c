// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_binding_list: /proc/net/sipalg/bindings.
 */
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "sipalg_binding.h"
#include "sipalg_binding_internal.h"
#include "sipalg_binding_list.h"

/**
 * struct binding_seq - private state of a reader of the file
 * @p: namespace; the first member, because seq_file_net() looks there
 * @left: number of lines to come; without it a reader might never end, while bindings are added
 */
struct binding_seq {
	struct seq_net_private p;
	u32 left;
};

size_t sipalg_binding_seq_size(void)
{
	return sizeof(struct binding_seq);
}

/* Position 0 is the headline, position i + 1 is the first binding with a number of i or more. */
static void *binding_at(struct seq_file *seq, loff_t *pos)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct binding_seq *state = seq->private;
	unsigned long id = *pos - 1;
	struct sipalg_binding *b;

	if (!state->left)
		return NULL;
	b = xa_find(&sn->bindings->by_id, &id, ULONG_MAX, XA_PRESENT);
	*pos = (loff_t)id + 1;
	return b;
}

static void *bindings_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct binding_seq *state = seq->private;

	rcu_read_lock();
	if (*pos)
		return binding_at(seq, pos);
	state->left = READ_ONCE(sipalg_pernet(seq_file_net(seq))->bindings->n);
	return SEQ_START_TOKEN;
}

static void *bindings_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct binding_seq *state = seq->private;

	if (v != SEQ_START_TOKEN)
		state->left--;
	++*pos;
	return binding_at(seq, pos);
}

static void bindings_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static void binding_show(struct seq_file *seq, const struct sipalg_binding *b)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct sip_endpoint mapped = sipalg_binding_published(b, b->pin ? b->pin : b->next_pin);

	seq_printf(seq, "%s %u ", b->is_bound ? "bound" : "asked",
		   sipalg_seconds_between(sipalg_now(sn), b->expires));
	sipalg_show_endpoint(seq, &b->key.host, b->port);
	seq_putc(seq, ' ');
	sipalg_show_endpoint(seq, &mapped.addr, mapped.port);
	seq_putc(seq, ' ');
	sipalg_show_endpoint(seq, &b->registrar.addr, b->registrar.port);
	/* a stranger chose these bytes: all that is not plain text is escaped in octal */
	seq_printf(seq, " %*pE\n", b->shown, b->aor);
}

static int bindings_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct sipalg_binding *b = v;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "state left_s contact mapped registrar address_of_record\n");
		return 0;
	}
	spin_lock_bh(&sn->bindings->lock);
	if (!b->is_dead)
		binding_show(seq, b);
	spin_unlock_bh(&sn->bindings->lock);
	return 0;
}

const struct seq_operations sipalg_binding_seq_ops = {
	.start = bindings_start,
	.next = bindings_next,
	.stop = bindings_stop,
	.show = bindings_show,
};
