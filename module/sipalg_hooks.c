// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_hooks: the hooks before routing.  See sipalg_hooks.h.
 */
#include <linux/netfilter_ipv4.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_peer.h"
#include "sipalg_pinhole_expect.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_compat.h"
#include "sipalg_ctx.h"
#include "sipalg_early.h"
#include "sipalg_helpers.h"
#include "sipalg_hooks.h"
#include "sipalg_inside.h"
#include "sipalg_legacy.h"

/* after conntrack (-200), before DNAT (-100) */
enum { HOOK_PRIORITY = -150 };

static bool is_new(const struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return ct && ctinfo == IP_CT_NEW && !nf_ct_is_confirmed(ct) && !nf_ct_is_template(ct);
}

static bool port_is_listed(const struct sipalg_ports *ports, u16 port)
{
	u32 i;

	for (i = 0; i < ports->n; i++)
		if (ports->port[i] == port)
			return true;
	return false;
}

/* auto_attach: gives a connection the helper as a rule "ct helper set" would do. */
static unsigned int attach_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	struct nf_conntrack_helper *helper;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct nf_conn_help *help;
	u8 proto;
	u16 port;

	if (!is_new(ct, ctinfo) || test_bit(IPS_HELPER_BIT, &ct->status) || nfct_help(ct))
		return NF_ACCEPT;
	proto = nf_ct_protonum(ct);
	if (proto != IPPROTO_UDP && proto != IPPROTO_TCP)
		return NF_ACCEPT;
	port = ntohs(ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u.all);
	if (!port_is_listed(&sipalg_settings_of(sn)->ports, port))
		return NF_ACCEPT;
	helper = sipalg_helper_of(nf_ct_l3num(ct), proto);
	if (!helper)
		return NF_ACCEPT;
	help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help || !sipalg_helper_get(helper))
		return NF_ACCEPT;
	rcu_assign_pointer(help->helper, helper);
	set_bit(IPS_HELPER_BIT, &ct->status);
	sipalg_count(sn, SIPALG_STAT_AUTO_ATTACHED);
	return NF_ACCEPT;
}

/*
 * Relates a connection to its master as init_conntrack() does for an expected connection.  @ct
 * takes over the reference on @master.
 */
static void relate_to_master(struct sk_buff *skb, struct nf_conn *ct, struct nf_conn *master)
{
	ct->master = master;
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	ct->mark = READ_ONCE(master->mark);
#endif
#if IS_ENABLED(CONFIG_NF_CONNTRACK_SECMARK)
	ct->secmark = master->secmark;
#endif
	set_bit(IPS_EXPECTED_BIT, &ct->status);
	nf_ct_set(skb, ct, IP_CT_RELATED);
}

/*
 * Whether media may go to an address (docs/security.md B6): it is routed as the parties of the call
 * are, or another host has published it.  Such a host may be in any inside network, as phones in
 * two of them talk to each other.
 */
static bool may_go_to(struct sipalg_net *sn, const struct nf_conn *signalling,
		      const struct sipalg_pinhole_key *to)
{
	return sipalg_pinhole_is_published(sn, to) ||
	       sipalg_is_way_of(sn->net, signalling, &to->addr);
}

/*
 * A packet of a host whose port another router has published.  It leaves from the published port.
 * Its connection is related to the call where a message has announced the endpoint here; otherwise
 * the rules of the firewall decide.
 */
static void lead_legacy(struct sk_buff *skb, struct nf_conn *ct, struct sipalg_net *sn,
			const struct sipalg_pinhole_key *from, const struct sipalg_pinhole_key *to)
{
	const struct sipalg_nat_hooks *nat = sipalg_nat_hooks_get();
	struct nf_conntrack_tuple master;
	struct sip_endpoint mapped, peer = { to->addr, to->port };
	struct nf_conn *signalling;

	/* between two inside hosts nothing is translated */
	if (!nat || sipalg_pinhole_is_published(sn, to) ||
	    !sipalg_legacy_outward(sn, from, &mapped, &master))
		return;
	signalling = sipalg_master_conn_get(sn->net, nf_ct_zone(ct), &master);
	if (!signalling)
		return;
	if (!may_go_to(sn, signalling, to)) {
		nf_ct_put(signalling);
		return;
	}
	if (sipalg_legacy_is_announced(sn, &master, &peer))
		relate_to_master(skb, ct, signalling);
	else
		nf_ct_put(signalling);
	nat->snat(ct, &mapped);
	sipalg_count(sn, SIPALG_STAT_MEDIA_OUT);
}

/*
 * A host may send media before it gets any.  Its connection is related to the call, like one that
 * came in through a pinhole, and leaves from the published port.  This holds only for a connection
 * to the endpoint that was announced for the stream.
 */
static void lead_media(struct sk_buff *skb, struct nf_conn *ct, struct sipalg_net *sn,
		       struct sipalg_pinhole *pin, const struct sipalg_pinhole_key *to)
{
	const struct sipalg_nat_hooks *nat = sipalg_nat_hooks_get();
	struct nf_conntrack_tuple master = sipalg_pinhole_master(pin);
	struct sip_endpoint mapped = { pin->mapped.addr, pin->mapped.port };
	struct nf_conn *signalling;

	signalling = sipalg_master_conn_get(sn->net, nf_ct_zone(ct), &master);
	if (!signalling)
		return;
	if (!may_go_to(sn, signalling, to)) {
		nf_ct_put(signalling);
		return;
	}
	relate_to_master(skb, ct, signalling);
	sipalg_pinhole_expect_conn(sn, pin, ct);
	/* between two inside hosts nothing is translated */
	if (pin->is_nat && nat && !sipalg_pinhole_is_inside(pin, &to->addr))
		nat->snat(ct, &mapped);
	sipalg_count(sn, SIPALG_STAT_MEDIA_OUT);
}

static void relate_media(struct sk_buff *skb, struct nf_conn *ct, struct sipalg_net *sn)
{
	const struct nf_conntrack_tuple *t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sipalg_pinhole_key key, to;
	struct sip_endpoint peer;
	struct sipalg_pinhole *pin;
	u8 proto = nf_ct_protonum(ct);

	if (proto != IPPROTO_UDP && proto != IPPROTO_TCP)
		return;
	key = (struct sipalg_pinhole_key){
		.addr = sipalg_inet_addr_of(t->src.l3num, &t->src.u3),
		.port = ntohs(t->src.u.all),
		.zone = nf_ct_zone(ct)->id,
		.proto = proto,
	};
	peer = sipalg_inet_destination_of(t);
	to = key;
	to.addr = peer.addr;
	to.port = peer.port;
	if (peer.port < SIPALG_PORT_MIN)
		return;
	pin = sipalg_pinhole_outward(sn, &key, &peer);
	if (!pin)
		lead_legacy(skb, ct, sn, &key, &to);
	else if (pin->class != SIPALG_PINHOLE_SIGNALLING)
		lead_media(skb, ct, sn, pin, &to);
}

static unsigned int arrival_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (is_new(ct, ctinfo))
		relate_media(skb, ct, sn);
	else if (sipalg_flood_lasts(sn) && ct && nf_ct_is_confirmed(ct) &&
		 !nf_ct_is_template(ct) && sipalg_refuses_early(skb, ct, ctinfo))
		return NF_DROP;
	return NF_ACCEPT;
}

#define HOOK(fn, family, num)						\
	{ .hook = fn, .pf = family, .hooknum = num, .priority = HOOK_PRIORITY }

static const struct nf_hook_ops attach_ops[] = {
	HOOK(attach_hook, NFPROTO_IPV4, NF_INET_PRE_ROUTING),
	HOOK(attach_hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT),
	HOOK(attach_hook, NFPROTO_IPV6, NF_INET_PRE_ROUTING),
	HOOK(attach_hook, NFPROTO_IPV6, NF_INET_LOCAL_OUT),
};

static const struct nf_hook_ops arrival_ops[] = {
	HOOK(arrival_hook, NFPROTO_IPV4, NF_INET_PRE_ROUTING),
	HOOK(arrival_hook, NFPROTO_IPV6, NF_INET_PRE_ROUTING),
};

/* Conntrack is off in a namespace without a rule that needs it, so auto_attach switches it on. */
int sipalg_attach(struct sipalg_net *sn, bool on)
{
	int err;

	if (!on) {
		nf_unregister_net_hooks(sn->net, attach_ops, ARRAY_SIZE(attach_ops));
		nf_ct_netns_put(sn->net, NFPROTO_INET);
		return 0;
	}
	err = nf_ct_netns_get(sn->net, NFPROTO_INET);
	if (err)
		return err;
	err = nf_register_net_hooks(sn->net, attach_ops, ARRAY_SIZE(attach_ops));
	if (err)
		nf_ct_netns_put(sn->net, NFPROTO_INET);
	return err;
}

int sipalg_hooks_setup(struct net *net)
{
	return nf_register_net_hooks(net, arrival_ops, ARRAY_SIZE(arrival_ops));
}

void sipalg_hooks_teardown(struct net *net)
{
	nf_unregister_net_hooks(net, arrival_ops, ARRAY_SIZE(arrival_ops));
}
