# SPDX-License-Identifier: GPL-2.0
# Two phones of one NAT call each other through the provider: the same Call-ID passes the router
# twice. With hairpin=1 each is told where the other really is, with hairpin=0 the router turns media round.
. ./lib.sh

topo
addr lan 192.168.1.3/24
# both phones are in one namespace: what one sends comes back from the router with an address of its own
in_ns lan sysctl -q net.ipv4.conf.all.accept_local=1 net.ipv4.conf.l0.accept_local=1 net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.l0.rp_filter=0
masquerade
load
attach_nft
peer twophones
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat out_of_dialog)"
finish
