// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole_peer: the endpoint that the other side has announced for a pinhole.  See
 * sipalg_pinhole_peer.h.
 */
#include <net/netfilter/nf_conntrack_core.h>

#include "sipalg_compat.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_expect_internal.h"
#include "sipalg_pinhole_peer.h"

/* The peer is known now, and strangers may have used up the expectation that waited for it. */
static void wait_for_peer(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conn *master;

	lockdep_assert_held(&pin->lock);
	if (!pin->is_armed || pin->has_come || sipalg_pinhole_expect_waits(sn, pin)) {
		sipalg_pinhole_drop_shadow(sn, pin);
		return;
	}
	master = sipalg_pinhole_master_get(sn, pin);
	if (!master)
		return;
	if (pin->rearms == SIPALG_PINHOLE_REARMS) {
		sipalg_pinhole_set_source(sn, pin, &sipalg_pinhole_origin(pin)->addr);
		pin->is_narrowed = true;
	}
	sipalg_pinhole_expect_add(sn, pin, master);
	nf_ct_put(master);
}

/*
 * A peer that was announced by one of our own mapped endpoints is inside, and its packets come from
 * its real endpoint.
 */
static struct sip_endpoint comes_from(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
				      const struct sip_endpoint *peer)
{
	struct sipalg_pinhole_key key = pin->mapped;
	struct sip_endpoint from = *peer;
	struct sipalg_pinhole *other;

	key.addr = peer->addr;
	key.port = peer->port;
	rcu_read_lock();
	other = sipalg_pinhole_by_mapped(sn, &key);
	if (other && other->is_nat)
		from = (struct sip_endpoint){ other->real.addr, other->real.port };
	rcu_read_unlock();
	return from;
}

/* Without memory the peer counts as outside, and comes from its announced endpoint. */
static void set_origin(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sip_endpoint from = comes_from(sn, pin, &pin->peer);
	bool is_elsewhere = !sip_endpoint_equal(&from, &pin->peer);
	struct sipalg_pinhole_more *more = is_elsewhere ? sipalg_pinhole_more_get(pin) : pin->more;

	lockdep_assert_held(&pin->lock);
	if (more)
		more->comes_from = is_elsewhere ? from : (struct sip_endpoint){};
}

void sipalg_pinhole_set_peer(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct sip_addr *addr, u16 port)
{
	struct sip_endpoint peer = { *addr, port };
	const struct sipalg_pinhole_conn *conn;
	bool is_new;
	u32 i;

	spin_lock_bh(&pin->lock);
	is_new = !sip_endpoint_equal(&pin->peer, &peer);
	pin->peer = peer;
	if (is_new) {
		set_origin(sn, pin);
		pin->has_come = false;
		for (i = 0; (conn = sipalg_pinhole_conn_at(pin, i)); i++) {
			sipalg_step();
			pin->has_come |= conn->is_used &&
					 sipalg_pinhole_conn_is_with_peer(pin, conn);
		}
		if (pin->is_narrowed)
			sipalg_pinhole_set_source(sn, pin, &sipalg_pinhole_origin(pin)->addr);
		wait_for_peer(sn, pin);
	}
	spin_unlock_bh(&pin->lock);
}
SIPALG_EXPORT_TEST(sipalg_pinhole_set_peer);

struct sip_addr sipalg_pinhole_comes_from(struct sipalg_pinhole *pin)
{
	struct sip_addr addr;

	spin_lock_bh(&pin->lock);
	addr = sipalg_pinhole_origin(pin)->addr;
	spin_unlock_bh(&pin->lock);
	return addr;
}

struct sip_endpoint sipalg_pinhole_peer(struct sipalg_pinhole *pin)
{
	struct sip_endpoint peer;

	spin_lock_bh(&pin->lock);
	peer = pin->peer;
	spin_unlock_bh(&pin->lock);
	return peer;
}
SIPALG_EXPORT_TEST(sipalg_pinhole_peer);
