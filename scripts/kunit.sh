#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kunit.sh - the KUnit tests, in the debug kernel (UML: KASAN, UBSAN, lockdep, kmemleak).
#
# usage: [SRC=DIR] kunit.sh
#
# Every suite of kunit/*_kunit.c must report; the kernel log must be clean from
# load to unload, and no memory may be lost. Prints the result of each test and
# "kunit: N passed, N failed, N skipped". The console is in $OUT/kunit.log.
# CHAOS_SEED: another seed for the chaos suite. LIMIT, MEM, APPEND: see guest.sh.
set -euo pipefail
. "$(dirname "$0")/env.sh"
here=$TOP/scripts log=$OUT/kunit.log stage=$OUT/kunit

ko=$("$here/build.sh" uml ${CHAOS_SEED:+"KCFLAGS=-DCHAOS_SEED=$CHAOS_SEED"} | tail -1)
locked "kunit-$(basename "$OUT")"
"$here/guest-mods.sh" uml "$OUT/mods-kunit" "$ko"/*.ko
rm -rf "$stage"
mkdir -p "$stage"
cp "$here/kunit/run" "$here/klog.bad" "$stage/"
suites=$(cat "$SRC"/kunit/*_kunit.c | grep -cE '^(static )?struct kunit_suite .*=' || :)

rc=0
QUIET=1 APPEND="loglevel=7 log_buf_len=8M ${APPEND:-}" "$here/guest.sh" uml "$stage" "$log" "$OUT/mods-kunit" || rc=$?

# the KTAP of a module has no header of its own; the plan is what the sources promise
ktap=$(sed -n '/^KTAP-BEGIN$/,/^KTAP-END$/p' "$log" | grep -E '^( {4}|# |ok |not ok )' || :)
printf 'KTAP version 1\n1..%s\n%s\n' "$suites" "$ktap" > "$OUT/kunit.ktap"
python3 "$LAB/linux-source-6.1/tools/testing/kunit/kunit.py" parse "$OUT/kunit.ktap" |
	sed 's/^\[[0-9:]*\] //' > "$OUT/kunit.txt" || :
grep -v '^Testing complete' "$OUT/kunit.txt" || :

number() { tail -3 "$OUT/kunit.txt" | grep -oE "$1: [0-9]+" | grep -oE '[0-9]+' || echo 0; }
passed=$(number passed) skipped=$(number skipped)
failed=$(($(number failed) + $(number crashed) + $(number errors)))
problem() { echo "not ok - $*"; failed=$((failed + 1)); }

reported=$(grep -cE '^(not )?ok [0-9]' <<< "$ktap" || :)
[ "$reported" = "$suites" ] || problem "$suites suites in $SRC/kunit, $reported reported"
grep '^not ok - ' "$log" && failed=$((failed + 1))
case $rc in
0 | 1) ;;
66) problem "the kernel complained:"; sed '1,/^KTAP-END/d' "$log" | tail -100 ;;
*) problem "the guest gave no answer ($rc):"; tail -60 "$log" ;;
esac
echo "kunit: $passed passed, $failed failed, $skipped skipped"
[ $rc = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ]
