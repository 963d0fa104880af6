# SPDX-License-Identifier: GPL-2.0
# Two uplinks with an address each, a provider behind each, and media gateways that either could reach: media
# takes the uplink that it was published on. Connections of a call carry the mark of its signalling, so a
# rule by mark is all that routing needs. The wan drops what comes with the other uplink's address.
# limit: 300
# tags: 6.12
. ./lib.sh
. ./scenes.sh

needs rules
topo
cable rtr r2 wan w1
addr rtr 198.51.100.1/24 r2
addr wan 198.51.100.2/24 w1
addr wan 192.0.2.10/32 lo
gateway rtr 203.0.113.2
ip -n rtr route add default via 198.51.100.2 table 102
ip -n rtr rule add pref 100 lookup main suppress_prefixlength 0
ip -n rtr rule add pref 200 fwmark 2 lookup 102
rules wan << 'N'
table inet sources {
	chain pre {
		type filter hook prerouting priority raw;
		iifname "w0" ip saddr != 203.0.113.0/24 drop
		iifname "w1" ip saddr != 198.51.100.0/24 drop
	}
}
N
guard rtr
nat rtr 'oifname { "r1", "r2" } masquerade;'
load
attach rtr prerouting
rules rtr << 'N'
table inet uplink {
	chain from {
		type filter hook postrouting priority mangle;
		oifname "r2" ct state new ct mark set 2
	}
	# behind the module, which relates media to its call at the priority of mangle
	chain to {
		type filter hook prerouting priority mangle + 5;
		iifname "r0" ct mark 2 meta mark set 2
	}
}
N
peer uplinks
sound
finish
