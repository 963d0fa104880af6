#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench-smp.sh - calls on one processor and on two, and for what locks the two wait.
#
# usage: [SRC=DIR] [BASE=COMMIT] bench-smp.sh [--write]
#
# --write: the tables go to docs/performance.md. The guests are two UML kernels of Linux 7, see uml-smp.sh: the one is
# for speed, the other one counts for locks and says nothing about speed. A kernel takes 5-15 minutes to build, once;
# then it is three minutes. A processor of the guest is a thread here: on a machine of two processors nothing else may
# run, and then what is left of its share is in NAT alone as well.
# BENCH_ROUNDS (default 21) rounds, each with BENCH_BATCHES (12) times 448 messages a way and processor.
# BENCH_PARTS: smp locks.
set -euo pipefail
case ${*:-} in '' | --write) ;; *) echo 'usage: bench-smp.sh [--write]' >&2; exit 2 ;; esac
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/bench/stage.sh"
log=$OUT/bench-smp.log wanted=${BENCH_PARTS:-smp locks}
BENCH_ROUNDS=${BENCH_ROUNDS:-21} BENCH_BATCHES=${BENCH_BATCHES:-12}
export LIMIT=${LIMIT:-600} MEM=${MEM:-1024}
export APPEND="ncpus=2 seccomp=on nf_conntrack.hashsize=262144 nf_conntrack.expect_hashsize=131072 log_buf_len=1M ${APPEND:-}"
[ "$(nproc)" -gt 1 ] || die 'needs a machine with two processors' 2

"$here/deps.sh" build guest uml
rc=0
: > "$log"
for BENCH_PARTS in $wanted; do
	build_ways "$BENCH_PARTS"
	run_guest "$BENCH_PARTS" "$OUT/bench-smp-$BENCH_PARTS.log" || rc=$?
	cat "$OUT/bench-smp-$BENCH_PARTS.log" >> "$log"
done
python3 "$here/bench/table.py" "$log" ${1:+"$1" "$TOP/docs/performance.md"} || rc=1
exit $rc
