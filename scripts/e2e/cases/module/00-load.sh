# SPDX-License-Identifier: GPL-2.0
# The modules load, show their counters and go away again.
# tags: smoke 6.12 6.1 7 uml
. ./lib.sh

ok 'modprobe nf_nat_sipalg' modprobe nf_nat_sipalg
is 'it pulls in nf_conntrack_sipalg' 'nf_conntrack_sipalg nf_nat_sipalg' "$(loaded | sort | xargs)"
ok '/proc/net/sipalg/stats can be read' grep -E '^[a-z_0-9]+ [0-9]+$' /proc/net/sipalg/stats
ok 'rmmod nf_nat_sipalg' rmmod nf_nat_sipalg
ok 'rmmod nf_conntrack_sipalg' rmmod nf_conntrack_sipalg
not_ok '/proc/net/sipalg is gone' test -e /proc/net/sipalg
ok 'and again' modprobe nf_nat_sipalg
finish
