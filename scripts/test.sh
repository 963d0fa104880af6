#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# test.sh - all tests: unit tests, KUnit in the debug kernel, end to end on four kernels.
#
# usage: [SRC=DIR] test.sh [STAGE...]      default: all, in this order
#
#   host       unit tests of the text core in user space, address and undefined behaviour sanitizers
#   golden     kunit/golden: message in, message out
#   mutate     the same messages, each line damaged in each way: that line stays, all others are translated
#   odd        what three SIP libraries would route those by is translated
#   callgrind  instructions that the text core takes for a message, and their bound
#   corpus     messages written by others, from $CORPORA (default: ../shared/corpora, else skipped)
#   corpus-differ    what three SIP libraries read in them before and behind, and the way back
#   corpus-stream    the same messages joined to TCP streams, cut at every byte
#   kunit      the same and more in a kernel with KASAN (UML)
#   e2e-6.12 e2e-6.1 e2e-7      phone, router, provider: in a guest with a stock kernel
#   e2e-uml    the same in the kernel with KASAN
#
# Installs what is missing, so it needs root (or sudo) and a Debian mirror the first time.
# A line a stage; logs are $OUT/test-STAGE.log. The last line is
# "N passed, N failed, N skipped"; status 0 when nothing failed.
# On 6.12 the cases below 50 run and some of each kind above, on the other kernels those that feel another kernel's
# interfaces or KASAN. ALL=1 (make test-all): every case on every kernel, an hour.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/progress.sh"
here=$TOP/scripts
export CORPORA=${CORPORA:-$TOP/../shared/corpora}
all=(host golden mutate odd callgrind corpus corpus-differ corpus-stream kunit e2e-6.12 e2e-6.1 e2e-7 e2e-uml)
[ $# -gt 0 ] || set -- "${all[@]}"
for s; do [[ " ${all[*]} " = *" $s "* ]] || die "no stage $s" 2; done
"$here/deps.sh"
[[ "$*" != *-7* ]] || [ "$(id -u)" = 0 ] || die 'needs root: the kernel 7 headers live in a chroot' 2

# the cases of a stage, where not ALL of them run
declare -A few=(
	[6.12]='[0-4]?-* 67-* 68-* 69-* 70-* 71-* 73-* 75-* 81-* 111-* 112-* 114-* 131-* 145-* 146-* 16[1347]-* 170-* 18[0-4]-*'
	[6.1]='00-load 10-call 21-* 23-* 24-* 25-* 3[2-6]-* 40-* 41-* 67-* 68-* 70-* 72-* 182-*'
	[7]='00-load 10-call 11-baresip 24-* 25-* 27-* 31-* 3[2-6]-* 67-* 68-* 70-* 111-* 182-*'
	[uml]='00-load 10-call 21-* 23-* 24-* 25-* 26-* 41-* 67-* 68-* 69-* 71-* 81-*'
)

stage_host() { make -s -C "$SRC/kunit/host" test; }
stage_golden() { make -s -C "$SRC/kunit/host" golden; }
stage_mutate() { make -s -C "$SRC/kunit/host" mutate; }
stage_odd() { make -s -C "$SRC/kunit/host" odd; }
stage_callgrind() { make -s -C "$SRC/kunit/host" callgrind; }
stage_corpus() {
	[ -d "$CORPORA" ] || { echo '0 passed, 0 failed, 1 skipped'; return; }
	make -s -C "$SRC/kunit/host" "${1/corpus/messages}" "CORPORA=$CORPORA"
}
stage_kunit() { "$here/kunit.sh"; }
stage_e2e() {
	local series=$1 c
	shift
	if [ -z "${ALL:-}" ]; then
		# shellcheck disable=SC2086	# patterns
		for c in ${few[$series]}; do set -- "$@" "$here"/e2e/cases/$c.sh; done
		set -- "${@##*/}"
		set -- "${@%.sh}"
	fi
	"$here/e2e.sh" "$series" "$@"
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
echo "$(took_s $((SECONDS - start))) in all"
echo "${sum[0]} passed, ${sum[1]} failed, ${sum[2]} skipped"
[ "${sum[1]}" = 0 ] && [ "${sum[0]}" != 0 ]
