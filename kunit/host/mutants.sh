#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mutants.sh - break the text core in many places, one at a time, and see that a test fails.
#
# usage: mutants.sh [TEXT]	only mutants whose line holds TEXT
#
# mutants.txt has a mutant a line.  Works on a copy; a mutant that no unit test and no golden file sees is printed as
# ALIVE, and makes the run fail.
set -euo pipefail
cd "$(dirname "$0")"
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir "$top/kunit"
cp -r ../../*.c ../../{include,text,transport} "$top/"
cp -r ../*.c ../*.h ../golden "$top/kunit/"
mkdir "$top/kunit/host"
cp -r Makefile include ./*.c ./*.h "$top/kunit/host/"
make=(timeout 300 make -s -C "$top/kunit/host" -j2)
"${make[@]}" all > "$top/log" 2>&1 || { tail -5 "$top/log"; echo "the unbroken core fails"; exit 2; }

killed=0 alive=0
while read -r line; do
	[[ $line != '#'* && $line == *"${1:-}"* ]] || continue
	file=${line%%: *} old=${line#*: } new=${line#* =>}
	old=${old%% =>*} new=${new# }
	cp "../../$file" "$top/$file"
	OLD=$old NEW=$new perl -0pi -e 'BEGIN { $o = $ENV{OLD}; $n = $ENV{NEW}; s/\\n/\n/g, s/\\t/\t/g for $o, $n }
		$hit = s/\Q$o\E/$n/; END { exit !$hit }' "$top/$file" || { echo "STALE $file: $old"; alive=$((alive + 1)); continue; }
	if "${make[@]}" all > "$top/log" 2>&1; then
		echo "ALIVE $file: $old -> $new"
		alive=$((alive + 1))
	else
		killed=$((killed + 1))
		grep -q '[0-9]: error:' "$top/log" && echo "does not build: $file: $old -> $new"
	fi
	cp "../../$file" "$top/$file"
done < mutants.txt
echo "$killed killed, $alive alive"
[ $alive = 0 ]
