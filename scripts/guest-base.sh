#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest-base.sh - user space of the QEMU guests, from this machine's own packages.
#
# usage: guest-base.sh [OUT.cpio]     default $LAB/base.cpio; prints its path
#
# bash and busybox, kmod, iproute2, nft and iptables, conntrack, SIPp, baresip,
# tcpdump, socat, and a python3 with a small part of its library. Made again
# only when this script or a Debian package has changed.
set -euo pipefail
. "$(dirname "$0")/env.sh"
here=$TOP/scripts out=$(realpath -m "${1:-$LAB/base.cpio}")

# what a scripted SIP peer may import, with all that these import themselves
python_modules='argparse base64 bisect collections contextlib ctypes dataclasses datetime difflib enum errno
	fcntl functools glob hashlib hmac io ipaddress itertools json logging math operator os pathlib queue
	random re resource select selectors shlex shutil signal socket socketserver statistics string struct
	subprocess sys tempfile textwrap threading time traceback types typing unittest uuid zlib
	encodings.idna encodings.latin_1 encodings.ascii encodings.utf_8'
baresip_modules='account aubridge aufile ausine cons contact ctrl_tcp echo g711 ice menu mwi rtcpsummary srtp stdio stun turn uuid'

locked base
"$here/deps.sh" guest
key=$( (cat "$0" "$here"/{qexit.c,guest-init.sh}; dpkg-query -W) | hash_of)
if [ -s "$out" ] && [ "$(cat "$out.key" 2> /dev/null)" = "$key" ]; then
	echo "$out"
	exit
fi

r=$(mktemp -d)
trap 'rm -rf "$r"' EXIT
mkdir -p "$r"/{usr/bin,usr/sbin,usr/lib,usr/lib64,proc,sys,dev,run,tmp,etc,root}
for d in bin sbin lib lib64; do ln -s "usr/$d" "$r/$d"; done

# put FILE [DESTINATION]: a program or shared object, and the objects it is linked with
put() {
	local lib
	install -D -m755 "$1" "$r/${2:-$1}"
	{ ldd "$1" 2> /dev/null || :; } | { grep -oE '/[^ ]+' || :; } | while read -r lib; do
		[ -e "$r/usr${lib#/usr}" ] || install -D -m755 "$lib" "$r/usr${lib#/usr}"
	done
}

put "$(command -v busybox)" usr/bin/busybox
for applet in $(busybox --list | grep -vxE 'busybox|sh|modprobe|insmod|rmmod|lsmod|modinfo|depmod'); do
	ln -s busybox "$r/usr/bin/$applet"
done
ln -s bash "$r/usr/bin/sh"	# busybox sh prefers its own applets (ip!) to PATH
# timeout: busybox's kills one process, not its group
for b in bash ip tc ss nft conntrack sipp baresip kmod tcpdump socat timeout nsenter dmesg sysctl; do
	rm -f "$r/usr/bin/$b"
	put "$(readlink -f "$(command -v $b)")" usr/bin/$b
done
for mode in nft legacy; do
	put /usr/sbin/xtables-$mode-multi
	for ip in iptables ip6tables; do ln -s xtables-$mode-multi "$r/usr/sbin/$ip-$mode"; done
done
ln -s iptables-nft "$r/usr/sbin/iptables"
ln -s ip6tables-nft "$r/usr/sbin/ip6tables"
for a in modprobe insmod rmmod lsmod modinfo depmod; do ln -s ../bin/kmod "$r/usr/sbin/$a"; done
x=$(dirname "$(find /usr/lib -name libxt_CT.so -print -quit)")
mkdir -p "$r$x" && cp "$x"/lib{xt,ipt,ip6t}_*.so "$r$x"

for m in $baresip_modules; do put "/usr/lib/baresip/modules/$m.so"; done

# the distribution's python, whatever else comes first in PATH
put "$(readlink -f /usr/bin/python3)" usr/bin/python3
# shellcheck disable=SC2086
/usr/bin/python3 -I - $python_modules > "$r/py" <<'P'
import importlib, os, sys, sysconfig, glob
for name in sys.argv[1:]:
    importlib.import_module(name)
stdlib = sysconfig.get_path("stdlib")
for module in list(sys.modules.values()):
    f = getattr(module, "__file__", None)
    if f and f.startswith(stdlib) and not f.endswith("frozen"):
        print(f)
for f in glob.glob(stdlib + "/_sysconfigdata*.py") + [stdlib + "/os.py", stdlib + "/site.py"]:
    print(f)
P
sort -u "$r/py" | while read -r f; do
	case $f in
	*.so) put "$f" ;;
	*) install -D -m644 "$f" "$r$f" ;;
	esac
done
rm "$r/py"
# compile here: the guest is slow, and its clock differs
/usr/bin/python3 -I -m compileall -q -s "$r" --invalidation-mode unchecked-hash "$r"/usr/lib/python3*

cp /etc/protocols /etc/services "$r/etc/" 2> /dev/null || :
terminfo=$(find /lib/terminfo/l /usr/share/terminfo/l -name linux -print -quit 2> /dev/null || :)	# SIPp wants curses
install -D -m644 "$terminfo" "$r/usr/lib/terminfo/l/linux"
echo 'root:x:0:0::/root:/bin/sh' > "$r/etc/passwd"
printf '127.0.0.1 localhost\n::1 localhost\n' > "$r/etc/hosts"
gcc -O2 -static -o "$r/usr/bin/qexit" "$here/qexit.c"
install -m755 "$here/guest-init.sh" "$r/init"
(cd "$r" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) > "$out.new"
mv "$out.new" "$out"
echo "$key" > "$out.key"
echo "$out"
