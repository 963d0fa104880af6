# SPDX-License-Identifier: GPL-2.0
# SIPp: 20 calls out and 20 calls in, all up at once, with RTP both ways, and no private address
# reaches the provider's side.
. ./lib.sh

calls=20
topo
masquerade
load
attach_nft
ok 'the phone registers' register
cd $T || exit 1
head -c 8000 /dev/zero | tr '\0' '\377' > silence.ul	# a second of PCMU
for side in lan:l0 wan:w0; do
	bg dump-${side%:*} ${side%:*} tcpdump -Z root -i ${side#*:} -s 2000 -B 8192 -U -w $T/${side%:*}.pcap udp
	ok "the capture in ${side%:*} runs" until_ok 15 grep 'listening on' $T/dump-${side%:*}.log
done

# party NAME NAMESPACE SCENARIO [ARGUMENT...]
party() {
	local name=$1 ns=$2 scenario=$3
	shift 3
	bg $name $ns sipp -sf "$E2E/sipp/$scenario.xml" -nostdin -cid_str %u-%p-$name@test \
		-timeout 90 -timeout_error -trace_err -error_file $T/$name.err "$@"
}
party provider wan uas -m $calls -l $calls -i $PROVIDER -p 5060 -mp 6000 -rtp_echo
party phone lan uas -m $calls -l $calls -i $PHONE -p 5060 -mp 6000 -rtp_echo
wait_listen udp 5060 wan
wait_listen udp 5060 lan
# a SIPp for each caller: one alone would send all its calls' media from one socket
for ((i = 0; i < calls; i++)); do
	party out$i lan uac $PROVIDER:5060 -i $PHONE -p $((5100 + i)) -mp $((20000 + 10 * i)) -m 1 -d 15000
	party in$i wan uac $ROUTER:5060 -i $OTHER -p $((5100 + i)) -mp $((20000 + 10 * i)) -m 1 -d 15000
done
up() { in_ns rtr grep -c '^[0-9]* up ' /proc/net/sipalg/calls; }
all_up() { same $((2 * calls)) "$(up)"; }
ok 'all calls are up at once' until_ok 60 all_up
callers() {
	local i rc=0
	for ((i = 0; i < calls; i++)); do await out$i || rc=1; await in$i || rc=1; done
	return $rc
}
ok 'all callers ended well' callers
ok 'the provider saw whole calls' await provider
ok 'the phone saw whole calls' await phone
stop dump-lan
stop dump-wan

# heard_pairs FILE: pairs of sockets that exchanged RTP in both directions
heard_pairs() {
	tcpdump -Z root -nn -r $1 'not port 5060 and not portrange 5100-5119' 2> /dev/null | awk '
		{ sub(":$", "", $5); n[$3 " " $5]++ }
		END { for (k in n) { split(k, e, " "); both += (e[2] " " e[1]) in n } print both / 2 }'
}
is 'streams with packets both ways, inside' $((2 * calls)) "$(heard_pairs lan.pcap)"
is 'streams with packets both ways, outside' $((2 * calls)) "$(heard_pairs wan.pcap)"
for ns in lan wan; do
	is "packets in $ns that no socket waited for" 0 "$(in_ns $ns awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp)"
done
ok 'the capture has the calls' test "$(grep -a -o 'INVITE sip:' wan.pcap | wc -l)" -ge $((2 * calls))
not_ok 'no private address is in it' grep -a '192\.168\.' wan.pcap
ok 'but in that of the lan' grep -a -q '192\.168\.' lan.pcap
is 'calls that began and ended' "$((2 * calls)) $((2 * calls))" "$(stat calls_added) $(stat calls_ended)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
is "the phone's one echo port was published under another number for all calls but one" $((calls - 1)) "$(stat pinholes_moved)"
cd / || exit 1
finish
