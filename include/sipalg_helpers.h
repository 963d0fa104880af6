/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_helpers: the four objects by which the kernel knows the helper: IPv4 and IPv6, UDP and TCP.
 */
#ifndef _SIPALG_HELPERS_H
#define _SIPALG_HELPERS_H

#include <linux/types.h>
#include <linux/netfilter/nf_conntrack_common.h>

struct nf_conn;
struct nf_conntrack_helper;
struct sk_buff;

/* What the kernel calls for each packet of a connection that has the helper; see nf_confirm(). */
typedef int sipalg_help_fn(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
			   enum ip_conntrack_info ctinfo);

/**
 * sipalg_helpers_start() - register the four helpers
 * @help: the function that gives the verdicts
 *
 * Context: process context, once.
 * Return: 0 or -errno: then none is registered.
 */
int sipalg_helpers_start(sipalg_help_fn *help);

/* No new connection gets the helper by auto_attach.  Process context, before the helpers stop. */
void sipalg_helpers_withhold(void);

/* Unregisters the helpers: no connection has one afterwards.  Process context. */
void sipalg_helpers_stop(void);

/**
 * sipalg_helper_of() - the kernel's object of our helper
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 *
 * Context: any.
 * Return: the object, or NULL while the helpers are not registered.
 */
struct nf_conntrack_helper *sipalg_helper_of(u8 family, u8 proto);

/**
 * sipalg_conn_is_ours() - has a connection this helper?
 * @ct: connection
 *
 * Context: under rcu_read_lock().
 * Return: whether it has.
 */
bool sipalg_conn_is_ours(const struct nf_conn *ct);

#endif /* _SIPALG_HELPERS_H */
