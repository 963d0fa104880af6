// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_netns: sets up and tears down namespaces.  See sipalg_netns.h.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>

#include "sipalg_binding.h"
#include "sipalg_call.h"
#include "sipalg_call_list.h"
#include "sipalg_call_timer.h"
#include "sipalg_compat.h"
#include "sipalg_hooks.h"
#include "sipalg_legacy.h"
#include "sipalg_legacy_expect.h"
#include "sipalg_net.h"
#include "sipalg_netns.h"
#include "sipalg_pinhole.h"
#include "sipalg_quota.h"
#include "sipalg_source.h"
#include "sipalg_stream.h"

static void gc_work(struct work_struct *work)
{
	struct sipalg_net *sn = container_of(to_delayed_work(work), struct sipalg_net, gc);

	bool more = sipalg_call_gc(sn);

	more |= sipalg_legacy_gc(sn);
	more |= sipalg_binding_gc(sn);
	more |= sipalg_stream_gc(sn);
	if (more)
		sipalg_gc_soon(sn);
}

/* Handles "end ID", written to the list of calls. */
static int __maybe_unused calls_write(struct file *file, char *buf, size_t size)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(file->private_data));
	u32 id;

	if (strncmp(buf, "end ", 4) || kstrtou32(strim(buf + 4), 10, &id))
		return -EINVAL;
	return sipalg_call_end_by_id(sn, id);
}

/* Handles "release ADDRESS", written to the list of sources. */
static int __maybe_unused sources_write(struct file *file, char *buf, size_t size)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(file->private_data));
	struct sip_addr addr;
	char *text;

	if (strncmp(buf, "release ", 8))
		return -EINVAL;
	text = strim(buf + 8);
	if (!sip_addr_parse(&addr, text, strlen(text)))
		return -EINVAL;
	return sipalg_source_release(sn, &addr);
}

static void remove_files(struct sipalg_net *sn)
{
	if (!sn->proc)
		return;
	remove_proc_subtree("sources", sn->proc);
	remove_proc_subtree("calls", sn->proc);
	remove_proc_subtree("bindings", sn->proc);
}

/* Makes the files of /proc.  SECURITY B11: a kernel without procfs has none. */
static int add_files(struct sipalg_net *sn)
{
	if (!SIPALG_HAS_PROC)
		return 0;
	if (!proc_create_net_data_write("calls", 0600, sn->proc, &sipalg_call_seq_ops, calls_write,
					sipalg_call_seq_size(), NULL) ||
	    !proc_create_net_data("bindings", 0400, sn->proc, &sipalg_binding_seq_ops,
				  sipalg_binding_seq_size(), NULL) ||
	    !proc_create_net_data_write("sources", 0600, sn->proc, &sipalg_source_seq_ops,
					sources_write, sizeof(struct seq_net_private), NULL))
		return -ENOMEM;
	return 0;
}

static int __net_init sipalg_net_init(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);
	int err;

	INIT_DELAYED_WORK(&sn->gc, gc_work);
	err = sipalg_net_setup(sn, net);
	if (err)
		return err;
	err = sipalg_source_setup(sn);
	if (err)
		goto teardown_net;
	err = sipalg_quota_setup(sn);
	if (err)
		goto teardown_sources;
	err = sipalg_pinhole_setup(sn);
	if (err)
		goto teardown_quotas;
	err = sipalg_legacy_setup(sn);
	if (err)
		goto teardown_pinholes;
	err = sipalg_call_setup(sn);
	if (err)
		goto teardown_legacies;
	err = sipalg_binding_setup(sn);
	if (err)
		goto teardown_calls;
	err = sipalg_stream_setup(sn);
	if (err)
		goto teardown_bindings;
	err = add_files(sn);
	if (err)
		goto remove_files;
	err = sipalg_hooks_setup(net);
	if (err)
		goto remove_files;
	err = sipalg_settings_start(sn);
	if (err)
		goto teardown_hooks;
	return 0;

teardown_hooks:
	sipalg_hooks_teardown(net);
	synchronize_rcu();	/* a packet may be in a hook */
remove_files:
	remove_files(sn);
	sipalg_stream_teardown(sn);
teardown_bindings:
	sipalg_binding_teardown(sn);
teardown_calls:
	sipalg_call_teardown(sn);
teardown_legacies:
	sipalg_legacy_teardown(sn);
teardown_pinholes:
	sipalg_pinhole_teardown(sn);
teardown_quotas:
	sipalg_quota_teardown(sn);
teardown_sources:
	sipalg_source_teardown(sn);
teardown_net:
	sipalg_net_teardown(sn);
	return err;
}

/* Hooks go first, as the kernel waits for a grace period between this and sipalg_net_exit(). */
static void __net_exit sipalg_net_pre_exit(struct net *net)
{
	sipalg_settings_stop(sipalg_pernet(net));
	sipalg_hooks_teardown(net);
}

/*
 * No packet is in the namespace any more: helpers, hooks and expectations are gone, or the
 * namespace has no devices.
 */
static void __net_exit sipalg_net_exit(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);

	cancel_delayed_work_sync(&sn->gc);
	remove_files(sn);
	sipalg_stream_teardown(sn);
	sipalg_binding_teardown(sn);
	sipalg_call_teardown(sn);
	sipalg_legacy_teardown(sn);
	sipalg_pinhole_teardown(sn);
	sipalg_quota_teardown(sn);
	sipalg_source_teardown(sn);
	sipalg_net_teardown(sn);
}

static struct pernet_operations sipalg_net_ops = {
	.init = sipalg_net_init,
	.pre_exit = sipalg_net_pre_exit,
	.exit = sipalg_net_exit,
	.id = &sipalg_net_id,
	.size = sizeof(struct sipalg_net),
};

int __init sipalg_netns_register(void)
{
	return register_pernet_subsys(&sipalg_net_ops);
}

void sipalg_netns_unregister(void)
{
	unregister_pernet_subsys(&sipalg_net_ops);
}
