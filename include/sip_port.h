/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_port: whether a port of a published address is anybody else's.
 *
 * Our own table knows what we have promised, and no more.  A pinhole takes the packets of
 * whoever had the port before: of a server on the router, of what the administrator has kept.
 */
#ifndef _SIP_PORT_H
#define _SIP_PORT_H

#include <linux/types.h>

struct sip_addr;
struct sip_pinhole_key;
struct sipalg_net;

/**
 * sip_port_is_kept() - whether nothing is to be published there
 * @sn: namespace
 * @port: host byte order
 *
 * By keep_ports, or net.ipv4.ip_local_reserved_ports, which is of both families.
 *
 * Context: under rcu_read_lock().
 * Return: whether it is so.
 */
bool sip_port_is_kept(struct sipalg_net *sn, u16 port);

/**
 * sip_port_is_bound() - whether a socket of the router waits for packets there
 * @sn: namespace
 * @at: the port, of an address that is published; its zone is not asked
 * @owner: whose packets shall come there: where that is the router, the sockets are its own
 *
 * Of UDP a socket that anybody may send to, whoever has made it (WireGuard's is one of the
 * kernel); of TCP one that listens.  Bound to that address, to all, or to the device that has it.
 * Those that are connected do not count: conntrack knows their packets before any expectation.
 *
 * Context: under rcu_read_lock().
 * Return: whether there is one.
 */
bool sip_port_is_bound(struct sipalg_net *sn, const struct sip_pinhole_key *at,
		       const struct sip_addr *owner);

#endif /* _SIP_PORT_H */
