# SPDX-License-Identifier: GPL-2.0
# A provider that looks for NAT itself: it finds nothing to repair, and its pings are answered. With rewrite=0 it does find
# it (so it does look), repairs it with rtpengine, and calls work all the same: the pinholes are there. Then both together.
# needs: peers rtpengine
# limit: 400
. ./lib.sh
. ./ends.sh

need kamailio rtpengine
account="@$PROVIDER>;regint=60;audio_codecs=PCMU;answermode=auto"
# scene WHAT REWRITE [ARGUMENT...]: router, provider, and phones that are registered
scene() {
	local a
	topo
	masquerade
	load
	attach_nft
	in_ns rtr sysctl -q net.netfilter.sipalg.rewrite=$2
	if [[ " ${*:3} " = *" MEDIA "* ]]; then
		bg rtpengine wan rtpengine --foreground --log-stderr --log-level=6 --table=-1 --interface=$PROVIDER \
			--listen-ng=127.0.0.1:2223 --port-min=30000 --port-max=30100 --num-threads=2 --pidfile=$T/rtpengine.pid
		ok "$1: rtpengine runs" wait_listen udp 2223 wan || cat $T/rtpengine.log
	fi
	ok "$1: the provider runs" kamailio_run provider wan $PROVIDER provider "${@:3}"
	ok "$1: alice runs" agent alice lan $PHONE "<sip:alice$account"
	ok "$1: bob runs" agent bob wan $OTHER "<sip:bob$account"
	for a in alice bob; do ok "$1: $a is registered" until_ok 20 registered $a; done
}
# nated: how often the provider found NAT
nated() { grep -c NATED $T/provider.log; }

scene 'by itself' 1 -A NATHELPER
held_call 'by itself, out' alice bob sip:bob@$PROVIDER alice bob
a_call 'by itself, in' bob alice sip:alice@$PROVIDER bob
is 'by itself: nothing was to be repaired' 0 "$(nated)"
not_ok 'by itself: no request was lost' grep -E 'LOST|INSANE' $T/provider.log
ok 'by itself: nothing failed' no_trouble
cleanup

scene 'rewrite=0' 0 -A NATHELPER -A MEDIA
held_call 'rewrite=0, out' alice bob sip:bob@$PROVIDER alice bob
a_call 'rewrite=0, in' bob alice sip:alice@$PROVIDER bob
ok 'rewrite=0: the provider had to repair' test "$(nated)" -gt 2
not_ok 'rewrite=0: no request was lost' grep -E 'LOST|INSANE' $T/provider.log
ok 'rewrite=0: nothing failed' no_trouble
cleanup

scene both 1 -A NATHELPER -A MEDIA
held_call 'both, out' alice bob sip:bob@$PROVIDER bob alice
a_call 'both, in' bob alice sip:alice@$PROVIDER alice
is 'both: nothing was to be repaired' 0 "$(nated)"
ok 'both: nothing failed' no_trouble
finish
