/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_hooks: the netfilter hooks of this module, before routing.
 *
 * One hook relates media that a host sends first to its call, and drops the messages of a flood
 * early.  The other hook is there with auto_attach=1, and gives SIP connections the helper without
 * a rule.  A packet that is neither costs one or two comparisons.
 */
#ifndef _SIPALG_HOOKS_H
#define _SIPALG_HOOKS_H

#include <linux/types.h>
#include <linux/netfilter/nf_conntrack_common.h>

struct net;
struct nf_conn;
struct nf_conntrack_helper;
struct sipalg_net;
struct sk_buff;

/**
 * sipalg_hooks_setup() - register the hooks for media and floods
 * @net: namespace
 *
 * Context: process context.
 * Return: 0; or the error of nf_register_net_hooks(): then no hook is registered.
 */
int sipalg_hooks_setup(struct net *net);

/**
 * sipalg_hooks_teardown() - unregister the hooks for media and floods
 * @net: namespace
 *
 * Context: process context.
 */
void sipalg_hooks_teardown(struct net *net);

/**
 * sipalg_attach() - switch auto_attach of a namespace on or off
 * @sn: namespace
 * @on: true: register the hooks; false: unregister them
 *
 * Context: process context.
 * Return: 0; where @on is true also the error of nf_ct_netns_get() or nf_register_net_hooks(): then
 * no hook is registered.
 */
int sipalg_attach(struct sipalg_net *sn, bool on);

#endif /* _SIPALG_HOOKS_H */
