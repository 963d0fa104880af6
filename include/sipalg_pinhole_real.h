/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_real: the pinholes of one inside port.
 *
 * Packets that a host sends first find their pinhole here.  Under NAT a host may name one port in
 * as many calls as it likes, so of each port the newest SIPALG_PINHOLES_OF_PORT are found, and no
 * walk is longer (security.md B1).  What another host has named (inside_media) is the first that
 * is found no longer.  The others work on for what comes in.
 *
 * The first half is for sipalg_pinhole.c.
 */
#ifndef _SIPALG_PINHOLE_REAL_H
#define _SIPALG_PINHOLE_REAL_H

#include "sipalg_pinhole.h"

enum { SIPALG_PINHOLES_OF_PORT = 16 };

int sipalg_pinhole_real_setup(struct sipalg_net *sn);
void sipalg_pinhole_real_teardown(struct sipalg_net *sn);

/* A pinhole can be found by its real side.  Return: 0 or -ENOMEM. */
int sipalg_pinhole_real_add(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/* It cannot any more; nor could it, perhaps. */
void sipalg_pinhole_real_rm(struct sipalg_net *sn, struct sipalg_pinhole *pin);

/* RTCP comes to the odd port above RTP's: both are in one place, for they are looked up together */
static inline u32 sipalg_pinhole_key_hash(const void *data, u32 len, u32 seed)
{
	const struct sipalg_pinhole_key *key = data;

	return sipalg_hash_addr(&key->addr, (u32)key->zone << 16 | (key->port & ~1U),
				seed ^ key->proto);
}

static inline bool sipalg_pinhole_keys_differ(const struct sipalg_pinhole_key *a,
					      const struct sipalg_pinhole_key *b)
{
	sipalg_step();
	return a->port != b->port || a->zone != b->zone || a->proto != b->proto ||
	       !sip_addr_equal(&a->addr, &b->addr);
}

/**
 * sipalg_pinhole_by_real() - the pinhole that a packet from a host belongs to
 * @sn: namespace
 * @key: the host's address and port
 * @peer: where the packet goes
 *
 * A host may use one port for several streams; the one whose peer was announced
 * at @peer is meant.
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the pinhole or NULL.
 */
struct sipalg_pinhole *sipalg_pinhole_by_real(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key,
					      const struct sip_endpoint *peer);

/**
 * sipalg_pinhole_outward() - the same, where the packet goes to that very peer
 * @sn: namespace
 * @key: the host's address and port
 * @peer: where the packet goes
 *
 * docs/security.md B6: to the announced endpoint, or to another port of the announced address
 * from which something has come in.
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the pinhole or NULL.
 */
struct sipalg_pinhole *sipalg_pinhole_outward(struct sipalg_net *sn,
					      const struct sipalg_pinhole_key *key,
					      const struct sip_endpoint *peer);

/* Whether a host has published it for media: its own or a mapped one.  Context: under RCU. */
bool sipalg_pinhole_is_published(struct sipalg_net *sn, const struct sipalg_pinhole_key *key);

/**
 * sipalg_pinhole_signalling() - the signalling pinhole of a host's port
 * @sn: namespace
 * @real: the host's address and port
 * @mapped: where it is published; with port 0, at whatever port of that address
 *
 * Context: under rcu_read_lock(), as long as the result is used.
 * Return: the pinhole or NULL.
 */
struct sipalg_pinhole *sipalg_pinhole_signalling(struct sipalg_net *sn,
						 const struct sipalg_pinhole_key *real,
						 const struct sip_endpoint *mapped);

#endif /* _SIPALG_PINHOLE_REAL_H */
