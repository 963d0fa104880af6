# SPDX-License-Identifier: GPL-2.0
# The in-tree helper may stay loaded: it comes first or second, and a rule chooses by name.
# tags: 6.12
. ./lib.sh

in_tree() { modprobe nf_nat_sip; }
no_in_tree() { rmmod nf_nat_sip nf_conntrack_sip; }

topo
masquerade
ok 'the in-tree helper is loaded first' in_tree
ok 'ours is loaded beside it' load
ok 'ours is attached' attach_nft
ok 'a call' call
ok 'its connection has ours' helper_attached
ok 'media passed in both directions' rtp_both_ways
detach_nft
flush
ok 'the in-tree helper goes' no_in_tree
ok 'and comes second' in_tree
ok 'ours is attached' attach_nft
ok 'a call' call
ok 'its connection has ours' helper_attached
detach_nft
flush
ok 'the in-tree helper goes' no_in_tree
finish
