#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# test.sh - the tests: unit tests, KUnit in the debug kernel, end to end on four kernels.
#
# usage: [SRC=DIR] test.sh [--smoke|--all] [STAGE...]      default: all stages, in this order
#
#   host       unit tests of the text core in user space, address and undefined behaviour sanitizers
#   golden     kunit/golden: message in, message out
#   careful    both of these by the careful readers alone (sip_quick.h)
#   twins      a million damaged messages by quick readers and by careful ones: they read the same
#   mutate     the same messages, each line damaged in each way: that line stays, all others are translated
#   odd        what three SIP libraries would route those by is translated
#   callgrind  instructions that the text core takes for a message, and their bound
#   corpus     messages written by others, from $CORPORA (default: ../shared/corpora, else skipped)
#   corpus-differ    what three SIP libraries read in them before and behind, and the way back
#   corpus-stream    the same messages joined to TCP streams, cut at every byte
#   kunit      the same and more in a kernel with KASAN (UML)
#   demo       make demo: a phone registers, calls and is called
#   e2e-6.12 e2e-6.1 e2e-7      phone, router, provider: in a guest with a stock kernel
#   e2e-uml    the same in the kernel with KASAN
#
# A case says on its line "# tags:" where it runs: on the kernels that it names, and with --smoke (make test: what a
# change is tried with, some minutes) where it says smoke. With --smoke the stages are those in user space and the main
# cases on 6.12. --all (make test-all): every case on every kernel, an hour.
#
# Installs what is missing, so it needs root (or sudo) and a Debian mirror the first time.
# A line a stage; logs are $OUT/test-STAGE.log. The last line is
# "N passed, N failed, N skipped"; status 0 when nothing failed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/progress.sh"
. "$(dirname "$0")/e2e/names.sh"
here=$TOP/scripts
export CORPORA=${CORPORA:-$TOP/../shared/corpora}
all=(host golden careful twins mutate odd callgrind corpus corpus-differ corpus-stream kunit demo e2e-6.12 e2e-6.1 e2e-7 e2e-uml)
scope=tagged
case ${1:-} in --smoke | --all) scope=${1#--}; shift ;; esac
if [ "$scope" = smoke ] && [ $# = 0 ]; then
	set -- host golden careful twins mutate callgrind e2e-6.12
elif [ $# = 0 ]; then
	set -- "${all[@]}"
fi
for s; do [[ " ${all[*]} " = *" $s "* ]] || die "no stage $s" 2; done
groups=(build guest host)
[ "$scope" = smoke ] || groups=()
"$here/deps.sh" "${groups[@]}"
[[ "$*" != *-7* ]] || [ "$(id -u)" = 0 ] || die 'needs root: the kernel 7 headers live in a chroot' 2

# tagged TAG: names of the cases that have it
tagged() { case_files "$here/e2e/cases" | xargs grep -lE "^# tags:.* $1( |\$)" | case_names; }

stage_host() { make -s -C "$SRC/kunit/host" test; }
stage_golden() { make -s -C "$SRC/kunit/host" golden; }
stage_careful() { make -s -C "$SRC/kunit/host" careful; }
stage_twins() { make -s -C "$SRC/kunit/host" twins; }
stage_mutate() { make -s -C "$SRC/kunit/host" mutate; }
stage_odd() { make -s -C "$SRC/kunit/host" odd; }
stage_callgrind() { make -s -C "$SRC/kunit/host" callgrind; }
stage_corpus() {
	[ -d "$CORPORA" ] || { echo '0 passed, 0 failed, 1 skipped'; return; }
	make -s -C "$SRC/kunit/host" "${1/corpus/messages}" "CORPORA=$CORPORA"
}
stage_kunit() { "$here/kunit.sh"; }
stage_demo() { SRC=$SRC make -s -C "$TOP" demo && echo '1 passed, 0 failed, 0 skipped'; }
stage_e2e() {
	local series=$1 cases
	case $scope in
	smoke) mapfile -t cases < <(tagged smoke) ;;
	tagged) mapfile -t cases < <(tagged "${series/./\\.}") ;;
	all) cases=() ;;
	esac
	"$here/e2e.sh" "$series" "${cases[@]}"
}

# run STAGE: its output into its log; what the scripts say on the way (name.sh: ...) is shown too
run() {
	local kind=${1%%-*} log=$OUT/test-$1.log
	: > "$log"
	# shellcheck disable=SC2094	# both append
	"stage_$kind" "${1#*-}" >> "$log" 2> >(tee -a "$log" | grep --line-buffered '^[a-z-]*\.sh: ' | sed -u 's/^/    /' >&2)
}

# the lines to look at when a stage has failed
why() {
	{ grep -vE '^ok |^    ok ' "$1" | grep -nE -A12 'not ok|FAILED|ERROR|[Ee]rror:|runtime error|failed, log' ||
		tail -20 "$1"; } | sed 's/^[0-9]*[:-]//; s/^/    /' | cut -c1-200 | head -60
	echo "    log: $1"
}

sum=(0 0 0) start=$SECONDS
for s; do
	rc=0 log=$OUT/test-$s.log
	ticking "$s" run "$s" || rc=$?
	line=$(grep -oE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -1 || :)
	read -r p f k <<< "$(tr -dc '0-9 ' <<< "${line:-0 0 0}" | xargs)"
	note=
	[ -n "$line" ] || { f=$((f + 1)); note=' (it gave no summary)'; }
	[ "$rc" = 0 ] || [ "$f" != 0 ] || { f=1; note=" (it ended with $rc)"; }
	[ $((p + f + k)) != 0 ] || { f=1; note=' (it tested nothing)'; }
	printf '%-9s %4d passed, %d failed, %d skipped  %10s%s\n' "$s" "$p" "$f" "$k" "$(took_s $took)" "$note"
	[ "$f" = 0 ] || why "$log" || :	# head may end before grep
	sum=($((sum[0] + p)) $((sum[1] + f)) $((sum[2] + k)))
done
[ "$scope" != smoke ] || echo "$(cat "$SRC"/kunit/*_kunit.c | grep -cE '^(static )?struct kunit_suite .*=') suites of KUnit, the other cases and kernels wait for make test-ci or make test-all"
echo "$(took_s $((SECONDS - start))) in all"
echo "${sum[0]} passed, ${sum[1]} failed, ${sum[2]} skipped"
[ "${sum[1]}" = 0 ] && [ "${sum[0]}" != 0 ]
