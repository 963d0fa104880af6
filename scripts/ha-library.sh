#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ha-library.sh - a libnetfilter_conntrack that builds expectations with class, NAT and function.
#
# usage: ha-library.sh      prints the path of the shared object as the last line
#
# Builds Debian 13's source of 1.1.0 with the patch of dist/ha, in $LAB/ha-library. No release of Debian 12, 13 and sid
# is whole (dist/ha/expect-test.py says it of any of them). Made again only when the patch or this script has changed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
version=1.1.0 d=$LAB/ha-library ha=$TOP/dist/ha
so=$d/libnetfilter_conntrack.so.3

locked ha-library
key=$(cat "$0" "$ha"/{libnetfilter_conntrack-expect.patch,expect-test.py} | hash_of)
if [ -s "$so" ] && [ "$(cat "$d/key" 2> /dev/null)" = "$key" ]; then
	echo "$so"
	exit
fi
"$TOP/scripts/deps.sh" library
say "building libnetfilter_conntrack $version with the patch"
tarball=libnetfilter-conntrack_$version.orig.tar.xz
rm -rf "$d/src"
mkdir -p "$d/src"
cd "$d"
if [ ! -s "$tarball" ]; then
	"$TOP/scripts/archive.sh" ha-library/apt trixie > /dev/null
	sed -i 's/^deb /deb-src /' apt/sources.list
	export APT_CONFIG=$d/apt/apt.conf
	apt-get -qq -o APT::Sandbox::User=root update > apt.log 2>&1 || :
	# a mirror may have the one file and not the others of a source package; apt has compared its hash
	apt-get -qq -o APT::Sandbox::User=root --download-only source "libnetfilter-conntrack/trixie" >> apt.log 2>&1 || :
	unset APT_CONFIG
	[ -s "$tarball" ] || die "the mirror has no $tarball (log: $d/apt.log)" 2
fi
tar -xf "$tarball" -C src --strip-components 1
{
	patch -d src -p1 < "$ha/libnetfilter_conntrack-expect.patch"
	cd src
	./configure --disable-static
	make -j"$(nproc)"
} > "$d/log" 2>&1 || die "building failed (log: $d/log)"
cp -L "$d/src/src/.libs/libnetfilter_conntrack.so.3" "$so"
"$ha/expect-test.py" "$so" >> "$d/log" || die "the library that was built is not whole (log: $d/log)"
rm -rf "$d/src" "$d/apt"
echo "$key" > "$d/key"
echo "$so"
