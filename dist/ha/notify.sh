#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# notify.sh - what keepalived calls when this router gets another part. usage: notify.sh primary|backup|fault
#
# CONNTRACKD, CONNTRACKD_CONFIG: other than those of the system.
conntrackd=${CONNTRACKD:-/usr/sbin/conntrackd}
config=${CONNTRACKD_CONFIG:-/etc/conntrackd/conntrackd.conf}
status=0

# order OPTION: one order to the daemon that runs
order() {
	"$conntrackd" -C "$config" "$1" && return
	status=1
	echo "notify.sh: conntrackd $1 failed" >&2
	logger -t sipalg-ha "conntrackd $1 failed" 2> /dev/null
}

case ${1:-} in
primary)
	order -c	# the other router's connections and pinholes go into the kernel
	order -f	# both caches are emptied
	order -R	# the own cache is filled from the kernel
	order -B	# and sent to the other router
	;;
backup)
	order -t	# what the kernel still has goes within a minute
	order -n	# the other router sends what it has
	;;
fault) order -t ;;
*)
	echo 'usage: notify.sh primary|backup|fault' >&2
	exit 2
	;;
esac
exit $status
