#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# deps.sh - make sure that the packages the lab uses are there, on Debian 12 and 13.
#
# usage: deps.sh [--missing] [build] [guest] [host] [speed] [static] [chroot] [uml] [gcc12] [library]     (default: all)
#        deps.sh [--missing] peers|scanners|conntrackd
#
# --missing: installs nothing, prints what is missing; status 0 when nothing is.
# peers: SIP servers and phones of other people's making, scanners: programs that look for such, conntrackd: what a
# failover takes; for the guest alone. They, and what they need and this machine lacks, are not installed, which would
# start some, but unpacked in $LAB/NAME/root.
# speed: the text core and the parsers of others, of which the libh2o of Debian 12 has picohttpparser.
# gcc12: the compiler that the headers of 6.1 ask for. library: what ha-library.sh builds with.
#
# Installs what is missing with apt-get; silent and without network when nothing
# is. Where it cannot, it says in one line what is missing and exits with 2.
set -euo pipefail
. "$(dirname "$0")/env.sh"

system=$( (. /etc/os-release && echo "$ID${VERSION_ID:-}") 2> /dev/null || echo unknown)-$(uname -m)
# names that are not the same everywhere; Debian 13 has no source of Linux 6.1: uml.sh takes that of Debian 12
declare -A clang_rt=([debian12-x86_64]=libclang-rt-14-dev [debian13-x86_64]=libclang-rt-19-dev)
declare -A source=([debian12-x86_64]=linux-source-6.1)
declare -A pico=([debian12-x86_64]=libh2o-evloop-dev)	# and no libh2o
declare -A packages=(
	[build]='build-essential bc flex bison cpio kmod xz-utils libelf-dev libssl-dev pahole rsync'
	[guest]='build-essential qemu-system-x86 busybox-static cpio kmod xz-utils iproute2 nftables iptables
		conntrack sip-tester baresip tcpdump socat iputils-ping procps util-linux python3'
	[host]="build-essential clang ${clang_rt[$system]:-libclang-rt-dev} llvm valgrind python3 pkg-config
		libsofia-sip-ua-dev libosip2-dev libre-dev"
	[speed]="build-essential valgrind python3 pkg-config libsofia-sip-ua-dev libosip2-dev libre-dev ${pico[$system]:-}"
	[static]='sparse coccinelle clang-format shellcheck perl'
	[chroot]='mmdebstrap util-linux'
	[uml]="build-essential bc flex bison kmod xz-utils libelf-dev libssl-dev ${source[$system]:-} python3"
	[gcc12]='gcc-12'
	[library]='build-essential pkg-config libmnl-dev libnfnetlink-dev xz-utils patch'
)

declare -A unpack=(
	[peers]='kamailio linphone-cli rtpengine-daemon'
	[scanners]='sipvicious'
	[conntrackd]='conntrackd keepalived'
)

only_ask=
[ "${1:-}" != --missing ] || { only_ask=1; shift; }
[ $# -gt 0 ] || set -- "${!packages[@]}"
into=
[ -z "${unpack[$*]:-}" ] || into=$LAB/$*
if [ -n "$into" ]; then
	locked "$*-deps"
	# another libc here may be another choice of what to unpack
	unpacked=$( (echo "${unpack[$*]}"; dpkg-query -W || :) | hash_of)
	missing=
	[ "$(cat "$into/key" 2> /dev/null)" = "$unpacked" ] || missing=${unpack[$*]}
else
	wanted=
	for group; do
		[ -n "${packages[$group]:-}" ] || die "no such group: $group" 2
		wanted+=" ${packages[$group]}"
	done
	# shellcheck disable=SC2086
	missing=$(comm -23 <(printf '%s\n' $wanted | sort -u) \
		<(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2> /dev/null |
			sed -n 's/ installed$//p' | sort -u) | xargs)
fi
[ -n "$missing" ] || exit 0
[ -z "$only_ask" ] || { echo "$missing"; exit 1; }

cannot() { die "$1; missing packages: $missing" 2; }
[[ $system =~ ^debian1[23]-x86_64$ ]] || cannot "this is $system, and the lab works on Debian 12 and 13 for x86_64"
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo -n true 2> /dev/null || cannot 'not root and no sudo without a password'
	sudo=sudo
fi
apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"
say "$([ -n "$into" ] && echo unpacking || echo installing) $missing"
$apt -o APT::Update::Error-Mode=any update > /dev/null 2>&1 || cannot 'the Debian mirror does not answer'
if [ -n "$into" ]; then
	rm -rf "$into"
	mkdir -p "$into"/{debs,root}
	cd "$into/debs"
	# shellcheck disable=SC2086
	{
		apt-get -s -o APT::Get::Show-User-Simulation-Note=0 install --no-install-recommends $missing |
			awk '$1 == "Inst" { print $2 }' > ../names
		xargs apt-get -qq -o APT::Sandbox::User=root download < ../names
		for deb in *.deb; do dpkg-deb -x "$deb" ../root; done
	} > "$LAB/deps.log" 2>&1 || cannot "unpacking failed (log: $LAB/deps.log)"
	rm -rf "$into/debs"
	echo "$unpacked" > "$into/key"
	exit
fi
# shellcheck disable=SC2086
$apt install -y --no-install-recommends $missing > "$LAB/deps.log" 2>&1 ||
	cannot "apt-get install failed (log: $LAB/deps.log)"
