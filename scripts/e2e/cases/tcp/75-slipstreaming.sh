# SPDX-License-Identifier: GPL-2.0
# NAT slipstreaming, all known forms: nothing opens; every byte arrives as it was sent, or the connection ends. The
# in-tree helper falls for the first of them in the same guest.
# limit: 300
# tags: smoke 6.12
. ./lib.sh

topo
tcp_addresses
masquerade

# --- the control
modprobe nf_nat_sip
HELPER=sip attach_nft tcp
peer slip control
detach_nft
flush
in_ns rtr conntrack -F expect > /dev/null 2>&1
rmmod nf_nat_sip nf_conntrack_sip

# --- ours
load
attach_nft
peer slip
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)"
finish
