# SPDX-License-Identifier: GPL-2.0
# Two phones that use the same RTP port have calls to one provider at once: both hear and are heard.
# tags: smoke 6.12
. ./lib.sh

topo
addr lan 192.168.1.3/24
masquerade
load
attach_nft
peer sameport
is 'one port was moved for RTP and RTCP, in both calls' 2 "$(stat pinholes_moved)"
is 'none was refused' '0 0' "$(stat pinholes_no_port) $(stat pinholes_full)"
not_ok 'the helper of the kernel is not there' test -d /sys/module/nf_conntrack_sip
finish
