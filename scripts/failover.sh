#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# failover.sh - two routers with conntrackd, of which one dies: the cases with the tag failover, in guests.
#
# usage: failover.sh [CASE...]      CASE: such as 191-failover-registered; default all of them
#
# KERNELS: default "6.12 7". ROWS: rows of the cases, e.g. "rtp reinvite". Prints a table with a row a line and a case
# a column, how long phones could not be called, and as last line "N passed, N failed, N skipped" (rows; what a case
# checks besides is the row "case"). The first check of a row that failed stands below the table; the rest is in the
# log of e2e.sh.
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/progress.sh"
. "$(dirname "$0")/e2e/names.sh"
here=$TOP/scripts
export LIMIT=${LIMIT:-9000}
[ $# -gt 0 ] || mapfile -t names < <(grep -lE '^# tags:.* failover( |$)' "$here"/e2e/cases/*/*.py | case_names | sort)
[ $# = 0 ] || names=("$@")
for c in "${names[@]}"; do case_file "$here/e2e/cases" "$c" > /dev/null || die "no case $c" 2; done

# rows LOG: "CASE ROW ok|FAIL|skip TEXT" for each check of a log
rows() {
	awk '
	/^    # Subtest: / { case_ = $3; sub(/-.*/, "", case_); next }
	/^    (not )?ok / {
		bad = $1 == "not"
		text = $0
		sub(/^    (not )?ok [0-9]+ - /, "", text)
		row = text
		if (!sub(/: .*/, "", row) || row !~ /^[a-z_0-9]+$/)
			row = "case"
		print case_, row, (text ~ /# SKIP/ ? "skip" : bad ? "FAIL" : "ok"), text
	}
	/^not ok - / { print "guest", "case", "FAIL", substr($0, 10) }' "$1"
}

all=$OUT/failover.rows
: > "$all"
for series in ${KERNELS:-6.12 7}; do
	log=$OUT/e2e-$series.log rc=0
	ticking "$series: ${#names[@]} cases" "$here/e2e.sh" "$series" "${names[@]}" > "$OUT/failover-$series.log" || rc=$?
	tail -1 "$OUT/failover-$series.log"
	rows "$log" | sed "s/^/$series /" >> "$all"
	grep '^not ok - ' "$OUT/failover-$series.log" | sed "s/^not ok - /$series guest case FAIL /" >> "$all" || :
	grep 'could be called after' "$log" | sed "s/^ *# /$series: /" || :
done
awk '
{ key = $1 "/" $2; if (!(key in seen)) { seen[key] = ++columns; name[columns] = key } }
!($3 in row) { row[$3] = ++count; rows[count] = $3 }
{ at = $3 SUBSEP key; if (worst[at] != "FAIL") worst[at] = $4 == "skip" && worst[at] ? worst[at] : $4 }
$4 == "FAIL" && !(at in why) {
	line = $0
	for (i = 0; i < 4; i++)
		sub(/^[^ ]+ /, "", line)
	why[at] = line
	faults[++bad] = key " " line
}
END {
	printf "%-26s", ""
	for (c = 1; c <= columns; c++) printf " %9s", name[c]
	print ""
	for (r = 1; r <= count; r++) {
		printf "%-26s", rows[r]
		for (c = 1; c <= columns; c++) {
			v = worst[rows[r] SUBSEP name[c]]
			printf " %9s", v == "" ? "." : v
			sum[v]++
		}
		print ""
	}
	for (b = 1; b <= bad; b++) print "FAIL " faults[b]
	printf "%d passed, %d failed, %d skipped\n", sum["ok"], sum["FAIL"], sum["skip"]
	exit !(sum["ok"] && !sum["FAIL"])
}' "$all"
