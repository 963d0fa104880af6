#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml.sh - build Linux 6.1 as a user process (UML): the debug kernel, with KASAN and friends, and the plain one.
#
# usage: uml.sh           prints the O= tree (holding `linux`) of the debug kernel as its last line
#        uml.sh plain     the same kernel without the checks, for measuring
#        uml.sh source    only unpacks the sources; prints their directory
#
# Built once, 10-25 minutes (plain: 5-8), into $LAB/uml or $LAB/uml-plain; again only when the linux-source-6.1
# package or one of the lists of options below changes. The sources stay in
# $LAB/linux-source-6.1: checkpatch, coccinelle rules and kunit.py come from there.
set -euo pipefail
. "$(dirname "$0")/env.sh"

options='
# what any user space needs
	MODULES MODULE_UNLOAD KALLSYMS NET INET IPV6 UNIX PACKET NAMESPACES NET_NS
	PROC_FS PROC_SYSCTL SYSFS DEVTMPFS TMPFS HOSTFS BLK_DEV_INITRD DEBUG_FS
	DYNAMIC_DEBUG VETH DUMMY KUNIT
# connection tracking
	NETFILTER NETFILTER_ADVANCED NETFILTER_INGRESS NF_CONNTRACK NF_CONNTRACK_EVENTS
	NF_CONNTRACK_PROCFS NF_CONNTRACK_TIMEOUT NF_CONNTRACK_MARK NF_CONNTRACK_ZONES
	NF_CONNTRACK_LABELS NF_CT_NETLINK NF_CT_NETLINK_HELPER NETFILTER_NETLINK_QUEUE
	NETFILTER_NETLINK_GLUE_CT NF_NAT NF_FLOW_TABLE NF_FLOW_TABLE_INET
# nft and iptables
	NF_TABLES NF_TABLES_INET NF_TABLES_IPV4 NF_TABLES_IPV6 NFT_CT NFT_NAT NFT_MASQ
	NFT_OBJREF NFT_COMPAT NFT_FLOW_OFFLOAD NFT_REJECT NFT_LOG NFT_LIMIT NFT_QUEUE
	NETFILTER_XTABLES NETFILTER_XT_TARGET_CT NETFILTER_XT_TARGET_MASQUERADE
	NETFILTER_XT_MATCH_HELPER NETFILTER_XT_MATCH_CONNTRACK
	IP_NF_IPTABLES IP_NF_FILTER IP_NF_NAT IP_NF_MANGLE IP_NF_RAW IP_NF_TARGET_MASQUERADE
	IP6_NF_IPTABLES IP6_NF_FILTER IP6_NF_NAT IP6_NF_MANGLE IP6_NF_RAW
# loss, delay and reordering
	NET_SCHED NET_SCH_NETEM
'
checks='
# the checks this kernel is built for
	DEBUG_KERNEL DEBUG_INFO_NONE KASAN KASAN_VMALLOC UBSAN DEBUG_KMEMLEAK
	PROVE_LOCKING PROVE_RCU FAULT_INJECTION FAULT_INJECTION_DEBUG_FS FAILSLAB
	DEBUG_LIST DEBUG_PAGEALLOC DEBUG_OBJECTS DEBUG_OBJECTS_TIMERS
	DEBUG_OBJECTS_RCU_HEAD DEBUG_OBJECTS_WORK SCHED_STACK_END_CHECK DEBUG_STACK_USAGE
# tracepoints
	FTRACE ENABLE_DEFAULT_TRACERS
'
speed='
	CC_OPTIMIZE_FOR_PERFORMANCE
'
modules='NF_CONNTRACK_SIP NF_NAT_SIP'	# the in-tree helper, to compare with
# UML 6.1 has room for 2,696 bytes of a process's floating point registers, as AVX-512 needs. The host's
# kernel takes all of them back or none: on a processor with AMX, 11,008 bytes, init dies of it at once.
registers=12288
# 64 KB. The way of a packet from sendto() through three namespaces and the helper takes up to 16.2, and the
# registers stand there too: with the usual 16 a stack was overrun now and then.
values='KERNEL_STACK_ORDER=4'
off='
# After vfree() (a module ends) UML unmaps a range of vmalloc space and maps what is still in use
# again, page by page. With VMAP_STACK the stack of the running task may be among that, and a timer
# signal that comes in between faults in its handler for ever: one unload in about 130 hung.
	VMAP_STACK
'

case ${1:-} in
'' | source) kernel=debug o=$LAB/uml options+=$checks ;;
plain) kernel=plain o=$LAB/uml-plain options+=$speed ;;
*) die 'usage: uml.sh [plain|source]' 2 ;;
esac

wanted() {
	grep -v '^#' <<< "$options" | xargs -n1 printf 'CONFIG_%s=y\n'
	xargs -n1 printf 'CONFIG_%s=m\n' <<< "$modules"
	xargs -n1 printf 'CONFIG_%s\n' <<< "$values"
	grep -v '^#' <<< "$off" | xargs -n1 printf '# CONFIG_%s is not set\n'
}

tree=$LAB/linux-source-6.1 tarball=/usr/src/linux-source-6.1.tar.xz
# fetch: the package, unpacked in $LAB/source; from Debian 12, as later ones have none
fetch() {
	local from=$LAB/source log=$LAB/source.log
	say 'fetching the sources of Linux 6.1'
	rm -rf "$from"
	mkdir -p "$from"
	"$TOP/scripts/archive.sh" source/apt bookworm > /dev/null
	(cd "$from" && APT_CONFIG=$from/apt/apt.conf apt-get -qq download linux-source-6.1) > "$log" 2>&1 ||
		die "cannot download linux-source-6.1 (log: $log)" 2
	dpkg-deb -x "$from"/linux-source-6.1_*.deb "$from"
	dpkg-deb -f "$from"/linux-source-6.1_*.deb Version > "$from/version.new"
	rm -r "$from"/{*.deb,apt}
	mv "$from"/version{.new,}
}

if ! version=$(dpkg-query -W -f '${Version}' linux-source-6.1 2> /dev/null); then
	locked source
	[ -s "$LAB/source/version" ] || fetch
	version=$(cat "$LAB/source/version") tarball=$LAB/source$tarball
fi
key="$version $(wanted | hash_of) $registers"
# UML has the compiler call memcpy() and its kin even for eight bytes, which no other kernel does: the
# helper that ours is compared with is built as it is elsewhere, and so is ours
as_elsewhere=
[ $kernel = debug ] || as_elsewhere='CFLAGS_nf_conntrack_sip.o=-fbuiltin CFLAGS_nf_nat_sip.o=-fbuiltin'
key+=$as_elsewhere

locked uml
if [ "$(cat "$tree/.version-of-package" 2> /dev/null)" != "$version" ]; then
	say "unpacking the sources of Linux 6.1 ($version)"
	rm -rf "$tree" "$LAB/uml" "$LAB/uml-plain"
	tar -C "$LAB" -xf "$tarball"
	echo "$version" > "$tree/.version-of-package"
fi
[ "${1:-}" != source ] || { echo "$tree"; exit; }
[ $kernel = debug ] || locked "uml-$kernel"	# who waits for the debug kernel need not wait for this one
if [ "$(cat "$o/key" 2> /dev/null)" != "$key" ] || [ ! -x "$o/linux" ]; then
	"$TOP/scripts/deps.sh" build uml
	mkdir -p "$o"
	rm -f "$o/key"
	offsets=$tree/arch/x86/um/user-offsets.c
	sed -i "s/(HOST_FP_SIZE, [0-9]*)/(HOST_FP_SIZE, $registers)/" "$offsets"
	grep -q "(HOST_FP_SIZE, $registers)" "$offsets" || die 'this source keeps registers in another way'
	wanted > "$o/.config"
	make -s -C "$tree" ARCH=um O="$o" olddefconfig
	lost=$(wanted | grep -vxFf "$o/.config" || :)	# kconfig drops unmet options silently
	[ -z "$lost" ] || die "this kernel does not take: $(xargs <<< "$lost")"
	say "building the UML $kernel kernel, 5-25 minutes; log: $o/build.log"
	# shellcheck disable=SC2086	# two words
	make -C "$tree" ARCH=um O="$o" -j"$(nproc)" $as_elsewhere linux modules > "$o/build.log" 2>&1 ||
		{ grep -m5 -E 'error|Error' "$o/build.log" >&2; die "the UML kernel did not build: see $o/build.log"; }
	echo "$key" > "$o/key"
fi
echo "$o"
