// SPDX-License-Identifier: GPL-2.0
/*
 * sip_port: ports that are somebody else's.  See sip_port.h.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip.h>

#include "sip_pinhole.h"
#include "sip_port.h"
#include "sipalg_compat.h"

bool sip_port_is_kept(struct sipalg_net *sn, u16 port)
{
	return sipalg_ranges_have(&sipalg_settings(sn)->keep_ports, port) ||
	       inet_is_local_reserved_port(sn->net, port);
}

/* The device that has the address, or NULL: it is not the router's. */
static const struct net_device *device_of(struct sipalg_net *sn, const struct sip_addr *addr)
{
	union nf_inet_addr a = sip_addr_to_inet(addr);

	if (addr->family == SIP_FAMILY_IPV4)
		return __ip_dev_find(sn->net, a.ip, false);
#if IS_ENABLED(CONFIG_IPV6)
	return ipv6_dev_find(sn->net, &a.in6, NULL);
#else
	return NULL;
#endif
}

bool sip_port_is_bound(struct sipalg_net *sn, const struct sip_pinhole_key *at,
		       const struct sip_addr *owner)
{
	const struct net_device *dev = device_of(sn, &at->addr);
	union nf_inet_addr addr = sip_addr_to_inet(&at->addr);

	if (!dev || device_of(sn, owner))
		return false;
	if (at->addr.family == SIP_FAMILY_IPV4)
		return sipalg_socket_is_bound(sn->net, at->proto, addr.ip, at->port, dev->ifindex);
	return sipalg_socket6_is_bound(sn->net, at->proto, &addr.in6, at->port, dev->ifindex);
}
