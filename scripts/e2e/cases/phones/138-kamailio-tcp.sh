# SPDX-License-Identifier: GPL-2.0
# The same provider over TCP: what is registered is called over the connection that it registered with; a phone
# with UDP calls one with TCP and the other way round, so that the proxy stands in the route set twice.
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
account=";regint=60;audio_codecs=PCMU;answermode=auto"
ok 'alice runs' agent alice lan $PHONE "<sip:alice@$PROVIDER;transport=tcp>$account"
ok 'carol runs' agent carol desk 192.168.1.3 "<sip:carol@$PROVIDER>$account"
ok 'bob runs' agent bob wan $OTHER "<sip:bob@$PROVIDER;transport=tcp>$account"
for a in alice carol bob; do ok "$a is registered" until_ok 20 registered $a; done
ok 'a capture runs' capture wan w0
held_call out alice bob "sip:bob@$PROVIDER;transport=tcp" bob alice
held_call in bob alice "sip:alice@$PROVIDER;transport=tcp" alice bob
a_call 'UDP to TCP' carol bob sip:bob@$PROVIDER bob
a_call 'TCP to UDP' bob carol "sip:carol@$PROVIDER;transport=tcp" carol
a_call 'inside, TCP to UDP' alice carol "sip:carol@$PROVIDER;transport=tcp" carol direct
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
not_ok 'the provider lost no request' grep -E 'LOST|INSANE' $T/provider.log
ok 'nothing failed' no_trouble
finish
