/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_legacy_internal: what sipalg_legacy_expect.c needs of the table of legacies.
 */
#ifndef _SIPALG_LEGACY_INTERNAL_H
#define _SIPALG_LEGACY_INTERNAL_H

#include "sipalg_legacy.h"

/**
 * sipalg_legacy_found() - a look has found where a mapped port leads
 * @sn: namespace
 * @mapped: mapped address and port
 * @real: endpoint of the host
 * @conn: original tuple of the connection that leads there; NULL: an expectation leads there
 * @master: its signalling connection
 *
 * A port that has a pinhole is no legacy.  Without memory the port is not noted.
 *
 * Context: a look, under rcu_read_lock(), with bottom halves off.
 */
void sipalg_legacy_found(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			 const struct sip_endpoint *real, const struct nf_conntrack_tuple *conn,
			 const struct nf_conn *master);

/**
 * sipalg_legacy_real() - where does a mapped port lead, by what looks have found?
 * @sn: namespace
 * @mapped: mapped address and port
 * @real: set to the endpoint of the host
 *
 * Context: under rcu_read_lock().
 * Return: true: @real is set; false: it is not known, or the port leads to several hosts.
 */
bool sipalg_legacy_real(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			struct sip_endpoint *real);

#endif /* _SIPALG_LEGACY_INTERNAL_H */
