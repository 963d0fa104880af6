# SPDX-License-Identifier: GPL-2.0
# baresip, an agent of other people's making, calls through NAT and firewall.
# tags: smoke 6.12 7
. ./lib.sh

topo
masquerade
load
attach_nft
baresip_conf alice $PHONE "<sip:alice@$PROVIDER>;regint=0;audio_codecs=PCMU"
uas
baresip_run alice lan 5 "/dial sip:bob@$PROVIDER"
ok 'the provider sees a whole call' await uas
ok 'the phone ends well' await alice
ok 'the phone hears its echo' grep 'incoming rtp for .audio. established' $T/alice.log
ok 'media passed in both directions' rtp_both_ways
finish
