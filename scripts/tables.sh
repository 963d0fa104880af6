#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tables.sh - the tables of settings and counters in README.md, from the lists in include/.
#
# usage: tables.sh [--check]
#
# Writes them between the marks <!-- settings --> and <!-- counters --> and their
# ends; with --check it changes nothing and fails where they are out of date.
set -euo pipefail
. "$(dirname "$0")/env.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -Wall -I"$TOP/include" -isystem "$TOP/kunit/host/include" -o "$work/tables" "$TOP/scripts/tables.c"
for what in settings counters; do "$work/tables" $what > "$work/$what"; done
awk -v dir="$work" '
	/^<!-- end -->$/ { skip = 0 }
	!skip { print }
	/^<!-- (settings|counters) -->$/ {
		file = dir "/" $2
		while ((getline line < file) > 0) print line
		skip = 1
	}' "$TOP/README.md" > "$work/README.md"
if [ "${1:-}" = --check ]; then
	cmp -s "$work/README.md" "$TOP/README.md" || die 'README.md: tables out of date, run scripts/tables.sh'
else
	cmp -s "$work/README.md" "$TOP/README.md" || cp "$work/README.md" "$TOP/README.md"
fi
