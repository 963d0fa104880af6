/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_pinhole_conns: the connections of a pinhole, and those that stand in its way.
 *
 * They are not pointed at: the kernel ends them at will, so each time they are looked up by
 * their original tuple.  All of this is for sip_pinhole.c, under the pinhole's lock unless said
 * otherwise; none of it touches expectations.
 */
#ifndef _SIP_PINHOLE_CONNS_H
#define _SIP_PINHOLE_CONNS_H

#include "sip_pinhole.h"

/* The signalling connection, referenced, or NULL: it is gone, or not ours any more. */
struct nf_conn *sip_pinhole_master_get(struct sipalg_net *sn, const struct sip_pinhole *pin);

/* One that began before the pinhole was there, and would keep it from its packets, goes. */
void sip_pinhole_drop_shadow(struct sipalg_net *sn, const struct sip_pinhole *pin);

/* Room for what few pinholes need, made where there is none; NULL: no memory. */
struct sip_pinhole_more *sip_pinhole_more(struct sip_pinhole *pin);

/* With the pinhole; the lock is not needed. */
void sip_pinhole_more_free(struct sip_pinhole *pin);

/* Another than its host holds it.  Before others see it.  Return: whether there was memory. */
bool sip_pinhole_set_charged(struct sip_pinhole *pin, const struct sip_addr *charged);

/* Who holds it. */
static inline const struct sip_addr *sip_pinhole_charged(const struct sip_pinhole *pin)
{
	return pin->more && pin->more->charged.family ? &pin->more->charged : &pin->real.addr;
}

int sip_pinhole_conns_module_init(void);
void sip_pinhole_conns_module_exit(void);

/* Where packets of the announced peer come from: as announced, or where he is inside. */
static inline const struct sip_endpoint *sip_pinhole_origin(const struct sip_pinhole *pin)
{
	return pin->more && pin->more->comes_from.addr.family ? &pin->more->comes_from :
								&pin->peer;
}

/* The places for connections, used or not, from the newest on; NULL: there is none with that @i. */
static inline struct sip_pinhole_conn *sip_pinhole_conn_at(struct sip_pinhole *pin, u32 i)
{
	if (!i)
		return &pin->conn;
	return pin->more && i < SIP_PINHOLE_CONNS ? &pin->more->conn[i - 1] : NULL;
}

/* The connection of that place, referenced, or NULL. */
struct nf_conn *sip_pinhole_conn_lookup(struct sipalg_net *sn, const struct sip_pinhole *pin,
					const struct sip_pinhole_conn *conn);

/*
 * A connection more, from the real or to the mapped side.  Over SIP_PINHOLE_CONNS the oldest is
 * known no longer, and without memory the one before.  Return: whether it is with the peer.
 */
bool sip_pinhole_conn_add(struct sipalg_net *sn, struct sip_pinhole *pin,
			  const struct nf_conn *ct);

/* Whether a connection is one with the announced peer. */
bool sip_pinhole_conn_is_with_peer(const struct sip_pinhole *pin,
				   const struct sip_pinhole_conn *conn);

/* how well a pinhole fits a packet of its host */
enum sip_pinhole_fit {
	SIP_PINHOLE_FITS_NOT,
	SIP_PINHOLE_FITS_HOST,		/* it goes to the announced address */
	SIP_PINHOLE_FITS_ENDPOINT,	/* to the endpoint, or to where something came from */
};

enum sip_pinhole_fit sip_pinhole_fit_of(struct sip_pinhole *pin, const struct sip_endpoint *peer);

/* Adds what came through a connection that still exists. */
void sip_pinhole_conn_heard(const struct sip_pinhole_conn *conn, const struct nf_conn *ct,
			    struct sip_pinhole_heard *heard);

/* The pinhole closes: its connections end as @end says. */
void sip_pinhole_conns_end(struct sipalg_net *sn, struct sip_pinhole *pin,
			   enum sip_pinhole_end end);

/**
 * sip_pinhole_conns_sample() - look after the connections
 * @sn: namespace
 * @pin: the pinhole
 * @silence_s: a connection that was silent for so long ends; 0: never
 * @heard: out: jiffies of the last packet, by the grain of these calls; 0: there is none
 *
 * Return: whether a connection with the announced peer will stay for a while.
 */
bool sip_pinhole_conns_sample(struct sipalg_net *sn, struct sip_pinhole *pin, u32 silence_s,
			      unsigned long *heard);

#endif /* _SIP_PINHOLE_CONNS_H */
