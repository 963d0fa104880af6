#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# archive.sh - an apt of our own for suites of Debian that this machine does not use.
#
# usage: archive.sh NAME SUITE...      refreshes $LAB/NAME (use it with APT_CONFIG=$LAB/NAME/apt.conf);
#                                      prints its sources list, for mmdebstrap
#
# The mirror is the one that this machine's apt uses.
set -euo pipefail
. "$(dirname "$0")/env.sh"
[ $# -ge 2 ] || die 'usage: archive.sh NAME SUITE...' 2
apt=$LAB/$1
shift
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016
mirror=$(APT_CONFIG='' apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
	awk -v c="$codename" '$2 == c { print $1; exit }')
[ -n "$mirror" ] || die "apt knows no mirror of $codename: run apt-get update" 2
key=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$apt"/{lists/partial,cache/archives/partial}
printf "deb [signed-by=$key] $mirror %s main\n" "$@" | tee "$apt/sources.list"
cat > "$apt/apt.conf" <<C
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
C
APT_CONFIG=$apt/apt.conf apt-get -qq -o APT::Update::Error-Mode=any update > "$apt/log" 2>&1 ||
	die "the mirror has no usable $*: $(tail -1 "$apt/log")" 2
