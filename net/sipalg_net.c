// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_net: counters and directory of /proc of a namespace.  See sipalg_net.h.
 */
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/siphash.h>
#include <linux/user_namespace.h>
#include <net/netfilter/nf_log.h>
#include <net/netns/generic.h>

#include "sipalg_compat.h"
#include "sipalg_net.h"

unsigned int sipalg_net_id __read_mostly;

struct sipalg_net *sipalg_pernet(const struct net *net)
{
	return net_generic(net, sipalg_net_id);
}
SIPALG_EXPORT(sipalg_pernet);

#ifdef SIPALG_COUNT_STEPS
u32 sipalg_steps;
SIPALG_EXPORT_TEST(sipalg_steps);
#endif

static siphash_key_t secret __read_mostly;
static hsiphash_key_t table_secret __read_mostly;

void sipalg_hash_init(void)
{
	get_random_bytes(&secret, sizeof(secret));
	get_random_bytes(&table_secret, sizeof(table_secret));
}

u32 sipalg_hash(const void *data, u32 len, u32 seed)
{
	hsiphash_key_t key = { { table_secret.key[0] ^ seed, table_secret.key[1] } };

	return hsiphash(data, len, &key);
}

u32 sipalg_hash_addr(const struct sip_addr *addr, u32 word, u32 seed)
{
	hsiphash_key_t key = { { table_secret.key[0] ^ seed, table_secret.key[1] } };
	u32 words[] = { addr->w[0], addr->w[1], addr->w[2], addr->w[3], word };

	return addr->family == SIP_FAMILY_IPV4 ? hsiphash_2u32(addr->w[0], word, &key) :
						 hsiphash(words, sizeof(words), &key);
}
SIPALG_EXPORT_TEST(sipalg_hash_addr);

u64 sipalg_digest(const void *data, u32 len)
{
	return len ? siphash(data, len, &secret) | 1 : 0;
}
SIPALG_EXPORT_TEST(sipalg_digest);

void sipalg_show_endpoint(struct seq_file *seq, const struct sip_addr *addr, u16 port)
{
	char buf[SIP_ADDR_TEXT_MAX];
	u32 len = sip_addr_write(addr, buf, true);

	if (!len)
		seq_putc(seq, '-');
	else
		seq_printf(seq, "%.*s:%u", (int)len, buf, port);
}

u32 sipalg_seconds_between(unsigned long from, unsigned long to)
{
	return time_after(to, from) ? jiffies_to_msecs(to - from) / 1000 : 0;
}

/* ---- foreign namespaces ------------------------------------------------------------ */

static atomic_t foreign_held = ATOMIC_INIT(0);

bool sipalg_hold(struct sipalg_net *sn, u32 n)
{
	s64 all, mine;

	if (!sn->is_foreign || !n)
		return true;
	all = atomic_add_return(n, &foreign_held);
	mine = atomic_add_return(n, &sn->held);
	if (mine <= 3 * (SIPALG_FOREIGN_MAX - all))
		return true;
	sipalg_let(sn, n);
	sipalg_count(sn, SIPALG_STAT_FOREIGN_FULL);
	return false;
}
SIPALG_EXPORT_TEST(sipalg_hold);

void sipalg_let(struct sipalg_net *sn, u32 n)
{
	if (!sn->is_foreign)
		return;
	atomic_sub(n, &foreign_held);
	atomic_sub(n, &sn->held);
}
SIPALG_EXPORT_TEST(sipalg_let);

bool sipalg_may_log(const struct sipalg_net *sn)
{
	return net_eq(sn->net, &init_net) || READ_ONCE(sysctl_nf_log_all_netns);
}
SIPALG_EXPORT_TEST(sipalg_may_log);

/* ---- counters ---------------------------------------------------------------------- */

static const char * const stat_names[SIPALG_STAT_COUNT] = {
#define X(NAME, name, text) [SIPALG_STAT_##NAME] = #name,
	SIPALG_STATS(X)
#undef X
#define X(NAME, name, text) [SIPALG_STAT_MALFORMED + SIP_FAULT_##NAME] = "malformed_" #name,
	SIP_FAULTS(X)
#undef X
#define X(NAME, name, FAULT, text) [SIPALG_STAT_LEFT + SIP_LEFT_##NAME] = "left_" #name,
	SIP_LEFTS(X)
#undef X
};

static int __maybe_unused stats_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_single_net(seq));
	int i, cpu;

	for (i = 0; i < SIPALG_STAT_COUNT; i++) {
		u64 sum = 0;

		if (!stat_names[i])	/* SIP_FAULT_NONE */
			continue;
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(sn->counters, cpu)->n[i]);
		seq_printf(seq, "%s %llu\n", stat_names[i], sum);
	}
	return 0;
}

int sipalg_net_setup(struct sipalg_net *sn, struct net *net)
{
	int err = -ENOMEM;

	sn->net = net;
	sn->is_foreign = net->user_ns != &init_user_ns;
	mutex_init(&sn->settings_lock);
	sn->counters = alloc_percpu_gfp(struct sipalg_counters, GFP_KERNEL_ACCOUNT);
	if (!sn->counters)
		return -ENOMEM;
	/* SECURITY B11: a kernel without procfs has no directory */
	sn->proc = SIPALG_HAS_PROC ? proc_net_mkdir(net, "sipalg", net->proc_net) : NULL;
	if (SIPALG_HAS_PROC && !sn->proc)
		goto free_counters;
	if (SIPALG_HAS_PROC &&
	    !proc_create_net_single("stats", 0444, sn->proc, stats_show, NULL))
		goto remove_proc;
	err = sipalg_settings_setup(sn);
	if (err)
		goto remove_proc;
	return 0;

remove_proc:
	proc_remove(sn->proc);
free_counters:
	free_percpu(sn->counters);
	return err;
}

void sipalg_net_teardown(struct sipalg_net *sn)
{
	sipalg_settings_teardown(sn);
	proc_remove(sn->proc);
	free_percpu(sn->counters);
}
