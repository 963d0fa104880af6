# SPDX-License-Identifier: GPL-2.0
# What is not SIP, or SIP that two readers could read as two messages, passes byte for byte, opens nothing and is counted
# by its reason; of odd SIP what cannot be read stays; strict=1 drops both; unknown methods pass unless told otherwise.
# tags: 6.12 7
. ./lib.sh

topo
masquerade
load
attach_nft
peer notsip
is 'nothing was said in the kernel log' '' "$(dmesg | grep -i sip)"
finish
