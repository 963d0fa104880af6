#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench-module.sh - what a message costs in each helper, ours and the kernel's own, in the plain UML kernel.
#
# usage: [SRC=DIR] [CALLS='10 1000'] [ROUNDS=31] [ONLY=KIND] bench-module.sh
#
# Prints the lines of kunit/sipalg_bench.c without their prefix, behind a line "calls N" for each
# number of CALLS that are in the table. The console is in $OUT/bench-module.log.
# KERNEL=uml: in the debug kernel, to see that it works; the numbers mean nothing.
set -euo pipefail
. "$(dirname "$0")/env.sh"
here=$TOP/scripts log=$OUT/bench-module.log stage=$OUT/bench-module kernel=${KERNEL:-plain}

# -fbuiltin: see uml.sh
ko=$("$here/build.sh" "$kernel" KCFLAGS=-fbuiltin CONFIG_SIPALG_KUNIT= CONFIG_SIPALG_BENCH=y | tail -1)
locked "bench-module-$(basename "$OUT")"
"$here/guest-mods.sh" "$kernel" "$OUT/mods-bench" "$ko"/nf_*.ko "$ko"/kunit/sipalg_bench.ko
rm -rf "$stage"
mkdir -p "$stage"
cp "$here/klog.bad" "$stage/"
cat > "$stage/run" <<END
#!/bin/bash
modprobe -a nf_nat_sip nf_nat_sipalg || exit 1
for calls in ${CALLS:-10}; do
	modprobe sipalg_bench calls=\$calls rounds=${ROUNDS:-31} ${ONLY:+only=$ONLY} || rc=1
	dmesg -tc | sed -n 's/^sipalg_bench: //p'
	rmmod sipalg_bench
done
exit \${rc:-0}
END
chmod +x "$stage/run"
rc=0
QUIET=1 LIMIT=${LIMIT:-300} MEM=${MEM:-1024} APPEND="loglevel=3 log_buf_len=1M ${APPEND:-}" \
	"$here/guest.sh" "$kernel" "$stage" "$log" "$OUT/mods-bench" || rc=$?
grep -E '^(calls|end) |^[^ ]+ (none|sip|sipalg) [0-9]+ ' "$log" || :
[ $rc = 0 ] || { tail -30 "$log" >&2; die "failed ($rc), log: $log"; }
