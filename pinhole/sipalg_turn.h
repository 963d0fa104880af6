/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_turn: which pinhole waits on a flow, and which gives way.
 *
 * The kernel counts the expectations of a class and flow in one byte; sipalg_pinhole.h says how RTP
 * and RTCP share what there is.  The RTCP pinholes that wait on a flow are kept here in two rows,
 * the oldest first: those whose RTP pinhole still waits, and those that are due.  So the one that
 * gives way stands in front, and no function walks over all that wait (security.md B1).
 *
 * The kernel ends expectations without a word, so who stands in a row may wait no longer.  Such
 * are looked at when they are in front, and leave; of one message no more than SIPALG_TURN_LOOKS.
 *
 * All of this is for sipalg_pinhole.c, under the lock of the pinhole at hand, and for what is said
 * of a flow between sipalg_turn_begin() and sipalg_turn_end().
 */
#ifndef _SIPALG_TURN_H
#define _SIPALG_TURN_H

#include "sipalg_pinhole.h"

enum { SIPALG_TURN_LOOKS = 16 };

int sipalg_turn_setup(struct sipalg_net *sn);
void sipalg_turn_teardown(struct sipalg_net *sn);

/* From counting what waits to adding to it. */
void sipalg_turn_begin(struct sipalg_net *sn);
void sipalg_turn_end(struct sipalg_net *sn);

/**
 * sipalg_turn_class() - a class in which one more may wait
 * @sn: namespace, between _begin and _end
 * @pin: the one that is to wait
 * @master: the signalling connection
 *
 * Where all are full, and @pin may have another one end for it, that is done.
 *
 * Return: the class; -ENOSPC.
 */
int sipalg_turn_class(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master);

/* It waits now on that flow.  Between _begin and _end. */
void sipalg_turn_wait(struct sipalg_net *sn, struct sipalg_pinhole *pin,
		      const struct nf_conn *master);

/* It is due from now on. */
void sipalg_turn_due(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/* It waits no longer.  May be said again. */
void sipalg_turn_leave(struct sipalg_net *sn, struct sipalg_pinhole *pin);

#endif /* _SIPALG_TURN_H */
