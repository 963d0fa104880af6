#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# chroot.sh - a minimal trixie with the headers of the 7.x kernel and their compiler.
#
# usage: chroot.sh [COMMAND...]     no command: make sure that it is there, print its directory;
#                                   else run COMMAND in it, with $BIND mounted at /src
#
# Kept in $LAB/trixie as long as its headers are those of the image that
# kernel.sh fetched. Needs root.
set -euo pipefail
. "$(dirname "$0")/env.sh"
c=$LAB/trixie

usable() { [ -s "$c/release" ] && [ "$(cat "$c/release")" = "$(cat "$LAB/k/7/release" 2> /dev/null)" ]; }

if ! usable; then
	[ "$(id -u)" = 0 ] || die 'needs root to make a chroot' 2
	"$TOP/scripts/deps.sh" chroot
	locked chroot
fi
if ! usable; then
	# headers of a release that the archive has dropped cannot be had any more
	rel=$(REFRESH=1 "$TOP/scripts/kernel.sh" 7)
	say "making a trixie chroot with the headers of $rel"
	rm -rf "$c"
	sources=$("$TOP/scripts/archive.sh" apt trixie trixie-backports)
	# binutils: without it every cc-option test fails silently
	mmdebstrap --quiet --variant=apt --aptopt='APT::Install-Recommends "false"' \
		--include="make,binutils,linux-headers-$rel" trixie "$c" - <<< "$sources" > "$LAB/trixie.log" 2>&1 ||
		{ tail -3 "$LAB/trixie.log" >&2; die "mmdebstrap failed, log: $LAB/trixie.log" 2; }
	mkdir -p "$c/src"
	echo "$rel" > "$c/release"
fi

[ $# -gt 0 ] || { echo "$c"; exit; }
# objtool wants /proc
# shellcheck disable=SC2016
exec unshare --mount --propagation private bash -c '
	set -e
	root=$0 bind=$1; shift
	mount -t proc proc "$root/proc"
	[ -z "$bind" ] || mount --bind "$bind" "$root/src"
	exec chroot "$root" "$@"' "$c" "${BIND:-}" "$@"
