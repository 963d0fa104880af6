# SPDX-License-Identifier: GPL-2.0
# ends.sh - for the cases with endpoints and servers of other people's making. Sourced behind lib.sh.
#
# A case that needs more than the base archive has says so: "# needs: peers" (see guest-peers.sh).
# shellcheck shell=bash disable=SC2086,SC2016

declare -A agent_ns=() agent_calls=()
agent_ports=4444

# need PROGRAM...: the case is skipped where the guest has not got them (a debug kernel runs on its host's files)
need() {
	local p
	for p; do command -v "$p" > /dev/null || skip_all "there is no $p here"; done
}

# inside_host NAMESPACE 192.168.1.N: one more host of that LAN. It stands behind the phone's, which
# answers for it: between the two nothing passes the router.
inside_host() {
	ip netns add $1
	ip -n $1 link set lo up
	ip link add h0 netns $1 type veth peer name $1 netns lan
	ip -n lan link set $1 up
	ip -n $1 link set h0 up
	ip -n $1 addr add $2/24 dev h0
	ip -n $1 route add default via 192.168.1.1
	ip -n lan route add $2 dev $1
	in_ns lan sysctl -q net.ipv4.ip_forward=1 net.ipv4.conf.l0.proxy_arp=1 net.ipv4.conf.$1.proxy_arp=1 \
		net.ipv4.conf.l0.accept_local=1 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.l0.send_redirects=0 net.ipv4.conf.$1.send_redirects=0
	in_ns rtr sysctl -q net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.r0.send_redirects=0
}

# --- baresip -------------------------------------------------------------------

# agent NAME NAMESPACE ADDRESS ACCOUNT [LINE...]: baresip_conf, with statistics, remote control and more lines of
# configuration; it runs till the end of the case
agent() {
	agent_ports=$((agent_ports + 1))
	agent_ns[$1]=$2 agent_calls[$1]=0
	baresip_conf "$1" "$3" "$4"
	printf '%s\n' 'module_app rtcpsummary.so' 'module_app ctrl_tcp.so' "ctrl_tcp_listen 127.0.0.1:$agent_ports" \
		"${@:5}" >> "$T/$1/config"
	echo $agent_ports > $T/$1/port
	baresip_run $1 $2 600
	wait_listen tcp $agent_ports $2 || { cat $T/$1.log; return 1; }
}

# tell NAME COMMAND [PARAMETERS]: a command of baresip's menu; its answer
tell() {
	local json="{\"command\":\"$2\",\"params\":\"${3:-}\",\"token\":\"t\"}"
	in_ns ${agent_ns[$1]} bash -c '
		exec 7<> /dev/tcp/127.0.0.1/"$1" || exit
		printf "%d:%s," ${#2} "$2" >&7
		until [[ $answer = *\"token\":\"t\" ]]; do	# behind the events
			IFS= read -r -d "}" -t 15 answer <&7 || break
			printf "%s\n" "$answer"
		done
		[[ $answer = *\"ok\":true* ]]' - "$(< $T/$1/port)" "$json"
}

# log_of NAME: what it said, without the meter
log_of() { grep -av 'bit/s' $T/$1.log | sed 's/\x1b\[[0-9;]*m//g'; }

# ended NAME COUNT: so many calls of that agent have ended, and in the last one it has sent and got at
# least a second of audio by its own and by its peer's word (they report every 5 s)
ended() {
	grep -aoh 'EX=BareSip.*' $T/$1.log > $T/ex
	if [ "$(wc -l < $T/ex)" = $2 ] && tail -1 $T/ex | grep -qE 'PR=([5-9][0-9]|[0-9]{3,});PS=([5-9][0-9]|[0-9]{3,});'; then
		return 0
	fi
	cat $T/ex
	log_of $1 | tail -20
	return 1
}

# registered NAME [COUNT]: its registrar has said 200 that often
registered() { [ "$(log_of $1 | grep -c '200 OK.*binding')" -ge ${2:-1} ] || { log_of $1; return 1; }; }

# dialled WHAT CALLER CALLEE URI [MEDIA]: a call with audio that passes the router (default), is
# "direct" between two inside hosts, or "turned" round by the router
dialled() {
	local what=$1 caller=$2 callee=$3
	talkers=("$caller")
	[ -z "${agent_ns[$callee]:-}" ] || talkers+=("$callee")	# another agent counts for itself
	ok "$what: dialled" tell $caller dial "$4"
	case ${5:-passes} in
	direct)
		ok "$what: it is established" until_ok 20 established $caller
		sleep 7
		ok "$what: media does not pass the router" no_media
		;;
	turned) ok "$what: media passes the router" until_ok 30 media_passed 800 ;;
	*) ok "$what: media passes in both directions" until_ok 30 flows_like 1 260 ;;	# there is a report then
	esac
}
established() { [ "$(log_of $1 | grep -c 'Call established')" -gt ${agent_calls[$1]} ] || { log_of $1; return 1; }; }

# hung_up WHAT NAME: that one ends the call that was dialled; both have had audio, their flows go, or
# stay where $flows says that they are none of the module's
flows=ours
hung_up() {
	local a
	ok "$1: $2 hangs up" tell $2 hangup
	for a in "${talkers[@]}"; do
		counted $a
		ok "$1: $a has sent and heard" until_ok 10 ended $a ${agent_calls[$a]}
	done
	[ $flows = others ] || ok "$1: its media flows end soon" until_ok 15 no_media
}

# hears_from NAME ADDRESS: the latest media it has got came from there
hears_from() {
	log_of $1 | grep 'incoming rtp for .audio. established' | tail -1 | tee $T/from
	grep -qF "receiving from $2:" $T/from
}

# counted NAME: one more of its calls has been seen to the end
counted() { agent_calls[$1]=$((agent_calls[$1] + 1)); }

# held WHAT NAME: that one holds and resumes the call that was dialled
held() {
	ok "$1: $2 holds" tell $2 hold
	sleep 1
	ok "$1: it is silent" until_ok 15 quiet_flow
	ok "$1: $2 resumes" tell $2 resume
	ok "$1: it is not silent" until_ok 15 loud_flow
	ok "$1: in both directions" until_ok 30 flows_like 1 450
}

# a_call WHAT CALLER CALLEE URI HANGER [MEDIA]
a_call() { dialled "$1" $2 $3 "$4" ${6:-}; hung_up "$1" $5; }
# held_call WHAT CALLER CALLEE URI HOLDER HANGER
held_call() { dialled "$1" $2 $3 "$4"; held "$1" $5; hung_up "$1" $6; }

# --- Kamailio --------------------------------------------------------------------

# kamailio_run NAME NAMESPACE ADDRESS CONFIGURATION [ARGUMENT...]: a file of kamailio/, UDP and TCP 5060 of that address
kamailio_run() {
	mkdir -p $T/$1.d
	bg $1 $2 kamailio -f "$E2E/kamailio/$4.cfg" -DD -E -m 32 -M 8 -n 2 -N 2 -w $T/$1.d -Y $T/$1.d -P $T/$1.pid \
		-l udp:"$3":5060 -l tcp:"$3":5060 "${@:5}"
	wait_listen udp 5060 $2 && wait_listen tcp 5060 $2 && return
	cat $T/$1.log
	return 1
}

# --- the router's view -----------------------------------------------------------

udp_flows() {
	local f
	for f in ipv4 ipv6; do in_ns rtr conntrack -L -p udp -f $f 2> /dev/null; done | grep -v '[sd]port=5060 '
}

# media_packets: of all media flows together
media_packets() { udp_flows | grep -o 'packets=[0-9]*' | awk -F= '{ n += $2 } END { print n + 0 }'; }

# media_flows PACKETS: how many flows have had so many in each direction
media_flows() {
	udp_flows | tee $T/flows |
		awk -v min=$1 '{
			n = 0
			for (i = 1; i <= NF; i++)
				if ($i ~ /^packets=/ && substr($i, 9) + 0 >= min)
					n++
			flows += n == 2
		} END { print flows + 0 }'
}

# busiest: the packets of the flow that has most, in its quieter direction
busiest() {
	udp_flows | awk '{
		n = 0
		for (i = 1; i <= NF; i++)
			if ($i ~ /^packets=/)
				p[n++] = substr($i, 9) + 0
		min = p[0] < p[1] ? p[0] : p[1]
		max = min > max ? min : max
	} END { print max + 0 }'
}

# flows_like COUNT PACKETS: at least so many media flows, else it shows them
flows_like() { [ "$(media_flows $2)" -ge $1 ] || { cat $T/flows; return 1; }; }
media_passed() { [ "$(media_packets)" -ge $1 ] || { udp_flows; return 1; }; }
no_media() { [ "$(media_flows 0)" = 0 ] || { cat $T/flows; return 1; }; }

# quiet_flow: no media flow has got more than RTCP for a second
quiet_flow() {
	local before after
	before=$(media_packets)
	sleep 1
	after=$(media_packets)
	[ $((after - before)) -le 4 ] || { echo "$before, then $after"; return 1; }
}
loud_flow() { fails quiet_flow; }

# no_trouble: nothing has failed in the module
no_trouble() {
	local name value rc=0
	for name in commit_failed pinholes_full pinholes_no_port out_of_dialog; do
		value=$(stat $name)
		[ "$value" = 0 ] || { echo "$name $value"; rc=1; }
	done
	return $rc
}

# capture_sip: what passes on port 5060 of l0 and w0 over UDP
capture_sip() {
	local d
	for d in lan:l0 wan:w0; do
		bg dump-${d#*:} ${d%:*} tcpdump -Z root -i ${d#*:} -U -w $T/${d#*:}.pcap udp port 5060
		until_ok 15 grep 'listening on' $T/dump-${d#*:}.log || return 1
	done
}

# sections DEVICE: the media sections in what was captured there, in order, in $T/DEVICE.sections
sections() {
	python3 - $T/$1.pcap <<- 'P' > $T/$1.sections
	import struct, sys
	with open(sys.argv[1], 'rb') as f:
	    f.read(24)
	    while len(head := f.read(16)) == 16:
	        ip = f.read(struct.unpack('=4I', head)[2])[14:]
	        text = ip[(ip[0] & 15) * 4 + 8:].partition(b'\r\n\r\n')[2]
	        print(text[text.find(b'm='):].decode() if text.startswith(b'v=0') else '', end='')
	P
	grep -q '^m=' $T/$1.sections
}
