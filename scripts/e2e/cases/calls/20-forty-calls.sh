# SPDX-License-Identifier: GPL-2.0
# SIPp: 20 calls out and 20 calls in, all up at once, with RTP both ways, and no private address
# reaches the provider's side.
# tags: 6.12
. ./lib.sh

calls=20
topo
masquerade
load
attach_nft
ok 'the phone registers' register
cd $T || exit 1
ears() { PYTHONPATH=$E2E/lib python3 "$E2E/peers/ears.py" "$@"; }
ok 'there is a voice' ears voice voice.pcap
for side in lan:l0 wan:w0; do
	bg dump-${side%:*} ${side%:*} tcpdump -Z root -i ${side#*:} -s 2000 -B 8192 -U -w $T/${side%:*}.pcap udp
	ok "the capture in ${side%:*} runs" until_ok 15 grep 'listening on' $T/dump-${side%:*}.log
done

# party NAME NAMESPACE SCENARIO [ARGUMENT...]: one SIPp with all calls of a direction
party() {
	local name=$1 ns=$2 scenario=$3
	shift 3
	bg $name $ns sipp -sf "$E2E/sipp/$scenario.xml" -m $calls -l $calls -r $calls -nostdin \
		-cid_str %u-%p-$name@test -timeout 90 -timeout_error -trace_err -error_file $T/$name.err "$@"
}
# the callers' media ports are 40000, which SIPp keeps for itself, 40004, ...: above 32767, from where
# no port is taken for the callees, who echo all at 6000
ears hear lan $PHONE 40004 4 $((calls - 1)) > ears-lan.log 2>&1 &
job[ears-lan]=$!
ears hear wan $OTHER 40004 4 $((calls - 1)) > ears-wan.log 2>&1 &
job[ears-wan]=$!
wait_listen udp 40004 lan
wait_listen udp 40004 wan
party provider wan uas -i $PROVIDER -p 5060 -mp 6000 -rtp_echo
party phone lan uas -i $PHONE -p 5060 -mp 6000 -rtp_echo
wait_listen udp 5060 wan
wait_listen udp 5060 lan
party out lan many $PROVIDER:5060 -i $PHONE -p 5062 -mp 40000 -d 8000
party in wan many $ROUTER:5060 -i $OTHER -p 5060 -mp 40000 -d 8000
up() { in_ns rtr grep -c '^[0-9]* up ' /proc/net/sipalg/calls; }
all_up() { same $((2 * calls)) "$(up)"; }
ok 'all calls are up at once' until_ok 60 all_up
for who in ears-lan ears-wan; do
	ok "each caller has heard media ($who)" await $who
done
for who in out in provider phone; do
	ok "all calls of '$who' are whole" await $who
done
stop dump-lan
stop dump-wan

# heard_pairs FILE: pairs of sockets that exchanged RTP in both directions
heard_pairs() {
	tcpdump -Z root -nn -r $1 'not port 5060 and not port 5062' 2> /dev/null | awk '
		{ sub(":$", "", $5); n[$3 " " $5]++ }
		END { for (k in n) { split(k, e, " "); both += (e[2] " " e[1]) in n } print both / 2 }'
}
is 'streams with packets both ways, inside' $((2 * calls)) "$(heard_pairs lan.pcap)"
is 'streams with packets both ways, outside' $((2 * calls)) "$(heard_pairs wan.pcap)"
ok 'the capture has the calls' test "$(grep -a -o 'INVITE sip:' wan.pcap | wc -l)" -ge $((2 * calls))
not_ok 'no private address is in it' grep -a '192\.168\.' wan.pcap
ok 'but in that of the lan' grep -a -q '192\.168\.' lan.pcap
is 'calls that began and ended' "$((2 * calls)) $((2 * calls))" "$(stat calls_added) $(stat calls_ended)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
is "the phone's one echo port was published under other numbers, but for one call" $((calls - 1)) "$(stat pinholes_moved)"
cd / || exit 1
finish
