# SPDX-License-Identifier: GPL-2.0
# linphone inside: it registers at Kamailio over UDP and over TCP, calls, pauses, hangs up, is called; audio by what it
# has recorded, by the other agent's statistics, and by the router's counters.
# needs: peers linphone
# limit: 400
. ./lib.sh
. ./ends.sh

need kamailio linphonec
# linphone TRANSPORT: carol runs in lan, plays a file and records one
linphone() {
	mkdir -p $T/carol/.local/share/linphone
	cat > $T/carol/rc <<- C
	[sip]
	sip_port=5060
	sip_tcp_port=5060
	sip_tls_port=0
	use_ipv6=0
	contact=sip:carol@$PHONE
	default_proxy=0
	[proxy_0]
	reg_proxy=<sip:$PROVIDER;transport=$1>
	reg_route=<sip:$PROVIDER;transport=$1>
	reg_identity=sip:carol@$PROVIDER
	reg_expires=60
	reg_sendregister=1
	publish=0
	C
	mkfifo $T/carol/in
	HOME=$T/carol bg carol lan bash -c "exec linphonec -c $T/carol/rc -a -d 5 -l $T/carol/log < $T/carol/in"
	exec 8<> $T/carol/in
	lin 'soundcard use files' "play $T/silence.wav" "record $T/carol/heard.wav"
}
lin() { printf '%s\n' "$@" >&8; }
# recorded BYTES: it has heard that much since the recording was begun, 16 bit a sample
recorded() {
	local f
	for f in $T/carol/*.wav; do [ "$(wc -c < $f)" -ge $1 ] && return; done
	ls -l $T/carol; tail -60 $T/carol.log
	return 1
}
# saw TEXT COUNT: what became of its calls
saw() { [ "$(grep -c "$1" $T/carol.log)" -ge $2 ] || { cat $T/carol.log; tail -60 $T/carol/log; return 1; }; }

# scene WHAT TRANSPORT PARAMETER
scene() {
	local what=$1 before
	topo
	masquerade
	load
	attach_nft
	ok "$what: the provider runs" kamailio_run provider wan $PROVIDER provider
	ok "$what: bob runs" agent bob wan $OTHER "<sip:bob@$PROVIDER$3>;regint=60;audio_codecs=PCMU;answermode=auto"
	linphone $2
	ok "$what: carol is registered" until_ok 30 grep 'REGISTER carol' $T/provider.log || tail -100 $T/carol/log
	ok "$what: and bob" until_ok 20 registered bob
	sleep 1
	lin "call sip:bob@$PROVIDER$3"
	ok "$what, out: media passes in both directions" until_ok 25 flows_like 1 260 || { cat $T/carol.log; tail -150 $T/carol/log | cut -c1-300; }
	lin pause	# it plays to the held
	ok "$what, out: carol holds" until_ok 10 saw 'is now paused' 1
	lin 'resume 1'
	ok "$what, out: and resumes" until_ok 10 saw 'Media streams established' 2
	before=$(busiest)
	ok "$what, out: in both directions" until_ok 30 flows_like 1 $((before + 50))
	lin terminate
	ok "$what, out: bob has sent and heard" until_ok 10 ended bob 1
	ok "$what, out: carol's call ended" until_ok 10 saw ended 1
	ok "$what, out: carol has recorded seconds" recorded 64000
	ok "$what, out: its media flows end soon" until_ok 10 no_media
	counted bob
	dialled "$what, in" bob carol "sip:carol@$PROVIDER$3"
	hung_up "$what, in" bob
	ok "$what, in: carol's call ended" until_ok 10 saw ended 2
	ok "$what: nothing failed" no_trouble
	not_ok "$what: no request was lost" grep -E 'LOST|INSANE' $T/provider.log
	lin quit
	exec 8>&-
	cleanup
}
scene UDP udp ''
scene TCP tcp ';transport=tcp'
finish
