#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest-mods.sh - the modules of a guest: a kernel's own networking modules and ours.
#
# usage: guest-mods.sh 6.1|6.12|7 OUT.cpio KO...
#        guest-mods.sh uml|plain|smp|locks OUT.d KO...          a directory: UML sees the host's files
set -euo pipefail
. "$(dirname "$0")/env.sh"
series=$1 out=$(realpath -m "$2")
shift 2
r=$(mktemp -d)
trap 'rm -rf "$r"' EXIT

if is_uml "$series"; then
	rel=$(make -s -C "$UML" ARCH=um kernelrelease)
	m=$UML
else
	rel=$(cat "$LAB/k/$series/release")
	m=$LAB/k/$series/root/usr/lib/modules/$rel
	[ -d "$m" ] || m=$LAB/k/$series/root/lib/modules/$rel
fi
t=$r/usr/lib/modules/$rel
mkdir -p "$t/extra" "$t/kernel"
cp "$m"/modules.builtin "$m"/modules.builtin.modinfo "$m"/modules.order "$t/"
if is_uml "$series"; then
	(cd "$m" && sed 's#^kernel/##; s#\.o$#.ko#' modules.order | cpio --quiet -pdm "$t/kernel")
else
	# a kernel may lack some of these
	(cd "$m" && {
		find kernel/net/{netfilter,ipv4,ipv6,sched,packet,8021q,802,bridge,llc} kernel/lib kernel/crypto \
			kernel/drivers/net/{wireguard,veth.ko*,dummy.ko*,ifb.ko*} -name "*.ko*" || :
		find kernel/arch/x86/crypto -name 'chacha*' -o -name 'poly1305*' -o -name 'curve25519*' || :	# WireGuard's
	} 2> /dev/null | cpio --quiet -pdm "$t")
fi
find "$t/kernel" -name '*.ko.xz' -exec xz -d {} +
for ko; do strip -g -o "$t/extra/$(basename "$ko")" "$ko"; done
ln -s usr/lib "$r/lib"
depmod -b "$r" "$rel"
if is_uml "$series"; then
	rm -rf "$out"
	chmod 755 "$r"
	mv "$r" "$out"
else
	rm "$r/lib"	# the base image has it
	(cd "$r" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) > "$out"
fi
