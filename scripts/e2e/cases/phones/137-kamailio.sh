# SPDX-License-Identifier: GPL-2.0
# Kamailio outside as registrar and proxy that stays on the way: two phones of one NAT and one outside register over
# UDP; calls out, in, and between the two, whose media is direct or, with hairpin=0, turned around.
# needs: peers
# limit: 400
. ./lib.sh
. ./ends.sh

need kamailio
topo
inside_host desk 192.168.1.3
masquerade
load
attach_nft
ok 'the provider runs' kamailio_run provider wan $PROVIDER provider
account="@$PROVIDER>;regint=60;audio_codecs=PCMU;answermode=auto"
ok 'alice runs' agent alice lan $PHONE "<sip:alice$account"
ok 'carol runs' agent carol desk 192.168.1.3 "<sip:carol$account"
ok 'bob runs' agent bob wan $OTHER "<sip:bob$account"
for a in alice carol bob; do ok "$a is registered" until_ok 20 registered $a; done
is 'the router knows two bindings' 2 "$(in_ns rtr grep -c '^bound ' /proc/net/sipalg/bindings)"
held_call out alice bob sip:bob@$PROVIDER alice bob
held_call in bob carol sip:carol@$PROVIDER carol bob
a_call 'inside, direct' alice carol sip:carol@$PROVIDER carol direct
ok 'inside, direct: alice hears carol herself' hears_from alice 192.168.1.3
in_ns rtr sysctl -q net.netfilter.sipalg.hairpin=0
a_call 'inside, turned round' carol alice sip:alice@$PROVIDER carol turned
# RFC 4787, REQ-9: the source is the one that is published
ok 'inside, turned round: carol hears the router' hears_from carol $ROUTER
ok 'inside, turned round: and so does alice' hears_from alice $ROUTER
not_ok 'the provider lost no request' grep -E 'LOST|INSANE' $T/provider.log
ok 'nothing failed' no_trouble
finish
