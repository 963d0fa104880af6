/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_template: a template that gives a new connection its helper, as a rule of iptables does.
 */
#ifndef _SIPALG_TEMPLATE_H
#define _SIPALG_TEMPLATE_H

#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

/**
 * template_alloc() - make a template for UDP over IPv4 in the first namespace
 * @name: name of the helper
 *
 * Context: process context.
 * Return: the template, or NULL: there is no such helper, or no memory.
 */
static inline struct nf_conn *template_alloc(const char *name)
{
	struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);
	struct nf_conntrack_helper *helper;
	struct nf_conn_help *help;

	if (!tmpl)
		return NULL;
	help = nf_ct_helper_ext_add(tmpl, GFP_KERNEL);
	rcu_read_lock();
	helper = nf_conntrack_helper_try_module_get(name, NFPROTO_IPV4, IPPROTO_UDP);
	rcu_read_unlock();
	if (!help || !helper) {
		nf_ct_tmpl_free(tmpl);
		return NULL;
	}
	rcu_assign_pointer(help->helper, helper);
	__set_bit(IPS_CONFIRMED_BIT, &tmpl->status);	/* as the CT target does */
	return tmpl;
}

/**
 * template_free() - give a template and its helper back
 * @tmpl: template; NULL is allowed
 */
static inline void template_free(struct nf_conn *tmpl)
{
	if (!tmpl)
		return;
	nf_conntrack_helper_put(rcu_dereference_raw(nfct_help(tmpl)->helper));
	nf_ct_put(tmpl);
}

#endif /* _SIPALG_TEMPLATE_H */
