/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_hooks: the netfilter hooks of our own, for the first packet of a connection.
 *
 * One relates media that a host sends first to its call; the other, on demand, gives
 * SIP connections the helper without a rule.  Every later packet costs a comparison.
 */
#ifndef _SIPALG_HOOKS_H
#define _SIPALG_HOOKS_H

#include <linux/types.h>

struct net;
struct nf_conntrack_helper;
struct sipalg_net;

/* Hooks for media.  Process context.  Return: 0 or -errno. */
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

/*
 * The kernel's object of our helper for NFPROTO_IPV4 or NFPROTO_IPV6 and IPPROTO_UDP or
 * IPPROTO_TCP, while it is registered.
 */
struct nf_conntrack_helper *sipalg_helper_of(u8 family, u8 proto);

#endif /* _SIPALG_HOOKS_H */
