#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh - what the helper costs a message: nothing, the in-tree helper and ours, in one guest and one run.
#
# usage: [SRC=DIR] [BASE=COMMIT] bench.sh [--write]
#
# Prints the figures beside their targets, also as ratios to the build of BASE (see base.sh), which takes its turns in
# the same guest. --write: the tables go to docs/performance.md, and the picture to scripts/bench/speed.svg. The guest
# is the plain UML kernel, which runs at nearly the machine's own speed; about ten minutes once that is built.
# BENCH_ROUNDS (default 21) rounds of BENCH_BATCHES (25) batches. BENCH_PARTS: what is measured, text rows rtp offload
# flood scale module other; loop instead of them sends what BENCH_LOOP says: SECONDS WAY MESSAGE, for a profiler.
set -euo pipefail
case ${*:-} in '' | --write) ;; *) echo 'usage: bench.sh [--write]' >&2; exit 2 ;; esac
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/bench/stage.sh"
log=$OUT/bench.log
BENCH_ROUNDS=${BENCH_ROUNDS:-21} BENCH_BATCHES=${BENCH_BATCHES:-25}
BENCH_PARTS=${BENCH_PARTS:-text rows rtp offload flood scale module other} BENCH_CALLS=${BENCH_CALLS:-10 1000 100000}
BENCH_LOOP=${BENCH_LOOP:-10 2 INVITE}
export LIMIT=${LIMIT:-1500} MEM=${MEM:-2048}
export APPEND="nf_conntrack.hashsize=262144 nf_conntrack.expect_hashsize=131072 log_buf_len=1M ${APPEND:-}"

"$here/deps.sh" build guest uml speed
build_ways plain
rc=0
if [[ " $BENCH_PARTS " = *' text '* ]]; then
	make -s -C "$SRC/kunit/host" speed callgrind ROUNDS="$BENCH_ROUNDS" BASE="${BASE:-}" > "$OUT/bench-text.log" || rc=1
fi
run_guest plain "$log" || rc=$?
set -- ${1:+"$1" "$TOP/docs/performance.md" "$here/bench/speed.svg"}
[[ " $BENCH_PARTS " != *' text '* ]] || set -- "$SRC/kunit/host/build/speed.times" \
	"$SRC/kunit/host/build/speed.counts" "$OUT/bench-text.log" "$@"
python3 "$here/bench/table.py" "$log" "$@" || rc=1
exit $rc
