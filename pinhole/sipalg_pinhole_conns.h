/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_conns: the connections of a pinhole, and connections that stand in its way.
 *
 * A pinhole has no pointers to its connections, because the kernel may end them at any time: each
 * time a connection is looked up by its original tuple.  No function here touches expectations.
 *
 * These functions are for the files of this folder.
 */
#ifndef _SIPALG_PINHOLE_CONNS_H
#define _SIPALG_PINHOLE_CONNS_H

#include "sipalg_pinhole.h"

/**
 * sipalg_pinhole_master_get() - find the signalling connection of a pinhole
 * @sn: namespace
 * @pin: pinhole
 *
 * Context: under the lock of @pin.
 * Return: the connection, for which nf_ct_put() is to follow; NULL: it does not exist, or
 * does not have our helper any more.
 */
struct nf_conn *sipalg_pinhole_master_get(struct sipalg_net *sn, const struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_drop_shadow() - delete connections that keep a pinhole from its packets
 * @sn: namespace
 * @pin: pinhole; nothing is done without NAT, or while the peer is not known
 *
 * Such a connection began before the pinhole was armed, or belongs to a call that has ended.
 *
 * Context: under the lock of @pin.
 */
void sipalg_pinhole_drop_shadow(struct sipalg_net *sn, const struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_more_get() - give a pinhole the members that few pinholes need
 * @pin: pinhole
 *
 * Context: under the lock of @pin; memory is allocated atomically.
 * Return: the members, all zero where they are new; they live as long as @pin; NULL: there is no
 * memory.
 */
struct sipalg_pinhole_more *sipalg_pinhole_more_get(struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_more_free() - free the members that few pinholes need
 * @pin: pinhole that is about to be freed
 *
 * Context: any but hard interrupt; nothing else sees @pin any more, so no lock is needed.
 */
void sipalg_pinhole_more_free(struct sipalg_pinhole *pin);

/**
 * sipalg_pinhole_set_charged() - charge a pinhole to another host than its own
 * @pin: new pinhole that nothing else sees yet
 * @charged: address of the host that is charged
 *
 * Context: any but hard interrupt; the function takes the lock of @pin.
 * Return: true: the host is set; false: there is no memory.
 */
bool sipalg_pinhole_set_charged(struct sipalg_pinhole *pin, const struct sip_addr *charged);

/**
 * sipalg_pinhole_charged() - the host that is charged for a pinhole
 * @pin: pinhole
 *
 * Context: under the lock of @pin.
 * Return: address of the host, which lives as long as @pin; never NULL.
 */
static inline const struct sip_addr *sipalg_pinhole_charged(const struct sipalg_pinhole *pin)
{
	return pin->more && pin->more->charged.family ? &pin->more->charged : &pin->real.addr;
}

/**
 * sipalg_pinhole_conns_module_init() - make the cache of struct sipalg_pinhole_more
 *
 * Context: process context, once.
 * Return: 0 on success; -ENOMEM: there is no memory.
 */
int sipalg_pinhole_conns_module_init(void);

/**
 * sipalg_pinhole_conns_module_exit() - free the cache of struct sipalg_pinhole_more
 *
 * Context: process context; no pinhole is left.
 */
void sipalg_pinhole_conns_module_exit(void);

/**
 * sipalg_pinhole_origin() - the endpoint that packets of the announced peer come from
 * @pin: pinhole
 *
 * That is the announced endpoint, or the real endpoint of a peer that is inside.
 *
 * Context: under the lock of @pin, as long as the result is used.
 * Return: the endpoint, never NULL; family 0: not known.
 */
static inline const struct sip_endpoint *sipalg_pinhole_origin(const struct sipalg_pinhole *pin)
{
	return pin->more && pin->more->comes_from.addr.family ? &pin->more->comes_from :
								&pin->peer;
}

/**
 * sipalg_pinhole_conn_at() - a place of a pinhole for a connection
 * @pin: pinhole
 * @i: number of the place; 0 is the place of the newest connection
 *
 * Context: under the lock of @pin, as long as the result is used.
 * Return: the place, in use or not; NULL: the pinhole has no place @i, and none after it.
 */
static inline struct sipalg_pinhole_conn *sipalg_pinhole_conn_at(struct sipalg_pinhole *pin, u32 i)
{
	if (!i)
		return &pin->conn;
	return pin->more && i < SIPALG_PINHOLE_CONNS ? &pin->more->conn[i - 1] : NULL;
}

/**
 * sipalg_pinhole_conn_lookup() - find the connection of a place
 * @sn: namespace
 * @pin: pinhole
 * @conn: place of @pin
 *
 * Context: under the lock of @pin.
 * Return: the connection, for which nf_ct_put() is to follow; NULL: the place is not in use, or
 * the connection does not exist any more.
 */
struct nf_conn *sipalg_pinhole_conn_lookup(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
					   const struct sipalg_pinhole_conn *conn);

/**
 * sipalg_pinhole_conn_add() - put a new connection into the places of a pinhole
 * @sn: namespace
 * @pin: pinhole
 * @ct: connection that comes from the real side, or to the mapped side
 *
 * Where no place is left, the oldest connection is forgotten.  Without memory the pinhole has one
 * place, and the connection before is forgotten.
 *
 * Context: under the lock of @pin.
 * Return: true: the other end of @ct is the announced peer; false: it is not.
 */
bool sipalg_pinhole_conn_add(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct nf_conn *ct);

/**
 * sipalg_pinhole_conn_is_with_peer() - is the announced peer the other end of a connection?
 * @pin: pinhole
 * @conn: place of @pin, in use
 *
 * Addresses are compared, and ports are not.
 *
 * Context: under the lock of @pin.
 * Return: true: the addresses are equal; false: they differ, or the peer is not known.
 */
bool sipalg_pinhole_conn_is_with_peer(const struct sipalg_pinhole *pin,
				      const struct sipalg_pinhole_conn *conn);

/**
 * enum sipalg_pinhole_fit - how well a pinhole fits a packet of its host
 * @SIPALG_PINHOLE_FITS_NOT: the packet goes to another address than that of the peer
 * @SIPALG_PINHOLE_FITS_HOST: the packet goes to the address of the peer, and to another port
 * @SIPALG_PINHOLE_FITS_ENDPOINT: the packet goes to the endpoint of the peer, or to a port of its
 *	address from which a packet has come in
 *
 * The values are in order: a greater value is a better fit.
 */
enum sipalg_pinhole_fit {
	SIPALG_PINHOLE_FITS_NOT,
	SIPALG_PINHOLE_FITS_HOST,
	SIPALG_PINHOLE_FITS_ENDPOINT,
};

/**
 * sipalg_pinhole_fit_of() - how well a pinhole fits a packet of its host
 * @pin: pinhole
 * @peer: destination of the packet; port in host byte order
 *
 * Context: under the lock of @pin.
 * Return: the fit, an enum sipalg_pinhole_fit.
 */
enum sipalg_pinhole_fit sipalg_pinhole_fit_of(struct sipalg_pinhole *pin,
					      const struct sip_endpoint *peer);

/**
 * sipalg_pinhole_conn_heard() - add the packets of a connection to the figures of a pinhole
 * @conn: place of a pinhole
 * @ct: connection of @conn, to which the caller holds a reference
 * @heard: in and out: figures so far, all zero at first
 *
 * Context: under the lock of the pinhole of @conn.
 */
void sipalg_pinhole_conn_heard(const struct sipalg_pinhole_conn *conn, const struct nf_conn *ct,
			       struct sipalg_pinhole_heard *heard);

/**
 * sipalg_pinhole_conns_end() - end the connections of a pinhole that closes
 * @sn: namespace
 * @pin: pinhole
 * @end: what becomes of the connections
 *
 * Context: under the lock of @pin.
 */
void sipalg_pinhole_conns_end(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			      enum sipalg_pinhole_end end);

/**
 * sipalg_pinhole_conns_sample() - look at the connections of a pinhole, and end silent ones
 * @sn: namespace
 * @pin: pinhole
 * @silence_s: seconds of silence after which a connection ends; 0: it never does
 * @heard: out: sipalg_now() of the last packet, by the grain of these calls; 0: no connection
 *
 * Context: under the lock of @pin; call it every few seconds.
 * Return: true: a connection with the announced peer has more than SIPALG_PINHOLE_NEAR_S seconds
 * left; false: no connection has.
 */
bool sipalg_pinhole_conns_sample(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 silence_s,
				 unsigned long *heard);

#endif /* _SIPALG_PINHOLE_CONNS_H */
