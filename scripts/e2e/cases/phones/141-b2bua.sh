# SPDX-License-Identifier: GPL-2.0
# A back-to-back user agent behind NAT between the phones of the house and the provider, where it is registered: all that
# the router sees, signalling and media, is its own. (Debian 12 has no Asterisk; this is the B2BUA of baresip.)
# needs: peers
# limit: 400
. ./lib.sh
. ./ends.sh

need kamailio
[ -e /usr/lib/baresip/modules/b2bua.so ] || skip_all 'baresip has no b2bua here'
pbx=192.168.1.5
topo
inside_host pbx $pbx
masquerade
load
attach_nft
ok 'the provider runs' kamailio_run provider wan $PROVIDER provider
# whoever calls bob by way of it is bridged to a call of its own to the same address
baresip_conf pbx $pbx "<sip:bob@$PROVIDER>;regint=0;audio_codecs=PCMU;b2bua=inbound"
echo "<sip:company@$PROVIDER>;regint=60;audio_codecs=PCMU;b2bua=outbound" >> $T/pbx/accounts
sed -i 's/^audio_source.*/audio_source aubridge,a\naudio_player aubridge,a\nmodule aubridge.so/' $T/pbx/config
echo 'module_app b2bua.so' >> $T/pbx/config
baresip_run pbx pbx 600
ok 'the B2BUA listens' wait_listen udp 5060 pbx
ok 'alice runs' agent alice lan $PHONE "<sip:alice@$PROVIDER>;regint=0;audio_codecs=PCMU;outbound=\"sip:$pbx\""
ok 'bob runs' agent bob wan $OTHER "<sip:bob@$PROVIDER>;regint=60;audio_codecs=PCMU;answermode=auto"
ok 'the company is registered' until_ok 20 registered pbx
ok 'bob is registered' until_ok 20 registered bob
held_call out alice bob sip:bob@$PROVIDER bob alice
a_call 'again' alice bob sip:bob@$PROVIDER bob
is 'the calls began and ended' '2 2' "$(stat calls_added) $(stat calls_ended)"
is 'what the router saw came from the B2BUA' $pbx "$(in_ns rtr awk 'NR > 1 { sub(/:.*/, "", $7); print $7 }' /proc/net/sipalg/calls | sort -u)"
not_ok 'no request was lost' grep -E 'LOST|INSANE' $T/provider.log
ok 'nothing failed' no_trouble
finish
