#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest-peers.sh - SIP servers and phones of other people's making, for the QEMU guests: what guest-base.sh has not.
#
# usage: guest-peers.sh NAME [OUT.cpio]     default $LAB/NAME.cpio; prints its path
#
#   peers       Kamailio with the modules of a registrar and proxy, and baresip's back-to-back user agent
#   linphone    linphonec, which plays and records files and needs no sound card
#   rtpengine   the media proxy, all in user space
#   scanners    sipvicious: svmap, svwar, svcrack
#   conntrackd  conntrackd and keepalived; in /usr/lib/whole the library of ha-library.sh, beside the system's own
#
# They come from $LAB/peers/root, $LAB/scanners/root and $LAB/conntrackd/root (deps.sh) and run in the guest
# alone. Made again only when this script, the base archive, a Debian package or that library has changed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
here=$TOP/scripts name=${1:-} out=$(realpath -m "${2:-$LAB/$1.cpio}") deps=peers
case $name in scanners | conntrackd) deps=$name ;; esac
root=$LAB/$deps/root
kamailio_modules='corex ctl db_text kex maxfwd nathelper pv registrar rr rtpengine sanity siputils sl textops tm tmx
	uac usrloc xlog'

case $name in
peers | linphone | rtpengine | scanners | conntrackd) ;;
*) die 'usage: guest-peers.sh peers|linphone|rtpengine|scanners|conntrackd [out]' 2 ;;
esac
base=$("$here/guest-base.sh" | tail -1)
locked "guest-$name"
"$here/deps.sh" "$deps"
whole=
[ "$name" != conntrackd ] || whole=$("$here/ha-library.sh" | tail -1)
key=$(cat "$0" "$base.key" "$LAB/$deps/key" ${whole:+"${whole%/*}/key"} | hash_of)
if [ -s "$out" ] && [ "$(cat "$out.key" 2> /dev/null)" = "$key" ]; then
	echo "$out"
	exit
fi

r=$(mktemp -d)
trap 'rm -rf "$r"' EXIT
lib=$root$(dirname "$(find /usr/lib -name libstdc++.so.6 -print -quit)")
export LD_LIBRARY_PATH=$lib:$lib/pulseaudio:$lib/kamailio:$root/usr/lib:$root${lib#"$root/usr"}

# put FILE [DESTINATION]: a program or shared object, and the objects it is linked with
put() {
	local so
	install -D -m755 "$1" "$r/${2:-${1#"$root"}}"
	{ ldd "$1" 2> /dev/null || :; } | { grep -oE '/[^ ]+' || :; } | while read -r so; do
		to=${so#"$root"}
		[ -e "$r/usr${to#/usr}" ] || install -D -m755 "$so" "$r/usr${to#/usr}"
	done
}

case $name in
peers)
	put "$root/usr/sbin/kamailio"
	put "$root/usr/sbin/kamcmd"
	for m in $kamailio_modules; do put "$lib/kamailio/modules/$m.so"; done
	put /usr/lib/baresip/modules/b2bua.so
	;;
linphone)
	put "$root/usr/bin/linphonec"
	for so in libsoftokn3.so libfreebl3.so libfreeblpriv3.so libsoci_sqlite3.so.4.0; do	# loaded by name
		put "$(find "$root/usr/lib" /usr/lib -name $so -print -quit)"
	done
	mkdir -p "$r/usr/share/linphone"
	cp -r "$root/usr/share/belr" "$r/usr/share/"
	cp "$root/usr/share/linphone/rootca.pem" "$r/usr/share/linphone/"
	;;
rtpengine) put "$root/usr/bin/rtpengine" ;;
conntrackd)
	put "$root/usr/sbin/conntrackd"
	put "$root/usr/sbin/keepalived"
	install -D -m755 "$whole" "$r/usr/lib/whole/${whole##*/}"
	;;
scanners)
	packages=$r/usr/lib/python3/dist-packages
	mkdir -p "$packages"
	cp -r "$root/usr/share/sipvicious/sipvicious" "$packages/"
	# and what they import; compiled here, as the base's
	/usr/bin/python3 -I - "$packages" > "$r/py" <<- 'P'
		import importlib, sys, sysconfig
		sys.path.append(sys.argv[1])
		for name in ("svmap", "svwar", "svcrack"):
		    importlib.import_module("sipvicious." + name)
		for module in list(sys.modules.values()):
		    f = getattr(module, "__file__", None)
		    if f and f.startswith(sysconfig.get_path("stdlib")):
		        print(f)
	P
	sort -u "$r/py" | while read -r f; do put "$f"; done
	rm "$r/py"
	/usr/bin/python3 -I -m compileall -q -s "$r" --invalidation-mode unchecked-hash "$r"/usr/lib/python3*
	;;
esac
# what the base has stays as it is there
cpio --quiet -t < "$base" | (cd "$r" && while read -r f; do [ -d "$f" ] || rm -f "$f"; done)
(cd "$r" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) > "$out.new"
mv "$out.new" "$out"
echo "$key" > "$out.key"
echo "$out"
