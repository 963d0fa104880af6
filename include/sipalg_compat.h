/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_compat: the one file that knows differences between kernels.
 *
 * The code is written against the newest API.  Kbuild finds out which parts of it the headers of
 * the kernel have (SIPALG_*), and this file supplies the parts that they lack.
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

/* The name by which user space knows the helper, the NAT helper and the expectfn. */
#define SIPALG_NAME	"sipalg"

/* The name of a symbol namespace is a token up to 6.12, and a string in later kernels. */
#ifdef SIPALG_NS_TOKEN
#define SIPALG_EXPORT(sym)	EXPORT_SYMBOL_NS_GPL(sym, SIPALG)
#define SIPALG_IMPORT_NS	MODULE_IMPORT_NS(SIPALG)
#else
#define SIPALG_EXPORT(sym)	EXPORT_SYMBOL_NS_GPL(sym, "SIPALG")
#define SIPALG_IMPORT_NS	MODULE_IMPORT_NS("SIPALG")
#endif

/* Symbols that only the tests and the benchmark need are exported where these are built. */
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

/**
 * sipalg_sysctl_register() - register sysctls
 * @net: namespace
 * @path: path of the directory below /proc/sys
 * @table: @n entries and a zeroed one, which older kernels need and newer ones refuse
 * @n: number of entries
 *
 * Context: process context.
 * Return: the registration; NULL: it has failed.
 */
static inline struct ctl_table_header *
sipalg_sysctl_register(struct net *net, const char *path, struct ctl_table *table, size_t n)
{
#ifdef SIPALG_SYSCTL_SIZED
	return register_net_sysctl_sz(net, path, table, n);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/**
 * sipalg_ct_refresh() - set the time for which a connection lives from now on
 * @ct: the connection; one with IPS_FIXED_TIMEOUT keeps its time
 * @skb: a packet of the connection
 * @extra_jiffies: the time in jiffies, which may be shorter than the time that is left
 *
 * Context: softirq or BH.
 */
static inline void sipalg_ct_refresh(struct nf_conn *ct, struct sk_buff *skb, u32 extra_jiffies)
{
#ifdef SIPALG_REFRESH_WITHOUT_SKB
	nf_ct_refresh(ct, extra_jiffies);
#else
	nf_ct_refresh(ct, skb, extra_jiffies);
#endif
}

/**
 * sipalg_expect_assign() - set the helper that an expected connection gets
 * @exp: the expectation, not inserted yet
 * @helper: the helper; NULL: the connection gets none
 *
 * It must be called for each expectation: some stable kernels give a connection the helper in
 * exp->helper, and their nf_ct_expect_init() writes the helper of the master there.
 *
 * Context: under rcu_read_lock().
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

/**
 * sipalg_expect_set_nat() - set where the NAT module leads the packets of an expectation
 * @exp: the expectation, not inserted yet
 * @addr: destination address, in network byte order
 * @port: destination port, in network byte order
 *
 * A kernel without NAT has no place for it, and nothing happens.
 *
 * Context: any.
 */
static inline void sipalg_expect_set_nat(struct nf_conntrack_expect *exp,
					 const union nf_inet_addr *addr, __be16 port)
{
#if IS_ENABLED(CONFIG_NF_NAT)
	exp->saved_addr = *addr;
	exp->saved_proto.all = port;
#endif
}

/**
 * sipalg_expect_has_nat() - ask whether an expectation has a destination for the NAT module
 * @exp: the expectation
 *
 * Context: any.
 * Return: true where sipalg_expect_set_nat() has set one.
 */
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
 * sipalg_expect_leads_addr() - the address to which an expectation leads its packets
 * @exp: expectation that has NAT
 *
 * Return: the address in network byte order.
 */
static inline const union nf_inet_addr *
sipalg_expect_leads_addr(const struct nf_conntrack_expect *exp)
{
#if IS_ENABLED(CONFIG_NF_NAT)
	return &exp->saved_addr;
#else
	return &exp->tuple.dst.u3;
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

/**
 * sipalg_expect_waits() - ask whether an expectation still waits for its packet
 * @exp: the expectation, on which the caller has a reference
 *
 * Context: under nf_conntrack_expect_lock.
 * Return: false where it was taken out by hlist_del_rcu(), or is about to be.
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

/**
 * sipalg_expect_remove() - take an expectation out of the tables of the kernel
 * @exp: the expectation, which is linked
 *
 * Context: under nf_conntrack_expect_lock.
 */
static inline void sipalg_expect_remove(struct nf_conntrack_expect *exp)
{
#ifdef SIPALG_EXPECT_U32_TIMEOUT
	nf_ct_unlink_expect(exp);
#else
	nf_ct_remove_expect(exp);
#endif
}

/**
 * sipalg_expect_extend() - let an expectation live for at least some time from now on
 * @exp: the expectation, which is linked
 * @seconds: the time in seconds
 *
 * A longer time that is set already stays, so owners that share a pinhole do not shorten its life
 * for each other.
 *
 * Context: under nf_conntrack_expect_lock.
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

/**
 * sipalg_expect_left() - for how long an expectation lives yet
 * @exp: the expectation, which is linked
 *
 * Context: under rcu_read_lock() or nf_conntrack_expect_lock.
 * Return: seconds, rounded down; 0: its time is over.
 */
static inline u32 sipalg_expect_left(const struct nf_conntrack_expect *exp)
{
#ifdef SIPALG_EXPECT_U32_TIMEOUT
	s32 left = READ_ONCE(exp->timeout) - nfct_time_stamp;
#else
	long left = exp->timeout.expires - jiffies;
#endif

	return left > 0 ? left / HZ : 0;
}

/**
 * sipalg_expect_set_time() - set for how long an expectation lives from now on
 * @exp: the expectation, which is linked
 * @seconds: the time in seconds, which may be shorter than the time that is left
 *
 * Context: under nf_conntrack_expect_lock.
 */
static inline void sipalg_expect_set_time(struct nf_conntrack_expect *exp, u32 seconds)
{
#ifdef SIPALG_EXPECT_U32_TIMEOUT
	WRITE_ONCE(exp->timeout, nfct_time_stamp + seconds * HZ);
#else
	mod_timer_pending(&exp->timeout, jiffies + seconds * HZ);
#endif
}

/*
 * Whether the kernel has procfs and sysctls.  Tests build with SIPALG_NO_FILES, and the modules
 * behave then as in a kernel that has neither.
 */
#ifdef SIPALG_NO_FILES
#define SIPALG_HAS_PROC		0
#define SIPALG_HAS_SYSCTL	0
#else
#define SIPALG_HAS_PROC		IS_ENABLED(CONFIG_PROC_FS)
#define SIPALG_HAS_SYSCTL	IS_ENABLED(CONFIG_SYSCTL)
#endif

enum { SIPALG_HELPERS = 4 };	/* for two address families and two protocols */

/**
 * struct sipalg_helpers - the helpers of this module
 * @h: one helper for each address family and protocol, as they are given to the kernel
 * @copy: the copies that the kernel makes of @h, where it does: connections point at these
 */
struct sipalg_helpers {
	struct nf_conntrack_helper h[SIPALG_HELPERS];
#ifdef SIPALG_HELPER_COPIED
	struct nf_conntrack_helper *copy[SIPALG_HELPERS];
#endif
};

/**
 * struct sipalg_helper_calls - the functions of a helper that the kernel calls
 * @help: for each packet of a connection that has the helper; it returns the verdict
 * @given: when user space gives a connection with the helper to the kernel, or changes one; @attr
 *	is the private data of the helper, or NULL
 */
struct sipalg_helper_calls {
	int (*help)(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
		    enum ip_conntrack_info ctinfo);
	int (*given)(struct nlattr *attr, struct nf_conn *ct);
};

/*
 * Kernels once found a helper by its port, and some still compare this number: there two helpers
 * with the same family, protocol and port exclude each other.  Other helpers have 5060 and 0, so
 * ours have a number that is not used otherwise.
 */
#define SIPALG_HELPER_SLOT	5059

/**
 * sipalg_helper_init() - fill in a helper
 * @h: the helper
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @policy: policies of expectations, NF_CT_MAX_EXPECT_CLASSES of them
 * @calls: the functions that the kernel calls
 *
 * Context: process context.
 */
static inline void sipalg_helper_init(struct nf_conntrack_helper *h, u8 family, u8 proto,
				      const struct nf_conntrack_expect_policy *policy,
				      const struct sipalg_helper_calls *calls)
{
#ifdef SIPALG_HELPER_SHORT_INIT
	nf_ct_helper_init(h, family, proto, SIPALG_NAME, policy, NF_CT_MAX_EXPECT_CLASSES - 1,
			  calls->help, calls->given, THIS_MODULE);
#else
	nf_ct_helper_init(h, family, proto, SIPALG_NAME, SIPALG_HELPER_SLOT, SIPALG_HELPER_SLOT, 0,
			  policy, NF_CT_MAX_EXPECT_CLASSES - 1, calls->help, calls->given,
			  THIS_MODULE);
#endif
}

/**
 * sipalg_helpers_register() - register the helpers with the kernel
 * @helpers: the helpers, all filled in by sipalg_helper_init()
 *
 * Context: process context.
 * Return: 0; or the error of nf_conntrack_helpers_register(): then none is registered.
 */
static inline int sipalg_helpers_register(struct sipalg_helpers *helpers)
{
#ifdef SIPALG_HELPER_COPIED
	return nf_conntrack_helpers_register(helpers->h, ARRAY_SIZE(helpers->h), helpers->copy);
#else
	return nf_conntrack_helpers_register(helpers->h, ARRAY_SIZE(helpers->h));
#endif
}

/**
 * sipalg_helpers_unregister() - unregister the helpers, and take them from all connections
 * @helpers: the helpers, registered
 *
 * Context: process context.
 */
static inline void sipalg_helpers_unregister(struct sipalg_helpers *helpers)
{
#ifdef SIPALG_HELPER_COPIED
	nf_conntrack_helpers_unregister(helpers->copy, ARRAY_SIZE(helpers->h));
#else
	nf_conntrack_helpers_unregister(helpers->h, ARRAY_SIZE(helpers->h));
#endif
}

/**
 * sipalg_helper() - find the object of the kernel for a helper, which connections point at
 * @helpers: the helpers, registered
 * @i: number of the helper, below SIPALG_HELPERS
 *
 * Context: any.
 * Return: the object; never NULL.
 */
static inline struct nf_conntrack_helper *sipalg_helper(struct sipalg_helpers *helpers, int i)
{
#ifdef SIPALG_HELPER_COPIED
	return helpers->copy[i];
#else
	return &helpers->h[i];
#endif
}

/**
 * sipalg_helper_get() - take a reference on a helper for a connection
 * @helper: the object of the kernel
 *
 * The kernel drops the reference when it frees the connection.
 *
 * Context: under rcu_read_lock().
 * Return: false: the helper is being unregistered, and the connection must not get it.
 */
static inline bool sipalg_helper_get(struct nf_conntrack_helper *helper)
{
#ifdef SIPALG_HELPER_COPIED
	return refcount_inc_not_zero(&helper->ct_refcnt);
#else
	return true;
#endif
}

/* The type of the hook of NAT, which tells it from other hooks at NF_IP_PRI_NAT_DST. */
#ifdef SIPALG_NAT_NAMED
#define SIPALG_OP_NAT	NF_HOOK_OP_NAT
#else
#define SIPALG_OP_NAT	NF_HOOK_OP_UNDEFINED
#endif

/*
 * The look-ups of sockets below had an argument for the table to search in older kernels.  The
 * first of these had one table of UDP for all namespaces.
 */

/**
 * sipalg_listens() - ask whether a TCP socket of IPv4 listens at an address and port
 * @net: namespace
 * @addr: address, in network byte order
 * @port: port, in host byte order
 * @dif: number of the device over which a packet would come
 *
 * Context: under rcu_read_lock().
 * Return: true where a packet from any host would find a socket that listens.
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

/**
 * sipalg_receives() - ask whether a UDP socket of IPv4 has an address and port
 * @net: namespace
 * @addr: address, in network byte order
 * @port: port, in host byte order
 * @dif: number of the device over which a packet would come
 *
 * Context: under rcu_read_lock().
 * Return: true where a packet from any host would find a socket.
 */
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
/**
 * sipalg_listens6() - ask whether a TCP socket of IPv6 listens at an address and port
 * @net: namespace
 * @addr: address
 * @port: port, in host byte order
 * @dif: number of the device over which a packet would come
 *
 * Context: under rcu_read_lock().
 * Return: true where a packet from any host would find a socket that listens; false in a kernel
 * without IPv6.
 */
static inline bool sipalg_listens6(struct net *net, const struct in6_addr *addr, u16 port, int dif)
{
#ifdef SIPALG_TCP_TABLE
	return inet6_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, &in6addr_any,
				     0, addr, port, dif, 0);
#else
	return inet6_lookup_listener(net, NULL, 0, &in6addr_any, 0, addr, port, dif, 0);
#endif
}

/**
 * sipalg_receives6() - ask whether a UDP socket of IPv6 has an address and port
 * @net: namespace
 * @addr: address
 * @port: port, in host byte order
 * @dif: number of the device over which a packet would come
 *
 * Context: under rcu_read_lock().
 * Return: true where a packet from any host would find a socket; false in a kernel without IPv6.
 */
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
