# SPDX-License-Identifier: GPL-2.0
# Phones that know their NAT by STUN, outbound (RFC 5626), rport or ICE, and say public addresses: not one byte of
# what they send and get changes, nothing is opened for them, and their calls work through masquerade alone.
# tags: 6.12
. ./lib.sh

topo
masquerade
in_ns rtr nft add rule inet fw forward iifname r0 udp dport 1024-65535 accept	# the firewall of such a home
load
attach_nft
peer aware
ok 'its connections have the helper' helper_attached
is 'expectations left' '' "$(expectations)"
is 'no call opened a pinhole' 0 "$(stat pinholes_opened)"
finish
