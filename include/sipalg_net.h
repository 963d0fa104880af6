/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_net: the part of each network namespace that belongs to this module: settings, counters,
 * the tables of the other units, and the directory /proc/net/sipalg.
 *
 * It lives from the creation of the namespace, or the load of the module, to the end of the
 * namespace or the module.  The tables belong to their units; this structure has pointers to them.
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

/* SECURITY P3: a pinhole leads to no lower port, where the services of hosts are */
enum { SIPALG_PORT_MIN = 1024 };

/**
 * struct sipalg_counters - the counters of one CPU
 * @n: the count of each enum sipalg_stat.  It has the size of a machine word, as the counters of
 *	the kernel do, so a CPU that reads while another one writes never sees half a number
 */
struct sipalg_counters {
	unsigned long n[SIPALG_STAT_COUNT];
};

/**
 * struct sipalg_net - one namespace
 * @net: the namespace itself
 * @settings: the settings in force; readers need rcu_read_lock()
 * @settings_lock: lets one writer at a time change @settings and @is_attached
 * @is_attached: whether the hooks of auto_attach are registered
 * @is_foreign: whether the namespace belongs to another user namespace than the initial one
 * @held: number of objects that the namespace holds, counted by sipalg_hold() if @is_foreign
 * @sysctl: registration of the sysctls; NULL: the kernel has no sysctls
 * @sysctl_table: table of the sysctls, one entry for each setting, in memory of ours
 * @counters: the counters, a set for each CPU
 * @proc: the directory /proc/net/sipalg; NULL: the kernel has no procfs
 * @clock: jiffies that the clock of this namespace is ahead; only tests set it
 * @flood_until: sipalg_now() at which the last flood is taken to end; 0: no flood was seen
 * @legacies_end: sipalg_now() until which media of ended calls of another router ends; 0: none
 * @gc: the work that ends expired objects, once a second while the namespace has any
 * @pinholes: pinholes by their mapped side, see sipalg_pinhole.c
 * @reals: pinholes by their real side, see sipalg_pinhole_real.c
 * @turns: pinholes that wait for a flow, see sipalg_turn.c
 * @shut: pinholes that are shut, see sipalg_pinhole_shut.c
 * @legacies: ports of another router, see sipalg_legacy.c
 * @calls: calls, see sipalg_call.c
 * @bindings: registered contacts, see sipalg_binding.c
 * @streams: TCP connections that are read, see sipalg_stream.c
 * @sources: senders and their limits, see sipalg_source.c
 * @quotas: hosts and what they hold, see sipalg_quota.c
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
	unsigned long legacies_end;
	struct delayed_work gc;
	struct sipalg_pinhole_table *pinholes;
	struct sipalg_pinhole_real_table *reals;
	struct sipalg_turn_table *turns;
	struct sipalg_shut_list *shut;
	struct sipalg_legacy_table *legacies;
	struct sipalg_call_table *calls;
	struct sipalg_binding_table *bindings;
	struct sipalg_stream_table *streams;
	struct sipalg_source_table *sources;
	struct sipalg_quota_table *quotas;
};

extern unsigned int sipalg_net_id __read_mostly;

/**
 * sipalg_pernet() - find the part of a namespace that belongs to this module
 * @net: a namespace that is not being torn down
 *
 * Context: any.
 * Return: that part; never NULL.
 */
struct sipalg_net *sipalg_pernet(const struct net *net);

/**
 * sipalg_net_setup() - give a namespace its counters, its settings and /proc/net/sipalg
 * @sn: the part of the namespace that belongs to this module, all of it zero
 * @net: the namespace
 *
 * Context: process context.
 * Return: 0; -ENOMEM, or the error of sipalg_settings_setup(): then nothing was made.
 */
int sipalg_net_setup(struct sipalg_net *sn, struct net *net);

/**
 * sipalg_net_teardown() - free the counters, the settings and /proc/net/sipalg of a namespace
 * @sn: the namespace, set up by sipalg_net_setup(); its tables are gone already
 *
 * Context: process context.
 */
void sipalg_net_teardown(struct sipalg_net *sn);

/**
 * sipalg_hash_init() - draw the secret keys of sipalg_hash() and sipalg_digest()
 *
 * Context: process context, once, before any table exists.
 */
void sipalg_hash_init(void);

/**
 * sipalg_hash() - hash bytes under a secret key, in the form that rhashtable wants
 * @data: the bytes; a stranger may have chosen every one of them
 * @len: number of bytes in @data
 * @seed: seed of the table, 0 where there is no table
 *
 * Context: any.
 * Return: hsiphash of @data.  The key is drawn at the load of the module and never leaves it.
 */
u32 sipalg_hash(const void *data, u32 len, u32 seed);

/**
 * sipalg_hash_addr() - hash an address and a word, which are the key of most tables
 * @addr: the address; 32 bits of an IPv4 address are hashed, and 128 bits of any other
 * @word: the rest of the key
 * @seed: seed of the table
 *
 * Context: any.
 * Return: hsiphash of both, under the key of sipalg_hash().
 */
u32 sipalg_hash_addr(const struct sip_addr *addr, u32 word, u32 seed);

/* The least size of a table: resizing while a few calls come and go costs more than it saves. */
enum { SIPALG_TABLE_LEAST = 256 };

/**
 * sipalg_digest() - make a number that stands for a text of any length, a Call-ID or a tag
 * @data: the text
 * @len: bytes of @data; 0: there is no text
 *
 * Context: any.
 * Return: 64 bits of siphash under a secret key; 0 if there is no text, and never 0 else.
 */
u64 sipalg_digest(const void *data, u32 len);

/**
 * sipalg_show_endpoint() - write "address:port" to a file of /proc
 * @seq: the file
 * @addr: the address; one without a family is written as "-"
 * @port: the port, in host byte order
 *
 * Context: process context.
 */
void sipalg_show_endpoint(struct seq_file *seq, const struct sip_addr *addr, u16 port);

/**
 * sipalg_seconds_between() - count the seconds from one time to another
 * @from: the first time, in jiffies
 * @to: the second time, in jiffies
 *
 * Context: any.
 * Return: whole seconds; 0 where @to is not later than @from.
 */
u32 sipalg_seconds_between(unsigned long from, unsigned long to);

/**
 * sipalg_now() - tell the time by which calls and bindings live
 * @sn: namespace
 *
 * Context: any.
 * Return: jiffies, plus what a test has set the clock ahead.
 */
static inline unsigned long sipalg_now(const struct sipalg_net *sn)
{
	return jiffies + READ_ONCE(sn->clock);
}

/**
 * sipalg_flood_lasts() - tell whether a limit has dropped a message within the last second
 * @sn: namespace
 *
 * Context: any.
 * Return: true where sn->flood_until is still to come.
 */
static inline bool sipalg_flood_lasts(const struct sipalg_net *sn)
{
	unsigned long until = READ_ONCE(sn->flood_until);

	return until && time_before(sipalg_now(sn), until);
}

/*
 * A time that is ahead of now by less was written by another CPU after now was read.  A time that
 * is ahead by more is old: the counter has wrapped.
 */
enum { SIPALG_AHEAD_S = 3600 };

/**
 * sipalg_since() - tell how long ago a time was
 * @now: sipalg_now(), read under the lock that guards @then
 * @then: an earlier sipalg_now(), or one of another CPU that is slightly later than @now
 *
 * Context: any.
 * Return: jiffies; 0 where @then is ahead of @now by less than SIPALG_AHEAD_S.
 */
static inline unsigned long sipalg_since(unsigned long now, unsigned long then)
{
	return then - now < SIPALG_AHEAD_S * HZ ? 0 : now - then;
}

/**
 * sipalg_age() - tell how long ago a time was of which 32 bits were kept
 * @sn: namespace
 * @since: the low 32 bits of an earlier sipalg_now()
 *
 * The age starts from 0 again after 2^32 jiffies: 49 days at 1000 jiffies a second.
 *
 * Context: any.
 * Return: jiffies; 0 where @since is ahead of now by less than SIPALG_AHEAD_S.
 */
static inline u32 sipalg_age(const struct sipalg_net *sn, u32 since)
{
	u32 now = sipalg_now(sn);

	return since - now < SIPALG_AHEAD_S * HZ ? 0 : now - since;
}

/*
 * Each tick, once a second, looks at a part of a large table, so that its work is bounded, and
 * at all of a small table.  Each entry has its turn within SIPALG_GC_TURN_S and one tick more.
 * Entries that must be renewed are due every 10 s, so this is soon enough for them.
 */
enum { SIPALG_GC_LEAST = 1024, SIPALG_GC_TURN_S = 5 };

/**
 * sipalg_gc_share() - tell how many entries of a table one tick looks at
 * @n: number of entries in the table
 *
 * Context: any.
 * Return: a fifth of @n, but at least SIPALG_GC_LEAST.
 */
static inline u32 sipalg_gc_share(u32 n)
{
	return max_t(u32, n / SIPALG_GC_TURN_S, SIPALG_GC_LEAST);
}

/**
 * sipalg_gc_soon() - have gc run within a second, as the namespace has an object that will expire
 * @sn: namespace
 *
 * Context: any.
 */
static inline void sipalg_gc_soon(struct sipalg_net *sn)
{
	queue_delayed_work(system_power_efficient_wq, &sn->gc, HZ);
}

/*
 * The number of calls, bindings, pinholes, sources and streams that all namespaces of other user
 * namespaces may hold together; each object has less than a kilobyte.  Any user of the machine may
 * make any number of such namespaces.
 */
enum { SIPALG_FOREIGN_MAX = 65536 };

/**
 * sipalg_hold() - ask whether a namespace may hold more objects
 * @sn: namespace; if it belongs to the initial user namespace, its settings alone limit it
 * @n: number of further objects: the namespace may hold all of them, or gets none
 *
 * A foreign namespace may hold three times as many objects as are left of SIPALG_FOREIGN_MAX, so
 * the next namespace finds room.
 *
 * Context: any but hard interrupt.
 * Return: true: the objects are counted, and sipalg_let() must follow; false: they are not, and
 * SIPALG_STAT_FOREIGN_FULL was counted.
 */
bool sipalg_hold(struct sipalg_net *sn, u32 n);

/**
 * sipalg_let() - take back what sipalg_hold() has counted
 * @sn: namespace
 * @n: number of objects that the namespace holds no more
 *
 * Context: any but hard interrupt.
 */
void sipalg_let(struct sipalg_net *sn, u32 n);

/**
 * sipalg_may_log() - ask whether lines about a namespace may go to the log of the kernel
 * @sn: namespace
 *
 * The log belongs to the machine, so the rule is the one that the log targets of netfilter have
 * (nf_log_all_netns).
 *
 * Context: any.
 * Return: true for the initial namespace, and for all where nf_log_all_netns is set.
 */
bool sipalg_may_log(const struct sipalg_net *sn);

/**
 * sipalg_count() - count one event
 * @sn: namespace
 * @stat: the counter, below SIPALG_STAT_COUNT
 *
 * Context: any.
 */
static inline void sipalg_count(struct sipalg_net *sn, enum sipalg_stat stat)
{
	this_cpu_inc(sn->counters->n[stat]);
}

/**
 * sipalg_settings_of() - find the settings in force
 * @sn: namespace
 *
 * Context: under rcu_read_lock().
 * Return: the settings, valid as long as the lock is held; never NULL.
 */
static inline const struct sipalg_settings *sipalg_settings_of(const struct sipalg_net *sn)
{
	return rcu_dereference(sn->settings);
}

#endif /* _SIPALG_NET_H */
