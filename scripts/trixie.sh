#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# trixie.sh - an apt of our own for Debian 13 (trixie and trixie-backports).
#
# usage: trixie.sh      refreshes $LAB/apt (use it with APT_CONFIG=$LAB/apt/apt.conf);
#                       prints its sources list, for mmdebstrap
#
# The mirror is the one that this machine's apt uses.
set -euo pipefail
. "$(dirname "$0")/env.sh"
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016
mirror=$(APT_CONFIG='' apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
	awk -v c="$codename" '$2 == c { print $1; exit }')
[ -n "$mirror" ] || die "apt knows no mirror of $codename: run apt-get update" 2
key=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$LAB"/apt/{lists/partial,cache/archives/partial}
printf "deb [signed-by=$key] $mirror %s main\n" trixie trixie-backports | tee "$LAB/apt/sources.list"
cat > "$LAB/apt/apt.conf" <<C
Dir::Etc::sourcelist "$LAB/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$LAB/apt/lists";
Dir::Cache "$LAB/apt/cache";
C
APT_CONFIG=$LAB/apt/apt.conf apt-get -qq -o APT::Update::Error-Mode=any update > "$LAB/apt/log" 2>&1 ||
	die "the mirror has no usable trixie-backports: $(tail -1 "$LAB/apt/log")" 2
