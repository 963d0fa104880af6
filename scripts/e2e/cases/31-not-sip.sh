# SPDX-License-Identifier: GPL-2.0
# What is not SIP, or is broken SIP, passes byte for byte, opens nothing and is counted by its reason;
# strict=1 drops what is broken; unknown methods pass unless told otherwise.
. ./lib.sh

topo
masquerade
load
attach_nft
peer notsip
is 'nothing was said in the kernel log' '' "$(dmesg | grep -i sip)"
finish
