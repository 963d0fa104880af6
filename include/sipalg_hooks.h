/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_hooks: the netfilter hooks of our own, before routing.
 *
 * One relates media that a host sends first to its call, and drops early what a flood
 * brings; the other, on demand, gives SIP connections the helper without a rule.  Every
 * packet that is neither costs a comparison or two.
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

/* Hooks for media and floods.  Process context.  Return: 0 or -errno. */
int sipalg_hooks_setup(struct net *net);
void sipalg_hooks_teardown(struct net *net);

/**
 * sipalg_attach() - auto_attach of a namespace goes on or off
 * @sn: namespace
 * @on: which
 *
 * Context: process context.
 * Return: 0 or -errno; switching off does not fail.
 */
int sipalg_attach(struct sipalg_net *sn, bool on);

#endif /* _SIPALG_HOOKS_H */
