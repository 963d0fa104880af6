// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_legacy_expect: the expectations of another router.  See sipalg_legacy_expect.h.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_compat.h"
#include "sipalg_legacy_expect.h"
#include "sipalg_legacy_internal.h"
#include "sipalg_pinhole_expect_internal.h"

static struct sipalg_pinhole_key mapped_of(const struct nf_conntrack_expect *exp)
{
	return (struct sipalg_pinhole_key){
		.addr = sipalg_inet_addr_of(exp->tuple.src.l3num, &exp->tuple.dst.u3),
		.port = ntohs(exp->tuple.dst.u.all),
		.zone = nf_ct_zone(exp->master)->id,
		.proto = exp->tuple.dst.protonum,
	};
}

/*
 * Finds the inside end of a translated connection, as it is and as the other side sees it.
 * Return: whether the connection has one.
 */
static bool inside_end(const struct nf_conn *ct, struct sip_endpoint *real,
		       struct sip_endpoint *mapped)
{
	const struct nf_conntrack_tuple *orig = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	*real = sipalg_inet_source_of(orig);
	*mapped = sipalg_inet_destination_of(reply);
	if (!sip_endpoint_equal(real, mapped))
		return true;
	*real = sipalg_inet_source_of(reply);
	*mapped = sipalg_inet_destination_of(orig);
	return !sip_endpoint_equal(real, mapped);
}

/*
 * RTP has an even port, and its RTCP the odd port above, on both sides.  Where one of them is known
 * on the same signalling connection, the other one is known too.
 */
static bool find_neighbour(struct sipalg_net *sn, const struct nf_conntrack_expect *exp,
			   struct sip_endpoint *real)
{
	struct sipalg_pinhole_key key = mapped_of(exp);

	key.port ^= 1;
	if (!sipalg_legacy_real(sn, &key, exp->master, real) || (real->port ^ key.port) & 1)
		return false;
	real->port ^= 1;
	return true;
}

static int class_of(const struct nf_conntrack_expect *exp)
{
	if (exp->expectfn)
		return exp->class;
	if (exp->flags & NF_CT_EXPECT_PERMANENT)
		return SIPALG_PINHOLE_SIGNALLING;
	return ntohs(exp->tuple.dst.u.all) & 1 ? SIPALG_PINHOLE_RTCP : SIPALG_PINHOLE_MEDIA;
}

static void note_at(struct sipalg_net *sn, const struct nf_conntrack_expect *exp,
		    const struct sip_endpoint *real, int class)
{
	static const union nf_inet_addr any;
	struct sipalg_pinhole_key mapped = mapped_of(exp);
	struct sipalg_legacy_find find = {
		.master = exp->master,
		.is_signalling = class == SIPALG_PINHOLE_SIGNALLING,
		.lets_any = nf_inet_addr_cmp(&exp->mask.src.u3, &any),
	};

	sipalg_legacy_found(sn, &mapped, real, &find);
}

/* Notes where an expectation that has its NAT leads. */
static void note_expect(struct sipalg_net *sn, const struct nf_conntrack_expect *exp)
{
	const struct sip_endpoint real = {
		sipalg_inet_addr_of(exp->tuple.src.l3num, sipalg_expect_leads_addr(exp)),
		ntohs(sipalg_expect_leads_port(exp)),
	};

	note_at(sn, exp, &real, exp->class);
}

/*
 * An expectation came without NAT.  A lasting one waits for calls at the port of its
 * master, any other one for media.
 * Return: whether its host is known, and the expectation is complete now.
 */
static bool complete_expect(struct sipalg_net *sn, struct nf_conntrack_expect *exp,
			    const struct sip_endpoint *self, const struct sip_endpoint *self_mapped)
{
	struct sip_endpoint real = *self;
	int class = class_of(exp);

	if (class != SIPALG_PINHOLE_SIGNALLING) {
		if (!find_neighbour(sn, exp, &real))
			return false;
	} else if (ntohs(exp->tuple.dst.u.all) != self_mapped->port ||
		   exp->tuple.dst.protonum != nf_ct_protonum(exp->master)) {
		return false;
	}
	if (!sipalg_pinhole_expect_complete(exp, &real, class))
		return false;
	note_expect(sn, exp);
	return true;
}

/*
 * Looks at an expectation of ours that came without NAT, and maybe without class and function.
 * Return: whether it is to be removed.
 */
static bool look_at_bare(struct sipalg_net *sn, struct nf_conntrack_expect *exp)
{
	const struct sip_addr at = mapped_of(exp).addr;
	struct sip_endpoint self, self_mapped;

	/* without NAT it leads where it says, and lacks its class alone */
	if (!inside_end(exp->master, &self, &self_mapped)) {
		sipalg_pinhole_expect_complete(exp, NULL, class_of(exp));
		return false;
	}
	/* one for another address than that of the connection is not ours */
	if (!sip_addr_equal(&at, &self_mapped.addr) ||
	    complete_expect(sn, exp, &self, &self_mapped))
		return false;
	sipalg_count(sn, SIPALG_STAT_EXPECTS_LOST);
	self.port = 0;
	note_at(sn, exp, &self, class_of(exp));
	return true;
}

/* Whether an expectation may have lost its NAT on the way; no pinhole of ours has it. */
static bool is_bare(struct sipalg_net *sn, const struct nf_conntrack_expect *exp)
{
	struct sipalg_pinhole_key mapped = mapped_of(exp);

	if (sipalg_expect_has_nat(exp))
		return false;
	return !exp->expectfn ||
	       (sipalg_pinhole_is_expected(exp) && !sipalg_pinhole_by_mapped(sn, &mapped));
}

/* Return: whether the expectation is to be removed. */
static bool look_at_expect(struct nf_conntrack_expect *exp, void *arg)
{
	struct sipalg_net *sn = arg;
	bool is_lost = false;

	rcu_read_lock();
	if (sipalg_master_is_ours(exp->master)) {
		if (is_bare(sn, exp))
			is_lost = look_at_bare(sn, exp);
		else if (sipalg_pinhole_is_expected(exp) && sipalg_expect_has_nat(exp))
			note_expect(sn, exp);
	}
	rcu_read_unlock();
	return is_lost;
}

void sipalg_legacy_look_at_expects(struct sipalg_net *sn)
{
	nf_ct_expect_iterate_net(sn->net, look_at_expect, sn, 0, 0);
}

/* ---- the end of a call ------------------------------------------------------------- */

/* Whether an expectation waits for media, and no call of ours has it. */
static bool is_media_of_none(struct sipalg_net *sn, const struct nf_conntrack_expect *exp)
{
	struct sipalg_pinhole_key mapped;

	sipalg_step();
	if (!sipalg_pinhole_is_expected(exp) || exp->class == SIPALG_PINHOLE_SIGNALLING)
		return false;
	mapped = mapped_of(exp);
	return !sipalg_pinhole_by_mapped(sn, &mapped);
}

/* Whether two expectations are for RTP and RTCP of one stream. */
static bool are_of_stream(const struct nf_conntrack_expect *a, const struct nf_conntrack_expect *b)
{
	return nf_inet_addr_cmp(&a->tuple.dst.u3, &b->tuple.dst.u3) &&
	       !((ntohs(a->tuple.dst.u.all) ^ ntohs(b->tuple.dst.u.all)) & ~1);
}

/* Whether two expectations are for the two ends of a connection: one stream of each party. */
static bool are_for_ends(const struct nf_conn *ct, const struct nf_conntrack_expect *a,
			 const struct nf_conntrack_expect *b)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	return (nf_inet_addr_cmp(&a->tuple.dst.u3, &t->src.u3) &&
		nf_inet_addr_cmp(&b->tuple.dst.u3, &t->dst.u3)) ||
	       (nf_inet_addr_cmp(&b->tuple.dst.u3, &t->src.u3) &&
		nf_inet_addr_cmp(&a->tuple.dst.u3, &t->dst.u3));
}

/*
 * Whether all media that no call of ours has can be RTP and RTCP of one stream.  Where nothing is
 * translated, both parties may have expectations: one stream for each end of the connection.
 */
static bool is_one_stream(struct sipalg_net *sn, const struct nf_conn *master)
{
	const struct nf_conntrack_expect *exp, *first[2] = {};

	hlist_for_each_entry(exp, &nfct_help(master)->expectations, lnode) {
		if (!is_media_of_none(sn, exp))
			continue;
		if (!first[0])
			first[0] = exp;
		if (are_of_stream(exp, first[0]))
			continue;
		if (!first[1] && are_for_ends(master, exp, first[0]))
			first[1] = exp;
		if (!first[1] || !are_of_stream(exp, first[1]))
			return false;
	}
	return first[0];
}

void sipalg_legacy_end(struct sipalg_net *sn, struct nf_conn *master)
{
	const struct nf_conn_help *help = nfct_help(master);
	struct nf_conntrack_expect *exp;
	bool one_ends;

	if (!help)
		return;
	spin_lock_bh(&nf_conntrack_expect_lock);
	one_ends = is_one_stream(sn, master);
	if (one_ends)
		hlist_for_each_entry(exp, &help->expectations, lnode)
			if (is_media_of_none(sn, exp))
				sipalg_expect_set_time(exp, SIPALG_LEGACY_LAST_S);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	if (!one_ends)
		return;
	WRITE_ONCE(sn->legacies_end, (sipalg_now(sn) + (SIPALG_LEGACY_LAST_S + 1) * HZ) | 1);
	sipalg_gc_soon(sn);
}
SIPALG_EXPORT_TEST(sipalg_legacy_end);

/* Return: whether the expectation is to be removed. */
static bool is_over(struct nf_conntrack_expect *exp, void *unused)
{
	bool is_ours;

	rcu_read_lock();
	is_ours = sipalg_master_is_ours(exp->master);
	rcu_read_unlock();
	return is_ours && !sipalg_expect_waits(exp);
}

bool sipalg_legacy_gc(struct sipalg_net *sn)
{
	unsigned long end = READ_ONCE(sn->legacies_end);

	if (!end)
		return false;
	nf_ct_expect_iterate_net(sn->net, is_over, NULL, 0, 0);
	/* another call may end meanwhile */
	return !time_after(sipalg_now(sn), end) || cmpxchg(&sn->legacies_end, end, 0) != end;
}
SIPALG_EXPORT_TEST(sipalg_legacy_gc);
