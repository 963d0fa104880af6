#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# life.sh - long proof of life and end: the module and the namespace come and go under traffic.
#
# usage: [SRC=DIR] life.sh [uml|6.1|6.12|7]      default: uml, the debug kernel
#
# ROUNDS (default 300) times load, calls, unload, then as often namespace, calls,
# destroy; afterwards no object, expectation or leak may be left, and the kernel
# log must be clean. The console is in $OUT/life-SERIES.log. The last line is
# "life: N passed, N failed, N skipped" (checks; a round is one).
# LIMIT, SMP, MEM, APPEND: see guest.sh.
set -euo pipefail
. "$(dirname "$0")/env.sh"
series=${1:-uml}
case $series in 6.1 | 6.12 | 7 | uml) ;; *) die 'usage: life.sh [uml|6.1|6.12|7]' 2 ;; esac
here=$TOP/scripts log=$OUT/life-$series.log stage=$OUT/life-$series
rounds=${ROUNDS:-300}
export LIMIT=${LIMIT:-$((600 + 8 * rounds))}

"$here/deps.sh" guest
ko=$("$here/build.sh" "$series" | tail -1)
if [ "$series" = uml ]; then
	mods=$OUT/mods-life-uml
	root=("$mods")
else
	"$here/kernel.sh" "$series" > /dev/null
	mods=$OUT/mods-life-$series.cpio
	root=("$("$here/guest-base.sh" | tail -1)" "$mods")
fi
locked "life-$(basename "$OUT")-$series"
"$here/guest-mods.sh" "$series" "$mods" "$ko"/nf_*_sipalg.ko

rm -rf "$stage"
mkdir -p "$stage/e2e/life"
cp "$here/klog.bad" "$here/life/run" "$stage/"
cp -r "$here/e2e/lib.sh" "$here/e2e/lib" "$here/klog.bad" "$stage/e2e/"
cp "$here"/life/*.py "$stage/e2e/life/"
echo "ROUNDS=$rounds" > "$stage/env"

rc=0
QUIET=1 "$here/guest.sh" "$series" "$stage" "$log" "${root[@]}" || rc=$?
grep -E -A40 '^not ok ' "$log" | head -120 || :
grep '^# .* rounds of .*: ' "$log" || :

count() { grep -cE "$1" "$log" || :; }
failed=$(count '^not ok ')
skipped=$(count '^ok .*# SKIP')
passed=$(($(count '^ok ') - skipped))
case $rc in
0 | 1) ;;
66) echo 'not ok - the kernel complained:'; sed '1,/^LAB-UP/d' "$log" | grep -E -f "$here/klog.bad" | head -5; failed=$((failed + 1)) ;;
*)
	echo 'not ok - the guest gave no answer; last words:'
	if grep -q 'BUG:\|Oops\|panic' "$log"; then sed -n '/BUG:\|Oops\|panic/,$p' "$log" | head -60; else tail -20 "$log"; fi
	failed=$((failed + 1)) ;;
esac
[ $rc = 0 ] || [ "$failed" != 0 ] || failed=1
echo "life: $passed passed, $failed failed, $skipped skipped"
[ $rc = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ]
