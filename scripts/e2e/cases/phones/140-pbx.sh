# SPDX-License-Identifier: GPL-2.0
# A company's own proxy and registrar behind NAT, with a trunk to the provider: it registers there, over UDP and over TCP, and
# stands on the way of every call with its media proxy. The phones' own addresses stand in Contact and in lower headers.
# needs: peers rtpengine
# limit: 400
. ./lib.sh
. ./ends.sh

need kamailio rtpengine
pbx=192.168.1.5
# media NAME NAMESPACE ADDRESS
media() {
	bg $1 $2 rtpengine --foreground --log-stderr --log-level=6 --table=-1 --interface=$3 \
		--listen-ng=127.0.0.1:2223 --port-min=30000 --port-max=30100 --num-threads=2 --pidfile=$T/$1.pid
	wait_listen udp 2223 $2 || { cat $T/$1.log; return 1; }
}

# tables TRUNK: the company's account at the provider
tables() {
	mkdir -p $T/pbx.d
	printf 'table_name(string) table_version(int)\nuacreg:5\n' > $T/pbx.d/version
	{
		echo 'id(int,auto) l_uuid(string) l_username(string) l_domain(string) r_username(string) r_domain(string) realm(string)' \
			'auth_username(string) auth_password(string) auth_ha1(string,null) auth_proxy(string) expires(int) flags(int)' \
			'reg_delay(int) contact_addr(string,null) socket(string,null)'
		echo "1:company:company:$pbx:company:$PROVIDER:$PROVIDER:company:secret::sip\\:$PROVIDER$1:60:16:0:$pbx\\:5060$1:"
	} > $T/pbx.d/uacreg
}

# scene WHAT TRUNK
scene() {
	local what=$1
	topo
	inside_host pbx $pbx
	masquerade
	load
	attach_nft
	tables "$2"
	ok "$what: the provider runs" kamailio_run provider wan $PROVIDER provider
	ok "$what: the media proxy runs" media media pbx $pbx
	ok "$what: the company's proxy runs" kamailio_run pbx pbx $pbx pbx -A "ME=\"$pbx\"" -A "PROVIDER=\"$PROVIDER\"" \
		-A "TABLES=\"text://$T/pbx.d\"" -A "TRUNK=\"$2\""
	ok "$what: alice runs" agent alice lan $PHONE "<sip:alice@$pbx>;regint=60;audio_codecs=PCMU;answermode=auto"
	ok "$what: bob runs" agent bob wan $OTHER "<sip:bob@$PROVIDER$2>;regint=60;audio_codecs=PCMU;answermode=auto"
	ok "$what: alice is registered in the house" until_ok 20 registered alice
	ok "$what: bob outside" until_ok 20 registered bob
	ok "$what: and the company" until_ok 15 grep 'REGISTER company' $T/provider.log || cat $T/pbx.log
	held_call "$what: out" alice bob sip:bob@$pbx alice bob
	a_call "$what: in" bob alice "sip:company@$PROVIDER$2" bob
	not_ok "$what: no request was lost" grep -E 'LOST|INSANE' $T/provider.log $T/pbx.log
	ok "$what: nothing failed" no_trouble
	cleanup
}
scene UDP ''
scene TCP ';transport=tcp'
finish
