# SPDX-License-Identifier: GPL-2.0
# A firewall that is a bridge: no address of its own, br_netfilter shows the packets that it hands on to the
# hooks of IP, and the helper opens pinholes as on a router without NAT.
# limit: 300
. ./lib.sh
. ./scenes.sh

needs bridge br_netfilter
host lan rtr wan
cable lan l0 rtr r0
cable wan w0 rtr r1
ip -n rtr link add br0 type bridge
ip -n rtr link set r0 master br0
ip -n rtr link set r1 master br0
ip -n rtr link set br0 up
addr lan 203.0.113.20/24
addr lan 2001:db8:1::20/64
for a in $PROVIDER/24 $PROVIDER6/64 $OTHER/24 $OTHER6/64; do addr wan $a; done
in_ns rtr sysctl -q net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
rules rtr << 'N'
table inet fw {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		meta l4proto ipv6-icmp accept
		ip saddr 203.0.113.20 meta l4proto { udp, tcp } th dport 5060 accept
		ip6 saddr 2001:db8:1::20 meta l4proto { udp, tcp } th dport 5060 accept
	}
}
N
load
attach rtr prerouting
peer bridged 203.0.113.20 2001:db8:1::20
is 'packets that were translated' 0 "$(count translated)"
sound
cleanup
rmmod br_netfilter
finish
