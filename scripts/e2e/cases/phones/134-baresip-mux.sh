# SPDX-License-Identifier: GPL-2.0
# RTCP on the port of RTP (RFC 5761): agreed, there is no flow and no pinhole for RTCP; offered or wanted in vain, there is.
# limit: 400
. ./lib.sh
. ./ends.sh

# round ALICE BOB FLOWS: which of them wants it, and how many flows there are then
round() {
	local what="alice $1, bob $2"
	topo
	masquerade
	load
	attach_nft
	ok "$what: alice runs" agent alice lan $PHONE "<sip:alice@$PROVIDER>;regint=0;audio_codecs=PCMU" "rtcp_mux $1"
	ok "$what: bob runs" agent bob wan $PROVIDER "<sip:bob@$PROVIDER>;regint=0;audio_codecs=PCMU;answermode=auto" "rtcp_mux $2"
	dialled "$what" alice bob sip:bob@$PROVIDER
	is "$what: media flows" $3 "$(media_flows 1)"
	[ $3 = 2 ] || is "$what: no pinhole for RTCP is left" '' "$(expectations | grep class=3)"
	hung_up "$what" bob
	ok "$what: nothing failed" no_trouble
	cleanup
}
round no no 2
round yes yes 1
round yes no 2
round no yes 2
finish
