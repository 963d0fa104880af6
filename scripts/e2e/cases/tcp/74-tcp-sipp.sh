# SPDX-License-Identifier: GPL-2.0
# SIPp over TCP: 200 calls out over one connection and over one a call, 200 calls in over the phone's
# side of it, without loss and with 2 % of loss; all complete, and no private address leaves.
# limit: 400
. ./lib.sh

calls=200
topo
tcp_addresses
masquerade
load
no_limits
attach_nft

# sipp_tcp NAME NAMESPACE SCENARIO [ARGUMENT...]
sipp_tcp() {
	local name=$1 ns=$2 scenario=$3
	shift 3
	bg $name $ns sipp -sf "$E2E/sipp/$scenario.xml" -m $calls -nostdin -max_socket 1024 \
		-cid_str %u-%p-$name@test -timeout 150 -timeout_error -trace_err -error_file $T/$name.err "$@"
}

# round WHAT MODE PHONE: all calls of one round, from that phone
round() {
	local what=$1 mode=$2 phone=$3 added refused
	added=$(stat calls_added) refused=$(stat out_of_dialog)
	sipp_tcp uas wan uas -t tn -i $PROVIDER -p 5060 -mp 6000
	ok "$what: the provider listens" wait_listen tcp 5060 wan
	# -trace_err: a 200 that cannot be assigned is an error of SIPp
	sipp_tcp uac lan quick $PROVIDER:5060 -t $mode -i $phone -p 5062 -mp 20000 -r 50 -l 50 -d 500
	ok "$what: the callers' $calls calls are whole" await uac
	ok "$what: the provider's are" await uas
	is "$what: calls added" $((added + calls)) "$(stat calls_added)"
	is "$what: all have ended" "$(stat calls_added)" "$(stat calls_ended)"
	is "$what: none out of place" $refused "$(stat out_of_dialog)"
}

ok 'a capture runs' capture wan w0
round 'one connection' t1 10.0.0.2
round 'a connection a call' tn 192.168.1.200
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
ok '2 % are lost' lossy 'loss 2% delay 2ms'
ok 'a capture runs' capture wan w0
round 'one connection, with loss' t1 192.168.1.200
round 'a connection a call, with loss' tn 10.0.0.2
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
is 'expectations left' '' "$(expectations)"
is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish
