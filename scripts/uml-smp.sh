#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml-smp.sh - build Linux 7 as a user process (UML) with two processors, which 6.1 does not have there.
#
# usage: uml-smp.sh          for measuring; prints the O= tree (holding `linux`) as its last line
#        uml-smp.sh locks    the same kernel, which says for what locks its processors wait (/proc/lock_stat)
#
# Built once, 5-15 minutes each on two cores, into $LAB/uml-smp and $LAB/uml-locks; again only when the list of
# options changes. The source is the newest linux-source-7.* of trixie-backports, fetched once into $LAB/source-7;
# REFRESH=1 looks for a newer one.
set -euo pipefail
. "$(dirname "$0")/env.sh"

options='
# what any user space needs
	SMP MODULES MODULE_UNLOAD KALLSYMS NET INET IPV6 UNIX PACKET NAMESPACES NET_NS
	PROC_FS SYSCTL SYSFS DEVTMPFS TMPFS HOSTFS BLK_DEV_INITRD VETH
	CC_OPTIMIZE_FOR_PERFORMANCE
# connection tracking
	NETFILTER NETFILTER_ADVANCED NETFILTER_INGRESS NF_CONNTRACK NF_CONNTRACK_EVENTS
	NF_CONNTRACK_PROCFS NF_CONNTRACK_MARK NF_CONNTRACK_ZONES NF_CT_NETLINK NF_NAT
	NF_TABLES NF_TABLES_INET NF_TABLES_IPV4 NFT_CT NFT_NAT NFT_MASQ
'
locks='DEBUG_KERNEL LOCK_STAT'
modules='NF_CONNTRACK_SIP NF_NAT_SIP'	# the in-tree helper, to compare with
values='NR_CPUS=2 KERNEL_STACK_ORDER=4'
off='VMAP_STACK'	# both: see uml.sh

case ${1:-} in
'') o=$LAB/uml-smp ;;
locks) o=$LAB/uml-locks options+=$locks ;;
*) die 'usage: uml-smp.sh [locks]' 2 ;;
esac

wanted() {
	grep -v '^#' <<< "$options" | xargs -n1 printf 'CONFIG_%s=y\n'
	xargs -n1 printf 'CONFIG_%s=m\n' <<< "$modules"
	xargs -n1 printf 'CONFIG_%s\n' <<< "$values"
	xargs -n1 printf '# CONFIG_%s is not set\n' <<< "$off"
}

from=$LAB/source-7 tree=$LAB/linux-source-7 log=$LAB/source-7.log
# fetch: the package, and what is in it in $tree
fetch() {
	local package
	"$TOP/scripts/archive.sh" source-7/apt trixie trixie-backports > /dev/null
	export APT_CONFIG=$from/apt/apt.conf
	package=$(apt-cache search --names-only '^linux-source-7\.' | awk '{ print $1 }' | sort -V | tail -1)
	[ -n "$package" ] || die 'the archive has no source of Linux 7' 2
	say "fetching $package"
	rm -rf "$from"/{debs,root} "$tree"
	mkdir -p "$from"/{debs,root} "$tree"
	(cd "$from/debs" && apt-get -qq -o APT::Sandbox::User=root download "$package") > "$log" 2>&1 ||
		die "cannot download $package (log: $log)" 2
	dpkg-deb -x "$from"/debs/*.deb "$from/root"
	tar -C "$tree" --strip-components=1 -xf "$from/root/usr/src/$package.tar.xz"
	dpkg-deb -f "$from"/debs/*.deb Version > "$from/version.new"
	rm -r "$from"/{debs,root,apt}
	mv "$from"/version{.new,}
}

locked uml-smp
if [ -n "${REFRESH:-}" ] || [ ! -s "$from/version" ]; then fetch; fi
# UML has the compiler call memcpy() and its kin even for eight bytes, see uml.sh
as_elsewhere='CFLAGS_nf_conntrack_sip.o=-fbuiltin CFLAGS_nf_nat_sip.o=-fbuiltin'
key="$(cat "$from/version") $(wanted | hash_of) $as_elsewhere"
if [ "$(cat "$o/key" 2> /dev/null)" != "$key" ] || [ ! -x "$o/linux" ]; then
	"$TOP/scripts/deps.sh" build uml
	mkdir -p "$o"
	rm -f "$o/key"
	wanted > "$o/.config"
	make -s -C "$tree" ARCH=um O="$o" olddefconfig > "$o/build.log" 2>&1 || die "no configuration: see $o/build.log"
	lost=$(wanted | grep -vxFf "$o/.config" || :)	# kconfig drops unmet options silently
	[ -z "$lost" ] || die "this kernel does not take: $(xargs <<< "$lost")"
	say "building ${o##*/}, 5-15 minutes; log: $o/build.log"
	# shellcheck disable=SC2086	# two words
	make -C "$tree" ARCH=um O="$o" -j"$(nproc)" $as_elsewhere linux modules > "$o/build.log" 2>&1 ||
		{ grep -m5 -E 'error|Error' "$o/build.log" >&2; die "this kernel did not build: see $o/build.log"; }
	echo "$key" > "$o/key"
fi
echo "$o"
