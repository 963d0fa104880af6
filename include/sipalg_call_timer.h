/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_timer: what time does to a call: the call ends, or renews its pinholes.
 */
#ifndef _SIPALG_CALL_TIMER_H
#define _SIPALG_CALL_TIMER_H

#include <linux/types.h>

struct nf_conn;
struct sipalg_call;
struct sipalg_net;

/**
 * sipalg_call_master() - what is remembered of a connection over which a call signals
 * @call: call, locked
 * @ct: connection
 *
 * Context: the lock of @call is held.
 * Return: the memory of @ct, which the call holds; NULL: the call does not signal over @ct.
 */
struct sipalg_master *sipalg_call_master(const struct sipalg_call *call, const struct nf_conn *ct);

/**
 * sipalg_call_gc() - end the calls that have timed out, and renew the pinholes of the others
 * @sn: namespace
 *
 * Looks at as many calls as sipalg_gc_share() says, in the order of their numbers.
 *
 * Context: process context; may sleep.
 * Return: true: a call is left; false: the table is empty.
 */
bool sipalg_call_gc(struct sipalg_net *sn);

#endif /* _SIPALG_CALL_TIMER_H */
