# SPDX-License-Identifier: GPL-2.0
# progress.sh - sourced by what a person starts: shows what is going on, and for how long.
#
# ticking TEXT COMMAND...   run it; on a terminal TEXT and the seconds stand there while it
#                           runs and vanish with its end. Sets took; status: the command's.
#                           The command sees no terminal input.
# took_s SECONDS            "7 s", "3 min 20 s"
# shellcheck shell=bash

took=0 ticking_pid=

took_s() { if [ "$1" -lt 120 ]; then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi; }

ticking() {
	local text=$1 start=$SECONDS rc=0
	shift
	set -m	# a process group of its own, to end all of it on ^C
	"$@" < /dev/null &
	ticking_pid=$!
	set +m
	while [ -t 1 ] && kill -0 "$ticking_pid" 2> /dev/null; do
		printf '\r\033[K  ... %s, %s' "$text" "$(took_s $((SECONDS - start)))"
		sleep 0.2
	done
	wait "$ticking_pid" || rc=$?
	[ ! -t 1 ] || printf '\r\033[K'
	ticking_pid=
	# shellcheck disable=SC2034
	took=$((SECONDS - start))
	return $rc
}

trap '[ -z "$ticking_pid" ] || kill -TERM -- "-$ticking_pid" 2> /dev/null; echo; exit 130' INT TERM HUP
