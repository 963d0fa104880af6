/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_shut: pinholes that are shut, and wait for the rest of their end.
 *
 * A call often ends with a message, and each of its pinholes has connections, places in two tables
 * and a host that is charged.  To end all that takes longer than the message itself.  So the
 * message ends the expectations alone.  The pinholes are put into a list here, and a work item ends
 * the rest SIPALG_SHUT_MS later, of all calls that have ended meanwhile.  Nobody waits for the work
 * item: who needs the port of such a pinhole ends the rest of this one, and who needs room ends the
 * rest of all (sipalg_pinhole.c).
 *
 * The list is first in, first out: RTP is freed before its RTCP.  It has an end: with
 * SIPALG_SHUT_MAX pinholes in it, the next one is ended at once.
 *
 * The lock of the list may be taken while the lock of a pinhole is held, never the other way round.
 * These functions are for sipalg_pinhole.c.
 */
#ifndef _SIPALG_PINHOLE_SHUT_H
#define _SIPALG_PINHOLE_SHUT_H

#include <linux/workqueue.h>

#include "sipalg_pinhole.h"

enum {
	SIPALG_SHUT_MS	= 20,	/* milliseconds that a pinhole waits */
	SIPALG_SHUT_MAX	= 512,	/* pinholes of a namespace that wait */
};

/**
 * struct sipalg_shut_list - the pinholes of a namespace that wait for the rest of their end
 * @sn: namespace
 * @lock: guards @waiting and @n
 * @waiting: pinholes, the one that was shut first in front
 * @n: number of pinholes in @waiting; read without the lock too
 * @delay: jiffies that they wait; only tests set it
 * @work: ends their rest; it is pending or runs whenever @waiting is not empty
 */
struct sipalg_shut_list {
	struct sipalg_net *sn;
	spinlock_t lock;
	struct list_head waiting;
	u32 n;
	unsigned long delay;
	struct delayed_work work;
};

/**
 * sipalg_shut_setup() - make the list of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0 on success; -ENOMEM: there is no memory.
 */
int sipalg_shut_setup(struct sipalg_net *sn);

/**
 * sipalg_shut_teardown() - end what waits in a namespace, and free the list
 * @sn: namespace, in which no packet is under way; its tables are still there
 *
 * Context: process context.
 */
void sipalg_shut_teardown(struct sipalg_net *sn);

/**
 * sipalg_shut_add() - let a pinhole wait
 * @sn: namespace
 * @pin: pinhole without an owner and without an expectation
 *
 * Context: softirq or BH; the lock of @pin is held.
 * Return: true: sipalg_pinhole_bury() is called for @pin later; false: the list is full, and the
 * caller ends the rest of @pin itself.
 */
bool sipalg_shut_add(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_shut_drain() - end the rest of all pinholes that wait
 * @sn: namespace
 *
 * Context: any but hard interrupt; no lock of a pinhole is held.
 * Return: true: some waited, so there is more room now; false: none waited.
 */
bool sipalg_shut_drain(struct sipalg_net *sn);

#endif /* _SIPALG_PINHOLE_SHUT_H */
