# SPDX-License-Identifier: GPL-2.0
# baresip to baresip with audio both ways: a call out, and a call in to the registered contact.
# tags: 6.12
. ./lib.sh

topo
masquerade
load
attach_nft
# heard_audio NAME: that agent got RTP
heard_audio() { grep 'incoming rtp for .audio. established' $T/$1.log; }

baresip_conf alice $PHONE "<sip:alice@$PROVIDER>;regint=0;audio_codecs=PCMU;answermode=auto"
baresip_conf bob $PROVIDER "<sip:bob@$PROVIDER>;regint=0;audio_codecs=PCMU;answermode=auto"

# --- out
baresip_run bob wan 60
wait_listen udp 5060 wan
baresip_run alice lan 5 "/dial sip:bob@$PROVIDER"
ok 'out: alice ends well' await alice
ok 'out: alice hears bob' heard_audio alice
ok 'out: bob hears alice' heard_audio bob
ok 'out: media passed in both directions' rtp_both_ways
stop bob
is 'out: the call began and ended' '1 1' "$(stat calls_added) $(stat calls_ended)"

# --- in: to the registered contact
flush
ok 'in: alice is registered' register
baresip_run alice lan 60
wait_listen udp 5060 lan
baresip_run bob wan 5 "/dial sip:alice@$ROUTER"
ok 'in: bob ends well' await bob
ok 'in: bob hears alice' heard_audio bob
ok 'in: media passed in both directions' rtp_both_ways
stop alice
ok 'in: alice hears bob' heard_audio alice
is 'in: the call began and ended' '2 2' "$(stat calls_added) $(stat calls_ended)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
