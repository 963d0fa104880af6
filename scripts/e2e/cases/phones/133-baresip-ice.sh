# SPDX-License-Identifier: GPL-2.0
# baresip with ICE on both sides. Host candidates alone: the checks go through the pinholes, the phone learns by them
# where it is and offers that in a re-INVITE. With a STUN server its default address is public from the first offer
# on: no pinhole is opened, and no byte of a media section changes. (This baresip sends nothing to a peer without ICE.)
# limit: 400
. ./lib.sh
. ./ends.sh

# ice_agents WHAT [PARAMETER]: more of their accounts
ice_agents() {
	ok "$1: alice runs" agent alice lan $PHONE "<sip:alice@$PROVIDER>;regint=0;audio_codecs=PCMU;medianat=ice${2:-}" \
		'module ice.so' 'module stun.so'
	ok "$1: bob runs" agent bob wan $PROVIDER "<sip:bob@$PROVIDER>;regint=0;audio_codecs=PCMU;medianat=ice;answermode=auto${2:-}" \
		'module ice.so' 'module stun.so'
}
ice_done() { log_of $1 | tee $T/ice | grep 'ice: audio: connectivity check is complete' || { cat $T/ice; return 1; }; }

# one address a side and family, for the pairs to be few
few() { ip -n wan addr del $OTHER/24 dev w0; ip -n wan addr del $OTHER6/64 dev w0; }

topo
few
masquerade
load
attach_nft
ice_agents host
held_call 'host candidates' alice bob sip:bob@$PROVIDER alice bob
ok 'alice has found a pair' ice_done alice
ok 'and bob' ice_done bob
ok 'nothing failed' no_trouble
cleanup

topo
few
masquerade
# the firewall of such a home; what is for nobody must not take the port that masquerade needs
in_ns rtr nft add rule inet fw forward iifname r0 udp dport 1024-65535 accept
in_ns rtr nft add chain inet fw input '{ type filter hook input priority filter; }'
in_ns rtr nft add rule inet fw input iifname r1 ct state new udp dport 1024-65535 drop
load
attach_nft
bg stun wan python3 "$E2E/peers/stun.py" $PROVIDER
ok 'a STUN server runs' wait_listen udp 3478 wan
ok 'a capture runs' capture_sip
ice_agents STUN ";stunserver=stun:$PROVIDER"
flows=others
held_call STUN alice bob sip:bob@$PROVIDER bob alice
ok 'STUN: alice has found a pair' ice_done alice
# alice is not registered: bob may hang up by a connection of his own (docs/behaviour.md T14)
is 'STUN: nothing was opened for media, and one way for bob' 1 "$(stat pinholes_opened)"
# in front of them this agent writes its own address into o= and into a c= that governs nothing
ok 'STUN: there are media sections' sections l0
ok 'STUN: and outside' sections w0
ok 'STUN: no byte of them has changed' cmp $T/l0.sections $T/w0.sections
ok 'nothing failed' no_trouble
finish
