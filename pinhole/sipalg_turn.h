/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_turn: which pinholes wait on a flow, and which wait ends for another pinhole.
 *
 * The kernel counts the expectations of a class and flow in one byte; sipalg_pinhole.h says how RTP
 * and RTCP share these places.  The RTCP pinholes that wait on a flow are kept here in two rows,
 * the oldest first.  An RTCP pinhole is in the early row until its RTP comes, then in the due row.
 * So the wait that ends is the first of a row, and no function walks over all that wait
 * (security.md B1).
 *
 * The kernel ends an expectation without telling us, so a pinhole in a row may wait no longer.
 * Such a pinhole leaves its row when it is first and a search looks at it.  A search looks at no
 * more than SIPALG_TURN_LOOKS pinholes.
 *
 * These functions are for sipalg_pinhole.c and sipalg_pinhole_expect.c.
 */
#ifndef _SIPALG_TURN_H
#define _SIPALG_TURN_H

#include "sipalg_pinhole.h"

enum { SIPALG_TURN_LOOKS = 16 };	/* pinholes that one search looks at */

/**
 * sipalg_turn_setup() - make the table of rows of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0 on success; -ENOMEM: there is no memory.
 */
int sipalg_turn_setup(struct sipalg_net *sn);

/**
 * sipalg_turn_teardown() - free the table of rows of a namespace
 * @sn: namespace; no pinhole waits
 *
 * Context: process context.
 */
void sipalg_turn_teardown(struct sipalg_net *sn);

/**
 * sipalg_turn_begin() - lock the table, before a class is chosen
 * @sn: namespace
 *
 * The lock is held until the expectation is made, so the count of a class stays true.
 *
 * Context: any but hard interrupt; the lock of one pinhole may be held.
 */
void sipalg_turn_begin(struct sipalg_net *sn);

/**
 * sipalg_turn_end() - unlock the table, after the expectation was made
 * @sn: namespace
 *
 * Context: after sipalg_turn_begin().
 */
void sipalg_turn_end(struct sipalg_net *sn);

/**
 * sipalg_turn_class() - choose a class in which one more pinhole may wait
 * @sn: namespace
 * @pin: pinhole that is to wait
 * @master: signalling connection, which has a helper
 *
 * Where all classes of @pin are full, and @pin may end the wait of another pinhole, that wait ends.
 *
 * Context: between sipalg_turn_begin() and sipalg_turn_end(), under the lock of @pin; the function
 * takes nf_conntrack_expect_lock.
 * Return: the class, an enum sipalg_pinhole_class; -ENOSPC: all classes of @pin are full.
 */
int sipalg_turn_class(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master);

/**
 * sipalg_turn_wait() - put a pinhole that waits now into the row of its flow
 * @sn: namespace
 * @pin: pinhole; nothing is done unless it is for RTCP
 * @master: signalling connection
 *
 * Without memory the pinhole is in no row: then its wait never ends for another pinhole.
 *
 * Context: between sipalg_turn_begin() and sipalg_turn_end(), under the lock of @pin.
 */
void sipalg_turn_wait(struct sipalg_net *sn, struct sipalg_pinhole *pin,
		      const struct nf_conn *master);

/**
 * sipalg_turn_due() - mark a pinhole as due: its RTP has come
 * @sn: namespace
 * @pin: pinhole for RTCP; it may be due already
 *
 * Context: under the lock of @pin; the function takes the lock of the table.
 */
void sipalg_turn_due(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_turn_leave() - take a pinhole that waits no longer out of its row
 * @sn: namespace
 * @pin: pinhole, which may be in no row; nothing is done unless it is for RTCP
 *
 * Context: under the lock of @pin; the function takes the lock of the table.
 */
void sipalg_turn_leave(struct sipalg_net *sn, struct sipalg_pinhole *pin);

#endif /* _SIPALG_TURN_H */
