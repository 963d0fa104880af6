# SPDX-License-Identifier: GPL-2.0
# The scenarios that SIPp brings itself, through NAT, over UDP and TCP: uac, regexp and branchc from inside; uac from
# outside to a registered phone; third party call control with the controllers inside, and outside.
# limit: 400
. ./lib.sh
. ./ends.sh

calls=20
# own NAME NAMESPACE ADDRESS PORT SCENARIO [ARGUMENT...]: one SIPp in the background
own() {
	bg $1 $2 sipp -sn $5 -i "$3" -p $4 -m $calls -r 10 -nostdin -timeout 90 -timeout_error -max_socket 1024 \
		-cid_str %u-%p-$1@test -trace_err -error_file $T/$1.err "${@:6}"
}
# listening NAME NAMESPACE PORT TRANSPORT
listening() {
	local p=tcp
	[[ $4 = t* ]] || p=udp
	wait_listen $p $3 $2 || { cat $T/$1.log $T/$1.err; return 1; }
}
# whole NAME...: each has ended well
whole() {
	local a
	for a; do ok "$what: $a" await $a || cat $T/$a.err; done
}

# pair CLIENT SERVER TRANSPORT INSIDE OUTSIDE: the client is inside
pair() {
	local what="$1, $3" added to="$5:5060"
	[[ $5 != *:* ]] || { what+=', IPv6'; to="[$5]:5060"; }
	added=$(stat calls_added)
	own server wan "$5" 5060 $2 -t $3
	ok "$what: the server listens" listening server wan 5060 $3
	own client lan "$4" 5060 $1 "$to" -t $3
	whole client
	[ $2 != uas ] || stop server	# it waits for a while
	[ $2 = uas ] || whole server
	is "$what: the router saw every call" $((added + calls)) "$(stat calls_added)"
	is "$what: and its end" "$(stat calls_added)" "$(stat calls_ended)"
	echo "# $what: out_of_dialog $(stat out_of_dialog)"
}

# third WHAT CONTROLLERS ADDRESS PARTIES ADDRESS TO: they call A and B (RFC 3725), which are seen as TO; all by two
# calls of the controllers, without an offer to A, with A's description to B, with B's in the ACK
third() {
	local what=$1 added
	added=$(stat calls_added)
	own A $4 $5 5064 3pcc-A
	own B $4 $5 5066 3pcc-B
	ok "$what: A listens" listening A $4 5064 u1
	ok "$what: B listens" listening B $4 5066 u1
	own C-B $2 $3 5072 3pcc-C-B $6:5066 -3pcc 127.0.0.1:7000
	ok "$what: the controller of B waits" wait_listen tcp 7000 $2
	own C-A $2 $3 5070 3pcc-C-A $6:5064 -3pcc 127.0.0.1:7000
	whole C-A C-B A B
	is "$what: the router saw every call" $((added + 2 * calls)) "$(stat calls_added)"
}

# register_from PORT: a phone's registration from there
register_from() {
	local rc=0
	bg registrar wan sipp -sf "$E2E/sipp/registrar.xml" -i $PROVIDER -p 5060 -m 1 -nostdin -timeout 30 -timeout_error
	wait_listen udp 5060 wan || return 1
	in_ns lan sipp -sf "$E2E/sipp/register.xml" $PROVIDER:5060 -i $PHONE -p $1 -m 1 -s alice -nostdin \
		-timeout 30 -timeout_error > $T/register.log 2>&1 < /dev/null || rc=1
	[ $rc = 0 ] || { tail -40 $T/register.log; stop registrar; return 1; }
	await registrar
}

topo
masquerade ip6
in_ns rtr nft add rule inet fw forward iifname r0 udp dport 5064-5066 accept
load
no_limits
attach_nft
in_ns rtr nft -f - <<- N
	table inet alg {
		chain pre-more {
			type filter hook prerouting priority mangle;
			udp dport 5064-5066 ct helper set "sip-udp"
		}
	}
N
for t in u1 t1; do
	pair uac uas $t $PHONE $PROVIDER
	pair regexp uas $t $PHONE $PROVIDER
	pair branchc branchs $t $PHONE $PROVIDER
	pair uac uas $t $PHONE6 $PROVIDER6
done
pair uac uas un $PHONE $PROVIDER
pair uac uas tn $PHONE $PROVIDER

flush
ok 'a phone is registered' register_from 5060
what='uas inside' added=$(stat calls_added)
own server lan $PHONE 5060 uas
ok "$what: it listens" listening server lan 5060 u1
own client wan $PROVIDER 5060 uac $ROUTER:5060
whole client
stop server
is "$what: the router saw every call" $((added + calls)) "$(stat calls_added)"

third 'controllers inside' lan $PHONE wan $PROVIDER $PROVIDER
for p in 5064 5066; do ok "port $p is registered" register_from $p; done
third 'controllers outside' wan $PROVIDER lan $PHONE $ROUTER
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
echo "# out_of_dialog $(stat out_of_dialog)"
finish
