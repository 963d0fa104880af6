/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_real: the table of pinholes by the address and port of their host.
 *
 * Packets that a host sends first find their pinhole here.  Under NAT a host may name one port in
 * any number of calls, so of each port the newest SIPALG_PINHOLES_OF_PORT pinholes are found, and
 * no walk is longer (security.md B1).  A pinhole that another host has named (inside_media)
 * leaves this table first.  A pinhole that left the table still works for packets that come in.
 *
 * The functions _setup, _teardown, _add and _rm are for sipalg_pinhole.c alone.
 */
#ifndef _SIPALG_PINHOLE_REAL_H
#define _SIPALG_PINHOLE_REAL_H

#include "sipalg_pinhole.h"

enum { SIPALG_PINHOLES_OF_PORT = 16 };	/* pinholes of one inside port that are found */

/**
 * sipalg_pinhole_real_setup() - make the table of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0 on success; -ENOMEM: there is no memory.
 */
int sipalg_pinhole_real_setup(struct sipalg_net *sn);

/**
 * sipalg_pinhole_real_teardown() - free the table of a namespace
 * @sn: namespace; its table is empty
 *
 * Context: process context.
 */
void sipalg_pinhole_real_teardown(struct sipalg_net *sn);

/**
 * sipalg_pinhole_real_add() - add a pinhole to the table
 * @sn: namespace
 * @pin: pinhole that is not in the table
 *
 * Where the port has too many pinholes then, one of them leaves the table.
 *
 * Context: any but hard interrupt; the function takes add_lock of the table.
 * Return: 0 on success; a negative errno, such as -ENOMEM: @pin is not in the table.
 */
int sipalg_pinhole_real_add(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_real_rm() - remove a pinhole from the table
 * @sn: namespace
 * @pin: pinhole, which may have left the table already
 *
 * Readers may still use @pin until a grace period of RCU has passed.
 *
 * Context: any but hard interrupt.
 */
void sipalg_pinhole_real_rm(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_key_hash() - hash of a key, in the form that rhashtable needs
 * @data: key, a struct sipalg_pinhole_key
 * @len: length of the key in bytes; not used
 * @seed: seed of the table
 *
 * RTP has an even port and its RTCP the odd port above.  Both have one hash, because both are
 * looked up together.
 *
 * Context: any.
 * Return: the hash, which is secret, as sipalg_hash_addr() gives it.
 */
static inline u32 sipalg_pinhole_key_hash(const void *data, u32 len, u32 seed)
{
	const struct sipalg_pinhole_key *key = data;

	return sipalg_hash_addr(&key->addr, (u32)key->zone << 16 | (key->port & ~1U),
				seed ^ key->proto);
}

/**
 * sipalg_pinhole_keys_differ() - do two keys differ?
 * @a: first key
 * @b: second key
 *
 * Context: any.
 * Return: true: address, port, zone or protocol differ; false: the keys are equal.
 */
static inline bool sipalg_pinhole_keys_differ(const struct sipalg_pinhole_key *a,
					      const struct sipalg_pinhole_key *b)
{
	sipalg_step();
	return a->port != b->port || a->zone != b->zone || a->proto != b->proto ||
	       !sip_addr_equal(&a->addr, &b->addr);
}

/**
 * sipalg_pinhole_by_real() - find the pinhole that a packet from a host belongs to
 * @sn: namespace
 * @key: address and port of the host
 * @peer: destination of the packet
 *
 * A host may use one port for several streams.  A pinhole with the announced endpoint @peer fits
 * best, and a pinhole with the announced address of @peer fits too.
 *
 * Context: under rcu_read_lock(), as long as the result is used; the function takes the locks of
 * pinholes, one at a time.
 * Return: the pinhole; NULL: no pinhole fits.
 */
struct sipalg_pinhole *sipalg_pinhole_by_real(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key,
					      const struct sip_endpoint *peer);

/**
 * sipalg_pinhole_outward() - find the pinhole of a packet from a host that goes to its very peer
 * @sn: namespace
 * @key: address and port of the host
 * @peer: destination of the packet
 *
 * docs/security.md B6: the packet goes to the announced endpoint, or to another port of the
 * announced address from which a packet has come in.
 *
 * Context: under rcu_read_lock(), as long as the result is used; the function takes the locks of
 * pinholes, one at a time.
 * Return: the pinhole; NULL: no pinhole fits.
 */
struct sipalg_pinhole *sipalg_pinhole_outward(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key,
					      const struct sip_endpoint *peer);

/**
 * sipalg_pinhole_is_published() - is an address and port published for media?
 * @sn: namespace
 * @key: mapped address and port, or the address and port of a host
 *
 * Context: under rcu_read_lock().
 * Return: true: a media pinhole has @key as its mapped or its real side; false: none has.
 */
bool sipalg_pinhole_is_published(struct sipalg_net *sn, const struct sipalg_pinhole_key *key);

/**
 * sipalg_pinhole_signalling() - find the signalling pinhole of a port of a host
 * @sn: namespace
 * @real: address and port of the host
 * @mapped: mapped address and port, host byte order; port 0: any port of the mapped address
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the pinhole; NULL: no signalling pinhole has these sides.
 */
struct sipalg_pinhole *sipalg_pinhole_signalling(struct sipalg_net *sn,
						 const struct sipalg_pinhole_key *real,
						 const struct sip_endpoint *mapped);

#endif /* _SIPALG_PINHOLE_REAL_H */
