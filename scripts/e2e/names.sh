# SPDX-License-Identifier: GPL-2.0
# names.sh - which file is which case: cases/THEME/NAME.sh or cases/THEME/NAME.py. Sourced by e2e.sh, test.sh and run.
# shellcheck shell=bash

# case_files DIR: the files of all cases below DIR, in the order of their names; those of failover have a run of their own
case_files() {
	local f
	for f in "$1"/*/[0-9]*.sh "$1"/*/[0-9]*.py; do
		[ ! -f "$f" ] || grep -qE '^# tags:.* failover( |$)' "$f" || echo "${f##*/} $f"
	done | LC_ALL=C sort | cut -d' ' -f2-
}

# case_names: of files from standard input
case_names() { sed 's#.*/##; s/\.[a-z]*$//'; }

# case_file DIR NAME: the file of that case, whether or not NAME has its theme or its ending
case_file() {
	local f name=${2##*/}
	for f in "$1"/*/"${name%.*}".sh "$1"/*/"${name%.*}".py; do
		[ ! -f "$f" ] || { echo "$f"; return; }
	done
	return 1
}
