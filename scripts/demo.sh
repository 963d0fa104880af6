#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh - a phone behind a NAT router, two calls, and what the modules did with them.
#
# usage: demo.sh        on Debian 12 or 13; installs by apt what is missing (asks for root by sudo)
#
# Builds the modules for a stock kernel of Debian (SERIES=6.1|6.12|7, default 6.12),
# boots it in QEMU, and has a phone (baresip) register there, call and be called. NO_COLOR
# is respected. The console of the guest is in $OUT/demo.log. Status 0 when both calls
# had voice both ways.
set -euo pipefail
utf8=0
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in *[Uu][Tt][Ff]*8*) utf8=1 ;; esac
. "$(dirname "$0")/env.sh"
. "$(dirname "$0")/progress.sh"
here=$TOP/scripts series=${SERIES:-6.12} log=$OUT/demo.log stage=$OUT/demo begin=$SECONDS
color=0
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || color=1
dim() { if [ $color = 1 ]; then printf '\033[2m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi; }

# step TEXT COMMAND...: one line when it is done; what it said when it fails
step() {
	local text=$1 rc=0
	shift
	ticking "$text" run_step "$@" || rc=$?
	if [ $rc != 0 ]; then
		# the scripts say in one line what is missing
		[ $rc != 2 ] || { tail -n 1 "$OUT/demo-step.log" >&2; exit 2; }
		tail -n 15 "$OUT/demo-step.log"
		die "$text: failed" "$rc"
	fi
	dim "$(printf '  %-62s %10s' "$text" "$(took_s $took)")"
}
# shellcheck disable=SC2317	# ticking runs it
run_step() { "$@" > "$OUT/demo-step.log" 2>&1; }

# the password, if it takes one, is asked for before anything else happens
if [ "$(id -u)" != 0 ] && [ -t 0 ] && ! "$here/deps.sh" --missing build guest > /dev/null && command -v sudo > /dev/null; then
	echo 'Some Debian packages are missing; installing them needs root.'
	sudo -v || die 'not root, and sudo refuses'
fi

missing=$("$here/deps.sh" --missing build guest || :)
[ -z "$missing" ] || step "installing $(wc -w <<< "$missing") Debian packages" "$here/deps.sh" build guest
step "a stock kernel, Linux $series" "$here/kernel.sh" "$series"
step "the modules for it" "$here/build.sh" "$series"
step 'user space of the guest' "$here/guest-base.sh"
step 'modules of the guest' "$here/guest-mods.sh" "$series" "$OUT/mods-demo.cpio" "$OUT/$series"/nf_{conntrack,nat}_sipalg.ko

rm -rf "$stage"
mkdir -p "$stage"
cp "$here"/demo/* "$here/e2e/lib.sh" "$here/klog.bad" "$stage/"
printf 'COLOR=%s UTF8=%s T=/run/case\n' $color $utf8 > "$stage/env"

# the guest says what it does (@), shows (|), or why it gives up (!); all else is for the log
follow() {
	local now='booting the guest' start=$SECONDS line half='' rc LC_ALL=C	# a time-out may cut a character
	[ -t 1 ] || dim "  ... $now"
	while :; do
		rc=0
		IFS= read -r -t 0.2 line || rc=$?
		line=$half$line half=''
		if [ $rc -gt 128 ]; then	# no whole line yet
			half=$line
			[ ! -t 1 ] || printf '\r\033[K  ... %s, %s' "$now" "$(took_s $((SECONDS - start)))"
			continue
		fi
		[ $rc = 0 ] || break
		case $line in
		'@ '*)
			now=${line#@ } start=$SECONDS
			[ -t 1 ] || dim "  ... $now" ;;
		'| '*) [ ! -t 1 ] || printf '\r\033[K'; printf '%s\n' "${line#| }" ;;
		'! '*) [ ! -t 1 ] || printf '\r\033[K'; printf '%s\n' "${line#! }" > "$OUT/demo.why" ;;
		esac
	done
	[ ! -t 1 ] || printf '\r\033[K'
}

locked "demo-$(basename "$OUT")"
rm -f "$OUT/demo.why"
rc=0
LIMIT=${LIMIT:-180} "$here/guest.sh" "$series" "$stage" "$log" "$("$here/guest-base.sh")" "$OUT/mods-demo.cpio" 2>&1 |
	follow || rc=$?
echo
if [ $rc = 0 ]; then
	printf 'A registration and two calls with voice both ways, through the NAT of Linux %s: it works. (%s)\n' \
		"$(cat "$LAB/k/$series/release")" "$(took_s $((SECONDS - begin)))"
	exit 0
fi
case $rc in
66) why='the calls went through, but the kernel complained' ;;
99) why="the guest gave no answer: $(tail -1 "$log")" ;;
*) why=$(cat "$OUT/demo.why" 2> /dev/null || echo "the guest ended with $rc") ;;
esac
echo "The demo failed: $why. The console is in $log"
exit 1
