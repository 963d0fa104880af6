// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole_expect: the expectation of a pinhole.  See sipalg_pinhole_expect.h.
 *
 * The kernel ends expectations at will (used up, timed out, master gone), and user space may put
 * others in their place.  So the expectation of a pinhole is the one that the pinhole made, as long
 * as that one waits; else it is the one that is found by its tuple.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_compat.h"
#include "sipalg_pinhole_conns.h"
#include "sipalg_pinhole_expect.h"
#include "sipalg_pinhole_expect_internal.h"
#include "sipalg_trace.h"
#include "sipalg_turn.h"

static void __rcu *expected_fn __read_mostly;
static bool is_stopping __read_mostly;

void sipalg_pinhole_trace(const struct sipalg_pinhole *pin, enum sipalg_trace_pinhole what)
{
	struct sip_endpoint real = { pin->real.addr, pin->real.port };
	struct sip_endpoint mapped = { pin->mapped.addr, pin->mapped.port };

	trace_sipalg_pinhole(&real, &mapped, what);
}

static void pinhole_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp);

void sipalg_pinhole_expect_forget(struct sipalg_pinhole *pin)
{
	if (pin->exp)
		nf_ct_expect_put(pin->exp);
	pin->exp = NULL;
}

struct nf_conntrack_expect *sipalg_pinhole_expect_at(struct sipalg_net *sn,
						     const struct sipalg_pinhole_key *mapped,
						     const struct sip_addr *source)
{
	struct nf_conntrack_tuple tuple = {};
	struct nf_conntrack_expect *exp;
	struct nf_conntrack_zone zone;

	lockdep_assert_held(&nf_conntrack_expect_lock);
	tuple.src.l3num = sipalg_inet_nfproto(&mapped->addr);
	if (source->family)
		tuple.src.u3 = sipalg_inet_of_addr(source);
	tuple.dst.u3 = sipalg_inet_of_addr(&mapped->addr);
	tuple.dst.u.all = htons(mapped->port);
	tuple.dst.protonum = mapped->proto;
	nf_ct_zone_init(&zone, mapped->zone, NF_CT_DEFAULT_ZONE_DIR, 0);
	rcu_read_lock();
	exp = __nf_ct_expect_find(sn->net, &zone, &tuple);
	rcu_read_unlock();
	return exp;
}

bool sipalg_pinhole_is_expected(const struct nf_conntrack_expect *exp)
{
	return exp->expectfn == pinhole_expected;
}

/* What waits at the pinhole's place, ours or not.  Under nf_conntrack_expect_lock. */
static struct nf_conntrack_expect *expect_at(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (pin->exp && sipalg_expect_waits(pin->exp))
		return pin->exp;
	sipalg_pinhole_expect_forget(pin);
	return sipalg_pinhole_expect_at(sn, &pin->mapped, &pin->source);
}

/*
 * Is an expectation that waits at the place of a pinhole the pinhole's own?  A failover peer may
 * have injected one of ours that leads to another host.
 */
static bool expect_is_of(const struct nf_conntrack_expect *exp, const struct sipalg_pinhole *pin)
{
	union nf_inet_addr real = sipalg_inet_of_addr(&pin->real.addr);

	if (!exp || !sipalg_pinhole_is_expected(exp))
		return false;
	return !pin->is_nat || (sipalg_expect_leads_to(exp, &real) &&
				ntohs(sipalg_expect_leads_port(exp)) == pin->real.port);
}

/* The waiting expectation of a pinhole, or NULL.  Under pin->lock and nf_conntrack_expect_lock. */
static struct nf_conntrack_expect *expect_find(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conntrack_expect *exp = expect_at(sn, pin);

	return expect_is_of(exp, pin) ? exp : NULL;
}

bool sipalg_pinhole_expect_complete(struct nf_conntrack_expect *exp,
				    const struct sip_endpoint *real, int class)
{
	struct nf_conn_help *help = nfct_help(exp->master);
	union nf_inet_addr addr;

	lockdep_assert_held(&nf_conntrack_expect_lock);
	/* sipalg_pinhole_expect_stop() sets it before it looks for what is ours */
	if (READ_ONCE(is_stopping) || (real && !rcu_access_pointer(expected_fn)))
		return false;
	if (class != exp->class) {
		if (help->expecting[class] >= NF_CT_EXPECT_MAX_CNT)
			return false;
		help->expecting[exp->class]--;
		help->expecting[class]++;
		exp->class = class;
		sipalg_expect_set_time(exp, SIPALG_PINHOLE_TTL_S);
	}
	if (real) {
		addr = sipalg_inet_of_addr(&real->addr);
		sipalg_expect_set_nat(exp, &addr, htons(real->port));
	}
	/* the packet of a lasting expectation reads these without the lock */
	smp_store_release(&exp->expectfn, pinhole_expected);
	return true;
}

static int expect_error(int err)
{
	switch (err) {
	case -EBUSY:		/* overlaps another one */
	case -EALREADY:		/* the same one of another master: we must not replace it */
		return -EADDRINUSE;
	case -EMFILE:
		return -ENOSPC;
	default:
		return err;
	}
}

bool sipalg_pinhole_expect_extend(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s)
{
	struct nf_conntrack_expect *exp;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_find(sn, pin);
	if (exp)
		sipalg_expect_extend(exp, ttl_s);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return exp;
}

int sipalg_pinhole_expect_renew(struct sipalg_net *sn, struct sipalg_pinhole *pin, u32 ttl_s)
{
	struct nf_conntrack_expect *exp;
	int ret = 0;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_at(sn, pin);
	if (expect_is_of(exp, pin)) {
		sipalg_expect_extend(exp, ttl_s);
		ret = 1;
	} else if (exp) {
		ret = -EADDRINUSE;
	}
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return ret;
}

bool sipalg_pinhole_expect_waits(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	bool waits;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	waits = expect_find(sn, pin);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return waits;
}

bool sipalg_pinhole_expect_is_alone(const struct sipalg_pinhole *pin, const struct nf_conn *master)
{
	const struct nf_conn_help *help = nfct_help(master);
	u32 class = pin->class == SIPALG_PINHOLE_MEDIA_B ? SIPALG_PINHOLE_MEDIA : pin->class;
	u32 last = class == SIPALG_PINHOLE_SIGNALLING ? class : SIPALG_PINHOLE_RTCP;

	lockdep_assert_held(&pin->lock);
	for (; help && class <= last; class++)
		if (READ_ONCE(help->expecting[class]))
			return false;
	return true;
}

/* The kernel replaces an equal expectation of the same master, and gives no sign. */
static bool expect_is_foreign(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conntrack_expect *exp;
	bool is_foreign;

	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_at(sn, pin);
	is_foreign = exp && !expect_is_of(exp, pin);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return is_foreign;
}

void sipalg_pinhole_expect_end(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conntrack_expect *exp;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = expect_find(sn, pin);
	if (exp)
		sipalg_expect_remove(exp);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	sipalg_pinhole_expect_forget(pin);
	sipalg_turn_leave(sn, pin);
}

static struct sipalg_pinhole *pinhole_of(struct sipalg_net *sn, const struct nf_conntrack_tuple *t,
					 u16 zone)
{
	struct sipalg_pinhole_key key = {
		.addr = sipalg_inet_addr_of(t->src.l3num, &t->dst.u3),
		.port = ntohs(t->dst.u.all),
		.zone = zone,
		.proto = t->dst.protonum,
	};
	struct sipalg_pinhole *pin;

	pin = sipalg_pinhole_by_mapped(sn, &key);
	/* a packet on another CPU may have used its expectation up just before it was shut */
	return pin ? pin : sipalg_pinhole_shut_at(sn, &key);
}

bool sipalg_pinhole_expect_is_others(struct sipalg_net *sn, const struct sipalg_pinhole_key *mapped,
				     const struct sip_addr *real, const struct sip_addr *peer)
{
	static const struct sip_addr any;
	union nf_inet_addr host = sipalg_inet_of_addr(real);
	struct nf_conntrack_expect *exp;
	bool is_others;

	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = sipalg_pinhole_expect_at(sn, mapped, &any);
	if (!exp)
		exp = sipalg_pinhole_expect_at(sn, mapped, peer);
	is_others = exp && !sipalg_expect_leads_to(exp, &host);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return is_others;
}

/* ---- arming ------------------------------------------------------------------------ */

/* Signalling over TCP may have opened a port for UDP: each protocol has its helper. */
static struct nf_conntrack_helper *helper_for(u8 proto, const struct nf_conn *master)
{
	if (proto == nf_ct_protonum(master) && sipalg_master_is_ours(master))
		return rcu_dereference(nfct_help(master)->helper);
	return __nf_conntrack_helper_find(SIPALG_NAME, nf_ct_l3num(master), proto);
}

/* Expectations cannot be inserted again, so a new one is allocated each time. */
static int expect_relate(struct sipalg_pinhole *pin, struct nf_conn *master, int class)
{
	union nf_inet_addr real = sipalg_inet_of_addr(&pin->real.addr);
	union nf_inet_addr src = sipalg_inet_of_addr(&pin->source);
	union nf_inet_addr dst = sipalg_inet_of_addr(&pin->mapped.addr);
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(master);
	__be16 port = htons(pin->mapped.port);
	int err;

	if (!exp)
		return -ENOMEM;
	nf_ct_expect_init(exp, class, sipalg_inet_nfproto(&pin->mapped.addr),
			  pin->source.family ? &src : NULL, &dst, pin->mapped.proto, NULL, &port);
	sipalg_expect_assign(exp,
			     class == SIPALG_PINHOLE_SIGNALLING ?
			     helper_for(pin->mapped.proto, master) : NULL);
	exp->expectfn = pinhole_expected;
	if (pin->is_lasting)
		exp->flags |= NF_CT_EXPECT_PERMANENT;
	if (pin->is_nat)
		sipalg_expect_set_nat(exp, &real, htons(pin->real.port));
	err = expect_error(nf_ct_expect_related(exp, 0));
	sipalg_pinhole_expect_forget(pin);
	if (err)
		nf_ct_expect_put(exp);
	else
		pin->exp = exp;
	return err;
}

/* Whether a pinhole may have an expectation of a master at all. */
static bool may_place(const struct sipalg_pinhole *pin, const struct nf_conn *master)
{
	const struct nf_conn_help *help = nfct_help(master);

	if (!help || !rcu_access_pointer(help->helper) || pin->is_closed || pin->is_paused ||
	    READ_ONCE(is_stopping))
		return false;
	/* without the NAT module its packets would end at the router itself */
	return !pin->is_nat || rcu_access_pointer(expected_fn);
}

int sipalg_pinhole_expect_place(struct sipalg_net *sn, struct sipalg_pinhole *pin,
				struct nf_conn *master)
{
	int class, err;

	lockdep_assert_held(&pin->lock);
	if (!may_place(pin, master))
		return -ENOENT;
	sipalg_pinhole_drop_shadow(sn, pin);
	sipalg_turn_begin(sn);
	class = sipalg_turn_class(sn, pin, master);
	err = class < 0 ? class : expect_relate(pin, master, class);
	if (!err) {
		WRITE_ONCE(pin->is_untold, !nf_ct_is_confirmed(master));
		WRITE_ONCE(pin->armed, (u32)sipalg_now(sn));
		sipalg_turn_wait(sn, pin, master);
	}
	sipalg_turn_end(sn);
	return err;
}

int sipalg_pinhole_expect_add(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			      struct nf_conn *master)
{
	if (expect_is_foreign(sn, pin))
		return -EADDRINUSE;
	return sipalg_pinhole_expect_place(sn, pin, master);
}

/* It takes the place that the expectation has, so no turn is asked for. */
void sipalg_pinhole_expect_tell(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct nf_conn *master;

	lockdep_assert_held(&pin->lock);
	/* the look at what waits forgets one that waits no more */
	if (!pin->is_untold || !sipalg_pinhole_expect_waits(sn, pin) || !pin->exp)
		return;
	master = sipalg_pinhole_master_get(sn, pin);	/* in the table: user space knows it */
	if (!master)
		return;
	WRITE_ONCE(pin->is_untold, false);
	if (may_place(pin, master))
		expect_relate(pin, master, pin->exp->class);
	nf_ct_put(master);
}

void sipalg_pinhole_set_source(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			       const struct sip_addr *source)
{
	static const struct sip_addr any;

	lockdep_assert_held(&pin->lock);
	source = source ? source : &any;
	if (sip_addr_equal(&pin->source, source))
		return;
	sipalg_pinhole_expect_end(sn, pin);
	pin->source = *source;
}

/* ---- arming again ------------------------------------------------------------------ */

/* SECURITY R2: strangers may not keep us busy. */
static bool may_rearm(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (!pin->rearms || sipalg_age(sn, pin->rearm_since) > SIPALG_PINHOLE_REARM_S * HZ) {
		pin->rearm_since = sipalg_now(sn);
		pin->rearms = 0;
	}
	if (pin->rearms == SIPALG_PINHOLE_REARMS)
		return false;
	pin->rearms++;
	return true;
}

/*
 * A packet has used the pinhole up.  Until the announced peer has come the pinhole stays open for
 * it (SECURITY P6).  Over the rate of strangers the pinhole lets in the peer alone.
 */
static void rearm_pinhole(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master)
{
	lockdep_assert_held(&pin->lock);
	if (pin->has_come)
		return;
	if (!may_rearm(sn, pin)) {
		if (!pin->peer.addr.family)	/* later: when it is announced, or with a tick */
			return;
		sipalg_pinhole_set_source(sn, pin, &sipalg_pinhole_origin(pin)->addr);
		pin->is_narrowed = true;
	}
	sipalg_pinhole_expect_add(sn, pin, master);
}

/* The pinhole for RTCP of a pinhole for RTP; without NAT, where RTP may be shared, by its port. */
static struct sipalg_pinhole *rtcp_of(struct sipalg_net *sn, const struct sipalg_pinhole *rtp)
{
	struct sipalg_pinhole_key key = rtp->mapped;
	struct sipalg_pinhole *pin;

	if (sipalg_pinhole_is_rtcp(rtp))
		return NULL;
	pin = READ_ONCE(rtp->rtcp);
	if (pin || rtp->is_nat)
		return pin;
	key.port++;
	pin = sipalg_pinhole_by_mapped(sn, &key);
	return pin && sipalg_pinhole_is_rtcp(pin) ? pin : NULL;
}

/* RTP has come, so RTCP may come now. */
static void arm_rtcp(struct sipalg_net *sn, struct sipalg_pinhole *rtp, struct nf_conn *master)
{
	struct sipalg_pinhole *pin;

	/* of a pinhole that is shut the RTCP may be freed before it */
	if (sipalg_pinhole_is_shut(rtp))
		return;
	pin = rtcp_of(sn, rtp);
	if (!pin)
		return;
	spin_lock_bh(&pin->lock);
	sipalg_turn_due(sn, pin);
	if (!pin->has_come && !sipalg_pinhole_expect_waits(sn, pin))
		sipalg_pinhole_expect_add(sn, pin, master);
	spin_unlock_bh(&pin->lock);
}

void sipalg_pinhole_expect_conn(struct sipalg_net *sn, struct sipalg_pinhole *pin,
				struct nf_conn *ct)
{
	struct nf_conn *master;

	spin_lock_bh(&pin->lock);
	sipalg_pinhole_drop_shadow(sn, pin);
	pin->has_come |= sipalg_pinhole_conn_add(sn, pin, ct);
	/* @ct may have another master: it may have come through the pinhole of another host */
	master = sipalg_pinhole_master_get(sn, pin);
	spin_unlock_bh(&pin->lock);
	if (!master)
		return;
	arm_rtcp(sn, pin, master);
	nf_ct_put(master);
}
SIPALG_EXPORT(sipalg_pinhole_expect_conn);

/* A packet came through; its connection is new. */
static void conn_came_in(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *ct)
{
	if (pin->is_lasting)
		return;
	spin_lock_bh(&pin->lock);
	sipalg_pinhole_expect_forget(pin);
	sipalg_turn_leave(sn, pin);
	pin->has_come |= sipalg_pinhole_conn_add(sn, pin, ct);
	rearm_pinhole(sn, pin, ct->master);
	spin_unlock_bh(&pin->lock);
	arm_rtcp(sn, pin, ct->master);
}

/*
 * An expectation that came by netlink assigns no helper to its connection, in kernels from 6.12.117
 * on.  A call that came in without the helper would leave with the address of its phone.
 */
static void assign_helper(struct nf_conn *ct, const struct nf_conntrack_expect *exp)
{
	struct nf_conntrack_helper *helper;
	struct nf_conn_help *help;

	if (exp->class != SIPALG_PINHOLE_SIGNALLING || nfct_help(ct) || !ct->master)
		return;
	helper = helper_for(nf_ct_protonum(ct), ct->master);
	help = helper ? nf_ct_helper_ext_add(ct, GFP_ATOMIC) : NULL;
	if (help && sipalg_helper_get(helper))
		rcu_assign_pointer(help->helper, helper);
}

/*
 * The first packet of an expected connection.  Runs in init_conntrack(), and on a
 * failover peer for expectations of which our tables know nothing; trusts @exp
 * and @ct alone.
 */
static void pinhole_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp);
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	struct sipalg_pinhole *pin;

	sipalg_count(sn, SIPALG_STAT_PINHOLES_TAKEN);
	pin = pinhole_of(sn, t, nf_ct_zone(ct)->id);
	if (pin) {
		sipalg_pinhole_trace(pin, SIPALG_TRACE_TAKEN);
		conn_came_in(sn, pin, ct);
	}
	assign_helper(ct, exp);
	fn = rcu_dereference(expected_fn);
	if (fn)
		fn(ct, exp);
}

static struct nf_ct_helper_expectfn expectfn = {
	.name = SIPALG_NAME,
	.expectfn = pinhole_expected,
};

static bool expect_is_ours(struct nf_conntrack_expect *exp, void *unused)
{
	return exp->expectfn == pinhole_expected;
}

static bool is_ours_with_nat(struct nf_conntrack_expect *exp, void *unused)
{
	return expect_is_ours(exp, NULL) && sipalg_expect_has_nat(exp);
}

void sipalg_pinhole_expect_nat(void (*fn)(struct nf_conn *ct, struct nf_conntrack_expect *exp))
{
	rcu_assign_pointer(expected_fn, fn);
	if (fn)
		return;
	synchronize_rcu();
	/* their packets would end at the router: no function leads them to the host any more */
	nf_ct_expect_iterate_destroy(is_ours_with_nat, NULL);
}
SIPALG_EXPORT(sipalg_pinhole_expect_nat);

/* ---- load and unload --------------------------------------------------------------- */

void sipalg_pinhole_expect_start(void)
{
	nf_ct_helper_expectfn_register(&expectfn);
}

void sipalg_pinhole_expect_stop(void)
{
	WRITE_ONCE(is_stopping, true);
	nf_ct_helper_expectfn_unregister(&expectfn);
	synchronize_rcu();
	nf_ct_expect_iterate_destroy(expect_is_ours, NULL);
	synchronize_rcu();	/* the expectfn runs under RCU */
}
