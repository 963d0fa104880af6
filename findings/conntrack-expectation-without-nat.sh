#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# conntrack-expectation-without-nat.sh - libnetfilter_conntrack builds an expectation without class, NAT and function.
#
# usage: conntrack-expectation-without-nat.sh      needs Debian 12, gcc and apt; installs nothing, works in a temporary
#                                                  folder, sends nothing to a kernel
#
# An expectation with class, NAT and the name of an expectfn is built for the kernel in each way that the library has:
# nfexp_nlmsg_build(), the one for libmnl, and nfexp_build_expect(), the older one. Seen with libnetfilter-conntrack3
# 1.0.9-3: all three attributes are missing from the message (CTA_EXPECT_NAT, CTA_EXPECT_CLASS, CTA_EXPECT_FN), although
# the library reads them from messages of the kernel. A program that copies expectations to another machine, such as
# conntrackd with ExpectationSync, so gives the peer expectations that lead nowhere: the packet of a call is not
# translated there, and all of a helper's expectations share the limit of its first class.
#
# Status 0: as described; 1: it behaves otherwise now; 2: the packages cannot be had.
set -euo pipefail
version=1.0.9-3
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d"
apt-get -qq -o APT::Sandbox::User=root download libnetfilter-conntrack3=$version libnetfilter-conntrack-dev=$version \
	libmnl0 libmnl-dev libnfnetlink0 libnfnetlink-dev 2> apt.log || { tail -1 apt.log >&2; exit 2; }
for deb in *.deb; do dpkg-deb -x "$deb" root; done

cat > build.c <<'C'
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>
#include <string.h>

static struct nf_conntrack *flow(const char *src, const char *dst, int port)
{
	struct nf_conntrack *ct = nfct_new();

	nfct_set_attr_u8(ct, ATTR_L3PROTO, AF_INET);
	nfct_set_attr_u32(ct, ATTR_IPV4_SRC, inet_addr(src));
	nfct_set_attr_u32(ct, ATTR_IPV4_DST, inet_addr(dst));
	nfct_set_attr_u8(ct, ATTR_L4PROTO, IPPROTO_UDP);
	nfct_set_attr_u16(ct, ATTR_PORT_SRC, htons(5060));
	nfct_set_attr_u16(ct, ATTR_PORT_DST, htons(port));
	return ct;
}

static void show(const char *how, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	int has[CTA_EXPECT_MAX + 1] = {};

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) <= CTA_EXPECT_MAX)
			has[mnl_attr_get_type(attr)] = 1;
	printf("%s tuple %d mask %d master %d timeout %d helper %d nat %d class %d fn %d\n", how, has[CTA_EXPECT_TUPLE],
	       has[CTA_EXPECT_MASK], has[CTA_EXPECT_MASTER], has[CTA_EXPECT_TIMEOUT],
	       has[CTA_EXPECT_HELP_NAME], has[CTA_EXPECT_NAT], has[CTA_EXPECT_CLASS], has[CTA_EXPECT_FN]);
}

int main(void)
{
	static char mnl[4096], old[4096];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mnl);
	struct nfnl_subsys_handle *ssh;
	struct nf_expect *exp = nfexp_new();

	nfexp_set_attr(exp, ATTR_EXP_MASTER, flow("192.0.2.2", "198.51.100.2", 5060));
	nfexp_set_attr(exp, ATTR_EXP_EXPECTED, flow("198.51.100.2", "203.0.113.1", 4000));
	nfexp_set_attr(exp, ATTR_EXP_MASK, flow("255.255.255.255", "255.255.255.255", 0xffff));
	nfexp_set_attr(exp, ATTR_EXP_NAT_TUPLE, flow("192.0.2.2", "0.0.0.0", 0));
	nfexp_set_attr_u32(exp, ATTR_EXP_NAT_DIR, 1);
	nfexp_set_attr_u32(exp, ATTR_EXP_TIMEOUT, 240);
	nfexp_set_attr_u32(exp, ATTR_EXP_CLASS, 1);
	nfexp_set_attr(exp, ATTR_EXP_HELPER_NAME, "sip");
	nfexp_set_attr(exp, ATTR_EXP_FN, "nat-follow-master");

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK_EXP << 8 | IPCTNL_MSG_EXP_NEW;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct nfgenmsg));
	if (nfexp_nlmsg_build(nlh, exp))
		return 2;
	show("nfexp_nlmsg_build", nlh);

	ssh = nfnl_subsys_open(nfnl_open(), NFNL_SUBSYS_CTNETLINK_EXP, IPCTNL_MSG_EXP_MAX, 0);
	if (!ssh || nfexp_build_expect(ssh, (void *)old, sizeof(old), IPCTNL_MSG_EXP_NEW, 0, exp))
		return 2;
	show("nfexp_build_expect", (void *)old);
	return 0;
}
C
gcc -Wno-deprecated-declarations -o build build.c -Iroot/usr/include -Lroot/usr/lib/x86_64-linux-gnu \
	-lnetfilter_conntrack -lmnl -lnfnetlink
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./build > seen || exit 2
sed "s/^/libnetfilter_conntrack $version: /" seen
diff - seen <<'S'
nfexp_nlmsg_build tuple 1 mask 1 master 1 timeout 1 helper 1 nat 0 class 0 fn 0
nfexp_build_expect tuple 1 mask 1 master 1 timeout 1 helper 1 nat 0 class 0 fn 0
S
