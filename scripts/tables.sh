#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tables.sh - what is made from the lists in include/: tables in docs/settings.md and docs/counters.md, and sipalg.conf.
#
# usage: tables.sh [--check]
#
# Writes them between the marks <!-- settings --> or <!-- counters --> and <!-- end -->; with
# --check it changes nothing and fails where they are out of date.
set -euo pipefail
. "$(dirname "$0")/env.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -Wall -I"$TOP/include" -isystem "$TOP/kunit/host/include" -o "$work/tables" "$TOP/scripts/tables.c"
for what in settings counters; do
	doc=$TOP/docs/$what.md new=$work/$what.md
	"$work/tables" $what > "$work/$what"
	awk -v table="$work/$what" '
		/^<!-- end -->$/ { skip = 0 }
		!skip { print }
		/^<!-- (settings|counters) -->$/ {
			while ((getline line < table) > 0) print line
			skip = 1
		}' "$doc" > "$new"
	cmp -s "$new" "$doc" && continue
	[ "${1:-}" != --check ] || die "docs/$what.md: table out of date, run scripts/tables.sh"
	cp "$new" "$doc"
done
"$work/tables" conf > "$work/conf"
cmp -s "$work/conf" "$TOP/scripts/sipalg.conf" && exit
[ "${1:-}" != --check ] || die 'scripts/sipalg.conf: out of date, run scripts/tables.sh'
cp "$work/conf" "$TOP/scripts/sipalg.conf"
