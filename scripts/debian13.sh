#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debian13.sh - run the lab on Debian 13, in a chroot that is made from nothing.
#
# usage: [KEEP=1] debian13.sh [COMMAND...]      default: make demo test
#
# The chroot is $LAB/debian13. It begins with apt, git and make, without any cache; COMMAND runs in a copy of this
# tree and installs what it needs there. KEEP=1 takes the chroot of the last run as it was left. Needs root, and
# 3 GB for the default, 8 GB for .ci/run. Messages of others ($CORPORA, default ../shared/corpora) go along.
set -euo pipefail
. "$(dirname "$0")/env.sh"
c=$LAB/debian13 corpora=${CORPORA:-$TOP/../shared/corpora}
[ $# -gt 0 ] || set -- make demo test

[ "$(id -u)" = 0 ] || die 'needs root to make a chroot' 2
"$TOP/scripts/deps.sh" build chroot
locked debian13
if [ -z "${KEEP:-}" ] || [ ! -e "$c/src" ]; then
	say 'making a chroot with Debian 13'
	rm -rf --one-file-system "$c"
	sources=$("$TOP/scripts/archive.sh" apt trixie trixie-backports)
	mmdebstrap --quiet --variant=minbase --include=ca-certificates,git,make trixie "$c" - <<< "$sources" \
		> "$LAB/debian13.log" 2>&1 ||
		{ tail -3 "$LAB/debian13.log" >&2; die "mmdebstrap failed, log: $LAB/debian13.log" 2; }
	cp /etc/resolv.conf "$c/etc/"
	mkdir -p "$c/src/main" "$c/src/shared/corpora"
fi
rsync -a --delete --exclude={/.git,/kunit/host/build,'*.o','*.ko','.*.cmd'} "$SRC/" "$c/src/main/"
[ ! -d "$corpora" ] || rsync -a --delete "$corpora/" "$c/src/shared/corpora/"

# shellcheck disable=SC2016
exec unshare --mount --pid --fork --kill-child --propagation private bash -c '
	set -e
	root=$0
	mount --bind "$root" "$root"	# chroot.sh, in there, wants a root that is a mount
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	mount --rbind /sys "$root/sys"
	mount -t tmpfs tmp "$root/tmp"
	exec chroot "$root" env -i HOME=/root TERM="${TERM:-dumb}" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		sh -c "cd /src/main && exec \"\$@\"" sh "$@"' "$c" "$@"
