#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# emulator.sh - the QEMU that runs the guests with stock kernels: 8.1 or newer.
#
# usage: emulator.sh      prints the program to run as the last line
#
# An older one may translate code for one CPU of the guest while another CPU is patching it, and then keep the
# breakpoint that was there for a moment: some boots end with "Oops: int3", at a place where memory holds the
# instruction that belongs there (qemu commit deba78709ae8, "Always lock pages before translation"). Debian 12 has
# 7.2, so the one of its backports is unpacked in $LAB/emulator, with what of its libraries is missing here. Nothing
# is installed. Where the mirror has no such QEMU, the installed one has to do, and this says so. To see it: write 1
# and 0 to kernel.sched_schedstats in turn, a static key of the scheduler, while all CPUs of a guest are busy.
set -euo pipefail
. "$(dirname "$0")/env.sh"
installed=qemu-system-x86_64 d=$LAB/emulator
version=$(dpkg-query -W -f '${Version}' qemu-system-x86 2> /dev/null || :)
if [ -n "$version" ] && dpkg --compare-versions "$version" ge 1:8.1; then
	echo $installed
	exit
fi

# unpack: in a process of its own, so that it ends at the first thing that fails
unpack() {
	local suite
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	say "unpacking QEMU of $suite-backports"
	rm -rf "$d"
	mkdir -p "$d"/{debs,root}
	"$TOP/scripts/archive.sh" emulator/apt "$suite" "$suite-backports" > /dev/null
	cd "$d/debs"
	export APT_CONFIG=$d/apt/apt.conf
	apt-get -s -o APT::Get::Show-User-Simulation-Note=0 -t "$suite-backports" \
		install --no-install-recommends qemu-system-x86 | awk '$1 == "Inst" { print $2 }' > ../names
	xargs apt-get -qq -o APT::Sandbox::User=root -t "$suite-backports" download < ../names
	for deb in *.deb; do dpkg-deb -x "$deb" ../root; done
	cat > ../run.new <<-S
		#!/bin/sh
		export LD_LIBRARY_PATH='$d/root/usr/lib/x86_64-linux-gnu'
		exec '$d/root/usr/bin/$installed' -L '$d/root/usr/share/qemu' -L '$d/root/usr/share/seabios' "\$@"
	S
	chmod +x ../run.new
	../run.new --version
	rm -r "$d"/{debs,apt}
	mv ../run.new ../run
}

if [ "${1:-}" = unpack ]; then
	unpack
	exit
fi
locked emulator
"$d/run" --version > /dev/null 2>&1 || "$(realpath "$0")" unpack > "$LAB/emulator.log" || :
if [ -x "$d/run" ]; then echo "$d/run"; else
	say "no newer QEMU to be had (log: $LAB/emulator.log): guests may die of \"int3\" while they boot"
	echo $installed
fi
