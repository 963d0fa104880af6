/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_contact: the signalling pinholes of a call.
 *
 * Each function here wants the lock of the call, which sipalg_call_enter() has taken.
 */
#ifndef _SIPALG_CALL_CONTACT_H
#define _SIPALG_CALL_CONTACT_H

#include "sipalg_call.h"

/**
 * sipalg_call_has_contact() - is a pinhole one of the signalling pinholes of a call?
 * @call: call, locked
 * @pin: pinhole
 *
 * Context: the lock of @call is held.
 * Return: true: @pin belongs to the call; false: it does not.
 */
bool sipalg_call_has_contact(struct sipalg_call *call, const struct sipalg_pinhole *pin);

/**
 * sipalg_call_add_contact() - hand a signalling pinhole over to a call
 * @call: call, locked
 * @pin: pinhole; the call closes it when the call ends
 *
 * Context: the lock of @call is held.
 * Return: true: the call has the pinhole now; false: the call has SIPALG_CALL_CONTACTS pinholes, or
 * there is no memory, and the caller keeps @pin.
 */
bool sipalg_call_add_contact(struct sipalg_call *call, struct sipalg_pinhole *pin);

/**
 * sipalg_call_contact_rm() - close the signalling pinhole that a call got last
 * @sn: namespace
 * @call: call, locked, that has one
 * @end: SIPALG_PINHOLE_KEEP_CONNS or SIPALG_PINHOLE_KEEP_LATER
 *
 * Used by the files of calls alone.
 *
 * Context: the lock of @call is held.
 */
void sipalg_call_contact_rm(struct sipalg_net *sn, struct sipalg_call *call,
			    enum sipalg_pinhole_end end);

#endif /* _SIPALG_CALL_CONTACT_H */
