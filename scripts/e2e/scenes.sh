# SPDX-License-Identifier: GPL-2.0
# scenes.sh - for the cases about NAT scenes: more machines than lib.sh has, and rules for each. Sourced behind it.
#
# What outside sees is published from the documentation prefixes: 203.0.113.0/24 and 2001:db8:1::/64 lie on the
# wire, 198.51.100.0/24 and 2001:db8:2::/64 are routed to the router.
# shellcheck shell=bash disable=SC2119,SC2120,SC2016,SC2086

# needs MODULE|rules...: the case is skipped where this kernel has no such module, or no rules for routing
needs() {
	local what
	for what; do
		if [ "$what" = rules ]; then
			ip rule show > /dev/null 2>&1 || skip_all 'this kernel has no rules for routing'
		else
			modprobe -q "$what" || skip_all "this kernel has no $what"
		fi
	done
}

# host NAMESPACE...: a machine without any device
host() {
	local ns
	mkdir -p /run/netns
	for ns; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
	done
}

# forwards NAMESPACE...: they are routers
forwards() {
	local ns
	for ns; do in_ns "$ns" sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; done
}

# cable NAMESPACE DEVICE NAMESPACE DEVICE: both ends are up
cable() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# gateway NAMESPACE ADDRESS [DEVICE...]: its default route
gateway() { ip -n "$1" route add default via "${@:2}"; }

# rules NAMESPACE: nft rules from standard input; without them a case means nothing
rules() { in_ns "$1" nft -f - || exit 1; }

# guard NAMESPACE [RULE...]: forwards nothing but what belongs to what was let in, and SIP from the device r0;
# RULEs let in more
guard() {
	local ns=$1 rule
	shift
	rules "$ns" <<- N
	table inet fw {
		chain forward {
			type filter hook forward priority filter; policy drop;
			ct state established,related accept
			iifname { "r0", "r0.10", "br0", "lan1", "lan2" } meta l4proto { udp, tcp } th dport 5060 accept
		}
	}
	N
	for rule; do in_ns "$ns" nft add rule inet fw forward "$rule"; done
	in_ns "$ns" sysctl -q net.netfilter.nf_conntrack_acct=1
}

# nat NAMESPACE [POSTROUTING-RULE [PREROUTING-RULE]]
nat() {
	rules "$1" <<- N
	table inet nat {
		chain pre {
			type nat hook prerouting priority dstnat;
			${3:-}
		}
		chain post {
			type nat hook postrouting priority srcnat;
			${2:-}
		}
	}
	N
}

# new_nat NAMESPACE ...: others instead
new_nat() {
	in_ns "$1" nft delete table inet nat
	nat "$@"
}

# attach NAMESPACE HOOK [PORTS]: UDP and TCP to these ports has the helper, in prerouting or output
attach() {
	local p
	for p in udp tcp; do
		rules "$1" <<- N
		table inet alg {
			ct helper $2-$p { type "$HELPER" protocol $p; }
			chain $2-$p {
				type filter hook $2 priority mangle;
				$p dport ${3:-5060} ct helper set "$2-$p"
			}
		}
		N
	done
}

# bridged_lan: topo, whose lan side is a bridge with two cables, phones 192.168.1.2 in lan and 192.168.1.3 in lan2
bridged_lan() {
	needs bridge
	topo
	host lan2
	cable lan2 l0 rtr r2
	ip -n rtr addr flush dev r0
	ip -n rtr link add br0 type bridge
	ip -n rtr link set r0 master br0
	ip -n rtr link set r2 master br0
	ip -n rtr link set br0 up
	addr rtr 192.168.1.1/24 br0
	addr lan2 192.168.1.3/24 l0
	gateway lan2 192.168.1.1
}

# pair: the networks between the routers of pair.py, each a bridge; lan and wan have their addresses on it
pair() {
	local ns dev i=0
	command -v conntrackd > /dev/null || skip_all 'this guest has no conntrackd'
	needs bridge nft_fib_inet
	mkdir -p /run/netns /run/pair
	for ns in lan:l0 wan:w0 link:x0; do
		dev=${ns#*:} ns=${ns%:*}
		ip netns add $ns
		ip -n $ns link set lo up
		# else its address would be the least of its ports, and change when a router boots
		ip -n $ns link add $dev address 02:00:00:00:01:$((i += 10)) type bridge forward_delay 0 mcast_snooping 0
		ip -n $ns link set $dev up
	done
	addr lan $PHONE/24
	addr lan $PHONE6/64
	addr lan 192.168.1.200/24
	addr lan 10.0.0.2/24
	for i in {3..60}; do echo "addr add 192.168.1.$i/24 dev l0"; echo "addr add fd00:1::$i/64 dev l0 nodad"; done | ip -n lan -batch -
	addr wan $PROVIDER/24
	addr wan $PROVIDER6/64
	addr wan $OTHER/24
	addr wan $OTHER6/64 w0 preferred_lft 0
	ip -n lan route add default via 192.168.1.1
	ip -n lan -6 route add default via fd00:1::1
	ip -n wan -6 route add fd00:1::/64 via $ROUTER6
}

# count NAME [NAMESPACE]: one counter
count() { in_ns "${2:-rtr}" awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' /proc/net/sipalg/stats; }

# sound [NAMESPACE...]: what these routers count is in order, and nothing is left open
sound() {
	local ns
	[ $# -gt 0 ] || set -- rtr
	for ns; do
		is "$ns: expectations left" '' "$(in_ns "$ns" conntrack -L expect 2> /dev/null; in_ns "$ns" conntrack -L expect -f ipv6 2> /dev/null)"
		is "$ns: calls that began have ended" "$(count calls_added "$ns")" "$(count calls_ended "$ns")"
		is "$ns: bindings that were granted have ended" "$(count bindings_added "$ns")" "$(count bindings_ended "$ns")"
		is "$ns: pinholes that opened have closed" "$(count pinholes_opened "$ns")" "$(count pinholes_closed "$ns")"
		ok "$ns: some call was seen" [ "$(count calls_added "$ns")" != 0 ]
		is "$ns: nothing failed" '' "$(in_ns "$ns" awk '$2 && ($1 ~ /^malformed_/ || $1 ~ /^(commit_failed|pinholes_full|pinholes_no_port|too_many_edits|no_memory|no_nat_module|tcp_broken)$/)' /proc/net/sipalg/stats)"
	done
}
