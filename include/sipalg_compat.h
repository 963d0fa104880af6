/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_compat: the one file that knows differences between kernels.
 *
 * The code is written against the newest API; Kbuild asks the kernel's headers
 * which parts of it they have (SIPALG_*), and what they lack is supplied here.
 */
#ifndef _SIPALG_COMPAT_H
#define _SIPALG_COMPAT_H

#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/udp.h>
#ifdef SIPALG_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* The name of helper, NAT helper and expectfn, by which user space knows them. */
#define SIPALG_NAME	"sipalg"

/* Symbol namespaces: a token up to 6.12, a string from then on. */
#ifdef SIPALG_NS_TOKEN
#define SIPALG_EXPORT(sym)	EXPORT_SYMBOL_NS_GPL(sym, SIPALG)
#define SIPALG_IMPORT_NS	MODULE_IMPORT_NS(SIPALG)
#else
#define SIPALG_EXPORT(sym)	EXPORT_SYMBOL_NS_GPL(sym, "SIPALG")
#define SIPALG_IMPORT_NS	MODULE_IMPORT_NS("SIPALG")
#endif

/* What only the tests and the benchmark need is exported where these are built. */
#ifdef SIPALG_EXPORT_TESTS
#define SIPALG_EXPORT_TEST(sym)	SIPALG_EXPORT(sym)
#else
#define SIPALG_EXPORT_TEST(sym)	static_assert(true)
#endif

#ifdef SIPALG_SYSCTL_CONST
#define SIPALG_CTL_TABLE	const struct ctl_table
#else
#define SIPALG_CTL_TABLE	struct ctl_table
#endif

/* @table: @n entries and a zeroed one, which older kernels need and newer ones refuse. */
static inline struct ctl_table_header *
sipalg_sysctl_register(struct net *net, const char *path, struct ctl_table *table, size_t n)
{
#ifdef SIPALG_SYSCTL_SIZED
	return register_net_sysctl_sz(net, path, table, n);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* Sets, never extends; nothing happens under IPS_FIXED_TIMEOUT. */
static inline void sipalg_ct_refresh(struct nf_conn *ct, struct sk_buff *skb, u32 extra_jiffies)
{
#ifdef SIPALG_REFRESH_WITHOUT_SKB
	nf_ct_refresh(ct, extra_jiffies);
#else
	nf_ct_refresh(ct, skb, extra_jiffies);
#endif
}

/*
 * Which helper the expected connection gets, NULL for none.  Always called:
 * some stable kernels give the child whatever exp->helper holds, and their
 * nf_ct_expect_init() puts the master's helper there.
 */
static inline void sipalg_expect_assign(struct nf_conntrack_expect *exp,
					struct nf_conntrack_helper *helper)
{
#ifdef SIPALG_EXPECT_ASSIGN_HELPER
	rcu_assign_pointer(exp->assign_helper, helper);
#else
	rcu_assign_pointer(exp->helper, helper);
#endif
}

/* Where the NAT module leads the packets of @exp to.  Kernels without NAT have no place for it. */
static inline void sipalg_expect_set_nat(struct nf_conntrack_expect *exp,
					 const union nf_inet_addr *addr, __be16 port)
{
#if IS_ENABLED(CONFIG_NF_NAT)
	exp->saved_addr = *addr;
	exp->saved_proto.all = port;
#endif
}

static inline bool sipalg_expect_has_nat(const struct nf_conntrack_expect *exp)
{
#if IS_ENABLED(CONFIG_NF_NAT)
	static const union nf_inet_addr none;

	return !nf_inet_addr_cmp(&exp->saved_addr, &none);
#else
	return false;
#endif
}

/**
 * sipalg_expect_leads_to() - does an expectation lead its packets to a host?
 * @exp: expectation
 * @addr: address of the host
 *
 * Return: whether its NAT has that address; false: it has another one, or none.
 */
static inline bool sipalg_expect_leads_to(const struct nf_conntrack_expect *exp,
					  const union nf_inet_addr *addr)
{
#if IS_ENABLED(CONFIG_NF_NAT)
	return nf_inet_addr_cmp(&exp->saved_addr, addr);
#else
	return false;
#endif
}

/**
 * sipalg_expect_leads_port() - the port to which an expectation leads its packets
 * @exp: expectation that has NAT
 *
 * Return: the port in network byte order.
 */
static inline __be16 sipalg_expect_leads_port(const struct nf_conntrack_expect *exp)
{
#if IS_ENABLED(CONFIG_NF_NAT)
	return exp->saved_proto.all;
#else
	return 0;
#endif
}

/*
 * Whether an expectation that the caller has a reference on still waits: where it does not it
 * was taken out by hlist_del_rcu(), or is about to be.  Under nf_conntrack_expect_lock.
 */
static inline bool sipalg_expect_waits(const struct nf_conntrack_expect *exp)
{
	if (exp->hnode.pprev == LIST_POISON2)
		return false;
#ifdef SIPALG_EXPECT_U32_TIMEOUT
	return !nf_ct_exp_is_expired(exp);
#else
	return true;
#endif
}

/* Takes a linked expectation out.  Under nf_conntrack_expect_lock. */
static inline void sipalg_expect_remove(struct nf_conntrack_expect *exp)
{
#ifdef SIPALG_EXPECT_U32_TIMEOUT
	nf_ct_unlink_expect(exp);
#else
	nf_ct_remove_expect(exp);
#endif
}

/*
 * Lets a linked expectation live at least @seconds from now: owners that share a
 * pinhole do not shorten each other's.  Under nf_conntrack_expect_lock.
 */
static inline void sipalg_expect_extend(struct nf_conntrack_expect *exp, u32 seconds)
{
#ifdef SIPALG_EXPECT_U32_TIMEOUT
	u32 until = nfct_time_stamp + seconds * HZ;

	if ((s32)(until - READ_ONCE(exp->timeout)) > 0)
		WRITE_ONCE(exp->timeout, until);
#else
	unsigned long until = jiffies + seconds * HZ;

	if (time_after(until, exp->timeout.expires))
		mod_timer_pending(&exp->timeout, until);
#endif
}

/*
 * What there is without a file of ours.  SIPALG_NO_FILES: a build that behaves as if the kernel had
 * neither, for the tests.
 */
#ifdef SIPALG_NO_FILES
#define SIPALG_HAS_PROC		0
#define SIPALG_HAS_SYSCTL	0
#else
#define SIPALG_HAS_PROC		IS_ENABLED(CONFIG_PROC_FS)
#define SIPALG_HAS_SYSCTL	IS_ENABLED(CONFIG_SYSCTL)
#endif

enum { SIPALG_HELPERS = 4 };	/* two address families, two protocols */

/**
 * struct sipalg_helpers - our registered helpers
 * @h: one for each address family and protocol, as they were given to the kernel
 * @copy: the kernel's own copies, where it makes them: these are what nfct_help() holds
 */
struct sipalg_helpers {
	struct nf_conntrack_helper h[SIPALG_HELPERS];
#ifdef SIPALG_HELPER_COPIED
	struct nf_conntrack_helper *copy[SIPALG_HELPERS];
#endif
};

typedef int sipalg_help_fn(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
			   enum ip_conntrack_info ctinfo);

/*
 * An otherwise unused number in the place of the port that a helper was once
 * found by: on kernels that still compare it, two helpers of one family, protocol
 * and port exclude each other, and both 5060 and 0 have owners.
 */
#define SIPALG_HELPER_SLOT	5059

/* @policy: of all the classes that the kernel knows */
static inline void sipalg_helper_init(struct nf_conntrack_helper *h, u8 family, u8 proto,
				      const struct nf_conntrack_expect_policy *policy,
				      sipalg_help_fn *help)
{
#ifdef SIPALG_HELPER_SHORT_INIT
	nf_ct_helper_init(h, family, proto, SIPALG_NAME, policy, NF_CT_MAX_EXPECT_CLASSES - 1,
			  help, NULL, THIS_MODULE);
#else
	nf_ct_helper_init(h, family, proto, SIPALG_NAME, SIPALG_HELPER_SLOT, SIPALG_HELPER_SLOT, 0,
			  policy, NF_CT_MAX_EXPECT_CLASSES - 1, help, NULL, THIS_MODULE);
#endif
}

static inline int sipalg_helpers_register(struct sipalg_helpers *helpers)
{
#ifdef SIPALG_HELPER_COPIED
	return nf_conntrack_helpers_register(helpers->h, ARRAY_SIZE(helpers->h), helpers->copy);
#else
	return nf_conntrack_helpers_register(helpers->h, ARRAY_SIZE(helpers->h));
#endif
}

static inline void sipalg_helpers_unregister(struct sipalg_helpers *helpers)
{
#ifdef SIPALG_HELPER_COPIED
	nf_conntrack_helpers_unregister(helpers->copy, ARRAY_SIZE(helpers->h));
#else
	nf_conntrack_helpers_unregister(helpers->h, ARRAY_SIZE(helpers->h));
#endif
}

/* The kernel's object for helper @i: what a connection points at. */
static inline struct nf_conntrack_helper *sipalg_helper(struct sipalg_helpers *helpers, int i)
{
#ifdef SIPALG_HELPER_COPIED
	return helpers->copy[i];
#else
	return &helpers->h[i];
#endif
}

/* A reference for a connection that is given the helper; dropped when it is freed. */
static inline bool sipalg_helper_get(struct nf_conntrack_helper *helper)
{
#ifdef SIPALG_HELPER_COPIED
	return refcount_inc_not_zero(&helper->ct_refcnt);
#else
	return true;
#endif
}

/* What the hook of NAT says that it is, which has its place among others at NF_IP_PRI_NAT_DST. */
#ifdef SIPALG_NAT_NAMED
#define SIPALG_OP_NAT	NF_HOOK_OP_NAT
#else
#define SIPALG_OP_NAT	NF_HOOK_OP_UNDEFINED
#endif

/*
 * Whether a packet from anywhere to @addr and @port (host byte order) would find a socket:
 * of TCP one that listens.  @dif: the device that it would come to.  Under rcu_read_lock().
 * Each look-up was once told which table to search; the one of UDP was everybody's at first.
 */
static inline bool sipalg_listens(struct net *net, __be32 addr, u16 port, int dif)
{
#ifdef SIPALG_TCP_TABLE
	return __inet_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, 0, 0, addr,
				      port, dif, 0);
#else
	return __inet_lookup_listener(net, NULL, 0, 0, 0, addr, port, dif, 0);
#endif
}

static inline bool sipalg_receives(struct net *net, __be32 addr, u16 port, int dif)
{
#if defined(SIPALG_UDP_TABLE_OF_NET) && defined(SIPALG_UDP_TABLE)
	return __udp4_lib_lookup(net, 0, 0, addr, htons(port), dif, 0, net->ipv4.udp_table, NULL);
#elif defined(SIPALG_UDP_TABLE)
	return __udp4_lib_lookup(net, 0, 0, addr, htons(port), dif, 0, &udp_table, NULL);
#else
	return __udp4_lib_lookup(net, 0, 0, addr, htons(port), dif, 0, NULL);
#endif
}

#if IS_ENABLED(CONFIG_IPV6)
static inline bool sipalg_listens6(struct net *net, const struct in6_addr *addr, u16 port, int dif)
{
#ifdef SIPALG_TCP_TABLE
	return inet6_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, &in6addr_any,
				     0, addr, port, dif, 0);
#else
	return inet6_lookup_listener(net, NULL, 0, &in6addr_any, 0, addr, port, dif, 0);
#endif
}

static inline bool sipalg_receives6(struct net *net, const struct in6_addr *addr, u16 port,
				    int dif)
{
#if defined(SIPALG_UDP_TABLE_OF_NET) && defined(SIPALG_UDP_TABLE)
	return __udp6_lib_lookup(net, &in6addr_any, 0, addr, htons(port), dif, 0,
				 net->ipv4.udp_table, NULL);
#elif defined(SIPALG_UDP_TABLE)
	return __udp6_lib_lookup(net, &in6addr_any, 0, addr, htons(port), dif, 0, &udp_table,
				 NULL);
#else
	return __udp6_lib_lookup(net, &in6addr_any, 0, addr, htons(port), dif, 0, NULL);
#endif
}
#else
static inline bool sipalg_listens6(struct net *net, const struct in6_addr *addr, u16 port, int dif)
{
	return false;
}

static inline bool sipalg_receives6(struct net *net, const struct in6_addr *addr, u16 port,
				    int dif)
{
	return false;
}
#endif

#endif /* _SIPALG_COMPAT_H */
