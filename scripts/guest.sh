#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh - boot a guest, run TESTDIR/run in it, exit with its status.
#
# usage: guest.sh 6.1|6.12|7 TESTDIR LOG [CPIO...]     stock kernel in QEMU; the archives make up its root
#        guest.sh uml|plain|smp|locks TESTDIR LOG MODDIR   UML kernel as a process, on this machine's files, read-only
#
# LIMIT   seconds, default 300      SMP     CPUs, default 2 (QEMU)
# MEM     MiB, default 512          APPEND  more for the kernel's command line
# QUIET   set: the console goes to LOG only
# Status: that of TESTDIR/run; 66 the kernel complained; 99 no answer.
set -euo pipefail
. "$(dirname "$0")/env.sh"
series=$1 dir=$(realpath "$2") log=$3
shift 3
w=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2> /dev/null || :; rm -rf "$w"' EXIT
trap 'exit 99' INT TERM HUP

append="nf_conntrack.expect_hashsize=1024 ${APPEND:-}"	# the default for so small a machine is 64 pinholes
if is_uml "$series"; then
	set -- "$UML/linux" "mem=${MEM:-512}M" rootfstype=hostfs rootflags=/ ro "init=$TOP/scripts/guest-init.sh" \
		"TESTDIR=$dir" "MODDIR=$(realpath "$1")" con=null con0=fd:0,fd:1 quiet loglevel=3 kasan_multi_shot
	# shellcheck disable=SC2086
	set -- "$@" $append
else
	mkdir "$w/s"
	cp -rL "$dir" "$w/s/test"
	cp "$TOP/scripts/klog.bad" "$w/s/test/"
	(cd "$w/s" && find test -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) | cat "$@" - > "$w/initrd"
	emulator=$("$TOP/scripts/emulator.sh" | tail -1)
	set -- "$emulator" -accel tcg,thread=multi -cpu max -smp "${SMP:-2}" -m "${MEM:-512}" \
		-nodefaults -no-user-config -display none -no-reboot -serial stdio \
		-device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel "$LAB/k/$series/vmlinuz" -initrd "$w/initrd" \
		-append "console=ttyS0 quiet loglevel=4 panic=-1 oops=panic rdinit=/init $append"
fi

if [ -n "${QUIET:-}" ]; then exec 3> >(tr -d '\r' > "$log"); else exec 3> >(tr -d '\r' | tee "$log"); fi
reader=$!
# UML keeps its memory in a file; a disk is slow, the /dev/shm of a container often too small
tmp=/dev/shm
[ "$(df --output=avail -m $tmp 2> /dev/null | tail -1)" -gt $((2 * ${MEM:-512})) ] 2> /dev/null || tmp=$w
TMPDIR=$tmp timeout -k 5 "${LIMIT:-300}" "$@" < /dev/null >&3 2>&1 &
pid=$!
exec 3>&-
wait "$pid" || :	# says nothing: the guest's own word counts
pid=
wait "$reader" || :
rc=$(sed -n 's/^LAB-RC \([0-9]*\)$/\1/p' "$log" | tail -1)
exit "${rc:-99}"
