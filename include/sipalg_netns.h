/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_netns: sets up and tears down namespaces: their tables, files of /proc and hooks.
 */
#ifndef _SIPALG_NETNS_H
#define _SIPALG_NETNS_H

#include <linux/init.h>

/**
 * sipalg_netns_register() - set up each namespace that exists, and each that is made later
 *
 * Context: process context, once.
 * Return: 0; or the error of a setup: then no namespace is set up.
 */
int __init sipalg_netns_register(void);

/**
 * sipalg_netns_unregister() - tear down each namespace
 *
 * Context: process context; no connection has the helper any more.
 */
void sipalg_netns_unregister(void);

#endif /* _SIPALG_NETNS_H */
