/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_timer: what time does to a call: it ends, or renews what it needs.
 */
#ifndef _SIPALG_CALL_TIMER_H
#define _SIPALG_CALL_TIMER_H

#include <linux/types.h>

struct nf_conn;
struct sipalg_call;
struct sipalg_net;

/**
 * sipalg_call_master() - the memory of a connection over which a call signals
 * @call: call, locked
 * @ct: connection
 *
 * Return: the memory, which the call holds; NULL: the call does not signal over @ct.
 */
struct sipalg_master *sipalg_call_master(const struct sipalg_call *call, const struct nf_conn *ct);

/**
 * sipalg_call_gc() - end what has expired, renew what lives
 * @sn: namespace
 *
 * Looks at as many calls as sipalg_gc_share() says, in the order of their numbers.
 *
 * Context: process context.
 * Return: whether there is a call left.
 */
bool sipalg_call_gc(struct sipalg_net *sn);

#endif /* _SIPALG_CALL_TIMER_H */
