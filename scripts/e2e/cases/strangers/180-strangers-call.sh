# SPDX-License-Identifier: GPL-2.0
# Strangers outside send INVITEs to a PBX whose port is forwarded, and which challenges them: none of its own calls, nor
# of its provider's, finds the quota used up. The flood limits are off: a fast machine sends 735 INVITEs before the
# limit of the PBX has let so many through.
# limit: 300
# tags: 6.12
. ./lib.sh
. ./scenes.sh

topo
guard rtr 'iifname "r1" ip daddr 192.168.1.2 udp dport 5060 accept'
nat rtr 'oifname "r1" masquerade;' "iifname r1 ip daddr $ROUTER udp dport 5060 dnat ip to $PHONE"
for i in $(seq 4 13); do addr wan 203.0.113.$i/24; done
load destination_invite='0 0' source_invite='0 0'
attach rtr prerouting
peer strangers
sound
finish
