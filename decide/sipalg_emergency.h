/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_emergency: calls for help, which have a measure of their own over each limit.
 */
#ifndef _SIPALG_EMERGENCY_H
#define _SIPALG_EMERGENCY_H

#include <linux/types.h>

struct sipalg_ctx;

/**
 * sipalg_is_emergency() - is this an INVITE from inside to an emergency service?
 * @ctx: at least the start line of its message is read
 *
 * urn:service:sos and what is below it (RFC 5031), and the numbers of emergency_numbers as the
 * user of a sip: or sips: URI or the number of a tel: URI.
 *
 * Return: whether it is.
 */
bool sipalg_is_emergency(const struct sipalg_ctx *ctx);

#endif /* _SIPALG_EMERGENCY_H */
