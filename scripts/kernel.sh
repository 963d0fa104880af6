#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh - fetch a stock Debian kernel: image, modules, and (not for 7) headers.
#
# usage: [REFRESH=1] kernel.sh 6.1|6.12|7     prints its release as the last line
#
# Leaves in $LAB/k/SERIES:  release, vmlinuz, root/ (unpacked packages) and
# build (headers). What is there stays; REFRESH=1 looks for a newer one. The
# headers of 7 need a newer tool chain than Debian 12 has: see chroot.sh. 6.1 and
# 6.12 come from this machine's own suite; where it lacks one, as Debian 13 lacks 6.1, that comes from Debian 12.
set -euo pipefail
. "$(dirname "$0")/env.sh"
series=${1:-} d=$LAB/k/${1:-}
case $series in 6.1 | 6.12 | 7) ;; *) die 'usage: kernel.sh 6.1|6.12|7' 2 ;; esac

locked "kernel-$series"
if [ -z "${REFRESH:-}" ] && [ -s "$d/release" ]; then
	cat "$d/release"
	exit
fi

# newest PATTERN: the newest package of that name which the archive has
newest() { apt-cache search --names-only "$1" | awk '{ print $1 }' | sort -V | tail -1; }

# own NAME SUITE...: an apt of our own from here on
own() {
	export APT_CONFIG=$LAB/$1/apt.conf
	"$TOP/scripts/archive.sh" "$@" > /dev/null
}

if [ "$series" = 7 ]; then	# lives in trixie-backports
	own apt trixie trixie-backports
	img=$(newest '^linux-binary-7\..*deb13-cloud-amd64$')	# image = binary + modules since 7.x
	v=${img#linux-binary-}
else
	find_image() { img=$(newest "^linux-image-${series/./\\.}\..*-cloud-amd64-unsigned\$"); }
	find_image
	if [ -n "${REFRESH:-}" ] || [ -z "$img" ]; then
		apt-get -qq update > /dev/null 2>&1 || :
		find_image
	fi
	if [ -z "$img" ]; then
		own "apt-$series" bookworm bookworm-backports
		find_image
	fi
	v=${img#linux-image-}
fi
[ -n "$img" ] || die "the archive has no kernel $series" 2
v=${v%-unsigned} v=${v%-cloud-amd64} rel=$v-cloud-amd64
case $series in
6.1) set -- "linux-headers-$rel" "linux-headers-$v-common" linux-kbuild-6.1 ;;
6.12) set -- "linux-headers-$rel" "linux-headers-$v-common" "linux-kbuild-$v" ;;
7) set -- "linux-modules-$rel" "linux-base-$rel" ;;
esac

if [ "$(cat "$d/release" 2> /dev/null)" != "$rel" ]; then
	say "fetching $rel"
	rm -rf "$d"
	mkdir -p "$d/debs" "$d/root"
	(cd "$d/debs" && apt-get -qq download "$img" "$@") 2> "$d/log" ||
		{ tail -3 "$d/log" >&2; die "cannot download $img $*" 2; }
	for f in "$d"/debs/*.deb; do dpkg-deb -x "$f" "$d/root"; done
	rm -r "$d/debs"
	for f in "$d/root/boot/vmlinuz-$rel" "$d/root/usr/lib/modules/$rel/vmlinuz"; do
		[ ! -f "$f" ] || ln -sf "$f" "$d/vmlinuz"
	done
	h=$d/root/usr/src/linux-headers-$rel
	if [ -d "$h" ]; then	# its Makefile holds the one absolute path of the package
		sed -i "s#/usr/src/#$d/root/usr/src/#" "$h/Makefile"
		ln -s "$h" "$d/build"
	fi
	[ -e "$d/vmlinuz" ] || die "no kernel image in $img"
	echo "$rel" > "$d/release"
fi
echo "$rel"
