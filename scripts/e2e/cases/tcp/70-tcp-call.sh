# SPDX-License-Identifier: GPL-2.0
# SIP over TCP: a phone registers, calls and is called over one connection, with media both ways;
# on another port by another rule; IPv6.
# tags: smoke 6.12 6.1 7
. ./lib.sh

topo
tcp_addresses
masquerade ip6
load
ok 'the helper is attached by nft' attach_nft
peer tcpcall nat 4
peer tcpcall nat 6

# --- another port
port_open 5080
not_ok 'another port is not translated' env PYTHONPATH=$E2E/lib python3 "$E2E/peers/tcpcall.py" nat 4 5080
in_ns rtr nft add rule inet alg pre-tcp tcp dport 5080 ct helper set sip-tcp
peer tcpcall nat 4 5080
detach_nft

# --- iptables
for how in nft legacy; do
	flush
	ok "the helper is attached by iptables-$how" attach_iptables $how udp tcp
	peer tcpcall nat 4
	detach_iptables $how
done
is 'expectations left' '' "$(expectations)"
is 'nothing failed' '0 0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port) $(stat out_of_dialog)"
finish
