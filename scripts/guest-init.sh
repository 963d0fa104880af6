#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest-init.sh - process 1 of every guest, QEMU (stock kernels) and UML (debug kernel).
#
# Mounts what the tests need, runs TESTDIR/run, judges the kernel log, and ends
# the guest. The host reads the line "LAB-RC status"; where it is missing the
# guest died. 66: the tests passed, but the kernel complained.
#
# From the kernel's command line, UML only (its root is the host's, read-only):
#   TESTDIR   the tests (QEMU: /test)
#   MODDIR    directory with lib/modules/RELEASE (QEMU: /)
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=linux HOME=/root LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2> /dev/null
mount -t tmpfs run /run
mkdir -p /run/netns
mount -t debugfs debug /sys/kernel/debug 2> /dev/null
mount -t tracefs trace /sys/kernel/tracing 2> /dev/null
ip link set lo up

if [ -n "$MODDIR" ]; then
	mkdir /run/{test,mods,bin}
	mount --bind "$TESTDIR" /run/test	# may lie below the /tmp that is covered next
	mount --bind "$MODDIR" /run/mods
	mount -t tmpfs tmp /tmp
	export HOME=/tmp TESTDIR=/run/test MODDIR=/run/mods
	# the host's /lib/modules knows nothing of this kernel
	for tool in modprobe modinfo depmod; do
		[ $tool = modprobe ] && dir=-d || dir=-b
		printf '#!/bin/sh\nexec /sbin/%s %s %s "$@"\n' "$tool" "$dir" "$MODDIR" > "/run/bin/$tool"
		chmod +x /run/bin/$tool
	done
	export PATH=/run/bin:$PATH
	echo /run/bin/modprobe > /proc/sys/kernel/modprobe
fi

echo "LAB-UP $(uname -r) $(cut -d' ' -f1 /proc/uptime)"
dmesg -C		# what the boot said is not ours
cd "${TESTDIR:=/test}" && ./run < /dev/null
rc=$?
if dmesg | grep -E -f "$TESTDIR/klog.bad"; then
	dmesg | tail -100
	[ $rc != 0 ] || rc=66
fi
echo "LAB-RC $rc"
if [ -n "$MODDIR" ]; then
	busybox poweroff -f
else
	sleep 0.1	# the serial line drains
	qexit $rc
fi
