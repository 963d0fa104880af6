/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_legacy_internal: what sipalg_legacy_expect.c needs of the table of legacies.
 */
#ifndef _SIPALG_LEGACY_INTERNAL_H
#define _SIPALG_LEGACY_INTERNAL_H

#include "sipalg_legacy.h"

/**
 * struct sipalg_legacy_find - what a look has found at a mapped port
 * @conn: original tuple of the connection that leads there; NULL: an expectation leads there
 * @master: its signalling connection
 * @is_signalling: requests and calls come in there, and no media
 * @lets_any: the expectation lets in any host
 */
struct sipalg_legacy_find {
	const struct nf_conntrack_tuple *conn;
	const struct nf_conn *master;
	bool is_signalling;
	bool lets_any;
};

/**
 * sipalg_legacy_found() - a look has found where a mapped port leads
 * @sn: namespace
 * @mapped: mapped address and port
 * @real: endpoint of the host; port 0: its port is lost, and what led there is removed
 * @find: what leads there
 *
 * A port that has a pinhole is no legacy.  Without memory the port is not noted.
 *
 * Context: a look, under rcu_read_lock(), with bottom halves off.
 */
void sipalg_legacy_found(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			 const struct sip_endpoint *real, const struct sipalg_legacy_find *find);

/**
 * sipalg_legacy_real() - where does a mapped port lead, by what looks have found?
 * @sn: namespace
 * @mapped: mapped address and port
 * @master: signalling connection that must be that of the port
 * @real: set to the endpoint of the host
 *
 * Context: a look, under rcu_read_lock().
 * Return: true: @real is set; false: it is not known, or the port leads to several hosts, or
 * belongs to another signalling connection.
 */
bool sipalg_legacy_real(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
			const struct nf_conn *master, struct sip_endpoint *real);

#endif /* _SIPALG_LEGACY_INTERNAL_H */
