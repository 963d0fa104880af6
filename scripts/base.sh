#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# base.sh - the sources of the build before, with which the benchmarks compare.
#
# usage: [BASE=COMMIT] base.sh            prints the directory where they are
#        [BASE=COMMIT] base.sh beside     the same under another name: modules nf_*_sipold, helper "sipold"
#
# Without BASE it is the commit that stands in scripts/bench/base. They are taken from this repository into
# $LAB/base; status 3 where it has no such commit, as a shallow clone. The other name is as long as the own one: both
# builds can be loaded at once and take turns in one guest, and no text or table gets another size by it.
set -euo pipefail
. "$(dirname "$0")/env.sh"
own=sipalg other=sipold

commit=$(git -C "$TOP" rev-parse -q --verify "${BASE:-$(cat "$TOP/scripts/bench/base")}^{commit}" 2> /dev/null) ||
	die "no commit ${BASE:-$(cat "$TOP/scripts/bench/base")} here: nothing to compare with" 3
case ${1:-} in
'') d=$LAB/base/$commit ;;
beside) d=$LAB/base/$commit-$other ;;
*) die 'usage: base.sh [beside]' 2 ;;
esac

# rename TREE: and what the text core exports, whose names are no module's
rename() {
	local f name names words=''
	find "$1" -depth -name "*$own*" | while read -r f; do
		mv "$f" "${f%/*}/$(basename "$f" | sed "s/$own/$other/g")"
	done
	mapfile -t names < <(sed -n 's/^SIPALG_EXPORT\(_TEST\)\?(\(s[id]p_[a-z0-9_]*\));/\2/p' "$1"/module/*_exports.c)
	for name in "${names[@]}"; do words+="s/\\b$name\\b\\([^.]\\|\$\\)/${name/p_/q_}\\1/g;"; done	# no file name
	find "$1" -type f \( -name '*.[ch]' -o -name Kbuild -o -name Makefile \) -exec sed -i "s/$own/$other/g; $words" {} +
	# old kernels know a helper by this number, see there
	sed -i 's/^\(#define SIPALG_HELPER_SLOT\t\+\)5059$/\15058/' "$1"/include/*_compat.h
}

locked base-of
if [ ! -d "$d" ]; then
	mkdir -p "$LAB/base"
	rm -rf "$d.new"
	mkdir "$d.new"
	git -C "$TOP" archive "$commit" | tar -C "$d.new" -x
	[ -z "${1:-}" ] || rename "$d.new"
	mv "$d.new" "$d"
fi
echo "$d"
