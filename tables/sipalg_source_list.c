// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_source_list: /proc/net/sipalg/sources.
 */
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "sipalg_source.h"
#include "sipalg_source_internal.h"
#include "sipalg_source_list.h"

static const char * const role_names[] = {
	[SIPALG_SOURCE_FROM]	= "from",
	[SIPALG_SOURCE_TO]		= "to",
	[SIPALG_SOURCE_SERVED]	= "served",
};

static const char * const class_names[] = {
	[SIPALG_CLASS_INVITE]	= "invite",
	[SIPALG_CLASS_REGISTER]	= "register",
	[SIPALG_CLASS_OPTIONS]	= "options",
	[SIPALG_CLASS_SUBSCRIBE]	= "subscribe",
	[SIPALG_CLASS_OTHER]	= "other",
	[SIPALG_CLASS_RESPONSE]	= "response",
};

/* Position 0 is the headline, and position i has the sources of set i - 1. */
static void *sources_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	rcu_read_lock();
	return *pos <= SIPALG_SOURCE_SETS ? pos : NULL;
}

static void *sources_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return *pos <= SIPALG_SOURCE_SETS ? pos : NULL;
}

static void sources_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

/* Return: messages in the last full second. */
static u32 rate_of(const struct sipalg_source_bucket *b, unsigned long now)
{
	unsigned long passed = sipalg_since(now, b->second);

	if (passed < HZ)
		return b->last;
	return passed < 2 * HZ ? b->now : 0;
}

static void show_bucket(struct seq_file *seq, const struct sipalg_source *source, u32 class)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	const struct sipalg_source_bucket *b = &source->bucket[class];
	char buf[SIP_ADDR_TEXT_MAX];
	u32 len = sip_addr_write(&source->key.addr, buf, false);
	u32 prefix = sipalg_settings_of(sn)->host_prefix6;

	seq_printf(seq, "%.*s", (int)len, buf);
	if (source->key.addr.family == SIP_FAMILY_IPV6 && prefix < 128)
		seq_printf(seq, "/%u", prefix);
	seq_printf(seq, " %s %s %u %u %u %u\n",
		   role_names[source->key.role], class_names[class],
		   rate_of(b, sipalg_now(sn)), b->dropped,
		   source->failures + source->failures_before, sipalg_source_blocked_s(sn, source));
}

static void show_source(struct seq_file *seq, struct sipalg_source *source)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	unsigned long now;
	u32 i;

	spin_lock_bh(&source->lock);
	now = sipalg_now(sn);
	for (i = 0; i < SIPALG_CLASSES; i++) {
		const struct sipalg_source_bucket *b = &source->bucket[i];

		if (b->dropped || sipalg_source_blocked_s(sn, source) ||
		    (b->second && time_before(now, b->second + SIPALG_SOURCE_SHOWN_S * HZ)))
			show_bucket(seq, source, i);
	}
	spin_unlock_bh(&source->lock);
}

static int sources_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	loff_t pos = *(loff_t *)v;
	struct sipalg_source *source;

	if (!pos) {
		seq_puts(seq, "source role class rate dropped failures blocked_s\n");
		return 0;
	}
	hlist_for_each_entry_rcu(source, &sn->sources->set[pos - 1], node)
		show_source(seq, source);
	return 0;
}

const struct seq_operations sipalg_source_seq_ops = {
	.start = sources_start,
	.next = sources_next,
	.stop = sources_stop,
	.show = sources_show,
};
