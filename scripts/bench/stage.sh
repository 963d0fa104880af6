# SPDX-License-Identifier: GPL-2.0
# stage.sh - what the benchmarks in a guest share; sourced after env.sh.
#
# build_ways KERNEL             both builds of the modules for it: ours, and the one before where there is one
# run_guest KERNEL LOG          scripts/bench/run in it, with what BENCH_* says
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153
here=$TOP/scripts stage=$OUT/bench
BENCH_WAYS=4

build_ways() {
	local make=(KCFLAGS=-fbuiltin CONFIG_SIPALG_KUNIT= CONFIG_SIPALG_BENCH=y) ko base	# -fbuiltin: see uml.sh
	ko=$("$here/build.sh" "$1" "${make[@]}" | tail -1)
	if base=$("$here/base.sh" beside); then
		base=$(SRC=$base "$here/build.sh" "$1" "${make[@]}" | tail -1)
		set -- "$1" "$base"/nf_*.ko "$base"/kunit/*_bench.ko
	else
		BENCH_WAYS=3
	fi
	locked "bench-$(basename "$OUT")"
	"$here/guest-mods.sh" "$1" "$OUT/mods-bench-way" "$ko"/nf_*.ko "$ko"/kunit/sipalg_bench.ko "${@:2}"
}

run_guest() {
	local rc=0 v
	rm -rf "$stage"
	mkdir -p "$stage"
	cp "$here"/bench/run "$here"/e2e/lib.sh "$here/klog.bad" "$stage/"
	gcc -O2 -Wall -Wextra -static -o "$stage/path" "$here"/bench/*.c
	for v in BENCH_{ROUNDS,BATCHES,PARTS,CALLS,LOOP,WAYS}; do [ -z "${!v:-}" ] || echo "$v=${!v@Q}"; done > "$stage/env"
	QUIET=1 "$here/guest.sh" "$1" "$stage" "$2" "$OUT/mods-bench-way" || rc=$?
	grep '^BENCH-FAILED' "$2" || :
	return $rc
}
