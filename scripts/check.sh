#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check.sh - everything that can be found without running the code. Demanded: no finding.
#
# usage: [SRC=DIR] check.sh [CHECK...]      default: all of them, the quick ones first
#
#   text        SPDX lines, left-over notes, paths of one machine
#   layers      dependencies point one way (check/layers.py)
#   sizes       functions, parameters, files (check/sizes.awk)
#   kdoc        each function and type of the headers has kernel-doc (check/kdoc.py)
#   docs        the tables of docs/ are those of the code; rules, names and citations (check/rules.py);
#               the README's size, and commands that a test runs (check/readme.py)
#   cases       an end-to-end case is one file in the folder of its theme (check/cases.py)
#   install     make and make install put everything where it belongs (check/install.sh)
#   shell       shellcheck
#   checkpatch  the kernel's, --strict
#   sparse-6.1 sparse-6.12           sparse with endianness, stack frames over 512 bytes
#   build-6.1 build-6.12 build-7 build-uml build-bench      W=1 without a warning
#
# What is no fault though it is found stands in check/allowed, with the reason. Prints
# a line a check, the findings (all of them: $OUT/check-CHECK.txt), and as last
# line "N passed, N failed, N skipped" (checks).
set -euo pipefail
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/progress.sh"
here=$TOP/scripts
all=(text layers sizes kdoc docs cases install shell checkpatch sparse-6.12 sparse-6.1 build-6.12 build-6.1 build-7 build-uml build-bench)
[ $# -gt 0 ] || set -- "${all[@]}"
for c; do [[ " ${all[*]} " = *" $c "* ]] || die "no check $c" 2; done
"$here/deps.sh" build static uml chroot
[[ "$*" != *-7* ]] || [ "$(id -u)" = 0 ] || die 'needs root: the kernel 7 headers live in a chroot' 2
cd "$SRC"
shopt -s nullglob
code=(*.c {text,net,pinhole,tables,decide,transport,module}/*.[ch] include/*.h)
tests=(kunit/*.[ch])
host=(kunit/host/*.[ch] scripts/*.c)
[ ${#code[@]} -gt 0 ] || die "no sources in $SRC" 2

# --- the checks: findings on standard output, as file:line: text -----------------

# every file that people write, but data
written() {
	find . -path ./.git -prune -o -path ./kunit/host/build -prune -o -path ./out -prune -o -type f \
		\( -name '*.[ch]' -o -name '*.sh' -o -name '*.awk' -o -name '*.py' -o -name '*.xml' -o -name '*.conf' \
		-o -name '*.nft' -o -name '*.iptables' -o -name Kbuild -o -name Makefile -o -name run -o -name klog.bad -o -name allowed -o -name commands \
		-o -name .clang-format \) ! -name '*.mod.c' -printf '%P\n' | sort
}

check_text() {
	local f
	for f in $(written); do
		head -3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$f:1: no SPDX line"
	done
	written | xargs grep -nwE 'TOD[O]|FIXM[E]|XX[X]' || :
	written | xargs grep -nE '(^|[^A-Za-z0-9_.$})~-])/(root|home|work|mnt|srv)/[A-Za-z0-9]' |
		sed 's/^\([^:]*:[0-9]*:\)/\1 a path of one machine: /' || :
}

check_layers() { "$here/check/layers.py" "${code[@]}"; }

check_sizes() { awk -f "$here/check/sizes.awk" "${code[@]}" "${tests[@]}" "${host[@]}" | grep -v '^#' || :; }

source_tree() { "$here/uml.sh" source | tail -1; }

check_kdoc() {
	local tree f headers=()
	tree=$(source_tree) && [ -f "$tree/scripts/kernel-doc" ] || return
	for f in "${code[@]}"; do
		[[ $f != *.h ]] || headers+=("$f")
	done
	"$here/check/kdoc.py" --tool "$tree/scripts/kernel-doc" "${headers[@]}"
}

check_docs() {
	python3 "$here/check/rules.py"
	python3 "$here/check/readme.py"
	[ ! -x scripts/tables.sh ] || scripts/tables.sh --check 2>&1 || :
}

check_cases() { python3 "$here/check/cases.py"; }

check_install() { "$here/check/install.sh"; }

check_shell() {
	local f scripts=(scripts/*.sh scripts/*/run scripts/*/*.sh scripts/rules/*.iptables findings/*.sh .ci/run)
	for f in "${scripts[@]}" scripts/e2e/cases/*/*.sh; do
		# the cases, and a file that is only a list of functions, use what others set
		set -- --shell=bash --severity=style
		[[ $f != scripts/e2e/cases/* ]] || set -- --shell=bash --severity=warning
		shellcheck "$@" -x -P SCRIPTDIR:SCRIPTDIR/..:scripts/e2e -e SC1091 -f gcc "$f" || :
	done
}

check_checkpatch() {
	local tree
	tree=$(source_tree) && [ -f "$tree/scripts/checkpatch.pl" ] || return
	perl "$tree/scripts/checkpatch.pl" --no-tree --strict --terse --show-types --no-summary \
		-f "${code[@]}" "${tests[@]}" || :
}

# modules SERIES [MAKE-ARGUMENT...]: what the compiler has to say; the log is not there if it was not asked
modules() {
	local series=$1 log=$OUT/$1.log said=$OUT/check-build.txt
	shift
	[ -z "${VARIANT:-}" ] || log=${OUT%/*}/${OUT##*/}-$VARIANT/$series.log
	if "$here/build.sh" "$series" "$@" 2> "$said" > /dev/null; then return; fi
	# where it is the frame that is too large, name the function
	{ sed -n "/: In function /{s/.*In function [^A-Za-z_]*\([A-Za-z_0-9]*\).*/\1/;h}
		/: \(warning\|error\|fatal error\): /{/frame size/{G;s/\n\(.*\)/ in \1()/};p}" "$log" 2> /dev/null || :; } |
		sed "s#^.*/${log##*/}##; s#^.*/$series/##" | sort -u | grep . || cat "$said"
}

check_sparse() {
	local series=$1
	rm -rf "$OUT-sparse/$series"	# else it looks at what has changed only
	VARIANT=sparse modules "$series" C=2 CF=-D__CHECK_ENDIAN__ KCFLAGS=-Wframe-larger-than=512
}

# the benchmark, which no test builds, has a place of its own: it leaves other objects than the tests
check_build() { case $1 in bench) VARIANT=bench modules 6.12 CONFIG_SIPALG_BENCH=y ;; *) modules "$1" ;; esac; }

# --- what is allowed ---------------------------------------------------------------

# unallowed CHECK: findings of standard input without those of check/allowed, and what is in there in vain
unallowed() {
	local check=$1 line file number kind what at i
	local whats=() ats=() used=()
	while IFS=$'\t' read -r kind what at _; do
		[ "$kind" != "$check" ] || { whats+=("$what"); ats+=("$at"); used+=(''); }
	done < <(grep -v '^#' "$here/check/allowed")
	while IFS= read -r line; do
		file=${line%%:*} number=${line#*:} number=${number%%:*}
		at=
		[[ ! $number =~ ^[0-9]+$ ]] || [ ! -f "$file" ] || at=$(sed -n "${number}p" "$file")
		for i in "${!whats[@]}"; do
			[[ $line =~ ${whats[i]} && $at =~ ${ats[i]} ]] && { used[i]=1; continue 2; }
		done
		printf '%s\n' "$line"
	done
	for i in "${!whats[@]}"; do
		[ -n "${used[i]}" ] || echo "scripts/check/allowed: allowed in vain: $check ${whats[i]}"
	done
}

run_check() {
	local name=$1 kind=${1%%-*} argument=
	[ "$name" = "$kind" ] || argument=${name#*-}
	# on standard error is no finding only what the scripts say on their way (name.sh: ...)
	{ "check_$kind" "$argument" 2> "$OUT/check-err.txt" ||
		{ echo "the check itself failed, status $?:"; grep '^[a-z-]*\.sh: ' "$OUT/check-err.txt" || :; }
		awk '!/^[a-z-]+\.sh: / || /: line [0-9]+: /' "$OUT/check-err.txt"; } | unallowed "$kind" > "$OUT/check-$name.txt"
}

passed=0 failed=0
for c; do
	rc=0
	ticking "check $c" run_check "$c" || rc=$?
	n=$(wc -l < "$OUT/check-$c.txt")
	[ "$rc" = 0 ] || { echo "the check ended with $rc" >> "$OUT/check-$c.txt"; n=$((n + 1)); }
	if [ "$n" = 0 ]; then
		passed=$((passed + 1))
		printf '%-12s ok    %6s\n' "$c" "$(took_s $took)"
	else
		failed=$((failed + 1))
		printf '%-12s FAIL  %6s  %d findings\n' "$c" "$(took_s $took)" "$n"
		head -n "${SHOWN:-25}" "$OUT/check-$c.txt" | sed 's/^/    /'
		[ "$n" -le "${SHOWN:-25}" ] || echo "    ... all: $OUT/check-$c.txt"
	fi
done
awk -f "$here/check/sizes.awk" "${code[@]}" | grep '^#' || :
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
