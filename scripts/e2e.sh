#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# e2e.sh - the end-to-end cases in a guest: a phone, a router with the module, a provider.
#
# usage: e2e.sh 6.1|6.12|7|uml [CASE...]      CASE: a name, such as 10-call
#
# Builds what it needs first. Prints the result of each case, what failed in
# it, and "e2e SERIES: N passed, N failed, N skipped" (checks, not cases).
# The whole console is in $OUT/e2e-SERIES.log; VERBOSE=1 shows it. CORPORA names
# a directory of SIP messages, which the guest gets as corpora/ if it exists.
# LIMIT, SMP, MEM, APPEND: see guest.sh. HELPER: helper to attach, e.g. sip, the
# one in the kernel. CASE_LIMIT: seconds after which a case is taken to hang, default 600.
# ROWS: rows of the cases of failover, e.g. "rtp reinvite", default all. STORM_SEED and
# STORM_COUNT: which connections 79-tcp-storm makes. FLOOD_*: see flood.sh. A line
# "# needs: NAME..." in a case names archives of guest-peers.sh that the guest gets then.
set -euo pipefail
. "$(dirname "$0")/env.sh"
series=${1:-}
case $series in 6.1 | 6.12 | 7 | uml) shift ;; *) die 'usage: e2e.sh 6.1|6.12|7|uml [case...]' 2 ;; esac
. "$(dirname "$0")/e2e/names.sh"
here=$TOP/scripts log=$OUT/e2e-$series.log stage=$OUT/e2e-$series
export LIMIT=${LIMIT:-1200}

chosen=()
for c; do
	file=$(case_file "$here/e2e/cases" "$c") || die "no case $c" 2
	chosen+=("$file")
done
"$here/deps.sh" guest
ko=$("$here/build.sh" "$series" | tail -1)
if [ "$series" = uml ]; then
	mods=$OUT/mods-uml
	root=("$mods")
else
	"$here/kernel.sh" "$series" > /dev/null
	mods=$OUT/mods-$series.cpio
	root=("$("$here/guest-base.sh" | tail -1)" "$mods")
	[ $# -gt 0 ] || mapfile -t chosen < <(case_files "$here/e2e/cases")
	for need in $(sed -n 's/^# needs: //p' "${chosen[@]}" | xargs -n1 | sort -u); do
		root+=("$("$here/guest-peers.sh" "$need" | tail -1)")
		export MEM=${MEM:-1536}
	done
fi
locked "e2e-$(basename "$OUT")-$series"
"$here/guest-mods.sh" "$series" "$mods" "$ko"/nf_*_sipalg.ko

rm -rf "$stage"
mkdir -p "$stage"
cp -r "$here"/e2e/. "$here/klog.bad" "$here/rules" "$TOP/dist/ha" "$SRC/include/sipalg_stats.h" "$stage/"
gcc -O2 -Wall -Wextra -static -o "$stage/flood" "$here/flood.c"
corpora=${CORPORA:-$TOP/../shared/corpora}
[ ! -d "$corpora" ] || cp -r "$corpora" "$stage/corpora"
[ $# = 0 ] || printf '%s\n' "${chosen[@]}" | case_names > "$stage/only"
for v in HELPER ROWS CASE_LIMIT STORM_{SEED,COUNT} FLOOD_{ATTACKS,SECONDS,CALLS,RATE,LIMITS,TIMES}; do [ -z "${!v:-}" ] || echo "export $v=${!v@Q}"; done > "$stage/env"

rc=0 quiet=1
[ -z "${VERBOSE:-}" ] || quiet=
QUIET=$quiet "$here/guest.sh" "$series" "$stage" "$log" "${root[@]}" || rc=$?
[ -n "${VERBOSE:-}" ] || grep -E '^(not )?ok |^    not ok |^    # ' "$log" | grep -v '^    # Subtest' || :

count() { grep -cE "$1" "$log" || :; }
failed=$(count '^    not ok ')
skipped=$(($(count '^    ok .*# SKIP') + $(count '^ok .*# SKIP')))
passed=$(($(count '^    ok ') - $(count '^    ok .*# SKIP')))
case $rc in
0) ;;
66) echo 'not ok - the kernel complained:'; sed '1,/^LAB-UP/d' "$log" | grep -E -f "$here/klog.bad" | head -5; failed=$((failed + 1)) ;;
99)
	echo 'not ok - the guest gave no answer; last words:'
	if grep -q 'BUG:\|Oops\|panic' "$log"; then sed -n '/BUG:\|Oops\|panic/,$p' "$log" | head -60; else tail -20 "$log"; fi
	failed=$((failed + 1)) ;;
*) [ "$failed" != 0 ] || failed=1 ;;
esac
echo "e2e $series: $passed passed, $failed failed, $skipped skipped"
[ $rc = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ]
