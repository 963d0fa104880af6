# SPDX-License-Identifier: GPL-2.0
# Registration and a call with media through NAT and firewall, helper attached by nft and by iptables.
# tags: smoke 6.12 6.1 7 uml
. ./lib.sh

topo
masquerade
load
ok 'the helper is attached by nft' attach_nft
ok 'a registration' register
ok 'a call' call
ok 'its connection has the helper' helper_attached
ok 'media passed in both directions' rtp_both_ways
detach_nft
for how in nft legacy; do
	flush
	ok "the helper is attached by iptables-$how" attach_iptables $how
	ok 'a call' call
	ok 'its connection has the helper' helper_attached
	ok 'media passed in both directions' rtp_both_ways
	detach_iptables $how
done
finish
