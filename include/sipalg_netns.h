/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_netns: a namespace comes and goes: its tables, its files in /proc and its hooks.
 */
#ifndef _SIPALG_NETNS_H
#define _SIPALG_NETNS_H

#include <linux/init.h>

/**
 * sipalg_netns_register() - set up each namespace that is there, and those to come
 *
 * Context: process context, once.
 * Return: 0 or -errno: then no namespace is set up.
 */
int __init sipalg_netns_register(void);

/* Tears down each namespace.  Process context; no connection has the helper any more. */
void sipalg_netns_unregister(void);

#endif /* _SIPALG_NETNS_H */
