# SPDX-License-Identifier: GPL-2.0
# baresip over IPv6, UDP and TCP: behind NAT66, and behind a firewall without NAT, where the peer's requests
# come in over a connection of his own to the port in the Contact.
# limit: 400
. ./lib.sh
. ./ends.sh

# both WHAT
both() {
	load
	attach_nft
	[ $1 = NAT66 ] || in_ns rtr sysctl -q net.netfilter.sipalg.tcp_contact=1
	# baresip offers media over IPv4 where it has an address of that
	ip -n lan -4 addr flush dev l0
	ip -n wan -4 addr flush dev w0
	ip -n wan addr del $OTHER6/64 dev w0	# it would announce this and send from the other
	ok "$1: alice runs" agent alice lan "[$PHONE6]" "<sip:alice@[$PROVIDER6]>;regint=0;audio_codecs=PCMU"
	ok "$1: bob runs" agent bob wan "[$PROVIDER6]" "<sip:bob@[$PROVIDER6]>;regint=0;audio_codecs=PCMU;answermode=auto"
	held_call "$1, UDP" alice bob "sip:bob@[$PROVIDER6]" alice bob
	held_call "$1, TCP" alice bob "sip:bob@[$PROVIDER6];transport=tcp" bob alice
	is "$1: the calls began and ended" '2 2' "$(stat calls_added) $(stat calls_ended)"
	ok "$1: nothing failed" no_trouble
}

topo
masquerade ip6
both NAT66
cleanup
topo
route_only
both firewall
finish
