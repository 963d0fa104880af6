/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_pinhole_conns: the connections of a pinhole, and those that stand in its way.
 *
 * They are not pointed at: the kernel ends them at will, so each time they are looked up by
 * their original tuple.  All of this is for sipalg_pinhole.c, under the pinhole's lock unless said
 * otherwise; none of it touches expectations.
 */
#ifndef _SIPALG_PINHOLE_CONNS_H
#define _SIPALG_PINHOLE_CONNS_H

#include "sipalg_pinhole.h"

/* The signalling connection, referenced, or NULL: it is gone, or not ours any more. */
struct nf_conn *sipalg_pinhole_master_get(struct sipalg_net *sn, const struct sipalg_pinhole *pin);

/* One that began before the pinhole was there, and would keep it from its packets, goes. */
void sipalg_pinhole_drop_shadow(struct sipalg_net *sn, const struct sipalg_pinhole *pin);

/* Room for what few pinholes need, made where there is none; NULL: no memory. */
struct sipalg_pinhole_more *sipalg_pinhole_more_get(struct sipalg_pinhole *pin);

/* With the pinhole; the lock is not needed. */
void sipalg_pinhole_more_free(struct sipalg_pinhole *pin);

/* Another than its host holds it.  Before others see it.  Return: whether there was memory. */
bool sipalg_pinhole_set_charged(struct sipalg_pinhole *pin, const struct sip_addr *charged);

/* Who holds it. */
static inline const struct sip_addr *sipalg_pinhole_charged(const struct sipalg_pinhole *pin)
{
	return pin->more && pin->more->charged.family ? &pin->more->charged : &pin->real.addr;
}

int sipalg_pinhole_conns_module_init(void);
void sipalg_pinhole_conns_module_exit(void);

/* Where packets of the announced peer come from: as announced, or where he is inside. */
static inline const struct sip_endpoint *sipalg_pinhole_origin(const struct sipalg_pinhole *pin)
{
	return pin->more && pin->more->comes_from.addr.family ? &pin->more->comes_from :
								&pin->peer;
}

/* The places for connections, used or not, from the newest on; NULL: there is none with that @i. */
static inline struct sipalg_pinhole_conn *sipalg_pinhole_conn_at(struct sipalg_pinhole *pin, u32 i)
{
	if (!i)
		return &pin->conn;
	return pin->more && i < SIPALG_PINHOLE_CONNS ? &pin->more->conn[i - 1] : NULL;
}

/* The connection of that place, referenced, or NULL. */
struct nf_conn *sipalg_pinhole_conn_lookup(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
					   const struct sipalg_pinhole_conn *conn);

/*
 * A connection more, from the real or to the mapped side.  Over SIPALG_PINHOLE_CONNS the oldest is
 * known no longer, and without memory the one before.  Return: whether it is with the peer.
 */
bool sipalg_pinhole_conn_add(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct nf_conn *ct);

/* Whether a connection is one with the announced peer. */
bool sipalg_pinhole_conn_is_with_peer(const struct sipalg_pinhole *pin,
				      const struct sipalg_pinhole_conn *conn);

/* how well a pinhole fits a packet of its host */
enum sipalg_pinhole_fit {
	SIPALG_PINHOLE_FITS_NOT,
	SIPALG_PINHOLE_FITS_HOST,		/* it goes to the announced address */
	SIPALG_PINHOLE_FITS_ENDPOINT,	/* to the endpoint, or to where something came from */
};

enum sipalg_pinhole_fit sipalg_pinhole_fit_of(struct sipalg_pinhole *pin,
					      const struct sip_endpoint *peer);

/* Adds what came through a connection that still exists. */
void sipalg_pinhole_conn_heard(const struct sipalg_pinhole_conn *conn, const struct nf_conn *ct,
			       struct sipalg_pinhole_heard *heard);

/* The pinhole closes: its connections end as @end says. */
void sipalg_pinhole_conns_end(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			      enum sipalg_pinhole_end end);

/**
 * sipalg_pinhole_conns_sample() - look after the connections
 * @sn: namespace
 * @pin: the pinhole
 * @silence_s: a connection that was silent for so long ends; 0: never
 * @heard: out: jiffies of the last packet, by the grain of these calls; 0: there is none
 *
 * Return: whether a connection with the announced peer will stay for a while.
 */
bool sipalg_pinhole_conns_sample(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 silence_s,
				 unsigned long *heard);

#endif /* _SIPALG_PINHOLE_CONNS_H */
