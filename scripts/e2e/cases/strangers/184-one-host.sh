# SPDX-License-Identifier: GPL-2.0
# One host inside takes what it can with nine addresses, publishes the last port that there is, and one outside answers
# what nobody has asked. What a neighbour gets is measured (rules B1 and B2).
# limit: 300
# tags: smoke 6.12
. ./lib.sh
. ./scenes.sh

topo
guard rtr 'iifname "r1" ip daddr 192.168.1.2 udp dport 5060 accept'
nat rtr 'oifname "r1" masquerade;' "iifname r1 ip daddr $ROUTER udp dport 5060 dnat ip to $PHONE"
for i in $(seq 20 28); do addr lan 192.168.1.$i/24; done
load
attach rtr prerouting
peer onehost
is 'expectations left' '' "$(expectations)"
is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0' "$(stat commit_failed) $(stat no_memory)"
finish
