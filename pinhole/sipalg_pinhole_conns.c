// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole_conns: the connections of a pinhole.  See sipalg_pinhole_conns.h.
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_expect_internal.h"

static struct kmem_cache *more_cache __read_mostly;

struct nf_conn *sipalg_pinhole_master_get(struct sipalg_net *sn, const struct sipalg_pinhole *pin)
{
	struct nf_conntrack_zone zone;

	nf_ct_zone_init(&zone, pin->mapped.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	return sipalg_master_conn_get(sn->net, &zone, &pin->master->tuple);
}

/*
 * Return: the connection with an original tuple, of any helper, for which nf_ct_put() is to
 * follow; NULL: it does not exist.
 */
static struct nf_conn *conn_get(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
				const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_zone zone;

	nf_ct_zone_init(&zone, pin->mapped.zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	h = nf_conntrack_find_get(sn->net, &zone, tuple);
	return h ? nf_ct_tuplehash_to_ctrack(h) : NULL;
}

/*
 * Return: the connection that begins with a packet from @from to @to, for which nf_ct_put() is to
 * follow; NULL: it does not exist.
 */
static struct nf_conn *conn_between(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
				    const struct sip_endpoint *from, const struct sip_endpoint *to)
{
	struct nf_conntrack_tuple tuple = {};

	tuple.src.l3num = sipalg_inet_nfproto(&from->addr);
	tuple.src.u3 = sipalg_inet_of_addr(&from->addr);
	tuple.src.u.all = htons(from->port);
	tuple.dst.u3 = sipalg_inet_of_addr(&to->addr);
	tuple.dst.u.all = htons(to->port);
	tuple.dst.protonum = pin->mapped.proto;
	return conn_get(sn, pin, &tuple);
}

/* Whether a connection from the host began before its published port was known. */
static bool began_before(const struct sipalg_pinhole *pin, const struct nf_conn *ct)
{
	struct sip_endpoint is = sipalg_inet_destination_of(&ct->tuplehash[IP_CT_DIR_REPLY].tuple);

	if (is.port == pin->real.port && sip_addr_equal(&is.addr, &pin->real.addr))
		return true;
	return !(ct->status & IPS_EXPECTED) &&
	       (is.port != pin->mapped.port || !sip_addr_equal(&is.addr, &pin->mapped.addr));
}

static bool is_from_host(const struct sipalg_pinhole *pin, const struct nf_conntrack_tuple *tuple)
{
	struct sip_endpoint source = sipalg_inet_source_of(tuple);

	return source.port == pin->real.port && sip_addr_equal(&source.addr, &pin->real.addr);
}

/*
 * Whether a connection belongs to a call that has ended, and waits for its last packets.
 * sipalg_pinhole_conns_end() has set its time-out, or will soon: its pinhole is shut.
 */
static bool is_of_ended_call(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
			     const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *there = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *back = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	struct sip_endpoint mapped = sipalg_inet_destination_of(is_from_host(pin, there) ? back :
											    there);
	struct sipalg_pinhole_key key = pin->mapped;
	struct sipalg_pinhole *shut;
	bool is_ended;

	if (test_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status))
		return true;
	key.addr = mapped.addr;
	key.port = mapped.port;
	rcu_read_lock();
	shut = sipalg_pinhole_shut_at(sn, &key);
	/* one of signalling keeps its connection; what is seen too early only means that */
	is_ended = shut && shut->ends_conns;
	rcu_read_unlock();
	return is_ended;
}

/*
 * SECURITY B8: a host that names the port of another host must not end a connection on which that
 * other host talks.
 */
static bool may_cut(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
		    const struct nf_conn *ct)
{
	return is_of_ended_call(sn, pin, ct) ||
	       (began_before(pin, ct) && !(pin->is_anothers && ct->status & IPS_SEEN_REPLY));
}

/*
 * Either side may have sent before the pinhole was armed.  A packet of the announced peer went to
 * the router then; where the router lets it in, it became a connection without an answer.  A packet
 * of the host left from another port than the published one.  All later packets would keep these
 * connections alive, and no media would flow in either direction.  So such a connection is
 * deleted.  A connection of a call between the same ports that has just ended is deleted too: the
 * new call may have another mapped port.
 */
void sipalg_pinhole_drop_shadow(struct sipalg_net *sn, const struct sipalg_pinhole *pin)
{
	const struct sip_endpoint mapped = { pin->mapped.addr, pin->mapped.port };
	const struct sip_endpoint real = { pin->real.addr, pin->real.port };
	struct nf_conn *ct;

	if (!pin->is_nat || !pin->peer.addr.family)
		return;
	ct = conn_between(sn, pin, sipalg_pinhole_origin(pin), &mapped);
	if (ct) {
		if (!(ct->status & (IPS_EXPECTED | IPS_SEEN_REPLY | IPS_NAT_MASK)))
			nf_ct_delete(ct, 0, 0);
		nf_ct_put(ct);
	}
	ct = pin->mapped.proto == IPPROTO_UDP ? conn_between(sn, pin, &real, &pin->peer) : NULL;
	if (ct) {
		if (may_cut(sn, pin, ct))
			nf_ct_delete(ct, 0, 0);
		nf_ct_put(ct);
	}
}

struct sipalg_pinhole_more *sipalg_pinhole_more_get(struct sipalg_pinhole *pin)
{
	lockdep_assert_held(&pin->lock);
	if (!pin->more)
		pin->more = kmem_cache_zalloc(more_cache, GFP_ATOMIC);
	return pin->more;
}

bool sipalg_pinhole_set_charged(struct sipalg_pinhole *pin, const struct sip_addr *charged)
{
	struct sipalg_pinhole_more *more;

	spin_lock_bh(&pin->lock);
	more = sipalg_pinhole_more_get(pin);
	if (more)
		more->charged = *charged;
	spin_unlock_bh(&pin->lock);
	return more;
}

void sipalg_pinhole_more_free(struct sipalg_pinhole *pin)
{
	if (pin->more)
		kmem_cache_free(more_cache, pin->more);
}

int sipalg_pinhole_conns_module_init(void)
{
	more_cache = KMEM_CACHE(sipalg_pinhole_more, 0);
	return more_cache ? 0 : -ENOMEM;
}

void sipalg_pinhole_conns_module_exit(void)
{
	kmem_cache_destroy(more_cache);
}

struct nf_conn *sipalg_pinhole_conn_lookup(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
					   const struct sipalg_pinhole_conn *conn)
{
	const struct sip_endpoint mapped = { pin->mapped.addr, pin->mapped.port };
	const struct sip_endpoint real = { pin->real.addr, pin->real.port };
	const struct sip_endpoint other = { conn->addr, conn->port };

	if (!conn->is_used)
		return NULL;
	return conn->is_from_host ? conn_between(sn, pin, &real, &other) :
				    conn_between(sn, pin, &other, &mapped);
}

/* Return: number of the first place that is not in use, or else of the last place. */
static u32 place_for_new(struct sipalg_pinhole *pin)
{
	u32 i = 0;

	while (sipalg_pinhole_conn_at(pin, i)->is_used && sipalg_pinhole_conn_at(pin, i + 1)) {
		sipalg_step();
		i++;
	}
	return i;
}

bool sipalg_pinhole_conn_add(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			     const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *tuple = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	bool from_host = is_from_host(pin, tuple);
	struct sip_endpoint other = from_host ? sipalg_inet_destination_of(tuple) :
						sipalg_inet_source_of(tuple);
	u32 i;

	lockdep_assert_held(&pin->lock);
	if (pin->conn.is_used)
		sipalg_pinhole_more_get(pin);
	for (i = place_for_new(pin); i; i--)
		*sipalg_pinhole_conn_at(pin, i) = *sipalg_pinhole_conn_at(pin, i - 1);
	pin->conn = (struct sipalg_pinhole_conn){
		.addr = other.addr,
		.port = other.port,
		.is_from_host = from_host,
		.is_used = true,
		.heard = sipalg_now(sn),
	};
	return sipalg_pinhole_conn_is_with_peer(pin, &pin->conn);
}

bool sipalg_pinhole_conn_is_with_peer(const struct sipalg_pinhole *pin,
				      const struct sipalg_pinhole_conn *conn)
{
	const struct sip_addr *from = &sipalg_pinhole_origin(pin)->addr;

	if (!pin->peer.addr.family)
		return false;
	/* a host may know the real address of a peer that is inside, or the announced one */
	return sip_addr_equal(&conn->addr, from) ||
	       (conn->is_from_host && sip_addr_equal(&conn->addr, &pin->peer.addr));
}

/* Whether a packet has come in through the pinhole from the endpoint @peer. */
static bool has_come_from(struct sipalg_pinhole *pin, const struct sip_endpoint *peer)
{
	const struct sipalg_pinhole_conn *conn;
	u32 i;

	/* the place of a connection that has ended still has its endpoint */
	for (i = 0; (conn = sipalg_pinhole_conn_at(pin, i)); i++) {
		sipalg_step();
		if (!conn->is_from_host && conn->port == peer->port &&
		    sip_addr_equal(&conn->addr, &peer->addr))
			return true;
	}
	return false;
}

enum sipalg_pinhole_fit sipalg_pinhole_fit_of(struct sipalg_pinhole *pin,
					      const struct sip_endpoint *peer)
{
	const struct sip_endpoint *inside = sipalg_pinhole_origin(pin);

	lockdep_assert_held(&pin->lock);
	if (sip_endpoint_equal(&pin->peer, peer) || sip_endpoint_equal(inside, peer))
		return SIPALG_PINHOLE_FITS_ENDPOINT;
	if (!sip_addr_equal(&pin->peer.addr, &peer->addr) &&
	    !sip_addr_equal(&inside->addr, &peer->addr))
		return SIPALG_PINHOLE_FITS_NOT;
	return has_come_from(pin, peer) ? SIPALG_PINHOLE_FITS_ENDPOINT : SIPALG_PINHOLE_FITS_HOST;
}

void sipalg_pinhole_conn_heard(const struct sipalg_pinhole_conn *conn, const struct nf_conn *ct,
			       struct sipalg_pinhole_heard *heard)
{
	int host = conn->is_from_host ? IP_CT_DIR_ORIGINAL : IP_CT_DIR_REPLY;
	const struct nf_conn_acct *acct = nf_conn_acct_find(ct);

	heard->is_live = true;
	if (!acct)
		return;
	heard->is_counted = true;
	heard->from_host += atomic64_read(&acct->counter[host].packets);
	heard->to_host += atomic64_read(&acct->counter[!host].packets);
}

/*
 * Whether a connection from the host belongs to another pinhole: what a call leaves ends later than
 * the call, and the next call of the same ends may have another mapped port.
 */
static bool is_of_another(const struct sipalg_pinhole *pin, const struct sipalg_pinhole_conn *conn,
			  const struct nf_conn *ct)
{
	struct sip_endpoint is = sipalg_inet_destination_of(&ct->tuplehash[IP_CT_DIR_REPLY].tuple);

	if (!conn->is_from_host)
		return false;
	return (is.port != pin->mapped.port || !sip_addr_equal(&is.addr, &pin->mapped.addr)) &&
	       (is.port != pin->real.port || !sip_addr_equal(&is.addr, &pin->real.addr));
}

void sipalg_pinhole_conns_end(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			      enum sipalg_pinhole_end end)
{
	const struct sipalg_pinhole_conn *conn;
	struct nf_conn *ct;
	u32 i;

	lockdep_assert_held(&pin->lock);
	if (end == SIPALG_PINHOLE_KEEP_CONNS)
		return;
	for (i = 0; (conn = sipalg_pinhole_conn_at(pin, i)); i++) {
		sipalg_step();
		ct = sipalg_pinhole_conn_lookup(sn, pin, conn);
		if (!ct)
			continue;
		if (is_of_another(pin, conn, ct)) {
			nf_ct_put(ct);
			continue;
		}
		/* the kernel extends an offloaded flow at any time-out, so it is deleted */
		if (end == SIPALG_PINHOLE_KILL_CONNS || test_bit(IPS_OFFLOAD_BIT, &ct->status)) {
			nf_ct_delete(ct, 0, 0);
		} else {
			/* in this order: last packets on another CPU would renew it */
			set_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status);
			WRITE_ONCE(ct->timeout, nfct_time_stamp + SIPALG_PINHOLE_LAST_S * HZ);
		}
		nf_ct_put(ct);
	}
}

/* Over TCP another connection may replace a closing one at once (RFC 4145 5). */
static bool is_closing(const struct nf_conn *ct)
{
	return nf_ct_protonum(ct) == IPPROTO_TCP &&
	       READ_ONCE(ct->proto.tcp.state) > TCP_CONNTRACK_ESTABLISHED;
}

/*
 * Looks at the connection of a place.  The kernel keeps no time of the last packet, but each packet
 * changes the time-out.  The time-out of an offloaded connection does not change, so such a
 * connection counts as heard.
 * Return: seconds that the connection has left, from 1; 0: it does not exist any more.
 */
static u32 conn_sample(struct sipalg_net *sn, struct sipalg_pinhole *pin,
		       struct sipalg_pinhole_conn *conn, u32 silence_s)
{
	struct nf_conn *ct = sipalg_pinhole_conn_lookup(sn, pin, conn);
	u32 timeout, left_s;

	conn->is_used = ct;
	if (!ct)
		return 0;
	if (is_closing(ct)) {
		nf_ct_put(ct);
		return 1;
	}
	timeout = READ_ONCE(ct->timeout);
	if (timeout != conn->timeout || test_bit(IPS_OFFLOAD_BIT, &ct->status)) {
		conn->timeout = timeout;
		conn->heard = sipalg_now(sn);
	}
	left_s = nf_ct_expires(ct) / HZ + 1;
	if (silence_s && sipalg_age(sn, conn->heard) > silence_s * HZ) {
		nf_ct_delete(ct, 0, 0);
		conn->is_used = false;
		left_s = 0;
	}
	nf_ct_put(ct);
	return left_s;
}

bool sipalg_pinhole_conns_sample(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 silence_s,
				 unsigned long *heard)
{
	struct sipalg_pinhole_conn *conn;
	unsigned long last;
	bool stays = false;
	u32 i, left_s;

	lockdep_assert_held(&pin->lock);
	*heard = 0;
	for (i = 0; (conn = sipalg_pinhole_conn_at(pin, i)); i++) {
		sipalg_step();
		left_s = conn_sample(sn, pin, conn, silence_s);
		if (!left_s)
			continue;
		last = sipalg_now(sn) - sipalg_age(sn, conn->heard);
		if (!*heard || time_after(last, *heard))
			*heard = last | 1;
		stays |= left_s > SIPALG_PINHOLE_NEAR_S && sipalg_pinhole_conn_is_with_peer(pin,
											    conn);
	}
	return stays;
}
