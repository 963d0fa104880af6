/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_net: what each network namespace has of its own: settings, counters,
 * the tables of the other units, and the directory /proc/net/sipalg.
 *
 * Lives from the namespace's creation, or the module's load, to its end.  The
 * tables belong to their units; here are only the pointers.
 */
#ifndef _SIPALG_NET_H
#define _SIPALG_NET_H

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "sip_step.h"
#include "sipalg_settings.h"
#include "sipalg_stats.h"

struct ctl_table;
struct ctl_table_header;
struct proc_dir_entry;
struct seq_file;

/* SECURITY P3: nobody's service is behind a pinhole */
enum { SIPALG_PORT_MIN = 1024 };

/* Words of the machine, as the kernel's own are: one CPU writes, and another never reads half. */
struct sipalg_counters {
	unsigned long n[SIPALG_STAT_COUNT];
};

/**
 * struct sipalg_net - one namespace
 * @net: the namespace itself
 * @settings: the settings in force
 * @settings_lock: one writer of @settings at a time, and of @is_attached
 * @is_attached: the hooks of auto_attach are registered
 * @is_foreign: its root is not the machine's
 * @held: what it holds of what those namespaces may hold together
 * @sysctl: their registration
 * @sysctl_table: and its table
 * @counters: SIPALG_STAT_*, for each CPU
 * @proc: /proc/net/sipalg
 * @clock: jiffies that this namespace's clock is ahead; only tests set it
 * @flood_until: sipalg_now() until which a flood is taken to last; 0: there was none
 * @gc: the work that ends what has expired, once a second while there is anything
 * @pinholes: of sipalg_pinhole.c
 * @reals: of sipalg_pinhole_real.c
 * @turns: of sipalg_turn.c
 * @calls: of sipalg_call.c
 * @bindings: of sipalg_binding.c
 * @streams: of sipalg_stream.c
 * @sources: of sipalg_source.c
 * @quotas: of sipalg_quota.c
 */
struct sipalg_net {
	struct net *net;
	struct sipalg_settings __rcu *settings;
	struct mutex settings_lock;
	bool is_attached;
	bool is_foreign;
	atomic_t held;
	struct ctl_table_header *sysctl;
	struct ctl_table *sysctl_table;
	struct sipalg_counters __percpu *counters;
	struct proc_dir_entry *proc;
	unsigned long clock;
	unsigned long flood_until;
	struct delayed_work gc;
	struct sipalg_pinhole_table *pinholes;
	struct sipalg_pinhole_real_table *reals;
	struct sipalg_turn_table *turns;
	struct sipalg_call_table *calls;
	struct sipalg_binding_table *bindings;
	struct sipalg_stream_table *streams;
	struct sipalg_source_table *sources;
	struct sipalg_quota_table *quotas;
};

extern unsigned int sipalg_net_id __read_mostly;

/**
 * sipalg_pernet() - the module's part of a namespace
 * @net: a namespace that is not being torn down
 *
 * Return: never NULL.
 */
struct sipalg_net *sipalg_pernet(const struct net *net);

/**
 * sipalg_net_setup() - counters, settings and /proc of a namespace
 * @sn: all zero
 * @net: the namespace
 *
 * Context: process context.
 * Return: 0 or -errno.
 */
int sipalg_net_setup(struct sipalg_net *sn, struct net *net);

/**
 * sipalg_net_teardown() - the reverse
 * @sn: set up; its tables are gone already
 */
void sipalg_net_teardown(struct sipalg_net *sn);

/* Makes the secret of the two functions below.  Once, before any table exists. */
void sipalg_hash_init(void);

/**
 * sipalg_hash() - keyed hash, in the form that rhashtable wants
 * @data: bytes, of which a stranger may have chosen every one
 * @len: how many
 * @seed: of the table
 *
 * Return: hsiphash under a secret of this boot of the module: it never leaves it.
 */
u32 sipalg_hash(const void *data, u32 len, u32 seed);

/**
 * sipalg_hash_addr() - the same of an address and a word, which most tables are kept by
 * @addr: an address
 * @word: what else is part of the key
 * @seed: of the table
 *
 * Of an IPv4 address no more is hashed than it has.
 *
 * Return: as sipalg_hash().
 */
u32 sipalg_hash_addr(const struct sip_addr *addr, u32 word, u32 seed);

/* The least size of a table: resizing while a few calls come and go costs more than it saves. */
enum { SIPALG_TABLE_LEAST = 256 };

/**
 * sipalg_digest() - stands for a text of any length, a Call-ID or a tag
 * @data: the text
 * @len: its bytes
 *
 * Return: 64 bits of siphash under the secret; never 0, which means "no text".
 */
u64 sipalg_digest(const void *data, u32 len);

/* "address:port" into a /proc file, "-" where there is none. */
void sipalg_show_endpoint(struct seq_file *seq, const struct sip_addr *addr, u16 port);

/* Whole seconds from one time in jiffies to a later one; 0 where it is not later. */
u32 sipalg_seconds_between(unsigned long from, unsigned long to);

/* The time by which calls and bindings live: jiffies, but for tests that do not want to wait. */
static inline unsigned long sipalg_now(const struct sipalg_net *sn)
{
	return jiffies + READ_ONCE(sn->clock);
}

/* Whether a message was dropped for its sender's limits within the last second. */
static inline bool sipalg_flood_lasts(const struct sipalg_net *sn)
{
	unsigned long until = READ_ONCE(sn->flood_until);

	return until && time_before(sipalg_now(sn), until);
}

/* What is ahead by less was written by another CPU since; by more, the counter has come round. */
enum { SIPALG_AHEAD_S = 3600 };

/**
 * sipalg_since() - how long ago a time was
 * @now: sipalg_now(), read under the lock that guards @then
 * @then: sipalg_now() of before, or a bit later than @now
 *
 * Return: jiffies; 0 where @then is in the future: it has only just been.
 */
static inline unsigned long sipalg_since(unsigned long now, unsigned long then)
{
	return then - now < SIPALG_AHEAD_S * HZ ? 0 : now - then;
}

/*
 * The same of a time of which 32 bits were kept: after 49 days, at 1000 a second, it counts
 * from 0 again.
 */
static inline u32 sipalg_age(const struct sipalg_net *sn, u32 since)
{
	u32 now = sipalg_now(sn);

	return since - now < SIPALG_AHEAD_S * HZ ? 0 : now - since;
}

/*
 * How many of @n entries of a table one tick, a second, looks at.  Few are all looked at each time;
 * of many it is a part, so that a tick's work is bounded, and all have had their turn in
 * SIPALG_GC_TURN_S and one tick more.  What is renewed is due every 10 s, and lasts.
 */
enum { SIPALG_GC_LEAST = 1024, SIPALG_GC_TURN_S = 5 };

static inline u32 sipalg_gc_share(u32 n)
{
	return max_t(u32, n / SIPALG_GC_TURN_S, SIPALG_GC_LEAST);
}

/* There is something that will expire.  Context: any. */
static inline void sipalg_gc_soon(struct sipalg_net *sn)
{
	queue_delayed_work(system_power_efficient_wq, &sn->gc, HZ);
}

/*
 * What all namespaces whose root is not the machine's may hold together of calls, bindings,
 * pinholes, sources and streams: each is less than a kilobyte.  Anybody may make such
 * namespaces without number.
 */
enum { SIPALG_FOREIGN_MAX = 65536 };

/**
 * sipalg_hold() - a namespace is to hold more
 * @sn: namespace; that of the machine's root may hold what its settings say
 * @n: how many objects: all or none
 *
 * One of the others may hold three times as many as are left, so that the next one finds room.
 *
 * Context: any but hard interrupt.
 * Return: whether it may: then sipalg_let() is to follow.
 */
bool sipalg_hold(struct sipalg_net *sn, u32 n);
void sipalg_let(struct sipalg_net *sn, u32 n);

/**
 * sipalg_may_log() - may lines about a namespace go to the kernel's log?
 * @sn: namespace
 *
 * As of the kernel's own rules for logging (nf_log_all_netns): the log is the machine's.
 *
 * Return: whether they may.
 */
bool sipalg_may_log(const struct sipalg_net *sn);

/* Counts one event.  Context: any. */
static inline void sipalg_count(struct sipalg_net *sn, enum sipalg_stat stat)
{
	this_cpu_inc(sn->counters->n[stat]);
}

/* The settings in force.  Under rcu_read_lock(), valid as long as it is held. */
static inline const struct sipalg_settings *sipalg_settings_of(const struct sipalg_net *sn)
{
	return rcu_dereference(sn->settings);
}

#endif /* _SIPALG_NET_H */
