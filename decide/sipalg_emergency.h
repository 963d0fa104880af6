/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_emergency: emergency calls, which may exceed each limit by a number of their own.
 */
#ifndef _SIPALG_EMERGENCY_H
#define _SIPALG_EMERGENCY_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_is_emergency() - ask whether a message is an INVITE from inside to an emergency service
 * @ctx: context of a message of which at least the start line was read
 *
 * The Request-URI is urn:service:sos or a service below it (RFC 5031), or it has a number of
 * emergency_numbers as the user of a sip: or sips: URI or as the number of a tel: URI.
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true where it is.
 */
bool sipalg_is_emergency(const struct sipalg_ctx *ctx);

#endif /* _SIPALG_EMERGENCY_H */
