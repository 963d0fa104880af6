/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_helpers: the four helper objects of the kernel, one for each of IPv4 and IPv6 and each of
 * UDP and TCP.
 */
#ifndef _SIPALG_HELPERS_H
#define _SIPALG_HELPERS_H

#include <linux/types.h>
#include <linux/netfilter/nf_conntrack_common.h>

struct nf_conn;
struct nf_conntrack_helper;
struct sk_buff;

/* The function that nf_confirm() calls for each packet of a connection that has the helper. */
typedef int sipalg_help_fn(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
			   enum ip_conntrack_info ctinfo);

/**
 * sipalg_helpers_start() - register the four helpers
 * @help: the function that gives the verdicts
 *
 * Context: process context, once.
 * Return: 0; or the error of nf_conntrack_helpers_register(): then none is registered.
 */
int sipalg_helpers_start(sipalg_help_fn *help);

/**
 * sipalg_helpers_withhold() - have auto_attach give the helper to no new connection
 *
 * Context: process context, before sipalg_helpers_stop().
 */
void sipalg_helpers_withhold(void);

/**
 * sipalg_helpers_stop() - unregister the four helpers, and take them from all connections
 *
 * Context: process context.
 */
void sipalg_helpers_stop(void);

/**
 * sipalg_helper_of() - find the helper object of the kernel
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 *
 * Context: any.
 * Return: the object, or NULL while the helpers are not registered.
 */
struct nf_conntrack_helper *sipalg_helper_of(u8 family, u8 proto);

/**
 * sipalg_conn_is_ours() - ask whether a connection has this helper
 * @ct: the connection
 *
 * Context: under rcu_read_lock().
 * Return: true where it has.
 */
bool sipalg_conn_is_ours(const struct nf_conn *ct);

#endif /* _SIPALG_HELPERS_H */
