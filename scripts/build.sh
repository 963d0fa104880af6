#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build.sh - build the modules for one kernel, with W=1; a warning is a failure.
#
# usage: [SRC=DIR] build.sh 6.1|6.12|7|uml|plain|smp|locks [MAKE-ARGUMENT...]
#
# Works on a copy of the sources, $OUT/SERIES, where only changed files are
# replaced, so a second build is short. Prints the directory of the .ko files
# as its last line; the log is $OUT/SERIES.log.
set -euo pipefail
. "$(dirname "$0")/env.sh"
series=${1:-}
case $series in
6.1 | 6.12 | 7 | uml | plain | smp | locks) shift ;;
*) die 'usage: build.sh 6.1|6.12|7|uml|plain|smp|locks [make-argument...]' 2 ;;
esac
d=$OUT/$series log=$OUT/$series.log

groups=(build)
[ "$series" != 6.1 ] || groups+=(gcc12)
"$TOP/scripts/deps.sh" "${groups[@]}"
case $series in
6.1 | 6.12)
	"$TOP/scripts/kernel.sh" "$series" > /dev/null
	run=(make "KDIR=$LAB/k/$series/build" -C "$d") ;;
7)
	"$TOP/scripts/chroot.sh" > /dev/null
	run=(env "BIND=$d" "$TOP/scripts/chroot.sh" make "KDIR=/lib/modules/$(cat "$LAB/trixie/release")/build" -C /src) ;;
uml | plain | smp | locks)
	case $series in
	smp | locks) o=$("$TOP/scripts/uml-smp.sh" "${series#smp}") ;;
	*) o=$("$TOP/scripts/uml.sh" "${series#uml}") ;;
	esac
	run=(make -C "$o" ARCH=um "M=$d" CONFIG_SIPALG_KUNIT=y) ;;
esac

locked "build-$(basename "$OUT")-$series"
mkdir -p "$d"
# no -t: a file that differs gets the time of the copy, the others keep theirs
(cd "$SRC" && for f in Kbuild Makefile ./*.c include text net pinhole tables decide transport module kunit; do [ ! -e "$f" ] || echo "$f"; done) |
	rsync --files-from=- -rlpc --delete --exclude={/kunit/host,/kunit/golden,'.*','*.o','*.ko','*.mod','*.mod.c','*.a'} "$SRC/" "$d/"

status=0
"${run[@]}" -j"$(nproc)" W=1 modules "$@" > "$log" 2>&1 || status=$?
# harmless: headers packages have no vmlinux; Debian's own compiler is named differently
warnings=$(grep -iE 'warning:|warning \(' "$log" |
	grep -vE 'Skipping BTF|the compiler differs from the one used' || :)
if [ $status != 0 ] || [ -n "$warnings" ]; then
	[ $status = 0 ] || { grep -E 'error:|Error |ERROR' "$log" || tail -n 5 "$log"; } | head -20 >&2
	[ -z "$warnings" ] || head -20 <<< "$warnings" >&2
	find "$d" -name '*.o' -delete	# else the next run would not see the warnings
	die "build for $series failed, log: $log"
fi
echo "$d"
