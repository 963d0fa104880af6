# SPDX-License-Identifier: GPL-2.0
# lib.sh - for the end-to-end cases: TAP, the test network, calls. Sourced by each case:
#
#	. ./lib.sh
#	topo; masquerade; load; attach_nft
#	ok 'a call goes through' call
#	finish
#
# The network:   lan (phones) --- rtr (the module) --- wan (the provider)
#
#   lan l0  192.168.1.2/24  fd00:1::2/64        more with `addr lan 192.168.1.3/24`
#   rtr r0  192.168.1.1/24  fd00:1::1/64
#   rtr r1  203.0.113.1/24  2001:db8:1::1/64
#   wan w0  203.0.113.2/24  2001:db8:1::2/64    and .3, ::3
#
# Cases run without `set -e`. $T is a scratch directory of the case, $E2E the
# directory of this file, $HELPER the helper to attach (default sipalg).
# shellcheck shell=bash disable=SC2119,SC2120,SC2086,SC2016

E2E=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
HELPER=${HELPER:-sipalg}
PHONE=192.168.1.2 PHONE6=fd00:1::2
ROUTER=203.0.113.1 ROUTER6=2001:db8:1::1
PROVIDER=203.0.113.2 PROVIDER6=2001:db8:1::2
OTHER=203.0.113.3 OTHER6=2001:db8:1::3
T=/run/case
mkdir -p $T
n=0 bad=0
declare -A job=()
trap cleanup EXIT

# --- TAP -------------------------------------------------------------------

# ok DESCRIPTION COMMAND...: the command must succeed; its output shows when it does not
ok() {
	local what=$1
	shift
	n=$((n + 1))
	if "$@" > $T/ok.out 2>&1; then echo "ok $n - $what"; return 0; fi
	bad=$((bad + 1))
	echo "not ok $n - $what"
	echo "# command: $*"
	tail -n "${LINES_SHOWN:-40}" $T/ok.out | sed 's/^/# /'
	return 1
}

# not_ok DESCRIPTION COMMAND...: the command must fail
not_ok() { local what=$1; shift; ok "$what" fails "$@"; }
fails() { ! "$@"; }

# is DESCRIPTION EXPECTED ACTUAL
is() { ok "$1" same "$2" "$3"; }
same() { [ "$1" = "$2" ] || { echo "expected: $1"; echo "got:      $2"; return 1; }; }

# peer SCRIPT [ARGUMENT...]: the checks of a script of peers/, numbered among the case's own
peer() { play "$E2E/peers/$1.py" "${@:2}"; }

# play FILE [ARGUMENT...]: the checks of that script
play() {
	local line rc=0 failed=0 before=$n
	while IFS= read -r line; do
		case $line in
		'ok - '*) n=$((n + 1)); echo "ok $n - ${line#ok - }" ;;
		'not ok - '*) n=$((n + 1)) failed=1; echo "not ok $n - ${line#not ok - }" ;;
		*) echo "# ${line#\# }" ;;
		esac
	done < <(PYTHONPATH=$E2E/lib exec python3 "$@" 2>&1)
	wait $! || rc=$?
	bad=$((bad + failed))
	[ $failed = 1 ] || [ $rc = 0 ] || is "${1##*/} ends well" 0 $rc
	[ $n -gt $before ] || is "${1##*/} checks something" yes no
}

# skip DESCRIPTION REASON
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }

# skip_all REASON: end the case, nothing in it can run here
skip_all() { trap - EXIT; cleanup; echo "1..0 # SKIP $1"; exit 0; }

# finish: last line of every case
finish() {
	cleanup
	trap - EXIT
	ok 'nothing is left behind' nothing_left
	ok 'the kernel log is clean' klog_clean
	echo "1..$n"
	[ $bad = 0 ]
}

klog_clean() {
	if dmesg | grep -q -E -f "$E2E/klog.bad"; then
		dmesg | grep -E -A25 -f "$E2E/klog.bad" | head -80
		dmesg -C
		return 1
	fi
	dmesg -C
}

nothing_left() {
	local left
	left="$(ip netns list) $(loaded)"
	[ -z "${left// /}" ] || { echo "still there: $left"; return 1; }
}

# --- processes and namespaces ----------------------------------------------

# in_ns NAMESPACE COMMAND...
in_ns() { local ns=$1; shift; nsenter --net=/run/netns/"$ns" "$@"; }

# bg NAME NAMESPACE COMMAND...: start in the background, output in $T/NAME.log
bg() {
	local name=$1 ns=$2
	shift 2
	nsenter --net=/run/netns/"$ns" "$@" > "$T/$name.log" 2>&1 < /dev/null &
	job[$name]=$!
}

# await NAME: wait for it to end; its status
await() {
	local rc=0
	wait "${job[$1]}" || rc=$?
	unset "job[$1]"
	[ $rc = 0 ] || { echo "$1 ended with $rc:"; tail -40 "$T/$1.log"; }
	return $rc
}

# stop NAME
stop() { kill "${job[$1]}" 2> /dev/null; wait "${job[$1]}" 2> /dev/null; unset "job[$1]"; }

# until_ok SECONDS COMMAND...: try again until it succeeds
until_ok() {
	local end=$((SECONDS + $1))
	shift
	until "$@" > $T/until.out 2>&1; do
		[ $SECONDS -lt $end ] || { cat $T/until.out; return 1; }
		sleep 0.05
	done
}

# wait_listen udp|tcp PORT NAMESPACE
wait_listen() { until_ok 15 listens "$@" || { echo "nobody listens on $1 $2 in $3"; return 1; }; }
listens() { in_ns "$3" ss -Hln "--$1" "sport = :$2" | grep -q .; }

# --- the network -----------------------------------------------------------

topo() {
	local ns
	mkdir -p /run/netns
	for ns in lan rtr wan; do
		ip netns add $ns
		ip -n $ns link set lo up
	done
	ip link add l0 netns lan type veth peer name r0 netns rtr
	ip link add w0 netns wan type veth peer name r1 netns rtr
	ip -n rtr link set r0 up
	ip -n rtr link set r1 up
	ip -n lan link set l0 up
	ip -n wan link set w0 up
	addr rtr 192.168.1.1/24 r0
	addr rtr fd00:1::1/64 r0
	addr rtr $ROUTER/24 r1
	addr rtr $ROUTER6/64 r1
	addr lan $PHONE/24
	addr lan $PHONE6/64
	addr wan $PROVIDER/24
	addr wan $PROVIDER6/64
	addr wan $OTHER/24
	addr wan $OTHER6/64 w0 preferred_lft 0	# else it could become the default source
	ip -n lan route add default via 192.168.1.1
	ip -n lan -6 route add default via fd00:1::1
	in_ns rtr sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# addr NAMESPACE ADDRESS/LENGTH [DEVICE [MORE...]]: one more address
addr() {
	local ns=$1 a=$2 dev=${3:-}
	shift $(($# > 2 ? 3 : 2))
	[ -n "$dev" ] || case $ns in lan) dev=l0 ;; wan) dev=w0 ;; rtr) dev=r0 ;; esac
	[[ $a != *:* ]] || set -- "$@" nodad
	ip -n "$ns" addr add "$a" dev "$dev" "$@"
}

# firewall: from the lan signalling only, from the wan only what belongs to it; media needs a pinhole
firewall() {
	in_ns rtr nft -f - <<- N
	table inet fw {
		chain forward {
			type filter hook forward priority filter; policy drop;
			ct state established,related accept
			iifname "r0" udp dport 5060 accept
			iifname "r0" tcp dport 5060 accept
		}
	}
	N
	in_ns rtr sysctl -q net.netfilter.nf_conntrack_acct=1	# exists now: the rules loaded nf_conntrack
}

# masquerade [ip6]: firewall and source NAT of IPv4; with ip6 of IPv6 too, else that is routed
masquerade() {
	firewall
	in_ns rtr nft -f - <<- N
	table inet nat {
		chain post {
			type nat hook postrouting priority srcnat;
			meta nfproto ipv4 oifname "r1" masquerade
			${1:+meta nfproto ipv6 oifname "r1" masquerade}
		}
	}
	N
	[ -n "${1:-}" ] || ip -n wan -6 route add fd00:1::/64 via $ROUTER6
}

# route_only: firewall, no NAT
route_only() {
	firewall
	ip -n wan route add 192.168.1.0/24 via $ROUTER
	ip -n wan -6 route add fd00:1::/64 via $ROUTER6
}

# --- the module ------------------------------------------------------------

load() { modprobe nf_nat_sipalg "$@"; }
loaded() { sed -n 's/^\(nf_[a-z]*_sipalg\) .*/\1/p' /proc/modules; }
# a namespace is torn down in the background and holds its rules, and these the module, till then
unload() { until_ok 15 unload_once; }
unload_once() {
	local m
	for m in nf_nat_sipalg nf_conntrack_sipalg; do
		[ ! -d /sys/module/$m ] || rmmod $m || return 1
	done
}

# attach_nft [udp] [tcp]: give port 5060 to the helper, IPv4 and IPv6; default both
attach_nft() {
	local p
	[ $# -gt 0 ] || set -- udp tcp
	for p; do
		in_ns rtr nft -f - <<- N || return 1
		table inet alg {
			ct helper sip-$p { type "$HELPER" protocol $p; }
			chain pre-$p {
				type filter hook prerouting priority mangle;
				$p dport 5060 ct helper set "sip-$p"
			}
		}
		N
	done
}
detach_nft() { in_ns rtr nft delete table inet alg; }

# attach_iptables [nft|legacy [udp] [tcp]]: the same by iptables and ip6tables
attach_iptables() {
	local how=${1:-nft} ip p
	shift $(($# > 0))
	for p in "${@:-udp}"; do
		for ip in iptables ip6tables; do
			in_ns rtr $ip-"$how" -t raw -A PREROUTING -p "$p" --dport 5060 -j CT --helper "$HELPER" || return 1
		done
	done
}
detach_iptables() {
	local ip
	for ip in iptables ip6tables; do in_ns rtr $ip-"${1:-nft}" -t raw -F PREROUTING; done
}

# stat NAME: one counter of the router's namespace
stat() { in_ns rtr awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' /proc/net/sipalg/stats; }

# no_limits: as many messages, calls, registrations and pinholes of one address as a case likes
no_limits() {
	local c
	for c in source_{invite,register,options,subscribe,other,response} destination_{invite,register}; do
		in_ns rtr sysctl -q net.netfilter.sipalg.$c='0 0' || return 1
	done
	in_ns rtr sysctl -q net.netfilter.sipalg.{block_failures,calls_per_host,bindings_per_host}=0 \
		net.netfilter.sipalg.trunks=0.0.0.0/0,::/0
}
# trust PREFIX...: these may send what they like; quotas stay
trust() { in_ns rtr sysctl -q net.netfilter.sipalg.trusted="$(IFS=,; echo "$*")"; }

flush() { in_ns rtr conntrack -F > /dev/null 2>&1; }
# helper_attached: some connection of the router has the helper
helper_attached() { in_ns rtr conntrack -L 2>&1 | tee $T/ct | grep "helper=$HELPER" || { cat $T/ct; return 1; }; }
# expectations: one line each
expectations() { in_ns rtr conntrack -L expect 2> /dev/null; }

cleanup() {
	local p ns
	for ns in $(ip netns list | cut -d' ' -f1); do
		for p in $(ip netns pids "$ns"); do kill "$p" 2> /dev/null; done
	done
	for p in "${!job[@]}"; do
		wait "${job[$p]}" 2> /dev/null
	done
	job=()
	for ns in $(ip netns list | cut -d' ' -f1); do ip netns del "$ns"; done
	unload
	rm -rf ${T:?}/*
}

# --- TCP ---------------------------------------------------------------------

# tcp_addresses: phones whose addresses are shorter and longer than the router's own
tcp_addresses() {
	addr lan 192.168.1.3/24
	addr lan 192.168.1.200/24
	addr lan 10.0.0.2/24
	addr rtr 10.0.0.1/24 r0
}

# no_spurious: the peers send nothing again unless it was lost; a slow guest must not look like a lossy one
no_spurious() {
	local ns
	for ns in lan wan; do
		in_ns $ns sysctl -q net.ipv4.tcp_early_retrans=0 net.ipv4.tcp_recovery=0
	done
	ip -n lan route change default via 192.168.1.1 rto_min 3s
	ip -n wan route change 203.0.113.0/24 dev w0 src $PROVIDER rto_min 3s
}

# capture NAMESPACE DEVICE: TCP, until `wire` asks for it
capture() {
	bg dump-$2 $1 tcpdump -Z root -i $2 -B 16384 -U -w $T/$2.pcap tcp
	until_ok 15 grep 'listening on' $T/dump-$2.log
}

# wire DEVICE [PORT [routed]]: what was captured there is sound
wire() {
	stop dump-$1
	if grep -E '^[1-9][0-9]* packets? dropped' $T/dump-$1.log; then return 1; fi
	python3 "$E2E/lib/wire.py" $T/$1.pcap ${2:-5060} ${3:-}
}

# lossy NETEM: what leaves the router on either side passes that
lossy() {
	local dev
	for dev in r0 r1; do tc -n rtr qdisc add dev $dev root netem limit 10000 $1 || return 1; done
}

# port_open PORT...: the firewall lets TCP to these ports out
port_open() {
	local p
	for p; do in_ns rtr nft add rule inet fw forward iifname r0 tcp dport $p accept; done
}

# --- calls with SIPp -------------------------------------------------------

# uas [ARGUMENT...]: the provider answers one call and echoes its media
uas() {
	bg uas wan sipp -sf "$E2E/sipp/uas.xml" -i $PROVIDER -p 5060 -m 1 -mp 6000 -rtp_echo \
		-nostdin -timeout 30 -timeout_error -trace_err -error_file $T/uas.err "$@"
	wait_listen udp 5060 wan
}

# uac [ARGUMENT...]: the phone calls, sends one second of media, hangs up
uac() {
	local rc=0
	# 8000 samples of silence, PCMU
	[ -s $T/silence.ul ] || head -c 8000 /dev/zero | tr '\0' '\377' > $T/silence.ul
	(cd $T && in_ns lan sipp -sf "$E2E/sipp/uac.xml" $PROVIDER:5060 -i $PHONE -p 5060 -m 1 -d 1000 \
		-nostdin -timeout 30 -timeout_error -trace_err -error_file $T/uac.err "$@") > $T/uac.log 2>&1 < /dev/null || rc=$?
	[ $rc = 0 ] || { tail -40 $T/uac.log; cat $T/uac.err 2> /dev/null; }
	return $rc
}

# call: both; the router sees two messages of its own in each direction
call() {
	local rc=0
	uas || return 1
	uac || rc=1
	[ $rc = 0 ] || stop uas
	[ $rc != 0 ] || await uas || rc=1
	return $rc
}

# register: the phone registers at the provider
register() {
	local rc=0
	bg registrar wan sipp -sf "$E2E/sipp/registrar.xml" -i $PROVIDER -p 5060 -m 1 \
		-nostdin -timeout 30 -timeout_error -trace_err -error_file $T/registrar.err
	wait_listen udp 5060 wan || return 1
	in_ns lan sipp -sf "$E2E/sipp/register.xml" $PROVIDER:5060 -i $PHONE -p 5060 -m 1 -s alice \
		-nostdin -timeout 30 -timeout_error -trace_err -error_file $T/register.err > $T/register.log 2>&1 < /dev/null || rc=1
	[ $rc = 0 ] || { tail -40 $T/register.log; cat $T/register.err; stop registrar; return 1; }
	await registrar
}

# rtp_both_ways: some UDP flow of the router that is not signalling has packets in both directions
rtp_both_ways() {
	in_ns rtr conntrack -L -p udp > $T/ct 2>&1
	cat $T/ct
	grep -v '[sd]port=5060 ' $T/ct | grep -qE 'packets=[1-9][0-9]* .*packets=[1-9]'
}

# --- calls with baresip ----------------------------------------------------

# baresip_conf NAME ADDRESS ACCOUNT: configuration in $T/NAME for an agent that sends a minute
# of silence and plays nothing; ACCOUNT e.g. "<sip:alice@$PROVIDER>;regint=600;answermode=auto"
baresip_conf() {
	mkdir -p "$T/$1"
	[ -s $T/silence.wav ] || {	# 8000 Hz, 16 bit, mono, 960000 bytes
		printf 'RIFF\x24\xa6\x0e\x00WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\xa6\x0e\0'
		head -c 960000 /dev/zero
	} > $T/silence.wav
	echo "$3" > "$T/$1/accounts"
	: > "$T/$1/contacts"
	cat > "$T/$1/config" <<- C
	sip_listen $2:5060
	rtp_ports 10000-10100
	audio_source aufile,$T/silence.wav
	module_path /usr/lib/baresip/modules
	module g711.so
	module aufile.so
	module uuid.so
	module_tmp account.so
	module_app menu.so
	C
}

# baresip_run NAME NAMESPACE SECONDS [COMMAND...]: start it in the background for that long, e.g. "/dial sip:..."
baresip_run() {
	local name=$1 ns=$2 seconds=$3 c
	shift 3
	for c; do set -- "$@" -e "$c"; shift; done
	bg "$name" "$ns" baresip -v -f "$T/$name" -t "$seconds" "$@"
}
