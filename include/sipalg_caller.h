/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_caller: the hosts that may call in through a signalling pinhole.
 *
 * The list is in struct sipalg_pinhole_more, and only pinholes that need a list have one.
 */
#ifndef _SIPALG_CALLER_H
#define _SIPALG_CALLER_H

#include "sipalg_pinhole.h"

/**
 * sipalg_pinhole_add_caller() - let one more address call in
 * @pin: open signalling pinhole
 * @addr: address to add; family 4 or 6
 *
 * An address that is in the list already is not added again.  Where the list has
 * SIPALG_PINHOLE_CALLERS addresses, the new address replaces the oldest.  Without memory the
 * address is not added; the next message that names the address tries again.
 *
 * Context: any but hard interrupt; the function takes the lock of @pin.
 */
void sipalg_pinhole_add_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr);

/**
 * sipalg_pinhole_has_caller() - may an address call in?
 * @pin: open signalling pinhole
 * @addr: address to look for
 *
 * Context: any but hard interrupt; the function takes the lock of @pin.
 * Return: true: @addr is in the list, or it is the only address that the expectation lets in;
 * false: it is neither, even where the expectation lets in any address.
 */
bool sipalg_pinhole_has_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr);

/**
 * sipalg_pinhole_leave_to_peers() - leave the pinhole of a registration to calls that share it
 * @pin: open signalling pinhole; its registration ends
 *
 * From now on the pinhole lets in the peers of calls: its source, or the addresses in the list.
 *
 * Context: any; no lock is needed.
 */
void sipalg_pinhole_leave_to_peers(struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_source_for() - choose the address that the next expectation lets in
 * @pin: signalling or media pinhole that is about to be armed
 * @want: its members source and is_for_peers are used
 *
 * The function also adds the peers of calls to the list, and sets is_for_peers of @pin.  For
 * sipalg_pinhole.c alone.
 *
 * Context: under the lock of @pin.
 * Return: the address, which is valid as long as @want and the lock; NULL: any address.
 */
const struct sip_addr *sipalg_pinhole_source_for(struct sipalg_pinhole *pin,
						 const struct sipalg_pinhole_want *want);

#endif /* _SIPALG_CALLER_H */
