#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh - what the helper costs a message: nothing, the in-tree helper and ours, in one guest and one run.
#
# usage: [SRC=DIR] bench.sh [--write]
#
# Prints a table of ratios beside the targets, then one of times. --write: the tables go to
# docs/performance.md, and the picture to scripts/bench/speed.svg. The guest is the plain UML kernel, which
# runs at nearly the machine's own speed; about five minutes once that is built.
# BENCH_ROUNDS (default 21) rounds of BENCH_BATCHES (25) batches. BENCH_PARTS: what is measured, rows rtp offload
# flood scale module other; loop instead of them sends what BENCH_LOOP says: SECONDS WAY MESSAGE, for a profiler.
set -euo pipefail
case ${*:-} in '' | --write) ;; *) echo 'usage: bench.sh [--write]' >&2; exit 2 ;; esac
. "$(dirname "$0")/env.sh"
here=$TOP/scripts log=$OUT/bench.log stage=$OUT/bench
BENCH_ROUNDS=${BENCH_ROUNDS:-21} BENCH_BATCHES=${BENCH_BATCHES:-25}
BENCH_PARTS=${BENCH_PARTS:-rows rtp offload flood scale module other} BENCH_CALLS=${BENCH_CALLS:-10 1000 100000}
BENCH_LOOP=${BENCH_LOOP:-10 2 INVITE}
export LIMIT=${LIMIT:-1500} MEM=${MEM:-1536}
export APPEND="nf_conntrack.hashsize=262144 nf_conntrack.expect_hashsize=131072 log_buf_len=1M ${APPEND:-}"

"$here/deps.sh" build guest uml
# -fbuiltin: see uml.sh
ko=$("$here/build.sh" plain KCFLAGS=-fbuiltin CONFIG_SIPALG_KUNIT= CONFIG_SIPALG_BENCH=y | tail -1)
locked "bench-$(basename "$OUT")"
"$here/guest-mods.sh" plain "$OUT/mods-bench-way" "$ko"/nf_*.ko "$ko"/kunit/sipalg_bench.ko
rm -rf "$stage"
mkdir -p "$stage"
cp "$here"/bench/run "$here"/e2e/lib.sh "$here/klog.bad" "$stage/"
gcc -O2 -Wall -Wextra -static -o "$stage/path" "$here"/bench/*.c
for v in BENCH_{ROUNDS,BATCHES,PARTS,CALLS,LOOP}; do echo "$v=${!v@Q}"; done > "$stage/env"

rc=0
QUIET=1 "$here/guest.sh" plain "$stage" "$log" "$OUT/mods-bench-way" || rc=$?
grep '^BENCH-FAILED' "$log" || :
[ "${1:-}" != --write ] || set -- --write "$TOP/docs/performance.md" "$here/bench/speed.svg"
python3 "$here/bench/table.py" "$log" "$@" || rc=1
exit $rc
