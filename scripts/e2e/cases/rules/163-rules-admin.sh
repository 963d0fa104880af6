# SPDX-License-Identifier: GPL-2.0
# SECURITY A3 and A4, and A1's first sentence: who may see and change what; nothing of one namespace shows in another;
# the strict profile, each of its settings with one that it lets pass and one that it does not.
# limit: 240
# tags: 6.12
. ./lib.sh
. ./rules.sh

rules_network
chmod 755 /	# the guest's users are to find their way
load
ok 'the shipped rules' eval 'shipped sipalg.nft none none | in_ns rtr nft -f -'
in_ns rtr nft insert rule inet sipalg forward iifname r0 udp dport 5060 accept
is 'A1: auto_attach is off' 0 "$(cat /sys/module/nf_conntrack_sipalg/parameters/auto_attach)"
peer admin
is 'expectations left' '' "$(expectations)"
finish
