# SPDX-License-Identifier: GPL-2.0
# env.sh - sourced by every script of the lab.
#
# Sets  TOP   root of this project
#       SRC   sources to build (default TOP; set it to try another tree)
#       LAB   cache of the lab (default ${XDG_CACHE_HOME:-$HOME/.cache}/sipalg); must not be moved
#       OUT   where modules and logs of SRC go: $LAB/build/<hash of SRC>, with -$VARIANT behind it if set
# and   PATH  with the sbin directories: modinfo, depmod, nft and tcpdump live there.
# Gives say, die, locked, hash_of, is_uml.
# shellcheck shell=bash

# shellcheck disable=SC2034
TOP=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
SRC=$(realpath "${SRC:-$TOP}")
LAB=${LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/sipalg}
OUT=$LAB/build/$(printf %s "$SRC" | sha256sum | cut -c1-12)${VARIANT:+-$VARIANT}
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8
mkdir -p "$LAB" "$OUT"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die MESSAGE [STATUS]: one line, then out
die() { say "$1"; exit "${2:-1}"; }

# locked NAME: hold a lock of that name until this script ends; a second caller waits
locked() {
	exec 9> "$LAB/.lock-$1"
	flock -n 9 || { say "waiting for another $1"; flock 9; }
}

# hash_of: the first digits of the hash of standard input, for cache keys
hash_of() { sha256sum | cut -c1-16; }

# is_uml SERIES: that kernel runs as a process (uml: the debug kernel, plain: without its checks, smp and locks: with
# two processors); UML: its O= tree
is_uml() {
	case $1 in
	uml) UML=$LAB/uml ;;
	plain | smp | locks) UML=$LAB/uml-$1 ;;
	*) return 1 ;;
	esac
}
